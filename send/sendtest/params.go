package sendtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// largestBody is how much of a body is read besides its files, of which nothing is kept.
const largestBody = 32 << 20

// params are the parameters of one call, whatever encoding they came in.
type params struct {
	values map[string]any
	files  []file
	token  string
	proof  string
	kept   int64 // how much was read besides files
	unread bool  // there was a body of a type in which Graph sees no parameters
}

// file is a file part of a form.
type file struct {
	field, name, kind string
	size              int64
}

var (
	errMalformed = errors.New("sendtest: malformed body")
	errTooLarge  = errors.New("sendtest: body too large")
)

// readParams merges the parameters of the query and of the body; the body wins.
//
// Source: Meta, Send API, v21.0; Attachment Upload, 2026.
func readParams(r *http.Request) (params, error) {
	p := params{values: map[string]any{}}
	p.form(r.URL.Query())
	var err error
	if r.Body != nil {
		err = p.body(r.Header.Get("Content-Type"), r.Body)
	}
	p.token = p.pop("access_token")
	p.proof = p.pop("appsecret_proof")
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if strings.EqualFold(scheme, "Bearer") {
		p.token = strings.TrimSpace(token)
	}
	return p, err
}

// body adds the parameters of a body. Of a file only the size is kept.
func (p *params) body(contentType string, body io.Reader) error {
	kind, options, _ := mime.ParseMediaType(contentType)
	if kind == "multipart/form-data" {
		return p.multipart(multipart.NewReader(body, options["boundary"]))
	}
	text, err := p.text(body)
	if err != nil {
		return err
	}
	switch kind {
	case "application/json":
		return p.json(text)
	case "application/x-www-form-urlencoded":
		values, _ := url.ParseQuery(string(text)) // Graph skips what it cannot read
		p.form(values)
		p.unread = bytes.HasPrefix(bytes.TrimSpace(text), []byte("{"))
	default:
		p.unread = len(text) > 0
	}
	return nil
}

// text reads what is kept of a body, at most largestBody in all.
func (p *params) text(body io.Reader) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(body, largestBody-p.kept+1))
	p.kept += int64(len(text))
	switch {
	case err != nil:
		return nil, errors.Join(errMalformed, err)
	case p.kept > largestBody:
		return nil, errTooLarge
	}
	return text, nil
}

// json adds the properties of a JSON object. Here Graph wants real JSON.
func (p *params) json(body []byte) error {
	if len(bytes.TrimSpace(body)) == 0 {
		return nil
	}
	v, err := parseJSON(string(body))
	if err != nil {
		return errors.Join(errMalformed, err)
	}
	object, ok := v.(map[string]any)
	if !ok {
		return errMalformed
	}
	for key, v := range object {
		if text, ok := v.(string); ok {
			v = parameter(key, text)
		}
		p.values[key] = v
	}
	return nil
}

func (p *params) form(values url.Values) {
	for key, texts := range values {
		p.values[key] = parameter(key, texts[len(texts)-1])
	}
}

func (p *params) multipart(form *multipart.Reader) error {
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return errors.Join(errMalformed, err)
		}
		key := part.FormName()
		if part.FileName() == "" {
			content, err := p.text(part)
			if err != nil {
				return err
			}
			p.values[key] = parameter(key, string(content))
			continue
		}
		size, err := io.Copy(io.Discard, part)
		if err != nil {
			return errors.Join(errMalformed, err)
		}
		f := file{key, part.FileName(), part.Header.Get("Content-Type"), size}
		p.files = append(p.files, f)
		p.values[key] = map[string]any{"name": f.name, "type": f.kind, "size": f.size}
	}
}

// plainTexts are the parameters that hold what somebody wrote, or a token: it may look like JSON.
var plainTexts = []string{
	"access_token", "content", "description", "metadata", "name", "name_or_content", "page_label_name",
	"title", "verify_token",
}

// parameter decodes the text of a parameter: JSON, relaxed or not, where it holds an object or an array, a
// JSON string without its quotes, and the text itself in every other case.
func parameter(key, text string) any {
	trimmed := strings.TrimSpace(text)
	if trimmed == "" || slices.Contains(plainTexts, key) {
		return text
	}
	switch trimmed[0] {
	case '{', '[', '"':
		if v, err := parseRelaxed(trimmed); err == nil {
			return v
		}
	}
	return text
}

// query returns the parameters as those of an address.
func (p *params) query() url.Values {
	query := url.Values{}
	for key, v := range p.values {
		text, ok := v.(string)
		if !ok {
			text = string(canonical(v))
		}
		query.Set(key, text)
	}
	return query
}

// pop removes a parameter that is not shown in Call.Params.
func (p *params) pop(key string) string {
	text, _ := p.values[key].(string)
	delete(p.values, key)
	return text
}

// canonical encodes a value as compact JSON with sorted keys.
func canonical(v any) json.RawMessage {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return json.RawMessage("{}") // cannot be: all values were decoded from JSON
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}
