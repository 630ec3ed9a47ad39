package messenger

import (
	"net/http"
	"strconv"
	"time"
)

// longestPoll is how long a bot's question for the clock stays open.
const longestPoll = 25 * time.Second

// handler serves the chat page below one token, and what a bot asks and tells below another.
func (s *Simulator) handler() http.Handler {
	page := guard(s.token, ourOrigin, s.pageHandler())
	bot := guard(s.botToken, noBrowser, s.botHandler())
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if carries(r, s.botToken) {
			bot.ServeHTTP(w, r)
			return
		}
		page.ServeHTTP(w, r)
	})
}

// botHandler serves SIMULATOR_URL: the clock, and the ear for messages that the bot refused to send.
func (s *Simulator) botHandler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{token}/clock", s.tellTime)
	mux.HandleFunc("POST /{token}/refused", func(w http.ResponseWriter, r *http.Request) {
		var said struct{ Person, Reason string }
		if read(w, r, &said) {
			s.refused(said.Person, said.Reason)
			w.WriteHeader(http.StatusNoContent)
		}
	})
	return mux
}

// tellTime answers a bot that follows the clock: at once if the bot has not taken the newest move over, else
// when there is one. The question itself says that what it has seen is taken over.
func (s *Simulator) tellTime(w http.ResponseWriter, r *http.Request) {
	seen, _ := strconv.Atoi(r.URL.Query().Get("seen")) // absent: nothing
	patience := time.NewTimer(longestPoll)
	defer patience.Stop()
	for {
		now, changed := s.clock.read(seen)
		if changed == nil {
			writeJSON(w, now)
			return
		}
		select {
		case <-changed:
		case <-patience.C:
			writeJSON(w, now)
			return
		case <-r.Context().Done():
			s.clock.forsake()
			http.Error(w, "the simulator ends", http.StatusServiceUnavailable)
			return
		}
	}
}

// refused records that the bot has refused to send a message to a person, without a call.
func (s *Simulator) refused(psid, reason string) {
	s.journal.add(entry{Time: s.cfg.Now().UnixMilli(), Person: psid, Refused: &refusal{Reason: reason}})
}
