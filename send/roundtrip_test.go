package send_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"strings"
	"testing"

	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/send/sendtest"
)

// fakeOf returns a fake Graph API for a channel, with the attachments that the tables name.
func fakeOf(channel send.Channel) *sendtest.Graph {
	graph := &sendtest.Graph{Instagram: channel == send.Instagram, Strict: true}
	for _, id := range []string{"1", "2", "1600000000000001"} {
		graph.AddAttachment(id, "image")
	}
	return graph
}

// clientOf returns a client of graph for a channel.
func clientOf(tb testing.TB, graph *sendtest.Graph, cfg send.Config) *send.Client {
	tb.Helper()
	cfg.Token, cfg.HTTP, cfg.Rate, cfg.Wait = "token", graph.Client(), -1, noWait
	client, err := send.New(cfg)
	if err != nil {
		tb.Fatal(err)
	}
	return client
}

// TestEverythingIsAccepted sends what every constructor composes to the fake Graph API, on the channels that it
// exists on, and holds that both sides refuse it on the others.
func TestEverythingIsAccepted(t *testing.T) {
	t.Parallel()
	for name, test := range composed {
		for _, channel := range []send.Channel{send.Messenger, send.Instagram} {
			if channel == send.Instagram && test.where == messengerAtLeast {
				continue // Meta does not say whether Instagram takes it: there is nothing to hold
			}
			t.Run(name+" on "+channel.String(), func(t *testing.T) {
				t.Parallel()
				exists := test.where == everywhere || (channel == send.Instagram) == (test.where == instagramOnly)
				graph, request := fakeOf(channel), requestOf(test.message)
				_, err := clientOf(t, graph, send.Config{Channel: channel}).Send(t.Context(), request)
				switch {
				case exists && err != nil:
					t.Errorf("Send = %v, want it accepted", err)
				case !exists && !errors.Is(err, send.ErrInvalid):
					t.Errorf("Send = %v, want ErrInvalid", err)
				case !exists && len(graph.Calls()) != 0:
					t.Error("Send made a call")
				case !exists && post(t, graph, test.message).Rule == "":
					t.Error("the Graph accepts what Validate refuses")
				}
			})
		}
	}
}

func TestLimitsAreAccepted(t *testing.T) {
	t.Parallel()
	for name, message := range atTheLimit {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := clientOf(t, fakeOf(send.Messenger), send.Config{Strict: true})
			if _, err := client.Send(t.Context(), requestOf(message)); err != nil {
				t.Errorf("Send = %v, want it accepted", err)
			}
		})
	}
}

// TestRefusedByBoth holds that the fake Graph API refuses what Validate refuses, by the rule in its name.
func TestRefusedByBoth(t *testing.T) {
	t.Parallel()
	tables := map[string]map[string]refused{"": refusedMessages, "form ": refusedForms, "retired ": retiredMessages}
	for kind, table := range tables {
		for name, test := range table {
			t.Run(kind+name, func(t *testing.T) {
				t.Parallel()
				err := test.message.Validate(test.channel)
				if !errors.Is(err, send.ErrInvalid) || !hasLine(err, "send: "+test.want) {
					t.Errorf("Validate = %v, want %s", err, test.want)
				}
				if got := errors.Is(err, send.ErrRetired); got != (kind == "retired ") {
					t.Errorf("Validate = %v is retired: %t", err, got)
				}
				if strings.HasPrefix(name, "X01") {
					return // cannot be encoded
				}
				rule, _, _ := strings.Cut(name, " ")
				if call := post(t, fakeOf(test.channel), test.message); call.Rule != rule {
					t.Errorf("the Graph judges by rule %q (%s), want %q", call.Rule, call.Answer, rule)
				}
			})
		}
	}
}

// TestRetiredIsSentOnDemand holds that Config.Retired asks Meta all the same, which answers no.
func TestRetiredIsSentOnDemand(t *testing.T) {
	t.Parallel()
	for name, test := range retiredMessages {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			graph := fakeOf(test.channel)
			client := clientOf(t, graph, send.Config{Channel: test.channel, Retired: true})
			_, err := client.Send(t.Context(), requestOf(test.message))
			refused, ok := errors.AsType[*send.Error](err)
			if !ok || refused.Code != 100 || len(graph.Calls()) != 1 {
				t.Errorf("Send = %v after %d calls, want Meta's refusal", err, len(graph.Calls()))
			}
		})
	}
}

// TestRequestsRefusedByBoth is TestRefusedByBoth for what stands beside the message.
func TestRequestsRefusedByBoth(t *testing.T) {
	t.Parallel()
	to, twice := send.Person(person), send.Recipient{PlayerID: "1", LoginID: "2"}
	tests := map[string]struct {
		request send.Request
		params  map[string]any // beside message
		channel send.Channel
		class   error
	}{
		"W03":          {send.Request{To: to, Tag: send.TagHumanAgent}, map[string]any{"tag": "HUMAN_AGENT"}, send.Messenger, nil},
		"W04":          {send.Request{To: to, Type: send.TypeMessageTag}, map[string]any{"messaging_type": "MESSAGE_TAG"}, send.Messenger, nil},
		"W05":          {taggedRequest(to, "human"), tagParams("human"), send.Messenger, nil},
		"W05 of 2017":  {taggedRequest(to, "SHIPPING_UPDATE"), tagParams("SHIPPING_UPDATE"), send.Messenger, nil},
		"S12":          {send.Request{To: to, Type: "response"}, map[string]any{"messaging_type": "response"}, send.Messenger, nil},
		"W06":          {taggedRequest(to, send.TagAccountUpdate), tagParams("ACCOUNT_UPDATE"), send.Messenger, send.ErrTagRetired},
		"W09":          {taggedRequest(to, send.TagCustomerFeedback), tagParams("CUSTOMER_FEEDBACK"), send.Messenger, nil},
		"W10":          {taggedRequest(to, send.TagCustomerFeedback), tagParams("CUSTOMER_FEEDBACK"), send.Instagram, nil},
		"W20":          {send.Request{To: to, Type: send.TypeUtility}, map[string]any{"messaging_type": "UTILITY"}, send.Messenger, nil},
		"S02":          {send.Request{}, map[string]any{"recipient": send.Recipient{}}, send.Messenger, nil},
		"S03":          {send.Request{To: send.Person("me")}, map[string]any{"recipient": send.Person("me")}, send.Messenger, nil},
		"S22":          {send.Request{To: send.Person("0")}, map[string]any{"recipient": send.Person("0")}, send.Messenger, nil},
		"S04":          {send.Request{To: twice}, map[string]any{"recipient": twice}, send.Messenger, nil},
		"X04 persona":  {send.Request{To: to, Persona: "1"}, map[string]any{"persona_id": "1"}, send.Instagram, nil},
		"X04 user_ref": {send.Request{To: send.UserRef("r")}, map[string]any{"recipient": send.UserRef("r")}, send.Instagram, nil},
		"X04 post":     {send.Request{To: send.Post("1")}, map[string]any{"recipient": send.Post("1")}, send.Instagram, nil},
		"X04 one time": {send.Request{To: send.OneTimeToken("t")}, map[string]any{"recipient": send.OneTimeToken("t")}, send.Instagram, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.request.Message = send.Text("Hi")
			err := test.request.Validate(test.channel)
			if !errors.Is(err, send.ErrInvalid) || test.class != nil && !errors.Is(err, test.class) {
				t.Errorf("Validate = %v, want ErrInvalid and %v", err, test.class)
			}
			params := map[string]any{"recipient": to, "message": test.request.Message}
			maps.Copy(params, test.params)
			rule, _, _ := strings.Cut(name, " ")
			if call := postParams(t, fakeOf(test.channel), params); call.Rule != rule {
				t.Errorf("the Graph judges by rule %q (%s), want %q", call.Rule, call.Answer, rule)
			}
		})
	}
}

func taggedRequest(to send.Recipient, tag send.Tag) send.Request {
	return send.Request{To: to, Type: send.TypeMessageTag, Tag: tag}
}

func tagParams(tag string) map[string]any {
	return map[string]any{"messaging_type": "MESSAGE_TAG", "tag": tag}
}

func TestRecipientsAreAccepted(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		to        send.Recipient
		instagram bool
	}{
		"person":             {send.Person(person), true},
		"user_ref":           {send.UserRef("r"), false},
		"phone number":       {send.PhoneNumber("+16505551234").Named("Ada", "Li"), false},
		"comment":            {send.Comment("1_2"), true},
		"post":               {send.Post("1_3"), false},
		"one-time token":     {send.OneTimeToken("t"), false},
		"notification token": {send.NotificationToken("t"), true},
		"player":             {send.PlayerID("1"), false},
		"login":              {send.LoginID("l"), false},
	}
	for name, test := range tests {
		for _, channel := range []send.Channel{send.Messenger, send.Instagram} {
			if channel == send.Instagram && !test.instagram {
				continue
			}
			t.Run(name+" on "+channel.String(), func(t *testing.T) {
				t.Parallel()
				kind, tag, err := send.Classify(send.Purpose{Channel: channel, To: test.to.Kind(), Reply: true})
				if err != nil {
					t.Fatal(err)
				}
				request := send.Request{To: test.to, Message: send.Text("Hi"), Type: kind, Tag: tag}
				client := clientOf(t, fakeOf(channel), send.Config{Channel: channel})
				if _, err := client.Send(t.Context(), request); err != nil {
					t.Errorf("Send = %v, want it accepted", err)
				}
			})
		}
	}
}

// TestUploadsByBoth has files that go up with a message. An empty rule is accepted.
func TestUploadsByBoth(t *testing.T) {
	t.Parallel()
	file := func(contentType string, size int) send.Source {
		return send.FromBytes("a", contentType, make([]byte, size))
	}
	const mega = 1 << 20
	tests := map[string]struct {
		kind   send.AttachmentType
		source send.Source
		rule   string
	}{
		"picture of 8 MB":        {send.TypeImage, file("image/png", 8*mega), ""},
		"picture over 8 MB":      {send.TypeImage, file("image/png", 8*mega+1), "P28"},
		"video of 25 MB":         {send.TypeVideo, file("video/mp4", 25*mega), ""},
		"video over 25 MB":       {send.TypeVideo, file("video/mp4", 25*mega+1), "P28"},
		"recording":              {send.TypeAudio, file("Audio/mpeg", 1), ""},
		"a video as a recording": {send.TypeAudio, file("video/mp4", 1), "P27"},
		"a text as a picture":    {send.TypeImage, file("text/plain", 1), "P27"},
		"a picture as a file":    {send.TypeFile, file("image/png", 25*mega), ""},
		"file over 25 MB":        {send.TypeFile, file("application/pdf", 25*mega+1), "P28"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := send.Upload(test.kind, test.source)
			if err := m.Validate(send.Messenger); (err == nil) != (test.rule == "") || err != nil && !errors.Is(err, send.ErrInvalid) {
				t.Errorf("Validate = %v, want rule %q", err, test.rule)
			}
			if call := postFile(t, fakeOf(send.Messenger), m, test.source); call.Rule != test.rule {
				t.Errorf("the Graph judges by rule %q (%s), want %q", call.Rule, call.Answer, test.rule)
			}
			if test.rule != "" {
				return
			}
			receipt, err := clientOf(t, fakeOf(send.Messenger), send.Config{}).Send(t.Context(), requestOf(m.Reusable()))
			if err != nil || receipt.AttachmentID == "" {
				t.Errorf("Send = %+v, %v; want it accepted and kept", receipt, err)
			}
		})
	}
}

// postParams gives a call of /me/messages to graph without asking a Client.
func postParams(t *testing.T, graph *sendtest.Graph, params map[string]any) sendtest.Call {
	t.Helper()
	body, err := json.Marshal(params)
	if err != nil {
		t.Fatal(err)
	}
	return postBody(t, graph, "application/json", body)
}

// postFile gives a message with a file to graph without asking a Client.
func postFile(t *testing.T, graph *sendtest.Graph, m send.Message, source send.Source) sendtest.Call {
	t.Helper()
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	for name, v := range map[string]any{"recipient": send.Person(person), "message": m} {
		value, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.WriteField(name, string(value)); err != nil {
			t.Fatal(err)
		}
	}
	part, err := w.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {fmt.Sprintf(`form-data; name="filedata"; filename=%q`, source.Name)},
		"Content-Type":        {source.ContentType},
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write(make([]byte, source.Size)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return postBody(t, graph, w.FormDataContentType(), form.Bytes())
}

func postBody(t *testing.T, graph *sendtest.Graph, contentType string, body []byte) sendtest.Call {
	t.Helper()
	const target = "https://graph.facebook.com/v25.0/me/messages"
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, target, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", contentType)
	req.Header.Set("Authorization", "Bearer token")
	res, err := graph.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	if err := res.Body.Close(); err != nil {
		t.Fatal(err)
	}
	calls := graph.Calls()
	return calls[len(calls)-1]
}
