package bot

import (
	"context"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// However many names are asked for, memory is bounded, and what was asked last is in it.
func TestNamesAreBounded(t *testing.T) {
	var all names
	asked, now := 0, func() time.Time { return time.Unix(1_763_715_600, 0) }
	ask := func(i int) {
		t.Helper()
		id, err := all.find(t.Context(), now, name{text: strconv.Itoa(i)}, func() (string, error) {
			asked++
			return strconv.Itoa(i), nil
		})
		if err != nil || id != strconv.Itoa(i) {
			t.Fatalf("name %d: %q, %v", i, id, err)
		}
	}
	for i := range mostNames + 100 {
		ask(i)
		ask(i)
	}
	if len(all.known) != mostNames || asked != mostNames+100 {
		t.Errorf("%d names in memory after %d questions, want %d after %d",
			len(all.known), asked, mostNames, mostNames+100)
	}
}

// A question that ends in a panic is asked again, and nobody waits for it.
func TestNameThatPanics(t *testing.T) {
	var all names
	find := func(ask func() (string, error)) (string, error) {
		return all.find(t.Context(), time.Now, name{text: "Anna"}, ask)
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was lost")
			}
		}()
		_, _ = find(func() (string, error) { panic("a Doer that does") })
	}()
	if id, err := find(func() (string, error) { return "1", nil }); id != "1" || err != nil {
		t.Errorf("%q, %v; want it asked again", id, err)
	}
}

// Whoever asks and gives up leaves the question to those who wait, and they have none of the error.
func TestNameAskedByOneWhoGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var known names
		ctx, giveUp := context.WithCancel(t.Context())
		var all sync.WaitGroup
		all.Go(func() {
			_, err := known.find(ctx, time.Now, name{text: "Anna"}, func() (string, error) {
				<-ctx.Done()
				return "", ctx.Err()
			})
			if err == nil {
				t.Error("an answer without a question")
			}
		})
		synctest.Wait()
		all.Go(func() {
			id, err := known.find(t.Context(), time.Now, name{text: "Anna"}, func() (string, error) { return "1", nil })
			if id != "1" || err != nil {
				t.Errorf("%q, %v; want it asked again", id, err)
			}
		})
		synctest.Wait()
		giveUp()
		all.Wait()
	})
}
