// Package sessiontest is the contract that every [session.Store] passes. A backend's test runs it:
//
//	package redis_test
//
//	import (
//		"testing"
//		"time"
//
//		"github.com/parleybot/parley/session"
//		"github.com/parleybot/parley/session/sessiontest"
//
//		"example.com/redis"
//	)
//
//	func TestStore(t *testing.T) {
//		sessiontest.Run(t, func(t *testing.T, now func() time.Time) session.Store {
//			store := redis.New(t.TempDir(), now)
//			t.Cleanup(store.Close)
//			return store
//		})
//	}
package sessiontest
