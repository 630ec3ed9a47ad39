package router

import (
	"errors"
	"slices"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/send"
)

// act does what v stands for. At is the level whose word it was.
func (d *dialog) act(c *bot.Context, v verb, at int) error {
	switch v {
	case doAnswer:
		return d.answer(c)
	case doReplay:
		if earlier, ok := d.again(c); ok {
			return d.answer(earlier)
		}
		return d.ask(c)
	case doCancel:
		return d.cancel(c)
	case doBack:
		return d.back(c)
	case doRestart:
		return d.restart(c, at)
	case doClock:
		return d.clock(c)
	case doArrive:
		return d.arrive(c, false)
	case doStale:
		f := d.levels[0].flow
		d.clear()
		return f.onStale(c)
	default:
		return d.ask(c)
	}
}

// answer gives what the person said to the current state, and goes where that leads.
func (d *dialog) answer(c *bot.Context) error {
	l, epoch := d.top(), d.epoch
	data, err := l.load()
	if err != nil {
		return err
	}
	l.data = nil // it belongs to Answer now, which may change it and refuse all the same
	err = l.node().answer(c, data)
	refusal := asRefusal(err)
	switch {
	case d.epoch != epoch && refusal != nil:
		return hint(c, refusal) // and nobody asks any more
	case refusal != nil:
		return d.refuse(c, refusal)
	case err != nil || d.epoch != epoch:
		return err
	}
	l.Refused = 0 // the last question of a part may be gone back to
	l.remember(c.Message(), c.Payload())
	return d.advance(c, data)
}

// advance stores the data of the current level and follows the edge that it leads to.
func (d *dialog) advance(c *bot.Context, data any) error {
	l := d.top()
	if err := l.store(data); err != nil {
		return err
	}
	from, to := l.State, l.node().next(data)
	if err := d.step(doAnswer, to); err != nil {
		return err
	}
	switch to {
	case Done:
		return d.finish(c, data)
	case Cancelled:
		return d.cancel(c)
	}
	if l.push(from); slices.Contains(l.Path, to) {
		l.take(to) // in a loop a part gathers something else each time
	}
	return d.arrive(c, false)
}

// finish ends the current level: the conversation, or the state of the one around it.
func (d *dialog) finish(c *bot.Context, data any) error {
	inner := d.top()
	if len(d.levels) == 1 {
		d.clear()
		return inner.flow.finish(c, data)
	}
	d.levels = d.levels[:len(d.levels)-1]
	outer := d.top()
	outer.keep(&inner.frame)
	into, err := outer.load()
	if err != nil {
		return err
	}
	outer.data = nil
	err = outer.node().into(into, data)
	refusal := asRefusal(err)
	switch {
	case refusal != nil:
		return d.refuse(c, refusal)
	case err != nil:
		return err
	}
	return d.advance(c, into)
}

// refuse tells the person what is wanted, and asks once more.
func (d *dialog) refuse(c *bot.Context, refusal *refusedError) error {
	d.top().Refused++
	if l := d.attempts(); l != nil && d.top().Refused >= l.flow.attempts {
		return d.giveUp(c, l)
	}
	if err := hint(c, refusal); err != nil {
		return err
	}
	return d.arrive(c, false)
}

// hint tells the person what is wanted, if the refusal says so. A hint that may have arrived counts as sent.
func hint(c *bot.Context, refusal *refusedError) error {
	if refusal.hint == "" {
		return nil
	}
	err := c.Text(refusal.hint)
	if errors.Is(err, send.ErrUnsure) {
		return nil
	}
	return err
}

// attempts returns the innermost level that bounds how often a person is refused; nil: none does.
func (d *dialog) attempts() *level {
	for _, l := range slices.Backward(d.levels) {
		if l.flow.attempts > 0 {
			return l
		}
	}
	return nil
}

// giveUp calls OnAttempts, and asks once more unless it has left the conversation.
func (d *dialog) giveUp(c *bot.Context, l *level) error {
	d.top().Refused = 0
	data, err := l.load()
	if err != nil {
		return err
	}
	epoch := d.epoch
	if err := l.flow.onAttempts(c, data); err != nil || d.epoch != epoch {
		return err
	}
	return d.arrive(c, false)
}

// cancel ends the conversation.
func (d *dialog) cancel(c *bot.Context) error {
	if err := d.step(doCancel, Cancelled); err != nil {
		return err
	}
	outermost := d.levels[0]
	return d.end(c, outermost, outermost.flow.onCancel)
}

// timeOut ends the conversation because the person has not answered in time.
func (d *dialog) timeOut(c *bot.Context) error {
	if err := d.step(doClock, timedOut); err != nil {
		return err
	}
	outermost := d.levels[0]
	return d.end(c, outermost, outermost.flow.onTimeout)
}

// end ends the conversation with a call of last, which may be nil.
func (d *dialog) end(c *bot.Context, outermost *level, last func(c *bot.Context, data any) error) error {
	data, err := outermost.load()
	if err != nil {
		return err
	}
	d.clear()
	if last == nil {
		return nil
	}
	return last(c, data)
}

// back asks the question before the current one; before the first one there is none, and it is asked again.
func (d *dialog) back(c *bot.Context) error {
	for {
		l := d.top()
		for len(l.Path) > 0 {
			before := l.Path[len(l.Path)-1]
			l.Path = l.Path[:len(l.Path)-1]
			if l.flow.nodes[before] != nil && d.step(doBack, before) == nil {
				return d.arrive(c, true)
			}
		}
		if len(d.levels) == 1 {
			return d.arrive(c, false)
		}
		d.levels = d.levels[:len(d.levels)-1]
		d.top().keep(&l.frame)
		d.changed = true
	}
}

// restart begins the conversation of a level anew.
func (d *dialog) restart(c *bot.Context, at int) error {
	for len(d.levels) > at+1 {
		inner := d.top()
		d.levels = d.levels[:len(d.levels)-1]
		d.top().keep(&inner.frame)
	}
	l := d.top()
	if err := d.step(doRestart, l.flow.start); err != nil {
		return err
	}
	l.empty()
	l.data = nil
	return d.arrive(c, false)
}
