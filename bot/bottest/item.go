package bottest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"
)

// item is an event of a person as it stands in a webhook body.
type item struct {
	who       *person
	raw       json.RawMessage
	at        time.Time
	opens     bool // the person's messaging window
	dismisses bool // the quick replies of the bot's last message
}

// standby returns the item as Meta sends it to an app that does not control the thread: a postback without
// its payload.
//
// Source: Meta, standby, 2026.
func (i item) standby() json.RawMessage {
	var all map[string]json.RawMessage
	var tap map[string]json.RawMessage
	if json.Unmarshal(i.raw, &all) != nil || json.Unmarshal(all["postback"], &tap) != nil {
		return i.raw // no postback
	}
	delete(tap, "payload")
	all["postback"], _ = json.Marshal(tap) // it was decoded from JSON
	raw, err := json.Marshal(all)
	if err != nil {
		return i.raw
	}
	return raw
}

// opening are the keys of events, besides messages and taps, that open the person's messaging window: see
// [webhook.Opens].
var opening = []string{
	"reaction", "optin", "referral", "order", "messaging_feedback", "messaging_customer_information", "form",
	"template",
}

// item completes an event with what all events have in common.
func (c *Chat) item(event map[string]any) item {
	c.t.Helper()
	all, err := clone(event)
	if err != nil {
		c.t.Fatalf("bottest: the event is not JSON: %v", err)
	}
	message, _ := all["message"].(map[string]any)
	tap, _ := all["postback"].(map[string]any)
	echo, _ := message["is_echo"].(bool)
	made := item{who: c.parties(all, echo), at: c.clock(), dismisses: message != nil || tap != nil}
	made.opens = made.dismisses && !echo
	for _, kind := range opening {
		made.opens = made.opens || all[kind] != nil
	}
	c.events++
	for _, object := range []map[string]any{message, tap} {
		if object != nil {
			complete(object, "mid", fmt.Sprintf("m_person_%d", c.events))
		}
	}
	if at, ok := all["timestamp"].(json.Number); ok {
		if ms, err := at.Int64(); err == nil {
			made.at = time.UnixMilli(ms)
		}
	}
	complete(all, "timestamp", c.timestamp(made.dismisses))
	if made.raw, err = json.Marshal(all); err != nil {
		c.t.Fatal(err)
	}
	return made
}

// parties completes an event with its two parties, and returns the person.
func (c *Chat) parties(all map[string]any, echo bool) *person {
	from, to := "sender", "recipient"
	if echo {
		from, to = to, from
	}
	complete(all, from, map[string]any{"id": c.who.psid})
	complete(all, to, map[string]any{"id": PageID})
	party, _ := all[from].(map[string]any)
	if psid, ok := party["id"].(string); ok {
		return c.hears(psid)
	}
	return c.who
}

// timestamp returns the time of an event. One without a mid has a time of its own, as two of them that say
// the same at the same time are the same event.
func (c *Chat) timestamp(hasMid bool) int64 {
	now := c.clock().UnixMilli()
	if hasMid {
		return now
	}
	c.stamp = max(c.stamp+1, now)
	return c.stamp
}

// clone returns an event as JSON has it, to be changed.
func clone(event map[string]any) (map[string]any, error) {
	text, err := json.Marshal(event)
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	all := make(map[string]any)
	return all, decoder.Decode(&all)
}

func complete(object map[string]any, key string, value any) {
	if object[key] == nil {
		object[key] = value
	}
}
