package router

import (
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"
)

// opaque writes and reads itself, so that what it hides does not matter.
type opaque struct{ hidden func() }

func (opaque) MarshalJSON() ([]byte, error) { return []byte(`"opaque"`), nil }

func (o *opaque) UnmarshalJSON([]byte) error { o.hidden = nil; return nil }

func (s secret) String() string { return s.street }

// unread writes itself, but cannot be read.
type unread struct{ hidden int }

func (u unread) MarshalText() ([]byte, error) { return nil, errors.New(string(rune(u.hidden))) }

type (
	pair[A, B any] struct {
		Left  A
		Right B
	}
	Base    struct{ Street string }
	lower   struct{ Street string }
	secret  struct{ street string }
	tree    struct{ Left, Right *tree }
	renamed struct {
		A string `json:"b"`
		B string `json:"a,omitempty"`
	}
)

// What of a type JSON loses, with its path.
func TestJsonable(t *testing.T) {
	tests := map[string]struct {
		data any // of the type
		want []string
	}{
		"nothing":                 {struct{}{}, nil},
		"scalars":                 {pair[bool, pair[int, float64]]{}, nil},
		"bytes":                   {pair[[]byte, json.RawMessage]{}, nil},
		"times":                   {pair[time.Time, *time.Duration]{}, nil},
		"containers":              {pair[map[int][]*[3]string, map[string]map[uint8]string]{}, nil},
		"a map":                   {map[string]string{}, nil},
		"a text":                  {"", nil},
		"recursion":               {tree{}, nil},
		"renamed":                 {renamed{}, nil},
		"its own JSON":            {pair[opaque, map[string]*opaque]{}, nil},
		"keys of text":            {map[time.Time]int{}, nil},
		"embedded":                {struct{ Base }{}, nil},
		"embedded, in lower case": {struct{ lower }{}, nil},
		"embedded pointer":        {struct{ *Base }{}, nil},

		"a function":     {func() {}, []string{"T is of the type func()"}},
		"an interface":   {pair[any, error]{}, []string{"T.Left is of the type interface {}", "T.Right is of the type error"}},
		"a channel":      {pair[int, []chan int]{}, []string{"T.Right[…] is of the type chan int"}},
		"complex":        {pair[complex64, *complex128]{}, []string{"T.Left is of the type complex64", "T.Right is of the type complex128"}},
		"in a map":       {map[string]pair[int, any]{}, []string{"T[…].Right is of the type interface {}"}},
		"keys":           {pair[map[bool]int, int]{}, []string{"T.Left has keys of the type bool"}},
		"keys no text":   {map[Base]int{}, []string{"T has keys of the type router.Base"}},
		"not exported":   {pair[secret, []secret]{}, []string{"T.Left.street is not exported", "T.Right[…].street is not exported"}},
		"cannot be read": {pair[unread, int]{}, []string{"T.Left.hidden is not exported"}},
		"left out": {struct {
			A string `json:"-"`
		}{}, []string{`T.A is left out by its tag json:"-"`}},
		"names apart by case": {struct{ Ab, AB int }{}, nil},
		"one name by a tag": {struct {
			A string
			B string `json:"A"`
		}{}, []string{`T.A and T.B have one name, "A"`}},
		"embedded pointer, in lower case": {struct{ *lower }{}, []string{"T.lower is not exported"}},
		"embedded, with what is lost":     {struct{ secret }{}, []string{"T.secret.street is not exported"}},
		"embedded text, in lower case":    {struct{ text }{}, []string{"T.text is not exported"}},
		"one name in an embedded struct": {struct {
			Base
			Street int
		}{}, []string{`T.Base.Street and T.Street have one name, "Street"`}},
		"one name in two embedded structs": {struct {
			Base
			lower
		}{}, []string{`T.Base.Street and T.lower.Street have one name, "Street"`}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := unstorable(reflect.TypeOf(test.data), "T", make(map[reflect.Type]bool))
			if !slices.Equal(got, test.want) {
				t.Errorf("got  %q\nwant %q", got, test.want)
			}
		})
	}
}

type text string

// What a developer is told names the type.
func TestJsonableNamesTheType(t *testing.T) {
	_, found := Conversation[pair[func(), int]]{Name: "odd"}.compile(nil)
	const want = `conversation "odd": its data does not survive JSON: router.pair[func(),int].Left is of the type func()`
	if !slices.ContainsFunc(found, func(err error) bool { return err.Error() == want }) {
		t.Errorf("problems %q, want %q among them", found, want)
	}
}

// The judgement agrees with encoding/json: what passes comes back as it was.
func TestWhatIsJsonableComesBack(t *testing.T) {
	at, length := time.Date(2026, time.November, 2, 9, 0, 0, 0, time.UTC), time.Hour
	for _, data := range []any{
		&pair[bool, pair[int, float64]]{true, pair[int, float64]{-7, 0.5}},
		&pair[[]byte, json.RawMessage]{[]byte{0, 255}, json.RawMessage(`{"a":[1]}`)},
		&pair[time.Time, *time.Duration]{at, &length},
		&tree{Left: &tree{Right: &tree{}}},
		&renamed{"a", "b"},
		&map[time.Time]int{at: 1},
		&struct{ Base }{Base{"Main Street 1"}},
		&struct{ lower }{lower{"Main Street 1"}},
		&struct{ *Base }{&Base{"Main Street 1"}},
	} {
		kind := reflect.TypeOf(data).Elem()
		if lost := unstorable(kind, "T", make(map[reflect.Type]bool)); lost != nil {
			t.Errorf("%s: %q", kind, lost)
		}
		encoded, err := json.Marshal(data)
		if err != nil {
			t.Errorf("%s: %v", kind, err)
			continue
		}
		read := reflect.New(kind).Interface()
		if err := json.Unmarshal(encoded, read); err != nil || !reflect.DeepEqual(read, data) {
			t.Errorf("%s: wrote %s, read %+v, %v", kind, encoded, read, err)
		}
	}
}
