package durable

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/parleybot/parley/bot"
)

// sameEnvelope compares what of an envelope is stored. No header and an empty one are the same, and so is no data.
var sameEnvelope = cmp.Options{cmpopts.IgnoreUnexported(bot.Envelope{}), cmpopts.EquateEmpty()}

// TestWireKeepsEnvelopes reads back what was stored.
func TestWireKeepsEnvelopes(t *testing.T) {
	due := time.Date(2026, time.November, 21, 12, 0, 0, 1, time.FixedZone("", 5*3600+45*60))
	tests := map[string]bot.Envelope{
		"nothing": {},
		"event":   {ID: "m_1", Key: "105.7301", Header: map[string]string{"v": "1", "": ""}, Data: []byte("{}")},
		"due":     {ID: "timer:1", Key: "105.7301", Due: due},
		"at zero": {Due: time.Unix(0, 0)},
		"oldest":  {Due: time.Time{}.Add(1)},
		"latest":  {Due: time.Date(292_000_000_000, 1, 1, 0, 0, 0, 0, time.UTC)},
		"no text": {ID: "\xff", Key: "\xfe.\x00", Header: map[string]string{"\xff": "\xfe"}, Data: []byte("\xff\x00")},
		"large":   {Data: bytes.Repeat([]byte("x"), 1<<14)},
	}
	for name, want := range tests {
		t.Run(name, func(t *testing.T) {
			stored, err := encode(&want)
			if err != nil {
				t.Fatal(err)
			}
			got, err := decode(stored)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got, sameEnvelope); diff != "" {
				t.Errorf("what was stored is read otherwise (-want +got):\n%s", diff)
			}
		})
	}
}

// TestWireIsWrittenAlike keeps the bytes: a version of the program that cannot read these loses what is stored. They
// were put together by hand from the words of encode.
func TestWireIsWrittenAlike(t *testing.T) {
	e := bot.Envelope{
		ID: "m_1", Key: "105.7301", Due: time.Unix(0, 0), Header: map[string]string{"v": "1", "a": ""}, Data: []byte("{}"),
	}
	due := "\x01\x00\x00\x00\x0e\x77\x91\xf7\x00\x00\x00\x00\x00\xff\xff" // 62,135,596,800 s since year 1, UTC
	want := "\x01" + "\x03m_1" + "\x08105.7301" + "\x0f" + due + "\x02" + "\x01a" + "\x00" + "\x01v" + "\x011" + "{}"
	stored, err := encode(&e)
	if err != nil || string(stored) != want {
		t.Errorf("encode = %q, %v; want %q", stored, err, want)
	}
}

// TestWireRefusesDamage cuts what was stored short everywhere before its data, and breaks it otherwise.
func TestWireRefusesDamage(t *testing.T) {
	e := bot.Envelope{ID: "m_1", Key: "105.7301", Due: time.Unix(1, 0), Header: map[string]string{"v": "1"}}
	stored, err := encode(&e)
	if err != nil {
		t.Fatal(err)
	}
	damaged := map[string][]byte{
		"a newer version":   append([]byte{wireVersion + 1}, stored[1:]...),
		"a length too long": []byte("\x01\x7fm_1"),
		"a length unended":  []byte("\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"),
		"a time of no time": []byte("\x01\x00\x00\x01x\x00"),
		"a million headers": []byte("\x01\x00\x00\x00\xc0\x84\x3d"),
	}
	for end := range stored {
		damaged["cut after "+string(rune('a'+end))] = stored[:end]
	}
	for name, stored := range damaged {
		if got, err := decode(stored); !errors.Is(err, errWire) {
			t.Errorf("%s: %v, %v; want errWire", name, got, err)
		}
	}
}

// FuzzWireDecode reads bytes of all kinds: what it can read it reads the same when it is written again.
func FuzzWireDecode(f *testing.F) {
	f.Add([]byte("\x01\x03m_1\x08105.7301\x00\x01\x01v\x011{}"))
	f.Add([]byte("\x01\x00\x00\x0f\x01\x00\x00\x00\x0e\x77\x91\xf7\x00\x00\x00\x00\x00\xff\xff\x00"))
	f.Add([]byte("\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"))
	f.Fuzz(func(t *testing.T, stored []byte) {
		first, err := decode(stored)
		if err != nil {
			return
		}
		again, err := encode(&first)
		if err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		second, err := decode(again)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(first, second, sameEnvelope); diff != "" {
			t.Errorf("what is read and written is read otherwise (-first +second):\n%s", diff)
		}
	})
}

// FuzzWireEncode stores envelopes of all kinds and reads them back.
func FuzzWireEncode(f *testing.F) {
	f.Add("m_1", "105.7301", int64(0), "v", "1", []byte("{}"))
	f.Add("", "\xff", int64(-1), "", "\x00", []byte(nil))
	f.Fuzz(func(t *testing.T, id, key string, due int64, name, value string, data []byte) {
		want := bot.Envelope{ID: id, Key: key, Header: map[string]string{name: value}, Data: data}
		if due != 0 {
			want.Due = time.Unix(due%(1<<40), due%1e9)
		}
		stored, err := encode(&want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := decode(stored)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, sameEnvelope); diff != "" {
			t.Errorf("what was stored is read otherwise (-want +got):\n%s", diff)
		}
	})
}
