package session

import (
	"encoding/binary"
	"hash/crc32"
)

// Decode decodes a record.
func Decode(data []byte) (*Person, error) { return decode(data) }

// Encode encodes the record of p as the Store holds its handler's half.
func (p *Person) Encode() []byte { return p.encode(p.stored) }

// Sealed returns body with its checksum.
func Sealed(body []byte) []byte {
	return binary.LittleEndian.AppendUint32(append([]byte(nil), body...), crc32.Checksum(body, castagnoli))
}

// IDs returns how many ids of handled events p remembers.
func (p *Person) IDs() int { return len(p.ids) / idSize }
