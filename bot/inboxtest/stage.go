package inboxtest

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"time"

	"github.com/parleybot/parley/bot"
)

const (
	// patience is how long a play waits for what must happen.
	patience = 5 * time.Second
	// look is how long a play waits to see that the inbox, which looks at its clock once a second, does
	// nothing.
	look = 1200 * time.Millisecond
	// moment is the same for what would happen at once.
	moment = 50 * time.Millisecond
	// poll is how often a play asks for what must happen soon.
	poll = 5 * time.Millisecond
)

// stage is where a clause is played: it publishes, and it is the handler. After the first thing that is wrong
// it does nothing more. It belongs to one goroutine, save for what says otherwise.
type stage struct {
	ctx   context.Context
	inbox bot.Inbox
	clock *clock
	later time.Duration // how far off a Due is
	book  *book

	handed chan *handout   // what the inbox hands out
	hand   []*handout      // what was taken from handed and not asked for yet
	over   chan struct{}   // closed at the end, so that no handler hangs
	stop   func()          // ends the ctx of Consume; nil: it was not called
	ended  <-chan struct{} // closed when Consume has returned
	result error           // what it returned
}

func newStage(ctx context.Context, inbox bot.Inbox, now *clock, later time.Duration) *stage {
	return &stage{
		ctx: ctx, inbox: inbox, clock: now, later: later, book: newBook(now.Now),
		handed: make(chan *handout), over: make(chan struct{}),
	}
}

// event returns an envelope called id in the lane that its first letter stands for.
func event(id string) bot.Envelope { return on(id[:1], id) }

// on returns an envelope called id in a lane.
func on(lane, id string) bot.Envelope {
	return bot.Envelope{
		ID: id, Key: "105." + lane, Header: map[string]string{"format": "1"}, Data: []byte("data of " + id),
	}
}

// events returns a batch of envelopes.
func events(ids ...string) []bot.Envelope {
	batch := make([]bot.Envelope, len(ids))
	for i, id := range ids {
		batch[i] = event(id)
	}
	return batch
}

// wrong reports whether something was wrong already.
func (s *stage) wrong() bool { return s.book.fault() != nil }

// publish publishes a batch of plain envelopes that must be accepted.
func (s *stage) publish(ids ...string) { s.keep(events(ids...)...) }

// keep publishes a batch that must be accepted.
func (s *stage) keep(batch ...bot.Envelope) {
	if !s.wrong() && !s.offer(batch) {
		s.book.fail("Publish of %d envelopes: %w", len(batch), bot.ErrInboxFull)
	}
}

// refused publishes a batch of plain envelopes for which there must be no room.
func (s *stage) refused(ids ...string) {
	if !s.wrong() && s.offer(events(ids...)) {
		s.book.fail("Publish of %d envelopes was accepted, want ErrInboxFull", len(ids))
	}
}

// keepOnceThereIsRoom publishes a batch of plain envelopes until it is accepted.
func (s *stage) keepOnceThereIsRoom(ids ...string) {
	s.until("there is room in the inbox again", func() bool { return s.offer(events(ids...)) })
}

// offer publishes a batch and reports whether it was accepted. It is safe for concurrent use.
func (s *stage) offer(batch []bot.Envelope) bool {
	s.book.enter(batch)
	err := s.inbox.Publish(s.ctx, batch)
	if err == nil {
		return true
	}
	s.book.strike(batch)
	if !errors.Is(err, bot.ErrInboxFull) {
		s.book.fail("Publish of %d envelopes: %w", len(batch), err)
	}
	return false
}

// consume starts Consume.
func (s *stage) consume() {
	if s.wrong() {
		return
	}
	ctx, stop := context.WithCancel(s.ctx)
	ended := make(chan struct{})
	s.stop, s.ended = stop, ended
	go func() {
		defer close(ended)
		s.result = s.inbox.Consume(ctx, s.handle)
		if ctx.Err() == nil {
			s.book.fail("Consume returned %v before its context ended", s.result)
		}
	}()
}

// handle is the handler: it asks the play what to return.
func (s *stage) handle(ctx context.Context, d *bot.Delivery) error {
	s.book.handOut(d)
	h := &handout{stage: s, ctx: ctx, delivery: d, id: d.ID, reply: make(chan error, 1)}
	select {
	case s.handed <- h:
	case <-s.over:
		return nil
	}
	var err error
	select {
	case err = <-h.reply:
	case <-s.over:
		select {
		case err = <-h.reply:
		default:
		}
	}
	if errors.Is(err, errExits) {
		runtime.Goexit()
	}
	return err
}

// errExits has the handler end its goroutine in place of returning it.
var errExits = fmt.Errorf("%w by the end of its goroutine", bot.ErrReleased)

// next waits for the envelope called id to be handed out.
func (s *stage) next(id string) *handout {
	timer := time.NewTimer(patience)
	defer timer.Stop()
	for !s.wrong() {
		if i := slices.IndexFunc(s.hand, func(h *handout) bool { return h.id == id }); i >= 0 {
			h := s.hand[i]
			s.hand = slices.Delete(s.hand, i, i+1)
			return h
		}
		select {
		case h := <-s.handed:
			s.hand = append(s.hand, h)
		case <-timer.C:
			s.book.fail("%s was not handed out in %s", short(id), patience)
		case <-s.book.failed:
		}
	}
	return &handout{stage: s, ctx: s.ctx, delivery: &bot.Delivery{}, reply: make(chan error, 1)}
}

// handles waits for each of some envelopes in turn and settles it.
func (s *stage) handles(ids ...string) {
	for _, id := range ids {
		s.next(id).returns(nil)
	}
}

// handlesAll settles what is published until done closes and nothing is left, in no order of its own and with
// a few envelopes in hand at a time.
func (s *stage) handlesAll(done <-chan struct{}) {
	const mostInHand = 3
	for n := 0; !s.wrong(); n++ {
		switch {
		case len(s.hand) < mostInHand && s.takes(time.Millisecond):
		case len(s.hand) > 0:
			i := n % len(s.hand)
			h := s.hand[i]
			s.hand = slices.Delete(s.hand, i, i+1)
			h.returns(nil)
		case s.book.unfinished() > 0:
			if !s.takes(patience) {
				s.book.fail("%s was not handed out in %s", s.book.someUnfinished(), patience)
			}
		default:
			select {
			case <-done:
				if s.book.unfinished() == 0 {
					return
				}
			case h := <-s.handed:
				s.hand = append(s.hand, h)
			}
		}
	}
}

// takes waits for something to be handed out, for d at most.
func (s *stage) takes(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case h := <-s.handed:
		s.hand = append(s.hand, h)
		return true
	case <-timer.C:
		return false
	case <-s.book.failed:
		return false
	}
}

// nothing waits until the inbox has looked at its clock, and wants that nothing more is handed out.
func (s *stage) nothing(when string) {
	if !s.wrong() && s.takes(look) {
		s.book.fail("%s was handed out %s", short(s.hand[len(s.hand)-1].id), when)
	}
}

// pause gives the inbox time to do something wrong.
func (s *stage) pause() {
	timer := time.NewTimer(moment)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-s.book.failed:
	}
}

// until waits for what must be so soon.
func (s *stage) until(what string, is func() bool) {
	ticker, timer := time.NewTicker(poll), time.NewTimer(patience)
	defer ticker.Stop()
	defer timer.Stop()
	for !s.wrong() && !is() {
		select {
		case <-ticker.C:
		case <-timer.C:
			s.book.fail("after %s not: %s", patience, what)
		}
	}
}

// letters returns the dead letters.
func (s *stage) letters() []bot.DeadLetter {
	list, err := s.inbox.DeadLetters().List(s.ctx)
	if err != nil {
		s.book.fail("List of the dead letters: %w", err)
	}
	return list
}

// end wants that everything was handled, that Consume ends, and that the dead letters are those of the book.
func (s *stage) end() {
	if open := s.book.unfinished(); open > 0 {
		s.book.fail("%d envelopes were not handled, %s among them", open, s.book.someUnfinished())
	}
	close(s.over)
	if s.stop != nil {
		s.stop()
		select {
		case <-s.ended:
			if s.result != nil {
				s.book.fail("Consume returned %w when nothing was left", s.result)
			}
		case <-time.After(patience):
			s.book.fail("Consume has not returned %s after its context ended", patience)
		}
	}
	want := s.book.buried()
	s.until("the dead letters are those that were given up", func() bool {
		return sameLetters(s.letters(), want)
	})
}

// sameLetters reports whether two lists hold the same dead letters, in whatever order.
func sameLetters(got, want []bot.DeadLetter) bool {
	if len(got) != len(want) {
		return false
	}
	for _, w := range want {
		if !slices.ContainsFunc(got, func(g bot.DeadLetter) bool { return sameLetter(g, w) }) {
			return false
		}
	}
	return true
}

// sameLetter reports whether a dead letter is the one of the book, which does not know when it was given up.
func sameLetter(got, want bot.DeadLetter) bool {
	return differs(got.Envelope, want.Envelope) == nil && got.Cause == want.Cause &&
		got.Attempts == want.Attempts && !got.Time.IsZero()
}

// handout is an envelope that was handed out.
type handout struct {
	stage    *stage
	ctx      context.Context
	delivery *bot.Delivery
	id       string
	reply    chan error
}

// returns lets the handler return err.
func (h *handout) returns(err error) {
	h.stage.book.answer(h.id, err)
	h.reply <- err
}

// newer wants that a later message of the lane has arrived, or that none has.
func (h *handout) newer(want bool) {
	if h.stage.wrong() {
		return
	}
	if !want {
		h.stage.pause()
		select {
		case <-h.delivery.Newer:
			h.stage.book.fail("Newer of %s is closed, and no later message has arrived", short(h.id))
		default:
		}
		return
	}
	select {
	case <-h.delivery.Newer:
	case <-time.After(patience):
		h.stage.book.fail("Newer of %s is open, and a later message has arrived", short(h.id))
	}
}

// spoils changes everything that a handler may change.
func (h *handout) spoils() {
	h.delivery.Data = append(h.delivery.Data, "spoilt"...)
	*h.delivery = bot.Delivery{Envelope: bot.Envelope{ID: "spoilt", Key: "spoilt", Data: []byte("spoilt")}}
}
