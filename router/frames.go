package router

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// frames is where a person is in a conversation, as it is stored in their record.
type frames struct {
	// Stack begins with the conversation that was entered; the others are each part of the one before.
	Stack []frame
	Wait  *wait
}

// frame is a place in one conversation.
type frame struct {
	Name    string
	Version int
	State   string
	// Data is the T; nil: nothing was answered yet.
	Data json.RawMessage
	// Path are the states that lead here, for Back.
	Path []string
	// Given is what was answered, by state, to be offered again.
	Given []given
	// Parts are the conversations within this one that were left, to be gone through again.
	Parts []kept
	// Refused is how many answers were refused since the last one that was taken.
	Refused int
	// Offered is what the current prompt offers, if it comes from Ask.
	Offered []string
	// Asks says that it offers the person's own phone number or e-mail address.
	Asks bool
}

// given is an answer: the text and the payload, if it was a tap.
type given struct {
	State   string
	Text    string
	Payload string
}

// isOn reports whether g is the answer that something to tap stands for.
func (g given) isOn(title, payload string) bool {
	text := fold(g.Text)
	return text == fold(title) || text == fold(payload) || g.Payload != "" && g.Payload == payload
}

// kept is what is remembered of a conversation that is a state of another.
type kept struct {
	State string
	Frame frame
}

// wait is what the person is waited for with: the own event that comes next.
type wait struct {
	// ID and Due are those of the own event; an event of another ID is one that is not waited for any more.
	ID  string
	Due int64 // milliseconds since 1970, as all times here
	// Since is when the question was asked, and Next the reminder that is due next.
	Since int64
	Next  int
}

// How much is remembered.
const (
	longestPath  = 50
	longestGiven = 300 // characters
)

// push notes that state was passed.
func (f *frame) push(state string) {
	f.Path = append(f.Path, state)
	if n := len(f.Path); n > longestPath {
		f.Path = slices.Delete(f.Path, 0, n-longestPath)
	}
}

// remember notes what was answered in the current state.
func (f *frame) remember(text, payload string) {
	f.Given = slices.DeleteFunc(f.Given, func(g given) bool { return g.State == f.State })
	if strings.TrimSpace(text) != "" && utf8.RuneCountInString(text) <= longestGiven &&
		utf8.RuneCountInString(payload) <= longestGiven {
		f.Given = append(f.Given, given{State: f.State, Text: text, Payload: payload})
	}
}

// earlier returns what was answered in the current state before the person went back or began anew. What was
// answered in an earlier round of a loop was about something else.
func (f *frame) earlier() (given, bool) {
	for _, g := range f.Given {
		if g.State == f.State {
			return g, !slices.Contains(f.Path, f.State)
		}
	}
	return given{}, false
}

// take returns what is remembered of a conversation within this one.
func (f *frame) take(state string) frame {
	for i, k := range f.Parts {
		if k.State == state {
			f.Parts = slices.Delete(f.Parts, i, i+1)
			return k.Frame
		}
	}
	return frame{}
}

// keep remembers the conversation that is the current state.
func (f *frame) keep(inner *frame) {
	f.take(f.State)
	f.Parts = append(f.Parts, kept{State: f.State, Frame: *inner})
}

// empty forgets the data, and what led here, but not what was answered.
func (f *frame) empty() {
	f.Data, f.Path = nil, nil
	for i := range f.Parts {
		f.Parts[i].Frame.empty()
	}
}

// move goes to another state, with nothing refused and nothing offered yet.
func (f *frame) move(state string) {
	f.State, f.Refused, f.Offered, f.Asks = state, 0, nil, false
}

// at returns a time as it is stored.
func at(t time.Time) int64 { return t.UnixMilli() }
