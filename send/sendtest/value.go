package sendtest

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// value is a decoded JSON value under the name that Meta's errors call it by. A null counts as absent.
type value struct {
	name string
	v    any
}

// at returns the value under key; absent if v is no object or has no such key.
func (v value) at(key string) value {
	object, _ := v.v.(map[string]any)
	name := key
	if v.name != "" {
		name = v.name + "[" + key + "]"
	}
	return value{name, object[key]}
}

func (v value) absent() bool { return v.v == nil }

func (v value) isObject() bool {
	_, ok := v.v.(map[string]any)
	return ok
}

// empty reports whether v is absent, "", {} or [].
func (v value) empty() bool {
	switch x := v.v.(type) {
	case nil:
		return true
	case string:
		return x == ""
	case map[string]any:
		return len(x) == 0
	case []any:
		return len(x) == 0
	}
	return false
}

// items returns the elements of an array; none if v is no array. A null among them counts as an empty object,
// so that it lacks what is required.
func (v value) items() []value {
	array, _ := v.v.([]any)
	items := make([]value, len(array))
	for i, x := range array {
		if x == nil {
			x = map[string]any{}
		}
		items[i] = value{v.name + "[" + strconv.Itoa(i) + "]", x}
	}
	return items
}

// text returns a string as it is and a number as its digits; "" for anything else.
func (v value) text() string {
	switch x := v.v.(type) {
	case string:
		return x
	case json.Number:
		return x.String()
	}
	return ""
}

// word returns the text in lower case, for enumerations that Meta reads in either case.
func (v value) word() string { return strings.ToLower(v.text()) }

// number returns a number, or a string that holds one in decimal digits.
func (v value) number() (float64, bool) {
	n, err := strconv.ParseFloat(v.text(), 64)
	return n, err == nil && strings.Trim(v.text(), "+-.0123456789Ee") == ""
}

// isTrue accepts true and "true", as Meta's own samples send both.
func (v value) isTrue() bool { return v.v == true || v.word() == "true" }

// unknown returns the keys of v that are not in known, in alphabetical order.
func (v value) unknown(known []string) []string {
	object, _ := v.v.(map[string]any)
	var keys []string
	for key := range object {
		if !slices.Contains(known, key) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}
