package send

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
)

// traceHeader is the ID of a call for Meta's support.
const traceHeader = "X-Fb-Trace-Id"

// graphAnswer is the envelope of a refusal.
type graphAnswer struct {
	Error *graphError `json:"error"`
}

type graphError struct {
	Message   string `json:"message"`
	Type      string `json:"type"`
	Code      int    `json:"code"`
	Subcode   int    `json:"error_subcode"`
	Transient bool   `json:"is_transient"`
	TraceID   string `json:"fbtrace_id"`
}

// judge decides what an answer means: its body first, because Meta's HTTP statuses say little.
func (c *Client) judge(res *http.Response, answer []byte, k *call) error {
	if refused := refusalIn(answer); refused != nil {
		return c.refusal(res, refused, k)
	}
	good := res.StatusCode >= 200 && res.StatusCode <= 299
	switch {
	case good && decode(answer, k.result) == nil:
		k.answer = answer
		return nil
	case good && !k.nature.repeatable():
		return fmt.Errorf("%w: HTTP %d without Meta's JSON", ErrUnsure, res.StatusCode)
	}
	return c.refusal(res, &graphError{Message: "an answer without Meta's JSON"}, k)
}

// refusalIn returns the refusal in an answer, or nil.
func refusalIn(answer []byte) *graphError {
	if !bytes.Contains(answer, []byte(`"error"`)) {
		return nil
	}
	var envelope graphAnswer
	if decode(answer, &envelope) != nil || envelope.Error == nil || *envelope.Error == (graphError{}) {
		return nil
	}
	return envelope.Error
}

// decode decodes an answer. A field of another type than documented is left empty: it is no reason to lose
// the others.
func decode(answer []byte, result any) error {
	err := json.Unmarshal(answer, result)
	if typed, ok := errors.AsType[*json.UnmarshalTypeError](err); ok && typed.Field != "" {
		return nil
	}
	return err
}

// refusal returns e as the error of k, without what k said: Graph quotes what it refuses.
func (c *Client) refusal(res *http.Response, e *graphError, k *call) *Error {
	if e.TraceID == "" {
		e.TraceID = res.Header.Get(traceHeader)
	}
	quotes := c.quotes(k)
	refused := &Error{
		Status: res.StatusCode, Code: e.Code, Subcode: e.Subcode, Transient: e.Transient,
		Type: quotes.Replace(e.Type), Message: quotes.Replace(e.Message), TraceID: quotes.Replace(e.TraceID),
	}
	if errors.Is(refused, ErrRateLimited) {
		_, refused.RetryAfter = usage(res.Header)
	}
	if refused.Code == codeRateLimit {
		refused.limit = k.limit()
	}
	return refused
}
