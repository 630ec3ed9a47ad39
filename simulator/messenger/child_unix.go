//go:build unix

package messenger

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
)

// ownGroup puts the bot into a process group of its own: a signal to the group reaches everything that the
// bot starts, and the terminal's Ctrl-C reaches the simulator alone, which then ends the bot in order.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
}

// interrupt asks the whole group to end. A group that is gone already is no error.
func interrupt(p *os.Process) { _ = syscall.Kill(-p.Pid, syscall.SIGTERM) }

// kill ends the whole group at once.
func kill(p *os.Process) { _ = syscall.Kill(-p.Pid, syscall.SIGKILL) }

// groupAlive reports whether a process of the group still runs. Where no init process collects the dead, as
// in many containers, a zombie still counts as a member for the kernel; /proc, where there is one, tells
// them apart.
func groupAlive(p *os.Process) bool {
	if syscall.Kill(-p.Pid, 0) == syscall.ESRCH {
		return false
	}
	files, _ := filepath.Glob("/proc/[0-9]*/stat") // the pattern is good
	group := []byte(strconv.Itoa(p.Pid))
	for _, file := range files {
		stat, err := os.ReadFile(file) //nolint:gosec // a file of the kernel's
		if err != nil {
			continue // it has ended meanwhile
		}
		// After the name in parentheses: state, parent, group.
		fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
		if len(fields) > 2 && bytes.Equal(fields[2], group) && fields[0][0] != 'Z' {
			return true
		}
	}
	return len(files) == 0
}
