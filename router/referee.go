package router

import (
	"context"
	"errors"
	"fmt"

	"github.com/looplab/fsm"
)

// verb is what can be done in a state.
type verb string

const (
	doStart   verb = "start"
	doAnswer  verb = "answer"
	doReplay  verb = "answer as before"
	doAgain   verb = "ask again"
	doCancel  verb = "cancel"
	doBack    verb = "back"
	doRestart verb = "restart"
	doClock   verb = "clock"
	doStale   verb = "stale"
	doArrive  verb = "arrive"
)

// timedOut is the end that the clock leads to.
const timedOut = "(timed out)"

// referee is the transition table of a conversation: what may happen in each state, and where it leads. It
// is built once from the literal and never changes; each step is judged by a machine of its own.
type referee map[string]fsm.Events

// newReferee returns the table of a flow.
func newReferee(f *flow) referee {
	r := make(referee)
	for name, n := range f.nodes {
		for _, e := range n.edges {
			r.allow(name, doAnswer, e.to)
			if _, state := f.nodes[e.to]; state {
				r.allow(e.to, doBack, name)
			}
		}
		r.allow(name, doRestart, f.start)
		r.allow(name, doCancel, Cancelled)
		r.allow(name, doClock, timedOut)
	}
	return r
}

// allow adds a transition.
func (r referee) allow(from string, v verb, to string) {
	event := transition(v, to)
	for _, known := range r[from] {
		if known.Name == event {
			return
		}
	}
	r[from] = append(r[from], fsm.EventDesc{Name: event, Src: []string{from}, Dst: to})
}

// transition returns the name of a transition: a state may be left by one verb in several directions.
func transition(v verb, to string) string { return string(v) + " → " + to }

// judge returns an error if the table does not allow the step. The context is one that never ends: a machine
// whose context has ended refuses everything for good.
func (r referee) judge(from string, v verb, to string) error {
	machine := fsm.NewFSM(from, r[from], nil)
	err := machine.Event(context.Background(), transition(v, to))
	var stays fsm.NoTransitionError
	if err == nil || errors.As(err, &stays) && stays.Err == nil {
		return nil
	}
	return fmt.Errorf("the step %q from state %q to %q is not in its table: %w", v, from, to, err)
}
