//go:build linux

package faults_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A second process on the same directory is refused, and does no harm.
func TestTwoProcessesOnOneDirectory(t *testing.T) {
	r := newRun(t, sized(), workOrder{Pin: pinned})
	r.store(0)
	r.join(r.order)
	r.up()
	r.publish(func() {
		r.at(0.4)
		_, second, err := r.process(r.order)
		if err != nil {
			t.Fatal(err)
		}
		r.until("the second process ends", second.ended)
		said := second.tail()
		if second.code() <= 0 || !strings.Contains(said, r.order.Dir) {
			t.Errorf("the second process ended with %v and said %q, want an error that names the directory %s",
				second.cmd.ProcessState, said, r.order.Dir)
		}
		t.Logf("%s the second process said: %s", r.clock(), said)
	})
	r.end()
	v := r.judge()
	r.want(v)
	if v.reruns+v.repliedTwice > 0 {
		t.Errorf("%d runs and %d replies too many, want none", v.reruns, v.repliedTwice)
	}
}

// While the disk is full nothing is acknowledged; when there is room again everything goes on by itself.
func TestTheDiskIsFull(t *testing.T) {
	const diskSize, reserve = 48 << 20, 4 << 20
	s := sized()
	s.kills = 1
	r := newRun(t, s, workOrder{Pin: pinned, Reserve: reserve})
	disk := t.TempDir()
	// Only root may mount.
	mount := exec.CommandContext(t.Context(), "mount", "-t", "tmpfs", "-o", fmt.Sprint("size=", diskSize), "tmpfs", disk)
	if said, err := mount.CombinedOutput(); err != nil {
		t.Skipf("no disk of its own: %v: %s", err, said)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(disk, syscall.MNT_DETACH); err != nil {
			t.Errorf("unmount: %v", err)
		}
	})
	r.order.Dir = filepath.Join(disk, "store")
	r.join(r.order)
	r.up()
	r.publish(func() {
		r.at(0.3)
		filler := filepath.Join(disk, "filler")
		fill(t, filler)
		t.Logf("%s the disk is full", r.clock())
		r.until("deliveries are refused", func() bool { return r.meta.refusals() > 3*publishers })
		if err := os.Remove(filler); err != nil {
			t.Fatal(err)
		}
		t.Logf("%s the disk has room again", r.clock())
	})
	r.end()
	r.want(r.judge())
}

// fill writes a file until the disk is full.
func fill(t *testing.T, path string) {
	t.Helper()
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for block := make([]byte, 64<<10); len(block) > 0; {
		_, err := file.Write(block)
		switch {
		case errors.Is(err, syscall.ENOSPC):
			block = block[:len(block)/2]
		case err != nil:
			t.Fatal(err)
		}
	}
}

// Far more is delivered than can be handled: what finds no room is refused, memory stays bounded, and when
// the flood is over what was accepted is handled.
func TestMoreThanCanBeHandled(t *testing.T) {
	s, lasts, room := size{events: 200_000, people: 2_000}, 5*time.Second, int64(2_000)
	switch {
	case *full:
		s.events, lasts = 2_000_000, time.Minute
	case raced || testing.Short():
		s.events, s.people, lasts, room = 20_000, 200, time.Second, 100
	}
	// 4 handlers of 20 ms on average: 200 a second.
	r := newRun(t, s, workOrder{Pin: pinned, Unsynced: true, Parallel: 4, Handler: handling, MaxEvents: room})
	r.store(0)
	w := r.join(r.order)
	r.up()
	idle := w.memory()
	most := idle
	r.flood(lasts, func() { most = max(most, w.memory()) })
	r.until("what was accepted is handled", func() bool {
		most = max(most, w.memory())
		return r.meta.done()
	})
	r.end()
	v := r.judge()
	r.want(v)
	t.Logf("memory: %d MiB idle, %d MiB at most", idle>>20, most>>20)
	if r.meta.refused == 0 {
		t.Error("nothing was refused: that was no flood")
	}
	if *full && most > 2*idle {
		t.Errorf("%d MiB of memory at most, want less than twice the %d MiB of an idle process", most>>20, idle>>20)
	}
}
