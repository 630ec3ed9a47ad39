package durable

import (
	"encoding/json"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/parleybot/parley/bot"
)

// CauseCrash is the cause of a dead letter that was in hand whenever its process died.
const CauseCrash = "crash: the process died while it was handled"

// Inbox is the [bot.Inbox] of a [Backend]. It is safe for concurrent use.
type Inbox struct {
	js      jetstream.JetStream
	streams *streams
	names   names
	cfg     Config
	server  *embedded // nil: it is somebody else's
	dead    *letters
	clock   *clock
	created atomic.Int64 // when the stream of the inbox was made, in nanoseconds since 1970

	publishing chan struct{}              // a slot for each Publish at work
	heard      func(metadata, mid string) // takes echoes; nil: nobody does
	consuming  sync.Mutex                 // held by Consume
	share      atomic.Int64               // how many partitions it has
}

func newInbox(
	js jetstream.JetStream, s *streams, n names, cfg Config, clock *clock, server *embedded,
) *Inbox {
	i := &Inbox{
		js: js, streams: s, names: n, cfg: cfg, server: server,
		dead: &letters{js: js, stream: s.letters, names: n}, clock: clock,
		publishing: make(chan struct{}, publishersMost),
	}
	i.created.Store(s.inbox.CachedInfo().Created.UnixNano())
	return i
}

// Promise says what an acknowledgement means.
func (i *Inbox) Promise() string {
	switch {
	case i.server == nil:
		return "events are kept by the NATS server, as it is configured, until they are handled"
	case i.cfg.Unsynced:
		return "events are kept in a directory until they are handled; " +
			"a loss of power may take the last two minutes"
	}
	return "events are on the disk until they are handled"
}

// Redelivers reports true: what was in hand at a crash is handed out again.
func (*Inbox) Redelivers() bool { return true }

// DeadLetters returns the events that were given up.
func (i *Inbox) DeadLetters() bot.DeadLetters { return i.dead }

// Heed makes now the clock, unless Config.Now is one, and reports whether it was not.
func (i *Inbox) Heed(now func() time.Time) bool { return i.clock.heed(now) }

// Share returns how many partitions this instance has at the moment: all of them together have
// Config.Partitions.
func (i *Inbox) Share() int { return int(i.share.Load()) }

// Parallel returns how many people this instance serves at the same time.
func (i *Inbox) Parallel() int { return i.cfg.Parallel }

// echo is what one instance tells the others of a message that Meta has accepted.
type echo struct {
	Metadata string `json:"metadata"`
	Mid      string `json:"mid"`
}

// ShareEcho tells the other instances of an echo: that the message with this metadata has gone out as mid. It
// promises nothing: who does not listen does not hear.
func (i *Inbox) ShareEcho(metadata, mid string) {
	told, err := json.Marshal(echo{Metadata: metadata, Mid: mid})
	if err == nil {
		err = i.js.Conn().Publish(i.names.echo(), told)
	}
	if err != nil {
		i.cfg.Log.Warn().Err(err).Msg("durable: the other instances cannot be told of an echo")
	}
}

// HearEchoes calls heard with the echoes that the other instances tell of, until the backend is closed, and
// with those that instances before this one have stored and not handled. It is called once, before Consume.
func (i *Inbox) HearEchoes(heard func(metadata, mid string)) {
	i.heard = heard
	_, err := i.js.Conn().Subscribe(i.names.echo(), func(m *nats.Msg) {
		var e echo
		if json.Unmarshal(m.Data, &e) == nil {
			heard(e.Metadata, e.Mid)
		}
	})
	if err != nil {
		i.cfg.Log.Warn().Err(err).Msg("durable: the echoes of other instances cannot be heard")
	}
}
