package bot

import (
	"strings"
	"time"

	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/webhook"
)

// heedHuman mutes the bot towards the person if the event in hand is the echo of a human's answer: see
// Config.HumanPause.
func (t *turn) heedHuman() {
	echo, ok := said(t.event).(*webhook.Echo)
	if !ok || t.bot.cfg.HumanPause <= 0 || !t.bot.byHuman(echo) {
		return
	}
	at := echo.Time
	if at.IsZero() || at.After(t.began) {
		at = t.began
	}
	if until := at.Add(t.bot.cfg.HumanPause); until.After(t.record.Muted) {
		t.record.Muted = until
		t.bot.log.Debug().Str("event", t.bot.nameOf(t.id, t.event)).Time("until", until).
			Msg("a human has answered: the bot is silent towards this person")
	}
}

// endPause ends the silence of Config.HumanPause, because the thread was passed to the bot at the given time:
// whoever has answered last is done.
func (t *turn) endPause(at time.Time) {
	if answered := t.record.Muted.Add(-t.bot.cfg.HumanPause); !at.Before(answered) {
		t.record.Muted = time.Time{}
	}
}

// muted reports whether the event in hand is not for the handler, because a human answers the person now.
func (t *turn) muted() bool {
	if t.bot.cfg.HumanPause <= 0 {
		return false
	}
	switch t.event.(type) {
	case *webhook.Echo, *webhook.Delivery, *webhook.Read, *webhook.Standby:
		return false // nothing that the bot would answer
	default:
	}
	if !t.began.Before(t.record.Muted) {
		return false
	}
	t.bot.counts.muted.Add(1)
	t.bot.log.Debug().Str("event", t.bot.nameOf(t.id, t.event)).Time("until", t.record.Muted).
		Msg("event not handled: a human answers this person")
	return true
}

// byHuman reports whether an echo is of a message that this bot has not sent. Those of Instagram do not say
// who did.
//
// Source: Meta, message_echoes, and Instagram webhooks, 2026.
func (b *Bot) byHuman(echo *webhook.Echo) bool {
	switch {
	case echo.Person == "", strings.HasPrefix(echo.Metadata, metadataPrefix):
		return false
	case echo.AppID == "" && echo.Channel == send.Instagram:
		return false
	default:
		app := b.appOf(echo.Page)
		return app == "" || echo.AppID != app
	}
}
