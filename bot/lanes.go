package bot

import (
	"context"
	"errors"
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

	// PerLane is how many events of one person are kept at most, and as many that are due later, which do not
	// take the room of what the person says; what exceeds it becomes a dead letter.
	//
	// Defaults to 256.
	PerLane int

	// DeadLetters is how many dead letters are kept at most; the oldest go first.
	//
	// Defaults to 1,000.
	DeadLetters int

	// Overflowed, if set, is told of each event that found its lane full, so that it can be logged.
	Overflowed func(DeadLetter)

	// Now is the clock that events are due by.
	//
	// Defaults to that of the bot whose Config.Inbox it becomes, and to time.Now before.
	Now func() time.Time
}

// releasePause is how long an envelope that was handed back rests, by the machine's clock, before it is
// handed out again.
const releasePause = 100 * time.Millisecond

// Lanes is the [Inbox] in memory: one lane for each person, in order, one event at a time. What it holds is
// lost when the process ends. It is safe for concurrent use.
type Lanes struct {
	cfg  LanesConfig
	dead *letters

	mu        sync.Mutex
	rested    workers          // those who wait for a lane to become ready
	lanes     map[string]*lane // those that hold something
	ready     laneQueue        // lanes whose head may be handed out
	due       schedule         // what waits for the clock
	kept      int              // envelopes held
	busy      int              // envelopes in hand
	left      int              // envelopes given up while draining
	phase     phase
	idle      []chan struct{} // closed when nothing is ready or in hand
	clockless bool            // it was given no clock
	sooner    chan struct{}   // tells followClock that something is due before what it waits for
}

// phase is how far the one Consume has come.
type phase int

const (
	unserved  phase = iota // before Consume
	consuming              // until its ctx ends
	draining               // what is due is still handed out, and nothing waits for the clock any more
	ended                  // Consume has returned
)

// lane is the queue of one key.
type lane struct {
	key   string
	queue []*parcel     // what is due, in order
	held  int           // what is in the queue or due later
	later int           // what came to be due later
	taken bool          // its head is ready, in hand, or waits for its next try
	newer chan struct{} // closed when a message arrives behind what was handed out last; nil: one has
	next  *lane         // the one behind it in the laneQueue
}

// parcel is an envelope on its way.
type parcel struct {
	envelope Envelope
	attempt  int
	lane     *lane
	later    bool // it came to be due later
}

// NewLanes returns an empty inbox in memory. It starts no goroutine before Consume.
func NewLanes(cfg LanesConfig) *Lanes {
	setDefault(&cfg.Parallel, 64)
	setDefault(&cfg.Capacity, 1<<16)
	setDefault(&cfg.PerLane, 256)
	setDefault(&cfg.DeadLetters, 1000)
	l := &Lanes{
		cfg: cfg, dead: newLetters(cfg.DeadLetters), lanes: make(map[string]*lane),
		sooner: make(chan struct{}, 1), clockless: cfg.Now == nil,
	}
	if l.clockless {
		l.cfg.Now = time.Now
	}
	return l
}

// Promise says that events are in memory only.
func (*Lanes) Promise() string {
	return "events are kept in memory until they are handled, and lost if the process ends before"
}

// Redelivers reports false: nothing survives a crash.
func (*Lanes) Redelivers() bool { return false }

// Parallel returns how many people are served at the same time.
func (l *Lanes) Parallel() int { return l.cfg.Parallel }

// DeadLetters returns the dead letters, which are in memory too.
func (l *Lanes) DeadLetters() DeadLetters { return l.dead }

// Publish keeps the batch, or returns [ErrInboxFull] and keeps nothing. Once Consume has returned there is
// nobody left to handle events, and it returns an error.
func (l *Lanes) Publish(_ context.Context, batch []Envelope) error {
	surplus, err := l.keep(batch)
	for _, letter := range surplus {
		l.dead.add(letter)
		if l.cfg.Overflowed != nil {
			l.cfg.Overflowed(letter)
		}
	}
	return err
}

// keep takes the batch in and returns what found its lane full.
func (l *Lanes) keep(batch []Envelope) (surplus []DeadLetter, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.phase == ended {
		return nil, errors.New("bot: lanes: Publish after Consume has returned")
	}
	if l.kept+len(batch) > l.cfg.Capacity {
		return nil, ErrInboxFull
	}
	for i := range batch {
		if !l.add(&batch[i]) {
			letter := DeadLetter{Envelope: batch[i], Cause: CauseOverflow, Time: l.cfg.Now()}
			surplus = append(surplus, letter)
		}
	}
	return surplus, nil
}

// add keeps one envelope, unless its lane is full.
func (l *Lanes) add(e *Envelope) bool {
	on := l.lanes[e.Key]
	if on == nil {
		on = &lane{key: e.Key}
		l.lanes[e.Key] = on
	}
	later := !e.Due.IsZero() && e.Due.After(l.cfg.Now())
	if later && on.later >= l.cfg.PerLane || !later && on.held-on.later >= l.cfg.PerLane {
		return false
	}
	p := &parcel{envelope: *e, attempt: 1, lane: on, later: later}
	p.envelope.Data = slices.Clip(e.Data) // who appends to it does not write into what lies behind
	on.held++
	l.kept++
	if later {
		on.later++
		l.later(e.Due, p)
	} else {
		l.append(p)
	}
	return true
}

// append puts p at the end of its lane.
func (l *Lanes) append(p *parcel) {
	on := p.lane
	on.queue = append(on.queue, p)
	if on.newer != nil && p.isInput() {
		close(on.newer)
		on.newer = nil
	}
	if !on.taken {
		l.offer(on)
	}
}

// isInput reports whether p is something that the person said.
func (p *parcel) isInput() bool {
	return strings.HasPrefix(p.envelope.ID, "message:") || strings.HasPrefix(p.envelope.ID, "postback:")
}

// offer makes a lane ready if it has something to hand out.
func (l *Lanes) offer(on *lane) {
	on.taken = len(on.queue) > 0
	if on.taken {
		l.ready.push(on)
		l.rested.wakeOne()
	}
}

// Consume hands out events until ctx ends and then what is due already, so that a graceful stop loses nothing
// that h can still handle. From then on nothing waits: what is due later, wants another try or is handed back
// is given up, and Consume returns an [ErrLeft] that counts it. Consume may be called once.
//
// An event that h hands back, with [ErrReleased] or by the end of its goroutine, is handed out again a tenth
// of a second later, and counts as one of LanesConfig.Parallel until then.
func (l *Lanes) Consume(ctx context.Context, h func(context.Context, *Delivery) error) error {
	l.mu.Lock()
	first := l.phase == unserved
	if first {
		l.phase = consuming
	}
	l.mu.Unlock()
	if !first {
		return errors.New("bot: lanes: Consume called twice")
	}

	var workers sync.WaitGroup
	for range l.cfg.Parallel {
		workers.Go(func() { l.worker(ctx, h, &workers) })
	}
	l.followClock(ctx)
	l.drain()
	workers.Wait()

	l.mu.Lock()
	defer l.mu.Unlock()
	l.phase = ended
	if left := l.left + l.kept; left > 0 {
		return fmt.Errorf("%w: %d", ErrLeft, left)
	}
	return nil
}

// drain gives up what waits for the clock, and lets the workers end once there is nothing more to hand out.
func (l *Lanes) drain() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.moveDue()
	l.phase = draining
	for _, waiting := range l.due.items {
		l.left++
		if p := waiting.parcel; p.tried() {
			l.shift(p.lane)
			l.offer(p.lane)
		} else {
			l.forget(p)
		}
	}
	l.due = schedule{}
	l.rested.wakeAll()
}

// shift takes the head of a lane out of the inbox.
func (l *Lanes) shift(on *lane) {
	p := on.queue[0]
	on.queue[0] = nil
	on.queue = on.queue[1:]
	l.forget(p)
}

// forget gives room for one more envelope in the lane of p, and in the inbox.
func (l *Lanes) forget(p *parcel) {
	on := p.lane
	on.held--
	l.kept--
	if p.later {
		on.later--
	}
	if on.held == 0 {
		delete(l.lanes, on.key)
	}
}

// becomeIdle tells those who wait for it that nothing is ready or in hand.
func (l *Lanes) becomeIdle() {
	for _, waiting := range l.idle {
		close(waiting)
	}
	l.idle = nil
	if l.phase == draining {
		l.rested.wakeAll()
	}
}

// Settle returns when everything that is due by now is handled, what it publishes and what is tried again by
// now included, or with an error when ctx ends. It needs a running Consume.
func (l *Lanes) Settle(ctx context.Context) error {
	for {
		settled := l.settled()
		if settled == nil {
			return nil
		}
		select {
		case <-settled:
		case <-ctx.Done():
			return fmt.Errorf("bot: lanes: settle: %w", ctx.Err())
		}
	}
}

// settled returns nil if nothing is due or in hand, else a channel that closes when it is worth to ask again.
func (l *Lanes) settled() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.moveDue()
	if l.busy == 0 && l.ready.empty() {
		return nil
	}
	waiting := make(chan struct{})
	l.idle = append(l.idle, waiting)
	return waiting
}
