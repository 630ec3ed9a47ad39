package send_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/parleybot/parley/send"
)

// channelOf returns a channel on which a message exists.
func channelOf(w where) send.Channel {
	if w == instagramOnly {
		return send.Instagram
	}
	return send.Messenger
}

func requestOf(m send.Message) send.Request {
	request := send.Request{To: send.Person(person), Message: m, Type: send.TypeResponse}
	if m.Content() == send.Utility {
		request.Type = send.TypeUtility
	}
	return request
}

// TestComposedBodies compares every kind of message with what Meta's pages print for it.
func TestComposedBodies(t *testing.T) {
	t.Parallel()
	for name, test := range composed {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, last := hear(t, send.Config{Channel: channelOf(test.where)}, receiptBody)
			if _, err := client.Send(t.Context(), requestOf(test.message)); err != nil {
				t.Fatal(err)
			}
			compareJSON(t, name, last.body)
		})
	}
}

// TestMessagesMarshalAsSent holds that json.Marshal of a message is what goes out as message.
func TestMessagesMarshalAsSent(t *testing.T) {
	t.Parallel()
	for name, test := range composed {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			kept, err := json.Marshal(map[string]any{
				"recipient": send.Person(person), "messaging_type": requestOf(test.message).Type, "message": test.message,
			})
			if err != nil {
				t.Fatal(err)
			}
			compareJSON(t, name, kept)
		})
	}
}

func TestParameterBodies(t *testing.T) {
	t.Parallel()
	tests := map[string]send.Request{
		"to_player": {To: send.PlayerID("3300000000000001"), Type: send.TypeUpdate},
		"to_login":  {To: send.LoginID("l-1"), Type: send.TypeUpdate},
		"to_phone_number": {
			To: send.PhoneNumber("+16505551234").Named("Ada", "Li"), Type: send.TypeUpdate,
		},
		"to_one_time_token":     {To: send.OneTimeToken("t-1")},
		"to_notification_token": {To: send.NotificationToken("t-2")},
		"parameters": {
			To: send.Person(person), Type: send.TypeResponse, Folder: send.FolderPartnership,
			Control:    &send.ThreadControl{Type: send.ControlPass, AppID: "263902037430900"},
			Suggestion: send.SuggestionAccept, Fields: []string{"id", "name"},
		},
		"release": {
			To: send.Person(person), Type: send.TypeResponse, Suggestion: send.SuggestionDismiss,
			Control: &send.ThreadControl{Type: send.ControlRelease},
		},
	}
	for name, request := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			request.Message = send.Text("Hi")
			client, last := hear(t, send.Config{}, receiptBody)
			if _, err := client.Send(t.Context(), request); err != nil {
				t.Fatal(err)
			}
			compareJSON(t, name, last.body)
		})
	}
}

func TestActionAs(t *testing.T) {
	t.Parallel()
	client, last := hear(t, send.Config{}, `{"recipient_id":"7100000000000001"}`)
	typing := send.TypingOn()
	if err := client.Act(t.Context(), send.Person(person), typing.As("1600000000000002")); err != nil {
		t.Fatal(err)
	}
	compareJSON(t, "action_typing_on_as", last.body)
	if err := client.Act(t.Context(), send.Person(person), typing); err != nil {
		t.Fatal(err)
	}
	compareJSON(t, "action_typing_on", last.body)
}

func TestRawMessages(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ raw, metadata, want string }{
		"as it is":           {`{"text":"Hi","new":[1.50,{}]}`, "", `{"text":"Hi","new":[1.50,{}]}`},
		"with metadata":      {`{ "text":"Hi" }`, `a "b"`, `{"metadata":"a \"b\"","text":"Hi"}`},
		"its own metadata":   {`{"text":"Hi","metadata":""}`, "m", `{"text":"Hi","metadata":""}`},
		"metadata below it":  {`{"a":{"metadata":"x"}}`, "m", `{"metadata":"m","a":{"metadata":"x"}}`},
		"empty and metadata": {` {} `, "m", `{"metadata":"m"}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := send.Raw(json.RawMessage(test.raw)).WithMetadata(test.metadata)
			if err := m.Validate(send.Messenger); err != nil {
				t.Errorf("Validate = %v, want nil", err)
			}
			if got, err := json.Marshal(m); err != nil || string(got) != test.want {
				t.Errorf("Marshal = %s, %v; want %s", got, err, test.want)
			}
		})
	}
	given := json.RawMessage(`{"text":"Hi"}`)
	kept := send.Raw(given)
	given[2] = 'X'
	if got, _ := json.Marshal(kept); string(got) != `{"text":"Hi"}` {
		t.Errorf("Raw keeps the caller's bytes: %s", got)
	}
}

func TestContent(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		message send.Message
		want    send.Content
	}{
		"text":         {send.Text("Hi"), send.Plain},
		"nothing":      {send.Message{}, send.Plain},
		"heart":        {send.LikeHeart(), send.Plain},
		"receipt":      {send.Template(sampleReceipt()), send.Plain},
		"feedback":     {send.Template(sampleFeedback()), send.Feedback},
		"utility":      {send.UtilityMessage("n", "en"), send.Utility},
		"raw":          {send.Raw(json.RawMessage(`{"text":"template"}`)), send.Plain},
		"raw utility":  {send.Raw(json.RawMessage(`{"template":{"name":"n"}}`)), send.Utility},
		"raw feedback": {send.Raw(json.RawMessage(`{"attachment":{"payload":{"template_type":"customer_feedback"}}}`)), send.Feedback},
		"other feedback": {
			send.Template(&send.OtherTemplate{Kind: "CUSTOMER_FEEDBACK"}), send.Feedback,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := test.message.Content(); got != test.want {
				t.Errorf("Content = %d, want %d", got, test.want)
			}
		})
	}
}

func TestOtherTemplate(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ fields, want string }{
		"nothing": {"", `{"template_type":"a\"b"}`},
		"empty":   {" { } ", `{"template_type":"a\"b"}`},
		"fields":  {` { "x": 1.50 } `, `{"template_type":"a\"b","x":1.50}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := json.Marshal(&send.OtherTemplate{Kind: `a"b`, Fields: json.RawMessage(test.fields)})
			if err != nil || string(got) != test.want {
				t.Errorf("Marshal = %s, %v; want %s", got, err, test.want)
			}
		})
	}
}

// TestEveryVideoHasTime holds that Meta may take its time to fetch a video, however the message says that it is
// one.
func TestEveryVideoHasTime(t *testing.T) {
	t.Parallel()
	const payload = `{"url":"https://cdn.example/a.mp4"}`
	tests := map[string]struct {
		message send.Message
		want    time.Duration
	}{
		"text":        {send.Text("video"), 30 * time.Second},
		"raw text":    {send.Raw(json.RawMessage(`{"text":"video"}`)), 30 * time.Second},
		"raw picture": {send.Raw(json.RawMessage(`{"attachment":{"type":"image","payload":` + payload + `}}`)), 30 * time.Second},
		"video":       {send.Video("https://cdn.example/a.mp4"), 105 * time.Second},
		"in capitals": {send.Other("VIDEO", json.RawMessage(payload)), 105 * time.Second},
		"raw video":   {send.Raw(json.RawMessage(`{"attachment":{"type":"VIDEO","payload":` + payload + `}}`)), 105 * time.Second},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got time.Duration
			cfg := send.Config{Limit: func(ctx context.Context, d time.Duration, cause error) (context.Context, context.CancelFunc) {
				got = d
				return context.WithTimeoutCause(ctx, d, cause)
			}}
			client, _ := hear(t, cfg, receiptBody)
			if _, err := client.Send(t.Context(), requestOf(test.message)); err != nil || got != test.want {
				t.Errorf("Send = %v within %v, want %v", err, got, test.want)
			}
		})
	}
}

// TestWhatIsNoObject holds that what must be a JSON object is not sent as anything else.
func TestWhatIsNoObject(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`[]`, `"{}"`, `{`, `{}{}`, ` `, `null`} {
		raw := json.RawMessage(text)
		for field, m := range map[string]send.Message{
			"message":                    send.Raw(raw).WithMetadata("m"),
			"message.attachment.payload": send.Other(send.TypeImage, raw),
		} {
			err := m.Validate(send.Messenger)
			if !errors.Is(err, send.ErrInvalid) || !hasLine(err, "send: "+field+": want a JSON object") {
				t.Errorf("Validate(%s of %q) = %v, want it refused", field, text, err)
			}
			if m.Content() != send.Plain {
				t.Errorf("Content(%s of %q) is not plain", field, text)
			}
		}
		other := send.Template(&send.OtherTemplate{Kind: "new", Fields: raw})
		if err := other.Validate(send.Messenger); !errors.Is(err, send.ErrInvalid) {
			t.Errorf("Validate(fields %q) = %v, want it refused", text, err)
		}
	}
}

// TestTheUnknownPasses holds that what this package has never heard of is left to Meta.
func TestTheUnknownPasses(t *testing.T) {
	t.Parallel()
	for name, m := range map[string]send.Message{
		"template":    send.Template(&send.OtherTemplate{Kind: "new_kind"}),
		"attachment":  send.Other("new_kind", json.RawMessage(`{}`)),
		"button":      button(send.Button{Type: "new_kind"}),
		"quick reply": quickReply(send.QuickReply{ContentType: "new_kind"}),
	} {
		if err := m.Validate(send.Messenger); err != nil {
			t.Errorf("Validate(%s) = %v, want nil", name, err)
		}
	}
	if err := send.Template(&send.OtherTemplate{Kind: "new_kind"}).Validate(send.Instagram); err != nil {
		t.Errorf("Validate on Instagram = %v, want nil", err)
	}
}

func TestOwn(t *testing.T) {
	t.Parallel()
	for reply, want := range map[send.ReplyType]bool{"user_phone_number": true, "USER_EMAIL": true, "text": false, "": false} {
		if got := (send.QuickReply{ContentType: reply}).Own(); got != want {
			t.Errorf("Own(%q) = %t", reply, got)
		}
	}
}

func TestPostbacks(t *testing.T) {
	t.Parallel()
	element := sampleGrid()
	element.Images = append(element.Images, send.GridImage{URL: picture})
	element.Buttons = append(element.Buttons, send.Link("Shop", "https://shop.example"))
	tests := map[string]struct {
		message send.Message
		want    []string
	}{
		"text":     {send.Text("Hi").WithAnswers("A"), nil},
		"heart":    {send.LikeHeart(), nil},
		"buttons":  {send.Buttons("x", send.Link("L", "https://a.example"), send.Postback("A", "1"), playButton), []string{"A=1"}},
		"carousel": {send.Carousel(send.Element{Buttons: []send.Button{send.Postback("A", "1")}}, send.Element{Buttons: []send.Button{send.Postback("B", "2")}}), []string{"A=1", "B=2"}},
		"media":    {send.MediaCard(send.MediaElement{Buttons: []send.Button{send.Postback("A", "1")}}), []string{"A=1"}},
		"grid":     {send.ImageGrid(element), []string{"The red one=RED", "All=ALL"}},
		"coupon":   {send.Template(sampleCoupon()), nil},
		"one time": {send.AskOneTime("t", "p"), nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, b := range test.message.Postbacks() {
				got = append(got, b.Title+"="+b.Payload)
			}
			if len(got) != len(test.want) {
				t.Fatalf("Postbacks = %q, want %q", got, test.want)
			}
			for i := range got {
				if got[i] != test.want[i] {
					t.Errorf("Postbacks = %q, want %q", got, test.want)
				}
			}
		})
	}
}
