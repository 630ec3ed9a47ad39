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

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/bot/bottest"
)

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

// What a chat must not let pass, and what it then says: the talk, with the line that went wrong in its place.
func TestChatFails(t *testing.T) {
	tests := map[string]struct {
		talk func(*bottest.Chat)
		want string // the lines of the talk
		why  string // and what stands below them
	}{
		"another text": {
			func(c *bottest.Chat) { c.Say("hi"); c.Expect("you: ho"); c.Say("not reached") },
			"  > hi\n- < you: ho\n+ < you: hi", "",
		},
		"nothing said": {
			func(c *bottest.Chat) { c.Say("nothing"); c.Expect("you: hi") }, "  > nothing\n- < you: hi", "nothing more came",
		},
		"something said": {
			func(c *bottest.Chat) { c.Say("hi"); c.ExpectNothing() }, "  > hi\n+ < you: hi", "",
		},
		"more than one thing said": {
			func(c *bottest.Chat) {
				c.Say("pizza")
				c.Expect("Which size?", "Small", "Large")
				c.Tap("Large")
				c.ExpectNothing()
			},
			"  > pizza\n  < Which size?  [Small] [Large]\n  > [Large]\n+ < A large one.\n+ < Anything else?", "",
		},
		"a message before the one expected": {
			func(c *bottest.Chat) {
				c.Say("pizza")
				c.Tap("Large")
				c.Expect("Which size?", "Small", "Large")
				c.Expect("Anything else?")
			},
			"  > pizza\n  < Which size?  [Small] [Large]\n  > [Large]\n- < Anything else?\n+ < A large one.\n  < Anything else?", "",
		},
		"quick replies that were not expected": {
			func(c *bottest.Chat) { c.Say("pizza"); c.Expect("Which size?") },
			"  > pizza\n- < Which size?\n+ < Which size?  [Small] [Large]", "",
		},
		"quick replies in another order": {
			func(c *bottest.Chat) { c.Say("pizza"); c.Expect("Which size?", "Large", "Small") },
			"  > pizza\n- < Which size?  [Large] [Small]\n+ < Which size?  [Small] [Large]", "",
		},
		"quick replies that are missing": {
			func(c *bottest.Chat) { c.Say("hi"); c.Expect("you: hi", "Small") },
			"  > hi\n- < you: hi  [Small]\n+ < you: hi", "",
		},
		"another picture": {
			func(c *bottest.Chat) { c.Say("picture"); c.Expect("image: https://a.example/cat.png") },
			"  > picture\n- < (image) https://a.example/cat.png\n+ < (image) https://a.example/pizza.png", "",
		},
		"tap on what was not offered": {
			func(c *bottest.Chat) { c.Say("pizza"); c.Tap("Huge") },
			"  > pizza\n  < Which size?  [Small] [Large]\n- > [Huge]", `tapped "Huge", which the bot has not offered`,
		},
		"tap on a quick reply that is gone since the person wrote": {
			func(c *bottest.Chat) { c.Say("pizza"); c.Say("hi"); c.Tap("Large") },
			"  > pizza\n  < Which size?  [Small] [Large]\n  > hi\n  < you: hi\n- > [Large]",
			`tapped "Large", a quick reply that is gone, as something newer has been said`,
		},
		"tap on a quick reply that is gone since the person wrote and nobody answered": {
			func(c *bottest.Chat) { c.Say("pizza"); c.Say("nothing"); c.Tap("Large") },
			"  > pizza\n  < Which size?  [Small] [Large]\n  > nothing\n- > [Large]", `tapped "Large", a quick reply that is gone`,
		},
		"tap on a quick reply that is gone since the bot went on": {
			func(c *bottest.Chat) { c.Say("sizes and more"); c.Tap("Small") },
			"  > sizes and more\n  < Which size?  [Small]\n  < Take your time.\n- > [Small]", `tapped "Small", a quick reply that is gone`,
		},
		"tap twice on a quick reply": {
			func(c *bottest.Chat) { c.Say("pizza"); c.Tap("Large"); c.Tap("Large") },
			"- > [Large]", `tapped "Large", a quick reply that is gone`,
		},
		"tap on a quick reply after a colleague has written": {
			func(c *bottest.Chat) { c.Say("pizza"); c.HumanSays("I am here."); c.Tap("Large") },
			"  + (inbox) I am here.\n- > [Large]", `tapped "Large", a quick reply that is gone`,
		},
		"tap on a button that two cards show": {
			func(c *bottest.Chat) { c.Say("cakes"); c.Tap("Order") },
			"  > cakes\n  <  [None]\n  * Apple pie  [Order]\n  * Cheesecake  [Order]\n- > [Order]", "use TapCard, with a card such as \"Apple pie\"",
		},
		"tap on a card that was not shown": {
			func(c *bottest.Chat) { c.Say("cakes"); c.TapCard("Bread", "Order") }, "- > [Bread] [Order]", "which the bot has not offered",
		},
		"another card": {
			func(c *bottest.Chat) {
				c.Say("cards")
				c.ExpectCard("One", "Take one")
				c.ExpectCard("Three", "Take three")
			},
			"  > cards\n  <\n  * One\n  | first  [Take one]\n- * Three  [Take three]\n+ * Two\n+ | second  [Take two]", "",
		},
		"a card without its quick replies": {
			func(c *bottest.Chat) {
				c.Say("cakes")
				c.ExpectCard("Apple pie", "Order")
				c.ExpectCard("Cheesecake", "Order")
			},
			"+ <  [None]\n  * Apple pie  [Order]\n- * Cheesecake  [Order]\n+ * Cheesecake  [Order]", "the quick replies come behind the buttons of the last card: [None]",
		},
		"a text for a card": {
			func(c *bottest.Chat) { c.Say("hi"); c.ExpectCard("One") }, "  > hi\n- * One\n+ < you: hi", "",
		},
		"a carousel of which cards are left": {
			func(c *bottest.Chat) { c.Say("cards"); c.ExpectCard("One", "Take one"); c.ExpectNothing() }, "+ * Two\n+ | second  [Take two]", "",
		},
		"a text for the rest of a carousel": {
			func(c *bottest.Chat) {
				c.Say("cards")
				c.ExpectCard("One", "Take one")
				c.Expect("One", "Take one", "Take two")
			}, "- < One  [Take one] [Take two]", "",
		},
		"no typing indicator": {
			func(c *bottest.Chat) { c.Say("hi"); c.ExpectTyping() }, "  > hi\n- < (typing)\n  < you: hi", "was not shown",
		},
		"a typing indicator behind the message": {
			func(c *bottest.Chat) { c.Say("typing"); c.ExpectTyping() }, "  > typing\n- < (typing)\n  < wait", "",
		},
		"a typing indicator that was expected before": {
			func(c *bottest.Chat) { c.Say("pizza"); c.ExpectTyping(); c.ExpectTyping() }, "- < (typing)\n  < Which size?  [Small] [Large]", "",
		},
		"a typing indicator that belongs to an earlier message": {
			func(c *bottest.Chat) { c.Say("pizza"); c.Expect("Which size?", "Small", "Large"); c.ExpectTyping() }, "\n- < (typing)", "",
		},
		"a reaction to nothing":    {func(c *bottest.Chat) { c.React("❤") }, "- > (reaction) ❤", "there is no message of the bot to react to"},
		"nothing to deliver again": {func(c *bottest.Chat) { c.Redeliver() }, "- # the last webhook request comes once more", "nothing was delivered yet"},
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
			talk := strings.ReplaceAll(words, "\n\t", "\n") + "\n"
			if !strings.Contains(talk, test.want+"\n") || !strings.Contains(talk, test.why) {
				t.Errorf("it says\n%s\nwant\n%s\n%s", words, test.want, test.why)
			}
		})
	}
}

// What belongs to the chat itself is refused in words that say so.
func TestChatFailsAtWrongUse(t *testing.T) {
	tests := map[string]struct {
		use  func(testing.TB)
		want string
	}{
		"a configuration that is wrong": {
			func(tb testing.TB) { //nolint:thelper // it stands for a test
				bottest.Start(tb, bot.HandlerFunc(shop), func(cfg *bot.Config) { cfg.Token = "" })
			}, "PAGE_ACCESS_TOKEN",
		},
		"an inbox": {
			func(tb testing.TB) { //nolint:thelper // it stands for a test
				bottest.Start(tb, bot.HandlerFunc(shop), func(cfg *bot.Config) { cfg.Inbox = bot.NewLanes(bot.LanesConfig{}) })
			}, "Config.Inbox",
		},
		"a clock": {
			func(tb testing.TB) { //nolint:thelper // it stands for a test
				bottest.Start(tb, bot.HandlerFunc(shop), func(cfg *bot.Config) { cfg.Now = time.Now })
			}, "Config.Now",
		},
		"a secret that Meta does not know": {
			func(tb testing.TB) { //nolint:thelper // it stands for a test
				bottest.Start(tb, bot.HandlerFunc(shop), func(cfg *bot.Config) { cfg.AppSecrets = []string{"another"} }).Say("hi")
			}, "the bot answered the webhook with 403",
		},
		"time within Together": {
			func(tb testing.TB) { //nolint:thelper // it stands for a test
				chat := start(tb)
				chat.Together(func() { chat.Advance(time.Hour) })
			}, "Advance within Together",
		},
		"an expectation within Together": {
			func(tb testing.TB) { //nolint:thelper // it stands for a test
				chat := start(tb)
				chat.Together(func() { chat.Say("hi"); chat.Expect("you: hi") })
			}, "Expect within Together",
		},
		"time that runs back": {
			func(tb testing.TB) { start(tb).Advance(-time.Second) }, //nolint:thelper // it stands for a test
			"does not go back",
		},
		"a name that a script cannot write": {
			func(tb testing.TB) { start(tb).Person("Ben Bo") }, `"Ben Bo" is no name`, //nolint:thelper // it stands for a test
		},
		"two handlers at once": {
			func(tb testing.TB) { //nolint:thelper // it stands for a test
				start(tb).Restart(bot.HandlerFunc(shop), bot.HandlerFunc(shop))
			}, "more than one handler",
		},
		"an event that is not JSON": {
			func(tb testing.TB) { start(tb).Send(map[string]any{"message": func() {}}) }, "not JSON", //nolint:thelper // it stands for a test
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if failed, words := failure(t, test.use); !failed || !strings.Contains(words, test.want) {
				t.Errorf("failed: %t, %q; want a failure with %q", failed, words, test.want)
			}
		})
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
