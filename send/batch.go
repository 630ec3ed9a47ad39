package send

import (
	"context"
	"fmt"
	"net/http"
)

// MaxBatch is how many calls a batch holds at most.
//
// Source: Meta, Batch Requests, 2026.
const MaxBatch = 50

// BatchCall is one call of a batch. Build it with [BatchSend], [BatchAct] or [BatchGraph].
type BatchCall struct {
	client  *Client // whose call it is; nil: that of the batch
	request *Request
	to      Recipient
	action  Action
	method  string
	path    string
	params  map[string]any
	result  any
}

// BatchSend returns the call of [Client.Send] with r. A file cannot go up with it.
func BatchSend(r Request) BatchCall { return BatchCall{request: &r} }

// BatchAct returns the call of [Client.Act].
func BatchAct(to Recipient, action Action) BatchCall { return BatchCall{to: to, action: action} }

// BatchGraph returns the call of [Client.Graph].
func BatchGraph(method, path string, params map[string]any, result any) BatchCall {
	return BatchCall{method: method, path: path, params: params, result: result}
}

// By returns a copy of b that is made by other: the client of another Page of the same app, with the token
// and the limits of that one. It has the same BaseURL and Version as the client of the batch.
func (b BatchCall) By(other *Client) BatchCall {
	b.client = other
	return b
}

// BatchResult is what became of one call of a batch.
type BatchResult struct {
	// Receipt is Meta's answer to a message; else it is empty.
	Receipt Receipt
	// Err is what the call would have failed with by itself, or nil: ask it as one of [Client.Send].
	Err error
}

// Batch makes at most [MaxBatch] calls in one, and returns what became of each, in their order. A call
// that is wrong has a [*FieldError] in its result, and one whose client is kept back by an earlier answer
// has that [*Error], with NoCall set; the others go out without them. What Meta refuses is an [*Error] in
// the result of that call only. What Meta did not get to in time is [ErrUnsure] there, or [Retryable] if
// the call may be made twice. Batch makes none of them again.
//
// The error is that of the batch as a whole, and there are no results then: a [*FieldError] if there are
// more than MaxBatch calls, else as of [Client.Send], and like a Send a batch is tried again while its
// failure passes by itself. After [ErrUnsure] any of its calls may have been made: do not repeat messages,
// and look with a GET for what else is to be changed.
//
// Each call waits for a turn of its own under the rate limit of its client. Meta may make calls at the
// same time, so that none should depend on another. The answers are at most 1 MiB together. Middleware
// sees one POST, whose Params show the method and the path of each call, and no more; to replace them
// changes nothing.
//
// The token of a call By another client is in the body of the HTTP request, as Meta wants it: in the form
// of a POST, else in the relative_url that the body holds. It is in no address that is called, and in no
// error.
//
// Source: Meta, Batch Requests, 2026. They are documented for graph.facebook.com; of graph.instagram.com
// Meta says nothing.
func (c *Client) Batch(ctx context.Context, calls ...BatchCall) ([]BatchResult, error) {
	if len(calls) > MaxBatch {
		return nil, &FieldError{
			Field: "batch", Problem: fmt.Sprintf("%d calls, at most %d", len(calls), MaxBatch),
		}
	}
	results := make([]BatchResult, len(calls))
	b := new(batch)
	for i := range calls {
		item, err := c.batchItem(calls[i])
		if err != nil {
			results[i].Err = err
			continue
		}
		item.into = &results[i]
		b.items = append(b.items, item)
	}
	if len(b.items) == 0 {
		return results, nil
	}
	err := c.pass(ctx, &Outgoing{
		Method: http.MethodPost, Params: map[string]any{"batch": b.outline()},
		call: func(ctx context.Context, _ *Outgoing) error { return c.batch(ctx, b) },
	})
	if err != nil {
		return nil, err
	}
	return results, nil
}

// batch makes the calls of b that their clients let out.
func (c *Client) batch(ctx context.Context, b *batch) error {
	b.answers, b.judged = nil, false // middleware may make it again
	others := b.admit(c)
	defer others.settle(b)
	b.sift(func(item *batchItem) error { return item.approved(ctx) })
	if len(b.items) == 0 {
		return nil
	}
	body, err := b.wire(c)
	if err != nil {
		return err
	}
	k := &call{batch: b, nature: b.nature(nil), timeout: videoTimeout, body: []byte(body), result: &b.answers}
	k.request = newRequest(http.MethodPost, c.base.JoinPath("/"), c.cfg.Token)
	k.request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return c.exchange(ctx, k)
}
