// Package inboxtest is the contract that every [bot.Inbox] passes. A backend's test runs it:
//
//	package redis_test
//
//	import (
//		"testing"
//
//		"github.com/parleybot/parley/bot"
//		"github.com/parleybot/parley/bot/inboxtest"
//
//		"example.com/redis"
//	)
//
//	func TestInbox(t *testing.T) {
//		inboxtest.Run(t, func(t *testing.T, o inboxtest.Options) bot.Inbox {
//			inbox := redis.New(redis.Config{
//				Dir: t.TempDir(), Now: o.Now, Capacity: o.Capacity, PerLane: o.PerLane,
//			})
//			t.Cleanup(inbox.Close)
//			return inbox
//		})
//	}
//
// A backend that may have kept a part of a batch that it refuses runs Suite{Parts: true}.
//
// Each sentence of the contract is played on an inbox of its own. The play is the publisher and the handler
// at once, and keeps a book in which it looks up every envelope that is handed out: whether it was accepted,
// is the next of its lane, is alone in it, is due, has the right attempt, and is what was published. At the
// end everything must have been handled once, Consume must have returned, and the dead letters must be those
// that were given up. What a crash does to a durable inbox is not part of it.
package inboxtest
