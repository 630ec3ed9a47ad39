package router_test

import (
	"context"
	"sync/atomic"
	"testing"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/session"
)

// countedStore is a store that counts how often it is written to.
type countedStore struct {
	*session.Memory
	puts atomic.Int64
}

func (s *countedStore) Put(ctx context.Context, key string, r session.Record) (session.Record, error) {
	s.puts.Add(1)
	return s.Memory.Put(ctx, key, r)
}

// A step is in the person's record, which is saved once for each event, whatever the step says and moves.
func TestAStepIsSavedOnce(t *testing.T) {
	store := &countedStore{Memory: session.NewMemory(session.MemoryConfig{})}
	s := serve(t, pizzeria(patient), func(cfg *bot.Config) { cfg.Store = store })
	words := []string{"pizza", "huge", "Large", "help", "back", "Large", "Delivery", "Main Street 1", "Oslo"}
	for i, said := range words {
		s.mustDeliver(t, text("m_"+said+string(rune('a'+i)), said))
		if puts := store.puts.Load(); puts != int64(i+1) {
			t.Fatalf("%d writes after %d events, the last of them %q", puts, i+1, said)
		}
	}
}
