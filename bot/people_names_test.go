package bot_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/send/sendtest"
)

// What the list of personas is, before and after.
const (
	askPersonas = "GET me/personas"
	anna        = `{"data":[{"id":"2200000000000001","name":"Anna"},{"id":"2200000000000002","name":"Ben"}]}`
	otherAnna   = `{"data":[{"id":"2200000000000009","name":"Anna"}]}`
)

// speakers returns the persona_id of each message that went out.
func (s *harness) speakers() []string {
	var ids []string
	for _, call := range s.graph.Calls() {
		if call.MessageID != "" {
			ids = append(ids, decoded[struct {
				Persona string `json:"persona_id"`
			}](s.t, call.Params).Persona)
		}
	}
	return ids
}

// wantSpeakers compares the persona_id of the messages.
func (s *harness) wantSpeakers(want ...string) {
	s.t.Helper()
	if got := s.speakers(); !slices.Equal(got, want) {
		s.t.Errorf("messages of the personas %q, want %q", got, want)
	}
}

// A name is asked for once, and again after an hour.
func TestAsNamed(t *testing.T) {
	edges := new(peopleEdges)
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
		return errors.Join(c.AsNamed("Anna").Text("A"), c.AsNamed("Ben").Text("B"), c.Text("C"))
	}), edgesOf(edges))
	edges.answer(askPersonas, anna)
	s.say("m_1")
	s.say("m_2")
	first, second := "2200000000000001", "2200000000000002"
	s.wantSpeakers(first, second, "", first, second, "")
	edges.want(t, askPersonas, askPersonas)

	s.clock.Add(time.Hour - time.Second)
	s.say("m_3")
	edges.want(t, askPersonas, askPersonas)
	edges.answer(askPersonas, `{"data":[{"id":"2200000000000009","name":"Anna"},{"id":"2200000000000002","name":"Ben"}]}`)
	s.clock.Add(time.Second)
	s.say("m_4")
	edges.want(t, askPersonas, askPersonas, askPersonas, askPersonas)
	if got := s.speakers(); got[9] != "2200000000000009" {
		t.Errorf("messages of the personas %q, want the new Anna at last", got)
	}
	if err := s.thread().AsNamed("Ben").Text("Hi"); err != nil {
		t.Errorf("outside of the lane: %v", err)
	}
	s.wantCauses()
}

// A name that no persona has fails the message before a call, however it is sent, and is asked for again
// after a minute.
func TestAsNamedNobody(t *testing.T) {
	edges := new(peopleEdges)
	s := serve(t, bot.HandlerFunc(func(*bot.Context) error { return nil }), edgesOf(edges))
	edges.answer(askPersonas, anna)
	zoe := s.thread().AsNamed("Zoe")
	_, delivered := zoe.Deliver(send.Text("Hi"))
	_, composed := zoe.Compose(send.Text("Hi"))
	for name, err := range map[string]error{
		"text": zoe.Text("Hi"), "delivered": delivered, "composed": composed, "typing": zoe.Typing(),
		"to somebody else": zoe.To(send.Person("7100000000000002")).Text("Hi"),
		"tagged":           zoe.Tag(send.TagHumanAgent).Silent().Text("Hi"),
	} {
		if !errors.Is(err, send.ErrNoPersona) || !errors.Is(err, send.ErrInvalid) {
			t.Errorf("%s: error %v, want ErrNoPersona", name, err)
		}
	}
	s.wantCalls(0)
	edges.want(t, askPersonas)
	s.clock.Add(time.Minute)
	edges.answer(askPersonas, `{"data":[{"id":"2200000000000003","name":"Zoe"}]}`)
	if err := s.thread().AsNamed("Zoe").Text("Hi"); err != nil {
		t.Error(err)
	}
	s.wantSpeakers("2200000000000003")
	edges.want(t, askPersonas, askPersonas)
}

// An event that is not answered stays so, and nobody is asked.
func TestAsNamedOnAnEcho(t *testing.T) {
	edges, got := new(peopleEdges), error(nil)
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
		got = c.AsNamed("Anna").Text("Hi")
		edges.want(t)
		return c.Thread().AsNamed("Anna").Text("on purpose")
	}), edgesOf(edges))
	edges.answer(askPersonas, anna)
	s.deliver(s.echoItem("m_1"))
	if !errors.Is(got, bot.ErrNoReply) {
		t.Errorf("error %v, want ErrNoReply", got)
	}
	edges.want(t, askPersonas)
	s.wantSpeakers("2200000000000001")
}

// After Meta has refused a message of a persona its name is asked for again: the persona may be another now.
func TestAsNamedForgetsADeletedPersona(t *testing.T) {
	edges := new(peopleEdges)
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error { return c.AsNamed("Anna").Text(c.Message()) }), edgesOf(edges))
	edges.answer(askPersonas, anna)
	s.say("m_1")
	edges.answer(askPersonas, otherAnna)
	s.graph.Change(func(state *sendtest.State) { state.Personas = []string{"2200000000000009"} })
	s.say("m_2")
	s.say("m_3")
	s.wantSpeakers("2200000000000001", "2200000000000009")
	edges.want(t, askPersonas, askPersonas)
	if n := len(s.causes()); n != 1 {
		t.Errorf("%d dead letters, want the message that was refused", n)
	}
}

// A limit, or another failure of the call that asks, is not remembered.
func TestAsNamedCannotBeAsked(t *testing.T) {
	edges := new(peopleEdges)
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error { return c.AsNamed("Anna").Text("Hi") }), edgesOf(edges))
	edges.answer(askPersonas, lost)
	s.say("m_1")
	if got := s.Stats(); got.Retried != 0 || got.DeadLetters != 1 {
		t.Errorf("stats %+v, want a dead letter without another try", got)
	}
	edges.answer(askPersonas, anna)
	s.say("m_2")
	s.wantSpeakers("2200000000000001")
}

// Instagram has no personas, and nobody is asked for one.
func TestAsNamedOnInstagram(t *testing.T) {
	const account = "17840000000000001"
	edges := new(peopleEdges)
	s := serve(t, bot.HandlerFunc(greet), edgesOf(edges), func(cfg *bot.Config) { cfg.Instagram = []string{account} })
	edges.answer(askPersonas, anna)
	thread, err := s.Thread(t.Context(), account, "900000000000001")
	if err != nil {
		t.Fatal(err)
	}
	field, ok := errors.AsType[*send.FieldError](thread.AsNamed("Anna").Text("Hi"))
	if !ok || field.Field != "persona" {
		t.Errorf("error %v, want one of the persona", field)
	}
	edges.want(t)
	s.wantCalls(0)
}

// However many want to know a name at the same time, one asks; those who give up do not keep the others.
func TestAsNamedAsksOnceForMany(t *testing.T) {
	edges := &peopleEdges{block: make(chan struct{})}
	s := serve(t, bot.HandlerFunc(greet), edgesOf(edges))
	edges.answer(askPersonas, anna)
	ctx, giveUp := context.WithCancelCause(t.Context())
	waiting, err := s.Thread(ctx, page, person)
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 20 {
		thread := s.thread()
		all.Go(func() {
			if err := thread.AsNamed("Anna").Text("Hi"); err != nil {
				t.Error(err)
			}
		})
	}
	for len(edges.asked()) == 0 {
		time.Sleep(time.Millisecond)
	}
	gone := errors.New("gone home")
	given := make(chan error)
	go func() { given <- waiting.AsNamed("Anna").Text("Hi") }()
	giveUp(gone)
	if err := <-given; !errors.Is(err, gone) {
		t.Errorf("error %v, want the cause of its context", err)
	}
	close(edges.block)
	all.Wait()
	edges.want(t, askPersonas)
	if n := len(s.speakers()); n != 20 {
		t.Errorf("%d messages, want 20", n)
	}
}

// asked returns the calls so far.
func (p *peopleEdges) asked() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.calls)
}

// Who asks and gives up leaves the question to the others.
func TestAsNamedAskerGivesUp(t *testing.T) {
	edges := &peopleEdges{block: make(chan struct{})}
	s := serve(t, bot.HandlerFunc(greet), edgesOf(edges))
	edges.answer(askPersonas, `{"error":{"message":"x","code":2}}`) // tried again, by those who still can
	ctx, giveUp := context.WithCancel(t.Context())
	asker, err := s.Thread(ctx, page, person)
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	all.Go(func() {
		if err := asker.AsNamed("Anna").Text("Hi"); err == nil {
			t.Error("a message went out for one who has given up")
		}
	})
	for len(edges.asked()) == 0 {
		time.Sleep(time.Millisecond)
	}
	other := s.thread()
	all.Go(func() {
		if err := other.AsNamed("Anna").Text("Hi"); err != nil {
			t.Error(err)
		}
	})
	giveUp()
	edges.answer(askPersonas, anna)
	close(edges.block)
	all.Wait()
	s.wantSpeakers("2200000000000001")
}
