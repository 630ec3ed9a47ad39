package webhook_test

import (
	"fmt"

	"github.com/parleybot/parley/webhook"
)

// decodeOne decodes a body that has one item of a Page, for the examples.
func decodeOne(section, item string) webhook.Event {
	events, err := webhook.Decode([]byte(`{"object":"page","entry":[{"id":"104","time":1763715600123,"` +
		section + `":[` + item + `]}]}`))
	if err != nil || len(events) != 1 {
		panic(fmt.Sprint(len(events), " events, error ", err))
	}
	return events[0]
}

func ExampleEdit() {
	e := decodeOne("messaging", `{"sender":{"id":"7100"},"recipient":{"id":"104"},"timestamp":1763715620987,
		"message_edit":{"mid":"m_1","text":"Where is my order 42?","num_edit":1}}`)

	if edit, ok := e.(*webhook.Edit); ok {
		fmt.Println(edit.ID(), edit.Mid, edit.Number, edit.Text)
	}
	// Output: edit:m_1:1 m_1 1 Where is my order 42?
}

func ExampleHandover() {
	e := decodeOne("messaging", `{"sender":{"id":"7100"},"recipient":{"id":"104"},"timestamp":1763715701987,
		"take_thread_control":{"previous_owner_app_id":"1517","new_owner_app_id":263902037430900,"metadata":"a human"}}`)

	if handover, ok := e.(*webhook.Handover); ok && handover.Action == webhook.HandoverTake {
		fmt.Println(handover.Person, "is now served by", handover.NewOwner, "because of", handover.Metadata)
	}
	// Output: 7100 is now served by 263902037430900 because of a human
}

func ExampleChange_Comment() {
	e := decodeOne("changes", `{"field":"feed","value":{"item":"comment","verb":"add","comment_id":"559_880",
		"post_id":"104_559","from":{"id":"7100","name":"Ana"},"created_time":1763715760,"message":"price?"}}`)

	if change, ok := e.(*webhook.Change); ok {
		comment, ok := change.Comment()
		if ok && !comment.Own && comment.Verb == webhook.VerbAdd {
			fmt.Println(comment.FromName, "asks", comment.Text, "in", comment.ID)
		}
	}
	// Output: Ana asks price? in 559_880
}

func ExampleChange_Decode() {
	e := decodeOne("changes", `{"field":"inbox_labels","value":{"user":{"id":"7100"},"action":"add",
		"label":{"id":"55001","page_label_name":"VIP"}}}`)

	change, ok := e.(*webhook.Change)
	if !ok || change.Field != webhook.FieldInboxLabels {
		return
	}
	var value struct {
		Action string
		Label  struct {
			Name string `json:"page_label_name"`
		}
	}
	err := change.Decode(&value)
	fmt.Println(value.Action, value.Label.Name, err)
	// Output: add VIP <nil>
}

func ExamplePolicyEnforcement() {
	e := decodeOne("messaging", `{"recipient":{"id":"104"},"timestamp":1763715680987,
		"policy_enforcement":{"action":"block","reason":"Excessive messages"}}`)

	if policy, ok := e.(*webhook.PolicyEnforcement); ok {
		fmt.Printf("Page %s, person %q: %s, %s\n", policy.Page, policy.Person, policy.Action, policy.Reason)
	}
	// Output: Page 104, person "": block, Excessive messages
}

func ExampleMessage() {
	e := decodeOne("messaging", `{"sender":{"id":"7100"},"recipient":{"id":"104"},"timestamp":1763715602987,
		"message":{"mid":"m_4","text":"hotels in Lyon","commands":[{"name":"hotels"}],
		"nlp":{"detected_locales":[{"locale":"en_XX"}]}}}`)

	if message, ok := e.(*webhook.Message); ok {
		fmt.Println(message.Commands, string(message.NLP))
	}
	// Output: [hotels] {"detected_locales":[{"locale":"en_XX"}]}
}

func ExampleAttachment() {
	e := decodeOne("messaging", `{"sender":{"id":"7100"},"recipient":{"id":"104"},"timestamp":1763715611987,
		"message":{"mid":"m_7","attachments":[{"type":"appointment_booking","payload":{"booking_id":"bk_1",
		"status":"requested","start_time":1764000000,"end_time":1764003600,"timezone":"Europe/Paris"}}]}}`)

	if message, ok := e.(*webhook.Message); ok {
		for _, a := range message.Attachments {
			if b := a.Booking; b != nil {
				fmt.Println(b.Status, b.Start.Format("2 January, 15:04"), "UTC, in", b.Timezone)
			}
		}
	}
	// Output: requested 24 November, 16:00 UTC, in Europe/Paris
}
