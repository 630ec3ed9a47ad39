package webhook

import "strings"

// The values of Handover.Action.
//
// Source: Meta, messaging_handovers, Instagram messaging_handover and conversation routing, 24 September
// 2025.
const (
	// HandoverPass tells the app that owns the thread now that another app passed it on.
	HandoverPass = "pass"
	// HandoverTake tells the app that owned the thread that another app has taken it.
	HandoverTake = "take"
	// HandoverRequest tells the app that owns the thread that another app asks for it.
	HandoverRequest = "request"
	// HandoverMetadata tells that an app passed metadata on. Instagram only.
	HandoverMetadata = "metadata"
	// HandoverRoles tells which roles the apps of the Page have.
	//
	// Deprecated: Meta has moved all Pages from the Handover Protocol and its roles to conversation routing
	// and a default app, on Instagram as announced on 23 October 2025; the other actions replace it.
	HandoverRoles = "roles"
)

// Handover tells that control of a thread goes from one app to another, or is asked for; see Action. That an
// app released a thread is not told. It comes to the app that it concerns, which may answer or must be
// silent from then on. Roles concern no person, so Person is empty for them.
//
// Source: Meta, messaging_handovers and Instagram messaging_handover, 2026.
type Handover struct {
	Origin
	// Action is one of the constants, as [HandoverPass].
	Action string
	// PreviousOwner and NewOwner are the IDs of the apps, for [HandoverPass] and [HandoverTake]. They may be
	// empty: an idle thread has no owner.
	PreviousOwner, NewOwner string
	// RequestedOwner is the app that asks, for [HandoverRequest].
	RequestedOwner string
	// Caller is the app that passed metadata on, for [HandoverMetadata].
	Caller string
	// Metadata is what the app that acted says about it.
	Metadata string
	// Roles are the roles of the Page's apps by the apps' IDs, as primary_receiver and secondary_receiver.
	// They are nil for all other actions.
	//
	// Deprecated: see [HandoverRoles].
	Roles map[string][]string
	// Hops are the apps through which the thread came to this one, as after a lead ad; see [Hop].
	Hops []Hop
}

// Hop is an app through which a thread came to this one, which Meta calls the hop context. It comes beside
// what a lead ad hands over.
//
// Source: Meta, lead ads in Messenger, 2026.
type Hop struct {
	// AppID is the app.
	AppID string
	// Metadata is what it said about it.
	Metadata string
}

// LeadAd reports whether the hop is one out of a lead ad's questions, complete or not.
func (h Hop) LeadAd() bool { return strings.HasPrefix(h.Metadata, "messenger_lead_gen_") }

// The values of AccountLinking.Status.
//
// Source: Meta, messaging_account_linking, 2026.
const (
	AccountLinked   = "linked"
	AccountUnlinked = "unlinked"
)

// AccountLinking tells that a person has linked their account with the business, or undone it. If the
// request that carries it is not answered, the linking fails. Messenger only.
//
// Source: Meta, messaging_account_linking, 2026.
type AccountLinking struct {
	Origin
	// Status is [AccountLinked] or [AccountUnlinked].
	Status string
	// Code is the authorization_code that the business gave to Meta at the log-in. It is empty when the
	// account was unlinked.
	Code string
}

// Linked reports whether the accounts are linked now.
func (a *AccountLinking) Linked() bool { return a.Status == AccountLinked }

// The values of PolicyEnforcement.Action.
//
// Source: Meta, messaging_policy_enforcement, 2026.
const (
	PolicyWarning = "warning"
	PolicyBlock   = "block"
	PolicyUnblock = "unblock"
)

// PolicyEnforcement tells that Meta warned or blocked the Page, or lifted the block. It concerns no person,
// so Person is empty. Old webhooks spell it with a hyphen. Messenger only.
//
// Source: Meta, messaging_policy_enforcement, 2026.
type PolicyEnforcement struct {
	Origin
	// Action is one of the constants, as [PolicyBlock].
	Action string
	// Reason is what Meta says about it, in words. It is empty when a block is lifted.
	Reason string
}

// Kind returns "handover".
func (*Handover) Kind() string { return "handover" }

// Kind returns "account_linking".
func (*AccountLinking) Kind() string { return "account_linking" }

// Kind returns "policy_enforcement".
func (*PolicyEnforcement) Kind() string { return "policy_enforcement" }

func (*Handover) event()          {}
func (*AccountLinking) event()    {}
func (*PolicyEnforcement) event() {}
