package send

import (
	"context"
	"errors"
	"iter"
	"maps"
	"net/http"
)

// messengerOnly returns the error of a feature that Instagram does not have, nil on Messenger.
func (c *Client) messengerOnly(feature string) error {
	if c.cfg.Channel == Instagram {
		return &FieldError{Field: feature, Problem: "not on Instagram: Meta has it for Messenger only"}
	}
	return nil
}

// platform returns params with what tells Meta that they are for Instagram, where the token is that of a Page
// that has both.
//
// Source: Meta, Messenger Profile, and Attachment Upload on Instagram, 2026.
func (c *Client) platform(params map[string]any) map[string]any {
	if c.cfg.Channel != Instagram || c.cfg.InstagramLogin {
		return params
	}
	told := maps.Clone(params)
	if told == nil {
		told = make(map[string]any, 1)
	}
	told["platform"] = "instagram"
	return told
}

// errDenied is the error of a call that Meta answered with success: false, without an error.
var errDenied = errors.New("send: the Graph API answered that the call had no success")

// do makes a call that is answered with no more than its success: an object with success as true or "true",
// or with a sentence. A bare true, of which Meta says nothing today, is one too.
//
// Source: Meta, Page/subscribed_apps and Messenger Profile references, 2026: both spellings occur.
func (c *Client) do(ctx context.Context, method, path string, params map[string]any) error {
	var answer any
	if err := c.Graph(ctx, method, path, params, &answer); err != nil {
		return err
	}
	if object, ok := answer.(map[string]any); ok {
		answer = object["success"]
	}
	if answer == false || answer == "false" {
		return errDenied
	}
	return nil
}

// listed is one page of a list of Meta's.
//
// Source: Meta, Graph API, Paginated Results, 2026.
type listed[T any] struct {
	Data   []T `json:"data"`
	Paging struct {
		Cursors struct {
			After string `json:"after"`
		} `json:"cursors"`
		Next string `json:"next"`
	} `json:"paging"`
}

// next makes asked the parameters of the next page, unless this was the last.
func (l *listed[T]) next(asked map[string]any) bool {
	after := l.Paging.Cursors.After
	if after == "" || l.Paging.Next == "" || after == asked["after"] {
		return false
	}
	asked["after"] = after
	return true
}

// getter reads an edge or a node: [Client.get] or [Client.getPast].
type getter func(ctx context.Context, path string, params map[string]any, result any) error

// get reads an edge or a node.
func (c *Client) get(ctx context.Context, path string, params map[string]any, result any) error {
	return c.Graph(ctx, http.MethodGet, path, params, result)
}

// list yields the items of an edge, page after page, each asked for when the items before it are consumed, as
// read makes them of what Meta says. It ends with the first error.
func list[W, T any](
	ctx context.Context, get getter, path string, params map[string]any, read func(*W) T,
) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		asked := maps.Clone(params)
		if asked == nil {
			asked = make(map[string]any, 1)
		}
		for {
			var answer listed[W]
			if err := get(ctx, path, asked, &answer); err != nil {
				var none T
				yield(none, err)
				return
			}
			for i := range answer.Data {
				if !yield(read(&answer.Data[i]), nil) {
					return
				}
			}
			if !answer.next(asked) {
				return
			}
		}
	}
}

// failing yields nothing but an error.
func failing[T any](err error) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		yield(none, err)
	}
}
