//go:build linux

package faults_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/bot/durable"
	"github.com/parleybot/parley/session"
)

// verdict is what a scenario has shown. Of the first five there must be none.
type verdict struct {
	lost         int // accepted with 200, and not replied to, not in the session, or no dead letter
	disorder     int // handled, or replied to, in another order than written
	appliedTwice int // counted twice in the session
	innocent     int // dead letters that should not be
	unexplained  int // replied to twice although no fault met whoever had it in hand
	repliedTwice int
	gap          int // replies that Meta has accepted from a process that died before the ledger had them
	dead         int // dead letters
	reminded     int // reminders that fired
	reruns       int // runs of the handler for what it had begun before, save retries of its failures
	detail       []string
}

// note keeps the first of what was found wrong.
func (v *verdict) note(format string, args ...any) {
	if len(v.detail) < 20 {
		v.detail = append(v.detail, fmt.Sprintf(format, args...))
	}
}

// note is a line of what handlers have noted of a message: see noteStart.
type note struct {
	what         string
	worker, more int
}

// notes returns what handlers have noted of each message.
func (r *run) notes() map[string][]note {
	r.t.Helper()
	file, err := os.Open(r.order.Notes)
	if err != nil {
		r.t.Fatal(err)
	}
	defer file.Close()
	all := make(map[string][]note)
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		var n note
		var psid, number string
		if _, err := fmt.Sscan(lines.Text(), &n.what, &n.worker, &psid, &number, &n.more); err != nil {
			r.t.Fatalf("line %q: %v", lines.Text(), err)
		}
		all[psid+" "+number] = append(all[psid+" "+number], n)
	}
	if err := lines.Err(); err != nil {
		r.t.Fatal(err)
	}
	return all
}

// open opens the store of the scenario, which no worker has any more.
func (r *run) open() *durable.Backend {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), hang)
	defer cancel()
	store, err := durable.Open(ctx, r.order.config())
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(store.Close)
	return store
}

// judge judges the scenario by the replies, and by what the store holds after the workers have left.
func (r *run) judge() verdict {
	r.t.Helper()
	var v verdict
	r.judgeReplies(&v)
	if r.order.Dir != "" || r.order.URL != "" {
		store := r.open()
		r.judgeSessions(&v, store.Store)
		r.judgeLetters(&v, store.Inbox.DeadLetters())
	}
	r.report(&v)
	return v
}

// judgeReplies looks for messages without a reply, and with several.
func (r *run) judgeReplies(v *verdict) {
	r.t.Helper()
	notes := r.notes()
	r.meta.mu.Lock()
	defer r.meta.mu.Unlock()
	v.disorder += r.meta.disorder
	for _, p := range r.meta.people {
		for _, one := range p.said {
			noted := notes[fmt.Sprintf("%s %d", p.psid, one.n)]
			v.reruns += max(0, firstStarts(noted)-1)
			if r.inGap(one, noted) {
				v.gap++
			}
			if one.accepted && !one.doomed && one.replies == 0 {
				v.lost++
				v.note("message %d of %s has no reply: %v", one.n, p.psid, noted)
			}
			if one.replies > 1 {
				v.repliedTwice++
				if !r.explains(noted) {
					v.unexplained++
					v.note("message %d of %s has %d replies: %v", one.n, p.psid, one.replies, noted)
				}
			}
		}
	}
}

// firstStarts returns how often the handler has begun with a message anew, retries of its failures aside.
func firstStarts(noted []note) int {
	starts := 0
	for _, n := range noted {
		if n.what == noteStart && n.more == 1 {
			starts++
		}
	}
	return starts
}

// inGap reports whether a reply to the message went out from a process that a fault met before it knew that
// the ledger has it.
func (r *run) inGap(one *message, noted []note) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.ContainsFunc(one.from, func(worker int) bool {
		return r.disturbed[worker] && !slices.Contains(noted, note{what: noteSent, worker: worker})
	})
}

// explains reports whether a fault met a worker process that had the message in hand.
func (r *run) explains(noted []note) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return firstStarts(noted) > 1 &&
		slices.ContainsFunc(noted, func(n note) bool { return n.what == noteStart && r.disturbed[n.worker] })
}

// judgeSessions compares what the sessions remember with what was accepted.
func (r *run) judgeSessions(v *verdict, store session.Store) {
	r.t.Helper()
	for _, p := range r.meta.people {
		record, err := session.Load(r.t.Context(), store, page+"."+p.psid, time.Now())
		if err != nil {
			r.t.Fatalf("the record of %s: %v", p.psid, err)
		}
		got, err := journalKey.Get(record.Session())
		if err != nil {
			r.t.Fatalf("the session of %s: %v", p.psid, err)
		}
		least, most, gaps := 0, 0, []int(nil)
		for _, one := range p.said {
			switch {
			case one.doomed:
				gaps = append(gaps, one.n+1) // which does not follow the one before that was counted
			case one.accepted:
				least++
				most++
			case one.item != "":
				most++ // the answer may have been lost
			}
		}
		if got.Count < least {
			v.lost += least - got.Count
			v.note("session of %s: %d counted, %d accepted", p.psid, got.Count, least)
		}
		if got.Count > most {
			v.appliedTwice += got.Count - most
			v.note("session of %s: %d counted, %d delivered", p.psid, got.Count, most)
		}
		if !slices.Equal(got.Disorder, gaps) {
			v.disorder += max(1, len(got.Disorder)-len(gaps))
			v.note("session of %s: %v did not follow the one before, want %v", p.psid, got.Disorder, gaps)
		}
		p.judgeReminders(v, got.Reminders)
	}
}

// judgeReminders compares the reminders that a session remembers with those that were asked for. A handler
// that runs again asks again, for another one: so each has an ID.
func (p *someone) judgeReminders(v *verdict, fired []reminder) {
	v.reminded += len(fired)
	ids, of := make(map[string]bool), make(map[int]bool)
	for _, one := range fired {
		if ids[one.ID] {
			v.appliedTwice++
			v.note("session of %s: the reminder %s of message %d fired twice", p.psid, one.ID, one.N)
		}
		ids[one.ID], of[one.N] = true, true
	}
	for _, one := range p.said {
		if one.word == wordRemind && one.accepted && !of[one.n] {
			v.lost++
			v.note("session of %s: the reminder of message %d has not fired", p.psid, one.n)
		}
	}
}

// judgeLetters compares the dead letters with the messages that were to become some.
func (r *run) judgeLetters(v *verdict, letters bot.DeadLetters) {
	r.t.Helper()
	list, err := letters.List(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	v.dead = len(list)
	found := make(map[string]int)
	for _, letter := range list {
		found[letter.ID]++
	}
	for _, p := range r.meta.people {
		for _, one := range p.said {
			if !one.doomed || !one.accepted {
				continue
			}
			id, cause := one.letter(list)
			switch {
			case id == "":
				v.lost++
				v.note("message %d of %s is no dead letter", one.n, p.psid)
			case one.word == wordDie && cause != durable.CauseCrash,
				one.word == wordFail && cause == durable.CauseCrash:
				r.t.Errorf("message %d of %s, %q, is a dead letter with the cause %q", one.n, p.psid, one.word, cause)
			case found[id] > 1:
				r.t.Errorf("message %d of %s is %d dead letters", one.n, p.psid, found[id])
			}
			delete(found, id)
		}
	}
	for _, letter := range list {
		if _, innocent := found[letter.ID]; innocent {
			v.innocent++
			v.note("dead letter %s: %s", letter.ID, letter.Cause)
		}
	}
}

// letter returns the ID and the cause of the dead letter that the message has become; empty: it is none.
func (e *message) letter(list []bot.DeadLetter) (id, cause string) {
	mid := fmt.Sprintf(`"mid":"m_%s_%d"`, e.psid, e.n)
	for _, letter := range list {
		if strings.Contains(string(letter.Data), mid) {
			return letter.ID, letter.Cause
		}
	}
	return "", ""
}

// report prints the scenario's line.
func (r *run) report(v *verdict) {
	r.meta.mu.Lock()
	defer r.meta.mu.Unlock()
	r.t.Logf("faults scenario=%s events=%d people=%d duplicates=%d faults=%d lost=%d order_broken=%d "+
		"applied_twice=%d innocent_dead=%d replied_twice=%d unexplained=%d in_the_gap=%d reminded=%d dead=%d reruns=%d refused=%d "+
		"unanswered=%d slowest_refusal=%s longest_stall=%s time=%s seed=%d",
		r.t.Name(), r.meta.accepted, len(r.meta.people), r.meta.repeated, r.faults, v.lost, v.disorder,
		v.appliedTwice, v.innocent, v.repliedTwice, v.unexplained, v.gap, v.reminded, v.dead, v.reruns, r.meta.refused,
		r.meta.failed, r.meta.slowest.Round(time.Millisecond), r.meta.stall.Round(time.Millisecond),
		time.Since(r.began).Round(10*time.Millisecond), r.seed)
}

// want fails the test if the verdict is not as it must always be.
func (r *run) want(v verdict) {
	r.t.Helper()
	if v.lost+v.disorder+v.appliedTwice+v.innocent+v.unexplained > 0 {
		r.t.Errorf("lost %d, out of order %d, applied twice %d, innocent dead letters %d, "+
			"replied twice without a reason %d; want 0 of each\n%s", v.lost, v.disorder, v.appliedTwice,
			v.innocent, v.unexplained, strings.Join(v.detail, "\n"))
	}
}
