package router

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/webhook"
)

// Converse registers a conversation, which begins when a person writes text, or taps what shows it and has no
// route of its own; without a text only [Enter] begins it. The middleware of r is around what the
// conversation does with an answer, a word or the passing of time. What another route sets going, the first
// question after its Enter and the question once more after an interrupt, is within that route's middleware.
//
// While a person is in a conversation, what they say goes, in this order:
//
//  1. A word of Cancel, Back or Restart, typed or as a payload, does what it says.
//  2. A tap on what the current question offers is an answer.
//  3. A tap that has a route of its own, and a text that [Router.Anytime] knows, has that route. Then the
//     question is asked once more, unless the route has called [Leave] or [Enter].
//  4. Any other tap is on something that is no longer asked about: the question is asked once more.
//  5. Everything else is an answer, also the text that begins the conversation.
//
// Two questions that offer the same payload cannot be told apart: a late tap on "Yes" is an answer to the
// question of now, if that offers "Yes" too. Other events have their routes as always.
//
// A bot has one router with conversations; parts of it are groups: see [Router.Group].
//
// It panics with all that is wrong with the literal: a state that is missing, cannot be reached or leads to
// no end, a T that JSON loses parts of, and so on.
func Converse[T any](r *Router, text string, conversation Conversation[T]) {
	f := conversation.mustCompile()
	if r.table.flows[f.name] != nil {
		panic(fmt.Sprintf("router: conversation %q: registered already at %s",
			f.name, r.table.flows[f.name].route.where))
	}
	f.route = r.newRoute("conversation", f.name, func(c *bot.Context) error {
		v := visitOf(c)
		switch {
		case v.verb == "":
			return v.enter(c, f, nil)
		case v.left():
			return nil // middleware has left it
		default:
			return v.dialog.act(c, v.verb, v.level)
		}
	})
	if text != "" {
		r.index(f.route, text)
	}
	r.table.flows[f.name] = f
	r.table.add(f.route, kindMessage, kindPostback, new(webhook.Custom).Kind())
}

// mustCompile panics with everything that is wrong.
func (conv Conversation[T]) mustCompile() *flow {
	f, wrong := conv.compile(nil)
	if len(wrong) > 0 {
		panic("router: " + strings.ReplaceAll(errors.Join(wrong...).Error(), "\n", "\nrouter: "))
	}
	return f
}

// errNoRouter means that a function of conversations was called outside of a router.
var errNoRouter = bot.Permanent(errors.New("router: this context comes from no router"))

// Enter begins the conversation called name, in place of the one that the person may be in, and asks its
// first question. It is for handlers of a router's routes; return its error, which is one of sending, or
// says that there is no such conversation or that the event names no person.
func Enter(c *bot.Context, name string) error { return enter(c, name, nil, nil) }

// EnterWith is [Enter] with what is known already: data is the T of the conversation.
func EnterWith[T any](c *bot.Context, name string, data T) error {
	encoded, err := json.Marshal(data)
	if err != nil {
		return broken(name, "the data cannot be stored: %w", hidden(err))
	}
	return enter(c, name, reflect.TypeFor[T](), encoded)
}

// enter begins a conversation with data of a type; nil: without data.
func enter(c *bot.Context, name string, data reflect.Type, encoded json.RawMessage) error {
	v := visitOf(c)
	if v == nil {
		return errNoRouter
	}
	f := v.table.flows[name]
	switch {
	case f == nil:
		return bot.Permanent(fmt.Errorf("router: there is no conversation %q", name))
	case c.PSID() == "":
		return bot.ErrNoRecipient
	}
	if data != nil && data != f.data {
		return broken(name, "its data is a %s, not a %s", f.data, data)
	}
	return v.enter(c, f, encoded)
}

// broken returns an error of a conversation that no second try mends.
func broken(conversation, format string, args ...any) error {
	err := fmt.Errorf("router: conversation %q: "+format, append([]any{conversation}, args...)...)
	return bot.Permanent(err)
}

// Leave ends the conversation that the person is in, without a word; outside of one it does nothing. It is
// for handlers of a router's routes, and for those of the conversation.
func Leave(c *bot.Context) {
	v := visitOf(c)
	if v == nil {
		return
	}
	if v.dialog == nil && c.Frames() != nil {
		v.dialog = &dialog{} // of an event that is no input
	}
	if v.dialog != nil {
		v.dialog.epoch++
		v.dialog.clear()
	}
}

// Current returns the names of the conversation that the person is in, and of the state that they are asked
// about, both empty outside of one. In a [Sub] they are those of the inner conversation.
func Current(c *bot.Context) (conversation, state string) {
	v := visitOf(c)
	if v == nil {
		return "", ""
	}
	d := v.dialog
	if stored := c.Frames(); d == nil && stored != nil { // the event is no input
		d, _ = v.table.open(c, stored)
	}
	if d.over() {
		return "", ""
	}
	l := d.top()
	return l.Name, l.State
}

// visit is one event on its way through a router.
type visit struct {
	table  *table
	route  *route
	dialog *dialog // nil: the person has not been in one
	verb   verb    // what the conversation does; empty: nothing, or it begins
	level  int     // of the word that asked for it
	failed bool    // the route's handler: what the dialog has become is not stored

	before, after func(c *bot.Context) error // around the handler of a route; nil: nothing
}

// enter begins a conversation.
func (v *visit) enter(c *bot.Context, f *flow, data json.RawMessage) error {
	found := v.dialog
	if found == nil {
		v.dialog = &dialog{}
	}
	d := v.dialog
	before := *d
	d.epoch++
	d.enter(f, data)
	epoch := d.epoch
	err := d.arrive(c, false)
	if err != nil && d.epoch == epoch { // nobody was asked anything
		d.levels, d.wait = before.levels, before.wait
		v.dialog = found
	}
	return err
}

// left reports whether the conversation that the route was chosen for has been left since.
func (v *visit) left() bool { return v.dialog.epoch > 0 }

// save puts what has become of the conversation into the person's record.
func (v *visit) save(c *bot.Context) {
	if v.dialog != nil && v.dialog.changed && !v.failed {
		c.SetFrames(v.dialog.encode())
	}
}

// choose returns the route of an event, and what its pattern found. It looks at the conversation first.
func (v *visit) choose(c *bot.Context) (*route, map[string]string) {
	event := c.Event()
	own, isOwn := event.(*webhook.Custom)
	if !isOwn && !c.OwnsThread() {
		return v.table.types[reflect.TypeOf(event)], nil
	}
	waited := isOwn && own.Name == waitName
	stored := c.Frames()
	if stored == nil || len(v.table.flows) == 0 {
		if waited {
			return nil, nil
		}
		return v.table.find(event, c.Payload())
	}
	_, opens := webhook.Opens(event)
	if !isInput(event) && !waited && !opens {
		return v.table.find(event, c.Payload())
	}
	d, first := v.table.open(c, stored)
	v.dialog = d
	switch {
	case waited:
		return v.wake(own, first), nil
	case d.over():
		return v.table.find(event, c.Payload())
	case !isInput(event):
		if first != "" {
			v.dialog = nil // what a deployment has changed is for the person's next words
		} else {
			v.stirred(c)
		}
		return v.table.find(event, c.Payload())
	}
	return v.converse(c, first)
}

// isInput reports whether an event is something that a person says. Meta writes the summary of a lead ad in
// the person's name: nobody waits for an answer to it.
func isInput(event webhook.Event) bool {
	switch e := event.(type) {
	case *webhook.Message:
		return !e.LeadSummary()
	case *webhook.Postback:
		return true
	default:
		return false
	}
}

// wake returns the route of the conversation if the event is the one that it waits for.
func (v *visit) wake(own *webhook.Custom, first verb) *route {
	if v.dialog.over() || first != "" || !v.dialog.waitsFor(own) {
		v.dialog = nil // it is looked at when the person says something
		return nil
	}
	return v.do(doClock)
}

// stirred begins to wait anew, as the person has done something.
func (v *visit) stirred(c *bot.Context) {
	if !v.dialog.overdue(heard(c)) {
		v.resume(v.dialog.startWait)
	}
}

// resume calls f after the handler, unless the handler has left the conversation.
func (v *visit) resume(f func(c *bot.Context) error) {
	epoch := v.dialog.epoch
	v.after = func(c *bot.Context) error {
		if v.dialog.epoch != epoch {
			return nil
		}
		return f(c)
	}
}

// do returns the route of the conversation, which will do what v stands for.
func (v *visit) do(what verb) *route {
	v.verb = what
	return v.dialog.levels[0].flow.route
}

// converse decides what a person in a conversation means: see [Converse].
func (v *visit) converse(c *bot.Context, first verb) (*route, map[string]string) {
	d, payload, text := v.dialog, c.Payload(), said(c.Event())
	if first == doStale {
		return v.do(first), nil
	}
	if d.overdue(heard(c)) {
		v.before = d.timeOut
		return v.table.findInput(c.Event(), payload, text)
	}
	input := payload
	if input == "" {
		input = text
	}
	if word, level := d.word(input); word != "" {
		v.level = level
		return v.do(word), nil
	}
	if first == "" && payload != "" {
		switch {
		case d.offers(payload):
			return v.do(doAnswer), nil
		case payload == d.top().replayPayload():
			return v.do(doReplay), nil
		}
	}
	_, postback := c.Event().(*webhook.Postback)
	if found, params := v.table.findInterrupt(payload, text, postback); found != nil {
		v.resume(d.ask)
		if first != "" {
			v.resume(func(c *bot.Context) error { return d.arrive(c, false) })
		}
		return found, params
	}
	switch {
	case first != "":
		return v.do(first), nil
	case postback, payload != "" && (!d.asksOwn() || payload != text || !isOwn(payload)):
		return v.do(doAgain), nil
	default:
		return v.do(doAnswer), nil
	}
}

// isOwn reports whether a payload may be what a person has told Messenger: a phone number or an e-mail
// address.
func isOwn(payload string) bool {
	_, phone := parsePhone(payload)
	_, email := parseEmail(payload)
	return phone || email
}

// said returns the text of what a person said, the title if it was a tap.
func said(event webhook.Event) string {
	switch e := event.(type) {
	case *webhook.Message:
		return e.Text
	case *webhook.Postback:
		return e.Title
	default:
		return ""
	}
}

// heard returns when the person did what the event tells of: by its own time, which is before now where the
// event was held up.
func heard(c *bot.Context) int64 {
	now := c.Now()
	if then := c.Event().From().Time; !then.IsZero() && then.Before(now) {
		now = then
	}
	return at(now)
}

// findInterrupt returns the route of a tap, or of a text that is answered at any time; nil: there is none.
func (t *table) findInterrupt(payload, text string, postback bool) (*route, map[string]string) {
	if payload == "" && !postback {
		if found := t.texts[fold(text)]; found != nil && found.kind == kindAnytime {
			return found, nil
		}
		return nil, nil
	}
	if found, params := t.findPayload(payload); found != nil {
		return found, params
	}
	return t.findText(text)
}
