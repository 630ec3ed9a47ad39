package messenger

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"net"
)

// graphVersion is the version that a bot is told to call.
const graphVersion = "v25.0"

// fill draws every secret and ID that the configuration leaves empty.
func (c *Config) fill() {
	for _, field := range []struct {
		value *string
		draw  func() string
	}{
		{&c.AppSecret, func() string { return hex.EncodeToString(randomBytes(16)) }},
		{&c.VerifyToken, rand.Text},
		{&c.PageToken, func() string { return "EAASIM" + rand.Text() + rand.Text() }},
		{&c.PageID, func() string { return digits(15) }},
		{&c.AppID, func() string { return digits(15) }},
	} {
		if *field.value == "" {
			*field.value = field.draw()
		}
	}
}

// environment is what a bot has to be told: the contract between it and the simulator. SIMULATOR_URL is for
// bots of Parley's; others may leave it be.
func (c *Config) environment(at addresses, bot string) []string {
	env := []string{
		"PAGE_ACCESS_TOKEN=" + c.PageToken,
		"APP_SECRET=" + c.AppSecret,
		"VERIFY_TOKEN=" + c.VerifyToken,
		"PAGE_ID=" + c.PageID,
		"APP_ID=" + c.AppID,
		"GRAPH_URL=" + at.graph,
		"GRAPH_VERSION=" + graphVersion,
	}
	if _, port, err := net.SplitHostPort(bot); err == nil {
		env = append(env, "ADDR="+bot, "PORT="+port)
	}
	return append(env, "SIMULATOR_URL="+at.bot)
}

// newMID draws a message ID of the form that Meta uses now: m_ and 86 characters.
func newMID() string {
	return "m_" + base64.RawURLEncoding.EncodeToString(randomBytes(64))
}

// digits draws a numeric ID of n digits that does not begin with 0.
func digits(n int) string {
	id := randomBytes(n)
	for i := range id {
		id[i] = '0' + id[i]%10
	}
	if id[0] == '0' {
		id[0] = '1'
	}
	return string(id)
}

func randomBytes(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails: crypto/rand ends the program instead
	return b
}
