package send

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync/atomic"
	"time"
)

// maxAnswer bounds what is read of an answer, in bytes.
const maxAnswer = 1 << 20

// errTimeout is the cause of a try that took too long.
var errTimeout = errors.New("timed out")

// call is one call of the Graph API, however often it is tried.
type call struct {
	// request is shared by all calls of its kind; each try sends a copy with context and body.
	request *http.Request
	// body is JSON; nil for a call that only asks.
	body []byte
	// upload is a file that goes up in place of body; nil: none.
	upload *upload
	// nature is what the call does.
	nature nature
	// slow is set for audio and video, which have a limit of their own.
	slow bool
	// past is set for the Conversations API, which has one too.
	past bool
	// timeout ends a try.
	timeout time.Duration
	// batch are the calls in this one; nil: it is none of several.
	batch *batch
	// result is what a good answer is decoded into; answer is that answer.
	result any
	answer []byte
}

// try tries k once, with ticket t, and tells the circuit how that ended.
func (c *Client) try(ctx context.Context, k *call, t ticket) (err error) {
	seen := ErrUnsure // should the Doer panic
	defer func() { c.circuit.settle(t, seen) }()
	err = c.once(ctx, k, t)
	seen = k.seen(c, err)
	return err
}

// seen returns what a try of k that ended with err says about the Page of c.
func (k *call) seen(c *Client, err error) error {
	if k.batch == nil || err != nil {
		return err
	}
	return k.batch.verdict(c, k.nature)
}

// once makes the HTTP call and judges its answer.
func (c *Client) once(ctx context.Context, k *call, t ticket) error {
	bounded, cancel := c.cfg.Limit(ctx, k.timeout, errTimeout)
	defer cancel()
	watch := newWatch()
	req, file, err := c.request(httptrace.WithClientTrace(bounded, &watch.trace), k)
	if err != nil {
		return err
	}
	defer file.close()
	res, err := c.cfg.HTTP.Do(req)
	if broken := file.failure(); broken != nil && err != nil {
		return broken // the request is not complete, so that nobody takes it for one
	}
	changes := !k.nature.repeatable()
	if err != nil {
		return unanswered(ctx, err, changes && watch.mayHaveLeft(err))
	}
	defer res.Body.Close()
	answer, err := readAnswer(res)
	if err != nil {
		return unanswered(ctx, err, changes)
	}
	err = c.judge(res, answer, k)
	if err == nil {
		k.batch.heard()
	}
	c.throttle.heard(t.stop, res.Header, k.seen(c, err))
	return err
}

// request returns the HTTP request of k, and the file in it, which may be nil. Without a file its body is one
// that net/http knows to be in memory, so that it is written together with the headers.
func (c *Client) request(ctx context.Context, k *call) (*http.Request, *file, error) {
	req := k.request.WithContext(ctx)
	if _, ours := c.cfg.HTTP.(transport); !ours {
		req.Header = req.Header.Clone() // an http.Transport changes no header, others may
	}
	if k.upload != nil {
		file, err := k.upload.into(req)
		return req, file, err
	}
	if k.body != nil {
		req.ContentLength = int64(len(k.body))
		req.Body = io.NopCloser(bytes.NewReader(k.body))
		req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(k.body)), nil }
	}
	return req, nil, nil
}

// watch sees how far a try comes: as long as it has no connection, its request is on this machine.
type watch struct {
	state atomic.Int32
	trace httptrace.ClientTrace
}

// The states of a watch. It stays unused with a [Doer] that knows nothing of httptrace.
const (
	unused int32 = iota
	connecting
	connected
)

func newWatch() *watch {
	w := new(watch)
	// GetConn comes again when a kept-alive connection turns out to be closed and nothing was written to it.
	w.trace.GetConn = func(string) { w.state.Store(connecting) }
	w.trace.GotConn = func(httptrace.GotConnInfo) { w.state.Store(connected) }
	return w
}

// mayHaveLeft reports whether the request of a try that failed with err may have left this machine.
func (w *watch) mayHaveLeft(err error) bool {
	if failed, ok := errors.AsType[*net.OpError](err); ok && failed.Op == "dial" {
		return false
	}
	return w.state.Load() != connecting
}

// readAnswer reads the body of res, at most maxAnswer bytes.
func readAnswer(res *http.Response) ([]byte, error) {
	if n := res.ContentLength; n >= 0 && n <= maxAnswer {
		answer := make([]byte, n)
		_, err := io.ReadFull(res.Body, answer)
		return answer, err
	}
	return io.ReadAll(io.LimitReader(res.Body, maxAnswer))
}

// unanswered returns the error of a try without an answer.
func unanswered(ctx context.Context, err error, mayHaveArrived bool) error {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err // without the method and the URL
	}
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	switch {
	case mayHaveArrived:
		return fmt.Errorf("%w: %w", ErrUnsure, err)
	case ctx.Err() != nil:
		return fmt.Errorf("send: %w", err)
	}
	return &lostCallError{cause: err}
}
