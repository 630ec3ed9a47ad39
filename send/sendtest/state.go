package sendtest

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

// State is what Meta knows and no call says: of the token and the app, of the Page, its threads and its
// things. A field that is left zero refuses nothing; each names the rule that reads it.
//
// Set it with [Graph.Change]. Lists and maps belong to the Graph from then on.
//
// Source: Meta, Error Codes, 25 Jun 2026; Send API, v25.0, and the pages that each rule names.
type State struct {
	// TokenExpires is the moment from which the token is refused with 190/463 (T03).
	//
	// Defaults to the zero time: never.
	TokenExpires time.Time

	// TokenRevoked refuses the token with 190/460, as after a change of password (T04).
	TokenRevoked bool

	// Permissions are those that the token has. Without pages_messaging every call is refused with code 230,
	// but those that read the Page or a person; without pages_messaging_phone_number those to a phone number,
	// without pages_manage_metadata those to subscribed_apps (T06). Fields of a person whose permission is
	// missing are left out. On Instagram, whose words nobody has recorded, they are not judged.
	//
	// Defaults to nil: all of them.
	Permissions []string

	// Testers are the PSIDs of the people with a role on an app that is in development; all others are
	// refused with 200/2018028 (W14).
	//
	// Defaults to nil: the app is live. An empty list is an app in development without testers.
	Testers []string

	// Owners names, by PSID, the app that controls a thread. Messages to threads of another app than
	// Graph.AppID are refused with 10/2018300 (W15), on Instagram with 100/2534037. A thread_control of an
	// accepted message changes it, and so do the calls of conversation routing: release removes the owner,
	// pass writes the named app, else DefaultApp; with a thread_control to an unknown default app it stays as
	// it is. Control ends 24 hours after the person's last message.
	//
	// Defaults to nil: nobody else controls a thread, whatever a thread_control says. An empty map that is
	// not nil lets it be heeded; a call of conversation routing makes one.
	Owners map[string]string

	// RoutingOff says that the Page has no conversation routing, so that thread_control is refused (S19).
	RoutingOff bool

	// LeadFlows are the PSIDs of people in an automated lead flow: messages to them are refused with
	// 10/2018321 (W16).
	LeadFlows []string

	// Restricted says that the Page may not send messages for now: 10/1893063 (W17). Sender actions pass.
	Restricted bool

	// NoHumanAgent says that the app was not approved for the feature Human Agent, so that the tag
	// HUMAN_AGENT is refused (W08).
	NoHumanAgent bool

	// WindowedActions refuses sender actions outside the messaging window (W11), which integrators have seen
	// and Meta does not document.
	WindowedActions bool

	// Tokens are the one-time and notification tokens that exist. One that is not listed or has expired is
	// refused with code 100 (W18), one that is used too early with 4/2018354 (W19).
	//
	// Defaults to nil: every token exists. A one-time token is good for one message in either case.
	Tokens map[string]Token

	// Utilities are the approved utility templates, besides those that a call has created: others are refused
	// (W20), and so are parameters that do not fit (W21).
	//
	// Defaults to nil: every template is approved, until a call creates the first.
	Utilities []Utility

	// Personas are the IDs of the Page's personas, besides those that a call has created; others are refused
	// (S17).
	//
	// Defaults to nil: every numeric ID is one, until a call creates the first.
	Personas []string

	// Mids names the person in whose thread an inbound message stands, by its mid. A reply_to must name one
	// of these or a message that the Graph itself has accepted for the same person (S18).
	//
	// Defaults to nil: every mid may be replied to.
	Mids map[string]string

	// Forms are the IDs of the instant forms that a thread can show; others are refused with 1/2018382 (X09).
	//
	// Defaults to nil: every form.
	Forms []string

	// Orders are the order numbers that receipts have used; one more receipt with such a number is refused
	// (P20), and accepted receipts join the list. An empty list that is not nil starts it.
	//
	// Defaults to nil: order numbers may be used again.
	Orders []string

	// Domains are the whitelisted domains, such as https://shop.example. An address with messenger_extensions
	// elsewhere is refused (P15).
	//
	// Defaults to nil: every domain.
	Domains []string

	// Files says what Meta finds at an address from which media are fetched (P26 to P29, P31).
	//
	// Defaults to nil. An address that is not listed holds what the message says it holds.
	Files map[string]File

	// FileLimit is how large a file may be, in bytes.
	//
	// Defaults to 0: Meta's limits, 8 MB for an image and 25 MB for anything else (P28).
	FileLimit int64

	// Usage is how much of its limits the app has used, in percent: answers then tell it in the headers
	// X-App-Usage and X-Business-Use-Case-Usage, of the latter Regain is the time until the app has access
	// again, in full minutes. 100 refuses nothing: for that there is FailNext.
	//
	// Defaults to 0: no headers, as Meta sends to an app that has made few calls.
	//
	// Source: Meta, Rate Limiting, 23 Mar 2026.
	Usage  int
	Regain time.Duration

	// Profiles are the profiles of people, by PSID: their fields as Meta names them, such as first_name or,
	// on Instagram, username. A person who is not listed has none (E14), one whose profile is empty lets
	// nothing be read, which Meta answers with an empty object.
	//
	// Defaults to nil: the app may read no profile at all, and gets the empty object for everyone.
	Profiles map[string]map[string]any

	// NoConsent are the people on Instagram who have not consented to their profile being read (E14).
	NoConsent []string

	// LinkingTokens are the account linking tokens that can be exchanged for a PSID; others are refused with
	// 10303 (E29).
	//
	// Defaults to nil: there are none.
	LinkingTokens map[string]LinkingToken

	// DefaultApp is the default application of the Page, which alone may write in an idle thread (W15), and
	// without which nobody may take a thread (E10). With one, nobody may request a thread.
	//
	// Defaults to "": there is none, and everybody may write in an idle thread.
	DefaultApp string

	// NoTake says that the app lacks the permission to take the control of a thread (E10).
	NoTake bool

	// Comments says what there is to know of comments and posts, by ID, which a private reply answers (E02,
	// E03). One that is not listed can be replied to; none can be twice (E01).
	Comments map[string]Comment

	// Reviews are the decisions of Meta on utility templates that a call creates, by name.
	//
	// Defaults to nil: one whose parameters follow Meta's rules is approved, any other rejected.
	Reviews map[string]Review

	// Library is Meta's library of utility templates, each as Meta lists it: name, language, body and so on.
	//
	// Defaults to nil: it is empty, but every name of it can be copied.
	Library []map[string]any
}

// LinkingToken is an account linking token.
type LinkingToken struct {
	// PSID is the person who is linking their account.
	PSID string
	// Issued is when Meta made it: it is good for five minutes. The zero time: it does not end.
	Issued time.Time
}

// Comment is a comment on a post, or a post of a visitor.
type Comment struct {
	// Made is when: it can be replied to for seven days. The zero time: for ever.
	Made time.Time
	// Own says that the Page wrote it itself, Closed that it cannot be replied to for another reason.
	Own, Closed bool
}

// Review is what Meta decides on a utility template.
type Review struct {
	// Status is APPROVED, REJECTED, PENDING, PAUSED and so on; only an approved one can be sent (W20).
	Status string
	// Reason is why it was rejected, such as TAG_SHOULD_BE_MARKETING.
	Reason string
}

// Token is a one-time token or a notification token.
type Token struct {
	// Expires is when it ends; the zero time: never.
	Expires time.Time
	// Next is when the next message may be sent with it; the zero time: now.
	Next time.Time
	// PSID is the person whose token it is, Topic what they have opted in to: the list of notification tokens
	// shows those that have a person.
	PSID, Topic string
}

// Utility is a utility template that Meta has approved.
//
// Source: Meta, Utility Messages, 2026.
type Utility struct {
	// Name and Language ("en", "pt_BR") are those of the template.
	Name, Language string
	// Header and Body are the names of the parameters in the order of the template, each "" in a template
	// with positional ones.
	Header, Body []string
	// Buttons counts the buttons that take a parameter.
	Buttons int
}

// File is what Meta finds at an address. The zero File is one that fits.
type File struct {
	// Gone says that there is nothing to fetch (P26).
	Gone bool
	// Takes is how long fetching it takes: over 75 seconds is too long for a video (P29), over 10 for
	// anything else (P26).
	Takes time.Duration
	// Type is its content type ("image/png"); "" fits (P27).
	Type string
	// Size is its size in bytes; 0 fits (P28).
	Size int64
}

// Change changes what Meta knows. It is called with the state as it is, and no call is judged meanwhile: f
// must not use the Graph, nor keep the pointer.
//
//	graph.Change(func(s *sendtest.State) { s.Restricted = true })
func (g *Graph) Change(f func(*State)) {
	g.Account("").Change(f)
}

// usage returns the headers that tell how much of the limits is used; none without State.Usage. It needs the
// lock.
func (d *pageData) usage(page string) http.Header {
	header := http.Header{}
	used := d.state.Usage
	if used == 0 {
		return header
	}
	app := map[string]int{"call_count": used, "total_time": used, "total_cputime": used}
	header.Set("X-App-Usage", string(canonical(app)))
	kind := "messenger"
	if d.instagram {
		kind = "instagram"
	}
	one := map[string]any{
		"type": kind, "call_count": used, "total_time": used, "total_cputime": used,
		"estimated_time_to_regain_access": json.Number(strconv.Itoa(int(d.state.Regain / time.Minute))),
	}
	header.Set("X-Business-Use-Case-Usage", string(canonical(map[string]any{page: []any{one}})))
	return header
}
