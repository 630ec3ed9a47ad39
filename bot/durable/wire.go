package durable

import (
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/parleybot/parley/bot"
)

// wireVersion is the first byte of every stored envelope.
const wireVersion = 1

// encode returns an envelope as it is stored: the version, the ID, the key, the time it is due, how many
// notes its header has, their names and values, and the data. Before each text and before the time stands
// its length. Texts are kept byte for byte, whether they are UTF-8 or not.
func encode(e *bot.Envelope) ([]byte, error) {
	var due []byte
	if !e.Due.IsZero() {
		var err error
		if due, err = e.Due.UTC().MarshalBinary(); err != nil {
			return nil, fmt.Errorf("durable: encode an envelope: %w", err)
		}
	}
	stored := make([]byte, 0, 64+len(e.ID)+len(e.Key)+len(e.Data))
	stored = append(stored, wireVersion)
	stored = appendText(stored, e.ID)
	stored = appendText(stored, e.Key)
	stored = appendText(stored, string(due))
	stored = binary.AppendUvarint(stored, uint64(len(e.Header)))
	for _, name := range slices.Sorted(maps.Keys(e.Header)) {
		stored = appendText(appendText(stored, name), e.Header[name])
	}
	return append(stored, e.Data...), nil
}

// appendText appends the length of a text, and the text.
func appendText(stored []byte, text string) []byte {
	return append(binary.AppendUvarint(stored, uint64(len(text))), text...)
}

// errWire says that a stored envelope is none.
var errWire = errors.New(
	"durable: a stored event cannot be read: it is damaged, or of a newer version of Parley")

// decode reads what encode wrote. The data is a part of stored.
func decode(stored []byte) (bot.Envelope, error) {
	if len(stored) == 0 || stored[0] != wireVersion {
		return bot.Envelope{}, errWire
	}
	r := wireReader{rest: stored[1:]}
	e := bot.Envelope{ID: r.text(), Key: r.text()}
	if due := r.text(); due != "" {
		if err := e.Due.UnmarshalBinary([]byte(due)); err != nil {
			return bot.Envelope{}, errWire
		}
	}
	for range r.count() {
		if e.Header == nil {
			e.Header = make(map[string]string)
		}
		name := r.text()
		e.Header[name] = r.text()
		if r.damaged {
			break
		}
	}
	if r.damaged {
		return bot.Envelope{}, errWire
	}
	e.Data = r.rest
	return e, nil
}

// wireReader reads what appendText appended. After the first damage it reads nothing.
type wireReader struct {
	rest    []byte
	damaged bool
}

// count reads a number of things that are still to come, each of a byte at least.
func (r *wireReader) count() uint64 {
	n, size := binary.Uvarint(r.rest)
	if size <= 0 || n > uint64(len(r.rest)-size) { //nolint:gosec // no length is negative
		r.damaged, r.rest = true, nil
		return 0
	}
	r.rest = r.rest[size:]
	return n
}

// text reads a text.
func (r *wireReader) text() string {
	length := r.count()
	text := string(r.rest[:length])
	r.rest = r.rest[length:]
	return text
}
