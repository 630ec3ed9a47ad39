package send_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parleybot/parley/send"
)

func TestCircuit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		page, client := newPage(t, send.Config{}, badToken)
		const text = "send: graph: Session has expired (code 190/463, trace A9x_)"
		if err := page.ends(t, client, send.ErrUnauthorized, 1); err.Error() != text {
			t.Errorf("Send = %v, want %s", err, text)
		}
		if got := page.told(); got != "open: "+text {
			t.Errorf("told %q, want that it opened", got)
		}
		for range 3 {
			err := page.ends(t, client, send.ErrUnauthorized, 0)
			refused, ok := errors.AsType[*send.Error](err)
			if !ok || !refused.NoCall || refused.Subcode != 463 || err.Error() != text+": no call was made" {
				t.Errorf("Send = %v, want what was remembered", err)
			}
		}
		if err := client.Act(t.Context(), hello.To, send.TypingOn()); !errors.Is(err, send.ErrUnauthorized) {
			t.Errorf("Act = %v, want ErrUnauthorized", err)
		}
		if _, err := client.PageID(t.Context()); !errors.Is(err, send.ErrUnauthorized) || page.calls() != 0 {
			t.Errorf("PageID = %v, want ErrUnauthorized without a call", err)
		}
		for _, minutes := range []int{1, 2, 4, 8, 15, 15, 15} {
			time.Sleep(time.Duration(minutes)*time.Minute - time.Nanosecond)
			page.sends(t, client, send.ErrUnauthorized, 0)
			time.Sleep(time.Nanosecond)
			page.sends(t, client, send.ErrUnauthorized, 1)
			page.sends(t, client, send.ErrUnauthorized, 0)
		}
		if got := page.told(); got != "" {
			t.Errorf("told %q of a circuit that stays open", got)
		}
		page.answers(receiptBody)
		time.Sleep(15 * time.Minute)
		page.sends(t, client, nil, 1)
		page.sends(t, client, nil, 1)
		if got := page.told(); got != "closed: "+text {
			t.Errorf("told %q, want that it closed", got)
		}
		page.answers(badToken)
		page.sends(t, client, send.ErrUnauthorized, 1)
		time.Sleep(time.Minute)
		page.sends(t, client, send.ErrUnauthorized, 1)
	})
}

// TestCircuitOpens says which answers open it, for how long at first, and which probes close it.
func TestCircuitOpens(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		answer string
		first  time.Duration // 0: it stays closed
	}{
		"token":                    {badToken, time.Minute},
		"no token":                 {`{"error":{"code":104}}`, time.Minute},
		"abuse":                    {blocked, 15 * time.Minute},
		"sending disabled":         {`{"error":{"code":2022}}`, 15 * time.Minute},
		"Page restricted":          {`{"error":{"code":10,"error_subcode":1893063}}`, 15 * time.Minute},
		"business blocked":         {`{"error":{"code":100,"error_subcode":2534029}}`, 15 * time.Minute},
		"opt-in requests only":     {`{"error":{"code":10,"error_subcode":1404170}}`, 0},
		"permission":               {`{"error":{"code":10}}`, 0},
		"permission, not reviewed": {`{"error":{"code":200,"error_subcode":2018028}}`, 0},
		"unreachable":              {`{"error":{"code":551}}`, 0},
		"invalid":                  {`{"error":{"code":100}}`, 0},
		"token, but transient":     {`{"error":{"code":190,"is_transient":true}}`, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				page, client := newPage(t, send.Config{Tries: 1}, test.answer)
				if _, err := client.Send(t.Context(), hello); err == nil {
					t.Fatal("Send = nil error")
				}
				page.calls()
				page.answers(receiptBody)
				if test.first == 0 {
					page.sends(t, client, nil, 1)
					return
				}
				time.Sleep(test.first - time.Nanosecond)
				if _, err := client.Send(t.Context(), hello); err == nil || page.calls() != 0 {
					t.Errorf("Send = %v, want the circuit open", err)
				}
				time.Sleep(time.Nanosecond)
				page.sends(t, client, nil, 1)
			})
		})
	}
}

// TestProbe ends a first probe in several ways.
func TestProbe(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		opened, probed string
		status         int
		closes         bool
	}{
		"a receipt":                             {badToken, receiptBody, 200, true},
		"another refusal: the token is good":    {badToken, closedBox, 400, true},
		"a limit says nothing":                  {badToken, `{"error":{"code":2018144}}`, 400, false},
		"a gateway says nothing":                {badToken, "<html>", 502, false},
		"a page that is not Meta's":             {badToken, "<html>", 404, false},
		"an answer that nobody can read":        {badToken, "<html>", 200, false},
		"a block: another refusal says nothing": {blocked, closedBox, 400, false},
		"a block: a receipt":                    {blocked, receiptBody, 200, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				page, client := newPage(t, send.Config{Tries: 1}, test.opened)
				_, _ = client.Send(t.Context(), hello)
				time.Sleep(15 * time.Minute)
				page.mu.Lock()
				page.status, page.body = test.status, test.probed
				page.mu.Unlock()
				page.calls()
				_, _ = client.Send(t.Context(), hello)
				_, _ = client.Send(t.Context(), hello)
				want := 1
				if test.closes {
					want = 2
				}
				if n := page.calls(); n != want {
					t.Errorf("%d calls, want %d", n, want)
				}
				if !test.closes { // the interval has not grown
					time.Sleep(15 * time.Minute)
					page.answers(receiptBody)
					page.sends(t, client, nil, 1)
				}
			})
		})
	}
}

// TestBlockStopsNoReading has a block, which does not concern what only asks; and a sender action is no probe.
func TestBlockStopsNoReading(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		page, client := newPage(t, send.Config{}, blocked)
		page.sends(t, client, send.ErrBlocked, 1)
		page.answers(`{"id":"1","recipient_id":"7100000000000001"}`)
		if _, err := client.PageID(t.Context()); err != nil || page.calls() != 1 {
			t.Errorf("PageID = %v, want nil", err)
		}
		time.Sleep(10 * time.Minute)
		page.answers(blocked) // to a reader: that does not put the probe off
		if _, err := client.PageID(t.Context()); !errors.Is(err, send.ErrBlocked) || page.calls() != 1 {
			t.Errorf("PageID = %v, want Meta's refusal", err)
		}
		time.Sleep(5 * time.Minute)
		if err := client.Act(t.Context(), hello.To, send.TypingOn()); !errors.Is(err, send.ErrBlocked) || page.calls() != 0 {
			t.Errorf("Act = %v, want ErrBlocked without a call", err)
		}
		page.answers(receiptBody)
		page.sends(t, client, nil, 1)
	})
}

// TestOneProbe has many calls at the moment of a probe that takes a second.
func TestOneProbe(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		page, client := newPage(t, send.Config{Rate: -1}, badToken)
		page.delay = time.Second
		crowd := func() (refused int) {
			var all sync.WaitGroup
			var mu sync.Mutex
			for range 50 {
				all.Go(func() {
					if _, err := client.Send(t.Context(), hello); errors.Is(err, send.ErrUnauthorized) {
						mu.Lock()
						defer mu.Unlock()
						refused++
					} else if err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			return refused
		}
		if crowd() != 50 || page.calls() != 50 {
			t.Error("want 50 refusals by Meta: nobody knew")
		}
		if got := page.told(); strings.Count(got, "open: ") != 1 || strings.Contains(got, "closed: ") {
			t.Errorf("told %q, want once that it opened", got)
		}
		time.Sleep(time.Minute)
		if refused, calls := crowd(), page.calls(); refused != 50 || calls != 1 {
			t.Errorf("%d refused with %d calls, want 50 with one probe", refused, calls)
		}
		page.answers(receiptBody)
		time.Sleep(2 * time.Minute)
		if refused, calls := crowd(), page.calls(); refused != 49 || calls != 1 {
			t.Errorf("%d refused with %d calls, want 49 with one probe", refused, calls)
		}
		if refused := crowd(); refused != 0 {
			t.Errorf("%d refused after the probe, want none", refused)
		}
	})
}

// TestLateAnswers has an answer to a call from before the circuit opened and closed: it opens it no more.
func TestLateAnswers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		page, client := newPage(t, send.Config{}, badToken)
		page.delay = 100 * time.Second
		var late sync.WaitGroup
		late.Go(func() {
			_, err := client.Send(t.Context(), send.Request{To: hello.To, Message: send.Video("https://cdn.example/a.mp4")})
			if !errors.Is(err, send.ErrUnauthorized) {
				t.Errorf("Send = %v, want ErrUnauthorized", err)
			}
		})
		synctest.Wait()
		page.mu.Lock()
		page.delay = 0
		page.mu.Unlock()
		page.sends(t, client, send.ErrUnauthorized, 2)
		time.Sleep(time.Minute)
		page.answers(receiptBody)
		page.sends(t, client, nil, 1)
		late.Wait()
		page.sends(t, client, nil, 1)
		if got := page.told(); strings.Count(got, "open: ") != 1 {
			t.Errorf("told %q, want once that it opened", got)
		}
	})
}

// TestAProbeThatNeverLeft gives the probe to the next call.
func TestAProbeThatNeverLeft(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		page, client := newPage(t, send.Config{}, badToken)
		page.sends(t, client, send.ErrUnauthorized, 1)
		time.Sleep(time.Minute)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := client.Send(ctx, hello); !errors.Is(err, context.Canceled) || page.calls() != 0 {
			t.Errorf("Send = %v, want the context's end without a call", err)
		}
		page.answers(receiptBody)
		page.sends(t, client, nil, 1)
	})
}

// TestPanickingDoer keeps the probe free.
func TestPanickingDoer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		panics := false
		client, err := send.New(send.Config{Token: "token", HTTP: doer(func(*http.Request) (*http.Response, error) {
			if panics {
				panic("doer")
			}
			return answer(http.StatusBadRequest, badToken), nil
		})})
		if err != nil {
			t.Fatal(err)
		}
		_, _ = client.Send(t.Context(), hello)
		time.Sleep(time.Minute)
		panics = true
		func() {
			defer func() { _ = recover() }()
			_, _ = client.Send(t.Context(), hello)
		}()
		panics = false
		_, err = client.Send(t.Context(), hello)
		if refused, ok := errors.AsType[*send.Error](err); !ok || !refused.NoCall {
			t.Errorf("Send = %v, want no call: nothing is known of the probe", err)
		}
		time.Sleep(time.Minute)
		_, err = client.Send(t.Context(), hello)
		if refused, ok := errors.AsType[*send.Error](err); !ok || refused.NoCall {
			t.Errorf("Send = %v, want a probe", err)
		}
	})
}

// TestCircuitHookUsesTheClient has an alert that sends, as one that tells a person at the Page would; what that
// finds out is told after it.
func TestCircuitHookUsesTheClient(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var client *send.Client
		var states []bool
		inside := false
		body := badToken
		client, err := send.New(send.Config{
			Token: "token",
			HTTP:  doer(func(*http.Request) (*http.Response, error) { return answer(200, body), nil }),
			Circuit: func(open bool, _ error) {
				if inside {
					t.Error("told within an alert")
				}
				inside = true
				defer func() { inside = false }()
				states = append(states, open)
				body = badToken // revoked again while it closed
				if _, err := client.Send(t.Context(), hello); !errors.Is(err, send.ErrUnauthorized) {
					t.Errorf("Send in the alert = %v, want ErrUnauthorized", err)
				}
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		_, _ = client.Send(t.Context(), hello)
		time.Sleep(time.Minute)
		body = receiptBody
		_, _ = client.Send(t.Context(), hello)
		if want := []bool{true, false, true}; !slices.Equal(states, want) {
			t.Errorf("alerts = %v, want %v", states, want)
		}
	})
}

// TestBlockEndsWithAMessage takes no other call for a sign that a block by policy is over; raw messages are
// messages.
func TestBlockEndsWithAMessage(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		method, path string
		ends         bool
	}{
		"a raw message":            {http.MethodPost, "me/messages", true},
		"a raw message, by its ID": {http.MethodPost, "104000000000001/messages", true},
		"a persona":                {http.MethodPost, "me/personas", false},
		"the end of a persona":     {http.MethodDelete, "2200000000000001", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				page, client := newPage(t, send.Config{}, blocked)
				page.sends(t, client, send.ErrBlocked, 1)
				page.answers(receiptBody)
				time.Sleep(15 * time.Minute)
				err := client.Graph(t.Context(), test.method, test.path, nil, nil)
				if ended := err == nil; ended != test.ends || !ended && !errors.Is(err, send.ErrBlocked) {
					t.Errorf("Graph = %v, want the end of it: %t", err, test.ends)
				}
				page.calls()
				page.sends(t, client, nil, 1)
			})
		})
	}
}
