package bot

import (
	"context"
	"crypto/rand"
	"errors"
	"strconv"
	"time"

	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/session"
)

// Thread talks to one person. That of a [Context] answers its event; that of [Bot.Thread] answers nothing.
// Its messages are typed and tagged by [send.Classify]. Views ([Thread.Tag], [Thread.As], [Thread.To] and
// their like) are changed copies.
//
// Once Meta has said that a person is unreachable (send.ErrUnreachable), messages and sender actions fail
// with an error of that class that says since when, without a call, until the person writes again. What goes
// to a token, a comment or anything else but a person is always sent. Likewise they fail with [ErrNotOwner]
// while another app, or a human in the Page's inbox, owns the thread.
//
// A Thread from [Bot.Thread] is safe for concurrent use as long as its context lives; one that comes from a
// Context belongs to the goroutine of the handler and is not to be kept.
type Thread struct {
	ctx     context.Context //nolint:containedctx // a thread lives within one event, as an http.Request does
	bot     *Bot
	turn    *turn // the event in hand; nil: none
	page    string
	channel send.Channel
	person  send.PSID
	to      send.Recipient
	window  send.Window // of the record and the event; memory may know a newer one
	mid     string      // of the message in hand, or of the one that is replied to
	reply   bool        // answers an event that opens the window
	refusal error       // why nothing can be sent

	unreachable *session.Unreachable // of the record, nil: not known; memory may know of a later one
	owner       *session.Ownership   // likewise

	tag     send.Tag
	persona string
	replyTo string
	once    string
	notify  send.NotificationType
	control *send.ThreadControl
}

// Text sends text, at most 2,000 characters on Messenger and 1,000 bytes on Instagram.
func (t *Thread) Text(text string) error { return t.Send(send.Text(text)) }

// SplitText sends text of any length, in as many messages as it takes: [send.SplitText] cuts it at words. If
// one fails the rest is not sent. A handler that runs again goes on with the first that was not sent. The
// last one hands the thread over, if t does.
func (t *Thread) SplitText(text string) error {
	pieces := send.SplitText(t.channel, text)
	if len(pieces) == 0 {
		return t.Text(text)
	}
	view := *t
	for i, piece := range pieces {
		if t.once != "" && i > 0 {
			view.once = t.once + "#" + strconv.Itoa(i+1)
		}
		view.control = nil
		if i == len(pieces)-1 {
			view.control = t.control
		}
		if err := view.Text(piece); err != nil {
			return err
		}
	}
	return nil
}

// QuickReplies sends text with up to 13 quick replies, each of which comes back with its title as payload.
func (t *Thread) QuickReplies(text string, titles ...string) error {
	return t.Send(send.Text(text).WithAnswers(titles...))
}

// Buttons sends text with one to three buttons.
func (t *Thread) Buttons(text string, buttons ...send.Button) error {
	return t.Send(send.Buttons(text, buttons...))
}

// Carousel sends one to ten cards.
func (t *Thread) Carousel(elements ...send.Element) error { return t.Send(send.Carousel(elements...)) }

// Image sends the picture at url.
func (t *Thread) Image(url string) error { return t.Send(send.Image(url)) }

// Video sends the video at url.
func (t *Thread) Video(url string) error { return t.Send(send.Video(url)) }

// Audio sends the recording at url.
func (t *Thread) Audio(url string) error { return t.Send(send.Audio(url)) }

// File sends the document at url.
func (t *Thread) File(url string) error { return t.Send(send.File(url)) }

// Send sends m. See [Thread.Deliver] for its errors.
func (t *Thread) Send(m send.Message) error {
	_, err := t.Deliver(m)
	return err
}

// Deliver sends m and returns Meta's receipt. When a handler runs again, a message that it sent before is
// not sent a second time: the first receipt is returned, empty if no answer had come. The error is
// [ErrNoReply], [ErrNoRecipient], the context's, or one of [send.Client.Send]; send.ErrOutsideWindow means
// that no call was made, or that Meta refused it, and so do send.ErrUnreachable and [ErrNotOwner].
func (t *Thread) Deliver(m send.Message) (send.Receipt, error) {
	if err := t.ready(); err != nil {
		return send.Receipt{}, err
	}
	message := outbound{to: &t.to, message: m, once: t.once}
	if receipt, done, err := t.sent(&message, t.control); done || err != nil {
		return receipt, err
	}
	request, err := t.Compose(m)
	if err != nil {
		return send.Receipt{}, t.refused(err)
	}
	return t.dispatch(request, &message)
}

// DeliverRequest sends r, for what no view of a Thread sets: take what [Thread.Compose] returns, change what
// is to be different, and deliver it. It goes to r.To, or to the recipient of t if that is empty, as it is:
// neither [send.Classify] nor the views of t have a say. Ledger, receipt and errors are those of
// [Thread.Deliver].
func (t *Thread) DeliverRequest(r send.Request) (send.Receipt, error) {
	if r.To.Kind() == send.ToNobody {
		r.To = t.to
	}
	view := t.To(r.To)
	if err := view.ready(); err != nil {
		return send.Receipt{}, err
	}
	message := outbound{to: &view.to, message: r.Message, once: view.once}
	if receipt, done, err := view.sent(&message, r.Control); done || err != nil {
		return receipt, err
	}
	return view.dispatch(r, &message)
}

// sent returns the receipt of a message that an earlier try of the event in hand has sent. It comes before
// everything that could forbid the message now, as a window that has closed since.
func (t *Thread) sent(
	message *outbound, control *send.ThreadControl,
) (receipt send.Receipt, done bool, err error) {
	if t.turn == nil {
		return send.Receipt{}, false, nil
	}
	return t.turn.sent(t, message, control)
}

// dispatch sends a composed message, with the ledger if there is one.
func (t *Thread) dispatch(request send.Request, message *outbound) (send.Receipt, error) {
	if t.turn == nil {
		if request.Message.Metadata == "" {
			request.Message.Metadata = metadata(rand.Text(), "")
		}
		return t.call(request)
	}
	return t.turn.deliver(t, request, message)
}

// refused tells Config.Refused of a message that did not go out, and marks the error as one of package send.
func (t *Thread) refused(err error) error {
	if t.bot.cfg.Refused != nil && !errors.Is(err, send.ErrUnsure) {
		t.bot.cfg.Refused(t.page, t.person, err)
	}
	return &sendError{err}
}

// Compose returns what [Thread.Send] would send for m, with messaging type and tag, and makes no call. The
// error says why the platform's rules forbid it.
func (t *Thread) Compose(m send.Message) (send.Request, error) {
	if t.refusal != nil {
		return send.Request{}, t.refusal
	}
	now, content, tag := t.bot.cfg.Now(), m.Content(), t.tag
	if content == send.Feedback && tag == "" {
		tag = send.TagCustomerFeedback // the only one that goes with it, and with nothing else
	}
	kind, tag, err := send.Classify(send.Purpose{
		Channel: t.channel, To: t.to.Kind(), Reply: t.reply, Content: content, Tag: tag,
		Window: t.windowAt(now), Now: now, Retired: t.bot.cfg.Retired,
	})
	if err != nil {
		return send.Request{}, err
	}
	return send.Request{
		To: t.to, Message: m, Type: kind, Tag: tag, Notify: t.notify, Persona: t.persona, ReplyTo: t.replyTo,
		Control: t.control,
	}, nil
}

// call sends a composed message.
func (t *Thread) call(request send.Request) (send.Receipt, error) {
	if err := t.reachable(); err != nil {
		return send.Receipt{}, t.refused(err)
	}
	if err := t.owned(); err != nil {
		return send.Receipt{}, t.refused(err)
	}
	if warning := request.Message.Warnings(); warning != nil && !t.bot.cfg.Strict {
		t.bot.log.Warn().AnErr("cut", warning).Msg("Messenger will cut this message on display")
	}
	if err := t.released(); err != nil {
		return send.Receipt{}, err
	}
	at := t.bot.cfg.Now()
	receipt, err := t.client().Send(t.ctx, request)
	if err != nil {
		t.heedRefusal(at, err)
		t.heedUpload(&request.Message, err)
		return send.Receipt{}, t.refused(t.heedOwned(at, err))
	}
	if request.Control != nil {
		t.handedOver(at, *request.Control)
	}
	return receipt, nil
}

// ready reports why nothing can be sent now.
func (t *Thread) ready() error {
	if t.refusal != nil {
		return t.refusal
	}
	if err := t.released(); err != nil {
		return err
	}
	return context.Cause(t.ctx)
}

// released returns [ErrReleased] if the event of t is in hand no more.
func (t *Thread) released() error {
	if t.turn == nil {
		return nil
	}
	return t.turn.run.released()
}

// Typing shows the typing indicator, until a message is sent or 20 seconds have passed.
func (t *Thread) Typing() error { return t.act(send.TypingOn()) }

// TypingOff hides the typing indicator.
func (t *Thread) TypingOff() error { return t.act(send.TypingOff()) }

// MarkSeen shows the person that their last message has been seen.
func (t *Thread) MarkSeen() error { return t.act(send.MarkSeen()) }

// React puts reaction on the message in hand, or on the one named by [Thread.ReplyTo]: any emoji on
// Messenger, "love" on Instagram.
func (t *Thread) React(reaction string) error {
	return t.actOnMessage(send.React(t.mid, reaction))
}

// Unreact takes the reaction off again.
func (t *Thread) Unreact() error {
	return t.actOnMessage(send.Unreact(t.mid))
}

var errNoMessage = Permanent(errors.New("bot: the event has no message to react to: name one with ReplyTo"))

// actOnMessage shows a sender action that needs a message.
func (t *Thread) actOnMessage(action send.Action) error {
	if t.mid == "" && t.refusal == nil {
		return errNoMessage
	}
	return t.act(action)
}

// act shows a sender action. Actions are not entered in the ledger: to show one twice does no harm.
func (t *Thread) act(action send.Action) error {
	if err := t.ready(); err != nil {
		return err
	}
	if err := t.reachable(); err != nil {
		return &sendError{err}
	}
	if err := t.owned(); err != nil {
		return err
	}
	at := t.bot.cfg.Now()
	if err := t.client().Act(t.ctx, t.to, action); err != nil {
		t.heedRefusal(at, err)
		return &sendError{t.heedOwned(at, err)}
	}
	return nil
}

// Window returns the person's messaging window as far as it is known: the latest that the person's record,
// the event and the receiver know of.
func (t *Thread) Window() send.Window {
	if t.person == "" {
		return t.window
	}
	return session.Later(t.window, t.bot.windows.Newest(t.page, t.person))
}

// windowAt returns the person's messaging window for a message at now. While the one in hand is open, a newer
// one would change nothing, and memory need not be asked.
func (t *Thread) windowAt(now time.Time) send.Window {
	if now.Sub(t.window.Opened) < send.StandardWindow {
		return t.window
	}
	return t.Window()
}

// PSID returns the person, or "" if the event names none.
func (t *Thread) PSID() send.PSID { return t.person }

// Page returns the ID of the Page, or of the Instagram account.
func (t *Thread) Page() string { return t.page }
