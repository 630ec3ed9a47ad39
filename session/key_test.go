package session_test

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/parleybot/parley/session"
)

type order struct {
	Size  string   `json:"size"`
	Extra []string `json:"extra,omitempty"`
	Count int      `json:"count"`
}

func TestKeyOfNothingIsZero(t *testing.T) {
	key := session.NewKey[order]("order")
	got, ok, err := key.Lookup(new(session.Session))
	if diff := cmp.Diff(order{}, got); diff != "" || ok || err != nil {
		t.Errorf("%t, %v, %s", ok, err, diff)
	}
}

func TestKeyReadsWhatItWrote(t *testing.T) {
	s, key := new(session.Session), session.NewKey[order]("order")
	want := order{Size: "large", Extra: []string{"ünï"}, Count: 2}
	if err := key.Set(s, want); err != nil {
		t.Fatal(err)
	}
	got, ok, err := key.Lookup(s)
	if diff := cmp.Diff(want, got); diff != "" || !ok || err != nil {
		t.Errorf("%t, %v, %s", ok, err, diff)
	}
	got.Extra[0] = "changed"
	if again, err := key.Get(s); err != nil || again.Extra[0] != "ünï" {
		t.Errorf("a change of what was read came through: %v, %v", again, err)
	}
	key.Delete(s)
	if got, ok, err := key.Lookup(s); ok || err != nil || got.Count != 0 {
		t.Errorf("after Delete: %v, %t, %v", got, ok, err)
	}
}

func TestKeysAreStored(t *testing.T) {
	store := newMemory(&clock{noon})
	a, b, c := session.NewKey[int]("a"), session.NewKey[*order]("b"), session.NewKey[string]("")
	p := load(t, store, noon)
	for _, err := range []error{a.Set(p.Session(), 1), b.Set(p.Session(), nil), c.Set(p.Session(), "x")} {
		if err != nil {
			t.Fatal(err)
		}
	}
	save(t, p, store, noon)

	p = load(t, store, noon)
	a.Delete(p.Session())
	a.Delete(p.Session())
	if err := b.Set(p.Session(), &order{Count: 3}); err != nil {
		t.Fatal(err)
	}
	save(t, p, store, noon)

	p = load(t, store, noon)
	_, ok, err := a.Lookup(p.Session())
	if ok || err != nil {
		t.Errorf("a is there after its deletion: %v", err)
	}
	if got, err := b.Get(p.Session()); err != nil || got == nil || got.Count != 3 {
		t.Errorf("b: %v, %v", got, err)
	}
	if got, err := c.Get(p.Session()); err != nil || got != "x" {
		t.Errorf("c: %q, %v", got, err)
	}
	b.Delete(p.Session())
	c.Delete(p.Session())
	save(t, p, store, noon)
	if p = load(t, store, noon); !p.Expires.IsZero() {
		t.Errorf("a session without values expires %s", p.Expires)
	}
}

func TestKeyThatDoesNotFitGivesZero(t *testing.T) {
	s := new(session.Session)
	if err := session.NewKey[map[string]any]("order").Set(s, map[string]any{"size": "large", "count": "two"}); err != nil {
		t.Fatal(err)
	}
	got, ok, err := session.NewKey[order]("order").Lookup(s)
	if diff := cmp.Diff(order{}, got); diff != "" || !ok || err == nil {
		t.Errorf("%t, %v, %s; want an error and nothing half-read", ok, err, diff)
	}
}

// loud is a type whose JSON quotes what it was given in its errors.
type loud string

func (l loud) MarshalJSON() ([]byte, error) { return nil, errors.New(string(l)) }

func (l *loud) UnmarshalJSON(b []byte) error { return errors.New(string(b)) }

func TestKeyErrorsTellNoValue(t *testing.T) {
	const secret = "1234567"
	s := new(session.Session)
	if err := session.NewKey[json.Number]("n").Set(s, secret); err != nil {
		t.Fatal(err)
	}
	_, small := session.NewKey[int8]("n").Get(s)
	_, quoted := session.NewKey[loud]("n").Get(s)
	tests := map[string]struct {
		err  error
		want string
	}{
		"a number too large":     {small, `session: key "n": what is stored does not fit int8`},
		"a type of its own":      {quoted, `session: key "n": what is stored does not fit session_test.loud`},
		"written by such a type": {session.NewKey[loud]("n").Set(s, secret), `session: key "n": JSON cannot hold this session_test.loud`},
		"not a number":           {session.NewKey[float64]("f").Set(s, math.NaN()), `session: key "f": JSON cannot hold this float64`},
		"a function":             {session.NewKey[func()]("f").Set(s, func() {}), `session: key "f": JSON cannot hold this func()`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if test.err == nil || test.err.Error() != test.want {
				t.Fatalf("%v, want %s", test.err, test.want)
			}
			if strings.Contains(test.err.Error(), secret) {
				t.Errorf("the error tells the value: %v", test.err)
			}
		})
	}
	if typeErr := new(json.UnmarshalTypeError); !errors.As(small, &typeErr) {
		t.Errorf("%v does not unwrap to the error of encoding/json", small)
	}
	if n, err := session.NewKey[int]("n").Get(s); err != nil || n != 1234567 {
		t.Errorf("the value after refused calls: %d, %v", n, err)
	}
}
