package session_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/session"
)

// golden is a record of version 1, put together by hand (SHA-256 and CRC-32C by Python).
var golden = strings.Join([]string{
	"01",                                 // version
	"01809f8cb00d80cab5ee01" + "01",      // window: opened at noon and half a second, by an ad
	"018089d6b00d00",                     // expires a week after noon
	"01a0d78cb00d00",                     // muted until an hour after noon
	"0f323633393032303337343330393030",   // owner 263902037430900
	"10be2ed5fb4a408fd3131a413e6b0187c0", // ids: message:m_1, handled at noon
	"010b6d6573736167653a6d5f3204316623310437333031036d5f330001", // ledger
	"0108637573746f6d3a39",             // revoked: custom:9
	"0f0463617274055b2261225d016e0133", // values: cart, n
	"0d7b226174223a2273697a65227d",     // frames
	"de95ccc7",                         // checksum
}, "")

// unreachable is a record of version 2, put together by hand as golden is.
var unreachable = strings.Join([]string{
	"02",                                 // version
	"01809f8cb00d0000",                   // window: opened at noon
	"00" + "00",                          // expires, muted
	"01a0d78cb00d00" + "a704" + "d1a65e", // unreachable since an hour after noon, 551/1545041
	"0f323633393032303337343330393030",   // owner 263902037430900
	"0000000000",                         // ids, ledger, revoked, values, frames
	"d689443d",                           // checksum
}, "")

// owned is a record of version 3, put together by hand as golden is.
var owned = strings.Join([]string{
	"03",                               // version
	"01809f8cb00d0000",                 // window: opened at noon
	"00" + "00",                        // expires, muted
	"00",                               // unreachable: no
	"01a0d78cb00d00",                   // owner since an hour after noon
	"0b7b226e223a22416461227d",         // about: {"n":"Ada"}
	"0f323633393032303337343330393030", // owner 263902037430900
	"0000000000",                       // ids, ledger, revoked, values, frames
	"01167990",                         // checksum
}, "")

func unhex(tb testing.TB, s string) []byte {
	tb.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

func TestDecodeReadsVersion1(t *testing.T) {
	p, err := session.Decode(unhex(t, golden))
	if err != nil {
		t.Fatal(err)
	}
	want := &session.Person{
		Window: send.Window{Opened: noon.Add(time.Second / 2), By: send.ByAd},
		Owner:  "263902037430900",
		Ledger: []session.Entry{
			{Event: "message:m_2", Key: "1f#1", Recipient: "7301", Mid: "m_3", Unsure: true},
		},
		Revoked: []string{"custom:9"},
		Frames:  []byte(`{"at":"size"}`),
		Expires: noon.Add(week),
		Muted:   noon.Add(time.Hour),
	}
	if diff := cmp.Diff(want, p, cmpopts.IgnoreUnexported(session.Person{})); diff != "" {
		t.Errorf("decoded person (-want +got):\n%s", diff)
	}
	if !p.Handled("message:m_1") || p.Handled("message:m_2") {
		t.Error("the ids are not those of the record")
	}
	cart, err := session.NewKey[[]string]("cart").Get(p.Session())
	if err != nil || len(cart) != 1 || cart[0] != "a" {
		t.Errorf("cart: %q, %v", cart, err)
	}
	n, err := session.NewKey[int]("n").Get(p.Session())
	if err != nil || n != 3 {
		t.Errorf("n: %d, %v", n, err)
	}
}

func TestEncodeWritesVersion1(t *testing.T) {
	p, err := session.Decode(unhex(t, golden))
	if err != nil {
		t.Fatal(err)
	}
	if got := hex.EncodeToString(p.Encode()); got != golden {
		t.Errorf("encoded as\n%s, want\n%s", got, golden)
	}
}

func TestVersion2IsOfWhoIsUnreachable(t *testing.T) {
	p, err := session.Decode(unhex(t, unreachable))
	if err != nil {
		t.Fatal(err)
	}
	want := &session.Person{
		Window:      send.Window{Opened: noon},
		Unreachable: session.Unreachable{Since: noon.Add(time.Hour), Code: 551, Subcode: 1545041},
		Owner:       "263902037430900",
	}
	if diff := cmp.Diff(want, p, cmpopts.IgnoreUnexported(session.Person{})); diff != "" {
		t.Errorf("decoded person (-want +got):\n%s", diff)
	}
	if got := hex.EncodeToString(p.Encode()); got != unreachable {
		t.Errorf("encoded as\n%s, want\n%s", got, unreachable)
	}
	p.Unreachable = session.Unreachable{}
	if got := p.Encode(); got[0] != 1 {
		t.Errorf("version %d of somebody who can be reached, want 1", got[0])
	}
	p.Unreachable = session.Unreachable{Since: noon, Code: -1, Subcode: -1}
	if again, err := session.Decode(p.Encode()); err != nil || again.Unreachable != (session.Unreachable{Since: noon}) {
		t.Errorf("numbers below zero: %+v, %v; want the time alone", again, err)
	}
}

func TestVersion3SaysSinceWhenTheThreadHasItsOwner(t *testing.T) {
	p, err := session.Decode(unhex(t, owned))
	if err != nil {
		t.Fatal(err)
	}
	want := &session.Person{
		Window: send.Window{Opened: noon},
		Owner:  "263902037430900", OwnerSince: noon.Add(time.Hour), About: []byte(`{"n":"Ada"}`),
	}
	if diff := cmp.Diff(want, p, cmpopts.IgnoreUnexported(session.Person{})); diff != "" {
		t.Errorf("decoded person (-want +got):\n%s", diff)
	}
	if got := hex.EncodeToString(p.Encode()); got != owned {
		t.Errorf("encoded as\n%s, want\n%s", got, owned)
	}
	tests := map[string]struct {
		person session.Person
		want   byte
	}{
		"an owner without a time": {session.Person{Owner: "17"}, 1},
		"unreachable":             {session.Person{Unreachable: session.Unreachable{Since: noon}}, 2},
		"since when alone":        {session.Person{OwnerSince: noon}, 3},
		"about alone":             {session.Person{About: []byte("x")}, 3},
		"about of nothing":        {session.Person{About: []byte{}}, 1},
		"both, unreachable": {session.Person{
			OwnerSince: noon, About: []byte("x"), Unreachable: session.Unreachable{Since: noon, Code: 551},
		}, 3},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			data := test.person.Encode()
			if data[0] != test.want {
				t.Errorf("version %d, want %d", data[0], test.want)
			}
			got, err := session.Decode(data)
			if err != nil {
				t.Fatal(err)
			}
			ignored := cmpopts.IgnoreUnexported(session.Person{})
			if diff := cmp.Diff(&test.person, got, ignored, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("decoded person (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDecodeRefusesDamage(t *testing.T) {
	whole := unhex(t, golden)
	for i := range whole {
		for bit := range 8 {
			damaged := bytes.Clone(whole)
			damaged[i] ^= 1 << bit
			if _, err := session.Decode(damaged); !errors.Is(err, session.ErrDamaged) {
				t.Fatalf("bit %d of byte %d turned: %v, want ErrDamaged", bit, i, err)
			}
		}
		if _, err := session.Decode(whole[:i]); !errors.Is(err, session.ErrDamaged) {
			t.Fatalf("cut to %d bytes: %v, want ErrDamaged", i, err)
		}
	}
	if _, err := session.Decode(session.Sealed(nil)); !errors.Is(err, session.ErrDamaged) {
		t.Errorf("a checksum of nothing: %v, want ErrDamaged", err)
	}
	if _, err := session.Decode(append(whole, 0)); !errors.Is(err, session.ErrDamaged) {
		t.Errorf("one byte more: %v, want ErrDamaged", err)
	}
}

// TestDecodeRefusesNonsense gives bodies whose checksum is right: what a faulty program could have written.
func TestDecodeRefusesNonsense(t *testing.T) {
	const (
		noTimes = "000000"                  // window, expires, muted
		nothing = "00" + "00" + "00" + "00" // owner, ids, ledger, revoked
	)
	tests := map[string]string{
		"nothing after the version":             "",
		"a window flag of 2":                    "02",
		"a window without its opener":           "01809f8cb00d00",
		"an opener over 255":                    "01809f8cb00d00" + "8002" + "0000" + nothing + "0000",
		"nanoseconds of a whole second":         "01809f8cb00d" + "8094ebdc03" + "00" + "0000" + nothing + "0000",
		"a zero time that is not left out":      "00" + "01ffdb8ff9ce0300" + "00" + nothing + "0000",
		"muted until a zero time":               "0000" + "01ffdb8ff9ce0300" + nothing + "0000",
		"a muted flag of 2":                     "0000" + "02" + nothing + "0000",
		"an owner longer than the rest by one":  noTimes + "02" + "61",
		"an owner longer than the rest":         noTimes + "ffffffffffffffff7f" + "61",
		"a length in two bytes for one":         noTimes + "8100" + "61" + "000000" + "0000",
		"a length of eleven bytes":              noTimes + "ffffffffffffffffffff01",
		"an id of 15 bytes":                     noTimes + "00" + "0f" + strings.Repeat("00", 15) + "0000" + "0000",
		"a ledger longer than the rest":         noTimes + "0000" + "ffffffff0f" + "00" + "0000",
		"a ledger entry cut off":                noTimes + "0000" + "01" + "0000000000",
		"an unsure of 2":                        noTimes + "0000" + "01" + "000000000002" + "00" + "0000",
		"more revoked than bytes":               noTimes + "000000" + "ffff03" + "0000",
		"a name without a value":                noTimes + nothing + "02" + "0161" + "00",
		"one name twice":                        noTimes + nothing + "08" + "01610131" + "01610132" + "00",
		"names out of order":                    noTimes + nothing + "08" + "01620131" + "01610132" + "00",
		"version 2 without a time":              "02" + noTimes + "00" + "0000" + nothing + "0000",
		"version 2 without a subcode":           "02" + noTimes + "01809f8cb00d00" + "a704",
		"version 3 without its times":           "03" + noTimes + "00",
		"version 3 with neither":                "03" + noTimes + "00" + "00" + "00" + nothing + "0000",
		"version 3, about longer than the rest": "03" + noTimes + "00" + "00" + "ff01" + "61" + nothing + "0000",
		"version 2 that says nothing":           "02" + noTimes + "00" + nothing + "0000",
		"bytes after the frames":                noTimes + nothing + "0000" + "00",
	}
	if _, err := session.Decode(session.Sealed(unhex(t, "01"+noTimes+nothing+"0000"))); err != nil {
		t.Fatalf("the empty record: %v", err)
	}
	for name, body := range tests {
		t.Run(name, func(t *testing.T) {
			if !strings.HasPrefix(name, "version ") {
				body = "01" + body
			}
			p, err := session.Decode(session.Sealed(unhex(t, body)))
			if !errors.Is(err, session.ErrDamaged) || p != nil {
				t.Errorf("%v, %v; want ErrDamaged", p, err)
			}
		})
	}
}

func TestDecodeNamesAnUnknownVersion(t *testing.T) {
	body := unhex(t, golden)
	body[0] = 4
	_, err := session.Decode(session.Sealed(body[:len(body)-4]))
	if !errors.Is(err, session.ErrVersion) || errors.Is(err, session.ErrDamaged) {
		t.Errorf("%v, want ErrVersion", err)
	}
	if want := "session: record of an unknown version: it has 4, this is 3"; err.Error() != want {
		t.Errorf("%q, want %q", err, want)
	}
}

// FuzzDecode gives records with a right checksum. What decodes is written back as the same bytes: there is
// one way to write each record.
func FuzzDecode(f *testing.F) {
	whole := unhex(f, golden)
	f.Add(whole[:len(whole)-4])
	whole = unhex(f, unreachable)
	f.Add(whole[:len(whole)-4])
	whole = unhex(f, owned)
	f.Add(whole[:len(whole)-4])
	f.Add(unhex(f, "01"+"000000"+"00000000"+"0000"))
	f.Fuzz(func(t *testing.T, body []byte) {
		_, _ = session.Decode(body)
		data := session.Sealed(body)
		p, err := session.Decode(data)
		if err != nil {
			if !errors.Is(err, session.ErrDamaged) && !errors.Is(err, session.ErrVersion) {
				t.Fatalf("an error of no class: %v", err)
			}
			return
		}
		if again := p.Encode(); !bytes.Equal(again, data) {
			t.Fatalf("decoded and encoded:\n%x, want\n%x", again, data)
		}
		if len(p.About) > len(data) || len(p.Ledger) > len(data) || len(p.Revoked) > len(data) {
			t.Fatalf("%d bytes made %d entries and %d ids", len(data), len(p.Ledger), len(p.Revoked))
		}
		_, _, _ = session.NewKey[any]("cart").Lookup(p.Session())
	})
}

// FuzzRoundTrip writes persons of any content and wants them back.
func FuzzRoundTrip(f *testing.F) {
	f.Add(int64(1795262400), int64(5), true, "263902037430900", "message:m_1", "m_2", "cart", []byte(`{}`))
	f.Add(int64(-1), int64(0), false, "", "", "", "", []byte(nil))
	f.Fuzz(func(t *testing.T, sec, nsec int64, ad bool, owner, id, mid, name string, frames []byte) {
		store := session.NewMemory(session.MemoryConfig{Now: func() time.Time { return noon }})
		p, err := session.Load(t.Context(), store, "k", noon)
		if err != nil {
			t.Fatal(err)
		}
		p.Window.Opened = time.Unix(sec%(1<<40), nsec).UTC()
		if ad && !p.Window.Opened.IsZero() {
			p.Window.By = send.ByAd
		}
		p.Muted = p.Window.Opened
		if !p.Muted.IsZero() {
			p.Unreachable = session.Unreachable{Since: p.Muted, Code: len(id), Subcode: len(mid)}
		}
		p.Owner, p.Revoked, p.Frames = owner, []string{id, mid}, frames
		if ad {
			p.OwnerSince, p.About = p.Window.Opened, frames
			if len(frames) > 4<<10 {
				p.About = nil // Save drops it
			}
		}
		p.Ledger = []session.Entry{{Event: id, Key: name, Mid: mid, Unsure: ad}, {Attachment: owner}}
		p.MarkHandled(id, noon)
		if err := session.NewKey[string](name).Set(p.Session(), "x"); err != nil {
			t.Fatal(err)
		}
		if err := p.Save(t.Context(), store, noon, week); err != nil {
			t.Fatal(err)
		}
		got, err := session.Load(t.Context(), store, "k", noon)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(p, got, cmpopts.IgnoreUnexported(session.Person{}), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("loaded (-want +got):\n%s", diff)
		}
		value, err := session.NewKey[string](name).Get(got.Session())
		if err != nil || value != "x" || !got.Handled(id) {
			t.Errorf("value %q, %v; handled %t", value, err, got.Handled(id))
		}
	})
}
