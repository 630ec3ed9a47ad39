package durable

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

var (
	errLapsed   = errors.New("durable: the claim on the partition has lapsed")
	errReplaced = errors.New("durable: the stream of the inbox is another one than before")
	errLeaving  = errors.New("durable: the partition goes to another instance")
)

// holding is a partition that this instance has, from when it took it until it gives it back or loses it.
type holding struct {
	inbox     *Inbox
	partition int
	ctx       context.Context //nolint:containedctx // ends with the holding
	end       context.CancelCauseFunc
	window    chan struct{} // a slot for each event in memory

	mu      sync.Mutex
	busy    int           // events in hand
	leaving bool          // nothing more is handed out
	idle    chan struct{} // closed when it is leaving and nothing is in hand

	claiming sync.Mutex // held while the claim is changed and written
	claim    claim
	revision uint64
	moved    time.Time // when the mark was moved last
	step     uint64    // how far ahead
	begun    time.Time // when it was taken
}

// held is the context of what a holding has in hand. A process that was frozen learns by the clock, before
// any goroutine of its own could tell it, that others have taken over.
type held struct {
	context.Context //nolint:containedctx // it is one

	lease *lease
}

// Err returns why the context has ended, or nil.
func (h held) Err() error {
	if err := h.Context.Err(); err != nil {
		return err
	}
	if h.lease.lapsed() {
		return context.Canceled
	}
	return nil
}

// enter takes an event in hand and reports whether that is still allowed.
func (h *holding) enter() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.leaving || h.ctx.Err() != nil {
		return false
	}
	h.busy++
	return true
}

// exit lays an event down.
func (h *holding) exit() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.busy--; h.busy == 0 && h.leaving {
		close(h.idle)
	}
}

// leave stops handing out, and returns a channel that closes when nothing is in hand.
func (h *holding) leave() <-chan struct{} {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.leaving {
		h.leaving = true
		if h.busy == 0 {
			close(h.idle)
		}
	}
	return h.idle
}

// isLost reports whether the holding has ended without having been given back.
func (h *holding) isLost() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return !h.leaving && h.ctx.Err() != nil
}

// isLeaving reports whether nothing more is handed out.
func (h *holding) isLeaving() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.leaving || h.ctx.Err() != nil
}

// How far the mark runs ahead: as far as gives about four writes a second, and no farther than farthestStep.
const (
	markPause    = 250 * time.Millisecond
	farthestStep = 1 << 14
)

// announce writes down that an event may be in hand, unless that is written already.
func (h *holding) announce(it *item) error {
	h.claiming.Lock()
	defer h.claiming.Unlock()
	if it.kind == kindNow && !h.claim.isSuspect(kindNow, it.sequence) {
		if it.sequence <= h.claim.Mark {
			return nil
		}
		now := time.Now()
		if now.Sub(h.moved) < markPause {
			h.step = min(max(1, h.step)*2, farthestStep)
		} else {
			h.step /= 2
		}
		h.moved = now
		h.claim.Mark = it.sequence + h.step
	} else {
		h.claim.hold(it.kind, it.sequence)
	}
	return h.writeClaim()
}

// try writes down that an event runs on trial, or, with zero, that none does any more. One that has outlived
// its trial is in hand no more: it is written down again before its next.
func (h *holding) try(sequence uint64) error {
	h.claiming.Lock()
	defer h.claiming.Unlock()
	h.claim.try(sequence)
	return h.writeClaim()
}

// forget forgets what is known of an event that is settled; the next write tells.
func (h *holding) forget(it *item) {
	if it.kind == kindNow && !it.redelivered {
		return
	}
	h.claiming.Lock()
	defer h.claiming.Unlock()
	h.claim.forget(it.sequence)
}

// strikes returns the strikes of an event.
func (h *holding) strikes(it *item) int {
	h.claiming.Lock()
	defer h.claiming.Unlock()
	return h.claim.strikes(it.kind, it.sequence)
}

// meet notes the first event that is stored, and reports whether one may have been in hand before this
// holding began.
func (h *holding) meet(it *item, first bool) bool {
	h.claiming.Lock()
	defer h.claiming.Unlock()
	if first {
		h.claim.prune(it.sequence)
	}
	return h.claim.isSuspect(it.kind, it.sequence)
}

// writeClaim writes the claim, as long as it is this holding's; if it is not any more, the holding ends. The
// caller holds claiming.
func (h *holding) writeClaim() error {
	for wait := firstPause; ; wait = min(2*wait, longestPause) {
		revision, err := h.inbox.putClaim(h.ctx, h.partition, &h.claim, h.revision)
		if err == nil {
			h.revision = revision
			return nil
		}
		if errors.Is(err, errClaimTaken) && h.isTaken() {
			h.end(errLapsed)
			return err
		}
		if !pause(h.ctx, wait) {
			return err
		}
	}
}

// isTaken reports whether the claim is somebody else's. If it is this holding's, and only an answer got lost,
// its revision is taken over.
func (h *holding) isTaken() bool {
	stored, revision, err := h.inbox.getClaim(h.ctx, h.partition)
	if err != nil || h.ctx.Err() != nil { // not known yet
		return false
	}
	if stored.Owner != h.claim.Owner {
		return true
	}
	h.revision = revision
	return false
}

// errClaimTaken says that somebody else has written the claim.
var errClaimTaken = errors.New("durable: the claim on the partition was taken")

// putClaim writes the claim on a partition if it is at revision, and returns its new one.
func (i *Inbox) putClaim(ctx context.Context, partition int, c *claim, revision uint64) (uint64, error) {
	ctx, cancel := context.WithTimeout(ctx, claimTimeout)
	defer cancel()
	m := &nats.Msg{Subject: i.names.claim(partition), Data: c.encode()}
	ack, err := i.js.PublishMsg(ctx, m, jetstream.WithExpectLastSequencePerSubject(revision))
	if isConflict(err) {
		return 0, errClaimTaken
	}
	if err != nil {
		return 0, err
	}
	return ack.Sequence, nil
}

// getClaim returns the claim on a partition and its revision; zero: there is none.
func (i *Inbox) getClaim(ctx context.Context, partition int) (claim, uint64, error) {
	ctx, cancel := context.WithTimeout(ctx, claimTimeout)
	defer cancel()
	m, err := i.streams.claims.GetLastMsgForSubject(ctx, i.names.claim(partition))
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return claim{}, 0, nil
	}
	if err != nil {
		return claim{}, 0, err
	}
	c, err := decodeClaim(m.Data)
	return c, m.Sequence, err
}

// The waits between tries of what must succeed in the end, and how long one try may take.
const (
	firstPause   = 20 * time.Millisecond
	longestPause = time.Second
	claimTimeout = 2 * time.Second
)

// pause waits for d and reports whether ctx is still alive.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}
