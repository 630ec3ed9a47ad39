package send_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parleybot/parley/send"
)

// templateGraph is a client of a Graph API that takes every message, and answers the n-th question for the list
// of templates, from 1 on, with list(n).
func templateGraph(t *testing.T, cfg send.Config, list func(n int) (status int, body string)) *send.Client {
	t.Helper()
	var mu sync.Mutex
	asked := 0
	cfg.Token, cfg.Rate, cfg.Wait, cfg.Tries = "token", -1, noWait, 1
	cfg.HTTP = doer(func(req *http.Request) (*http.Response, error) {
		if req.Method == http.MethodPost {
			return answer(http.StatusOK, `{"id":"1","status":"APPROVED","recipient_id":"1","message_id":"m_1"}`), nil
		}
		mu.Lock()
		asked++
		n := asked
		mu.Unlock()
		status, body := list(n)
		return answer(status, body), nil
	})
	client, err := send.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// TestUtilityCreatedMeanwhile creates a template while the list is being read for another message: the list that comes
// then does not have it, and refuses nobody who knew of the template.
func TestUtilityCreatedMeanwhile(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		release, asked := make(chan struct{}), 0
		client := templateGraph(t, send.Config{}, func(n int) (int, string) {
			asked = n
			if n == 1 {
				<-release
				return http.StatusOK, `{"data":[{"name":"plain","language":"en","status":"APPROVED"}]}`
			}
			return http.StatusOK, approvedTemplates
		})
		var all sync.WaitGroup
		sends := func(request send.Request) {
			all.Go(func() {
				if _, err := client.Send(t.Context(), request); err != nil {
					t.Errorf("%s: %v", request.Message.Template.Name, err)
				}
			})
		}
		sends(utility("plain", "en"))
		synctest.Wait()
		if _, err := client.CreateTemplate(t.Context(), orderUpdate); err != nil {
			t.Fatal(err)
		}
		for range 50 {
			sends(goodUpdate)
		}
		synctest.Wait()
		close(release)
		all.Wait()
		if asked != 2 {
			t.Errorf("asked %d times, want once more for all who came later", asked)
		}
	})
}

// TestUtilityCrowdRefused has many messages wait for a list that refuses them all: it is asked for once for the first,
// and once for all who came meanwhile.
func TestUtilityCrowdRefused(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		release, asked := make(chan struct{}), 0
		client := templateGraph(t, send.Config{}, func(n int) (int, string) {
			asked = n
			<-release
			return http.StatusOK, approvedTemplates
		})
		var all sync.WaitGroup
		for range 50 {
			all.Go(func() {
				if _, err := client.Send(t.Context(), utility("unknown", "en")); err == nil {
					t.Error("a template that does not exist was sent")
				}
			})
		}
		synctest.Wait()
		close(release)
		all.Wait()
		if asked > 2 {
			t.Errorf("asked %d times, want twice at most", asked)
		}
	})
}

// TestUtilityAskAgain says how soon the list is asked for again after a refusal: what passes by itself is not taken
// for a page that may not be seen.
func TestUtilityAskAgain(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		answer string
		after  time.Duration
	}{
		"a passing defect": {`{"error":{"message":"x","code":2}}`, time.Minute},
		"a limit":          {`{"error":{"message":"x","code":4}}`, time.Minute},
		"a gateway":        {`<html>Bad Gateway</html>`, time.Minute},
		"no permission":    {noPermission, time.Hour},
		"no such edge":     {`{"error":{"message":"x","code":100}}`, time.Hour},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			asked, now := 0, time.Date(2026, time.November, 21, 12, 0, 0, 0, time.UTC)
			cfg := send.Config{Now: func() time.Time { return now }}
			client := templateGraph(t, cfg, func(n int) (int, string) {
				asked = n
				return http.StatusBadGateway, test.answer
			})
			for _, step := range []struct {
				wait time.Duration
				want int
			}{{0, 1}, {test.after - time.Second, 1}, {time.Second, 2}} {
				now = now.Add(step.wait)
				if _, err := client.Send(t.Context(), utility("whatever", "en")); err != nil {
					t.Errorf("Send = %v, want Meta to judge", err)
				}
				if asked != step.want {
					t.Errorf("asked %d times, want %d", asked, step.want)
				}
			}
		})
	}
}

// TestUtilityOfEmptyPages has a list go on and on without an item: it is not followed for ever.
func TestUtilityOfEmptyPages(t *testing.T) {
	t.Parallel()
	asked := 0
	client := templateGraph(t, send.Config{}, func(n int) (int, string) {
		asked = n
		after := strings.Repeat("a", n)
		return http.StatusOK, `{"data":[],"paging":{"cursors":{"after":"` + after + `"},"next":"https://graph.example/"}}`
	})
	if _, err := client.Send(t.Context(), goodUpdate); err != nil || asked != 1 {
		t.Errorf("Send = %v after %d questions, want one", err, asked)
	}
}

// TestUtilityBesideOneThatIsGone has two templates of a name and language: the one that may be sent counts, wherever
// it stands.
func TestUtilityBesideOneThatIsGone(t *testing.T) {
	t.Parallel()
	const row = `{"name":"order_update","language":"en","status":%q,"components":` + orderUpdateParts + `}`
	for name, test := range map[string]struct {
		first, second string
		want          string // of the error; "": it goes out
	}{
		"deleted before":  {"DELETED", "APPROVED", ""},
		"rejected after":  {"APPROVED", "REJECTED", ""},
		"neither of them": {"DELETED", "PENDING", "its status is DELETED"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := templateGraph(t, send.Config{}, func(int) (int, string) {
				return http.StatusOK, `{"data":[` + fmt.Sprintf(row, test.first) + "," + fmt.Sprintf(row, test.second) + `]}`
			})
			_, err := client.Send(t.Context(), goodUpdate)
			if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
				t.Errorf("Send = %v, want %q", err, test.want)
			}
		})
	}
}

// TestUtilityOfAListTooLong knows of what it has read that Meta has rejected it, though it has not read all.
func TestUtilityOfAListTooLong(t *testing.T) {
	t.Parallel()
	rows := strings.Repeat(`,{"name":"sale","language":"en","status":"REJECTED"}`, 100)[1:]
	client := templateGraph(t, send.Config{}, func(n int) (int, string) {
		return http.StatusOK, fmt.Sprintf(
			`{"data":[%s],"paging":{"cursors":{"after":"%d"},"next":"https://graph.example/"}}`, rows, n)
	})
	if _, err := client.Send(t.Context(), utility("sale", "en")); !errors.Is(err, send.ErrInvalid) {
		t.Errorf("Send = %v, want send.ErrInvalid", err)
	}
	if _, err := client.Send(t.Context(), goodUpdate); err != nil {
		t.Errorf("Send = %v, want Meta to judge what may be in the rest", err)
	}
}

// TestUtilityAskGivenUp ends the context of the message that asks for the list: the next one asks anew.
func TestUtilityAskGivenUp(t *testing.T) {
	t.Parallel()
	ctx, giveUp := context.WithCancel(t.Context())
	asked := 0
	client := templateGraph(t, send.Config{}, func(n int) (int, string) {
		asked = n
		if n == 1 {
			giveUp()
			return http.StatusBadGateway, ""
		}
		return http.StatusOK, approvedTemplates
	})
	if _, err := client.Send(ctx, goodUpdate); !errors.Is(err, context.Canceled) {
		t.Errorf("Send = %v, want the context's error", err)
	}
	if _, err := client.Send(t.Context(), utility("unknown", "en")); err == nil || asked != 2 {
		t.Errorf("Send = %v after %d questions, want it refused after two", err, asked)
	}
}
