package bot_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/send/sendtest"
	"github.com/parleybot/parley/session"
)

// listed returns n people.
func listed(n int) []send.PSID {
	people := make([]send.PSID, n)
	for i := range people {
		people[i] = send.PSID(fmt.Sprintf("72%014d", i))
	}
	return people
}

// mailBot returns a bot that is not served, with its store and the fake Graph API.
func mailBot(t *testing.T, store session.Store, graph *sendtest.Graph, adjust ...func(*bot.Config)) *bot.Bot {
	t.Helper()
	now := newClock().Now
	if graph.Now == nil {
		graph.Now = now
	}
	cfg := bot.Config{
		Token: "token", AppSecrets: []string{secret}, VerifyToken: "verify", PageID: page, Rate: -1,
		HTTP: graph.Client(), Now: now, Store: store,
		Wait: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	}
	for _, change := range adjust {
		change(&cfg)
	}
	b, err := bot.New(cfg, silent)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func mailStore() *session.Memory {
	return session.NewMemory(session.MemoryConfig{Now: newClock().Now})
}

// writes stores what is known of a person.
func writes(t *testing.T, store session.Store, who send.PSID, change func(p *session.Person)) {
	t.Helper()
	now := newClock().Now()
	p, err := session.Load(t.Context(), store, page+"."+string(who), now)
	if err != nil {
		t.Fatal(err)
	}
	change(p)
	if err := p.Save(t.Context(), store, now, time.Hour); err != nil {
		t.Fatal(err)
	}
}

// received counts the messages that Meta has accepted, by person.
func received(t *testing.T, graph *sendtest.Graph) map[string]int {
	t.Helper()
	counts := make(map[string]int)
	for _, call := range graph.Calls() {
		if call.MessageID != "" {
			to := decoded[struct{ Recipient struct{ ID string } }](t, call.Params)
			counts[to.Recipient.ID]++
		}
	}
	return counts
}

// wantOnce reports people with more than one message.
func wantOnce(t *testing.T, graph *sendtest.Graph) {
	t.Helper()
	for who, n := range received(t, graph) {
		if n != 1 {
			t.Errorf("%s got %d messages", who, n)
		}
	}
}

// A thousand people, each judged by themselves.
func TestEachOfAThousand(t *testing.T) {
	now := newClock().Now()
	graph, store := &sendtest.Graph{PageID: page}, mailStore()
	people := listed(1000)
	want := make(map[send.PSID]bot.MailOutcome)
	for i, who := range people {
		window := now.Add(-time.Hour)
		if i%5 == 1 {
			window = now.Add(-25 * time.Hour)
		}
		writes(t, store, who, func(p *session.Person) {
			p.Window.Opened = window
			switch i % 5 {
			case 1:
				want[who] = bot.MailOutsideWindow
			case 2:
				p.Unreachable = session.Unreachable{Since: now.Add(-time.Minute), Code: 551}
				want[who] = bot.MailUnreachable
			case 3:
				p.Owner, p.OwnerSince = inboxApp, now.Add(-time.Minute)
				want[who] = bot.MailNotOwner
			case 4:
				if i%2 == 0 {
					want[who] = bot.MailRefused
				}
			}
		})
	}
	var refused []string
	b := mailBot(t, store, graph, func(cfg *bot.Config) {
		cfg.Outgoing = append(cfg.Outgoing, func(next send.Handler) send.Handler {
			return func(ctx context.Context, call *send.Outgoing) error {
				if want[call.Request.To.ID] == bot.MailRefused {
					return &send.Error{Status: 400, Code: 100, Message: "No"}
				}
				return next(ctx, call)
			}
		})
	})
	got := make(map[send.PSID]bot.MailOutcome)
	report, err := b.Each(t.Context(), slices.Values(people), bot.Mailing{
		Name: "autumn", Rate: -1,
		Compose: func(to *bot.Thread) (send.Message, error) { return send.Text("Dear " + string(to.PSID())), nil },
		Told: func(m bot.Mailed) {
			got[m.Person] = m.Outcome
			if (m.Err == nil) != (m.Outcome == bot.MailSent) || (m.Receipt.MessageID != "") != (m.Err == nil) {
				refused = append(refused, fmt.Sprintf("%v: %v, %+v", m.Outcome, m.Err, m.Receipt))
			}
		},
	})
	if err != nil || len(refused) > 0 {
		t.Fatal(err, refused)
	}
	for _, who := range people {
		if got[who] != want[who] {
			t.Errorf("%s: %v, want %v", who, got[who], want[who])
		}
	}
	counts := bot.MailingReport{Sent: 300, OutsideWindow: 200, Unreachable: 200, NotOwner: 200, Refused: 100}
	if report != counts || report.Total() != 1000 || len(received(t, graph)) != 300 {
		t.Errorf("report %+v with %d messages, want %+v", report, len(received(t, graph)), counts)
	}
	wantOnce(t, graph)

	again, err := b.Each(t.Context(), slices.Values(people), bot.Mailing{Name: "autumn", Rate: -1, Message: send.Text("Hi")})
	counts.Sent, counts.Already = 0, 300
	if err != nil || again != counts {
		t.Errorf("again: %+v, %v; want %+v", again, err, counts)
	}
	other, err := b.Each(t.Context(), slices.Values(people[:1]), bot.Mailing{Name: "winter", Rate: -1, Message: send.Text("Hi")})
	if err != nil || other.Sent != 1 {
		t.Errorf("another name: %+v, %v; want it sent", other, err)
	}
}

// Interrupted at any point, by the end of its context or of its process, and taken up again, a mailing reaches
// everybody but those who were in hand, and nobody twice.
func TestEachIsInterruptedAnywhere(t *testing.T) {
	const people = 12
	for crashed, at := range map[string]int{"before the call": 0, "after the call": 1} {
		for n := range people {
			t.Run(fmt.Sprintf("%s %d", crashed, n), func(t *testing.T) {
				graph, store := &sendtest.Graph{PageID: page}, mailStore()
				crash := &crashing{Store: store}
				ctx, stop := context.WithCancelCause(t.Context())
				calls := 0
				b := mailBot(t, crash, graph, func(cfg *bot.Config) {
					cfg.Outgoing = append(cfg.Outgoing, func(next send.Handler) send.Handler {
						return func(ctx context.Context, call *send.Outgoing) error {
							calls++
							if calls != n+1 {
								return next(ctx, call)
							}
							crash.gone(true)
							stop(errors.New("crashed"))
							if at == 0 {
								return context.Canceled
							}
							return next(ctx, call)
						}
					})
				})
				mailing := bot.Mailing{Name: "autumn", Rate: -1, Parallel: 1, Message: send.Text("Hi")}
				report, err := b.Each(ctx, slices.Values(listed(people)), mailing)
				left := report.Left > 0
				if (err != nil) != left || report.Total() != people {
					t.Errorf("report %+v, %v", report, err)
				}
				crash.gone(false)
				second, err := mailBot(t, crash, graph).Each(t.Context(), slices.Values(listed(people)), mailing)
				if err != nil || second.Unsure != 1 || second.Already != n || second.Sent != people-n-1 {
					t.Errorf("second run %+v, %v; want %d already, one unsure, the rest sent", second, err, n)
				}
				wantOnce(t, graph)
				if got := len(received(t, graph)); got != people-1+at {
					t.Errorf("%d messages, want %d", got, people-1+at)
				}
			})
		}
	}
}

// crashing is a store that nothing reaches any more once the process is gone.
type crashing struct {
	session.Store
	mu   sync.Mutex
	dead bool
}

func (c *crashing) gone(dead bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.dead = dead
}

func (c *crashing) broken() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.dead {
		return errors.New("no store")
	}
	return nil
}

func (c *crashing) Get(ctx context.Context, key string) (session.Record, error) {
	if err := c.broken(); err != nil {
		return session.Record{}, err
	}
	return c.Store.Get(ctx, key)
}

func (c *crashing) Put(ctx context.Context, key string, r session.Record) (session.Record, error) {
	if err := c.broken(); err != nil {
		return session.Record{}, err
	}
	return c.Store.Put(ctx, key, r)
}

func (c *crashing) Delete(ctx context.Context, key string) error {
	if err := c.broken(); err != nil {
		return err
	}
	return c.Store.Delete(ctx, key)
}

// A run whose context ends in order leaves nobody in hand: the second one reaches all the others.
func TestEachEndsWithItsContext(t *testing.T) {
	graph, store := &sendtest.Graph{PageID: page}, mailStore()
	b := mailBot(t, store, graph)
	ctx, stop := context.WithCancelCause(t.Context())
	cause := errors.New("enough")
	told := 0
	mailing := bot.Mailing{Name: "autumn", Rate: -1, Message: send.Text("Hi"), Told: func(bot.Mailed) {
		if told++; told == 100 {
			stop(cause)
		}
	}}
	people := listed(1000)
	first, err := b.Each(ctx, slices.Values(people), mailing)
	if !errors.Is(err, cause) || first.Total() != 1000 || first.Left == 0 || first.Unsure > 0 {
		t.Fatalf("first run %+v, %v", first, err)
	}
	second, err := b.Each(t.Context(), slices.Values(people), mailing)
	if err != nil || second.Already != first.Sent || second.Sent != first.Left {
		t.Errorf("second run %+v, %v; want what the first has left: %+v", second, err, first)
	}
	wantOnce(t, graph)
	if got := len(received(t, graph)); got != 1000 {
		t.Errorf("%d people got a message, want 1000", got)
	}
}

// Two runs at once, and somebody who is listed twice.
func TestEachTwiceAtOnce(t *testing.T) {
	graph, store := &sendtest.Graph{PageID: page}, mailStore()
	people := listed(300)
	twice := append(slices.Clone(people), people...)
	var runs sync.WaitGroup
	reports := make([]bot.MailingReport, 2)
	for i := range reports {
		b := mailBot(t, store, graph)
		runs.Go(func() {
			var err error
			reports[i], err = b.Each(t.Context(), slices.Values(twice), bot.Mailing{
				Name: "autumn", Rate: -1, Message: send.Text("Hi"),
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	runs.Wait()
	wantOnce(t, graph)
	sent := reports[0].Sent + reports[1].Sent
	if sent != 300 || len(received(t, graph)) != 300 {
		t.Errorf("%d sent, want 300: %+v", sent, reports)
	}
	for _, r := range reports {
		if r.Sent+r.Already+r.Unsure != 600 {
			t.Errorf("report %+v, want everybody sent to, by one or the other", r)
		}
	}
}
