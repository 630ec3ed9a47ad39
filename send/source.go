package send

import "io"

// Source is a file that goes up with a message. It is opened once for each try of the call and streamed, so
// that it is never in memory as a whole.
//
// Source: Meta, Saving Assets, 2026: pictures up to 8 MB, others up to 25 MB.
type Source struct {
	// Name is the file's name.
	Name string
	// ContentType is its media type, such as "image/png".
	ContentType string
	// Size is how many bytes it has; 0: unknown.
	Size int64
	// Open returns the file from its beginning. It may be called several times.
	Open func() (io.ReadCloser, error)
}
