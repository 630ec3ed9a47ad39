package send_test

import (
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/send/sendtest"
)

// arrived is what a server has seen of calls: the paths of all fields, and the values at them. Indexes of
// lists are left out of the paths.
type arrived map[string]map[string]bool

// add takes in the JSON value at path.
func (a arrived) add(path string, v any) {
	if path != "" && a[path] == nil {
		a[path] = map[string]bool{}
	}
	switch v := v.(type) {
	case map[string]any:
		for key, inner := range v {
			a.add(strings.TrimPrefix(path+"."+key, "."), inner)
		}
	case []any:
		for _, inner := range v {
			a.add(path, inner)
		}
	case string:
		a[path][strings.ToUpper(v)] = true
	case json.Number:
		a[path][v.String()] = true
	case bool:
		a[path][strconv.FormatBool(v)] = true
	}
}

// has reports whether value arrived at path. Meta prints enums in capitals and its samples send some in lower
// case: Graph takes both.
func (a arrived) has(path, value string) bool { return a[path][strings.ToUpper(value)] }

// place returns where in what arrived the parameter name stands that follows the one at previous: within it,
// else beside it, else beside what it is in. A page goes through its objects in just that order.
func (a arrived) place(previous, name string) (path string, found bool) {
	for prefix := previous; ; {
		path = strings.TrimPrefix(prefix+"."+name, ".")
		if _, found := a[path]; found {
			return path, true
		}
		if prefix == "" {
			return "", false
		}
		prefix = prefix[:max(0, strings.LastIndexByte(prefix, '.'))]
	}
}

// arrive makes every call of referenceCalls through the public API, and returns what arrived.
func arrive(t *testing.T) arrived {
	t.Helper()
	seen := arrived{}
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet { // whether the Page has the template of a utility message
			_, _ = w.Write([]byte(`{"data":[]}`))
			return
		}
		body := json.NewDecoder(r.Body)
		body.UseNumber()
		var call any
		if err := body.Decode(&call); err != nil {
			t.Error(err)
		}
		seen.add("", call)
		_, _ = w.Write([]byte(`{"recipient_id":"7","message_id":"m_1","attachment_id":"16"}`))
	})
	client := connect(t, server, send.Config{Retired: true})
	sendAll(t, client, referenceRequests())
	sendAll(t, connect(t, server, send.Config{Channel: send.Instagram}), referenceOnInstagram())
	for _, action := range referenceActions() {
		if err := client.Act(t.Context(), send.Person(person), action); err != nil {
			t.Errorf("%s: %v", action, err)
		}
	}
	return seen
}

func sendAll(t *testing.T, client *send.Client, requests map[string]send.Request) {
	t.Helper()
	for name, request := range requests {
		if _, err := client.Send(t.Context(), request); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestReferenceParameters finds every parameter of Meta's pages, and every value of an enum, in a call that
// the public API has composed.
func TestReferenceParameters(t *testing.T) {
	read := referencePages(t)
	seen := arrive(t)
	tables := 0
	for _, p := range read {
		if len(p.parameters) == 0 {
			continue // a page of prose: see TestReferenceWords
		}
		tables++
		var path string
		var places []string
		for _, parameter := range p.parameters {
			found, ok := seen.place(path, parameter.name)
			if !ok {
				t.Errorf("%s: parameter %s after %s arrived in no call", p.file, parameter.name, path)
				continue
			}
			path = found
			places = append(places, path)
			for _, value := range parameter.values {
				if !seen.has(path, value) {
					t.Errorf("%s: %s: %s arrived in no call", p.file, path, value)
				}
			}
		}
		checkPlaces(t, p, places)
	}
	if tables != 2 {
		t.Errorf("%d pages with a table of parameters, want 2", tables)
	}
}

// referencePlaces are the parameters of the newer page, where they stand. The older page lacks those of the
// template.
const referencePlaces = `message message.text
message.dynamic_text message.dynamic_text.text message.dynamic_text.fallback_text
message.attachment message.attachment.type message.attachment.payload
message.quick_reply_type message.quick_replies
message.quick_replies.title message.quick_replies.content_type message.quick_replies.image_url
message.quick_replies.data message.quick_replies.data.app message.quick_replies.data.dest_address
message.quick_replies.data.sticker_id message.quick_replies.data.payment_amount
message.quick_replies.data.payment_currency message.quick_replies.data.payment_type
message.quick_replies.data.poll_options message.quick_replies.data.provider_name
message.quick_replies.data.native_uri message.quick_replies.payload
message.template message.template.name message.template.language message.template.language.code
message.template.components message.template.components.type message.template.components.parameters
message.template.components.parameters.type message.template.components.parameters.text
message.template.components.parameters.payload message.template.components.parameters.url
message.metadata messaging_type notification_type payload persona_id
recipient recipient.id recipient.phone_number
recipient.name recipient.name.first_name recipient.name.last_name
recipient.user_ref recipient.comment_id recipient.post_id recipient.player_id
recipient.one_time_notif_token recipient.notification_messages_token recipient.login_id
sender_action tag`

// checkPlaces fails if a parameter was found elsewhere than where it belongs.
func checkPlaces(t *testing.T, p referencePage, got []string) {
	t.Helper()
	want := strings.Fields(referencePlaces)
	if !strings.Contains(p.text, "\ntemplate\n") {
		want = slices.DeleteFunc(want, func(place string) bool { return strings.HasPrefix(place, "message.template") })
	}
	if !slices.Equal(got, want) {
		t.Errorf("%s: parameters at\n%s\nwant\n%s", p.file, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// notNames are words of the pages that look like names of the API and are none that a call has.
var notNames = map[string]string{
	"API": "prose", "URL": "a type", "UTF": "a type", "ISO": "a type", "RSVP": "prose", "JSON": "prose",
	"ID": "prose", "PSID": "a placeholder", "PAGE": "a placeholder",
	"SCOPED": "a placeholder", "PAGE_ID": "a placeholder", "PAGE_ACCESS_TOKEN": "a placeholder",
	"POST": "the method of the call", "MESSAGE": "a task of a Page's staff",
	"pages_messaging": "a permission", "access_token": "sent in a header: a token never stands in a body",
}

// TestReferenceWords finds every word of all four pages that is written like a name: also in those of prose,
// which give parameters and tags in sentences.
func TestReferenceWords(t *testing.T) {
	read := referencePages(t)
	seen := arrive(t)
	known := map[string]bool{"RECIPIENT_ID": true, "MESSAGE_ID": true, "ATTACHMENT_ID": true} // TestReferenceAnswer
	for path, values := range seen {
		known[strings.ToUpper(path[strings.LastIndexByte(path, '.')+1:])] = true
		maps.Copy(known, values)
	}
	for _, p := range read {
		for _, word := range p.words() {
			if _, other := notNames[word]; !known[strings.ToUpper(word)] && !other {
				t.Errorf("%s: %s arrived in no call", p.file, word)
			}
		}
	}
}

// TestReferenceAnswer finds every field of Meta's answer in the receipt.
func TestReferenceAnswer(t *testing.T) {
	read := referencePages(t)
	var receipt send.Receipt
	filled := map[string]string{"recipient_id": "7", "message_id": "m_1", "attachment_id": "16"}
	raw, err := json.Marshal(filled)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &receipt); err != nil {
		t.Fatal(err)
	}
	if want := (send.Receipt{RecipientID: "7", MessageID: "m_1", AttachmentID: "16"}); receipt != want {
		t.Errorf("receipt %+v, want %+v", receipt, want)
	}
	known := slices.Sorted(maps.Keys(filled))
	for _, p := range read {
		if got := slices.Sorted(slices.Values(p.returned)); len(got) > 0 && !slices.Equal(got, known) {
			t.Errorf("%s: the answer has %v, want %v", p.file, got, known)
		}
	}
}

// TestReferenceCodes gets the class of every error code of Meta's pages back from a call, and the table's
// advice for it.
func TestReferenceCodes(t *testing.T) {
	classes := map[int]error{
		551: send.ErrUnreachable, 100: send.ErrInvalid, 613: send.ErrRateLimited, 2022: send.ErrBlocked,
		190: send.ErrUnauthorized, 10900: send.ErrInvalid, 10901: send.ErrInvalid, 10903: send.ErrInvalid,
		200: send.ErrPermission, 194: send.ErrInvalid, 368: send.ErrBlocked,
	}
	found := map[int]bool{}
	for _, p := range referencePages(t) {
		for code, says := range p.codes {
			found[code] = true
			t.Run(p.file[:3]+" "+strconv.Itoa(code), func(t *testing.T) {
				class, known := classes[code]
				if !known {
					t.Fatalf("%q has no class here", says)
				}
				checkCode(t, code, class)
			})
		}
	}
	if len(found) != len(classes) {
		t.Errorf("the pages name the codes %v, want %v", found, classes)
	}
}

// checkCode lets a call fail with code.
func checkCode(t *testing.T, code int, class error) {
	t.Helper()
	graph := new(sendtest.Graph)
	graph.FailNext(code, 0)
	client, err := send.New(send.Config{Token: "token", HTTP: graph.Client(), Tries: 1})
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.Send(t.Context(), send.Request{To: send.Person(person), Message: send.Text("Hi")})
	if !errors.Is(err, class) {
		t.Errorf("error %v, want class %v", err, class)
	}
	if explanation, known := send.Explain(code, 0); !known || explanation.Advice == "" {
		t.Errorf("Explain(%d, 0) = %+v, %v: want a known code with advice", code, explanation, known)
	}
}
