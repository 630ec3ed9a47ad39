package router

import (
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
)

// jsonable notes what of a type does not survive JSON, with its path.
func (p *problems) jsonable(data reflect.Type) {
	seen := make(map[reflect.Type]bool)
	for _, lost := range unstorable(data, data.String(), seen) {
		p.add("its data does not survive JSON: %s", lost)
	}
}

// unstorable returns the parts of a type that JSON loses.
func unstorable(t reflect.Type, path string, seen map[reflect.Type]bool) []string {
	if seen[t] || writesItself(t) {
		return nil
	}
	seen[t] = true
	defer delete(seen, t) // another field of the same type has a path of its own
	switch t.Kind() {
	case reflect.Func, reflect.Chan, reflect.Interface, reflect.Complex64, reflect.Complex128,
		reflect.UnsafePointer:
		return []string{fmt.Sprintf("%s is of the type %s", path, t)}
	case reflect.Pointer:
		return unstorable(t.Elem(), path, seen)
	case reflect.Slice, reflect.Array:
		return unstorable(t.Elem(), path+"[…]", seen)
	case reflect.Map:
		lost := unstorable(t.Elem(), path+"[…]", seen)
		if !isKey(t.Key()) {
			lost = append(lost, fmt.Sprintf("%s has keys of the type %s", path, t.Key()))
		}
		return lost
	case reflect.Struct:
		return unstorableFields(t, path, seen, make(map[string]string))
	default:
		return nil
	}
}

// unstorableFields returns the fields of a struct that JSON loses. Names are the paths of those found so far
// in the same object, by name.
func unstorableFields(
	t reflect.Type, path string, seen map[reflect.Type]bool, names map[string]string,
) []string {
	var lost []string
	for field := range t.Fields() {
		at := path + "." + field.Name
		tag, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		switch {
		case field.Anonymous && tag == "" && structOf(field.Type) && (field.IsExported() ||
			field.Type.Kind() == reflect.Struct):
			lost = append(lost, embedded(field.Type, at, seen, names)...)
			continue
		case !field.IsExported():
			lost = append(lost, at+" is not exported")
			continue
		case field.Tag.Get("json") == "-":
			lost = append(lost, at+` is left out by its tag json:"-"`)
			continue
		}
		if tag == "" {
			tag = field.Name
		}
		if other, taken := names[tag]; taken {
			lost = append(lost, fmt.Sprintf("%s and %s have one name, %q", other, at, tag))
		}
		names[tag] = at
		lost = append(lost, unstorable(field.Type, at, seen)...)
	}
	return lost
}

// embedded returns the fields of an embedded struct that JSON loses: it writes them beside the others.
func embedded(t reflect.Type, path string, seen map[reflect.Type]bool, names map[string]string) []string {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if seen[t] {
		return nil
	}
	seen[t] = true
	defer delete(seen, t)
	return unstorableFields(t, path, seen, names)
}

// structOf reports whether t is a struct or a pointer to one.
func structOf(t reflect.Type) bool {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.Kind() == reflect.Struct && !writesItself(t)
}

// writesItself reports whether values of t know how they are written and read, as a time.Time does.
func writesItself(t reflect.Type) bool {
	writes := t.Implements(reflect.TypeFor[json.Marshaler]()) ||
		t.Implements(reflect.TypeFor[encoding.TextMarshaler]())
	if t.Kind() != reflect.Pointer {
		t = reflect.PointerTo(t)
	}
	reads := t.Implements(reflect.TypeFor[json.Unmarshaler]()) ||
		t.Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
	return writes && reads
}

// isKey reports whether JSON takes values of t for keys of a map.
func isKey(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.String, reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return true
	default:
		return writesItself(t)
	}
}
