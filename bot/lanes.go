package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// LanesConfig configures a [Lanes]. The zero value works.
type LanesConfig struct {
	// Parallel is how many people are served at the same time.
	//
	// Defaults to 64.
	Parallel int

	// Capacity is how many events are kept at most, those due later included.
	//
	// Defaults to 65,536.
	Capacity int

	// PerLane is how many events of one person are kept at most; what exceeds it becomes a dead letter.
	//
	// Defaults to 256.
	PerLane int

	// DeadLetters is how many dead letters are kept at most; the oldest go first.
	//
	// Defaults to 1,000.
	DeadLetters int

	// Now is the clock that events are due by.
	//
	// Defaults to time.Now.
	Now func() time.Time
}

// lookAtClock is how often a Lanes looks at its clock at least, because an injected clock may jump.
const lookAtClock = time.Second

// Lanes is the [Inbox] in memory: one lane for each person, in order, one event at a time. What it holds is lost when
// the process ends. It is safe for concurrent use.
type Lanes struct {
	cfg  LanesConfig
	dead *letters

	mu      sync.Mutex
	work    *sync.Cond       // signalled when a lane becomes ready, or the state of stopping changes
	lanes   map[string]*lane // those that hold something
	ready   laneQueue        // lanes whose head may be handed out
	due     schedule         // envelopes and lanes that wait for the clock
	kept    int              // envelopes held
	busy    int              // envelopes in hand
	left    int              // envelopes given up while stopping
	stop    bool
	idle    []chan struct{} // closed when nothing is ready or in hand
	sooner  chan struct{}   // tells the clock goroutine that the schedule changed
	running bool
}

// lane is the queue of one key.
type lane struct {
	key   string
	queue []*parcel
	held  int           // queue and schedule together
	hand  bool          // its head is in hand, or it is in ready
	newer chan struct{} // closed when a message arrives behind the head
}

// parcel is an envelope on its way.
type parcel struct {
	delivery Delivery
	lane     *lane
}

// NewLanes returns an empty inbox in memory. It starts no goroutine before Consume.
func NewLanes(cfg LanesConfig) *Lanes {
	setDefault(&cfg.Parallel, 64)
	setDefault(&cfg.Capacity, 1<<16)
	setDefault(&cfg.PerLane, 256)
	setDefault(&cfg.DeadLetters, 1000)
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	l := &Lanes{
		cfg: cfg, dead: newLetters(cfg.DeadLetters), lanes: make(map[string]*lane),
		sooner: make(chan struct{}, 1),
	}
	l.work = sync.NewCond(&l.mu)
	return l
}

// Promise says that events are in memory only.
func (*Lanes) Promise() string {
	return "events are kept in memory until they are handled, and lost if the process ends before"
}

// Redelivers reports false: nothing survives a crash.
func (*Lanes) Redelivers() bool { return false }

// DeadLetters returns the dead letters, which are in memory too.
func (l *Lanes) DeadLetters() DeadLetters { return l.dead }

// Publish keeps the batch, or returns [ErrInboxFull] and keeps nothing.
func (l *Lanes) Publish(_ context.Context, batch []Envelope) error {
	now := l.cfg.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.kept+len(batch) > l.cfg.Capacity {
		return ErrInboxFull
	}
	for i := range batch {
		l.add(&batch[i], now)
	}
	return nil
}

// add keeps one envelope.
func (l *Lanes) add(e *Envelope, now time.Time) {
	on := l.lanes[e.Key]
	if on == nil {
		on = &lane{key: e.Key}
		l.lanes[e.Key] = on
	}
	if on.held >= l.cfg.PerLane {
		l.dead.add(DeadLetter{Envelope: *e, Cause: CauseOverflow, Time: now})
		return
	}
	p := &parcel{delivery: Delivery{Envelope: *e, Attempt: 1}, lane: on}
	on.held++
	l.kept++
	if e.Due.After(now) {
		l.later(e.Due, p, on)
		return
	}
	l.append(p)
}

// append puts p at the end of its lane.
func (l *Lanes) append(p *parcel) {
	on := p.lane
	on.queue = append(on.queue, p)
	if on.newer != nil && isInput(p.delivery.ID) {
		close(on.newer)
		on.newer = nil
	}
	l.wake(on)
}

// isInput reports whether the event called id is something that the person said.
func isInput(id string) bool {
	return strings.HasPrefix(id, "message:") || strings.HasPrefix(id, "postback:")
}

// wake makes a lane ready that has something to hand out.
func (l *Lanes) wake(on *lane) {
	if on.hand || len(on.queue) == 0 {
		return
	}
	on.hand = true
	l.ready.push(on)
	l.work.Signal()
}

// later puts an envelope, or a lane whose head waits, on the schedule.
func (l *Lanes) later(at time.Time, p *parcel, on *lane) {
	if l.due.add(at, p, on) {
		select {
		case l.sooner <- struct{}{}:
		default:
		}
	}
}

// Consume hands out events until ctx ends and then what is due already, so that a graceful stop loses nothing that h can
// still handle. It may be called once.
func (l *Lanes) Consume(ctx context.Context, h func(context.Context, *Delivery) error) error {
	l.mu.Lock()
	if l.running {
		l.mu.Unlock()
		return fmt.Errorf("bot: lanes: Consume called twice")
	}
	l.running = true
	l.mu.Unlock()

	var workers, clock sync.WaitGroup
	base := context.WithoutCancel(ctx)
	for range l.cfg.Parallel {
		workers.Go(func() { l.worker(base, h) })
	}
	clock.Go(func() { l.followClock(ctx) })
	clock.Wait()

	l.mu.Lock()
	l.stop = true
	l.work.Broadcast()
	l.mu.Unlock()
	workers.Wait()

	l.mu.Lock()
	defer l.mu.Unlock()
	if left := l.left + l.kept; left > 0 {
		return fmt.Errorf("%w: %d", ErrLeft, left)
	}
	return nil
}

// worker hands out events, one at a time.
func (l *Lanes) worker(ctx context.Context, h func(context.Context, *Delivery) error) {
	for {
		p := l.next()
		if p == nil {
			return
		}
		err := h(ctx, &p.delivery)
		l.settle(p, err)
	}
}

// next takes the head of the next ready lane; nil: there is none and Consume has stopped.
func (l *Lanes) next() *parcel {
	l.mu.Lock()
	defer l.mu.Unlock()
	for l.ready.len() == 0 {
		if l.stop && l.busy == 0 {
			l.work.Broadcast()
			return nil
		}
		l.work.Wait()
	}
	on := l.ready.pop()
	p := on.queue[0]
	on.newer = make(chan struct{})
	p.delivery.Newer = on.newer
	if slices.ContainsFunc(on.queue[1:], func(q *parcel) bool { return isInput(q.delivery.ID) }) {
		close(on.newer)
		on.newer = nil
	}
	l.busy++
	return p
}

// settle decides what becomes of p after its handler returned err.
func (l *Lanes) settle(p *parcel, err error) {
	now := l.cfg.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.busy--
	on := p.lane
	on.hand, on.newer = false, nil
	retry, again := asRetry(err)
	switch {
	case again && !l.stop:
		p.delivery.Attempt++
		on.hand = true // until the clock says so, nothing of this lane is handed out
		l.later(retry.At, nil, on)
	case again, isReleased(err):
		if !l.stop {
			break // the head stays where it is
		}
		l.left++
		l.forget(p)
	case err != nil:
		l.dead.add(DeadLetter{
			Envelope: p.delivery.Envelope, Cause: err.Error(), Attempts: p.delivery.Attempt, Time: now,
		})
		l.forget(p)
	default:
		l.forget(p)
	}
	l.wake(on)
	if l.busy == 0 && l.ready.len() == 0 {
		l.becomeIdle()
	}
}

// forget takes p, the head of its lane, out of the inbox.
func (l *Lanes) forget(p *parcel) {
	on := p.lane
	on.queue[0] = nil
	on.queue = on.queue[1:]
	on.held--
	l.kept--
	if on.held == 0 {
		delete(l.lanes, on.key)
	}
}

// becomeIdle tells those who wait that nothing is ready or in hand.
func (l *Lanes) becomeIdle() {
	for _, waiting := range l.idle {
		close(waiting)
	}
	l.idle = nil
	if l.stop {
		l.work.Broadcast()
	}
}

// Settle returns when everything that is due by now is handled, or with ctx's error. It needs a running Consume.
func (l *Lanes) Settle(ctx context.Context) error {
	for {
		l.mu.Lock()
		l.moveDue()
		if l.busy == 0 && l.ready.len() == 0 {
			l.mu.Unlock()
			return nil
		}
		waiting := make(chan struct{})
		l.idle = append(l.idle, waiting)
		l.mu.Unlock()
		select {
		case <-waiting:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
