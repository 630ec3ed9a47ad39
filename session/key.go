package session

import (
	"encoding/json"
	"fmt"
	"reflect"
)

// Key names a session value and gives it a type. Make one for each value, once, as a package variable. A
// Key is safe for concurrent use.
//
// A value is stored as JSON: unexported fields are lost, and whoever renames a field loses what was stored
// under the old name.
type Key[T any] struct{ name string }

// NewKey returns the key of the session value called name. Two keys of one name are the same value.
func NewKey[T any](name string) Key[T] { return Key[T]{name: name} }

// Get returns the value, or the zero T if there is none.
func (k Key[T]) Get(s *Session) (T, error) {
	value, _, err := k.Lookup(s)
	return value, err
}

// Lookup returns the value and whether there is one. Each call decodes a value of its own: change it and
// [Key.Set] it. The error says that what is stored does not fit T; its text tells nothing of the value.
func (k Key[T]) Lookup(s *Session) (T, bool, error) {
	var value T
	stored := s.get(k.name)
	if stored == nil {
		return value, false, nil
	}
	if err := json.Unmarshal(stored, &value); err != nil {
		var zero T
		return zero, true, k.failed("what is stored does not fit", err)
	}
	return value, true, nil
}

// Set replaces the value. The error says that v cannot be written as JSON; its text tells nothing of v.
func (k Key[T]) Set(s *Session, v T) error {
	stored, err := json.Marshal(v)
	if err != nil {
		return k.failed("JSON cannot hold this", err)
	}
	s.set(k.name, stored)
	return nil
}

// Delete removes the value, if there is one.
func (k Key[T]) Delete(s *Session) { s.set(k.name, nil) }

// failed returns the error of a value that JSON does not take.
func (k Key[T]) failed(why string, err error) error {
	text := fmt.Sprintf("session: key %q: %s %s", k.name, why, reflect.TypeFor[T]())
	return &valueError{text: text, err: err}
}

// valueError hides the text of an error of encoding/json, which may quote a person's words, and unwraps to
// it.
type valueError struct {
	text string
	err  error
}

func (e *valueError) Error() string { return e.text }
func (e *valueError) Unwrap() error { return e.err }
