package bot_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/send/sendtest"
	"github.com/parleybot/parley/session"
)

// Whom a view of an answer can go to, and how the message is then typed. Source: Meta, Page/messages
// reference, 2026.
func TestTo(t *testing.T) {
	tests := map[string]struct {
		to        send.Recipient
		recipient string
		kind      send.MessagingType
	}{
		"the person":         {send.Person(person), `"id":"` + person + `"`, send.TypeResponse},
		"another person":     {send.Person("7100000000000002"), `"id":"7100000000000002"`, send.TypeUpdate},
		"a user_ref":         {send.UserRef("ur_9f3a"), `"user_ref":"ur_9f3a"`, send.TypeResponse},
		"a comment":          {send.Comment("1_2"), `"comment_id":"1_2"`, send.TypeResponse},
		"a post":             {send.Post("1_3"), `"post_id":"1_3"`, send.TypeResponse},
		"a phone number":     {send.PhoneNumber("+33100000000"), `"phone_number":"+33100000000"`, send.TypeUpdate},
		"a one-time token":   {send.OneTimeToken("32"), `"one_time_notif_token":"32"`, ""},
		"notification token": {send.NotificationToken("88"), `"notification_messages_token":"88"`, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := serve(t, bot.HandlerFunc(func(c *bot.Context) error { // the second run sends nothing more
				return errors.Join(c.To(test.to).Text("Hi"), failIn(c.Attempt(), 1))
			}))
			s.say("m_1")
			s.again()
			kind := ""
			if test.kind != "" {
				kind = `"messaging_type":"` + string(test.kind) + `",`
			}
			s.wantSent(`{"recipient":{` + test.recipient + `},` + kind + `"message":{"text":"Hi"}}`)
			s.wantCauses()

			job, err := s.To(t.Context(), page, test.to)
			if err != nil {
				t.Fatal(err)
			}
			want := test.kind
			if test.to.ID != "" {
				want = send.TypeUpdate
			}
			if request, err := job.Compose(send.Text("Hi")); err != nil || request.Type != want || request.To != test.to {
				t.Errorf("a job composes %+v, %v; want type %q", request, err, want)
			}
		})
	}
}

func TestToNobody(t *testing.T) {
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
		for name, err := range map[string]error{
			"To":    c.To(send.Recipient{}).Text("Hi"),
			"again": c.To(send.Recipient{}).To(send.Recipient{}).Typing(),
		} {
			if !errors.Is(err, bot.ErrNoRecipient) {
				t.Errorf("%s: error %v, want ErrNoRecipient", name, err)
			}
		}
		return c.To(send.Recipient{}).To(send.Person(person)).Text("found again")
	}))
	s.say("m_1")
	s.want("found again")
	job, err := s.To(t.Context(), page, send.Recipient{})
	if err != nil {
		t.Fatal(err)
	}
	if err := job.Text("Hi"); !errors.Is(err, bot.ErrNoRecipient) {
		t.Errorf("error %v, want ErrNoRecipient", err)
	}
}

// To is no way around the rule that echoes and receipts are not answered.
func TestToDoesNotAnswerAnEcho(t *testing.T) {
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
		if err := c.To(send.Recipient{NotificationToken: "88"}).Text("Hi"); !errors.Is(err, bot.ErrNoReply) {
			t.Errorf("%s: error %v, want ErrNoReply", c.Event().Kind(), err)
		}
		return nil
	}))
	for _, item := range s.unanswered() {
		s.deliver(item)
	}
	s.wantSent()
}

// The store is asked for a person only, and its failure is the caller's.
func TestBotToAsksTheStoreForAPersonOnly(t *testing.T) {
	s := serve(t, silent, func(cfg *bot.Config) {
		cfg.Store = &flaky{
			Store: session.NewMemory(session.MemoryConfig{Now: cfg.Now}),
			get:   func(string) error { return errHandler },
		}
	})
	if _, err := s.To(t.Context(), page, send.Comment("1_2")); err != nil {
		t.Error(err)
	}
	if _, err := s.To(t.Context(), page, send.Person(person)); !errors.Is(err, errHandler) {
		t.Errorf("error %v, want that of the store", err)
	}
}

// What is answered in private. Source: Meta, Page and Instagram webhook field references, 2
// September 2026; Private Replies, 2026.
func TestPrivateReply(t *testing.T) {
	const account = "17840000000000001"
	feed := func(value string) string {
		return fmt.Sprintf(`{"object":"page","entry":[{"id":%q,"time":1763715761,"changes":[{"field":"feed","value":{%s}}]}]}`, page, value)
	}
	ig := func(field, value string) string {
		return fmt.Sprintf(`{"object":"instagram","entry":[{"id":%q,"time":1763715761,"changes":[{"field":%q,"value":{%s}}]}]}`,
			account, field, value)
	}
	const ana, ours = `"from":{"id":"31","name":"Ana"},`, `"from":{"id":"` + page + `","name":"Page"},`
	comment, post := `"recipient":{"comment_id":"1_2"}`, `"recipient":{"post_id":"1_3"}`
	tests := map[string]struct{ body, want string }{
		"a comment":              {feed(ana + `"item":"comment","verb":"add","comment_id":"1_2","post_id":"1_3"`), comment},
		"an edited comment":      {feed(ana + `"item":"comment","verb":"edited","comment_id":"1_2","post_id":"1_3"`), comment},
		"a removed comment":      {feed(ana + `"item":"comment","verb":"remove","comment_id":"1_2","post_id":"1_3"`), ""},
		"the Page's own comment": {feed(ours + `"item":"comment","verb":"add","comment_id":"1_2","post_id":"1_3"`), ""},
		"a comment without ID":   {feed(ana + `"item":"comment","verb":"add","post_id":"1_3"`), ""},
		"a visitor's post":       {feed(ana + `"item":"post","verb":"add","post_id":"1_3"`), post},
		"a visitor's status":     {feed(ana + `"item":"status","verb":"add","post_id":"1_3"`), post},
		"a visitor's photo":      {feed(ana + `"item":"photo","verb":"add","post_id":"1_3"`), post},
		"a post from a number":   {feed(`"from":{"id":31},"item":"post","verb":"add","post_id":"1_3"`), post},
		"the Page's, a number":   {feed(`"from":{"id":` + page + `},"item":"post","verb":"add","post_id":"1_3"`), ""},
		"the Page's, long ago":   {feed(`"sender_id":` + page + `,"item":"post","verb":"add","post_id":"1_3"`), ""},
		"a removed post":         {feed(ana + `"item":"post","verb":"remove","post_id":"1_3"`), ""},
		"the Page's own post":    {feed(ours + `"item":"status","verb":"add","post_id":"1_3"`), ""},
		"a like":                 {feed(ana + `"item":"like","verb":"add","post_id":"1_3"`), ""},
		"a reaction":             {feed(ana + `"item":"reaction","verb":"add","post_id":"1_3"`), ""},
		"on Instagram":           {ig("comments", `"from":{"id":"31","username":"ana"},"id":"1_2","text":"price?"`), comment},
		"on a live video":        {ig("live_comments", `"from":{"id":"31","username":"ana"},"id":"1_2","text":"price?"`), comment},
		"the account's own":      {ig("comments", `"from":{"id":"`+account+`"},"id":"1_2","text":"price?"`), ""},
		"somebody's post": {strings.Replace(feed(ana+`"item":"post","verb":"add","post_id":"1_3"`),
			`"feed"`, `"mention"`, 1), ""},
		"another change": {feed(`"x":1`), ""},
		"a message":      {batch(newClock().Now(), "messaging", text(newClock().Now(), person, "m_1", "hi")), ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var got error
			s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
				got = c.PrivateReply(send.Text("Hi"))
				if err := c.Text("Hi"); c.PSID() == "" && !errors.Is(err, bot.ErrNoRecipient) {
					t.Errorf("Text: error %v, want ErrNoRecipient: a comment is answered on purpose only", err)
				}
				return failIn(c.Attempt(), 1)
			}), func(cfg *bot.Config) { cfg.Instagram = []string{account} })
			if status := s.post(test.body); status != http.StatusOK {
				t.Fatal(status)
			}
			s.settle()
			s.again()
			if test.want == "" {
				if !errors.Is(got, bot.ErrNoRecipient) {
					t.Errorf("error %v, want ErrNoRecipient", got)
				}
				return
			}
			s.wantSent(`{` + test.want + `,"messaging_type":"RESPONSE","message":{"text":"Hi"}}`)
		})
	}
}

// A text over the limit goes as several messages, one ledger entry each, and a handler that runs again goes
// on where it stopped.
func TestSplitText(t *testing.T) {
	long := strings.TrimSpace(strings.Repeat("word ", 1000)) // 4,999 characters
	pieces := send.SplitText(send.Messenger, long)
	if len(pieces) != 3 || strings.Join(pieces, " ") != long {
		t.Fatalf("%d pieces", len(pieces))
	}
	for _, named := range []bool{false, true} {
		for fails := range 4 {
			s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
				thread := c.Silent()
				if named {
					thread = c.Once("answer")
				}
				if err := thread.SplitText(long); err != nil {
					return errors.New("try again") // not one of package send
				}
				return failIn(c.Attempt(), 1)
			}))
			calls := 0
			s.graph.FailWith(sendtest.Failure{Code: 100, Match: func(sendtest.Call) bool { calls++; return calls == fails+1 }})
			s.say("m_1")
			s.again()
			if got := s.texts(); !slices.Equal(got, pieces) {
				t.Errorf("named %t, message %d fails: %d messages, want the 3 pieces in order", named, fails+1, len(got))
			}
			s.wantCauses()
		}
	}
}

// Only the last piece hands the thread over: whoever has handed it over may say nothing more.
func TestSplitTextHandsOverAtTheEnd(t *testing.T) {
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
		return c.HandOver(send.ThreadControl{Type: send.ControlRelease}).SplitText(strings.Repeat("word ", 1000))
	}))
	s.say("m_1")
	var handed []bool
	for _, call := range s.graph.Calls() {
		handed = append(handed, strings.Contains(string(call.Params), "thread_control"))
	}
	if want := []bool{false, false, true}; !slices.Equal(handed, want) {
		t.Errorf("thread_control in %v of the pieces, want %v", handed, want)
	}
}

func TestSplitTextOfNothing(t *testing.T) {
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
		if err := c.SplitText(""); !errors.Is(err, send.ErrInvalid) {
			t.Errorf("error %v, want ErrInvalid as of Text", err)
		}
		return c.SplitText("short")
	}))
	s.say("m_1")
	s.want("short")
}

// A view can hand the thread on, and a request can have what no view sets.
func TestEveryParameter(t *testing.T) {
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
		c.HandOver(send.ThreadControl{Type: send.ControlPass, AppID: "17"}) // only a view
		control := send.ThreadControl{Type: send.ControlRelease}
		if err := c.HandOver(control).Text("A colleague will go on."); err != nil {
			return err
		}
		request, err := c.Silent().Compose(send.Text("Hi"))
		if err != nil {
			return err
		}
		request.Suggestion = send.SuggestionAccept
		receipt, err := c.DeliverRequest(request)
		if again, err := c.DeliverRequest(send.Request{Message: send.Text("no type")}); err != nil || again == receipt {
			t.Errorf("receipts %v and %v, %v; want two", receipt, again, err)
		}
		return errors.Join(err, failIn(c.Attempt(), 1))
	}))
	s.say("m_1")
	s.again()
	s.wantSent(
		`{`+to+`,"messaging_type":"RESPONSE","thread_control":{"control_type":"release"},"message":{"text":"A colleague will go on."}}`,
		`{`+to+`,"messaging_type":"RESPONSE","notification_type":"SILENT_PUSH","suggestion_action":"ACCEPT","message":{"text":"Hi"}}`,
		`{`+to+`,"message":{"text":"no type"}}`,
	)
	s.wantCauses()
}

// A request names its recipient itself, also where the event has none.
func TestDeliverRequestToAComment(t *testing.T) {
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
		if _, err := c.DeliverRequest(send.Request{Message: send.Text("Hi")}); !errors.Is(err, bot.ErrNoRecipient) {
			t.Errorf("error %v, want ErrNoRecipient", err)
		}
		_, err := c.DeliverRequest(send.Request{To: send.Comment("1_2"), Message: send.Text("Hi")})
		return errors.Join(err, failIn(c.Attempt(), 1))
	}))
	s.post(batch(s.clock.Now(), "changes", `{"field":"feed","value":{"item":"comment","comment_id":"1_2"}}`))
	s.settle()
	s.again()
	s.wantSent(`{"recipient":{"comment_id":"1_2"},"message":{"text":"Hi"}}`)
	s.wantCauses()
}

// Which events have a message to react to, and that it is not one of somebody else's thread.
func TestWhatIsReactedTo(t *testing.T) {
	at := newClock().Now()
	tests := map[string]struct {
		item string
		mid  string
	}{
		"a message":         {text(at, person, "m_1", "hi"), "m_1"},
		"an edit":           {item(at, person, `"message_edit":{"mid":"m_2","text":"hi","num_edit":1}`), "m_2"},
		"response feedback": {item(at, person, `"response_feedback":{"feedback":"Good response","mid":"m_3"}`), "m_3"},
		"an unsend":         {item(at, person, `"message":{"mid":"m_4","is_deleted":true}`), ""},
		"a cart":            {item(at, person, `"order":{"products":[]}`), ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
				if err := c.To(send.Person("7100000000000002")).React("❤"); err == nil {
					t.Error("a message of another thread was reacted to")
				}
				if err := c.React("❤"); (err == nil) != (test.mid != "") {
					t.Errorf("error %v", err)
				}
				return nil
			}))
			s.deliver(test.item)
			if test.mid == "" {
				s.wantSent()
				return
			}
			s.wantSent(`{` + to + `,"sender_action":"react","payload":{"message_id":"` + test.mid + `","reaction":"❤"}}`)
		})
	}
}

func TestDeliverRequestIsNoWayAround(t *testing.T) {
	s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
		request := send.Request{To: send.Person(person), Message: send.Text("Hi")}
		if _, err := c.DeliverRequest(request); !errors.Is(err, bot.ErrNoReply) {
			t.Errorf("error %v, want ErrNoReply", err)
		}
		_, err := c.Thread().DeliverRequest(request)
		return err
	}))
	s.deliver(s.echoItem("m_1"))
	s.want("Hi")
}

// What a message holds decides its type and its tag. Source: Meta, message tags and Utility
// Messages, 2026.
func TestContentDecidesTypeAndTag(t *testing.T) {
	utility := send.Message{Template: &send.UtilityTemplate{Name: "order", Language: send.Language{Code: "en"}}}
	feedback := send.Raw([]byte(`{"attachment":{"type":"template","payload":{"template_type":"customer_feedback"}}}`))
	tests := map[string]struct {
		message send.Message
		age     time.Duration // of the window
		tag     send.Tag      // that is asked for
		kind    send.MessagingType
		want    send.Tag
		err     error
	}{
		"utility, window open":         {utility, time.Hour, "", send.TypeUtility, "", nil},
		"utility, window closed":       {utility, 25 * time.Hour, "", send.TypeUtility, "", nil},
		"utility after a month":        {utility, 30 * 24 * time.Hour, "", send.TypeUtility, "", nil},
		"feedback, window open":        {feedback, time.Hour, "", send.TypeResponse, "", nil},
		"feedback, window closed":      {feedback, 25 * time.Hour, "", send.TypeMessageTag, send.TagCustomerFeedback, nil},
		"feedback by a human agent":    {feedback, 25 * time.Hour, send.TagHumanAgent, send.TypeMessageTag, send.TagHumanAgent, nil},
		"feedback after eight days":    {feedback, 8 * 24 * time.Hour, "", "", "", send.ErrOutsideWindow},
		"plain, window closed":         {send.Text("Hi"), 25 * time.Hour, "", "", "", send.ErrOutsideWindow},
		"plain with the feedback tag":  {send.Text("Hi"), 25 * time.Hour, send.TagCustomerFeedback, "", "", send.ErrInvalid},
		"plain, feedback tag, in time": {send.Text("Hi"), time.Hour, send.TagCustomerFeedback, send.TypeResponse, "", nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := serve(t, bot.HandlerFunc(func(c *bot.Context) error {
				got, err := c.Tag(test.tag).Compose(test.message)
				if got.Type != test.kind || got.Tag != test.want || !errors.Is(err, test.err) {
					t.Errorf("type %q, tag %q, %v; want %q, %q, %v", got.Type, got.Tag, err, test.kind, test.want, test.err)
				}
				return nil
			}))
			s.deliver(text(s.clock.Now().Add(-test.age), person, "m_1", "hi"))
			if got := s.Stats().Handled; got != 1 {
				t.Errorf("%d events handled, want 1", got)
			}
		})
	}
}
