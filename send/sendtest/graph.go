package sendtest

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"
)

// DefaultPage is the ID of the Page that a Graph without PageID says it is.
const DefaultPage = "104000000000001"

// DefaultApp is the ID of the app that a Graph without AppID says it is.
const DefaultApp = "1517770000000001"

// keptCalls is how many of the newest calls Calls remembers.
const keptCalls = 10_000

// Graph is a fake of Meta's Graph API as far as messaging goes. It answers as Meta does: the same bodies for
// what is accepted, the same code, subcode, text, type and HTTP status for what is refused. It knows nothing
// of the client it judges.
//
// Use it as an [http.Handler] behind a listener, or without a socket through [Graph.Client]. The zero value
// is ready: it accepts any token, knows no closed window, and reads time.Now. A Graph is safe for concurrent
// use; it must not be copied, and its fields must not be changed after its first use.
type Graph struct {
	// Token is the only Page token accepted; any other is refused with code 190.
	//
	// Defaults to "": any token will do, as long as there is one.
	Token string

	// AppSecret is the key that an appsecret_proof, where a call has one, is checked with.
	//
	// Defaults to "": proofs are not checked.
	AppSecret string

	// RequireProof refuses calls without an appsecret_proof, as an app does whose settings demand it.
	RequireProof bool

	// PageID is the Page that the token belongs to: what "me" means, and the only other Page in a path that
	// is known.
	//
	// Defaults to DefaultPage for "me"; calls may then name any Page by its numeric ID.
	PageID string

	// Instagram judges as for an Instagram professional account instead of a Page on Messenger.
	Instagram bool

	// Strict also refuses what Meta accepts and then cuts when it shows it: titles of buttons and quick
	// replies over 20 characters, titles and subtitles of elements over 80. Meta refused these in 2016.
	Strict bool

	// RefuseStrangers refuses every person who was never announced with Acted, as Meta refuses those who
	// never wrote to the Page (100/2018001).
	//
	// Defaults to false: a person never announced has an open messaging window.
	RefuseStrangers bool

	// Limits refuses what goes over the rates of a second that Meta names: of a Page or an account 10
	// messages with audio or video and 300 other messages and actions (E16), and 2 calls about conversations
	// (E28). They are counted by Now. The 10 calls in 10 minutes to the Messenger Profile of a Page, and to
	// the menu of a person, are counted always (E09).
	//
	// Defaults to false, because a clock that stands still has but one second.
	//
	// Source: Meta, Rate Limiting, 23 Mar 2026.
	Limits bool

	// Now is the clock that windows, retirements and attachment IDs are judged by.
	//
	// Defaults to time.Now.
	Now func() time.Time

	// AppID is the app that the token belongs to: what echoes name, and what controls no thread of another's.
	//
	// Defaults to DefaultApp.
	AppID string

	// Pages are Pages and Instagram accounts, each with a token of its own; RequireProof holds for all. The
	// fields above are one Page more if Token or PageID is set. What methods say of a Page, such as Acted,
	// they say of the first: that of the fields above, else the first of Pages. [Graph.Account] chooses
	// another.
	//
	// Defaults to nil: one Page, that of the fields above.
	Pages []Page

	// OnEvent, if set, is called with each webhook body that Meta would send: the echo of an accepted message
	// and its delivery, what [Graph.Read] says, and what becomes of the control of a thread, by a call or by
	// [Graph.Take] and the like. It is called as OnCall is, after OnCall has seen the call that the event
	// follows, one body at a time and in order; [Sign] signs it. The package guide says what follows a send.
	OnEvent func(body []byte)

	// Subscribed are the webhook fields that OnEvent gets: message_echoes, message_deliveries, message_reads
	// and messaging_handovers; on Instagram messages, which includes echoes, messaging_seen and
	// messaging_handover.
	//
	// Defaults to nil: all of these, or what a program has asked for at the edge subscribed_apps.
	Subscribed []string

	// Assumed replaces the codes of rules that are assumptions (confidence L), by the ID of the rule.
	Assumed map[string]Code

	// OnCall, if set, is called with each call once it has been answered (or its connection closed), one call
	// at a time and in the order of Call.N, without a lock held: it may use the Graph. A call of Client
	// returns after OnCall has, unless another goroutine is in OnCall at that moment and takes this call
	// over.
	OnCall func(Call)

	mu        sync.Mutex
	count     int
	calls     []Call // a ring of the newest keptCalls
	data      []*pageData
	mids      int
	things    int // IDs of personas, labels and templates that were given
	traces    int
	failures  []Failure
	callbacks map[string]map[string]callback // of apps, by ID and object
	reports   []report
	reporting bool
}

// Call is one request to the Graph and what it answered. A batch is as many calls as it has requests; only
// one that is refused as a whole is a call itself.
type Call struct {
	// N counts the calls of a Graph from 1.
	N int
	// Time is when the call was judged, by the Graph's clock.
	Time time.Time
	// Method and Path are those of the HTTP request; Path has no query.
	Method, Path string
	// Host is the host that the request named; of a request in a batch it is that of the batch.
	Host string
	// Page is the ID of the Page or the Instagram account that the call is for: the one in the path, "me"
	// resolved by the token; of a path with the ID of something else the token's. It is empty if the path
	// names nothing, and of a call about an app.
	Page string
	// Params holds all parameters of query and body merged into one JSON object, without access_token and
	// appsecret_proof: compact, keys sorted, whatever encoding they came in. A file is described by its name,
	// type and size. Of a batch that is refused as a whole only the methods and paths are shown.
	Params json.RawMessage
	// Recipient is the PSID the call names, if any.
	Recipient string
	// Action is the sender_action in lower case, if any.
	Action string
	// Status is the HTTP status answered; 0 if the connection was closed without an answer.
	Status int
	// Answer is the body answered: JSON, or a string if an injected failure answered something else.
	Answer json.RawMessage
	// Rule names the rule that refused the call ("S10", see the table in the package guide), "fault" if a
	// failure was injected; empty if the call was accepted.
	Rule string
	// Conf says how sure it is that Meta refuses with just these words: "H" from a real body or Meta's table,
	// "M" the code is documented, "L" assumed. Source says where it is known from. Both are empty without a
	// rule.
	Conf, Source string
	// MessageID is the mid of the message the call sent, if it sent one. It is set also where an injected
	// failure hid the answer of a call that had been carried out.
	MessageID string
}

// person is what Meta knows of a person's thread with the Page.
type person struct {
	opened  time.Time // zero: never acted
	blocked bool
	page    string // that sent the newest message to them, if OnEvent is set; empty: none was sent
	mid     string // of that message
}

// Code is the code and subcode of one of Meta's errors; subcode 0: none.
type Code struct{ Code, Subcode int }

// attachment is a saved asset.
type attachment struct {
	kind  string    // image, video, audio, file; empty: any
	saved time.Time // zero: never expires
	url   string    // where it came from; empty: a file
}

// ServeHTTP answers one call. It aborts the connection with [http.ErrAbortHandler] where a failure with Drop
// was injected.
func (g *Graph) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a := g.answer(r)
	if a.dropped {
		g.report()
		panic(http.ErrAbortHandler) // the documented way to close the connection without an answer
	}
	maps.Copy(w.Header(), a.header)
	w.WriteHeader(a.status)
	// Errors of writing are the client's going away: nothing is left to tell it.
	_, _ = w.Write(a.body)
	_ = http.NewResponseController(w).Flush() // the client has its answer before OnCall runs
	g.report()
}

// Calls returns all calls answered so far, oldest first, at most the newest 10,000. They are copies.
func (g *Graph) Calls() []Call {
	g.mu.Lock()
	defer g.mu.Unlock()
	oldest := 0
	if len(g.calls) == keptCalls {
		oldest = g.count % keptCalls
	}
	calls := slices.Concat(g.calls[oldest:], g.calls[:oldest])
	for i := range calls {
		calls[i].Params = slices.Clone(calls[i].Params)
		calls[i].Answer = slices.Clone(calls[i].Answer)
	}
	return calls
}

// Acted says that a person did something at a time that opens the 24-hour messaging window: a message, a tap,
// a reaction, an opt-in. The person is known from then on. The latest time counts.
//
// Source: Meta, Send Messages, 2026.
func (g *Graph) Acted(psid string, at time.Time) {
	g.Account("").Acted(psid, at)
}

// Block makes a person unavailable, as one who has blocked the Page, deleted the conversation or deactivated
// the account: calls to them fail with 551/1545041 until Unblock.
func (g *Graph) Block(psid string) { g.Account("").Block(psid) }

// Unblock ends Block.
func (g *Graph) Unblock(psid string) { g.Account("").Unblock(psid) }

// AddAttachment makes an attachment ID known besides those the Graph has answered itself. Kind is image,
// video, audio or file; empty fits every kind. It does not expire.
func (g *Graph) AddAttachment(id, kind string) { g.Account("").AddAttachment(id, kind) }

// AddProduct makes a product of the Page's catalog known. Once one was added, product templates with others
// are refused with 100/2018320; before, every numeric product ID is accepted.
func (g *Graph) AddProduct(id string) { g.Account("").AddProduct(id) }

// person returns the record of a person, made if there is none. It needs the lock.
func (d *pageData) person(psid string) *person {
	if d.people == nil {
		d.people = map[string]*person{}
	}
	p := d.people[psid]
	if p == nil {
		p = new(person)
		d.people[psid] = p
	}
	return p
}

// saveAttachment remembers an asset. It needs the lock.
func (d *pageData) saveAttachment(id string, a attachment) {
	if d.attachments == nil {
		d.attachments = map[string]attachment{}
	}
	d.attachments[id] = a
}

// now reads the clock.
func (g *Graph) now() time.Time {
	if g.Now != nil {
		return g.Now()
	}
	return time.Now()
}
