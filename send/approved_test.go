package send_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parleybot/parley/send"
)

const (
	listTemplates = "GET/me/message_templates"
	postMessages  = "POST/me/messages"
)

// approvedTemplates is the list of a Page.
const approvedTemplates = `{"data":[
	{"name":"order_update","language":"en","status":"APPROVED","components":` + orderUpdateParts + `},
	{"name":"order_update","language":"de","status":"REJECTED","rejected_reason":"INCORRECT_PARAMS"},
	{"name":"order_named","language":"en_US","status":"APPROVED","parameter_format":"NAMED","components":` +
	orderNamedParts + `},
	{"name":"plain","language":"en","status":"APPROVED","components":[{"type":"BODY","text":"Thank you"},
		{"type":"BUTTONS","buttons":[{"type":"POSTBACK","text":"OK","payload":"OK"}]}]},
	{"name":"picture","language":"en","status":"APPROVED","components":[{"type":"HEADER","format":"IMAGE"},
		{"type":"BODY","text":"Thank you"}]},
	{"name":"mixed","language":"en","status":"APPROVED","components":[{"type":"BODY","text":"Thank you"},
		{"type":"BUTTONS","buttons":[{"type":"POSTBACK","text":"OK","payload":"OK"},
		{"type":"URL","text":"See","url":"https://shop.example/{{1}}"}]}]},
	{"name":"untold","language":"en","status":"APPROVED"},
	{"name":"pending","language":"en","status":"PENDING"},
	{"name":"paused","language":"en","status":"PAUSED"},
	{"name":"disabled","language":"en","status":"DISABLED"},
	{"name":"appealed","language":"en","status":"IN_APPEAL"}]}`

// utility returns a request with a utility template.
func utility(name, language string, components ...send.Component) send.Request {
	return send.Request{
		To: hello.To, Message: send.UtilityMessage(name, language, components...), Type: send.TypeUtility,
	}
}

// goodUpdate fills order_update in.
var goodUpdate = utility("order_update", "en", send.Header(send.Value("Order")), send.Body(send.Value("5")),
	send.ButtonValues(send.PostbackValue("5")))

func TestUtilityFits(t *testing.T) {
	t.Parallel()
	head, body := send.Header(send.Value("Order")), send.Body(send.Value("5"))
	tap := send.ButtonValues(send.PostbackValue("5"))
	named := func(values ...send.Parameter) send.Request {
		return utility("order_named", "en_US", send.Header(send.NamedValue("order_type", "Order")),
			send.Body(values...), send.ButtonValues(send.URLValue("5")))
	}
	tests := map[string]struct {
		request send.Request
		want    []string // the problems, in order; none: it goes out
	}{
		"numbered":        {goodUpdate, nil},
		"in any order":    {utility("order_update", "en", tap, body, head), nil},
		"language's case": {utility("order_update", "EN", head, body, tap), nil},
		"type's case": {utility("order_update", "en", head, tap, send.Component{
			Type: "BODY", Parameters: []send.Parameter{send.Value("5")},
		}), nil},
		"named":                  {named(send.NamedValue("customer_name", "Ada"), send.NamedValue("order_id", "5")), nil},
		"nothing to fill in":     {utility("plain", "en"), nil},
		"a button's own payload": {utility("plain", "en", send.ButtonValues(send.PostbackValue("x"))), nil},
		"a picture":              {utility("picture", "en", send.Header(send.Parameter{Type: "image"})), nil},
		"parts untold":           {utility("untold", "en", body), nil},
		"another status":         {utility("appealed", "en"), nil},
		"unknown name":           {utility("order", "en"), []string{"message.template.name: the Page has no template"}},
		"unknown language":       {utility("order_named", "fr"), []string{"message.template.language.code: the template is not in this language: want en_US"}},
		"rejected":               {utility("order_update", "de"), []string{"message.template.name: Meta has rejected the template (INCORRECT_PARAMS)"}},
		"pending":                {utility("pending", "en"), []string{"message.template.name: Meta does not send the template as long as its status is PENDING"}},
		"paused":                 {utility("paused", "en"), []string{"message.template.name: Meta does not send the template as long as its status is PAUSED"}},
		"disabled":               {utility("disabled", "en"), []string{"message.template.name: Meta does not send the template as long as its status is DISABLED"}},
		"too few": {utility("order_update", "en", send.Body(), tap, head), []string{
			"message.template.components[0].parameters: 0 for the body, the template wants 1: {{1}}",
		}},
		"too many": {utility("order_update", "en", head, send.Body(send.Value("5"), send.Value("6")), tap), []string{
			"message.template.components[1].parameters: 2 for the body, the template wants 1: {{1}}",
		}},
		"parts missing": {utility("order_update", "en", body), []string{
			"message.template.components: 0 for the header, the template wants 1: {{1}}",
			"message.template.components: 0 for the buttons, the template wants 1",
		}},
		"a part too many": {utility("plain", "en", body), []string{
			"message.template.components[0].parameters: 1 for the body, the template wants none",
		}},
		"a button too many": {utility("plain", "en", send.ButtonValues(send.PostbackValue("x"), send.PostbackValue("y"))), []string{
			"message.template.components[0].parameters: 2 for the buttons, the template wants 0",
		}},
		"another button": {utility("order_update", "en", head, body, send.ButtonValues(send.URLValue("5"))), []string{
			"message.template.components[2].parameters: value 1 is of type URL, the button wants POSTBACK",
		}},
		"a value for each button": {utility("mixed", "en", send.ButtonValues(send.PostbackValue("x"), send.URLValue("5"))), nil},
		"a link's end missing": {utility("mixed", "en"), []string{
			"message.template.components: 0 for the buttons, the template wants 1",
		}},
		"another name": {named(send.NamedValue("customer_name", "Ada"), send.NamedValue("order", "5")), []string{
			"message.template.components[1].parameters: 2 for the body, the template wants 2 by name: {{order_id}}, {{customer_name}}",
		}},
		"no names": {named(send.Value("5"), send.Value("Ada")), []string{
			"message.template.components[1].parameters: 2 for the body, the template wants 2 by name: {{order_id}}, {{customer_name}}",
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			graph := newPastGraph(map[string]string{listTemplates: approvedTemplates, postMessages: receiptBody})
			_, err := graph.client(t, send.Config{}).Send(t.Context(), test.request)
			var lines []string
			if err != nil {
				lines = strings.Split(err.Error(), "\n")
			}
			if !slices.EqualFunc(lines, test.want, func(line, want string) bool {
				return strings.HasPrefix(line, "send: "+want)
			}) {
				t.Errorf("Send: %v\nwant %q", err, test.want)
			}
			if _, ok := errors.AsType[*send.FieldError](err); err != nil && (!ok || !errors.Is(err, send.ErrInvalid)) {
				t.Errorf("Send: %T, want *send.FieldError of class send.ErrInvalid", err)
			}
			if sent := slices.Contains(graph.whats(), postMessages); sent != (test.want == nil) {
				t.Errorf("calls %v, want a message only if it fits", graph.whats())
			}
		})
	}
}

// TestUtilityAsks sends again and again while a clock moves, and says how often the list is asked for.
func TestUtilityAsks(t *testing.T) {
	t.Parallel()
	const changed = `{"data":[{"name":"order_update","language":"en","status":"APPROVED",
		"components":[{"type":"BODY","text":"Your order {{1}} of {{2}} is here."}]}]}`
	two := utility("order_update", "en", send.Body(send.Value("5"), send.Value("today")))
	tests := map[string]struct {
		lists []string // the answers, in order; none: no permission
		sends []send.Request
		after time.Duration // between two sends
		asked int
		fail  []bool // which sends are refused; nil: none
	}{
		"once":                     {[]string{approvedTemplates}, []send.Request{goodUpdate, goodUpdate, goodUpdate}, 0, 1, nil},
		"again after an hour":      {[]string{approvedTemplates}, []send.Request{goodUpdate, goodUpdate}, time.Hour, 2, nil},
		"not before":               {[]string{approvedTemplates}, []send.Request{goodUpdate, goodUpdate}, time.Hour - time.Second, 1, nil},
		"once more at a mismatch":  {[]string{approvedTemplates, changed}, []send.Request{goodUpdate, two, two}, 0, 2, nil},
		"a mismatch at once":       {[]string{approvedTemplates}, []send.Request{two}, 0, 1, []bool{true}},
		"each mismatch":            {[]string{approvedTemplates}, []send.Request{goodUpdate, two, two}, 0, 3, []bool{false, true, true}},
		"a list that cannot be":    {nil, []send.Request{two, two, two}, 19 * time.Minute, 1, nil},
		"nor after an hour":        {nil, []send.Request{two, two}, time.Hour, 2, nil},
		"an empty list":            {[]string{`{"data":[]}`}, []send.Request{two, goodUpdate}, 0, 1, nil},
		"an answer without a list": {[]string{receiptBody}, []send.Request{two, goodUpdate}, 0, 1, nil},
		"no utility template":      {[]string{approvedTemplates}, []send.Request{hello, hello}, 0, 0, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			graph := newPastGraph(map[string]string{postMessages: receiptBody})
			graph.answers[listTemplates] = test.lists
			now := time.Date(2026, time.November, 21, 12, 0, 0, 0, time.UTC)
			client := graph.client(t, send.Config{Now: func() time.Time { return now }})
			for i, request := range test.sends {
				_, err := client.Send(t.Context(), request)
				if refused := test.fail != nil && test.fail[i]; refused != (err != nil) {
					t.Errorf("send %d: %v, want it refused: %t", i, err, refused)
				}
				now = now.Add(test.after)
			}
			asked := 0
			for _, what := range graph.whats() {
				if what == listTemplates {
					asked++
				}
			}
			if asked != test.asked {
				t.Errorf("asked for the list %d times, want %d", asked, test.asked)
			}
		})
	}
}

// TestUtilityAskFails loses the answers of the list: the messages go on, and the list is asked for again after a
// minute.
func TestUtilityAskFails(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	now := time.Date(2026, time.November, 21, 12, 0, 0, 0, time.UTC)
	client, err := send.New(send.Config{
		Token: "token", Rate: -1, Wait: noWait, Tries: 1, Now: func() time.Time { return now },
		HTTP: doer(func(req *http.Request) (*http.Response, error) {
			if req.Method == http.MethodGet {
				asked.Add(1)
				return nil, errors.New("connection reset")
			}
			return answer(http.StatusOK, receiptBody), nil
		}),
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []int64{1, 1, 2} {
		if _, err := client.Send(t.Context(), utility("whatever", "en")); err != nil {
			t.Errorf("send %d: %v, want Meta to judge", i, err)
		}
		if got := asked.Load(); got != want {
			t.Errorf("asked %d times after send %d, want %d", got, i, want)
		}
		now = now.Add(31 * time.Second)
	}
}

func TestUtilityTrusted(t *testing.T) {
	t.Parallel()
	graph := newPastGraph(map[string]string{listTemplates: approvedTemplates, postMessages: receiptBody})
	_, err := graph.client(t, send.Config{TrustTemplates: true}).Send(t.Context(), utility("unknown", "en"))
	if err != nil || !slices.Equal(graph.whats(), []string{postMessages}) {
		t.Errorf("Send = %v after %v, want the message alone", err, graph.whats())
	}
}

// TestUtilityPastMiddleware has middleware that lets one call in at a time, which a question inside a call would stop
// for good.
func TestUtilityPastMiddleware(t *testing.T) {
	t.Parallel()
	graph := newPastGraph(map[string]string{listTemplates: approvedTemplates, postMessages: receiptBody})
	turns := make(chan struct{}, 1)
	var seen []string
	client := graph.client(t, send.Config{Middleware: []func(send.Handler) send.Handler{
		func(next send.Handler) send.Handler {
			return func(ctx context.Context, o *send.Outgoing) error {
				select {
				case turns <- struct{}{}:
				default:
					return errors.New("a call inside a call")
				}
				defer func() { <-turns }()
				seen = append(seen, o.Method+"/"+o.Path)
				return next(ctx, o)
			}
		},
	}})
	if _, err := client.Send(t.Context(), goodUpdate); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(seen, []string{postMessages}) || !slices.Equal(graph.whats(), []string{listTemplates, postMessages}) {
		t.Errorf("middleware saw %v of %v, want the message only", seen, graph.whats())
	}
}

// TestUtilityCrowd sends 100 messages at once: the list is asked for once.
func TestUtilityCrowd(t *testing.T) {
	t.Parallel()
	graph := newPastGraph(map[string]string{listTemplates: approvedTemplates, postMessages: receiptBody})
	client := graph.client(t, send.Config{})
	var all sync.WaitGroup
	for range 100 {
		all.Go(func() {
			if _, err := client.Send(t.Context(), goodUpdate); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	asked := slices.DeleteFunc(graph.whats(), func(what string) bool { return what != listTemplates })
	if len(asked) != 1 || len(graph.whats()) != 101 {
		t.Errorf("%d questions in %d calls, want one in 101", len(asked), len(graph.whats()))
	}
}

// TestUtilityWaitEnds waits for a list that somebody else is asking for, until its own context ends.
func TestUtilityWaitEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		client, err := send.New(send.Config{Token: "token", Rate: -1, HTTP: doer(func(req *http.Request) (*http.Response, error) {
			if req.Method == http.MethodGet {
				<-release
				return answer(http.StatusOK, approvedTemplates), nil
			}
			return answer(http.StatusOK, receiptBody), nil
		})})
		if err != nil {
			t.Fatal(err)
		}
		var first sync.WaitGroup
		first.Go(func() {
			if _, err := client.Send(t.Context(), goodUpdate); err != nil {
				t.Error(err)
			}
		})
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := client.Send(ctx, goodUpdate); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Send = %v, want the context's error", err)
		}
		close(release)
		first.Wait()
	})
}

// TestUtilityAfterChange creates and deletes through the same client: what it had learned counts no more.
func TestUtilityAfterChange(t *testing.T) {
	t.Parallel()
	graph := newPastGraph(map[string]string{
		"POST/me/message_templates": `{"id":"1","status":"APPROVED"}`, "DELETE/me/message_templates": `{"success":true}`,
		listTemplates: approvedTemplates, postMessages: receiptBody,
	})
	client := graph.client(t, send.Config{})
	for _, change := range []func() error{
		func() error { return nil },
		func() error { _, err := client.CreateTemplate(t.Context(), orderUpdate); return err },
		func() error { return client.DeleteTemplate(t.Context(), "plain", "") },
	} {
		graph.calls = nil
		if err := change(); err != nil {
			t.Fatal(err)
		}
		if _, err := client.Send(t.Context(), goodUpdate); err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(graph.whats(), listTemplates) {
			t.Errorf("calls %v, want the list asked for after the change", graph.whats())
		}
	}
}

// TestUtilityOfManyTemplates reads pages of a list that is longer than what is kept: a name that is not among them may
// be among the rest.
func TestUtilityOfManyTemplates(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		pages int
		fail  bool
	}{
		"all read": {3, true}, "more than are kept": {11, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			graph := newPastGraph(map[string]string{postMessages: receiptBody})
			for page := range test.pages {
				var rows []string
				for i := range 100 {
					rows = append(rows, fmt.Sprintf(`{"name":"t%d_%d","language":"en","status":"APPROVED"}`, page, i))
				}
				paging := ""
				if page < test.pages-1 {
					paging = fmt.Sprintf(`,"paging":{"cursors":{"after":"%d"},"next":"https://graph.facebook.com/next"}`, page)
				}
				graph.answers[listTemplates] = append(graph.answers[listTemplates], `{"data":[`+strings.Join(rows, ",")+`]`+paging+`}`)
			}
			client := graph.client(t, send.Config{})
			last := fmt.Sprintf("t%d_99", min(test.pages, 10)-1)
			if _, err := client.Send(t.Context(), utility(last, "en")); err != nil {
				t.Errorf("template %s: %v", last, err)
			}
			if _, err := client.Send(t.Context(), utility("none", "en")); (err != nil) != test.fail {
				t.Errorf("unknown template: %v, want it refused: %t", err, test.fail)
			}
		})
	}
}
