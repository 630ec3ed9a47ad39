package durable

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// claim is what is stored of a partition: who has it, and which events may have been in hand.
//
// An event that kills its process is found by its strikes. Events in hand are not written down one by one,
// as that would cost a write for each: the mark runs ahead of them. Whatever lies below the mark of a
// process that died gets one strike, which costs it no more than to be written down by itself when it runs
// again. If the process dies once more, those in hand, and no others, get their second, and from then on
// they run one at a time, in a process that has lived for a pin time: an event that dies on trial is struck,
// and none beside it.
type claim struct {
	// Owner is the instance that has the partition; empty: nobody.
	Owner string `json:"owner,omitempty"`
	// Stream is when the stream was made that the sequences are of, in nanoseconds since 1970.
	Stream int64 `json:"stream,omitempty"`
	// Mark is the sequence up to which events may have been in hand since the owner has the partition.
	Mark uint64 `json:"mark,omitempty"`
	// Base is the sequence up to which events have a strike at least: the mark of owners that died.
	Base uint64 `json:"base,omitempty"`
	// Hand are the suspects, and the events that were due later, that may be in hand.
	Hand []uint64 `json:"hand,omitempty"`
	// Strikes are those of events that have others than Base says.
	Strikes map[uint64]int `json:"strikes,omitempty"`
	// Trial is the event that runs by itself; zero: none.
	Trial uint64 `json:"trial,omitempty"`
}

func decodeClaim(stored []byte) (claim, error) {
	var c claim
	if err := json.Unmarshal(stored, &c); err != nil {
		return claim{}, fmt.Errorf("durable: read the claim on a partition: %w", err)
	}
	return c, nil
}

func (c *claim) encode() []byte {
	stored, err := json.Marshal(c)
	if err != nil {
		panic(err) // numbers and a word can always be encoded
	}
	return stored
}

// taken returns the claim of the next owner, crashed if the one before died with what was in its hand. Of
// another stream than this one nothing is taken over.
func (c *claim) taken(owner string, stream int64, crashed bool) claim {
	if stream != c.Stream {
		return claim{Owner: owner, Stream: stream}
	}
	next := claim{Owner: owner, Stream: stream, Base: max(c.Base, c.Mark), Strikes: maps.Clone(c.Strikes)}
	if !crashed {
		next.Hand = slices.Clone(c.Hand)
		return next
	}
	if next.Strikes == nil {
		next.Strikes = make(map[uint64]int)
	}
	struck := c.Hand
	if c.Trial != 0 {
		struck = []uint64{c.Trial}
	}
	for _, seq := range c.Hand { // on trial or not, they stay suspects, and Base may not say so
		next.Strikes[seq] = max(1, c.strikes(kindNow, seq))
	}
	for _, seq := range struck {
		next.Strikes[seq] = c.strikes(kindNow, seq) + 1
	}
	return next
}

// released returns the claim of nobody after its owner has left with no handler at work.
func (c *claim) released() claim {
	return claim{Stream: c.Stream, Base: c.Base, Strikes: c.Strikes}
}

// strikes returns how many times an event may have been in hand when its process died. Those that were due
// later are written down by themselves, whatever lies around them.
func (c *claim) strikes(kind string, seq uint64) int {
	if n, ok := c.Strikes[seq]; ok {
		return n
	}
	if kind == kindNow && seq <= c.Base {
		return 1
	}
	return 0
}

// isSuspect reports whether an event may have been in hand before.
func (c *claim) isSuspect(kind string, seq uint64) bool {
	return c.strikes(kind, seq) > 0 || slices.Contains(c.Hand, seq)
}

// hold notes that an event may be in hand that is written down by itself. Of one that was due later it is
// noted too that Base says nothing of it.
func (c *claim) hold(kind string, seq uint64) {
	if _, known := c.Strikes[seq]; kind == kindDue && !known {
		if c.Strikes == nil {
			c.Strikes = make(map[uint64]int)
		}
		c.Strikes[seq] = 0
	}
	if !slices.Contains(c.Hand, seq) {
		c.Hand = append(c.Hand, seq)
	}
}

// prune forgets events before the first that is still stored.
func (c *claim) prune(first uint64) {
	maps.DeleteFunc(c.Strikes, func(seq uint64, _ int) bool { return seq < first })
	c.Hand = slices.DeleteFunc(c.Hand, func(seq uint64) bool { return seq < first })
}

// try notes that an event runs on trial, or, with zero, that the one that did has outlived it.
func (c *claim) try(seq uint64) {
	if over := c.Trial; seq == 0 {
		c.Hand = slices.DeleteFunc(c.Hand, func(other uint64) bool { return other == over })
	}
	c.Trial = seq
}

// forget removes an event that is settled.
func (c *claim) forget(seq uint64) {
	delete(c.Strikes, seq)
	c.Hand = slices.DeleteFunc(c.Hand, func(other uint64) bool { return other == seq })
	if c.Trial == seq {
		c.Trial = 0
	}
}

// quota returns how many of the partitions the instance id is to have, of those alive, itself among them.
func quota(partitions int, alive []string, id string) int {
	rank := slices.Index(slices.Sorted(slices.Values(alive)), id)
	if rank < 0 {
		return 0
	}
	each, more := partitions/len(alive), partitions%len(alive)
	if rank < more {
		return each + 1
	}
	return each
}
