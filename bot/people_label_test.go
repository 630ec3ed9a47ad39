package bot_test

import (
	"errors"
	"testing"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/send"
)

const (
	askLabels  = "GET me/custom_labels"
	askedLabel = askLabels + " fields=id%2Cpage_label_name"
	success    = `{"success":true}`
)

// A label is found or created once, and put on people by its name.
func TestLabel(t *testing.T) {
	edges := new(peopleEdges)
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
		return errors.Join(c.Label("VIP"), c.Label("Late"), c.Unlabel("VIP"), c.Unlabel("Nobody's"))
	}), edgesOf(edges))
	edges.answer(askLabels, `{"data":[{"id":"55002","page_label_name":"Late"}]}`)
	edges.answer("POST me/custom_labels", `{"id":"55001"}`)
	for _, call := range []string{"POST 55001/label", "DELETE 55001/label", "POST 55002/label"} {
		edges.answer(call, success)
	}
	s.say("m_1")
	s.wantCauses()
	first := []string{
		askedLabel, `POST me/custom_labels {"page_label_name":"VIP"}`,
		`POST 55001/label {"user":"7100000000000001"}`,
		askedLabel, `POST 55002/label {"user":"7100000000000001"}`,
		"DELETE 55001/label user=7100000000000001", askedLabel,
	}
	edges.want(t, first...)
	s.say("m_2")
	edges.want(t, append(first,
		`POST 55001/label {"user":"7100000000000001"}`, `POST 55002/label {"user":"7100000000000001"}`,
		"DELETE 55001/label user=7100000000000001", askedLabel)...)
}

// A label that was looked for in vain and is created later is put on people at once.
func TestLabelAfterUnlabel(t *testing.T) {
	edges := new(peopleEdges)
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
		return errors.Join(c.Unlabel("VIP"), c.Label("VIP"), c.Unlabel("VIP"))
	}), edgesOf(edges))
	edges.answer(askLabels, `{"data":[]}`)
	edges.answer("POST me/custom_labels", `{"id":"55001"}`)
	edges.answer("POST 55001/label", success)
	edges.answer("DELETE 55001/label", success)
	s.say("m_1")
	s.wantCauses()
	edges.want(t, askedLabel, askedLabel, `POST me/custom_labels {"page_label_name":"VIP"}`,
		`POST 55001/label {"user":"7100000000000001"}`, "DELETE 55001/label user=7100000000000001")
}

// A label that somebody has deleted in the inbox is looked for anew, and created, once.
func TestLabelDeletedMeanwhile(t *testing.T) {
	edges, got := new(peopleEdges), error(nil)
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
		got = c.Label("VIP")
		return nil
	}), edgesOf(edges))
	edges.answer(askLabels, `{"data":[{"id":"55001","page_label_name":"VIP"}]}`)
	edges.answer("POST 55001/label", success)
	s.say("m_1")
	edges.answer(askLabels, `{"data":[]}`)
	edges.answer("POST 55001/label", `{"error":{"message":"x","code":100,"error_subcode":33}}`)
	edges.answer("POST me/custom_labels", `{"id":"55003"}`)
	edges.answer("POST 55003/label", success)
	s.say("m_2")
	if got != nil {
		t.Error(got)
	}
	put := `label {"user":"7100000000000001"}`
	calls := []string{
		askedLabel, "POST 55001/" + put, "POST 55001/" + put, askedLabel,
		`POST me/custom_labels {"page_label_name":"VIP"}`, "POST 55003/" + put,
	}
	edges.want(t, calls...)

	edges.answer("POST 55003/label", `{"error":{"message":"x","code":100}}`) // as of a PSID that is none
	edges.answer(askLabels, `{"data":[{"id":"55003","page_label_name":"VIP"}]}`)
	s.say("m_3")
	if !errors.Is(got, send.ErrInvalid) {
		t.Errorf("error %v, want ErrInvalid", got)
	}
	edges.want(t, append(calls, "POST 55003/"+put, askedLabel, "POST 55003/"+put)...)
}

// Who is nobody has no labels.
func TestLabelNobody(t *testing.T) {
	edges, errs := new(peopleEdges), []error(nil)
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
		errs = append(errs, c.Label("VIP"), c.Unlabel("VIP"))
		return nil
	}), edgesOf(edges))
	s.post(batch(s.clock.Now(), "changes", `{"field":"feed","value":{"item":"comment","comment_id":"1_2"}}`))
	s.settle()
	if len(errs) != 2 || !errors.Is(errs[0], bot.ErrNoRecipient) || !errors.Is(errs[1], bot.ErrNoRecipient) {
		t.Errorf("errors %v, want ErrNoRecipient twice", errs)
	}
	edges.want(t)
}

// What could not be asked is not retried: package send has done so.
func TestLabelErrorIsFinal(t *testing.T) {
	edges := new(peopleEdges)
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error { return c.Label("VIP") }), edgesOf(edges))
	edges.answer(askLabels, lost)
	s.say("m_1")
	if got := s.Stats(); got.Retried != 0 || got.DeadLetters != 1 {
		t.Errorf("stats %+v, want a dead letter without another try", got)
	}
}

// A refusal that is not about the label, and an answer that was lost, are not met by another try.
func TestLabelIsPutOnce(t *testing.T) {
	for name, answer := range map[string]string{"refused": `{"error":{"message":"x","code":10}}`, "lost": lost} {
		t.Run(name, func(t *testing.T) {
			edges := new(peopleEdges)
			s := serve(t, bot.HandlerFunc(func(c *bot.Context) error { return c.Label("VIP") }), edgesOf(edges))
			edges.answer(askLabels, `{"data":[{"id":"55001","page_label_name":"VIP"}]}`)
			edges.answer("POST 55001/label", answer)
			s.say("m_1")
			edges.want(t, askedLabel, `POST 55001/label {"user":"7100000000000001"}`)
		})
	}
}
