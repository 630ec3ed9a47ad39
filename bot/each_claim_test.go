package bot_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/send/sendtest"
	"github.com/parleybot/parley/session"
)

// People are known under the ID of their Page: until it is, nobody can be judged or claimed.
func TestEachBeforeThePageIsKnown(t *testing.T) {
	graph, store := &sendtest.Graph{PageID: page}, mailStore()
	b := mailBot(t, store, graph, func(cfg *bot.Config) { cfg.PageID = "" })
	mailing := bot.Mailing{Name: "autumn", Message: send.Text("Hi")}
	report, err := b.Each(t.Context(), slices.Values([]send.PSID{person}), mailing)
	wantClass(t, "Each", err, bot.ErrUnknownPage)
	if _, asked := b.Thread(t.Context(), "", person); !errors.Is(asked, bot.ErrUnknownPage) || report.Total() != 0 {
		t.Errorf("Thread: %v; report %+v; want nobody written to", asked, report)
	}
	mailing.Page = page
	if report, err = b.Each(t.Context(), slices.Values([]send.PSID{person}), mailing); report.Sent != 1 {
		t.Errorf("with the Page's ID: %+v, %v; want it sent", report, err)
	}
}

// The end of the run does not cut a claim short, of which nobody would know whether it was written.
func TestEachEndsWhileItClaims(t *testing.T) {
	graph, store := &sendtest.Graph{PageID: page}, mailStore()
	ctx, stop := context.WithCancel(t.Context())
	f := &flaky{Store: store}
	f.put = func(ctx context.Context, key string, r session.Record) (session.Record, error) {
		kept, err := store.Put(ctx, key, r)
		stop()
		if ctx.Err() != nil {
			return session.Record{}, ctx.Err()
		}
		return kept, err
	}
	f.get = func(string) error { return ctx.Err() }
	mailing := bot.Mailing{Name: "autumn", Rate: -1, Parallel: 1, Message: send.Text("Hi")}
	first, err := mailBot(t, f, graph).Each(ctx, slices.Values(listed(2)), mailing)
	if !errors.Is(err, context.Canceled) || first.Sent != 1 || first.Left != 1 {
		t.Errorf("first run %+v, %v; want it to end after the one in hand", first, err)
	}
	second, err := mailBot(t, store, graph).Each(t.Context(), slices.Values(listed(2)), mailing)
	if err != nil || second.Unsure > 0 || second.Sent+second.Already != 2 {
		t.Errorf("second run %+v, %v; want both reached", second, err)
	}
	wantOnce(t, graph)
}

// A claim that another run has given up in the same moment.
func TestEachAndAClaimThatIsGivenUp(t *testing.T) {
	graph, store := &sendtest.Graph{PageID: page}, mailStore()
	f := &flaky{Store: store}
	once := true
	f.put = func(ctx context.Context, key string, r session.Record) (session.Record, error) {
		if once {
			once = false
			return session.Record{}, session.ErrConflict
		}
		return store.Put(ctx, key, r)
	}
	report, err := mailBot(t, f, graph).Each(t.Context(), slices.Values(listed(3)), bot.Mailing{
		Name: "autumn", Rate: -1, Parallel: 1, Message: send.Text("Hi"),
	})
	if err != nil || report != (bot.MailingReport{Sent: 2, Unsure: 1}) {
		t.Errorf("report %+v, %v", report, err)
	}
}

// Who was refused was refused, also if the run ends meanwhile.
func TestEachRefusedAsItEnds(t *testing.T) {
	graph, store := &sendtest.Graph{PageID: page}, mailStore()
	ctx, stop := context.WithCancel(t.Context())
	b := mailBot(t, store, graph, func(cfg *bot.Config) {
		cfg.Outgoing = append(cfg.Outgoing, func(send.Handler) send.Handler {
			return func(context.Context, *send.Outgoing) error {
				stop()
				return &send.Error{Status: 400, Code: 100}
			}
		})
	})
	report, err := b.Each(ctx, slices.Values(listed(2)), bot.Mailing{
		Name: "autumn", Rate: -1, Parallel: 1, Message: send.Text("Hi"),
	})
	if !errors.Is(err, context.Canceled) || report != (bot.MailingReport{Refused: 1, Left: 1}) {
		t.Errorf("report %+v, %v", report, err)
	}
}

// A Graph API that answers nobody ends the run, before nobody can be written to any more.
func TestEachWithoutAnyAnswer(t *testing.T) {
	graph, store := &sendtest.Graph{PageID: page}, mailStore()
	b := mailBot(t, store, graph, func(cfg *bot.Config) {
		cfg.Outgoing = append(cfg.Outgoing, func(send.Handler) send.Handler {
			return func(context.Context, *send.Outgoing) error { return send.ErrUnsure }
		})
	})
	mailing := bot.Mailing{Name: "autumn", Rate: -1, Message: send.Text("Hi")}
	report, err := b.Each(t.Context(), slices.Values(listed(200)), mailing)
	if !errors.Is(err, send.ErrUnsure) || report.Unsure < 25 || report.Unsure > 25+bot.DefaultMailingParallel {
		t.Errorf("report %+v, %v; want it to end after 25", report, err)
	}
	again, err := mailBot(t, store, graph).Each(t.Context(), slices.Values(listed(200)), mailing)
	if err != nil || again.Unsure != report.Unsure || again.Sent != report.Left {
		t.Errorf("taken up again: %+v, %v; want all but the unsure sent to", again, err)
	}
}
