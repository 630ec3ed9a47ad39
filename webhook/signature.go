package webhook

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // Meta's older header is defined with it; off unless Config.AllowSHA1
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"strings"
	"sync"
)

// ErrSignature is the class of all refused signatures: the header is missing or malformed, or no secret
// gives it.
var ErrSignature = errors.New("webhook: signature refused")

// The headers that carry a signature, the older of them for [Config.AllowSHA1] only.
//
// Source: Meta, webhooks, 2026.
const (
	HeaderSignature     = "X-Hub-Signature-256"
	HeaderSignatureSHA1 = "X-Hub-Signature"
)

// Sign returns the header X-Hub-Signature-256 that Meta sends with body: "sha256=" and the HMAC-SHA256 of
// the raw bytes under the app secret, in lower-case hex. It is for tests and simulators.
//
// Source: Meta, webhooks, 2026.
func Sign(secret string, body []byte) string {
	return sha256Scheme.sign(newKey(sha256Scheme, secret), body)
}

// Verify checks header, the value of X-Hub-Signature-256, against body and returns the index of the secret
// that signed it. The body must be the bytes as they came: decoding and encoding them again gives another
// signature, as Meta signs an ASCII-escaped form.
//
// Verify is strict: "sha256=" and 64 lower-case hex digits, nothing before or after. It compares in
// constant time and takes an empty secret for none. Every error is of class [ErrSignature] and says what
// was wrong without quoting it.
//
// Source: Meta, webhooks, 2026.
func Verify(secrets []string, header string, body []byte) (int, error) {
	keys := make([]*key, 0, len(secrets))
	for _, secret := range secrets {
		keys = append(keys, newKey(sha256Scheme, secret))
	}
	return sha256Scheme.verify(keys, header, body)
}

// scheme is one way to sign.
type scheme struct {
	header, prefix string
	size           int
	hash           func() hash.Hash
}

var (
	sha256Scheme = &scheme{HeaderSignature, "sha256=", sha256.Size, sha256.New}
	sha1Scheme   = &scheme{HeaderSignatureSHA1, "sha1=", sha1.Size, sha1.New}
)

// key is a secret with the HMAC states made from it, which are dear to make and cheap to reset. It is safe
// for concurrent use.
type key struct {
	empty  bool
	states sync.Pool
}

func newKey(s *scheme, secret string) *key {
	k := &key{empty: secret == ""}
	k.states.New = func() any { return hmac.New(s.hash, []byte(secret)) }
	return k
}

// sum returns the HMAC of body in buf, which must have room for it.
func (k *key) sum(body, buf []byte) []byte {
	state, _ := k.states.Get().(hash.Hash)
	defer k.states.Put(state)
	state.Reset()
	state.Write(body)
	return state.Sum(buf[:0])
}

func (s *scheme) sign(k *key, body []byte) string {
	return s.prefix + hex.EncodeToString(k.sum(body, make([]byte, s.size)))
}

// verify returns which key gives header for body.
func (s *scheme) verify(keys []*key, header string, body []byte) (int, error) {
	want, err := s.parse(header)
	if err != nil {
		return -1, err
	}
	buf := make([]byte, 0, sha256.Size)
	for i, k := range keys {
		if !k.empty && hmac.Equal(k.sum(body, buf), want) {
			return i, nil
		}
	}
	return -1, fmt.Errorf("%w: no secret gives it: is the app secret that of the app that sends?",
		ErrSignature)
}

// parse returns the bytes of a header.
func (s *scheme) parse(header string) ([]byte, error) {
	if header == "" {
		return nil, fmt.Errorf("%w: no %s", ErrSignature, s.header)
	}
	digits, ok := strings.CutPrefix(header, s.prefix)
	if !ok {
		return nil, fmt.Errorf("%w: %s does not begin with %s", ErrSignature, s.header, s.prefix)
	}
	if len(digits) != 2*s.size {
		return nil, fmt.Errorf("%w: %s has %d digits, not %d", ErrSignature, s.header, len(digits), 2*s.size)
	}
	if strings.ContainsAny(digits, "ABCDEF") {
		return nil, fmt.Errorf("%w: %s is upper case", ErrSignature, s.header)
	}
	want, err := hex.DecodeString(digits)
	if err != nil {
		return nil, fmt.Errorf("%w: %s is not hexadecimal", ErrSignature, s.header)
	}
	return want, nil
}
