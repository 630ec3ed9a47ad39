package sessiontest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/parleybot/parley/session"
)

// never is the expiry of a record that does not expire.
var never time.Time

// script makes a clause of steps that are taken one after the other.
func script(name string, run func(s *steps, now *clock)) clause {
	return clause{name, func(ctx context.Context, store session.Store, now *clock) error {
		s := &steps{ctx: ctx, store: store}
		run(s, now)
		return s.err
	}}
}

// revisionClauses say what Get and Put do.
func revisionClauses() []clause {
	return []clause{
		script("an absent record is not found", func(s *steps, _ *clock) {
			s.absent(only, "before any Put")
		}),
		script("what was created is read", func(s *steps, _ *clock) {
			s.is(only, "after its creation", s.create(only, "one", never))
		}),
		script("what was updated is read", func(s *steps, _ *clock) {
			r := s.create(only, "one", never)
			r.Data = []byte("two")
			r = s.put(only, r)
			s.is(only, "after an update", r)
			r.Data = nil
			s.is(only, "after an update to nothing", s.put(only, r))
		}),
		script("a record is created once", func(s *steps, _ *clock) {
			r := s.create(only, "one", never)
			s.conflicts("of a second creation", session.Record{Data: []byte("two")})
			s.is(only, "after a refused creation", r)
		}),
		script("a stale revision is refused", func(s *steps, now *clock) {
			first := s.create(only, "one", never)
			second := s.put(only, session.Record{Data: []byte("two"), Revision: first.Revision})
			first.Data, first.Expires = []byte("three"), now.Now().Add(time.Hour)
			s.conflicts("at a stale revision", first)
			s.is(only, "after a refused update", second)
		}),
		script("an absent record is not updated", func(s *steps, _ *clock) {
			s.conflicts("at a revision of nothing", session.Record{Data: []byte("one"), Revision: 7})
			s.absent(only, "after a refused update")
		}),
	}
}

// deletionClauses say what Delete does, and that keys are apart.
func deletionClauses() []clause {
	return []clause{
		script("a deleted record is not found", func(s *steps, _ *clock) {
			s.remove(only)
			s.create(only, "one", never)
			s.remove(only)
			s.absent(only, "after its deletion")
			s.remove(only)
		}),
		script("a deleted record is created anew", func(s *steps, _ *clock) {
			old := s.create(only, "one", never)
			s.remove(only)
			s.conflicts("at the revision of a deleted record", old)
			r := s.create(only, "two", never)
			s.conflicts("at a revision of before the deletion", old)
			s.is(only, "after it was created anew", r)
		}),
		script("keys do not touch each other", func(s *steps, _ *clock) {
			a, b := s.create("a", "one", never), s.create("b", "two", never)
			a.Data = []byte("three")
			a = s.put("a", a)
			s.is("b", "after an update of another key", b)
			s.remove("b")
			s.is("a", "after the deletion of another key", a)
		}),
	}
}

// expiryClauses say what Record.Expires does.
func expiryClauses() []clause {
	return []clause{
		script("a record expires by the owner's clock", func(s *steps, now *clock) {
			r := s.create(only, "one", now.Now().Add(time.Hour))
			now.advance(time.Hour - time.Millisecond)
			s.is(only, "a millisecond before it expires", r)
			now.advance(time.Millisecond)
			s.absent(only, "at the instant it expires")
			now.advance(time.Hour)
			s.absent(only, "an hour after it expired")
			s.remove(only)
		}),
		script("a record without expiry stays", func(s *steps, now *clock) {
			r := s.create(only, "one", never)
			now.advance(10 * 365 * 24 * time.Hour)
			s.is(only, "after ten years", r)
		}),
		script("an update changes the expiry", func(s *steps, now *clock) {
			r := s.create(only, "one", now.Now().Add(time.Hour))
			r.Expires = now.Now().Add(3 * time.Hour)
			r = s.put(only, r)
			now.advance(2 * time.Hour)
			s.is(only, "after its first expiry, which an update put off", r)
			r.Expires = never
			r = s.put(only, r)
			now.advance(2 * time.Hour)
			s.is(only, "after its second expiry, which an update took away", r)
			r.Expires = now.Now().Add(time.Minute)
			s.put(only, r)
			now.advance(time.Minute)
			s.absent(only, "after the expiry that an update gave it")
		}),
		script("an expired record is created anew", func(s *steps, now *clock) {
			old := s.create(only, "one", now.Now().Add(time.Hour))
			now.advance(time.Hour)
			old.Expires = never
			s.conflicts("at the revision of an expired record", old)
			s.absent(only, "after a refused update")
			r := s.create(only, "two", now.Now().Add(time.Hour))
			s.conflicts("at a revision of before the expiry", old)
			s.is(only, "after it was created anew", r)
		}),
		script("a record may be born expired", func(s *steps, now *clock) {
			s.create(only, "one", now.Now())
			s.absent(only, "of a record that expired when it was written")
			s.is(only, "after it was created anew", s.create(only, "two", never))
		}),
	}
}

// contentClauses say what keys and data may be.
func contentClauses() []clause {
	return []clause{
		script("bytes are copied in", func(s *steps, _ *clock) {
			given := []byte("one")
			r := s.put(only, session.Record{Data: given})
			given[0] = 'X'
			r.Data = []byte("one")
			s.is(only, "after the caller changed what it gave", r)
		}),
		script("bytes are copied out", func(s *steps, _ *clock) {
			r := s.create(only, "one", never)
			first, second := s.is(only, "once", r), s.is(only, "twice", r)
			if s.err != nil {
				return
			}
			first.Data[0] = 'X'
			s.is(only, "after a reader changed what it got", r)
			if string(second.Data) != "one" {
				s.fail("two readers got the same bytes")
			}
		}),
		script("data is any bytes", func(s *steps, _ *clock) {
			data := make([]byte, 256<<10)
			if _, err := rand.NewChaCha8([32]byte{}).Read(data); err != nil {
				s.fail("random bytes: %w", err)
			}
			s.is("large", "of 256 KiB", s.put("large", session.Record{Data: data}))
			s.is("empty", "without data", s.put("empty", session.Record{}))
		}),
		script("keys are any text", oddKeys),
		script("there may be many keys", manyKeys),
	}
}

// oddKeys keeps a record under each of many names that a backend could take for one another, or for a
// pattern.
func oddKeys(s *steps, _ *clock) {
	keys := []string{
		"a", "A", "a.b", "a..b", ".a", "a.", ".", "a.b.c", "a*b", "*", "a.*", ">", "a.>", "$a", "a b", " a",
		"a ", "a/b", `a\b`, "../a", "a_b", "a-b", "a=b", "a%2Eb", "a%b", "a:b", "a\nb", "a\x00b", "ä",
		"a\u0308", "日本", "😀", "comment:17_42", strings.Repeat(only, 300), strings.Repeat(only, 299) + "l",
	}
	records := make([]session.Record, len(keys))
	for i, key := range keys {
		records[i] = s.create(key, "data of "+key, never)
	}
	for i, key := range keys {
		s.is(key, "among odd keys", records[i])
	}
	for i, key := range keys {
		s.remove(key)
		s.absent(key, "after its deletion")
		if i+1 < len(keys) {
			s.is(keys[i+1], "after the deletion of "+short(key), records[i+1])
		}
	}
}

// manyKeys keeps a thousand records, half of which are then deleted.
func manyKeys(s *steps, _ *clock) {
	records := make([]session.Record, 1000)
	key := func(i int) string { return fmt.Sprintf("105.%d", 7300+i) }
	for i := range records {
		records[i] = s.create(key(i), fmt.Sprint("person ", i), never)
	}
	for i := 1; i < len(records); i += 2 {
		s.remove(key(i))
	}
	for i, r := range records {
		if i%2 == 1 {
			s.absent(key(i), "after its deletion")
			continue
		}
		s.is(key(i), "among many keys", r)
	}
}
