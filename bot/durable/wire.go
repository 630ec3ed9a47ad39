package durable

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/parleybot/parley/bot"
)

// wireVersion is the first byte of every stored envelope.
const wireVersion = 1

// notes is what is stored of an envelope besides its data.
type notes struct {
	ID     string            `json:"id"`
	Key    string            `json:"key"`
	Due    time.Time         `json:"due,omitzero"`
	Header map[string]string `json:"header,omitempty"`
}

// encode returns an envelope as it is stored: the version, the length of the notes, the notes as JSON, and the
// data as it is.
func encode(e *bot.Envelope) ([]byte, error) {
	written, err := json.Marshal(notes{ID: e.ID, Key: e.Key, Due: e.Due, Header: e.Header})
	if err != nil {
		return nil, fmt.Errorf("durable: encode an envelope: %w", err)
	}
	stored := make([]byte, 0, 1+binary.MaxVarintLen32+len(written)+len(e.Data))
	stored = append(stored, wireVersion)
	stored = binary.AppendUvarint(stored, uint64(len(written)))
	stored = append(stored, written...)
	return append(stored, e.Data...), nil
}

// errWire says that a stored envelope is none.
var errWire = errors.New("durable: a stored event cannot be read: it is damaged, or of a newer version of Parley")

// decode reads what encode wrote. The data is a part of stored.
func decode(stored []byte) (bot.Envelope, error) {
	if len(stored) == 0 || stored[0] != wireVersion {
		return bot.Envelope{}, errWire
	}
	length, n := binary.Uvarint(stored[1:])
	if n <= 0 || length > uint64(len(stored)-1-n) {
		return bot.Envelope{}, errWire
	}
	head, data := stored[1+n:], []byte(nil)
	head, data = head[:length:length], head[length:]
	var written notes
	if err := json.Unmarshal(head, &written); err != nil {
		return bot.Envelope{}, errWire
	}
	return bot.Envelope{
		ID: written.ID, Key: written.Key, Due: written.Due, Header: written.Header, Data: data,
	}, nil
}
