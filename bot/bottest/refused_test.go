package bottest_test

import (
	"bytes"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/bot/bottest"
	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/send/sendtest"
	"github.com/parleybot/parley/webhook"
)

func TestFail(t *testing.T) {
	var got error
	chat := bottest.Start(t, bot.HandlerFunc(func(c *bot.Context) error {
		typing := c.Typing()
		got = c.Text("you: " + c.Message())
		return errors.Join(typing, got)
	}))
	chat.Fail(551, 1545041)
	chat.Say("hi")
	chat.ExpectRefused(send.ErrUnreachable)
	chat.ExpectNothing()
	if !errors.Is(got, send.ErrUnreachable) {
		t.Errorf("error %v, want ErrUnreachable", got)
	}
	chat.Say("again")
	chat.Expect("you: again")
}

// twice answers with two messages and looks after neither.
func twice(c *bot.Context) error {
	_ = c.Text("one")
	_ = c.Text("two")
	return nil
}

// What was said and what was refused keep their order.
func TestRefusedInOrder(t *testing.T) {
	var told []error
	chat := bottest.Start(t, bot.HandlerFunc(twice), func(cfg *bot.Config) {
		cfg.Refused = func(_ string, _ send.PSID, err error) { told = append(told, err) }
	})
	second := 0
	chat.FailWith(sendtest.Failure{Code: 10, Subcode: 2018278, Match: func(sendtest.Call) bool {
		second++
		return second == 2
	}})
	chat.Say("hi")
	chat.Expect("one")
	chat.ExpectRefused(send.ErrOutsideWindow)
	chat.Fail(100, 0)
	chat.Say("hi")
	chat.ExpectRefused(send.ErrInvalid)
	chat.Expect("two")
	chat.ExpectNothing()
	if len(told) != 2 {
		t.Errorf("Config.Refused of the test was told %v, want two refusals", told)
	}
}

// They keep it also where the bot talks to many people at the same time.
func TestRefusedInOrderForMany(t *testing.T) {
	chat := bottest.Start(t, bot.HandlerFunc(func(c *bot.Context) error {
		_ = c.Text("one")
		_ = c.Send(send.Text("")) // refused before the call
		_ = c.Text("two")
		return nil
	}))
	var people []*bottest.Chat
	for i := range 20 {
		people = append(people, chat.Person("P"+strconv.Itoa(i)))
	}
	for range 100 {
		chat.Together(func() {
			for _, person := range people {
				person.Say("hi")
			}
		})
		for _, person := range people {
			person.Expect("one")
			person.ExpectRefused(send.ErrInvalid)
			person.Expect("two")
			person.ExpectNothing()
		}
	}
}

// A failure that passes by itself is nothing refused: the bot has tried again.
func TestFailureThatPasses(t *testing.T) {
	chat := bottest.Start(t, bot.HandlerFunc(twice))
	chat.FailWith(sendtest.Failure{Status: 503})
	chat.FailWith(sendtest.Failure{Code: 2})
	chat.Say("hi")
	chat.Expect("one")
	chat.Expect("two")
	chat.ExpectNothing()
}

// Where the answer is lost the bot does not know what became of a message. The person does.
func TestAnswerThatIsLost(t *testing.T) {
	chat := bottest.Start(t, bot.HandlerFunc(twice))
	chat.FailWith(sendtest.Failure{Drop: true, Accept: true})
	chat.Say("hi")
	chat.Expect("one")
	chat.Expect("two")
	chat.FailWith(sendtest.Failure{Drop: true})
	chat.Say("hi")
	chat.Expect("two")
	chat.ExpectNothing()
}

// An expectation that meets a refusal, or the other way round, says so.
func TestRefusalsFail(t *testing.T) {
	tests := map[string]struct {
		talk func(*bottest.Chat)
		want []string
	}{
		"a message": {
			func(c *bottest.Chat) { c.Fail(100, 0); c.Say("hi"); c.Expect("one") },
			[]string{"  + (fail) 100\n\t  > hi\n\t- < one\n\t+ ! invalid\n\t  < two\na message did not go out: send: graph: (#100)"},
		},
		"nothing": {
			func(c *bottest.Chat) { c.Fail(551, 0); c.Say("hi"); c.ExpectNothing() },
			[]string{"  + (fail) 551\n", "+ ! unreachable", "a message did not go out"},
		},
		"a refusal for another reason": {
			func(c *bottest.Chat) { c.Fail(551, 0); c.Say("hi"); c.ExpectRefused(send.ErrOutsideWindow) },
			[]string{"- ! window closed\n\t+ ! unreachable"},
		},
		"a refusal where the message went out": {
			func(c *bottest.Chat) { c.Say("hi"); c.ExpectRefused(send.ErrInvalid) }, []string{"- ! invalid\n\t+ < one\n\t  < two"},
		},
		"a refusal where nothing was said": {
			func(c *bottest.Chat) { c.ExpectRefused(send.ErrInvalid) }, []string{"- ! invalid\nnothing more came"},
		},
		"a card": {
			func(c *bottest.Chat) { c.Fail(551, 0); c.Say("hi"); c.ExpectCard("One") }, []string{"- * One\n\t+ ! unreachable"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			failed, words := failure(t, func(tb testing.TB) {
				tb.Helper()
				test.talk(bottest.Start(tb, bot.HandlerFunc(twice)))
			})
			for _, want := range test.want {
				if !failed || !strings.Contains(words, want) {
					t.Errorf("failed: %t, and it says\n%s\nwithout\n%s", failed, words, want)
				}
			}
		})
	}
}

// Meta may refuse a message and have delivered it: the bot does not count it as refused, but a chat and a
// script see what the grammar calls unsure.
func TestUnsureRefusal(t *testing.T) {
	chat := bottest.Start(t, bot.HandlerFunc(func(c *bot.Context) error { return c.Text("one") }))
	chat.Fail(1, 1357046)
	chat.Say("hi")
	chat.ExpectRefused(send.ErrUnsure)
	chat.ExpectNothing()
}

// A closed window is nobody's failure; what an own event's handler fails at besides it is.
func TestClosedWindowHidesNoOtherFailure(t *testing.T) {
	errDatabase := errors.New("database down")
	var failed error
	chat := bottest.Start(t, bot.HandlerFunc(func(c *bot.Context) error {
		if _, own := c.Event().(*webhook.Custom); own {
			return errors.Join(c.Typing(), c.Text("late"), errDatabase)
		}
		_, err := c.Emit("reminder", c.Now().Add(25*time.Hour), nil)
		return err
	}), func(cfg *bot.Config) {
		cfg.OnError = func(_ *bot.Context, err error) error {
			failed = err
			return nil
		}
	})
	chat.Say("hi")
	chat.Advance(25 * time.Hour)
	chat.ExpectRefused(send.ErrOutsideWindow)
	if !errors.Is(failed, errDatabase) || chat.Bot().Stats().Dropped != 0 {
		t.Errorf("OnError got %v, dropped %d", failed, chat.Bot().Stats().Dropped)
	}
}

// A limit of the whole Page holds events back for as long as Meta says; none of them becomes a dead letter.
func TestHeldBack(t *testing.T) {
	ana := bottest.Start(t, bot.HandlerFunc(func(c *bot.Context) error { return c.Text("you: " + c.Message()) }))
	ben := ana.Person("Ben")
	ana.FailWith(sendtest.Failure{Code: 80006, Header: http.Header{
		"X-Business-Use-Case-Usage": {`{"1":[{"type":"messenger","estimated_time_to_regain_access":10}]}`},
	}})
	ana.Say("first")
	ana.ExpectRefused(send.ErrRateLimited)
	ben.Say("hi")
	ben.ExpectRefused(send.ErrRateLimited)
	ana.Say("second")
	calls := len(ana.Graph().Calls())
	ana.Advance(9 * time.Minute)
	if got := len(ana.Graph().Calls()); got != calls || calls != 1 {
		t.Errorf("%d calls, then %d, want 1: all of the Page stops", calls, got)
	}
	ana.Advance(2 * time.Minute)
	ana.Expect("you: first")
	ana.Expect("you: second")
	ana.ExpectNothing()
	ben.Expect("you: hi")
	ben.ExpectNothing()
}

// A token that is no good stops the Page: no call is made but one a minute later, which finds it mended. The log
// says once that it begins, and once that it is over.
func TestBadTokenStopsThePage(t *testing.T) {
	var log bytes.Buffer
	chat := bottest.Start(t, bot.HandlerFunc(func(c *bot.Context) error { return c.Text("you: " + c.Message()) }),
		func(cfg *bot.Config) { cfg.Log = zerolog.New(&log) })
	chat.Fail(190, 460)
	for _, text := range []string{"one", "two", "three"} {
		chat.Say(text)
		chat.ExpectRefused(send.ErrUnauthorized)
	}
	if calls := len(chat.Graph().Calls()); calls != 1 {
		t.Errorf("%d calls, want 1", calls)
	}
	chat.Advance(61 * time.Second)
	chat.Say("four")
	chat.Expect("you: four")
	chat.Say("five")
	chat.Expect("you: five")
	chat.ExpectNothing()
	for _, line := range []string{"Meta refuses every call of this Page", "Meta takes calls of this Page again"} {
		if n := strings.Count(log.String(), line); n != 1 {
			t.Errorf("%d lines with %q, want 1", n, line)
		}
	}
	if stops := chat.Bot().Stats().Stops; stops != 1 {
		t.Errorf("Stats().Stops = %d, want 1", stops)
	}
}
