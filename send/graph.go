package send

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// messagesPath is the edge that messages and sender actions go to.
const messagesPath = "me/messages"

// Names of parameters that say who calls.
const (
	tokenParam = "access_token"
	proofParam = "appsecret_proof"
)

// Graph makes a call of the Graph API that this package has no method for. Method is GET, POST or DELETE;
// path is what follows the version, such as "me/personas" or "1600000000000002"; "me" is the Page. Params go
// as JSON in the body of a POST, else in the query, what is no string as JSON text there. The token and the
// appsecret_proof are added. The answer, at most 1 MiB, is decoded into result, which may be nil; a field of
// another type than result's is left empty.
//
// Its errors are those of [Client.Send]: it heeds the rate limit and the circuit, and tries again what passes
// by itself. After a lost answer a GET is tried again; a POST or DELETE gives [ErrUnsure], but for a POST to
// message_attachments, which does no harm twice. One try ends after
// 30 seconds, a POST after 105, because Meta may have to fetch a video.
//
// Source: Meta, Graph API overview, 2026.
func (c *Client) Graph(ctx context.Context, method, path string, params map[string]any, result any) error {
	return c.pass(ctx, &Outgoing{Method: method, Path: path, Params: params, result: result})
}

// graph makes the call o of any edge, past all middleware.
func (c *Client) graph(ctx context.Context, o *Outgoing) error {
	k, err := c.rawCall(o.Method, o.Path, o.Params)
	if err != nil {
		return err
	}
	var answer json.RawMessage
	k.result, k.past = &answer, k.past || o.past
	if err := c.exchange(ctx, k); err != nil {
		return err
	}
	if o.result != nil && decode(answer, o.result) != nil {
		return errMisfit
	}
	return nil
}

// errMisfit is the error of an answer that is decoded into something else; the cause would quote it.
var errMisfit = errors.New("send: the answer does not fit the result")

// rawCall returns a call of any edge.
func (c *Client) rawCall(method, path string, params map[string]any) (*call, error) {
	if err := validateRaw(method, path, params); err != nil {
		return nil, err
	}
	all := maps.Clone(params)
	if all == nil {
		all = map[string]any{}
	}
	if c.proof != "" {
		all[proofParam] = c.proof
	}
	target := c.base.JoinPath(path)
	k := &call{
		timeout: DefaultTimeout, nature: natureOf(method, path),
		past: strings.HasSuffix(path, "/"+conversationsEdge),
	}
	if method == http.MethodPost {
		body, err := json.Marshal(all)
		if err != nil {
			return nil, fmt.Errorf("send: encode the parameters: %w", err)
		}
		k.body, k.timeout = body, videoTimeout
		k.request = newRequest(method, target, c.cfg.Token)
		k.request.Header.Set("Content-Type", "application/json")
		return k, nil
	}
	query := url.Values{}
	for name, v := range all {
		text, err := plain(v)
		if err != nil {
			return nil, fmt.Errorf("send: encode the parameters: %w", err)
		}
		query.Set(name, text)
	}
	target.RawQuery = query.Encode()
	k.request = newRequest(method, target, c.cfg.Token)
	return k, nil
}

// natureOf returns what a raw call does.
func natureOf(method, path string) nature {
	switch {
	case method == http.MethodGet:
		return reading
	case method == http.MethodPost && strings.HasSuffix(path, "/messages"):
		return messaging
	case method == http.MethodPost && strings.HasSuffix(path, "/message_attachments"):
		return saving
	}
	return hinting
}

// validateRaw reports a call that cannot be made, or would take the token elsewhere.
func validateRaw(method, path string, params map[string]any) error {
	r := new(report)
	if !slices.Contains([]string{http.MethodGet, http.MethodPost, http.MethodDelete}, method) {
		r.add("method", "want GET, POST or DELETE")
	}
	if slices.ContainsFunc(strings.Split(path, "/"), func(s string) bool {
		return s == "" || s == "." || s == ".." || strings.ContainsAny(s, `?#%\`) ||
			strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f })
	}) {
		r.add("path", "want names between single slashes, such as me/personas: no host, version or query")
	}
	if _, ok := params[tokenParam]; ok {
		r.add(tokenParam, "not a parameter: the client sends its own")
	}
	return errors.Join(r.errs...)
}

// plain returns v as it stands in a form or a query: a string as it is, all else as JSON.
func plain(v any) (string, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return "", err
	}
	return unquoted(text), nil
}

// unquoted returns JSON without the quotes if it is a string.
func unquoted(text json.RawMessage) string {
	var s string
	if len(text) > 0 && text[0] == '"' && json.Unmarshal(text, &s) == nil {
		return s
	}
	return string(text)
}
