package router

import (
	"errors"
	"fmt"
	"slices"

	"github.com/parleybot/parley/bot"
)

// open returns the dialog that a person's frames tell of, and what has to be done before the person can go
// on: nothing, as a rule; doArrive if the state was migrated; doStale if the conversation is over because it
// cannot go on. The dialog is over if there is nobody left to say so.
func (t *table) open(c *bot.Context, stored []byte) (*dialog, verb) {
	d := &dialog{}
	read, err := decodeFrames(stored)
	if err != nil {
		c.Log().Error().Msg("the stored conversation cannot be read: it is over")
		d.clear()
		return d, ""
	}
	d.wait = read.Wait
	f := t.flows[read.Stack[0].Name]
	if f == nil {
		c.Log().Warn().Str("conversation", read.Stack[0].Name).
			Msg("the stored conversation is no longer registered: it is over")
		d.clear()
		return d, ""
	}
	first := &level{frame: read.Stack[0], flow: f}
	d.levels = append(d.levels, first)
	moved, err := first.revive()
	if err == nil {
		return d, d.descend(read.Stack[1:], moved)
	}
	c.Log().Warn().Err(err).Str("conversation", f.name).Int("version", first.Version).
		Msg("the stored conversation cannot go on: it is over")
	if f.onStale != nil {
		return d, doStale
	}
	d.clear()
	return d, ""
}

// descend takes up the conversations within the first one, as far as they can go on.
func (d *dialog) descend(stack []frame, moved bool) verb {
	d.changed = moved
	for _, stored := range stack {
		inner := d.top().node().sub
		if inner == nil {
			moved = true // what was a conversation is a question now
		}
		if moved || inner.name != stored.Name {
			break
		}
		l := &level{frame: stored, flow: inner}
		var err error
		if moved, err = l.revive(); err != nil {
			break
		}
		d.changed = d.changed || moved
		d.levels = append(d.levels, l)
	}
	if moved || d.top().node().sub != nil {
		d.changed = true
		return doArrive
	}
	return ""
}

// errStale says why a stored conversation cannot go on, if nothing more is known.
var errStale = errors.New("router: its version, state or data is another one, and there is no Migrate")

// revive makes what is stored fit the conversation as it is now. Moved: in a state other than the stored one.
//
// A panic of Migrate, or of a T that reads itself, is an error as any other: it would come at each event of
// the person, who could never leave the conversation.
func (l *level) revive() (moved bool, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("router: Migrate, or the data, panicked with a %T", r)
		}
	}()
	if l.Version == l.flow.version && l.node() != nil {
		if _, err := l.load(); err == nil {
			return false, nil
		}
	}
	if l.flow.migrate == nil {
		return false, errStale
	}
	state, data, err := l.flow.migrate(Stored{Version: l.Version, State: l.State, Data: l.Data})
	switch {
	case err != nil:
		return false, err
	case l.flow.nodes[state] == nil:
		return false, fmt.Errorf("router: Migrate leads to %q, which is no state", state)
	}
	if err := l.store(data); err != nil {
		return false, err
	}
	moved = state != l.State
	if moved {
		l.move(state)
		if i := slices.Index(l.Path, state); i >= 0 {
			l.Path = l.Path[:i] // the person goes back to it
		}
	}
	l.Version = l.flow.version
	gone := func(name string) bool { return l.flow.nodes[name] == nil }
	l.Path = slices.DeleteFunc(l.Path, gone)
	l.Given = slices.DeleteFunc(l.Given, func(g given) bool { return gone(g.State) })
	l.Parts = slices.DeleteFunc(l.Parts, func(k kept) bool { return gone(k.State) })
	return moved, nil
}
