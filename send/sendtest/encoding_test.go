package sendtest_test

import (
	"bytes"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/parleybot/parley/send/sendtest"
)

const formType = "application/x-www-form-urlencoded"

// TestEncodings sends one call in every encoding that Meta reads.
func TestEncodings(t *testing.T) {
	const want = `{"message":{"text":"hello, world"},"messaging_type":"RESPONSE","recipient":{"id":"` + psid + `"}}`
	form := func(recipient, message string) string {
		return url.Values{
			"recipient": {recipient}, "messaging_type": {"RESPONSE"}, "message": {message}, "access_token": {"t"},
		}.Encode()
	}
	parts := func(fields map[string]string) (contentType, body string) {
		var b bytes.Buffer
		w := multipart.NewWriter(&b)
		for key, text := range fields {
			if err := w.WriteField(key, text); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return w.FormDataContentType(), b.String()
	}
	multipartType, multipartBody := parts(map[string]string{
		"recipient": `{"id":"` + psid + `"}`, "messaging_type": "RESPONSE", "message": `{"text":"hello, world"}`,
		"access_token": "t",
	})
	tests := map[string]struct{ path, contentType, body string }{
		"JSON, token in the body": {"/me/messages", "application/json", `{"access_token":"t",` + want[1:]},
		"JSON, token in the query": {
			"/me/messages?access_token=t", "application/json; charset=utf-8", want,
		},
		"JSON, objects as strings": {
			"/me/messages?access_token=t", "application/json",
			`{"messaging_type":"RESPONSE","recipient":"{\"id\":\"` + psid + `\"}","message":"{\"text\":\"hello, world\"}"}`,
		},
		"form":                {"/me/messages", formType, form(`{"id":"`+psid+`"}`, `{"text":"hello, world"}`)},
		"form, single quotes": {"/me/messages", formType, form(`{'id':'`+psid+`'}`, `{'text':'hello, world'}`)},
		"form, bare":          {"/me/messages", formType, form(`{id:`+psid+`}`, `{text:"hello, world"}`)},
		"multipart":           {"/me/messages", multipartType, multipartBody},
		"query":               {"/me/messages?" + form(`{"id":"`+psid+`"}`, `{"text":"hello, world"}`), "", ""},
		"query, bare": {
			"/me/messages?recipient={id:" + psid + "}&message={'text':'hello,%20world'}&messaging_type=RESPONSE" +
				"&access_token=t", "", "",
		},
		"body before query": {
			"/me/messages?access_token=t&messaging_type=UPDATE", formType,
			form(`{"id":"`+psid+`"}`, `{"text":"hello, world"}`),
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			g := &sendtest.Graph{Token: "t", Now: atNoon}
			r := request(t, http.MethodPost, test.path, test.contentType, test.body)
			r.Header.Del("Authorization")
			got := call(t, g, r)
			if got.status != http.StatusOK || got.RecipientID != psid || got.MessageID == "" {
				t.Fatalf("HTTP %d %s", got.status, got.body)
			}
			if diff := cmp.Diff(want, string(last(t, g).Params)); diff != "" {
				t.Errorf("Params (-want +got)\n%s", diff)
			}
		})
	}
}

// TestUpload sends a file in the call, with a reusable attachment.
func TestUpload(t *testing.T) {
	g := &sendtest.Graph{Now: atNoon}
	got := call(t, g, upload("image", "image/png", 8<<20)(t))
	if got.status != http.StatusOK || got.AttachmentID == "" {
		t.Fatalf("HTTP %d %s", got.status, got.body)
	}
	const file = `"filedata":{"name":"a","size":8388608,"type":"image/png"}`
	if params := string(last(t, g).Params); !strings.Contains(params, file) {
		t.Errorf("Params %s, want %s in them", params, file)
	}
}

// TestUploadIsStreamed: of a file only the size is kept, however large it is.
func TestUploadIsStreamed(t *testing.T) {
	const size, most = 20 << 20, 5 << 20
	field := func(name, value string) string {
		return "--x\r\nContent-Disposition: form-data; name=" + name + "\r\n\r\n" + value + "\r\n"
	}
	head := field("recipient", `{"id":"`+psid+`"}`) + field("message", `{"attachment":{"type":"file","payload":{}}}`) +
		"--x\r\nContent-Disposition: form-data; name=filedata; filename=a\r\nContent-Type: application/zip\r\n\r\n"
	r := request(t, http.MethodPost, "/me/messages", "multipart/form-data; boundary=x", "")
	r.Body = io.NopCloser(io.MultiReader(strings.NewReader(head), io.LimitReader(zeros{}, size), strings.NewReader("\r\n--x--\r\n")))
	g := &sendtest.Graph{Now: atNoon}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	got := call(t, g, r)
	runtime.ReadMemStats(&after)
	if got.status != http.StatusOK || !strings.Contains(string(last(t, g).Params), `"size":20971520`) {
		t.Errorf("HTTP %d %s", got.status, got.body)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > most {
		t.Errorf("%d bytes for a file of %d", used, size)
	}
}

// zeros reads as zeros without an end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// TestProof checks appsecret_proof against a published vector.
func TestProof(t *testing.T) {
	const proof = "e9767f3870086e3eaf8f2e5c215e54ea2c445c7238ed04d063d6cf833e1a2522"
	g := &sendtest.Graph{AppSecret: "app_secret_for_tests", RequireProof: true, Now: atNoon}
	r := request(t, http.MethodPost, "/me/messages?appsecret_proof="+proof, "application/json", to(hi))
	r.Header.Set("Authorization", "Bearer PAGE_TOKEN_FOR_TESTS")
	if got := call(t, g, r); got.status != http.StatusOK {
		t.Errorf("HTTP %d %s", got.status, got.body)
	}
	if params := string(last(t, g).Params); strings.Contains(params, "proof") {
		t.Errorf("the proof is in Params: %s", params)
	}
}

// printed is the curl command of a reference page and the body it is answered with there.
type printed struct {
	url    string
	fields []string
	answer map[string]string
}

// samples reads the commands out of the reference pages.
func samples(t *testing.T) map[string]printed {
	t.Helper()
	folder := os.Getenv("REFERENCE")
	if folder == "" {
		t.Skip("REFERENCE is not set")
	}
	files, err := filepath.Glob(filepath.Join(folder, "*.txt"))
	if err != nil {
		t.Fatal(err)
	}
	command := regexp.MustCompile(`(?s)curl -X POST "(.*?)" \\\n(.*?)\n[^-]`)
	field := regexp.MustCompile(`-d "(.*?)"(?: \\)?(?:\n|$)`)
	answer := regexp.MustCompile(`(?s)\{\s*"recipient_id".*?\}`)
	found := map[string]printed{}
	for _, file := range files {
		page, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		match := command.FindSubmatch(page)
		if match == nil {
			continue
		}
		// The page text breaks the line inside the URL, where the version was a link.
		p := printed{url: strings.ReplaceAll(string(match[1]), "\n", "")}
		for _, f := range field.FindAllSubmatch(append(match[2], '\n'), -1) {
			p.fields = append(p.fields, string(f[1]))
		}
		if err := json.Unmarshal(answer.Find(page), &p.answer); err != nil {
			t.Fatal(err)
		}
		found[filepath.Base(file)] = p
	}
	if len(found) != 2 {
		t.Fatalf("%d pages with a curl command, want 2", len(found))
	}
	return found
}

// at returns the sample with the host replaced and the placeholders filled in.
func (p printed) at(host string) printed {
	fill := strings.NewReplacer("https://graph.facebook.com", host, "{PAGE_ID}", "104000000000009",
		"{PSID}", psid, "{PAGE_ACCESS_TOKEN}", "page-token")
	filled := printed{url: fill.Replace(p.url), answer: p.answer}
	for _, f := range p.fields {
		filled.fields = append(filled.fields, fill.Replace(f))
	}
	return filled
}

// check compares an answer with the printed one.
func (p printed) check(t *testing.T, body []byte) {
	t.Helper()
	var got map[string]string
	if err := json.Unmarshal(body, &got); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	for key := range p.answer {
		if got[key] == "" {
			t.Errorf("no %s in %s", key, body)
		}
	}
	if len(got) != len(p.answer) || got["recipient_id"] != psid {
		t.Errorf("got %s, printed %v", body, p.answer)
	}
}

// TestPrintedSample runs the curl command of Meta's pages: as the HTTP request that curl makes of it, and with
// curl itself where there is one.
func TestPrintedSample(t *testing.T) {
	for name, sample := range samples(t) {
		t.Run(name, func(t *testing.T) {
			g := &sendtest.Graph{Token: "page-token", PageID: "104000000000009"}
			server := httptest.NewServer(g)
			defer server.Close()
			filled := sample.at(server.URL)

			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, filled.url,
				strings.NewReader(strings.Join(filled.fields, "&")))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Content-Type", formType)
			response, err := server.Client().Do(r)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(response.Body)
			_ = response.Body.Close()
			if err != nil {
				t.Fatal(err)
			}
			filled.check(t, body)

			curl, err := exec.LookPath("curl")
			if err != nil {
				t.Skip("no curl to run the command with")
			}
			args := []string{"--silent", "--noproxy", "*", "-X", "POST", filled.url}
			for _, f := range filled.fields {
				args = append(args, "-d", f)
			}
			body, err = exec.CommandContext(t.Context(), curl, args...).Output()
			if err != nil {
				t.Fatal(err)
			}
			filled.check(t, body)
		})
	}
}
