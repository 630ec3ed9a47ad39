package messenger_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/parleybot/parley/simulator/messenger"
)

func TestChallenge(t *testing.T) {
	echo := func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, r.URL.Query().Get("hub.challenge"))
	}
	tests := map[string]struct {
		wrong http.HandlerFunc
		want  []string
	}{
		"line feed added": {
			func(w http.ResponseWriter, r *http.Request) { echo(w, r); _, _ = io.WriteString(w, "\n") },
			[]string{"did not pass the challenge", `\n"`, "and nothing else"},
		},
		"as JSON": {
			func(w http.ResponseWriter, r *http.Request) { fmt.Fprintf(w, "%q", r.URL.Query().Get("hub.challenge")) },
			[]string{`and the body "\"`},
		},
		"token refused": {
			func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) },
			[]string{"403 Forbidden", "VERIFY_TOKEN", "expected was 200 and the body"},
		},
		"wrong path":  {http.NotFound, []string{"404 Not Found", "path of its webhook"}},
		"not allowed": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(405) }, []string{"405"}},
		"redirect": {
			func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/login", http.StatusFound) },
			[]string{"302 Found", `"/login"`, "not followed"},
		},
		"web page": {
			func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, strings.Repeat("<html>", 1000)) },
			[]string{`the body "<html><html>`, `…`},
		},
		"too late": {
			func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
			[]string{"did not answer within 100ms"},
		},
		"connection broken": {
			func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
			[]string{"broke off", "EOF"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var mended atomic.Bool
			var limit time.Duration // the default
			if name == "too late" {
				limit = 100 * time.Millisecond
			}
			r := start(t, messenger.Config{
				Answer: limit,
				Webhook: listenBot(t, func(w http.ResponseWriter, r *http.Request) {
					if mended.Load() {
						echo(w, r)
						return
					}
					tt.wrong(w, r)
				}),
			})
			printed := r.stderr.await(t, "asking again")
			for _, want := range tt.want {
				if !strings.Contains(printed, want) {
					t.Errorf("got %q, want it to contain %q", printed, want)
				}
			}
			mended.Store(true)
			r.ready()
		})
	}
}

func TestChallengeIsAskedAsMetaDoes(t *testing.T) {
	asked := make(chan *http.Request, 10)
	inner := passing(nil)
	url := listenBot(t, func(w http.ResponseWriter, r *http.Request) { asked <- r; inner(w, r) })
	r := start(t, messenger.Config{Webhook: url + "?bot=7", VerifyToken: "s & t"})
	r.ready()
	query := (<-asked).URL.Query()
	if got := query.Get("hub.mode") + " " + query.Get("hub.verify_token") + " " + query.Get("bot"); got != "subscribe s & t 7" {
		t.Errorf("got %q", got)
	}
}

func TestBotThatIsNotThereYet(t *testing.T) {
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	r := start(t, messenger.Config{Webhook: "http://" + addr + "/hook", AppSecret: "key", PageID: "77"})
	for name, want := range map[string]string{
		"APP_SECRET": "key", "PAGE_ID": "77", "ADDR": addr, "GRAPH_VERSION": "v25.0",
	} {
		if got := r.setting(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	if printed := r.stderr.await(t, "asking again"); !strings.Contains(printed, "nothing listens at http://"+addr+"/hook") {
		t.Errorf("got %q", printed)
	}
	if l, err = new(net.ListenConfig).Listen(t.Context(), "tcp", addr); err != nil {
		t.Skip("somebody else has taken the port")
	}
	server := &http.Server{Handler: passing(nil), ReadHeaderTimeout: time.Second}
	done := make(chan error, 1)
	go func() { done <- server.Serve(l) }()
	r.ready()
	if err := server.Shutdown(context.Background()); err != nil {
		t.Error(err)
	}
	if err := <-done; !errors.Is(err, http.ErrServerClosed) {
		t.Error(err)
	}
}

// post is a webhook as the bot has received it.
type post struct {
	header http.Header
	body   string
	answer chan int // the status to answer
}

// next waits for a webhook.
func next(t *testing.T, posts <-chan post) post {
	t.Helper()
	select {
	case p := <-posts:
		return p
	case <-time.After(patience):
		t.Fatal("the bot got no webhook")
		return post{}
	}
}

// reply lets the bot answer.
func (p post) reply(t *testing.T, status int) {
	t.Helper()
	select {
	case p.answer <- status:
	case <-time.After(patience):
		t.Fatal("the simulator did not wait for the answer")
	}
}

// recorder is a bot that hands each POST to the test and answers what the test says.
func recorder(t *testing.T) (url string, posts chan post) {
	t.Helper()
	posts = make(chan post)
	return listenBot(t, passing(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		p := post{header: r.Header, body: string(body), answer: make(chan int)}
		select {
		case posts <- p:
		case <-r.Context().Done():
			return
		}
		select {
		case status := <-p.answer:
			w.WriteHeader(status)
			_, _ = io.WriteString(w, "EVENT_RECEIVED")
		case <-r.Context().Done():
		}
	})), posts
}

func TestWebhookAsMetaSendsIt(t *testing.T) {
	url, posts := recorder(t)
	at := time.UnixMilli(1763715599987)
	r := start(t, messenger.Config{Webhook: url, AppSecret: "key", PageID: "104", Now: func() time.Time { return at }})
	r.ready()
	r.say("Größe 5/6? 👋")
	p := next(t, posts)
	p.reply(t, http.StatusOK)

	want := `{"object":"page","entry":[{"id":"104","time":1763715599987,"messaging":[{"sender":{"id":"PSID"},` +
		`"recipient":{"id":"104"},"timestamp":1763715599987,"message":{"mid":"MID",` +
		`"text":"Gr\u00f6\u00dfe 5\/6? \ud83d\udc4b"}}]}]}`
	var got struct {
		Entry []struct {
			Messaging []struct {
				Sender  struct{ ID string }
				Message struct{ MID string }
			}
		}
	}
	if err := json.Unmarshal([]byte(p.body), &got); err != nil {
		t.Fatal(err)
	}
	item := got.Entry[0].Messaging[0]
	if len(item.Message.MID) != 88 || !strings.HasPrefix(item.Message.MID, "m_") {
		t.Errorf("got the mid %q, want m_ and 86 characters", item.Message.MID)
	}
	want = strings.NewReplacer("PSID", item.Sender.ID, "MID", item.Message.MID).Replace(want)
	if p.body != want {
		t.Errorf("got  %s\nwant %s", p.body, want)
	}
	for name, want := range map[string]string{
		"Content-Type":        "application/json",
		"X-Hub-Signature-256": "sha256=" + sum(sha256.New, p.body),
		"X-Hub-Signature":     "sha1=" + sum(sha1.New, p.body),
	} {
		if got := p.header.Get(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	shown := r.follow(func(f frame) bool { return f.Entry != nil && f.Entry.Webhook != nil && f.Entry.Webhook.Done })
	if w := shown.Entry.Webhook; w.Status != 200 || w.Problem != "" || w.Body != want || w.Answer != "EVENT_RECEIVED" {
		t.Errorf("got %+v", w)
	}
}

func sum(algorithm func() hash.Hash, body string) string {
	h := hmac.New(algorithm, []byte("key"))
	h.Write([]byte(body))
	return hex.EncodeToString(h.Sum(nil))
}

func TestFailedDeliveryIsShownAndNotRepeated(t *testing.T) {
	tests := map[string]struct {
		status int // 0: no answer
		want   string
	}{
		"server error":  {500, "answered 500 Internal Server Error; Meta takes nothing but 200"},
		"other success": {204, "answered 204 No Content"},
		"refused":       {403, "answered 403 Forbidden (does it use the VERIFY_TOKEN and APP_SECRET of this run?)"},
		"redirect":      {302, "answered 302 Found"},
		"too late":      {0, "did not answer within 100ms"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			url, posts := recorder(t)
			var limit time.Duration // the default
			if tt.status == 0 {
				limit = 100 * time.Millisecond
			}
			r := start(t, messenger.Config{Webhook: url, Answer: limit})
			r.ready()
			r.say("first")
			p := next(t, posts)
			if tt.status != 0 {
				p.reply(t, tt.status)
			}
			shown := r.follow(func(f frame) bool {
				return f.Entry != nil && f.Entry.Webhook != nil && f.Entry.Webhook.Done
			})
			if w := shown.Entry.Webhook; w.Status != tt.status || !strings.Contains(w.Problem, tt.want) {
				t.Errorf("got %+v, want %q", w, tt.want)
			}
			r.stderr.await(t, "simulator: webhook 1 (message): the bot "+tt.want)
			r.say("second")
			p = next(t, posts)
			if !strings.Contains(p.body, "second") {
				t.Errorf("got %s, want the second message", p.body)
			}
			if tt.status != 0 {
				p.reply(t, http.StatusOK)
			}
		})
	}
}

func TestEventsAreDeliveredInOrderOneAtATime(t *testing.T) {
	url, posts := recorder(t)
	r := start(t, messenger.Config{Webhook: url})
	r.ready()
	r.say("message 0")
	first := next(t, posts)
	for i := 1; i <= 100; i++ {
		r.say(fmt.Sprintf("message %d", i))
	}
	if err := r.sim.Say("one too many"); err == nil || !strings.Contains(err.Error(), "too far behind") {
		t.Errorf("got %v, want a refusal", err)
	}
	if status, answer := r.post("say", `{"text":"one too many"}`); status != http.StatusServiceUnavailable {
		t.Errorf("got %d %s", status, answer)
	}
	first.reply(t, http.StatusOK)
	for i := 1; i <= 100; i++ {
		p := next(t, posts)
		if want := fmt.Sprintf(`"message %d"`, i); !strings.Contains(p.body, want) {
			t.Fatalf("got %s, want %s", p.body, want)
		}
		p.reply(t, http.StatusOK)
	}
}

func TestNothingIsDeliveredBeforeTheChallenge(t *testing.T) {
	var asked atomic.Int32
	posts := make(chan bool, 1)
	url := listenBot(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Method == http.MethodPost:
			posts <- asked.Load() == 3
		case asked.Add(1) == 3:
			_, _ = io.WriteString(w, r.URL.Query().Get("hub.challenge"))
		default:
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	r := start(t, messenger.Config{Webhook: url})
	r.say("early")
	select {
	case passed := <-posts:
		if !passed {
			t.Error("the event was delivered to a callback that had not passed")
		}
	case <-time.After(patience):
		t.Error("the event was not delivered")
	}
}

func TestEmptyTextIsRefused(t *testing.T) {
	r := start(t, messenger.Config{Webhook: listenBot(t, passing(nil))})
	if err := r.sim.Say(""); err == nil {
		t.Error("got no error")
	}
	for _, body := range []string{`{"text":""}`, `{}`} {
		if status, _ := r.post("say", body); status != http.StatusConflict {
			t.Errorf("%s: got %d", body, status)
		}
	}
	for _, body := range []string{`{"text":7}`, `text`, ``, `{"text":"` + strings.Repeat("x", 1<<17) + `"}`} {
		if status, _ := r.post("say", body); status != http.StatusBadRequest {
			t.Errorf("%.20s: got %d", body, status)
		}
	}
}
