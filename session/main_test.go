package session_test

import (
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	day  = 24 * time.Hour
	week = 7 * day
)

// noon is an arbitrary instant.
var noon = time.Date(2026, time.November, 21, 12, 0, 0, 0, time.UTC)

// clock is a clock that stands still until it is set. It is not safe for concurrent use.
type clock struct{ now time.Time }

func (c *clock) Now() time.Time { return c.now }
