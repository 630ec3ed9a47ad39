package sendtest

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
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
	case parts[0] != "me" && !isID(parts[0]):
		p.unknown = strings.Join(parts, "/")
	case len(parts) == 1:
		p.node = parts[0]
	case len(parts) == 2 && parts[1] == "messages":
		p.node, p.edge = parts[0], parts[1]
	default:
		p.node, p.unknown = parts[0], strings.Join(parts[1:], "/")
	}
	return p
}

// answer reads one call, judges it unless a failure was injected, keeps it and returns its answer.
func (g *Graph) answer(r *http.Request) answer {
	at, asked := placeOf(r.URL.Path), g.now()
	p, err := readParams(r)
	c := Call{Time: asked, Method: r.Method, Path: r.URL.Path, Page: at.node, Params: canonical(p.values)}
	if at.node == "me" {
		c.Page = g.page()
	}
	root := value{"", p.values}
	c.Recipient = root.at("recipient").at("id").text()
	c.Action = root.at("sender_action").word()

	a, wait := g.decide(&c, at, p, err)
	a.header.Set("Facebook-Api-Version", at.version)
	if !pause(r.Context(), wait) {
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
	g.record(c)
	return a
}

// decide judges the call or injects a failure, and says how long the answer waits.
func (g *Graph) decide(c *Call, at place, p params, err error) (answer, time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	f := g.takeFailure(*c)
	if !f.replaces() || f.Accept {
		j := judge{graph: g, now: c.Time, page: c.Page, params: p}
		a := g.judged(&j, c, at, err)
		if j.refused != nil || !f.replaces() {
			return a, f.Delay
		}
	}
	c.Rule = "fault"
	return f.answer(g.trace()), f.Delay
}

// judged carries the call out or refuses it.
func (g *Graph) judged(j *judge, c *Call, at place, err error) answer {
	j.transport(c.Method, at, err)
	j.token(c.Method, at)
	var done any
	switch {
	case j.refused != nil:
	case at.edge == "":
		done = pageFields(c.Page, j.params)
	default:
		j.send()
		if j.refused == nil {
			done = g.accept(j, c)
		}
	}
	if j.refused == nil {
		return jsonAnswer(http.StatusOK, canonical(done), g.trace())
	}
	r := j.refused
	c.Rule, c.Conf, c.Source = r.id, r.conf, r.source
	a := graphError{Message: r.says, Kind: r.kind, Code: r.code, Subcode: r.subcode}.answer(r.http, g.trace())
	if r.id == wrongMethod.id {
		a.header.Set("Allow", http.MethodPost)
	}
	return a
}

// transport judges path, method and body.
func (j *judge) transport(method string, at place, err error) {
	switch {
	case at.unknown != "":
		j.refuse(unknownPath, at.unknown)
	case at.node == "":
		j.refuse(unknownPath, at.node)
	case at.edge == "messages" && method != http.MethodPost,
		at.edge == "" && method != http.MethodGet:
		j.refuse(wrongMethod, strings.ToLower(method))
	case errors.Is(err, errTooLarge):
		j.refuse(attachmentLarge)
	case err != nil:
		j.refuse(malformedBody, "JSON or form")
	}
}

// token judges token and proof, and whether the Page in the path is theirs.
func (j *judge) token(method string, at place) {
	g, token := j.graph, j.params.token
	switch {
	case token == "" && at.node == "me":
		j.refuse(noTokenMe)
	case token == "":
		j.refuse(noToken)
	case g.Token != "" && token != g.Token:
		j.refuse(badToken)
	case j.params.proof == "" && g.RequireProof:
		j.refuse(noProof)
	case j.params.proof != "" && g.AppSecret != "" && !validProof(g.AppSecret, token, j.params.proof):
		j.refuse(badProof)
	case at.node != "me" && g.PageID != "" && at.node != g.PageID:
		j.refuse(otherPage, strings.ToLower(method), at.node)
	}
}

// validProof checks an appsecret_proof. Source: Meta, Securing Graph API Requests, 2026.
func validProof(secret, token, proof string) bool {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(token))
	return hmac.Equal([]byte(hex.EncodeToString(mac.Sum(nil))), []byte(proof))
}

// pageFields answers GET /me: the fields asked for that a Page is known by here.
func pageFields(page string, p params) any {
	fields, _ := p.values["fields"].(string)
	node := map[string]string{"id": page}
	if fields == "" || slices.Contains(strings.Split(fields, ","), "name") {
		node["name"] = "Page " + page
	}
	return node
}

// success is the answer to an accepted call to /messages.
//
// Source: Meta, Page/messages reference, return type; Send API, v25.0.
type success struct {
	RecipientID  string `json:"recipient_id,omitempty"`
	MessageID    string `json:"message_id,omitempty"`
	AttachmentID string `json:"attachment_id,omitempty"`
}

// accept does what the call asks for. It needs the lock.
func (g *Graph) accept(j *judge, c *Call) success {
	recipient := value{"", j.params.values}.at("recipient")
	done := success{RecipientID: recipient.at("id").text()}
	if done.RecipientID == "" && recipient.at("user_ref").absent() && recipient.at("phone_number").absent() {
		done.RecipientID = personOf(recipient)
	}
	if c.Action != "" {
		return done
	}
	g.mids++
	c.MessageID = "m_" + opaque("message", c.Page, g.mids, 86)
	done.MessageID = c.MessageID
	if j.saves != "" {
		done.AttachmentID = strconv.Itoa(1_600_000_000_000_000 + g.mids)
		g.saveAttachment(done.AttachmentID, attachment{kind: j.saves, saved: j.now})
	}
	if token := recipient.at("one_time_notif_token").text(); token != "" {
		if g.spent == nil {
			g.spent = map[string]bool{}
		}
		g.spent[token] = true
	}
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

// opaque returns an ID of base64url characters that is always the same for the same n, and for no other.
func opaque(kind, page string, n, length int) string {
	sum := sha512.Sum512([]byte(kind + " " + page + " " + strconv.Itoa(n)))
	return base64.RawURLEncoding.EncodeToString(sum[:])[:length]
}

// graphError is the error object of Meta's answers. Source: Meta, Error Codes, 25 Jun 2026.
type graphError struct {
	Message   string `json:"message"`
	Kind      string `json:"type"`
	Code      int    `json:"code"`
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
