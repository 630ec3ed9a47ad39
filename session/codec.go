package session

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"iter"
	"math"
	"time"

	"github.com/parleybot/parley/send"
)

// A record is, in this order:
//
//	version     1 byte
//	window      time; if known, uvarint Opener
//	expires     time
//	muted       time
//	unreachable time; if known, uvarint Code, uvarint Subcode; in versions 2 and 3 only
//	owner since time; in version 3 only
//	about       bytes; in version 3 only
//	owner       bytes
//	ids         bytes (16 for each: hash, second)
//	ledger      uvarint count; for each: Event, Key, Recipient, Mid, Attachment as bytes, 1 byte Unsure
//	revoked     uvarint count; for each: bytes
//	values      bytes (for each, sorted by name: name and JSON as bytes)
//	frames      bytes
//	checksum    4 bytes, little endian: CRC-32C of all before it, in every version
//
// bytes are a uvarint length and as many bytes; a time is 1 byte (0: zero) and, unless zero, varint seconds
// since 1970 and uvarint nanoseconds. There is one way to write each record: a decoder refuses every other.
// A record is of version 3 if it says since when the thread has its owner, or something about the person;
// else of version 2 if the person is unreachable; else of version 1.
const (
	versionPlain       = 1
	versionUnreachable = 2
	versionOwned       = 3
)

const (
	// checksumSize is the length of the checksum.
	checksumSize = 4
	// maxLen is the greatest length of a uvarint.
	maxLen = binary.MaxVarintLen64
	// entryLeast is the length of the shortest ledger entry.
	entryLeast = 6
)

// castagnoli is the polynomial that processors compute by themselves.
var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// encode returns the record of p with h as its handler's half.
func (p *Person) encode(h half) []byte {
	version := p.version()
	out := append(make([]byte, 0, p.size(h)), version)
	out = appendTime(out, p.Window.Opened)
	if !p.Window.Opened.IsZero() {
		out = binary.AppendUvarint(out, uint64(p.Window.By))
	}
	out = appendTime(out, h.expires)
	out = appendTime(out, p.Muted)
	if version >= versionUnreachable {
		out = p.Unreachable.append(out)
	}
	if version >= versionOwned {
		out = appendBytes(appendTime(out, p.OwnerSince), p.About)
	}
	out = appendBytes(out, p.Owner)
	out = appendBytes(out, p.ids)
	out = binary.AppendUvarint(out, uint64(len(p.Ledger)))
	for i := range p.Ledger {
		out = p.Ledger[i].append(out)
	}
	out = binary.AppendUvarint(out, uint64(len(p.Revoked)))
	for _, id := range p.Revoked {
		out = appendBytes(out, id)
	}
	out = appendBytes(out, h.values)
	out = appendBytes(out, h.frames)
	return binary.LittleEndian.AppendUint32(out, crc32.Checksum(out, castagnoli))
}

// version returns the least version that holds all of p.
func (p *Person) version() byte {
	switch {
	case !p.OwnerSince.IsZero() || len(p.About) > 0:
		return versionOwned
	case !p.Unreachable.Since.IsZero():
		return versionUnreachable
	}
	return versionPlain
}

// size returns a length that the record of p does not exceed.
func (p *Person) size(h half) int {
	const fixed = 1 + 5*(1+2*maxLen) + 10*maxLen + checksumSize
	n := fixed + len(p.About) + len(p.Owner) + len(p.ids) + len(h.values) + len(h.frames)
	for i := range p.Ledger {
		e := &p.Ledger[i]
		n += 5*maxLen + 1 + len(e.Event) + len(e.Key) + len(e.Recipient) + len(e.Mid) + len(e.Attachment)
	}
	for _, id := range p.Revoked {
		n += maxLen + len(id)
	}
	return n
}

// append adds e to out.
func (e *Entry) append(out []byte) []byte {
	for _, s := range [...]string{e.Event, e.Key, e.Recipient, e.Mid, e.Attachment} {
		out = appendBytes(out, s)
	}
	if e.Unsure {
		return append(out, 1)
	}
	return append(out, 0)
}

// append adds u to out.
func (u Unreachable) append(out []byte) []byte {
	out = appendTime(out, u.Since)
	if u.Since.IsZero() {
		return out
	}
	out = binary.AppendUvarint(out, uint64(max(0, u.Code)))
	return binary.AppendUvarint(out, uint64(max(0, u.Subcode)))
}

// appendBytes adds the length of s and s to out.
func appendBytes[S ~string | ~[]byte](out []byte, s S) []byte {
	return append(binary.AppendUvarint(out, uint64(len(s))), s...)
}

// appendTime adds t to out.
func appendTime(out []byte, t time.Time) []byte {
	if t.IsZero() {
		return append(out, 0)
	}
	out = binary.AppendVarint(append(out, 1), t.Unix())
	return binary.AppendUvarint(out, uint64(t.Nanosecond())) //nolint:gosec // G115: below 1e9
}

// decode returns the person whose record data is. It keeps parts of data.
func decode(data []byte) (*Person, error) {
	body := len(data) - checksumSize
	if body < 1 || crc32.Checksum(data[:body], castagnoli) != binary.LittleEndian.Uint32(data[body:]) {
		return nil, fmt.Errorf("%w: its checksum is wrong", ErrDamaged)
	}
	version := data[0]
	if version < versionPlain || version > versionOwned {
		return nil, fmt.Errorf("%w: it has %d, this is %d", ErrVersion, version, versionOwned)
	}
	d := decoder{rest: data[1:body]}
	p := new(Person)
	p.Window = d.window()
	p.Expires = d.time()
	p.Muted = d.time()
	if version >= versionUnreachable {
		p.Unreachable = d.unreachable()
	}
	if version >= versionOwned {
		p.OwnerSince, p.About = d.time(), d.bytes()
	}
	p.Owner = string(d.bytes())
	p.ids = d.ids()
	p.Ledger = d.ledger()
	p.Revoked = d.revoked()
	p.stored = half{values: d.values(), frames: d.bytes(), expires: p.Expires}
	p.Frames = p.stored.frames
	if d.bad || len(d.rest) > 0 || p.version() != version {
		return nil, fmt.Errorf("%w: its checksum is right, its content is not", ErrDamaged)
	}
	return p, nil
}

// decoder takes a record apart. After the first mistake it is bad and returns zero values.
type decoder struct {
	rest []byte
	bad  bool
}

// fail marks d as bad.
func (d *decoder) fail() { d.rest, d.bad = nil, true }

// byte returns the next byte, at most most.
func (d *decoder) byte(most byte) byte {
	if len(d.rest) == 0 || d.rest[0] > most {
		d.fail()
		return 0
	}
	b := d.rest[0]
	d.rest = d.rest[1:]
	return b
}

// uvarint returns the next number, at most most, in its shortest form.
func (d *decoder) uvarint(most uint64) uint64 {
	v, n := binary.Uvarint(d.rest)
	if n <= 0 || v > most || n > 1 && d.rest[n-1] == 0 {
		d.fail()
		return 0
	}
	d.rest = d.rest[n:]
	return v
}

// count returns the number of the things that follow, each at least as long as least.
func (d *decoder) count(least int) int {
	return int(d.uvarint(uint64(len(d.rest) / least))) //nolint:gosec // G115: at most the length
}

// bytes returns the next bytes, nil if there are none. They end where their capacity does.
func (d *decoder) bytes() []byte {
	n := d.count(1)
	if n > len(d.rest) {
		d.fail()
	}
	if n == 0 || d.bad {
		return nil
	}
	b := d.rest[:n:n]
	d.rest = d.rest[n:]
	return b
}

// time returns the next time, in UTC.
func (d *decoder) time() time.Time {
	if d.byte(1) == 0 {
		return time.Time{}
	}
	zigzag := d.uvarint(math.MaxUint64)
	nanos := d.uvarint(uint64(time.Second - 1))
	sec := int64(zigzag>>1) ^ -int64(zigzag&1)
	t := time.Unix(sec, int64(nanos)).UTC() //nolint:gosec // G115: below 1e9
	if t.IsZero() {
		d.fail()
	}
	return t
}

// window returns the next window.
func (d *decoder) window() send.Window {
	w := send.Window{Opened: d.time()}
	if !w.Opened.IsZero() {
		w.By = send.Opener(d.uvarint(math.MaxUint8)) //nolint:gosec // G115: at most 255
	}
	return w
}

// unreachable returns what follows of somebody who is unreachable.
func (d *decoder) unreachable() Unreachable {
	u := Unreachable{Since: d.time()}
	if u.Since.IsZero() {
		return u
	}
	u.Code = int(d.uvarint(math.MaxInt))    //nolint:gosec // G115: at most that
	u.Subcode = int(d.uvarint(math.MaxInt)) //nolint:gosec // G115: at most that
	return u
}

// ids returns the next ids.
func (d *decoder) ids() ids {
	b := d.bytes()
	if len(b)%idSize != 0 {
		d.fail()
	}
	return b
}

// ledger returns the next ledger.
func (d *decoder) ledger() []Entry {
	n := d.count(entryLeast)
	if n == 0 {
		return nil
	}
	entries := make([]Entry, n)
	for i := range entries {
		e := &entries[i]
		for _, s := range [...]*string{&e.Event, &e.Key, &e.Recipient, &e.Mid, &e.Attachment} {
			*s = string(d.bytes())
		}
		e.Unsure = d.byte(1) == 1
	}
	return entries
}

// revoked returns the next list of events called back.
func (d *decoder) revoked() []string {
	n := d.count(1)
	if n == 0 {
		return nil
	}
	all := make([]string, n)
	for i := range all {
		all[i] = string(d.bytes())
	}
	return all
}

// values returns the next list of session values after a look at its order.
func (d *decoder) values() []byte {
	list := decoder{rest: d.bytes()}
	all := list.rest
	var last []byte
	for first := true; len(list.rest) > 0; first = false {
		name := list.bytes()
		list.bytes()
		if list.bad || !first && bytes.Compare(name, last) <= 0 {
			d.fail()
			return nil
		}
		last = name
	}
	return all
}

// values returns the names and the JSON in a list of session values that decode has looked at.
func values(list []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(name, value []byte) bool) {
		for d := (decoder{rest: list}); len(d.rest) > 0; {
			if name := d.bytes(); !yield(name, d.bytes()) {
				return
			}
		}
	}
}
