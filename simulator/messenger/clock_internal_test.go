package messenger

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// advancing moves a clock and waits for a bot, in a goroutine of its own, and returns when it waits.
func advancing(t *testing.T, c *clock, d time.Duration) (done chan error) {
	t.Helper()
	version, err := c.move(d)
	if err != nil {
		t.Fatal(err)
	}
	done = make(chan error, 1)
	go func() { done <- c.awaitTaken(t.Context(), version) }()
	synctest.Wait()
	return done
}

// waits reports whether a move is still waited for.
func waits(done chan error) bool { return len(done) == 0 }

func TestMoveIsTakenOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		c := newClock(time.Now)
		if done := advancing(t, c, time.Hour); waits(done) {
			t.Error("waits for a bot although none follows")
		}
		if now, more := c.read(0); more != nil || now.Version != 2 || now.OffsetMS != time.Hour.Milliseconds() {
			t.Fatalf("the first question is answered %+v, want the clock at once", now)
		}
		_, more := c.read(2) // the bot waits
		done := advancing(t, c, 24*time.Hour)
		if !waits(done) {
			t.Fatal("does not wait for the bot that follows")
		}
		<-more
		now, more := c.read(2)
		if more != nil || now.Version != 3 || now.OffsetMS != (25*time.Hour).Milliseconds() {
			t.Errorf("the bot is told %+v, want 25 h", now)
		}
		synctest.Wait()
		if !waits(done) {
			t.Error("does not wait until the bot has taken the move over")
		}
		if _, more = c.read(3); more == nil {
			t.Error("nothing has moved, and the bot is not left to wait")
		}
		synctest.Wait()
		if waits(done) {
			t.Error("still waits although the bot has taken the move over")
		}
		if got := c.now().Sub(began); got != 25*time.Hour {
			t.Errorf("the clock is ahead by %s, want 25 h", got)
		}
		if moved := time.Since(began); moved != 0 {
			t.Errorf("all this took %s", moved)
		}
	})
}

func TestBotThatDoesNotAnswerIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClock(time.Now)
		c.read(1)
		began := time.Now()
		if err := <-advancing(t, c, time.Hour); err != nil {
			t.Error(err)
		}
		if took := time.Since(began); took != 2*time.Second {
			t.Errorf("given up after %s, want 2 s", took)
		}
		if done := advancing(t, c, time.Hour); waits(done) {
			t.Error("is waited for once more")
		}
		c.read(1)
		if done := advancing(t, c, time.Hour); !waits(done) {
			t.Error("a bot that has come back is not waited for")
		}
		time.Sleep(followTime) // in the bubble
	})
}

func TestBotThatHasGoneIsNotWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClock(time.Now)
		c.read(1)
		done := advancing(t, c, time.Hour)
		c.forsake()
		synctest.Wait()
		if waits(done) {
			t.Error("waits for a bot that has hung up")
		}
		// Of two bots one has gone: the other one waits for the clock, and is waited for.
		c.read(2)
		_, more := c.read(2)
		c.forsake()
		<-more
		c.read(2)
		if done := advancing(t, c, time.Hour); !waits(done) {
			t.Error("the bot that is left is not waited for")
		}
		time.Sleep(followTime)
	})
}

func TestMoveIsBounded(t *testing.T) {
	c := newClock(time.Now)
	for _, d := range []time.Duration{-1, -time.Hour, farthest + 1, 1<<63 - 1, -1 << 63} {
		if _, err := c.move(d); err == nil {
			t.Errorf("moved by %s", d)
		}
	}
	if _, err := c.move(farthest); err != nil {
		t.Error(err)
	}
	if _, err := c.move(1); err == nil {
		t.Error("moved beyond the farthest")
	}
}

func TestWaitForABotEndsWithItsContext(t *testing.T) {
	c := newClock(time.Now)
	c.read(1)
	version, err := c.move(time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := c.awaitTaken(ctx, version); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want that of the context", err)
	}
}

// A bot is told whole milliseconds, so that the simulator's clock moves by no less.
func TestWholeMillisecondsCount(t *testing.T) {
	noon := time.Date(2026, time.November, 21, 12, 0, 0, 0, time.UTC)
	s, err := New(Config{Webhook: "http://127.0.0.1:1/", Now: func() time.Time { return noon }})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Advance(t.Context(), time.Hour+999*time.Microsecond); err != nil {
		t.Fatal(err)
	}
	if got := s.cfg.Now(); !got.Equal(noon.Add(time.Hour)) {
		t.Errorf("the clock shows %s, want an hour after noon", got)
	}
}

// A question stays open for a while; a bot that hangs up is not waited for.
func TestQuestionForTheClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := New(Config{Webhook: "http://127.0.0.1:1/"})
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		answer := httptest.NewRecorder()
		s.tellTime(answer, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/x/clock?seen=1", nil))
		if got := strings.TrimSpace(answer.Body.String()); got != `{"offset_ms":0,"version":1}` {
			t.Errorf("got %s, want that nothing has moved", got)
		}
		if took := time.Since(began); took != 25*time.Second {
			t.Errorf("answered after %s, want 25 s", took)
		}
		ctx, hangUp := context.WithCancel(t.Context())
		go s.tellTime(answer, httptest.NewRequestWithContext(ctx, http.MethodGet, "/x/clock?seen=1", nil))
		synctest.Wait()
		hangUp()
		synctest.Wait()
		began = time.Now()
		if err := s.Advance(t.Context(), time.Hour); err != nil {
			t.Error(err)
		}
		if took := time.Since(began); took != 0 {
			t.Errorf("waited %s for a bot that has hung up", took)
		}
	})
}
