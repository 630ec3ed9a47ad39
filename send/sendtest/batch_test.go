package sendtest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/parleybot/parley/send/sendtest"
)

// itemReply is one answer of a batch.
type itemReply struct {
	Code    int
	Headers []struct{ Name, Value string }
	Body    string
}

// inBatch sends a batch as a form, and returns the answers.
func inBatch(t *testing.T, g *sendtest.Graph, form url.Values) []*itemReply {
	t.Helper()
	response, err := g.Client().Do(request(t, http.MethodPost, "/", formType, form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	var answers []*itemReply
	if err := json.Unmarshal(body, &answers); err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("HTTP %d %s: %v", response.StatusCode, body, err)
	}
	return answers
}

// sending returns the item of a batch that sends a text.
func sending(text string) map[string]string {
	form := url.Values{"recipient": {`{"id":"` + psid + `"}`}, "message": {`{"text":"` + text + `"}`}}
	return map[string]string{"method": "POST", "relative_url": "me/messages", "body": form.Encode()}
}

func batchOf(t *testing.T, items ...map[string]string) string {
	t.Helper()
	batch, err := json.Marshal(items)
	if err != nil {
		t.Fatal(err)
	}
	return string(batch)
}

// TestBatch: each request of a batch is a call with an answer of its own, in order, its body a string.
func TestBatch(t *testing.T) {
	g := &sendtest.Graph{PageID: "77", Token: "token", Now: atNoon}
	other := sending("no")
	other["relative_url"] = "v21.0/me/messages?access_token=other"
	answers := inBatch(t, g, url.Values{"batch": {batchOf(
		t, sending("one"), sending(""), map[string]string{"relative_url": "v21.0/me?fields=id"}, other, sending("two"),
	)}})
	var got []string
	for i, a := range answers {
		var body reply
		if err := json.Unmarshal([]byte(a.Body), &body); err != nil {
			t.Fatal(err)
		}
		c := g.Calls()[i]
		got = append(got, fmt.Sprint(a.Code, " ", body.Error.Code, "/", body.Error.Subcode, " ", c.Method, " ", c.Path, " ", c.Rule))
		if c.N != i+1 || c.Status != a.Code || string(c.Answer) != a.Body || c.MessageID != body.MessageID {
			t.Errorf("call %+v, answer %+v", c, a)
		}
	}
	want := []string{
		"200 0/0 POST /me/messages ", "400 100/2018034 POST /me/messages S08", "200 0/0 GET /v21.0/me ",
		"400 190/0 POST /v21.0/me/messages T02", "200 0/0 POST /me/messages ",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if answers[2].Body != `{"id":"77"}` || len(g.Calls()) != 5 {
		t.Errorf("%s, %d calls", answers[2].Body, len(g.Calls()))
	}
	versions := ""
	for _, header := range answers[2].Headers {
		if strings.EqualFold(header.Name, "Facebook-Api-Version") {
			versions += header.Value
		}
	}
	if versions != "v21.0" {
		t.Errorf("headers %v", answers[2].Headers)
	}
	answers = inBatch(t, g, url.Values{"batch": {batchOf(t, sending("one"))}, "include_headers": {"false"}})
	if answers[0].Headers != nil {
		t.Errorf("headers nobody asked for: %v", answers[0].Headers)
	}
}

// TestBatchOver50: T13. 50 are carried out; of one more none is.
func TestBatchOver50(t *testing.T) {
	items := make([]map[string]string, 50)
	for i := range items {
		items[i] = sending(fmt.Sprint(i))
	}
	g := &sendtest.Graph{Now: atNoon}
	if n := len(inBatch(t, g, url.Values{"batch": {batchOf(t, items...)}})); n != 50 || len(g.Calls()) != 50 {
		t.Errorf("%d answers, %d calls", n, len(g.Calls()))
	}
	g = &sendtest.Graph{Now: atNoon}
	one := sending("51")
	one["relative_url"] += "?access_token=secret"
	one["body"] += "&access_token=secret"
	form := url.Values{"batch": {batchOf(t, append(items, one)...)}}.Encode()
	got := call(t, g, request(t, http.MethodPost, "/v25.0/", formType, form))
	const says = "Too many requests in batch message. Maximum batch size is 50"
	if got.status != 400 || got.Error.Type != "GraphBatchException" || got.Error.Message != says || strings.Contains(got.body, `"code"`) {
		t.Errorf("HTTP %d %s", got.status, got.body)
	}
	c := last(t, g)
	if c.Rule != "T13" || c.Conf != "H" || c.Source == "" || len(g.Calls()) != 1 {
		t.Errorf("call %+v", c)
	}
	const want = `{"batch":[{"method":"POST","relative_url":"me/messages"},`
	if params := string(c.Params); !strings.HasPrefix(params, want) || strings.Contains(params, "secret") {
		t.Errorf("params %s", params)
	}
}

// TestBatchFailures: a failure on demand hits one request; one whose connection closes is null in the answer.
func TestBatchFailures(t *testing.T) {
	g := &sendtest.Graph{Now: atNoon}
	g.FailWith(sendtest.Failure{Drop: true, Accept: true})
	g.FailNext(613, 0)
	answers := inBatch(t, g, url.Values{"batch": {batchOf(t, sending("1"), sending("2"), sending("3"))}})
	if answers[0] != nil || answers[1].Code != 400 || answers[2].Code != 200 {
		t.Errorf("%+v", answers)
	}
	if c := g.Calls()[0]; c.MessageID == "" {
		t.Errorf("call %+v", c)
	}
}

// TestNoBatch: a POST to / without a batch, and a batch elsewhere, are what they were.
func TestNoBatch(t *testing.T) {
	for path, rule := range map[string]string{"/?batch=now": "T12", "/me/messages?batch=[]": "S01", "/nobody?batch=[]": "T12"} {
		g := &sendtest.Graph{Now: atNoon}
		if got := call(t, g, request(t, http.MethodPost, path, "", "")); last(t, g).Rule != rule {
			t.Errorf("%s: %s", path, got.body)
		}
	}
}

// TestBatchToken: a batch's token and proof are those of its requests; one with its own token needs its own proof.
func TestBatchToken(t *testing.T) {
	const proof = "e9767f3870086e3eaf8f2e5c215e54ea2c445c7238ed04d063d6cf833e1a2522"
	g := &sendtest.Graph{AppSecret: "app_secret_for_tests", RequireProof: true, Now: atNoon}
	own := sending("own")
	own["body"] += "&access_token=other"
	r := request(t, http.MethodPost, "/", formType, url.Values{
		"batch": {batchOf(t, sending("one"), own)}, "access_token": {"PAGE_TOKEN_FOR_TESTS"}, "appsecret_proof": {proof},
	}.Encode())
	r.Header.Del("Authorization")
	response, err := g.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if calls := g.Calls(); calls[0].Rule != "" || calls[1].Rule != "T08" {
		t.Errorf("rules %q and %q", calls[0].Rule, calls[1].Rule)
	}
}

// TestBatchProof: a request may bring the proof of the batch's token.
func TestBatchProof(t *testing.T) {
	const proof = "e9767f3870086e3eaf8f2e5c215e54ea2c445c7238ed04d063d6cf833e1a2522"
	g := &sendtest.Graph{AppSecret: "app_secret_for_tests", RequireProof: true, Now: atNoon}
	proven := sending("one")
	proven["relative_url"] += "?appsecret_proof=" + proof
	form := url.Values{"batch": {batchOf(t, proven, sending("two"))}}.Encode()
	r := request(t, http.MethodPost, "/", formType, form)
	r.Header.Set("Authorization", "Bearer PAGE_TOKEN_FOR_TESTS")
	response, err := g.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if calls := g.Calls(); calls[0].Rule != "" || calls[1].Rule != "T08" {
		t.Errorf("rules %q and %q", calls[0].Rule, calls[1].Rule)
	}
}

// TestBatchFiles: a request has the files that it names.
func TestBatchFiles(t *testing.T) {
	item := sending("")
	item["body"] = url.Values{
		"recipient": {`{"id":"` + psid + `"}`}, "message": {`{"attachment":{"type":"image","payload":{}}}`},
	}.Encode()
	without := map[string]string{"method": "POST", "relative_url": "me/messages", "body": item["body"]}
	item["attached_files"] = "b"
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	must(form.WriteField("batch", batchOf(t, item, without)))
	for name, kind := range map[string]string{"a": "text/plain", "b": "image/png"} {
		header := textproto.MIMEHeader{}
		header.Set("Content-Disposition", `form-data; name="`+name+`"; filename="f"`)
		header.Set("Content-Type", kind)
		_, err := form.CreatePart(header)
		must(err)
	}
	must(form.Close())
	g := &sendtest.Graph{Now: atNoon}
	response, err := g.Client().Do(request(t, http.MethodPost, "/", form.FormDataContentType(), body.String()))
	must(err)
	_ = response.Body.Close()
	if calls := g.Calls(); len(calls) != 2 || calls[0].Rule != "" || calls[1].Rule != "X03" {
		t.Errorf("calls %+v", calls)
	}
}
