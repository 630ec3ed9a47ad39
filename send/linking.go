package send

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// The parameters of account linking.
//
// Source: Meta, Account Linking, 2026.
const (
	linkingToken = "account_linking_token"
	redirectURI  = "redirect_uri"
	linkingCode  = "authorization_code"
)

// linkingHosts are Meta's domains: it sends people back to one of these.
//
// Source: Meta, Account Linking, 2026.
var linkingHosts = []string{"facebook.com", "messenger.com"}

// errLinkingForm stands for an error that would quote what a person has typed.
var errLinkingForm = errors.New("send: account linking: the form cannot be read")

// Linking is a person's wish to link their account with the business to their thread with the Page, as it
// comes to the linking URL. See the section on account linking in the package documentation.
//
// Source: Meta, Account Linking, 2026.
type Linking struct {
	// Token stands for the person for five minutes: see [Client.LinkedPerson].
	Token string

	back *url.URL // where Meta awaits the person
}

// ParseLinking reads what Messenger adds to the linking URL, from the query or from the form of r: a log-in
// page may carry the two parameters account_linking_token and redirect_uri on in its form.
//
// Nothing of it is signed, so that anybody may have made it up. ParseLinking checks that there is a token,
// and that the person would be sent to no other than facebook.com, messenger.com or a host below them, by
// https: your log-in is no open door to other sites. Others are hosts, without port, that may be gone to as
// well, such as "127.0.0.1" for a test; by http too. Whether the token is Meta's is for
// [Client.LinkedPerson] to find out. The errors are [*FieldError]s, or that of a form which cannot be read.
func ParseLinking(r *http.Request, others ...string) (Linking, error) {
	if err := r.ParseForm(); err != nil {
		return Linking{}, errLinkingForm
	}
	token := r.Form.Get(linkingToken)
	if token == "" {
		return Linking{}, &FieldError{Field: linkingToken, Problem: "missing: want what Messenger sent"}
	}
	back, err := url.Parse(r.Form.Get(redirectURI))
	if err != nil || !returns(back, others) {
		return Linking{}, &FieldError{
			Field: redirectURI, Problem: "want an https URL of facebook.com or messenger.com",
		}
	}
	return Linking{Token: token, back: back}, nil
}

// returns reports whether back leads to Meta, or to one of others.
func returns(back *url.URL, others []string) bool {
	host := strings.ToLower(back.Hostname())
	switch {
	case host == "" || back.User != nil || back.Opaque != "" || back.Query().Has(linkingCode):
		return false
	case slices.ContainsFunc(others, func(other string) bool { return strings.EqualFold(host, other) }):
		return back.Scheme == "https" || back.Scheme == "http"
	}
	return back.Scheme == "https" && back.Port() == "" &&
		slices.ContainsFunc(linkingHosts, func(domain string) bool {
			return host == domain || strings.HasSuffix(host, "."+domain)
		})
}

// Accept returns where to send the person after they have logged in: Meta then tells the bot, with the code,
// that the accounts are linked (*webhook.AccountLinking). The code is yours, and should tell who logged in
// without being guessable; Meta does not look into it. An empty code is [Linking.Refuse].
//
// Source: Meta, Account Linking, 2026.
func (l Linking) Accept(code string) string {
	if l.back == nil || code == "" {
		return l.Refuse()
	}
	to := *l.back
	if to.RawQuery != "" {
		to.RawQuery += "&"
	}
	to.RawQuery += linkingCode + "=" + url.QueryEscape(code)
	return to.String()
}

// Refuse returns where to send the person if they did not log in: no account is linked then. It is empty for
// the zero Linking.
//
// Source: Meta, Account Linking, 2026.
func (l Linking) Refuse() string {
	if l.back == nil {
		return ""
	}
	return l.back.String()
}

// LinkedPerson returns the Page and the person that the token of a [Linking] stands for. The token is good
// for five minutes; then, and if it is none of Meta's, the error is an [*Error] with code 10303, of the class
// [ErrInvalid]. Its other errors are those of [Client.Graph]. Messenger only.
//
// Source: Meta, Account Linking, 2026.
func (c *Client) LinkedPerson(ctx context.Context, token string) (page string, psid PSID, err error) {
	if err := c.messengerOnly("account linking"); err != nil {
		return "", "", err
	}
	if token == "" {
		return "", "", &FieldError{Field: linkingToken, Problem: "missing"}
	}
	var answer struct {
		ID        nodeID `json:"id"`
		Recipient nodeID `json:"recipient"`
	}
	params := map[string]any{"fields": "recipient", linkingToken: token}
	if err := c.Graph(ctx, http.MethodGet, "me", params, &answer); err != nil {
		return "", "", err
	}
	if answer.Recipient == "" {
		return "", "", errors.New("send: account linking: the Graph API answered without a person")
	}
	return string(answer.ID), PSID(answer.Recipient), nil
}

// Unlink ends the linking of a person's account; the bot is told of it (*webhook.AccountLinking). Its errors
// are those of [Client.Graph]; after [ErrUnsure] it may be called again. Messenger only.
//
// Source: Meta, Account Linking, 2026.
func (c *Client) Unlink(ctx context.Context, psid PSID) error {
	if err := errors.Join(c.messengerOnly("account linking"), wantNode("psid", string(psid))); err != nil {
		return err
	}
	return c.do(ctx, http.MethodPost, "me/unlink_accounts", map[string]any{"psid": psid})
}
