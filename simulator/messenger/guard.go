package messenger

import (
	"crypto/subtle"
	"mime"
	"net"
	"net/http"
	"strings"
)

// policy lets the page run its own script and style and nothing else, talk to its own server and to nobody
// else, and show media from wherever the bot has them.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " +
	"img-src http: https:; media-src http: https:; base-uri 'none'; form-action 'none'; " +
	"frame-ancestors 'none'; require-trusted-types-for 'script'"

// guard keeps everybody out who does not know the token, other pages in the same browser, also those whose
// host name was pointed at this machine, and whoever is not welcome by the test of the caller.
func guard(token string, welcome func(*http.Request) bool, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		protect(w.Header())
		switch {
		case !ourHost(r):
			refuse(w, "this server answers on its loopback address only")
		case !welcome(r):
			refuse(w, "this request does not come from the chat page, nor from the bot: without a browser, "+
				"send JSON and the header Origin: http://"+r.Host+", or use -script")
		case !carries(r, token):
			refuse(w, "open the URL that the simulator has printed: it carries a token")
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// carries reports whether the path of a request begins with token.
func carries(r *http.Request, token string) bool {
	given, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	return subtle.ConstantTimeCompare([]byte(given), []byte(token)) == 1
}

func protect(h http.Header) {
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer") // the token stays here
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
}

func refuse(w http.ResponseWriter, why string) {
	http.Error(w, "simulator: "+why, http.StatusForbidden)
}

// ourHost reports whether the Host header names the loopback address and port on which the request came in.
// A host name of somebody else that resolves to this machine (DNS rebinding) does not.
func ourHost(r *http.Request) bool {
	local, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	if !ok {
		return false
	}
	_, want, err := net.SplitHostPort(local.String())
	if err != nil {
		return false
	}
	host, port, err := net.SplitHostPort(r.Host)
	if err != nil {
		host, port = strings.Trim(r.Host, "[]"), "80"
	}
	return isLoopback(host) && port == want
}

// ourOrigin reports whether the request comes from the page: by Origin, which browsers send with every
// POST, and by Sec-Fetch-Site. What changes something must be JSON too, which no foreign form can send.
func ourOrigin(r *http.Request) bool {
	site := r.Header.Get("Sec-Fetch-Site")
	if site != "" && site != "same-origin" && site != "none" {
		return false
	}
	origin := r.Header.Get("Origin")
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return origin == "" || origin == "http://"+r.Host
	}
	return origin == "http://"+r.Host && isJSON(r)
}

// noBrowser reports whether the request comes from a program that is no browser: a browser sends Origin or
// Sec-Fetch-Site with every request to this machine. What changes something must be JSON too.
func noBrowser(r *http.Request) bool {
	if r.Header.Get("Sec-Fetch-Site") != "" || r.Header.Get("Origin") != "" {
		return false
	}
	return r.Method == http.MethodGet || isJSON(r)
}

// isJSON reports whether a request says that its body is JSON.
func isJSON(r *http.Request) bool {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && kind == "application/json"
}
