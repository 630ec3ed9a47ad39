package sendtest_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"strings"
	"testing"
	"time"

	"github.com/parleybot/parley/send/sendtest"
)

const (
	profilePath  = "/v25.0/me/messenger_profile"
	settingsPath = "/v25.0/me/custom_user_settings"
	uploadPath   = "/v25.0/me/message_attachments"
	appsPath     = "/v25.0/me/subscribed_apps"
	accountID    = "17841400000000001"
)

// onEdge posts a JSON body to an edge.
func onEdge(path, body string) func(*testing.T) *http.Request {
	return sent(http.MethodPost, path, "application/json", body)
}

// does makes a request that the Graph accepts.
func does(t *testing.T, g *sendtest.Graph, method, path, body string) reply {
	t.Helper()
	got := call(t, g, request(t, method, path, "application/json", body))
	if got.status != http.StatusOK {
		t.Fatalf("%s %s: %s", method, path, got.body)
	}
	return got
}

// withProfile returns what makes a profile stand.
func withProfile(body string) func(*testing.T, *sendtest.Graph) {
	return func(t *testing.T, g *sendtest.Graph) {
		t.Helper()
		does(t, g, http.MethodPost, profilePath, body)
	}
}

const getStarted = `"get_started":{"payload":"START"}`

// menuOf returns a persistent menu with these items, and the Get Started button that it needs.
func menuOf(items string) string {
	return `{` + getStarted + `,"persistent_menu":[{"locale":"default","call_to_actions":` + items + `}]}`
}

const menuItem = `{"type":"postback","title":"Help","payload":"HELP"}`

func profileRefusals() map[string]refusal {
	const noStart = "(#100) You must set a Get Started button if you also wish to use persistent menu."
	menu := func(rule, body, says string) refusal {
		return refusal{rule: rule, request: onEdge(profilePath, body), code: 100, says: "(#100) " + says}
	}
	item := func(rule, item, says string) refusal { return menu(rule, menuOf("["+item+"]"), says) }
	const first = "persistent_menu[0][call_to_actions][0]"
	tests := map[string]refusal{
		"menu without get_started": {
			rule: "E04", request: onEdge(profilePath, strings.Replace(menuOf("["+menuItem+"]"), getStarted+",", "", 1)),
			code: 100, subcode: 2018145, says: noStart,
		},
		"get_started of a menu deleted": {
			rule: "E04", prepare: withProfile(menuOf("[" + menuItem + "]")), code: 100, subcode: 2018145, says: noStart,
			request: sent(http.MethodDelete, profilePath, "application/json", `{"fields":["get_started"]}`),
		},
		"menu without default": menu("E05", strings.Replace(menuOf("["+menuItem+"]"), "default", "en_US", 1),
			"Param persistent_menu must have one element of the locale default"),
		"no menu": menu("E05", `{`+getStarted+`,"persistent_menu":[]}`,
			"Param persistent_menu must have one element of the locale default"),
		"composer disabled without items": menu("E05",
			`{`+getStarted+`,"persistent_menu":[{"locale":"default","composer_input_disabled":true}]}`,
			"Param persistent_menu[0][call_to_actions] is required where the composer is disabled"),
		"21 items": menu("E05", menuOf(times(21, menuItem)),
			"param persistent_menu[0][call_to_actions] has too many elements."),
		"menu title 31": item("E05", strings.Replace(menuItem, "Help", letters(31), 1),
			"Length of param "+first+"[title] must be less than or equal to 30"),
		"nested menu": item("E05", `{"type":"nested","title":"More","call_to_actions":[`+menuItem+`]}`,
			"Nested menus are not supported any more"),
		"menu item type": item("E05", strings.Replace(menuItem, "postback", "phone_number", 1),
			"Param "+first+`[type] must be one of {POSTBACK, WEB_URL} - got "phone_number".`),
		"menu item unknown keys": item("S05", strings.Replace(menuItem, `"type"`, `"icon":"i","type"`, 1),
			`Invalid keys "icon" were found in param "`+first+`".`),
		"menu keys": menu("S05", `{`+getStarted+`,"persistent_menu":[{"locale":"default","type":"a","title":"b","url":"c"}]}`,
			`Invalid keys "title, type, url" were found in param "persistent_menu[0]".`),
		"menu payload 1001": item("P16", strings.Replace(menuItem, "HELP", letters(1001), 1),
			"Length of param "+first+"[payload] must be less than or equal to 1000"),
		"menu url":        item("P15", `{"type":"web_url","title":"Shop","url":"shop"}`, first+"[url] should represent a valid URL"),
		"menu item title": item("X06", `{"type":"postback","payload":"A"}`, "The parameter "+first+"[title] is required"),
		"menu locale": menu("X06", `{`+getStarted+`,"persistent_menu":[{"call_to_actions":[`+menuItem+`]}]}`,
			"The parameter persistent_menu[0][locale] is required"),
		"get_started without payload": menu("X06", `{"get_started":{}}`, "The parameter get_started[payload] is required"),
		"greeting 161": menu("E20", `{"greeting":[{"locale":"default","text":"`+letters(161)+`"}]}`,
			"Length of param greeting[0][text] must be less than or equal to 160"),
		"greeting without default": menu("E20", `{"greeting":[{"locale":"en_US","text":"Hi"}]}`,
			"Param greeting must have one element of the locale default"),
		"linking not https": menu("E21", `{"account_linking_url":"http://shop.example/link"}`,
			"account_linking_url should represent a valid https URL"),
		"home_url": menu("E22", `{"home_url":{"url":"https://shop.example"}}`, "Param home_url is not supported any more"),
		"target_audience": menu("E22", `{"target_audience":{"audience_type":"all"}}`,
			"Param target_audience is not supported any more"),
		"nothing": menu("E23", `{}`, "The profile needs at least one property"),
		"delete nothing": {
			rule: "X06", request: sent(http.MethodDelete, profilePath, "", ""), code: 100,
			says: "(#100) The parameter fields is required",
		},
		"delete an empty list": {
			rule: "E23", request: sent(http.MethodDelete, profilePath, "application/json", `{"fields":[]}`), code: 100,
			says: "(#100) The profile needs at least one property",
		},
		"platform without an account": {
			rule: "E24", request: sent(http.MethodGet, profilePath+"?fields=ice_breakers&platform=instagram", "", ""),
			code: 100, subcode: 2534013, says: "(#100) The Page is not linked to an Instagram account",
		},
		"unknown platform": {
			rule: "X02", request: sent(http.MethodGet, profilePath+"?platform=telegram", "", ""), code: 100,
			says: `(#100) Param platform must be one of {MESSENGER, INSTAGRAM} - got "telegram".`,
		},
	}
	for name, body := range map[string]string{
		"greeting": `{"greeting":[{"locale":"default","text":"Hi"}]}`, "get_started": `{` + getStarted + `}`,
		"commands": `{"commands":[{"locale":"default","commands":[{"name":"a","description":"b"}]}]}`,
		"composer": `{"persistent_menu":[{"locale":"default","composer_input_disabled":false,"call_to_actions":[]}]}`,
		"height": `{"persistent_menu":[{"locale":"default","call_to_actions":[{"type":"web_url","title":"a",` +
			`"url":"https://a.example","webview_height_ratio":"full"}]}]}`,
	} {
		tests["Instagram "+name] = refusal{
			rule: "X04", graph: &sendtest.Graph{Instagram: true}, request: onEdge(profilePath, body), code: 100,
			subcode: 2534015, says: "(#100) Invalid message data",
		}
	}
	return tests
}

func profileLists() map[string]refusal {
	list := func(rule, body, says string) refusal {
		return refusal{rule: rule, request: onEdge(profilePath, body), code: 100, says: "(#100) " + says}
	}
	breakers := func(list string) string { return `{"ice_breakers":` + list + `}` }
	const question = `{"question":"Where?","payload":"WHERE"}`
	commands := func(list string) string { return `{"commands":[{"locale":"default","commands":` + list + `}]}` }
	const command = `{"name":"hotels","description":"Find one"}`
	domains := func(list string) string { return `{"whitelisted_domains":` + list + `}` }
	tests := map[string]refusal{
		"both formats": list("E06", breakers(`[`+question+`,{"locale":"default","call_to_actions":[`+question+`]}]`),
			"Param ice_breakers must have one format"),
		"5 questions": list("E06", breakers(`[{"locale":"default","call_to_actions":`+times(5, question)+`}]`),
			"param ice_breakers[0][call_to_actions] has too many elements."),
		"5 questions, older format": list("E06", breakers(times(5, question)), "param ice_breakers has too many elements."),
		"ice breakers without default": list("E06", breakers(`[{"locale":"en_US","call_to_actions":[`+question+`]}]`),
			"Param ice_breakers must have one element of the locale default"),
		"no questions": list("E06", breakers(`[{"locale":"default","call_to_actions":[]}]`),
			"Param ice_breakers[0][call_to_actions] must be non-empty"),
		"question without payload": list("X06", breakers(`[{"question":"Where?"}]`),
			"The parameter ice_breakers[0][payload] is required"),
		"101 commands": list("E07", commands(times(101, command)), "param commands[0][commands] has too many elements."),
		"no commands":  list("E07", commands(`[]`), "Param commands[0][commands] must be non-empty"),
		"commands without default": list("E07", `{"commands":[{"locale":"en_US","commands":[`+command+`]}]}`,
			"Param commands must have one element of the locale default"),
		"command 33": list("E07", commands(`[{"name":"`+letters(33)+`","description":"a"}]`),
			"Length of param commands[0][commands][0][name] must be less than or equal to 32"),
		"description 65": list("E07", commands(`[{"name":"a","description":"`+letters(65)+`"}]`),
			"Length of param commands[0][commands][0][description] must be less than or equal to 64"),
		"command with a slash": list("E07", commands(`[{"name":"/a","description":"b"}]`),
			"Param commands[0][commands][0][name] must not begin with a slash"),
		"51 domains": list("E08", domains(times(51, `"https://shop.example"`)),
			"param whitelisted_domains has too many elements."),
	}
	for _, domain := range []string{"http://shop.example", "https://192.0.2.1", "https://localhost", "https://localhost:8080", "shop.example"} {
		tests[domain] = list("E08", domains(`["`+domain+`"]`), "whitelisted_domains[0] should represent a valid https domain")
	}
	return tests
}

// often makes calls that the Graph answers whatever it thinks of them.
func often(n int, r func(*testing.T) *http.Request) func(*testing.T, *sendtest.Graph) {
	return func(t *testing.T, g *sendtest.Graph) {
		t.Helper()
		for range n {
			call(t, g, r(t))
		}
	}
}

func edgeRefusals() map[string]refusal {
	const full = "(#613) Calls to this api have exceeded the rate limit."
	reading := sent(http.MethodGet, profilePath+"?fields=greeting", "", "")
	settings := sent(http.MethodGet, settingsPath+"?psid="+psid, "", "")
	upload := func(body string) func(*testing.T) *http.Request { return onEdge(uploadPath, body) }
	media := func(kind string) string {
		return message(`{"attachment":{"type":"` + kind + `","payload":{"url":"https://cdn.example/a"}}}`)
	}
	return map[string]refusal{
		"11th call to the profile": {rule: "E09", prepare: often(10, reading), request: reading, code: 613, says: full},
		"11th call to a menu":      {rule: "E09", prepare: often(10, settings), request: settings, code: 613, says: full},
		"301st send of a second": {
			rule: "E16", graph: &sendtest.Graph{Limits: true}, prepare: often(300, onEdge("/me/messages", to(hi))),
			body: to(hi), code: 613, says: full,
		},
		"11th video of a second": {
			rule: "E16", graph: &sendtest.Graph{Limits: true}, prepare: often(10, onEdge("/me/messages", media("video"))),
			body: media("audio"), code: 613, says: full,
		},
		"menu of a person without psid": {
			rule: "X06", request: onEdge(settingsPath, `{"persistent_menu":[]}`), code: 100,
			says: "(#100) The parameter psid is required",
		},
		"menu of a person on Instagram": {
			rule: "X04", graph: &sendtest.Graph{Instagram: true}, request: settings, code: 100, subcode: 2534015,
			says: "(#100) Invalid message data",
		},
		"menu of a stranger": {
			rule: "W12", graph: &sendtest.Graph{RefuseStrangers: true}, request: settings, code: 100, subcode: 2018001,
			says: "(#100) No matching user found",
		},
		"menu of a person with 31 characters": {
			rule: "E05", code: 100, request: onEdge(settingsPath, `{"psid":"`+psid+`","persistent_menu":[{"locale":"default",`+
				`"call_to_actions":[{"type":"postback","title":"`+letters(31)+`","payload":"A"}]}]}`),
			says: "(#100) Length of param persistent_menu[0][call_to_actions][0][title] must be less than or equal to 30",
		},
		"delete another setting": {
			rule: "X02", request: sent(http.MethodDelete, settingsPath+`?psid=`+psid+`&params=["greeting"]`, "", ""), code: 100,
			says: `(#100) Param params[0] must be one of {PERSISTENT_MENU} - got "greeting".`,
		},
		"upload without message": {
			rule: "X06", request: upload(`{}`), code: 100, says: "(#100) The parameter message is required",
		},
		"upload of a template": {
			rule: "P06", request: upload(`{"message":{"attachment":{"type":"template","payload":{}}}}`), code: 100,
			says: "(#100) Param message[attachment][type] is not supported. Please check developer docs for details",
		},
		"upload without file or url": {
			rule: "X03", request: upload(`{"message":{"attachment":{"type":"image","payload":{"is_reusable":true}}}}`), code: 100,
			says: "(#100) Incorrect number of files uploaded. Must upload exactly one file.",
		},
		"upload with text": {
			rule: "S05", request: upload(`{"message":{"text":"Hi","attachment":{"type":"image","payload":{"url":"https://a.example/a"}}}}`),
			code: 100, says: `(#100) Invalid keys "text" were found in param "message".`,
		},
		"upload of what is uploaded": {
			rule: "S05", request: upload(`{"message":{"attachment":{"type":"image","payload":{"attachment_id":"1"}}}}`), code: 100,
			says: `(#100) Invalid keys "attachment_id" were found in param "message[attachment][payload]".`,
		},
		"upload of another type": {
			rule: "P27", request: uploading("image", "a.pdf", "application/pdf", 1, ""), code: 100, subcode: 2018047,
			says: "(#100) Upload attachment failure.",
		},
		"upload too large": {
			rule: "P28", request: uploading("file", "a.pdf", "application/pdf", 25<<20+1, ""), code: 100, subcode: 2018109,
			says: "(#100) Attachment size exceeds allowable limit",
		},
		"upload of an address too slow": {
			rule: "P29", code: 100, subcode: 2018294, prepare: func(_ *testing.T, g *sendtest.Graph) {
				g.Change(func(s *sendtest.State) {
					s.Files = map[string]sendtest.File{"https://cdn.example/a": {Takes: 76 * time.Second}}
				})
			},
			request: upload(`{"message":{"attachment":{"type":"video","payload":{"url":"https://cdn.example/a"}}}}`),
			says:    "(#100) Video upload timed out or video is corrupted",
		},
		"upload of a foreign name on Instagram": {
			rule: "E25", graph: &sendtest.Graph{Instagram: true}, code: 100, subcode: 2018047,
			request: uploading("file", "naïve.pdf", "application/pdf", 1, "instagram"), says: "(#100) Upload attachment failure.",
		},
		"upload of another format on Instagram": {
			rule: "P31", graph: &sendtest.Graph{Instagram: true}, code: 100, subcode: 2018047,
			request: uploading("file", "a.zip", "application/zip", 1, "INSTAGRAM"), says: "(#100) Upload attachment failure.",
		},
		"unknown field": {
			rule: "X02", request: onEdge(appsPath, `{"subscribed_fields":["messaging_referral"]}`), code: 100,
			says: notAmong(allFields, "subscribed_fields[0]", "messaging_referral"),
		},
		"no fields": {
			rule: "X06", request: onEdge(appsPath, `{}`), code: 100, says: "(#100) The parameter subscribed_fields is required",
		},
		"no permission to subscribe": {
			rule: "T06", request: onEdge(appsPath, `{"subscribed_fields":"messages"}`), status: 403, code: 230,
			prepare: func(_ *testing.T, g *sendtest.Graph) {
				g.Change(func(s *sendtest.State) { s.Permissions = []string{"pages_messaging"} })
			},
			says: "(#230) Requires pages_manage_metadata permission to manage the object",
		},
	}
}

// allFields are the webhook fields of a Page, as the answer lists them.
var allFields = strings.Join(sendtest.PageFields, ", ")

// notAmong returns what is said of a value that is not in an enumeration.
func notAmong(all, name, got string) string {
	return fmt.Sprintf("(#100) Param %s must be one of {%s} - got %q.", name, all, got)
}

func appRefusals() map[string]refusal {
	const path = "/v25.0/1517770000000001/subscriptions"
	secret := &sendtest.Graph{Token: "token", AppSecret: "secret"}
	as := func(token, body string) func(*testing.T) *http.Request {
		return func(t *testing.T) *http.Request {
			t.Helper()
			r := request(t, http.MethodPost, path, "application/json", body)
			r.Header.Set("Authorization", "Bearer "+token)
			return r
		}
	}
	const callback = `{"object":"page","callback_url":"https://bot.example/hook","verify_token":"v","fields":"messages"}`
	return map[string]refusal{
		"a Page's token": {
			rule: "E26", graph: secret, request: as("token", callback), code: 100,
			says: "This method must be called with an app access_token.",
		},
		"another secret": {
			rule: "T02", graph: secret, request: as(sendtest.DefaultApp+"|wrong", callback), code: 190,
			says: "Invalid OAuth access token - Cannot parse access token",
		},
		"callback not https": {
			rule: "E27", graph: secret, code: 100,
			request: as(sendtest.DefaultApp+"|secret", strings.Replace(callback, "https:", "http:", 1)),
			says:    "(#100) callback_url should represent a valid https URL",
		},
		"no verify token": {
			rule: "X06", request: as("token", strings.Replace(callback, `"verify_token":"v",`, "", 1)), code: 100,
			says: "(#100) The parameter verify_token is required",
		},
		"unknown field": {
			rule: "X02", request: as("token", strings.Replace(callback, `"messages"`, `"message"`, 1)), code: 100,
			says: notAmong(allFields, "fields[0]", "message"),
		},
	}
}

// uploading makes a request that uploads a file of a size.
func uploading(kind, name, contentType string, size int64, platform string) func(*testing.T) *http.Request {
	return func(t *testing.T) *http.Request {
		t.Helper()
		var head bytes.Buffer
		form := multipart.NewWriter(&head)
		_ = form.WriteField("message", `{"attachment":{"type":"`+kind+`","payload":{"is_reusable":true}}}`)
		if platform != "" {
			_ = form.WriteField("platform", platform)
		}
		_, _ = form.CreatePart(textproto.MIMEHeader{
			"Content-Disposition": {`form-data; name="filedata"; filename="` + name + `"`}, "Content-Type": {contentType},
		})
		body := blankFile(head.String(), size, "\r\n--"+form.Boundary()+"--\r\n")
		r := request(t, http.MethodPost, uploadPath, form.FormDataContentType(), "")
		r.Body, r.ContentLength = body, -1
		return r
	}
}
