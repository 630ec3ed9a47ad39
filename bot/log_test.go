package bot_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/send/sendtest"
	"github.com/parleybot/parley/session"
)

// A whole chat, with everything that can go wrong in it, leaves no word of it in the log: neither PSID, nor
// token, nor secret, nor what was said.
func TestLogTellsNothingOfAPerson(t *testing.T) {
	var log buffer
	var store session.Store
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
		c.Log().Info().Msg("line of the handler")
		if c.Event().Kind() != "message" {
			return errors.Join(c.Thread().Text("spoken"), errHandler)
		}
		switch c.Message() {
		case "whispered panic":
			panic("whispered panic")
		case "whispered wait":
			<-c.Done()
			return c.Err()
		case "whispered nonsense":
			return c.Text("")
		case "whispered carousel":
			return c.QuickReplies("spoken", "spoken title that is far longer than what is shown")
		}
		return errors.Join(c.Text("spoken"), errHandler)
	}), logTo(&log), keepStore(&store), func(cfg *bot.Config) {
		cfg.Token, cfg.VerifyToken = "EAAtokenofthepage", "wordofthedashboard"
		cfg.Timeout, cfg.Drain = 5*time.Millisecond, time.Millisecond
	})
	now := s.clock.Now()
	for _, words := range []string{"panic", "wait", "nonsense", "carousel", "rest"} {
		s.deliver(text(now, person, "m_"+words, "whispered "+words))
		s.again()
		s.again()
	}
	for _, failure := range []sendtest.Failure{
		{Code: 551, Subcode: 1545041},
		{Code: 190},
		{Code: 10, Subcode: 2018278},
		{Drop: true},
		{Status: 500, Body: []byte("spoken")},
		{Code: 4},
	} {
		s.graph.FailWith(failure)
		s.deliver(text(now, person, "m_"+time.Duration(failure.Code+failure.Status).String(), "whispered"))
		s.again()
		s.again()
	}
	for _, item := range s.unanswered() {
		s.deliver(item)
		s.again()
		s.again()
	}
	s.deliver(item(now, person, `"reaction":{"mid":"m_0","action":"react","emoji":"\u2764"}`))
	s.again()
	s.again()
	if _, err := s.Emit(t.Context(), page, person, "reminder", now, "whispered"); err != nil {
		t.Fatal(err)
	}
	s.again()
	s.again()
	s.deliver(text(now.Add(-48*time.Hour), "7100000000000002", "m_old", "whispered"))
	if _, err := store.Put(t.Context(), page+".7100000000000003", session.Record{Data: []byte("whispered")}); err != nil {
		t.Fatal(err)
	}
	s.deliver(text(now, "7100000000000003", "m_damaged", "whispered"))
	s.refused(`{"object":"page","entry":[{"id":"1","messaging":[{"message":{"text":"whispered"}}]}]}`)

	log.mustContain(t, "line of the handler", "handler panicked", "handler failed and is tried again",
		"event becomes a dead letter", "message not sent", "damaged", "webhook request refused", "will cut")
	log.mustNotContain(t, "71000000", "whispered", "spoken", "EAAtoken", secret, "wordofthedashboard")
}

// refused posts a body with a wrong signature, and a challenge with a wrong verify token.
func (s *harness) refused(body string) {
	s.t.Helper()
	forged := httptest.NewRequestWithContext(s.t.Context(), http.MethodPost, bot.WebhookPath, strings.NewReader(body))
	forged.Header.Set("X-Hub-Signature-256", "sha256="+strings.Repeat("0", 64))
	stranger := httptest.NewRequestWithContext(s.t.Context(), http.MethodGet,
		bot.WebhookPath+"?hub.mode=subscribe&hub.challenge=1&hub.verify_token=whispered", nil)
	for _, request := range []*http.Request{forged, stranger} {
		answer := httptest.NewRecorder()
		s.front.ServeHTTP(answer, request)
		if answer.Code != http.StatusForbidden {
			s.t.Errorf("%s: status %d, want 403", request.Method, answer.Code)
		}
	}
}

// The log names one person by one hash, and two by two.
func TestLogNamesAPersonByAHash(t *testing.T) {
	var log buffer
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
		c.Log().Info().Msg("handled")
		if again := c.Log(); again != c.Log() {
			t.Error("a logger is made twice")
		}
		return nil
	}), logTo(&log))
	s.say("m_1")
	s.say("m_2")
	s.deliver(text(s.clock.Now(), "7100000000000002", "m_3", "hi"))

	type line struct {
		Message, Kind, Event, Person string
		Attempt                      int
	}
	var lines []line
	for text := range strings.Lines(log.String()) {
		if l := decoded[line](t, []byte(text)); l.Message == "handled" {
			lines = append(lines, l)
		}
	}
	if len(lines) != 3 {
		t.Fatalf("%d lines, want 3:\n%s", len(lines), &log)
	}
	if first := lines[0]; first.Kind != "message" || first.Event != "message:m_1" || first.Attempt != 1 {
		t.Errorf("line %+v does not name the event", first)
	}
	if lines[0].Person == "" || lines[0].Person != lines[1].Person || lines[0].Person == lines[2].Person {
		t.Errorf("people %q, %q and %q: want the same, the same, and another", lines[0].Person, lines[1].Person, lines[2].Person)
	}
}

// An event that names nobody has nobody in its log lines, and is no empty name to a replacement.
func TestLogOfAnEventWithoutAPerson(t *testing.T) {
	var log buffer
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error { c.Log().Info().Msg("handled"); return nil }), logTo(&log))
	s.post(batch(s.clock.Now(), "changes", `{"field":"feed","value":{"item":"comment","comment_id":"1_2"}}`))
	s.settle()
	log.mustContain(t, `"person":""`)
}

func TestRefusalsOfMetaReachTheHandlerWithoutTheToken(t *testing.T) {
	var got error
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error { got = c.Text("A"); return nil }),
		func(cfg *bot.Config) { cfg.Token = "EAAtoken" })
	s.graph.FailWith(sendtest.Failure{
		Status: 400, Body: []byte(`{"error":{"message":"Malformed access token EAAtoken","type":"OAuthException","code":190}}`),
	})
	s.say("m_1")
	if !errors.Is(got, send.ErrUnauthorized) || strings.Contains(got.Error(), "EAAtoken") {
		t.Errorf("error %v, want ErrUnauthorized without the token", got)
	}
}

// Meta quotes what it refuses. Neither the log nor a dead letter does.
func TestLogWithoutWhatMetaQuotes(t *testing.T) {
	var log buffer
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
		if c.Message() == "m_1" {
			return c.Graph("GET", person, map[string]any{"fields": "name"}, nil)
		}
		return c.Image("https://whispered.example/ana")
	}), logTo(&log))
	for _, text := range []string{
		"Unsupported get request. Object with ID '" + person + "' does not exist",
		"(#100) https://whispered.example/ana should represent a valid URL",
	} {
		s.graph.FailWith(sendtest.Failure{Status: http.StatusBadRequest, Body: []byte(
			`{"error":{"message":"` + text + `","type":"OAuthException","code":100,"fbtrace_id":"A"}}`)})
	}
	s.say("m_1")
	s.say("m_2")
	log.mustContain(t, "Object with ID", "should represent a valid URL")
	log.mustNotContain(t, person, "whispered")
	s.wantCauses("send: graph: Unsupported get request. Object with ID '…' does not exist (code 100, trace A)",
		"send: graph: (#100) … should represent a valid URL (code 100, trace A)")
}
