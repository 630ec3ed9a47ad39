package bot_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/webhook"
)

// Meta may copy one mid into six kinds of events. With the bare mid as identity five of them would be lost.
func TestOneMidInSixKindsOfEvents(t *testing.T) {
	var mu sync.Mutex
	var handled []string
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
		mu.Lock()
		defer mu.Unlock()
		kind, _, _ := strings.Cut(c.EventID(), ":")
		handled = append(handled, kind)
		return nil
	}))
	now := s.clock.Now()
	echo := fmt.Sprintf(`{"sender":{"id":%q},"recipient":{"id":%q},"timestamp":%d,`+
		`"message":{"mid":"m_1","is_echo":true,"text":"hi"}}`, page, person, now.UnixMilli())
	items := []string{
		text(now, person, "m_1", "hi"),
		echo,
		item(now, person, `"message_edit":{"mid":"m_1","text":"hi!","num_edit":1}`),
		item(now, person, `"message":{"mid":"m_1","is_deleted":true}`),
		item(now, person, `"reaction":{"mid":"m_1","action":"react","reaction":"love","emoji":"\u2764"}`),
	}
	for range 2 { // Meta delivers again what it takes for lost
		s.deliver(items...)
		if status := s.post(batch(now, "standby", text(now, person, "m_1", "hi"))); status != http.StatusOK {
			t.Fatal(status)
		}
		s.settle()
	}

	if len(handled) != 6 {
		t.Errorf("%d events handled, want 6: %v", len(handled), handled)
	}
	slices.Sort(handled)
	if kinds := slices.Compact(slices.Clone(handled)); len(kinds) != 6 {
		t.Errorf("kinds %v, want six different ones", kinds)
	}
}

func TestRedeliveredBatchOfWhichThreeWereKept(t *testing.T) {
	var handled sync.Map
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
		n, _ := handled.LoadOrStore(c.Message(), new(atomic.Int32))
		n.(*atomic.Int32).Add(1)
		return nil
	}))
	now := s.clock.Now()
	var items []string
	for i := range 5 {
		items = append(items, text(now, person, "m_"+strconv.Itoa(i), strconv.Itoa(i)))
	}
	s.deliver(items[:3]...)
	s.deliver(items...)

	for i := range 5 {
		n, ok := handled.Load(strconv.Itoa(i))
		if !ok || n.(*atomic.Int32).Load() != 1 {
			t.Errorf("event %d not handled exactly once", i)
		}
	}
}

// A thousand people write twenty messages each over eight connections; each sends the next when the last is
// acknowledged, and a fifth of all requests is delivered twice.
func TestOrderAndOnceUnderLoad(t *testing.T) {
	const people, events, connections = 1000, 20, 8
	var mu sync.Mutex
	got := make(map[string][]string)
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
		mu.Lock()
		defer mu.Unlock()
		got[string(c.PSID())] = append(got[string(c.PSID())], c.Message())
		return nil
	}))
	server := httptest.NewServer(s.front)
	t.Cleanup(server.Close)

	type turn struct{ person, event int }
	queue := make(chan turn, people)
	for _, p := range rand.Perm(people) {
		queue <- turn{person: p}
	}
	var left atomic.Int64
	left.Store(people * events)
	var wg sync.WaitGroup
	for range connections {
		wg.Go(func() {
			client := server.Client()
			for next := range queue {
				body := batch(s.clock.Now(), "messaging", text(s.clock.Now(), strconv.Itoa(7000000+next.person),
					fmt.Sprintf("m_%d_%d", next.person, next.event), strconv.Itoa(next.event)))
				copies := 1
				if rand.IntN(5) == 0 {
					copies = 2
				}
				for range copies {
					if status := postTo(t, client, server.URL, body); status != http.StatusOK {
						t.Errorf("status %d", status)
					}
				}
				if next.event++; next.event < events {
					queue <- next
				}
				if left.Add(-1) == 0 {
					close(queue)
				}
			}
		})
	}
	wg.Wait()
	s.settle()

	want := make([]string, events)
	for i := range want {
		want[i] = strconv.Itoa(i)
	}
	if len(got) != people {
		t.Errorf("%d people, want %d", len(got), people)
	}
	for who, heard := range got {
		if !slices.Equal(heard, want) {
			t.Errorf("person %s: handled %v, want %v", who, heard, want)
			break
		}
	}
}

func postTo(t *testing.T, client *http.Client, base, body string) int {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+bot.WebhookPath, bytes.NewBufferString(body))
	if err != nil {
		t.Error(err)
		return 0
	}
	request.Header.Set("X-Hub-Signature-256", webhook.Sign(secret, []byte(body)))
	answer, err := client.Do(request)
	if err != nil {
		t.Error(err)
		return 0
	}
	defer answer.Body.Close()
	return answer.StatusCode
}

func TestTroubleOfOnePersonDelaysNobodyElse(t *testing.T) {
	hang := make(chan struct{})
	troubles := map[string]func(*bot.Context) error{
		"panics": func(*bot.Context) error { panic("words of a person") },
		"fails":  func(*bot.Context) error { return errors.New("failed") },
		"hangs": func(c *bot.Context) error {
			select {
			case <-hang:
			case <-c.Done():
			}
			return c.Err()
		},
	}
	for name, trouble := range troubles {
		t.Run(name, func(t *testing.T) {
			answered := make(chan string, 10)
			s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
				if c.PSID() == person {
					return trouble(c)
				}
				answered <- c.Message()
				return nil
			}), func(cfg *bot.Config) { cfg.Drain = time.Millisecond })
			now := s.clock.Now()
			for _, body := range []string{
				batch(now, "messaging", text(now, person, "m_1", "trouble")),
				batch(now, "messaging", text(now, "42", "m_2", "hello")),
			} {
				if status := s.post(body); status != http.StatusOK {
					t.Fatal(status)
				}
			}
			select {
			case <-answered:
			case <-time.After(5 * time.Second):
				t.Error("the other person still waits")
			}
		})
	}
	close(hang)
}

func TestPersonOverTheirCapTurnsNobodysPostAway(t *testing.T) {
	const cap = 4
	release := make(chan struct{})
	var lanes *bot.Lanes
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
		<-release
		return nil
	}), func(cfg *bot.Config) {
		lanes = bot.NewLanes(bot.LanesConfig{PerLane: cap, Now: cfg.Now})
		cfg.Inbox = lanes
	})
	s.lanes = lanes
	now := s.clock.Now()
	for i := range cap + 3 {
		if status := s.post(batch(now, "messaging", text(now, person, "m_"+strconv.Itoa(i), "again"))); status != 200 {
			t.Errorf("message %d: status %d, want 200", i, status)
		}
	}
	if status := s.post(batch(now, "messaging", text(now, "42", "m_other", "hello"))); status != 200 {
		t.Errorf("another person: status %d, want 200", status)
	}
	close(release)
	s.settle()

	letters, err := s.DeadLetters().List(t.Context())
	if err != nil || len(letters) != 3 {
		t.Fatalf("%d dead letters (%v), want 3", len(letters), err)
	}
	for _, letter := range letters {
		if letter.Cause != bot.CauseOverflow {
			t.Errorf("cause %q, want %q", letter.Cause, bot.CauseOverflow)
		}
	}
}

func TestFullInboxTurnsMetaAwayForNow(t *testing.T) {
	release := make(chan struct{})
	var lanes *bot.Lanes
	s := serve(t, bot.HandlerFunc(func(*bot.Context) error { <-release; return nil }), func(cfg *bot.Config) {
		lanes = bot.NewLanes(bot.LanesConfig{Capacity: 2, Now: cfg.Now})
		cfg.Inbox = lanes
	})
	s.lanes = lanes
	now := s.clock.Now()
	three := batch(now, "messaging", text(now, "1", "m_1", "a"), text(now, "2", "m_2", "b"), text(now, "3", "m_3", "c"))
	if status := s.post(three); status != http.StatusServiceUnavailable {
		t.Errorf("status %d, want 503", status)
	}
	if status := s.post(batch(now, "messaging", text(now, "1", "m_1", "a"))); status != http.StatusOK {
		t.Errorf("status %d, want 200: nothing of the refused batch may have been kept", status)
	}
	close(release)
	s.settle()
}

func TestStopDrainsWhatIsInMemory(t *testing.T) {
	var handled atomic.Int32
	at := newClock()
	b, err := bot.New(bot.Config{
		Token: "t", AppSecrets: []string{secret}, VerifyToken: "v", PageID: page, Now: at.Now, Lanes: 1,
	}, bot.HandlerFunc(func(*bot.Context) error { handled.Add(1); return nil }))
	if err != nil {
		t.Fatal(err)
	}
	events, err := webhook.Decode([]byte(batch(at.Now(), "messaging",
		text(at.Now(), "1", "m_1", "a"), text(at.Now(), "2", "m_2", "b"), text(at.Now(), "3", "m_3", "c"))))
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Accept(t.Context(), events); err != nil {
		t.Fatal(err)
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if err := b.Serve(stopped); err != nil {
		t.Fatal(err)
	}
	if n := handled.Load(); n != 3 {
		t.Errorf("%d events handled before the stop, want 3", n)
	}
}
