package messenger_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/parleybot/parley/simulator/messenger"
)

func TestNobodyButThePageIsLetIn(t *testing.T) {
	r := start(t, messenger.Config{Webhook: listenBot(t, passing(nil))})
	page, err := url.Parse(r.ready())
	if err != nil {
		t.Fatal(err)
	}
	origin := "http://" + page.Host
	token := strings.Trim(page.Path, "/")
	_, port, _ := strings.Cut(page.Host, ":")
	tests := map[string]struct {
		method, path, host string
		header             map[string]string
		want               int
	}{
		"page":                   {path: page.Path, want: 200},
		"page as localhost":      {path: page.Path, host: "localhost:" + port, want: 200},
		"script":                 {path: page.Path + "main.js", want: 200},
		"no such file":           {path: page.Path + "page.go", want: 404},
		"folder above":           {path: page.Path + "..%2fpage.go", want: 404},
		"no token":               {path: "/", want: 403},
		"no token, script":       {path: "/main.js", want: 403},
		"wrong token":            {path: "/" + strings.Repeat("A", len(token)) + "/", want: 403},
		"shortened token":        {path: "/" + token[:len(token)-1] + "/", want: 403},
		"wrong token, events":    {path: "/x/events", want: 403},
		"rebound host name":      {path: page.Path, host: "evil.example:" + port, want: 403},
		"host that looks alike":  {path: page.Path, host: "127.0.0.1.evil.example:" + port, want: 403},
		"other port":             {path: page.Path, host: "127.0.0.1:1", want: 403},
		"no port":                {path: page.Path, host: "127.0.0.1", want: 403},
		"no host":                {path: page.Path, host: " ", want: 403},
		"events for another":     {path: page.Path + "events", header: map[string]string{"Origin": "http://evil.example"}, want: 403},
		"embedded by another":    {path: page.Path + "main.js", header: map[string]string{"Sec-Fetch-Site": "cross-site"}, want: 403},
		"same site, other port":  {path: page.Path, header: map[string]string{"Sec-Fetch-Site": "same-site"}, want: 403},
		"post":                   {method: "POST", path: page.Path + "say", header: map[string]string{"Origin": origin}, want: 204},
		"post from another":      {method: "POST", path: page.Path + "say", header: map[string]string{"Origin": "http://evil.example"}, want: 403},
		"post from a file":       {method: "POST", path: page.Path + "say", header: map[string]string{"Origin": "null"}, want: 403},
		"post without origin":    {method: "POST", path: page.Path + "say", want: 403},
		"post from another port": {method: "POST", path: page.Path + "say", header: map[string]string{"Origin": "http://127.0.0.1:1"}, want: 403},
		"post over https":        {method: "POST", path: page.Path + "say", header: map[string]string{"Origin": "https://" + page.Host}, want: 403},
		"post of a form": {
			method: "POST", path: page.Path + "say", want: 403,
			header: map[string]string{"Origin": origin, "Content-Type": "text/plain"},
		},
		"post with a wrong token": {method: "POST", path: "/x/say", header: map[string]string{"Origin": origin}, want: 403},
		"post to the page":        {method: "POST", path: page.Path, header: map[string]string{"Origin": origin}, want: 405},
		"deletion":                {method: "DELETE", path: page.Path + "say", header: map[string]string{"Origin": origin}, want: 405},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			body := strings.NewReader(`{"text":"hi"}`)
			req, err := http.NewRequestWithContext(t.Context(), tt.method, origin+tt.path, body)
			if err != nil {
				t.Fatal(err)
			}
			if tt.host != "" {
				req.Host = tt.host
			}
			req.Header.Set("Content-Type", "application/json")
			for name, value := range tt.header {
				req.Header.Set(name, value)
			}
			if got, answer := exchange(t, req); got != tt.want {
				t.Errorf("got %d %s, want %d", got, answer, tt.want)
			}
		})
	}
}

func TestHeadersOfThePage(t *testing.T) {
	r := start(t, messenger.Config{Webhook: listenBot(t, passing(nil))})
	for _, path := range []string{"", "main.js", "style.css", "icon.svg", "nothing", "../wrong"} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.ready()+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		if err := res.Body.Close(); err != nil {
			t.Error(err)
		}
		csp := res.Header.Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'none'", "script-src 'self';", "frame-ancestors 'none'"} {
			if !strings.Contains(csp, want) {
				t.Errorf("%q: got the policy %q, want it to contain %q", path, csp, want)
			}
		}
		if strings.Contains(csp, "unsafe") || strings.Contains(csp, "*") {
			t.Errorf("%q: the policy %q is too wide", path, csp)
		}
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store",
			"Cross-Origin-Resource-Policy": "same-origin", "Access-Control-Allow-Origin": "",
		} {
			if got := res.Header.Get(name); got != want {
				t.Errorf("%q: %s: got %q, want %q", path, name, got, want)
			}
		}
	}
}

func TestTokensDiffer(t *testing.T) {
	bot := listenBot(t, passing(nil))
	first, second := start(t, messenger.Config{Webhook: bot}), start(t, messenger.Config{Webhook: bot})
	a, _ := url.Parse(first.ready())
	b, _ := url.Parse(second.ready())
	if a.Path == b.Path || len(a.Path) < 20 {
		t.Errorf("got %q and %q", a.Path, b.Path)
	}
	for _, name := range []string{"PAGE_ACCESS_TOKEN", "APP_SECRET", "VERIFY_TOKEN", "PAGE_ID", "APP_ID"} {
		if x, y := first.setting(name), second.setting(name); x == y || len(x) < 15 {
			t.Errorf("%s: got %q and %q", name, x, y)
		}
	}
}

// SIMULATOR_URL is for a bot: it needs no Origin, no browser is let in, and its token opens the page as
// little as the page's token opens it.
func TestNobodyButABotIsLetIn(t *testing.T) {
	r := start(t, messenger.Config{Webhook: listenBot(t, passing(nil))})
	page, err := url.Parse(r.ready())
	if err != nil {
		t.Fatal(err)
	}
	bot, err := url.Parse(r.setting("SIMULATOR_URL"))
	if err != nil || bot.Host != page.Host || len(bot.Path) < 20 || !strings.HasSuffix(bot.Path, "/") {
		t.Fatalf("got SIMULATOR_URL %s (%v) beside the page %s", bot, err, page)
	}
	origin := "http://" + page.Host
	tests := map[string]struct {
		method, path, host string
		header             map[string]string
		want               int
	}{
		"clock":                      {path: bot.Path + "clock", want: 200},
		"refusal":                    {method: "POST", path: bot.Path + "refused", want: 204},
		"refusal that is no JSON":    {method: "POST", path: bot.Path + "refused", header: map[string]string{"Content-Type": "text/plain"}, want: 403},
		"wrong token":                {path: "/" + strings.Repeat("A", len(bot.Path)-2) + "/clock", want: 403},
		"no token":                   {path: "/clock", want: 403},
		"token of the page":          {path: page.Path + "clock", want: 404},
		"token of the page, refusal": {method: "POST", path: page.Path + "refused", header: map[string]string{"Origin": origin}, want: 405},
		"the page":                   {path: bot.Path, want: 404},
		"events of the page":         {path: bot.Path + "events", want: 404},
		"an action of the page":      {method: "POST", path: bot.Path + "say", want: 404},
		"rebound host name":          {path: bot.Path + "clock", host: "evil.example", want: 403},
		"from another page":          {path: bot.Path + "clock", header: map[string]string{"Origin": "http://evil.example"}, want: 403},
		"from our own page":          {path: bot.Path + "clock", header: map[string]string{"Origin": origin}, want: 403},
		"as an image in a page":      {path: bot.Path + "clock", header: map[string]string{"Sec-Fetch-Site": "cross-site"}, want: 403},
		"typed into a browser":       {path: bot.Path + "clock", header: map[string]string{"Sec-Fetch-Site": "none"}, want: 403},
		"refusal from a page":        {method: "POST", path: bot.Path + "refused", header: map[string]string{"Origin": origin}, want: 403},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			req, err := http.NewRequestWithContext(t.Context(), tt.method, origin+tt.path, strings.NewReader(`{"reason":"x"}`))
			if err != nil {
				t.Fatal(err)
			}
			if tt.host != "" {
				req.Host = tt.host
			}
			req.Header.Set("Content-Type", "application/json")
			for name, value := range tt.header {
				req.Header.Set(name, value)
			}
			if got, answer := exchange(t, req); got != tt.want {
				t.Errorf("got %d %s, want %d", got, answer, tt.want)
			}
		})
	}
}
