package send_test

import (
	"errors"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/send/sendtest"
)

// otherToken is the token of another Page, and otherProof its appsecret_proof by vectorSecret.
const otherToken = "OTHER_TOKEN_4711"

var otherProof = send.Proof(vectorSecret, otherToken)

// TestBatchOfTwoPages sends each call with its own token and proof, which stand in no address.
func TestBatchOfTwoPages(t *testing.T) {
	t.Parallel()
	last := new(heard)
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		*last = heard{r.Method, r.RequestURI, r.Header, body}
		_, _ = io.WriteString(w, batchAnswers(batchReceipt, batchReceipt, `200 {}`, `200 {}`, `200 {}`))
	})
	client := connect(t, server, send.Config{AppSecret: vectorSecret, Token: vectorToken})
	other := connect(t, server, send.Config{AppSecret: vectorSecret, Token: otherToken})
	results, err := client.Batch(t.Context(),
		send.BatchSend(hello),
		send.BatchSend(hello).By(other),
		send.BatchGraph(http.MethodGet, "me", map[string]any{"fields": "id"}, nil).By(other),
		send.BatchGraph(http.MethodDelete, "1600000000000002", nil, nil).By(other),
		send.BatchAct(hello.To, send.MarkSeen()).By(client),
	)
	if err != nil || len(results) != 5 {
		t.Fatalf("Batch = %+v, %v", results, err)
	}
	for i, r := range results {
		if r.Err != nil {
			t.Errorf("result %d: %v", i, r.Err)
		}
	}
	if strings.Contains(last.target, "TOKEN") || strings.Contains(last.target, "?") {
		t.Errorf("address %s", last.target)
	}
	lines, _ := batchIn(t, last)
	own, others := "?appsecret_proof="+vectorProof, "?appsecret_proof="+otherProof
	message := url.Values{
		"recipient": {`{"id":"7100000000000001"}`}, "message": {`{"text":"Hi"}`}, "messaging_type": {"RESPONSE"},
	}
	another := url.Values{"access_token": {otherToken}}
	maps.Copy(another, message)
	token := "access_token=" + otherToken + "&"
	want := []batchLine{
		{"POST", "me/messages" + own, message.Encode()},
		{"POST", "me/messages" + others, another.Encode()},
		{"GET", "me?" + token + others[1:] + "&fields=id", ""},
		{"DELETE", "1600000000000002?" + token + others[1:], ""},
		{"POST", "me/messages" + own, url.Values{
			"recipient": {`{"id":"7100000000000001"}`}, "sender_action": {"mark_seen"},
		}.Encode()},
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Error("want -, got +\n" + diff)
	}
}

// TestBatchSaysNothing of tokens, IDs and words in its errors, though Meta quotes them.
func TestBatchSaysNothing(t *testing.T) {
	t.Parallel()
	private := []string{"7100000000000001", "sweet nothings 77", vectorToken, otherToken}
	refusal := func(words ...string) string {
		return `{"error":{"message":"(#100) ` + strings.Join(words, ", ") + `","code":100}}`
	}
	for name, body := range map[string]string{
		"the batch": refusal(private...),
		"its calls": batchAnswers("400 "+refusal(private[:3]...), "400 "+refusal(private[0], private[1], private[3])),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) })
			client := connect(t, server, send.Config{Token: vectorToken})
			other := connect(t, server, send.Config{Token: otherToken})
			r := hello
			r.Message = send.Text("sweet nothings 77")
			results, err := client.Batch(t.Context(), send.BatchSend(r), send.BatchSend(r).By(other))
			errs := []error{err}
			for _, result := range results {
				errs = append(errs, result.Err)
			}
			said := errors.Join(errs...)
			if said == nil {
				t.Fatal("no error")
			}
			for _, word := range private {
				if strings.Contains(said.Error(), word) {
					t.Errorf("%q is in %v", word, said)
				}
			}
		})
	}
}

// pair returns the clients of two Pages on one fake network, which is answered by turns.
func pair(t *testing.T, answers *[]string, opened *[]string) (client, other *send.Client) {
	t.Helper()
	made := make([]*send.Client, 2)
	for i, token := range []string{vectorToken, otherToken} {
		var err error
		made[i], err = send.New(send.Config{
			Token: token, Rate: -1, HTTP: doer(func(*http.Request) (*http.Response, error) {
				next := (*answers)[0]
				*answers = (*answers)[1:]
				return answer(http.StatusOK, next), nil
			}),
			Circuit: func(open bool, _ error) {
				if open {
					*opened = append(*opened, token)
				} else {
					*opened = append(*opened, "not "+token)
				}
			},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return made[0], made[1]
}

// TestBatchCircuit opens the circuit of the Page whose token is refused in a batch, and no other. Its calls stay
// out of later batches until a probe among them succeeds.
func TestBatchCircuit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var opened []string
		answers := []string{
			batchAnswers(batchReceipt, batchToken), // opens other's
			batchAnswers(batchReceipt),             // without other's
			batchAnswers(batchReceipt, batchToken), // a probe
			batchAnswers(batchReceipt, batchReceipt),
			batchAnswers(batchReceipt, batchReceipt),
		}
		client, other := pair(t, &answers, &opened)
		batch := func() (first, second error) {
			t.Helper()
			results, err := client.Batch(t.Context(), send.BatchSend(hello), send.BatchSend(hello).By(other))
			if err != nil {
				t.Fatal(err)
			}
			return results[0].Err, results[1].Err
		}
		check := func(step string, noCall, good bool, left int) {
			t.Helper()
			first, second := batch()
			refused, _ := errors.AsType[*send.Error](second)
			if first != nil || (second == nil) != good || !good && refused.NoCall != noCall || len(answers) != left {
				t.Errorf("%s: %v and %v, %d answers left", step, first, second, len(answers))
			}
		}
		check("refused", false, false, 4)
		check("kept back", true, false, 3)
		time.Sleep(61 * time.Second)
		check("the probe", false, false, 2)
		time.Sleep(121 * time.Second)
		check("the next probe", false, true, 1)
		check("good again", false, true, 0)
		if diff := cmp.Diff([]string{otherToken, "not " + otherToken}, opened); diff != "" {
			t.Error(diff)
		}
	})
}

// TestBatchOwnCircuit opens by a call in a batch, and is not closed by a batch whose calls are refused.
func TestBatchOwnCircuit(t *testing.T) {
	t.Parallel()
	blocked := `400 {"error":{"code":368,"message":"blocked"}}`
	synctest.Test(t, func(t *testing.T) {
		var opened []string
		answers := []string{
			batchAnswers(batchReceipt, blocked),
			batchAnswers(blocked, `200 {"id":"1"}`),
			batchAnswers(batchClosed, `200 {"id":"1"}`),
			batchAnswers(batchReceipt, `200 {"id":"1"}`),
		}
		client, _ := pair(t, &answers, &opened)
		batch := func(second send.BatchCall) ([]send.BatchResult, error) {
			return client.Batch(t.Context(), send.BatchSend(hello), second)
		}
		get := send.BatchGraph(http.MethodGet, "me", nil, nil)
		if results, err := batch(send.BatchSend(hello)); err != nil || !errors.Is(results[1].Err, send.ErrBlocked) {
			t.Fatalf("Batch = %v, %v", results, err)
		}
		if _, err := batch(get); !errors.Is(err, send.ErrBlocked) || len(answers) != 3 {
			t.Errorf("Batch = %v, want it kept back", err)
		}
		time.Sleep(16 * time.Minute)
		if results, err := batch(get); err != nil || !errors.Is(results[0].Err, send.ErrBlocked) || results[1].Err != nil {
			t.Errorf("the probe: %v, %v", results, err)
		}
		time.Sleep(16 * time.Minute)
		if results, err := batch(get); err != nil || !errors.Is(results[0].Err, send.ErrOutsideWindow) || results[1].Err != nil {
			t.Errorf("the second probe: %v, %v", results, err)
		}
		if len(opened) != 1 {
			t.Errorf("%v: a GET closed the circuit", opened)
		}
		time.Sleep(16 * time.Minute)
		if results, err := batch(get); err != nil || results[0].Err != nil || len(opened) != 2 {
			t.Errorf("the next probe: %v, %v, %v", results, err, opened)
		}
	})
}

// TestBatchBlockedPage still asks for a Page whose messages are blocked.
func TestBatchBlockedPage(t *testing.T) {
	t.Parallel()
	var opened []string
	answers := []string{
		batchAnswers(batchReceipt, `400 {"error":{"code":368,"message":"blocked"}}`), batchAnswers(batchReceipt, `200 {"id":"1"}`),
	}
	client, other := pair(t, &answers, &opened)
	get := send.BatchGraph(http.MethodGet, "me", nil, nil)
	if r, err := client.Batch(t.Context(), send.BatchSend(hello), send.BatchSend(hello).By(other)); err != nil || !errors.Is(r[1].Err, send.ErrBlocked) {
		t.Fatalf("Batch = %v, %v", r, err)
	}
	if r, err := client.Batch(t.Context(), send.BatchSend(hello), get.By(other)); err != nil || r[1].Err != nil || len(opened) != 1 {
		t.Errorf("Batch = %v, %v, %v; want the question answered", r, err, opened)
	}
}

// TestBatchLostProbe leaves the other Page's circuit open if the batch with its probe fails as a whole.
func TestBatchLostProbe(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var opened []string
		answers := []string{batchAnswers(batchReceipt, batchToken), `<html>`, batchAnswers(batchReceipt, batchReceipt)}
		client, other := pair(t, &answers, &opened)
		batch := func() error {
			_, err := client.Batch(t.Context(), send.BatchSend(hello), send.BatchSend(hello).By(other))
			return err
		}
		if err := batch(); err != nil || len(opened) != 1 {
			t.Fatalf("Batch = %v, %v", err, opened)
		}
		time.Sleep(61 * time.Second)
		if err := batch(); !errors.Is(err, send.ErrUnsure) || len(opened) != 1 {
			t.Errorf("Batch = %v, %v; want the circuit as it was", err, opened)
		}
		time.Sleep(61 * time.Second)
		if err := batch(); err != nil || len(opened) != 2 {
			t.Errorf("Batch = %v, %v; want it closed by the next probe", err, opened)
		}
	})
}

// TestBatchLimit holds a Page back after a call in a batch found its limit reached; others go on.
func TestBatchLimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var opened []string
		answers := []string{batchAnswers(batchReceipt, batchLimit), batchAnswers(batchReceipt), batchAnswers(batchLimit), receiptBody}
		client, other := pair(t, &answers, &opened)
		send2 := func() []send.BatchResult {
			t.Helper()
			results, err := client.Batch(t.Context(), send.BatchSend(hello), send.BatchSend(hello).By(other))
			if err != nil {
				t.Fatal(err)
			}
			return results
		}
		if r := send2(); !errors.Is(r[1].Err, send.ErrRateLimited) || r[0].Err != nil {
			t.Errorf("%+v", r)
		}
		start := time.Now()
		r := send2()
		held, ok := errors.AsType[*send.Error](r[1].Err)
		if !ok || !held.NoCall || held.RetryAfter < 50*time.Second || r[0].Err != nil || time.Since(start) > time.Second {
			t.Errorf("%+v after %v, want that nobody waits for the other Page", r, time.Since(start))
		}
		if r, err := client.Batch(t.Context(), send.BatchSend(hello)); err != nil || !errors.Is(r[0].Err, send.ErrRateLimited) {
			t.Errorf("%+v, %v", r, err)
		}
		start = time.Now()
		if _, err := client.Send(t.Context(), hello); err != nil || time.Since(start) < time.Minute {
			t.Errorf("Send = %v after %v, want it to wait", err, time.Since(start))
		}
	})
}

// TestBatchOfOthersOnly is carried by a client that has no call of its own in it.
func TestBatchOfOthersOnly(t *testing.T) {
	t.Parallel()
	var opened []string
	answers := []string{batchAnswers(batchReceipt), batchAnswers(batchToken)}
	client, other := pair(t, &answers, &opened)
	for _, good := range []bool{true, false, false} {
		results, err := client.Batch(t.Context(), send.BatchSend(hello).By(other))
		if err != nil || (results[0].Err == nil) != good {
			t.Errorf("Batch = %+v, %v", results, err)
		}
	}
	if len(answers) > 0 || len(opened) != 1 {
		t.Errorf("%d answers left, %v", len(answers), opened)
	}
}

// TestBatchByGraphOfTwoPages has the fake, which knows the proofs of tokens, take both.
func TestBatchByGraphOfTwoPages(t *testing.T) {
	t.Parallel()
	graph := &sendtest.Graph{AppSecret: vectorSecret}
	made := make([]*send.Client, 2)
	for i, token := range []string{vectorToken, otherToken} {
		var err error
		made[i], err = send.New(send.Config{Token: token, AppSecret: vectorSecret, HTTP: graph.Client(), Rate: -1, Wait: noWait})
		if err != nil {
			t.Fatal(err)
		}
	}
	results, err := made[0].Batch(t.Context(), send.BatchSend(hello), send.BatchSend(hello).By(made[1]),
		send.BatchGraph(http.MethodGet, "me", nil, nil).By(made[1]))
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range results {
		if r.Err != nil {
			t.Errorf("result %d: %v", i, r.Err)
		}
	}
}
