package sendtest_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/parleybot/parley/send/sendtest"
)

// blank is an endless reader of zeros.
type blank struct{}

func (blank) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// blankFile is a body with a file of so many zeros.
func blankFile(head string, size int64, tail string) io.ReadCloser {
	return io.NopCloser(io.MultiReader(strings.NewReader(head), io.LimitReader(blank{}, size), strings.NewReader(tail)))
}

// withAttachment returns a message with an attachment by its ID.
func withAttachment(kind, id string) string {
	return message(`{"attachment":{"type":"` + kind + `","payload":{"attachment_id":"` + id + `"}}}`)
}

// TestUploadedAttachments: an ID is good for messages of its kind, of its Page, for 90 days.
func TestUploadedAttachments(t *testing.T) {
	now := noon
	g := &sendtest.Graph{
		Now: func() time.Time { return now },
		Pages: []sendtest.Page{
			{ID: "11", Token: "token", Instagram: []string{accountID}},
			{ID: "22", Token: "other"},
		},
	}
	byURL := does(t, g, http.MethodPost, uploadPath,
		`{"message":{"attachment":{"type":"image","payload":{"url":"https://cdn.example/a.png","is_reusable":true}}}}`)
	byFile := call(t, g, uploading("video", "a.mp4", "video/mp4", 25<<20, "messenger")(t))
	once := does(t, g, http.MethodPost, uploadPath,
		`{"message":{"attachment":{"type":"image","payload":{"url":"https://cdn.example/a.png","is_reusable":false}}}}`)
	onInstagram := does(t, g, http.MethodPost, uploadPath,
		`{"platform":"instagram","message":{"attachment":{"type":"image","payload":{"url":"https://cdn.example/a.png","is_reusable":"true"}}}}`)
	for _, got := range []reply{byURL, byFile, once, onInstagram} {
		if got.AttachmentID == "" || got.MessageID != "" || got.body != `{"attachment_id":"`+got.AttachmentID+`"}` {
			t.Errorf("answer %s", got.body)
		}
	}
	g.Account(accountID).Acted("8800000000000001", noon)
	toAccount := strings.Replace(withAttachment("image", onInstagram.AttachmentID), psid, "8800000000000001", 1)
	for name, test := range map[string]struct{ body, token, rule string }{
		"image":                 {withAttachment("image", byURL.AttachmentID), "token", ""},
		"video":                 {withAttachment("video", byFile.AttachmentID), "token", ""},
		"another kind":          {withAttachment("audio", byFile.AttachmentID), "token", "P27"},
		"another Page":          {withAttachment("image", byURL.AttachmentID), "other", "P25"},
		"not reusable":          {withAttachment("image", once.AttachmentID), "token", "P25"},
		"Instagram's":           {toAccount, "token", ""},
		"Instagram's to Page's": {withAttachment("image", onInstagram.AttachmentID), "token", "P25"},
	} {
		t.Run(name, func(t *testing.T) {
			r := request(t, http.MethodPost, "/me/messages", "application/json", test.body)
			r.Header.Set("Authorization", "Bearer "+test.token)
			if got := call(t, g, r); last(t, g).Rule != test.rule {
				t.Errorf("rule %q, want %q: %s", last(t, g).Rule, test.rule, got.body)
			}
		})
	}
	now = noon.Add(90*24*time.Hour + time.Second)
	post(t, g, withAttachment("image", byURL.AttachmentID))
	if c := last(t, g); c.Rule != "P25" {
		t.Errorf("after 90 days: rule %q", c.Rule)
	}
}

// TestUploadOf100MiB: over a socket the whole file is read, not kept, and answered; FileLimit says what Meta takes.
func TestUploadOf100MiB(t *testing.T) {
	for name, test := range map[string]struct {
		limit  int64
		status int
	}{
		"refused": {0, http.StatusBadRequest}, "taken": {200 << 20, http.StatusOK},
	} {
		t.Run(name, func(t *testing.T) {
			g := &sendtest.Graph{Now: atNoon}
			g.Change(func(s *sendtest.State) { s.FileLimit = test.limit })
			server := httptest.NewServer(g)
			defer server.Close()
			r := uploading("video", "a.mp4", "video/mp4", 100<<20, "")(t)
			r.URL.Scheme, r.URL.Host = "http", server.Listener.Addr().String()
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			response, err := server.Client().Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = response.Body.Close() }()
			runtime.ReadMemStats(&after)
			if response.StatusCode != test.status {
				t.Errorf("HTTP %d, want %d", response.StatusCode, test.status)
			}
			if grown := after.TotalAlloc - before.TotalAlloc; grown > 8<<20 {
				t.Errorf("%d bytes allocated", grown)
			}
			var params struct{ Filedata struct{ Size int64 } }
			if err := json.Unmarshal(last(t, g).Params, &params); err != nil || params.Filedata.Size != 100<<20 {
				t.Errorf("file of %d bytes seen: %v", params.Filedata.Size, err)
			}
		})
	}
}

// TestUploadInterrupted: a body that ends early saves nothing.
func TestUploadInterrupted(t *testing.T) {
	g := &sendtest.Graph{Now: atNoon}
	r := uploading("video", "a.mp4", "video/mp4", 1<<20, "")(t)
	r.Body = io.NopCloser(io.LimitReader(r.Body, 1<<19))
	if got := call(t, g, r); got.AttachmentID != "" || last(t, g).Rule != "T10" {
		t.Errorf("rule %q: %s", last(t, g).Rule, got.body)
	}
}

// TestUploadLeniency: the name of a file is no matter on Messenger, and a type that is missing is not a wrong one.
func TestUploadLeniency(t *testing.T) {
	g := &sendtest.Graph{Now: atNoon}
	if got := call(t, g, uploading("file", "naïve.pdf", "application/pdf", 1, "")(t)); got.AttachmentID == "" {
		t.Errorf("a name that is not ASCII: %s", got.body)
	}
	body := `{"message":{"attachment":{"payload":{"url":"https://cdn.example/a.png"}}}}`
	if got := call(t, g, onEdge(uploadPath, body)(t)); last(t, g).Rule != "S23" {
		t.Errorf("no type: rule %q, want S23: %s", last(t, g).Rule, got.body)
	}
}
