package router

import (
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/webhook"
)

// dialog is the conversation that a person is in, while one of their events is handled.
type dialog struct {
	levels  []*level // the one that was entered first, the current one last
	wait    *wait
	changed bool // and must be stored
	epoch   int  // counts Enter and Leave
	said    int  // counts what was sent for this event
}

// level is a frame with the conversation that it is a place in.
type level struct {
	frame
	flow *flow
	data any // of frame.Data; nil: to be decoded
}

// node returns the state that the person is asked about.
func (l *level) node() *node { return l.flow.nodes[l.State] }

// load returns the data.
func (l *level) load() (any, error) {
	if l.data == nil {
		data, err := l.flow.decode(l.Data)
		if err != nil {
			return nil, broken(l.Name, "its data cannot be read: %w", hidden(err))
		}
		l.data = data
	}
	return l.data, nil
}

// store replaces the data.
func (l *level) store(data any) error {
	encoded, err := json.Marshal(data)
	if err != nil {
		return broken(l.Name, "its data cannot be stored: %w", hidden(err))
	}
	l.Data, l.data = encoded, data
	return nil
}

// hidden returns an error of encoding/json without its text, which may quote a person.
func hidden(err error) error {
	if fit, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return fmt.Errorf("the field %q is no %s", fit.Field, fit.Type)
	}
	return errors.New("it is no JSON of its type")
}

// top returns the level that the person is asked about.
func (d *dialog) top() *level { return d.levels[len(d.levels)-1] }

// over reports whether the person is in no conversation.
func (d *dialog) over() bool { return d == nil || len(d.levels) == 0 }

// clear ends the conversation.
func (d *dialog) clear() { d.levels, d.wait, d.changed = nil, nil, true }

// enter begins a conversation, in place of the one that the person was in.
func (d *dialog) enter(f *flow, data json.RawMessage) {
	d.clear()
	d.levels = append(d.levels, &level{flow: f, frame: frame{
		Name: f.name, Version: f.version, State: f.start, Data: data,
	}})
}

// newLevel returns a conversation within another: where it was left if it is resumed, else at its start, with
// what was answered in it before. What is remembered of another conversation, or does not fit any more, is
// forgotten.
func newLevel(f *flow, remembered frame, resumed bool) *level {
	fresh := &level{flow: f, frame: frame{Name: f.name, Version: f.version, State: f.start}}
	if remembered.Name != f.name {
		return fresh
	}
	l := &level{flow: f, frame: remembered}
	if _, err := l.revive(); err != nil {
		return fresh
	}
	if !resumed {
		l.move(f.start)
		l.empty()
		l.data = nil
	}
	return l
}

// encode returns the frames of the dialog, nil if it is over.
func (d *dialog) encode() []byte {
	if d.over() {
		return nil
	}
	stored := frames{Stack: make([]frame, len(d.levels)), Wait: d.wait}
	for i, l := range d.levels {
		stored.Stack[i] = l.frame
	}
	return stored.encode()
}

// step asks the referee and moves the current level, which remembers where it was.
func (d *dialog) step(v verb, to string) error {
	l := d.top()
	if err := l.flow.referee.judge(l.State, v, to); err != nil {
		return broken(l.Name, "%w", err)
	}
	if _, state := l.flow.nodes[to]; state {
		l.move(to)
	}
	d.changed = true
	return nil
}

// arrive asks the question of the state that the dialog has come to, inside the conversation that the state
// may be: its first one, or the one at which it was left if it is resumed.
func (d *dialog) arrive(c *bot.Context, resumed bool) error {
	for n := d.top().node(); n.sub != nil; n = d.top().node() {
		outer := d.top()
		d.levels = append(d.levels, newLevel(n.sub, outer.take(outer.State), resumed))
	}
	return d.ask(c)
}

// ask asks the current question, and begins to wait for the answer.
func (d *dialog) ask(c *bot.Context) error {
	if err := d.startWait(c); err != nil {
		return err // before anything was said
	}
	return d.prompt(c)
}

// prompt sends the current question, with the answer that was given before.
func (d *dialog) prompt(c *bot.Context) error {
	l, epoch := d.top(), d.epoch
	n := l.node()
	message := send.Message{}
	if n.prompt != nil {
		message = *n.prompt
	} else {
		data, err := l.load()
		if err != nil {
			return err
		}
		message, err = n.ask(c, data)
		if err != nil || d.epoch != epoch {
			return err
		}
		offers := offersOf(&message)
		l.Offered, l.Asks = offers.payloads, offers.own
	}
	d.changed = true
	if g, ok := l.earlier(); ok {
		message = offering(message, g, l.replayPayload())
	}
	return d.say(c, message)
}

// say sends a message of the conversation: once for this event, whatever it says when the event is handled
// again. A message that may have arrived counts as sent, for the person would answer it.
func (d *dialog) say(c *bot.Context, m send.Message) error {
	d.said++
	l := d.top()
	err := c.Once("router." + l.Name + "." + l.State + "#" + strconv.Itoa(d.said)).Send(m)
	if errors.Is(err, send.ErrUnsure) {
		c.Log().Warn().Err(err).Msg("a message of the conversation may have arrived: it goes on")
		return nil
	}
	return err
}

// offers is what can be tapped in a question.
type offers struct {
	payloads []string
	own      bool // the person's phone number or e-mail address, whose payload is not known before
}

// offersOf returns what can be tapped in m.
func offersOf(m *send.Message) offers {
	var o offers
	for _, reply := range m.QuickReplies {
		if reply.Own() {
			o.own = true
		} else {
			o.payloads = append(o.payloads, reply.Payload)
		}
	}
	for _, button := range m.Postbacks() {
		o.payloads = append(o.payloads, button.Payload)
	}
	return o
}

// replayPayload returns the payload of the quick reply that gives the earlier answer to the current question
// once more. Another question has another one.
func (l *level) replayPayload() string {
	sum := fnv.New64a()
	_, _ = sum.Write([]byte(l.Name + "\x00" + l.State)) // never fails
	return "parley.earlier." + strconv.FormatUint(sum.Sum64(), 36)
}

// Limits of quick replies, as in package send.
const (
	mostReplies  = 13
	longestTitle = 20
)

// offering returns m with a quick reply for an earlier answer, unless it is offered anyway.
func offering(m send.Message, g given, payload string) send.Message {
	if len(m.QuickReplies) >= mostReplies {
		return m
	}
	for _, reply := range m.QuickReplies {
		if g.isOn(reply.Title, reply.Payload) {
			return m
		}
	}
	for _, button := range m.Postbacks() {
		if g.isOn(button.Title, button.Payload) {
			return m
		}
	}
	title := []rune(g.Text)
	if len(title) > longestTitle {
		title = append(title[:longestTitle-1], '…')
	}
	earlier := send.Reply(string(title), payload)
	return m.WithQuickReplies(append(slices.Clone(m.QuickReplies), earlier)...)
}

// again returns c with the answer that was given before in place of the tap that asks for it.
func (d *dialog) again(c *bot.Context) (*bot.Context, bool) {
	g, ok := d.top().earlier()
	if !ok {
		return c, false
	}
	from := c.Event().From()
	message := &webhook.Message{Origin: from, Text: g.Text}
	if tapped, ok := c.Event().(*webhook.Message); ok {
		message.Mid = tapped.Mid
	}
	if g.Payload != "" {
		message.QuickReply = &webhook.QuickReply{Payload: g.Payload}
	}
	return c.WithEvent(message), true
}

// offers reports whether the current prompt offers payload.
func (d *dialog) offers(payload string) bool {
	l := d.top()
	if n := l.node(); n.prompt != nil {
		return slices.Contains(n.offers.payloads, payload)
	}
	return slices.Contains(l.Offered, payload)
}

// asksOwn reports whether the current prompt offers the person's phone number or e-mail address.
func (d *dialog) asksOwn() bool {
	l := d.top()
	if n := l.node(); n.prompt != nil {
		return n.offers.own
	}
	return l.Asks
}

// word returns what the person asks for with a word, and the level whose word it is.
func (d *dialog) word(input string) (verb, int) {
	key := fold(input)
	for i := len(d.levels) - 1; i >= 0 && key != ""; i-- {
		if v, ok := d.levels[i].flow.words[key]; ok {
			return v, i
		}
	}
	return "", 0
}
