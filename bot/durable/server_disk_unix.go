//go:build linux || darwin || freebsd || dragonfly

package durable

import (
	"errors"
	"os"
	"syscall"
)

// tryLock takes the lock of a file; false: another process has it. The system lets go of it when the file is
// closed or the process ends, however it ends.
func tryLock(f *os.File) (bool, error) {
	err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return false, nil
	}
	return err == nil, err
}

// diskFree returns how many bytes the file system of dir has free for this process.
func diskFree(dir string) (int64, error) {
	var fs syscall.Statfs_t
	if err := syscall.Statfs(dir, &fs); err != nil {
		return 0, err
	}
	return int64(fs.Bavail) * int64(fs.Bsize), nil //nolint:gosec,unconvert // systems differ in the types
}
