package messenger

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// callback is the bot's webhook as the platform sees it: a URL, and the two secrets that both sides know.
type callback struct {
	url, verifyToken, appSecret string
	limit                       time.Duration // for an answer
	client                      *http.Client
}

func newCallback(target string, cfg *Config) *callback {
	return &callback{
		url: target, verifyToken: cfg.VerifyToken, appSecret: cfg.AppSecret, limit: cfg.Answer,
		client: &http.Client{
			// Its own transport: no proxy stands between the simulator and this machine, and it can be
			// closed.
			Transport: &http.Transport{MaxIdleConnsPerHost: 16},
			CheckRedirect: func(*http.Request, []*http.Request) error {
				return http.ErrUseLastResponse
			},
		},
	}
}

// response is what the bot answered, or why it did not.
type response struct {
	status   int
	body     string // its beginning
	location string
	took     time.Duration
	err      error
}

func (c *callback) do(ctx context.Context, method, target string, body []byte) response {
	ctx, cancel := context.WithTimeoutCause(ctx, c.limit, errTooLate)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, target, bytes.NewReader(body))
	if err != nil {
		return response{err: err}
	}
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("User-Agent", "facebookexternalua")
		sign(req.Header, c.appSecret, body)
	}
	start := time.Now() // the machine's clock: this measures a socket, no event
	res, err := c.client.Do(req)
	if err != nil {
		if errors.Is(context.Cause(ctx), errTooLate) {
			err = errTooLate
		}
		return response{took: time.Since(start), err: err}
	}
	defer res.Body.Close()
	out := response{status: res.StatusCode, location: res.Header.Get("Location")}
	const enough = 2 << 10
	answer, err := io.ReadAll(io.LimitReader(res.Body, enough))
	if errors.Is(context.Cause(ctx), errTooLate) {
		err = errTooLate
	}
	out.body, out.err, out.took = string(answer), err, time.Since(start)
	return out
}

// deliver posts a webhook once.
func (c *callback) deliver(ctx context.Context, body []byte) (r response, problem string) {
	r = c.do(ctx, http.MethodPost, c.url, body)
	switch {
	case r.err != nil:
		return r, c.silence(r.err).Error()
	case r.status != http.StatusOK:
		return r, fmt.Sprintf("the bot answered %s%s; Meta takes nothing but 200 for delivered",
			statusText(r.status), hint(r))
	default:
		return r, ""
	}
}

// challenge asks the bot to prove that it knows the verify token, as Meta does before it delivers anything.
//
// Source: Meta, webhooks (2026).
func (c *callback) challenge(ctx context.Context) error {
	u, err := url.Parse(c.url)
	if err != nil {
		return err
	}
	want := digits(9)
	query := u.Query()
	query.Set("hub.mode", "subscribe")
	query.Set("hub.verify_token", c.verifyToken)
	query.Set("hub.challenge", want)
	u.RawQuery = query.Encode()
	r := c.do(ctx, http.MethodGet, u.String(), nil)
	switch {
	case r.err != nil:
		return c.silence(r.err)
	case r.status != http.StatusOK:
		return fmt.Errorf("%w: it answered GET %s with %s%s; expected was 200 and the body %s",
			errChallenge, c.url, statusText(r.status), hint(r), want)
	case r.body != want:
		return fmt.Errorf("%w: it answered GET %s with 200 and the body %s; expected was %s and nothing else",
			errChallenge, c.url, quote(r.body), want)
	default:
		return nil
	}
}

var (
	errTooLate      = errors.New("no answer in time")
	errChallenge    = errors.New("the bot did not pass the challenge")
	errNotListening = errors.New("nothing listens")
)

// silence explains an answer that did not come.
func (c *callback) silence(err error) error {
	var (
		network *net.OpError
		request *url.Error
	)
	switch {
	case errors.Is(err, errTooLate):
		return fmt.Errorf("the bot did not answer within %s; Meta gives up then, "+
			"so acknowledge first and work afterwards", c.limit)
	case errors.As(err, &network) && network.Op == "dial":
		return fmt.Errorf("%w at %s (%w)", errNotListening, c.url, network.Err)
	case errors.As(err, &request):
		err = request.Err
	}
	return fmt.Errorf("the bot at %s broke off: %w", c.url, err)
}

// hint says what an answer other than 200 usually means.
func hint(r response) string {
	switch {
	case r.location != "":
		return " (a redirect to " + quote(r.location) + ", which is not followed)"
	case r.status == http.StatusUnauthorized || r.status == http.StatusForbidden:
		return " (does it use the VERIFY_TOKEN and APP_SECRET of this run?)"
	case r.status == http.StatusNotFound || r.status == http.StatusMethodNotAllowed:
		return " (is that the path of its webhook?)"
	default:
		return ""
	}
}

func statusText(status int) string {
	return strings.TrimSpace(strconv.Itoa(status) + " " + http.StatusText(status))
}

// quote shows the beginning of what a bot answered, with control characters escaped.
func quote(s string) string {
	const enough = 80
	if runes := []rune(s); len(runes) > enough {
		return strconv.Quote(string(runes[:enough])) + "…"
	}
	return strconv.Quote(s)
}
