package send_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/parleybot/parley/send"
)

// TestBatchUtility compares a utility template in a batch with the approved ones, as Send does, before the batch
// goes out.
func TestBatchUtility(t *testing.T) {
	t.Parallel()
	var lists, batches int
	client, err := send.New(send.Config{Token: "token", Rate: -1, HTTP: doer(func(r *http.Request) (*http.Response, error) {
		if strings.HasSuffix(r.URL.Path, "/message_templates") {
			lists++
			return answer(http.StatusOK, approvedTemplates), nil
		}
		batches++
		return answer(http.StatusOK, batchAnswers(batchReceipt)), nil
	})})
	if err != nil {
		t.Fatal(err)
	}
	results, err := client.Batch(t.Context(), send.BatchSend(utility("unknown", "en")), send.BatchSend(goodUpdate))
	if err != nil || lists == 0 || batches != 1 {
		t.Fatalf("Batch = %v, %v after %d lists and %d batches", results, err, lists, batches)
	}
	if wrong, ok := errors.AsType[*send.FieldError](results[0].Err); !ok || !strings.HasPrefix(wrong.Field, "message.template") {
		t.Errorf("an unknown template gives %v, want a FieldError", results[0].Err)
	}
	if results[1].Err != nil || results[1].Receipt.MessageID != "m_1" {
		t.Errorf("an approved template gives %+v", results[1])
	}
}

// TestBatchPaths stand in relative_url as they are called alone.
func TestBatchPaths(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"me", "7100000000000001/custom_labels", "mid.1457764197618:41d102a3", "t_mid.1:a/messages", "aWdf==", "m_$&+"} {
		client, last := hear(t, send.Config{}, batchAnswers(`200 {}`, `200 {}`))
		results, err := client.Batch(t.Context(), send.BatchGraph(http.MethodGet, path, nil, nil),
			send.BatchGraph(http.MethodGet, path, map[string]any{"fields": "id"}, nil))
		if err != nil || results[0].Err != nil {
			t.Fatalf("Batch = %v, %v", results, err)
		}
		if lines, _ := batchIn(t, last); lines[0].URL != path || lines[1].URL != path+"?fields=id" {
			t.Errorf("%s is called as %s and %s", path, lines[0].URL, lines[1].URL)
		}
	}
}

// TestBatchTwice has middleware make a batch once more: nothing of the first answers is left in the results.
func TestBatchTwice(t *testing.T) {
	t.Parallel()
	bodies := []string{
		batchAnswers(`200 {"recipient_id":"7100000000000001","message_id":"m_1","attachment_id":"1"}`, `200 {"id":"1"}`),
		batchAnswers(`200 {"recipient_id":"7100000000000001","message_id":"m_2"}`, `200 {"name":"A"}`),
	}
	var page struct{ ID, Name string }
	client, err := send.New(send.Config{
		Token: "token", HTTP: doer(func(*http.Request) (*http.Response, error) {
			next := bodies[0]
			bodies = bodies[1:]
			return answer(http.StatusOK, next), nil
		}),
		Middleware: []func(send.Handler) send.Handler{func(next send.Handler) send.Handler {
			return func(ctx context.Context, o *send.Outgoing) error { return errors.Join(next(ctx, o), next(ctx, o)) }
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	results, err := client.Batch(t.Context(), send.BatchSend(hello), send.BatchGraph(http.MethodGet, "me", nil, &page))
	want := send.BatchResult{Receipt: send.Receipt{RecipientID: person, MessageID: "m_2"}}
	if err != nil || results[0] != want {
		t.Errorf("Batch = %+v, %v; want %+v", results, err, want)
	}
}
