package messenger

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"
)

// Run starts the page, the fake Graph API and, if the configuration names one, the bot; asks the bot the
// webhook challenge, prints the URL of the page and delivers what the person does, until ctx ends. Then it
// ends the bot with everything the bot started, closes its listeners and returns nil.
//
// It fails when an address cannot be listened on, and when a bot that it started does not start, ends by
// itself or does not pass the challenge in time. A Simulator runs once.
func (s *Simulator) Run(ctx context.Context) error {
	if err := s.run(ctx); ctx.Err() == nil {
		return err
	}
	return nil
}

func (s *Simulator) run(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	front, err := listen(ctx, s.cfg.Addr, "page")
	if err != nil {
		return err
	}
	back, err := listen(ctx, s.cfg.GraphAddr, "Graph API")
	if err != nil {
		return errors.Join(err, front.Close())
	}
	var work sync.WaitGroup
	defer work.Wait()
	pageServer := serve(ctx, &work, cancel, front, s.handler())
	graphServer := serve(context.WithoutCancel(ctx), &work, cancel, back, s.graph)

	err = s.drive(ctx, cancel, &work, addresses{
		page:  fmt.Sprintf("http://%s/%s/", front.Addr(), s.token),
		graph: "http://" + back.Addr().String(),
		bot:   fmt.Sprintf("http://%s/%s/", front.Addr(), s.botToken),
	})
	cancel(nil)
	closeServer(pageServer)
	closeServer(graphServer)
	return err
}

// addresses are where this run listens.
type addresses struct {
	page, graph string
	bot         string // SIMULATOR_URL
}

// drive starts the bot if it has to, meets it and keeps it company until ctx ends or the bot does.
func (s *Simulator) drive(
	ctx context.Context, cancel context.CancelCauseFunc, work *sync.WaitGroup, at addresses,
) error {
	target := s.cfg.Webhook
	if len(s.cfg.Command) > 0 {
		addr, err := freeAddr(ctx)
		if err != nil {
			return err
		}
		target = "http://" + addr + "/webhook"
		bot, err := startChild(s.cfg, append(os.Environ(), s.cfg.environment(at, addr)...))
		if err != nil {
			return err
		}
		defer bot.stop(s.cfg.Grace) // the Graph API still answers what the bot sends while it ends
		work.Go(func() {
			<-bot.exited
			cancel(bot.obituary())
		})
	} else {
		s.print(s.instructions(at))
	}
	bot := newCallback(target, &s.cfg)
	defer bot.client.CloseIdleConnections()
	s.journal.setStatus(func(st *status) { st.Bot = target })
	if err := s.meet(ctx, bot); err != nil {
		return err
	}
	if s.play != nil {
		return s.play(ctx, bot)
	}
	s.print(fmt.Sprintf("simulator: the bot at %s has passed the challenge\n\n  Chat with it:  %s\n\n"+
		"  Graph API:     %s\n  Ctrl-C ends everything.\n\n", target, at.page, at.graph))
	s.cfg.Ready(at.page)
	var lanes sync.WaitGroup
	lanes.Go(func() { s.lane(ctx, s.me, bot) })
	lanes.Wait()
	return context.Cause(ctx)
}

// meet asks the bot the challenge until it passes. A bot that the simulator started has Config.Start for
// that, and so has every bot that scripts are played to.
func (s *Simulator) meet(ctx context.Context, bot *callback) error {
	var timeout <-chan time.Time
	started := len(s.cfg.Command) > 0
	if started || s.play != nil {
		timer := time.NewTimer(s.cfg.Start)
		defer timer.Stop()
		timeout = timer.C
	}
	again := time.NewTicker(250 * time.Millisecond)
	defer again.Stop()
	for said := ""; ; {
		err := bot.challenge(ctx)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err == nil {
			s.journal.setStatus(func(st *status) { st.Verified, st.Problem = true, "" })
			return nil
		}
		// The body expected differs each time: what matters is said once.
		if kind := kindOf(err); kind != said && (!started || !errors.Is(err, errNotListening)) {
			s.complain(err.Error() + "; asking again")
			said = kind
		}
		s.journal.setStatus(func(st *status) { st.Problem = err.Error() })
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-timeout:
			return s.missed(bot, err)
		case <-again.C:
		}
	}
}

// missed is the error for a bot that did not pass the challenge in time.
func (s *Simulator) missed(bot *callback, err error) error {
	if errors.Is(err, errNotListening) && s.cfg.Webhook == "" {
		u, _ := url.Parse(bot.url) // made by drive
		return fmt.Errorf("messenger: the bot has not listened on %s within %s; "+
			"it must listen where ADDR says, or on the port in PORT", u.Host, s.cfg.Start)
	}
	return fmt.Errorf("messenger: given up after %s: %w", s.cfg.Start, err)
}

func kindOf(err error) string {
	for _, kind := range []error{errChallenge, errNotListening} {
		if errors.Is(err, kind) {
			return kind.Error()
		}
	}
	return err.Error()
}

// instructions is what the developer of a bot that runs already needs to know.
func (s *Simulator) instructions(at addresses) string {
	var host string
	if u, err := url.Parse(s.cfg.Webhook); err == nil && u.Port() != "" {
		host = u.Host
	}
	var text strings.Builder
	text.WriteString("simulator: the bot needs this environment, or the same under names of its own:\n\n")
	for _, variable := range s.cfg.environment(at, host) {
		text.WriteString("  " + variable + "\n")
	}
	fmt.Fprintf(&text, "\nsimulator: waiting for the bot at %s; the page: %s\n", s.cfg.Webhook, at.page)
	return text.String()
}

func (s *Simulator) print(text string) {
	_, _ = fmt.Fprint(s.cfg.Stdout, text) // a closed standard output is no reason to end
}

func listen(ctx context.Context, addr, what string) (net.Listener, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("messenger: listen for the %s: %w", what, err)
	}
	return l, nil
}

// freeAddr finds a loopback address on which nobody listens at the moment.
func freeAddr(ctx context.Context) (string, error) {
	l, err := listen(ctx, "127.0.0.1:0", "bot")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// serve answers on l with h in a goroutine of work. Requests end with ctx.
func serve(
	ctx context.Context, work *sync.WaitGroup, cancel context.CancelCauseFunc, l net.Listener, h http.Handler,
) *http.Server {
	server := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 10 * time.Second,
		BaseContext:       func(net.Listener) context.Context { return ctx },
	}
	work.Go(func() {
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			cancel(fmt.Errorf("messenger: serve: %w", err))
		}
	})
	return server
}

// closeServer lets the requests in flight end, for a moment.
func closeServer(server *http.Server) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if server.Shutdown(ctx) != nil {
		_ = server.Close() // the requests were given their chance
	}
}
