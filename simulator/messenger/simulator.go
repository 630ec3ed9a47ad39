package messenger

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/parleybot/parley/send/sendtest"
)

// Simulator plays Messenger for one bot. Make one with New and start it with Run. It is safe for concurrent
// use.
type Simulator struct {
	cfg      Config // its Now is that of the clock
	clock    *clock
	token    string // in the URL of the page
	botToken string // in SIMULATOR_URL
	graph    *sendtest.Graph
	journal  *journal
	me       *person

	play func(ctx context.Context, bot *callback) error // what happens instead of a chat; nil: a chat

	acting    sync.Mutex // one action of a person at a time: numbers and queues agree on the order
	mu        sync.Mutex // guards what is below; never held while the Graph is called
	people    map[string]*person
	listening bool // the bot only listens in the thread of me
}

// person is somebody who writes to the Page.
type person struct {
	psid    string
	profile profile
	queue   chan delivery // what is to be delivered, in order
	newest  string        // mid of the newest message of the thread, whose quick replies can be tapped
}

// delivery is a webhook on its way: its number in the journal and what is known of it.
type delivery struct {
	n       int
	webhook webhook
}

// maxQueue is how many webhooks may wait for a bot that does not keep up with its person.
const maxQueue = 100

// New checks the configuration and returns a simulator that Run starts. What is wrong is reported all at
// once.
func New(cfg Config) (*Simulator, error) {
	if err := cfg.check(); err != nil {
		return nil, fmt.Errorf("messenger: config: %w", err)
	}
	cfg.defaults()
	clock := newClock(cfg.Now)
	cfg.Now = clock.now
	me := &person{
		psid: digits(16), queue: make(chan delivery, maxQueue),
		profile: newProfile(),
	}
	s := &Simulator{
		cfg: cfg, clock: clock, token: rand.Text(), botToken: rand.Text(), me: me,
		people: map[string]*person{me.psid: me},
		journal: newJournal(status{
			Page: cfg.PageID, Person: me.psid, Profile: me.profile, Problem: "The bot has not answered yet",
		}),
	}
	s.graph = &sendtest.Graph{
		Token: cfg.PageToken, AppSecret: cfg.AppSecret, PageID: cfg.PageID, AppID: cfg.AppID, Now: cfg.Now,
		OnCall: s.called, OnEvent: s.happened, Subscribed: []string{"messaging_handovers"},
		RefuseStrangers: true, // nobody can be written to before they have written
	}
	s.graph.Change(func(state *sendtest.State) { state.Owners = make(map[string]string) }) // heed routing
	s.introduce(me)
	return s, nil
}

// introduce lets the bot read the profile of a person.
//
// Source: Meta, User Profile API, 2026, for the names of the fields.
func (s *Simulator) introduce(p *person) {
	s.graph.Change(func(state *sendtest.State) {
		if state.Profiles == nil {
			state.Profiles = make(map[string]map[string]any)
		}
		state.Profiles[p.psid] = map[string]any{
			"first_name": p.profile.First, "last_name": p.profile.Last,
			"name": p.profile.First + " " + p.profile.Last, "locale": personLocale,
		}
	})
}

// Say lets the person type text: the bot gets a message event. It returns when the event is queued; events
// are delivered in the order in which they happened, once the bot has answered the challenge. It fails for
// an empty text, and when too many events wait for the bot.
func (s *Simulator) Say(text string) error {
	if text == "" {
		return errEmpty
	}
	said := &wireMessage{MID: newMID(), Text: text}
	if name, ok := commandIn(text, s.offers(s.me).Commands); ok {
		said.Commands = []wireCommand{{name}}
	}
	return s.act(s.me, wireItem{Message: said}, "")
}

var (
	errEmpty = errors.New("messenger: an empty message cannot be sent")
	errBusy  = errors.New("messenger: the bot is too far behind: wait until it has answered")
	errGone  = errors.New("messenger: these quick replies are gone: a newer message has come")
)

// act records what a person did, or what a human wrote to them in the Page's inbox, and queues it for
// delivery. If newest is not empty, it must still be the ID of the newest message of the thread.
func (s *Simulator) act(p *person, item wireItem, newest string) error {
	now := s.cfg.Now()
	item.Sender.ID, item.Recipient.ID, item.Timestamp = p.psid, s.cfg.PageID, now.UnixMilli()
	if item.isEcho() {
		item.Sender, item.Recipient = item.Recipient, item.Sender
	}
	s.acting.Lock()
	defer s.acting.Unlock()
	standby := s.graph.Standby(p.psid)
	if standby && item.Postback != nil {
		item.Postback.Payload = ""
	}
	body, err := encode(s.cfg.PageID, now, item, standby)
	if err != nil {
		return err
	}
	if len(p.queue) == cap(p.queue) {
		return errBusy
	}
	if !s.advance(p, newest, item.mid()) {
		return errGone
	}
	if !item.isEcho() {
		s.graph.Acted(p.psid, now) // the window opens before the bot can hear of it
	}
	w := webhook{Kind: item.kind(), Body: string(body)}
	n := s.journal.add(entry{Time: now.UnixMilli(), Person: p.psid, Webhook: &w})
	p.queue <- delivery{n: n, webhook: w} // who sends has the lock: there is room
	s.lookAtControl()
	return nil
}

// advance makes mid the newest message of the thread, provided that the newest is the one expected.
func (s *Simulator) advance(p *person, expected, mid string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if expected != "" && p.newest != expected {
		return false
	}
	p.newest = mid
	return true
}

// called records a call that the Graph API has answered.
func (s *Simulator) called(c sendtest.Call) {
	if changesWelcome(c) {
		shown := newWelcome(s.offers(s.me), s.me.profile)
		s.journal.setStatus(func(st *status) { st.Welcome = shown })
	}
	s.lookAtControl()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.journal.add(entry{Time: c.Time.UnixMilli(), Person: c.Recipient, Call: &call{
		Method: c.Method, Path: c.Path, Params: valid(c.Params), Action: c.Action,
		Status: c.Status, Answer: valid(c.Answer), Rule: c.Rule, MID: c.MessageID,
	}})
	if p := s.people[c.Recipient]; p != nil && c.MessageID != "" {
		p.newest = c.MessageID
	}
}

// lane delivers a person's events one after the other until the context ends.
func (s *Simulator) lane(ctx context.Context, p *person, bot *callback) {
	for {
		select {
		case <-ctx.Done():
			return
		case d := <-p.queue:
			if _, problem := s.deliver(ctx, bot, d); problem != "" {
				s.complain(fmt.Sprintf("webhook %d (%s): %s", d.n, d.webhook.Kind, problem))
			}
		}
	}
}

// deliver posts one event, and returns the answer and why Meta would count it as failed. What fails is not
// sent again.
func (s *Simulator) deliver(ctx context.Context, bot *callback, d delivery) (res response, problem string) {
	res, problem = bot.deliver(ctx, []byte(d.webhook.Body))
	if ctx.Err() != nil {
		return res, "" // the simulator ends: this is not the bot's fault
	}
	w := d.webhook
	w.Done, w.URL, w.Status, w.Answer, w.Problem = true, bot.url, res.status, res.body, problem
	w.Millis = float64(res.took.Microseconds()) / float64(time.Millisecond/time.Microsecond)
	s.journal.settle(d.n, w)
	return res, problem
}

// complain tells the developer in the terminal.
func (s *Simulator) complain(problem string) {
	_, _ = fmt.Fprintln(s.cfg.Stderr, "simulator:", problem) // if that is gone, nobody is left to tell
}
