package durable

import (
	"context"
	"math"
	"time"
)

const (
	// watchEvery is the time between two looks at the disk and the health of the server.
	watchEvery = time.Second
	// leastFree is how many bytes a server needs free to start, so that it can write its own files.
	leastFree = 1 << 20
	// longestRest is the longest wait between two tries to start the server.
	longestRest = 5 * time.Second
)

// watch looks at the disk and at the server until ctx ends, and starts the server anew when it is ill: after
// a failed write nats-server takes no more for that stream until it is started again.
func (e *embedded) watch(ctx context.Context) {
	ticks := time.NewTicker(watchEvery)
	defer ticks.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticks.C:
		}
		e.measure()
		if e.ill() && !e.restart(ctx) {
			return
		}
	}
}

// measure notes whether the file system has less free than the reserve.
func (e *embedded) measure() {
	full := e.free() < e.cfg.Reserve
	if was := e.full.Swap(full); full && !was {
		e.cfg.Log.Error().Int64("reserve", e.cfg.Reserve).
			Msg("durable: the disk is almost full: no events are taken until there is room")
	} else if was && !full {
		e.cfg.Log.Info().Msg("durable: the disk has room again")
	}
}

// free returns how many bytes the file system of the directory has free; if it does not say, no end of them.
func (e *embedded) free() int64 {
	free, err := diskFree(e.cfg.Dir)
	if err != nil {
		return math.MaxInt64
	}
	return free
}

// warnOfSpace tells of limits that the disk cannot hold.
func (e *embedded) warnOfSpace() {
	if free, wanted := e.free(), e.cfg.MaxBytes; free < wanted {
		e.cfg.Log.Warn().Int64("free", free).Int64("MaxBytes", wanted).
			Msg("durable: the disk has less free than MaxBytes: events are refused when it is almost full")
	}
}

// ill reports whether the server has stopped writing: two looks in a row find that it has. To one look a
// stream that is just being made seems to be one that could not be recovered.
func (e *embedded) ill() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	why, before := illness(e.server, e.cfg), e.ailing
	e.ailing = why != "" && !before
	if why == "" || !before {
		return false
	}
	e.cfg.Log.Error().Str("why", why).
		Msg("durable: the server in the process has stopped writing and is started anew")
	return true
}

// restart stops the server and starts it until it runs; false: ctx ended before.
func (e *embedded) restart(ctx context.Context) bool {
	e.down.Store(true)
	e.mu.Lock()
	ill := e.server
	e.server = nil
	e.mu.Unlock()
	halt(ill)
	for rest := watchEvery / 4; ; rest = min(2*rest, longestRest) {
		select {
		case <-ctx.Done():
			return false
		case <-time.After(rest):
		}
		if e.revive() {
			return true
		}
	}
}

// revive tries to start the server.
func (e *embedded) revive() bool {
	e.measure()
	if e.free() < leastFree {
		return false
	}
	s, err := launch(e.cfg)
	if err != nil {
		e.cfg.Log.Error().Err(err).Msg("durable: the server in the process cannot be started yet")
		return false
	}
	e.mu.Lock()
	e.server = s
	e.mu.Unlock()
	e.down.Store(false)
	e.cfg.Log.Info().Msg("durable: the server in the process runs again")
	return true
}
