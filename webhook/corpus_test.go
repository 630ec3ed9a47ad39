package webhook_test

import (
	"bufio"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/webhook"
)

// corpus returns the rows of a table of the corpus, by column name; it skips the test where there is no
// corpus.
func corpus(t *testing.T, table ...string) []map[string]string {
	t.Helper()
	root := os.Getenv("CORPUS")
	if root == "" {
		t.Skip("CORPUS is not set")
	}
	file, err := os.Open(filepath.Join(append([]string{root}, table...)...))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	var names []string
	var rows []map[string]string
	for lines.Scan() {
		fields := strings.Split(lines.Text(), "\t")
		if names == nil {
			names = fields
			continue
		}
		row := make(map[string]string)
		for i, field := range fields {
			row[names[i]] = field
		}
		rows = append(rows, row)
	}
	if err := lines.Err(); err != nil || len(rows) == 0 {
		t.Fatalf("%v: %d rows, %v", table, len(rows), err)
	}
	return rows
}

func TestDecodeCorpus(t *testing.T) {
	for _, row := range corpus(t, "webhook", "index.tsv") {
		t.Run(row["file"], func(t *testing.T) {
			body, err := os.ReadFile(filepath.Join(os.Getenv("CORPUS"), "webhook", row["file"]))
			if err != nil {
				t.Fatal(err)
			}
			events, err := webhook.Decode(body)
			if row["json_valid"] == "no" {
				if err == nil {
					t.Error("decoded, though it is no JSON")
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			checkKinds(t, strings.Split(row["kinds"], ","), events)
			if items, err := strconv.Atoi(row["n_items"]); err != nil || len(events) < items {
				t.Errorf("%d events of %s items", len(events), row["n_items"])
			}
			for _, e := range events {
				checkStored(t, e)
			}
		})
	}
}

// checkKinds compares events with the kinds that the index of the corpus names.
func checkKinds(t *testing.T, kinds []string, events []webhook.Event) {
	t.Helper()
	if strings.HasPrefix(kinds[0], "empty.") {
		if len(events) != 0 {
			t.Errorf("%d events of an empty body", len(events))
		}
		return
	}
	if strings.HasPrefix(kinds[0], "malformed.") {
		return // JSON, and no more is said of it
	}
	if len(events) != len(kinds) {
		t.Fatalf("%d events, want %v", len(events), kinds)
	}
	for i, kind := range kinds {
		kind, instagram := strings.CutPrefix(kind, "instagram.")
		if got := events[i].From().Channel == send.Instagram; got != instagram {
			t.Errorf("event %d: Instagram is %v", i, got)
		}
		e := events[i]
		if inner, standby := strings.CutPrefix(kind, "standby."); standby {
			if e.Kind() != "standby" {
				t.Errorf("event %d is a %s, want a standby", i, e.Kind())
				continue
			}
			e, kind = e.(*webhook.Standby).Event, inner
		}
		if want := kindOf(kind); e.Kind() != want {
			t.Errorf("event %d is a %s, want a %s, as the corpus says %s", i, e.Kind(), want, kind)
			continue
		}
		if _, detail, _ := strings.Cut(kind, "."); detail != "" && !hasDetail(e, detail) {
			t.Errorf("event %d is no %s: %#v", i, kind, e)
		}
	}
}

// ownKinds are the kinds that the corpus calls by another name.
var ownKinds = map[string]string{
	"message_edit": "edit", "pre_checkout": "payment", "checkout_update": "payment", "changes": "change",
	"order": "cart", "send_cart": "cart", "form": "lead_form", "template": "coupon",
	"messaging_feedback": "feedback", "messaging_customer_information": "customer_information",
	"message_request": "unknown", "branded_camera": "unknown",
}

// kindOf translates a kind of the corpus.
func kindOf(kind string) string {
	word, detail, _ := strings.Cut(kind, ".")
	if detail == "deleted" { // a message, or the echo of one
		return "unsend"
	}
	if own, ok := ownKinds[word]; ok {
		return own
	}
	return word
}

// hasDetail reports whether e is what the corpus calls its kind with a dot and detail. What there is no check
// for here passes: the corpus may grow.
func hasDetail(e webhook.Event, detail string) bool {
	switch e := e.(type) {
	case *webhook.Message:
		return isMessage(e, detail)
	case *webhook.Echo:
		return isEcho(e, detail)
	case *webhook.Postback:
		return (e.Referral != nil) == (detail == "referral")
	case *webhook.OptIn:
		return isOptIn(e, detail)
	case *webhook.Reaction:
		return e.Action == detail && e.Mid != ""
	case *webhook.Unsend:
		return e.Mid != ""
	case *webhook.Handover:
		action := strings.TrimPrefix(strings.TrimPrefix(detail, "app_"), "pass_thread_")
		return e.Action == action && (len(e.Roles) > 0) == (detail == "app_roles")
	case *webhook.AccountLinking:
		return e.Linked() == (detail == "linked") && e.Status == detail
	case *webhook.Change:
		return isChange(e, detail)
	case *webhook.Unknown:
		return e.Key == strings.TrimPrefix(detail, "none")
	default:
		return true
	}
}

func isMessage(m *webhook.Message, detail string) bool {
	what, rest, _ := strings.Cut(detail, ".")
	switch what {
	case "text":
		return m.Text != "" && (m.NLP != nil) == (rest == "nlp") && (m.Referral != nil) == (rest == "referral")
	case "quick_reply":
		return m.QuickReply != nil && m.QuickReply.Payload != ""
	case "attachment":
		if rest == "sticker" {
			return m.StickerID != "" // until 30 August 2026 also on an image
		}
		return attachmentTypes(m.Attachments) == rest
	case "story_reply":
		return m.ReplyTo != nil && m.ReplyTo.StoryID+m.ReplyTo.StoryURL != ""
	case "reply_to":
		return m.ReplyTo != nil && m.ReplyTo.Mid != ""
	case "unsupported":
		return m.Unsupported
	case "commands":
		return len(m.Commands) > 0
	case "referral":
		return m.Referral != nil
	}
	return true
}

func isEcho(e *webhook.Echo, detail string) bool {
	what, rest, _ := strings.Cut(detail, ".")
	switch what {
	case "text", "quick_reply":
		return e.Text != ""
	case "attachment":
		return attachmentTypes(e.Attachments) == rest
	case "empty":
		return e.Text == "" && e.Attachments == nil
	case "reply_to":
		return e.ReplyTo != nil
	}
	return true
}

// attachmentTypes returns the types of a list, each once, joined by "+".
func attachmentTypes(list []webhook.Attachment) string {
	var types []string
	for _, a := range list {
		if !slices.Contains(types, a.Type) {
			types = append(types, a.Type)
		}
	}
	return strings.Join(types, "+")
}

func isOptIn(o *webhook.OptIn, detail string) bool {
	switch detail {
	case "checkbox":
		return o.UserRef != "" && o.Type == "" && (o.Person != "" || o.Recipient == send.UserRef(o.UserRef))
	case "one_time_notif":
		return o.OneTimeToken != "" && o.Type == webhook.OptInOneTime
	case "notification_messages":
		return o.NotificationToken != "" && o.Type == webhook.OptInNotification
	case "send_to_messenger":
		return o.Type == "" && o.UserRef == "" && o.Person != ""
	}
	return true
}

func isChange(c *webhook.Change, detail string) bool {
	field, item, _ := strings.Cut(detail, ".")
	if field == "None" {
		field = ""
	}
	var value struct{ Item string }
	if item != "" && (c.Decode(&value) != nil || value.Item != item) {
		return false
	}
	_, comment := c.Comment()
	return c.Field == field && comment ==
		(item == "comment" || field == webhook.FieldComments || field == webhook.FieldLiveComments)
}

// checkStored encodes e and decodes it again.
func checkStored(t *testing.T, e webhook.Event) {
	t.Helper()
	data, err := webhook.Encode(e)
	if err != nil {
		t.Fatal(err)
	}
	again, err := webhook.DecodeStored(data)
	if err != nil {
		t.Fatalf("%s\n%v", data, err)
	}
	if !reflect.DeepEqual(again, e) {
		t.Fatalf("stored as\n%s\ngot  %#v\nwant %#v", data, again, e)
	}
	if again.ID() != e.ID() {
		t.Fatalf("stored as %s\nID %q, was %q", data, again.ID(), e.ID())
	}
}
