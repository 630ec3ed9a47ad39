package sendtest

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"time"
)

// Failure is an answer on demand. Exactly one call consumes it. Its zero value changes nothing.
type Failure struct {
	// Code and Subcode answer Meta's error of that code, with its text, type and HTTP status. Code 0: none.
	Code, Subcode int

	// Status is the HTTP status of the answer.
	//
	// Defaults to that of Code; to 200 if only Body is set.
	Status int

	// Header is added to the headers of the answer.
	Header http.Header

	// Body is answered as it is, instead of JSON of Meta's: the HTML of a gateway, an error object under
	// status 200, half an object. If it is nil and only Status is set, the answer is empty.
	Body []byte

	// Delay is how long the answer waits, in machine time; the end of the request's context ends it. With
	// nothing but a Delay the call is carried out at once and its true answer is late.
	Delay time.Duration

	// Drop closes the connection without an answer. Of a request in a batch the answer is null.
	Drop bool

	// Refuse fails before a connection is made: nothing was written. Only Client can show that; over a socket
	// it does what Drop does.
	Refuse bool

	// Accept carries the call out, if no rule refuses it, before it fails: the message has been sent, only
	// the answer says otherwise. The default is a call that had no effect.
	Accept bool

	// Match chooses the calls that may consume the failure: it sees the call without its answer, must be
	// quick and must not use the Graph.
	//
	// Defaults to nil: the next call, whatever it is.
	Match func(Call) bool
}

// FailNext makes the next call fail with Meta's error of this code and subcode (0: none): its text, type and
// HTTP status. Several failures queue up, one for each call.
func (g *Graph) FailNext(code, subcode int) { g.FailWith(Failure{Code: code, Subcode: subcode}) }

// FailWith makes the next call that f matches fail as f says. Several failures queue up; a call consumes the
// first that matches it.
func (g *Graph) FailWith(f Failure) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.failures = append(g.failures, f)
}

// replaces reports whether f answers something else than the call deserves.
func (f Failure) replaces() bool {
	return f.Code != 0 || f.Status != 0 || f.Body != nil || f.Drop || f.Refuse
}

// takeFailure removes and returns the first failure that matches c, or the zero Failure. It needs the lock.
func (g *Graph) takeFailure(c Call) Failure {
	i := slices.IndexFunc(g.failures, func(f Failure) bool { return f.Match == nil || f.Match(c) })
	if i < 0 {
		return Failure{}
	}
	f := g.failures[i]
	g.failures = slices.Delete(g.failures, i, i+1)
	return f
}

// answer returns the failing answer.
func (f Failure) answer(trace string) answer {
	var a answer
	switch {
	case f.Body != nil || f.Code == 0:
		a = jsonAnswer(cmp.Or(f.Status, http.StatusOK), slices.Clone(f.Body), trace)
		if !json.Valid(f.Body) {
			a.header.Set("Content-Type", "text/html; charset=utf-8")
		}
	default:
		known := metaError(f.Code, f.Subcode)
		a = known.error(f.Code, f.Subcode).answer(cmp.Or(f.Status, known.http), trace)
	}
	for key, values := range f.Header {
		a.header[http.CanonicalHeaderKey(key)] = slices.Clone(values)
	}
	a.dropped, a.refused = f.Drop || f.Refuse, f.Refuse
	return a
}

// pause waits and reports whether the context lasted.
func pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
