package bot_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/send"
)

// metaStandIn answers calls in place of Meta, by method and path; all others are for the fake Graph API.
type metaStandIn struct {
	send.Doer
	answers map[string]string
}

// Do answers one call.
func (s metaStandIn) Do(r *http.Request) (*http.Response, error) {
	body, known := s.answers[r.Method+" "+strings.TrimPrefix(r.URL.Path, "/v25.0/")]
	if !known {
		return s.Doer.Do(r)
	}
	answer := httptest.NewRecorder()
	_, err := answer.WriteString(body)
	return answer.Result(), err
}

// standInFor has calls of a bot answered so.
func standInFor(answers map[string]string) func(*bot.Config) {
	return func(cfg *bot.Config) { cfg.HTTP = metaStandIn{cfg.HTTP, answers} }
}

// Who has not said their name, or does not want it told, is greeted without.
func ExampleContext_Profile() {
	greet := bot.HandlerFunc(func(c *bot.Context) error {
		profile, err := c.Profile() // asked once a day
		if err != nil {
			return err
		}
		if profile.FirstName == "" {
			return c.Text("Hello!")
		}
		return c.Text("Hello, " + profile.FirstName + "!")
	})

	tryOut(greet, "hi", standInFor(map[string]string{
		"GET 7100000000000001": `{"id":"7100000000000001","first_name":"Ana"}`,
	}))
	tryOut(greet, "hi", standInFor(map[string]string{"GET 7100000000000001": `{}`}))
	// Output:
	// Hello, Ana!
	// Hello!
}

// A message comes from a persona, by the name that it has at Meta.
func ExampleThread_AsNamed() {
	handler := bot.HandlerFunc(func(c *bot.Context) error {
		if err := c.AsNamed("Zoe").Text("Zoe here."); err != nil {
			fmt.Println(err)
		}
		return c.AsNamed("Anna").Text("Anna here.")
	})

	tryOut(handler, "help", standInFor(map[string]string{
		"GET me/personas": `{"data":[{"id":"2200000000000001","name":"Anna"}]}`,
	}))
	// Output:
	// send: invalid: the Page has no persona of that name
	// Anna here.
}

// Those who work in the Page's inbox see who wants to buy.
func ExampleThread_Label() {
	handler := bot.HandlerFunc(func(c *bot.Context) error {
		if !strings.Contains(c.Message(), "price") {
			return nil
		}
		if err := c.Label("wants to buy"); err != nil {
			return err
		}
		return c.Text("Somebody will write to you.")
	})

	tryOut(handler, "What is the price?", standInFor(map[string]string{
		"GET me/custom_labels":  `{"data":[]}`,
		"POST me/custom_labels": `{"id":"55001"}`,
		"POST 55001/label":      `{"success":true}`,
	}))
	// Output: Somebody will write to you.
}
