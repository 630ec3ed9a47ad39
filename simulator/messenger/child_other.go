//go:build !unix

package messenger

import (
	"os"
	"os/exec"
)

// ownGroup does nothing: this system has no process groups as Unix knows them.
func ownGroup(*exec.Cmd) {}

// interrupt ends the process at once: there is no gentler way here.
func interrupt(p *os.Process) { kill(p) }

func kill(p *os.Process) { _ = p.Kill() } // that it has ended already is no error

// groupAlive reports false: only the process itself is known, and it has ended.
func groupAlive(*os.Process) bool { return false }
