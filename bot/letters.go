package bot

import (
	"context"
	"errors"
	"slices"
	"sync"
)

// letters are dead letters in memory, at most a given number.
type letters struct {
	most int

	mu   sync.Mutex
	list []DeadLetter
}

func newLetters(most int) *letters { return &letters{most: most} }

// add keeps a dead letter and forgets the oldest if there are too many.
func (l *letters) add(d DeadLetter) {
	if err := d.encode(); err != nil {
		d.Cause += "; it cannot be shown: " + err.Error()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.list) == l.most {
		l.list[0] = DeadLetter{}
		l.list = l.list[1:]
	}
	l.list = append(l.list, d)
}

// List returns all dead letters, oldest first.
func (l *letters) List(context.Context) ([]DeadLetter, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.list), nil
}

// Get returns the newest dead letter called id.
func (l *letters) Get(_ context.Context, id string) (DeadLetter, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, d := range slices.Backward(l.list) {
		if d.ID == id {
			return d, nil
		}
	}
	return DeadLetter{}, ErrNoDeadLetter
}

// Drop forgets the dead letters called id.
func (l *letters) Drop(_ context.Context, id string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.list = slices.DeleteFunc(l.list, func(d DeadLetter) bool { return d.ID == id })
	return nil
}

// asRetry returns the RetryError in err.
func asRetry(err error) (*RetryError, bool) {
	return errors.AsType[*RetryError](err)
}

// isReleased reports whether err hands an envelope back.
func isReleased(err error) bool { return errors.Is(err, ErrReleased) }
