package bot

import (
	"context"
	"slices"
	"sync"
)

// worker hands out events, one at a time.
func (l *Lanes) worker(
	ctx context.Context, h func(context.Context, *Delivery) error, workers *sync.WaitGroup,
) {
	endless := context.WithoutCancel(ctx)
	call := make(chan struct{}, 1)
	var hand *parcel
	defer func() {
		if hand != nil { // h has ended the goroutine
			rest(ctx, releasePause)
			l.settle(hand, ErrReleased, ctx.Err() != nil)
			workers.Go(func() { l.worker(ctx, h, workers) })
		}
	}()
	for {
		p, d := l.next(call)
		if p == nil {
			return
		}
		hand = p
		err := h(endless, d)
		hand = nil
		late := ctx.Err() != nil
		if isReleased(err) {
			rest(ctx, releasePause)
		}
		l.settle(p, err, late)
	}
}

// next takes the head of the next ready lane in hand; nil: there is nothing left to hand out.
// A worker without work rests until somebody calls it.
func (l *Lanes) next(call chan struct{}) (*parcel, *Delivery) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for l.ready.empty() {
		if l.phase == draining && l.busy == 0 {
			return nil, nil
		}
		l.rested = append(l.rested, call)
		l.mu.Unlock()
		<-call
		l.mu.Lock()
	}
	on := l.ready.pop()
	p, newer := on.queue[0], make(chan struct{})
	on.newer = newer
	if slices.ContainsFunc(on.queue[1:], (*parcel).isInput) {
		close(newer)
		on.newer = nil
	}
	l.busy++
	return p, &Delivery{Envelope: p.envelope, Attempt: p.attempt, Newer: newer}
}

// settle decides what becomes of p after its handler returned err, late if that was after the end of
// Consume's context.
func (l *Lanes) settle(p *parcel, err error, late bool) {
	retry, again := asRetry(err)
	l.mu.Lock()
	defer l.mu.Unlock()
	on := p.lane
	l.busy--
	switch {
	case again && l.phase != draining:
		p.attempt++
		l.later(retry.At, p) // its lane stays taken, and what is behind it waits too
	case isReleased(err) && !late:
		l.offer(on)
	case again, isReleased(err):
		l.left++
		l.shift(on)
		l.offer(on)
	default:
		if err != nil {
			l.dead.add(DeadLetter{
				Envelope: p.envelope, Cause: err.Error(), Attempts: p.attempt, Time: l.cfg.Now(),
			})
		}
		l.shift(on)
		l.offer(on)
	}
	if l.busy == 0 && l.ready.empty() {
		l.becomeIdle()
	}
}
