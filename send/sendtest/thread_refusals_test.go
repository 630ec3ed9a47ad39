package sendtest_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/parleybot/parley/send/sendtest"
)

const (
	personasPath      = "/v25.0/me/personas"
	labelsPath        = "/v25.0/me/custom_labels"
	moderationPath    = "/v25.0/me/moderate_conversations"
	conversationsPath = "/v25.0/me/conversations"
	templatesPath     = "/v25.0/me/message_templates"
	devSupportPath    = "/v25.0/me/notification_messages_dev_support"
	pageInboxApp      = "263902037430900"
)

// control returns the path of a call about the control of a thread.
func control(what string) string { return "/v25.0/me/" + what + "_thread_control" }

// get makes a request without a body.
func get(path string) func(*testing.T) *http.Request { return sent(http.MethodGet, path, "", "") }

// aboutPerson is a body that names the person of the tests.
const aboutPerson = `{"recipient":{"id":"` + psid + `"}}`

// owned prepares a Graph whose thread an app controls.
func owned(app string) func(*testing.T, *sendtest.Graph) {
	return knowing(func(s *sendtest.State) { s.Owners = map[string]string{psid: app} })
}

// onIG makes a case one of an Instagram account.
func onIG(r refusal) refusal { r.graph = &sendtest.Graph{Instagram: true}; return r }

// routingRefusals are of who may control a thread.
func routingRefusals() map[string]refusal {
	const (
		notOwner = "(#100) The app does not control this thread."
		owner    = "(#100) The app controls this thread already."
		late     = "(#100) Param duration must be between 1 and 604800 seconds"
		notIG    = "(#100) The action is invalid since it's not the thread owner"
	)
	withDefault := knowing(func(s *sendtest.State) { s.DefaultApp = sendtest.DefaultApp })
	refused := func(rule, what, body string, code int, says string, prepare func(*testing.T, *sendtest.Graph)) refusal {
		return refusal{
			rule: rule, request: onEdge(control(what), body), code: code, says: says, prepare: prepare,
		}
	}
	extend := func(rule, duration, says string) refusal {
		body := `{"recipient":{"id":"` + psid + `"},"duration":` + duration + `}`
		return refused(rule, "extend", body, 100, says, owned(sendtest.DefaultApp))
	}
	ig := onIG(refused("E11", "release", aboutPerson, 100, notIG, nil))
	ig.subcode = 2534037
	self := `{"recipient":{"id":"` + psid + `"},"target_app_id":"` + sendtest.DefaultApp + `"}`
	return map[string]refusal{
		"take, no default application": refused("E10", "take", aboutPerson, 10,
			"(#10) Control cannot be taken while the Page has no default application.", nil),
		"take, not permitted": refused("E10", "take", aboutPerson, 10, "(#10) The app may not take control.",
			knowing(func(s *sendtest.State) { s.DefaultApp, s.NoTake = otherApp, true })),
		"request, default application": refused("E10", "request", aboutPerson, 100,
			"(#100) Control cannot be requested while the Page has a default application.", withDefault),
		"request, owner already":  refused("E11", "request", aboutPerson, 100, owner, owned(sendtest.DefaultApp)),
		"pass, another's":         refused("E11", "pass", aboutPerson, 100, notOwner, owned(otherApp)),
		"pass, to oneself":        refused("E11", "pass", self, 100, owner, owned(sendtest.DefaultApp)),
		"release, another's":      refused("E11", "release", aboutPerson, 100, notOwner, owned(otherApp)),
		"release, idle":           refused("E11", "release", aboutPerson, 100, notOwner, nil),
		"release, idle, IG":       ig,
		"extend, another's":       refused("E11", "extend", strings.Replace(aboutPerson, "}}", `},"duration":60}`, 1), 100, notOwner, owned(otherApp)),
		"extend, 7 days and more": extend("E12", "604801", late),
		"extend, no time":         extend("E12", "0", late),
		"extend, no number":       extend("E12", `"long"`, late),
		"extend, no duration": refused("X06", "extend", aboutPerson, 100,
			"(#100) The parameter duration is required", owned(sendtest.DefaultApp)),
		"routing off": refused("S19", "release", aboutPerson, 100, "(#100) The call needs conversation routing",
			knowing(func(s *sendtest.State) { s.RoutingOff = true })),
		"nobody":            refused("S01", "pass", `{}`, 100, "(#100) The parameter recipient is required", nil),
		"no PSID":           refused("S02", "pass", `{"recipient":{"comment_id":"1"}}`, 100, "(#100) param recipient must be non-empty.", nil),
		"pass, to no app":   refused("X01", "pass", `{"recipient":{"id":"`+psid+`"},"target_app_id":"inbox"}`, 100, "(#100) Param target_app_id must be a numeric string", nil),
		"metadata too long": refused("S11", "pass", `{"recipient":{"id":"`+psid+`"},"metadata":"`+strings.Repeat("x", 1001)+`"}`, 100, "(#100) Length of param metadata must be less than or equal to 1000", nil),
		"a stranger": {
			rule: "W12", request: onEdge(control("pass"), aboutPerson), code: 100, subcode: 2018001,
			says: "(#100) No matching user found", graph: &sendtest.Graph{RefuseStrangers: true},
		},
		"owner of nobody": {
			rule: "X06", request: get("/me/thread_owner"), code: 100, says: "(#100) The parameter recipient is required",
		},
		"owner of a name": {
			rule: "S03", request: get("/me/thread_owner?recipient=Ana"), code: 100,
			says: `(#100) Param recipient[id] must be a valid ID string (e.g., "123")`,
		},
		"receivers, not default": {
			rule: "E30", request: get("/me/secondary_receivers"), code: 100, subcode: 2018171,
			says: "(#100) Only available for Primary and Secondary Receivers",
		},
		"idle thread, another default application": {
			rule: "W15", body: to(hi), code: 10, subcode: 2018300,
			says:    "(#10) Message failed to send because another app is controlling this thread now.",
			prepare: knowing(func(s *sendtest.State) { s.DefaultApp = otherApp }),
		},
	}
}

// peopleRefusals are of personas, profiles, account linking, labels and moderation.
func peopleRefusals() map[string]refusal {
	const ig, igSub, picture = "(#100) Invalid message data", 2534015, `"profile_picture_url":"https://cdn.example/a.jpg"`
	refused := func(rule, path, body, says string) refusal {
		return refusal{rule: rule, request: onEdge(path, body), code: 100, says: says}
	}
	notIG := func(r refusal) refusal {
		r.rule, r.code, r.subcode, r.says = "X04", 100, igSub, ig
		return onIG(r)
	}
	linking := func(change func(*sendtest.State)) refusal {
		return refusal{
			rule: "E29", request: get("/me?fields=recipient&account_linking_token=ARQ"), code: 10303,
			says: "(#10303) Invalid account_linking_token", prepare: knowing(change),
		}
	}
	issued := func(at time.Time) func(*sendtest.State) {
		return func(s *sendtest.State) {
			s.LinkingTokens = map[string]sendtest.LinkingToken{"ARQ": {PSID: psid, Issued: at}}
		}
	}
	const consent = "(#230) User consent is required to access user profile"
	profile := get("/" + psid + "?fields=name,username")
	person := `{"user_ids":[{"id":"1"}],"actions":`
	return map[string]refusal{
		"persona without a name":    refused("E13", personasPath, `{`+picture+`}`, "(#100) The parameter name is required"),
		"persona, name empty":       refused("E13", personasPath, `{"name":"",`+picture+`}`, "(#100) The parameter name is required"),
		"persona without a picture": refused("E13", personasPath, `{"name":"Ana"}`, "(#100) The parameter profile_picture_url is required"),
		"persona, name of 51":       refused("E13", personasPath, `{"name":"`+strings.Repeat("ä", 51)+`",`+picture+`}`, "(#100) Length of param name must be less than or equal to 50"),
		"persona, no address":       refused("E13", personasPath, `{"name":"Ana","profile_picture_url":"a.jpg"}`, "(#100) profile_picture_url should represent a valid URL"),
		"persona, IG":               notIG(refused("", personasPath, `{"name":"Ana",`+picture+`}`, "")),
		"personas, IG":              notIG(refusal{request: get(personasPath)}),
		"persona not created": {
			rule: "S17", body: to(hi + `,"persona_id":"5"`), code: 100, says: "(#100) Param persona_id is no persona of the Page",
			prepare: func(t *testing.T, g *sendtest.Graph) { t.Helper(); createPersona(t, g) },
		},
		"persona deleted": {
			rule: "S17", body: to(hi + `,"persona_id":"` + firstGiven + `"`), code: 100, says: "(#100) Param persona_id is no persona of the Page",
			prepare: func(t *testing.T, g *sendtest.Graph) {
				t.Helper()
				does(t, g, http.MethodDelete, "/"+createPersona(t, g), "")
			},
		},
		"no profile": {
			rule: "E14", request: get("/" + psid + "?fields=first_name"), code: 100, subcode: 2018218,
			says:    "(#100) No profile available for this user.",
			prepare: knowing(func(s *sendtest.State) { s.Profiles = map[string]map[string]any{"7": {}} }),
		},
		"no consent": {
			rule: "E14", request: profile, code: 230, status: http.StatusForbidden, says: consent,
			graph:   &sendtest.Graph{Instagram: true},
			prepare: knowing(func(s *sendtest.State) { s.NoConsent = []string{psid} }),
		},
		"no consent, never wrote": {
			rule: "E14", request: profile, code: 230, status: http.StatusForbidden, says: consent,
			graph:   &sendtest.Graph{Instagram: true, RefuseStrangers: true},
			prepare: knowing(func(s *sendtest.State) { s.Profiles = map[string]map[string]any{psid: {"name": "Ana"}} }),
		},
		"linking token unknown":       linking(func(*sendtest.State) {}),
		"linking token after 5 min":   linking(issued(noon.Add(-5*time.Minute - 1))),
		"linking without a token":     {rule: "X06", request: get("/me?fields=recipient"), code: 100, says: "(#100) The parameter account_linking_token is required"},
		"linking, IG":                 notIG(refusal{request: get("/me?fields=recipient&account_linking_token=ARQ")}),
		"unlink nobody":               refused("X06", "/me/unlink_accounts", `{}`, "(#100) The parameter psid is required"),
		"unlink, IG":                  notIG(refused("", "/me/unlink_accounts", `{"psid":"1"}`, "")),
		"label without a name":        refused("X06", labelsPath, `{}`, "(#100) The parameter page_label_name is required"),
		"label with an empty name":    refused("X06", labelsPath, `{"page_label_name":""}`, "(#100) The parameter page_label_name is required"),
		"moderate nobody":             refused("E31", moderationPath, `{"user_ids":[],"actions":["BAN_USER"]}`, "(#194) param user_ids has too few elements.").coded(194),
		"moderate 11":                 refused("E31", moderationPath, `{"user_ids":`+times(11, `{"id":"1"}`)+`,"actions":["BAN_USER"]}`, "(#105) param user_ids has too many elements.").coded(105),
		"moderate, 3 actions":         refused("E31", moderationPath, person+`["BAN_USER","BLOCK_USER","MOVE_TO_SPAM"]}`, "(#105) param actions has too many elements.").coded(105),
		"moderate, no such action":    refused("X02", moderationPath, person+`["HUG"]}`, `(#100) Param actions[0] must be one of {BAN_USER, BLOCK_USER, MOVE_TO_SPAM, UNBAN_USER, UNBLOCK_USER} - got "HUG".`),
		"moderate, IG":                onIG(refused("X02", moderationPath, person+`["BAN_USER"]}`, `(#100) Param actions[0] must be one of {BLOCK_USER, MOVE_TO_SPAM, UNBLOCK_USER} - got "BAN_USER".`)),
		"moderate, PSIDs as they are": refused("X01", moderationPath, `{"user_ids":["1"],"actions":["BAN_USER"]}`, "(#100) Param user_ids[0] must be an object"),
		"moderate, no action":         refused("X06", moderationPath, `{"user_ids":[{"id":"1"}]}`, "(#100) The parameter actions is required"),
	}
}

// coded is r with another code.
func (r refusal) coded(code int) refusal { r.code = code; return r }

// firstGiven is the first ID that a Graph gives to a persona or a label.
const firstGiven = "2200000000000001"

// talkRefusals are of private replies, conversations, utility templates and notification tokens.
func talkRefusals() map[string]refusal {
	reply := `{"recipient":{"comment_id":"c_1"},` + hi + `}`
	comment := func(c sendtest.Comment) func(*testing.T, *sendtest.Graph) {
		return knowing(func(s *sendtest.State) { s.Comments = map[string]sendtest.Comment{"c_1": c} })
	}
	closed := refusal{
		rule: "E03", body: reply, code: 100, subcode: 2534025, prepare: comment(sendtest.Comment{Closed: true}),
		says: "(#100) The comment is invalid for a private reply", graph: &sendtest.Graph{Instagram: true},
	}
	template := func(rule, body, says string) refusal {
		return refusal{rule: rule, request: onEdge(templatesPath, body), code: 100, says: "(#100) " + says}
	}
	const begin = `{"name":"n","language":"en","category":"UTILITY"`
	const unknown = "There is no approved template n in en."
	created := func(status string) func(*testing.T, *sendtest.Graph) {
		return func(t *testing.T, g *sendtest.Graph) {
			t.Helper()
			g.Change(func(s *sendtest.State) { s.Reviews = map[string]sendtest.Review{"n": {Status: status}} })
			does(t, g, http.MethodPost, templatesPath, begin+`,"components":[{"type":"BODY","text":"Parcel {{1}} is here."}]}`)
		}
	}
	return map[string]refusal{
		"comment answered": {
			rule: "E01", body: reply, code: 10900, says: "(#10900) Activity already replied to",
			prepare: func(t *testing.T, g *sendtest.Graph) { t.Helper(); silently(t, g, reply) },
		},
		"comment after 7 days": {
			rule: "E02", body: reply, code: 10901, says: "(#10901) Activity replying time expired",
			prepare: comment(sendtest.Comment{Made: noon.Add(-7*day - 1)}),
		},
		"own comment": {
			rule: "E03", body: reply, code: 10903, says: "(#10903) This user cant reply to this activity",
			prepare: comment(sendtest.Comment{Own: true}),
		},
		"closed comment": {
			rule: "E03", body: reply, code: 10902, says: "(#10902) This is not a Replyable activity",
			prepare: comment(sendtest.Comment{Closed: true}),
		},
		"closed comment, IG": closed,
		"third call of a second": {
			rule: "E28", request: get(conversationsPath), code: 613, says: "(#613) Calls to this api have exceeded the rate limit.",
			graph: &sendtest.Graph{Limits: true},
			prepare: func(t *testing.T, g *sendtest.Graph) {
				t.Helper()
				does(t, g, http.MethodGet, conversationsPath, "")
				does(t, g, http.MethodGet, conversationsPath, "")
			},
		},
		"conversations of another platform": {
			rule: "X02", request: get(conversationsPath + "?platform=whatsapp"), code: 100,
			says: `(#100) Param platform must be one of {MESSENGER, INSTAGRAM} - got "whatsapp".`,
		},
		"conversations, no account": {
			rule: "E24", request: get(conversationsPath + "?platform=instagram"), code: 100, subcode: 2534013,
			says: "(#100) The Page is not linked to an Instagram account",
		},
		"message before the last 20": {
			rule: "E15", request: get("/" + oldMessage()), code: 9000001,
			says:    "(#9000001) This Message has been deleted by the person or the business.",
			prepare: func(t *testing.T, g *sendtest.Graph) { t.Helper(); sayMany(g, 21) },
		},
		"template without a name":      template("X06", `{"language":"en","category":"UTILITY","components":[]}`, "The parameter name is required"),
		"template without a language":  template("X06", `{"name":"n","category":"UTILITY","components":[]}`, "The parameter language is required"),
		"template without a category":  template("X06", `{"name":"n","language":"en","components":[]}`, "The parameter category is required"),
		"template without components":  template("X06", begin+`}`, "The parameter components is required"),
		"template without a body":      template("X06", begin+`,"components":[{"type":"HEADER","format":"TEXT","text":"A"}]}`, "The parameter components[body] is required"),
		"template, other category":     template("X02", `{"name":"n","language":"en","category":"MARKETING","components":[]}`, `Param category must be one of {UTILITY} - got "MARKETING".`),
		"template, other part":         template("X02", begin+`,"components":[{"type":"FOOTER","text":"A"}]}`, `Param components[0][type] must be one of {HEADER, BODY, BUTTONS} - got "FOOTER".`),
		"template, other format":       template("X02", begin+`,"parameter_format":"ANY","components":[{"type":"BODY","text":"A"}]}`, `Param parameter_format must be one of {POSITIONAL, NAMED} - got "ANY".`),
		"template, IG":                 onIG(refusal{rule: "X04", request: get(templatesPath), code: 100, subcode: 2534015, says: "(#100) Invalid message data"}),
		"template to delete unknown":   {rule: "E32", request: sent(http.MethodDelete, templatesPath+"?name=n", "", ""), code: 100, says: "(#100) There is no template n."},
		"template not in the library":  {rule: "E32", request: onEdge(templatesPath, begin+`,"library_template_name":"l"}`), code: 100, says: "(#100) There is no template l.", prepare: knowing(func(s *sendtest.State) { s.Library = []map[string]any{} })},
		"utility, rejected":            {rule: "W20", body: utility, code: 100, says: "(#100) " + unknown, prepare: created("REJECTED")},
		"utility, pending":             {rule: "W20", body: utility, code: 100, says: "(#100) " + unknown, prepare: created("PENDING")},
		"utility, created, other name": {rule: "W20", body: strings.Replace(utility, `"n"`, `"m"`, 1), code: 100, says: "(#100) There is no approved template m in en.", prepare: created("APPROVED")},
		"utility, created, misfit":     {rule: "W21", body: strings.Replace(utility, `[{"type":"text","text":"1"}]`, `[]`, 1), code: 100, says: "(#100) The parameters of the body do not match those of the template.", prepare: created("APPROVED")},
		"follow-up, token unknown": {
			rule: "W18", code: 100, says: "(#100) notification_messages_token is invalid / has expired",
			request: onEdge(devSupportPath, `{"recipient":{"notification_messages_token":"t"},"developer_action":"ENABLE_FOLLOWUP_MESSAGE"}`),
			prepare: knowing(func(s *sendtest.State) { s.Tokens = map[string]sendtest.Token{} }),
		},
		"follow-up, other action": {
			rule: "X02", code: 100, says: `(#100) Param developer_action must be one of {ENABLE_FOLLOWUP_MESSAGE} - got "HURRY".`,
			request: onEdge(devSupportPath, `{"recipient":{"notification_messages_token":"t"},"developer_action":"HURRY"}`),
		},
	}
}

// createPersona creates a persona and returns its ID.
func createPersona(t *testing.T, g *sendtest.Graph) string {
	t.Helper()
	got := does(t, g, http.MethodPost, personasPath, `{"name":"Ana","profile_picture_url":"https://cdn.example/a.jpg"}`)
	return idOf(t, got)
}

// sayMany lets the person of the tests say n things, one a second, the last at noon; it returns the mids.
func sayMany(g *sendtest.Graph, n int) []string {
	mids := make([]string, n)
	for i := range mids {
		mids[i] = g.Say(psid, "hello", noon.Add(time.Duration(i-n+1)*time.Second))
	}
	return mids
}

// oldMessage is the mid of the first thing said in a Graph.
func oldMessage() string { return sayMany(new(sendtest.Graph), 1)[0] }
