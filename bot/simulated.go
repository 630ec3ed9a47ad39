package bot

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/parleybot/parley/send"
)

// How long a simulator may take to answer, how much it may answer, and how far its clock may be ahead.
const (
	simulatorAnswer = 5 * time.Second
	simulatorPoll   = time.Minute // a question stays open until the clock is moved, but not for so long
	simulatorBody   = 4 << 10
	farthestAhead   = 100 * 365 * 24 * time.Hour
)

// The waits of a bot whose simulator does not answer.
const (
	firstAsking   = 100 * time.Millisecond
	longestAsking = 10 * time.Second
)

// simulated is the simulator at SIMULATOR_URL, by whose clock the bot lives.
type simulated struct {
	url    *url.URL
	client *http.Client
	leads  bool // the bot follows its clock, having none of its own

	offset atomic.Int64 // how far its clock is ahead of the machine's, in milliseconds
	seen   int          // the newest move of the clock that was taken over; only who follows it needs it
}

// simulate returns the simulator that the environment names, or nil. Unless the developer has given the bot a
// clock, that of the simulator becomes the bot's.
func (c *Config) simulate() *simulated {
	if c.simulator == nil {
		return nil
	}
	s := &simulated{url: c.simulator, leads: c.Now == nil, client: &http.Client{
		// Its own transport: no proxy stands between two programs on one machine, and it can be closed.
		Transport:     &http.Transport{MaxIdleConnsPerHost: 4},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	if s.leads {
		c.Now = s.now
	}
	told := c.Refused
	c.Refused = func(page string, person send.PSID, err error) {
		if told != nil {
			told(page, person, err)
		}
		s.refused(person, err)
	}
	return s
}

// now returns the simulator's time.
func (s *simulated) now() time.Time { return time.Now().Add(s.ahead()) }

// ahead returns how far the simulator's clock is ahead of the machine's.
func (s *simulated) ahead() time.Duration { return time.Duration(s.offset.Load()) * time.Millisecond }

// reading is what the simulator says of its clock.
type reading struct {
	OffsetMS int64 `json:"offset_ms"` // how far it is ahead of the machine's
	Version  int   `json:"version"`   // counts its moves
}

// take sets the clock, never back, and reports whether it was moved.
func (s *simulated) take(clock reading) bool {
	moved := clock.Version != s.seen
	s.seen = clock.Version
	s.offset.Store(max(s.offset.Load(), clock.OffsetMS))
	return moved
}

// ask asks for the clock. The simulator answers when it has been moved since seen, and learns by the question
// that this move was taken over.
func (s *simulated) ask(ctx context.Context) (reading, error) {
	var clock reading
	address := s.url.JoinPath("clock")
	address.RawQuery = url.Values{"seen": {strconv.Itoa(s.seen)}}.Encode()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address.String(), nil)
	if err != nil {
		return clock, withoutURL(err)
	}
	body, err := s.do(request, http.StatusOK)
	if err != nil {
		return clock, err
	}
	if err := json.Unmarshal(body, &clock); err != nil {
		return clock, errors.New("its answer is not the JSON expected")
	}
	if clock.OffsetMS < 0 || clock.OffsetMS > farthestAhead.Milliseconds() {
		return clock, errors.New("its answer makes no sense")
	}
	return clock, nil
}

// do makes a request and returns what is answered, if it has the status wanted.
func (s *simulated) do(request *http.Request, status int) ([]byte, error) {
	answer, err := s.client.Do(request)
	if err != nil {
		return nil, withoutURL(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != status {
		return nil, fmt.Errorf("it answered %d", answer.StatusCode)
	}
	return io.ReadAll(io.LimitReader(answer.Body, simulatorBody))
}

// withoutURL takes the URL, which holds a token, from an error of net/http.
func withoutURL(err error) error {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		return wrapped.Err
	}
	return err
}

// meetSimulator asks the simulator for its time, if there is one, so that the bot does not begin in the past.
func (b *Bot) meetSimulator(ctx context.Context) error {
	if b.simulated == nil || !b.simulated.leads {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, simulatorAnswer)
	defer cancel()
	clock, err := b.simulated.ask(ctx)
	if err != nil {
		return fmt.Errorf("bot: the simulator at SIMULATOR_URL does not tell its time: %w; "+
			"is it running? unset the variable to start without it", err)
	}
	b.simulated.take(clock)
	b.log.Info().Dur("ahead", b.simulated.ahead()).
		Msg("this bot lives by the clock of a simulator: it is for development only")
	if !b.inTime {
		b.log.Warn().Msg("what the inbox holds back wakes by a clock of its own, not by the simulator's")
	}
	return nil
}

// looker is an inbox that wakes by Config.Now, and can be told that it has jumped.
type looker interface{ look() }

// followSimulator follows the simulator's clock, if there is one, until ctx ends.
func (b *Bot) followSimulator(ctx context.Context) {
	if b.simulated == nil || !b.simulated.leads {
		return
	}
	for failed := 0; ctx.Err() == nil; {
		clock, err := b.simulated.poll(ctx)
		switch {
		case ctx.Err() != nil:
		case err != nil:
			failed++
			if failed == 2 { // a simulator that ends has ended its bot before the second time
				b.log.Warn().Err(err).Msg("the simulator has gone: its clock is followed when it is back")
			}
			rest(ctx, min(firstAsking<<min(failed-1, 16), longestAsking))
		default:
			if failed >= 2 {
				b.log.Warn().Msg("the simulator is back")
			}
			failed = 0
			if !b.simulated.take(clock) {
				rest(ctx, firstAsking) // it should have waited
				continue
			}
			if inbox, ok := b.cfg.Inbox.(looker); ok {
				inbox.look()
			}
		}
	}
}

// poll waits for a move of the clock.
func (s *simulated) poll(ctx context.Context) (reading, error) {
	ctx, cancel := context.WithTimeout(ctx, simulatorPoll)
	defer cancel()
	return s.ask(ctx)
}

// refusals are why a bot refuses to send a message without a call, in the words of chat scripts.
var refusals = []struct {
	class error
	word  string
}{
	{send.ErrOutsideWindow, "window closed"},
	{send.ErrTagRetired, "tag retired"},
	{send.ErrRateLimited, "rate limited"},
	{send.ErrInvalid, "invalid"},
}

// refused tells the simulator why a message does not go out, unless a call for it was made: those it knows.
func (s *simulated) refused(person send.PSID, why error) {
	if _, called := errors.AsType[*send.Error](why); called {
		return
	}
	for _, refusal := range refusals {
		if errors.Is(why, refusal.class) {
			s.tell(person, refusal.word)
			return
		}
	}
}

// tell tells the simulator of a message that the bot refused to send, before the handler goes on, so that it
// learns of everything in order. A simulator that has gone need not know.
func (s *simulated) tell(person send.PSID, reason string) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	body, err := json.Marshal(map[string]string{"person": string(person), "reason": reason})
	if err != nil {
		return
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url.JoinPath("refused").String(),
		bytes.NewReader(body))
	if err != nil {
		return
	}
	request.Header.Set("Content-Type", "application/json")
	_, _ = s.do(request, http.StatusNoContent)
}
