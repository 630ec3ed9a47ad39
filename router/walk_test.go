package router_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/router"
	"github.com/parleybot/parley/send/sendtest"
	"github.com/parleybot/parley/session"
	"github.com/parleybot/parley/webhook"
)

// walkInbox hands out by hand: what is due, to the bot that runs. It outlives the bots.
type walkInbox struct {
	*bot.Lanes // for its dead letters
	kept       []bot.Envelope
	running    chan func(context.Context, *bot.Delivery) error
}

func (i *walkInbox) Publish(_ context.Context, batch []bot.Envelope) error {
	for _, e := range batch { // without the event, which does not outlive the process
		i.kept = append(i.kept, bot.Envelope{ID: e.ID, Key: e.Key, Due: e.Due, Header: e.Header, Data: e.Data})
	}
	return nil
}

func (i *walkInbox) Consume(ctx context.Context, h func(context.Context, *bot.Delivery) error) error {
	i.running <- h
	<-ctx.Done()
	return nil
}

// next takes the next envelope that is due by now.
func (i *walkInbox) next(now time.Time) (bot.Envelope, bool) {
	first := -1
	for n := range i.kept {
		if !i.kept[n].Due.After(now) && (first < 0 || i.kept[n].Due.Before(i.kept[first].Due)) {
			first = n
		}
	}
	if first < 0 {
		return bot.Envelope{}, false
	}
	e := i.kept[first]
	i.kept = slices.Delete(i.kept, first, first+1)
	return e, true
}

// walker is a person with a will of their own, the bot that they talk to, and the model that knows what must
// come of it.
type walker struct {
	t     testing.TB
	seed  uint64
	rand  *maker
	model *model

	graph   *sendtest.Graph
	inbox   *walkInbox
	store   session.Store
	front   http.Handler
	handle  func(context.Context, *bot.Delivery) error
	stop    func()
	version int
	sent    int
	body    []byte   // of the last request
	said    []string // what the bot did for the event in hand
	failed  []error  // of handlers
	walk    []string // so far
}

func newWalker(tb testing.TB, seed uint64, mix map[string]int) *walker {
	tb.Helper()
	w := &walker{t: tb, seed: seed, rand: &maker{Rand: rand.New(rand.NewPCG(seed, 7))}}
	w.model = &model{mix: mix, now: now, heard: now}
	for range 2 {
		p := w.rand.plan(2)
		w.rand.times(p)
		w.model.plans = append(w.model.plans, p)
	}
	clock := func() time.Time { return w.model.now }
	w.graph = &sendtest.Graph{PageID: pageID, Now: clock, OnCall: w.called}
	w.inbox = &walkInbox{
		Lanes: bot.NewLanes(bot.LanesConfig{Now: clock}), running: make(chan func(context.Context, *bot.Delivery) error),
	}
	w.store = session.NewMemory(session.MemoryConfig{Now: clock, Shards: 1})
	w.start()
	return w
}

func (w *walker) note(format string, args ...any) {
	w.said = append(w.said, fmt.Sprintf(format, args...))
}

// called notes a message of the bot.
func (w *walker) called(call sendtest.Call) {
	if call.Status != http.StatusOK {
		return
	}
	type titled struct{ Title string }
	var params struct {
		Message struct {
			Text         string
			QuickReplies []struct {
				Title string
				Type  string `json:"content_type"`
			} `json:"quick_replies"`
			Attachment struct {
				Payload struct {
					Text    string
					Buttons []titled
				}
			}
		}
	}
	if err := json.Unmarshal(call.Params, &params); err != nil {
		w.fail("the bot called with %s", call.Params)
	}
	m := params.Message
	var titles []string
	for _, button := range m.Attachment.Payload.Buttons {
		titles = append(titles, button.Title)
	}
	for _, reply := range m.QuickReplies {
		if reply.Type != "text" {
			reply.Title = reply.Type
		}
		titles = append(titles, reply.Title)
	}
	w.note("< %s", shown(m.Text+m.Attachment.Payload.Text, titles))
}

// start starts the bot.
func (w *walker) start() {
	r := router.New()
	for _, p := range w.model.plans {
		router.Converse(r, "go "+p.name, p.build(w.version, w.note))
	}
	reply := func(words string) bot.HandlerFunc { return func(c *bot.Context) error { return c.Text(words) } }
	r.Anytime("help", reply("at your service"))
	r.Anytime("switch", func(c *bot.Context) error { return router.Enter(c, w.model.plans[1].name) })
	r.Payload("MENU", reply("at your service"))
	r.Payload("LEAVE", func(c *bot.Context) error {
		router.Leave(c)
		return c.Text("left")
	})
	r.Fallback(reply("fallback"))
	b, err := bot.New(bot.Config{
		Token: "token", AppSecrets: []string{secret}, VerifyToken: "verify", PageID: pageID, Rate: -1,
		HTTP: w.graph.Client(), Now: w.graph.Now, Inbox: w.inbox, Store: w.store, Attempts: 1,
		OnError: func(_ *bot.Context, err error) error {
			w.failed = append(w.failed, err)
			return nil
		},
		Wait: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	}, r)
	if err != nil {
		w.fail("New: %v", err)
	}
	server := echo.New()
	b.Mount(server)
	w.front = server
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- b.Serve(ctx) }()
	w.handle = <-w.inbox.running
	w.stop = func() {
		cancel()
		if err := <-ended; err != nil {
			w.fail("Serve: %v", err)
		}
	}
}

// fail ends the test with the walk so far.
func (w *walker) fail(format string, args ...any) {
	w.t.Helper()
	w.t.Fatalf("seed %d: %s\nthe walk so far:\n\t%s\nthe plans: %s",
		w.seed, fmt.Sprintf(format, args...), strings.Join(w.walk, "\n\t"), describe(w.model.plans))
}

// describe returns plans as text.
func describe(plans []*plan) string {
	var out strings.Builder
	for _, root := range plans {
		for _, p := range root.all() {
			fmt.Fprintf(&out, "\n\t%s: cancel %q, back %q, restart %q, attempts %d (leaves %t), time-out %s, remind %v",
				p.name, p.cancel, p.back, p.restart, p.attempts, p.leaves, p.timeout, p.remind)
			for _, name := range p.order {
				s := p.spots[name]
				fmt.Fprintf(&out, "\n\t\t%s: kind %d, options %q, forks %+v, next %s", name, s.kind, s.options, s.forks, s.next)
				if s.sub != nil {
					out.WriteString(", part " + s.sub.name)
				}
			}
		}
	}
	return out.String()
}

// post delivers a request, and hands out all that is due.
func (w *walker) post(body []byte) {
	request := httptest.NewRequestWithContext(w.t.Context(), http.MethodPost, bot.WebhookPath, bytes.NewReader(body))
	request.Header.Set("X-Hub-Signature-256", webhook.Sign(secret, body))
	answer := httptest.NewRecorder()
	w.front.ServeHTTP(answer, request)
	if answer.Code != http.StatusOK {
		w.fail("the webhook was answered with %d", answer.Code)
	}
	w.settle()
}

// settle hands out all that is due.
func (w *walker) settle() {
	for range 100 {
		e, ok := w.inbox.next(w.model.now)
		if !ok {
			return
		}
		delivery := &bot.Delivery{Envelope: e, Attempt: 1, Newer: make(chan struct{})}
		if err := w.handle(w.t.Context(), delivery); err != nil {
			w.failed = append(w.failed, err)
		}
	}
	w.fail("the bot has no end of events")
}

// deliver delivers what the person does.
func (w *walker) deliver(item string) {
	w.sent++
	at := w.model.now.UnixMilli()
	w.body = fmt.Appendf(nil, `{"object":"page","entry":[{"id":%q,"time":%d,"messaging":[{"sender":{"id":%q},`+
		`"recipient":{"id":%q},"timestamp":%d,%s}]}]}`, pageID, at, personID, pageID, at, item)
	w.post(w.body)
}

// check compares what the bot did, and where the person is now, with the model.
func (w *walker) check() {
	w.t.Helper()
	for _, line := range w.said {
		w.walk = append(w.walk, "  "+line)
	}
	if len(w.failed) > 0 {
		w.fail("handlers failed: %v", errors.Join(w.failed...))
	}
	if !slices.Equal(w.said, w.model.said) {
		w.fail("the bot ought to have done\n\t  %s", strings.Join(w.model.said, "\n\t  "))
	}
	w.said, w.model.said = nil, nil
	p, err := session.Load(w.t.Context(), w.store, pageID+"."+personID, w.model.now)
	if err != nil {
		w.fail("%v", err)
	}
	var places []router.Place
	if p.Frames != nil {
		if places, err = router.Places(p.Frames); err != nil {
			w.fail("%v", err)
		}
	}
	got := make([]string, len(places))
	for i, place := range places {
		var data sheet
		if err := json.Unmarshal([]byte(place.Data), &data); err != nil && place.Data != "" {
			w.fail("%v", err)
		}
		got[i] = fmt.Sprintf("%s/%s with %s", place.Conversation, place.State, &data)
	}
	want := make([]string, len(w.model.stack))
	for i, place := range w.model.stack {
		want[i] = fmt.Sprintf("%s with %s", place.where(), &place.data)
	}
	if !slices.Equal(got, want) {
		w.fail("the person is at %q,\nthey ought to be at %q", got, want)
	}
}

const actsOfAWalk = 60

// run walks, and then goes to the end.
func (w *walker) run() {
	for range actsOfAWalk {
		w.act()
		w.check()
	}
	w.walk = append(w.walk, "and now to the end")
	for range 200 {
		if len(w.model.stack) == 0 {
			w.stop()
			return
		}
		w.types(onward)
		w.check()
	}
	w.fail("the person is stuck")
}

// walks returns how many walks are made: 120, in short tests 30, or as many as the variable says, from the seed in another one.
func walks(t *testing.T) (seed, many uint64) {
	t.Helper()
	many = 120
	if testing.Short() {
		many = 30
	}
	for name, number := range map[string]*uint64{"WALKS": &many, "WALK_SEED": &seed} {
		if value := os.Getenv(name); value != "" {
			var err error
			if *number, err = strconv.ParseUint(value, 10, 64); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
	}
	return seed, many
}
