package sendtest

import (
	"cmp"
	"mime"
	"slices"
	"strings"
	"time"
	"unicode"
)

// Limits of files. Source: Meta, Saving Assets, 2026.
const (
	imageSize      = 8 << 20
	fileSize       = 25 << 20
	attachmentLife = 90 * day
	videoFetch     = 75 * time.Second
	otherFetch     = 10 * time.Second
)

// attached judges the attachments themselves.
func (j *judge) attached() {
	for _, a := range j.assets {
		switch {
		case a.file != nil:
			j.fits(a.kind, a.file.kind, a.file.size)
		case a.url != "":
			j.fetched(a.kind, j.data().state.Files[a.url])
		default:
			j.saved(a)
		}
	}
}

// saved judges an attachment by its ID.
func (j *judge) saved(a asset) {
	saved, known := j.data().attachments[a.id]
	expired := !saved.saved.IsZero() && j.now.Sub(saved.saved) > attachmentLife
	switch {
	case !known || expired:
		j.refuse(attachmentUnknown)
	case saved.kind != "" && saved.kind != a.kind:
		j.refuse(attachmentKind)
	}
}

// fetched judges what Meta finds at an address.
func (j *judge) fetched(kind string, f File) {
	switch {
	case kind == "video" && f.Takes > videoFetch:
		j.refuse(videoSlow)
	case f.Gone || kind != "video" && f.Takes > otherFetch:
		j.refuse(fetchFailed)
	}
	if f.Type == "" && f.Size == 0 {
		return
	}
	if f.Type == "" {
		f.Type = kind + "/"
	}
	j.fits(kind, f.Type, f.Size)
}

// fits judges whether a file of a content type and size can be sent as an attachment of a kind.
func (j *judge) fits(kind, contentType string, size int64) {
	limit, large := int64(fileSize), attachmentLarge
	if kind == "image" {
		limit = imageSize
		if j.data().instagram {
			large = mediaIG
		}
	}
	limit = cmp.Or(j.data().state.FileLimit, limit)
	media, _, _ := mime.ParseMediaType(contentType)
	formats := formatsIG[kind]
	switch {
	case kind != "file" && !strings.HasPrefix(strings.ToLower(contentType), kind+"/"):
		j.refuse(attachmentKind)
	case j.data().instagram && media != "" && !slices.Contains(formats, media):
		j.refuse(mediaIG)
	case size > limit:
		j.refuse(large)
	}
}

// formatsIG are the content types that Instagram takes. Source: Meta, Instagram, Send a Message, 2026.
var formatsIG = map[string][]string{
	"image": {"image/png", "image/jpeg", "image/gif"},
	"audio": {
		"audio/aac", "audio/x-aac", "audio/m4a", "audio/x-m4a", "audio/mp4", "audio/wav", "audio/x-wav",
		"audio/wave",
	},
	"video": {
		"video/mp4", "video/ogg", "video/avi", "video/x-msvideo", "video/quicktime", "video/webm",
	},
	"file": {"application/pdf"},
}

// isURL reports whether Meta would take s for a web address: its host must be a domain. What follows the host
// is not judged: that it be well escaped, nobody has seen Meta demand.
func isURL(s string) bool {
	scheme, _, found := strings.Cut(strings.ToLower(s), "://")
	host := hostOf(s)
	name, rest, _ := strings.Cut(host, ".")
	return found && (scheme == "http" || scheme == "https") && name != "" && rest != "" &&
		!strings.ContainsAny(host, " <>[]{}\"'\\") && !strings.ContainsFunc(s, unicode.IsControl)
}

// isHTTPS reports whether s is a web address with https.
func isHTTPS(s string) bool {
	return isURL(s) && strings.HasPrefix(strings.ToLower(s), "https:")
}
