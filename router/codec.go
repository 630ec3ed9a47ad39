package router

import (
	"encoding/binary"
	"encoding/json"
	"errors"
)

// Stored frames are, in this order:
//
//	format   1 byte
//	wait     1 byte (0: none); else id, and due, since and next as varints
//	stack    uvarint count; for each: name, state, data as texts; version and refused as varints; asks as
//	         1 byte; path and offered as lists of texts; given as a list of state, text, payload; parts as a
//	         list of state and frame
//
// A text is a uvarint length and as many bytes; a list is a uvarint count and its items. It is read at every
// event of a person in a conversation, for which JSON is too slow.
const codecFormat = 1

var errFrames = errors.New("router: the frames are damaged")

// encode returns frames as they are stored.
func (f *frames) encode() []byte {
	out := make([]byte, 0, f.size())
	out = append(out, codecFormat)
	if w := f.Wait; w == nil {
		out = append(out, 0)
	} else {
		out = appendText(append(out, 1), w.ID)
		out = binary.AppendVarint(binary.AppendVarint(out, w.Due), w.Since)
		out = binary.AppendVarint(out, int64(w.Next))
	}
	out = binary.AppendUvarint(out, uint64(len(f.Stack)))
	for i := range f.Stack {
		out = f.Stack[i].append(out)
	}
	return out
}

// size returns about how long the encoded frames are.
func (f *frames) size() int {
	n := 64
	for i := range f.Stack {
		l := &f.Stack[i]
		n += 64 + len(l.Data)
		for _, state := range l.Path {
			n += 2 + len(state)
		}
		for _, g := range l.Given {
			n += 6 + len(g.State) + len(g.Text) + len(g.Payload)
		}
	}
	return n
}

// append adds f to out.
func (f *frame) append(out []byte) []byte {
	out = appendText(appendText(appendText(out, f.Name), f.State), f.Data)
	out = binary.AppendVarint(binary.AppendVarint(out, int64(f.Version)), int64(f.Refused))
	if f.Asks {
		out = append(out, 1)
	} else {
		out = append(out, 0)
	}
	out = appendTexts(appendTexts(out, f.Path), f.Offered)
	out = appendGiven(out, f.Given)
	out = binary.AppendUvarint(out, uint64(len(f.Parts)))
	for _, k := range f.Parts {
		out = k.Frame.append(appendText(out, k.State))
	}
	return out
}

func appendText[S ~string | ~[]byte](out []byte, text S) []byte {
	return append(binary.AppendUvarint(out, uint64(len(text))), text...)
}

func appendTexts(out []byte, texts []string) []byte {
	out = binary.AppendUvarint(out, uint64(len(texts)))
	for _, text := range texts {
		out = appendText(out, text)
	}
	return out
}

func appendGiven(out []byte, all []given) []byte {
	out = binary.AppendUvarint(out, uint64(len(all)))
	for _, g := range all {
		out = appendText(appendText(appendText(out, g.State), g.Text), g.Payload)
	}
	return out
}

// decodeFrames returns the frames that stored is. Their texts are parts of one copy of it.
func decodeFrames(stored []byte) (*frames, error) {
	d := decoder{rest: string(stored)}
	f := new(frames)
	if d.byte() != codecFormat {
		return nil, errFrames
	}
	if d.byte() == 1 {
		f.Wait = &wait{ID: d.text(), Due: d.varint(), Since: d.varint(), Next: int(d.varint())}
	}
	f.Stack = make([]frame, d.count())
	for i := range f.Stack {
		d.frame(&f.Stack[i])
	}
	if d.bad || d.rest != "" || len(f.Stack) == 0 || f.Wait != nil && f.Wait.Next < 0 {
		return nil, errFrames
	}
	return f, nil
}

// decoder takes stored frames apart. After the first mistake it is bad, and returns zero values.
type decoder struct {
	rest string
	bad  bool
}

// frame reads a frame.
func (d *decoder) frame(f *frame) {
	f.Name, f.State, f.Data = d.text(), d.text(), d.data()
	f.Version, f.Refused, f.Asks = int(d.varint()), int(d.varint()), d.byte() == 1
	f.Path, f.Offered, f.Given = d.texts(), d.texts(), d.given()
	if n := d.count(); n > 0 {
		f.Parts = make([]kept, n)
		for i := range f.Parts {
			f.Parts[i].State = d.text()
			d.frame(&f.Parts[i].Frame)
		}
	}
}

func (d *decoder) fail() { d.rest, d.bad = "", true }

func (d *decoder) byte() byte {
	if d.rest == "" {
		d.fail()
		return 0
	}
	b := d.rest[0]
	d.rest = d.rest[1:]
	return b
}

// uvarint returns the next number.
func (d *decoder) uvarint() uint64 {
	var number uint64
	for shift := 0; shift < 64; shift += 7 {
		b := d.byte()
		number |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return number
		}
	}
	d.fail()
	return 0
}

// varint returns the next number with a sign.
func (d *decoder) varint() int64 {
	zigzag := d.uvarint()
	return int64(zigzag>>1) ^ -int64(zigzag&1)
}

// count returns the number of the bytes or items that follow: there is at least one byte for each.
func (d *decoder) count() int {
	n := d.uvarint()
	if n > uint64(len(d.rest)) {
		d.fail()
		return 0
	}
	return int(n) //nolint:gosec // G115: at most the length
}

func (d *decoder) text() string {
	n := d.count()
	text := d.rest[:n]
	d.rest = d.rest[n:]
	return text
}

// data returns the next text as JSON, nil if it is empty.
func (d *decoder) data() json.RawMessage {
	if text := d.text(); text != "" {
		return json.RawMessage(text)
	}
	return nil
}

func (d *decoder) texts() []string {
	n := d.count()
	if n == 0 {
		return nil
	}
	texts := make([]string, n, n+1)
	for i := range texts {
		texts[i] = d.text()
	}
	return texts
}

func (d *decoder) given() []given {
	n := d.count()
	if n == 0 {
		return nil
	}
	all := make([]given, n, n+1)
	for i := range all {
		all[i] = given{State: d.text(), Text: d.text(), Payload: d.text()}
	}
	return all
}
