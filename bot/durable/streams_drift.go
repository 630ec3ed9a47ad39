package durable

import (
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/nats-io/nats.go/jetstream"
)

// sameLayout returns why the streams of a store are laid out in another way than this version of the program,
// with this Config, reads and writes: nothing but other streams helps then.
func sameLayout(has, wanted *jetstream.StreamConfig) error {
	switch is := has.Metadata[formatKey]; {
	case is == "":
		return errors.New("it was not made by Parley: set another Config.Name")
	case is != strconv.Itoa(format):
		if n, err := strconv.Atoi(is); err == nil && n > format {
			return fmt.Errorf("it has format %s, and this version of Parley reads %d: "+
				"install the version that wrote it, or a newer one", is, format)
		}
		return fmt.Errorf("it has the unknown format %.20q: set another Config.Name", is)
	}
	if is, want := has.Metadata[partitionsKey], wanted.Metadata[partitionsKey]; is != want {
		return fmt.Errorf("it has %.20s partitions and Config.Partitions is %s: their number cannot change: "+
			"set Partitions to %.20s, or let the bot handle all that is waiting "+
			"and start with a new Config.Name", is, want, is)
	}
	return nil
}

// setting is one setting of a stream that a store relies on.
type setting struct {
	name string
	of   func(*jetstream.StreamConfig) any
}

// settings are all that a store relies on. What is not here, such as compression or placement, is the
// operator's.
var settings = []setting{
	{"storage", func(s *jetstream.StreamConfig) any { return s.Storage }},
	{"retention", func(s *jetstream.StreamConfig) any { return s.Retention }},
	{"discard", func(s *jetstream.StreamConfig) any { return s.Discard }},
	{"discard_new_per_subject", func(s *jetstream.StreamConfig) any { return s.DiscardNewPerSubject }},
	{"max_msgs", func(s *jetstream.StreamConfig) any { return limit(s.MaxMsgs) }},
	{"max_bytes", func(s *jetstream.StreamConfig) any { return limit(s.MaxBytes) }},
	{"max_msgs_per_subject", func(s *jetstream.StreamConfig) any { return limit(s.MaxMsgsPerSubject) }},
	{"max_msg_size", func(s *jetstream.StreamConfig) any { return limit(int64(s.MaxMsgSize)) }},
	{"max_consumers", func(s *jetstream.StreamConfig) any { return limit(int64(s.MaxConsumers)) }},
	{"max_age", func(s *jetstream.StreamConfig) any { return s.MaxAge }},
	{"num_replicas", func(s *jetstream.StreamConfig) any { return max(s.Replicas, 1) }},
	{"no_ack", func(s *jetstream.StreamConfig) any { return s.NoAck }},
	{"sealed", func(s *jetstream.StreamConfig) any { return s.Sealed }},
	{"deny_delete", func(s *jetstream.StreamConfig) any { return s.DenyDelete }},
	{"deny_purge", func(s *jetstream.StreamConfig) any { return s.DenyPurge }},
	{"allow_msg_ttl", func(s *jetstream.StreamConfig) any { return s.AllowMsgTTL }},
	{"allow_direct", func(s *jetstream.StreamConfig) any { return s.AllowDirect }},
	{"persist_mode", func(s *jetstream.StreamConfig) any { return s.PersistMode }},
	{"subject_transform", func(s *jetstream.StreamConfig) any { return s.SubjectTransform != nil }},
	{"mirror", func(s *jetstream.StreamConfig) any { return s.Mirror != nil }},
	{"sources", func(s *jetstream.StreamConfig) any { return len(s.Sources) }},
}

// adapted returns the settings of a stream with those that a store relies on as wanted. The operator's stay.
func adapted(has jetstream.StreamConfig, wanted *jetstream.StreamConfig) jetstream.StreamConfig {
	has.Subjects, has.Storage, has.Retention = wanted.Subjects, wanted.Storage, wanted.Retention
	has.Discard, has.DiscardNewPerSubject = wanted.Discard, wanted.DiscardNewPerSubject
	has.MaxMsgs, has.MaxBytes, has.MaxAge = wanted.MaxMsgs, wanted.MaxBytes, wanted.MaxAge
	has.MaxMsgsPerSubject, has.MaxMsgSize = wanted.MaxMsgsPerSubject, wanted.MaxMsgSize
	has.MaxConsumers, has.Replicas, has.NoAck = wanted.MaxConsumers, wanted.Replicas, wanted.NoAck
	has.Sealed, has.DenyDelete, has.DenyPurge = wanted.Sealed, wanted.DenyDelete, wanted.DenyPurge
	has.AllowMsgTTL, has.AllowDirect = wanted.AllowMsgTTL, wanted.AllowDirect
	has.PersistMode, has.SubjectTransform = wanted.PersistMode, wanted.SubjectTransform
	has.Mirror, has.Sources = wanted.Mirror, wanted.Sources
	if wanted.Duplicates != 0 {
		has.Duplicates = wanted.Duplicates
	}
	return has
}

// limit returns a limit as NATS tells it: -1 is none.
func limit(n int64) int64 {
	if n <= 0 {
		return -1
	}
	return n
}

// drifted returns which settings of a stream are not as wanted; nil: all are.
func drifted(has, wanted *jetstream.StreamConfig) error {
	var all []error
	if !slices.Equal(has.Subjects, wanted.Subjects) {
		all = append(all, fmt.Errorf("its subjects are %q and should be %q", has.Subjects, wanted.Subjects))
	}
	for _, one := range settings {
		if is, want := one.of(has), one.of(wanted); is != want {
			all = append(all, fmt.Errorf("its %s is %v and should be %v", one.name, is, want))
		}
	}
	if window := wanted.Duplicates; window != 0 && has.Duplicates != window {
		all = append(all, fmt.Errorf("its duplicate_window is %v and should be %v", has.Duplicates, window))
	}
	return errors.Join(all...)
}
