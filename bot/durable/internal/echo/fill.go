package main

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/parleybot/parley/session"
)

// writers is how many records are written at the same time.
const writers = 64

// said is a session value of each person.
var said = session.NewKey[string]("said")

// fill writes the records of n people, as a bot leaves them that has handled an event of each.
func fill(ctx context.Context, store session.Store, n int) error {
	var next atomic.Int64
	errs := make([]error, writers)
	var work sync.WaitGroup
	for w := range writers {
		work.Go(func() {
			for i := int(next.Add(1)); i <= n && errs[w] == nil; i = int(next.Add(1)) {
				errs[w] = fillOne(ctx, store, i)
			}
		})
	}
	work.Wait()
	return errors.Join(errs...)
}

func fillOne(ctx context.Context, store session.Store, i int) error {
	now := time.Now()
	person, err := session.Load(ctx, store, "104000000000001."+strconv.Itoa(7100000000000000+i), now)
	if err != nil {
		return err
	}
	person.Window.Opened = now
	person.MarkHandled("m_"+strconv.Itoa(i)+"_AZyWmS9xkq3Jf0dL2vQbTn7hUeRpC5oXiG8sYtEwK1", now)
	if err := said.Set(person.Session(), "a pizza, please"); err != nil {
		return err
	}
	return person.Save(ctx, store, now, 7*24*time.Hour)
}
