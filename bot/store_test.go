package bot_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/session"
)

var errStore = errors.New("the store is away")

// counting is a handler that counts its runs and the person's visits, and answers once.
func counting(runs *int) bot.Handler {
	return bot.HandlerFunc(func(c *bot.Context) error {
		*runs++
		return errors.Join(visit(c), c.Text("A"))
	})
}

// unreliable gives a bot a store that f may disturb.
func unreliable(store *session.Store, f func(*flaky)) func(*bot.Config) {
	return func(cfg *bot.Config) {
		*store = session.NewMemory(session.MemoryConfig{Now: cfg.Now})
		between := &flaky{Store: *store}
		f(between)
		cfg.Store = between
	}
}

func TestStoreThatCannotBeRead(t *testing.T) {
	const failures = 5 // more than Config.Attempts: not the handler failed
	var store session.Store
	runs, asked := 0, 0
	s := serve(t, counting(&runs), unreliable(&store, func(f *flaky) {
		f.get = func(string) error {
			if asked++; asked <= failures {
				return errStore
			}
			return nil
		}
	}))
	s.say("m_1")
	if runs != 0 {
		t.Error("the handler ran without the person's record")
	}
	for range failures {
		s.again()
	}
	if runs != 1 {
		t.Errorf("%d runs, want 1", runs)
	}
	s.want("A")
	s.wantVisits(store, 1)
	s.wantCauses()
}

// The write fails for so long that package session gives up: the handler runs again, and says nothing twice.
func TestStoreThatCannotBeWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var store session.Store
		runs, away := 0, true
		s := serve(t, counting(&runs), unreliable(&store, func(f *flaky) {
			f.put = func(ctx context.Context, key string, r session.Record) (session.Record, error) {
				if away {
					return session.Record{}, errStore
				}
				return f.Store.Put(ctx, key, r)
			}
		}))
		s.say("m_1")
		for range 4 { // once more than Config.Attempts
			s.again()
		}
		s.wantVisits(store, 0)
		away = false
		s.again()
		if runs != 6 {
			t.Errorf("%d runs, want 6", runs)
		}
		s.want("A")
		s.wantVisits(store, 1)
		s.wantCauses()
		s.say("m_1")
		if runs != 6 {
			t.Error("the event has been handled again")
		}
	})
}

// The dead letter of an event whose record could not be saved must not get lost either.
func TestStoreThatCannotBeWrittenAfterAFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var store session.Store
		away := true
		s := serve(t, bot.HandlerFunc(returns(bot.Permanent(errHandler))), unreliable(&store, func(f *flaky) {
			f.put = func(ctx context.Context, key string, r session.Record) (session.Record, error) {
				if away {
					return session.Record{}, errStore
				}
				return f.Store.Put(ctx, key, r)
			}
		}))
		s.say("m_1")
		s.wantCauses()
		away = false
		s.again()
		s.wantCauses("handler failed")
	})
}

// Somebody else writes the record while the handler runs: it starts over with what was written.
func TestConflict(t *testing.T) {
	for _, conflicts := range []int{1, 3, 15} { // after ten it waits for the clock
		t.Run(fmt.Sprint(conflicts), func(t *testing.T) {
			var store session.Store
			runs, written := 0, 0
			s := serve(t, counting(&runs), unreliable(&store, func(f *flaky) {
				f.put = func(ctx context.Context, key string, r session.Record) (session.Record, error) {
					if written++; written <= conflicts {
						otherVisit(t, f.Store, key)
					}
					return f.Store.Put(ctx, key, r)
				}
			}))
			s.say("m_1")
			s.again()
			if runs != conflicts+1 {
				t.Errorf("%d runs, want %d", runs, conflicts+1)
			}
			s.want("A")
			s.wantVisits(store, conflicts+1)
			s.wantCauses()
		})
	}
}

// otherVisit counts up a person's visits behind the lane's back.
func otherVisit(t *testing.T, store session.Store, key string) {
	t.Helper()
	now := newClock().Now()
	record, err := session.Load(t.Context(), store, key, now)
	if err != nil {
		t.Fatal(err)
	}
	n, err := visits.Get(record.Session())
	if err != nil {
		t.Fatal(err)
	}
	if err := visits.Set(record.Session(), n+1); err != nil {
		t.Fatal(err)
	}
	if err := record.Save(t.Context(), store, now, time.Hour); err != nil {
		t.Fatal(err)
	}
}

// A write that was carried out although its answer got lost is no reason to run the handler again.
func TestWriteWhoseAnswerIsLost(t *testing.T) {
	var store session.Store
	runs, lost := 0, 0
	s := serve(t, counting(&runs), unreliable(&store, func(f *flaky) {
		f.put = func(ctx context.Context, key string, r session.Record) (session.Record, error) {
			kept, err := f.Store.Put(ctx, key, r)
			if lost++; lost == 1 {
				return session.Record{}, context.DeadlineExceeded
			}
			return kept, err
		}
	}))
	s.say("m_1")
	if runs != 1 || lost != 1 {
		t.Errorf("%d runs and %d writes, want 1 and 1", runs, lost)
	}
	s.want("A")
	s.wantVisits(store, 1)
	s.say("m_2")
	s.wantVisits(store, 2)
}

func TestDamagedRecordStartsAnew(t *testing.T) {
	var store session.Store
	var log buffer
	runs := 0
	s := serve(t, counting(&runs), unreliable(&store, func(*flaky) {}), logTo(&log))
	if _, err := store.Put(t.Context(), page+"."+person, session.Record{Data: []byte("rubbish")}); err != nil {
		t.Fatal(err)
	}
	s.say("m_1")
	s.say("m_1")
	if runs != 1 {
		t.Errorf("%d runs, want 1", runs)
	}
	s.want("A")
	s.wantVisits(store, 1)
	log.mustContain(t, "damaged")
}

// An event that names no person has no session values, and is known all the same when it comes again.
func TestEventWithoutPersonIsHandledOnce(t *testing.T) {
	var store session.Store
	runs := 0
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
		runs++
		if c.PSID() != "" {
			t.Errorf("person %q, want none", c.PSID())
		}
		return visit(c)
	}), keepStore(&store))
	comment := batch(s.clock.Now(), "changes",
		`{"field":"feed","value":{"item":"comment","comment_id":"1_2","message":"words"}}`)
	for range 2 {
		if status := s.post(comment); status != 200 {
			t.Fatalf("status %d, want 200", status)
		}
		s.settle()
	}
	if runs != 1 {
		t.Errorf("%d runs, want 1", runs)
	}
	record, err := session.Load(t.Context(), store, page+".1_2", s.clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	if n, err := visits.Get(record.Session()); n != 0 || err != nil {
		t.Errorf("%d visits stored (%v) of nobody", n, err)
	}
}

// Deliveries and reads come for each message; if they were remembered, they would push out the ids of
// events that must not be handled twice.
func TestReceiptsAreNotRemembered(t *testing.T) {
	const receipts = 600
	runs := make(map[string]int)
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error { runs[c.Event().Kind()]++; return nil }))
	s.say("m_1")
	for n := range receipts {
		s.deliver(item(s.clock.Now(), person, fmt.Sprintf(`"delivery":{"mids":["m_%d"],"watermark":%d}`, n, n+1)))
	}
	s.say("m_1")
	if runs["message"] != 1 || runs["delivery"] != receipts {
		t.Errorf("%d messages and %d deliveries handled, want 1 and %d", runs["message"], runs["delivery"], receipts)
	}
}
