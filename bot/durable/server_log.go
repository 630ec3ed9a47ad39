package durable

import (
	"fmt"
	"strings"
	"sync/atomic"

	"github.com/rs/zerolog"
)

// serverLog passes warnings and errors of the server in the process to the log.
type serverLog struct {
	log  zerolog.Logger
	died atomic.Pointer[string]
}

// fatal returns why the server gave up; empty: it did not.
func (l *serverLog) fatal() string {
	if why := l.died.Load(); why != nil {
		return *why
	}
	return ""
}

// tell writes one line. What the server quotes of a connection or a file is cut off: it might be of an event.
func (l *serverLog) tell(at *zerolog.Event, format string, args []any) {
	text, _, _ := strings.Cut(fmt.Sprintf(format, args...), "proto=")
	text, _, _ = strings.Cut(text, " buf [")
	at.Str("part", "nats-server").Msg(text)
}

// Noticef drops what is no warning.
func (*serverLog) Noticef(string, ...any) {}

// Warnf logs a warning.
func (l *serverLog) Warnf(format string, args ...any) { l.tell(l.log.Warn(), format, args) }

// Errorf logs an error.
func (l *serverLog) Errorf(format string, args ...any) { l.tell(l.log.Error(), format, args) }

// Fatalf notes why the server cannot start.
func (l *serverLog) Fatalf(format string, args ...any) {
	why := fmt.Sprintf(format, args...)
	l.died.Store(&why)
}

// Debugf drops what is no warning.
func (*serverLog) Debugf(string, ...any) {}

// Tracef drops what is no warning.
func (*serverLog) Tracef(string, ...any) {}
