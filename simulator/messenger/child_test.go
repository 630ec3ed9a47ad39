package messenger_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/parleybot/parley/simulator/messenger"
)

// play is what this test binary does when it is started as a bot, or as what a bot has started.
func play(role string) int {
	switch role {
	case "exit":
		fmt.Fprintln(os.Stderr, "last words")
		return 3
	case "environment":
		for _, variable := range os.Environ() {
			fmt.Println(variable)
		}
		return 0
	case "mute":
		adopt("grandchild")
		time.Sleep(time.Hour) // until it is killed; a select without cases would be a deadlock to the runtime
		return 0
	case "bot":
		return serveBot(passing(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) }))
	case "parley":
		return playParley()
	case "wrong":
		return serveBot(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") })
	case "family", "stubborn family":
		adopt(strings.Replace(role, "family", "grandchild", 1))
		return serveBot(passing(nil))
	case "crash":
		adopt("grandchild")
		return serveBot(passing(func(http.ResponseWriter, *http.Request) { os.Exit(4) }))
	case "killed":
		return serveBot(passing(func(http.ResponseWriter, *http.Request) {
			self, _ := os.FindProcess(os.Getpid())
			_ = self.Kill()
			select {}
		}))
	case "stubborn grandchild":
		signal.Ignore(syscall.SIGTERM)
		fallthrough
	case "grandchild":
		conn, err := new(net.Dialer).DialContext(context.Background(), "tcp", os.Getenv("SIMULATOR_TEST_LIFELINE"))
		if err != nil {
			return 1
		}
		asked := make(chan os.Signal, 1)
		if role == "grandchild" {
			signal.Notify(asked, syscall.SIGTERM)
		}
		_, _ = conn.Write([]byte("!"))
		<-asked // or until this process is killed
		_, _ = conn.Write([]byte("."))
		return 0
	}
	return playScripted(role)
}

func serveBot(h http.HandlerFunc) int {
	server := &http.Server{Addr: os.Getenv("ADDR"), Handler: h, ReadHeaderTimeout: time.Second}
	fmt.Fprintln(os.Stderr, server.ListenAndServe())
	return 1
}

// adopt starts a process that outlives the bot unless somebody ends it.
func adopt(role string) {
	cmd := exec.CommandContext(context.Background(), os.Args[0])
	cmd.Env = append(os.Environ(), "SIMULATOR_TEST_ROLE="+role)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if err := cmd.Start(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// command makes this binary play a role as a bot.
func command(t *testing.T, role string) []string {
	t.Helper()
	t.Setenv("SIMULATOR_TEST_ROLE", role)
	return []string{os.Args[0]}
}

// lifeline returns a function that waits for the grandchild to live, and then one that waits for its death and
// says whether it was asked to end.
func lifeline(t *testing.T) (born func() (dead func() (asked bool))) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("only the bot's own process is ended here")
	}
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	t.Setenv("SIMULATOR_TEST_LIFELINE", l.Addr().String())
	return func() func() bool {
		t.Helper()
		_ = l.(*net.TCPListener).SetDeadline(time.Now().Add(patience))
		conn, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		_ = conn.SetReadDeadline(time.Now().Add(patience))
		if _, err := io.ReadFull(conn, make([]byte, 1)); err != nil {
			t.Fatal(err)
		}
		return func() bool {
			t.Helper()
			// The kernel closes the connection of a process that has ended, however it has.
			last, err := io.ReadAll(conn)
			if errors.Is(err, os.ErrDeadlineExceeded) {
				t.Error("the grandchild still lives")
			}
			return string(last) == "."
		}
	}
}

func TestBotIsStartedAndEnded(t *testing.T) {
	r := start(t, messenger.Config{Command: command(t, "bot")})
	page := r.ready()
	if !strings.Contains(r.stdout.String(), page) {
		t.Errorf("got %q, want it to contain the URL %s", r.stdout, page)
	}
	r.say("hello")
	shown := r.follow(func(f frame) bool { return f.Entry != nil && f.Entry.Webhook != nil && f.Entry.Webhook.Done })
	if shown.Entry.Webhook.Status != http.StatusOK {
		t.Errorf("got %+v", shown.Entry.Webhook)
	}
}

func TestEnvironmentOfTheBot(t *testing.T) {
	t.Setenv("SIMULATOR_URL", "http://127.0.0.1:1/of-another-run/")
	t.Setenv("PAGE_ACCESS_TOKEN", "the real one")
	t.Setenv("SEND_RATE", "7")
	r := start(t, messenger.Config{
		Command:   command(t, "environment"),
		AppSecret: "key", VerifyToken: "token", PageToken: "EAA", PageID: "104", AppID: "151",
	})
	if err := r.ended(); err == nil {
		t.Error("got no error, although the bot has ended")
	}
	got := map[string]string{}
	for line := range strings.Lines(r.stdout.String()) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		got[name] = value
	}
	for name, want := range map[string]string{
		"PAGE_ACCESS_TOKEN": "EAA", "APP_SECRET": "key", "VERIFY_TOKEN": "token", "PAGE_ID": "104", "APP_ID": "151",
		"GRAPH_VERSION": "v25.0", "SEND_RATE": "7", "ADDR": "127.0.0.1:" + got["PORT"], "PATH": os.Getenv("PATH"),
	} {
		if got[name] != want {
			t.Errorf("%s: got %q, want %q", name, got[name], want)
		}
	}
	if !strings.HasPrefix(got["GRAPH_URL"], "http://127.0.0.1:") {
		t.Errorf("GRAPH_URL: got %q", got["GRAPH_URL"])
	}
	if url := got["SIMULATOR_URL"]; !strings.HasPrefix(url, "http://127.0.0.1:") || strings.Contains(url, "another-run") {
		t.Errorf("SIMULATOR_URL: got %q, want that of this run", url)
	}
}

func TestBotThatDoesNotServe(t *testing.T) {
	tests := map[string]struct {
		role string
		want []string
	}{
		"exits":              {"exit", []string{"ended by itself with exit code 3"}},
		"does not listen":    {"mute", []string{"has not listened on 127.0.0.1:", "within 3s", "ADDR", "PORT"}},
		"answers in its way": {"wrong", []string{"given up after 3s", `body "hello"`, "expected was"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			born := func() func() bool { return func() bool { return true } }
			if tt.role == "mute" {
				born = lifeline(t)
			}
			limit := 3 * time.Second
			if tt.role == "exit" {
				limit = time.Minute
			}
			r := start(t, messenger.Config{Command: command(t, tt.role), Start: limit})
			dead := born()
			err := r.ended()
			if err == nil {
				t.Fatal("got no error")
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("got %q, want it to contain %q", err, want)
				}
			}
			if tt.role == "exit" && !strings.Contains(r.stderr.String(), "last words") {
				t.Errorf("got %q, want the bot's last words", r.stderr)
			}
			if tt.role == "mute" && strings.Contains(r.stderr.String(), "asking again") {
				t.Errorf("got %q while the bot may still be compiling", r.stderr)
			}
			if !dead() {
				t.Error("the grandchild was killed without being asked to end")
			}
		})
	}
}

func TestCommandThatDoesNotStart(t *testing.T) {
	err := start(t, messenger.Config{Command: []string{"no-such-bot-program"}}).ended()
	if err == nil || !strings.Contains(err.Error(), `the bot "no-such-bot-program" does not start`) {
		t.Errorf("got %v", err)
	}
}

func TestGrandchildrenEndWithTheSimulator(t *testing.T) {
	for _, role := range []string{"family", "stubborn family"} {
		t.Run(role, func(t *testing.T) {
			born := lifeline(t)
			r := start(t, messenger.Config{Command: command(t, role), Grace: 300 * time.Millisecond})
			dead := born()
			r.ready()
			r.stop()
			if err := r.ended(); err != nil {
				t.Error(err)
			}
			if asked := dead(); asked == (role == "stubborn family") {
				t.Errorf("the grandchild ended because it was asked: %v", asked)
			}
		})
	}
}

func TestGrandchildrenEndWithTheBot(t *testing.T) {
	born := lifeline(t)
	r := start(t, messenger.Config{Command: command(t, "crash")})
	dead := born()
	r.ready()
	r.say("crash")
	if err := r.ended(); err == nil || !strings.Contains(err.Error(), "exit code 4") {
		t.Errorf("got %v, want the exit code", err)
	}
	if !dead() {
		t.Error("the grandchild was killed without being asked to end")
	}
}

func TestBotThatIsKilled(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("has no signals")
	}
	r := start(t, messenger.Config{Command: command(t, "killed")})
	r.ready()
	r.say("die")
	if err := r.ended(); err == nil || !strings.Contains(err.Error(), "signal: killed") {
		t.Errorf("got %v, want the signal", err)
	}
}
