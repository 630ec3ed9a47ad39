package send_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"

	"github.com/parleybot/parley/send"
)

// The handler of the linking URL: the log-in page when Messenger opens it, the log-in when its form comes back.
func ExampleParseLinking() {
	client := clientIn(metaStandIn{"GET me": `{"id":"104000000000001","recipient":"7100000000000001"}`})
	accounts := map[string]send.PSID{} // who has linked which account

	login := func(w http.ResponseWriter, r *http.Request) {
		link, err := send.ParseLinking(r)
		if err != nil {
			http.Error(w, "This page is opened by Messenger.", http.StatusBadRequest)
			return
		}
		_, psid, err := client.LinkedPerson(r.Context(), link.Token)
		if err != nil {
			http.Error(w, "Please tap \"Log In\" in Messenger once more.", http.StatusBadRequest)
			return
		}
		switch {
		case r.Method == http.MethodGet: // the form posts to the address that it came from, so that nothing is lost
			fmt.Fprintln(w, "Log in to link your account with Messenger: name, password, [Link] [Cancel]")
		case r.FormValue("name") == "ana" && r.FormValue("password") == "tulip":
			accounts["ana"] = psid
			http.Redirect(w, r, link.Accept("a code that is hard to guess"), http.StatusSeeOther)
		default:
			http.Redirect(w, r, link.Refuse(), http.StatusSeeOther)
		}
	}

	query := url.Values{
		"account_linking_token": {"ARQ"},
		"redirect_uri":          {"https://www.facebook.com/messenger_platform/account_linking?account_linking_token=ARQ"},
	}
	visit := func(method, form string) {
		address := "/login?" + query.Encode()
		r := httptest.NewRequestWithContext(context.Background(), method, address, strings.NewReader(form))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		answer := httptest.NewRecorder()
		login(answer, r)
		if to := answer.Header().Get("Location"); to != "" {
			fmt.Println("to", to)
			return
		}
		fmt.Println(http.StatusText(answer.Code))
	}
	visit(http.MethodGet, "")
	visit(http.MethodPost, "name=ana&password=rose")
	visit(http.MethodPost, "name=ana&password=tulip")
	fmt.Println(accounts)
	query.Set("redirect_uri", "https://evil.example/")
	visit(http.MethodGet, "")
	// Output:
	// OK
	// to https://www.facebook.com/messenger_platform/account_linking?account_linking_token=ARQ
	// to https://www.facebook.com/messenger_platform/account_linking?account_linking_token=ARQ&authorization_code=a+code+that+is+hard+to+guess
	// map[ana:7100000000000001]
	// Bad Request
}

// Where the person is sent back to, with and without the business's word that they have logged in.
func ExampleLinking_Accept() {
	query := url.Values{
		"account_linking_token": {"ARQ"},
		"redirect_uri":          {"https://www.facebook.com/messenger_platform/account_linking?account_linking_token=ARQ"},
	}
	address := "/login?" + query.Encode()
	r := httptest.NewRequestWithContext(context.Background(), http.MethodGet, address, nil)
	link, err := send.ParseLinking(r)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(link.Accept("AC_123"))
	fmt.Println(link.Refuse())
	// Output:
	// https://www.facebook.com/messenger_platform/account_linking?account_linking_token=ARQ&authorization_code=AC_123
	// https://www.facebook.com/messenger_platform/account_linking?account_linking_token=ARQ
}
