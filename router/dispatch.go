package router

import (
	"reflect"
	"strconv"
	"strings"
	"unicode"

	"github.com/parleybot/parley/webhook"
)

// The kinds of events that are input.
const (
	kindMessage  = "message"
	kindPostback = "postback"
)

// kindAnytime is the kind of a route that also answers in the middle of a conversation.
const kindAnytime = "anytime"

// table holds the routes of a router and of its groups.
type table struct {
	all      []*route                // in the order of registration
	texts    map[string]*route       // by folded text
	payloads map[string]*route       // by the shape of their pattern
	patterns []*route                // of payloads: those with places, in the order in which they are asked
	matches  []*route                // in the order of registration
	types    map[reflect.Type]*route // by type of event
	customs  map[string]*route       // by name of the bot's own event
	fallback *route                  // nil: there is none
	none     *route                  // of events without a route
	flows    map[string]*flow        // conversations, by name
	wanted   map[string]bool         // kinds of events that may have a route
}

// add notes a route that answers events of these kinds.
func (t *table) add(added *route, kinds ...string) {
	t.all = append(t.all, added)
	for _, kind := range kinds {
		t.wanted[kind] = true
	}
}

// addTo puts a route into an index, where it must be the first of its key.
func addTo[K comparable](index map[K]*route, key K, added *route) {
	if earlier := index[key]; earlier != nil {
		added.refuse(earlier)
	}
	index[key] = added
}

// find returns the route of an event, nil if there is none, and what its pattern found. Payload is that of a
// tap.
func (t *table) find(event webhook.Event, payload string) (*route, map[string]string) {
	switch e := event.(type) {
	case *webhook.Message:
		if !e.LeadSummary() {
			return t.findInput(e, payload, e.Text)
		}
	case *webhook.Postback:
		return t.findInput(e, payload, e.Title)
	case *webhook.Custom:
		if found := t.customs[e.Name]; found != nil {
			return found, nil
		}
	default:
	}
	return t.types[reflect.TypeOf(event)], nil
}

// findInput returns the route of what a person said: by payload, by text, by type, or the fallback.
func (t *table) findInput(event webhook.Event, payload, text string) (*route, map[string]string) {
	if found, params := t.findPayload(payload); found != nil {
		return found, params
	}
	if found, params := t.findText(text); found != nil {
		return found, params
	}
	if found := t.types[reflect.TypeOf(event)]; found != nil {
		return found, nil
	}
	return t.fallback, nil
}

func (t *table) findPayload(payload string) (*route, map[string]string) {
	if payload == "" {
		return nil, nil
	}
	if found := t.payloads[payload]; found != nil && found.pattern.exact() {
		return found, nil
	}
	for _, candidate := range t.patterns {
		if params, ok := candidate.pattern.Match(payload); ok {
			return candidate, params
		}
	}
	return nil, nil
}

func (t *table) findText(text string) (*route, map[string]string) {
	if text == "" {
		return nil, nil
	}
	if len(t.texts) > 0 {
		if found := t.texts[fold(text)]; found != nil {
			return found, nil
		}
	}
	for _, candidate := range t.matches {
		if groups := candidate.expression.FindStringSubmatch(text); groups != nil {
			return candidate, named(candidate.expression.SubexpNames(), groups)
		}
	}
	return nil, nil
}

// named returns the groups of a match by number and by name; a name that is a number goes before.
func named(names, groups []string) map[string]string {
	params := make(map[string]string, 2*len(groups))
	for i, group := range groups {
		params[strconv.Itoa(i)] = group
	}
	for i, name := range names {
		if name != "" {
			params[name] = groups[i]
		}
	}
	return params
}

// fold returns text without the white space around it, in a form that is equal for all texts that
// strings.EqualFold takes as equal: each letter is the least of those it folds to.
func fold(text string) string {
	return strings.Map(func(r rune) rune {
		least := r
		for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
			least = min(least, next)
		}
		return least
	}, strings.TrimSpace(text))
}
