package sendtest_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/parleybot/parley/send/sendtest"
)

// createTemplate creates a utility template with these parameters more, and returns what Meta decides.
func createTemplate(t *testing.T, g *sendtest.Graph, name, more string) string {
	t.Helper()
	body := `{"name":"` + name + `","language":"en","category":"UTILITY",` + more + `}`
	got := decodedBody[map[string]string](t, does(t, g, http.MethodPost, templatesPath, body))
	if got["id"] == "" || got["category"] != "UTILITY" {
		t.Errorf("answer %v", got)
	}
	return got["status"]
}

func bodyPart(text string) string { return `"components":[{"type":"BODY","text":"` + text + `"}]` }

// TestTemplateReview: what Meta takes and what it rejects, and why.
func TestTemplateReview(t *testing.T) {
	for name, test := range map[string]struct{ more, status, reason string }{
		"no parameter": {bodyPart("Your parcel is here."), "APPROVED", "NONE"},
		"numbered":     {bodyPart("Parcel {{1}} of {{2}}: {{1}} is here."), "APPROVED", "NONE"},
		"named":        {`"parameter_format":"NAMED",` + bodyPart("Parcel {{ parcel }} is here."), "APPROVED", "NONE"},
		"not in a row": {bodyPart("Parcel {{1}} of {{3}} is here."), "REJECTED", "INCORRECT_PARAMS"},
		"twice, not in a row": {
			bodyPart("Parcel {{1}}, {{1}} of {{3}} is here."), "REJECTED", "INCORRECT_PARAMS",
		},
		"from 0":           {bodyPart("Parcel {{0}} is here."), "REJECTED", "INCORRECT_PARAMS"},
		"at the start":     {bodyPart("{{1}} is here."), "REJECTED", "INCORRECT_PARAMS"},
		"at the end":       {bodyPart("Here is {{1}}"), "REJECTED", "INCORRECT_PARAMS"},
		"names, numbered":  {bodyPart("Parcel {{parcel}} is here."), "REJECTED", "INCORRECT_PARAMS"},
		"numbers, named":   {`"parameter_format":"NAMED",` + bodyPart("Parcel {{1}} is here."), "REJECTED", "INCORRECT_PARAMS"},
		"header, at start": {`"components":[{"type":"HEADER","format":"TEXT","text":"{{1}}"},{"type":"BODY","text":"Here."}]`, "APPROVED", "NONE"},
		"marketing":        {bodyPart("Buy more!"), "REJECTED", "TAG_SHOULD_BE_MARKETING"},
		"waiting":          {bodyPart("Your parcel is here."), "PENDING", "NONE"},
	} {
		t.Run(name, func(t *testing.T) {
			g := &sendtest.Graph{Now: atNoon}
			g.Change(func(s *sendtest.State) {
				s.Reviews = map[string]sendtest.Review{
					"marketing": {Status: "REJECTED", Reason: "TAG_SHOULD_BE_MARKETING"}, "waiting": {Status: "PENDING"},
				}
			})
			if got := createTemplate(t, g, name, test.more); got != test.status {
				t.Errorf("status %s, want %s", got, test.status)
			}
			if got := itemsOf(t, g, templatesPath, "rejected_reason"); !slices.Equal(got, []any{test.reason}) {
				t.Errorf("reasons %v, want %s", got, test.reason)
			}
		})
	}
}

// TestTemplateFilters: each filter of the list.
func TestTemplateFilters(t *testing.T) {
	g := &sendtest.Graph{Now: atNoon}
	g.Change(func(s *sendtest.State) {
		s.Utilities = []sendtest.Utility{{Name: "old", Language: "pt_BR", Header: []string{""}, Body: []string{"", ""}, Buttons: 1}}
		s.Reviews = map[string]sendtest.Review{"waiting": {Status: "PENDING"}}
	})
	createTemplate(t, g, "parcel", bodyPart("It is here."))
	createTemplate(t, g, "waiting", bodyPart("Wait for the parcel."))
	for query, want := range map[string][]any{
		"":                                    {"old", "parcel", "waiting"},
		"?limit=1":                            {"old", "parcel", "waiting"},
		"?name=parc":                          {"parcel"},
		"?content=parcel":                     {"waiting"},
		"?name_or_content=PARCEL":             {"parcel", "waiting"},
		`?language=["pt_BR"]`:                 {"old"},
		"?language=pt_BR":                     {"old"},
		`?status=["PENDING","REJECTED"]`:      {"waiting"},
		`?category=["MARKETING"]`:             nil,
		`?category=["UTILITY"]&name=old`:      {"old"},
		`?status=["APPROVED"]&name=parcel`:    {"parcel"},
		"?fields=name&name_or_content=nobody": nil,
	} {
		if got := itemsOf(t, g, templatesPath+query, "name"); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", query, got, want)
		}
	}
	want := `[{"format":"TEXT","text":"With {{1}}, all is told.","type":"HEADER"},` +
		`{"text":"With {{1}}, {{2}}, all is told.","type":"BODY"},` +
		`{"buttons":[{"payload":"{{1}}","text":"Open","type":"POSTBACK"}],"type":"BUTTONS"}]`
	if got := does(t, g, http.MethodGet, templatesPath+"?name=old&fields=components", "").body; !strings.Contains(got, want) {
		t.Errorf("got %s", got)
	}
}

// TestUtilityByCreation: once a template was created, messages are judged by those of the Page.
func TestUtilityByCreation(t *testing.T) {
	send := func(parts string) string {
		return to(`"message":{"template":{"name":"n","language":{"code":"en"},"components":[` + parts + `]}}`)
	}
	const body, header = `{"type":"body","parameters":[{"type":"text","text":"1"}]}`, `{"type":"header","parameters":[{"type":"text","text":"1"}]}`
	buttons := func(n int) string {
		return body + `,{"type":"buttons","parameters":` + times(n, `{"type":"URL","url":"1"}`) + `}`
	}
	const bodyOf = `{"type":"BODY","text":"Parcel {{1}} is here."}`
	link := `"components":[` + bodyOf + `,{"type":"BUTTONS","buttons":[{"type":"URL","text":"Go","url":"https://a.example/{{1}}"},{"type":"POSTBACK","text":"Stop","payload":"STOP"}]}]`
	for name, test := range map[string]struct{ template, message, rule string }{
		"fits":                {bodyPart("Parcel {{1}} is here."), send(body), ""},
		"one header too many": {bodyPart("Parcel {{1}} is here."), send(header + "," + body), "W21"},
		"a header missing":    {`"components":[{"type":"HEADER","text":"To {{1}}"},` + bodyOf + `]`, send(body), "W21"},
		"a picture":           {`"components":[{"type":"HEADER","format":"IMAGE"},` + bodyOf + `]`, send(body), ""},
		"a picture, filled":   {`"components":[{"type":"HEADER","format":"IMAGE"},` + bodyOf + `]`, send(header + "," + body), ""},
		"a button":            {link, send(buttons(1)), ""},
		"both buttons":        {link, send(buttons(2)), ""},
		"no button":           {link, send(body), "W21"},
		"three buttons":       {link, send(buttons(3)), "W21"},
		"named": {
			`"parameter_format":"NAMED",` + bodyPart("Parcel {{b}} of {{a}} is here."),
			send(`{"type":"body","parameters":[{"type":"text","parameter_name":"a","text":"1"},{"type":"text","parameter_name":"b","text":"2"}]}`), "",
		},
		"another name": {
			`"parameter_format":"NAMED",` + bodyPart("Parcel {{a}} is here."),
			send(`{"type":"body","parameters":[{"type":"text","parameter_name":"b","text":"1"}]}`), "W21",
		},
	} {
		g := &sendtest.Graph{Now: atNoon}
		createTemplate(t, g, "n", test.template)
		post(t, g, test.message)
		if got := last(t, g); got.Rule != test.rule {
			t.Errorf("%s: rule %q, want %q: %s", name, got.Rule, test.rule, got.Answer)
		}
	}
}

// TestTemplatesEnd: what is deleted cannot be sent; created again, it replaces what it was.
func TestTemplatesEnd(t *testing.T) {
	g := &sendtest.Graph{Now: atNoon}
	g.Change(func(s *sendtest.State) {
		s.Utilities = []sendtest.Utility{{Name: "n", Language: "fr"}, {Name: "other", Language: "en"}}
	})
	createTemplate(t, g, "n", bodyPart("Parcel {{1}} is here."))
	createTemplate(t, g, "n", bodyPart("Your parcel is here."))
	if post(t, g, utility); last(t, g).Rule != "W21" {
		t.Errorf("replaced: rule %q", last(t, g).Rule)
	}
	id := itemsOf(t, g, templatesPath+"?name=n&language=en", "id")
	if len(id) != 1 {
		t.Fatalf("templates %v", id)
	}
	if got := does(t, g, http.MethodDelete, templatesPath+"?name=n&template_id="+id[0].(string), ""); got.body != `{"success":true}` {
		t.Errorf("deleted: %s", got.body)
	}
	if got := itemsOf(t, g, templatesPath+"?fields=language", "language"); !slices.Equal(got, []any{"fr", "en"}) {
		t.Errorf("left: %v", got)
	}
	does(t, g, http.MethodDelete, templatesPath+"?name=n", "")
	if got := itemsOf(t, g, templatesPath, "name"); !slices.Equal(got, []any{"other"}) {
		t.Errorf("left: %v", got)
	}
}

// TestTemplateLibrary: what is in it is found and copied.
func TestTemplateLibrary(t *testing.T) {
	g := &sendtest.Graph{Now: atNoon}
	const path = "/v25.0/message_template_library"
	if got := createTemplate(t, g, "any", `"library_template_name":"any"`); got != "APPROVED" {
		t.Errorf("from a library that nobody has written: %s", got)
	}
	does(t, g, http.MethodDelete, templatesPath+"?name=any", "")
	if got := itemsOf(t, g, path, "name"); got != nil {
		t.Errorf("empty: %v", got)
	}
	g.Change(func(s *sendtest.State) {
		s.Library = []map[string]any{
			{"name": "delivered", "language": "en", "header": "Parcel {{1}}", "body": "It is here.", "buttons": []any{map[string]any{"type": "URL", "text": "Go"}}},
			{"name": "livré", "language": "fr", "body": "Le colis est là."},
		}
	})
	for query, want := range map[string][]any{
		"": {"delivered", "livré"}, "?name_or_content=parcel": {"delivered"}, "?language=fr": {"livré"}, "?name_or_content=colis&language=en": nil,
	} {
		if got := itemsOf(t, g, path+query, "name"); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", query, got, want)
		}
	}
	if got := createTemplate(t, g, "mine", `"library_template_name":"delivered"`); got != "APPROVED" {
		t.Errorf("copied: %s", got)
	}
	got := does(t, g, http.MethodGet, templatesPath+"?fields=components,library_template_name", "").body
	want := `"components":[{"format":"TEXT","text":"Parcel {{1}}","type":"HEADER"},{"text":"It is here.","type":"BODY"},` +
		`{"buttons":[{"text":"Go","type":"URL"}],"type":"BUTTONS"}]`
	if !strings.Contains(got, want) || !strings.Contains(got, `"library_template_name":"delivered"`) {
		t.Errorf("got %s", got)
	}
	if call(t, g, request(t, http.MethodPost, path, "", "")); last(t, g).Rule != "T11" {
		t.Errorf("POST: rule %q", last(t, g).Rule)
	}
}
