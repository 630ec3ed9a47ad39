package send_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/parleybot/parley/send"
)

// A vector of appsecret_proof, computed by others.
const (
	vectorSecret = "app_secret_for_tests"
	vectorToken  = "PAGE_TOKEN_FOR_TESTS"
	vectorProof  = "e9767f3870086e3eaf8f2e5c215e54ea2c445c7238ed04d063d6cf833e1a2522"
)

// heard is a request as a server saw it.
type heard struct {
	method, target string
	header         http.Header
	body           []byte
}

// hear returns a server that answers every call with body, and what it heard last.
func hear(t *testing.T, cfg send.Config, body string) (*send.Client, *heard) {
	t.Helper()
	last := new(heard)
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		read, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		*last = heard{r.Method, r.RequestURI, r.Header, read}
		_, _ = io.WriteString(w, body)
	})
	return connect(t, server, cfg), last
}

const receiptBody = `{"recipient_id":"7100000000000001","message_id":"m_1"}`

// TestRequestBodies compares every kind of message with what Meta's pages print for it.
func TestRequestBodies(t *testing.T) {
	t.Parallel()
	to := send.Person(person)
	reply := func(m send.Message) send.Request { return send.Request{To: to, Message: m, Type: send.TypeResponse} }
	hi := send.Text("Hi")
	tests := map[string]send.Request{
		"text": reply(send.Text("Hi, <b>you</b> & 😀")),
		"everything": {
			To: to, Message: hi.WithMetadata("order 7"), Type: send.TypeMessageTag, Tag: send.TagHumanAgent,
			Notify: send.Silent, Persona: "1600000000000002", ReplyTo: "m_T1",
		},
		"no_push": {To: to, Message: hi, Type: send.TypeUpdate, Notify: send.NoPush},
		"quick_replies": reply(send.Text("Pick a colour").WithQuickReplies(
			send.Reply("Red", "C:RED").WithImage("https://cdn.example/red.png"), send.AskPhone(), send.AskEmail())),
		"answers":        reply(send.Text("Which size?").WithAnswers("Small", "Large")),
		"image":          reply(send.Image("https://cdn.example/a.jpg")),
		"image_reusable": reply(send.Image("https://cdn.example/a.jpg").Reusable()),
		"image_uploaded": reply(send.Uploaded(send.TypeImage, "1600000000000001")),
		"video":          reply(send.Video("https://cdn.example/a.mp4")),
		"audio":          reply(send.Audio("https://cdn.example/a.mp3")),
		"file":           reply(send.File("https://cdn.example/a.pdf")),
		"buttons": reply(send.Buttons("What next?",
			send.Postback("Buy", "BUY:1"), send.Call("Call us", "+16505551234"), send.Button{
				Type: "web_url", Title: "View", URL: "https://shop.example/1", WebviewHeight: "tall",
				Extensions: true, FallbackURL: "https://shop.example/old", ShareButton: "hide",
			})),
		"account": reply(attached(send.TypeTemplate, &send.ButtonTemplate{
			Text: "Account", Buttons: []send.Button{send.LogIn("https://shop.example/login"), send.LogOut()}, Sharable: true,
		})),
		"carousel": reply(send.Carousel(send.Element{
			Title: "Blue mug", Subtitle: "350 ml", ImageURL: "https://cdn.example/1.jpg",
			DefaultAction: &send.Button{Type: "web_url", URL: "https://shop.example/1", WebviewHeight: "tall"},
			Buttons:       []send.Button{send.Link("View", "https://shop.example/1"), send.Postback("Buy", "BUY:1")},
		}, send.Element{Title: "Red mug", Subtitle: "350 ml"}).WithQuickReplies(send.Reply("More", "MORE"))),
		"square_cards": reply(attached(send.TypeTemplate, &send.GenericTemplate{
			Elements: []send.Element{{Title: "Blue mug", Subtitle: "350 ml"}}, Sharable: true, AspectRatio: "square",
		})),
		"media_card": reply(send.MediaCard(send.MediaElement{
			MediaType: "image", AttachmentID: "1600000000000001", Buttons: []send.Button{send.Postback("Buy", "BUY:1")},
		})),
		"media_card_url": reply(attached(send.TypeTemplate, &send.MediaTemplate{Sharable: true, Elements: []send.MediaElement{
			{MediaType: "video", URL: "https://business.facebook.com/page/videos/1"},
		}})),
		"to_user_ref": {To: send.UserRef("ref-1"), Message: hi, Type: send.TypeResponse},
		"to_phone_number": {
			To:      send.Recipient{PhoneNumber: "+16505551234", Name: &send.Name{First: "Ada", Last: "Li"}},
			Message: hi, Type: send.TypeUpdate,
		},
		"to_comment":            {To: send.Comment("1_2"), Message: hi, Type: send.TypeResponse},
		"to_post":               {To: send.Post("1_3"), Message: hi, Type: send.TypeResponse},
		"to_one_time_token":     {To: send.Recipient{OneTimeToken: "t-1"}, Message: hi},
		"to_notification_token": {To: send.Recipient{NotificationToken: "t-2"}, Message: hi},
	}
	for name, request := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := send.Config{}
			if name == "everything" {
				cfg.Token, cfg.AppSecret = vectorToken, vectorSecret
			}
			client, last := hear(t, cfg, receiptBody)
			if _, err := client.Send(t.Context(), request); err != nil {
				t.Fatal(err)
			}
			compareJSON(t, name, last.body)
		})
	}
}

func TestActionBodies(t *testing.T) {
	t.Parallel()
	for _, action := range []send.Action{
		send.MarkSeen(), send.TypingOn(), send.TypingOff(), send.React("m_T1", "😊"), send.Unreact("m_T1"),
	} {
		t.Run(action.String(), func(t *testing.T) {
			t.Parallel()
			client, last := hear(t, send.Config{}, `{"recipient_id":"7100000000000001"}`)
			if err := client.Act(t.Context(), send.Person(person), action); err != nil {
				t.Fatal(err)
			}
			compareJSON(t, "action_"+action.String(), last.body)
		})
	}
}

// compareJSON compares a body with testdata/name.json, key by key.
func compareJSON(t *testing.T, name string, body []byte) {
	t.Helper()
	golden, err := os.ReadFile(filepath.Join("testdata", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var got, want any
	if err := json.Unmarshal(body, &got); err != nil {
		t.Fatalf("body %s: %v", body, err)
	}
	if err := json.Unmarshal(golden, &want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("body differs (-want +got):\n%s", diff)
	}
}

func TestRequestOnTheWire(t *testing.T) {
	t.Parallel()
	client, last := hear(t, send.Config{Token: vectorToken, AppSecret: vectorSecret, Version: "v26.0"}, receiptBody)
	if _, err := client.Send(t.Context(), hello); err != nil {
		t.Fatal(err)
	}
	switch {
	case last.method != http.MethodPost || last.target != "/v26.0/me/messages":
		t.Errorf("request line %s %s, want POST /v26.0/me/messages", last.method, last.target)
	case last.header.Get("Authorization") != "Bearer "+vectorToken:
		t.Errorf("Authorization = %q", last.header.Get("Authorization"))
	case last.header.Get("Content-Type") != "application/json":
		t.Errorf("Content-Type = %q", last.header.Get("Content-Type"))
	case !strings.Contains(string(last.body), vectorProof):
		t.Errorf("body without the appsecret_proof: %s", last.body)
	}
	if proof := send.Proof(vectorSecret, vectorToken); proof != vectorProof {
		t.Errorf("Proof = %s, want %s", proof, vectorProof)
	}
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	var target string
	client, err := send.New(send.Config{Token: "token", HTTP: doer(func(r *http.Request) (*http.Response, error) {
		target = r.URL.String()
		return nil, errors.New("enough")
	})})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Send(t.Context(), hello); err == nil {
		t.Fatal("Send = nil error")
	}
	if want := "https://graph.facebook.com/v25.0/me/messages"; target != want {
		t.Errorf("URL = %s, want %s", target, want)
	}
}

// doer is a [send.Doer] of one function.
type doer func(*http.Request) (*http.Response, error)

func (d doer) Do(r *http.Request) (*http.Response, error) { return d(r) }

func TestReceipts(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		answer string
		want   send.Receipt
	}{
		"to a person": {receiptBody, send.Receipt{RecipientID: person, MessageID: "m_1"}},
		"reusable": {
			`{"recipient_id":"7100000000000001","message_id":"m_1","attachment_id":"1600000000000001"}`,
			send.Receipt{RecipientID: person, MessageID: "m_1", AttachmentID: "1600000000000001"},
		},
		"to a user_ref":       {`{"message_id":"m_1"}`, send.Receipt{MessageID: "m_1"}},
		"with unknown fields": {`{"message_id":"m_1","new":{"a":1}}`, send.Receipt{MessageID: "m_1"}},
		"with an odd type":    {`{"recipient_id":7,"message_id":"m_1"}`, send.Receipt{MessageID: "m_1"}},
		"with a null error":   {`{"error":null,"message_id":"m_1"}`, send.Receipt{MessageID: "m_1"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := answering(t, 200, nil, []byte(test.answer)).Send(t.Context(), hello)
			if err != nil || got != test.want {
				t.Errorf("Send = %+v, %v; want %+v", got, err, test.want)
			}
		})
	}
}

func TestPageID(t *testing.T) {
	t.Parallel()
	client, last := hear(t, send.Config{Token: vectorToken, AppSecret: vectorSecret}, `{"id":"104000000000001"}`)
	id, err := client.PageID(t.Context())
	if err != nil || id != "104000000000001" {
		t.Errorf("PageID = %q, %v", id, err)
	}
	want := "/v25.0/me?appsecret_proof=" + vectorProof + "&fields=id"
	if last.method != http.MethodGet || last.target != want || len(last.body) != 0 {
		t.Errorf("%s %s with %d bytes, want GET %s with none", last.method, last.target, len(last.body), want)
	}
}

func TestPageIDFails(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		status int
		answer string
		class  error
		want   string
	}{
		"wrong token": {
			400, `{"error":{"message":"Invalid OAuth access token","code":190}}`, send.ErrUnauthorized,
			"send: graph: Invalid OAuth access token (code 190)",
		},
		"HTML":  {200, "<html>", nil, "send: graph: an answer without Meta's JSON (HTTP 200)"},
		"no id": {200, "{}", nil, "send: the Graph API answered without the Page's id"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := answering(t, test.status, nil, []byte(test.answer)).PageID(t.Context())
			if err == nil || err.Error() != test.want || (test.class != nil && !errors.Is(err, test.class)) {
				t.Errorf("PageID = %v, want %s", err, test.want)
			}
			if errors.Is(err, send.ErrUnsure) {
				t.Error("PageID is unsure, but delivers nothing")
			}
		})
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	tests := map[string]send.Config{
		"Token is empty":       {},
		"Token holds a":        {Token: "token\n"},
		"Token holds a space":  {Token: "to ken"},
		"BaseURL is no URL":    {Token: "token", BaseURL: "graph.facebook.com"},
		"BaseURL is no URL: w": {Token: "token", BaseURL: "ftp://graph.facebook.com"},
		"BaseURL is no":        {Token: "token", BaseURL: "https://"},
		"BaseURL is":           {Token: "token", BaseURL: "http://a\x00b"},
	}
	for want, cfg := range tests {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			_, err := send.New(cfg)
			if err == nil || !strings.HasPrefix(err.Error(), "send: config: "+want) {
				t.Fatalf("New = %v, want %s", err, want)
			}
			if cfg.Token != "" && strings.Contains(err.Error(), cfg.Token+" ") {
				t.Errorf("New = %v shows the token", err)
			}
		})
	}
}

func TestBaseURLWithPath(t *testing.T) {
	t.Parallel()
	var target string
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		target = r.URL.Path
		_, _ = io.WriteString(w, receiptBody)
	})
	client, err := send.New(send.Config{Token: "token", BaseURL: server.URL + "/proxy//"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.CloseIdleConnections)
	if _, err := client.Send(t.Context(), hello); err != nil || target != "/proxy/v25.0/me/messages" {
		t.Errorf("Send to %s, %v; want /proxy/v25.0/me/messages", target, err)
	}
}
