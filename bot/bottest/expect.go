package bottest

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/parleybot/parley/bot/bottest/script"
)

// Expect takes the next message of the bot, and fails the test unless it has this text and offers these
// buttons and quick replies, in this order. The text of a medium is its kind and address, as in
// "image: https://shop.example/cat.png", and that of a template other than a carousel or a text with buttons
// is "template: receipt"; that of a carousel is the title of its first card, and it offers the buttons of all
// cards: see [Chat.ExpectCard].
func (c *Chat) Expect(text string, offered ...string) {
	c.t.Helper()
	h := c.next("Expect")
	if h == nil || h.kind != kindMessage || c.who.cards > 0 ||
		summary(&h.shown) != text || !slices.Equal(titles(h.shown.Taps), offered) {
		c.mismatch(expectedLine(c.who.name, text, offered), h)
	}
	c.who.take()
}

// ExpectCard takes the next card of the bot's next message, and fails the test unless it has this title and
// these buttons, in this order. The quick replies of the message come behind the buttons of its last card. A
// carousel that is expected card by card is expected to its last card.
func (c *Chat) ExpectCard(title string, buttons ...string) {
	c.t.Helper()
	h := c.next("ExpectCard")
	want := script.Card{Text: title, Offers: buttons}.String()
	if h == nil || h.kind != kindMessage || len(h.shown.Cards) == 0 {
		c.mismatch(want, h)
		return
	}
	name, offered := h.shown.Titles[c.who.cards], h.shown.Cards[c.who.cards].Offers
	line := h.line + 1 + c.who.cards
	c.who.cards++
	quick, last := replies(&h.shown), c.who.cards == len(h.shown.Cards)
	if last {
		offered = slices.Concat(offered, quick)
	}
	if name != title || !slices.Equal(offered, buttons) {
		w := wrong{want: want, at: line, got: []int{line}}
		if last && len(quick) > 0 {
			w.got = append(w.got, h.line)
			w.why = "the quick replies come behind the buttons of the last card: " + script.Brackets(quick)
		}
		c.fail(w)
	}
	if last {
		c.who.take()
	}
}

// ExpectTyping fails the test unless the bot has shown the typing indicator before its next message.
func (c *Chat) ExpectTyping() {
	c.t.Helper()
	want := script.Line{Person: c.who.name, Mark: '<', Word: "typing"}
	h := c.next("ExpectTyping")
	at := len(c.lines)
	if h != nil {
		at = h.line
	}
	for i := c.who.read; i < len(c.who.heard) && c.who.heard[i].kind == kindAction; i++ {
		if c.who.heard[i].shown.Word == want.Word {
			c.who.read = i + 1
			return
		}
	}
	c.fail(wrong{want: want.String(), at: at, why: "the typing indicator was not shown"})
}

// ExpectNothing fails the test if the bot has said anything that was not expected, if a message of it did not
// go out, or if an event of the person became a dead letter: see [Chat.ExpectDeadLetter]. Typing indicators,
// seen marks and reactions are nothing said. A test that does not end with it does not notice what else the
// bot says.
func (c *Chat) ExpectNothing() {
	c.t.Helper()
	if h := c.next("ExpectNothing"); h != nil {
		c.mismatch("", h)
	}
	if letter, ok := c.inbox.dead.read(c.lane(), c.isRefusal); ok {
		c.fail(wrong{at: len(c.lines), why: "an event became a dead letter: " + letter.Cause})
	}
}

// ExpectDeadLetter fails the test unless an event of the person became a dead letter, because its handler
// failed for good or its lane was full, with a cause that contains this text. A test that ends with a dead
// letter that nobody expected fails. That of a message which did not go out is expected by
// [Chat.ExpectRefused].
func (c *Chat) ExpectDeadLetter(cause string) {
	c.t.Helper()
	c.apart("ExpectDeadLetter")
	c.listen()
	letter, ok := c.inbox.dead.read(c.lane(), c.isRefusal)
	switch {
	case !ok:
		c.fail(wrong{at: len(c.lines), why: "no event became a dead letter"})
	case !strings.Contains(letter.Cause, cause):
		c.fail(wrong{at: len(c.lines), why: fmt.Sprintf("an event became a dead letter with the cause %q, "+
			"which does not contain %q", letter.Cause, cause)})
	}
}

// lane returns the key of the person's lane.
func (c *Chat) lane() string { return PageID + "." + c.who.psid }

// ExpectRefused takes the next message of the bot, and fails the test unless it did not go out, for a reason
// that errors.Is finds to be class, such as [send.ErrOutsideWindow]: refused by the bot itself, or by the
// Graph API.
func (c *Chat) ExpectRefused(class error) {
	c.t.Helper()
	h := c.next("ExpectRefused")
	if h == nil || h.kind != kindRefusal || !errors.Is(h.err, class) {
		c.mismatch(refusedLine(c.who.name, class), h)
	}
	c.who.take()
}

// next returns what the bot said next to the person, or nil, for the method what.
func (c *Chat) next(what string) *heard {
	c.t.Helper()
	c.apart(what)
	c.listen()
	return c.who.next()
}

// mismatch fails the test: not want came next, but h, or nothing.
func (c *Chat) mismatch(want string, h *heard) {
	c.t.Helper()
	w := wrong{want: want, at: len(c.lines), why: "nothing more came"}
	if h != nil {
		w.at, w.got, w.why = h.line, h.lines(), ""
		if h.err != nil {
			w.why = "a message did not go out: " + h.err.Error()
		}
	}
	if h != nil && want == "" { // all of it is too much
		for _, more := range c.who.heard[c.who.read:] {
			if more.kind != kindAction {
				w.got = append(w.got, more.lines()...)
			}
		}
	}
	c.fail(w)
}

// lines returns the lines of the talk that a message stands in.
func (h *heard) lines() []int {
	lines := []int{h.line}
	for i := range h.shown.Cards {
		lines = append(lines, h.line+1+i)
	}
	return lines
}
