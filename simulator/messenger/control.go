package messenger

import (
	"encoding/json"

	"github.com/parleybot/parley/send"
)

// TakeOver makes a colleague take the person's thread over in the Page's inbox: the bot hears of that if it
// had control of the thread until now. From then on, until [Simulator.HandBack] or until control has
// expired, 24 hours after the person's last message, the bot gets what the person does as standby, and may
// not write. So it is when the bot passes the thread on. It fails before the person has written.
//
// Source: Meta, Conversation Routing, 24 September 2025.
func (s *Simulator) TakeOver() error { return s.route(s.takeOver) }

// HandBack makes whoever controls the person's thread pass it to the bot. It fails before the person has
// written.
func (s *Simulator) HandBack() error { return s.route(s.graph.HandBack) }

func (s *Simulator) takeOver(psid string) { s.graph.Take(psid, send.PageInbox) }

// route changes who controls the person's thread.
func (s *Simulator) route(change func(psid string)) error {
	if !s.hasThread(s.me) {
		return errNoThread
	}
	change(s.me.psid)
	s.lookAtControl()
	return nil
}

// lookAtControl shows on the page whether the bot only listens in the person's thread.
func (s *Simulator) lookAtControl() {
	standby := s.graph.Standby(s.me.psid)
	s.mu.Lock()
	changed := s.listening != standby
	s.listening = standby
	s.mu.Unlock()
	if changed {
		s.journal.setStatus(func(st *status) { st.Standby = standby })
	}
}

// happened queues a webhook that Meta sends because the control of a thread has changed.
func (s *Simulator) happened(body []byte) {
	var said struct {
		Entry []struct {
			Time      int64
			Messaging []struct{ Sender wireID }
		}
	}
	if json.Unmarshal(body, &said) != nil || len(said.Entry) != 1 || len(said.Entry[0].Messaging) != 1 {
		return // the Graph writes one event in each body
	}
	s.mu.Lock()
	p := s.people[said.Entry[0].Messaging[0].Sender.ID]
	s.mu.Unlock()
	if p == nil {
		return
	}
	s.acting.Lock()
	defer s.acting.Unlock()
	if len(p.queue) == cap(p.queue) {
		s.complain(errBusy.Error())
		return
	}
	w := webhook{Kind: "handover", Body: string(body)}
	n := s.journal.add(entry{Time: said.Entry[0].Time, Person: p.psid, Webhook: &w})
	p.queue <- delivery{n: n, webhook: w} // who sends has the lock: there is room
}
