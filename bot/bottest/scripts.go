package bottest

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/bot/bottest/script"
)

// Scripts plays chat scripts against a bot that answers with h: the files that match pattern, such as
// "testdata/*.chat", each as a subtest in a new chat. The grammar stands in GRAMMAR.md of package script.
// Each adjust may change the configuration, as in [Start].
//
// A script that does not fit fails its test with a diff, and so does one that is written wrongly, or a
// pattern that no file matches. What h itself remembers is shared by all scripts; what is kept in sessions is
// not.
func Scripts(t *testing.T, h bot.Handler, pattern string, adjust ...func(*bot.Config)) {
	t.Helper()
	for _, file := range scriptFiles(t, pattern) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			play(t, h, file, adjust)
		})
	}
}

// scriptFiles returns the files that match pattern, at least one.
func scriptFiles(tb testing.TB, pattern string) []string {
	tb.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil {
		tb.Fatalf("bottest: the pattern %q is none: %v", pattern, err)
	}
	if len(files) == 0 {
		tb.Fatalf("bottest: no file matches %q", pattern)
	}
	return files
}

// play plays one script.
func play(tb testing.TB, h bot.Handler, file string, adjust []func(*bot.Config)) {
	tb.Helper()
	source, err := os.ReadFile(file) //nolint:gosec // a file that the test names
	if err != nil {
		tb.Fatal(err)
	}
	parsed, err := script.Parse(filepath.ToSlash(file), source)
	if err != nil {
		tb.Fatalf("\n%v", err)
	}
	chat := Start(tb, h, adjust...)
	if err := script.Run(tb.Context(), &player{chat: chat}, parsed); err != nil {
		tb.Fatalf("\n%v%s", err, chat.log.shown())
	}
}

// player is the driver of a script in a chat. What the bot does has settled when an act is over.
type player struct {
	chat *Chat
	read map[*person]int // how much of what somebody heard was told
}

// person returns the chat of a person in the script.
func (p *player) person(name string) *Chat {
	if name == "" {
		return p.chat
	}
	return p.chat.Person(name)
}

// Deliver delivers an event, and waits until the bot has handled it.
func (p *player) Deliver(_ context.Context, e script.Event) error {
	p.person(e.Person).act(e.Item)
	return nil
}

// Advance moves the clock, and waits until the bot has handled what has become due.
func (p *player) Advance(_ context.Context, d time.Duration) error {
	p.chat.Advance(d)
	return nil
}

// Fail makes the next message to a person fail.
func (p *player) Fail(_ context.Context, name string, code, subcode int) error {
	p.person(name).Fail(code, subcode)
	return nil
}

// TakeOver makes a colleague take a thread over.
func (p *player) TakeOver(_ context.Context, name string) error {
	p.person(name).TakeOver()
	return nil
}

// HandBack passes a thread to the bot.
func (p *player) HandBack(_ context.Context, name string) error {
	p.person(name).HandBack()
	return nil
}

// Next returns what somebody heard and was not told yet.
func (p *player) Next(context.Context, bool) (script.Outbound, bool, error) {
	if p.read == nil {
		p.read = make(map[*person]int)
	}
	p.chat.listen()
	for _, who := range p.chat.people {
		if next := p.read[who]; next < len(who.heard) {
			p.read[who]++
			return who.heard[next].out, true, nil
		}
	}
	return script.Outbound{}, false, nil
}
