package durable

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	// leastPayload is the largest message that a server must take at least, in bytes: the default of
	// nats-server, and room for any event of Meta's.
	leastPayload = 1 << 20
	// oldestMajor and oldestMinor are the first version whose messages have a time of their own to live, as
	// records need.
	oldestMajor, oldestMinor = 2, 11
)

// checkServer returns why a server cannot keep a store, and what to do.
func checkServer(ctx context.Context, cfg *Config, conn *nats.Conn, js jetstream.JetStream) error {
	if version := conn.ConnectedServerVersion(); !newEnough(version) {
		return fmt.Errorf("durable: the NATS server has version %.20s: records need messages that expire by "+
			"themselves: install %d.%d or newer", version, oldestMajor, oldestMinor)
	}
	if most := conn.MaxPayload(); most < leastPayload {
		return fmt.Errorf("durable: the NATS server takes messages of %d bytes at most: "+
			"set its max_payload to %d or more", most, leastPayload)
	}
	var account *jetstream.AccountInfo
	err := whenReady(ctx, func(ctx context.Context) (err error) {
		account, err = js.AccountInfo(ctx)
		return err
	})
	switch {
	case errors.Is(err, jetstream.ErrJetStreamNotEnabledForAccount):
		return fmt.Errorf("durable: %w: enable it for the account that the bot connects with, "+
			"or give the bot credentials of another one in Options", err)
	case errors.Is(err, jetstream.ErrJetStreamNotEnabled):
		return fmt.Errorf("durable: %w on the NATS server: put a jetstream block with a store_dir into its "+
			"configuration, or start it with -js", err)
	case err != nil:
		return fmt.Errorf("durable: ask the NATS server for its limits: %w", err)
	}
	warnOfLimit(cfg, account.Limits.MaxStore, account.Store)
	return nil
}

// warnOfLimit tells of an account whose storage cannot hold what Config allows. limit is at most 0 if there
// is none.
func warnOfLimit(cfg *Config, limit int64, used uint64) {
	if limit <= 0 || limit >= cfg.MaxBytes+cfg.DeadBytes {
		return
	}
	cfg.Log.Warn().Int64("limit", limit).Uint64("used", used).Int64("MaxBytes", cfg.MaxBytes).
		Int64("DeadBytes", cfg.DeadBytes).
		Msg("durable: the account's storage is less than MaxBytes and DeadBytes: " +
			"events may be refused before")
}

// newEnough reports whether a server's version has what a store needs.
func newEnough(version string) bool {
	parts := strings.SplitN(strings.TrimPrefix(version, "v"), ".", 3)
	if len(parts) < 2 {
		return false
	}
	major, err := strconv.Atoi(parts[0])
	if err != nil || major != oldestMajor {
		return err == nil && major > oldestMajor
	}
	minor, err := strconv.Atoi(parts[1])
	return err == nil && minor >= oldestMinor
}

// codeNotReady is what a cluster answers that has no leader yet.
const codeNotReady jetstream.ErrorCode = 10008

const (
	// readyLimit is how long a server that is reached may take until it answers a question, askLimit how long
	// it may take for one try: what it was asked is lost if it has just lost its leader.
	readyLimit = 30 * time.Second
	askLimit   = 5 * time.Second
	// readyEvery is the time between two tries.
	readyEvery = 250 * time.Millisecond
)

// whenReady asks a server until it is ready to answer, which a cluster without a leader is not.
func whenReady(ctx context.Context, ask func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, readyLimit)
	defer cancel()
	for {
		once, done := context.WithTimeout(ctx, askLimit)
		err := ask(once)
		done()
		api, isAPI := errors.AsType[*jetstream.APIError](err)
		if isAPI && api.ErrorCode != codeNotReady || !isAPI && !errors.Is(err, context.DeadlineExceeded) {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w: the server does not answer: if it is one of a cluster, "+
				"see that most of them run", err)
		case <-time.After(readyEvery):
		}
	}
}
