package router

import (
	"reflect"
	"strconv"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/webhook"
)

// route gives the event of c to its route, if there is one.
func (t *table) route(c *bot.Context) error {
	found, params := t.find(c)
	if found == nil {
		return nil
	}
	c.SetParams(params)
	return found.handler.Handle(c)
}

// find returns the route of the event and what its pattern found.
func (t *table) find(c *bot.Context) (*route, map[string]string) {
	switch e := c.Event().(type) {
	case *webhook.Message:
		return t.input(c, e.Text)
	case *webhook.Postback:
		return t.input(c, e.Title)
	case *webhook.Custom:
		if found := t.customs[e.Name]; found != nil {
			return found, nil
		}
	default:
	}
	return t.types[reflect.TypeOf(c.Event())], nil
}

// input returns the route of what a person said: by payload, by text, by type, or the fallback.
func (t *table) input(c *bot.Context, text string) (*route, map[string]string) {
	if found, params := t.payload(c.Payload()); found != nil {
		return found, params
	}
	if found, params := t.text(text); found != nil {
		return found, params
	}
	if found := t.types[reflect.TypeOf(c.Event())]; found != nil {
		return found, nil
	}
	return t.fallback, nil
}

// payload returns the route of a tap.
func (t *table) payload(payload string) (*route, map[string]string) {
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

// text returns the route of a text.
func (t *table) text(text string) (*route, map[string]string) {
	if text == "" {
		return nil, nil
	}
	if len(t.texts) > 0 {
		if found := t.texts[fold(text)]; found != nil {
			return found, nil
		}
	}
	for _, candidate := range t.matches {
		if groups := candidate.regexp.FindStringSubmatch(text); groups != nil {
			return candidate, named(candidate.regexp.SubexpNames(), groups)
		}
	}
	return nil, nil
}

// named returns the groups of a match by number and by name.
func named(names, groups []string) map[string]string {
	params := make(map[string]string, 2*len(groups))
	for i := 1; i < len(groups); i++ {
		params[strconv.Itoa(i)] = groups[i]
		if names[i] != "" {
			params[names[i]] = groups[i]
		}
	}
	return params
}
