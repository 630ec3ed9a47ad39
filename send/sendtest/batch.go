package sendtest

import (
	"cmp"
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// batchLimit is how many requests a batch may hold. Source: Meta, Batch Requests.
const batchLimit = 50

// item is the answer to one request of a batch; of one whose connection was closed there is a null instead.
type item struct {
	Code    int          `json:"code"`
	Headers []itemHeader `json:"headers,omitempty"`
	Body    string       `json:"body"`
}

type itemHeader struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// batch returns the requests of a batch, and whether q is one.
func (q request) batch() ([]value, bool) {
	batch := value{"", q.params.values}.at("batch")
	list, ok := batch.v.([]any)
	if !ok || q.method != http.MethodPost || strings.Trim(q.path, "/") != "" &&
		!versionPattern.MatchString(strings.Trim(q.path, "/")) {
		return nil, false
	}
	return value{batch.name, list}.items(), q.err == nil
}

// batch carries out the requests of a batch in order, each as a call of its own.
//
// Source: Meta, Batch Requests; Rate Limiting, 23 Mar 2026.
func (g *Graph) batch(ctx context.Context, q request, items []value) answer {
	if len(items) > batchLimit {
		q.params.values["batch"] = outline(items)
		return g.call(ctx, q) // transport refuses it
	}
	headers := value{"", q.params.values}.at("include_headers")
	answers := make([]*item, len(items))
	for i, v := range items {
		a := g.call(ctx, q.item(v))
		if a.dropped {
			continue
		}
		answers[i] = &item{Code: a.status, Body: string(a.body)}
		if headers.absent() || headers.isTrue() {
			for _, name := range slices.Sorted(maps.Keys(a.header)) {
				answers[i].Headers = append(answers[i].Headers, itemHeader{name, a.header.Get(name)})
			}
		}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	return jsonAnswer(http.StatusOK, canonical(answers), g.trace())
}

// outline returns what Call.Params shows of the requests of a batch that is refused as a whole: without their
// parameters, since those hold tokens.
func outline(items []value) []any {
	outlines := make([]any, len(items))
	for i, v := range items {
		path, _, _ := strings.Cut(v.at("relative_url").text(), "?")
		outlines[i] = map[string]any{"method": v.at("method").text(), "relative_url": path}
	}
	return outlines
}

// item returns one request of the batch. Its parameters are form-encoded in relative_url and body; the token
// and the proof are those of the batch where it has none of its own, its files those that it names.
func (q request) item(v value) request {
	path, query, _ := strings.Cut(v.at("relative_url").text(), "?")
	p := params{values: map[string]any{}}
	for _, form := range []string{query, v.at("body").text()} {
		values, _ := url.ParseQuery(form) // Graph skips what it cannot read
		p.form(values)
	}
	p.token, p.proof = p.pop("access_token"), p.pop("appsecret_proof")
	if p.token == "" {
		p.token, p.proof = q.params.token, cmp.Or(p.proof, q.params.proof)
	}
	attached := strings.Split(v.at("attached_files").text(), ",")
	for _, f := range q.params.files {
		if slices.Contains(attached, f.field) {
			p.files = append(p.files, f)
		}
	}
	method := strings.ToUpper(v.at("method").text())
	if method == "" {
		method = http.MethodGet
	}
	return request{method: method, path: "/" + strings.TrimPrefix(path, "/"), host: q.host, params: p}
}
