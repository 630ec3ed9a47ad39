package send

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"strings"
)

// What stands in a message of Meta's in place of the token, and of a value that it quotes.
const (
	hiddenToken = "[token]"
	hiddenValue = "…"
)

// shortestToken is how many bytes a token has at least: no real one is shorter, and one of a test that is
// would spoil every message.
const shortestToken = 8

// shortestQuote is how many bytes a value has at least that is hidden: no ID or address is shorter.
const shortestQuote = 6

// quotes returns what takes out of a message of Meta's the token, and what k says to and of a person.
func (c *Client) quotes(k *call) *strings.Replacer {
	values := k.appendSaid(nil)
	tokens := []string{c.cfg.Token}
	for _, item := range k.batch.calls() {
		values = item.call.appendSaid(values)
		tokens = append(tokens, item.client.cfg.Token)
	}
	var pairs []string
	for _, token := range tokens {
		if len(token) >= shortestToken {
			pairs = append(pairs, token, hiddenToken)
		}
	}
	longestFirst := func(a, b string) int { return cmp.Compare(len(b), len(a)) } // one may hold another
	slices.SortFunc(values, longestFirst)
	for _, value := range values {
		if revealing(value) {
			pairs = append(pairs, value, hiddenValue)
		}
	}
	return strings.NewReplacer(pairs...)
}

// appendSaid appends all that k says in its path, its query and its body.
func (k *call) appendSaid(values []string) []string {
	values = append(values, strings.Split(k.request.URL.Path, "/")...)
	for _, list := range k.request.URL.Query() {
		for _, value := range list {
			values = appendValues(append(values, value), []byte(value))
		}
	}
	values = appendValues(values, k.body)
	if k.upload != nil {
		values = append(values, k.upload.source.Name)
	}
	return values
}

// appendValues appends all strings and numbers in JSON, which may be none.
func appendValues(values []string, text []byte) []string {
	var v any
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if d.Decode(&v) != nil {
		return values
	}
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case string:
			values = append(values, v)
		case json.Number:
			values = append(values, v.String())
		case []any:
			for _, item := range v {
				walk(item)
			}
		case map[string]any:
			for _, item := range v {
				walk(item)
			}
		}
	}
	walk(v)
	return values
}

// revealing reports whether a value may be an ID, an address or what somebody said, and not one of Meta's own
// names such as RESPONSE or web_url, without which its messages would say nothing.
func revealing(value string) bool {
	return len(value) >= shortestQuote && strings.ContainsFunc(value, func(r rune) bool {
		return r != '_' && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	})
}
