package durable

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/parleybot/parley/bot"
)

func expectNothing() jetstream.PublishOpt { return jetstream.WithExpectLastSequencePerSubject(0) }

// What is stored must be read by every later version of the program. The bytes were put together by hand.
func TestStoredLetterStaysReadable(t *testing.T) {
	at := "\x01\x00\x00\x00\x0e\x77\x91\xf7\x00\x1d\xcd\x65\x00\xff\xff" // 62,135,596,800.5 s since year 1, UTC
	stored := "\x01" + "\x07no luck" + "\x012" + "\x0f" + at + "\x017" +
		"\x01" + "\x03m_1" + "\x06p.psid" + "\x00" + "\x00" + "{}"
	d, mark, err := decodeLetter([]byte(stored))
	if err != nil {
		t.Fatal(err)
	}
	want := bot.DeadLetter{
		Envelope: bot.Envelope{ID: "m_1", Key: "p.psid", Data: []byte("{}")},
		Cause:    "no luck", Attempts: 2, Time: time.Unix(0, 5e8).UTC(),
	}
	if diff := cmp.Diff(want, d, sameLetter); diff != "" || mark != "7" {
		t.Errorf("mark %q (-want +got):\n%s", mark, diff)
	}
	if again, err := encodeLetter(&want, "7"); err != nil || string(again) != stored {
		t.Errorf("it is written as %q, %v; want %q", again, err, stored)
	}
}

func TestCauseOfALetterIsCut(t *testing.T) {
	for name, row := range map[string]struct {
		cause, want string
	}{
		"empty":                   {"", ""},
		"as long as there is":     {strings.Repeat("x", 2048), strings.Repeat("x", 2048)},
		"longer":                  {strings.Repeat("x", 2049), strings.Repeat("x", 2045) + "…"},
		"cut between characters":  {strings.Repeat("é", 1025), strings.Repeat("é", 1022) + "…"},
		"not UTF-8":               {"a\xffb", "a\xffb"},
		"not UTF-8, and too long": {strings.Repeat("\x80", 2049), "…"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := cutCause(row.cause); got != row.want {
				t.Errorf("%d bytes, want %d: %q", len(got), len(row.want), got)
			}
		})
	}
}

// Whoever takes an event that letterRoom fits beside can bury it.
func TestLetterHasRoom(t *testing.T) {
	d := someLetter("m_1", "")
	d.Cause, d.Attempts = strings.Repeat("\x01", 5000), 1<<62
	d.Time = time.Date(9999, 12, 31, 23, 59, 59, 999999999, time.UTC)
	letter, err := encodeLetter(&d, strings.Repeat("9", 200))
	if err != nil {
		t.Fatal(err)
	}
	envelope, err := encode(&d.Envelope)
	if err != nil {
		t.Fatal(err)
	}
	if more := len(letter) - len(envelope); more > letterRoom {
		t.Errorf("the letter is %d bytes longer than its envelope, want at most %d", more, letterRoom)
	}
}

func TestLetterIDIsReadFromItsSubject(t *testing.T) {
	n := names{prefix: "parley", partitions: 1}
	for _, id := range []string{"m_1", "", "=", "a.b c", "é", "=41", "message:m_1#2"} {
		if got := letterID(n.letter(id)); got != id {
			t.Errorf("%q becomes %q", id, got)
		}
	}
	for _, last := range []string{"=4", "=zz", "=41", "a=", "=2e"} { // no text has these
		if got := letterID("parley.letter." + last); got != last {
			t.Errorf("token %q becomes %q", last, got)
		}
	}
}

func FuzzLetter(f *testing.F) {
	f.Add("m_1", "p.1", "cause", "mark", 3, int64(1_700_000_000_123), []byte("{}"))
	f.Add("", "", "\xff<\x00", "", -1, int64(-1), []byte(nil))
	f.Fuzz(func(t *testing.T, id, key, cause, mark string, attempts int, at int64, data []byte) {
		when := time.Unix(0, at).UTC()
		want := bot.DeadLetter{
			Envelope: bot.Envelope{ID: id, Key: key, Data: data}, Cause: cause, Attempts: attempts, Time: when,
		}
		stored, err := encodeLetter(&want, mark)
		if err != nil {
			t.Fatal(err)
		}
		got, marked, err := decodeLetter(stored)
		if err != nil {
			t.Fatal(err)
		}
		want.Cause = cutCause(cause)
		if got.ID != id || got.Key != key || string(got.Data) != string(data) || got.Cause != want.Cause ||
			got.Attempts != attempts || !got.Time.Equal(when) || marked != mark {
			t.Errorf("%+v, %q became %+v, %q", want, mark, got, marked)
		}
	})
}

func FuzzDecodeLetter(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte("\x01\x01c\x012\x00\x00\x01"))
	f.Add([]byte("\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"))
	f.Fuzz(func(t *testing.T, stored []byte) {
		if _, _, err := decodeLetter(stored); err != nil && !strings.HasPrefix(err.Error(), "durable: ") {
			t.Errorf("error %q", err)
		}
	})
}
