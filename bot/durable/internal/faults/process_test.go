//go:build linux

package faults_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// hang is how long something may take that does not take long, before it counts as hanging.
const hang = 90 * time.Second

// process is this program once more, in a part of its own. The kernel kills it when the test ends.
type process struct {
	t    *testing.T
	cmd  *exec.Cmd
	done chan struct{} // closes when it has ended

	mu     sync.Mutex
	addr   string   // where it listens, once it has said so
	lines  []string // the last that it has said
	isRace bool     // the race detector has spoken
	killed bool
}

// startProcess is spawn for the goroutine of the test.
func startProcess(t *testing.T, role string, order any, extra ...string) *process {
	t.Helper()
	p, err := spawn(t, role, order, extra...)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// spawn starts a process in a part. extra are more variables of its environment.
func spawn(t *testing.T, role string, order any, extra ...string) (*process, error) {
	t.Helper()
	told, err := json.Marshal(order)
	if err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(self) //nolint:noctx // its life is that of the scenario
	cmd.Env = append(os.Environ(), append(extra, roleVariable+"="+role, orderVariable+"="+string(told))...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
	said, err := cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &process{t: t, cmd: cmd, done: make(chan struct{})}
	go p.watch(kept(said, cmd.Process.Pid))
	t.Cleanup(func() {
		p.kill()
		if p.isRace {
			t.Errorf("a data race in a process:\n%s", p.tail())
		}
	})
	return p, nil
}

// kept returns what a process says, which is written into a file on the way if the flag asks for it.
func kept(said io.Reader, pid int) io.Reader {
	if *logs == "" {
		return said
	}
	file, err := os.Create(filepath.Join(*logs, fmt.Sprintf("%d.log", pid)))
	if err != nil {
		return said
	}
	return io.TeeReader(said, file)
}

// watch reads what the process says until it ends.
func (p *process) watch(said io.Reader) {
	defer close(p.done)
	lines := bufio.NewScanner(said)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		p.hear(lines.Text())
	}
	_, _ = io.Copy(io.Discard, said) // a line that was too long
	_ = p.cmd.Wait()                 // the state tells how it ended
}

// hear notes a line of the process.
func (p *process) hear(line string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	const kept = 60
	if p.lines = append(p.lines, line); len(p.lines) > kept && !p.isRace {
		p.lines = p.lines[1:]
	}
	p.isRace = p.isRace || strings.Contains(line, "WARNING: DATA RACE")
	var spoken struct{ Message, Addr string }
	if json.Unmarshal([]byte(line), &spoken) == nil && spoken.Message == "listening" {
		p.addr = spoken.Addr
	}
}

// listens returns where the process listens; "": nowhere yet, or no more.
func (p *process) listens() string {
	if p.ended() {
		return ""
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.addr
}

// tail returns the last lines of the process.
func (p *process) tail() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Join(p.lines, "\n")
}

// ended reports whether the process has ended.
func (p *process) ended() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// signal sends the process a signal, unless it has ended.
func (p *process) signal(s syscall.Signal) {
	if !p.ended() {
		_ = p.cmd.Process.Signal(s) // it may end this moment
	}
}

// kill ends the process as kill -9 does, and waits for its end.
func (p *process) kill() {
	p.mu.Lock()
	p.killed = true
	p.mu.Unlock()
	p.signal(syscall.SIGKILL)
	<-p.done
}

// wasKilled reports whether kill has ended the process.
func (p *process) wasKilled() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.killed
}

// code returns the exit code of a process that has ended; below zero if a signal has ended it.
func (p *process) code() int { return p.cmd.ProcessState.ExitCode() }

// freePorts returns ports that nobody listens on.
func freePorts(t *testing.T, count int) []int {
	t.Helper()
	ports := make([]int, count)
	for i := range ports {
		listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer listener.Close()
		ports[i] = listener.Addr().(*net.TCPAddr).Port
	}
	return ports
}
