package sendtest

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"strconv"
	"syscall"
)

// Client returns an HTTP client whose every request the Graph answers in this process, without a socket,
// whatever host the request names. It honours the request's context and http.Client.Timeout, and tells an
// httptrace that the request was written.
func (g *Graph) Client() *http.Client { return &http.Client{Transport: transport{g}} }

// transport is the Graph as an http.RoundTripper.
type transport struct{ graph *Graph }

// RoundTrip answers one request.
func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx := r.Context()
	if r.Body != nil {
		hangUp := func() { _ = r.Body.Close() }
		defer hangUp()
		defer context.AfterFunc(ctx, hangUp)() // else a body that waits for more outlasts the context
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	trace := httptrace.ContextClientTrace(ctx)
	a := t.graph.answer(r)
	t.graph.report()
	if a.unread {
		return nil, ctx.Err()
	}
	if a.refused {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	}
	if trace != nil && trace.WroteRequest != nil {
		trace.WroteRequest(httptrace.WroteRequestInfo{})
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if a.dropped {
		return nil, io.EOF // what net/http says of a connection closed without an answer
	}
	a.header.Set("Content-Length", strconv.Itoa(len(a.body)))
	return &http.Response{
		Status:        strconv.Itoa(a.status) + " " + http.StatusText(a.status),
		StatusCode:    a.status,
		Proto:         "HTTP/1.1",
		ProtoMajor:    1,
		ProtoMinor:    1,
		Header:        a.header,
		Body:          io.NopCloser(bytes.NewReader(a.body)),
		ContentLength: int64(len(a.body)),
		Request:       r,
	}, nil
}
