package bot_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/session"
	"github.com/parleybot/parley/webhook"
)

// peopleEdges answers the edges about people in place of the fake Graph API, which answers all others.
type peopleEdges struct {
	send.Doer

	mu      sync.Mutex
	answers map[string]string // by method and path
	calls   []string          // method, path and parameters
	block   chan struct{}     // if not nil, an answer waits for it
}

func (p *peopleEdges) Do(r *http.Request) (*http.Response, error) {
	what := r.Method + " " + strings.TrimPrefix(r.URL.Path, "/v25.0/")
	p.mu.Lock()
	body, known := p.answers[what]
	block := p.block
	p.mu.Unlock()
	if !known {
		return p.Doer.Do(r)
	}
	params, err := paramsOf(r)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	p.calls = append(p.calls, strings.TrimSpace(what+" "+params))
	p.mu.Unlock()
	if block != nil {
		<-block
	}
	if body == lost {
		return nil, io.ErrUnexpectedEOF
	}
	answer := httptest.NewRecorder()
	if strings.HasPrefix(body, `{"error"`) {
		answer.Code = http.StatusBadRequest
	}
	_, err = answer.WriteString(body)
	return answer.Result(), err
}

// paramsOf returns the parameters of a call as they stand in its query or its body, without the proof.
func paramsOf(r *http.Request) (string, error) {
	if r.Method != http.MethodPost {
		query := r.URL.Query()
		query.Del("appsecret_proof")
		return query.Encode(), nil
	}
	var body map[string]any
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		return "", err
	}
	delete(body, "appsecret_proof")
	text, err := json.Marshal(body)
	return string(text), err
}

// lost is the answer that never comes.
const lost = "lost"

// answer has a call answered with body from now on; "" leaves it to the fake Graph API.
func (p *peopleEdges) answer(call, body string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if body == "" {
		delete(p.answers, call)
		return
	}
	p.answers[call] = body
}

// want compares all calls so far.
func (p *peopleEdges) want(t *testing.T, calls ...string) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if !slices.Equal(p.calls, calls) {
		t.Errorf("calls of the edges about people:\n%s\nwant:\n%s", strings.Join(p.calls, "\n"), strings.Join(calls, "\n"))
	}
}

// edgesOf puts peopleEdges in front of a bot's Graph API.
func edgesOf(edges *peopleEdges) func(*bot.Config) {
	return func(cfg *bot.Config) {
		edges.Doer, edges.answers = cfg.HTTP, make(map[string]string)
		cfg.HTTP = edges
	}
}

const (
	askAna      = "GET " + person
	anasProfile = `{"id":"7100000000000001","name":"Ana Li","first_name":"Ana","last_name":"Li"}`
	askedAna    = askAna + " fields=id%2Cname%2Cfirst_name%2Clast_name%2Cprofile_pic"
)

// greet answers with the first name.
func greet(c *bot.Context) error {
	profile, err := c.Profile()
	if err != nil {
		return err
	}
	return c.Text("Hi " + profile.FirstName)
}

// Meta is asked once for each person, and again after 24 hours; a bot that starts anew knows what was asked.
func TestProfileIsAskedOnce(t *testing.T) {
	var store session.Store
	edges, later := new(peopleEdges), new(peopleEdges)
	s := serve(t, bot.HandlerFunc(greet), keepStore(&store), edgesOf(edges))
	edges.answer(askAna, anasProfile)
	edges.answer("GET 7100000000000002", `{"first_name":"Ben"}`)
	s.say("m_1")
	s.say("m_2")
	s.deliver(text(s.clock.Now(), "7100000000000002", "m_3", "hi"))
	s.want("Hi Ana", "Hi Ana", "Hi Ben")
	askedBen := strings.Replace(askedAna, "0001", "0002", 1)
	edges.want(t, askedAna, askedBen)

	s.clock.Add(24*time.Hour - time.Second)
	s.say("m_4")
	edges.want(t, askedAna, askedBen)
	s.clock.Add(time.Second)
	s.say("m_5")
	edges.want(t, askedAna, askedBen, askedAna)

	again := serve(t, bot.HandlerFunc(greet), edgesOf(later), func(cfg *bot.Config) { cfg.Store = store })
	again.clock.Add(25 * time.Hour)
	again.say("m_6")
	again.want("Hi Ana")
	later.want(t)
	again.clock.Add(-3 * time.Hour) // before it was asked: nothing that could be known
	later.answer(askAna, anasProfile)
	again.say("m_7")
	later.want(t, askedAna)
	s.wantCauses()
	again.wantCauses()
}

// Refusals that are about one person are an empty profile, which is asked for again after an hour; a limit or
// a bad token is an error. Source: Meta, User Profile API, 2026.
func TestProfileRefused(t *testing.T) {
	tests := map[string]struct {
		answer string
		empty  bool
		class  error
	}{
		"an empty object":    {`{}`, true, nil},
		"no more than an ID": {`{"id":"7100000000000001"}`, true, nil},
		"no profile":         {`{"error":{"message":"x","code":100,"error_subcode":2018218}}`, true, nil},
		"no permission":      {`{"error":{"message":"x","code":10,"error_subcode":2018247}}`, true, nil},
		"no consent":         {`{"error":{"message":"x","code":230}}`, true, nil},
		"not visible":        {`{"error":{"message":"x","code":100,"error_subcode":33}}`, true, nil},
		"a wrong call":       {`{"error":{"message":"x","code":100}}`, false, send.ErrInvalid},
		"a bad token":        {`{"error":{"message":"x","code":190}}`, false, send.ErrUnauthorized},
		"a policy":           {`{"error":{"message":"x","code":368}}`, false, send.ErrBlocked},
		"a passing defect":   {`{"error":{"message":"x","code":2}}`, false, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			edges, got := new(peopleEdges), error(nil)
			s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
				profile, err := c.Profile()
				profile.ID = "" // the one that was asked for
				if profile != (send.PersonProfile{}) {
					t.Errorf("profile %+v, want none", profile)
				}
				got = err
				return nil
			}), edgesOf(edges))
			edges.answer(askAna, test.answer)
			s.say("m_1")
			if empty := got == nil; empty != test.empty || test.class != nil && !errors.Is(got, test.class) {
				t.Errorf("error %v, want an empty profile: %t", got, test.empty)
			}
			if !test.empty {
				return
			}
			s.clock.Add(time.Hour - time.Second)
			s.say("m_2")
			edges.want(t, askedAna)
			s.clock.Add(time.Second)
			s.say("m_3")
			edges.want(t, askedAna, askedAna)
			if err := s.thread().Text("Hi"); err != nil {
				t.Errorf("error %v: the profile has made the person unreachable", err)
			}
		})
	}
}

// What could not be asked is not retried: package send has done so.
func TestProfileErrorIsFinal(t *testing.T) {
	edges := new(peopleEdges)
	s := serve(t, bot.HandlerFunc(greet), edgesOf(edges))
	edges.answer(askAna, lost)
	s.say("m_1")
	s.want()
	if got := s.Stats(); got.Retried != 0 || got.DeadLetters != 1 {
		t.Errorf("stats %+v, want a dead letter without another try", got)
	}
	edges.answer(askAna, anasProfile)
	s.say("m_2")
	s.want("Hi Ana")
}

// What a handler has asked is kept though the handler fails.
func TestProfileOfAHandlerThatFails(t *testing.T) {
	var store session.Store
	edges := new(peopleEdges)
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
		if err := greet(c); err != nil || c.Message() != "m_1" {
			return err
		}
		return bot.Permanent(errHandler)
	}), keepStore(&store), edgesOf(edges))
	edges.answer(askAna, anasProfile)
	s.say("m_1")
	s.say("m_2")
	s.want("Hi Ana", "Hi Ana")
	edges.want(t, askedAna)
}

// A record whose bytes somebody else has written is asked for anew; an event that names nobody has no profile.
func TestProfileOfNobody(t *testing.T) {
	var store session.Store
	edges := new(peopleEdges)
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
		if c.PSID() != "" {
			return greet(c)
		}
		profile, err := c.Profile()
		if err != nil || profile != (send.PersonProfile{}) {
			t.Errorf("profile of nobody: %+v, %v", profile, err)
		}
		return nil
	}), keepStore(&store), edgesOf(edges))
	edges.answer(askAna, anasProfile)
	s.post(batch(s.clock.Now(), "changes", `{"field":"feed","value":{"item":"comment","comment_id":"1_2"}}`))
	s.settle()
	edges.want(t)

	record := s.recordOf(store)
	record.About = []byte("no JSON")
	if err := record.SaveFramework(t.Context(), store, s.clock.Now()); err != nil {
		t.Fatal(err)
	}
	s.say("m_1")
	s.want("Hi Ana")
	edges.want(t, askedAna)
}

// On Instagram other fields are asked for, with the IGSID.
func TestProfileOnInstagram(t *testing.T) {
	const account, igsid = "17840000000000001", "900000000000001"
	edges, profiles := new(peopleEdges), []send.PersonProfile(nil)
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
		profile, err := c.Profile()
		profiles = append(profiles, profile)
		return err
	}), edgesOf(edges), func(cfg *bot.Config) { cfg.Instagram = []string{account} })
	edges.answer("GET "+igsid, `{"name":null,"username":"ana.li","follower_count":12}`)
	now := s.clock.Now()
	s.post(fmt.Sprintf(`{"object":"instagram","entry":[{"id":%q,"time":%d,"messaging":[{"sender":{"id":%q},`+
		`"recipient":{"id":%q},"timestamp":%d,"message":{"mid":"m_1","text":"hi"}}]}]}`,
		account, now.UnixMilli(), igsid, account, now.UnixMilli()))
	s.settle()
	want := []send.PersonProfile{{Username: "ana.li", Followers: 12}}
	if !slices.Equal(profiles, want) {
		t.Errorf("profiles %+v, want %+v", profiles, want)
	}
	edges.want(t, "GET "+igsid+" fields=name%2Cusername%2Cprofile_pic%2Cfollower_count%2Cis_user_follow_business"+
		"%2Cis_business_follow_user%2Cis_verified_user")
}

// A bot that follows the events of account linking.
func TestAccountLinkingReachesTheHandler(t *testing.T) {
	var codes []string
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
		if linking, ok := c.Event().(*webhook.AccountLinking); ok {
			codes = append(codes, linking.Status+" "+linking.Code)
		}
		return nil
	}))
	s.deliver(item(s.clock.Now(), person, `"account_linking":{"status":"linked","authorization_code":"AC_123"}`))
	s.deliver(item(s.clock.Now(), person, `"account_linking":{"status":"unlinked"}`))
	if want := []string{"linked AC_123", "unlinked "}; !slices.Equal(codes, want) {
		t.Errorf("handled %q, want %q", codes, want)
	}
}
