package webhook

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/parleybot/parley/send"
)

// Recorder remembers when, and by what, a person last opened the messaging window. It is called from many
// goroutines at once, in the path of the answer to Meta, so it must not block; of two calls for one person
// the later may carry the earlier time.
type Recorder interface {
	RecordInbound(page string, who send.PSID, w send.Window)
}

// Sink takes the events of a request.
type Sink interface {
	// Accept returns nil once all events are kept, or known already: Meta is then told 200 and forgets
	// them. After an error Meta is told 503 and sends the whole batch again, so an event that was kept all
	// the same must be recognised by its ID. Accept must return soon after ctx ends. It is called from many
	// goroutines at once.
	Accept(ctx context.Context, events []Event) error
}

// App is a Meta app whose webhooks a [Receiver] takes.
type App struct {
	// ID is the app's ID; the events it signed carry it as Origin.App. It may be empty.
	ID string
	// Secrets are its app secrets: one, or two while it is rotated. No two apps share one.
	Secrets []string
	// Pages are the IDs of the Pages and Instagram professional accounts that are the app's.
	//
	// Defaults, if nil, to every Page that no other app names. A list that is empty, but not nil, is none.
	Pages []string
	// AnyPage says that every Page that no other app names is the app's too, besides Pages.
	AnyPage bool
}

// Config says how a [Receiver] works.
type Config struct {
	// VerifyToken is what Meta must know to have the webhook's URL accepted: the one typed into the app's
	// dashboard.
	VerifyToken string
	// Apps are the apps whose signatures are accepted, at least one.
	Apps []App
	// Sink takes the events.
	Sink Sink
	// Recorder is told of each event that opens a messaging window (see [Opens]), before Sink gets it. The
	// time is the event's own, and now if it has none or one in the future.
	//
	// Defaults to nobody.
	Recorder Recorder
	// MaxBody is the longest body that is read, in bytes; a longer one is answered 413.
	//
	// Defaults to 1 MiB.
	MaxBody int64
	// AcceptTimeout is how long Sink may take until its ctx ends. Meta waits 5 s for the answer.
	//
	// Defaults to 3 s.
	AcceptTimeout time.Duration
	// AllowSHA1 accepts a request that carries X-Hub-Signature and no X-Hub-Signature-256, as old apps may
	// send.
	AllowSHA1 bool
	// Now is the clock that the times of events are held against.
	//
	// Defaults to time.Now.
	Now func() time.Time
	// Refused is told of each request that was not answered 200, with the status and the reason: of class
	// [ErrSignature], [ErrMalformed], [ErrForeignPage], or another. The reason never quotes a token or a
	// body. It is called from many goroutines at once.
	Refused func(status int, reason error)
	// UnknownPage is told of each event that was acknowledged and not handed on, because the app that
	// signed it has Pages and this is none of them. It is called from many goroutines at once.
	UnknownPage func(page string)
}

const (
	defaultMaxBody       = 1 << 20
	defaultAcceptTimeout = 3 * time.Second
)

// withDefaults returns c with its defaults filled in.
func (c Config) withDefaults() Config {
	if c.MaxBody == 0 {
		c.MaxBody = defaultMaxBody
	}
	c.MaxBody = min(c.MaxBody, math.MaxInt64-1) // one more is read to see that there is more
	if c.AcceptTimeout == 0 {
		c.AcceptTimeout = defaultAcceptTimeout
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Refused == nil {
		c.Refused = func(int, error) {}
	}
	if c.UnknownPage == nil {
		c.UnknownPage = func(string) {}
	}
	return c
}

// check returns all that is wrong with c.
func (c Config) check() error {
	var problems []error
	problem := func(format string, args ...any) {
		problems = append(problems, fmt.Errorf("webhook: config: "+format, args...))
	}
	if c.VerifyToken == "" {
		problem("VerifyToken is empty, so anybody could claim the webhook")
	}
	if c.Sink == nil {
		problem("Sink is nil, so nobody would get the events")
	}
	if c.MaxBody < 0 {
		problem("MaxBody is %d, less than nothing", c.MaxBody)
	}
	if c.AcceptTimeout < 0 {
		problem("AcceptTimeout is %s, less than nothing", c.AcceptTimeout)
	}
	if len(c.Apps) == 0 {
		problem("Apps is empty, so no request could be verified")
	}
	owner := make(map[string]int)
	for i, app := range c.Apps {
		if len(app.Secrets) == 0 {
			problem("Apps[%d] (ID %q) has no secret, so none of its requests could be verified", i, app.ID)
		}
		for j, secret := range app.Secrets {
			first, taken := owner[secret]
			switch {
			case secret == "":
				problem("Apps[%d].Secrets[%d] (ID %q) is empty, so anybody could sign", i, j, app.ID)
			case taken && first != i:
				problem("Apps[%d] and Apps[%d] share a secret, so nobody knows which signed", first, i)
			}
			owner[secret] = i
		}
		if slices.Contains(app.Pages, "") {
			problem("Apps[%d].Pages (ID %q) contains an empty ID", i, app.ID)
		}
	}
	return errors.Join(problems...)
}
