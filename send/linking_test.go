package send_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/parleybot/parley/send"
)

// metaReturns is where Meta awaits people. Source: Meta, Account Linking, 2026.
const metaReturns = "https://www.facebook.com/messenger_platform/account_linking?account_linking_token=ARQ"

// linkingRequest is what Messenger's browser asks of the linking URL.
func linkingRequest(t *testing.T, token, back string) *http.Request {
	t.Helper()
	query := url.Values{}
	if token != "" {
		query.Set("account_linking_token", token)
	}
	if back != "" {
		query.Set("redirect_uri", back)
	}
	return httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/link?"+query.Encode(), nil)
}

func TestLinkingSendsBack(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ back, accepted, refused string }{
		"as Meta writes it": {metaReturns, metaReturns + "&authorization_code=a+b%26c%3D1", metaReturns},
		"without a query": {
			"https://facebook.com/messenger_platform/account_linking/",
			"https://facebook.com/messenger_platform/account_linking/?authorization_code=a+b%26c%3D1",
			"https://facebook.com/messenger_platform/account_linking/",
		},
		"in the order it came in": {
			"https://www.messenger.com/x?z=1&a=%2F%20+2#top",
			"https://www.messenger.com/x?z=1&a=%2F%20+2&authorization_code=a+b%26c%3D1#top",
			"https://www.messenger.com/x?z=1&a=%2F%20+2#top",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			link, err := send.ParseLinking(linkingRequest(t, "ARQ", test.back))
			if err != nil || link.Token != "ARQ" {
				t.Fatalf("ParseLinking = %+v, %v", link, err)
			}
			for got, want := range map[string]string{
				link.Accept("a b&c=1"): test.accepted, link.Accept(""): test.refused, link.Refuse(): test.refused,
			} {
				if got != want {
					t.Errorf("back to %s, want %s", got, want)
				}
			}
		})
	}
	var zero send.Linking
	if zero.Accept("code") != "" || zero.Refuse() != "" {
		t.Error("the zero Linking leads somewhere")
	}
}

// A log-in page carries the parameters on in its form.
func TestLinkingFromAForm(t *testing.T) {
	t.Parallel()
	form := url.Values{"account_linking_token": {"ARQ"}, "redirect_uri": {metaReturns}, "password": {"secret"}}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/link", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if link, err := send.ParseLinking(r); err != nil || link.Token != "ARQ" || link.Refuse() != metaReturns {
		t.Errorf("ParseLinking = %+v, %v", link, err)
	}
	broken := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/link", strings.NewReader("password=%zz-secret"))
	broken.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if _, err := send.ParseLinking(broken); err == nil || strings.Contains(err.Error(), "zz") {
		t.Errorf("ParseLinking = %v, want an error without the words of the form", err)
	}
}

// The linking URL is open to everybody, and must not send people elsewhere.
func TestLinkingIsNoOpenRedirect(t *testing.T) {
	t.Parallel()
	wrong := map[string]string{
		"none":                    "",
		"another host":            "https://evil.example/messenger_platform/account_linking",
		"http":                    "http://www.facebook.com/messenger_platform/account_linking",
		"no scheme":               "//www.facebook.com/messenger_platform/account_linking",
		"a path":                  "/messenger_platform/account_linking",
		"a script":                "javascript:alert(document.domain)//www.facebook.com",
		"a suffix of the name":    "https://evilfacebook.com/",
		"a prefix of the name":    "https://facebook.com.evil.example/",
		"a person in front":       "https://www.facebook.com@evil.example/",
		"a person at Meta":        "https://evil.example@www.facebook.com/",
		"a backslash":             `https://evil.example\@www.facebook.com/`,
		"a backslash in the path": `https:\\evil.example`,
		"an opaque one":           "https:www.facebook.com",
		"a port":                  "https://www.facebook.com:8443/",
		"a full stop":             "https://www.facebook.com./",
		"an escape in the host":   "https://evil.example%2f.facebook.com/",
		"a line break":            "https://www.facebook.com/\r\nSet-Cookie: x",
		"a code of somebody's":    metaReturns + "&authorization_code=mine",
		"loopback, not asked for": "http://127.0.0.1:8080/",
	}
	for name, back := range wrong {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			link, err := send.ParseLinking(linkingRequest(t, "ARQ", back))
			wantField(t, err, "redirect_uri")
			if link != (send.Linking{}) || back != "" && err != nil && strings.Contains(err.Error(), back) {
				t.Errorf("ParseLinking = %+v, %v", link, err)
			}
		})
	}
	_, err := send.ParseLinking(linkingRequest(t, "", metaReturns))
	wantField(t, err, "account_linking_token")

	others := []string{"127.0.0.1", "::1", "Link.Shop.example"}
	for _, back := range []string{"http://[::1]:8080/", "https://link.shop.example/", "https://LINK.shop.example/", "http://127.0.0.1:8080/back?t=1", "https://127.0.0.1/", "https://WWW.Facebook.com/x", metaReturns} {
		if link, err := send.ParseLinking(linkingRequest(t, "ARQ", back), others...); err != nil || link.Refuse() != back {
			t.Errorf("ParseLinking = %+v, %v; want %s to be gone to", link, err, back)
		}
	}
	_, err = send.ParseLinking(linkingRequest(t, "ARQ", "ftp://127.0.0.1/"), "127.0.0.1")
	wantField(t, err, "redirect_uri")
	_, err = send.ParseLinking(linkingRequest(t, "ARQ", "https:///x"), "") // as from an empty setting
	wantField(t, err, "redirect_uri")
}

// Source: Meta, Account Linking, 2026; Messenger Platform error codes, 25 June 2026.
func TestLinkedPerson(t *testing.T) {
	t.Parallel()
	client, graph := scripted(t, send.Config{}, `{"id":104000000000001,"recipient":"7100000000000001"}`,
		`{"error":{"message":"(#10303) Invalid account_linking_token","type":"OAuthException","code":10303}}`,
		`{"id":"104000000000001"}`, `{"result":"unlink account success"}`)
	ctx := t.Context()
	page, psid, err := client.LinkedPerson(ctx, "ARQ")
	if err != nil || page != "104000000000001" || psid != person {
		t.Errorf("LinkedPerson = %q, %q, %v", page, psid, err)
	}
	_, psid, err = client.LinkedPerson(ctx, "ARQ")
	refused, ok := errors.AsType[*send.Error](err)
	if !ok || refused.Code != 10303 || !errors.Is(err, send.ErrInvalid) || psid != "" {
		t.Errorf("LinkedPerson = %q, %v; want 10303 of ErrInvalid", psid, err)
	}
	if _, psid, err = client.LinkedPerson(ctx, "ARQ"); err == nil || psid != "" {
		t.Errorf("LinkedPerson = %q, %v; want an error without a person", psid, err)
	}
	if err := client.Unlink(ctx, person); err != nil {
		t.Error(err)
	}
	ask := peopleCall{"GET", "me", "account_linking_token=ARQ&fields=recipient"}
	graph.want(t, ask, ask, ask, peopleCall{"POST", "me/unlink_accounts", `{"psid":"7100000000000001"}`})
	_, _, err = client.LinkedPerson(ctx, "")
	wantField(t, err, "account_linking_token")
	wantField(t, client.Unlink(ctx, ""), "psid")
	if len(graph.calls) != 4 {
		t.Errorf("%d calls, want no more", len(graph.calls))
	}
}
