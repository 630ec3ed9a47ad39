package bot_test

import (
	"context"
	"errors"
	"strconv"
	"testing"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/send/sendtest"
	"github.com/parleybot/parley/session"
)

// What OnError has decided stands, however often the person's record has to be saved.
func TestOnErrorRunsOnceThoughTheRecordIsContended(t *testing.T) {
	asked, written := 0, 0
	memory := session.NewMemory(session.MemoryConfig{Now: newClock().Now})
	store := &flaky{Store: memory}
	store.put = func(ctx context.Context, key string, r session.Record) (session.Record, error) {
		if written++; written <= 3 {
			return session.Record{}, session.ErrConflict
		}
		return memory.Put(ctx, key, r)
	}
	s := serve(t, bot.HandlerFunc(returns(bot.Permanent(errHandler))), func(cfg *bot.Config) {
		cfg.Store = store
		cfg.OnError = func(_ *bot.Context, err error) error { asked++; return err }
	})
	s.say("m_1")

	if asked != 1 {
		t.Errorf("OnError was called %d times, want once", asked)
	}
	s.wantCauses("handler failed")
	s.say("m_1")
	if asked != 1 {
		t.Error("the event was handled again")
	}
}

func TestOnceIsOnceInOneRunToo(t *testing.T) {
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
		return errors.Join(c.Once("offer").Text("first words"), c.Once("offer").Text("other words"))
	}))
	s.say("m_1")
	s.want("first words")
	s.say("m_2")
	s.want("first words", "first words")
}

// On a second try the first try's message is known, and stays the only one of its name.
func TestOnceIsOnceThoughTheHandlerRunsAgain(t *testing.T) {
	run := 0
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
		run++
		words := "words of run " + strconv.Itoa(run)
		return errors.Join(c.Once("offer").Text(words), c.Once("offer").Text("more "+words), failIn(run, 1))
	}))
	s.say("m_1")
	s.again()
	if run != 2 {
		t.Fatalf("%d runs, want 2", run)
	}
	s.want("words of run 1")
}

func TestStats(t *testing.T) {
	const perLane, surplus = 256, 3
	release := make(chan struct{})
	var log buffer
	at := newClock()
	cfg := bot.Config{
		Token: "t", AppSecrets: []string{secret}, VerifyToken: "v", PageID: page, Now: at.Now, HTTP: new(sendtest.Graph).Client(),
	}
	logTo(&log)(&cfg)
	b, err := bot.New(cfg, bot.HandlerFunc(func(c *bot.Context) error {
		<-release
		if c.Message() == "fail" {
			return bot.Permanent(errHandler)
		}
		return nil
	}))
	if err != nil {
		t.Fatal(err)
	}
	for i := range perLane + surplus {
		accept(t, b, batch(at.Now(), "messaging", text(at.Now(), person, "m_"+strconv.Itoa(i), "hi")))
	}
	for range 2 {
		accept(t, b, batch(at.Now(), "messaging", text(at.Now(), "42", "m_other", "fail")))
	}
	close(release)
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if err := b.Serve(stopped); err != nil {
		t.Fatal(err)
	}

	want := bot.Stats{
		Accepted: perLane + surplus + 2, Handled: perLane, Duplicates: 1, DeadLetters: surplus + 1,
	}
	if got := b.Stats(); got != want {
		t.Errorf("stats %+v, want %+v", got, want)
	}
	log.mustContain(t, bot.CauseOverflow)
	log.mustNotContain(t, person)
}
