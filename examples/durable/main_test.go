package main

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/parleybot/parley/send/sendtest"
)

// asBot says in the environment that the test binary is to be the bot.
const asBot = "PARLEY_TEST_AS_BOT"

func TestMain(m *testing.M) {
	if os.Getenv(asBot) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// patience is how long nothing may happen before a test gives up.
const patience = time.Minute

// Who talks to the bot, and what it is configured with.
const (
	page   = "104000000000001"
	person = "7100000000000001"
	secret = "secret of the app under test"
)

// shop is the bot as a process, and Meta around it.
type shop struct {
	t      *testing.T
	dir    string
	addr   string
	graph  *httptest.Server
	texts  chan string   // what the bot says
	silent atomic.Bool   // Meta answers no call
	calls  chan struct{} // a call that is not answered
	said   int           // by the person
	last   string        // that the bot has said

	process *exec.Cmd
}

func newShop(t *testing.T) *shop {
	t.Helper()
	s := &shop{t: t, dir: t.TempDir(), addr: freeAddr(t), texts: make(chan string, 100), calls: make(chan struct{})}
	graph := &sendtest.Graph{Token: "token", OnCall: func(call sendtest.Call) {
		var params struct{ Message struct{ Text string } }
		if json.Unmarshal(call.Params, &params) == nil && params.Message.Text != "" {
			s.texts <- params.Message.Text
		}
	}}
	s.graph = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.silent.Load() {
			graph.ServeHTTP(w, r)
			return
		}
		_, _ = io.Copy(io.Discard, r.Body) // else nobody notices that the bot has gone
		select {
		case s.calls <- struct{}{}:
		case <-r.Context().Done():
		}
		<-r.Context().Done()
	}))
	t.Cleanup(s.graph.Close)
	return s
}

// open starts the bot, and waits until it answers.
func (s *shop) open() {
	s.t.Helper()
	s.process = exec.CommandContext(context.WithoutCancel(s.t.Context()), os.Args[0], "-dir", s.dir)
	s.process.Env = append(os.Environ(), asBot+"=1", "ADDR="+s.addr, "GRAPH_URL="+s.graph.URL, "APP_SECRET="+secret,
		"PAGE_ACCESS_TOKEN=token", "VERIFY_TOKEN=verify", "PAGE_ID="+page, "LOG_LEVEL=warn", "SIMULATOR_URL=")
	s.process.Stdout, s.process.Stderr = s.t.Output(), s.t.Output()
	if err := s.process.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(s.kill)
	s.until(func() bool {
		status, err := s.call(http.MethodGet, "/readyz", "")
		return err == nil && status == http.StatusOK
	})
}

// kill ends the bot as kill -9 does.
func (s *shop) kill() {
	_ = s.process.Process.Kill() // it may have ended
	_ = s.process.Wait()
}

// stop ends the bot in order.
func (s *shop) stop() {
	s.t.Helper()
	if err := s.process.Process.Signal(os.Interrupt); err != nil {
		s.t.Fatal(err)
	}
	if err := s.process.Wait(); err != nil {
		s.t.Errorf("the bot ends with %v", err)
	}
}

// until asks again and again whether something is so.
func (s *shop) until(so func() bool) {
	s.t.Helper()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for deadline := time.Now().Add(patience); !so(); <-again.C {
		if time.Now().After(deadline) {
			s.t.Fatal("the bot does not answer")
		}
	}
}

// say delivers a text of the person, and returns when the bot has acknowledged it.
func (s *shop) say(text string) {
	s.t.Helper()
	s.said++
	now := time.Now().UnixMilli()
	body := fmt.Sprintf(`{"object":"page","entry":[{"id":%q,"time":%d,"messaging":[{"sender":{"id":%q},`+
		`"recipient":{"id":%q},"timestamp":%d,"message":{"mid":"m_%d","text":%q}}]}]}`,
		page, now, person, page, now, s.said, text)
	if status, err := s.call(http.MethodPost, "/webhook", body); err != nil || status != http.StatusOK {
		s.t.Fatalf("%q is answered %d: %v", text, status, err)
	}
}

// call makes a signed call of the bot.
func (s *shop) call(method, path, body string) (status int, err error) {
	request, err := http.NewRequestWithContext(s.t.Context(), method, "http://"+s.addr+path, strings.NewReader(body))
	if err != nil {
		return 0, err
	}
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(body))
	request.Header.Set("X-Hub-Signature-256", "sha256="+hex.EncodeToString(mac.Sum(nil)))
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err
	}
	return response.StatusCode, response.Body.Close()
}

// expect waits for the next text of the bot. The text before it may come once more: a bot that is killed
// between Meta's answer and its own note of it says it again.
func (s *shop) expect(want string) {
	s.t.Helper()
	patient := time.NewTimer(patience)
	defer patient.Stop()
	for {
		select {
		case got := <-s.texts:
			if got == s.last {
				s.t.Logf("%q comes twice", got)
				continue
			}
			if s.last = got; !strings.Contains(got, want) {
				s.t.Fatalf("the bot says %q, want %q", got, want)
			}
			return
		case <-patient.C:
			s.t.Fatalf("the bot does not say %q", want)
		}
	}
}

func freeAddr(t *testing.T) string {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// A process that ends in the middle of an order, in whatever way, leaves it to the next one.
func TestOrderOutlivesTheProcess(t *testing.T) {
	for name, end := range map[string]func(*shop){"killed": (*shop).kill, "stopped": (*shop).stop} {
		t.Run(name, func(t *testing.T) {
			s := newShop(t)
			s.open()
			s.say("pizza")
			s.say("Diavola")
			s.expect("Which size?")
			s.say("Large")
			s.expect("How many of them?")
			end(s)
			s.open()
			s.say("2")
			s.expect("Delivery or pickup?")
			s.say("Pickup")
			s.expect("Which number may we call when it is ready?")
			end(s)
			s.open()
			s.say("+1 202 555 0123")
			s.expect("2 × Diavola, Large: €32.00")
			s.say("Yes")
			s.expect("It is in the oven! We call you when it is ready.")
		})
	}
}

// What was acknowledged is answered by the next process, in order: what was in hand at the end, and what waited
// behind it.
func TestAcknowledgedIsAnswered(t *testing.T) {
	s := newShop(t)
	s.open()
	s.silent.Store(true)
	s.say("hours")
	s.say("good evening")
	select {
	case <-s.calls:
	case <-time.After(patience):
		t.Fatal("the bot makes no call")
	}
	s.kill()
	s.silent.Store(false)
	s.open()
	s.expect("The oven is hot from 11:00 to 23:00, every day.")
	s.expect("Welcome to the corner pizzeria!")
}
