package durable_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/bot/durable"
	"github.com/parleybot/parley/session"
)

// smallDisk mounts a file system in memory, or skips where that is refused.
func smallDisk(t *testing.T, size string) string {
	t.Helper()
	dir := t.TempDir()
	mount := exec.CommandContext(t.Context(), "mount", "-t", "tmpfs", "-o", "size="+size, "tmpfs", dir)
	if out, err := mount.CombinedOutput(); err != nil {
		t.Skipf("a file system cannot be mounted here: %s", out)
	}
	t.Cleanup(func() {
		if out, err := exec.CommandContext(context.Background(), "umount", dir).CombinedOutput(); err != nil {
			t.Errorf("umount: %s", out)
		}
	})
	return dir
}

// diskFiller takes all bytes of a file system but some.
func diskFiller(t *testing.T, dir string, leave int) (empty func()) {
	t.Helper()
	path := filepath.Join(dir, "filler")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	for chunk := make([]byte, 4096); ; {
		if _, err := f.Write(chunk); err != nil {
			break
		}
	}
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Truncate(max(info.Size()-int64(leave), 0)); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
}

// A disk that is almost full costs events, not records; and there is room again as soon as it has some.
func TestReserveIsForRecords(t *testing.T) {
	dir := smallDisk(t, "48m")
	b := open(t, durable.Config{Dir: filepath.Join(dir, "data"), Unsynced: true, Reserve: 8 << 20})
	empty := diskFiller(t, dir, 4<<20)
	publish := func() error { return b.Inbox.Publish(t.Context(), []bot.Envelope{serverEvent(1, 1)}) }
	serverEventually(t, "an event is refused", func() bool { return publish() != nil })
	serverWrite(t, b, "a", "1")
	empty()
	serverEventually(t, "an event is taken", func() bool { return publish() == nil })
}

// A write that failed stops nats-server's stream until it is started again: the backend does that by itself,
// and everything it took before and after is there.
func TestFullDiskRecovers(t *testing.T) {
	for name, unsynced := range map[string]bool{"synced": false, "unsynced": true} {
		t.Run(name, func(t *testing.T) {
			disk := smallDisk(t, "48m")
			dir := filepath.Join(disk, "data")
			var lines serverLines
			cfg := durable.Config{
				Dir: dir, Unsynced: unsynced, Reserve: 1, MaxBytes: 1 << 30, PerLane: 1 << 20, Log: lines.logger(),
			}
			b := open(t, cfg)
			records := make(map[string]string)
			events := 0
			publish := func() error {
				e := serverEvent(events, 1)
				e.Data = []byte(strings.Repeat("x", 16<<10))
				err := b.Inbox.Publish(t.Context(), []bot.Envelope{e})
				if err == nil {
					events++
				}
				return err
			}
			write := func() error {
				key := fmt.Sprintf("key-%d", len(records))
				_, err := b.Store.Put(t.Context(), key, session.Record{Data: []byte("value")})
				if err == nil {
					records[key] = "value"
				}
				return err
			}
			for range 10 {
				if err := publish(); err != nil {
					t.Fatal(err)
				}
				if err := write(); err != nil {
					t.Fatal(err)
				}
			}
			empty := diskFiller(t, disk, 1<<20)
			for publish() == nil {
			}
			serverEventually(t, "the server has stopped writing", func() bool {
				_ = publish()
				return strings.Contains(lines.String(), "has stopped writing")
			})
			empty()
			serverEventually(t, "an event is taken", func() bool { return publish() == nil })
			serverEventually(t, "a record is taken", func() bool { return write() == nil })
			damageSaid(t, &lines, "", "has stopped writing")
			check := func(when string) {
				t.Helper()
				if got := serverKept(t, dir); got < events {
					t.Errorf("%s: %d events are left of %d", when, got, events)
				}
				for key, value := range records {
					if got := serverRead(t, b, key); got != value {
						t.Errorf("%s: %s is %q", when, key, got)
					}
				}
			}
			check("after the recovery")
			b.Close()
			b = open(t, cfg)
			check("after a start")
		})
	}
}

func TestCloseWhileTheDiskIsFull(t *testing.T) {
	disk := smallDisk(t, "24m")
	var lines serverLines
	b := open(t, durable.Config{
		Dir: filepath.Join(disk, "data"), Unsynced: true, Reserve: 1, PerLane: 1 << 20, Log: lines.logger(),
	})
	empty := diskFiller(t, disk, 0)
	for n := range 20 {
		e := serverEvent(1, n)
		e.Data = make([]byte, 64<<10)
		if b.Inbox.Publish(t.Context(), []bot.Envelope{e}) != nil {
			break
		}
	}
	serverEventually(t, "the server has stopped writing", func() bool {
		_ = b.Inbox.Publish(t.Context(), []bot.Envelope{serverEvent(1, 99)})
		return strings.Contains(lines.String(), "has stopped writing")
	})
	began := time.Now()
	b.Close()
	t.Logf("closed in %s", time.Since(began))
	empty()
}
