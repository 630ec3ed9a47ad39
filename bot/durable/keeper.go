package durable

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// keeper sees to it that this instance has its share of the partitions: it tells the others that it is alive,
// takes what nobody has, and gives back what it has too much.
type keeper struct {
	inbox   *Inbox
	id      string
	lease   *lease
	begin   func(h *holding) // starts reading a partition
	holding context.Context  //nolint:containedctx // of all holdings
	share   int              // how many partitions it is to have

	mu     sync.Mutex
	mine   map[int]*holding
	ending bool // nothing more is taken
	handed sync.WaitGroup
}

func newKeeper(ctx context.Context, i *Inbox, id string, begin func(h *holding)) *keeper {
	k := &keeper{inbox: i, id: id, begin: begin, holding: ctx, mine: make(map[int]*holding)}
	k.lease = newLease(func() { k.loseAll(errLapsed) })
	return k
}

// run keeps the share of this instance until ctx ends, and takes nothing new once stopping has ended. The
// claims are given back by then: see giveAllBack.
func (k *keeper) run(ctx, stopping context.Context) {
	var owned sync.WaitGroup
	defer owned.Wait()
	heard := make(chan jetstream.Msg, 64)
	rewatch := make(chan struct{}, 1)
	owned.Go(func() { k.keepWatching(ctx, heard, rewatch) })
	owned.Go(func() { k.keepSigning(ctx) })

	v, began := newView(k.id, k.inbox.cfg.Pin, k.alone()), time.Now()
	ticker := time.NewTicker(signPause(k.inbox.cfg.Pin) / 2)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case m := <-heard:
			if m == nil { // what follows is of a new watch
				v = newView(k.id, k.inbox.cfg.Pin, k.alone())
				continue
			}
			if about, err := m.Metadata(); err == nil {
				v.learn(m.Subject(), m.Data(), about.Sequence.Stream, about.Timestamp, time.Now())
			}
			if len(heard) > 0 {
				continue
			}
		case <-ticker.C:
		}
		now := time.Now()
		switch {
		case v.synced(now):
			began = now
		case now.Sub(began) > k.inbox.cfg.Pin: // signs are given and not seen: the stream may be another one
			began = now
			poke(rewatch)
		}
		k.inbox.share.Store(int64(k.held()))
		if stopping.Err() == nil && v.synced(now) && !k.lease.lapsed() {
			v.prune(now)
			k.balance(v, now)
		}
	}
}

// alone reports whether there can be no other instance: one process at a time has a directory. Nobody can
// take it for dead then, however long the disk takes.
func (k *keeper) alone() bool { return k.inbox.server != nil }

// poke fills a channel that holds one, unless it is full.
func poke(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// keepWatching watches the claims until ctx ends, and anew when the watch fails or rewatch says so. Before
// what each watch hears it sends nil.
func (k *keeper) keepWatching(ctx context.Context, heard chan<- jetstream.Msg, rewatch <-chan struct{}) {
	for ctx.Err() == nil {
		select {
		case heard <- nil:
		case <-ctx.Done():
			return
		}
		watching, stop := context.WithCancel(ctx)
		ended := make(chan error, 1)
		go func() { ended <- k.inbox.watch(watching, heard) }()
		select {
		case err := <-ended:
			if err != nil && ctx.Err() == nil {
				k.inbox.cfg.Log.Warn().Err(err).Msg("durable: the claims cannot be watched: tried again")
			}
			stop()
		case <-rewatch:
			stop()
			if err := <-ended; err != nil {
				k.inbox.cfg.Log.Debug().Err(err).Msg("durable: the claims are watched anew")
			}
		}
		pause(ctx, longestPause/4)
	}
}

// leaseShare is the part of the pin time after which an instance that could not give a sign takes itself for
// dead, well before the others do; who is alone takes itself for alive forEver.
const (
	leaseShare = 0.7
	forEver    = 100 * 365 * 24 * time.Hour
)

// signPause is how long an instance waits between its signs of life: so short that others miss it within Pin
// and a second, as it counts twice for them, once before the last sign and once before their own.
func signPause(pin time.Duration) time.Duration { return min(pin/10, 400*time.Millisecond) }

// keepSigning gives signs of life until ctx ends. The lease counts from before the sign was given: the others
// count from when it was stored.
func (k *keeper) keepSigning(ctx context.Context) {
	defer k.lease.stop()
	ticker := time.NewTicker(signPause(k.inbox.cfg.Pin))
	defer ticker.Stop()
	for failing := false; ; {
		before := time.Now()
		err := k.inbox.sign(ctx, k.id, member{}, k.alone())
		switch {
		case err == nil && k.alone():
			k.lease.renew(before.Add(forEver))
			<-ctx.Done()
		case err == nil:
			k.lease.renew(before.Add(time.Duration(leaseShare * float64(k.inbox.cfg.Pin))))
		case ctx.Err() == nil && !failing: // once for each time that the server is away
			k.inbox.cfg.Log.Warn().Err(err).Msg("durable: no sign of life could be stored: tried again")
		}
		failing = err != nil
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// balance takes partitions or gives some back, so that this instance has its share.
func (k *keeper) balance(v *view, now time.Time) {
	alive := v.alive(now)
	share := quota(k.inbox.cfg.Partitions, alive, k.id)
	if share != k.share {
		k.share = share
		k.inbox.cfg.Log.Info().Int("partitions", share).Int("instances", len(alive)).
			Msg("durable: the share of this instance")
	}
	k.dropLost()
	mine := k.held()
	if mine > share {
		k.giveBack(mine - share)
		return
	}
	for _, p := range v.free(k.inbox.cfg.Partitions, k.has, now) {
		before := v.claims[p]
		switch {
		case mine < share:
			mine++
			k.take(p, before, before.Owner != "" && before.Owner != k.id)
		case before.Owner == k.id:
			k.disown(p, before)
		}
	}
}

// disown gives up the claim on a partition that this instance has lost, or could not write that it gives it
// back. The others leave it alone as long as this instance is alive.
func (k *keeper) disown(partition int, before storedClaim) {
	next := before.taken("", before.Stream, false)
	if _, err := k.inbox.putClaim(k.holding, partition, &next, before.revision); err != nil {
		k.inbox.cfg.Log.Debug().Err(err).Int("partition", partition).
			Msg("durable: a claim is not given up yet")
	}
}

// has reports whether this instance has a partition, or is giving it back.
func (k *keeper) has(partition int) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.mine[partition] != nil
}

// held returns how many partitions this instance has, without those that it gives back.
func (k *keeper) held() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	n := 0
	for _, h := range k.mine {
		if !h.isLeaving() {
			n++
		}
	}
	return n
}

// dropLost forgets the holdings that have ended.
func (k *keeper) dropLost() {
	k.mu.Lock()
	defer k.mu.Unlock()
	for p, h := range k.mine {
		if h.isLost() {
			h.end(errLapsed)
			delete(k.mine, p)
		}
	}
}

// die ends the lease, and all holdings with it.
func (k *keeper) die() {
	k.lease.stop()
	k.loseAll(errClosed)
}

// loseAll ends all holdings: with errLapsed this instance may be taken for dead.
func (k *keeper) loseAll(cause error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.mine) > 0 && errors.Is(cause, errLapsed) {
		k.inbox.cfg.Log.Warn().Int("partitions", len(k.mine)).
			Msg("durable: the server was not heard of for too long: the partitions are given up")
	}
	for p, h := range k.mine {
		h.end(cause)
		delete(k.mine, p)
	}
}

// take takes a partition, crashed if its owner died.
func (k *keeper) take(partition int, before storedClaim, crashed bool) {
	next := before.taken(k.id, k.inbox.created.Load(), crashed)
	revision, err := k.inbox.putClaim(k.holding, partition, &next, before.revision)
	if err != nil { // somebody else was faster, or the server does not answer: the view will tell
		return
	}
	ctx, end := context.WithCancelCause(k.holding)
	h := &holding{
		inbox: k.inbox, partition: partition, ctx: held{ctx, k.lease}, end: end,
		window: make(chan struct{}, k.inbox.cfg.Ahead), idle: make(chan struct{}), claim: next,
		revision: revision, begun: time.Now(),
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.ending || k.lease.lapsed() {
		end(errLapsed)
		return
	}
	k.mine[partition] = h
	k.begin(h)
}

// giveBack gives n partitions back, once what is in hand of them is settled.
func (k *keeper) giveBack(n int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for p := k.inbox.cfg.Partitions - 1; p >= 0 && n > 0 && !k.ending; p-- {
		if h := k.mine[p]; h != nil && !h.isLeaving() {
			n--
			k.release(h)
		}
	}
}

// release gives a partition back, in a goroutine of its own. The caller holds mu.
func (k *keeper) release(h *holding) {
	idle := h.leave()
	k.handed.Go(func() {
		select {
		case <-idle:
			k.writeRelease(h)
		case <-h.ctx.Done():
		}
		k.mu.Lock()
		defer k.mu.Unlock()
		if k.mine[h.partition] == h {
			delete(k.mine, h.partition)
		}
	})
}

// releases is how often it is tried to give a partition back.
const releases = 2

// writeRelease writes that nobody has a partition any more.
func (k *keeper) writeRelease(h *holding) {
	h.claiming.Lock()
	defer h.claiming.Unlock()
	h.end(errLeaving) // what is written now is the last
	released := h.claim.released()
	var err error
	for range releases {
		_, err = k.inbox.putClaim(k.holding, h.partition, &released, h.revision)
		if err == nil || errors.Is(err, errClaimTaken) { // or an answer got lost, and nobody has it
			return
		}
	}
	if err != nil {
		k.inbox.cfg.Log.Warn().Err(err).Int("partition", h.partition).
			Msg("durable: a partition could not be given back")
	}
}

// giveAllBack gives all partitions back once nothing is in hand, and waits for it.
func (k *keeper) giveAllBack() {
	k.mu.Lock()
	k.ending = true
	for _, h := range k.mine {
		if !h.isLeaving() {
			k.release(h)
		}
	}
	k.mu.Unlock()
	k.handed.Wait()
}

// sayLeft tells the others that this instance has left. It comes after its last sign of life, which would
// revive it.
func (k *keeper) sayLeft(ctx context.Context) {
	if err := k.inbox.sign(ctx, k.id, member{Left: true}, false); err != nil {
		k.inbox.cfg.Log.Warn().Err(err).Msg("durable: the others could not be told that this instance leaves")
	}
}
