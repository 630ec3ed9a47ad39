package bot

import (
	"context"
	"sync"
	"time"
)

// How many names are remembered, and how long: of what there is, and of what there is not.
const (
	mostNames  = 1000
	namedFor   = time.Hour
	unnamedFor = time.Minute
)

// nameKind is what a name is of.
type nameKind uint8

const (
	personaName nameKind = iota
	labelName
)

// name is what a Page calls a thing.
type name struct {
	page string
	kind nameKind
	text string
}

// names remembers the IDs of what Pages have under a name, in a bounded memory. The zero value is ready. It
// is safe for concurrent use.
type names struct {
	mu     sync.Mutex
	known  map[name]named
	asking map[name]*inquiry
}

// named is what a name stands for.
type named struct {
	id    string // "": there is nothing of that name
	asked time.Time
}

// good reports whether n need not be asked for again.
func (n named) good(now time.Time) bool {
	age, kept := now.Sub(n.asked), namedFor
	if n.id == "" {
		kept = unnamedFor
	}
	return age >= 0 && age < kept
}

// inquiry is a question that somebody asks; others who want to know the same wait for done.
type inquiry struct {
	done chan struct{}
	id   string
	err  error
	over bool // there is an answer for all: who asked did not give up
}

// look returns the ID of what has a name, from memory only.
func (n *names) look(now time.Time, key name) (id string, known bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	found, ok := n.known[key]
	return found.id, ok && found.good(now)
}

// find returns the ID of what has a name, "" if there is nothing, from memory or by asking. However many want
// to know, one asks at a time. Its errors, which are not remembered, are those of ask, and ctx's.
func (n *names) find(
	ctx context.Context, now func() time.Time, key name, ask func() (string, error),
) (string, error) {
	for {
		n.mu.Lock()
		if known, ok := n.known[key]; ok && known.good(now()) {
			n.mu.Unlock()
			return known.id, nil
		}
		asked := n.asking[key]
		if asked == nil {
			asked = &inquiry{done: make(chan struct{})}
			if n.asking == nil {
				n.asking, n.known = make(map[name]*inquiry), make(map[name]named)
			}
			n.asking[key] = asked
			n.mu.Unlock()
			return n.ask(ctx, now, key, asked, ask)
		}
		n.mu.Unlock()
		select {
		case <-asked.done:
			if asked.over {
				return asked.id, asked.err
			}
		case <-ctx.Done():
			return "", context.Cause(ctx)
		}
	}
}

// ask asks, for all who wait, and remembers the answer.
func (n *names) ask(
	ctx context.Context, now func() time.Time, key name, asked *inquiry, ask func() (string, error),
) (string, error) {
	defer func() { // also if ask panics
		n.mu.Lock()
		defer n.mu.Unlock()
		delete(n.asking, key)
		if asked.over && asked.err == nil {
			n.put(key, named{asked.id, now()})
		}
		close(asked.done)
	}()
	asked.id, asked.err = ask()
	asked.over = asked.err == nil || ctx.Err() == nil
	return asked.id, asked.err
}

// put remembers what key stands for; if too much is remembered already, something else is forgotten. It needs
// the lock.
func (n *names) put(key name, found named) {
	if _, ok := n.known[key]; !ok && len(n.known) >= mostNames {
		for other := range n.known {
			delete(n.known, other)
			break
		}
	}
	n.known[key] = found
}

// forget forgets the names of one kind that stand for an ID.
func (n *names) forget(page string, kind nameKind, id string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for key, known := range n.known {
		if key.page == page && key.kind == kind && known.id == id {
			delete(n.known, key)
		}
	}
}
