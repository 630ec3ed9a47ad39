package bot

// What the log says of a store.
const (
	storeInMemory = "records are kept in memory: the end of the process loses them"
	storeDurable  = "records outlive the process"
	storeUntold   = "records are kept as long as the store keeps them"
)

// storePromise says in one sentence what becomes of the records when the process ends, as far as the store
// tells.
func (b *Bot) storePromise() string {
	told, ok := b.cfg.Store.(interface{ Durable() bool })
	switch {
	case !ok:
		return storeUntold
	case told.Durable():
		return storeDurable
	}
	return storeInMemory
}

// warnOfMemory logs, once, that a mailing with a name promises more than its store can keep.
func (b *Bot) warnOfMemory() {
	if b.storePromise() != storeInMemory || b.warned.Swap(true) {
		return
	}
	b.log.Warn().Str("store", storeInMemory).
		Msg("a mailing with a name cannot be taken up after the process ends, and people may get it twice: " +
			"set Config.Store to one that outlives the process")
}
