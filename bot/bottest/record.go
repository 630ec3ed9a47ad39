package bottest

import (
	"bytes"
	"strings"
	"sync"

	"github.com/rs/zerolog"
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
	var readable strings.Builder
	console := zerolog.ConsoleWriter{
		Out: &readable, NoColor: true, PartsExclude: []string{zerolog.TimestampFieldName},
		FieldsExclude: []string{"stack"}, FormatExtra: stack,
	}
	for line := range strings.Lines(r.lines.String()) {
		if _, err := console.Write([]byte(line)); err != nil {
			readable.WriteString(line) // as it is
		}
	}
	return "\nthe bot's log:\n\t" + strings.ReplaceAll(strings.TrimSpace(readable.String()), "\n", "\n\t")
}

// stack writes the stack of a panic below its line.
func stack(fields map[string]any, out *bytes.Buffer) error {
	if trace, ok := fields["stack"].(string); ok {
		out.WriteString("\n" + strings.TrimSpace(trace))
	}
	return nil
}
