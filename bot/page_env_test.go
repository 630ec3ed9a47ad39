package bot_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/send"
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

// The address of the Graph API is that of all Pages: it speaks of no Page of Token.
func TestPagesBesideTheEnvironment(t *testing.T) {
	cfg := fromEnv(t, map[string]string{
		"GRAPH_URL": "https://graph.instagram.com", "PAGE_ACCESS_TOKEN": "-", "APP_SECRET": "-",
	})
	cfg.Apps = []bot.App{{ID: "1", Secrets: []string{"secret"}}}
	cfg.Pages = []bot.Page{{ID: "178", Token: "token", InstagramLogin: true}}
	if _, err := bot.New(cfg, silent); err != nil {
		t.Error(err)
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
		"a Page without ID": {func(c *bot.Config) { several(c); c.Pages[1].ID = "" }, []string{"Pages[1]: ID is empty"}},
		"all at once": {func(c *bot.Config) {
			several(c)
			c.Pages[1].Token, c.Pages[2].App = c.Pages[0].Token, "9"
			c.Pages = append(c.Pages, c.Pages[0])
			c.Apps = append(c.Apps, bot.App{ID: "9b"}, c.Apps[0])
		}, []string{
			"Pages[1]: Token is that of Pages[0] too",
			`Pages[2]: App is "9", which is none`,
			`Pages[3]: ID is "` + pageNumber(0) + `", which Pages[0] has already`,
			"Apps[3]: Secrets is empty",
			"Apps[4]: ID is that of Apps[0] too",
		}},
		"a Page with several faults": {func(c *bot.Config) {
			several(c)
			c.VerifyToken, c.Profile = "", &send.Profile{Greeting: []send.Greeting{{Locale: "de_DE", Text: "Hallo"}}}
			c.Pages[1].ID, c.Pages[1].App, c.Pages[2].Token, c.Pages[2].App = "", "9", "EAA x", ""
		}, []string{
			"VerifyToken (VERIFY_TOKEN) is empty", "Profile: ", "Pages[1]: ID is empty", `Pages[1]: App is "9"`,
			"Pages[2]: Token holds a space", "Pages[2]: App is empty: with several apps, want the ID",
		}},
		"the fields for one Page": {func(c *bot.Config) {
			both(c)
			c.AppSecrets, c.Token, c.AppID, c.Instagram = []string{"s", ""}, "EAA x", appNumber(0), []string{""}
		}, []string{
			"AppSecrets (APP_SECRET) holds an empty one", "Token (PAGE_ACCESS_TOKEN) holds a space",
			"Apps[0]: ID is that of the app of AppSecrets too", "Instagram (INSTAGRAM_ID) holds an empty ID",
		}},
		"Pages counted beside the fields for one": {func(c *bot.Config) {
			both(c)
			c.PageID, c.Pages[1].ID, c.Pages[2].App = "1", "1", "9z"
		}, []string{`Pages[1]: ID is "1", which the Page of Token has already`, `Pages[2]: App is "9z"`}},
		"an Instagram account": {func(c *bot.Config) {
			several(c)
			c.Pages[1].InstagramLogin, c.Pages[1].Token, c.Pages[2].InstagramLogin, c.Pages[2].ID = true, "", true, ""
		}, []string{
			"Pages[1]: Token is empty: want the access token of the Instagram account",
			"Pages[2]: ID is empty: want that of the Instagram account",
		}},
		"no token of an Instagram account": {func(c *bot.Config) {
			simplest(c)
			c.Token, c.InstagramLogin = "", true
		}, []string{"want the access token of the Instagram account"}},
		"an account of the only Page twice": {func(c *bot.Config) {
			simplest(c)
			c.PageID, c.Instagram = "1", []string{"178", "178"}
		}, []string{`Instagram (INSTAGRAM_ID) holds "178", which the Page of Token has already`}},
		"two apps, one secret": {func(c *bot.Config) { several(c); c.Apps[1].Secrets = []string{"x", c.Apps[0].Secrets[0]} }, []string{
			"Apps[1]: Secrets holds a secret of Apps[0]",
		}},
		"an empty secret": {func(c *bot.Config) { several(c); c.Apps[1].Secrets = []string{"x", ""} }, []string{"Apps[1]: Secrets holds an empty one"}},
		"an app of no ID": {func(c *bot.Config) { both(c); c.AppID = "" }, []string{"AppID (APP_ID) is empty: with several apps"}},
		"a token that is none": {func(c *bot.Config) { several(c); c.Pages[0].Token = "EAA token" }, []string{
			"Pages[0]: Token holds a space",
		}},
		"a Page that is its own account": {func(c *bot.Config) { several(c); c.Pages[0].Instagram = []string{pageNumber(0)} }, []string{"which Pages[0] has already"}},
		"an account of two Pages": {func(c *bot.Config) {
			several(c)
			c.Pages[0].Instagram, c.Pages[1].Instagram = []string{"178"}, []string{"178"}
		}, []string{`Pages[1]: Instagram holds "178", which Pages[0] has already`}},
		"an account linked to an account": {func(c *bot.Config) {
			several(c)
			c.Pages[0].InstagramLogin, c.Pages[0].Instagram = true, []string{"178"}
		}, []string{"Instagram is set beside InstagramLogin"}},
		"an account without ID": {func(c *bot.Config) { several(c); c.Pages[0].Instagram = []string{""} }, []string{"Pages[0]: Instagram holds an empty ID"}},
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
