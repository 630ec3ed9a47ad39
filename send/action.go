package send

import "errors"

// Action is a sender action: what a Page shows without saying anything. Build it with [MarkSeen], [TypingOn],
// [TypingOff], [React] or [Unreact], and show it with [Client.Act]: it travels alone, with the recipient and,
// for reactions, the message.
//
// Source: Meta, Sender Actions, 2026.
type Action struct {
	name     string
	mid      string
	reaction string
	persona  string
}

// MarkSeen shows the person that the Page has seen their last message.
func MarkSeen() Action { return Action{name: "mark_seen"} }

// TypingOn shows the typing indicator, until a message is sent or 20 seconds have passed.
func TypingOn() Action { return Action{name: "typing_on"} }

// TypingOff hides the typing indicator.
func TypingOff() Action { return Action{name: "typing_off"} }

// React puts a reaction on the message mid, in place of an earlier one: any emoji on Messenger, "love" on
// Instagram.
func React(mid, reaction string) Action {
	return Action{name: react, mid: mid, reaction: reaction}
}

// Unreact takes the Page's reaction off the message mid.
func Unreact(mid string) Action { return Action{name: unreact, mid: mid} }

// As returns a copy of a that shows as done by a persona, such as who is typing; persona is its ID. Messenger
// only. Meta shows the persona of typing indicators; of other actions it says nothing.
//
// Source: Meta, Personas, 2026; developers' reports.
func (a Action) As(persona string) Action {
	a.persona = persona
	return a
}

const (
	react   = "react"
	unreact = "unreact"
)

// String returns the name of the action on the wire, such as "typing_on".
func (a Action) String() string { return a.name }

// validate reports what Meta would refuse.
func (a Action) validate(to Recipient, channel Channel) error {
	r := &report{channel: channel}
	r.recipient(to)
	if channel == Instagram && a.persona != "" {
		r.add("persona_id", "not on Instagram")
	}
	switch {
	case a.name == "":
		r.add("sender_action", "missing: use send.TypingOn or its like")
	case (a.name == react || a.name == unreact) && a.mid == "":
		r.add("payload.message_id", "missing: want the mid of the message to %s", a.name)
	case a.name == react && a.reaction == "":
		r.add("payload.reaction", "missing: want an emoji")
	}
	return errors.Join(r.errs...)
}

// actionCall is a sender action on the wire.
type actionCall struct {
	Recipient Recipient `json:"recipient"`
	Action    string    `json:"sender_action"`
	Payload   *reaction `json:"payload,omitempty"`
	Persona   string    `json:"persona_id,omitempty"`
	Proof     string    `json:"appsecret_proof,omitempty"`
}

type reaction struct {
	MessageID string `json:"message_id"`
	Reaction  string `json:"reaction,omitempty"`
}

// wire returns a as it is sent.
func (a Action) wire(to Recipient, proof string) *actionCall {
	w := &actionCall{Recipient: to, Action: a.name, Persona: a.persona, Proof: proof}
	if a.mid != "" {
		w.Payload = &reaction{MessageID: a.mid, Reaction: a.reaction}
	}
	return w
}
