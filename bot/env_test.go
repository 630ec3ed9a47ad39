package bot_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"

	"github.com/parleybot/parley/bot"
)

// variables are all that FromEnv reads.
var variables = []string{
	"PAGE_ACCESS_TOKEN", "APP_SECRET", "VERIFY_TOKEN", "PAGE_ID", "APP_ID", "ADDR", "PORT", "GRAPH_URL",
	"GRAPH_VERSION", "INSTAGRAM_ID", "SEND_RATE", "LOG_LEVEL", "LOG_FORMAT", "SIMULATOR_URL",
}

// fromEnv returns the Config of an environment that is complete but for what is given; "-" unsets a variable.
func fromEnv(t *testing.T, given map[string]string) bot.Config {
	t.Helper()
	for _, name := range variables {
		t.Setenv(name, "")
	}
	for name, value := range map[string]string{
		"PAGE_ACCESS_TOKEN": "token", "APP_SECRET": "secret", "VERIFY_TOKEN": "verify",
	} {
		t.Setenv(name, value)
	}
	for name, value := range given {
		if value == "-" {
			value = ""
		}
		t.Setenv(name, value)
	}
	return bot.FromEnv()
}

// silent is a handler that does nothing.
var silent = bot.HandlerFunc(func(*bot.Context) error { return nil })

func TestFromEnv(t *testing.T) {
	tests := map[string]struct {
		given map[string]string
		want  func(*bot.Config)
	}{
		"only what is required":    {nil, func(*bot.Config) {}},
		"spaces around a value":    {map[string]string{"PAGE_ACCESS_TOKEN": " token\n"}, func(*bot.Config) {}},
		"two app secrets":          {map[string]string{"APP_SECRET": "new, old"}, func(c *bot.Config) { c.AppSecrets = []string{"new", "old"} }},
		"PAGE_ID":                  {map[string]string{"PAGE_ID": "104"}, func(c *bot.Config) { c.PageID = "104" }},
		"APP_ID":                   {map[string]string{"APP_ID": "151"}, func(c *bot.Config) { c.AppID = "151" }},
		"ADDR":                     {map[string]string{"ADDR": "127.0.0.1:80"}, func(c *bot.Config) { c.Addr = "127.0.0.1:80" }},
		"ADDR without host":        {map[string]string{"ADDR": ":0"}, func(c *bot.Config) { c.Addr = ":0" }},
		"ADDR on IPv6":             {map[string]string{"ADDR": "[::1]:80"}, func(c *bot.Config) { c.Addr = "[::1]:80" }},
		"PORT":                     {map[string]string{"PORT": "3000"}, func(c *bot.Config) { c.Addr = ":3000" }},
		"ADDR before PORT":         {map[string]string{"ADDR": ":1", "PORT": "2"}, func(c *bot.Config) { c.Addr = ":1" }},
		"SEND_RATE":                {map[string]string{"SEND_RATE": "40"}, func(c *bot.Config) { c.Rate = 40 }},
		"SEND_RATE 0 is no limit":  {map[string]string{"SEND_RATE": "0"}, func(c *bot.Config) { c.Rate = -1 }},
		"GRAPH_VERSION":            {map[string]string{"GRAPH_VERSION": "v24.0"}, func(c *bot.Config) { c.GraphVersion = "v24.0" }},
		"GRAPH_URL":                {map[string]string{"GRAPH_URL": "http://localhost:1"}, func(c *bot.Config) { c.GraphURL = "http://localhost:1" }},
		"a simulator on this host": {simulated("http://127.0.0.1:1/t", "http://127.0.0.1:2"), graphAt("http://127.0.0.1:2")},
		"a simulator on localhost": {simulated("http://localhost:1/t", "http://localhost:2"), graphAt("http://localhost:2")},
		"a simulator on IPv6":      {simulated("http://[::1]:1/t", "http://[::1]:2"), graphAt("http://[::1]:2")},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := fromEnv(t, test.given)
			if _, err := bot.New(got, silent); err != nil {
				t.Fatal(err)
			}
			want := bot.Config{Token: "token", AppSecrets: []string{"secret"}, VerifyToken: "verify"}
			test.want(&want)
			for _, pair := range [][2]any{
				{got.Token, want.Token},
				{got.AppSecrets, want.AppSecrets},
				{got.VerifyToken, want.VerifyToken},
				{got.PageID, want.PageID},
				{got.AppID, want.AppID},
				{got.Addr, want.Addr},
				{got.Rate, want.Rate},
				{got.GraphURL, want.GraphURL},
				{got.GraphVersion, want.GraphVersion},
			} {
				if diff := cmp.Diff(pair[1], pair[0]); diff != "" {
					t.Errorf("(-want +got)\n%s", diff)
				}
			}
		})
	}
}

func simulated(simulator, graph string) map[string]string {
	return map[string]string{"SIMULATOR_URL": simulator, "GRAPH_URL": graph}
}

func graphAt(url string) func(*bot.Config) { return func(c *bot.Config) { c.GraphURL = url } }

func TestFromEnvRefuses(t *testing.T) {
	tests := map[string]struct {
		given map[string]string
		names []string
	}{
		"PAGE_ID that is no number":     {map[string]string{"PAGE_ID": "mypage"}, []string{"PAGE_ID"}},
		"APP_ID that is no number":      {map[string]string{"APP_ID": "-1"}, []string{"APP_ID"}},
		"ADDR without a port":           {map[string]string{"ADDR": "localhost"}, []string{"ADDR"}},
		"ADDR with a port too large":    {map[string]string{"ADDR": ":65536"}, []string{"ADDR"}},
		"ADDR with a named port":        {map[string]string{"ADDR": ":http"}, []string{"ADDR"}},
		"PORT that is no number":        {map[string]string{"PORT": ":80"}, []string{"PORT"}},
		"PORT too large":                {map[string]string{"PORT": "65536"}, []string{"PORT"}},
		"GRAPH_URL without scheme":      {map[string]string{"GRAPH_URL": "graph.facebook.com"}, []string{"GRAPH_URL"}},
		"GRAPH_URL of another scheme":   {map[string]string{"GRAPH_URL": "ftp://graph.facebook.com"}, []string{"GRAPH_URL"}},
		"GRAPH_URL with a control":      {map[string]string{"GRAPH_URL": "http://a\x7f.example"}, []string{"GRAPH_URL"}},
		"GRAPH_VERSION without v":       {map[string]string{"GRAPH_VERSION": "25.0"}, []string{"GRAPH_VERSION"}},
		"GRAPH_VERSION of another form": {map[string]string{"GRAPH_VERSION": "v25"}, []string{"GRAPH_VERSION"}},
		"SEND_RATE below nothing":       {map[string]string{"SEND_RATE": "-1"}, []string{"SEND_RATE"}},
		"SEND_RATE with a unit":         {map[string]string{"SEND_RATE": "300/s"}, []string{"SEND_RATE"}},
		"SEND_RATE with a fraction":     {map[string]string{"SEND_RATE": "0.5"}, []string{"SEND_RATE"}},
		"LOG_LEVEL unknown":             {map[string]string{"LOG_LEVEL": "loud"}, []string{"LOG_LEVEL"}},
		"LOG_FORMAT unknown":            {map[string]string{"LOG_FORMAT": "xml"}, []string{"LOG_FORMAT"}},
		"a token of two words":          {map[string]string{"PAGE_ACCESS_TOKEN": "to ken"}, []string{"PAGE_ACCESS_TOKEN"}},
		"no token":                      {map[string]string{"PAGE_ACCESS_TOKEN": "-"}, []string{"PAGE_ACCESS_TOKEN"}},
		"no secret":                     {map[string]string{"APP_SECRET": "-"}, []string{"APP_SECRET"}},
		"a secret that is only a space": {map[string]string{"APP_SECRET": " "}, []string{"APP_SECRET"}},
		"an empty secret among two":     {map[string]string{"APP_SECRET": "new,"}, []string{"APP_SECRET"}},
		"no verify token":               {map[string]string{"VERIFY_TOKEN": "-"}, []string{"VERIFY_TOKEN"}},
		"a simulator elsewhere":         {simulated("https://sim.example/t", "http://127.0.0.1:2"), []string{"SIMULATOR_URL"}},
		"a simulator and the real Graph API": {
			simulated("http://127.0.0.1:1/t", "https://graph.facebook.com"), []string{"SIMULATOR_URL"},
		},
		"a simulator and no GRAPH_URL": {simulated("http://127.0.0.1:1/t", "-"), []string{"SIMULATOR_URL"}},
		"a simulator that looks near": {
			simulated("http://127.0.0.1@sim.example/t", "http://127.0.0.1:2"), []string{"SIMULATOR_URL"},
		},
		"a simulator that is no URL": {simulated("127.0.0.1:1", "http://127.0.0.1:2"), []string{"SIMULATOR_URL"}},
		"all at once": {
			map[string]string{
				"PAGE_ACCESS_TOKEN": "-", "APP_SECRET": "-", "VERIFY_TOKEN": "-", "PAGE_ID": "x", "APP_ID": "x", "ADDR": "x",
				"GRAPH_URL": "x", "GRAPH_VERSION": "x", "SEND_RATE": "x", "LOG_LEVEL": "x", "LOG_FORMAT": "x",
				"SIMULATOR_URL": "http://sim.example",
			},
			[]string{
				"PAGE_ACCESS_TOKEN", "APP_SECRET", "VERIFY_TOKEN", "PAGE_ID", "APP_ID", "ADDR", "GRAPH_URL",
				"GRAPH_VERSION", "SEND_RATE", "LOG_LEVEL", "LOG_FORMAT", "SIMULATOR_URL",
			},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := bot.New(fromEnv(t, test.given), silent)
			if err == nil {
				t.Fatal("no error")
			}
			for _, name := range test.names {
				if !strings.Contains(err.Error(), name) {
					t.Errorf("%v\ndoes not name %s", err, name)
				}
			}
			if wayOut := "parley/simulator -- "; !strings.Contains(err.Error(), wayOut) {
				t.Errorf("%v\ndoes not say how to try the bot without a Page", err)
			}
		})
	}
}

// What was put into the wrong variable may be a secret.
func TestFromEnvQuotesNoValue(t *testing.T) {
	const leaked = "s3cr3tvalue"
	given := make(map[string]string)
	for _, name := range variables {
		given[name] = leaked + " with a space"
	}
	_, err := bot.New(fromEnv(t, given), silent)
	if err == nil || strings.Contains(err.Error(), leaked) {
		t.Errorf("error %v, want one that quotes no value", err)
	}
}

func TestLogLevel(t *testing.T) {
	for value, want := range map[string]zerolog.Level{
		"": zerolog.InfoLevel, "debug": zerolog.DebugLevel, "WARN": zerolog.WarnLevel, "disabled": zerolog.Disabled,
	} {
		if got := fromEnv(t, map[string]string{"LOG_LEVEL": value}).Log.GetLevel(); got != want {
			t.Errorf("LOG_LEVEL=%s: %s, want %s", value, got, want)
		}
	}
}

// A bot that is configured in code is told the same.
func TestNewRefuses(t *testing.T) {
	good := bot.Config{Token: "token", AppSecrets: []string{"secret"}, VerifyToken: "verify"}
	tests := map[string]struct {
		change  func(*bot.Config)
		handler bot.Handler
		want    string
	}{
		"no token":                   {func(c *bot.Config) { c.Token = "" }, silent, "PAGE_ACCESS_TOKEN"},
		"no secrets":                 {func(c *bot.Config) { c.AppSecrets = nil }, silent, "APP_SECRET"},
		"an empty secret":            {func(c *bot.Config) { c.AppSecrets = []string{"new", ""} }, silent, "APP_SECRET"},
		"no verify token":            {func(c *bot.Config) { c.VerifyToken = "" }, silent, "VERIFY_TOKEN"},
		"a Graph URL that is none":   {func(c *bot.Config) { c.GraphURL = "graph" }, silent, "BaseURL"},
		"a body limit below nothing": {func(c *bot.Config) { c.MaxBody = -1 }, silent, "MaxBody"},
		"no handler":                 {func(*bot.Config) {}, nil, "no handler"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			cfg := good
			test.change(&cfg)
			if _, err := bot.New(cfg, test.handler); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want one with %q", err, test.want)
			}
		})
	}
}
