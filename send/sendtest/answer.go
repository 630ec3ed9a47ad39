package sendtest

import (
	"cmp"
	"context"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// answer is what a call is answered.
type answer struct {
	status  int
	header  http.Header
	body    []byte
	dropped bool
	refused bool // before a connection was made
	unread  bool // the client went before all was written: no call
}

// version is the Graph API version that a path without one means.
const version = "v25.0"

var versionPattern = regexp.MustCompile(`^v\d+\.\d+$`)

// place is what a path names.
type place struct {
	version string
	node    string // a Page's ID, or me
	edge    string
	unknown string // what nobody knows of it
}

func placeOf(path string) place {
	p := place{version: version}
	parts := strings.FieldsFunc(path, func(r rune) bool { return r == '/' })
	if len(parts) > 0 && versionPattern.MatchString(parts[0]) {
		p.version, parts = parts[0], parts[1:]
	}
	switch {
	case len(parts) == 0:
	case len(parts) == 1 && onRoot[parts[0]] != nil:
		p.edge = parts[0]
	case parts[0] != "me" && !isNode(parts[0]):
		p.unknown = strings.Join(parts, "/")
	default:
		p.node, p.edge = parts[0], strings.Join(parts[1:], "/")
		if !isEdge(p.edge) {
			p.edge, p.unknown = "", p.edge
		}
	}
	return p
}

// request is what is to be judged: an HTTP request or one request of a batch.
type request struct {
	method, path string
	host         string
	params       params
	err          error // of reading the body
}

// answer reads and answers one HTTP request.
func (g *Graph) answer(r *http.Request) answer {
	p, err := readParams(r)
	if err != nil && r.Context().Err() != nil {
		return answer{dropped: true, unread: true}
	}
	q := request{cmp.Or(r.Method, http.MethodGet), r.URL.Path, cmp.Or(r.Host, r.URL.Host), p, err}
	if items, ok := q.batch(); ok {
		return g.batch(r.Context(), q, items)
	}
	return g.call(r.Context(), q)
}

// call judges one call unless a failure was injected, keeps it and returns its answer.
func (g *Graph) call(ctx context.Context, q request) answer {
	at := placeOf(q.path)
	c := Call{
		Time: g.now(), Method: q.method, Path: q.path, Host: q.host, Params: canonical(q.params.values),
	}
	root := value{"", q.params.values}
	c.Recipient = root.at("recipient").at("id").text()
	c.Action = root.at("sender_action").word()

	j := judge{graph: g, now: c.Time, version: at.version, host: q.host, node: at.node, params: q.params}
	a, wait := g.decide(&j, &c, at, q.err)
	a.header.Set("Facebook-Api-Version", at.version)
	if !pause(ctx, wait) {
		a.dropped = true // the client has gone
	}
	c.Status, c.Answer = a.status, a.body
	switch {
	case a.dropped:
		c.Status, c.Answer = 0, nil
	case len(a.body) == 0:
		c.Answer = nil
	case !json.Valid(a.body):
		c.Answer = canonical(string(a.body))
	}
	g.record(c, j.events)
	return a
}

// decide judges the call or injects a failure, and says how long the answer waits.
func (g *Graph) decide(j *judge, c *Call, at place, err error) (answer, time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	j.identify(c, at)
	usage := j.data().usage(c.Page)
	f := g.takeFailure(*c)
	if !f.replaces() || f.Accept {
		a := g.judged(j, c, at, err)
		if j.refused != nil || !f.replaces() {
			maps.Copy(a.header, usage)
			return a, f.Delay
		}
	}
	c.Rule = "fault"
	a := f.answer(g.trace())
	for key, values := range usage {
		if _, own := a.header[key]; !own {
			a.header[key] = values
		}
	}
	return a, f.Delay
}

// judged carries the call out or refuses it.
func (g *Graph) judged(j *judge, c *Call, at place, err error) answer {
	j.transport(c.Method, at, err)
	j.token(c.Method, at)
	var done any
	if j.refused == nil {
		done = operationsOf(j.kindOf(at))[at.edge][c.Method](j, c)
	}
	if j.refused == nil {
		return jsonAnswer(http.StatusOK, canonical(done), g.trace())
	}
	r := j.refused
	c.Rule, c.Conf, c.Source = r.id, r.conf, r.source
	refused := graphError{
		Message: r.says, Kind: cmp.Or(r.kind, j.exception()), Code: r.code, Subcode: r.subcode,
	}
	a := refused.answer(r.http, g.trace())
	if r.id == wrongMethod.id {
		methods := slices.Sorted(maps.Keys(operationsOf(j.kindOf(at))[at.edge]))
		a.header.Set("Allow", strings.Join(methods, ", "))
	}
	return a
}

// exception returns the type of errors that have none of their own: graph.instagram.com has another.
func (j *judge) exception() string {
	if j.host == instagramHost || j.data().login {
		return igAPIException
	}
	return oauthException
}

// transport judges path, method and body.
func (j *judge) transport(method string, at place, err error) {
	batch, _ := j.params.values["batch"].([]any)
	switch {
	case at.node == "" && at.unknown == "" && len(batch) > batchLimit:
		j.refuse(batchMany)
	case at.unknown != "":
		j.refuse(unknownPath, at.unknown)
	case at.node == "" && at.edge == "":
		j.refuse(unknownPath, at.node)
	case j.unsupported(method, at):
		j.refuse(wrongMethod, strings.ToLower(method))
	case errors.Is(err, errTooLarge):
		j.refuse(attachmentLarge)
	case err != nil:
		j.refuse(malformedBody, "JSON or form")
	}
}

// pageNode is what a Page is known by here.
type pageNode struct {
	ID     string `json:"id,omitempty"`
	UserID string `json:"user_id,omitempty"` // of an account with a token of Instagram Login
	Name   string `json:"name,omitempty"`
}

// readPage answers GET /me: the ID, and the name if it was asked for or nothing was.
func (j *judge) readPage(*Call) any {
	node := j.pageFields()
	node.ID = j.page
	if j.params.values["fields"] == nil {
		node.Name = "Page " + j.page
	}
	return node
}

// pageFields returns those of the Page's fields that the call asks for.
func (j *judge) pageFields() pageNode {
	fields := j.fields()
	var node pageNode
	if named(fields, "id") {
		node.ID = j.page
	}
	if named(fields, "user_id") && j.data().login {
		node.UserID = j.page
	}
	if named(fields, "name") {
		node.Name = "Page " + j.page
	}
	return node
}

// success is the answer to an accepted call to /messages; of the Page it has what the parameter fields asks
// for.
//
// Source: Meta, Page/messages reference, return type; Send API, v25.0.
type success struct {
	RecipientID  string `json:"recipient_id,omitempty"`
	MessageID    string `json:"message_id,omitempty"`
	AttachmentID string `json:"attachment_id,omitempty"`
	pageNode
}

// accept does what the call asks for. It needs the lock.
func (g *Graph) accept(j *judge, c *Call) success {
	d, call := j.data(), value{"", j.params.values}
	recipient := call.at("recipient")
	done := success{RecipientID: recipient.at("id").text(), pageNode: j.pageFields()}
	if done.RecipientID == "" && recipient.at("user_ref").absent() && recipient.at("phone_number").absent() {
		done.RecipientID = personOf(recipient)
	}
	if c.Action != "" {
		return done
	}
	g.mids++
	c.MessageID = g.mid(j.data())
	done.MessageID = c.MessageID
	if j.saves != "" {
		done.AttachmentID = j.save(decoded(call.at("message").at("attachment").at("payload")))
	}
	if token := recipient.at("one_time_notif_token").text(); token != "" {
		if d.spent == nil {
			d.spent = map[string]bool{}
		}
		d.spent[token] = true
	}
	if j.order != "" && d.state.Orders != nil {
		d.state.Orders = append(d.state.Orders, j.order)
	}
	if g.OnEvent != nil && done.RecipientID != "" { // Read tells of it
		p := d.person(done.RecipientID)
		p.page, p.mid = c.Page, c.MessageID
	}
	d.answer(recipient)
	d.remember(call.at("message"), call.at("reply_to").at("mid").text(), done.RecipientID, c)
	d.passThread(call.at("thread_control"), c.Recipient, j.now)
	j.events = g.follow(d, call.at("message"), call.at("reply_to").at("mid").text(), done.RecipientID, c)
	return done
}

// personOf returns the PSID of the person behind a comment, a post or a token: always the same.
func personOf(recipient value) string {
	sum := sha256.Sum256(canonical(recipient.v))
	return strconv.FormatUint(7_000_000_000_000_000+uint64(binary.BigEndian.Uint32(sum[:])), 10)
}

// trace returns the next trace ID. It needs the lock.
func (g *Graph) trace() string {
	g.traces++
	return "A" + opaque("trace", "", g.traces, 22)
}

// mid returns the ID of the newest message, in the form of its channel. It needs the lock.
func (g *Graph) mid(d *pageData) string {
	prefix := "m_"
	if d.instagram {
		prefix = "aWdf"
	}
	return prefix + opaque("message", d.id, g.mids, 86)
}

// opaque returns an ID of base64url characters that is always the same for the same n, and for no other.
func opaque(kind, page string, n, length int) string {
	sum := sha512.Sum512([]byte(kind + " " + page + " " + strconv.Itoa(n)))
	return base64.RawURLEncoding.EncodeToString(sum[:])[:length]
}

// graphError is the error object of Meta's answers. Source: Meta, Error Codes, 25 Jun 2026.
type graphError struct {
	Message   string `json:"message"`
	Kind      string `json:"type"`
	Code      int    `json:"code,omitempty"` // GraphBatchException has none
	Subcode   int    `json:"error_subcode,omitempty"`
	Transient bool   `json:"is_transient,omitempty"`
	Trace     string `json:"fbtrace_id"`
}

func (e graphError) answer(status int, trace string) answer {
	if e.Kind == "" {
		e.Kind = oauthException
	}
	if status == 0 {
		status = http.StatusBadRequest
	}
	e.Trace = trace
	return jsonAnswer(status, canonical(map[string]graphError{"error": e}), trace)
}

func jsonAnswer(status int, body []byte, trace string) answer {
	header := http.Header{}
	header.Set("Content-Type", "application/json; charset=UTF-8")
	header.Set("X-Fb-Trace-Id", trace)
	header.Set("X-Fb-Request-Id", trace)
	return answer{status: status, header: header, body: body}
}
