package bottest

import (
	"context"
	"slices"
	"sync"

	"github.com/parleybot/parley/bot"
)

// letters are the dead letters of all bots of a test. They are safe for concurrent use.
type letters struct {
	mu     sync.Mutex
	list   []bot.DeadLetter
	unread []bot.DeadLetter // which the test does not know of yet
}

func (l *letters) add(d bot.DeadLetter) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.list, l.unread = append(l.list, d), append(l.unread, d)
}

// read takes the oldest letter that the test does not know of: of a lane, or of any if the key is empty. What
// is known are the letters of messages that were refused.
func (l *letters) read(key string, known func(bot.DeadLetter) bool) (bot.DeadLetter, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, d := range l.unread {
		if (key == "" || d.Key == key) && !known(d) {
			l.unread = slices.Delete(l.unread, i, i+1)
			return d, true
		}
	}
	return bot.DeadLetter{}, false
}

// List returns all dead letters, oldest first.
func (l *letters) List(context.Context) ([]bot.DeadLetter, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.list), nil
}

// Get returns the newest dead letter called id.
func (l *letters) Get(_ context.Context, id string) (bot.DeadLetter, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, d := range slices.Backward(l.list) {
		if d.ID == id {
			return d, nil
		}
	}
	return bot.DeadLetter{}, bot.ErrNoDeadLetter
}

// Drop forgets the dead letters called id.
func (l *letters) Drop(_ context.Context, id string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.list = slices.DeleteFunc(l.list, func(d bot.DeadLetter) bool { return d.ID == id })
	return nil
}
