package durable

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// errTaken says that another process has the directory.
var errTaken = errors.New("another process has it: stop that one (Config.LockWait waits for it), " +
	"or give this one a directory of its own; processes that run side by side, as in a rolling deploy, " +
	"need a NATS server: Config.URL")

// lockEvery is the time between two tries to get a directory.
const lockEvery = 50 * time.Millisecond

// lockDir makes the directory that of this process, for as long as the file it returns is open.
func lockDir(ctx context.Context, cfg *Config) (*os.File, error) {
	path := filepath.Join(cfg.Dir, "lock")
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600) //nolint:gosec // the developer's directory
	if err != nil {
		return nil, fmt.Errorf("durable: lock the directory of the store: %w", err)
	}
	wait, cancel := context.WithTimeout(ctx, cfg.LockWait)
	defer cancel()
	for {
		mine, err := tryLock(f)
		switch {
		case mine:
			return f, nil
		case err != nil:
			_ = f.Close()
			return nil, fmt.Errorf("durable: lock the directory %s: %w", cfg.Dir, err)
		}
		select {
		case <-time.After(lockEvery):
		case <-wait.Done():
			_ = f.Close()
			return nil, fmt.Errorf("durable: directory %s: %w", cfg.Dir, errTaken)
		}
	}
}
