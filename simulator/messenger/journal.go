package messenger

import (
	"encoding/json"
	"slices"
	"sync"

	"github.com/parleybot/parley/bot/bottest/script"
)

// The journal forgets its oldest entries beyond these bounds.
const (
	maxEntries      = 2000
	maxJournalBytes = 16 << 20
)

// entry is one line of the journal: a webhook, a Send API call, a message that the bot refused to send, or a
// move of the clock. The page makes the chat and the inspector of it.
type entry struct {
	N       int      `json:"n"`      // counts from 1 in the order of what happened
	Time    int64    `json:"time"`   // milliseconds, by the simulator's clock
	Person  string   `json:"person"` // PSID; empty for a call that names none
	Webhook *webhook `json:"webhook,omitempty"`
	Call    *call    `json:"call,omitempty"`
	Refused *refusal `json:"refused,omitempty"`
	Clock   *moved   `json:"clock,omitempty"`

	seq int // when it last changed
}

// webhook is an event that was posted to the bot, or waits to be.
type webhook struct {
	Kind    string  `json:"kind"`
	URL     string  `json:"url"`
	Body    string  `json:"body"` // byte for byte
	Done    bool    `json:"done"`
	Status  int     `json:"status"`            // 0: no answer
	Millis  float64 `json:"millis"`            // until the answer, or until it was given up
	Answer  string  `json:"answer,omitempty"`  // the beginning of the bot's body, which Meta ignores
	Problem string  `json:"problem,omitempty"` // why Meta would count the delivery as failed
}

// call is a request to the Graph API with its answer.
type call struct {
	Method string          `json:"method"`
	Path   string          `json:"path"`
	Params json.RawMessage `json:"params,omitempty"`
	Action string          `json:"action,omitempty"` // the sender action
	Status int             `json:"status"`
	Answer json.RawMessage `json:"answer,omitempty"`
	Rule   string          `json:"rule,omitempty"` // of package sendtest, by which it was refused
	MID    string          `json:"mid,omitempty"`  // of the message that was sent
}

// refusal is a message that the bot refused to send, without a call.
type refusal struct {
	Reason string `json:"reason"` // a few words, such as "window closed"
}

// moved is a move of the clock.
type moved struct {
	Millis int64 `json:"millis"` // how far ahead
}

func (e *entry) size() int {
	const overhead = 256
	switch {
	case e.Webhook != nil:
		return overhead + len(e.Webhook.Body) + len(e.Webhook.Answer)
	case e.Call != nil:
		return overhead + len(e.Call.Params) + len(e.Call.Answer)
	case e.Refused != nil:
		return overhead + len(e.Refused.Reason)
	default:
		return overhead
	}
}

// status is the state of the simulator as the page's header shows it.
type status struct {
	Page     string  `json:"page"`
	Person   string  `json:"person"`
	Profile  profile `json:"profile"`  // of the person
	Bot      string  `json:"bot"`      // URL of the webhook
	Verified bool    `json:"verified"` // the bot has answered the challenge
	Problem  string  `json:"problem"`  // why it has not, so far
	Standby  bool    `json:"standby"`  // the bot only listens in the thread
	Welcome  welcome `json:"welcome"`  // what the Page's profile shows the person
}

// profile is what the Page may learn of a person: quick replies that ask for a phone number or an e-mail
// address are filled from it.
type profile struct {
	First string `json:"first"`
	Last  string `json:"last"`
	Phone string `json:"phone"`
	Email string `json:"email"`
}

func newProfile() profile {
	return profile{First: "Robin", Last: "Doe", Phone: script.PersonPhone, Email: script.PersonEmail}
}

// journal is the bounded memory of a run. Readers ask for what changed since they last looked, so that a
// slow page costs no queue. It is safe for concurrent use.
type journal struct {
	mu        sync.Mutex
	entries   []entry
	bytes     int
	n, seq    int
	status    status
	statusSeq int
	changed   chan struct{} // closed at the next change
}

func newJournal(first status) *journal {
	return &journal{status: first, statusSeq: 1, seq: 1, changed: make(chan struct{})}
}

// add appends e and returns its number.
func (j *journal) add(e entry) int {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.n++
	e.N = j.n
	e.seq = j.bump()
	j.entries = append(j.entries, e)
	j.bytes += e.size()
	for len(j.entries) > maxEntries || j.bytes > maxJournalBytes && len(j.entries) > 1 {
		j.bytes -= j.entries[0].size()
		j.entries = j.entries[1:]
	}
	return j.n
}

// settle replaces the webhook of entry n, unless the journal has forgotten it.
func (j *journal) settle(n int, w webhook) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if len(j.entries) == 0 || n < j.entries[0].N {
		return
	}
	e := &j.entries[n-j.entries[0].N]
	j.bytes -= e.size()
	e.Webhook = &w
	j.bytes += e.size()
	e.seq = j.bump()
}

func (j *journal) setStatus(change func(*status)) {
	j.mu.Lock()
	defer j.mu.Unlock()
	change(&j.status)
	j.statusSeq = j.bump()
}

// bump counts a change and wakes the readers. The caller holds the lock.
func (j *journal) bump() int {
	close(j.changed)
	j.changed = make(chan struct{})
	j.seq++
	return j.seq
}

// news is what changed in a journal since somebody last looked.
type news struct {
	entries []entry // in the order of their numbers
	status  *status // nil: as before
	seq     int     // what to pass to since the next time
	changed <-chan struct{}
}

// since returns what changed after seq; 0 asks for everything.
func (j *journal) since(seq int) news {
	j.mu.Lock()
	defer j.mu.Unlock()
	out := news{seq: j.seq, changed: j.changed}
	for _, e := range j.entries {
		if e.seq > seq {
			out.entries = append(out.entries, e)
		}
	}
	if j.statusSeq > seq {
		now := j.status
		out.status = &now
	}
	return out
}

// sent returns the parameters of the call that sent the message mid to the person.
func (j *journal) sent(person, mid string) (json.RawMessage, bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, e := range slices.Backward(j.entries) {
		if e.Call != nil && e.Call.MID == mid && e.Person == person && mid != "" {
			return e.Call.Params, true
		}
	}
	return nil, false
}

// valid returns raw if it is JSON, which it has to be to be shown; else it returns it as a JSON string.
func valid(raw json.RawMessage) json.RawMessage {
	if len(raw) == 0 || json.Valid(raw) {
		return raw
	}
	text, _ := json.Marshal(string(raw)) // a string can always be encoded
	return text
}
