package durable

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/webhook"
)

// item is a stored event that is in memory.
type item struct {
	holding     *holding
	sequence    uint64
	number      uint64 // of those put into the lanes: a sequence may be there twice, once for a lost holding
	kind        string
	envelope    bot.Envelope
	redelivered bool
	deferred    int // how often it was put off without having been tried
}

// mark tells a stored event from all others that are or were in the inbox.
func (it *item) mark() string {
	return strconv.FormatInt(it.holding.claim.Stream, 36) + "." + strconv.FormatUint(it.sequence, 10)
}

// read reads the events of a partition in the order in which they were stored, until its holding ends or
// leaves.
func (c *consumption) read(h *holding) {
	defer c.due.forget(h)
	last := uint64(0)
	for wait := firstPause; !h.isLeaving(); wait = min(2*wait, longestPause) {
		err := c.readFrom(h, &last)
		if h.isLeaving() {
			return
		}
		if err != nil {
			c.inbox.cfg.Log.Warn().Err(err).Int("partition", h.partition).
				Msg("durable: a partition cannot be read: tried again")
		}
		pause(h.ctx, wait)
	}
}

// readFrom reads what lies behind the sequence last, and moves it along.
func (c *consumption) readFrom(h *holding, last *uint64) error {
	cfg := jetstream.OrderedConsumerConfig{
		FilterSubjects: []string{h.inbox.names.events(h.partition)}, InactiveThreshold: forgottenConsumer,
		MaxResetAttempts: 1,
	}
	if *last > 0 {
		cfg.DeliverPolicy, cfg.OptStartSeq = jetstream.DeliverByStartSequencePolicy, *last+1
	}
	consumer, err := h.inbox.streams.inbox.OrderedConsumer(h.ctx, cfg)
	if err != nil {
		return err
	}
	return each(h.ctx, consumer, func(m jetstream.Msg) bool {
		about, err := m.Metadata()
		if err != nil {
			return true
		}
		first := *last == 0
		*last = about.Sequence.Stream
		c.reached(*last)
		early := about.Timestamp.Before(h.begun.Add(earlyEchoes))
		return c.admit(h, m, *last, first, early)
	})
}

// earlyEchoes is how long after a partition was taken the echoes in it may have come in elsewhere. It has
// some slack for the clocks of servers.
const earlyEchoes = 10 * time.Second

// tellOfEcho tells of an echo that is stored and not handled: a process that has died may have been the only
// one to hear it, and the message that it is of may be in hand again.
func (i *Inbox) tellOfEcho(e *bot.Envelope) {
	if i.heard == nil || !strings.HasPrefix(e.ID, "echo:") {
		return
	}
	event, err := webhook.DecodeStored(e.Data)
	if echo, ok := event.(*webhook.Echo); ok && err == nil {
		i.heard(echo.Metadata, echo.Mid)
	}
}

// admit takes one stored event into memory, once there is room for it: into its lane, or what is due later
// onto the schedule. It reports whether the partition goes on.
func (c *consumption) admit(h *holding, m jetstream.Msg, sequence uint64, first, early bool) bool {
	envelope, err := decode(m.Data())
	if err != nil {
		c.inbox.cfg.Log.Error().Err(err).Uint64("sequence", sequence).
			Msg("durable: a stored event is left where it is")
		return !h.isLeaving()
	}
	it := &item{holding: h, sequence: sequence, kind: kindOf(m.Subject()), envelope: envelope}
	it.redelivered = h.meet(it, first)
	if early {
		c.inbox.tellOfEcho(&envelope)
	}
	if it.kind == kindDue {
		it.envelope = bot.Envelope{Due: envelope.Due}
		c.due.add(it)
		return !h.isLeaving()
	}
	select {
	case h.window <- struct{}{}:
	case <-h.ctx.Done():
		return false
	case <-h.idle:
		return false
	}
	if h.isLeaving() {
		return false
	}
	c.enqueue(it)
	return true
}

// kindOf returns the kind of event that a subject is of.
func kindOf(subject string) string {
	rest, _ := cutLast(subject)
	_, kind := cutLast(rest)
	return kind
}

// reached notes the highest sequence that was read.
func (c *consumption) reached(sequence uint64) {
	for {
		before := c.highest.Load()
		if sequence <= before || c.highest.CompareAndSwap(before, sequence) {
			return
		}
	}
}

// lookPause is how long a stream that was made anew may go unnoticed.
const lookPause = 2 * time.Second

// keepLooking ends all holdings if the stream is not the one that was read any more, until ctx ends: after a
// backup is restored, or the stream made anew, its sequences begin where they have been before, and a reader
// that went on from where it was would pass over new events.
func (c *consumption) keepLooking(ctx context.Context) {
	gone := false
	for pause(ctx, lookPause) {
		asking, cancel := context.WithTimeout(ctx, claimTimeout)
		highest := c.highest.Load() // before the question: the stream only grows
		info, err := c.inbox.streams.inbox.Info(asking)
		cancel()
		if errors.Is(err, jetstream.ErrStreamNotFound) {
			gone = true
			c.inbox.cfg.Log.Error().
				Msg("durable: the stream of the inbox is gone: restore it, or start the bot anew")
			continue
		}
		if err != nil {
			continue
		}
		created := info.Created.UnixNano()
		if gone || created != c.inbox.created.Load() || info.State.LastSeq < highest {
			c.inbox.cfg.Log.Error().
				Msg("durable: the stream of the inbox is another one than before: it is read anew")
			c.inbox.created.Store(created)
			c.highest.Store(0)
			c.keeper.loseAll(errReplaced)
		}
		gone = false
	}
}
