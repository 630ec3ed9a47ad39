package send_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/send/sendtest"
)

// batchLine is a call of a batch on the wire.
type batchLine struct {
	Method string `json:"method"`
	URL    string `json:"relative_url"`
	Body   string `json:"body"`
}

// batchIn decodes a batch: its lines and what stands beside them.
func batchIn(t *testing.T, h *heard) ([]batchLine, url.Values) {
	t.Helper()
	form, err := url.ParseQuery(string(h.body))
	if err != nil {
		t.Fatal(err)
	}
	var lines []batchLine
	if err := json.Unmarshal([]byte(form.Get("batch")), &lines); err != nil {
		t.Fatalf("%v in %s", err, h.body)
	}
	form.Del("batch")
	return lines, form
}

// batchAnswers is Meta's answer to a batch: the status and the body of each call, "" for what it did not get to.
func batchAnswers(bodies ...string) string {
	lines := make([]string, len(bodies))
	for i, body := range bodies {
		lines[i] = "null"
		if body != "" {
			status, body, _ := strings.Cut(body, " ")
			lines[i] = `{"code":` + status + `,"body":` + strconv.Quote(body) + `}`
		}
	}
	return "[" + strings.Join(lines, ",") + "]"
}

// The answers to calls in a batch.
const (
	batchReceipt = `200 {"recipient_id":"7100000000000001","message_id":"m_1"}`
	batchClosed  = `400 {"error":{"message":"(#10) outside","type":"OAuthException","code":10,"error_subcode":2018278}}`
	batchToken   = `400 {"error":{"message":"bad","type":"OAuthException","code":190}}`
	batchLimit   = `400 {"error":{"message":"(#32) Page request limit reached","type":"OAuthException","code":32}}`
)

// TestBatchOnTheWire compares a batch with what Meta says of it: Batch Requests, 2026.
func TestBatchOnTheWire(t *testing.T) {
	t.Parallel()
	client, last := hear(t, send.Config{AppSecret: vectorSecret, Token: vectorToken},
		batchAnswers(batchReceipt, `200 {"recipient_id":"7100000000000001"}`, `200 {"id":"104000000000001"}`, `200 {"id":7}`))
	var page, persona struct {
		ID json.Number `json:"id"`
	}
	results, err := client.Batch(t.Context(),
		send.BatchSend(send.Request{
			To: send.Person(person), Message: send.Text("a & b=c"), Type: send.TypeMessageTag, Tag: send.TagHumanAgent,
		}),
		send.BatchAct(send.Person(person), send.TypingOn()),
		send.BatchGraph(http.MethodGet, "me", map[string]any{"fields": "id,name"}, &page),
		send.BatchGraph(http.MethodPost, "me/personas", map[string]any{"name": "Ada", "n": []int{1, 2}}, &persona),
	)
	if err != nil {
		t.Fatal(err)
	}
	want := []send.BatchResult{{Receipt: send.Receipt{RecipientID: person, MessageID: "m_1"}}, {}, {}, {}}
	if diff := cmp.Diff(want, results); diff != "" || page.ID != "104000000000001" || persona.ID != "7" {
		t.Errorf("page %s, persona %s, results\n%s", page.ID, persona.ID, diff)
	}
	lines, beside := batchIn(t, last)
	if last.method != http.MethodPost || last.target != "/v25.0/" || last.header.Get("Authorization") != "Bearer "+vectorToken ||
		last.header.Get("Content-Type") != "application/x-www-form-urlencoded" {
		t.Errorf("%s %s %v", last.method, last.target, last.header)
	}
	if diff := cmp.Diff(url.Values{"include_headers": {"false"}, "appsecret_proof": {vectorProof}}, beside); diff != "" {
		t.Error(diff)
	}
	proof := "appsecret_proof=" + vectorProof
	wantLines := []batchLine{
		{"POST", "me/messages?" + proof, url.Values{
			"recipient": {`{"id":"7100000000000001"}`}, "message": {`{"text":"a \u0026 b=c"}`},
			"messaging_type": {"MESSAGE_TAG"}, "tag": {"HUMAN_AGENT"},
		}.Encode()},
		{"POST", "me/messages?" + proof, url.Values{
			"recipient": {`{"id":"7100000000000001"}`}, "sender_action": {"typing_on"},
		}.Encode()},
		{"GET", "me?" + proof + "&fields=id%2Cname", ""},
		{"POST", "me/personas?" + proof, url.Values{"name": {"Ada"}, "n": {"[1,2]"}}.Encode()},
	}
	if diff := cmp.Diff(wantLines, lines); diff != "" {
		t.Error("want -, got +\n" + diff)
	}
}

// TestBatchByGraph has the strict fake carry one out, with a call that it refuses.
func TestBatchByGraph(t *testing.T) {
	t.Parallel()
	graph := &sendtest.Graph{Strict: true, AppSecret: vectorSecret}
	graph.Block("7100000000000002")
	client := clientOf(t, graph, send.Config{AppSecret: vectorSecret})
	gone := hello
	gone.To = send.Person("7100000000000002")
	gone.Message = send.Text("Hi")
	var page struct{ ID string }
	results, err := client.Batch(t.Context(), send.BatchSend(hello), send.BatchSend(gone),
		send.BatchAct(hello.To, send.TypingOn()), send.BatchGraph(http.MethodGet, "me", nil, &page), send.BatchSend(hello))
	if err != nil || len(results) != 5 {
		t.Fatalf("Batch = %v, %v", results, err)
	}
	for i, r := range results {
		if i == 1 {
			if !errors.Is(r.Err, send.ErrUnreachable) || r.Receipt != (send.Receipt{}) {
				t.Errorf("result %d: %+v, want that the person is unreachable", i, r)
			}
			continue
		}
		if r.Err != nil || (r.Receipt.MessageID != "") != (i == 0 || i == 4) {
			t.Errorf("result %d: %+v", i, r)
		}
	}
	if page.ID != sendtest.DefaultPage || results[0].Receipt.MessageID == results[4].Receipt.MessageID {
		t.Errorf("page %q, receipts %+v and %+v", page.ID, results[0].Receipt, results[4].Receipt)
	}
}

// TestBatchResults holds what becomes of each call by Meta's answer to it.
func TestBatchResults(t *testing.T) {
	t.Parallel()
	get := send.BatchGraph(http.MethodGet, "me", nil, nil)
	remove := send.BatchGraph(http.MethodDelete, "me/personas", nil, nil)
	upload := send.BatchGraph(http.MethodPost, "me/message_attachments", nil, nil)
	text, action := send.BatchSend(hello), send.BatchAct(hello.To, send.TypingOn())
	tests := map[string]struct {
		call      send.BatchCall
		answer    string
		class     error
		retryable bool
	}{
		"a receipt":                   {text, batchReceipt, nil, false},
		"refused":                     {text, batchClosed, send.ErrOutsideWindow, false},
		"refused with a 200":          {text, "200" + batchClosed[3:], send.ErrOutsideWindow, false},
		"a passing failure":           {text, `500 {"error":{"code":2,"is_transient":true}}`, nil, true},
		"no JSON":                     {text, `200 <html>`, send.ErrUnsure, false},
		"a gateway":                   {text, `502 <html>`, nil, true},
		"no mid":                      {text, `200 {"recipient_id":"7100000000000001"}`, send.ErrUnsure, false},
		"a message not got to":        {text, ``, send.ErrUnsure, false},
		"an action not got to":        {action, ``, send.ErrUnsure, false},
		"a DELETE not got to":         {remove, ``, send.ErrUnsure, false},
		"a GET not got to":            {get, ``, nil, true},
		"an upload not got to":        {upload, ``, nil, true},
		"a GET":                       {get, `200 {"id":"1"}`, nil, false},
		"a GET refused":               {get, `400 {"error":{"code":200}}`, send.ErrPermission, false},
		"an unsure failure at Meta's": {text, `500 {"error":{"code":1,"error_subcode":1357046}}`, send.ErrUnsure, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, _ := hear(t, send.Config{}, batchAnswers(batchReceipt, test.answer, batchReceipt))
			results, err := client.Batch(t.Context(), text, test.call, text)
			if err != nil || len(results) != 3 || results[0].Err != nil || results[2].Err != nil {
				t.Fatalf("Batch = %+v, %v; want the others sent", results, err)
			}
			got := results[1]
			failed := test.class != nil || test.retryable
			if (test.class != nil && !errors.Is(got.Err, test.class)) || (got.Err != nil) != failed || send.Retryable(got.Err) != test.retryable {
				t.Errorf("%+v, retryable %v; want %v, %v", got, send.Retryable(got.Err), test.class, test.retryable)
			}
			if refused, ok := errors.AsType[*send.Error](got.Err); ok && refused.Explain().Name == "" {
				t.Errorf("%v is not explained", refused)
			}
		})
	}
	t.Run("too few answers", func(t *testing.T) {
		t.Parallel()
		client, _ := hear(t, send.Config{}, batchAnswers(batchReceipt))
		results, err := client.Batch(t.Context(), text, text, get)
		if err != nil || results[0].Err != nil || !errors.Is(results[1].Err, send.ErrUnsure) || !send.Retryable(results[2].Err) {
			t.Errorf("Batch = %+v, %v", results, err)
		}
	})
	t.Run("a misfit", func(t *testing.T) {
		t.Parallel()
		client, _ := hear(t, send.Config{}, batchAnswers(`200 [1]`))
		results, err := client.Batch(t.Context(), send.BatchGraph(http.MethodGet, "me", nil, new(struct{ ID string })))
		if err != nil || results[0].Err == nil || send.Retryable(results[0].Err) {
			t.Errorf("Batch = %+v, %v", results, err)
		}
	})
	t.Run("fields of the Page", func(t *testing.T) {
		t.Parallel()
		client, _ := hear(t, send.Config{}, batchAnswers(batchReceipt))
		r := hello
		r.Fields = []string{"id"}
		results, err := client.Batch(t.Context(), send.BatchSend(r))
		if err != nil || "200 "+results[0].Receipt.Node != batchReceipt {
			t.Errorf("Batch = %+v, %v", results, err)
		}
	})
}

// TestBatchChecks refuses what is wrong before it goes out, and sends the rest.
func TestBatchChecks(t *testing.T) {
	t.Parallel()
	client, last := hear(t, send.Config{}, batchAnswers(batchReceipt, batchReceipt))
	long, file := hello, carrying(new(openings).source(1, 1))
	long.Message = send.Text(strings.Repeat("a", send.MaxText+1))
	elsewhere, err := send.New(send.Config{Token: "token", BaseURL: "https://graph.instagram.com"})
	if err != nil {
		t.Fatal(err)
	}
	results, err := client.Batch(t.Context(), send.BatchSend(long), send.BatchSend(hello), send.BatchSend(file),
		send.BatchAct(send.Recipient{}, send.TypingOn()), send.BatchAct(hello.To, send.Action{}),
		send.BatchGraph("PUT", "me", nil, nil), send.BatchGraph(http.MethodGet, "me?x", nil, nil), send.BatchCall{},
		send.BatchSend(hello).By(elsewhere), send.BatchSend(hello))
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range results {
		good := i == 1 || i == len(results)-1
		wrong, ok := errors.AsType[*send.FieldError](r.Err)
		if good != (r.Err == nil) || ok == good || (r.Receipt.MessageID != "") != good {
			t.Errorf("result %d: %+v", i, r)
		}
		if i == 2 && (wrong == nil || wrong.Field != "filedata") {
			t.Errorf("a file gives %v", r.Err)
		}
	}
	if lines, _ := batchIn(t, last); len(lines) != 2 {
		t.Errorf("%d calls on the wire, want 2", len(lines))
	}
}

// TestBatchSize takes 50 calls, and makes none for nothing.
func TestBatchSize(t *testing.T) {
	t.Parallel()
	handler, calls := counted(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(batchAnswers(strings.Split(strings.Repeat(batchReceipt+"\n", 50), "\n")[:50]...)))
	})
	client := connect(t, serve(t, handler), send.Config{})
	many := make([]send.BatchCall, 51)
	for i := range many {
		many[i] = send.BatchSend(hello)
	}
	results, err := client.Batch(t.Context(), many...)
	if _, ok := errors.AsType[*send.FieldError](err); !ok || results != nil || calls.Load() > 0 {
		t.Errorf("51 calls: %v, %v after %d calls", results, err, calls.Load())
	}
	if results, err := client.Batch(t.Context()); len(results) > 0 || err != nil || calls.Load() > 0 {
		t.Errorf("no calls: %v, %v after %d calls", results, err, calls.Load())
	}
	if results, err := client.Batch(t.Context(), send.BatchCall{}); len(results) != 1 || err != nil || calls.Load() > 0 {
		t.Errorf("one that is wrong: %v, %v after %d calls", results, err, calls.Load())
	}
	results, err = client.Batch(t.Context(), many[:50]...)
	if err != nil || len(results) != 50 || calls.Load() != 1 || results[49].Err != nil {
		t.Errorf("50 calls: %d results, %v after %d calls", len(results), err, calls.Load())
	}
}

// TestBatchAsAWhole fails as one call does.
func TestBatchAsAWhole(t *testing.T) {
	t.Parallel()
	get, text := send.BatchGraph(http.MethodGet, "me", nil, nil), send.BatchSend(hello)
	refused := `{"error":{"message":"Too many requests in batch message. Maximum batch size is 50","type":"GraphBatchException"}}`
	lost := func(http.ResponseWriter) { panic(http.ErrAbortHandler) }
	says := func(status int, body string) func(http.ResponseWriter) {
		return func(w http.ResponseWriter) {
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body))
		}
	}
	tests := map[string]struct {
		calls  []send.BatchCall
		answer func(http.ResponseWriter)
		class  error
		tries  int32
	}{
		"refused":               {[]send.BatchCall{text}, says(400, refused), nil, 1},
		"a gateway":             {[]send.BatchCall{text}, says(502, ""), nil, 4},
		"no list":               {[]send.BatchCall{text}, says(200, `{"a":1}`), send.ErrUnsure, 1},
		"no JSON":               {[]send.BatchCall{text}, says(200, `<html>`), send.ErrUnsure, 1},
		"lost with a message":   {[]send.BatchCall{get, text}, lost, send.ErrUnsure, 1},
		"lost with questions":   {[]send.BatchCall{get, get}, lost, nil, 4},
		"a token that is wrong": {[]send.BatchCall{text}, says(400, batchToken[4:]), send.ErrUnauthorized, 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			handler, tries := counted(func(w http.ResponseWriter, _ *http.Request) { test.answer(w) })
			results, err := connect(t, serve(t, handler), send.Config{}).Batch(t.Context(), test.calls...)
			if err == nil || results != nil || !errors.Is(err, test.class) && test.class != nil || tries.Load() != test.tries {
				t.Errorf("Batch = %v, %v after %d tries; want %v after %d", results, err, tries.Load(), test.class, test.tries)
			}
			if errors.Is(err, send.ErrUnsure) != errors.Is(test.class, send.ErrUnsure) {
				t.Errorf("Batch = %v", err)
			}
		})
	}
}

// TestBatchTurns counts each call against the limits.
func TestBatchTurns(t *testing.T) {
	t.Parallel()
	took := func(cfg send.Config, calls ...send.BatchCall) time.Duration {
		var took time.Duration
		synctest.Test(t, func(t *testing.T) {
			bodies := make([]string, len(calls))
			for i := range bodies {
				bodies[i] = batchReceipt
			}
			cfg.Token, cfg.HTTP = "token", doer(func(*http.Request) (*http.Response, error) {
				return answer(http.StatusOK, batchAnswers(bodies...)), nil
			})
			client, err := send.New(cfg)
			if err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			if _, err := client.Batch(t.Context(), calls...); err != nil {
				t.Error(err)
			}
			took = time.Since(start)
		})
		return took
	}
	five := func(r send.Request) []send.BatchCall {
		c := send.BatchSend(r)
		return []send.BatchCall{c, c, c, c, c}
	}
	video := hello
	video.Message = send.Video("https://cdn.example/a.mp4")
	if d := took(send.Config{Rate: 10}, five(hello)...); d != 400*time.Millisecond {
		t.Errorf("5 calls at 10 per second take %v, want 400ms", d)
	}
	if d := took(send.Config{}, five(video)...); d < 400*time.Millisecond || d > 450*time.Millisecond {
		t.Errorf("5 videos take %v, want 400ms", d)
	}
	if d := took(send.Config{}, five(hello)...); d > 20*time.Millisecond {
		t.Errorf("5 texts take %v", d)
	}
}

// TestBatchMiddleware sees one call that shows neither token nor words, and may refuse it.
func TestBatchMiddleware(t *testing.T) {
	t.Parallel()
	var seen []send.Outgoing
	var refuse error
	client, last := hear(t, send.Config{Middleware: []func(send.Handler) send.Handler{
		func(next send.Handler) send.Handler {
			return func(ctx context.Context, o *send.Outgoing) error {
				seen = append(seen, *o)
				if refuse != nil {
					return refuse
				}
				return next(ctx, o)
			}
		},
	}}, batchAnswers(batchReceipt, `200 {}`))
	calls := []send.BatchCall{send.BatchSend(hello), send.BatchGraph(http.MethodGet, "me", map[string]any{"a": "b"}, nil)}
	if results, err := client.Batch(t.Context(), calls...); err != nil || results[0].Err != nil {
		t.Fatalf("Batch = %v, %v", results, err)
	}
	if len(seen) != 1 || seen[0].Method != http.MethodPost || seen[0].Path != "" {
		t.Fatalf("saw %+v", seen)
	}
	shown, err := json.Marshal(seen[0].Params)
	if want := `{"batch":[{"method":"POST","relative_url":"me/messages"},{"method":"GET","relative_url":"me"}]}`; err != nil ||
		string(shown) != want {
		t.Errorf("saw %s, want %s", shown, want)
	}
	*last, refuse = heard{}, errors.New("not today")
	if results, err := client.Batch(t.Context(), calls...); !errors.Is(err, refuse) || results != nil || last.method != "" {
		t.Errorf("Batch = %v, %v", results, err)
	}
}
