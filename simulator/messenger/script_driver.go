package messenger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/parleybot/parley/bot/bottest/script"
	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/send/sendtest"
)

// Why a webhook was not delivered: the bot did not answer with 200, or not at all.
var (
	errUndelivered = errors.New("the webhook was not delivered")
	errBrokeOff    = errors.New("the webhook was not answered")
)

// restless is how many times as long as for silence a script waits for the next message of a bot that goes on
// to do something else, such as to show that it types, or to ask the Graph API for something.
const restless = 6

// player is the driver of a script over the wire: webhooks go to the bot, and what it does stands in the
// journal.
type player struct {
	*Simulator
	bot    *callback
	pace   Pace
	people map[string]*person // by their names in the script
	names  map[string]string  // by their PSIDs
	seen   int                // how far the journal was read
	last   time.Time          // when something happened last, by the machine's clock
	fresh  time.Time          // when the script did something last, or the bot sent a message
	queue  []outbound         // what the script was not told yet
}

// outbound is what the bot did, with what only the wire shows.
type outbound struct {
	script.Outbound
	action    bool
	tentative bool // a refusal after which a bot may try again by itself
}

func newPlayer(s *Simulator, bot *callback, pace Pace) *player {
	return &player{
		Simulator: s, bot: bot, pace: pace, people: map[string]*person{}, names: map[string]string{"": ""},
		seen: s.journal.since(0).seq, last: time.Now(), fresh: time.Now(),
	}
}

// person returns the person with a name in the script.
func (p *player) person(name string) *person {
	who := p.people[name]
	if who == nil {
		who = &person{psid: digits(16), profile: newProfile(), queue: make(chan delivery, maxQueue)}
		p.people[name], p.names[who.psid] = who, name
		p.mu.Lock()
		p.Simulator.people[who.psid] = who
		p.mu.Unlock()
		p.introduce(who)
	}
	return who
}

// Deliver posts an event, and returns when the bot has answered.
func (p *player) Deliver(ctx context.Context, e script.Event) error {
	d, err := p.occur(p.person(e.Person), e)
	if err != nil {
		return err
	}
	return p.post(ctx, d)
}

// post posts a webhook, and returns when the bot has answered.
func (p *player) post(ctx context.Context, d delivery) error {
	res, problem := p.deliver(ctx, p.bot, d)
	p.last = time.Now()
	p.fresh = p.last
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case res.err != nil:
		return fmt.Errorf("%w: %s", errBrokeOff, problem)
	case problem != "":
		return fmt.Errorf("%w: %s", errUndelivered, problem)
	default:
		return nil
	}
}

// occur records what happened in a person's thread.
func (p *player) occur(who *person, e script.Event) (delivery, error) {
	now := p.cfg.Now()
	from, to := wireID{who.psid}, wireID{p.cfg.PageID}
	if e.Echo {
		from, to = to, from
	}
	item := map[string]any{"sender": from, "recipient": to, "timestamp": now.UnixMilli()}
	maps.Copy(item, e.Item)
	p.acting.Lock()
	defer p.acting.Unlock()
	standby := p.graph.Standby(who.psid)
	if tap, ok := item["postback"].(map[string]any); ok && standby {
		tap = maps.Clone(tap)
		delete(tap, "payload")
		item["postback"] = tap
	}
	body, err := encode(p.cfg.PageID, now, item, standby)
	if err != nil {
		return delivery{}, err
	}
	if e.MID != "" {
		p.advance(who, "", e.MID)
	}
	if !e.Echo {
		p.graph.Acted(who.psid, now) // the window opens before the bot can hear of it
	}
	w := webhook{Kind: e.Kind, Body: string(body)}
	return delivery{
		n: p.journal.add(entry{Time: now.UnixMilli(), Person: who.psid, Webhook: &w}), webhook: w,
	}, nil
}

// Advance moves the clock.
func (p *player) Advance(ctx context.Context, d time.Duration) error {
	err := p.Simulator.Advance(ctx, d)
	p.last = time.Now()
	p.fresh = p.last
	return err
}

// Fail makes the next message to a person fail.
func (p *player) Fail(_ context.Context, name string, code, subcode int) error {
	psid := p.person(name).psid
	p.graph.FailWith(sendtest.Failure{Code: code, Subcode: subcode, Match: func(c sendtest.Call) bool {
		return c.Action == "" && c.Recipient == psid
	}})
	return nil
}

// TakeOver makes a colleague take a thread over.
func (p *player) TakeOver(ctx context.Context, name string) error {
	p.takeOver(p.person(name).psid)
	return p.forward(ctx)
}

// HandBack passes a thread to the bot.
func (p *player) HandBack(ctx context.Context, name string) error {
	p.graph.HandBack(p.person(name).psid)
	return p.forward(ctx)
}

// forward posts what has happened to threads.
func (p *player) forward(ctx context.Context) error {
	for _, d := range p.waiting() {
		if err := p.post(ctx, d); err != nil {
			return err
		}
	}
	return nil
}

// waiting takes what has happened to threads out of the queues. The lock sees to it that what the journal
// tells of is in them.
func (p *player) waiting() []delivery {
	p.acting.Lock()
	defer p.acting.Unlock()
	var all []delivery
	for _, name := range slices.Sorted(maps.Keys(p.people)) {
		for queue := p.people[name].queue; len(queue) > 0; { // nobody else takes from it
			all = append(all, <-queue)
		}
	}
	return all
}

// Next returns what the bot did next. It waits until nothing has happened for the quiet time, or, for
// something awaited, until patience ends.
func (p *player) Next(ctx context.Context, awaited bool) (script.Outbound, bool, error) {
	wait := p.pace.Quiet
	if awaited {
		wait = p.pace.Patience
	}
	end := p.fresh.Add(restless * p.pace.Patience)
	for {
		if err := p.forward(ctx); err != nil {
			return script.Outbound{}, false, err
		}
		changed := p.look()
		if out, ok := p.take(); ok {
			return out, true, nil
		}
		quiet := p.last.Add(wait)
		if quiet.After(end) {
			quiet = end
		}
		timer := time.NewTimer(time.Until(quiet))
		select {
		case <-changed:
			timer.Stop()
		case <-timer.C:
			out, ok := p.giveUp()
			return out, ok, nil
		case <-ctx.Done():
			timer.Stop()
			return script.Outbound{}, false, context.Cause(ctx)
		}
	}
}

// look reads what is new in the journal, and returns a channel that closes when there is more.
func (p *player) look() <-chan struct{} {
	news := p.journal.since(p.seen)
	if p.seen = news.seq; len(news.entries) > 0 {
		p.last = time.Now()
	}
	for i := range news.entries {
		if out, ok := p.read(&news.entries[i]); ok {
			p.queue = append(p.queue, out)
			if !out.action {
				p.fresh = p.last
			}
		}
	}
	return news.changed
}

// take returns the first of the queue that is sure.
func (p *player) take() (script.Outbound, bool) {
	for i := 0; i < len(p.queue); i++ {
		out := p.queue[i]
		if out.tentative {
			next := p.after(i)
			switch {
			case next == nil:
				continue
			case string(next.Params) == string(out.Params): // the bot has tried again
				p.drop(i)
				i--
				continue
			}
		}
		p.drop(i)
		return out.Outbound, true
	}
	return script.Outbound{}, false
}

// after returns the next message to the same person, or nil.
func (p *player) after(i int) *outbound {
	for j := i + 1; j < len(p.queue); j++ {
		if p.queue[j].Person == p.queue[i].Person && !p.queue[j].action {
			return &p.queue[j]
		}
	}
	return nil
}

func (p *player) drop(i int) { p.queue = append(p.queue[:i], p.queue[i+1:]...) }

// giveUp returns the first of the queue, although the bot might still have tried again.
func (p *player) giveUp() (script.Outbound, bool) {
	if len(p.queue) == 0 {
		return script.Outbound{}, false
	}
	out := p.queue[0]
	p.drop(0)
	return out.Outbound, true
}

// read returns what an entry tells of the bot; false: nothing, or nothing to the people of this script.
func (p *player) read(e *entry) (outbound, bool) {
	name, ok := p.name(e.Person)
	out := outbound{Outbound: script.Outbound{Person: name}}
	switch {
	case !ok:
		return out, false
	case e.Refused != nil:
		out.Refused = e.Refused.Reason
		return out, true
	case e.Call == nil || !strings.HasSuffix(e.Call.Path, "/messages"):
		return out, false
	}
	out.Params, out.MID, out.action = e.Call.Params, e.Call.MID, e.Call.Action != ""
	if e.Call.MID == "" && (!out.action || e.Call.Rule != "") {
		why := refusalOf(e.Call)
		out.Refused, out.tentative = script.Reason(why), !out.action && send.Retryable(why)
	}
	return out, true
}

// name returns the name of a person in the script. Whoever is not known at all is called by the PSID.
func (p *player) name(psid string) (name string, ok bool) {
	if name, ok = p.names[psid]; ok {
		return name, true
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return "person" + psid, p.Simulator.people[psid] == nil
}

// refusalOf returns the refusal of a call as the bot sees it.
func refusalOf(c *call) error {
	var answer struct {
		Error struct {
			Code      int  `json:"code"`
			Subcode   int  `json:"error_subcode"`
			Transient bool `json:"is_transient"`
		} `json:"error"`
	}
	_ = json.Unmarshal(c.Answer, &answer) // without Meta's JSON the status decides
	return &send.Error{
		Status: c.Status, Code: answer.Error.Code, Subcode: answer.Error.Subcode,
		Transient: answer.Error.Transient,
	}
}
