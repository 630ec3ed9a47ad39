package send_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parleybot/parley/send"
)

// With a token of Instagram Login "me" is the account: by the ID that its webhooks have, if the answer has it.
func TestPageIDOfInstagramLogin(t *testing.T) {
	t.Parallel()
	const scoped, account = "24500000000000001", "17841400000000001"
	tests := map[string]struct {
		login      bool
		body, want string
	}{
		"both":               {true, `{"id":"` + scoped + `","user_id":"` + account + `"}`, account},
		"a number":           {true, `{"id":` + scoped + `,"user_id":` + account + `}`, account},
		"only user_id":       {true, `{"user_id":"` + account + `"}`, account},
		"only id":            {true, `{"id":"` + account + `"}`, account},
		"a list":             {true, `{"data":[{"id":"` + scoped + `","user_id":"` + account + `"}]}`, account},
		"nothing":            {true, `{}`, ""},
		"an empty list":      {true, `{"data":[]}`, ""},
		"null":               {true, `{"id":null,"user_id":null}`, ""},
		"a Page":             {false, `{"id":"104000000000001"}`, "104000000000001"},
		"a Page, user_id":    {false, `{"id":"104000000000001","user_id":"1"}`, "104000000000001"},
		"a Page, no such ID": {false, `{"user_id":"1"}`, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, last := hear(t, send.Config{InstagramLogin: test.login}, test.body)
			id, err := client.PageID(t.Context())
			if id != test.want || (err == nil) != (test.want != "") {
				t.Errorf("PageID = %q, %v, want %q", id, err, test.want)
			}
			if got := strings.Contains(last.target, "user_id"); got != test.login {
				t.Errorf("asked for %s", last.target)
			}
		})
	}
}

// A caller that refuses to wait gets the limit, with how long it lasts, whether its own call found it out or an
// earlier one.
func TestWaitRefused(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		crowded := errors.New("crowded")
		page, client := newPage(t, send.Config{
			Wait: func(context.Context, time.Duration) error { return crowded },
		}, `{"error":{"code":613}}`)
		page.status = http.StatusBadRequest
		for try, calls := range []int{1, 0} {
			took, err := after(t.Context(), client)
			refused, ok := errors.AsType[*send.Error](err)
			if !ok || !errors.Is(err, send.ErrRateLimited) || refused.Code != 613 || took != 0 {
				t.Fatalf("Send %d = %v after %v, want ErrRateLimited at once", try, err, took)
			}
			if d := refused.RetryAfter; d < time.Minute || d > 100*time.Second {
				t.Errorf("Send %d: RetryAfter = %v, want that of the stop", try, d)
			}
			if got := page.calls(); got != calls || refused.NoCall == (calls > 0) {
				t.Errorf("Send %d: %d calls, NoCall %t, want %d", try, got, refused.NoCall, calls)
			}
		}
		time.Sleep(2 * time.Minute)
		page.answers(receiptBody)
		if _, err := after(t.Context(), client); err != nil {
			t.Errorf("Send = %v after the stop", err)
		}
	})
}

// Clients that are given one transport share its connections.
func TestSharedTransport(t *testing.T) {
	t.Parallel()
	remotes := make(map[string]bool)
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		remotes[r.RemoteAddr] = true
		_, _ = w.Write([]byte(receiptBody))
	})
	shared := send.NewTransport()
	for _, token := range []string{"a", "b", "c"} {
		client, err := send.New(send.Config{Token: token, BaseURL: server.URL, HTTP: shared})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := client.Send(t.Context(), hello); err != nil {
			t.Fatal(err)
		}
		if token == "c" {
			client.CloseIdleConnections()
		}
	}
	if len(remotes) != 1 {
		t.Errorf("%d connections for calls one after the other, want 1", len(remotes))
	}
}
