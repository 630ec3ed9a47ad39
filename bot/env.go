package bot

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"

	"github.com/rs/zerolog"
)

// FromEnv returns the configuration that the environment gives. It never fails: what is wrong is kept in
// the Config and returned by [New], all at once.
//
//	PAGE_ACCESS_TOKEN  token of the Page; required
//	APP_SECRET         app secret; two, separated by a comma, while it is rotated; required
//	VERIFY_TOKEN       answers the webhook challenge; required
//	PAGE_ID            the Page; asked at start if unset
//	INSTAGRAM_ID       the Instagram accounts that are linked to the Page, separated by commas
//	APP_ID             our app
//	ADDR, else PORT    where to listen; :8080
//	GRAPH_URL          https://graph.facebook.com; on https://graph.instagram.com PAGE_ACCESS_TOKEN is
//	                   that of an Instagram professional account, from Instagram Login, and PAGE_ID its ID
//	GRAPH_VERSION      v25.0
//	SEND_RATE          messages per second and Page; 0: no limit; 300
//	PROFILE_DRY_RUN    true: log what would be changed of the Messenger Profile, and change nothing; false
//	LOG_LEVEL          trace, debug, info, warn, error or disabled; info
//	LOG_FORMAT         json, or console, the default when standard error is a terminal
//	SIMULATOR_URL      set by the simulator, whose clock the bot then follows unless Config.Now is set;
//	                   refused unless it and GRAPH_URL are on loopback
func FromEnv() Config { return fromEnv(os.Getenv, os.Stderr) }

// environment reads variables and collects what is wrong with them.
type environment struct {
	get      func(string) string
	problems []error
}

func fromEnv(get func(string) string, stderr *os.File) Config {
	env := &environment{get: func(name string) string { return strings.TrimSpace(get(name)) }}
	cfg := Config{
		Token:        env.get("PAGE_ACCESS_TOKEN"),
		AppSecrets:   env.list("APP_SECRET"),
		VerifyToken:  env.get("VERIFY_TOKEN"),
		PageID:       env.number("PAGE_ID"),
		Instagram:    env.numbers("INSTAGRAM_ID"),
		AppID:        env.number("APP_ID"),
		Addr:         env.addr(),
		GraphURL:     env.url("GRAPH_URL"),
		GraphVersion: env.version(),
		Rate:         env.rate(),
		Log:          env.logger(stderr),

		ProfileDryRun: env.flag("PROFILE_DRY_RUN"),
	}
	cfg.InstagramLogin = hostOf(cfg.GraphURL) == instagramHost
	cfg.simulator = env.simulator(cfg.GraphURL)
	cfg.problems = env.problems
	return cfg
}

// wrong notes that a variable has a value that means nothing. The value is not quoted, as it may be a
// secret that was put into the wrong variable.
func (e *environment) wrong(name, want string) {
	e.problems = append(e.problems, fmt.Errorf("%s is malformed: want %s", name, want))
}

func (e *environment) list(name string) []string {
	value := e.get(name)
	if value == "" {
		return nil
	}
	items := strings.Split(value, ",")
	for i := range items {
		items[i] = strings.TrimSpace(items[i])
	}
	return items
}

func (e *environment) number(name string) string {
	value := e.get(name)
	if strings.Trim(value, "0123456789") != "" {
		e.wrong(name, "a number")
		return ""
	}
	return value
}

func (e *environment) numbers(name string) []string {
	numbers := e.list(name)
	for _, number := range numbers {
		if number == "" || strings.Trim(number, "0123456789") != "" {
			e.wrong(name, "numbers, separated by commas")
			return nil
		}
	}
	return numbers
}

func (e *environment) flag(name string) bool {
	value := e.get(name)
	if value == "" {
		return false
	}
	set, err := strconv.ParseBool(value)
	if err != nil {
		e.wrong(name, "true or false")
	}
	return set
}

func (e *environment) addr() string {
	if addr := e.get("ADDR"); addr != "" {
		if _, port, err := net.SplitHostPort(addr); err != nil || !isPort(port) {
			e.wrong("ADDR", "an address such as :8080 or 127.0.0.1:8080")
		}
		return addr
	}
	port := e.get("PORT")
	if port == "" {
		return ""
	}
	if !isPort(port) {
		e.wrong("PORT", "a number from 0 to 65535")
	}
	return ":" + port
}

func isPort(s string) bool {
	_, err := strconv.ParseUint(s, 10, 16)
	return err == nil
}

func (e *environment) url(name string) string {
	value := e.get(name)
	if value == "" {
		return ""
	}
	u, err := url.Parse(value)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		e.wrong(name, "a URL such as https://graph.facebook.com")
	}
	return value
}

var versionForm = regexp.MustCompile(`^v\d+\.\d+$`)

func (e *environment) version() string {
	version := e.get("GRAPH_VERSION")
	if version != "" && !versionForm.MatchString(version) {
		e.wrong("GRAPH_VERSION", "a version such as v25.0")
	}
	return version
}

func (e *environment) rate() int {
	value := e.get("SEND_RATE")
	if value == "" {
		return 0
	}
	rate, err := strconv.Atoi(value)
	switch {
	case err != nil || rate < 0:
		e.wrong("SEND_RATE", "messages per second as a whole number, or 0 for no limit")
	case rate == 0:
		return -1
	}
	return rate
}

func (e *environment) logger(stderr *os.File) zerolog.Logger {
	level, err := zerolog.ParseLevel(strings.ToLower(e.get("LOG_LEVEL")))
	if err != nil {
		e.wrong("LOG_LEVEL", "trace, debug, info, warn, error or disabled")
	}
	if level == zerolog.NoLevel {
		level = zerolog.InfoLevel
	}
	log := zerolog.New(stderr)
	switch format := e.get("LOG_FORMAT"); format {
	case "console":
		log = console(stderr)
	case "":
		if info, err := stderr.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
			log = console(stderr)
		}
	case "json":
	default:
		e.wrong("LOG_FORMAT", "json or console")
	}
	return log.Level(level).With().Timestamp().Logger()
}

func console(stderr *os.File) zerolog.Logger {
	return zerolog.New(zerolog.ConsoleWriter{Out: stderr, TimeFormat: "15:04:05"})
}

// simulator returns the address of the simulator whose clock the bot follows; nil: of none. It refuses one
// that is not on this machine, or beside a Graph API that is not.
func (e *environment) simulator(graph string) *url.URL {
	simulator := e.url("SIMULATOR_URL")
	if simulator == "" {
		return nil
	}
	if !loopback(simulator) || !loopback(graph) {
		e.problems = append(e.problems, fmt.Errorf(
			"SIMULATOR_URL is for development only: unset it, or set both it and GRAPH_URL to loopback"))
		return nil
	}
	address, err := url.Parse(simulator)
	if err != nil {
		return nil // and e.url has noted it
	}
	return address
}

// loopback reports whether the host of a URL is this machine.
func loopback(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	if u.Hostname() == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(u.Hostname())
	return err == nil && ip.IsLoopback()
}
