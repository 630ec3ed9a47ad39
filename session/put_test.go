package session_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parleybot/parley/session"
)

var errStore = errors.New("store: no answer")

// answer is what becomes of one call to a flaky Store.
type answer uint8

const (
	fine  answer = iota // done and answered
	lost                // done, but the answer is an error
	down                // an error, and nothing done
	late                // an error; done just before the next Put
	other               // an error; somebody else writes
	gone                // an error; somebody else deletes
)

// flaky is a Store whose first calls are answered as listed; later ones are fine.
type flaky struct {
	session.Store
	puts, gets []answer
	nPut, nGet int
	undone     func()
}

// next takes the first of answers, or rest when there are no more.
func next(answers *[]answer) answer {
	if len(*answers) == 0 {
		return fine
	}
	a := (*answers)[0]
	*answers = (*answers)[1:]
	return a
}

func (f *flaky) Get(ctx context.Context, key string) (session.Record, error) {
	f.nGet++
	if next(&f.gets) != fine {
		return session.Record{}, errStore
	}
	return f.Store.Get(ctx, key)
}

func (f *flaky) Put(ctx context.Context, key string, r session.Record) (session.Record, error) {
	f.nPut++
	if f.undone != nil {
		f.undone()
		f.undone = nil
	}
	do := func() { _, _ = f.Store.Put(ctx, key, r) }
	switch next(&f.puts) {
	case fine:
		return f.Store.Put(ctx, key, r)
	case lost:
		do()
	case late:
		f.undone = do
	case other:
		r.Data = []byte("of somebody else")
		do()
	case gone:
		if err := f.Delete(ctx, key); err != nil {
			return session.Record{}, err
		}
	}
	return session.Record{}, errStore
}

func TestSaveThroughAFlakyStore(t *testing.T) {
	tests := map[string]struct {
		puts, gets []answer
		nPut, nGet int
		err        error
	}{
		"all is well":                           {nPut: 1},
		"the answer got lost":                   {puts: []answer{lost}, nPut: 1, nGet: 1},
		"the request got lost":                  {puts: []answer{down}, nPut: 2, nGet: 1},
		"three requests got lost":               {puts: []answer{down, down, down}, nPut: 4, nGet: 3},
		"the request came late":                 {puts: []answer{late}, nPut: 2, nGet: 2},
		"lost, and no reading back":             {puts: []answer{lost}, gets: []answer{down}, nPut: 2, nGet: 2},
		"late, and no reading back, twice":      {puts: []answer{late}, gets: []answer{down, down}, nPut: 3, nGet: 3},
		"somebody else wrote":                   {puts: []answer{other}, nPut: 1, nGet: 1, err: session.ErrConflict},
		"somebody else deleted":                 {puts: []answer{gone}, nPut: 1, nGet: 1, err: session.ErrConflict},
		"somebody else wrote, no reading back":  {puts: []answer{other}, gets: []answer{down}, nPut: 2, nGet: 2, err: session.ErrConflict},
		"nothing gets through to it for a time": {puts: []answer{down, down}, gets: []answer{down, down}, nPut: 3, nGet: 2},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				memory := newMemory(&clock{noon})
				p := load(t, memory, noon)
				save(t, p, memory, noon)
				store := &flaky{Store: memory, puts: test.puts, gets: test.gets}
				setCart(t, p, "large")
				err := p.Save(t.Context(), store, noon, week)
				if !errors.Is(err, test.err) || test.err == nil && err != nil {
					t.Fatalf("%v, want %v", err, test.err)
				}
				if store.nPut != test.nPut || store.nGet != test.nGet {
					t.Errorf("%d puts and %d gets, want %d and %d", store.nPut, store.nGet, test.nPut, test.nGet)
				}
				if test.err != nil {
					return
				}
				wantCart(t, load(t, memory, noon), "large")
				save(t, p, memory, noon) // the revision is the right one
			})
		})
	}
}

func TestFirstSaveWhoseAnswerGotLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, a := range []answer{lost, down, late} {
			store := &flaky{Store: newMemory(&clock{noon}), puts: []answer{a}}
			p := load(t, store, noon)
			setCart(t, p, "large")
			save(t, p, store, noon)
			save(t, p, store, noon)
			wantCart(t, load(t, store, noon), "large")
		}
	})
}

func TestSaveAsksOnceAfterAConflict(t *testing.T) {
	memory := newMemory(&clock{noon})
	p := load(t, memory, noon)
	save(t, load(t, memory, noon), memory, noon)
	store := &flaky{Store: memory}
	if err := p.Save(t.Context(), store, noon, week); !errors.Is(err, session.ErrConflict) {
		t.Fatalf("%v, want ErrConflict", err)
	}
	if store.nPut != 1 || store.nGet != 0 {
		t.Errorf("%d puts and %d gets, want 1 and 0", store.nPut, store.nGet)
	}
}

// dead is a Store that never answers but with an error.
type dead struct{ nPut int }

func (*dead) Get(context.Context, string) (session.Record, error) {
	return session.Record{}, errStore
}

func (d *dead) Put(context.Context, string, session.Record) (session.Record, error) {
	d.nPut++
	return session.Record{}, errStore
}

func (*dead) Delete(context.Context, string) error { return errStore }

func TestSaveGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, begin := new(dead), time.Now()
		p := load(t, newMemory(&clock{noon}), noon)
		err := p.Save(t.Context(), store, noon, week)
		if !errors.Is(err, errStore) || errors.Is(err, session.ErrConflict) {
			t.Errorf("%v, want the error of the store", err)
		}
		if took := time.Since(begin); store.nPut != 7 || took != 3150*time.Millisecond {
			t.Errorf("%d tries in %s, want 7 in 3.15s", store.nPut, took)
		}
	})
}

func TestSaveEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 120*time.Millisecond)
		defer cancel()
		store, begin := new(dead), time.Now()
		p := load(t, newMemory(&clock{noon}), noon)
		if err := p.Save(ctx, store, noon, week); !errors.Is(err, errStore) {
			t.Errorf("%v, want the error of the store", err)
		}
		if took := time.Since(begin); store.nPut != 2 || took != 120*time.Millisecond {
			t.Errorf("%d tries in %s, want 2 in 120ms", store.nPut, took)
		}
	})
}
