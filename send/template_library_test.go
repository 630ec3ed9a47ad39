package send_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/parleybot/parley/send"
)

// orderUpdate is Meta's sample of a template with numbered parameters, with a postback button.
var orderUpdate = send.TemplateDefinition{
	Name: "order_update", Language: "en",
	Parts: []send.TemplatePart{
		send.TextHeader("{{1}} Update", send.Value("Order")),
		send.BodyText("Good news! Your order #{{1}} is on its way. Thank you for your order!", send.Value("566701")),
		send.TemplateButtons(send.PostbackButton("Track Order", "order_id_{{2}}")),
	},
}

// orderNamed is Meta's sample of a template with named parameters, with a link and a picture.
var orderNamed = send.TemplateDefinition{
	Name: "order_named", Language: "en", Named: true,
	Parts: []send.TemplatePart{
		{
			Type: send.ComponentHeader, Format: "IMAGE", Text: "{{order_type}} Update", Image: "4:dGVz",
			Examples: []send.Parameter{send.NamedValue("order_type", "Order")},
		},
		send.BodyText("Good news! Your order #{{order_id}} is on its way. Thank you, {{customer_name}}!",
			send.NamedValue("order_id", "566701"), send.NamedValue("customer_name", "John")),
		send.TemplateButtons(send.URLButton("Track Order", "http://www.example.com/orders/{{1}}",
			"https://www.example.com/orders/1234")),
	},
}

const (
	orderUpdateParts = `[{"type":"HEADER","format":"TEXT","text":"{{1}} Update","example":{"header_text":["Order"]}},` +
		`{"type":"BODY","text":"Good news! Your order #{{1}} is on its way. Thank you for your order!",` +
		`"example":{"body_text":[["566701"]]}},` +
		`{"type":"BUTTONS","buttons":[{"type":"POSTBACK","text":"Track Order","payload":"order_id_{{2}}"}]}]`
	orderNamedParts = `[{"type":"HEADER","format":"IMAGE","text":"{{order_type}} Update","example":` +
		`{"header_text_named_params":[{"param_name":"order_type","example":"Order"}],"header_handle":["4:dGVz"]}},` +
		`{"type":"BODY","text":"Good news! Your order #{{order_id}} is on its way. Thank you, {{customer_name}}!",` +
		`"example":{"body_text_named_params":[{"param_name":"order_id","example":"566701"},` +
		`{"param_name":"customer_name","example":"John"}]}},` +
		`{"type":"BUTTONS","buttons":[{"type":"URL","text":"Track Order","url":"http://www.example.com/orders/{{1}}",` +
		`"example":{"url_suffix_example":"https://www.example.com/orders/1234"}}]}]`
)

func TestCreateTemplate(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		define send.TemplateDefinition
		want   string
	}{
		"numbered": {orderUpdate, `{"category":"UTILITY","components":` + orderUpdateParts +
			`,"language":"en","name":"order_update"}`},
		"named": {orderNamed, `{"category":"UTILITY","components":` + orderNamedParts +
			`,"language":"en","name":"order_named","parameter_format":"NAMED"}`},
		"from the library": {send.TemplateDefinition{
			Name: "shop_order_confirmation", Language: "en_US", Library: "order_confirmation_1",
			LibraryBody: []map[string]any{{"type": "body", "text": "{{1}}, your order was delivered!"}},
			LibraryButtons: []map[string]any{{
				"type": "URL", "text": "Your order", "url": map[string]any{"base_url": "https://shop.example/"},
			}},
		}, `{"category":"UTILITY","language":"en_US",` +
			`"library_template_body_inputs":[{"text":"{{1}}, your order was delivered!","type":"body"}],` +
			`"library_template_button_inputs":[{"text":"Your order","type":"URL","url":{"base_url":"https://shop.example/"}}],` +
			`"library_template_name":"order_confirmation_1","name":"shop_order_confirmation"}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			graph := newPastGraph(map[string]string{
				"POST/me/message_templates": `{"id":"102295129340398","status":"APPROVED","category":"UTILITY"}`,
			})
			got, err := graph.client(t, send.Config{}).CreateTemplate(t.Context(), test.define)
			if err != nil {
				t.Fatal(err)
			}
			want := send.PageTemplate{
				ID: "102295129340398", Name: test.define.Name, Language: test.define.Language,
				Status: send.TemplateApproved, Category: "UTILITY", Named: test.define.Named,
				Parts: test.define.Parts, Library: test.define.Library,
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("CreateTemplate (-want +got):\n%s", diff)
			}
			if got := graph.calls[0].body; got != test.want {
				t.Errorf("body\n%s, want\n%s", got, test.want)
			}
		})
	}
}

// An answer without an ID leaves open whether the template was created.
func TestCreateTemplateUnsure(t *testing.T) {
	t.Parallel()
	graph := newPastGraph(map[string]string{"POST/me/message_templates": `{"success":true}`})
	if _, err := graph.client(t, send.Config{}).CreateTemplate(t.Context(), orderUpdate); !errors.Is(err, send.ErrUnsure) {
		t.Errorf("CreateTemplate = %v, want send.ErrUnsure", err)
	}
}

// Parts in a form that nobody has documented cost no other template of the list.
func TestTemplatesOfAnotherForm(t *testing.T) {
	t.Parallel()
	for _, parts := range []string{
		`["BODY"]`, `[null,1]`, `[{"type":"BODY","text":"Hi","example":"x"}]`, `[{"type":"BODY","example":{"body_text":["a"]}}]`,
		`[{"type":"BUTTONS","buttons":["x",{"type":"URL","example":["https://shop.example"]}]}]`, `"none"`,
	} {
		graph := newPastGraph(map[string]string{listTemplates: `{"data":[
			{"name":"odd","language":"en","components":` + parts + `},
			{"name":"order_update","language":"en","status":"APPROVED","components":` + orderUpdateParts + `}]}`})
		found, err := graph.client(t, send.Config{}).FindTemplate(t.Context(), "order_update", "en")
		if diff := cmp.Diff(orderUpdate.Parts, found.Parts); err != nil || diff != "" {
			t.Errorf("FindTemplate after %s: %v (-want +got):\n%s", parts, err, diff)
		}
	}
}

// The types of parts and buttons are known in either case.
func TestTemplatesInAnotherCase(t *testing.T) {
	t.Parallel()
	graph := newPastGraph(map[string]string{listTemplates: `{"data":[{"name":"n","language":"en","components":[
		{"type":"Body","text":"Hi"},{"type":"buttons","buttons":[{"type":"url","text":"See","url":"https://shop.example"}]}]}]}`})
	found, err := graph.client(t, send.Config{}).FindTemplate(t.Context(), "n", "en")
	want := []send.TemplatePart{send.BodyText("Hi"), send.TemplateButtons(send.URLButton("See", "https://shop.example", ""))}
	if diff := cmp.Diff(want, found.Parts); err != nil || diff != "" {
		t.Errorf("FindTemplate: %v (-want +got):\n%s", err, diff)
	}
}

func TestTemplates(t *testing.T) {
	t.Parallel()
	graph := newPastGraph(map[string]string{
		"GET/me/message_templates": `{"data":[
			{"id":1,"name":"order_update","language":"en","status":"APPROVED","category":"UTILITY","components":` +
			orderUpdateParts + `},
			{"id":"2","name":"order_named","language":"de","status":"REJECTED","category":"UTILITY",
			"parameter_format":"NAMED","rejected_reason":"INCORRECT_PARAMS","library_template_name":"l",
			"components":` + orderNamedParts + `},
			{"id":"3","name":"order_update_2","language":"en","status":"PENDING","rejected_reason":"NONE"}]}`,
	})
	client := graph.client(t, send.Config{})
	got, err := gather(client.Templates(t.Context(), send.TemplateQuery{
		Name: "order", Content: "news", Anywhere: "o", Languages: []string{"en", "de"},
		Statuses: []send.TemplateStatus{send.TemplateApproved},
	}))
	if err != nil {
		t.Fatal(err)
	}
	want := []send.PageTemplate{
		{
			ID: "1", Name: "order_update", Language: "en", Status: send.TemplateApproved, Category: "UTILITY",
			Parts: orderUpdate.Parts,
		},
		{
			ID: "2", Name: "order_named", Language: "de", Status: send.TemplateRejected, Category: "UTILITY",
			Rejection: "INCORRECT_PARAMS", Named: true, Parts: orderNamed.Parts, Library: "l",
		},
		{ID: "3", Name: "order_update_2", Language: "en", Status: send.TemplatePending},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Templates (-want +got):\n%s", diff)
	}
	asked := map[string]string{
		"name": "order", "content": "news", "name_or_content": "o", "language": `["en","de"]`,
		"status": `["APPROVED"]`, "fields": "id,name,language,status,category,components,parameter_format," +
			"rejected_reason,library_template_name",
	}
	if diff := cmp.Diff(asked, graph.calls[0].query); diff != "" {
		t.Errorf("call (-want +got):\n%s", diff)
	}
	found, err := client.FindTemplate(t.Context(), "order_named", "DE")
	if err != nil || found.ID != "2" {
		t.Errorf("FindTemplate = %+v, %v; want the second", found, err)
	}
	if _, err := client.FindTemplate(t.Context(), "order", "en"); !errors.Is(err, send.ErrNoTemplate) {
		t.Errorf("FindTemplate of a part of a name: %v, want send.ErrNoTemplate", err)
	}
	if _, err := newPastGraph(nil).client(t, send.Config{}).FindTemplate(t.Context(), "order", "en"); !errors.Is(err,
		send.ErrPermission) || errors.Is(err, send.ErrNoTemplate) {
		t.Errorf("FindTemplate without permission: %v, want Meta's refusal", err)
	}
}

func TestDeleteTemplate(t *testing.T) {
	t.Parallel()
	graph := newPastGraph(map[string]string{"DELETE/me/message_templates": `{"success":true}`})
	client := graph.client(t, send.Config{})
	for _, id := range []string{"", "12"} {
		if err := client.DeleteTemplate(t.Context(), "order_update", id); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(map[string]string{"name": "order_update"}, graph.calls[0].query); diff != "" {
		t.Errorf("all languages (-want +got):\n%s", diff)
	}
	one := map[string]string{"name": "order_update", "template_id": "12"}
	if diff := cmp.Diff(one, graph.calls[1].query); diff != "" {
		t.Errorf("one language (-want +got):\n%s", diff)
	}
	if err := client.DeleteTemplate(t.Context(), "", "12"); !errors.Is(err, send.ErrInvalid) || len(graph.calls) != 2 {
		t.Errorf("DeleteTemplate of no name: %v, want send.ErrInvalid before a call", err)
	}
}

// TestTemplateLibrary reads Meta's sample.
func TestTemplateLibrary(t *testing.T) {
	t.Parallel()
	graph := newPastGraph(map[string]string{
		"GET/message_template_library": `{"data":[{"name":"order_confirmation_1","language":"en","category":"UTILITY",
			"topic":"ORDER_MANAGEMENT","usecase":"DELIVERY_CONFIRMATION","industry":["E_COMMERCE"],
			"body":"{{1}}, your order was successfully delivered!","body_params":["John"],"body_param_types":["TEXT"],
			"buttons":[{"type":"URL","text":"Manage order","url":"https://www.example.com"}],"id":"7635027653257090"}]}`,
	})
	got, err := gather(graph.client(t, send.Config{}).TemplateLibrary(t.Context(), send.LibraryQuery{
		Anywhere: "order", Language: "en",
	}))
	want := []send.LibraryTemplate{{
		ID: "7635027653257090", Name: "order_confirmation_1", Language: "en", Category: "UTILITY",
		Topic: "ORDER_MANAGEMENT", UseCase: "DELIVERY_CONFIRMATION",
		Body: "{{1}}, your order was successfully delivered!", BodyExamples: []string{"John"},
		Buttons: []send.TemplateButton{{Type: "URL", Text: "Manage order", URL: "https://www.example.com"}},
	}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("TemplateLibrary: %v (-want +got):\n%s", err, diff)
	}
	asked := map[string]string{"name_or_content": "order", "language": "en"}
	if diff := cmp.Diff(asked, graph.calls[0].query); diff != "" {
		t.Errorf("call (-want +got):\n%s", diff)
	}
}

func TestTemplatesNotOnInstagram(t *testing.T) {
	t.Parallel()
	graph := newPastGraph(nil)
	client := graph.client(t, send.Config{Channel: send.Instagram})
	_, created := client.CreateTemplate(t.Context(), orderUpdate)
	_, listed := gather(client.Templates(t.Context(), send.TemplateQuery{}))
	_, found := client.FindTemplate(t.Context(), "order_update", "en")
	_, library := gather(client.TemplateLibrary(t.Context(), send.LibraryQuery{}))
	for name, err := range map[string]error{
		"CreateTemplate": created, "Templates": listed, "FindTemplate": found, "TemplateLibrary": library,
		"DeleteTemplate": client.DeleteTemplate(t.Context(), "order_update", ""),
	} {
		if field, ok := errors.AsType[*send.FieldError](err); !ok || !strings.Contains(field.Problem, "not on Instagram") {
			t.Errorf("%s = %v, want a *send.FieldError: not on Instagram", name, err)
		}
	}
	if len(graph.calls) != 0 {
		t.Errorf("calls %v, want none", graph.whats())
	}
}

// define returns a definition of the parts.
func define(named bool, parts ...send.TemplatePart) send.TemplateDefinition {
	return send.TemplateDefinition{Name: "n", Language: "en", Named: named, Parts: parts}
}

func TestTemplateDefinitionValidate(t *testing.T) {
	t.Parallel()
	body := send.BodyText("Thank you")
	tests := map[string]struct {
		define send.TemplateDefinition
		want   []string // the problems, in order
	}{
		"numbered":         {orderUpdate, nil},
		"named":            {orderNamed, nil},
		"library":          {send.TemplateDefinition{Name: "n", Language: "en", Library: "l"}, nil},
		"out of order":     {define(false, send.BodyText("On {{2}} comes {{1}}.")), nil},
		"no examples":      {define(false, send.BodyText("Hi {{1}}!")), nil},
		"twice the same":   {define(false, send.BodyText("Hi {{1}}, {{ 1 }}!", send.Value("Ada"))), nil},
		"header ends so":   {define(false, send.TextHeader("Order {{1}}"), body), nil},
		"no name":          {send.TemplateDefinition{Language: "en", Parts: orderUpdate.Parts}, []string{"name: missing"}},
		"no language":      {send.TemplateDefinition{Name: "n", Parts: orderUpdate.Parts}, []string{"language: missing"}},
		"no parts":         {define(false), []string{"components: 0 bodies"}},
		"two bodies":       {define(false, body, body), []string{"components: 2 bodies"}},
		"two headers":      {define(false, send.TextHeader("a"), body, send.TextHeader("b")), []string{"components: 2 parts of type header"}},
		"empty body":       {define(false, send.BodyText("")), []string{"components[0].text: missing"}},
		"empty header":     {define(false, send.TextHeader(""), body), []string{"components[0].text: missing"}},
		"header no image":  {define(false, send.ImageHeader(""), body), []string{"components[0].example.header_handle: missing"}},
		"no type":          {define(false, body, send.TemplatePart{}), []string{"components[1].type: missing"}},
		"a gap":            {define(false, send.BodyText("a {{1}} b {{3}} c")), []string{"components[0].text: 2 parameters without {{2}}"}},
		"from zero":        {define(false, send.BodyText("a {{0}} b")), []string{"components[0].text: 1 parameters without {{1}}"}},
		"at the start":     {define(false, send.BodyText(" {{1}}, hi")), []string{"components[0].text: a parameter at the start or the end"}},
		"at the end":       {define(false, send.BodyText("Order {{1}}")), []string{"components[0].text: a parameter at the start or the end"}},
		"half a brace":     {define(false, send.BodyText("a {{1} b")), []string{"components[0].text: a parameter without both"}},
		"braces too many":  {define(false, send.BodyText("a 1}} b")), []string{"components[0].text: a parameter without both"}},
		"braces in braces": {define(true, send.BodyText("a {{b{{c}} d")), []string{"components[0].text: a parameter without both"}},
		"special":          {define(true, send.BodyText("a {{order#}} b")), []string{"components[0].text: a parameter without a name"}},
		"nameless":         {define(true, send.BodyText("a {{}} b")), []string{"components[0].text: a parameter without a name"}},
		"a name, numbered": {define(false, send.BodyText("a {{id}} b")), []string{"components[0].text: a parameter with a name"}},
		"a number, named":  {define(true, send.BodyText("a {{1}} b")), []string{"components[0].text: a parameter with a number"}},
		"examples missing": {define(false, send.BodyText("a {{1}} b {{2}} c", send.Value("x"))), []string{"components[0].example: 1, want 2: {{1}}, {{2}}"}},
		"another example":  {define(true, send.BodyText("a {{id}} b", send.NamedValue("no", "x"))), []string{"components[0].example: 1, want 1 by name: {{id}}"}},
		"no buttons":       {define(false, body, send.TemplateButtons()), []string{"components[1].buttons: empty"}},
		"odd button":       {define(false, body, send.TemplateButtons(send.TemplateButton{Text: "a"})), []string{"components[1].buttons[0].type: want"}},
		"silent buttons": {
			define(false, body, send.TemplateButtons(send.PostbackButton("", ""), send.URLButton("", "no", ""))),
			[]string{
				"components[1].buttons[0].text: missing", "components[1].buttons[0].payload: missing",
				"components[1].buttons[1].text: missing", "components[1].buttons[1].url: want a URL",
			},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := test.define.Validate()
			var lines []string
			if err != nil {
				lines = strings.Split(err.Error(), "\n")
			}
			if !slices.EqualFunc(lines, test.want, func(line, want string) bool {
				return strings.HasPrefix(line, "send: "+want)
			}) || err != nil && !errors.Is(err, send.ErrInvalid) {
				t.Errorf("Validate =\n%v\nwant %q", err, test.want)
			}
			graph := newPastGraph(map[string]string{"POST/me/message_templates": `{"id":"1"}`})
			if _, made := graph.client(t, send.Config{}).CreateTemplate(t.Context(), test.define); (made == nil) != (err == nil) ||
				(len(graph.calls) == 0) != (err != nil) {
				t.Errorf("CreateTemplate = %v after %v; want it to heed Validate before a call", made, graph.whats())
			}
		})
	}
}
