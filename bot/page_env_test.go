package bot_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/parleybot/parley/bot"
)

// What the environment says of Instagram.
func TestInstagramFromEnv(t *testing.T) {
	tests := map[string]struct {
		given  map[string]string
		linked []string
		login  bool
	}{
		"nothing":            {nil, nil, false},
		"an account":         {map[string]string{"INSTAGRAM_ID": "178"}, []string{"178"}, false},
		"two accounts":       {map[string]string{"INSTAGRAM_ID": "178, 179 "}, []string{"178", "179"}, false},
		"Meta's usual host":  {map[string]string{"GRAPH_URL": "https://graph.facebook.com"}, nil, false},
		"Instagram Login":    {map[string]string{"GRAPH_URL": "https://graph.instagram.com"}, nil, true},
		"with a slash":       {map[string]string{"GRAPH_URL": "https://graph.instagram.com/"}, nil, true},
		"in capital letters": {map[string]string{"GRAPH_URL": "https://Graph.Instagram.com"}, nil, true},
		"a host that begins so": {
			map[string]string{"GRAPH_URL": "https://graph.instagram.com.example"}, nil, false,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := fromEnv(t, test.given)
			if diff := cmp.Diff(test.linked, got.Instagram); diff != "" || got.InstagramLogin != test.login {
				t.Errorf("InstagramLogin %t, want %t; Instagram (-want +got):\n%s", got.InstagramLogin, test.login, diff)
			}
			if _, err := bot.New(got, silent); err != nil {
				t.Error(err)
			}
		})
	}
	for _, value := range []string{"me", "178,", "178;179", ",", "178 179"} {
		_, err := bot.New(fromEnv(t, map[string]string{"INSTAGRAM_ID": value}), silent)
		if err == nil || !strings.Contains(err.Error(), "INSTAGRAM_ID is malformed") || strings.Contains(err.Error(), "178") {
			t.Errorf("INSTAGRAM_ID=%q: %v", value, err)
		}
	}
}

// New names everything that is wrong with Pages and apps at once, and no token or secret.
func TestProblemsOfPagesAndApps(t *testing.T) {
	tests := map[string]struct {
		change func(*bot.Config)
		want   []string // nil: nothing is wrong
	}{
		"one Page in the simple form":      {simplest, nil},
		"several Pages":                    {several, nil},
		"both":                             {both, nil},
		"apps without Pages":               {func(c *bot.Config) { c.Apps = fleetApps() }, nil},
		"Pages of the simple form's app":   {func(c *bot.Config) { simplest(c); c.Pages = []bot.Page{{ID: "1", Token: "1"}} }, nil},
		"Pages with the simple form's app": {func(c *bot.Config) { c.AppSecrets, c.Pages = []string{"s"}, []bot.Page{{ID: "1", Token: "1"}} }, nil},
		"the simple form with Apps' app": {
			func(c *bot.Config) { c.Token, c.AppID, c.Apps = "t", appNumber(1), fleetApps() }, nil,
		},
		"nothing": {func(*bot.Config) {}, []string{"Token (PAGE_ACCESS_TOKEN) is empty", "AppSecrets (APP_SECRET) is empty"}},
		"Pages without an app": {func(c *bot.Config) { c.Pages = fleetPages(1) }, []string{
			"AppSecrets (APP_SECRET) is empty",
		}},
		"a PageID without a Token": {func(c *bot.Config) { c.Apps, c.PageID = fleetApps(), "1" }, []string{"Token (PAGE_ACCESS_TOKEN) is empty"}},
		"an account without a Token": {func(c *bot.Config) { c.Apps, c.Instagram = fleetApps(), []string{"1"} }, []string{
			"Token (PAGE_ACCESS_TOKEN) is empty",
		}},
		"a Page without ID": {func(c *bot.Config) { several(c); c.Pages[1].ID = "" }, []string{"Pages[1] has no ID"}},
		"all at once": {func(c *bot.Config) {
			several(c)
			c.Pages[1].Token, c.Pages[2].App = c.Pages[0].Token, "9"
			c.Pages = append(c.Pages, c.Pages[0])
			c.Apps = append(c.Apps, bot.App{ID: "9b"}, c.Apps[0])
		}, []string{
			`the Page "` + pageNumber(1) + `" has the Token of the Page "` + pageNumber(0) + `"`,
			`the Page "` + pageNumber(2) + `" its App "9" is none`,
			`the Page "` + pageNumber(0) + `" is there twice`,
			`the app "9b" has no secret`,
			`the app "` + appNumber(0) + `" is there twice`,
		}},
		"two apps, one secret": {func(c *bot.Config) { several(c); c.Apps[1].Secrets = []string{"x", c.Apps[0].Secrets[0]} }, []string{
			`the app "` + appNumber(1) + `" has a secret of the app "` + appNumber(0) + `"`,
		}},
		"an empty secret": {func(c *bot.Config) { several(c); c.Apps[1].Secrets = []string{"x", ""} }, []string{"an empty secret"}},
		"an app of no ID": {func(c *bot.Config) { both(c); c.AppID = "" }, []string{"has no ID: with several apps"}},
		"a token that is none": {func(c *bot.Config) { several(c); c.Pages[0].Token = "EAA token" }, []string{
			`the Page "` + pageNumber(0) + `" has a Token with a space`,
		}},
		"a Page that is its own account": {func(c *bot.Config) { several(c); c.Pages[0].Instagram = []string{pageNumber(0)} }, []string{"twice"}},
		"an account of two Pages": {func(c *bot.Config) {
			several(c)
			c.Pages[0].Instagram, c.Pages[1].Instagram = []string{"178"}, []string{"178"}
		}, []string{`the Instagram account "178", which is there twice`}},
		"an account linked to an account": {func(c *bot.Config) {
			several(c)
			c.Pages[0].InstagramLogin, c.Pages[0].Instagram = true, []string{"178"}
		}, []string{"both InstagramLogin and Instagram"}},
		"an account without ID": {func(c *bot.Config) { several(c); c.Pages[0].Instagram = []string{""} }, []string{"an empty ID in Instagram"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			cfg := bot.Config{VerifyToken: "v"}
			test.change(&cfg)
			_, err := bot.New(cfg, silent)
			if (err == nil) != (test.want == nil) {
				t.Fatalf("New = %v, want problems: %q", err, test.want)
			}
			for _, part := range test.want {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("New = %v, want it to say %q", err, part)
				}
			}
			if err != nil && (strings.Contains(err.Error(), "EAA") || strings.Contains(err.Error(), "secret_of")) {
				t.Errorf("New = %v, which tells a token or a secret", err)
			}
		})
	}
}

func simplest(c *bot.Config) { c.Token, c.AppSecrets = "t", []string{"s"} }

func several(c *bot.Config) { c.Pages, c.Apps = fleetPages(3), fleetApps() }

func both(c *bot.Config) {
	simplest(c)
	several(c)
	c.AppID = "9"
}
