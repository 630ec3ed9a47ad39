package sendtest_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/parleybot/parley/send/sendtest"
)

// knowing prepares a Graph with a state.
func knowing(change func(*sendtest.State)) func(*testing.T, *sendtest.Graph) {
	return func(_ *testing.T, g *sendtest.Graph) { g.Change(change) }
}

const otherApp = "1517770000000002"

// stateRefusals are of the rules about token, app, Page and threads, whose state no call shows.
func stateRefusals() map[string]refusal {
	refused := func(rule, body string, code, subcode int, says string, change func(*sendtest.State)) refusal {
		return refusal{rule: rule, body: body, code: code, subcode: subcode, says: says, prepare: knowing(change)}
	}
	owned := func(s *sendtest.State) { s.Owners = map[string]string{psid: otherApp} }
	action := to(`"sender_action":"typing_on"`)
	const pages, phones = "(#230) Requires pages_messaging permission to manage the object",
		"(#230) Requires pages_messaging_phone_number permission to manage the object"
	const reviewed = "(#200) Cannot message users who are not admins, developers or testers of the app until " +
		"pages_messaging permission is reviewed and the app is live."
	const expired = "Error validating access token: Session has expired on Saturday, 21-Nov-26 04:00:00 PST."
	const noToken = "(#100) notification_messages_token is invalid / has expired"
	notified := strings.Replace(oneTime, "one_time_notif_token", "notification_messages_token", 1)
	token := func(at sendtest.Token) func(*sendtest.State) {
		return func(s *sendtest.State) { s.Tokens = map[string]sendtest.Token{"t": at} }
	}
	get := refused("T03", "", 190, 463, expired, func(s *sendtest.State) { s.TokenExpires = noon })
	get.request = sent(http.MethodGet, "/me?fields=id", "", "")
	noPages := refused("T06", to(hi), 230, 0, pages, func(s *sendtest.State) { s.Permissions = []string{} })
	noPages.status = http.StatusForbidden
	noPhones := refused("T06", `{"recipient":{"phone_number":"+1"},`+hi+`}`, 230, 0, phones,
		func(s *sendtest.State) { s.Permissions = []string{"pages_messaging"} })
	noPhones.status = http.StatusForbidden
	ownedIG := refused("W15", to(hi), 100, 2534037, "(#100) The action is invalid since it's not the thread owner", owned)
	ownedIG.graph = &sendtest.Graph{Instagram: true}
	return map[string]refusal{
		"token expired": refused("T03", to(hi), 190, 463, expired, func(s *sendtest.State) { s.TokenExpires = noon }),
		"expired, GET":  get,
		"password changed": refused("T04", to(hi), 190, 460,
			"Error validating access token: The session has been invalidated because the user has changed the "+
				"password.", func(s *sendtest.State) { s.TokenRevoked = true }),
		"no pages_messaging":     noPages,
		"no phone numbers":       noPhones,
		"no tester":              refused("W14", to(hi), 200, 2018028, reviewed, func(s *sendtest.State) { s.Testers = []string{"1"} }),
		"nobody is a tester":     refused("W14", action, 200, 2018028, reviewed, func(s *sendtest.State) { s.Testers = []string{} }),
		"another app's thread":   refused("W15", to(hi), 10, 2018300, "(#10) Message failed to send because another app is controlling this thread now.", owned),
		"another app, Instagram": ownedIG,
		"another app, acted": {
			rule: "W15", body: to(hi), code: 10, subcode: 2018300,
			says:    "(#10) Message failed to send because another app is controlling this thread now.",
			prepare: func(_ *testing.T, g *sendtest.Graph) { g.Acted(psid, noon); g.Change(owned) },
		},
		"lead flow":          refused("W16", to(hi), 10, 2018321, "(#10) The chat is currently controlled by Messenger", func(s *sendtest.State) { s.LeadFlows = []string{"1", psid} }),
		"Page restricted":    refused("W17", to(hi), 10, 1893063, "(#10) You are temporarily restricted from sending messages.", func(s *sendtest.State) { s.Restricted = true }),
		"agent not approved": refused("W08", tagged("HUMAN_AGENT"), 10, 0, "(#10) The tag HUMAN_AGENT needs the approved feature Human Agent.", func(s *sendtest.State) { s.NoHumanAgent = true }),
		"action too late": {
			rule: "W11", body: action, code: 10, subcode: 2018278, says: "(#10) " + outside + " " + policy,
			prepare: func(_ *testing.T, g *sendtest.Graph) {
				g.Acted(psid, noon.Add(-day-time.Second))
				g.Change(func(s *sendtest.State) { s.WindowedActions = true })
			},
		},
		"notification token unknown": refused("W18", notified, 100, 0, noToken, func(s *sendtest.State) { s.Tokens = map[string]sendtest.Token{} }),
		"notification token expired": refused("W18", notified, 100, 0, noToken, token(sendtest.Token{Expires: noon})),
		"one-time token unknown":     refused("W18", oneTime, 100, 0, "(#100) one_time_notif_token is invalid / has expired", func(s *sendtest.State) { s.Tokens = map[string]sendtest.Token{} }),
		"notification too early": refused("W19", notified, 4, 2018354,
			"(#4) Marketing Messages – There has to be a minimum delay between 2 notifications for the given "+
				"notification", token(sendtest.Token{Next: noon.Add(time.Second)})),
		"persona unknown": refused("S17", to(hi+`,"persona_id":"5"`), 100, 0, "(#100) Param persona_id is no persona of the Page", func(s *sendtest.State) { s.Personas = []string{"6"} }),
		"reply unknown":   refused("S18", to(hi+`,"reply_to":{"mid":"m_1"}`), 100, 0, noReply, func(s *sendtest.State) { s.Mids = map[string]string{} }),
		"reply elsewhere": refused("S18", to(hi+`,"reply_to":{"mid":"m_1"}`), 100, 0, noReply, func(s *sendtest.State) { s.Mids = map[string]string{"m_1": "7"} }),
		"routing off":     refused("S19", to(hi+`,"thread_control":{"control_type":"release"}`), 100, 0, "(#100) Param thread_control needs conversation routing", func(s *sendtest.State) { s.RoutingOff = true }),
	}
}

const noReply = "(#100) Param reply_to[mid] is no message of this conversation"

// stateOfContent are of the rules about what Meta has stored or finds elsewhere.
func stateOfContent() map[string]refusal {
	refused := func(rule, body string, code, subcode int, says string, change func(*sendtest.State)) refusal {
		return refusal{rule: rule, body: body, code: code, subcode: subcode, says: says, prepare: knowing(change)}
	}
	file := func(f sendtest.File) func(*sendtest.State) {
		return func(s *sendtest.State) { s.Files = map[string]sendtest.File{"https://cdn.example/a": f} }
	}
	media := func(kind string) string {
		return message(`{"attachment":{"type":"` + kind + `","payload":{"url":"https://cdn.example/a"}}}`)
	}
	instagram := func(r refusal) refusal { r.graph = &sendtest.Graph{Instagram: true}; return r }
	const gone, kind, large = "(#100) Failed to fetch the file from the url", "(#100) Upload attachment failure.",
		"(#100) Attachment size exceeds allowable limit"
	extensions := buttons(`[{"type":"web_url","title":"Go","url":"https://www.shop.example/1","messenger_extensions":true}]`)
	approved := func(u sendtest.Utility) func(*sendtest.State) {
		return func(s *sendtest.State) { s.Utilities = []sendtest.Utility{u} }
	}
	misfit := func(u sendtest.Utility, part string) refusal {
		u.Name, u.Language = "n", "en"
		return refused("W21", utility, 100, 0, "(#100) The parameters of the "+part+" do not match those of the template.", approved(u))
	}
	const unknown = "(#100) There is no approved template n in en."
	failed := refused("X09", template(`{"template_type":"instant_form","form_id":"1"}`), 1, 2018382,
		`(#1) The given "FORM_ID" field is incorrect, or the form is not inthread eligible.`,
		func(s *sendtest.State) { s.Forms = []string{"2"} })
	failed.status = http.StatusInternalServerError
	return map[string]refusal{
		"nothing there":         refused("P26", media("image"), 100, 2018008, gone, file(sendtest.File{Gone: true})),
		"image too slow":        refused("P26", media("image"), 100, 2018008, gone, file(sendtest.File{Takes: 10*time.Second + 1})),
		"no video there":        refused("P26", media("video"), 100, 2018008, gone, file(sendtest.File{Gone: true})),
		"video too slow":        refused("P29", media("video"), 100, 2018294, "(#100) Video upload timed out or video is corrupted", file(sendtest.File{Takes: 75*time.Second + 1})),
		"page, no image":        refused("P27", media("image"), 100, 2018047, kind, file(sendtest.File{Type: "text/html"})),
		"image of 8 MB and 1":   refused("P28", media("image"), 100, 2018109, large, file(sendtest.File{Size: 8<<20 + 1})),
		"audio of 25 MB and 1":  refused("P28", media("audio"), 100, 2018109, large, file(sendtest.File{Type: "audio/mp4", Size: 25<<20 + 1})),
		"WebP on Instagram":     instagram(refused("P31", media("image"), 100, 2018047, kind, file(sendtest.File{Type: "image/webp"}))),
		"Instagram image large": instagram(refused("P31", media("image"), 100, 2018047, kind, file(sendtest.File{Type: "image/png", Size: 8<<20 + 1}))),
		"Instagram audio large": instagram(refused("P28", media("audio"), 100, 2018109, large, file(sendtest.File{Type: "audio/aac", Size: 25<<20 + 1}))),
		"domain not listed": refused("P15", extensions, 100, 0, "(#100) The domain of name_placeholder[buttons][0][url] is not whitelisted",
			func(s *sendtest.State) { s.Domains = []string{"https://shop.example"} }),
		"order used": refused("P20", template(receiptPayload), 100, 0, "(#100) Param name_placeholder[order_number] was used by another receipt",
			func(s *sendtest.State) { s.Orders = []string{"1"} }),
		"form unknown":        failed,
		"utility unknown":     refused("W20", utility, 100, 0, unknown, func(s *sendtest.State) { s.Utilities = []sendtest.Utility{} }),
		"utility, language":   refused("W20", utility, 100, 0, unknown, approved(sendtest.Utility{Name: "n", Language: "fr", Body: []string{""}})),
		"utility, too many":   misfit(sendtest.Utility{}, "body"),
		"utility, too few":    misfit(sendtest.Utility{Body: []string{"", ""}}, "body"),
		"utility, named":      misfit(sendtest.Utility{Body: []string{"order"}}, "body"),
		"utility, no header":  misfit(sendtest.Utility{Header: []string{""}, Body: []string{""}}, "header"),
		"utility, no buttons": misfit(sendtest.Utility{Body: []string{""}, Buttons: 1}, "buttons"),
	}
}

// TestStatesThatAllow: what the state says is there, is accepted.
func TestStatesThatAllow(t *testing.T) {
	file := func(f sendtest.File) func(*sendtest.State) {
		return func(s *sendtest.State) { s.Files = map[string]sendtest.File{"https://cdn.example/a": f} }
	}
	media := func(kind string) string {
		return message(`{"attachment":{"type":"` + kind + `","payload":{"url":"https://cdn.example/a"}}}`)
	}
	named := strings.Replace(utility, `[{"type":"text","text":"1"}]`,
		`[{"type":"text","parameter_name":"b","text":"1"},{"type":"text","parameter_name":"a","text":"2"}]`, 1)
	tests := map[string]struct {
		body   string
		change func(*sendtest.State)
	}{
		"token a moment before":  {to(hi), func(s *sendtest.State) { s.TokenExpires = noon.Add(1) }},
		"permission":             {to(hi), func(s *sendtest.State) { s.Permissions = []string{"pages_messaging"} }},
		"tester":                 {to(hi), func(s *sendtest.State) { s.Testers = []string{psid} }},
		"own thread":             {to(hi), func(s *sendtest.State) { s.Owners = map[string]string{psid: sendtest.DefaultApp, "1": otherApp} }},
		"typing, another's":      {to(`"sender_action":"typing_on"`), func(s *sendtest.State) { s.Owners = map[string]string{psid: otherApp} }},
		"lead flow of another":   {to(hi), func(s *sendtest.State) { s.LeadFlows = []string{"1"} }},
		"typing, restricted":     {to(`"sender_action":"typing_on"`), func(s *sendtest.State) { s.Restricted = true }},
		"no tag, no agent":       {to(hi), func(s *sendtest.State) { s.NoHumanAgent = true }},
		"token known":            {oneTime, func(s *sendtest.State) { s.Tokens = map[string]sendtest.Token{"t": {}} }},
		"token in time":          {oneTime, func(s *sendtest.State) { s.Tokens = map[string]sendtest.Token{"t": {Expires: noon.Add(1), Next: noon}} }},
		"persona":                {to(hi + `,"persona_id":"5"`), func(s *sendtest.State) { s.Personas = []string{"5"} }},
		"reply":                  {to(hi + `,"reply_to":{"mid":"m_1"}`), func(s *sendtest.State) { s.Mids = map[string]string{"m_1": psid} }},
		"no reply":               {to(hi), func(s *sendtest.State) { s.Mids = map[string]string{} }},
		"no thread_control":      {to(hi), func(s *sendtest.State) { s.RoutingOff = true }},
		"image after 10 seconds": {media("image"), file(sendtest.File{Takes: 10 * time.Second, Type: "image/webp", Size: 8 << 20})},
		"video after 75 seconds": {media("video"), file(sendtest.File{Takes: 75 * time.Second, Size: 25 << 20})},
		"another address":        {media("image"), func(s *sendtest.State) { s.Files = map[string]sendtest.File{"https://cdn.example/b": {Gone: true}} }},
		"a file of any type":     {media("file"), file(sendtest.File{Type: "text/html"})},
		"domain":                 {buttons(`[{"type":"web_url","title":"Go","url":"https://shop.example?a=1","messenger_extensions":true}]`), func(s *sendtest.State) { s.Domains = []string{"Shop.example"} }},
		"domain, and a port":     {buttons(`[{"type":"web_url","title":"Go","url":"https://shop.example:443#top","messenger_extensions":true}]`), func(s *sendtest.State) { s.Domains = []string{"https://shop.example/"} }},
		"domain, behind two at":  {buttons(`[{"type":"web_url","title":"Go","url":"https://a@b@shop.example/","messenger_extensions":true}]`), func(s *sendtest.State) { s.Domains = []string{"shop.example"} }},
		"no extensions":          {buttons(`[{"type":"web_url","title":"Go","url":"https://a.example"}]`), func(s *sendtest.State) { s.Domains = []string{"https://shop.example/"} }},
		"another order":          {template(receiptPayload), func(s *sendtest.State) { s.Orders = []string{"2"} }},
		"form":                   {template(`{"template_type":"instant_form","form_id":"1"}`), func(s *sendtest.State) { s.Forms = []string{"1"} }},
		"utility": {utility, func(s *sendtest.State) {
			s.Utilities = []sendtest.Utility{{Name: "n", Language: "en", Body: []string{""}}}
		}},
		"utility, named, any way": {named, func(s *sendtest.State) {
			s.Utilities = []sendtest.Utility{{Name: "n", Language: "en", Body: []string{"a", "b"}}}
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			g := &sendtest.Graph{Now: atNoon}
			g.Change(test.change)
			if got := post(t, g, test.body); got.status != http.StatusOK {
				t.Errorf("refused by %s: %s", last(t, g).Rule, got.body)
			}
		})
	}
}

// TestInstagramFormats: what Instagram takes of files.
func TestInstagramFormats(t *testing.T) {
	for contentType, kind := range map[string]string{
		"image/png": "image", "image/jpeg": "image", "image/gif": "image", "audio/aac": "audio", "audio/mp4": "audio",
		"audio/wav": "audio", "video/mp4": "video", "video/quicktime": "video", "video/webm; codecs=vp8": "video",
		"application/pdf": "file",
	} {
		g := &sendtest.Graph{Instagram: true, Now: atNoon}
		if got := call(t, g, upload(kind, contentType, 1)(t)); got.status != http.StatusOK {
			t.Errorf("%s: %s", contentType, got.body)
		}
	}
	g := &sendtest.Graph{Instagram: true, Now: atNoon}
	if got := call(t, g, upload("file", "text/plain", 1)(t)); last(t, g).Rule != "P31" {
		t.Errorf("a text file: %s", got.body)
	}
}

// TestOrdersAreRemembered: a receipt's order number is spent by sending it.
func TestOrdersAreRemembered(t *testing.T) {
	g := &sendtest.Graph{Now: atNoon}
	silently(t, g, template(receiptPayload))
	silently(t, g, template(receiptPayload)) // nobody keeps orders yet
	g.Change(func(s *sendtest.State) { s.Orders = []string{} })
	silently(t, g, template(receiptPayload))
	if got := post(t, g, template(receiptPayload)); last(t, g).Rule != "P20" {
		t.Errorf("%s", got.body)
	}
}

// TestReplyToOwnMessage: what the Graph has sent to a person may be replied to, in that person's thread.
func TestReplyToOwnMessage(t *testing.T) {
	g := &sendtest.Graph{Now: atNoon}
	g.Change(func(s *sendtest.State) { s.Mids = map[string]string{} })
	reply := `,"reply_to":{"mid":"` + post(t, g, to(hi)).MessageID + `"}`
	if got := post(t, g, to(hi+reply)); got.status != http.StatusOK {
		t.Errorf("%s", got.body)
	}
	if got := post(t, g, `{"recipient":{"id":"5"},`+hi+reply+`}`); last(t, g).Rule != "S18" {
		t.Errorf("to another person: %s", got.body)
	}
	private := post(t, g, `{"recipient":{"comment_id":"c"},`+hi+`}`)
	reply = `,"reply_to":{"mid":"` + private.MessageID + `"}`
	if got := post(t, g, `{"recipient":{"id":"`+private.RecipientID+`"},`+hi+reply+`}`); got.status != http.StatusOK {
		t.Errorf("to a private reply: %s", got.body)
	}
	if got := post(t, g, `{"recipient":{"comment_id":"d"},`+hi+`,"reply_to":{"mid":"m_1"}}`); last(t, g).Rule != "S18" {
		t.Errorf("private reply to nothing: %s", got.body)
	}
}

// TestThreadControl: release and pass take effect once the message is sent.
func TestThreadControl(t *testing.T) {
	g := &sendtest.Graph{Now: atNoon}
	g.Change(func(s *sendtest.State) { s.Owners = map[string]string{psid: sendtest.DefaultApp} })
	owner := func() (owner string) {
		g.Change(func(s *sendtest.State) { owner = s.Owners[psid] })
		return owner
	}
	silently(t, g, to(hi+`,"thread_control":{"control_type":"pass"}`))
	if owner() != sendtest.DefaultApp {
		t.Errorf("after a pass to the default app: %q", owner())
	}
	silently(t, g, to(hi+`,"thread_control":{}`))
	if owner() != "" {
		t.Errorf("after a release: %q", owner())
	}
	silently(t, g, to(hi+`,"thread_control":{"control_type":"PASS","app_id":"`+otherApp+`"}`))
	if owner() != otherApp {
		t.Errorf("after a pass: %q", owner())
	}
	if got := post(t, g, to(hi)); last(t, g).Rule != "W15" {
		t.Errorf("%s", got.body)
	}
}

// TestUsage: the headers tell what the state says, on refusals too; a failure's own headers win.
func TestUsage(t *testing.T) {
	g := &sendtest.Graph{PageID: "77", Now: atNoon}
	if got := post(t, g, to(hi)); got.header.Get("X-App-Usage") != "" {
		t.Errorf("usage without a state: %v", got.header)
	}
	g.Change(func(s *sendtest.State) { s.Usage, s.Regain = 85, 19*time.Minute+59*time.Second })
	const app = `{"call_count":85,"total_cputime":85,"total_time":85}`
	const business = `{"77":[{"call_count":85,"estimated_time_to_regain_access":19,"total_cputime":85,` +
		`"total_time":85,"type":"messenger"}]}`
	for _, body := range []string{to(hi), `{}`} {
		got := post(t, g, body)
		if a, b := got.header.Get("X-App-Usage"), got.header.Get("X-Business-Use-Case-Usage"); a != app || b != business {
			t.Errorf("%s %s", a, b)
		}
	}
	g.FailWith(sendtest.Failure{Code: 613, Header: http.Header{"X-App-Usage": {"{}"}}})
	if got := post(t, g, to(hi)); got.header.Get("X-App-Usage") != "{}" || got.header.Get("X-Business-Use-Case-Usage") != business {
		t.Errorf("%v", got.header)
	}
}

// TestAssumed: a rule that is an assumption may have another code, one that is known may not.
func TestAssumed(t *testing.T) {
	g := &sendtest.Graph{Now: atNoon, Assumed: map[string]sendtest.Code{
		"W04": {Code: 194}, "S01": {Code: 1}, "W08": {Code: 10, Subcode: 7},
	}}
	if got := post(t, g, to(hi+`,"messaging_type":"MESSAGE_TAG"`)); got.Error.Code != 194 || got.Error.Message != "(#194) The parameter tag is required" {
		t.Errorf("%s", got.body)
	}
	if got := post(t, g, `{}`); got.Error.Code != 100 {
		t.Errorf("%s", got.body)
	}
}
