package inboxtest

import (
	"errors"
	"slices"

	"github.com/parleybot/parley/bot"
)

// letterClauses say what can be done with dead letters.
func letterClauses() []clause {
	return []clause{
		{name: "dead letters are listed, the oldest first", play: func(s *stage) {
			s.consume()
			s.buries("a1", "b1", "a2", "c1")
			list := s.letters()
			var ids []string
			for _, d := range list {
				ids = append(ids, d.ID)
			}
			if want := []string{"a1", "b1", "a2", "c1"}; !slices.Equal(ids, want) {
				s.book.fail("the dead letters are %q, want %q", ids, want)
			}
			if !slices.IsSortedFunc(list, func(x, y bot.DeadLetter) int { return x.Time.Compare(y.Time) }) {
				s.book.fail("an older dead letter has a later Time")
			}
		}},
		{name: "a dead letter is got and dropped", play: func(s *stage) {
			s.hasNoLetter("a1", "before there was any")
			s.consume()
			s.buries("a1", "b1")
			s.hasLetter("a1")
			s.hasLetter("b1")
			s.drops("a1")
			s.hasNoLetter("a1", "after it was dropped")
			s.hasLetter("b1")
			s.drops("a1")
			s.drops("c1")
		}},
		{name: "of equal dead letters the newest is got", play: newestLetter},
	}
}

// buries lets the handlers of some envelopes fail, one after the other.
func (s *stage) buries(ids ...string) {
	for _, id := range ids {
		s.publish(id)
		s.next(id).returns(errors.New("cause of " + id))
		s.until(id+" is a dead letter", func() bool { return sameLetters(s.letters(), s.book.buried()) })
	}
}

// drops drops the dead letters called id, if there are any.
func (s *stage) drops(id string) {
	if s.wrong() {
		return
	}
	if err := s.inbox.DeadLetters().Drop(s.ctx, id); err != nil {
		s.book.fail("Drop(%q): %w", id, err)
	}
	s.book.drop(id)
}

// hasLetter gets the newest dead letter called id, as it is in the book.
func (s *stage) hasLetter(id string) {
	if s.wrong() {
		return
	}
	got, err := s.inbox.DeadLetters().Get(s.ctx, id)
	if err != nil {
		s.book.fail("Get(%q): %w", id, err)
	}
	for _, want := range slices.Backward(s.book.buried()) {
		if want.ID == id {
			if !sameLetter(got, want) {
				s.book.fail("Get(%q) returned %+v, want %+v", id, got, want)
			}
			return
		}
	}
}

// hasNoLetter gets a dead letter that must not be there.
func (s *stage) hasNoLetter(id, when string) {
	if s.wrong() {
		return
	}
	if _, err := s.inbox.DeadLetters().Get(s.ctx, id); !errors.Is(err, bot.ErrNoDeadLetter) {
		s.book.fail("Get(%q) %s: %v, want ErrNoDeadLetter", id, when, err)
	}
}

// newestLetter buries an envelope, publishes it again, and buries it again unless the inbox knows it: as it
// may.
func newestLetter(s *stage) {
	s.consume()
	s.buries("a1")
	s.publish("a1")
	s.publish("a2")
	if s.takes(patience) && s.hand[0].id == "a2" {
		s.book.known("a1")
	} else {
		s.next("a1").returns(errNoLuck)
	}
	s.handles("a2")
	s.until("a1 is a dead letter", func() bool { return sameLetters(s.letters(), s.book.buried()) })
	s.hasLetter("a1")
	s.drops("a1")
}
