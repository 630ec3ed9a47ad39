package send_test

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/parleybot/parley/send"
)

func TestFromFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a picture.PNG")
	if err := os.WriteFile(path, []byte("png"), 0o600); err != nil {
		t.Fatal(err)
	}
	source := send.FromFile(path)
	if source.Name != "a picture.PNG" || source.ContentType != "image/png" || source.Size != 3 {
		t.Errorf("FromFile = %+v", source)
	}
	for range 2 { // once for each try
		checkContent(t, source, "png")
	}
	if err := send.Upload(send.TypeImage, source).Validate(send.Messenger); err != nil {
		t.Errorf("Validate = %v, want nil", err)
	}
}

func checkContent(t *testing.T, source send.Source, want string) {
	t.Helper()
	file, err := source.Open()
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(file)
	if err != nil || string(got) != want {
		t.Errorf("content %q, %v; want %q", got, err, want)
	}
	if err := file.Close(); err != nil {
		t.Error(err)
	}
}

func TestFromFileThatIsNotThere(t *testing.T) {
	t.Parallel()
	source := send.FromFile(filepath.Join(t.TempDir(), "a.mp3"))
	if source.Size != 0 || source.ContentType != "audio/mpeg" {
		t.Errorf("FromFile = %+v", source)
	}
	if _, err := source.Open(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Open = %v, want fs.ErrNotExist", err)
	}
}

func TestFromBytes(t *testing.T) {
	t.Parallel()
	source := send.FromBytes("b.gif", "image/x", []byte("gif"))
	if source.Name != "b.gif" || source.ContentType != "image/x" || source.Size != 3 {
		t.Errorf("FromBytes = %+v", source)
	}
	for range 2 {
		checkContent(t, source, "gif")
	}
}

func TestContentTypes(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"a.mp3": "audio/mpeg", "a.M4A": "audio/mp4", "a.aac": "audio/aac", "a.wav": "audio/wav", "a.ogg": "audio/ogg",
		"a.mp4": "video/mp4", "a.mov": "video/quicktime", "a.webm": "video/webm", "a.avi": "video/x-msvideo",
		"a.ogv": "video/ogg", "a.jpg": "image/jpeg", "a.png": "image/png", "a.pdf": "application/pdf",
		"a": "application/octet-stream", "a.nobody-knows": "application/octet-stream",
	} {
		if got := send.FromBytes(name, "", nil).ContentType; got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
}

// TestUploadRefuses has what this package cannot send, whatever Meta says.
func TestUploadRefuses(t *testing.T) {
	t.Parallel()
	source := send.FromBytes("a.png", "", []byte("png"))
	without := source
	without.Open = nil
	upload := send.Media{Source: &source}
	tests := map[string]struct {
		message send.Message
		want    string
	}{
		"without Open": {
			send.Upload(send.TypeImage, without),
			"message.attachment.payload: a file without Open: use send.FromFile or send.FromBytes",
		},
		"with a url": {
			attached(send.TypeImage, &send.Media{Source: &source, URL: picture}),
			"message.attachment.payload: a url or an attachment_id beside a file that goes up: want one of them",
		},
		"with an id": {
			attached(send.TypeImage, &send.Media{Source: &source, AttachmentID: "1"}),
			"message.attachment.payload: a url or an attachment_id beside a file that goes up: want one of them",
		},
		"two files": {send.Album(upload, upload), "message.attachments: 2 files, at most one goes up with a message"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if err := test.message.Validate(send.Messenger); err == nil || !hasLine(err, "send: "+test.want) {
				t.Errorf("Validate = %v, want %s", err, test.want)
			}
		})
	}
	album := send.Album(send.Media{URL: picture}, upload)
	if err := album.Validate(send.Messenger); err != nil {
		t.Errorf("Validate(an album with one file) = %v, want nil", err)
	}
	if _, err := clientOf(t, fakeOf(send.Messenger), send.Config{}).Send(t.Context(), requestOf(album)); err != nil {
		t.Errorf("Send(an album with one file) = %v, want it accepted", err)
	}
}
