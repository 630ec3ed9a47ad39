package bot_test

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/send/sendtest"
	"github.com/parleybot/parley/session"
)

// What stops all ends the run, with a report so far.
func TestEachEndsWhenAllAreRefused(t *testing.T) {
	tests := map[string]struct {
		failure sendtest.Failure
		class   error
		calls   int // at least
	}{
		"token":             {sendtest.Failure{Code: 190, Subcode: 463}, send.ErrUnauthorized, 1},
		"blocked":           {sendtest.Failure{Code: 368}, send.ErrBlocked, 1},
		"restricted":        {sendtest.Failure{Code: 10, Subcode: 1893063}, send.ErrBlocked, 1},
		"Page's limit":      {sendtest.Failure{Code: 32}, send.ErrRateLimited, 1},
		"app's limit":       {sendtest.Failure{Code: 4}, send.ErrRateLimited, 1},
		"app's capability":  {sendtest.Failure{Code: 3}, send.ErrPermission, 1},
		"permission":        {sendtest.Failure{Code: 230}, send.ErrPermission, 1},
		"the message's own": {sendtest.Failure{Code: 100}, send.ErrInvalid, 25},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			graph, store := &sendtest.Graph{PageID: page}, mailStore()
			b := mailBot(t, store, graph, func(cfg *bot.Config) {
				cfg.Outgoing = append(cfg.Outgoing, func(send.Handler) send.Handler {
					return func(context.Context, *send.Outgoing) error {
						return &send.Error{Status: 400, Code: test.failure.Code, Subcode: test.failure.Subcode}
					}
				})
			})
			report, err := b.Each(t.Context(), slices.Values(listed(200)), bot.Mailing{
				Name: "autumn", Rate: -1, Message: send.Text("Hi"),
			})
			if !errors.Is(err, test.class) || report.Total() != 200 || report.Left < 100 || report.Sent > 0 {
				t.Errorf("report %+v, %v; want %v", report, err, test.class)
			}
			if report.Refused < test.calls-1 || test.calls == 1 && report.Refused > 0 {
				t.Errorf("%d refused, want the run to end after %d", report.Refused, test.calls)
			}
			healthy := mailBot(t, store, graph)
			report, err = healthy.Each(t.Context(), slices.Values(listed(200)), bot.Mailing{
				Name: "autumn", Rate: -1, Message: send.Text("Hi"),
			})
			if err != nil || report.Sent != 200 {
				t.Errorf("taken up again: %+v, %v; want all sent", report, err)
			}
		})
	}
}

// An answer that got lost is unsure, and stays so.
func TestEachWithoutAnAnswer(t *testing.T) {
	graph, store := &sendtest.Graph{PageID: page}, mailStore()
	graph.FailWith(sendtest.Failure{Drop: true})
	b := mailBot(t, store, graph)
	mailing := bot.Mailing{Name: "autumn", Rate: -1, Message: send.Text("Hi")}
	for run := range 2 {
		report, err := b.Each(t.Context(), slices.Values(listed(1)), mailing)
		if err != nil || report != (bot.MailingReport{Unsure: 1}) {
			t.Errorf("run %d: %+v, %v; want it unsure", run, report, err)
		}
	}
	if n := len(graph.Calls()); n != 1 {
		t.Errorf("%d calls, want 1", n)
	}
}

// Without a store nobody could be told from those who have the message: the run ends.
func TestEachWithoutAStore(t *testing.T) {
	graph, crash := &sendtest.Graph{PageID: page}, &crashing{Store: mailStore(), dead: true}
	report, err := mailBot(t, crash, graph).Each(t.Context(), slices.Values(listed(100)), bot.Mailing{
		Name: "autumn", Rate: -1, Message: send.Text("Hi"),
	})
	if err == nil || report.Sent > 0 || report.Total() != 100 || report.Failed > bot.DefaultMailingParallel {
		t.Errorf("report %+v, %v; want an error", report, err)
	}
}

// A claim whose answer got lost is known as one's own.
func TestEachKnowsItsOwnClaim(t *testing.T) {
	graph, store := &sendtest.Graph{PageID: page}, mailStore()
	lost := true
	f := &flaky{Store: store}
	f.put = func(ctx context.Context, key string, r session.Record) (session.Record, error) {
		kept, err := store.Put(ctx, key, r)
		if lost {
			lost = false
			return session.Record{}, errors.New("no answer")
		}
		return kept, err
	}
	for _, want := range []bot.MailingReport{{Sent: 1}, {Already: 1}} {
		report, err := mailBot(t, f, graph).Each(t.Context(), slices.Values(listed(1)), bot.Mailing{
			Name: "autumn", Rate: -1, Message: send.Text("Hi"), Parallel: 1,
		})
		if err != nil || report != want {
			t.Errorf("report %+v, %v; want %+v", report, err, want)
		}
	}
}

// Tag and utility template pass through to people whose window is closed.
func TestEachOutsideTheWindow(t *testing.T) {
	now := newClock().Now()
	tests := map[string]struct {
		mailing bot.Mailing
		want    string
	}{
		"tag": {bot.Mailing{Message: send.Text("Hi"), Tag: send.TagHumanAgent}, `"tag":"HUMAN_AGENT"`},
		"utility": {
			bot.Mailing{Message: send.UtilityMessage("shipped", "en")},
			`"messaging_type":"UTILITY"`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			graph, store := &sendtest.Graph{PageID: page}, mailStore()
			writes(t, store, person, func(p *session.Person) { p.Window.Opened = now.Add(-48 * time.Hour) })
			report, err := mailBot(t, store, graph).Each(t.Context(), slices.Values([]send.PSID{person}), test.mailing)
			if err != nil || report.Sent != 1 || !strings.Contains(lastCall(graph), test.want) {
				t.Errorf("report %+v, %v; want it sent with %s", report, err, test.want)
			}
		})
	}
}

// What functions of the mailing do wrong ends the run, or concerns one person.
func TestEachAndTheFunctionsOfTheMailing(t *testing.T) {
	b := mailBot(t, mailStore(), &sendtest.Graph{PageID: page})
	people := listed(60)
	noOrder := errors.New("no order")
	report, err := b.Each(t.Context(), slices.Values(people), bot.Mailing{
		Rate:    -1,
		Compose: func(*bot.Thread) (send.Message, error) { return send.Message{}, noOrder },
		Told: func(m bot.Mailed) {
			if !errors.Is(m.Err, noOrder) {
				t.Errorf("error %v", m.Err)
			}
		},
	})
	if err != nil || report.Failed != 60 {
		t.Errorf("no message for anybody: %+v, %v", report, err)
	}
	for name, m := range map[string]bot.Mailing{
		"Compose": {Compose: func(*bot.Thread) (send.Message, error) { panic("oops") }},
		"Told":    {Message: send.Text("Hi"), Told: func(m bot.Mailed) { panicUnless(m.Outcome == bot.MailLeft) }},
	} {
		m.Rate = -1
		report, err := b.Each(t.Context(), slices.Values(people), m)
		if !errors.Is(err, bot.ErrPanic) || report.Total() != 60 || report.Left == 0 {
			t.Errorf("%s panics: %+v, %v", name, report, err)
		}
	}
	_, err = b.Each(t.Context(), nil, bot.Mailing{})
	if err == nil {
		t.Error("no people: no error")
	}
	if _, err := b.Each(t.Context(), slices.Values(people), bot.Mailing{Page: "17"}); !errors.Is(err, bot.ErrUnknownPage) {
		t.Errorf("another Page: %v", err)
	}
	func() {
		defer func() { _ = recover() }()
		var broken iter.Seq[send.PSID] = func(yield func(send.PSID) bool) { yield("1"); panic("oops") }
		_, _ = b.Each(t.Context(), broken, bot.Mailing{Message: send.Text("Hi")})
		t.Error("a panic of people is lost")
	}() // goleak sees to it that nobody is left
}

// lastCall returns the parameters of the last call.
func lastCall(graph *sendtest.Graph) string {
	calls := graph.Calls()
	return string(calls[len(calls)-1].Params)
}

func panicUnless(ok bool) {
	if !ok {
		panic("oops")
	}
}

// The pace is the mailing's own, and never more than half of the Page's.
func TestEachKeepsItsPace(t *testing.T) {
	tests := map[string]struct {
		rate, page int
		want       time.Duration // for 41 people
	}{
		"20 per second":             {0, -1, 2 * time.Second},
		"40 per second":             {40, -1, time.Second},
		"half of what the Page may": {0, 10, 8 * time.Second},
		"half even without a limit": {-1, 40, 2 * time.Second},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				graph := &sendtest.Graph{PageID: page}
				b := mailBot(t, mailStore(), graph, func(cfg *bot.Config) { cfg.Rate = test.page })
				start := time.Now()
				report, err := b.Each(t.Context(), slices.Values(listed(41)), bot.Mailing{
					Rate: test.rate, Message: send.Text("Hi"),
				})
				took := time.Since(start)
				if err != nil || report.Sent != 41 || took < test.want-time.Millisecond || took > test.want*11/10 {
					t.Errorf("%+v, %v after %v; want it after %v", report, err, took, test.want)
				}
			})
		})
	}
}

// A deadline before the next turn ends the run.
func TestEachAndADeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := mailBot(t, mailStore(), &sendtest.Graph{PageID: page})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		report, err := b.Each(ctx, slices.Values(listed(100)), bot.Mailing{Name: "n", Message: send.Text("Hi")})
		if err == nil || !errors.Is(err, context.DeadlineExceeded) || report.Sent < 10 || report.Sent > 21 || report.Left != 100-report.Sent {
			t.Errorf("report %+v, %v", report, err)
		}
	})
}
