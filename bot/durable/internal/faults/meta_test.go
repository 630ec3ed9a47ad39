//go:build linux

package faults_test

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/parleybot/parley/send/sendtest"
)

const (
	page   = "104000000000001"
	secret = "app_secret_for_tests"
	token  = "page_token_for_tests"

	firstPerson = 7100000000000001
)

// message is one that a person writes, and what becomes of it.
type message struct {
	psid     string
	n        int    // which of the person's, from 1
	word     string // what it does besides
	item     string // as Meta delivers it, once it has
	doomed   bool   // it is to become a dead letter
	accepted bool   // it was answered 200
	replies  int
	from     []int // the worker processes that have called the Graph API with a reply
	caught   bool  // the process was killed that had just sent the reply
	echoed   bool  // a bot has answered its echo 200
	reminded bool  // a reminder of it went out
}

// someone is a person who writes to the Page.
type someone struct {
	psid    string
	said    []*message // all that they will have said
	next    int        // how many of them are delivered
	again   []*message // what Meta will deliver once more
	replied int        // the highest number that was replied to
}

// meta is Meta: it delivers what people write, and takes the replies.
type meta struct {
	t      *testing.T
	graph  *sendtest.Graph
	server *httptest.Server

	mu       sync.Mutex
	people   []*someone
	accepted int // messages answered 200
	answered int // messages that have a reply
	awaited  int // messages that are to have one

	reminders, reminded int // messages that ask for a reminder, and those that have it
	disorder            int // replies that came after that to a later message
	repeated            int // deliveries of messages that were accepted before
	refused             int // deliveries answered otherwise than 200
	failed              int // deliveries that got no answer
	slowest             time.Duration
	backlog             int
	effect              time.Time // of the last reply, or when the backlog began
	stall               time.Duration
	over                bool // what is not accepted yet is given up
	despite             int  // replies that went out again although a bot had the echo
	trap                func(worker int)
}

// newMeta returns Meta with people who have written so many messages, all in all.
func newMeta(t *testing.T, events, people int) *meta {
	t.Helper()
	m := &meta{t: t, graph: &sendtest.Graph{PageID: page, Token: token, AppSecret: secret}}
	m.graph.OnCall = m.take
	for i := range people {
		p := &someone{psid: strconv.Itoa(firstPerson + i)}
		for range events / people {
			p.say()
		}
		m.people = append(m.people, p)
		m.awaited += len(p.said)
	}
	m.server = httptest.NewServer(m)
	t.Cleanup(m.server.Close)
	return m
}

// say adds a message.
func (p *someone) say() {
	p.said = append(p.said, &message{psid: p.psid, n: len(p.said) + 1})
}

// doom makes message n of a person one that becomes a dead letter.
func (m *meta) doom(person, n int, word string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	one := m.people[person].said[n-1]
	one.word, one.doomed = word, true
	m.awaited--
}

// remindOf makes message n of a person one that asks for a reminder.
func (m *meta) remindOf(person, n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.people[person].said[n-1].word = wordRemind
	m.reminders++
}

// left returns how many reminders are still to come.
func (m *meta) left() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.reminders - m.reminded
}

// delivered returns the message as Meta delivers it, always the same.
func (e *message) delivered() string {
	if e.item == "" {
		text := strconv.Itoa(e.n)
		if e.word != "" {
			text += " " + e.word
		}
		e.item = fmt.Sprintf(`{"sender":{"id":%q},"recipient":{"id":%q},"timestamp":%d,`+
			`"message":{"mid":"m_%s_%d","text":%q}}`, e.psid, page, time.Now().UnixMilli(), e.psid, e.n, text)
	}
	return e.item
}

// accept notes that messages were answered 200.
func (m *meta) accept(delivered []*message) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, one := range delivered {
		if one.accepted {
			m.repeated++
			continue
		}
		one.accepted = true
		m.accepted++
		if one.doomed || one.replies > 0 {
			continue
		}
		if m.backlog++; m.backlog == 1 {
			m.effect = time.Now()
		}
	}
}

// refuse notes that a delivery was answered otherwise than 200; 0: not at all.
func (m *meta) refuse(status int, after time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if status == 0 {
		m.failed++
		return
	}
	m.refused++
	m.slowest = max(m.slowest, after)
}

// take notes a reply, or a reminder.
func (m *meta) take(call sendtest.Call) {
	if call.MessageID == "" {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	p, to, isReminder, err := m.answers(call.Params)
	switch {
	case err != nil:
		m.t.Error(err)
	case isReminder:
		if !to.reminded {
			to.reminded = true
			m.reminded++
		}
	default:
		m.reply(p, to)
	}
}

// answers returns which message of whom a call of the Graph API answers, and whether it reminds of it. The
// caller holds mu.
func (m *meta) answers(params []byte) (p *someone, to *message, isReminder bool, err error) {
	var call struct {
		Recipient struct{ ID string }
		Message   struct{ Text string }
	}
	if err := json.Unmarshal(params, &call); err != nil {
		return nil, nil, false, fmt.Errorf("a call of the Graph API: %w", err)
	}
	number, rest, _ := strings.Cut(call.Message.Text, " ")
	n, err := strconv.Atoi(number)
	person, personErr := strconv.Atoi(call.Recipient.ID)
	person -= firstPerson
	if err != nil || personErr != nil || person < 0 || person >= len(m.people) || n < 1 ||
		n > len(m.people[person].said) {
		return nil, nil, false, fmt.Errorf("reply %q to %s answers nothing", call.Message.Text, call.Recipient.ID)
	}
	return m.people[person], m.people[person].said[n-1], rest == wordRemind, nil
}

// reply notes the reply to a message.
func (m *meta) reply(p *someone, to *message) {
	if to.replies++; to.replies > 1 {
		if to.echoed {
			m.despite++
		}
		return
	}
	m.answered++
	if to.n < p.replied {
		m.disorder++
	}
	p.replied = max(p.replied, to.n)
	if !to.accepted {
		return
	}
	now := time.Now()
	m.stall = max(m.stall, now.Sub(m.effect))
	m.effect = now
	m.backlog--
}

// state returns how much was accepted, and how much answered.
func (m *meta) state() (accepted, answered int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.accepted, m.answered
}

// await says that so many more messages are to have a reply.
func (m *meta) await(more int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.awaited += more
}

// refusals returns how many deliveries were answered otherwise than 200.
func (m *meta) refusals() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.refused
}

// giveUp says that what is not accepted yet never will be.
func (m *meta) giveUp() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.over = true
}

// done reports whether every message that is to have a reply has one. Of what was given up, none need have.
func (m *meta) done() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.over {
		return m.backlog == 0
	}
	return m.answered >= m.awaited && m.reminded >= m.reminders
}
