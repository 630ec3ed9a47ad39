package messenger

import (
	"context"
	"fmt"
	"os/exec"
	"time"
)

// child is the bot as a process, with everything that it starts.
type child struct {
	cmd    *exec.Cmd
	name   string
	exited chan struct{} // closed when the process has ended
}

// startChild starts the bot with env. The caller must call stop.
func startChild(cfg Config, env []string) (*child, error) {
	name := cfg.Command[0]
	// Not a context that ends: it would kill the bot at once, and only the bot.
	cmd := exec.CommandContext(context.Background(), name, cfg.Command[1:]...) //nolint:gosec // their own
	cmd.Env = env
	cmd.Stdout, cmd.Stderr = cfg.Stdout, cfg.Stderr
	cmd.WaitDelay = time.Second // what the bot leaves behind may keep its output open
	ownGroup(cmd)
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("messenger: the bot %q does not start: %w", name, err)
	}
	c := &child{cmd: cmd, name: name, exited: make(chan struct{})}
	go func() { // ends with the process, for which stop waits
		defer close(c.exited)
		_ = cmd.Wait() // obituary looks at the process state, which says more
	}()
	return c, nil
}

// obituary says how the bot has ended, once exited is closed.
func (c *child) obituary() error {
	state := c.cmd.ProcessState
	if state.ExitCode() < 0 {
		return fmt.Errorf("messenger: the bot %q was ended by the system: %s", c.name, state)
	}
	return fmt.Errorf("messenger: the bot %q has ended by itself with exit code %d; "+
		"what it said last stands above", c.name, state.ExitCode())
}

// stop asks the bot and everything that it started to end, kills after grace what has not, and waits for
// the bot.
func (c *child) stop(grace time.Duration) {
	defer func() { <-c.exited }()
	if !c.alive() {
		return
	}
	interrupt(c.cmd.Process)
	patience := time.NewTimer(grace)
	defer patience.Stop()
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for c.alive() {
		select {
		case <-look.C:
		case <-patience.C:
			kill(c.cmd.Process)
			return
		}
	}
}

// alive reports whether the bot or something that it started still runs.
func (c *child) alive() bool {
	select {
	case <-c.exited:
		return groupAlive(c.cmd.Process)
	default:
		return true
	}
}
