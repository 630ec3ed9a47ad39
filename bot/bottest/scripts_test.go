package bottest_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/bot/bottest"
	"github.com/parleybot/parley/webhook"
)

// clerk answers everything that a script can make happen.
func clerk(c *bot.Context) error {
	switch e := c.Event().(type) {
	case *webhook.Echo:
		return c.Thread().Text("A colleague has answered.")
	case *webhook.Reaction:
		return c.Text("reaction: " + e.Action + " " + e.Emoji)
	case *webhook.Referral:
		return c.Text("referral: " + e.Ref)
	case *webhook.Custom:
		return c.Text("Still there?")
	case *webhook.Message:
		if len(e.Attachments) > 0 {
			return c.Text("got a " + e.Attachments[0].Type)
		}
	default:
	}
	switch c.Input() {
	case "remind me":
		if _, err := c.Emit("reminder", c.Now().Add(time.Hour), nil); err != nil {
			return err
		}
		return c.Text("In an hour.")
	case "remind me late":
		_, err := c.Emit("reminder", c.Now().Add(25*time.Hour), nil)
		return err
	default:
		return shop(c)
	}
}

// play plays a script, and returns whether it failed, and with which words.
func play(t *testing.T, text string) (failed bool, words string) {
	t.Helper()
	t.Chdir(t.TempDir())
	if err := os.WriteFile("a.chat", []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return failure(t, func(tb testing.TB) {
		tb.Helper()
		bottest.PlayScript(tb, bot.HandlerFunc(clerk), "a.chat", nil)
	})
}

func TestScriptsThatFit(t *testing.T) {
	tests := map[string]string{
		"as the package says":  "> pizza\n< Which size?  [Small] [Large]\n> [Large]\n< A large one.\n< Anything else?\n",
		"typing":               "> pizza\n< (typing)\n< Which size?  [Small] [Large]\n> nothing\n< (seen)\n< (typing)\n< (reaction) ❤\n< (typing off)\n> nothing",
		"menu, old button":     "> menu\n< Look around:  [Order] [Site]\n> (menu) [Help] HELP\n< you: HELP\n> [Order]\n< you: ORDER\n> [Site]",
		"carousel":             "> cards\n<\n* One\n| first  [Take one]\n* Two\n| second  [Take two]\n> [Two] [Take two]\n< you: TWO",
		"picture":              "> picture\n< (image) https://a.example/pizza.png",
		"e-mail":               "> email\n< Where to?  [user_email] [user_phone_number]\n> [user_phone_number]\n< you: +12025550123",
		"attachments":          "> (image) https://a.example/cat.png\n< got a image\n> (location) 48.8566, 2.3522\n< got a location",
		"reaction":             "> hi\n< you: hi\n> (reaction) ❤\n< reaction: react ❤\n> (reaction off)\n< reaction: unreact\\s",
		"referral":             "> (referral) flyer_12\n< referral: flyer_12",
		"colleague":            "> hi\n< you: hi\n+ (inbox) I will take over.\n< A colleague has answered.",
		"colleague, too late":  "> hi\n< you: hi\n+ 25h\n+ (inbox) Hello?\n! window closed",
		"control":              "> hi\n< you: hi\n+ (take over)\n> hello?\n+ (hand back)\n< you:\\s\n> hi\n< you: hi",
		"reminder":             "> remind me\n< In an hour.\n+ 59m59s\n+ 1s\n< Still there?",
		"reminder in a closed": "> remind me late\n+ 1d\n+ 1h\n! window closed",
		"failures":             "+ (fail) unreachable\n> hi\n! unreachable\n> hi\n< you: hi\n+ (fail) 10/2018278\n> hi\n! window closed",
		"tries again":          "+ (fail) failed\n> hi\n< you: hi",
		"several people":       "Ana> hi\nAna< you: hi\nBob+ (fail) unreachable\nAna> ho\nAna< you: ho\nBob> hi\nBob! unreachable\n",
		"several lines":        "> one\n| two\n< you: one\n| two",
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			if failed, words := play(t, text); failed {
				t.Error(words)
			}
		})
	}
}

func TestScriptsThatDoNotFit(t *testing.T) {
	tests := map[string]struct{ text, want string }{
		"another text": {"> hi\n< you: ho\n", "\na.chat:2: something else came\n    1   > hi\n    2 - < you: ho\n      + < you: hi"},
		"more":         {"> hi\n", "\na.chat:1: more came than is expected\n    1   > hi\n      + < you: hi"},
		"less":         {"> nothing\n< hi", "\na.chat:2: this did not come\n    1   > nothing\n    2 - < hi"},
		"sent":         {"> hi\n! window closed", "    2 - ! window closed\n      + < you: hi"},
		"wrong":        {"hi\n> (picture)", "\na.chat:1: the line does not say who does what"},
		"reminder":     {"> remind me\n< In an hour.\n+ 1h", "\na.chat:3: more came than is expected"},
		"other person": {"Ana> hi\nBob< you: hi", "\na.chat:2: something else came\n    1   Ana> hi\n      + Ana< you: hi\n    2 - Bob< you: hi"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if failed, words := play(t, test.text); !failed || !strings.Contains(words, test.want) {
				t.Errorf("failed: %t, with\n%s\nwant\n%s", failed, words, test.want)
			}
		})
	}
}

// A misfit shows what the bot logged: it may say why.
func TestScriptShowsTheLog(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("a.chat", []byte("> hi\n< hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	failed, words := failure(t, func(tb testing.TB) {
		tb.Helper()
		bottest.PlayScript(tb, bot.HandlerFunc(func(*bot.Context) error {
			return bot.Permanent(errors.New("the till is closed"))
		}), "a.chat", nil)
	})
	if !failed || !strings.Contains(words, "the till is closed") {
		t.Errorf("failed: %t, with %s", failed, words)
	}
}

// Each file is a test of its own, in a chat of its own, and gets the configuration.
func TestScripts(t *testing.T) {
	folder := t.TempDir()
	for _, name := range []string{"one.chat", "two.chat", "three.txt"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte("> hi\n< I am new"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	chats := 0
	bottest.Scripts(t, bot.HandlerFunc(func(c *bot.Context) error { return c.Text("I am new") }),
		filepath.Join(folder, "*.chat"), func(*bot.Config) { chats++ })
	if chats != 2 {
		t.Errorf("%d chats, want one for each script", chats)
	}
}

func TestScriptsFailsWithoutFiles(t *testing.T) {
	for pattern, want := range map[string]string{"testdata/none*.chat": "no file matches", "[": "is none"} {
		failed, words := failure(t, func(tb testing.TB) {
			tb.Helper()
			bottest.ScriptFiles(tb, pattern)
		})
		if !failed || !strings.Contains(words, want) {
			t.Errorf("%s: failed: %t, with %q", pattern, failed, words)
		}
	}
}
