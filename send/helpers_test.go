package send_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/parleybot/parley/send"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// noWait is a [send.Config.Wait] that does not.
func noWait(ctx context.Context, _ time.Duration) error { return ctx.Err() }

// serve starts a server that ends with the test.
func serve(tb testing.TB, handler http.HandlerFunc) *httptest.Server {
	tb.Helper()
	server := httptest.NewServer(handler)
	tb.Cleanup(server.Close)
	return server
}

// connect returns a client of server, over sockets, without rate limit and without waits, unless cfg says more.
func connect(tb testing.TB, server *httptest.Server, cfg send.Config) *send.Client {
	tb.Helper()
	cfg.BaseURL = server.URL
	if cfg.Token == "" {
		cfg.Token = vectorToken
	}
	if cfg.Rate == 0 {
		cfg.Rate = -1
	}
	if cfg.Wait == nil {
		cfg.Wait = noWait
	}
	client, err := send.New(cfg)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(client.CloseIdleConnections)
	return client
}
