package messenger_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/parleybot/parley/simulator/internal/browsertest"
)

func TestPageInABrowser(t *testing.T) {
	r, bot := startOther(t)
	b := browsertest.Open(t, r.ready())
	b.Until("document.querySelector('#state').textContent === 'Your bot is connected'")
	b.Same("document.activeElement.id", "text")
	b.Screenshot("start")

	b.Say("hello there")
	b.Last("person", "hello there")
	b.Last("page", "echo: hello there")
	b.Until("document.querySelector('.mark').textContent === 'Delivered'")
	if got := bot.heard(); got != "message: hello there" {
		t.Errorf("the bot heard %q", got)
	}

	b.Say("colours")
	b.Until("document.querySelectorAll('#quick-replies .chip').length === 3")
	b.Same("[...document.querySelectorAll('.chip')].map(c => c.textContent)", "Blue,Green,person@example.com")
	b.Screenshot("quick-replies")
	b.Click(".chip", 1)
	b.Last("person", "Green")
	b.Last("page", "Noted: Green")
	b.Until("document.querySelector('#quick-replies').hidden && !document.querySelector('.chip')")

	b.Say("mugs")
	b.Until("document.querySelectorAll('.carousel .card').length === 3")
	b.Same("document.querySelector('a.action').getAttribute('href')", "https://shop.example/blue")
	b.Same("document.querySelector('a.action').rel", "noopener noreferrer")
	b.Same("document.querySelector('.card button:disabled').textContent", "Call")
	b.Click(".carousel .card:nth-child(2) button.action", 0)
	b.Last("person", "Buy")
	b.Last("page", "You tapped Buy")

	b.Say("help")
	b.Click(".card.plain button.action", 0)
	b.Last("person", "Track order")
	b.Last("page", "You tapped Track order")
	for _, want := range []string{
		"message: colours", "quick reply: C:GREEN", "message: mugs", "postback: BUY:2", "message: help", "postback: TRACK",
	} {
		if got := bot.heard(); got != want {
			t.Errorf("the bot heard %q, want %q", got, want)
		}
	}
	b.Say("media")
	b.Until("document.querySelector('a.file')?.textContent.endsWith('price list.pdf')")

	b.Say("typing")
	b.Until("!document.querySelector('#typing').hidden")
	b.Until("document.querySelector('.mark').textContent === 'Seen'")
	b.Until("document.querySelector('.reaction').textContent === '❤'")
	pictures(t, b)
	b.Say("stop typing")
	b.Until("document.querySelector('#typing').hidden")

	b.Say("colours")
	b.Until("document.querySelectorAll('.chip').length === 3")
	b.Say("stop typing") // not answered with a message
	b.Last("person", "stop typing")
	b.Same("document.querySelectorAll('.chip').length", "0")
	b.Quiet()
}

// pictures looks at the page wide and at 360 px, light and dark.
func pictures(t *testing.T, b *browsertest.Tab) {
	t.Helper()
	const overflow = "document.documentElement.scrollWidth <= innerWidth"
	b.Click(".entry summary", 0)
	b.Until("document.querySelector('.entry pre')?.textContent.includes('hub') === false")
	b.Screenshot("wide")
	b.Same(overflow, "true")
	b.Dark(true)
	b.Screenshot("wide-dark")
	b.Size(360, 740)
	b.Same(overflow, "true")
	b.Screenshot("phone-dark")
	b.Dark(false)
	b.Screenshot("phone")
	b.JS("document.querySelector('#log').scrollTop = 320")
	b.Screenshot("phone-cards")
	b.Click("#show-inspector", 0)
	b.Same(overflow, "true")
	b.Screenshot("phone-inspector")
	b.Click("#show-chat", 0)
	b.Size(1280, 800)
}

func TestReloadShowsTheChatSoFar(t *testing.T) {
	r, _ := startOther(t)
	b := browsertest.Open(t, r.ready())
	b.Say("typing")
	b.Until("document.querySelector('.mark')?.textContent === 'Seen'")
	b.Say("colours")
	b.Last("page", "Which colour?")
	b.Reload()
	b.Until("document.querySelectorAll('.chip').length === 3")
	b.Same("[...document.querySelectorAll('.bubble')].map(b => b.firstChild.textContent)", "typing,colours,Which colour?")
	b.Same("document.querySelector('.reaction').textContent", "❤")
	b.Same("document.querySelector('#typing').hidden", "true")
	b.Click(".chip", 0)
	b.Last("page", "Noted: Blue")
	b.Quiet()
}

// Pictures that cannot be loaded make the thread longer when that is known: who looks at its end still sees it
// then, also in a lower window, and who does not is left where they are.
func TestTheEndStaysInSight(t *testing.T) {
	r, _ := startOther(t)
	b := browsertest.Open(t, r.ready())
	b.Size(1280, 500)
	for range 4 {
		b.Say("no pictures")
	}
	const gone = "document.querySelectorAll('#log .broken').length"
	const fromEnd = "(l => l.scrollHeight - l.scrollTop - l.clientHeight)(document.querySelector('#log'))"
	b.Until(gone + " === 8 && " + fromEnd + " < 2")
	b.Reload()
	b.Until(gone + " === 8 && " + fromEnd + " < 2")
	b.Size(1280, 350)
	b.Until(fromEnd + " < 2")

	b.JS("document.querySelector('#log').scrollTop = 0")
	b.Until("document.querySelector('#log').scrollTop === 0")
	b.Say("no pictures")
	b.Until(gone + " === 10")
	b.Same("document.querySelector('#log').scrollTop", "0")
}

func TestTypingEndsByItself(t *testing.T) {
	r, _ := startOther(t)
	b := browsertest.Open(t, r.ready())
	// A thread of its own, so that the 20 s need not pass: each call comes with its age.
	const play = `(async () => {
		const { Chat } = await import("./chat.js");
		const part = () => document.createElement("div");
		const typing = document.querySelector("#typing");
		const chat = new Chat({ log: part(), typing, quickReplies: part(), empty: part() }, {}, () => {});
		let n = 0;
		const call = (age, call) => chat.apply({ n: ++n, time: 0, call: { status: 200, ...call } }, age);
		const states = [];
		const look = () => states.push(typing.hidden ? "off" : "on");
		call(20001, { action: "typing_on" }); look();
		call(0, { action: "typing_on" }); look();
		call(0, { action: "typing_off" }); look();
		call(0, { action: "typing_on", status: 400 }); look();
		call(0, { action: "typing_on" });
		call(0, { mid: "m_1", params: { message: { text: "there" } } }); look();
		call(19900, { action: "typing_on" }); look();
		return states.join(" ");
	})()`
	b.Same(play, "off on off off off on")
	b.Until("document.querySelector('#typing').hidden")
	b.Quiet()
}

func TestFailuresAreShownOnThePage(t *testing.T) {
	r, _ := startOther(t)
	b := browsertest.Open(t, r.ready())
	b.Say("fail")
	b.Until("document.querySelector('.message.failed .problem')?.textContent.includes('500 Internal Server Error')")
	b.Until("document.querySelector('.entry.webhook .badge.bad')?.textContent.startsWith('500')")
	b.Say("too long")
	b.Until("document.querySelector('.refused')?.textContent.includes('(#100)')")
	b.Until("document.querySelector('.entry.call .badge.bad')?.textContent.startsWith('400')")
	b.Click(".entry.call summary", 0)
	b.Until("document.querySelector('.entry.call .json h3:last-of-type') !== null")
	b.Screenshot("failures")
	b.Quiet()
}

func TestNothingABotSendsBecomesHTML(t *testing.T) {
	r, _ := startOther(t)
	b := browsertest.Open(t, r.ready())
	b.Say("attack")
	b.Until("document.querySelectorAll('.chip').length === 1")
	b.Last("page", attack)
	for _, selector := range []string{".card-title", ".card-subtitle", "button.action", ".chip"} {
		b.Same(fmt.Sprintf("document.querySelector(%q).textContent", selector), attack)
	}
	b.Say(attack)
	b.Last("page", "echo: "+attack)
	b.Say("fail")
	b.Until("document.querySelector('.message.failed')")
	// No rule of Meta's refuses these: what the page gets is what the bot wrote.
	for _, url := range []string{"javascript:window.hacked=1", "data:text/html,x", "file:///etc/passwd", "//x", "java\nscript:x"} {
		smuggle(t, b, url)
	}
	b.JS("document.querySelectorAll('details').forEach(d => d.open = true)")
	b.Until("document.querySelectorAll('.entry pre').length > 10")
	b.Screenshot("attack")
	b.Same("window.hacked", "undefined")
	b.Same("document.querySelectorAll('#log script, #log img, #entries img, #entries script, #log iframe').length", "0")
	b.Same("[...document.querySelectorAll('[href],[src]')].filter(e => !/^https?:/.test(e.href ?? e.src)).map(e => e.outerHTML)", "")
	b.Quiet()
}

// smuggle renders a message that holds a hostile address wherever one can stand, past the Graph API, which
// refuses some of them already.
func smuggle(t *testing.T, b *browsertest.Tab, url string) {
	t.Helper()
	script := `(async () => {
		const { render, quickReply } = await import("./message.js");
		const url = URL;
		const button = { type: "web_url", title: "go", url };
		const template = (payload) => ({ attachment: { type: "template", payload } });
		const media = ["image", "video", "audio", "file"].map((type) => ({ attachment: { type, payload: { url } } }));
		const messages = [...media,
			template({ template_type: "button", text: "x", buttons: [button] }),
			template({ template_type: "media", elements: [{ media_type: "image", url, buttons: [button] }] }),
			template({ template_type: "generic", elements: [
				{ title: "x", image_url: url, default_action: { type: "web_url", url }, buttons: [button] }] }),
			{ attachments: [null, 7, { type: "image", payload: url }] }];
		const nodes = messages.flatMap((message) => render(message, () => {}));
		nodes.push(quickReply({ content_type: "text", title: "x", image_url: url }, {}, () => {}));
		document.querySelector("#log").append(...nodes);
		return String(nodes.length);
	})()`
	script = strings.Replace(script, "URL", fmt.Sprintf("%q", url), 1)
	if count := b.JS(script); count != "11" {
		t.Errorf("%q: got %s parts, want 11", url, count)
	}
}

func TestClockAndHumanOnThePage(t *testing.T) {
	r, bot := startOther(t)
	b := browsertest.Open(t, r.ready())
	b.Say("colours")
	b.Until("document.querySelectorAll('.chip').length === 3")
	b.Say("typing")
	b.Until("!document.querySelector('#typing').hidden")
	b.Click("#clock button", 2)
	b.Until("document.querySelector('#log .moved')?.textContent === '25 h later'")
	b.Same("document.querySelector('#typing').hidden", "true")
	const shown = "new Date(document.querySelector('#now').dateTime) - Date.now()"
	b.Same(shown+" > 24.9 * 3600e3 && "+shown+" < 25.1 * 3600e3", "true")

	b.Click("#as-page", 0)
	b.Same("document.querySelector('#text').placeholder", "Answer as the Page")
	b.Say("We are closed.")
	b.Last("page", "We are closed.")
	b.Until("document.querySelector('.message.human .by')?.textContent === 'A human, from the Page’s inbox'")
	b.Until("[...document.querySelectorAll('.entry.webhook')].at(-1).querySelector('.kind').textContent === 'echo'")
	b.Until("document.querySelector('#quick-replies').hidden")
	b.Click("#as-page", 0)
	b.Say("hello there")
	b.Last("person", "hello there")
	b.Last("page", "echo: hello there")
	for range 3 {
		bot.heard()
	}
	refuse(t, r)
	b.Until("document.querySelector('p.refused')?.textContent === 'The bot did not send a message: window closed'")
	b.Click(".entry.unsent summary", 0)
	b.Until("document.querySelector('.entry.unsent pre') !== null")
	b.Same("document.querySelector('.entry.moved .gist').textContent", "25 h later")
	b.Screenshot("clock")
	b.Dark(true)
	b.Size(360, 740)
	b.Same("document.documentElement.scrollWidth <= innerWidth", "true")
	b.Screenshot("clock-phone")
	b.Reload()
	b.Until("document.querySelectorAll('#log .moved').length === 1 && document.querySelector('.message.human')")
	b.Same(shown+" > 24.9 * 3600e3", "true")
	b.Quiet()
}

// refuse tells the simulator, as a bot does, that a message was not sent.
func refuse(t *testing.T, r *running) {
	t.Helper()
	body := fmt.Sprintf(`{"person":%q,"reason":"window closed"}`, r.follow(func(f frame) bool { return f.Status != nil }).Status.Person)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.setting("SIMULATOR_URL")+"refused", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if status, answer := exchange(t, req); status != http.StatusNoContent {
		t.Fatalf("got %d %s", status, answer)
	}
}
