package bot

import (
	"container/list"
	"sync"
)

// mostLedgers is how many ledgers are kept of events that another process may have handled meanwhile.
const mostLedgers = 4096

// ledgers are what events have sent that are to be handed out again. It is safe for concurrent use.
//
// Those of an inbox in memory are as many as wait for another try, no more than it holds. Those of an inbox
// that outlives the process are in the people's records too, as far as the store could be reached: they are
// kept up to mostLedgers, as the event may be another process's by now and never come back.
type ledgers struct {
	mu     sync.Mutex
	events map[string]*list.Element // of *ledger, by event
	order  list.List                // the same, the oldest first
}

func newLedgers() *ledgers { return &ledgers{events: make(map[string]*list.Element)} }

// take returns what earlier tries of an event have sent; stored says that a new ledger goes into the person's
// record as well.
func (l *ledgers) take(event string, stored bool) *ledger {
	l.mu.Lock()
	defer l.mu.Unlock()
	kept := l.events[event]
	if kept == nil {
		return &ledger{event: event, stored: stored}
	}
	return l.remove(kept)
}

// keep keeps what an event has sent until its next try.
func (l *ledgers) keep(sent *ledger) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if kept := l.events[sent.event]; kept != nil {
		l.remove(kept)
	}
	if sent.stored && l.order.Len() >= mostLedgers {
		l.remove(l.order.Front())
	}
	l.events[sent.event] = l.order.PushBack(sent)
}

// remove forgets a ledger and returns it.
func (l *ledgers) remove(kept *list.Element) *ledger {
	sent, _ := l.order.Remove(kept).(*ledger)
	delete(l.events, sent.event)
	return sent
}
