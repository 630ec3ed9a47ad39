package bottest

import (
	"errors"
	"fmt"
	"slices"

	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/send/sendtest"
)

// heard is one thing that the bot did for a person, in the order in which it did them.
type heard struct {
	who     string // the PSID; empty if the call names none
	kind    kind
	call    sendtest.Call // of a message or an action
	message said
	err     error // why a message did not go out
	line    int   // of the talk, where the message begins
}

// kind says what is heard.
type kind int

const (
	kindMessage kind = iota
	kindRefusal      // a message that did not go out
	kindAction       // a typing indicator, a seen mark, a reaction
)

// called takes a call of the Graph API. Of messages that it refuses the bot tells.
func (s *stage) called(call sendtest.Call) {
	h := heard{who: call.Recipient, call: call}
	switch {
	case call.Action != "" && call.Rule == "":
		h.kind = kindAction
	case call.MessageID != "":
		h.message = read(call)
	default:
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.news = append(s.news, h)
}

// refused takes a message that did not go out.
func (s *stage) refused(psid send.PSID, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.news = append(s.news, heard{who: string(psid), kind: kindRefusal, err: err})
}

// listen lets each person hear what the bot has done for them, and writes it down: person by person, since
// what is done for several at once has no order.
func (s *stage) listen() {
	s.mu.Lock()
	news := s.news
	s.news = nil
	s.mu.Unlock()
	for _, h := range news {
		s.hears(h.who)
	}
	for _, p := range s.people {
		for _, h := range news {
			if s.hears(h.who) == p {
				s.hear(p, h)
			}
		}
	}
}

// hears returns the person with a PSID. What names nobody is for the first; one whom the test has not named
// gets a name.
func (s *stage) hears(psid string) *person {
	if psid == "" {
		return s.people[0]
	}
	for _, p := range s.people {
		if p.psid == psid {
			return p
		}
	}
	p := &person{name: "person" + psid, psid: psid}
	s.people = append(s.people, p)
	return p
}

// hear lets p hear something.
func (s *stage) hear(p *person, h heard) {
	h.line = len(s.lines)
	switch h.kind {
	case kindMessage:
		lines := h.message.lines()
		lines[0] = p.name + lines[0]
		s.lines = append(s.lines, lines...)
	case kindRefusal:
		s.lines = append(s.lines, p.name+refusedLine(h.err))
	case kindAction: // does not stand in a transcript
	}
	p.heard = append(p.heard, h)
}

// next returns the next message that went out to the person, or did not, and that nobody has expected yet;
// nil: there is none.
func (p *person) next() *heard {
	for i := p.read; i < len(p.heard); i++ {
		if p.heard[i].kind != kindAction {
			return &p.heard[i]
		}
	}
	return nil
}

// take notes that the next message was expected.
func (p *person) take() {
	for p.cards = 0; p.heard[p.read].kind == kindAction; p.read++ {
	}
	p.read++
}

// last returns the ID of the bot's last message to the person, or "".
func (p *person) last() string {
	for _, h := range slices.Backward(p.heard) {
		if h.kind == kindMessage {
			return h.call.MessageID
		}
	}
	return ""
}

var (
	errNotOffered = errors.New("which the bot has not offered")
	errGone       = errors.New("a quick reply that is gone, as something newer has been said")
)

// find returns what the person can tap: a quick reply of the last message, if nothing has been said since,
// or a button, of the newest message that shows one. The card may be empty.
func (p *person) find(card, title string) (offer, error) {
	why, newest := errNotOffered, true
	for i, h := range slices.Backward(p.heard) {
		if h.kind != kindMessage {
			continue
		}
		gone := !newest || i < p.answered
		newest = false
		matches := slices.DeleteFunc(h.message.offers(), func(o offer) bool {
			return o.title != title || card != "" && o.card != card
		})
		if len(matches) > 0 && gone {
			why = errGone
			matches = slices.DeleteFunc(matches, func(o offer) bool { return o.kind == quickReply })
		}
		if len(matches) > 0 {
			return only(matches)
		}
	}
	return offer{}, why
}

// only returns the one of offers with the same title that is meant.
func only(offers []offer) (offer, error) {
	for _, o := range offers[1:] {
		if o.payload != offers[0].payload {
			return offer{}, fmt.Errorf("which more than one card shows: use TapCard, with a card such as %q",
				offers[0].card)
		}
	}
	return offers[0], nil
}
