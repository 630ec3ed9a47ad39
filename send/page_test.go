package send_test

import (
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/parleybot/parley/send"
)

// Meta's answers.
const (
	badToken  = `{"error":{"message":"Session has expired","code":190,"error_subcode":463,"fbtrace_id":"A9x_"}}`
	blocked   = `{"error":{"code":368}}`
	closedBox = `{"error":{"code":10,"error_subcode":2018278}}`
)

// page is a Graph API in a bubble that answers each call with what it was told last.
type page struct {
	mu     sync.Mutex
	status int
	header http.Header
	body   string
	delay  time.Duration
	times  []time.Time // of the calls
	alerts []string
}

// newPage returns a Page that answers body, and a client of it.
func newPage(t *testing.T, cfg send.Config, body string) (*page, *send.Client) {
	t.Helper()
	p := &page{status: http.StatusOK, body: body}
	cfg.Token, cfg.HTTP = "token", p
	cfg.Circuit = func(open bool, cause error) {
		p.mu.Lock()
		defer p.mu.Unlock()
		state := "closed: "
		if open {
			state = "open: "
		}
		p.alerts = append(p.alerts, state+cause.Error())
	}
	client, err := send.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return p, client
}

// Do answers a call.
func (p *page) Do(r *http.Request) (*http.Response, error) {
	p.mu.Lock()
	res := answer(p.status, p.body)
	for key := range p.header {
		res.Header.Set(key, p.header.Get(key))
	}
	p.times = append(p.times, time.Now())
	delay := p.delay
	p.mu.Unlock()
	if delay > 0 {
		select {
		case <-time.After(delay):
		case <-r.Context().Done():
			return nil, r.Context().Err()
		}
	}
	return res, nil
}

// answers makes p answer body from now on.
func (p *page) answers(body string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.status, p.body, p.header = http.StatusOK, body, nil
}

// calls returns how many calls came since it was asked last.
func (p *page) calls() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := len(p.times)
	p.times = nil
	return n
}

// told returns the alerts since it was asked last.
func (p *page) told() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := strings.Join(p.alerts, "; ")
	p.alerts = nil
	return all
}

// sends sends a text and holds the result to class (nil: a receipt) and to the number of calls.
func (p *page) sends(t *testing.T, client *send.Client, class error, calls int) {
	t.Helper()
	_ = p.ends(t, client, class, calls)
}

// ends does what sends does, and returns the error.
func (p *page) ends(t *testing.T, client *send.Client, class error, calls int) error {
	t.Helper()
	_, err := client.Send(t.Context(), hello)
	if n := p.calls(); !errors.Is(err, class) || (err == nil) != (class == nil) || n != calls {
		t.Errorf("Send = %v with %d calls, want %v with %d", err, n, class, calls)
	}
	return err
}
