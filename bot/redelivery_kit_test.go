package bot_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/send/sendtest"
	"github.com/parleybot/parley/session"
)

// redelivering is a durable inbox of several instances: it hands envelopes out as those of a process that has
// died, and shares echoes.
type redelivering struct {
	*durable
	claim func(context.Context) context.Context // nil: the claim lasts
	fresh bool                                  // the envelopes were never in hand
	since time.Time                             // when they came to this instance; zero: it does not tell

	mu     sync.Mutex
	shared []string
	heard  func(metadata, mid string)
}

func (r *redelivering) Consume(ctx context.Context, h func(context.Context, *bot.Delivery) error) error {
	return r.durable.Consume(ctx, func(ctx context.Context, d *bot.Delivery) error {
		if r.claim != nil {
			ctx = r.claim(ctx)
		}
		again := *d
		again.Redelivered, again.Since = !r.fresh, r.since
		return h(ctx, &again)
	})
}

func (r *redelivering) ShareEcho(metadata, mid string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.shared = append(r.shared, metadata+" "+mid)
}

func (r *redelivering) HearEchoes(heard func(metadata, mid string)) { r.heard = heard }

// redeliver gives a bot an inbox that hands envelopes out as those of a process that has died.
func redeliver(inbox **redelivering, adjust ...func(*redelivering)) func(*bot.Config) {
	return func(cfg *bot.Config) {
		*inbox = &redelivering{durable: &durable{Lanes: bot.NewLanes(bot.LanesConfig{Now: cfg.Now})}}
		for _, change := range adjust {
			change(*inbox)
		}
		cfg.Inbox, cfg.AppID = *inbox, sendtest.DefaultApp
	}
}

// serveRedelivered is serve with a redelivering inbox.
func serveRedelivered(
	t *testing.T, h bot.Handler, adjust ...func(*bot.Config),
) (*harness, *redelivering) {
	t.Helper()
	var inbox *redelivering
	s := serve(t, h, append([]func(*bot.Config){redeliver(&inbox)}, adjust...)...)
	s.lanes = inbox.Lanes
	return s, inbox
}

// subscribe has the Page's webhooks of some fields sent to the app.
func (s *harness) subscribe(fields ...string) {
	s.t.Helper()
	client, err := s.Client("")
	if err != nil {
		s.t.Fatal(err)
	}
	if err := client.Subscribe(s.t.Context(), fields...); err != nil {
		s.t.Fatal(err)
	}
}

// ownEcho returns the item of the echo of a message of the bot's own.
func ownEcho(at time.Time, metadata, mid string) string {
	return fmt.Sprintf(`{"sender":{"id":%q},"recipient":{"id":%q},"timestamp":%d,`+
		`"message":{"mid":%q,"is_echo":true,"app_id":%s,"metadata":%q,"text":"A"}}`,
		page, person, at.UnixMilli(), mid, sendtest.DefaultApp, metadata)
}

// metadataBefore returns the metadata that a handler gives the last of some messages in answer to m_1.
func metadataBefore(t *testing.T, texts ...string) string {
	t.Helper()
	var all []string
	t.Run("in the process that died", func(t *testing.T) {
		s, inbox := serveRedelivered(t, bot.HandlerFunc(func(c *bot.Context) error {
			for _, words := range texts {
				if err := c.Text(words); err != nil {
					return err
				}
			}
			return nil
		}))
		inbox.fresh = true
		s.say("m_1")
		for _, call := range s.graph.Calls() {
			all = append(all, metadataOf(t, call))
		}
	})
	if len(all) != len(texts) {
		t.Fatalf("%d messages, want %d", len(all), len(texts))
	}
	return all[len(all)-1]
}

// messages returns how many messages the Graph API has accepted.
func (s *harness) messages() int { return len(s.texts()) }

// lostClaim is the context of an inbox that has lost its claim, in a process that was frozen and has not been
// told: Err says so, and Done is open.
type lostClaim struct {
	context.Context
	lost *bool
}

func (l lostClaim) Err() error {
	if *l.lost {
		return context.Canceled
	}
	return l.Context.Err()
}

// deliverText sends a text and keeps the receipt.
func deliverText(c *bot.Context, words string, receipt *send.Receipt) (err error) {
	*receipt, err = c.Deliver(send.Text(words))
	return err
}

// storeAfterCrash returns the store of a process that has died in the handler of an event, after a message
// whose answer was lost. What the inbox had kept is in kept.
func storeAfterCrash(t *testing.T, at *clock, graph *sendtest.Graph, kept *[]bot.Envelope) session.Store {
	t.Helper()
	store := session.NewMemory(session.MemoryConfig{Now: at.Now})
	inbox := &durable{Lanes: bot.NewLanes(bot.LanesConfig{Now: at.Now})}
	reached := make(chan error, 1)
	b, err := bot.New(bot.Config{
		Token: "token", AppSecrets: []string{secret}, VerifyToken: "verify", PageID: page, Rate: -1,
		HTTP: graph.Client(), Now: at.Now, Store: store, Inbox: inbox, Drain: time.Millisecond,
	}, bot.HandlerFunc(func(c *bot.Context) error {
		err := answers(c)
		reached <- err
		<-c.Done() // as if the machine were switched off
		return err
	}))
	if err != nil {
		t.Fatal(err)
	}
	graph.FailWith(sendtest.Failure{Drop: true, Accept: true})
	accept(t, b, batch(at.Now(), "messaging", text(at.Now(), person, "m_1", "hi")))
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- b.Serve(ctx) }()
	if err := <-reached; !errors.Is(err, send.ErrUnsure) {
		t.Errorf("error %v, want ErrUnsure", err)
	}
	stop()
	if err := <-served; err != nil {
		t.Fatal(err)
	}
	*kept = inbox.kept
	return store
}
