package main

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/webhook"
)

// shelf is an inbox with dead letters in it. What it is asked for and published is kept; errors are its own.
type shelf struct {
	bot.Inbox
	dead                         []bot.DeadLetter
	published                    []bot.Envelope
	listErr, publishErr, dropErr error
	getErr                       map[string]error
}

func (s *shelf) DeadLetters() bot.DeadLetters { return s }

func (s *shelf) Publish(_ context.Context, batch []bot.Envelope) error {
	if s.publishErr == nil {
		s.published = append(s.published, batch...)
	}
	return s.publishErr
}

func (s *shelf) List(context.Context) ([]bot.DeadLetter, error) { return s.dead, s.listErr }

func (s *shelf) Get(_ context.Context, id string) (bot.DeadLetter, error) {
	if err := s.getErr[id]; err != nil {
		return bot.DeadLetter{}, err
	}
	for _, d := range slices.Backward(s.dead) {
		if d.ID == id {
			return d, nil
		}
	}
	return bot.DeadLetter{}, bot.ErrNoDeadLetter
}

func (s *shelf) Drop(_ context.Context, id string) error {
	if s.dropErr == nil {
		s.dead = slices.DeleteFunc(s.dead, func(d bot.DeadLetter) bool { return d.ID == id })
	}
	return s.dropErr
}

// left returns the IDs of the dead letters that are left.
func (s *shelf) left() []string {
	var ids []string
	for i := range s.dead {
		ids = append(ids, s.dead[i].ID)
	}
	return ids
}

// anew returns the IDs of what was published.
func (s *shelf) anew() []string {
	var ids []string
	for i := range s.published {
		ids = append(ids, s.published[i].ID)
	}
	return ids
}

// event returns the stored form of an item.
func event(t *testing.T, item string) []byte {
	t.Helper()
	events, err := webhook.Decode([]byte(`{"object":"page","entry":[{"id":"1008","time":1795262460123,` +
		`"messaging":[` + item + `]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	data, err := webhook.Encode(events[0])
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// message is the item of a text message.
const message = `{"sender":{"id":"4455"},"recipient":{"id":"1008"},"timestamp":1795262460000,` +
	`"message":{"mid":"m_1","text":"two margheritas"}}`

// letters returns three dead letters, two with the same ID.
func letters(t *testing.T) []bot.DeadLetter {
	t.Helper()
	at := time.Date(2026, 11, 21, 12, 5, 0, 0, time.UTC)
	letter := func(id, cause string, attempts int, after time.Duration) bot.DeadLetter {
		return bot.DeadLetter{
			Envelope: bot.Envelope{ID: id, Key: "1008.4455", Data: event(t, message)},
			Cause:    cause, Attempts: attempts, Time: at.Add(after),
		}
	}
	return []bot.DeadLetter{
		letter("m_1", "kitchen: no oven", 8, 0),
		letter("m_22", "bad\x1b[2J news\nof two lines", 1, time.Minute),
		letter("m_1", "overflow", 0, time.Hour),
	}
}

// do runs a command on a shelf.
func do(t *testing.T, s *shelf, args ...string) (code int, out, errs string) {
	t.Helper()
	var o, e strings.Builder
	options, err := parse(append([]string{"-dir", "d"}, args...), &e)
	if err != nil {
		t.Fatalf("%v\n%s", err, &e)
	}
	code = (&command{inbox: s, out: &o, errs: &e}).run(t.Context(), options)
	return code, o.String(), e.String()
}

func TestListAndShow(t *testing.T) {
	long := strings.Repeat("é", 101)
	for name, row := range map[string]struct {
		args string
		dead func([]bot.DeadLetter) []bot.DeadLetter
		want string
	}{
		"list": {"list", nil, `TIME                  ATTEMPTS  ID    CAUSE
2026-11-21T12:05:00Z  8         m_1   kitchen: no oven
2026-11-21T12:06:00Z  1         m_22  bad\u001b[2J news of two lines
2026-11-21T13:05:00Z  0         m_1   overflow
`},
		"list of none": {"list", func([]bot.DeadLetter) []bot.DeadLetter { return nil }, "no dead letters\n"},
		"list of a long cause": {"list", func(d []bot.DeadLetter) []bot.DeadLetter {
			d[0].Cause = long
			return d[:1]
		}, "TIME                  ATTEMPTS  ID   CAUSE\n2026-11-21T12:05:00Z  8         m_1  " +
			strings.Repeat("é", 99) + "…\n"},
		"list as JSON": {"list -json", nil, `{"id":"m_1","key":"1008.4455","time":"2026-11-21T12:05:00Z","attempts":8,"cause":"kitchen: no oven"}
{"id":"m_22","key":"1008.4455","time":"2026-11-21T12:06:00Z","attempts":1,"cause":"bad\u001b[2J news\nof two lines"}
{"id":"m_1","key":"1008.4455","time":"2026-11-21T13:05:00Z","attempts":0,"cause":"overflow"}
`},
		"list of none as JSON": {"list -json", func([]bot.DeadLetter) []bot.DeadLetter { return nil }, ""},
		"show the newest": {"show m_1", nil, `id:       m_1
key:      1008.4455
kind:     message
happened: 2026-11-21T12:01:00Z
given up: 2026-11-21T13:05:00Z
attempts: 0
cause:    overflow
event:
{
  "object": "page",
  "entry": [
    {
      "id": "1008",
      "time": 1795262460123,
      "messaging": [
        {
          "sender": {
            "id": "4455"
          },
          "recipient": {
            "id": "1008"
          },
          "timestamp": 1795262460000,
          "message": {
            "mid": "m_1",
            "text": "two margheritas"
          }
        }
      ]
    }
  ]
}
`},
		"show what is no event": {"show m_1", func(d []bot.DeadLetter) []bot.DeadLetter {
			d[0].Data, d[0].Due = []byte("\x1bnone"), d[0].Time.Add(time.Hour)
			return d[:1]
		}, `id:       m_1
key:      1008.4455
due:      2026-11-21T13:05:00Z
given up: 2026-11-21T12:05:00Z
attempts: 8
cause:    kitchen: no oven
event:
"\x1bnone"
`},
	} {
		t.Run(name, func(t *testing.T) {
			s := &shelf{dead: letters(t)}
			if row.dead != nil {
				s.dead = row.dead(s.dead)
			}
			code, out, errs := do(t, s, strings.Fields(row.args)...)
			if code != 0 || errs != "" || out != row.want {
				t.Errorf("exit code %d, errors %q, and:\n%s\nwant:\n%s", code, errs, out, row.want)
			}
		})
	}
}

// Such a token lets whoever reads it write to the person.
func TestShowHidesTokens(t *testing.T) {
	s := &shelf{dead: letters(t)[:1]}
	s.dead[0].Data = event(t, `{"sender":{"id":"4455"},"recipient":{"id":"1008"},"timestamp":1795262460000,`+
		`"optin":{"type":"notification_messages","payload":"a \"token\": \"b\" \u001b\u202e","title":"News",`+
		`"notification_messages_token":"SECRET\"SECRET","token_expiry_timestamp":1795262470000}}`)
	_, out, _ := do(t, s, "show", "m_1")
	if strings.Contains(out, "SECRET") || !strings.Contains(out, `"notification_messages_token": "…"`) {
		t.Errorf("the token is shown:\n%s", out)
	}
	for _, rest := range []string{`"a \"token\": \"b\" \u001b\u202e"`, `"token_expiry_timestamp": 1795262470000`} {
		if !strings.Contains(out, rest) {
			t.Errorf("%s is hidden as well:\n%s", rest, out)
		}
	}
}

func TestReplayAndDrop(t *testing.T) {
	for name, row := range map[string]struct {
		args            string
		edit            func(*shelf)
		code            int
		out, errs       string
		left, published []string
	}{
		"replay one": {
			args: "replay m_22", out: "replayed m_22 as m_22#1\n",
			left: []string{"m_1", "m_1"}, published: []string{"m_22#1"},
		},
		"replay several, one unknown": {
			args: "replay m_22 m_9 m_1", code: 1, out: "replayed m_22 as m_22#1\nreplayed m_1 as m_1#1\n",
			errs:      "m_9: there is no such dead letter: list tells the IDs\n1 of 3 failed\n",
			published: []string{"m_22#1", "m_1#1"},
		},
		"replay all": {
			args: "replay -all -yes", out: "replayed m_1 as m_1#1\nreplayed m_22 as m_22#1\n",
			published: []string{"m_1#1", "m_22#1"},
		},
		"replay all, one damaged": {
			args: "replay -all -yes", edit: func(s *shelf) { s.getErr = map[string]error{"m_1": errors.New("damaged")} },
			code: 1, out: "replayed m_22 as m_22#1\n", errs: "m_1: bot: replay: damaged\n1 of 2 failed\n",
			left: []string{"m_1", "m_1"}, published: []string{"m_22#1"},
		},
		"replay all, unconfirmed": {
			args: "replay -all", code: 2, left: []string{"m_1", "m_22", "m_1"},
			errs: "not confirmed: the number of dead letters is 3: replay -all -yes does it\n",
		},
		"replay into a full inbox": {
			args: "replay m_22", edit: func(s *shelf) { s.publishErr = bot.ErrInboxFull }, code: 1,
			errs: "m_22: the inbox is full, the dead letter is kept: replay it later\n1 of 1 failed\n",
			left: []string{"m_1", "m_22", "m_1"},
		},
		"drop all with an ID": {
			args: "drop m_1", out: "dropped m_1\n", left: []string{"m_22"},
		},
		"drop an unknown one": {
			args: "drop m_9", code: 1, errs: "m_9: there is no such dead letter: list tells the IDs\n1 of 1 failed\n",
			left: []string{"m_1", "m_22", "m_1"},
		},
		"drop a damaged one": {
			args: "drop m_22", edit: func(s *shelf) { s.getErr = map[string]error{"m_22": errors.New("damaged")} },
			out: "dropped m_22\n", left: []string{"m_1", "m_1"},
		},
		"drop fails": {
			args: "drop m_1 m_22", edit: func(s *shelf) { s.dropErr = errors.New("no answer") }, code: 1,
			errs: "m_1: no answer\nm_22: no answer\n2 of 2 failed\n", left: []string{"m_1", "m_22", "m_1"},
		},
		"drop all": {args: "drop -all -yes", out: "dropped m_1\ndropped m_22\n"},
		"drop all, unconfirmed": {
			args: "drop -all", code: 2, left: []string{"m_1", "m_22", "m_1"},
			errs: "not confirmed: the number of dead letters is 3: drop -all -yes does it\n",
		},
		"list fails": {
			args: "list", edit: func(s *shelf) { s.listErr = errors.New("no answer") }, code: 1,
			errs: "no answer\n", left: []string{"m_1", "m_22", "m_1"},
		},
		"all fails": {
			args: "drop -all -yes", edit: func(s *shelf) { s.listErr = errors.New("no answer") }, code: 1,
			errs: "no answer\n", left: []string{"m_1", "m_22", "m_1"},
		},
		"show an unknown one": {
			args: "show m_9", code: 1, errs: "m_9: there is no such dead letter: list tells the IDs\n",
			left: []string{"m_1", "m_22", "m_1"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := &shelf{dead: letters(t)}
			if row.edit != nil {
				row.edit(s)
			}
			code, out, errs := do(t, s, strings.Fields(row.args)...)
			if code != row.code || out != row.out || errs != row.errs {
				t.Errorf("exit code %d, out %q, errs %q;\nwant %d, %q, %q", code, out, errs, row.code, row.out, row.errs)
			}
			if !slices.Equal(s.left(), row.left) || !slices.Equal(s.anew(), row.published) {
				t.Errorf("left are %q, published %q;\nwant %q and %q", s.left(), s.anew(), row.left, row.published)
			}
		})
	}
}

func TestInterruptedCommandStops(t *testing.T) {
	s := &shelf{dead: letters(t)}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, errs strings.Builder
	c := &command{inbox: s, out: &out, errs: &errs}
	if code := c.run(ctx, &options{verb: "drop", all: true, yes: true}); code != 1 || len(s.left()) != 3 {
		t.Errorf("exit code %d, left are %q", code, s.left())
	}
}
