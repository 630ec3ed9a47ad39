//go:build !linux && !darwin && !freebsd && !dragonfly

package durable

import (
	"errors"
	"os"
)

// errSystem says that there is no lock that keeps a second process out of a directory.
var errSystem = errors.New("a store in a directory needs Linux, macOS or FreeBSD: " +
	"start a NATS server beside the bot and set URL")

func tryLock(*os.File) (bool, error) { return false, errSystem }

func diskFree(string) (int64, error) { return 0, errSystem }
