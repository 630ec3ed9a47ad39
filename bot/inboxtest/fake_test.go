package inboxtest_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/bot/inboxtest"
)

// fault is one way in which a fake is broken.
type fault string

const (
	none fault = "none"

	reorders          fault = "a batch is kept in the wrong order"
	newestFirst       fault = "the newest of a lane is handed out first"
	duplicates        fault = "every third envelope is kept twice"
	handsOutAgain     fault = "what was handled is handed out once more"
	loses             fault = "every third envelope is lost"
	parallelInLane    fault = "a lane is handed out in parallel"
	oneAtATime        fault = "one envelope is in hand at a time"
	threeAtATime      fault = "three envelopes are in hand at a time"
	foldsCase         fault = "lanes are lower-cased"
	keepsSlice        fault = "the publisher's slice is kept"
	handsOutItsOwn    fault = "a handler gets the inbox's own copy"
	sharesBytes       fault = "the bytes of one envelope reach into those of the next"
	losesHeader       fault = "the header is lost"
	cutsData          fault = "data is cut at 64 KiB"
	dataIsText        fault = "data becomes valid UTF-8"
	losesDue          fault = "Due is not handed out"
	ignoresCapacity   fault = "the inbox has no bound"
	partialBatch      fault = "what fits of a refused batch is kept"
	laterPart         fault = "of a refused batch the last are kept"
	reordersParts     fault = "what fits of a refused batch is kept in the wrong order"
	remembersRefused  fault = "a refused envelope counts as known"
	neverRoomAgain    fault = "what was handled still takes room"
	plainFull         fault = "a full inbox returns some error"
	countsBatchLate   fault = "a batch is kept if there is room for one"
	ignoresCap        fault = "a lane has no bound"
	capIsAnError      fault = "a full lane refuses the batch"
	capCostsBatch     fault = "a full lane costs the rest of the batch"
	capDropsOldest    fault = "a full lane buries its oldest"
	surplusIsLost     fault = "the surplus of a lane is no dead letter"
	overflowTried     fault = "the surplus of a lane counts an attempt"
	retryAtOnce       fault = "a retry is handed out before its time"
	retryByMachine    fault = "a retry waits by the machine's clock"
	retryAtTheBack    fault = "a retry goes to the back of its lane"
	retryIsOvertaken  fault = "a lane goes on while its head waits for a retry"
	retryBlocksAll    fault = "a retry blocks all lanes"
	retryNotCounted   fault = "a retry is no attempt"
	retryOnce         fault = "the third attempt is the last"
	wrappedRetryDies  fault = "a wrapped retry is buried"
	releaseCounted    fault = "a release is an attempt"
	releaseAtTheBack  fault = "a release goes to the back of its lane"
	releaseForgotten  fault = "a release is forgotten"
	wrappedReleased   fault = "a wrapped release is buried"
	exitCounted       fault = "the end of a handler's goroutine is an attempt"
	exitForgotten     fault = "the end of a handler's goroutine loses its envelope"
	exitBuries        fault = "the end of a handler's goroutine buries its envelope"
	exitHangs         fault = "the end of a handler's goroutine stops its lane"
	errorForgotten    fault = "a failed envelope is forgotten"
	errorStopsLane    fault = "a failed envelope stops its lane"
	errorWithoutCause fault = "a dead letter has no cause"
	errorWithoutTries fault = "a dead letter has no attempts"
	dueAtOnce         fault = "what is due later is handed out at once"
	dueEarly          fault = "what is due later is handed out a millisecond early"
	dueByMachine      fault = "what is due later waits by the machine's clock"
	dueUnordered      fault = "what is due later is handed out in the order of publication"
	dueBesideLane     fault = "what becomes due does not wait for its lane"
	pastLast          fault = "what was due before goes behind the rest"
	lettersReversed   fault = "the newest dead letter is listed first"
	lettersEmptied    fault = "dead letters have no data"
	lettersTimeless   fault = "dead letters have no time"
	getsOldest        fault = "the oldest of equal dead letters is got"
	dropsNothing      fault = "Drop does nothing"
	dropsAll          fault = "Drop drops all"
	dropUnknownFails  fault = "Drop of an unknown dead letter is an error"
	plainNoLetter     fault = "Get of an unknown dead letter returns some error"
	endsWithError     fault = "Consume returns the error of its context"
	endsEarly         fault = "Consume does not wait for what is in hand"
	endsLate          fault = "Consume goes on for a minute"
	endsAtOnce        fault = "Consume returns at once"
	endsHandlers      fault = "handlers end with the context of Consume"
	newerNever        fault = "Newer never closes"
	newerAlways       fault = "Newer is always closed"
	newerNil          fault = "Newer is nil"
	newerByAny        fault = "any event closes Newer"
	newerByAnyLane    fault = "a message of any lane closes Newer"
	newerLate         fault = "a message that waited already does not close Newer"
)

var errPlain = errors.New("fake: no")

// fake is an Inbox broken in one way.
type fake struct {
	fault   fault
	o       inboxtest.Options
	changed chan struct{}

	mu      sync.Mutex
	lanes   map[string]*lane
	later   []*item
	letters []bot.DeadLetter
	known   map[string]bool
	kept    int // envelopes held
	hand    int // envelopes in hand
	added   int // envelopes ever held
}

type lane struct {
	queue   []*item
	hand    int
	stopped bool
	newer   []chan struct{}
}

type item struct {
	envelope *bot.Envelope
	attempt  int
	at       time.Time
	handled  bool
}

func newFake(f fault, o inboxtest.Options) *fake {
	return &fake{
		fault: f, o: o, lanes: make(map[string]*lane), known: make(map[string]bool),
		changed: make(chan struct{}, 1),
	}
}

func (f *fake) is(faults ...fault) bool { return slices.Contains(faults, f.fault) }

func (*fake) Promise() string                { return "nothing" }
func (*fake) Redelivers() bool               { return false }
func (f *fake) DeadLetters() bot.DeadLetters { return letters{f} }

// now returns the injected time, or the machine's if that is the fault.
func (f *fake) now(byMachine fault) time.Time {
	if f.is(byMachine) {
		return time.Now()
	}
	return f.o.Now()
}

func (f *fake) Publish(_ context.Context, batch []bot.Envelope) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	room := len(batch)
	if f.is(countsBatchLate) {
		room = 1
	}
	if f.o.Capacity > 0 && f.kept+room > f.o.Capacity && !f.is(ignoresCapacity) {
		return f.refuse(batch)
	}
	if !f.is(keepsSlice) {
		batch = slices.Clone(batch)
	}
	if f.is(reorders) {
		slices.Reverse(batch)
	}
	for i := range batch {
		if on := f.lane(batch[i].Key); f.o.PerLane == 0 || len(on.queue)+on.hand < f.o.PerLane || f.is(ignoresCap) {
			f.add(&batch[i])
			continue
		}
		switch f.fault {
		case capIsAnError:
			return bot.ErrInboxFull
		case capCostsBatch:
			for i < len(batch) {
				f.overflow(&batch[i])
				i++
			}
			return nil
		case capDropsOldest:
			on := f.lane(batch[i].Key)
			f.overflow(on.queue[0].envelope)
			on.queue = on.queue[1:]
			f.add(&batch[i])
		default:
			f.overflow(&batch[i])
		}
	}
	f.change()
	return nil
}

func (f *fake) change() {
	select {
	case f.changed <- struct{}{}:
	default:
	}
}

func (f *fake) lane(key string) *lane {
	if f.is(foldsCase) {
		key = strings.ToLower(key)
	}
	if f.lanes[key] == nil {
		f.lanes[key] = &lane{}
	}
	return f.lanes[key]
}

// refuse refuses a batch. The caller holds mu.
func (f *fake) refuse(batch []bot.Envelope) error {
	switch f.fault {
	case laterPart:
		f.keepPart(batch[max(0, len(batch)-(f.o.Capacity-f.kept)):])
	case reordersParts:
		part := slices.Clone(batch[:f.o.Capacity-f.kept])
		slices.Reverse(part)
		f.keepPart(part)
	case partialBatch:
		f.keepPart(batch)
	default:
		for i := range batch {
			f.known[batch[i].ID] = f.is(remembersRefused)
		}
	}
	if f.is(plainFull) {
		return errPlain
	}
	return bot.ErrInboxFull
}

// keepPart keeps what there is room for. The caller holds mu.
func (f *fake) keepPart(batch []bot.Envelope) {
	for i := range batch {
		if f.kept < f.o.Capacity {
			f.add(&batch[i])
		}
	}
	f.change()
}

// overflow buries what found its lane full. The caller holds mu.
func (f *fake) overflow(e *bot.Envelope) {
	attempts := 0
	if f.is(overflowTried) {
		attempts = 1
	}
	if !f.is(surplusIsLost) {
		f.bury(e, bot.CauseOverflow, attempts)
	}
}

// bury adds a dead letter. The caller holds mu.
func (f *fake) bury(e *bot.Envelope, cause string, attempts int) {
	d := bot.DeadLetter{Envelope: *e, Cause: cause, Attempts: attempts, Time: f.o.Now()}
	switch f.fault {
	case errorWithoutCause:
		d.Cause = ""
	case errorWithoutTries:
		d.Attempts = 0
	case lettersEmptied:
		d.Data = nil
	case lettersTimeless:
		d.Time = time.Time{}
	}
	f.letters = append(f.letters, d)
}

// add keeps an envelope. The caller holds mu.
func (f *fake) add(e *bot.Envelope) {
	f.added++
	if f.known[e.ID] || f.is(loses) && f.added%3 == 0 {
		return
	}
	it := &item{envelope: e, attempt: 1, at: e.Due}
	switch f.fault {
	case losesHeader:
		e.Header = nil
	case losesDue:
		e.Due = time.Time{}
	case cutsData:
		e.Data = e.Data[:min(len(e.Data), 64<<10)]
	case dataIsText:
		e.Data = bytes.ToValidUTF8(e.Data, nil)
	case sharesBytes, keepsSlice:
	default:
		e.Data = bytes.Clone(e.Data)
	}
	f.kept++
	now := f.now(dueByMachine)
	switch {
	case f.is(dueAtOnce):
		it.at = time.Time{}
		f.arrive(it)
	case it.at.After(now), f.is(pastLast) && !it.at.IsZero():
		f.later = append(f.later, it)
	default:
		f.arrive(it)
	}
	if f.is(duplicates) && f.added%3 == 0 {
		twin := *it
		f.arrive(&twin)
	}
}

// arrive puts it at the end of its lane. The caller holds mu.
func (f *fake) arrive(it *item) {
	on := f.lane(it.envelope.Key)
	on.queue = append(on.queue, it)
	if !f.isInput(it) {
		return
	}
	for _, other := range f.lanes {
		if other == on || f.is(newerByAnyLane) {
			for _, newer := range other.newer {
				close(newer)
			}
			other.newer = nil
		}
	}
}

// isInput reports whether it closes Newer.
func (f *fake) isInput(it *item) bool {
	id := it.envelope.ID
	return !f.is(newerNever) &&
		(f.is(newerByAny) || strings.HasPrefix(id, "message:") || strings.HasPrefix(id, "postback:"))
}

// letters are the dead letters of a fake.
type letters struct{ f *fake }

func (l letters) List(context.Context) ([]bot.DeadLetter, error) {
	l.f.mu.Lock()
	defer l.f.mu.Unlock()
	list := slices.Clone(l.f.letters)
	if l.f.is(lettersReversed) {
		slices.Reverse(list)
	}
	return list, nil
}

func (l letters) Get(_ context.Context, id string) (bot.DeadLetter, error) {
	l.f.mu.Lock()
	defer l.f.mu.Unlock()
	list := slices.Clone(l.f.letters)
	if !l.f.is(getsOldest) {
		slices.Reverse(list)
	}
	for _, d := range list {
		if d.ID == id {
			return d, nil
		}
	}
	if l.f.is(plainNoLetter) {
		return bot.DeadLetter{}, errPlain
	}
	return bot.DeadLetter{}, bot.ErrNoDeadLetter
}

func (l letters) Drop(_ context.Context, id string) error {
	l.f.mu.Lock()
	defer l.f.mu.Unlock()
	left := slices.DeleteFunc(slices.Clone(l.f.letters), func(d bot.DeadLetter) bool {
		return d.ID == id || l.f.is(dropsAll)
	})
	switch {
	case l.f.is(dropUnknownFails) && len(left) == len(l.f.letters):
		return bot.ErrNoDeadLetter
	case !l.f.is(dropsNothing):
		l.f.letters = left
	}
	return nil
}
