package durable

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// member is what an instance says of itself.
type member struct {
	// Left says that it has given everything back.
	Left bool `json:"left,omitempty"`
}

// sign is the newest sign of life of an instance.
type sign struct {
	stored time.Time // by the server's clock
	seen   time.Time // by this machine's
	left   bool
	again  bool // it is not the first that was seen
}

// view is what an instance knows of the others and of the claims, from the order in which the server has
// stored them. It belongs to one goroutine.
type view struct {
	id      string
	pin     time.Duration
	alone   bool // nobody else can be there
	members map[string]sign
	claims  map[int]storedClaim
}

// storedClaim is a claim and its revision.
type storedClaim struct {
	claim
	revision uint64
}

func newView(id string, pin time.Duration, alone bool) *view {
	return &view{
		id: id, pin: pin, alone: alone, members: make(map[string]sign), claims: make(map[int]storedClaim),
	}
}

// learn takes over what one message of the claims stream tells.
func (v *view) learn(subject string, data []byte, sequence uint64, stored, now time.Time) {
	rest, name := cutLast(subject)
	switch _, kind := cutLast(rest); kind {
	case "member":
		var m member
		if json.Unmarshal(data, &m) == nil {
			v.forgive(name, stored, now)
			_, again := v.members[name]
			v.members[name] = sign{stored: stored, seen: now, left: m.Left, again: again}
		}
	case "partition":
		partition, err := strconv.Atoi(name)
		c, broken := decodeClaim(data)
		if err == nil && broken == nil && v.claims[partition].revision < sequence {
			v.claims[partition] = storedClaim{claim: c, revision: sequence}
		}
	}
}

// forgive counts the silence of the others from now on if this instance was silent itself: it was the server
// that did not answer then, or this instance that did not hear.
func (v *view) forgive(id string, stored, now time.Time) {
	own, known := v.members[v.id]
	if id != v.id || !known || stored.Sub(own.stored) < v.pin/2 {
		return
	}
	for other, s := range v.members {
		if own.stored.Sub(s.stored) >= v.pin {
			continue // it was dead before
		}
		s.stored, s.seen = stored, now
		v.members[other] = s
	}
}

// cutLast cuts the last token off a subject.
func cutLast(subject string) (rest, last string) {
	at := strings.LastIndexByte(subject, '.')
	return subject[:max(at, 0)], subject[at+1:]
}

// synced reports whether the view is as new as this instance's own last sign of life or so, and has all that
// was stored before: what was there when the watch began comes first, and of it one sign of each instance, so
// that the second of its own lies behind all others. Who is alone gives but one.
func (v *view) synced(now time.Time) bool {
	own, ok := v.members[v.id]
	return ok && (v.alone || own.again && now.Sub(own.seen) < v.pin/2)
}

// isDead reports whether an instance was not heard of for a pin time, by the server's clock and this
// machine's.
func (v *view) isDead(id string, now time.Time) bool {
	s, known := v.members[id]
	if !known || s.left {
		return true
	}
	return id != v.id && now.Sub(s.seen) >= v.pin && v.members[v.id].stored.Sub(s.stored) >= v.pin
}

// alive returns the instances that share the partitions.
func (v *view) alive(now time.Time) []string {
	return slices.DeleteFunc(slices.Collect(maps.Keys(v.members)), func(id string) bool {
		return v.isDead(id, now)
	})
}

// prune forgets instances that are dead for good.
func (v *view) prune(now time.Time) {
	maps.DeleteFunc(v.members, func(id string, s sign) bool {
		return v.isDead(id, now) && now.Sub(s.seen) > 10*v.pin
	})
}

// free returns the partitions that nobody has who is alive, from a place of this instance's own on, so that
// several that look at the same time do not all begin with the same.
func (v *view) free(partitions int, mine func(partition int) bool, now time.Time) []int {
	alive := slices.Sorted(slices.Values(v.alive(now)))
	first := 0
	if len(alive) > 0 {
		first = max(0, slices.Index(alive, v.id)) * partitions / len(alive)
	}
	var free []int
	for n := range partitions {
		p := (first + n) % partitions
		owner := v.claims[p].Owner
		if !mine(p) && (owner == "" || owner == v.id || v.isDead(owner, now)) {
			free = append(free, p)
		}
	}
	return free
}

// sign tells the others that this instance is alive, or that it has left; once says that it tells no more.
func (i *Inbox) sign(ctx context.Context, id string, m member, once bool) error {
	ctx, cancel := context.WithTimeout(ctx, max(i.cfg.Pin/2, time.Second))
	defer cancel()
	data, err := json.Marshal(m)
	if err != nil {
		return err
	}
	forgotten := max(time.Minute, 20*i.cfg.Pin).Round(time.Second)
	told := &nats.Msg{Subject: i.names.member(id), Data: data}
	if !once {
		told.Header = nats.Header{jetstream.MsgTTLHeader: {forgotten.String()}}
	}
	_, err = i.js.PublishMsg(ctx, told)
	return err
}

// watch tells heard of every message of the claims stream, the newest of each subject first, until ctx ends.
func (i *Inbox) watch(ctx context.Context, heard chan<- jetstream.Msg) error {
	consumer, err := i.streams.claims.OrderedConsumer(ctx, jetstream.OrderedConsumerConfig{
		DeliverPolicy:     jetstream.DeliverLastPerSubjectPolicy,
		FilterSubjects:    []string{i.names.prefix + ".claim.>"},
		InactiveThreshold: forgottenConsumer, MaxResetAttempts: 1,
	})
	if err != nil {
		return err
	}
	return each(ctx, consumer, func(m jetstream.Msg) bool {
		select {
		case heard <- m:
			return true
		case <-ctx.Done():
			return false
		}
	})
}

// forgottenConsumer is how long the server keeps a reader that it does not hear of.
const forgottenConsumer = time.Minute

// each gives what a consumer delivers to do, until ctx ends or do returns false.
func each(ctx context.Context, consumer jetstream.Consumer, do func(jetstream.Msg) bool) error {
	messages, err := consumer.Messages(jetstream.PullMaxMessages(128), jetstream.PullExpiry(10*time.Second),
		jetstream.PullHeartbeat(time.Second))
	if err != nil {
		return err
	}
	defer messages.Stop() // and not before: while it starts anew it would not be heeded
	for within := jetstream.NextContext(ctx); ; {
		m, err := messages.Next(within)
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, nats.ErrTimeout):
		case err != nil:
			return err
		case !do(m):
			return nil
		}
	}
}
