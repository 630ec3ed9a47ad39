package inboxtest

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parleybot/parley/bot"
)

// Options are what a play wants of the inbox that is opened for it.
type Options struct {
	// Capacity is how many envelopes the inbox holds at most. Zero is any number from 2,000 on.
	Capacity int
	// PerLane is how many envelopes one lane holds at most. Zero is any number from 50 on.
	PerLane int
	// Now is the clock that RetryError.At and Envelope.Due are judged by. It stands still until the play
	// moves it, and is safe for concurrent use. The inbox looks at it at least once a second of the machine's
	// time.
	Now func() time.Time
}

// How far off Envelope.Due is in the plays about it: so little that it can be waited for, or so much that
// only a clock that is moved gets there.
const (
	waitable   = 3 * time.Second
	unwaitable = time.Hour
)

// Suite is the contract for a backend that does not promise all that there is to promise. The zero Suite is
// the whole contract: that of [Run] and of [RunInBubble].
type Suite struct {
	// Parts says that Publish may have kept a part of a batch that it refuses, as [bot.Inbox] allows: of each
	// lane the first ones. They may be handed out, and once more when the batch is published again.
	Parts bool
}

// Run runs the contract against the inboxes that open returns, one subtest for each sentence, which takes a
// few seconds at most. It calls open once for each, and wants an empty inbox that serves at least four keys
// at the same time. What open needs to be cleaned up it gives to t.Cleanup.
//
// An inbox whose server wakes what is due by a clock of its own passes too, if that clock shows the machine's
// time; RetryError.At is a matter of the injected clock in any case.
func Run(t *testing.T, open func(t *testing.T, o Options) bot.Inbox) {
	t.Helper()
	Suite{}.Run(t, open)
}

// Run runs the contract as the function [Run] does.
func (s Suite) Run(t *testing.T, open func(t *testing.T, o Options) bot.Inbox) {
	t.Helper()
	for _, c := range s.contract() {
		t.Run(c.name, func(t *testing.T) { c.run(t, open, waitable) })
	}
}

// RunInBubble is Run for an inbox that lives in the process alone: each sentence, and open with it, runs in a
// bubble of [synctest], where waiting takes no time. The inbox must go by the injected clock throughout.
func RunInBubble(t *testing.T, open func(t *testing.T, o Options) bot.Inbox) {
	t.Helper()
	Suite{}.RunInBubble(t, open)
}

// RunInBubble runs the contract as the function [RunInBubble] does.
func (s Suite) RunInBubble(t *testing.T, open func(t *testing.T, o Options) bot.Inbox) {
	t.Helper()
	for _, c := range s.contract() {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { c.run(t, open, unwaitable) })
		})
	}
}

// clause is one sentence of the contract.
type clause struct {
	name    string
	options Options
	play    func(s *stage)
	parts   bool // a part of a batch that is refused may be kept
}

// contract returns all clauses.
func (s Suite) contract() []clause {
	room := roomClauses
	if s.Parts {
		room = partClauses
	}
	all := slices.Concat(laneClauses(), contentClauses(), room(), outcomeClauses(), clockClauses(),
		letterClauses(), endClauses())
	for i := range all {
		all[i].parts = s.Parts
	}
	return all
}

func (c clause) run(t *testing.T, open func(t *testing.T, o Options) bot.Inbox, later time.Duration) {
	t.Helper()
	err := c.holds(t.Context(), func(o Options) bot.Inbox { return open(t, o) }, later)
	if err != nil {
		t.Error(err)
	}
}

// holds plays the clause on the inbox that open returns, and returns what is wrong with it.
func (c clause) holds(
	ctx context.Context, open func(o Options) bot.Inbox, later time.Duration,
) error {
	now := &clock{}
	now.follow()
	o := c.options
	o.Now = now.Now
	inbox := open(o)
	now.follow() // opening may have taken long, and the inbox's server may have a clock of its own
	s := newStage(ctx, inbox, now, later)
	s.book.parts = c.parts
	c.play(s)
	s.end()
	return s.book.fault()
}

// clock is a clock that only the play moves. It is safe for concurrent use.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

// Now returns the time.
func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// advance moves the clock on by d.
func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// follow sets the clock to the machine's time, in the milliseconds that every backend can store.
func (c *clock) follow() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = time.Now().UTC().Truncate(time.Millisecond)
}
