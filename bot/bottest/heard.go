package bottest

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/bot/bottest/script"
	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/send/sendtest"
)

// heard is one thing that the bot did for a person, in the order in which it did them.
type heard struct {
	who   string // the PSID; empty if the call names none
	kind  kind
	out   script.Outbound
	shown script.Shown // by out, once the person has heard it
	err   error        // why a message did not go out
	line  int          // of the talk, where the message begins
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
	out, who := script.Outbound{Params: call.Params, MID: call.MessageID}, s.named(call)
	switch {
	case call.Action != "" && call.Rule == "":
		s.happened(heard{who: who, kind: kindAction, out: out})
	case call.MessageID != "":
		s.happened(heard{who: who, kind: kindMessage, out: out})
	case call.Action == "" && strings.HasSuffix(call.Path, "/messages"):
		// The bot does not tell of it, because for all that it knows the message may have gone out.
		if why := answered(call); errors.Is(why, send.ErrUnsure) {
			out.Refused = script.Reason(why)
			s.happened(heard{who: who, kind: kindRefusal, out: out, err: why})
		}
	}
}

// answered returns the error that Meta answered a call with.
func answered(call sendtest.Call) error {
	var answer struct {
		Error struct {
			Message string `json:"message"`
			Code    int    `json:"code"`
			Subcode int    `json:"error_subcode"`
			TraceID string `json:"fbtrace_id"`
		} `json:"error"`
	}
	_ = json.Unmarshal(call.Answer, &answer) // what is not Meta's JSON has no code
	return &send.Error{
		Status: call.Status, Code: answer.Error.Code, Subcode: answer.Error.Subcode,
		Message: answer.Error.Message, TraceID: answer.Error.TraceID,
	}
}

// refused takes a message that did not go out.
func (s *stage) refused(psid send.PSID, err error) {
	out := script.Outbound{Refused: script.Reason(err)}
	s.happened(heard{who: string(psid), kind: kindRefusal, out: out, err: err})
}

// isRefusal reports whether an event became a dead letter because a message of it did not go out.
func (s *stage) isRefusal(letter bot.DeadLetter) bool {
	for _, p := range s.people {
		for _, h := range p.heard {
			if h.err != nil && strings.Contains(letter.Cause, h.err.Error()) {
				return true
			}
		}
	}
	return false
}

// happened keeps what nobody has heard yet.
func (s *stage) happened(h heard) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.news = append(s.news, h)
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
	h.out.Person = p.name
	h.shown, _ = h.out.Shown()
	if h.kind != kindAction {
		s.lines = append(s.lines, h.shown.Lines()...)
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
			return h.out.MID
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
func (p *person) find(card, title string) (script.Tap, error) {
	why, newest := errNotOffered, true
	for i, h := range slices.Backward(p.heard) {
		if h.kind != kindMessage {
			continue
		}
		gone := !newest || i < p.answered
		newest = false
		matches := slices.DeleteFunc(slices.Clone(h.shown.Taps), func(t script.Tap) bool {
			return t.Title != title || card != "" && t.Card != card
		})
		if len(matches) > 0 && gone {
			why = errGone
			matches = slices.DeleteFunc(matches, func(t script.Tap) bool { return t.Quick })
		}
		if len(matches) > 0 {
			return only(matches)
		}
	}
	return script.Tap{}, why
}

// only returns the one of taps with the same title that is meant.
func only(taps []script.Tap) (script.Tap, error) {
	for _, t := range taps[1:] {
		if t.Payload != taps[0].Payload {
			return script.Tap{}, fmt.Errorf("which more than one card shows: use TapCard, "+
				"with a card such as %q", taps[0].Card)
		}
	}
	return taps[0], nil
}
