package send

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// The defaults of [Config].
const (
	DefaultBaseURL = "https://graph.facebook.com"
	InstagramURL   = "https://graph.instagram.com" // of tokens from Instagram Login
	DefaultVersion = "v25.0"
	DefaultRate    = 300 // calls per second and Page; Meta, Rate Limiting, 23 March 2026
	DefaultTries   = 4
	DefaultTimeout = 30 * time.Second
)

// Meta's lower limits for media.
//
// Sources: Meta, Rate Limiting, 23 March 2026 (audio and video, per second and Page); Send API v25.0, 2026
// (Meta takes up to 75 s to fetch a video before it answers).
const (
	slowRate     = 10
	videoTimeout = 75*time.Second + DefaultTimeout
)

// Doer is the part of [*http.Client] that a [Client] needs.
type Doer interface {
	Do(*http.Request) (*http.Response, error)
}

// Config says how a [Client] reaches the Graph API.
type Config struct {
	// Token is the Page access token. Required.
	Token string

	// AppSecret is the key of the appsecret_proof that goes with every call.
	//
	// Defaults to none: no proof is sent.
	AppSecret string

	// Channel is where the Page talks to people; it decides some limits.
	//
	// Defaults to Messenger.
	Channel Channel

	// InstagramLogin says that Token is that of an Instagram professional account, from the Instagram API
	// with Instagram Login: no Page stands behind it, and its calls go to graph.instagram.com. Channel is
	// Instagram then.
	//
	// Defaults to the token of a Page, for Messenger and for the Instagram account that is linked to it.
	InstagramLogin bool

	// BaseURL is the address of the Graph API without version.
	//
	// Defaults to https://graph.facebook.com, with InstagramLogin to https://graph.instagram.com.
	BaseURL string

	// Version is the version of the Graph API.
	//
	// Defaults to v25.0.
	Version string

	// HTTP does the calls. It must not follow redirects to other hosts, and should support
	// [net/http/httptrace], as http.Client does: by it a failure before the request left is told from one
	// after, which is never retried. What it does not end is ended after 30 seconds; 105 with a video, which
	// Meta fetches before it answers, and with a file that goes up.
	//
	// Defaults to a client of its own that keeps connections alive, follows no redirect and heeds
	// HTTPS_PROXY.
	HTTP Doer

	// Rate is how many calls go out per second at most, evenly spaced; audio and video go at 10 per second
	// besides, calls of the Conversations API at 2. A negative Rate is no limit for any.
	//
	// Defaults to 300, Meta's limit for a Page.
	Rate int

	// Tries is how often a call is made at most while its failures pass by themselves; see [Retryable].
	//
	// Defaults to 4.
	Tries int

	// Wait sleeps between two tries, and as long as a limit stops the Page; it returns early with ctx.Err()
	// when ctx ends. With any other error it refuses to wait: the call then fails as if the wait were too
	// long, at a limit with an [*Error] whose RetryAfter says how long it would have been.
	//
	// Defaults to a timer.
	Wait func(ctx context.Context, d time.Duration) error

	// Now is the clock that the circuit, and the stops after a rate limit, are judged by.
	//
	// Defaults to time.Now.
	Now func() time.Time

	// Limit bounds one try of a call, as context.WithTimeoutCause does.
	//
	// Defaults to context.WithTimeoutCause.
	Limit func(ctx context.Context, d time.Duration, cause error) (context.Context, context.CancelFunc)

	// Strict refuses what Meta merely cuts on display: see [Message.Warnings].
	Strict bool

	// Retired sends what Meta has retired, or never took from bots, all the same; Meta refuses most of it.
	// See [ErrRetired].
	Retired bool

	// TrustTemplates sends utility templates as they are. Else the Client asks Meta for the Page's
	// templates: once an hour, after a failure that passes once a minute, and once more before it refuses a
	// message. One whose template does not exist, is pending, rejected, paused, disabled or deleted, or
	// wants other values, is refused as a [*FieldError]. Where the list cannot be read, or is empty, Meta
	// alone judges. Middleware does not see these questions.
	//
	// Defaults to asking.
	TrustTemplates bool

	// Middleware wraps every call of [Client.Send], [Client.Act] and [Client.Graph], the first outermost. It
	// runs once for each call, around validation, circuit, rate limit and tries. It may replace the request,
	// refuse it by returning an error, answer it by not calling next, and look at receipt and error.
	//
	// Defaults to none.
	Middleware []func(next Handler) Handler

	// Circuit is told once whenever the circuit opens, because Meta refuses all calls of the Page, and once
	// when it closes again: cause, an [*Error], is what opened it. The call that found out waits for Circuit,
	// which may use the Client. See the section on errors in the package documentation.
	//
	// Defaults to none: nobody is told.
	Circuit func(open bool, cause error)
}

// Client sends the messages of one Page. It is safe for concurrent use.
type Client struct {
	cfg      Config
	handler  Handler       // all middleware, and the call in it; nil: no middleware
	proof    string        // the appsecret_proof, or ""
	base     *url.URL      // with version
	messages *http.Request // POST /me/messages
	me       *http.Request // GET /me
	all      *rate.Limiter // nil: no limit
	slow     *rate.Limiter // of audio and video; nil: no limit
	past     *rate.Limiter // of the Conversations API; nil: no limit
	throttle throttle
	circuit  circuit
	approved approvals
	wires    sync.Pool // of *messageCall, empty ones
}

// New returns a client for one Page. It makes no call. It refuses a Token that is empty or could not be sent,
// and a BaseURL that is no http or https URL.
func New(cfg Config) (*Client, error) {
	if cfg.Token == "" {
		return nil, errors.New("send: config: Token is empty: want a Page access token")
	}
	if strings.ContainsFunc(cfg.Token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return nil, errors.New("send: config: Token holds a space or a line break: want it as Meta gave it")
	}
	cfg.setDefaults()
	base, err := url.Parse(strings.TrimRight(cfg.BaseURL, "/") + "/" + cfg.Version)
	if err != nil || base.Host == "" || (base.Scheme != "https" && base.Scheme != "http") {
		return nil, errors.New("send: config: BaseURL is no URL: want one such as " + DefaultBaseURL)
	}
	c := &Client{cfg: cfg, base: base}
	c.throttle.now, c.circuit.now, c.circuit.changed = cfg.Now, cfg.Now, cfg.Circuit
	c.approved.now, c.approved.asking = cfg.Now, make(chan struct{}, 1)
	c.handler = c.wrap(cfg.Middleware)
	if cfg.Rate > 0 {
		c.all, c.slow, c.past = newLimiter(cfg.Rate), newLimiter(slowRate), newLimiter(conversationRate)
	}
	query := url.Values{"fields": {"id"}}
	if cfg.InstagramLogin {
		query.Set("fields", "id,user_id")
	}
	if cfg.AppSecret != "" {
		c.proof = Proof(cfg.AppSecret, cfg.Token)
		query.Set(proofParam, c.proof)
	}
	c.messages = newRequest(http.MethodPost, base.JoinPath(messagesPath), cfg.Token)
	c.messages.Header.Set("Content-Type", "application/json")
	me := base.JoinPath("me")
	me.RawQuery = query.Encode()
	c.me = newRequest(http.MethodGet, me, cfg.Token)
	return c, nil
}

func (cfg *Config) setDefaults() {
	if cfg.InstagramLogin {
		cfg.Channel = Instagram
		cfg.BaseURL = cmp.Or(cfg.BaseURL, InstagramURL)
	}
	if cfg.BaseURL == "" {
		cfg.BaseURL = DefaultBaseURL
	}
	if cfg.Version == "" {
		cfg.Version = DefaultVersion
	}
	if cfg.HTTP == nil {
		cfg.HTTP = newTransport()
	}
	if cfg.Rate == 0 {
		cfg.Rate = DefaultRate
	}
	if cfg.Tries <= 0 {
		cfg.Tries = DefaultTries
	}
	if cfg.Limit == nil {
		cfg.Limit = context.WithTimeoutCause
	}
	if cfg.Wait == nil {
		cfg.Wait = wait
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
}

// newRequest returns what all requests of one kind share.
func newRequest(method string, target *url.URL, token string) *http.Request {
	return &http.Request{
		Method: method, URL: target, Host: target.Host, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Authorization": {"Bearer " + token}},
	}
}

// Proof returns the appsecret_proof of token: the lower-case hex of HMAC-SHA256 with the app secret as key.
//
// Source: Meta, Graph API, Securing Requests, 2026.
func Proof(appSecret, token string) string {
	mac := hmac.New(sha256.New, []byte(appSecret))
	mac.Write([]byte(token))
	return hex.EncodeToString(mac.Sum(nil))
}

// Send sends one message and returns Meta's receipt. It validates the message, waits for its turn under the
// rate limit, and tries again with back-off while the failure passes by itself. The error is a [*FieldError],
// or several joined, before any call; an [*Error] if Meta refused; [ErrUnsure] if the message may have been
// delivered without an answer; or ctx's. Ask for its class with errors.Is.
func (c *Client) Send(ctx context.Context, r Request) (Receipt, error) {
	if c.handler == nil {
		return c.send(ctx, r)
	}
	return c.sendThrough(ctx, r)
}

func (c *Client) send(ctx context.Context, r Request) (Receipt, error) {
	if err := c.check(r); err != nil {
		return Receipt{}, err
	}
	if r.Message.Template != nil && !c.cfg.TrustTemplates {
		if err := c.fill(ctx, r.Message.Template); err != nil {
			return Receipt{}, err
		}
	}
	k, err := c.messageCall(&r)
	if err != nil {
		return Receipt{}, err
	}
	var receipt Receipt
	k.result = &receipt
	if err := c.exchange(ctx, k); err != nil {
		return Receipt{}, err
	}
	return r.received(k, receipt)
}

// messageCall returns the call that sends r.
func (c *Client) messageCall(r *Request) (*call, error) {
	k, err := c.encode(r)
	if err != nil {
		return nil, err
	}
	k.slow = r.Message.slow()
	if r.Message.video() {
		k.timeout = videoTimeout
	}
	if source := r.Message.source(); source != nil {
		return k, c.attach(k, source)
	}
	return k, nil
}

// encode returns the call with the JSON of r. What is encoded is used again: it is the largest thing that a
// call would leave to the garbage collector.
func (c *Client) encode(r *Request) (*call, error) {
	beside := r.parameters(c.proof)
	if r.Message.Raw != nil {
		return c.post(&rawCall{beside, r.Message.raw()})
	}
	w, used := c.wires.Get().(*messageCall)
	if !used {
		w = new(messageCall)
	}
	defer func() {
		*w = messageCall{}
		c.wires.Put(w)
	}()
	w.parameters, w.Message = beside, plainMessage(r.Message)
	return c.post(w)
}

func (c *Client) check(r Request) error {
	if err := r.validate(c.cfg.Channel, c.cfg.Retired); err != nil {
		return err
	}
	if c.cfg.Strict {
		return r.Message.Warnings()
	}
	return nil
}

// Act shows a sender action. Its errors are those of [Client.Send].
func (c *Client) Act(ctx context.Context, to Recipient, action Action) error {
	if c.handler == nil || action == (Action{}) { // an empty one would look like a call of Graph
		return c.act(ctx, to, action)
	}
	return c.handler(ctx, &Outgoing{Method: c.messages.Method, Path: messagesPath, To: to, Action: action})
}

func (c *Client) act(ctx context.Context, to Recipient, action Action) error {
	k, err := c.actionCall(to, action)
	if err != nil {
		return err
	}
	return c.exchange(ctx, k)
}

// actionCall returns the call that shows an action.
func (c *Client) actionCall(to Recipient, action Action) (*call, error) {
	if err := action.validate(to, c.cfg.Channel); err != nil {
		return nil, err
	}
	k, err := c.post(action.wire(to, c.proof))
	if err != nil {
		return nil, err
	}
	k.result, k.nature = new(struct{}), hinting
	return k, nil
}

// CloseIdleConnections closes the kept-alive connections that no call uses. A Client may still be used
// afterwards.
func (c *Client) CloseIdleConnections() {
	if keeper, ok := c.cfg.HTTP.(interface{ CloseIdleConnections() }); ok {
		keeper.CloseIdleConnections()
	}
}

// post returns the call of the edge /me/messages with the JSON of v.
func (c *Client) post(v any) (*call, error) {
	body, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("send: encode the message: %w", err)
	}
	return &call{request: c.messages, body: body, timeout: DefaultTimeout}, nil
}
