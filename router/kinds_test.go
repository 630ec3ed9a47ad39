package router_test

import (
	"testing"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/bot/bottest"
	"github.com/parleybot/parley/router"
	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/webhook"
)

// otherItems are events that are no input, where they can each with a text, title or payload that has a
// route. Source: Meta, Messenger webhook events, 2026.
var otherItems = map[string]string{
	"*webhook.Reaction": reaction, "*webhook.Referral": referral, "*webhook.OptIn": optIn,
	"*webhook.Delivery": delivery, "*webhook.Read": read, "*webhook.Edit": edit, "*webhook.Echo": ownEcho,
	"*webhook.Unknown":           `"something_new":{"text":"hello"}`,
	"*webhook.Unsend":            `"message":{"mid":"m_1","text":"hello","is_deleted":true}`,
	"*webhook.AccountLinking":    `"account_linking":{"status":"linked","authorization_code":"PAY"}`,
	"*webhook.PolicyEnforcement": `"policy_enforcement":{"action":"block","reason":"hello"}`,
	"*webhook.Handover":          `"pass_thread_control":{"new_owner_app_id":"17","metadata":"hello"}`,
	"*webhook.GamePlay":          `"game_play":{"game_id":"1","player_id":"2","context_type":"SOLO","payload":"PAY"}`,
	"*webhook.Feedback": `"messaging_feedback":{"feedback_screens":[{"screen_id":0,` +
		`"questions":{"q1":{"type":"csat","payload":"PAY"}}}]}`,
	"*webhook.ResponseFeedback": `"response_feedback":{"feedback":"Good response","mid":"m_1"}`,
	"*webhook.CustomerInformation": `"messaging_customer_information":{"screens":[{"screen_id":"Add address",` +
		`"responses":[{"key":"name","value":"hello"}]}]}`,
	"*webhook.Cart":     `"order":{"products":[{"id":"1","quantity":1}],"note":"hello"}`,
	"*webhook.LeadForm": `"form":{"id":"660000000001"}`,
	"*webhook.Coupon":   `"template":{"type":"coupon","payload":"PAY","coupon_code":"hello"}`,
	"*webhook.Payment":  `"payment":{"payload":"PAY"}`,
	"*webhook.Message": `"message":{"mid":"m_lead","text":"Lead summary: hello"},` +
		`"hop_context":{"app_id":413038776280800,"metadata":"messenger_lead_gen_complete"}`,
}

// on routes the events of one type to the journal.
func on[E webhook.Event](r *router.Router, j *journal) {
	router.On(r, func(_ *bot.Context, e E) error {
		j.note("%T", e)
		return nil
	})
}

// onOthers routes the events of otherItems to the journal, by their type.
func onOthers(r *router.Router, j *journal) {
	on[*webhook.Reaction](r, j)
	on[*webhook.Referral](r, j)
	on[*webhook.OptIn](r, j)
	on[*webhook.Delivery](r, j)
	on[*webhook.Read](r, j)
	on[*webhook.Edit](r, j)
	on[*webhook.Echo](r, j)
	on[*webhook.Unknown](r, j)
	on[*webhook.Unsend](r, j)
	on[*webhook.AccountLinking](r, j)
	on[*webhook.PolicyEnforcement](r, j)
	on[*webhook.Handover](r, j)
	on[*webhook.GamePlay](r, j)
	on[*webhook.Feedback](r, j)
	on[*webhook.ResponseFeedback](r, j)
	on[*webhook.CustomerInformation](r, j)
	on[*webhook.Cart](r, j)
	on[*webhook.LeadForm](r, j)
	on[*webhook.Coupon](r, j)
	on[*webhook.Message](r, j)
	on[*webhook.Payment](r, j) //nolint:staticcheck // what Meta has ended is routed too
}

func TestOtherEventsHaveTheRouteOfTheirType(t *testing.T) {
	var j journal
	r := inputRoutes(&j)
	onOthers(r, &j)
	for kind, item := range otherItems {
		t.Run(kind, func(t *testing.T) {
			s := serve(t, r)
			s.mustDeliver(t, item)
			j.want(t, kind)
		})
	}
}

func TestOtherEventsAreNoInput(t *testing.T) {
	for kind, item := range otherItems {
		t.Run(kind, func(t *testing.T) {
			var j journal
			s := serve(t, inputRoutes(&j))
			s.mustDeliver(t, item)
			j.want(t)
		})
	}
}

// A conversation takes no summary of a lead ad for an answer.
func TestLeadSummaryAnswersNothing(t *testing.T) {
	chat := bottest.Start(t, func() *router.Router {
		r := router.New()
		router.Converse(r, "name", router.Conversation[string]{
			Name: "name", Start: "ask", States: router.States[string]{"ask": {
				Prompt: send.Text("Your name?"), Next: router.Done,
				Answer: func(c *bot.Context, name *string) error { *name = c.Message(); return nil },
			}},
			Finish: func(c *bot.Context, name string) error { return c.Text("Hello " + name) },
		})
		r.Text("hi", func(c *bot.Context) error { return router.Enter(c, "name") })
		return r
	}())
	chat.Say("hi")
	chat.Expect("Your name?")
	chat.Send(map[string]any{
		"message":     map[string]any{"text": "Lead summary: City? Lyon"},
		"hop_context": map[string]any{"app_id": 413038776280800, "metadata": "messenger_lead_gen_complete"},
	})
	chat.ExpectNothing()
	chat.Say("Ana")
	chat.Expect("Hello Ana")
}

// What concerns no person has a route all the same.
func TestEventsWithoutAPersonHaveARoute(t *testing.T) {
	var j journal
	r := inputRoutes(&j)
	router.On(r, func(c *bot.Context, e *webhook.Change) error {
		comment, ok := e.Comment()
		j.note("%s %t %s, of %q", e.Field, ok, comment.ID, c.PSID())
		return nil
	})
	s := serve(t, r)
	comment := `"field":"feed","value":{"item":"comment","verb":"add","comment_id":"1_2","message":"hello"}`
	if err := s.deliverIn("changes", comment); err != nil {
		t.Fatal(err)
	}
	j.want(t, `feed true 1_2, of ""`)
}
