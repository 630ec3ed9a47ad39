package webhook

import (
	"encoding/json"
	"iter"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tidwall/gjson"
)

// text returns a string, or the digits of a number, as valid UTF-8; "" for anything else.
func text(v gjson.Result) string {
	switch v.Type {
	case gjson.Number:
		return v.Raw
	case gjson.String:
		verbatim := len(v.Str)+len(`""`) == len(v.Raw)
		if utf8.ValidString(v.Str) && (verbatim || !strings.ContainsRune(v.Str, utf8.RuneError)) {
			return v.Str
		}
		// gjson keeps broken UTF-8 and eats what follows half a surrogate pair; encoding/json does neither
		var s string
		if json.Unmarshal([]byte(v.Raw), &s) == nil {
			return s
		}
	}
	return ""
}

// clipped returns s, or its beginning where it is longer than any ID of Meta's. It is for what all items of
// an entry have: it is kept with each of them, so the product of the two must stay small.
func clipped(s string) string {
	if len(s) > maxID {
		return strings.ToValidUTF8(s[:maxID], "")
	}
	return s
}

// maxTime is the longest JSON of a time that is read, in bytes.
const maxTime = 64

// scalar returns the JSON of a number or a string, "" for anything else and for what is too long for a time.
func scalar(v gjson.Result) string {
	if len(v.Raw) <= maxTime && (v.Type == gjson.Number || v.Type == gjson.String) {
		return v.Raw
	}
	return ""
}

// The bounds of times on the wire: what is smaller is in seconds, what is larger is no time.
const (
	firstMilli = 1e11                // Meta's milliseconds; as seconds the year 5138
	lastMilli  = 253_402_300_799_999 // the end of the year 9999
)

// instant reads a time: milliseconds or seconds since 1970 as a number or a string, or RFC 3339. It returns
// the zero time for anything else.
func instant(v gjson.Result) time.Time {
	digits := v.Raw
	if v.Type == gjson.String {
		digits = v.Str
	} else if v.Type != gjson.Number {
		return time.Time{}
	}
	if n, err := strconv.ParseInt(digits, 10, 64); err == nil {
		if 0 < n && n < firstMilli {
			n *= 1000
		}
		return milli(n)
	}
	if f, err := strconv.ParseFloat(digits, 64); err == nil {
		if f < firstMilli {
			f *= 1000
		}
		if 0 < f && f < lastMilli {
			return milli(int64(f))
		}
		return time.Time{}
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05Z0700"} {
		if t, err := time.Parse(layout, digits); err == nil {
			return milli(t.UnixMilli())
		}
	}
	return time.Time{}
}

// milli returns the time n milliseconds after 1970, the zero time where n is out of bounds.
func milli(n int64) time.Time {
	if n <= 0 || n > lastMilli {
		return time.Time{}
	}
	return time.UnixMilli(n).UTC()
}

// finite returns a number, also one in a string; 0 for anything else.
func finite(v gjson.Result) float64 {
	if f := v.Float(); !math.IsInf(f, 0) && !math.IsNaN(f) {
		return f
	}
	return 0
}

// whole returns the whole part of a number, also of one in a string; 0 for anything else, and where it is
// out of bounds.
func whole(v gjson.Result) int64 {
	const limit = 1 << 53
	switch f := finite(v); {
	case v.Type != gjson.Number && v.Type != gjson.String:
		return 0
	case -limit <= f && f <= limit:
		return int64(f)
	}
	return 0
}

// objects yields the elements of a list that are objects.
func objects(list gjson.Result) iter.Seq[gjson.Result] {
	return func(yield func(gjson.Result) bool) {
		if !list.IsArray() {
			return
		}
		for _, element := range list.All() {
			if element.IsObject() && !yield(element) {
				return
			}
		}
	}
}

// collect reads the elements of a list that are objects. The list may be long: growing the result would
// cost more than counting first.
func collect[T any](list gjson.Result, read func(gjson.Result) T) []T {
	n := 0
	for range objects(list) {
		n++
	}
	if n == 0 {
		return nil
	}
	all := make([]T, 0, n)
	for element := range objects(list) {
		all = append(all, read(element))
	}
	return all
}
