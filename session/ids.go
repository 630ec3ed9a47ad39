package session

import (
	"crypto/sha256"
	"encoding/binary"
	"math"
	"time"
)

const (
	// hashSize is the length of an id's hash: 96 bits.
	hashSize = 12
	// idSize is the length of one id: its hash and the second in which its event was handled, big endian.
	idSize = hashSize + 4
	// idsKept is how many ids are remembered however old they are, and idsMost how many at all.
	idsKept, idsMost = 64, 512
	// idAge is for how long Meta may deliver a webhook again.
	//
	// Source: Meta, Graph API webhooks, 2026.
	idAge = 36 * time.Hour
)

// ids are the ids of events handled, the oldest first, as they lie in a record.
type ids []byte

// hash returns the first 96 bits of the SHA-256 of id, the same in every process.
func hash(id string) [hashSize]byte {
	var room [128]byte // an id seldom is longer, and then costs no allocation
	sum := sha256.Sum256(append(room[:0], id...))
	return [hashSize]byte(sum[:])
}

// has reports whether h is among the ids. It looks at the newest first: most duplicates come soon.
func (s ids) has(h [hashSize]byte) bool {
	for at := len(s) - idSize; at >= 0; at -= idSize {
		if [hashSize]byte(s[at:]) == h {
			return true
		}
	}
	return false
}

// with returns the ids with h, handled at now, and without those that are no longer to be remembered.
func (s ids) with(h [hashSize]byte, now time.Time) ids {
	if s.has(h) {
		return s
	}
	next := append(s, h[:]...) // a copy of what was loaded: its capacity ends with it
	next = binary.BigEndian.AppendUint32(next, seconds(now))
	oldest := seconds(now.Add(-idAge))
	for n := len(next) / idSize; n > idsMost || n > idsKept && next.second() < oldest; n-- {
		next = next[idSize:]
	}
	return next
}

// second returns the second of the first id.
func (s ids) second() uint32 { return binary.BigEndian.Uint32(s[hashSize:]) }

// seconds returns t in seconds since 1970, as near as 32 bits come to it: they last until 2106.
func seconds(t time.Time) uint32 {
	return uint32(min(max(t.Unix(), 0), math.MaxUint32))
}
