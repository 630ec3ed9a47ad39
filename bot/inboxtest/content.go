package inboxtest

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"github.com/parleybot/parley/bot"
)

// contentClauses say what envelopes may hold, and that they stay as they are.
func contentClauses() []clause {
	return []clause{
		{name: "an envelope arrives as it was published", play: func(s *stage) {
			s.keep(odd(s.clock.Now())...)
			s.consume()
			s.handlesAll(closed())
		}},
		{name: "lanes are any text", play: oddLanes},
		{name: "the publisher may reuse its slice", play: func(s *stage) {
			batch := events("a1", "a2", "b1")
			s.keep(batch...)
			for i := range batch {
				batch[i] = event("z9")
			}
			s.consume()
			s.handles("a1", "a2", "b1")
		}},
		{name: "a handler may change its delivery", play: func(s *stage) {
			both := []byte("data of a1data of a2")
			a1, a2 := event("a1"), event("a2")
			a1.Data, a2.Data = both[:len(both)/2], both[len(both)/2:]
			s.keep(a1, a2)
			s.consume()
			for range 2 {
				h := s.next("a1")
				h.spoils()
				h.returns(bot.ErrReleased)
			}
			h := s.next("a1")
			h.spoils()
			h.returns(&bot.RetryError{At: s.clock.Now(), Cause: errNoLuck})
			s.handles("a1")
			h = s.next("a2")
			h.spoils()
			h.returns(errNoLuck)
		}},
	}
}

// closed returns a channel that is closed.
func closed() <-chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}

// odd returns envelopes with all that an envelope may hold.
func odd(now time.Time) []bot.Envelope {
	allBytes := make([]byte, 256)
	for i := range allBytes {
		allBytes[i] = byte(i)
	}
	data := [][]byte{
		nil, {}, []byte(`{"text":"\u00e4"}`), allBytes, bytes.Repeat(allBytes, 1<<10), []byte("\r\n\r\n"),
	}
	headers := []map[string]string{
		nil,
		{},
		{"format": "1", "Format": "2", "traceparent": "00-0af7651916cd43dd-b7ad6b7169203331-01"},
		{"empty": "", "space": " a b ", "odd": `"quoted": ä 😀`, "lines": "one\r\ntwo: 3"},
	}
	ids := []string{
		"message:m_AZ-+/=", "message:m_AZ-+/=#1", "Message:m_az-+/=", "custom:QWERTY", "read:1.2.*.>", "a b",
		"日本", "message:" + strings.Repeat("m", 300),
	}
	var batch []bot.Envelope
	add := func(e bot.Envelope) { batch = append(batch, e) }
	for i, d := range data {
		add(bot.Envelope{ID: fmt.Sprintf("data:%d", i), Key: "105.data", Data: d})
	}
	for i, h := range headers {
		add(bot.Envelope{ID: fmt.Sprintf("header:%d", i), Key: "105.header", Header: h})
	}
	for _, id := range ids {
		add(bot.Envelope{ID: id, Key: "105.id", Data: []byte("data of " + id)})
	}
	add(bot.Envelope{ID: "due", Key: "105.due", Due: now.Add(-time.Hour), Data: []byte("due an hour ago")})
	return batch
}

// oddLanes has lanes in hand together, always four, that a backend could take for one another or for a
// pattern.
func oddLanes(s *stage) {
	lanes := []string{
		"a", "A", "a ", " a", "a.b", "a..b", "a_b", "a-b", "a.b.c", "a%2Eb", "a=b", "a:b", "a b", "a/b",
		`a\b`, "../a", ".", "..", "*", ">", "a.*", "a.>", "a*b", "$a", "a\nb", "a\x00b", "ä", "a\u0308",
		"日本", "😀", "comment:17_42", strings.Repeat("l", 300), strings.Repeat("l", 299) + "m",
	}
	s.consume()
	var hand []*handout
	for i, lane := range lanes {
		id := fmt.Sprintf("odd:%d", i)
		s.keep(on(lane, id))
		if hand = append(hand, s.next(id)); len(hand) == 4 {
			hand[0].returns(nil)
			hand = hand[1:]
		}
	}
	for _, h := range hand {
		h.returns(nil)
	}
}
