package webhook_test

import (
	"strings"
	"testing"

	"github.com/parleybot/parley/webhook"
)

func TestNewReceiverRefuses(t *testing.T) {
	good := webhook.Config{
		VerifyToken: "verify", Apps: []webhook.App{{ID: "A", Secrets: []string{"s"}}}, Sink: new(fixture),
	}
	tests := map[string]struct {
		change func(*webhook.Config)
		want   []string
	}{
		"nothing set":    {func(c *webhook.Config) { *c = webhook.Config{} }, []string{"VerifyToken", "Sink", "Apps is empty"}},
		"an empty token": {func(c *webhook.Config) { c.VerifyToken = "" }, []string{"VerifyToken is empty"}},
		"no secret":      {func(c *webhook.Config) { c.Apps[0].Secrets = nil }, []string{`Apps[0] (ID "A") has no secret`}},
		"an empty secret": {
			func(c *webhook.Config) { c.Apps[0].Secrets = []string{"s", ""} }, []string{"Apps[0].Secrets[1]"},
		},
		"a shared secret": {
			func(c *webhook.Config) { c.Apps = append(c.Apps, webhook.App{ID: "B", Secrets: []string{"s"}}) },
			[]string{"Apps[0] and Apps[1] share"},
		},
		"an empty Page":    {func(c *webhook.Config) { c.Apps[0].Pages = []string{""} }, []string{"Apps[0].Pages"}},
		"negative amounts": {func(c *webhook.Config) { c.MaxBody, c.AcceptTimeout = -1, -1 }, []string{"MaxBody", "AcceptTimeout"}},
		"nothing wrong":    {func(*webhook.Config) {}, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			config := good
			config.Apps = []webhook.App{good.Apps[0]}
			test.change(&config)
			_, err := webhook.NewReceiver(config)
			if err == nil {
				if test.want != nil {
					t.Error("accepted")
				}
				return
			}
			lines := strings.Split(err.Error(), "\n")
			if len(lines) != len(test.want) {
				t.Fatalf("got %q, want %q", lines, test.want)
			}
			for i, want := range test.want {
				if !strings.Contains(lines[i], want) || !strings.HasPrefix(lines[i], "webhook: config: ") {
					t.Errorf("got %q, want … %q", lines[i], want)
				}
			}
		})
	}
}
