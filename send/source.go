package send

import (
	"bytes"
	"io"
	"mime"
	"os"
	"path/filepath"
	"strings"
)

// Source is a file that goes up, with a message or by [Client.Upload]. It is opened once for each try of
// the call and streamed, so that it is never in memory as a whole. Build it with [FromFile] or
// [FromBytes], or set Open to read it from elsewhere.
//
// Source: Meta, Saving Assets, 2026: pictures up to 8 MB, others up to 25 MB.
type Source struct {
	// Name is the file's name, without folders.
	Name string
	// ContentType is its media type, such as "image/png": that of a picture begins with image/, of a video
	// with video/, of a recording with audio/.
	ContentType string
	// Size is how many bytes it has; 0: unknown.
	Size int64
	// Open returns the file from its beginning. It may be called several times, and the caller closes what it
	// returns. It must not be nil.
	Open func() (io.ReadCloser, error)
	// Progress, if it is not nil, is told how many bytes of the file have left so far, and how many it
	// has, 0 if Size is unknown. Sent only grows within one try of the call, and starts anew with the
	// next. Progress may be called from another goroutine, but never after the call has returned, nor
	// twice at the same time. It must be quick: the file waits for it, and so does the end
	// of the call.
	Progress func(sent, total int64)
	// AnySize lets a file go up that is larger than Meta documents ([MaxImageSize], [MaxFileSize]), which is
	// otherwise refused before the call. This package streams a file of any size.
	AnySize bool
}

// FromFile returns the file at path, with the content type that its extension stands for and its present
// size. A file that cannot be opened fails the call that sends it, with the reason.
func FromFile(path string) Source {
	s := Source{
		Name:        filepath.Base(path),
		ContentType: typeByName(path),
		Open:        func() (io.ReadCloser, error) { return os.Open(filepath.Clean(path)) },
	}
	if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
		s.Size = info.Size()
	}
	return s
}

// FromBytes returns a file of data, which must not be changed while the message may still be sent. An empty
// contentType is taken from the extension of name.
func FromBytes(name, contentType string, data []byte) Source {
	if contentType == "" {
		contentType = typeByName(name)
	}
	return Source{
		Name: filepath.Base(name), ContentType: contentType, Size: int64(len(data)),
		Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil },
	}
}

// typeByName returns the content type that the extension of name stands for. Those of recordings and videos
// are not left to the machine, which may know none.
func typeByName(name string) string {
	extension := strings.ToLower(filepath.Ext(name))
	switch extension {
	case ".mp3":
		return "audio/mpeg"
	case ".m4a":
		return "audio/mp4"
	case ".aac":
		return "audio/aac"
	case ".wav":
		return "audio/wav"
	case ".ogg", ".oga", ".opus":
		return "audio/ogg"
	case ".mp4", ".m4v":
		return "video/mp4"
	case ".mov":
		return "video/quicktime"
	case ".webm":
		return "video/webm"
	case ".avi":
		return "video/x-msvideo"
	case ".ogv":
		return "video/ogg"
	}
	if known := mime.TypeByExtension(extension); known != "" {
		return known
	}
	return "application/octet-stream"
}
