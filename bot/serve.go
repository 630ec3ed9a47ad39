package bot

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/rs/zerolog"
)

// The time-outs of the server that Run starts, and how long a stopping bot waits beyond Config.Drain.
const (
	readTimeout  = 10 * time.Second
	writeTimeout = 15 * time.Second
	idleTimeout  = 2 * time.Minute
	maxHeader    = 64 << 10
	startTimeout = 30 * time.Second
	graceTimeout = 5 * time.Second
)

// The paths that Mount registers.
const (
	WebhookPath = "/webhook"
	HealthPath  = "/healthz"
	ReadyPath   = "/readyz"
)

// Mount registers the webhook at /webhook, and /healthz and /readyz beside it. Middleware of e that reads
// or rewrites request bodies breaks the signatures and must not apply to /webhook. The events wait until
// [Bot.Serve] runs.
func (b *Bot) Mount(e *echo.Echo) {
	hook := echo.WrapHandler(b.Webhook())
	e.GET(WebhookPath, hook)
	e.POST(WebhookPath, hook)
	e.GET(HealthPath, func(c echo.Context) error { return c.String(http.StatusOK, "ok") })
	e.GET(ReadyPath, func(c echo.Context) error {
		if !b.serving.Load() {
			return c.String(http.StatusServiceUnavailable, "not ready")
		}
		return c.String(http.StatusOK, "ready")
	})
}

// Webhook returns the webhook as a handler, for a server without echo. Nothing may read or rewrite the body
// before it.
func (b *Bot) Webhook() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b.setup.Load().receiver.ServeHTTP(w, r)
	})
}

// Serve handles events until ctx ends, then drains: what is in the inbox's memory is still handled, for
// Config.Drain at most; then handlers' contexts end with [ErrShutdown]. Run Serve once, beside the server
// that Mount was called for; stop the server first. It returns nil after an orderly stop.
func (b *Bot) Serve(ctx context.Context) error {
	defer b.closeConnections()
	if err := b.start(ctx); err != nil && ctx.Err() == nil {
		return err
	}
	var owned sync.WaitGroup
	helping, dismiss := context.WithCancel(context.WithoutCancel(ctx))
	owned.Go(func() { b.runs.oversee(helping) })
	following, unfollow := context.WithCancel(ctx)
	owned.Go(func() { b.followSimulator(following) })
	owned.Go(func() { b.keepProfiles(following) })
	if store, ok := b.cfg.Store.(interface{ Run(context.Context) error }); ok {
		owned.Go(func() {
			if err := store.Run(helping); err != nil {
				b.log.Error().Err(err).Msg("the store stopped sweeping")
			}
		})
	}
	err := b.consume(ctx)
	unfollow()
	dismiss()
	owned.Wait()
	return err
}

// closeConnections closes the kept-alive connections to the Graph API, unless they are somebody else's.
func (b *Bot) closeConnections() {
	if b.simulated != nil {
		b.simulated.client.CloseIdleConnections()
	}
	if keeper, ok := b.http.(interface{ CloseIdleConnections() }); ok && b.cfg.HTTP == nil {
		keeper.CloseIdleConnections()
	}
}

// start asks a simulator for its time, and the Graph API for the Page of Config.Token if it was not
// configured, which also finds out whether the token is good.
func (b *Bot) start(ctx context.Context) error {
	if err := b.meetSimulator(ctx); err != nil {
		return err
	}
	if unnamed := b.setup.Load().unnamed; unnamed != nil {
		if err := b.nameUnnamed(ctx, unnamed); err != nil {
			return err
		}
	}
	pages := b.Pages()
	b.log.Info().Func(func(line *zerolog.Event) {
		if len(pages) == 1 {
			line.Str("page", pages[0])
		} else {
			line.Int("pages", len(pages))
		}
	}).Str("inbox", b.cfg.Inbox.Promise()).Str("store", b.storePromise()).Msg("bot started")
	return nil
}

// nameUnnamed asks the Graph API for the ID of the Page of Config.Token.
func (b *Bot) nameUnnamed(ctx context.Context, unnamed *account) error {
	what := nounOf(unnamed.origin.login)
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	page, err := unnamed.client.PageID(ctx)
	if err != nil {
		return fmt.Errorf("bot: ask the Graph API for the %s of PAGE_ACCESS_TOKEN: %w", what, err)
	}
	err = b.change(func(s *setup) error {
		if i := s.index(""); i >= 0 {
			s.pages[i].ID = page
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("bot: the Graph API says PAGE_ACCESS_TOKEN is of the %s %.40q: %w", what, page, err)
	}
	return nil
}

// consume runs the inbox until ctx ends and its memory is drained, or the drain takes too long.
func (b *Bot) consume(ctx context.Context) error {
	consumed := make(chan error, 1)
	go func() { consumed <- b.cfg.Inbox.Consume(ctx, b.handle) }()
	b.serving.Store(true)
	defer b.serving.Store(false)
	select {
	case err := <-consumed:
		return b.consumed(err)
	case <-ctx.Done():
	}
	b.serving.Store(false)
	drain := time.NewTimer(b.cfg.Drain)
	defer drain.Stop()
	select {
	case err := <-consumed:
		return b.consumed(err)
	case <-drain.C:
	}
	b.runs.stop()
	grace := time.NewTimer(graceTimeout)
	defer grace.Stop()
	select {
	case err := <-consumed:
		return b.consumed(err)
	case <-grace.C:
		return errors.New("bot: a handler does not end although its context has: it is left behind")
	}
}

// consumed logs what was lost with the process.
func (b *Bot) consumed(err error) error {
	b.runs.stop()
	if errors.Is(err, ErrLeft) {
		b.log.Error().Err(err).Msg("the inbox was in memory, and these events are lost")
		return nil
	}
	if err != nil {
		return fmt.Errorf("bot: serve: %w", err)
	}
	return nil
}

// Run serves a bot of its own until ctx ends: it is [New] and [Bot.Run]. It returns nil after an orderly
// stop, and an error if the configuration is wrong, the address is taken, or Config.PageID is not set and the
// Graph API refuses the token.
func Run(ctx context.Context, cfg Config, h Handler) error {
	b, err := New(cfg, h)
	if err != nil {
		return err
	}
	return b.Run(ctx)
}

// Run serves b until ctx ends: it listens on Config.Addr, answers /webhook, /healthz and /readyz, and handles
// events. It is for programs that do more with their bot than answer, such as jobs that write to people with
// [Bot.Thread] or [Bot.Emit]. Its errors are those of the function [Run].
func (b *Bot) Run(ctx context.Context) error {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", b.cfg.Addr)
	if err != nil {
		return fmt.Errorf("bot: %w; choose another address with ADDR", err)
	}
	return b.serveOn(ctx, listener)
}

// serveOn runs the bot on a listener of its own: the server first, and behind it, longer than it, the
// handlers.
func (b *Bot) serveOn(ctx context.Context, listener net.Listener) error {
	e := echo.New()
	b.Mount(e)
	server := &http.Server{
		Handler: e, ReadHeaderTimeout: readTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout,
		IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeader, ErrorLog: log.New(b.log, "", 0),
	}
	handling, stopHandling := context.WithCancel(context.WithoutCancel(ctx))
	defer stopHandling()
	served, handled := make(chan error, 1), make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	go func() { handled <- b.Serve(handling) }()
	b.log.Info().Str("addr", listener.Addr().String()).Msg("listening")

	var err error
	select {
	case <-ctx.Done():
		b.log.Info().Msg("stopping")
	case err = <-served:
		served <- nil
	case err = <-handled:
		handled <- nil
	}
	b.serving.Store(false)
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), graceTimeout)
	defer cancel()
	if server.Shutdown(closing) != nil {
		err = errors.Join(err, server.Close())
	}
	if stopped := <-served; !errors.Is(stopped, http.ErrServerClosed) {
		err = errors.Join(err, stopped)
	}
	stopHandling()
	return errors.Join(err, <-handled)
}
