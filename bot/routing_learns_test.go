package bot_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/session"
	"github.com/parleybot/parley/webhook"
)

// Meta's own refusal mutes the bot from then on, and is of both classes. Source: Meta, Messenger Platform
// error codes, 25 June 2026.
func TestRefusedBecauseAnotherAppOwnsTheThread(t *testing.T) {
	for _, code := range [][2]int{{10, 2018300}, {100, 2534037}} {
		for name, do := range map[string]func(*bot.Thread) error{
			"message": func(t *bot.Thread) error { return t.Text("Hi") },
			"action":  func(t *bot.Thread) error { return t.Typing() },
		} {
			t.Run(fmt.Sprint(name, code), func(t *testing.T) {
				var got error
				s, _ := serveRouted(t, bot.HandlerFunc(func(c *bot.Context) error {
					got = do(c.Thread())
					return got
				}))
				s.graph.FailNext(code[0], code[1])
				s.say("m_1")
				refused, byMeta := errors.AsType[*send.Error](got)
				if !errors.Is(got, bot.ErrNotOwner) || !errors.Is(got, send.ErrPermission) || !byMeta ||
					refused.Subcode != code[1] {
					t.Errorf("error %v, want both classes", got)
				}
				s.wantMuted(true)
				s.wantCauses()
				s.clock.Add(time.Minute)
				s.say("m_2")
				s.wantMuted(false)
			})
		}
	}
}

// Whom a token or a comment belongs to is for Meta to know.
func TestMutedTowardsThePersonAlone(t *testing.T) {
	s, _ := serveRouted(t, silent)
	s.deliver(handover(s.clock.Now(), "take", ourApp, inboxApp))
	thread := s.thread()
	for _, to := range []send.Recipient{send.Comment("1_2"), send.Person("7100000000000002")} {
		if err := thread.To(to).Text("Hi"); err != nil {
			t.Errorf("to %+v: %v", to, err)
		}
	}
	if err := thread.To(send.Person(person)).Text("Hi"); !errors.Is(err, bot.ErrNotOwner) {
		t.Errorf("error %v, want ErrNotOwner", err)
	}
}

// A handler that has passed the thread and then fails runs again as a whole: what it said before is not said
// twice, the thread is not passed twice, and the event is still its own.
func TestHandlerThatPassedTheThreadRunsAgain(t *testing.T) {
	for _, away := range []string{"pass", "release", "message"} {
		t.Run(away, func(t *testing.T) {
			runs := 0
			var store session.Store
			s, api := serveRouted(t, bot.HandlerFunc(func(c *bot.Context) error {
				runs++
				if !c.OwnsThread() {
					t.Error("the event is not the bot's")
				}
				said := c.Text("One moment.")
				var passed error
				switch away {
				case "pass":
					passed = c.PassThread("17", "")
				case "release":
					passed = c.ReleaseThread()
				default:
					passed = c.HandOver(passTo("17")).Text("Bye")
				}
				if err := errors.Join(said, passed, visit(c)); err != nil || runs == 2 {
					return err
				}
				return errors.New("no database")
			}), keepStore(&store))
			s.say("m_1")
			s.clock.Add(time.Minute)
			s.settle()
			if runs != 2 {
				t.Fatalf("%d runs, want 2", runs)
			}
			want := []string{"One moment."}
			if away == "message" {
				want = append(want, "Bye")
			}
			s.want(want...)
			if calls := api.took(); (len(calls) == 1) != (away != "message") {
				t.Errorf("calls %q, want one", calls)
			}
			s.wantVisits(store, 1)
			s.wantMuted(away != "release")
			s.wantCauses()
		})
	}
}

// An own event that may not write is dropped and counted, as with a closed window.
func TestOwnEventsOfAMutedBot(t *testing.T) {
	owns := true
	s, _ := serveRouted(t, bot.HandlerFunc(func(c *bot.Context) error {
		if _, own := c.Event().(*webhook.Custom); !own {
			return nil
		}
		owns = c.OwnsThread()
		return c.Text("reminder")
	}))
	s.deliver(handover(s.clock.Now(), "take", ourApp, inboxApp))
	if _, err := s.Emit(t.Context(), page, person, "remind", s.clock.Now(), nil); err != nil {
		t.Fatal(err)
	}
	s.settle()
	if dropped := s.Stats().Dropped; dropped != 1 || owns {
		t.Errorf("%d dropped, OwnsThread %t; want 1, false", dropped, owns)
	}
	s.want()
	s.wantCauses()
}

// What Meta answers about the owner is believed.
func TestThreadOwner(t *testing.T) {
	const expires = `"expiration":1793700000`
	tests := map[string]struct {
		answer string
		app    string // Config.AppID
		first  bool   // muted before
		muted  bool
	}{
		"ours":                       {`{"data":[{"thread_owner":{"app_id":` + ourApp + `,` + expires + `}}]}`, ourApp, true, false},
		"the inbox's":                {`{"data":[{"thread_owner":{"app_id":"` + inboxApp + `"}}]}`, ourApp, false, true},
		"somebody's":                 {`{"data":[{"thread_owner":{` + expires + `}}]}`, ourApp, false, true},
		"nobody's":                   {`{"data":[]}`, ourApp, true, false},
		"nobody's, as ever":          {`{"data":[]}`, ourApp, false, false},
		"who knows whether it is us": {`{"data":[{"thread_owner":{"app_id":"17"}}]}`, "", true, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s, api := serveRouted(t, silent, func(cfg *bot.Config) { cfg.AppID = test.app })
			if test.first {
				s.deliver(handover(s.clock.Now(), "take", ourApp, inboxApp))
			}
			api.owner = test.answer
			s.clock.Add(time.Minute)
			owner, err := s.thread().ThreadOwner()
			if err != nil || owner.Idle() != strings.Contains(test.answer, "[]") {
				t.Errorf("owner %+v, %v", owner, err)
			}
			s.wantMuted(test.muted)
		})
	}
}

// On standby another app answers, whatever is known.
func TestStandbyIsNotOwned(t *testing.T) {
	owns := true
	s, _ := serveRouted(t, bot.HandlerFunc(func(c *bot.Context) error {
		owns = c.OwnsThread()
		return nil
	}))
	s.standby(text(s.clock.Now(), person, "m_1", "hi"))
	if owns {
		t.Error("OwnsThread on standby")
	}
	s.wantMuted(false) // Meta judges: the thread may be nobody's by now
}

// Control that has expired does not come back with a reaction.
func TestExpiredControlStaysExpired(t *testing.T) {
	owns := false
	s, _ := serveRouted(t, bot.HandlerFunc(func(c *bot.Context) error {
		owns = c.OwnsThread()
		return nil
	}))
	s.deliver(handover(s.clock.Now(), "take", ourApp, inboxApp))
	s.clock.Add(25 * time.Hour)
	s.graph.Acted(person, s.clock.Now())
	s.wantMuted(false)
	s.deliver(item(s.clock.Now(), person, `"reaction":{"mid":"m_7","action":"react","emoji":"x"}`))
	if !owns {
		t.Error("the thread is another app's again")
	}
	s.wantMuted(false)
}

// What a thread that belongs to no event finds out holds for the events that wait already.
func TestEventsThatWaitWhenTheThreadIsPassed(t *testing.T) {
	started, passed := make(chan bool), make(chan bool)
	owns := make(map[string]bool)
	s, _ := serveRouted(t, bot.HandlerFunc(func(c *bot.Context) error {
		if c.Message() == "m_1" {
			started <- true
			<-passed
		}
		owns[c.Message()] = c.OwnsThread()
		return nil
	}))
	at := s.clock.Now()
	s.post(batch(at, "messaging", text(at, person, "m_1", "m_1")))
	<-started
	s.post(batch(at, "messaging", text(at, person, "m_2", "m_2")))
	s.clock.Add(time.Minute)
	if err := s.thread().PassThread("17", ""); err != nil {
		t.Fatal(err)
	}
	close(passed)
	s.settle()
	if !owns["m_1"] || owns["m_2"] {
		t.Errorf("owned %v, want the first event alone to own the thread", owns)
	}
	s.clock.Add(25 * time.Hour)
	s.deliver(text(at, person, "m_3", "m_3")) // as late as a dead letter that is replayed
	if !owns["m_3"] {
		t.Error("the thread is another app's a day later")
	}
}

// A thread that was made before knows what came to light since.
func TestThreadsThatAreKeptAreMutedToo(t *testing.T) {
	s, _ := serveRouted(t, silent)
	kept := s.thread()
	s.deliver(handover(s.clock.Now(), "take", ourApp, inboxApp))
	if err := kept.Text("Hi"); !errors.Is(err, bot.ErrNotOwner) {
		t.Errorf("error %v, want ErrNotOwner", err)
	}
}

// What Meta says of somebody else's thread, or of that behind a comment, says nothing of the person's.
func TestOwnersOfOtherThreads(t *testing.T) {
	const other = "7100000000000002"
	tests := map[string]func(t *bot.Thread) error{
		"a comment's": func(t *bot.Thread) error { return t.To(send.Comment("1_2")).Text("Hi") },
		"a hand-over": func(t *bot.Thread) error { return t.To(send.Comment("1_3")).HandOver(passTo("17")).Text("Hi") },
		"another's":   func(t *bot.Thread) error { return t.To(send.Person(other)).PassThread("17", "") },
	}
	for name, do := range tests {
		t.Run(name, func(t *testing.T) {
			var got error
			var store session.Store
			s, _ := serveRouted(t, bot.HandlerFunc(func(c *bot.Context) error {
				got = do(c.Thread())
				return nil
			}), keepStore(&store))
			if name == "a comment's" {
				s.graph.FailNext(10, 2018300)
			}
			s.say("m_1")
			if errors.Is(got, bot.ErrNotOwner) != (name == "a comment's") {
				t.Errorf("error %v", got)
			}
			s.wantMuted(false)
			found, err := session.Load(t.Context(), store, page+"."+other, s.clock.Now())
			if err != nil || (found.Owner == "17") != (name == "another's") {
				t.Errorf("owner %q in the other's record (%v)", found.Owner, err)
			}
		})
	}
}

// What is dated in the future counts as of now.
func TestHandoverByAClockThatIsAhead(t *testing.T) {
	s, _ := serveRouted(t, silent)
	s.deliver(handover(s.clock.Now().Add(10*time.Minute), "take", ourApp, inboxApp))
	s.wantMuted(true)
	s.clock.Add(time.Minute)
	s.say("m_1")
	s.wantMuted(false)
}
