package bot

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"time"

	"github.com/rs/zerolog"

	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/session"
)

// Config configures a [Bot]. [FromEnv] fills it from the environment.
type Config struct {
	// Token is the Page access token. Required, unless Apps or Pages are set.
	Token string

	// AppSecrets are the keys of Meta's signatures: one, or the new and the old one while it is rotated.
	// The first is also the key of appsecret_proof. Required, unless Apps are set.
	AppSecrets []string

	// VerifyToken answers the webhook challenge. Required.
	VerifyToken string

	// PageID is the Page that Token belongs to.
	//
	// Defaults to what the Graph API says at start.
	PageID string

	// Instagram are the IDs of the Instagram accounts that are linked to the Page: see [Page].
	Instagram []string

	// InstagramLogin says that Token is that of an Instagram professional account, whose ID is PageID, and
	// not of a Page: see [Page]. So does a GraphURL of graph.instagram.com.
	InstagramLogin bool

	// AppID is the ID of our app, to which Token and AppSecrets belong. Required where there are several
	// apps.
	AppID string

	// Pages are Pages besides that of Token, for a bot that answers for several, and Apps are apps besides
	// that of AppSecrets. Both may change while the bot serves: see [Bot.AddPage] and [Bot.AddApp]. With Apps
	// a bot may start without any Page.
	Pages []Page
	Apps  []App

	// AllowSHA1 also accepts the X-Hub-Signature of old apps.
	AllowSHA1 bool

	// MaxBody is the largest webhook body, in bytes.
	//
	// Defaults to 1 MiB.
	MaxBody int64

	// Addr is where Run listens.
	//
	// Defaults to ":8080".
	Addr string

	// GraphURL and GraphVersion are the address and the version of the Graph API.
	//
	// Default to https://graph.facebook.com, for tokens of Instagram Login https://graph.instagram.com, and
	// to v25.0. Whichever of these two hosts is set, the calls of a Page go to the one that its token is for.
	GraphURL, GraphVersion string

	// HTTP does the calls of the Graph API.
	//
	// Defaults to a client that keeps connections alive.
	HTTP send.Doer

	// Rate is how many messages go out per second, for each Page and each Instagram account; negative: no
	// limit. [Page] may have another.
	//
	// Defaults to 300.
	Rate int

	// Strict refuses messages that Meta would cut on display.
	Strict bool

	// Retired sends what Meta has retired, such as message tags on 27 April 2026, all the same.
	Retired bool

	// TrustTemplates sends utility templates without comparing them with those of the Page first: see
	// [send.Config].
	TrustTemplates bool

	// Outgoing wraps every call of the Graph API, messages and sender actions included, the first outermost:
	// to count, to change, or to refuse it; only the question for PageID at start passes it by, and the list
	// of templates that a utility message is compared with. It is called by handlers' goroutines, many at a
	// time.
	//
	// Defaults to none.
	Outgoing []func(next send.Handler) send.Handler

	// Inbox keeps acknowledged events. With one that outlives the process messages may go out twice only if
	// it dies between Meta's acceptance and the write of the ledger. Subscribe the Page to message_echoes,
	// and give messages no metadata of their own, and the bot looks for their echoes first: see "What is
	// promised" in the package's documentation.
	//
	// Defaults to [Lanes], in memory, which serves as many people as Lanes says at the same time.
	Inbox Inbox

	// Lanes is how many people are served at the same time, if Inbox is not set.
	//
	// Defaults to 64.
	Lanes int

	// Store keeps people's records, and those of uploads and of mailings with a name. They outlive the
	// process if the Store does: a method Durable() bool of it tells the log.
	//
	// Defaults to [session.Memory], in memory.
	Store session.Store

	// SessionTTL is how long session values outlive the last event of their person. What must last longer,
	// such as a notification token, belongs into a store of your own.
	//
	// Defaults to 7 days.
	SessionTTL time.Duration

	// Attempts is how often a failing event is tried.
	//
	// Defaults to 3.
	Attempts int

	// Timeout bounds one run of a handler: its context ends with it.
	//
	// Defaults to two minutes: Meta may take half of that to fetch a video.
	Timeout time.Duration

	// Drain is how long a stopping bot lets handlers finish before it cancels their contexts with
	// [ErrShutdown].
	//
	// Defaults to 20 s.
	Drain time.Duration

	// HumanPause is how long the bot is silent towards a person whom a human has answered, from the Page's
	// inbox or through another app; each further answer extends it. Meta tells of answers in echoes, and
	// sends these only if the app subscribes to the field message_echoes. An echo is of the bot itself if it
	// carries the metadata that the bot gives every message without some of its own, or if AppID is set and
	// it names this app: set AppID if you give messages metadata. Echoes of Instagram do not say who sent
	// the message, so that nobody is answered by a human there.
	//
	// It also ends when another app, or the inbox, passes the thread to the bot.
	//
	// Meanwhile events of the person, the bot's own included, are settled without the handler, except
	// echoes, deliveries, reads and standby copies, which nobody answers. What an event tells the framework,
	// such as a window that opens, is kept. The time counts from the echo's own, and lives in the Store.
	//
	// Defaults to never. Source: Meta, message_echoes, 2026.
	HumanPause time.Duration

	// OnError is called once for an event whose handler failed for good. The event is settled if it returns
	// nil, and a dead letter with the error that it returns. An own event that fails only because its person
	// is unreachable, their window closed or their thread another app's is dropped without it: see
	// [Stats].Dropped. Nor is it asked about an event whose process died whenever it was handled, which
	// becomes a dead letter, or about one of a Page that was removed.
	//
	// Defaults to: an unreachable person, a closed window, ErrNoReply, ErrNoRecipient, ErrNotOwner and
	// ErrSuperseded are logged and settled, everything else becomes a dead letter.
	OnError func(c *Context, err error) error

	// Refused is told of each message that did not go out: of those that the bot refused before the call,
	// with an error such as send.ErrOutsideWindow, and of those that the Graph API refused, with a
	// *send.Error. The handler gets the same error. It is called by handlers' goroutines, many at a time, and
	// must be quick.
	//
	// Defaults to nothing.
	Refused func(page string, person send.PSID, err error)

	// Profile is the Messenger Profile that every Page is to have, and as far as Instagram has it, the
	// Instagram accounts: of several that are linked to one Page, the first alone. [Page] may have another.
	// When the bot serves, what stands is compared with it, and
	// what differs is changed and logged. Should that fail, the error is logged with what to do, and the bot
	// serves all the same. A payload in it that nothing routes is named in the log, if the handler has a
	// method Routes(payload, title string) bool, as a router does.
	//
	// Defaults to none: what stands is left alone.
	Profile *send.Profile

	// ProfileDryRun logs what would be changed of the Messenger Profile, and changes nothing. See also
	// [Bot.ProfileChanges].
	ProfileDryRun bool

	// Log takes the log. It never gets a body, a token or a person's words; people appear as hashes.
	//
	// Defaults to silence.
	Log zerolog.Logger

	// Now is the clock of everything that the platform dates: windows, expiry, what is due, and how long Meta
	// takes no calls of the Page.
	//
	// Defaults to time.Now, or to the clock of the simulator that FromEnv has found.
	Now func() time.Time

	// Wait sleeps between two tries of a call of the Graph API, and as long as a limit stops the Page. It
	// returns early with ctx's error when ctx ends. Of the handlers that may run at the same time only a
	// quarter wait for a limit that lasts more than 15 seconds; the events of others are handled again when
	// it is over.
	//
	// Defaults to a timer.
	Wait func(ctx context.Context, d time.Duration) error

	problems  []error  // what FromEnv could not read
	simulator *url.URL // whose clock the bot follows; nil: of none
}

// tryWithoutPage is the way out for whoever has no Page yet.
const tryWithoutPage = "to try the bot without a Page, run: " +
	"go run github.com/parleybot/parley/simulator -- <the command that starts your bot>"

// check returns everything that is wrong with c, at once.
func (c *Config) check() error {
	problems := slices.Clip(c.problems)
	missing := func(value, field, variable, meaning string) {
		if value == "" {
			problems = append(problems, fmt.Errorf("%s (%s) is empty: want %s", field, variable, meaning))
		}
	}
	if len(c.Pages) == 0 && len(c.Apps) == 0 {
		missing(c.Token, "Token", "PAGE_ACCESS_TOKEN", "the access token of the "+nounOf(c.login()))
	} else if c.Token == "" && c.simple() {
		missing("", "Token", "PAGE_ACCESS_TOKEN", "that of the "+nounOf(c.login())+" of PageID and Instagram")
	}
	missing(c.VerifyToken, "VerifyToken", "VERIFY_TOKEN", "the word that verifies the webhook")
	if len(c.AppSecrets) == 0 && len(c.Apps) == 0 {
		missing("", "AppSecrets", "APP_SECRET", "the app secret, without which no request can be verified")
	}
	d := c.draft()
	problems = append(problems, d.problems()...)
	problems = append(problems, c.checkProfiles(d)...)
	if len(problems) == 0 {
		return nil
	}
	return fmt.Errorf("bot: config:\n%w\n%s", errors.Join(problems...), tryWithoutPage)
}

// simple reports whether a field speaks of the Page of Token. The address of the Graph API, from which
// FromEnv takes InstagramLogin, is that of all Pages.
func (c *Config) simple() bool {
	return c.PageID != "" || len(c.Instagram) > 0 ||
		c.InstagramLogin && hostOf(c.GraphURL) != instagramHost
}

// withDefaults returns c with its defaults filled in.
func (c Config) withDefaults() Config {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Addr == "" {
		c.Addr = ":8080"
	}
	setDefault(&c.Attempts, 3)
	setDefault(&c.SessionTTL, 7*24*time.Hour)
	setDefault(&c.Timeout, 2*time.Minute)
	setDefault(&c.Drain, 20*time.Second)
	if c.Store == nil {
		c.Store = session.NewMemory(session.MemoryConfig{Now: c.Now})
	}
	return c
}

// setDefault gives field a value if it has none.
func setDefault[T int | time.Duration](field *T, value T) {
	if *field <= 0 {
		*field = value
	}
}
