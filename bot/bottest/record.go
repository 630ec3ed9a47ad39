package bottest

import (
	"strings"
	"sync"
)

// record is the log of the bot under test. It is safe for concurrent use.
type record struct {
	mu    sync.Mutex
	lines strings.Builder
}

// Write takes a line.
func (r *record) Write(line []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.lines.Write(line)
}

// shown returns the log as the end of a message, or nothing if the log is empty.
func (r *record) shown() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.lines.Len() == 0 {
		return ""
	}
	return "\nthe bot's log:\n\t" + strings.ReplaceAll(strings.TrimSpace(r.lines.String()), "\n", "\n\t")
}
