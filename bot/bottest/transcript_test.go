package bottest_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/bot/bottest"
	"github.com/parleybot/parley/bot/bottest/script"
	"github.com/parleybot/parley/router"
	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/send/sendtest"
	"github.com/parleybot/parley/webhook"
)

// everything shows and does all that a transcript can tell of.
func everything(chat *bottest.Chat) {
	ben := chat.Person("Ben-2")
	chat.Say("pizza")
	chat.Tap("Large")
	chat.Advance(25 * time.Hour)
	chat.TapMenu("Get [it]", " GET (1)")
	chat.Say("cakes")
	chat.TapCard("Cheesecake", "Order")
	chat.Say("cards")
	chat.Say("picture")
	chat.Say("email")
	chat.Tap("user_email")
	chat.Advance(48 * time.Hour)
	chat.Advance(90 * time.Second)
	chat.Advance(time.Hour + 30*time.Minute)
	ben.Say("(hi) [there]")
	ben.Say("  two\nlines, a \\ and \t\u00a0 ")
	ben.SendImage("https://a.example/b.jpg")
	ben.SendLocation(48.8566, -2.5)
	ben.React("❤")
	ben.React("")
	ben.Referral("flyer")
	ben.HumanSays("One moment.")
	ben.Fail(551, 1545041)
	ben.Say("hi")
	chat.Fail(200, 0)
	chat.Say("[small]")
	ben.Say("menu")
	ben.Tap("Order")
	chat.Say("media")
	chat.Say("login")
}

const transcript = `> pizza
< Which size?  [Small] [Large]
> [Large]
< A large one.
< Anything else?
+ 25h
> (menu) [Get \[it\]] \sGET (1)
< you:  GET (1)
> cakes
<  [None]
* Apple pie  [Order]
* Cheesecake  [Order]
> [Cheesecake] [Order]
< you: CHEESE
> cards
<
* One
| first  [Take one]
* Two
| second  [Take two]
> picture
< (image) https://a.example/pizza.png
> email
< Where to?  [user_email] [user_phone_number]
> [user_email]
< you: person@example.com
+ 2d
+ 1m30s
+ 1h30m
Ben-2> \(hi) [there\]
Ben-2< you: (hi) [there\]
Ben-2> \s two
| lines, a \\ and \t\u{A0}\s
Ben-2< you:   two
| lines, a \\ and \t\u{A0}\s
Ben-2> (image) https://a.example/b.jpg
Ben-2< you:\s
Ben-2> (location) 48.8566, -2.5
Ben-2< you:\s
Ben-2> (reaction) ❤
Ben-2< you:\s
Ben-2> (reaction off)
Ben-2< you:\s
Ben-2> (referral) flyer
Ben-2< you:\s
Ben-2+ (inbox) One moment.
Ben-2+ (fail) 551/1545041
Ben-2> hi
Ben-2! unreachable
+ (fail) 200
> \[small\]
! not permitted
Ben-2> menu
Ben-2< Look around:  [Order] [Site]
Ben-2> [Order]
Ben-2< you: ORDER
> media
< (image) https://www.facebook.com/photo?fbid=1  [Buy]
> login
< Please:  [Log In]
`

// A transcript is a chat script in its canonical form, word for word.
func TestTranscript(t *testing.T) {
	chat := start(t)
	everything(chat)
	got := chat.Transcript()
	if got != transcript {
		t.Errorf("got\n%s\nwant\n%s", got, transcript)
	}
	parsed, err := script.Parse("transcript.chat", []byte(got))
	if err != nil {
		t.Fatal(err)
	}
	if canonical := parsed.String(); canonical != got {
		t.Errorf("as a script it is\n%s\nwant\n%s", canonical, got)
	}
}

// A transcript that is played as a script fits the bot that it tells of.
func TestTranscriptPlays(t *testing.T) {
	file := filepath.Join(t.TempDir(), "everything.chat")
	if err := os.WriteFile(file, []byte(transcript), 0o600); err != nil {
		t.Fatal(err)
	}
	bottest.Scripts(t, bot.HandlerFunc(shop), file)
}

// What a script cannot say is a comment, so that a transcript is a script in any case.
func TestTranscriptComments(t *testing.T) {
	chat := bottest.Start(t, bot.HandlerFunc(func(c *bot.Context) error {
		if err := c.Text("ok"); !errors.Is(err, bot.ErrNoReply) && !errors.Is(err, send.ErrUnsure) {
			return err
		}
		return nil
	}))
	chat.Advance(0) // moves nothing
	chat.Together(func() { chat.Say("a"); chat.Say("b") })
	chat.Redeliver()
	chat.Restart()
	chat.Send(map[string]any{"optin": map[string]any{"type": "one\ntwo"}})
	chat.FailWith(sendtest.Failure{Drop: true})
	chat.FailWith(sendtest.Failure{Code: 2, Match: func(sendtest.Call) bool { return true }})
	chat.Say("hi")
	const want = `# at once:
> a
> b
< ok
< ok
# the last webhook request comes once more
# the bot is started anew
# the event {"optin":{"type":"one\ntwo"}}
< ok
# the next message fails
# a call of the Graph API fails
> hi
`
	got := chat.Transcript()
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if parsed, err := script.Parse("transcript.chat", []byte(got)); err != nil || parsed.String() != got {
		t.Errorf("%v, and as a script it is\n%s\nwant\n%s", err, parsed, got)
	}
}

// Templates are shown as in a script, also those that package send does not know.
func TestTemplates(t *testing.T) {
	tests := map[string]struct{ payload, want, summary string }{
		"receipt": {
			`{"template_type":"receipt","recipient_name":"Ana","order_number":"1","elements":[{"title":"Pizza","subtitle":"large","price":9}]}`,
			"< (template) receipt\n* Pizza\n| large", "template: receipt",
		},
		"coupon": {
			`{"template_type":"coupon","title":"10 % off","buttons":[{"type":"postback","title":"Take it","payload":"TAKE"}]}`,
			"< (template) coupon\n| 10 % off  [Take it]", "template: coupon\n10 % off",
		},
		"picture of an upload": {
			`{"template_type":"media","elements":[{"media_type":"image","attachment_id":"16"}]}`, "< (image) 16", "image: 16",
		},
		"products": {
			`{"template_type":"product","elements":[{"id":"11"},{"id":12}]}`,
			"< (template) product\n* 11\n* 12", "template: product",
		},
		"grid": {
			`{"template_type":"image_grid","elements":[{"title":"Two","subtitle":"pick","images":[` +
				`{"url":"https://a.example/1","action":{"type":"postback","text":"First","payload":"1"}},` +
				`{"url":"https://a.example/2","action":{"type":"web_url","url":"https://a.example"}}],` +
				`"buttons":[{"type":"postback","title":"More","payload":"M"}]}]}`,
			"< (template) image_grid\n| Two\n| pick  [First] [More]", "template: image_grid\nTwo\npick",
		},
		"coupon with a code": {
			`{"template_type":"coupon","title":"10 % off","coupon_code":"TEN"}`,
			"< (template) coupon\n| 10 % off  [coupon]", "template: coupon\n10 % off",
		},
		"one-time notification": {
			`{"template_type":"one_time_notif_req","title":"Back in stock?","payload":"P"}`,
			"< (template) one_time_notif_req\n| Back in stock?  [one_time_notif_req]",
			"template: one_time_notif_req\nBack in stock?",
		},
		"notifications on Instagram": {
			`{"template_type":"notification_messages","elements":[{"title":"Deals","payload":"P"}]}`,
			"< (template) notification_messages\n| Deals  [notification_messages]",
			"template: notification_messages\nDeals",
		},
		"card without a text": {`{"template_type":"generic","elements":[{"title":"One"}]}`, "<\n* One", "One"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			params := `{"message":{"attachment":{"type":"template","payload":` + test.payload + `}}}`
			lines, summary := bottest.Shown([]byte(params))
			if lines != test.want || summary != test.summary {
				t.Errorf("got %q, %q; want %q, %q", lines, summary, test.want, test.summary)
			}
			if parsed, err := script.Parse("x.chat", []byte("> hi\n"+lines+"\n")); err != nil || parsed.String() != "> hi\n"+lines+"\n" {
				t.Errorf("%v, and as a script it is %q, want %q", err, parsed, lines)
			}
		})
	}
}

// What is no text and no template of an attachment is shown as in a script.
func TestOtherMessages(t *testing.T) {
	tests := map[string]struct{ message, want string }{
		"utility template": {`{"template":{"name":"order_shipped"}}`, "< (template) order_shipped"},
		"pictures": {
			`{"attachments":[{"type":"image","payload":{"url":"https://a.example/1"}},{"type":"image","payload":{"attachment_id":"16"}}]}`,
			"< (image) https://a.example/1\n| 16",
		},
		"sticker": {`{"sticker_id":369239263222822}`, "< (sticker) 369239263222822"},
		"heart":   {`{"attachment":{"type":"like_heart"}}`, "< (like_heart)"},
		"post":    {`{"attachment":{"type":"MEDIA_SHARE","payload":{"id":"18010000000000"}}}`, "< (media_share) 18010000000000"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			lines, _ := bottest.Shown([]byte(`{"message":` + test.message + `}`))
			if lines != test.want {
				t.Errorf("got %q, want %q", lines, test.want)
			}
			if parsed, err := script.Parse("x.chat", []byte("> hi\n"+lines+"\n")); err != nil || parsed.String() != "> hi\n"+lines+"\n" {
				t.Errorf("%v, and as a script it is %q, want %q", err, parsed, lines)
			}
		})
	}
}

// A person agrees to notifications, and reveals a coupon, with a tap that the bot hears of as from Meta.
func TestTapsOfTemplates(t *testing.T) {
	r := router.New()
	r.Text("ask", func(c *bot.Context) error { return c.Send(send.AskOneTime("Back in stock?", "STOCK:7")) })
	r.Text("coupon", func(c *bot.Context) error {
		return c.Send(send.Template(&send.CouponTemplate{Title: "10 % off", Code: "TEN", Payload: "SPRING"}))
	})
	r.Text("grid", func(c *bot.Context) error {
		return c.Send(send.ImageGrid(send.GridElement{Images: []send.GridImage{
			{URL: "https://a.example/1", Action: send.GridPostback("First", "1")}, {URL: "https://a.example/2"},
		}}))
	})
	r.Payload("1", func(c *bot.Context) error { return c.Text("the first") })
	router.On(r, func(c *bot.Context, e *webhook.OptIn) error {
		return c.To(send.OneTimeToken(e.OneTimeToken)).Text("noted " + e.Payload)
	})
	router.On(r, func(c *bot.Context, e *webhook.Coupon) error { return c.Text(e.Payload + ": " + e.Code) })
	chat := bottest.Start(t, r)
	chat.Say("ask")
	chat.Expect("template: one_time_notif_req\nBack in stock?", "one_time_notif_req")
	chat.Tap("one_time_notif_req")
	chat.Expect("noted STOCK:7")
	chat.Say("coupon")
	chat.Expect("template: coupon\n10 % off", "coupon")
	chat.Tap("coupon")
	chat.Expect("SPRING: TEN")
	chat.Say("grid")
	chat.Expect("template: image_grid", "First")
	chat.Tap("First")
	chat.Expect("the first")
	chat.ExpectNothing()
}
