package router_test

import (
	"encoding/json"
	"regexp"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/bot/bottest"
	"github.com/parleybot/parley/router"
	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/webhook"
)

// inputRoutes returns a router with a route of each kind for input.
func inputRoutes(j *journal) *router.Router {
	r := router.New()
	r.Text("hello", j.noting("text hello"))
	r.Text("Größe wählen", j.noting("text Größe wählen"))
	r.Anytime("help", j.noting("anytime help"))
	r.Payload("PAY", j.noting("payload PAY"))
	r.Payload("ADD:special", j.noting("payload ADD:special"))
	r.Payload("ADD:{sku}", j.noting("payload ADD:{sku}", "sku"))
	r.Payload("ADD:{sku}:{size}", j.noting("payload ADD:{sku}:{size}", "sku", "size"))
	r.Match(regexp.MustCompile(`(?i)order #?(?P<number>\d+)(x)?`),
		j.noting("match order", "0", "1", "number", "2", "3"))
	r.Match(regexp.MustCompile(`\d`), j.noting("match digit", "0", "number", "sku"))
	r.Fallback(j.noting("fallback", "sku", "1"))
	return r
}

func TestInput(t *testing.T) {
	tests := map[string]struct{ item, want string }{
		"text":                         {text("m", "hello"), "text hello"},
		"text in another case":         {text("m", "HeLLo"), "text hello"},
		"text in white space":          {text("m", " \n\u00a0hello\t "), "text hello"},
		"text with more than ASCII":    {text("m", "GRÖẞE WÄHLEN"), "text Größe wählen"},
		"text that goes on":            {text("m", "hello there"), "fallback sku= 1="},
		"text in two lines":            {text("m", "hel\nlo"), "fallback sku= 1="},
		"word of any time":             {text("m", "HELP"), "anytime help"},
		"typed payload":                {text("m", "PAY"), "fallback sku= 1="},
		"typed payload with params":    {text("m", "ADD:x"), "fallback sku= 1="},
		"expression":                   {text("m", "my Order 17"), "match order 0=Order 17 1=17 number=17 2= 3="},
		"expression with a late group": {text("m", "order 17x"), "match order 0=order 17x 1=17 number=17 2=x 3="},
		"second expression":            {text("m", "17"), "match digit 0=1 number= sku="},
		"quick reply":                  {quickReply("m", "Pay", "PAY"), "payload PAY"},
		"quick reply with params":      {quickReply("m", "Pie", "ADD:42"), "payload ADD:{sku} sku=42"},
		"most literal text first":      {quickReply("m", "Pie", "ADD:42:L"), "payload ADD:{sku}:{size} sku=42 size=L"},
		"equal payload first":          {quickReply("m", "Pie", "ADD:special"), "payload ADD:special"},
		"params of more than ASCII":    {postback("m", "Pie", "ADD:größe ❤"), "payload ADD:{sku} sku=größe ❤"},
		"payload in another case":      {quickReply("m", "Pay!", "pay"), "fallback sku= 1="},
		"payload and title routed":     {quickReply("m", "hello", "PAY"), "payload PAY"},
		"title of a quick reply":       {quickReply("m", "Hello", "Hello"), "text hello"},
		"title and expression":         {quickReply("m", "Order 5", "?"), "match order 0=Order 5 1=5 number=5 2= 3="},
		"payload is no text":           {quickReply("m", "?", "hello"), "fallback sku= 1="},
		"payload has no expression":    {quickReply("m", "?", "order 5"), "fallback sku= 1="},
		"empty payload":                {quickReply("m", "hello", ""), "text hello"},
		"payload like a pattern":       {quickReply("m", "Pie", "ADD:{}"), "payload ADD:{sku} sku={}"},
		"pattern with an empty place":  {quickReply("m", "?", "ADD:"), "fallback sku= 1="},
		"postback":                     {postback("m", "Pay", "PAY"), "payload PAY"},
		"title of a postback":          {postback("m", "HELP", "other"), "anytime help"},
		"postback with neither":        {postback("m", "Other", "other"), "fallback sku= 1="},
		"picture":                      {picture, "fallback sku= 1="},
		"text with an escaped line":    {text("m", "a\\nb"), "fallback sku= 1="},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var j journal
			s := serve(t, inputRoutes(&j))
			s.mustDeliver(t, test.item)
			j.want(t, test.want)
		})
	}
}

// What has no text has none to match, not even for an expression that matches nothing.
func TestNoTextMatchesNoExpression(t *testing.T) {
	var j journal
	r := router.New()
	r.Match(regexp.MustCompile(`^\d*$`), j.noting("match"))
	r.Fallback(j.noting("fallback"))
	s := serve(t, r)
	s.mustDeliver(t, picture)
	j.want(t, "fallback")
	s.mustDeliver(t, text("m", "17"))
	j.want(t, "match")
}

func TestMessageTypeComesBeforeTheFallback(t *testing.T) {
	var j journal
	r := inputRoutes(&j)
	router.On(r, func(_ *bot.Context, e *webhook.Message) error {
		j.note("on message, %d attachments", len(e.Attachments))
		return nil
	})
	router.On(r, func(_ *bot.Context, e *webhook.Postback) error {
		j.note("on postback %s", e.Payload)
		return nil
	})
	s := serve(t, r)

	s.mustDeliver(t, picture)
	j.want(t, "on message, 1 attachments")
	s.mustDeliver(t, text("m_1", "anything"))
	j.want(t, "on message, 0 attachments")
	s.mustDeliver(t, postback("m_2", "Other", "other"))
	j.want(t, "on postback other")
	s.mustDeliver(t, text("m_3", "hello"))
	j.want(t, "text hello")
	s.mustDeliver(t, postback("m_4", "Pay", "PAY"))
	j.want(t, "payload PAY")
}

func TestOnAnswers(t *testing.T) {
	r := router.New()
	router.On(r, func(c *bot.Context, e *webhook.Reaction) error { return c.Text("Thanks for the " + e.Emoji) })
	router.On(r, func(c *bot.Context, e *webhook.Referral) error { return c.Text("Welcome from " + e.Ref) })
	s := serve(t, r)

	s.mustDeliver(t, reaction)
	s.mustDeliver(t, referral)
	if got, want := s.sent(), []string{"Thanks for the ❤", "Welcome from summer"}; !slices.Equal(got, want) {
		t.Errorf("sent %q, want %q", got, want)
	}
}

func TestStandbyHasARouteOfItsOwn(t *testing.T) {
	var j journal
	r := inputRoutes(&j)
	on[*webhook.Message](r, &j)
	on[*webhook.Postback](r, &j)
	without := serve(t, r)
	for _, item := range []string{text("m_1", "hello"), quickReply("m_2", "Pay", "PAY"), postback("m_3", "Pay", "PAY")} {
		if err := without.deliverIn("standby", item); err != nil {
			t.Fatal(err)
		}
		j.want(t)
	}

	router.On(r, func(c *bot.Context, e *webhook.Standby) error {
		j.note("standby %s", e.Event.Kind())
		return c.Text("must not be sent")
	})
	with := serve(t, r)
	if err := with.deliverIn("standby", text("m_1", "hello")); err != nil {
		t.Fatal(err)
	}
	j.want(t, "standby message")
	if sent := with.sent(); len(sent) > 0 {
		t.Errorf("sent %q on standby", sent)
	}
}

func TestCustomEvents(t *testing.T) {
	var j journal
	emit := func(s *harness, name string) {
		t.Helper()
		if _, err := s.Emit(t.Context(), pageID, personID, name, now, nil); err != nil {
			t.Fatal(err)
		}
		if err := s.lanes.Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	r := inputRoutes(&j)
	r.Custom("hello", j.noting("custom hello"))
	named := serve(t, r)
	emit(named, "hello")
	j.want(t, "custom hello")
	emit(named, "other")
	j.want(t)
	named.mustDeliver(t, text("m_1", "hello"))
	j.want(t, "text hello")

	on[*webhook.Custom](r, &j)
	typed := serve(t, r)
	emit(typed, "hello")
	j.want(t, "custom hello")
	emit(typed, "other")
	j.want(t, "*webhook.Custom")
}

func TestWithoutRoutesNothingHappens(t *testing.T) {
	s := serve(t, router.New())
	s.mustDeliver(t, text("m_1", "hello"))
	s.mustDeliver(t, quickReply("m_2", "hello", "PAY"))
	s.mustDeliver(t, reaction)
	if calls := s.graph.Calls(); len(calls) > 0 {
		t.Errorf("%d calls, want none", len(calls))
	}
	letters, err := s.DeadLetters().List(t.Context())
	if err != nil || len(letters) > 0 {
		t.Errorf("dead letters %v, %v, want none", letters, err)
	}
}

// The whole way, as a person sees it.
func TestChat(t *testing.T) {
	r := router.New()
	r.Text("menu", func(c *bot.Context) error {
		return c.Buttons("What would you like?", send.Postback("Apple pie", "ADD:pie:1"), send.Postback("Help", "?"))
	})
	r.Payload("ADD:{item}:{count}", func(c *bot.Context) error {
		return c.QuickReplies(c.Param("count")+" × "+c.Param("item")+", coming up!", "Menu", "Order 17")
	})
	r.Match(regexp.MustCompile(`(?i)^order (\d+)$`), func(c *bot.Context) error {
		return c.Text("Looking for " + c.Param("1"))
	})
	r.Anytime("help", func(c *bot.Context) error { return c.Text("Say menu.") })
	r.Fallback(func(c *bot.Context) error { return c.Text("Pardon?") })

	chat := bottest.Start(t, r)
	chat.Say("hi")
	chat.Expect("Pardon?")
	chat.Say("MENU")
	chat.Expect("What would you like?", "Apple pie", "Help")
	chat.Tap("Help")
	chat.Expect("Say menu.")
	chat.Tap("Apple pie")
	chat.Expect("1 × pie, coming up!", "Menu", "Order 17")
	chat.Tap("Order 17")
	chat.Expect("Looking for 17")
	chat.ExpectNothing()
}

func TestWants(t *testing.T) {
	none := func(*bot.Context) error { return nil }
	tests := map[string]struct {
		register func(*router.Router)
		want     []string
	}{
		"nothing":  {func(*router.Router) {}, nil},
		"text":     {func(r *router.Router) { r.Text("a", none) }, []string{"message", "postback"}},
		"anytime":  {func(r *router.Router) { r.Anytime("a", none) }, []string{"message", "postback"}},
		"payload":  {func(r *router.Router) { r.Payload("a", none) }, []string{"message", "postback"}},
		"pattern":  {func(r *router.Router) { r.Payload("a{b}", none) }, []string{"message", "postback"}},
		"match":    {func(r *router.Router) { r.Match(regexp.MustCompile("a"), none) }, []string{"message", "postback"}},
		"fallback": {func(r *router.Router) { r.Fallback(none) }, []string{"message", "postback"}},
		"custom":   {func(r *router.Router) { r.Custom("a", none) }, []string{"custom"}},
		"group":    {func(r *router.Router) { r.Group().Custom("a", none) }, []string{"custom"}},
		"read":     {func(r *router.Router) { on[*webhook.Read](r, nil) }, []string{"read"}},
		"delivery": {func(r *router.Router) { on[*webhook.Delivery](r, nil) }, []string{"delivery"}},
		"standby":  {func(r *router.Router) { on[*webhook.Standby](r, nil) }, []string{"standby"}},
		"message":  {func(r *router.Router) { on[*webhook.Message](r, nil) }, []string{"message"}},
		"two": {func(r *router.Router) {
			on[*webhook.Unknown](r, nil)
			on[*webhook.OptIn](r, nil)
		}, []string{"optin", "unknown"}},
	}
	kinds := []string{
		"custom", "delivery", "echo", "message", "optin", "postback", "reaction", "read", "referral", "standby",
		"unknown", "",
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := router.New()
			test.register(r)
			var got []string
			for _, kind := range kinds {
				if r.Wants(kind) {
					got = append(got, kind)
				}
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("wants %q, want %q", got, test.want)
			}
		})
	}
}

// A receipt that nobody wants does not reach the router, one that somebody wants does.
func TestReceiptsReachTheRouterOnlyIfWanted(t *testing.T) {
	var j journal
	r := router.New()
	r.Use(j.around("use"))
	on[*webhook.Read](r, &j)
	s := serve(t, r)
	s.mustDeliver(t, delivery)
	j.want(t)
	s.mustDeliver(t, read)
	j.want(t, "use in", "*webhook.Read", "use out")
}

func TestMap(t *testing.T) {
	type entry struct{ Kind, Name string }
	decode := func(r *router.Router) []entry {
		t.Helper()
		var entries []entry
		if err := json.Unmarshal(r.Map(), &entries); err != nil {
			t.Fatal(err)
		}
		return entries
	}
	if got := string(router.New().Map()); got != "[]" {
		t.Errorf("no routes: %s, want []", got)
	}

	var j journal
	r := router.New()
	r.Match(regexp.MustCompile("z"), j.noting(""))
	r.Fallback(j.noting(""))
	r.Text("b", j.noting(""))
	r.Group(j.around("")).Text("a", j.noting(""))
	r.Anytime("help", j.noting(""))
	r.Match(regexp.MustCompile("a"), j.noting(""))
	r.Payload("ADD:{sku}", j.noting(""))
	r.Payload("ADD:1", j.noting(""))
	r.Custom("reminder", j.noting(""))
	on[*webhook.Reaction](r, &j)
	want := []entry{
		{"anytime", "help"},
		{"custom", "reminder"},
		{"fallback", ""},
		{"match", "z"},
		{"match", "a"},
		{"on", "*webhook.Reaction"},
		{"payload", "ADD:1"},
		{"payload", "ADD:{sku}"},
		{"text", "a"},
		{"text", "b"},
	}
	if diff := cmp.Diff(want, decode(r)); diff != "" {
		t.Errorf("map (-want +got):\n%s", diff)
	}
	if string(r.Map()) != string(r.Group().Map()) {
		t.Error("the map of a group differs from its router's")
	}
}

// A router within a router has the events that its route is given, and params of its own.
func TestRouterAsHandler(t *testing.T) {
	var j journal
	inner := router.New()
	inner.Text("inside", j.noting("inner text", "sku"))
	inner.Payload("ADD:{sku}", j.noting("inner payload", "sku"))
	outer := router.New()
	outer.Text("outside", j.noting("outer text"))
	outer.Fallback(inner.Handle)
	s := serve(t, outer)
	s.mustDeliver(t, text("m_1", "outside"))
	j.want(t, "outer text")
	s.mustDeliver(t, text("m_2", "inside"))
	j.want(t, "inner text sku=")
	s.mustDeliver(t, postback("m_3", "?", "ADD:1"))
	j.want(t, "inner payload sku=1")
	s.mustDeliver(t, text("m_4", "else"))
	j.want(t)
}
