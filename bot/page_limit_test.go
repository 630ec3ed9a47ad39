package bot_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/webhook"
)

// limitedGraph refuses the calls with one token for a while, and accepts all others. It counts the messages that
// it has accepted, by recipient, and when.
type limitedGraph struct {
	token   string
	refusal string
	until   time.Time

	mu   sync.Mutex
	at   map[string][]time.Time
	made map[string]int // calls, by token
}

func (g *limitedGraph) Do(r *http.Request) (*http.Response, error) {
	var params struct {
		Recipient struct {
			ID string `json:"id"`
		} `json:"recipient"`
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(body, &params); err != nil {
		return nil, err
	}
	token, status, answer := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "), http.StatusOK, `{"message_id":"m"}`
	g.mu.Lock()
	defer g.mu.Unlock()
	g.made[token]++
	if token == g.token && time.Now().Before(g.until) {
		status, answer = http.StatusBadRequest, g.refusal
	} else {
		g.at[params.Recipient.ID] = append(g.at[params.Recipient.ID], time.Now())
	}
	return &http.Response{
		StatusCode: status, Body: io.NopCloser(bytes.NewBufferString(answer)), ContentLength: int64(len(answer)),
	}, nil
}

// answers returns how often a person was answered, and when for the first time.
func (g *limitedGraph) answers(person string) (n int, first time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if n = len(g.at[person]); n > 0 {
		first = g.at[person][0]
	}
	return n, first
}

// serveLimited starts a bot of two Pages, with four lanes, in a synctest bubble. What it returns posts a message.
func serveLimited(t *testing.T, graph *limitedGraph) func(i int, person string) {
	t.Helper()
	graph.at, graph.made = make(map[string][]time.Time), make(map[string]int)
	b, err := bot.New(bot.Config{
		VerifyToken: "v", Apps: fleetApps(), Pages: fleetPages(2), HTTP: graph, Lanes: 4,
	}, echoes)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- b.Serve(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return func(i int, person string) {
		t.Helper()
		body := bodyOf("page", entryOf(time.Now(), pageNumber(i), person, "m_"+person, "hi"))
		request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, bot.WebhookPath, strings.NewReader(body))
		request.Header.Set("X-Hub-Signature-256", webhook.Sign(appSecretOf(i%3), []byte(body)))
		answer := httptest.NewRecorder()
		if b.Webhook().ServeHTTP(answer, request); answer.Code != http.StatusOK {
			t.Fatalf("status %d, want 200", answer.Code)
		}
	}
}

// However many people write to a Page that Meta's limit has stopped, those of another Page are answered at once;
// and when the stop is over, everybody is answered, once.
func TestALimitStopsItsPageOnly(t *testing.T) {
	tests := map[string]struct{ refusal string }{
		"of the Page":   {`{"error":{"message":"(#613) Calls to this api have exceeded the rate limit.","code":613}}`},
		"of the Page 2": {`{"error":{"message":"(#32) Page request limit reached","type":"OAuthException","code":32}}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				const crowd = 40
				start := time.Now()
				graph := &limitedGraph{token: pageTokenOf(0), refusal: test.refusal, until: start.Add(50 * time.Second)}
				post := serveLimited(t, graph)
				for n := range crowd {
					post(0, "7"+strconv.Itoa(n))
				}
				time.Sleep(time.Second)
				post(1, "8")
				time.Sleep(time.Second)
				if n, _ := graph.answers("8"); n != 1 {
					t.Errorf("the person of the other Page was answered %d times within a second, want once", n)
				}
				time.Sleep(30 * time.Minute)
				for n := range crowd {
					if got, at := graph.answers("7" + strconv.Itoa(n)); got != 1 || at.Before(graph.until) {
						t.Errorf("person %d was answered %d times, first after %v, want once after the limit", n, got, at.Sub(start))
					}
				}
				graph.mu.Lock()
				defer graph.mu.Unlock()
				if got := graph.made[pageTokenOf(0)]; got > crowd+8 {
					t.Errorf("%d calls of the stopped Page for %d messages: it was not left alone", got, crowd)
				}
			})
		})
	}
}

// A token that is no longer good stops the calls of its Page, and no others.
func TestACircuitStopsItsPageOnly(t *testing.T) {
	var log buffer
	s, tap := serveFleet(t, echoes, fleetPages(3), logTo(&log), func(cfg *bot.Config) {
		pages := fleetPages(3)
		pages[1].Instagram = []string{"17841400000000001"}
		cfg.Pages = pages
		next := cfg.HTTP.(*wiretap)
		cfg.HTTP = refusing{next, pageTokenOf(0)}
	})
	for n := range 4 {
		for i := range 3 {
			s.sayTo(i, "m_"+strconv.Itoa(n)+"_"+strconv.Itoa(i))
		}
	}
	made := make(map[string]int)
	for _, call := range tap.seen() {
		made[call.token]++
	}
	if made[pageTokenOf(0)] != 0 || made[pageTokenOf(1)] != 4 || made[pageTokenOf(2)] != 4 {
		t.Errorf("calls that got through %v, want 4 of each other Page", made)
	}
	if got := s.Stats().Stops; got != 1 {
		t.Errorf("%d stops, want 1", got)
	}
	for line := range strings.SplitSeq(log.String(), "\n") {
		if strings.Contains(line, "refuses every call") && !strings.Contains(line, `"page":"`+pageNumber(0)+`"`) {
			t.Errorf("the log does not name the Page: %s", line)
		}
	}
	client, err := s.Client(pageNumber(1))
	if err != nil {
		t.Fatal(err)
	}
	wantClass(t, "another Page", client.Act(t.Context(), send.Person(person), send.TypingOn()), nil)
}

// refusing refuses all calls with one token as Meta does when it is revoked.
type refusing struct {
	next  send.Doer
	token string
}

func (r refusing) Do(request *http.Request) (*http.Response, error) {
	if request.Header.Get("Authorization") != "Bearer "+r.token {
		return r.next.Do(request)
	}
	const answer = `{"error":{"message":"Error validating access token: the session has been invalidated",` +
		`"type":"OAuthException","code":190,"error_subcode":460,"fbtrace_id":"A"}}`
	return &http.Response{
		StatusCode: http.StatusBadRequest, Body: io.NopCloser(strings.NewReader(answer)), ContentLength: int64(len(answer)),
	}, nil
}

// Each Page has the rate that it says, or that of Config, and none waits for another.
func TestRatesOfPages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		graph := &limitedGraph{at: make(map[string][]time.Time), made: make(map[string]int)}
		pages := fleetPages(3)
		pages[0].Rate, pages[1].Rate = 2, -1
		b, err := bot.New(bot.Config{VerifyToken: "v", Apps: fleetApps(), Pages: pages, HTTP: graph, Rate: 4}, echoes)
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range []time.Duration{4 * time.Second, 0, 2 * time.Second} { // for 9 calls, the first at once
			client, err := b.Client(pageNumber(i))
			if err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			for range 9 {
				if err := client.Act(t.Context(), send.Person(person), send.TypingOn()); err != nil {
					t.Fatal(err)
				}
			}
			if took := time.Since(start).Round(time.Millisecond); took != want {
				t.Errorf("Page %d: 9 calls took %v, want %v", i, took, want)
			}
		}
	})
}
