package sendtest_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/parleybot/parley/send/sendtest"
)

// refusal is one way to break a rule and what Meta answers to it.
type refusal struct {
	rule    string
	graph   *sendtest.Graph // nil: the zero value at noon
	prepare func(*testing.T, *sendtest.Graph)
	request func(*testing.T) *http.Request // nil: body as JSON to /me/messages
	body    string
	status  int    // 0: 400
	kind    string // "": OAuthException
	code    int
	subcode int
	says    string
}

func (r refusal) run(t *testing.T) {
	t.Helper()
	r.judged(t)
}

// judged does the call, compares its answer and returns it.
func (r refusal) judged(t *testing.T) sendtest.Call {
	t.Helper()
	g := r.graph
	if g == nil {
		g = new(sendtest.Graph)
	}
	g.Now = atNoon
	if r.prepare != nil {
		r.prepare(t, g)
	}
	if r.request == nil {
		r.request = func(t *testing.T) *http.Request {
			t.Helper()
			return request(t, http.MethodPost, "/v25.0/me/messages", "application/json", r.body)
		}
	}
	got := call(t, g, r.request(t))
	want := refusal{rule: r.rule, status: r.status, kind: r.kind, code: r.code, subcode: r.subcode, says: r.says}
	if want.status == 0 {
		want.status = http.StatusBadRequest
	}
	if want.kind == "" {
		want.kind = "OAuthException"
	}
	e := got.Error
	if got.status != want.status || e.Type != want.kind || e.Code != want.code || e.Subcode != want.subcode {
		t.Errorf("got HTTP %d %s %d/%d, want HTTP %d %s %d/%d: %s", got.status, e.Type, e.Code, e.Subcode,
			want.status, want.kind, want.code, want.subcode, got.body)
	}
	if e.Message != want.says {
		t.Errorf("message\n got %s\nwant %s", e.Message, want.says)
	}
	if e.Trace == "" || got.header.Get("X-Fb-Trace-Id") != e.Trace {
		t.Errorf("fbtrace_id %q, header %q", e.Trace, got.header.Get("X-Fb-Trace-Id"))
	}
	c := last(t, g)
	if c.Rule != want.rule || c.MessageID != "" || c.Conf == "" || c.Source == "" {
		t.Errorf("call: rule %q (%s, %s), mid %q; want rule %q", c.Rule, c.Conf, c.Source, c.MessageID, want.rule)
	}
	return c
}

func TestRefusals(t *testing.T) {
	for _, table := range refusals() {
		for name, test := range table {
			t.Run(test.rule+" "+name, test.run)
		}
	}
}

// refusals returns all tables. Codes and texts are those of Meta's error table and of recorded bodies.
func refusals() []map[string]refusal {
	return []map[string]refusal{
		transportRefusals(), shapeRefusals(), windowRefusals(), payloadRefusals(), buttonRefusals(),
		templateRefusals(), attachmentRefusals(), schemaRefusals(), stateRefusals(), shapeOfParameters(),
		instagramRefusals(), stateOfContent(), profileRefusals(), profileLists(), edgeRefusals(), appRefusals(),
		routingRefusals(), peopleRefusals(), talkRefusals(),
	}
}

func sent(method, path, contentType, body string) func(*testing.T) *http.Request {
	return func(t *testing.T) *http.Request {
		t.Helper()
		return request(t, method, path, contentType, body)
	}
}

func tokenless(path string) func(*testing.T) *http.Request {
	return func(t *testing.T) *http.Request {
		t.Helper()
		r := request(t, http.MethodPost, path, "application/json", to(hi))
		r.Header.Del("Authorization")
		return r
	}
}

func transportRefusals() map[string]refusal {
	const graphMethod = "GraphMethodException"
	// Vector: key app_secret_for_tests, token PAGE_TOKEN_FOR_TESTS; one digit changed.
	const wrongProof = "f9767f3870086e3eaf8f2e5c215e54ea2c445c7238ed04d063d6cf833e1a2522"
	const required = "(#100) The parameter recipient is required"
	method := func(name, lower string) refusal {
		return refusal{
			rule: "T11", request: sent(name, "/v25.0/104000000000001/messages", "", ""), status: 405,
			kind: graphMethod, code: 100,
			says: "Unsupported " + lower + " request. You can't perform this operation on this endpoint.",
		}
	}
	return map[string]refusal{
		"no token": {
			rule: "T01", request: tokenless("/v25.0/104000000000001/messages"), code: 104,
			says: "An access token is required to request this resource.",
		},
		"no token for me": {
			rule: "T01", request: tokenless("/me/messages"), code: 2500,
			says: "An active access token must be used to query information about the current user.",
		},
		"another token": {
			rule: "T02", graph: &sendtest.Graph{Token: "other"}, body: to(hi), code: 190,
			says: "Invalid OAuth access token - Cannot parse access token",
		},
		"another token, GET /me": {
			rule: "T02", graph: &sendtest.Graph{Token: "other"}, code: 190,
			request: sent(http.MethodGet, "/v25.0/me?fields=id", "", ""),
			says:    "Invalid OAuth access token - Cannot parse access token",
		},
		"token of another Page": {
			rule: "T05", graph: &sendtest.Graph{PageID: "1"}, code: 100, subcode: 33, kind: graphMethod,
			request: sent(http.MethodPost, "/v25.0/2/messages", "application/json", to(hi)),
			says: "Unsupported post request. Object with ID '2' does not exist, cannot be loaded due to missing " +
				"permissions, or does not support this operation",
		},
		"wrong proof": {
			rule: "T07", graph: &sendtest.Graph{AppSecret: "app_secret_for_tests"}, code: 100, kind: graphMethod,
			body: `{"access_token":"PAGE_TOKEN_FOR_TESTS","appsecret_proof":"` + wrongProof + `"}`,
			says: "Invalid appsecret_proof provided in the API argument",
		},
		"no proof": {
			rule: "T08", graph: &sendtest.Graph{RequireProof: true}, code: 100, kind: graphMethod, body: to(hi),
			says: "API calls from the server require an appsecret_proof argument",
		},
		"JSON as text": {
			rule: "T09", request: sent(http.MethodPost, "/me/messages", "text/plain", to(hi)), code: 100,
			says: required,
		},
		"JSON without a type": {
			rule: "T09", request: sent(http.MethodPost, "/me/messages", "", to(hi)), code: 100, says: required,
		},
		"JSON as a form": {
			rule: "T09", code: 100, says: required,
			request: sent(http.MethodPost, "/me/messages", "application/x-www-form-urlencoded", to(hi)),
		},
		"half an object": {rule: "T10", body: `{"recipient":`, code: 100, says: malformed},
		"an array":       {rule: "T10", body: `[]`, code: 100, says: malformed},
		"two objects":    {rule: "T10", body: to(hi) + to(hi), code: 100, says: malformed},
		"10,001 levels": {
			rule: "T10", body: `{"a":` + strings.Repeat("[", 10_001) + strings.Repeat("]", 10_001) + `}`,
			code: 100, says: malformed,
		},
		"multipart without a boundary": {
			rule: "T10", request: sent(http.MethodPost, "/me/messages", "multipart/form-data", to(hi)),
			code: 100, says: malformed,
		},
		"GET":    method(http.MethodGet, "get"),
		"PUT":    method(http.MethodPut, "put"),
		"DELETE": method(http.MethodDelete, "delete"),
		"unknown edge": {
			rule: "T12", request: sent(http.MethodPost, "/v25.0/me/messsages", "application/json", to(hi)),
			code: 2500, says: "(#2500) Unknown path components: /messsages",
		},
		"unknown version": {
			rule: "T12", request: sent(http.MethodPost, "/v25/me/messages", "application/json", to(hi)),
			code: 2500, says: "(#2500) Unknown path components: /v25/me/messages",
		},
		"no path": {
			rule: "T12", request: sent(http.MethodPost, "/", "application/json", to(hi)),
			code: 2500, says: "(#2500) Unknown path components: /",
		},
	}
}

const malformed = "(#100) The request body is no valid JSON or form"

func shapeRefusals() map[string]refusal {
	invalid := func(rule, body, says string) refusal {
		return refusal{rule: rule, body: body, code: 100, says: "(#100) " + says}
	}
	const notID = `Param recipient[id] must be a valid ID string (e.g., "123")`
	recipient := func(object string) string { return `{"recipient":` + object + `,` + hi + `}` }
	empty := func(body string) refusal {
		return refusal{
			rule: "S08", body: body, code: 100, subcode: 2018034,
			says: "(#100) Message cannot be empty, must provide valid attachment or text",
		}
	}
	return map[string]refusal{
		"nothing at all": invalid("S01", `{}`, "The parameter recipient is required"),
		"no body, no type": {
			rule: "S01", request: sent(http.MethodPost, "/me/messages", "", ""), code: 100,
			says: "(#100) The parameter recipient is required",
		},
		"no body":                 invalid("S01", ``, "The parameter recipient is required"),
		"recipient null":          invalid("S01", recipient(`null`), "The parameter recipient is required"),
		"recipient empty":         invalid("S02", recipient(`{}`), "param recipient must be non-empty."),
		"recipient an empty list": invalid("S02", recipient(`[]`), "param recipient must be non-empty."),
		"recipient with a name":   invalid("S02", recipient(`{"name":{}}`), "param recipient must be non-empty."),
		"id of letters":           invalid("S03", recipient(`{"id":"1QAZ2WSX"}`), notID),
		"id empty":                invalid("S03", recipient(`{"id":""}`), notID),
		"id a number":             invalid("S03", recipient(`{"id":7100000000000001}`), notID),
		"id negative":             invalid("S03", recipient(`{"id":"-1"}`), notID),
		"two identifiers":         invalid("S04", recipient(`{"id":"1","user_ref":"r"}`), onlyOne),
		"key in recipient":        invalid("S05", recipient(`{"id":"1","di":"2","ad":1}`), keysIn("ad, di", "recipient")),
		"key in message":          invalid("S05", message(`{"text":"a","quickReplies":[]}`), keysIn("quickReplies", "message")),
		"key in quick reply":      invalid("S05", message(`{"text":"a","quick_replies":[{"id":"1","title":"b","payload":"c"}]}`), keysIn("id", "message[quick_replies][0]")),
		"key in attachment":       invalid("S05", message(`{"attachment":{"type":"image","payload":{},"url":"u"}}`), keysIn("url", "message[attachment]")),
		"key in media":            invalid("S05", message(`{"attachment":{"type":"image","payload":{"uri":"u"}}}`), keysIn("uri", "message[attachment][payload]")),
		"key in template":         invalid("S05", template(`{"template_type":"generic","elements":[],"x":1}`), keysIn("x", "name_placeholder")),
		"key in element":          invalid("S05", generic(`[{"title":"a","x":1}]`), keysIn("x", "name_placeholder[elements][0]")),
		"key in button":           invalid("S05", buttons(`[{"type":"postback","name":"a"}]`), keysIn("name", "name_placeholder[buttons][0]")),
		"title in default action": invalid("S05", generic(`[{"title":"a","default_action":{"type":"web_url","title":"b"}}]`), keysIn("title", "name_placeholder[elements][0][default_action]")),
		"neither": {
			rule: "S06", body: to(`"messaging_type":"RESPONSE"`), code: 100, subcode: 2018015,
			says: "(#100) Must send either message or state",
		},
		"both": {
			rule: "S07", body: to(hi + `,"sender_action":"typing_on"`), code: 100, subcode: 2018014,
			says: "(#100) Cannot send both message and state at the same time.",
		},
		"message empty":              empty(message(`{}`)),
		"text empty":                 empty(message(`{"text":""}`)),
		"metadata only":              empty(message(`{"metadata":"m"}`)),
		"quick replies only":         empty(message(`{"quick_replies":[{"content_type":"user_email"}]}`)),
		"attachments empty":          empty(message(`{"attachments":[]}`)),
		"text and attachment":        invalid("S09", message(`{"text":"a","attachment":{"type":"image","payload":{"url":"https://cdn.example/a.jpg"}}}`), "param message must have either text or attachment."),
		"2,001 characters":           invalid("S10", message(`{"text":"`+strings.Repeat("é", 2001)+`"}`), "Length of param message[text] must be less than or equal to 2000"),
		"metadata of 1,001":          invalid("S11", message(`{"text":"a","metadata":"`+strings.Repeat("m", 1001)+`"}`), "Length of param message[metadata] must be less than or equal to 1000"),
		"retired type":               invalid("S12", to(hi+`,"messaging_type":"NON_PROMOTIONAL_SUBSCRIPTION"`), `Param messaging_type must be one of {RESPONSE, UPDATE, MESSAGE_TAG, UTILITY} - got "NON_PROMOTIONAL_SUBSCRIPTION".`),
		"notification type":          invalid("S14", to(hi+`,"notification_type":"LOUD"`), `Param notification_type must be one of {REGULAR, SILENT_PUSH, NO_PUSH} - got "LOUD".`),
		"sender action":              invalid("S15", to(`"sender_action":"dance"`), `Param sender_action must be one of {MARK_SEEN, TYPING_ON, TYPING_OFF, REACT, UNREACT} - got "dance".`),
		"react without payload":      invalid("S16", to(`"sender_action":"react"`), "The parameter payload[message_id] is required"),
		"react without reaction":     invalid("S16", to(`"sender_action":"react","payload":{"message_id":"m_1"}`), "The parameter payload[reaction] is required"),
		"react with an empty mid":    invalid("S16", to(`"sender_action":"react","payload":{"message_id":"","reaction":"love"}`), "The parameter payload[message_id] is required"),
		"react with nothing":         invalid("S16", to(`"sender_action":"react","payload":{"message_id":"m_1","reaction":""}`), "The parameter payload[reaction] is required"),
		"unreact without message":    invalid("S16", to(`"sender_action":"unreact","payload":{}`), "The parameter payload[message_id] is required"),
		"id 0":                       invalid("S22", recipient(`{"id":"0"}`), "Parameter error: You cannot send messages to this id"),
		"the Page itself":            invalid("S22", recipient(`{"id":"`+sendtest.DefaultPage+`"}`), "Parameter error: You cannot send messages to this id"),
		"attachment without type":    invalid("S23", message(`{"attachment":{"payload":{}}}`), "The parameter message[attachment][type] is required"),
		"attachment without payload": invalid("S23", message(`{"attachment":{"type":"image"}}`), "The parameter message[attachment][payload] is required"),
	}
}

const onlyOne = "param recipient must have exactly one identifier."

func keysIn(keys, param string) string {
	return `Invalid keys "` + keys + `" were found in param "` + param + `".`
}

// acted prepares a person who acted so long ago.
func acted(ago time.Duration) func(*testing.T, *sendtest.Graph) {
	return func(_ *testing.T, g *sendtest.Graph) { g.Acted(psid, noon.Add(-ago)) }
}
