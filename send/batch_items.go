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
)

// errNotReached is the cause of a call that Meta did not get to.
var errNotReached = errors.New("the batch has no answer to this call")

// batch are several calls in one.
type batch struct {
	items   []*batchItem
	answers []*batchAnswer // null where Meta did not get to a call
	judged  bool           // the results are those of answers
}

// batchItem is a call in a batch.
type batchItem struct {
	BatchCall

	call    *call // as it would go out by itself
	receipt Receipt
	answer  json.RawMessage
	into    *BatchResult
}

// batchAnswer is Meta's answer to a call in a batch. Body is JSON, in a JSON string.
//
// Source: Meta, Batch Requests, 2026.
type batchAnswer struct {
	Code int             `json:"code"`
	Body json.RawMessage `json:"body"`
}

// batchItem returns b as a call in a batch of c, or what is wrong with it.
func (c *Client) batchItem(b BatchCall) (*batchItem, error) {
	if b.client == nil {
		b.client = c
	}
	if b.client.base.String() != c.base.String() {
		return nil, &FieldError{
			Field: "batch", Problem: "a client with another BaseURL or Version: all calls go to one address",
		}
	}
	item := &batchItem{BatchCall: b}
	var err error
	switch {
	case b.request != nil:
		item.path = messagesPath
		if item.call, err = b.client.batchMessage(b.request); err == nil {
			item.call.result = &item.receipt
		}
	case b.action != Action{} || b.method == "":
		item.path = messagesPath
		item.call, err = b.client.actionCall(b.to, b.action)
	default:
		if item.call, err = b.client.rawCall(b.method, b.path, b.params); err == nil {
			item.call.result = &item.answer
		}
	}
	return item, err
}

// batchMessage returns the call that sends r.
func (c *Client) batchMessage(r *Request) (*call, error) {
	if err := c.check(*r); err != nil {
		return nil, err
	}
	if r.Message.source() != nil {
		return nil, &FieldError{
			Field: fileField, Problem: "a file cannot go up in a batch: upload it first, with Client.Upload",
		}
	}
	return c.messageCall(r)
}

// calls returns the calls in b, which may be nil.
func (b *batch) calls() []*batchItem {
	if b == nil {
		return nil
	}
	return b.items
}

// nature returns what b does: what weighs most of what its calls do, or those of c only if c is not nil.
func (b *batch) nature(c *Client) nature {
	most := reading
	for _, item := range b.items {
		if c == nil || item.client == c {
			most = min(most, item.call.nature)
		}
	}
	return most
}

// turns waits for a turn of each call under the limits of its client.
func (b *batch) turns(ctx context.Context) error {
	for _, item := range b.items {
		if err := item.client.turns(ctx, item.call); err != nil {
			return err
		}
	}
	return nil
}

// outline returns what middleware sees of b: no token, and of a person no more than the ID in a path.
func (b *batch) outline() []map[string]any {
	lines := make([]map[string]any, len(b.items))
	for i, item := range b.items {
		lines[i] = map[string]any{"method": item.call.request.Method, "relative_url": item.path}
	}
	return lines
}

// wire returns the form that carries b for c.
func (b *batch) wire(c *Client) (string, error) {
	lines := make([]batchLine, len(b.items))
	for i, item := range b.items {
		line, err := item.line(c)
		if err != nil {
			return "", err
		}
		lines[i] = line
	}
	text, err := json.Marshal(lines)
	if err != nil {
		return "", fmt.Errorf("send: encode the batch: %w", err)
	}
	form := url.Values{"batch": {string(text)}, "include_headers": {"false"}}
	if c.proof != "" {
		form.Set(proofParam, c.proof)
	}
	return form.Encode(), nil
}

// batchLine is a call of a batch on the wire. Body is a form.
//
// Source: Meta, Batch Requests, 2026.
type batchLine struct {
	Method string `json:"method"`
	URL    string `json:"relative_url"`
	Body   string `json:"body,omitempty"`
}

// line returns the call on the wire, in a batch of c. The proof of its token goes in its address; so does,
// unless there is a body, the token of another Page, which a call without one has nowhere else. All of it
// is in the body of the HTTP request.
func (i *batchItem) line(c *Client) (batchLine, error) {
	request := i.call.request
	query, form := request.URL.Query(), url.Values{}
	if i.client.proof != "" {
		query.Set(proofParam, i.client.proof)
	}
	own := query
	if i.call.body != nil {
		var params map[string]json.RawMessage
		if err := json.Unmarshal(i.call.body, &params); err != nil {
			return batchLine{}, fmt.Errorf("send: encode the batch: %w", err)
		}
		maps.DeleteFunc(params, func(name string, _ json.RawMessage) bool { return name == proofParam })
		for name, value := range params {
			form.Set(name, unquoted(value))
		}
		own = form
	}
	if i.client.cfg.Token != c.cfg.Token {
		own.Set(tokenParam, i.client.cfg.Token)
	}
	at := (&url.URL{Path: i.path}).EscapedPath()
	if len(query) > 0 {
		at += "?" + query.Encode()
	}
	return batchLine{Method: request.Method, URL: at, Body: form.Encode()}, nil
}

// heard judges the answers to the calls of b, which may be nil.
func (b *batch) heard() {
	for i, item := range b.calls() {
		var a *batchAnswer
		if i < len(b.answers) {
			a = b.answers[i]
		}
		item.into.Receipt, item.into.Err = item.judge(a)
		b.judged = true
	}
}

// judge returns what a means for the call; nil: Meta did not get to it.
func (i *batchItem) judge(a *batchAnswer) (Receipt, error) {
	switch {
	case a == nil && i.call.nature.repeatable():
		return Receipt{}, &lostCallError{cause: errNotReached}
	case a == nil:
		return Receipt{}, fmt.Errorf("%w: %w", ErrUnsure, errNotReached)
	}
	i.receipt, i.answer = Receipt{}, nil
	res := &http.Response{StatusCode: a.Code}
	if err := i.client.judge(res, []byte(unquoted(a.Body)), i.call); err != nil {
		return Receipt{}, err
	}
	if i.request != nil {
		return i.request.received(i.call, i.receipt)
	}
	if i.result != nil && decode(i.answer, i.result) != nil {
		return Receipt{}, errMisfit
	}
	return Receipt{}, nil
}

// verdict returns what the answers say about the Page of c: an error that stops the Page, else nil if a
// call of c succeeded that does what weighs most.
func (b *batch) verdict(c *Client, most nature) error {
	verdict := ErrUnsure // nothing is known
	for _, item := range b.items {
		if item.client != c {
			continue
		}
		refused, _ := errors.AsType[*Error](item.into.Err)
		switch {
		case refused.opens():
			return refused
		case refused != nil && (refused.stopsPage() || errors.Is(verdict, ErrUnsure)):
			verdict = refused
		case item.into.Err == nil && item.call.nature == most && !stops(verdict):
			verdict = nil
		}
	}
	return verdict
}

// stops reports whether err is a limit of the whole Page or app.
func stops(err error) bool {
	refused, ok := errors.AsType[*Error](err)
	return ok && refused.stopsPage()
}

// admissions are the tickets of the other clients that have calls in a batch.
type admissions map[*Client]ticket

// admit asks the clients other than c whether they let calls out; of those that do not, the calls are
// taken out of b.
func (b *batch) admit(c *Client) admissions {
	others, stopped := make(admissions), make(map[*Client]error)
	for _, item := range b.items {
		other := item.client
		_, asked := others[other]
		if other == c || asked || stopped[other] != nil {
			continue
		}
		t, err := other.admitNow(b.nature(other))
		if err != nil {
			stopped[other] = err
			continue
		}
		others[other] = t
	}
	b.sift(func(item *batchItem) error { return stopped[item.client] })
	return others
}

// sift takes the calls out of b that do not pass, each with the reason as its result.
func (b *batch) sift(pass func(*batchItem) error) {
	b.items = slices.DeleteFunc(b.items, func(item *batchItem) bool {
		item.into.Err = pass(item)
		return item.into.Err != nil
	})
}

// approved reports whether a message with a utility template fits what Meta has approved, as Send does.
func (i *batchItem) approved(ctx context.Context) error {
	if i.request == nil || i.request.Message.Template == nil || i.client.cfg.TrustTemplates {
		return nil
	}
	return i.client.fill(ctx, i.request.Message.Template)
}

// settle tells the clients what the answers say about their Pages.
func (a admissions) settle(b *batch) {
	for other, t := range a {
		seen := ErrUnsure
		if b.judged {
			seen = b.verdict(other, b.nature(other))
		}
		other.throttle.heard(t.stop, nil, seen)
		other.circuit.settle(t, seen)
	}
}

// admitNow returns a ticket for a call that does not wait, or why none goes out.
func (c *Client) admitNow(kind nature) (ticket, error) {
	stop, free := c.throttle.pass()
	if !free {
		return ticket{}, c.throttle.held()
	}
	t, err := c.circuit.enter(kind, true)
	t.stop = stop
	return t, err
}

// held returns the error of a call that a stop holds back.
func (t *throttle) held() *Error {
	t.mu.Lock()
	defer t.mu.Unlock()
	held := t.cause.withoutCall()
	held.RetryAfter = max(t.left(), 0)
	return held
}
