package session

import (
	"encoding/json"
	"maps"
	"slices"
)

// Session holds the session values of one person while one event is handled: a [Key] reads and writes them.
// It is loaded once and saved once for each event, and only if the handler succeeds; until then its changes
// are its own.
//
// The zero Session is that of an event that names no person: it is empty, and nothing that is put into it
// is stored.
//
// A Session is not safe for concurrent use, and is not to be kept after the handler has returned.
type Session struct {
	stored  []byte                     // a list of values as record.go writes it: never changed
	changes map[string]json.RawMessage // nil: deleted
}

// get returns the JSON of the value called name, or nil if there is none. It must not be changed.
func (s *Session) get(name string) json.RawMessage {
	if value, ok := s.changes[name]; ok {
		return value
	}
	for found, value := range values(s.stored) {
		if string(found) == name {
			return value
		}
	}
	return nil
}

// set replaces the value called name; nil deletes it.
func (s *Session) set(name string, value json.RawMessage) {
	if s.changes == nil {
		s.changes = make(map[string]json.RawMessage)
	}
	s.changes[name] = value
}

// merged returns the list of values with the changes made, in the order of their names.
func (s *Session) merged() []byte {
	if len(s.changes) == 0 {
		return s.stored
	}
	all := make(map[string]json.RawMessage)
	for name, value := range values(s.stored) {
		all[string(name)] = value
	}
	maps.Copy(all, s.changes)
	size := 0
	for name, value := range all {
		size += len(name) + len(value) + 2*maxLen
	}
	out := make([]byte, 0, size)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if value := all[name]; value != nil {
			out = appendBytes(appendBytes(out, name), value)
		}
	}
	return out
}
