package bot_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/session"
)

// The store is away while a handler sends, and the claim is lost meanwhile: when the event comes back to the
// same process, it knows what it has sent.
func TestLedgerOutlivesALostClaim(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var store session.Store
		var inbox *redelivering
		runs, away, lost := 0, true, false
		s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
			runs++
			err := c.Text("A")
			lost, away = runs == 1, false
			return err
		}), unreliable(&store, func(f *flaky) {
			f.put = func(ctx context.Context, key string, r session.Record) (session.Record, error) {
				if away {
					return session.Record{}, errStore
				}
				return f.Store.Put(ctx, key, r)
			}
		}), redeliver(&inbox, func(r *redelivering) {
			r.fresh = true
			r.claim = func(ctx context.Context) context.Context {
				lost = false
				return lostClaim{ctx, &lost}
			}
		}))
		s.lanes = inbox.Lanes
		s.say("m_1")
		s.want("A")
		if runs != 2 {
			t.Errorf("%d runs, want 2", runs)
		}
	})
}

// An entry that could not be written is in the next write.
func TestLedgerEntryThatWasNotWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var store session.Store
		var inbox *redelivering
		away := true
		var entries int
		s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
			err := c.Text("A") // for which package session tries for three seconds
			away = false
			err = errors.Join(err, c.Text("B"))
			record, failed := session.Load(c, store, page+"."+person, c.Now())
			entries = len(record.Ledger)
			return errors.Join(err, failed)
		}), unreliable(&store, func(f *flaky) {
			f.put = func(ctx context.Context, key string, r session.Record) (session.Record, error) {
				if away {
					return session.Record{}, errStore
				}
				return f.Store.Put(ctx, key, r)
			}
		}), redeliver(&inbox, func(r *redelivering) { r.fresh = true }))
		s.lanes = inbox.Lanes
		s.say("m_1")
		s.want("A", "B")
		if entries != 2 {
			t.Errorf("%d entries in the stored ledger after the second message, want 2", entries)
		}
	})
}

// A message that an earlier run has sent is not refused by a window that has closed since.
func TestSentMessageAfterTheWindow(t *testing.T) {
	for name, deliver := range map[string]func(c *bot.Context) error{
		"a message":          func(c *bot.Context) error { return c.Text("A") },
		"a composed message": composed,
	} {
		t.Run(name, func(t *testing.T) {
			var errs []error
			s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
				if c.Attempt() == 1 {
					return errors.Join(deliver(c), errHandler)
				}
				errs = append(errs, c.Text("A"), c.Text("B"))
				return nil
			}))
			s.say("m_1")
			s.clock.Add(25 * time.Hour)
			s.settle()
			s.want("A")
			if len(errs) != 2 || errs[0] != nil || !errors.Is(errs[1], send.ErrOutsideWindow) {
				t.Errorf("errors %v, want none for what was sent, and ErrOutsideWindow for what was not", errs)
			}
		})
	}
}

// The keys of people's records begin with the ID of their Page: no other record's key may be taken for one.
func TestIDsAreNumbers(t *testing.T) {
	config := func(change func(*bot.Config)) bot.Config {
		cfg := bot.Config{Token: "token", AppSecrets: []string{secret}, VerifyToken: "verify", PageID: page}
		change(&cfg)
		return cfg
	}
	tests := map[string]struct {
		cfg  bot.Config
		want string // in the error; "": there is none
	}{
		"numbers":   {config(func(c *bot.Config) { c.Instagram = []string{"17841400000000001"} }), ""},
		"not known": {config(func(c *bot.Config) { c.PageID = "" }), ""},
		"a Page of mailings": {
			config(func(c *bot.Config) { c.PageID = "mailing" }), `PageID (PAGE_ID) is "mailing": want a number`,
		},
		"a Page with a dot": {
			config(func(c *bot.Config) { c.Pages = []bot.Page{{ID: "1.7", Token: "t"}} }),
			`Pages[0]: ID is "1.7": want a number`,
		},
		"an account of uploads": {
			config(func(c *bot.Config) { c.Instagram = []string{"asset"} }),
			`Instagram (INSTAGRAM_ID) holds "asset": want a number`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := bot.New(test.cfg, silent)
			if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
				t.Errorf("New: %v, want %q", err, test.want)
			}
		})
	}
}
