package durable

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash"
	"strings"

	"github.com/minio/highwayhash"
)

// blocksKnown begins the versions of nats-server whose block files have the form that is read here.
const blocksKnown = "2.15."

// readsBlocks reports whether a version of nats-server writes blocks as they are read here. What another one
// has written would look like damage.
func readsBlocks(version string) bool { return strings.HasPrefix(version, blocksKnown) }

// The form of a record in a block file of nats-server 2.15: its length, with the highest bit set if it has
// headers, its sequence, its time, the length of its subject; then the length of the headers if there are
// any, subject, headers, body, and a checksum of all that but the lengths.
const (
	recordHead   = 22
	recordSum    = 8
	recordMost   = 32 << 20
	headersBit   = 1 << 31
	headersBytes = 4
	// headersBegin and headersEnd enclose the headers of a message.
	headersBegin, headersEnd = "NATS/1.0", "\r\n\r\n"
	// sequenceFlags mark a sequence as one that was deleted, sequenceMost is one that no stream comes to.
	sequenceFlags = 3 << 62
	sequenceMost  = 1 << 48
)

// newBlockHash returns the checksum of records in a block of a stream.
func newBlockHash(stream string, block int) (hash.Hash, error) {
	key := sha256.Sum256(fmt.Appendf(nil, "%s-%d", stream, block))
	sum, err := highwayhash.New64(key[:])
	if err != nil {
		return nil, fmt.Errorf("durable: check a block: %w", err)
	}
	return sum, nil
}

// recordAt returns the length of the record that stored begins with; 0: it is none, or damaged.
func recordAt(stored []byte, sum hash.Hash) int {
	if len(stored) < recordHead+recordSum {
		return 0
	}
	length := binary.LittleEndian.Uint32(stored)
	start := recordHead
	subject := int(binary.LittleEndian.Uint16(stored[20:]))
	if length&headersBit != 0 {
		length &^= headersBit
		start += subject + headersBytes
	}
	n := int(length)
	end := n - recordSum
	if n > recordMost || n > len(stored) || start > end || recordHead+subject > end {
		return 0
	}
	sum.Reset()
	_, _ = sum.Write(stored[4:20]) // a hash never fails
	if start > recordHead {
		_, _ = sum.Write(stored[recordHead : recordHead+subject])
	}
	_, _ = sum.Write(stored[start:end])
	if !bytes.Equal(sum.Sum(nil), stored[end:n]) {
		return 0
	}
	if bytes.ContainsFunc(stored[recordHead:recordHead+subject], isNoSubjectRune) ||
		start > recordHead && !headersAt(stored[start-headersBytes:end]) {
		return 0
	}
	return n
}

// isNoSubjectRune reports whether r is in no subject of a store. The checksum does not tell where a subject
// ends, and one with a piece of the body cannot be delivered: it would hold up all that comes after it.
func isNoSubjectRune(r rune) bool { return r <= ' ' || r > '~' }

// headersAt reports whether stored begins with headers behind their length, which no checksum covers.
func headersAt(stored []byte) bool {
	length := uint64(binary.LittleEndian.Uint32(stored))
	stored = stored[headersBytes:]
	return length <= uint64(len(stored)) && bytes.HasPrefix(stored[:length], []byte(headersBegin)) &&
		bytes.HasSuffix(stored[:length], []byte(headersEnd))
}

// nextRecord returns where the first record in stored begins, or the length of stored. It looks at the
// sequence before it computes a checksum: without, a large damaged block takes seconds.
func nextRecord(stored []byte, sum hash.Hash) int {
	for at := 0; at+recordHead < len(stored); at++ {
		sequence := binary.LittleEndian.Uint64(stored[at+4:]) &^ sequenceFlags
		if sequence < sequenceMost && recordAt(stored[at:], sum) > 0 {
			return at
		}
	}
	return len(stored)
}

// blockState is what was found in a block file.
type blockState struct {
	whole []byte // all records that are as they were written
	gaps  int    // how many places are damaged
	lost  int    // how many bytes are in them
	torn  bool   // the damage is the end of the file, and nothing else
}

// readBlock finds the records of a block that are whole, also those behind a damaged one: nats-server would
// cut the block there.
func readBlock(stored []byte, sum hash.Hash) blockState {
	var state blockState
	from := 0 // of the records that follow each other without a gap
	for at := 0; at < len(stored); {
		if n := recordAt(stored[at:], sum); n > 0 {
			at += n
			continue
		}
		next := at + 1
		next += nextRecord(stored[next:], sum)
		state.gaps++
		state.lost += next - at
		state.torn = state.gaps == 1 && next == len(stored)
		state.whole = append(state.whole, stored[from:at]...)
		at, from = next, next
	}
	if state.gaps > 0 {
		state.whole = append(state.whole, stored[from:]...)
	}
	return state
}

// isCompressed reports whether a block is of a stream that an operator had compressed.
func isCompressed(stored []byte) bool { return bytes.HasPrefix(stored, []byte("cmp\x01")) }
