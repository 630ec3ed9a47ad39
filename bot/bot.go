package bot

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/session"
	"github.com/parleybot/parley/webhook"
)

// maxPeopleWithWindow is how many people's newest windows are in memory.
const maxPeopleWithWindow = 100_000

// Bot receives events, hands each to its handler, and sends the answers. It is safe for concurrent use.
type Bot struct {
	cfg       Config
	handler   Handler
	inspector Inspector // nil: the handler does not tell
	windows   *session.Windows
	log       zerolog.Logger

	unreachables *session.Unreachables // those whom no record tells of yet
	owners       *session.Owners       // of threads, likewise
	uploads      *send.Uploads
	names        names         // of personas and labels, with their IDs
	newProfiles  chan struct{} // filled when there may be profiles to see to

	setup    atomic.Pointer[setup]
	changing sync.Mutex   // held by who replaces setup
	waiting  atomic.Int64 // handlers, for limits of Meta's
	nowhere  *account     // of events that name no Page; its client makes no call
	http     send.Doer    // of all clients, so that they share their connections
	hashKey  []byte
	serving  atomic.Bool
	warned   atomic.Bool // that a mailing is remembered in memory only
	unknown  sync.Map    // IDs of Pages that nobody configured and that were logged

	runs *runs

	simulated *simulated // nil: there is none
	inTime    bool       // the inbox wakes by Config.Now

	counts counts

	ledgers *ledgers // of events that are to be handed out again
	echoes  *echoes  // of the bot's own messages; nil: nobody asks for them
}

// New returns a bot that answers with h. It makes no call. The error names everything that is wrong with cfg,
// or what h finds wrong with itself, if it has a method Check() error, as a router does.
func New(cfg Config, h Handler) (*Bot, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	if h == nil {
		return nil, errors.New("bot: no handler")
	}
	if checked, ok := h.(interface{ Check() error }); ok {
		if err := checked.Check(); err != nil {
			return nil, fmt.Errorf("bot: %w", err)
		}
	}
	simulated := cfg.simulate()
	cfg = cfg.withDefaults()
	b := &Bot{
		simulated: simulated,
		cfg:       cfg, handler: h, windows: session.NewWindows(maxPeopleWithWindow), log: cfg.Log,
		unreachables: session.NewUnreachables(session.DefaultUnreachables),
		owners:       session.NewOwners(session.DefaultOwners),
		uploads:      send.NewUploads(assets{cfg.Store}),
		newProfiles:  make(chan struct{}, 1),
		ledgers:      newLedgers(),
	}
	if cfg.Inbox == nil {
		b.cfg.Inbox = NewLanes(LanesConfig{Parallel: cfg.Lanes, Overflowed: b.overflowed})
	}
	if inbox, ok := b.cfg.Inbox.(interface {
		Heed(now func() time.Time) bool
	}); ok {
		b.inTime = inbox.Heed(cfg.Now)
	}
	b.hearEchoes()
	b.inspector, _ = h.(Inspector)
	b.runs = newRuns(cfg.Timeout)
	if err := b.firstSetup(); err != nil {
		return nil, fmt.Errorf("bot: %w", err)
	}
	return b, nil
}

// overflowed logs an event that found its lane full.
func (b *Bot) overflowed(d DeadLetter) {
	b.counts.buried.Add(1)
	b.log.Error().Str("event", b.nameOf(d.ID, d.event)).Str("cause", d.Cause).
		Msg("event becomes a dead letter")
}

// unknownPage logs, once for each Page, that its events are not ours.
func (b *Bot) unknownPage(page string) {
	b.counts.unknownPages.Add(1)
	if _, logged := b.unknown.LoadOrStore(page, true); !logged {
		b.log.Warn().Str("page", page).
			Msg("events of a Page nobody configured are dropped: " +
				"set PAGE_ID, INSTAGRAM_ID or Config.Pages, or call Bot.AddPage")
	}
}

// Accept puts events into the inbox: a Bot is the [webhook.Sink] of its receiver. Once [Bot.Serve] has ended
// it returns [ErrShutdown].
func (b *Bot) Accept(ctx context.Context, events []webhook.Event) error {
	if b.runs.over() {
		return ErrShutdown
	}
	batch := make([]Envelope, 0, len(events))
	for _, event := range events {
		b.hear(event)
		if b.inspector != nil && isReceipt(event) && !b.inspector.Wants(event.Kind()) {
			continue
		}
		envelope, err := b.envelope(event)
		if err != nil {
			return err
		}
		batch = append(batch, envelope)
	}
	if len(batch) == 0 {
		return nil
	}
	return b.publish(ctx, batch...)
}

// publish puts envelopes into the inbox.
func (b *Bot) publish(ctx context.Context, batch ...Envelope) error {
	if err := b.cfg.Inbox.Publish(ctx, batch); err != nil {
		return err
	}
	b.counts.accepted.Add(int64(len(batch)))
	return nil
}

// formatVersion is the version of what is in Envelope.Data.
const formatVersion = "1"

// header goes with every envelope. Nobody changes it.
var header = map[string]string{"version": formatVersion}

// envelope returns an event as the inbox stores it.
func (b *Bot) envelope(event webhook.Event) (Envelope, error) {
	from, id := event.From(), event.ID()
	lane := from.Lane()
	if lane == "" {
		lane = id
	}
	e := Envelope{ID: id, Key: laneKey(from.Page, lane), Header: header, event: event}
	if _, ours := b.cfg.Inbox.(*Lanes); ours {
		return e, nil
	}
	return e, e.encode()
}

// laneKey returns the key of a lane: of its envelopes and of its record.
func laneKey(page, lane string) string { return page + "." + lane }

// replayID returns the ID under which a dead letter is published once more.
func replayID(id string) string {
	if at := strings.LastIndexByte(id, '#'); at >= 0 {
		if n, err := strconv.Atoi(id[at+1:]); err == nil {
			return id[:at+1] + strconv.Itoa(n+1)
		}
	}
	return id + "#1"
}

// hash returns what stands for a person in the log.
func (b *Bot) hash(person send.PSID) string {
	if person == "" {
		return ""
	}
	mac := hmac.New(sha256.New, b.hashKey)
	mac.Write([]byte(person))
	return hex.EncodeToString(mac.Sum(nil)[:6])
}

// nameOf returns the ID of an event for the log: the IDs of receipts and reactions contain the person's.
func (b *Bot) nameOf(id string, event webhook.Event) string {
	if event == nil {
		return ""
	}
	person := event.From().Person
	if person == "" {
		return id
	}
	return strings.ReplaceAll(id, string(person), b.hash(person))
}
