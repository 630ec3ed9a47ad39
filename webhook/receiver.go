package webhook

import (
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/labstack/echo/v4"
)

// ErrForeignPage is the class of the error of a request with an event for a Page of another app than the one
// that signed it. It names the Page, and the app if that has an ID.
var ErrForeignPage = errors.New("webhook: the Page belongs to another app")

// Receiver answers Meta's requests to a webhook: it proves to Meta that the URL is ours, and takes the
// events that Meta posts. It is an [http.Handler], safe for concurrent use.
//
//	GET   200 and the challenge; 400 not a challenge; 403 a wrong verify token
//	POST  200 and no body        the sink has the events
//	      400                    the body was cut off or is no webhook
//	      403                    the signature is refused, or an event is for a Page of another app
//	      413                    the body is longer than Config.MaxBody
//	      503                    the sink failed or took too long; Meta sends the same again
//
// Nothing is decoded before the signature is verified, and nothing is handed on unless the whole request is
// in order.
type Receiver struct {
	config Config
	token  [sha256.Size]byte
	sha256 []*key
	sha1   []*key
	signer []int            // the index of the app of each key
	owners map[string][]int // the apps of each Page
}

// NewReceiver returns a receiver, or an error that names everything that is wrong with config.
func NewReceiver(config Config) (*Receiver, error) {
	if err := config.check(); err != nil {
		return nil, err
	}
	r := &Receiver{
		config: config.withDefaults(),
		token:  sha256.Sum256([]byte(config.VerifyToken)),
		owners: make(map[string][]int),
	}
	for i, app := range config.Apps {
		for _, secret := range app.Secrets {
			r.sha256 = append(r.sha256, newKey(sha256Scheme, secret))
			r.sha1 = append(r.sha1, newKey(sha1Scheme, secret))
			r.signer = append(r.signer, i)
		}
		for _, page := range app.Pages {
			r.owners[page] = append(r.owners[page], i)
		}
	}
	return r, nil
}

// Mount registers the receiver on e, for GET and POST on path.
//
// Middleware that rewrites the body before it (decompression, a body dump that encodes again, a form
// parser) breaks the signature, which is over the bytes that Meta sent.
func (r *Receiver) Mount(e *echo.Echo, path string) {
	handler := echo.WrapHandler(r)
	e.GET(path, handler)
	e.POST(path, handler)
}

// What all answers carry. Nobody changes them.
var plainText, noSniff = []string{"text/plain; charset=utf-8"}, []string{"nosniff"}

// ServeHTTP answers a request of Meta. What it answers is in the documentation of [Receiver].
func (r *Receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	var answer string
	var refused *statusError
	switch req.Method {
	case http.MethodGet:
		answer, refused = r.challenge(req)
	case http.MethodPost:
		if refused = r.receive(req); refused == nil {
			w.WriteHeader(http.StatusOK) // Meta reads no body
			return
		}
	default:
		w.Header().Set("Allow", "GET, POST")
		refused = refuse(http.StatusMethodNotAllowed, fmt.Errorf("webhook: method %.20q", req.Method))
	}
	status := http.StatusOK
	if refused != nil {
		status, answer = refused.status, http.StatusText(refused.status)
		r.config.Refused(status, refused.reason)
	}
	header := w.Header()
	header["Content-Type"], header["X-Content-Type-Options"] = plainText, noSniff
	w.WriteHeader(status)
	// if Meta has gone, it asks again
	_, _ = io.WriteString(w, answer) //nolint:gosec // Meta wants its challenge back; as text it is no script
}

// statusError is a reason with the status that it is answered with.
type statusError struct {
	status int
	reason error
}

func (e *statusError) Error() string { return e.reason.Error() }

func refuse(status int, reason error) *statusError { return &statusError{status, reason} }

// challenge returns what Meta wants to hear when it verifies the URL.
//
// Source: Meta, webhooks, 2026.
func (r *Receiver) challenge(req *http.Request) (string, *statusError) {
	query, err := url.ParseQuery(req.URL.RawQuery)
	if err != nil || query.Get("hub.mode") != "subscribe" {
		return "", refuse(http.StatusBadRequest, errors.New("webhook: GET without hub.mode=subscribe"))
	}
	// hashed, so that the time does not tell the length of the token either
	token := sha256.Sum256([]byte(query.Get("hub.verify_token")))
	if subtle.ConstantTimeCompare(token[:], r.token[:]) != 1 {
		return "", refuse(http.StatusForbidden, errors.New("webhook: GET with a wrong verify token"))
	}
	challenge := query.Get("hub.challenge")
	if challenge == "" {
		return "", refuse(http.StatusBadRequest, errors.New("webhook: GET without hub.challenge"))
	}
	return challenge, nil
}

// receive takes the events of a POST.
func (r *Receiver) receive(req *http.Request) *statusError {
	body, refused := r.read(req)
	if refused != nil {
		return refused
	}
	app, err := r.verify(req.Header, body)
	if err != nil {
		return refuse(http.StatusForbidden, err)
	}
	events, err := decode(body, r.config.Apps[app].ID)
	if err != nil {
		return refuse(http.StatusBadRequest, err)
	}
	if events, err = r.admit(app, events); err != nil {
		return refuse(http.StatusForbidden, err)
	}
	if len(events) == 0 {
		return nil
	}
	r.record(events)
	ctx := newDeadline(req.Context(), r.config.AcceptTimeout)
	defer ctx.release()
	if err := r.config.Sink.Accept(ctx, events); err != nil {
		return refuse(http.StatusServiceUnavailable, fmt.Errorf("webhook: hand over events: %w", err))
	}
	return nil
}

// trusted is the longest body that a request is believed to have before it has come, in bytes.
const trusted = 1 << 20

// read returns the body of req, in one allocation if its length is known.
func (r *Receiver) read(req *http.Request) ([]byte, *statusError) {
	limit := r.config.MaxBody
	if req.ContentLength > limit {
		return nil, r.tooLong()
	}
	var body []byte
	var err error
	if req.ContentLength >= 0 && req.ContentLength <= trusted {
		body = make([]byte, req.ContentLength)
		_, err = io.ReadFull(req.Body, body)
	} else {
		body, err = io.ReadAll(io.LimitReader(req.Body, limit+1))
	}
	switch {
	case err != nil:
		return nil, refuse(http.StatusBadRequest, fmt.Errorf("webhook: read body: %w", err))
	case int64(len(body)) > limit:
		return nil, r.tooLong()
	}
	return body, nil
}

func (r *Receiver) tooLong() *statusError {
	return refuse(http.StatusRequestEntityTooLarge,
		fmt.Errorf("webhook: the body is longer than %d bytes", r.config.MaxBody))
}

// verify returns the index of the app that signed body.
func (r *Receiver) verify(header http.Header, body []byte) (int, error) {
	s, keys := sha256Scheme, r.sha256
	// the older header counts only where the other is missing, else a forger could choose
	if r.config.AllowSHA1 && len(header.Values(HeaderSignature)) == 0 {
		s, keys = sha1Scheme, r.sha1
	}
	i, err := s.verify(keys, header.Get(s.header), body)
	if err != nil {
		return -1, err
	}
	return r.signer[i], nil
}

// admit returns the events whose Pages are those of app, and those that name no Page, or an error if one is
// for another app's.
func (r *Receiver) admit(app int, events []Event) ([]Event, error) {
	admitted := events[:0]
	var unknown []string
	for _, e := range events {
		page := e.From().Page
		switch owners := r.owners[page]; {
		case page == "", slices.Contains(owners, app), len(owners) == 0 && r.config.Apps[app].anyPage():
			admitted = append(admitted, e)
		case len(owners) == 0:
			unknown = append(unknown, page)
		default:
			return nil, r.foreign(app, page)
		}
	}
	for _, page := range unknown {
		r.config.UnknownPage(page)
	}
	return admitted, nil
}

// foreign returns the error of an event for a Page of another app than the one that has signed it.
func (r *Receiver) foreign(app int, page string) error {
	signed := r.config.Apps[app].ID
	if signed == "" {
		return fmt.Errorf("%w: the Page %.40q", ErrForeignPage, page)
	}
	return fmt.Errorf("%w: the Page %.40q is not one of the app %.40q, which signed",
		ErrForeignPage, page, signed)
}

// anyPage reports whether every Page that no app names is a's.
func (a *App) anyPage() bool { return a.AnyPage || a.Pages == nil }

// record tells the recorder which events open a messaging window.
func (r *Receiver) record(events []Event) {
	if r.config.Recorder == nil {
		return
	}
	now := r.config.Now()
	for _, e := range events {
		window, opens := Opens(e)
		o := e.From()
		if !opens || o.Person == "" {
			continue
		}
		window.Opened = capped(window.Opened, now)
		r.config.Recorder.RecordInbound(o.Page, o.Person, window)
	}
}

// capped returns t, but not later than now; now if t is zero.
func capped(t, now time.Time) time.Time {
	if t.IsZero() || t.After(now) {
		return now
	}
	return t
}
