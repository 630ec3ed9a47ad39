package messenger

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"
)

// Config says what to simulate, and for which bot. Exactly one of Command and Webhook is set; everything
// else has a default.
type Config struct {
	// Command is the bot's program and its arguments. Run starts it with the environment it needs laid over
	// the simulator's own, and ends it, with all that it started.
	Command []string

	// Webhook is the URL of the webhook of a bot that runs already: http or https.
	Webhook string

	// Addr is where the page listens, GraphAddr where the fake Graph API does: host and port, and the host
	// is a loopback address or localhost.
	//
	// Both default to 127.0.0.1:0, a free port.
	Addr, GraphAddr string

	// AppSecret signs the webhooks, VerifyToken goes with the challenge, PageToken admits to the Graph API,
	// PageID is the Page and AppID the bot's app.
	//
	// Each defaults to one drawn at random.
	AppSecret, VerifyToken, PageToken, PageID, AppID string

	// Stdout takes the address of the page and the bot's standard output, Stderr the problems and the bot's
	// standard error.
	//
	// Both default to nowhere.
	Stdout, Stderr io.Writer

	// Ready is called once, by Run, when the bot has answered the challenge. It gets the URL of the page.
	//
	// Defaults to nothing.
	Ready func(page string)

	// Start is how long a bot started by Command may take to answer the challenge. A bot at Webhook is
	// waited for until the context ends, by Play no longer than this.
	//
	// Defaults to 60 s: `go run` compiles first.
	Start time.Duration

	// Answer is how long the bot may take to answer a POST or the challenge.
	//
	// Defaults to 5 s. Source: Meta, webhooks (2026).
	Answer time.Duration

	// Grace is how long a bot started by Command has to end after SIGTERM, before it is killed.
	//
	// Defaults to 5 s.
	Grace time.Duration

	// Now is the clock that dates events and closes windows.
	//
	// Defaults to time.Now.
	Now func() time.Time
}

// check refuses what cannot work or would not be safe, all at once.
func (c *Config) check() error {
	var errs []error
	switch {
	case len(c.Command) == 0 && c.Webhook == "":
		errs = append(errs, errors.New("neither a command to start nor the URL of a webhook is given"))
	case len(c.Command) > 0 && c.Webhook != "":
		errs = append(errs, errors.New("both a command to start and the URL of a webhook are given"))
	}
	if c.Webhook != "" {
		u, err := url.Parse(c.Webhook)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			errs = append(errs, fmt.Errorf("the webhook %q is no http or https URL", c.Webhook))
		}
	}
	for name, id := range map[string]string{"Page": c.PageID, "app": c.AppID} {
		if strings.Trim(id, "0123456789") != "" {
			errs = append(errs, fmt.Errorf("the %s ID %q is not a number", name, id))
		}
	}
	for _, addr := range []string{c.Addr, c.GraphAddr} {
		if err := checkLoopback(addr); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// checkLoopback refuses an address that others on the network could reach.
func checkLoopback(addr string) error {
	if addr == "" {
		return nil
	}
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("the address %q is no host:port: %w", addr, err)
	}
	if !isLoopback(host) {
		return fmt.Errorf("the address %q is not a loopback address such as 127.0.0.1:8090, "+
			"and the simulator listens on no other", addr)
	}
	return nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func (c *Config) defaults() {
	c.fill()
	c.Stdout, c.Stderr = serialise(c.Stdout, c.Stderr)
	for _, addr := range []*string{&c.Addr, &c.GraphAddr} {
		if *addr == "" {
			*addr = "127.0.0.1:0"
		}
	}
	for _, wait := range []struct {
		value *time.Duration
		unset time.Duration
	}{{&c.Start, time.Minute}, {&c.Answer, 5 * time.Second}, {&c.Grace, 5 * time.Second}} {
		if *wait.value <= 0 {
			*wait.value = wait.unset
		}
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Ready == nil {
		c.Ready = func(string) {}
	}
}

// serialise makes two writers safe to share with the bot's process. Files are left as they are, so that the
// bot inherits them and sees a terminal where there is one.
func serialise(stdout, stderr io.Writer) (io.Writer, io.Writer) {
	mu := new(sync.Mutex)
	wrap := func(w io.Writer) io.Writer {
		if w == nil {
			return io.Discard
		}
		if _, ok := w.(*os.File); ok {
			return w
		}
		return &lockedWriter{mu: mu, w: w}
	}
	return wrap(stdout), wrap(stderr)
}

type lockedWriter struct {
	mu *sync.Mutex
	w  io.Writer
}

func (l *lockedWriter) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(p)
}
