package sendtest_test

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"

	"github.com/parleybot/parley/send/sendtest"
)

// TestStrangeLists: no limit, cursor or field that a call can name is more than a refusal or an empty page.
func TestStrangeLists(t *testing.T) {
	cursor := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
	const most = "9223372036854775807"
	for name, query := range map[string]string{
		"negative limit of a field": "?fields=messages.limit(-1)",
		"cursor of the last number": "/messages?after=" + cursor(most),
		"limit of the last number":  "/messages?after=" + cursor("0") + "&limit=" + most,
		"before the last number":    "/messages?before=" + cursor(most) + "&limit=" + most,
		"fields that do not end":    "?fields=" + strings.Repeat("a{", 100_000),
		"unopened braces":           "?fields=}a,}b{,c}",
	} {
		t.Run(name, func(t *testing.T) {
			g := &sendtest.Graph{Now: atNoon}
			g.Say(psid, "one", noon)
			g.Say(psid, "two", noon)
			id := itemsOf(t, g, conversationsPath, "id")[0].(string)
			call(t, g, request(t, http.MethodGet, "/"+id+query, "", ""))
		})
	}
}

// TestTextsThatLookLikeJSON: what is a text by its meaning is not decoded, whatever it begins with.
func TestTextsThatLookLikeJSON(t *testing.T) {
	for name, test := range map[string]struct{ path, body string }{
		"metadata": {control("pass"), `{"recipient":{"id":"` + psid + `"},"metadata":"{\"reason\":\"human\"}"}`},
		"label":    {"/me/custom_labels", `{"page_label_name":"[VIP]"}`},
		"persona":  {"/me/personas", `{"name":"[Bot]","profile_picture_url":"https://cdn.example/a.jpg"}`},
		"title":    {profilePath, `{"title":"{shop}"}`},
	} {
		t.Run(name, func(t *testing.T) {
			does(t, &sendtest.Graph{Now: atNoon}, http.MethodPost, test.path, test.body)
		})
	}
}
