package messenger_test

import (
	"net"
	"strings"
	"testing"

	"github.com/parleybot/parley/simulator/messenger"
)

func TestConfig(t *testing.T) {
	tests := map[string]struct {
		cfg  messenger.Config
		want []string
	}{
		"no bot":              {messenger.Config{}, []string{"neither a command"}},
		"two bots":            {messenger.Config{Webhook: "http://localhost:1/", Command: []string{"x"}}, []string{"both"}},
		"page on the network": {messenger.Config{Webhook: "http://b/", Addr: "0.0.0.0:80"}, []string{`"0.0.0.0:80"`, "loopback"}},
		"page on all":         {messenger.Config{Webhook: "http://b/", Addr: ":80"}, []string{`":80"`, "loopback"}},
		"page on a name":      {messenger.Config{Webhook: "http://b/", Addr: "example.com:80"}, []string{"loopback"}},
		"Graph API on the network and a strange URL": {
			messenger.Config{Webhook: "ftp://b/", GraphAddr: "192.168.1.2:80"},
			[]string{`"ftp://b/" is no http`, `"192.168.1.2:80"`},
		},
		"no port":             {messenger.Config{Webhook: "http://b/", Addr: "localhost"}, []string{"no host:port"}},
		"Page ID in letters":  {messenger.Config{Webhook: "http://b/", PageID: "12a"}, []string{`Page ID "12a"`}},
		"webhook with a typo": {messenger.Config{Webhook: "http//b"}, []string{`"http//b" is no http`}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := messenger.New(tt.cfg)
			if err == nil {
				t.Fatal("got no error")
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("got %q, want it to contain %q", err, want)
				}
			}
		})
	}
	for _, addr := range []string{"127.0.0.1:0", "localhost:0", "[::1]:0", "127.8.8.8:0"} {
		if _, err := messenger.New(messenger.Config{Webhook: "http://b/", Addr: addr, GraphAddr: addr}); err != nil {
			t.Errorf("%s: got %v", addr, err)
		}
	}
}

func TestPortInUse(t *testing.T) {
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for what, cfg := range map[string]messenger.Config{
		"page": {Addr: l.Addr().String()}, "Graph API": {GraphAddr: l.Addr().String()},
	} {
		cfg.Webhook = "http://127.0.0.1:1/webhook"
		err := start(t, cfg).ended()
		if err == nil || !strings.Contains(err.Error(), "listen for the "+what) {
			t.Errorf("got %v, want an error that names the %s", err, what)
		}
	}
}
