package sendtest_test

import (
	"strings"
	"testing"
	"time"

	"github.com/parleybot/parley/send/sendtest"
)

const (
	hour    = time.Hour
	day     = 24 * time.Hour
	policy  = "Learn more about the new policy here: https://developers.facebook.com/docs/messenger-platform/policy-overview"
	outside = "This message is sent outside of allowed window."
)

func tagged(tag string) string { return to(hi + `,"messaging_type":"MESSAGE_TAG","tag":"` + tag + `"`) }

func windowRefusals() map[string]refusal {
	closed := func(rule, body string, ago time.Duration) refusal {
		return refusal{
			rule: rule, body: body, prepare: acted(ago), code: 10, subcode: 2018278,
			says: "(#10) " + outside + " " + policy,
		}
	}
	retired := func(tag string) refusal {
		return refusal{
			rule: "W06", body: tagged(tag), prepare: acted(hour), code: 100, subcode: 1893061,
			says: "Invalid parameter",
		}
	}
	instagram := func(rule, body string, ago time.Duration) refusal {
		return refusal{
			rule: rule, graph: &sendtest.Graph{Instagram: true}, body: body, prepare: acted(ago), status: 403,
			kind: "IGApiException", code: 10, subcode: 2534022, says: outside,
		}
	}
	const late = day + time.Second
	return map[string]refusal{
		"RESPONSE a second late":    closed("W01", message(`{"text":"Hi"}`), late),
		"UPDATE a second late":      closed("W01", to(hi+`,"messaging_type":"UPDATE"`), late),
		"no type, a second late":    closed("W01", to(hi), late),
		"on Instagram":              instagram("W02", to(hi), late),
		"agent late on Instagram":   instagram("W07", tagged("HUMAN_AGENT"), 7*day+time.Second),
		"tag with RESPONSE":         {rule: "W03", body: to(hi + `,"messaging_type":"RESPONSE","tag":"HUMAN_AGENT"`), code: 100, says: wrongType},
		"tag without type":          {rule: "W03", body: to(hi + `,"tag":"HUMAN_AGENT"`), code: 100, says: wrongType},
		"MESSAGE_TAG without tag":   {rule: "W04", body: to(hi + `,"messaging_type":"MESSAGE_TAG"`), code: 100, says: "(#100) The parameter tag is required"},
		"tag removed in 2020":       {rule: "W05", body: tagged("SHIPPING_UPDATE"), code: 100, says: "(#100) Invalid tag."},
		"tag in lower case":         {rule: "W05", body: tagged("human_agent"), code: 100, says: "(#100) Invalid tag."},
		"ACCOUNT_UPDATE":            retired("ACCOUNT_UPDATE"),
		"CONFIRMED_EVENT_UPDATE":    retired("CONFIRMED_EVENT_UPDATE"),
		"POST_PURCHASE_UPDATE":      retired("POST_PURCHASE_UPDATE"),
		"agent after 7 days":        closed("W07", tagged("HUMAN_AGENT"), 7*day+time.Second),
		"feedback after 7 days":     closed("W09", feedback, 7*day+time.Second),
		"feedback tag, other words": {rule: "W09", body: tagged("CUSTOMER_FEEDBACK"), code: 100, says: "(#100) The tag CUSTOMER_FEEDBACK allows the customer feedback template only."},
		"other tag on Instagram":    {rule: "W10", graph: &sendtest.Graph{Instagram: true}, body: tagged("CUSTOMER_FEEDBACK"), code: 100, says: "(#100) Only the tag HUMAN_AGENT is available for Instagram Messaging."},
		"stranger": {
			rule: "W12", graph: &sendtest.Graph{RefuseStrangers: true}, body: to(hi), code: 100, subcode: 2018001,
			says: "(#100) No matching user found",
		},
		"stranger, sender action": {
			rule: "W12", graph: &sendtest.Graph{RefuseStrangers: true}, body: to(`"sender_action":"typing_on"`),
			code: 100, subcode: 2018001, says: "(#100) No matching user found",
		},
		"stranger on Instagram": {
			rule: "W12", graph: &sendtest.Graph{RefuseStrangers: true, Instagram: true}, body: to(hi), code: 100,
			subcode: 2534014, says: "(#100) No matching Instagram user",
		},
		"blocked": {
			rule: "W13", body: to(hi), prepare: func(_ *testing.T, g *sendtest.Graph) { g.Block(psid) }, code: 551,
			subcode: 1545041, says: "(#551) This person isn't available right now.",
		},
		"one-time token twice": {
			rule: "W18", code: 100, says: "(#100) one_time_notif_token is invalid / has expired", body: oneTime,
			prepare: spend,
		},
		"UTILITY without template": {
			rule: "W20", body: to(hi + `,"messaging_type":"UTILITY"`), code: 100,
			says: "(#100) The messaging type UTILITY needs an approved message[template].",
		},
	}
}

const (
	wrongType = "(#100) Messaging type should be MESSAGE_TAG for tagged messages."
	oneTime   = `{"recipient":{"one_time_notif_token":"t"},"message":{"text":"Hi"}}`
)

// feedback is a customer feedback template under its tag.
var feedback = strings.Replace(template(feedbackPayload), `"RESPONSE"`, `"MESSAGE_TAG","tag":"CUSTOMER_FEEDBACK"`, 1)

// TestWindows walks the edges of each window: what is accepted a moment before it closes.
func TestWindows(t *testing.T) {
	const never = -1
	tests := map[string]struct {
		instagram, known bool
		body             string
		ago              time.Duration
	}{
		"RESPONSE at 24 h":              {body: message(`{"text":"Hi"}`), ago: day},
		"UPDATE at 24 h":                {body: to(hi + `,"messaging_type":"UPDATE"`), ago: day},
		"RESPONSE to one never seen":    {body: message(`{"text":"Hi"}`), ago: never},
		"Instagram at 24 h":             {instagram: true, body: to(hi), ago: day},
		"a known person, no strangers":  {known: true, body: to(hi), ago: hour},
		"agent at 7 days":               {body: tagged("HUMAN_AGENT"), ago: 7 * day},
		"agent in the window":           {body: tagged("HUMAN_AGENT"), ago: hour},
		"agent on Instagram":            {instagram: true, body: tagged("HUMAN_AGENT"), ago: 7 * day},
		"feedback at 7 days":            {body: feedback, ago: 7 * day},
		"utility after a year":          {body: utility, ago: 365 * day},
		"utility without a type":        {body: strings.Replace(utility, `"messaging_type":"UTILITY",`, "", 1), ago: 365 * day},
		"typing outside the window":     {body: to(`"sender_action":"typing_on"`), ago: 365 * day},
		"user_ref, no window":           {body: `{"recipient":{"user_ref":"r"},` + hi + `}`, ago: 365 * day},
		"news in the window":            {body: tagged("NON_PROMOTIONAL_SUBSCRIPTION"), ago: day},
		"acted again after the closing": {body: to(hi), ago: 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			g := &sendtest.Graph{Instagram: test.instagram, RefuseStrangers: test.known, Now: atNoon}
			if test.ago != never {
				g.Acted(psid, noon.Add(-400*day)) // older: does not count
				g.Acted(psid, noon.Add(-test.ago))
				g.Acted(psid, noon.Add(-400*day))
			}
			if got := post(t, g, test.body); got.status != 200 {
				t.Errorf("refused by %s: %s", last(t, g).Rule, got.body)
			}
		})
	}
}

// TestTagsBeforeRetirement: until 27 Apr 2026 the three tags had no time limit.
func TestTagsBeforeRetirement(t *testing.T) {
	for _, tag := range []string{"ACCOUNT_UPDATE", "CONFIRMED_EVENT_UPDATE", "POST_PURCHASE_UPDATE"} {
		midnight := time.Date(2026, time.April, 27, 0, 0, 0, 0, time.UTC)
		now := midnight.Add(-time.Second)
		g := &sendtest.Graph{Now: func() time.Time { return now }}
		g.Acted(psid, now.Add(-30*day))
		if got := post(t, g, tagged(tag)); got.status != 200 {
			t.Errorf("%s a second before: %s", tag, got.body)
		}
		now = midnight
		if got := post(t, g, tagged(tag)); got.Error.Subcode != 1893061 {
			t.Errorf("%s at midnight: %s", tag, got.body)
		}
	}
}

func TestUnblock(t *testing.T) {
	g := &sendtest.Graph{Now: atNoon}
	g.Block(psid)
	g.Unblock(psid)
	if got := post(t, g, to(hi)); got.status != 200 {
		t.Errorf("after Unblock: %s", got.body)
	}
	g.Acted(psid, noon.Add(-2*day))
	g.Block(psid)
	g.Unblock(psid)
	if got := post(t, g, to(hi)); got.Error.Subcode != 2018278 {
		t.Errorf("the window did not survive Block: %s", got.body)
	}
}
