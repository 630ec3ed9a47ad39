package send_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/parleybot/parley/send"
)

func TestValidateRefuses(t *testing.T) {
	t.Parallel()
	for name, test := range refusals {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := test.message.Validate(send.Messenger)
			var field *send.FieldError
			switch {
			case err == nil:
				t.Fatalf("Validate = nil, want %s", test.want)
			case !errors.Is(err, send.ErrInvalid) || !errors.As(err, &field):
				t.Errorf("Validate = %v, want a FieldError of class ErrInvalid", err)
			case !hasLine(err, "send: "+test.want):
				t.Errorf("Validate = %v, want %s", err, test.want)
			}
		})
	}
}

func hasLine(err error, want string) bool {
	for line := range strings.Lines(err.Error()) {
		if strings.TrimSuffix(line, "\n") == want {
			return true
		}
	}
	return false
}

func TestValidateNamesEverything(t *testing.T) {
	t.Parallel()
	err := send.Text(strings.Repeat("a", 2001)).WithQuickReplies(send.Reply("", "")).Validate(send.Messenger)
	want := "send: message.text: 2,001 characters, at most 2,000" + splits + "\n" +
		"send: message.quick_replies[0].title: missing: only a quick reply with a picture may do without\n" +
		"send: message.quick_replies[0].payload: missing: it is what comes back with the tap"
	if err == nil || err.Error() != want {
		t.Errorf("Validate = %v, want %s", err, want)
	}
}

func TestValidateAccepts(t *testing.T) {
	t.Parallel()
	for name, message := range accepted {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if err := message.Validate(send.Messenger); err != nil {
				t.Errorf("Validate = %v, want nil", err)
			}
			if err := message.Warnings(); err != nil {
				t.Errorf("Warnings = %v, want nil", err)
			}
		})
	}
}

// TestValidateIsNoStricter has URLs of which nobody knows that Meta refuses them.
func TestValidateIsNoStricter(t *testing.T) {
	t.Parallel()
	for _, url := range []string{
		"https://cdn.example/100%.jpg", "http://localhost:8080/a", "https://[::1]/", "myapp://open", "HTTPS://X",
		"https://пример.example/я?q=1#f", "https://shop.example?q",
	} {
		if err := button(send.Link("t", url)).Validate(send.Messenger); err != nil {
			t.Errorf("Validate(%s) = %v, want nil", url, err)
		}
	}
}

func TestWarnings(t *testing.T) {
	t.Parallel()
	for name, test := range longTitles {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if err := test.message.Validate(send.Messenger); err != nil {
				t.Errorf("Validate = %v, want nil: Meta accepts it", err)
			}
			if err := test.message.Warnings(); err == nil || err.Error() != "send: "+test.want {
				t.Errorf("Warnings = %v, want %s", err, test.want)
			}
		})
	}
}

// TestNoWarningsOfRaw has a raw message with a title that it does not send.
func TestNoWarningsOfRaw(t *testing.T) {
	t.Parallel()
	m := send.Raw(json.RawMessage(`{"text":"Hi"}`)).WithAnswers(strings.Repeat("a", 21))
	if err := m.Warnings(); err != nil {
		t.Errorf("Warnings = %v, want nil", err)
	}
}

func TestValidateInstagram(t *testing.T) {
	t.Parallel()
	if err := send.Text(strings.Repeat("é", 500)).Validate(send.Instagram); err != nil {
		t.Errorf("Validate(1,000 bytes) = %v, want nil", err)
	}
	heart := send.Message{Attachment: &send.Attachment{Type: "like_heart"}}
	if err := heart.Validate(send.Instagram); err != nil {
		t.Errorf("Validate(like_heart) = %v, want nil", err)
	}
	if err := heart.Validate(send.Messenger); !errors.Is(err, send.ErrInvalid) {
		t.Errorf("Validate(like_heart) = %v on Messenger, want ErrInvalid", err)
	}
	const want = "send: message.text: 2,002 bytes, at most 1,000 on Instagram" + splits
	if err := send.Text(strings.Repeat("é", 1001)).Validate(send.Instagram); err == nil || err.Error() != want {
		t.Errorf("Validate(2,002 bytes) = %v, want %s", err, want)
	}
	// What is no UTF-8 goes out as U+FFFD, of three bytes.
	if err := send.Text(strings.Repeat("\xff", 333)).Validate(send.Instagram); err != nil {
		t.Errorf("Validate(333 wrong bytes) = %v, want nil", err)
	}
	if err := send.Text(strings.Repeat("\xff", 334)).Validate(send.Instagram); !errors.Is(err, send.ErrInvalid) {
		t.Errorf("Validate(334 wrong bytes) = %v, want ErrInvalid", err)
	}
}

func TestRequestValidate(t *testing.T) {
	t.Parallel()
	person := send.Person("7100000000000001")
	tests := map[string]struct {
		request send.Request
		want    string
	}{
		"person":       {send.Request{To: person}, ""},
		"user_ref":     {send.Request{To: send.UserRef("ref")}, ""},
		"phone number": {send.Request{To: send.Recipient{PhoneNumber: "+1", Name: &send.Name{First: "A"}}}, ""},
		"comment":      {send.Request{To: send.Comment("1_2")}, ""},
		"post":         {send.Request{To: send.Post("1_2")}, ""},
		"token":        {send.Request{To: send.Recipient{OneTimeToken: "t"}}, ""},
		"tag":          {send.Request{To: person, Type: send.TypeMessageTag, Tag: send.TagHumanAgent}, ""},
		"S02 nobody":   {send.Request{}, "recipient: empty: use send.Person or its like"},
		"S03 letters":  {send.Request{To: send.Person("PSID")}, "recipient.id: want the digits of a page-scoped ID"},
		"S04 two": {
			send.Request{To: send.Recipient{ID: "1", UserRef: "r"}}, "recipient: 2 identifiers, want one",
		},
		"S22 zero": {send.Request{To: send.Person("0")}, "recipient.id: want the digits of a page-scoped ID"},
		"W03 tag without its type": {
			send.Request{To: person, Type: send.TypeUpdate, Tag: send.TagHumanAgent},
			"tag: want messaging_type MESSAGE_TAG with it",
		},
		"W04 type without a tag": {
			send.Request{To: person, Type: send.TypeMessageTag},
			"tag: missing: messaging_type MESSAGE_TAG needs one",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.request.Message = send.Text("Hi")
			switch err := test.request.Validate(send.Messenger); {
			case test.want == "" && err != nil:
				t.Errorf("Validate = %v, want nil", err)
			case test.want != "" && (err == nil || err.Error() != "send: "+test.want):
				t.Errorf("Validate = %v, want %s", err, test.want)
			}
		})
	}
}

func TestRecipientKind(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		to   send.Recipient
		want send.RecipientKind
	}{
		"nobody":       {send.Recipient{}, send.ToNobody},
		"person":       {send.Person("1"), send.ToPerson},
		"user_ref":     {send.UserRef("r"), send.ToUserRef},
		"phone number": {send.PhoneNumber("+1"), send.ToPhoneNumber},
		"comment":      {send.Comment("1"), send.ToComment},
		"post":         {send.Post("1"), send.ToPost},
		"one time":     {send.Recipient{OneTimeToken: "t"}, send.ToToken},
		"notification": {send.Recipient{NotificationToken: "t"}, send.ToToken},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := test.to.Kind(); got != test.want {
				t.Errorf("Kind = %d, want %d", got, test.want)
			}
		})
	}
}

// TestMessagesAreValues holds that a kept message is not changed by what is derived from it.
func TestMessagesAreValues(t *testing.T) {
	t.Parallel()
	question := send.Text("Which?").WithAnswers("A")
	_ = question.WithAnswers("B", "C").WithMetadata("m")
	given := replies(1)
	kept := send.Text("x").WithQuickReplies(given...)
	given[0].Title = "changed"
	medium := send.Image(picture)
	_ = medium.Reusable()
	switch {
	case len(question.QuickReplies) != 1 || question.QuickReplies[0].Title != "A" || question.Metadata != "":
		t.Errorf("question = %+v, want it unchanged", question)
	case kept.QuickReplies[0].Title != "title":
		t.Error("WithQuickReplies keeps the caller's slice")
	case medium.Attachment.Payload.(*send.Media).Reusable:
		t.Error("Reusable changes its receiver")
	}
	if text := send.Text("x").Reusable(); text.Text != "x" || text.Attachment != nil {
		t.Errorf("Text.Reusable = %+v, want it unchanged", text)
	}
}
