package send_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/parleybot/parley/send"
)

func TestSetPersonMenu(t *testing.T) {
	t.Parallel()
	edge := new(profileEdge)
	err := edge.client(t, send.Config{}).SetPersonMenu(t.Context(), person,
		send.Menu{Items: []send.Button{send.Postback("Orders", "ORDERS")}}, send.Menu{Locale: "de_DE"})
	calls := edge.made()
	if err != nil || len(calls) != 1 || calls[0].method != http.MethodPost || calls[0].path != "/v25.0/me/custom_user_settings" {
		t.Fatalf("calls %+v, %v; want one POST", calls, err)
	}
	sameJSON(t, calls[0].body, `{"psid":"7100000000000001","persistent_menu":[
		{"locale":"default","call_to_actions":[{"type":"postback","title":"Orders","payload":"ORDERS"}]},
		{"locale":"de_DE"}]}`)
}

func TestPersonMenu(t *testing.T) {
	t.Parallel()
	menu := `[{"locale":"default","call_to_actions":[{"type":"postback","title":"Orders","payload":"ORDERS"}]}]`
	orders := []send.Menu{{Locale: "default", Items: []send.Button{send.Postback("Orders", "ORDERS")}}}
	tests := map[string]struct {
		data string
		want []send.Menu
	}{
		"none":                    {``, nil},
		"only that of the Page":   {`{"page_level_persistent_menu":` + menu + `}`, nil},
		"in an object of its own": {`{"page_level_persistent_menu":` + menu + `},{"user_level_persistent_menu":` + menu + `}`, orders},
		"of their own":            {`{"user_level_persistent_menu":` + menu + `,"page_level_persistent_menu":[{"locale":"default"}]}`, orders},
	}
	for name, test := range tests {
		edge := &profileEdge{stands: test.data}
		got, err := edge.client(t, send.Config{}).PersonMenu(t.Context(), person)
		if diff := cmp.Diff(test.want, got); err != nil || diff != "" {
			t.Errorf("%s: PersonMenu, %v (-want +got):\n%s", name, err, diff)
		}
	}
}

// TestPersonMenuQueries looks at what GET and DELETE ask for.
func TestPersonMenuQueries(t *testing.T) {
	t.Parallel()
	var targets []string
	client, err := send.New(send.Config{Token: "token", HTTP: doer(func(r *http.Request) (*http.Response, error) {
		query := r.URL.Query()
		targets = append(targets, strings.Join([]string{r.Method, r.URL.Path, query.Get("psid"), query.Get("params")}, " "))
		return answer(http.StatusOK, `{"result":"success"}`), nil
	})})
	if err != nil {
		t.Fatal(err)
	}
	_, got := client.PersonMenu(t.Context(), person)
	if err := errors.Join(got, client.DeletePersonMenu(t.Context(), person)); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"GET /v25.0/me/custom_user_settings 7100000000000001 ",
		`DELETE /v25.0/me/custom_user_settings 7100000000000001 ["persistent_menu"]`,
	}
	if diff := cmp.Diff(want, targets); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

func TestPersonMenuRefuses(t *testing.T) {
	t.Parallel()
	edge := new(profileEdge)
	messenger, instagram := edge.client(t, send.Config{}), edge.client(t, send.Config{Channel: send.Instagram})
	_, onInstagram := instagram.PersonMenu(t.Context(), person)
	_, nobody := messenger.PersonMenu(t.Context(), "")
	const channel, psid = "custom_user_settings: not on Instagram", "psid: want the digits"
	for _, test := range []struct {
		err  error
		want string
	}{
		{onInstagram, channel},
		{instagram.SetPersonMenu(t.Context(), person, send.Menu{}), channel},
		{instagram.DeletePersonMenu(t.Context(), person), channel},
		{nobody, psid},
		{messenger.SetPersonMenu(t.Context(), "abc", send.Menu{}), psid},
		{messenger.DeletePersonMenu(t.Context(), ""), psid},
		{messenger.SetPersonMenu(t.Context(), person), "persistent_menu: 0, at least 1"},
		{messenger.SetPersonMenu(t.Context(), person, send.Menu{Locale: "de_DE"}), "persistent_menu: no default locale"},
		{messenger.SetPersonMenu(t.Context(), person, send.Menu{Items: postbacks(21)}), "persistent_menu[0].call_to_actions: 21, at most 20"},
	} {
		if !errors.Is(test.err, send.ErrInvalid) || !strings.HasPrefix(test.err.Error(), "send: "+test.want) {
			t.Errorf("error %v, want %s", test.err, test.want)
		}
	}
	if calls := edge.made(); len(calls) != 0 {
		t.Errorf("calls %+v, want none", calls)
	}
}
