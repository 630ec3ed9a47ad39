package bottest

import (
	"errors"
	"slices"
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
		h.message.summary() != text || !slices.Equal(titles(h.message.offers()), offered) {
		c.mismatch(expectedLine(text, offered), h)
	}
	c.who.take()
}

// ExpectCard takes the next card of the bot's next message, and fails the test unless it has this title and
// these buttons, in this order. The quick replies of the message come behind the buttons of its last card. A
// carousel that is expected card by card is expected to its last card.
func (c *Chat) ExpectCard(title string, buttons ...string) {
	c.t.Helper()
	h := c.next("ExpectCard")
	want := cardLine(title, buttons)
	if h == nil || h.kind != kindMessage || len(h.message.cards) == 0 {
		c.mismatch(want, h)
		return
	}
	shown := h.message.cards[c.who.cards]
	line := h.line + 1 + c.who.cards
	c.who.cards++
	offered := titles(shown.buttons)
	last := c.who.cards == len(h.message.cards)
	if last {
		offered = append(offered, titles(h.message.replies)...)
	}
	if shown.title != title || !slices.Equal(offered, buttons) {
		w := wrong{want: want, at: line, got: []int{line}}
		if last && len(h.message.replies) > 0 {
			w.got = append(w.got, h.line)
			w.why = "the quick replies come behind the buttons of the last card: " +
				brackets(titles(h.message.replies))
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
	h := c.next("ExpectTyping")
	at := len(c.lines)
	if h != nil {
		at = h.line
	}
	for i := c.who.read; i < len(c.who.heard) && c.who.heard[i].kind == kindAction; i++ {
		if c.who.heard[i].call.Action == "typing_on" {
			c.who.read = i + 1
			return
		}
	}
	c.fail(wrong{want: c.who.name + typingLine, at: at, why: "the typing indicator was not shown"})
}

// ExpectNothing fails the test if the bot has said anything that was not expected, or if a message of it did
// not go out. Typing indicators, seen marks and reactions are nothing said.
func (c *Chat) ExpectNothing() {
	c.t.Helper()
	if h := c.next("ExpectNothing"); h != nil {
		c.mismatch("", h)
	}
}

// ExpectRefused takes the next message of the bot, and fails the test unless it did not go out, for a reason
// that errors.Is finds to be class, such as [send.ErrOutsideWindow]: refused by the bot itself, or by the
// Graph API.
func (c *Chat) ExpectRefused(class error) {
	c.t.Helper()
	h := c.next("ExpectRefused")
	if h == nil || h.kind != kindRefusal || !errors.Is(h.err, class) {
		c.mismatch(refusedLine(class), h)
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
	if want != "" && want[0] != '*' {
		w.want = c.who.name + want
	}
	if h != nil {
		w.at, w.got, w.why = h.line, []int{h.line}, ""
		for i := range h.message.cards {
			w.got = append(w.got, h.line+1+i)
		}
		if h.err != nil {
			w.why = "a message did not go out: " + h.err.Error()
		}
	}
	c.fail(w)
}
