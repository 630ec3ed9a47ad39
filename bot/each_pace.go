package bot

import (
	"context"
	"sync"
	"time"
)

// pace gives out turns, evenly spaced by the machine's clock.
type pace struct {
	gap time.Duration // 0: no limit

	mu   sync.Mutex
	next time.Time
}

// newPace returns a pace of so many turns per second; zero or less: no limit.
func newPace(perSecond float64) *pace {
	if perSecond <= 0 {
		return &pace{}
	}
	return &pace{gap: time.Duration(float64(time.Second) / perSecond)}
}

// wait waits for a turn. It returns an error if ctx ends, at once if it would end before the turn comes.
func (p *pace) wait(ctx context.Context) error {
	now := time.Now()
	p.mu.Lock()
	turn := p.next
	if turn.Before(now) {
		turn = now
	}
	if end, ok := ctx.Deadline(); ok && end.Before(turn) {
		p.mu.Unlock()
		return context.DeadlineExceeded
	}
	p.next = turn.Add(p.gap)
	p.mu.Unlock()
	timer := time.NewTimer(turn.Sub(now))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}
