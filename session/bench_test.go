package session_test

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/session"
)

// plain returns a person with n ids and no session values.
func plain(n int) *session.Person {
	p := &session.Person{Window: send.Window{Opened: noon}, Owner: "263902037430900"}
	for i := range n {
		p.MarkHandled(fmt.Sprint("message:m_", i), noon)
	}
	return p
}

func BenchmarkRecord(b *testing.B) {
	for _, n := range []int{64, 512} {
		data := plain(n).Encode()
		b.Run(fmt.Sprint("decode and encode, ids ", n), func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				p, err := session.Decode(data)
				if err != nil {
					b.Fatal(err)
				}
				p.Encode()
			}
		})
		b.Run(fmt.Sprint("handled and mark, ids ", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				p, err := session.Decode(data)
				if err != nil {
					b.Fatal(err)
				}
				const id = "message:m_AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfGhIjKlMnOpQrStUvWxYz"
				if !p.Handled(id) {
					p.MarkHandled(id, noon)
				}
			}
		})
	}
}

// BenchmarkLoadSave is what the framework does for each event of a person with n ids.
func BenchmarkLoadSave(b *testing.B) {
	visits := session.NewKey[int]("visits")
	for _, values := range []bool{false, true} {
		b.Run(fmt.Sprint("session values ", values), func(b *testing.B) {
			ctx, store := b.Context(), newMemory(&clock{noon})
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				i++
				p, err := session.Load(ctx, store, lane, noon)
				if err != nil {
					b.Fatal(err)
				}
				if values {
					n, err := visits.Get(p.Session())
					if err != nil {
						b.Fatal(err)
					}
					if err := visits.Set(p.Session(), n+1); err != nil {
						b.Fatal(err)
					}
				}
				p.MarkHandled(fmt.Sprint("message:m_", i), noon.Add(time.Duration(i)*time.Hour))
				if err := p.Save(ctx, store, noon, week); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkMemory(b *testing.B) {
	store := newMemory(&clock{noon})
	data := plain(64).Encode()
	keys := make([]string, 100_000)
	for i := range keys {
		keys[i] = "105." + string(person(i))
		if _, err := store.Put(b.Context(), keys[i], session.Record{Data: data}); err != nil {
			b.Fatal(err)
		}
	}
	var turn atomic.Uint64
	each := func(b *testing.B, do func(ctx context.Context, key string) error) {
		b.Helper()
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			for i := turn.Add(7919); pb.Next(); i += 31 {
				if err := do(b.Context(), keys[i%uint64(len(keys))]); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	b.Run("get", func(b *testing.B) {
		each(b, func(ctx context.Context, key string) error {
			_, err := store.Get(ctx, key)
			return err
		})
	})
	b.Run("get and delete and put", func(b *testing.B) {
		each(b, func(ctx context.Context, key string) error {
			if _, err := store.Get(ctx, key+"x"); err == nil {
				return store.Delete(ctx, key+"x")
			}
			_, _ = store.Put(ctx, key+"x", session.Record{Data: data})
			return nil
		})
	})
}

func BenchmarkWindows(b *testing.B) {
	w := session.NewWindows(0)
	people := make([]send.PSID, 40_000)
	for i := range people {
		people[i] = person(i)
	}
	var turn atomic.Uint64
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for i := turn.Add(7919); pb.Next(); i++ {
			who := people[i%uint64(len(people))]
			w.RecordInbound("105", who, opened(time.Duration(i)))
			w.Newest("105", who)
		}
	})
}

// BenchmarkSweep measures how long one reader is held up while a million records are swept: the longest Get
// of each of six rounds, its median and worst. Beside it stands the median of the longest Get of equally
// long times without a sweep: what the garbage collector and the machine do to a reader anyway. Its ns/op
// means nothing.
func BenchmarkSweep(b *testing.B) {
	const people, rounds = 1_000_000, 6
	keys := make([]string, people)
	for i := range keys {
		keys[i] = "105." + string(person(i))
	}
	data := plain(1).Encode()
	for _, expired := range []int{0, 50, 100} {
		b.Run(fmt.Sprintf("expired %d%%", expired), func(b *testing.B) {
			for range b.N {
				now := &clock{noon}
				var longest, calm, sweeps []time.Duration
				m := newMemory(now)
				for range rounds {
					now.now = noon
					fillPeople(b, m, keys, data, expired)
					now.now = noon.Add(time.Hour)
					get, sweep := probe(m, keys, func() { m.Sweep(b.Context()) })
					none, _ := probe(m, keys, func() { time.Sleep(sweep) })
					longest, calm, sweeps = append(longest, get), append(calm, none), append(sweeps, sweep)
					if want := people - people*expired/100; m.Len() != want {
						b.Fatalf("%d records left, want %d", m.Len(), want)
					}
				}
				b.ReportMetric(milliseconds(median(longest)), "longest-get-ms")
				b.ReportMetric(milliseconds(slices.Max(longest)), "worst-get-ms")
				b.ReportMetric(milliseconds(median(calm)), "without-sweep-ms")
				b.ReportMetric(milliseconds(median(sweeps)), "sweep-ms")
			}
		})
	}
}

// fillPeople puts a record under each key that has none; expired percent of them expire within the hour.
func fillPeople(b *testing.B, m *session.Memory, keys []string, data []byte, expired int) {
	b.Helper()
	for i, key := range keys {
		r := session.Record{Data: data, Expires: noon.Add(week)}
		if i%100 < expired {
			r.Expires = noon.Add(time.Minute)
		}
		if _, err := m.Get(b.Context(), key); err == nil {
			continue
		}
		if _, err := m.Put(b.Context(), key, r); err != nil {
			b.Fatal(err)
		}
	}
}

// probe calls do while one reader reads, and returns the longest Get and how long do took.
func probe(m *session.Memory, keys []string, do func()) (longest, took time.Duration) {
	var done atomic.Bool
	read := make(chan time.Duration)
	go func() {
		var most time.Duration
		for i := 0; !done.Load(); i += 7919 {
			begin := time.Now()
			_, _ = m.Get(context.Background(), keys[i%len(keys)])
			most = max(most, time.Since(begin))
		}
		read <- most
	}()
	begin := time.Now()
	do()
	took = time.Since(begin)
	done.Store(true)
	return <-read, took
}

func median(d []time.Duration) time.Duration {
	slices.Sort(d)
	return (d[len(d)/2-1] + d[len(d)/2]) / 2
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
