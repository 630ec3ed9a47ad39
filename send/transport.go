package send

import (
	"net"
	"net/http"
	"time"
)

// transport is an [http.Transport] as a [Doer]. Unlike http.Client it follows no redirect: a token goes to
// the host that was configured and nowhere else.
type transport struct{ *http.Transport }

// NewTransport returns what a [Client] without Config.HTTP makes its calls with: for several clients, which
// then share their connections, as those of several Pages do. It is safe for concurrent use.
func NewTransport() Doer { return newTransport() }

// newTransport returns a transport that keeps as many connections as a busy bot has calls in flight.
func newTransport() transport {
	const connectTimeout = 10 * time.Second
	return transport{&http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         (&net.Dialer{Timeout: connectTimeout}).DialContext,
		ForceAttemptHTTP2:   true, // not by itself with a DialContext
		MaxIdleConns:        1024,
		MaxIdleConnsPerHost: 1024,
		IdleConnTimeout:     90 * time.Second,
		TLSHandshakeTimeout: connectTimeout,
		DisableCompression:  true,
	}}
}

// Do makes one HTTP call.
func (t transport) Do(req *http.Request) (*http.Response, error) { return t.RoundTrip(req) }
