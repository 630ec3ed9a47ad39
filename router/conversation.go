package router

import (
	"encoding/json"
	"errors"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/send"
)

// The ends of a conversation, as the target of State.Next and Edge.To.
const (
	// Done ends the conversation with Conversation.Finish.
	Done = "(done)"
	// Cancelled ends it with Conversation.OnCancel.
	Cancelled = "(cancelled)"
)

// Conversation is a dialog of several questions that fills a T. It is written as a literal that reads from
// top to bottom, and registered with [Converse].
//
// Where a person is in it and what they have answered is part of their record, saved once for each event as
// JSON. So T must survive JSON: an unexported field or one of the type func, chan or interface panics at
// registration, and so does everything else that is wrong with the literal.
//
// Handlers may run again, after a crash or a conflict on the record: see package bot.
type Conversation[T any] struct {
	// Name is what [Enter] knows it by. Required, and unique in a router.
	Name string

	// Start is the state that it begins with. Required.
	Start string

	// States are the questions, by name. Required.
	States States[T]

	// Finish is called with what was answered when a state leads to [Done]. The conversation is over then,
	// and Finish may [Enter] another one. It is required, but not called in a conversation that is part of
	// another: see [Sub].
	Finish func(c *bot.Context, data T) error

	// Cancel, Back and Restart are words that a person types, or payloads that they tap, in any state: they
	// are compared as by [Router.Text]. Cancel ends the conversation with OnCancel. Back asks the question
	// before once more, and Restart all of them from the start; the answer that was given before is then
	// offered as a quick reply, if it was a text of at most 300 characters and the prompt offers no more than
	// twelve. Back leaves T as it is until the question is answered anew, with what a branch has filled that
	// is then not taken any more; Restart begins with an empty T, also after [EnterWith].
	Cancel, Back, Restart []string

	// OnCancel is called after a word of Cancel, or when a state leads to [Cancelled].
	//
	// Defaults to silence.
	OnCancel func(c *bot.Context, data T) error

	// Remind is how a person who does not answer is reminded, in the order of time.
	Remind []Reminder[T]

	// Timeout ends the conversation when so much time has passed since the question, or since the last that
	// was heard of the person; OnTimeout is called then. It cannot be relied on to reach the person: their
	// messaging window may be closed. Neither it nor a reminder outlives Config.SessionTTL, seven days by
	// default, after which the person is in no conversation any more.
	//
	// Default to never, and to silence.
	Timeout   time.Duration
	OnTimeout func(c *bot.Context, data T) error

	// OnAttempts is called in place of a hint when a person was refused for the Attempts-th time in one
	// state. Unless it leaves the conversation, with [Leave] or [Enter], the question is asked once more and
	// the count begins anew.
	//
	// Attempts defaults to no bound. Each state counts for itself.
	Attempts   int
	OnAttempts func(c *bot.Context, data T) error

	// Version is the version of T and of the states. Raise it when people who are in the middle of a
	// conversation cannot go on with what they have stored: it goes to Migrate then.
	Version int

	// Migrate takes over what another Version has stored, or a state that is no more, or data that does not
	// fit T: it returns the state to go on with, and the data. In the state that the person was asked about
	// their answer is then taken; else the question of the new state is asked.
	//
	// Defaults to an error, after which OnStale decides.
	Migrate func(old Stored) (state string, data T, err error)

	// OnStale answers a person whose conversation cannot go on and is over. It may [Enter] a new one.
	//
	// Defaults to routing what they said as if they had been in none.
	OnStale func(c *bot.Context) error
}

// States are the states of a [Conversation], by name. A name is any text but [Done] and [Cancelled].
type States[T any] map[string]State[T]

// State is one question of a [Conversation].
type State[T any] struct {
	// Prompt is the question. Ask stands in for it when the question depends on what was answered; it sends
	// nothing itself, as a question may be asked again. One of the two is required.
	Prompt send.Message
	Ask    func(c *bot.Context, data T) (send.Message, error)

	// Answer stores what the person said or tapped, or refuses it with [Refuse]; data is then left as it
	// was. [Choice], [Number] and the other readers of answers refuse by themselves. Required.
	Answer func(c *bot.Context, data *T) error

	// Branch leads to the state of the first edge whose condition holds; Next is the state if none does, and
	// required. It may be [Done] or [Cancelled].
	Branch []Edge[T]
	Next   string

	part *part[T] // of a Sub
}

// Edge is a branch of a [State].
type Edge[T any] struct {
	// If is the condition. Required.
	If func(data T) bool
	// To is the name of a state, [Done] or [Cancelled]. Required.
	To string
	// Label stands beside the edge in drawings.
	//
	// Defaults to the name of If, if it is a named function.
	Label string
}

// Reminder is what a person who does not answer is told. The question is asked once more after it, if it went
// out. Any message or tap of theirs, and a reaction, starts the time anew. A reminder that comes when the
// messaging window is closed is dropped.
type Reminder[T any] struct {
	// After is the time since the question, or since the last that was heard of the person if that is later.
	// The question that comes with a reminder does not start the time anew. Timeout counts from there too.
	After time.Duration
	// Say is the message; Ask stands in for it when it depends on what was answered. Without both the
	// question is just asked once more.
	Say send.Message
	Ask func(c *bot.Context, data T) (send.Message, error)
}

// Stored is what another version of a [Conversation] has stored.
type Stored struct {
	// Version is Conversation.Version at that time.
	Version int
	// State is the state that the person was asked about.
	State string
	// Data is the T of that version as JSON; nil: nothing was answered yet.
	Data json.RawMessage
}

// Sub returns a state that is a whole conversation of its own, such as an address form that is part of two
// orders. Each time it begins with an empty U. Into stores what it has gathered, or refuses it with [Refuse],
// which begins it again and counts for Attempts; then the state leads to next.
//
// Within another conversation its States, Back, Restart, Cancel, Attempts, OnAttempts, Version and Migrate
// count; a word of Cancel ends the whole. In all else (Finish, OnCancel, Remind, Timeout, OnStale) the
// outermost conversation decides, and in attempts too if it has none of its own. What cannot be migrated
// begins again.
func Sub[T, U any](conversation Conversation[U], into func(data *T, answer U) error, next string) State[T] {
	p := &part[T]{name: conversation.Name, compile: conversation.compile}
	if into != nil {
		p.into = func(data *T, answer any) error { return into(data, *of[U](answer)) }
	}
	return State[T]{Next: next, part: p}
}

// part is a conversation that is a state of another.
type part[T any] struct {
	name    string
	compile func(within []string) (*flow, []error)
	into    func(data *T, answer any) error // nil: missing
}

// refusedError is the error of [Refuse].
type refusedError struct{ hint string }

// Error says that an answer was refused, and not with which hint, as that may quote a person.
func (*refusedError) Error() string { return "router: answer refused" }

// Refuse returns the error with which State.Answer, or what [Sub] stores with, refuses an answer. The hint is
// sent to the person, and the question asked once more, unless the handler has left the conversation; without
// a hint only the latter. Anywhere else it is an error that is not tried again.
func Refuse(hint string) error { return bot.Permanent(&refusedError{hint: hint}) }

// asRefusal returns the refusal that err is, nil if it is none.
func asRefusal(err error) *refusedError {
	refusal, _ := errors.AsType[*refusedError](err)
	return refusal
}

// of returns data, which is a *T in disguise.
func of[T any](data any) *T {
	typed, ok := data.(*T)
	if !ok {
		return new(T)
	}
	return typed
}
