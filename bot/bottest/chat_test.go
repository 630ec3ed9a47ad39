package bottest_test

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/bot/bottest"
	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/session"
	"github.com/parleybot/parley/webhook"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// shop is the bot under test.
func shop(c *bot.Context) error {
	switch c.Input() {
	case "pizza":
		return errors.Join(c.Typing(), c.QuickReplies("Which size?", "Small", "Large"))
	case "Large":
		return errors.Join(c.Text("A large one."), c.Text("Anything else?"))
	case "menu":
		return c.Buttons("Look around:", send.Postback("Order", "ORDER"), send.Link("Site", "https://a.example"))
	case "cards":
		return c.Carousel(
			send.Element{Title: "One", Subtitle: "first", Buttons: []send.Button{send.Postback("Take one", "ONE")}},
			send.Element{Title: "Two", Subtitle: "second", Buttons: []send.Button{send.Postback("Take two", "TWO")}},
		)
	case "picture":
		return c.Image("https://a.example/pizza.png")
	case "email":
		return c.Send(send.Text("Where to?").WithQuickReplies(send.AskEmail()))
	case "sizes and more":
		return errors.Join(c.QuickReplies("Which size?", "Small"), c.Text("Take your time."))
	case "nothing":
		return errors.Join(c.MarkSeen(), c.Typing(), c.React("❤"), c.TypingOff())
	default:
		return c.Text("you: " + c.Input())
	}
}

// start starts a chat with the shop.
func start(tb testing.TB) *bottest.Chat {
	tb.Helper()
	return bottest.Start(tb, bot.HandlerFunc(shop))
}

func TestChat(t *testing.T) {
	chat := start(t)
	chat.ExpectNothing()
	chat.Say("pizza")
	chat.Expect("Which size?", "Small", "Large")
	chat.Tap("Large")
	chat.Expect("A large one.")
	chat.Expect("Anything else?")
	chat.ExpectNothing()

	chat.Say("menu")
	chat.Expect("Look around:", "Order", "Site")
	chat.Tap("Order")
	chat.Expect("you: ORDER")
	chat.Tap("Site") // opens a browser, and the bot hears nothing of it
	chat.ExpectNothing()

	chat.Say("cards")
	chat.Expect("One", "Take one", "Take two")
	chat.Say("hi")
	chat.Expect("you: hi")
	chat.Tap("Take two") // buttons stay
	chat.Expect("you: TWO")

	chat.Say("picture")
	chat.Expect("image: https://a.example/pizza.png")
	chat.Say("email")
	chat.Expect("Where to?", "user_email")
	chat.Say("nothing")
	chat.ExpectNothing()
}

// What a chat must not let pass, and the words in which it says so.
func TestChatFails(t *testing.T) {
	tests := map[string]struct {
		talk func(*bottest.Chat)
		want []string
	}{
		"another text": {
			func(c *bottest.Chat) { c.Say("hi"); c.Expect("you: ho") },
			[]string{"> hi", "< you: hi", "want you: ho", "got you: hi"},
		},
		"nothing said": {
			func(c *bottest.Chat) { c.Say("nothing"); c.Expect("you: hi") }, []string{"want you: hi", "got nothing more"},
		},
		"something said": {
			func(c *bottest.Chat) { c.Say("hi"); c.ExpectNothing() }, []string{"want nothing more", "got you: hi"},
		},
		"quick replies that were not expected": {
			func(c *bottest.Chat) { c.Say("pizza"); c.Expect("Which size?") },
			[]string{"want Which size?\n", "got Which size?  [Small] [Large]"},
		},
		"quick replies in another order": {
			func(c *bottest.Chat) { c.Say("pizza"); c.Expect("Which size?", "Large", "Small") },
			[]string{"want Which size?  [Large] [Small]"},
		},
		"quick replies that are missing": {
			func(c *bottest.Chat) { c.Say("hi"); c.Expect("you: hi", "Small") }, []string{"want you: hi  [Small]"},
		},
		"tap on what was not offered": {
			func(c *bottest.Chat) { c.Say("pizza"); c.Tap("Huge") }, []string{`tapped "Huge"`, "> [Huge]", "< Which size?"},
		},
		"tap on a quick reply that is gone since the person wrote": {
			func(c *bottest.Chat) { c.Say("pizza"); c.Say("hi"); c.Tap("Large") }, []string{`tapped "Large"`},
		},
		"tap on a quick reply that is gone since the bot went on": {
			func(c *bottest.Chat) { c.Say("sizes and more"); c.Tap("Small") }, []string{`tapped "Small"`},
		},
		"tap twice on a quick reply": {
			func(c *bottest.Chat) { c.Say("pizza"); c.Tap("Large"); c.Tap("Large") }, []string{`tapped "Large"`},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			failed, words := failure(t, func(tb testing.TB) {
				tb.Helper()
				test.talk(start(tb))
			})
			if !failed {
				t.Fatal("the chat did not fail the test")
			}
			for _, want := range test.want {
				if !strings.Contains(words, want) {
					t.Errorf("it says\n%s\nwithout %q", words, want)
				}
			}
		})
	}
}

func TestChatFailsAtAConfigurationThatIsWrong(t *testing.T) {
	failed, words := failure(t, func(tb testing.TB) {
		tb.Helper()
		bottest.Start(tb, bot.HandlerFunc(shop), func(cfg *bot.Config) { cfg.Token = "" })
	})
	if !failed || !strings.Contains(words, "PAGE_ACCESS_TOKEN") {
		t.Errorf("failed: %t, %q; want a failure that names the token", failed, words)
	}
}

// A test that would not fail gives nothing away about its chat.
func TestChatThatPassesDoesNotFail(t *testing.T) {
	failed, words := failure(t, func(tb testing.TB) {
		tb.Helper()
		chat := start(tb)
		chat.Say("hi")
		chat.Expect("you: hi")
	})
	if failed || words != "" {
		t.Errorf("failed: %t, %q", failed, words)
	}
}

// recorder is a test that is expected to fail.
type recorder struct {
	testing.TB
	mu     sync.Mutex
	failed bool
	words  strings.Builder
	clean  []func()
}

func (r *recorder) Helper() {}

func (r *recorder) Cleanup(f func()) { r.clean = append(r.clean, f) }

func (r *recorder) Errorf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failed = true
	fmt.Fprintf(&r.words, format, args...)
}

func (r *recorder) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	runtime.Goexit()
}

func (r *recorder) Fatal(args ...any) { r.Fatalf("%s", fmt.Sprint(args...)) }

// failure runs a test of its own and returns whether it failed, and with which words.
func failure(t *testing.T, test func(testing.TB)) (failed bool, words string) {
	t.Helper()
	r := &recorder{TB: t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		test(r)
	}()
	<-done
	for _, clean := range slices.Backward(r.clean) {
		clean()
	}
	return r.failed, r.words.String()
}

// One clock for both sides: the bot's windows and back-offs and the Graph API's judgement move together.
func TestAdvance(t *testing.T) {
	tries := 0
	var store session.Store
	chat := bottest.Start(t, bot.HandlerFunc(func(c *bot.Context) error {
		if own, ok := c.Event().(*webhook.Custom); ok {
			return c.Text(own.Name)
		}
		if tries++; tries < 3 {
			return errors.New("not yet")
		}
		return c.Text("at last")
	}), func(cfg *bot.Config) {
		store = session.NewMemory(session.MemoryConfig{Now: cfg.Now})
		cfg.Store = store
	})
	began := chat.Now()
	chat.Say("hi")
	chat.ExpectNothing()
	chat.Advance(time.Second)
	chat.ExpectNothing()
	chat.Advance(2 * time.Second)
	chat.Expect("at last")
	if passed := chat.Now().Sub(began); passed != 3*time.Second {
		t.Errorf("%s have passed, want 3 s", passed)
	}
	if _, err := store.Get(t.Context(), bottest.PageID+"."+bottest.PersonID); err != nil {
		t.Errorf("no record of the person: %v", err)
	}
}

// Outside the window a message is neither sent by the bot nor, if it were, taken by the Graph API.
func TestWindowCloses(t *testing.T) {
	errs := make(chan error, 1)
	var thread *bot.Thread
	chat := bottest.Start(t, bot.HandlerFunc(func(c *bot.Context) error {
		thread = c.Thread()
		errs <- c.Text("you: " + c.Message())
		return nil
	}))
	chat.Say("hi")
	chat.Expect("you: hi")
	if err := <-errs; err != nil {
		t.Fatal(err)
	}
	chat.Advance(24*time.Hour + time.Second)
	if _, err := thread.Compose(send.Text("late")); !errors.Is(err, send.ErrOutsideWindow) {
		t.Errorf("error %v, want ErrOutsideWindow", err)
	}
	chat.Say("I am back")
	chat.Expect("you: I am back")
}

func TestFail(t *testing.T) {
	var got error
	chat := bottest.Start(t, bot.HandlerFunc(func(c *bot.Context) error {
		got = c.Text("you: " + c.Message())
		return got
	}))
	chat.Fail(551, 1545041)
	chat.Say("hi")
	chat.ExpectNothing()
	if !errors.Is(got, send.ErrUnreachable) {
		t.Errorf("error %v, want ErrUnreachable", got)
	}
	chat.Say("again")
	chat.Expect("you: again")
}

// The transcript of a failing test tells of the failures it asked for, and of the time that it let pass.
func TestTranscript(t *testing.T) {
	_, words := failure(t, func(tb testing.TB) {
		tb.Helper()
		chat := start(tb)
		chat.Say("pizza")
		chat.Expect("Which size?", "Small", "Large")
		chat.Tap("Small")
		chat.Advance(time.Hour)
		chat.Fail(551, 0)
		chat.Say("hi")
		chat.Expect("nobody says this")
	})
	order := []string{"> pizza", "< Which size?  [Small] [Large]", "> [Small]", "+ 1h0m0s", "551/0", "> hi", "you: Small"}
	rest := words
	for _, line := range order {
		_, after, ok := strings.Cut(rest, line)
		if !ok {
			t.Fatalf("%q is missing, or not in its place:\n%s", line, words)
		}
		rest = after
	}
}

func TestFailureShowsWhatTheBotLogged(t *testing.T) {
	failed, said := failure(t, func(tb testing.TB) {
		tb.Helper()
		chat := bottest.Start(tb, bot.HandlerFunc(func(*bot.Context) error {
			return bot.Permanent(errors.New("the till is closed"))
		}))
		chat.Say("pizza")
		chat.Expect("Which size?")
	})
	if !failed || !strings.Contains(said, "the bot's log:") || !strings.Contains(said, "the till is closed") {
		t.Errorf("the failure does not show why the bot said nothing:\n%s", said)
	}
}
