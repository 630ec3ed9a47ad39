package script

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// Driver carries what happens in a script to a bot, and brings back what the bot does. Run calls one method
// at a time.
type Driver interface {
	// Deliver gives the bot a webhook with e, and returns when the bot has taken it. The first event of a
	// person makes them known.
	Deliver(ctx context.Context, e Event) error
	// Advance moves the clock of the bot and of everybody.
	Advance(ctx context.Context, d time.Duration) error
	// Fail makes Meta refuse the bot's next message to a person, with a code and subcode.
	Fail(ctx context.Context, person string, code, subcode int) error
	// TakeOver makes a colleague take a person's thread over in the Page's inbox: until HandBack, or until
	// control has expired, the bot hears of what the person does as standby.
	TakeOver(ctx context.Context, person string) error
	// HandBack makes whoever controls a person's thread pass it to the bot.
	HandBack(ctx context.Context, person string) error
	// Next returns what the bot did next, in order for each person, for the people of the script only. False
	// says that nothing more comes; awaited, that the script expects something, so that a driver that cannot
	// know whether more will come waits longer.
	Next(ctx context.Context, awaited bool) (Outbound, bool, error)
}

// Run plays s through d. It returns nil if the bot said what the script expects and no more. If it did not,
// Run stops there, and the error is a diff to be read: the script's lines, with - before what was expected
// and + before what came, under the file and line that went wrong. Other errors are those of d, with file
// and line.
func Run(ctx context.Context, d Driver, s *Script) error {
	r := &runner{driver: d, script: s, threads: make(map[string]*thread)}
	next := 0
	for next < len(s.statements) {
		if st := &s.statements[next]; st.acts() {
			if err := r.act(ctx, next); err != nil {
				return err
			}
			next++
		}
		end := next
		for end < len(s.statements) && !s.statements[end].acts() {
			end++
		}
		if err := r.expect(ctx, next, end); err != nil {
			return err
		}
		next = end
	}
	return nil
}

// runner is one run of a script.
type runner struct {
	driver  Driver
	script  *Script
	threads map[string]*thread // by the person's name
}

// thread is what a person has been shown.
type thread struct {
	messages []Shown
	moved    bool // something was written since the last message: its quick replies are gone
}

func (r *runner) thread(who string) *thread {
	if r.threads[who] == nil {
		r.threads[who] = new(thread)
	}
	return r.threads[who]
}

// failed wraps an error with the place where it happened.
func (r *runner) failed(at int, err error) error {
	return fmt.Errorf("%s:%d: %w", r.script.name, r.script.statements[at].number, err)
}

// act makes the statement happen.
func (r *runner) act(ctx context.Context, at int) error {
	s := &r.script.statements[at]
	var err error
	switch {
	case s.Mark == world && s.Word == "":
		err = r.driver.Advance(ctx, s.Passes)
	case s.Word == fail:
		code, subcode, _ := failure(s.Text)
		err = r.driver.Fail(ctx, s.Person, code, subcode)
	case s.Word == takeOver:
		err = r.driver.TakeOver(ctx, s.Person)
	case s.Word == handBack:
		err = r.driver.HandBack(ctx, s.Person)
	case s.isTap():
		return r.tap(ctx, at)
	default:
		newest := r.thread(s.Person).newest()
		if newest == "" && (s.Word == reaction || s.Word == reactionOff) {
			return r.misfit(at, "there is no message of the bot to react to", at, at+1, nil)
		}
		err = r.deliver(ctx, s.Event(newest))
	}
	if err != nil {
		return r.failed(at, err)
	}
	return nil
}

// deliver hands e to the driver. A message or postback gets an ID, and is a new message of the thread.
func (r *runner) deliver(ctx context.Context, e Event) error {
	for _, kind := range []string{"message", "postback"} {
		if fields, ok := e.Item[kind].(map[string]any); ok {
			e.MID = newMID()
			fields["mid"] = e.MID
			r.thread(e.Person).moved = true
		}
	}
	return r.driver.Deliver(ctx, e)
}

// tap lets the person tap what they see.
func (r *runner) tap(ctx context.Context, at int) error {
	s := &r.script.statements[at]
	t, problem := r.thread(s.Person).find(s.Offers)
	if problem != "" {
		return r.misfit(at, problem, at, at+1, nil)
	}
	e, heard := t.Event(s.Person)
	if !heard {
		return nil
	}
	if err := r.deliver(ctx, e); err != nil {
		return r.failed(at, err)
	}
	return nil
}

// newest returns the mid of the bot's newest message.
func (t *thread) newest() string {
	if len(t.messages) == 0 {
		return ""
	}
	return t.messages[len(t.messages)-1].MID
}

// find returns what shows path, a title or a card's title and a button's: a quick reply of the newest
// message, else the newest button. A problem says why the person cannot tap it.
func (t *thread) find(path []string) (found Tap, problem string) {
	for i := range slices.Backward(t.messages) {
		matches := slices.DeleteFunc(t.tappable(i), func(one Tap) bool {
			return one.Title != path[len(path)-1] || len(path) == 2 && one.Card != path[0]
		})
		if len(matches) == 0 {
			continue
		}
		for _, other := range matches[1:] {
			if other.Payload != matches[0].Payload {
				return Tap{}, fmt.Sprintf("more than one card shows %s: name the card, as in > %s",
					Brackets(path), Brackets([]string{other.Card, other.Title}))
			}
		}
		return matches[0], ""
	}
	return Tap{}, "the person cannot tap " + Brackets(path) + ": " + t.offering()
}

// tappable returns what can be tapped in a message: its buttons, and its quick replies while it is the newest
// message of the thread.
func (t *thread) tappable(i int) []Tap {
	return slices.DeleteFunc(slices.Clone(t.messages[i].Taps), func(one Tap) bool {
		return one.Quick && (t.moved || i < len(t.messages)-1)
	})
}

// offering says what can be tapped.
func (t *thread) offering() string {
	var titles []string
	for i := range t.messages {
		for _, one := range t.tappable(i) {
			if !slices.Contains(titles, one.Title) {
				titles = append(titles, one.Title)
			}
		}
	}
	if len(titles) == 0 {
		return "nothing is offered now"
	}
	return "what is offered now is " + Brackets(titles)
}

// most bounds what a bot may do between two acts.
const most = 1000

// expect compares what the bot does with the statements from first until end, and waits until nothing more
// comes.
func (r *runner) expect(ctx context.Context, first, end int) error {
	expected := r.script.statements[first:end]
	at := max(first, 1) - 1 // where the bot says something that nobody expects
	var came []Shown
	taken := 0 // also what shows nothing
	for awaited, wrong := compare(expected, came); ; awaited, wrong = compare(expected, came) {
		out, ok, err := r.driver.Next(ctx, awaited && !wrong)
		if err != nil {
			return r.failed(at, err)
		}
		if !ok && !awaited && !wrong {
			break
		}
		if taken++; !ok || taken > most {
			return r.differs(first, end, came)
		}
		if one, ok := out.Shown(); ok {
			came = append(came, one)
		}
	}
	for _, one := range came {
		if one.Mark == bot && !one.isAction() {
			t := r.thread(one.Person)
			t.messages, t.moved = append(t.messages, one), false
		}
	}
	return nil
}

// compare reports whether something expected has not come yet, and whether something came that was not
// expected there. Each person is looked at alone; sender actions count only where they are expected.
func compare(expected []statement, came []Shown) (missing, wrong bool) {
	left := make(map[string][]statement)
	for _, s := range expected {
		left[s.Person] = append(left[s.Person], s)
	}
	for i := range came {
		queue := left[came[i].Person]
		switch {
		case len(queue) > 0 && queue[0].String() == came[i].String():
			left[came[i].Person] = queue[1:]
		case !came[i].isAction():
			wrong = true
		}
	}
	for _, queue := range left {
		missing = missing || len(queue) > 0
	}
	return missing, wrong
}
