package durable

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/parleybot/parley/bot"
)

// letterVersion is the first byte of every stored dead letter.
const letterVersion = 1

// mostCause is how many bytes of a cause are kept, and letterRoom how many bytes a dead letter has more than
// its envelope at most.
const (
	mostCause  = 2 << 10
	letterRoom = mostCause + 512
)

// encodeLetter returns a dead letter as it is stored: the version, the cause, the attempts as a decimal
// number, the time and the mark, each behind its length, and the envelope as encode writes it.
func encodeLetter(d *bot.DeadLetter, mark string) ([]byte, error) {
	envelope, err := encode(&d.Envelope)
	if err != nil {
		return nil, err
	}
	at, err := d.Time.UTC().MarshalBinary()
	if err != nil {
		return nil, fmt.Errorf("durable: encode a dead letter: %w", err)
	}
	stored := make([]byte, 0, letterRoom+len(envelope))
	stored = append(stored, letterVersion)
	for _, text := range []string{cutCause(d.Cause), strconv.Itoa(d.Attempts), string(at), mark} {
		stored = appendText(stored, text)
	}
	return append(stored, envelope...), nil
}

// cutCause returns a cause that a letter has room for.
func cutCause(cause string) string {
	if len(cause) <= mostCause {
		return cause
	}
	const more = "…"
	end := mostCause - len(more)
	for end > 0 && !utf8.RuneStart(cause[end]) {
		end--
	}
	return cause[:end] + more
}

// errLetter says that a stored dead letter is none.
var errLetter = errors.New(
	"durable: a dead letter cannot be read: it is damaged, or of a newer version of Parley")

// decodeLetter reads what encodeLetter wrote, and the mark. With an error it returns what can be read:
// nothing, or all but the envelope. The data is a part of stored.
func decodeLetter(stored []byte) (bot.DeadLetter, string, error) {
	if len(stored) == 0 || stored[0] != letterVersion {
		return bot.DeadLetter{}, "", errLetter
	}
	r := wireReader{rest: stored[1:]}
	cause, attempts, at, mark := r.text(), r.text(), r.text(), r.text()
	tried, err := strconv.Atoi(attempts)
	if err != nil || r.damaged {
		return bot.DeadLetter{}, "", errLetter
	}
	d := bot.DeadLetter{Cause: cause, Attempts: tried}
	if err := d.Time.UnmarshalBinary([]byte(at)); err != nil {
		return bot.DeadLetter{}, "", errLetter
	}
	if d.Envelope, err = decode(r.rest); err != nil {
		return d, mark, errLetter
	}
	return d, mark, nil
}

// damagedLetter completes a dead letter that decodeLetter read with an error by what its message tells.
func damagedLetter(d bot.DeadLetter, m *jetstream.RawStreamMsg, damage error) bot.DeadLetter {
	d.ID = letterID(m.Subject)
	if d.Time.IsZero() {
		d.Time = m.Time
	}
	if d.Cause != "" {
		d.Cause += "; "
	}
	d.Cause += damage.Error()
	return d
}

// letterID returns the ID that names.letter made a subject of, or its last token if that does not tell.
func letterID(subject string) string {
	last := subject[strings.LastIndexByte(subject, '.')+1:]
	if last == token("") {
		return ""
	}
	var b strings.Builder
	for rest := last; rest != ""; {
		before, after, found := strings.Cut(rest, "=")
		b.WriteString(before)
		if !found {
			break
		}
		if len(after) < 2 {
			return last
		}
		c, err := hex.DecodeString(after[:2])
		if err != nil {
			return last
		}
		b.Write(c)
		rest = after[2:]
	}
	if token(b.String()) != last {
		return last
	}
	return b.String()
}
