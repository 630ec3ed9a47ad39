package messenger

import "errors"

// inboxApp is the app ID in echoes of what a human writes in the Page's inbox.
//
// Source: Meta, conversation routing, 2026.
const inboxApp = 263902037430900

var errNoThread = errors.New("messenger: nobody can answer a person who has not written yet")

// HumanSays lets a human answer the person from the Page's inbox, past the bot: the bot gets a
// message_echoes event, as Meta sends it to apps that subscribe to that field. It returns when the event is
// queued, like [Simulator.Say]. It fails for an empty text, before the person has written, and when too many
// events wait for the bot.
//
// Source: Meta, message_echoes, 2026.
func (s *Simulator) HumanSays(text string) error {
	if text == "" {
		return errEmpty
	}
	if !s.hasThread(s.me) {
		return errNoThread
	}
	return s.act(s.me, wireItem{Message: &wireMessage{
		IsEcho: true, AppID: inboxApp, MID: newMID(), Text: text,
	}}, "")
}

// hasThread reports whether anything was said in the thread of a person and the Page.
func (s *Simulator) hasThread(p *person) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return p.newest != ""
}
