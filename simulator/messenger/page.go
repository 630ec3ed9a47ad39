package messenger

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"net/http"
	"path"
	"strconv"
	"time"
)

//go:embed page
var files embed.FS

// maxRequest bounds what the page may post at once.
const maxRequest = 64 << 10

// pageHandler serves the chat page and what it asks for.
func (s *Simulator) pageHandler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{token}/{$}", file("index.html"))
	mux.HandleFunc("GET /{token}/{file}", func(w http.ResponseWriter, r *http.Request) {
		file(r.PathValue("file"))(w, r)
	})
	mux.HandleFunc("GET /{token}/events", s.events)
	mux.HandleFunc("POST /{token}/say", func(w http.ResponseWriter, r *http.Request) {
		var said struct{ Text string }
		if read(w, r, &said) {
			reply(w, s.Say(said.Text))
		}
	})
	mux.HandleFunc("POST /{token}/tap", func(w http.ResponseWriter, r *http.Request) {
		var t tap
		if read(w, r, &t) {
			reply(w, s.tapped(s.me, t))
		}
	})
	mux.HandleFunc("POST /{token}/open", func(w http.ResponseWriter, r *http.Request) {
		var o opened
		if read(w, r, &o) {
			reply(w, s.open(s.me, o))
		}
	})
	mux.HandleFunc("POST /{token}/human", func(w http.ResponseWriter, r *http.Request) {
		var said struct{ Text string }
		if read(w, r, &said) {
			reply(w, s.HumanSays(said.Text))
		}
	})
	mux.HandleFunc("POST /{token}/takeover", func(w http.ResponseWriter, _ *http.Request) {
		reply(w, s.TakeOver())
	})
	mux.HandleFunc("POST /{token}/handback", func(w http.ResponseWriter, _ *http.Request) {
		reply(w, s.HandBack())
	})
	mux.HandleFunc("POST /{token}/advance", func(w http.ResponseWriter, r *http.Request) {
		var by struct{ Millis int64 }
		if read(w, r, &by) {
			reply(w, s.Advance(r.Context(), fromMillis(by.Millis)))
		}
	})
	return mux
}

// fromMillis returns a duration of n milliseconds, or the nearest that there is.
func fromMillis(n int64) time.Duration {
	const most = int64(math.MaxInt64 / time.Millisecond)
	return time.Duration(min(max(n, -most), most)) * time.Millisecond
}

// file serves one embedded file of the page.
func file(name string) http.HandlerFunc {
	types := map[string]string{
		".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8",
		".css": "text/css; charset=utf-8", ".svg": "image/svg+xml",
	}
	return func(w http.ResponseWriter, r *http.Request) {
		content, err := fs.ReadFile(files, path.Join("page", name))
		if err != nil {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", types[path.Ext(name)])
		_, _ = w.Write(content) // the reader may have gone
	}
}

// read decodes the JSON that the page posted into v. If it cannot, it answers and returns false.
func read(w http.ResponseWriter, r *http.Request, v any) bool {
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxRequest)).Decode(v); err != nil {
		http.Error(w, "the request is not the JSON expected, or too long", http.StatusBadRequest)
		return false
	}
	return true
}

// writeJSON answers with v.
func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) // the reader may have gone
}

// reply says how an action of the person went: nothing, or the reason why it could not be done.
func reply(w http.ResponseWriter, err error) {
	switch {
	case err == nil:
		w.WriteHeader(http.StatusNoContent)
	case errors.Is(err, errBusy):
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
	default:
		http.Error(w, err.Error(), http.StatusConflict)
	}
}

// events streams the journal as Server-Sent Events: first all of it, or what is new since the reader's last
// event, then each change. An event is one entry or the status; an entry that changes comes again under its
// number.
func (s *Simulator) events(w http.ResponseWriter, r *http.Request) {
	seq, _ := strconv.Atoi(r.Header.Get("Last-Event-ID")) // absent: 0, everything
	w.Header().Set("Content-Type", "text/event-stream")
	out := http.NewResponseController(w)
	for {
		latest := s.journal.since(seq)
		seq = latest.seq
		if err := stream(w, s.frames(latest), seq); err != nil {
			return
		}
		if err := out.Flush(); err != nil {
			return
		}
		select {
		case <-r.Context().Done():
			return
		case <-latest.changed:
		}
	}
}

// frame is one event of the stream.
type frame struct {
	Now    int64   `json:"now"` // milliseconds, by the simulator's clock
	Status *status `json:"status,omitempty"`
	Entry  *entry  `json:"entry,omitempty"`
}

func (s *Simulator) frames(n news) []frame {
	now := s.cfg.Now().UnixMilli()
	var out []frame
	if n.status != nil {
		out = append(out, frame{Now: now, Status: n.status})
	}
	for i := range n.entries {
		out = append(out, frame{Now: now, Entry: &n.entries[i]})
	}
	return out
}

// stream writes the frames. Only the last one carries the ID to resume from: the reader has all of them then.
func stream(w http.ResponseWriter, frames []frame, seq int) error {
	for i, f := range frames {
		data, err := json.Marshal(f)
		if err != nil {
			return err
		}
		if i == len(frames)-1 {
			_, err = fmt.Fprintf(w, "id: %d\n", seq)
		}
		if err == nil {
			_, err = fmt.Fprintf(w, "data: %s\n\n", data)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
