package send

import (
	"errors"
	"sync"
	"sync/atomic"
	"time"
)

// How long a circuit stays open before one call may try: for a token from a minute, twice as long each time;
// for a policy block a quarter of an hour.
//
// Meta gives no figures ("stop, alert"); these are our choice.
const (
	firstProbe   = time.Minute
	longestProbe = 15 * time.Minute
	blockedProbe = 15 * time.Minute
)

// nature is what a call does, as far as a circuit cares.
type nature uint8

const (
	messaging nature = iota // a message
	hinting                 // it changes something else: that it works does not show that messages do
	saving                  // it changes something, but to do it twice does no harm
	reading                 // it only asks
)

// repeatable reports whether a call may be made again after its answer was lost.
func (n nature) repeatable() bool { return n == saving || n == reading }

// circuit keeps the calls of a Page back while Meta refuses all of them.
type circuit struct {
	changed func(open bool, cause error)
	now     func() time.Time

	turn   atomic.Uint64 // counts openings and closings: an answer from before the last one says nothing new
	broken atomic.Bool   // is open, for those who need no more: a healthy Page's calls take no lock

	mu       sync.Mutex
	open     bool
	cause    *Error // why it is open, or last was
	next     time.Time
	interval time.Duration
	probing  bool
	told     bool // what changed heard last
	telling  bool
}

// ticket lets one try out.
type ticket struct {
	turn  uint64 // of the circuit
	probe bool
	stop  uint64 // of the throttle
}

// enter returns a ticket, or the error that opened the circuit. One ticket in each interval is a probe; it is
// taken only with claim.
func (c *circuit) enter(kind nature, claim bool) (ticket, error) {
	if turn := c.turn.Load(); !c.broken.Load() {
		return ticket{turn: turn}, nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	blocked := c.open && errors.Is(c.cause, ErrBlocked)
	switch {
	case !c.open, blocked && kind == reading:
		return ticket{turn: c.turn.Load()}, nil
	case c.probing, ahead(&c.next, c.now(), c.interval) > 0, blocked && kind != messaging:
		return ticket{}, c.cause.withoutCall()
	}
	c.probing = claim
	return ticket{turn: c.turn.Load(), probe: claim}, nil
}

// settle learns how the try with ticket t ended.
func (c *circuit) settle(t ticket, err error) {
	refused, _ := errors.AsType[*Error](err)
	if !t.probe && !refused.opens() {
		return
	}
	if c.learn(t, err, refused) {
		c.tell()
	}
}

// learn reports whether the circuit opened or closed.
func (c *circuit) learn(t ticket, err error, refused *Error) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if t.probe {
		c.probing = false
	}
	switch opens := refused.opens(); {
	case t.turn != c.turn.Load(), c.open && !t.probe:
		return false
	case opens && c.open:
		c.remember(refused, 2*c.interval)
		return false
	case opens:
		c.set(true)
		c.remember(refused, firstProbe)
		return true
	case c.overcome(err, refused):
		c.set(false)
		return true
	}
	c.next = c.now().Add(c.interval)
	return false
}

// set opens or closes the circuit. It needs the lock.
func (c *circuit) set(open bool) {
	c.open = open
	c.turn.Add(1)
	c.broken.Store(open)
}

// remember keeps why no call goes out, and until when.
func (c *circuit) remember(cause *Error, interval time.Duration) {
	if errors.Is(cause, ErrBlocked) {
		interval = blockedProbe
	}
	kept := *cause
	c.cause, c.interval = &kept, min(interval, longestProbe)
	c.next = c.now().Add(c.interval)
}

// overcome reports whether a probe that ended with err shows that what opened the circuit is over. Meta looks
// at the token first, so that any other refusal shows a good token; of a block only success shows the end.
func (c *circuit) overcome(err error, refused *Error) bool {
	if err == nil {
		return true
	}
	return errors.Is(c.cause, ErrUnauthorized) && refused != nil && refused.Code != 0 && !Retryable(refused)
}

// tell calls changed without the lock. Who comes while another does so leaves it to that one, which keeps the
// order.
func (c *circuit) tell() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.telling || c.changed == nil {
		return
	}
	c.telling = true
	defer func() { c.telling = false }()
	for c.told != c.open {
		c.told = c.open
		c.call(c.open, *c.cause)
	}
}

// call calls changed and takes the lock again, even if changed panics.
func (c *circuit) call(open bool, cause Error) {
	c.mu.Unlock()
	defer c.mu.Lock()
	c.changed(open, &cause)
}

// opens reports whether e, which may be nil, means that all calls of the Page will be refused: its token is
// no good, or Meta has stopped it for a violation of a policy.
func (e *Error) opens() bool {
	if e == nil || e.Transient {
		return false
	}
	x, _ := Explain(e.Code, e.Subcode)
	wide := x.Scope == ScopePage || x.Scope == ScopeApp
	return wide && (errors.Is(x.Class, ErrUnauthorized) || errors.Is(x.Class, ErrBlocked))
}

// withoutCall returns a copy of e for a call that was not made.
func (e *Error) withoutCall() *Error {
	kept := *e
	kept.NoCall = true
	return &kept
}
