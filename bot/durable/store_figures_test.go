package durable_test

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/parleybot/parley/bot/durable"
	"github.com/parleybot/parley/session"
)

// storeFigures is how many records TestStoreFigures measures a start with.
var storeFigures = flag.Int("storefigures", 2_000, "measure a start with so many records")

// storeFill is the environment variable that makes TestStoreFill fill a directory.
const storeFill = "PARLEY_TEST_STORE_FILL"

// TestStoreFigures fills a directory in a process of its own and prints how long an Open takes after that process
// closed it, and after it was killed, and how much memory a record takes. It wants the last record, and no
// figure.
func TestStoreFigures(t *testing.T) {
	for _, end := range []string{"closed", "killed"} {
		dir := t.TempDir()
		fillStore(t, dir, end == "killed")
		before, start := heap(), time.Now()
		b := open(t, durable.Config{Dir: dir})
		opened, most := time.Since(start), *storeFigures-1
		if _, err := b.Store.Get(t.Context(), figureKey(most)); err != nil {
			t.Fatal(err)
		}
		t.Logf("%d records, %s before: Open takes %s, the first Get %s; %d bytes of heap for each record",
			*storeFigures, end, opened.Round(time.Millisecond), (time.Since(start) - opened).Round(10*time.Microsecond),
			int64(heap()-before)/int64(*storeFigures))
		b.Close()
	}
}

// TestStoreFill fills a directory: its own, or that of TestStoreFigures, which runs it as a process.
func TestStoreFill(t *testing.T) {
	dir, told := os.LookupEnv(storeFill)
	if !told {
		dir = t.TempDir()
	}
	b, err := durable.Open(t.Context(), durable.Config{Dir: dir, Unsynced: true})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	fillRecords(t, b.Store, *storeFigures)
	if !told {
		return
	}
	fmt.Println("filled")
	_, _ = bufio.NewReader(os.Stdin).ReadString('\n') // to be closed, or killed meanwhile
}

// fillStore fills dir in a process, and kills it or lets it close what it opened.
func fillStore(t *testing.T, dir string, kill bool) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	process := exec.CommandContext(t.Context(), self, "-test.run=^TestStoreFill$", "-test.v",
		fmt.Sprintf("-storefigures=%d", *storeFigures))
	process.Env = append(os.Environ(), storeFill+"="+dir)
	in, err := process.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() && lines.Text() != "filled" {
		t.Log(lines.Text())
	}
	if kill {
		err = process.Process.Kill()
	} else {
		_, err = fmt.Fprintln(in)
	}
	if err != nil {
		t.Fatal(err)
	}
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "--- FAIL") {
			t.Fatal("the directory could not be filled")
		}
	}
	_ = process.Wait() // killed it says so
}

// fillRecords writes records from 64 goroutines.
func fillRecords(tb testing.TB, store session.Store, count int) {
	tb.Helper()
	var next atomic.Int64
	var all sync.WaitGroup
	for range 64 {
		all.Go(func() {
			for n := int(next.Add(1)) - 1; n < count; n = int(next.Add(1)) - 1 {
				if _, err := store.Put(context.Background(), figureKey(n), figureRecord()); err != nil {
					tb.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
}

func figureKey(n int) string { return fmt.Sprintf("105123456789012.%017d", 24_000_000_000_000_000+n) }

// figureRecord returns a record of the size of a busy person's.
func figureRecord() session.Record {
	return session.Record{Data: []byte(strings.Repeat("0123456789", 60)), Expires: time.Now().Add(30 * 24 * time.Hour)}
}

// heap returns how many bytes are in use.
func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// BenchmarkStore reads and writes the records of a thousand people from 64 goroutines.
func BenchmarkStore(b *testing.B) {
	for name, unsynced := range map[string]bool{"synced": false, "unsynced": true} {
		backend, err := durable.Open(b.Context(), durable.Config{Dir: b.TempDir(), Unsynced: unsynced})
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(backend.Close)
		const people = 1000
		fillRecords(b, backend.Store, people)
		b.Run("get/"+name, func(b *testing.B) {
			each(b, func(n int) error {
				_, err := backend.Store.Get(b.Context(), figureKey(n%people))
				return err
			})
		})
		b.Run("create/"+name, func(b *testing.B) {
			run := time.Now().UnixNano()
			each(b, func(n int) error {
				_, err := backend.Store.Put(b.Context(), fmt.Sprint(run, ".", n), figureRecord())
				return err
			})
		})
		b.Run("getput/"+name, func(b *testing.B) {
			each(b, func(n int) error { return rewrite(b.Context(), backend.Store, figureKey(n%people)) })
		})
	}
}

// rewrite reads a record and writes it again.
func rewrite(ctx context.Context, store session.Store, key string) error {
	for {
		r, err := store.Get(ctx, key)
		if err != nil {
			return err
		}
		if _, err = store.Put(ctx, key, r); err == nil || ctx.Err() != nil {
			return err
		}
	}
}

// each calls do with the numbers up to b.N from 64 goroutines.
func each(b *testing.B, do func(n int) error) {
	b.Helper()
	var next atomic.Int64
	b.SetParallelism(max(64/runtime.GOMAXPROCS(0), 1))
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := do(int(next.Add(1))); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "calls/s")
}
