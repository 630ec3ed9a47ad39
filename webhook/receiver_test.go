package webhook_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/parleybot/parley/webhook"
)

type sinkFunc func(context.Context, []webhook.Event) error

func (f sinkFunc) Accept(ctx context.Context, events []webhook.Event) error { return f(ctx, events) }

// signedSHA1 reports whether a receiver that allows SHA-1 believes the signature.
func signedSHA1(t *testing.T, secret, header, body, algo string) bool {
	t.Helper()
	r, err := webhook.NewReceiver(webhook.Config{
		VerifyToken: "t", Apps: []webhook.App{{Secrets: []string{secret}}}, AllowSHA1: true,
		Sink: sinkFunc(func(context.Context, []webhook.Event) error { return nil }),
	})
	if err != nil {
		t.Fatal(err)
	}
	req := httptest.NewRequest(http.MethodPost, "/webhook", strings.NewReader(body))
	name := webhook.HeaderSignature
	if algo == "sha1" {
		name = webhook.HeaderSignatureSHA1
	}
	req.Header.Set(name, header)
	w := httptest.NewRecorder()
	r.ServeHTTP(w, req)
	return w.Code != http.StatusForbidden
}
