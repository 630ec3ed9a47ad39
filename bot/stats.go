package bot

import "sync/atomic"

// Stats are how often things have happened since the bot was made.
type Stats struct {
	// Accepted is how many events went into the inbox, those of the bot's own included.
	Accepted int64
	// Handled is how many runs of the handler succeeded.
	Handled int64
	// Duplicates is how many events were skipped because they had been handled before.
	Duplicates int64
	// Retried is how often an event was put off: its handler, or the store, failed.
	Retried int64
	// DeadLetters is how many events were given up, those that overflowed the default inbox included.
	DeadLetters int64
	// Dropped is how many own events ended because a message of theirs could not go.
	Dropped int64
	// Muted is how many events were settled without the handler because a human answered their person: see
	// Config.HumanPause.
	Muted int64
	// Stops is how often the calls of the Page were stopped because Meta refused all of them: the token is
	// no longer good, or the Page is blocked.
	Stops int64
	// UnknownPages is how many events of Pages that are not configured were acknowledged and dropped.
	UnknownPages int64
}

// counts are the counters behind Stats.
type counts struct {
	accepted, handled, duplicates, retried, buried, dropped, muted, stops, unknownPages atomic.Int64
}

// Stats returns the counters. It is safe for concurrent use.
func (b *Bot) Stats() Stats {
	return Stats{
		Accepted: b.counts.accepted.Load(), Handled: b.counts.handled.Load(),
		Duplicates: b.counts.duplicates.Load(), Retried: b.counts.retried.Load(),
		DeadLetters: b.counts.buried.Load(), Dropped: b.counts.dropped.Load(),
		Muted: b.counts.muted.Load(), Stops: b.counts.stops.Load(),
		UnknownPages: b.counts.unknownPages.Load(),
	}
}
