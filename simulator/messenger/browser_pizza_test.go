package messenger_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/parleybot/parley/simulator/internal/browsertest"
	"github.com/parleybot/parley/simulator/messenger"
)

// openPizza starts examples/pizza as a process, as the README does, and opens the page.
func openPizza(t *testing.T) *browsertest.Tab {
	t.Helper()
	if testing.Short() {
		t.Skip("compiles a bot and starts a browser")
	}
	r := start(t, messenger.Config{
		Command: []string{"go", "run", "../../examples/pizza"}, Start: 2 * patience,
	})
	b := browsertest.Open(t, r.ready())
	b.Pictures("https://raw.githubusercontent.com/parleybot/parley/main/examples/pizza/pictures/",
		"../../examples/pizza/pictures")
	return b
}

// A pizza is ordered from the first word to the oven, by taps wherever something is offered.
func TestPizzaInTheBrowser(t *testing.T) {
	b := openPizza(t)
	chips := func(want string) {
		t.Helper()
		b.Until("[...document.querySelectorAll('.chip')].map(c => c.textContent).join() === '" + want + "'")
	}
	b.Say("hi")
	chips("Order a pizza,Opening hours")
	b.Click(".chip", 0)
	b.Until("document.querySelectorAll('.carousel .card').length === 3")
	b.Until(loaded(".carousel img", 3))
	b.Screenshot("pizza-carousel")
	b.Click(".carousel button.action", 2)
	b.Last("person", "Diavola")
	chips("Small,Medium,Large")
	b.Say("help")
	b.Until("document.querySelectorAll('.card.plain button.action').length === 3")
	chips("Small,Medium,Large") // the question came once more
	b.Click(".chip", 2)
	b.Last("page", "How many of them?")
	b.Click(".chip", 1)
	chips("Delivery,Pickup")
	b.Click(".chip", 0)
	b.Last("page", "Which street and number?")
	b.Say("Main Street 1")
	chips("Old Town,Harbour,Hillside")
	b.Click(".chip", 1)
	chips("Yes,No,Back")
	b.Last("page", "2 × Diavola, Large: €32.00\nDelivery to Main Street 1, Harbour: €3.00\nTogether: €35.00\n\n"+
		"Shall I put it in the oven?")
	b.Screenshot("pizza-confirm")
	b.Click(".chip", 0)
	b.Last("page", "It is in the oven! We ring at Main Street 1 in about 40 minutes.")
	b.Until(loaded("a.media img", 1))
	b.Same("document.querySelectorAll('.chip').length", "0")
	b.Same("document.querySelectorAll('.refused, .badge.bad').length", "0")
	pizzaPictures(b)

	b.Say("pizza")
	b.Until("document.querySelectorAll('.carousel').length === 2")
	b.Click("[data-minutes='60']", 0) // the bot's reminders follow the simulator's clock
	b.Last("page", "I have put your order aside. Whenever you are hungry again:")
	chips("Order a pizza")
	b.Quiet()
}

// loaded is true when n pictures are shown.
func loaded(selector string, n int) string {
	const all = "[...document.querySelectorAll('SELECTOR')].filter(i => i.complete && i.naturalWidth > 0).length === "
	return strings.Replace(all, "SELECTOR", selector, 1) + strconv.Itoa(n)
}

// pizzaPictures looks at the end of the order, wide and at 360 px, and at the carousel there.
func pizzaPictures(b *browsertest.Tab) {
	const overflow = "document.documentElement.scrollWidth <= innerWidth"
	b.Screenshot("pizza-wide")
	b.Size(360, 740)
	b.Same(overflow, "true")
	b.Same("document.documentElement.scrollHeight <= innerHeight", "true") // the thread scrolls, the page does not
	b.JS("document.querySelector('#log').scrollTop = 1e6")
	b.Screenshot("pizza-phone-end")
	b.JS("document.querySelector('.carousel').scrollIntoView()")
	b.Screenshot("pizza-phone-carousel")
	b.Dark(true)
	b.Screenshot("pizza-phone-dark")
	b.Dark(false)
	b.Size(1280, 800)
}
