package bot_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/send/sendtest"
)

// simulator is the bot's side of a simulator: a clock that tests move, and an ear for refusals.
type simulator struct {
	t      *testing.T
	server *httptest.Server
	asked  chan int      // what each question for the clock has seen
	told   chan string   // what the bot said of messages that it refused
	close  chan struct{} // closed when questions that wait are to be let go

	mu      sync.Mutex
	answers map[int]string // to a bot that has seen the version
	changed chan struct{}
}

const simulatorToken = "token-of-the-simulator"

func newSimulator(t *testing.T, first string) *simulator {
	t.Helper()
	s := &simulator{
		t: t, asked: make(chan int, 1000), told: make(chan string, 100), close: make(chan struct{}),
		answers: map[int]string{0: first}, changed: make(chan struct{}),
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /"+simulatorToken+"/clock", s.clock)
	mux.HandleFunc("POST /"+simulatorToken+"/refused", func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		s.told <- r.Header.Get("Content-Type") + " " + string(body)
		w.WriteHeader(http.StatusNoContent)
	})
	s.server = httptest.NewServer(mux)
	t.Cleanup(func() { close(s.close); s.server.Close() })
	return s
}

// clock answers with what is laid down for what the bot has seen, once it is.
func (s *simulator) clock(w http.ResponseWriter, r *http.Request) {
	seen, err := strconv.Atoi(r.URL.Query().Get("seen"))
	if err != nil {
		s.t.Errorf("the bot asks with %q", r.URL.RawQuery)
	}
	s.asked <- seen
	for {
		s.mu.Lock()
		answer, ok := s.answers[seen]
		changed := s.changed
		s.mu.Unlock()
		if ok {
			if status, err := strconv.Atoi(answer); err == nil {
				http.Redirect(w, r, "/elsewhere", status)
				return
			}
			_, _ = io.WriteString(w, answer)
			return
		}
		select {
		case <-changed:
		case <-r.Context().Done():
			return
		case <-s.close:
			return
		}
	}
}

// lay lays down the answer to a bot that has seen a version.
func (s *simulator) lay(seen int, answer string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers[seen] = answer
	close(s.changed)
	s.changed = make(chan struct{})
}

// await waits until the bot asks and has seen a version.
func (s *simulator) await(seen int) {
	s.t.Helper()
	limit := time.After(10 * time.Second)
	for {
		select {
		case got := <-s.asked:
			if got == seen {
				return
			}
		case <-limit:
			s.t.Fatalf("the bot has never seen version %d", seen)
		}
	}
}

// at is what a simulator says of its clock.
func at(version int, ahead time.Duration) string {
	return fmt.Sprintf(`{"offset_ms":%d,"version":%d}`, ahead.Milliseconds(), version)
}

// inSimulator starts a bot that the environment tells of a simulator.
func inSimulator(t *testing.T, sim *simulator, h bot.Handler, adjust ...func(*bot.Config)) *harness {
	t.Helper()
	cfg := fromEnv(t, simulated(sim.server.URL+"/"+simulatorToken+"/", sim.server.URL))
	cfg.AppSecrets, cfg.PageID, cfg.Rate = []string{secret}, page, -1
	graph := &sendtest.Graph{PageID: page}
	cfg.HTTP, cfg.Log = graph.Client(), zerolog.Nop()
	s := &harness{t: t, graph: graph}
	for _, change := range adjust {
		change(&cfg)
	}
	var err error
	if s.Bot, err = bot.New(cfg, h); err != nil {
		t.Fatal(err)
	}
	s.front = s.Webhook()
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	served := make(chan error, 1)
	go func() { served <- s.Serve(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-served; err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
	return s
}
