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
func (s *Simulator) TakeOver() error { return s.route(s.me, s.takeOver) }

// HandBack makes whoever controls the person's thread pass it to the bot. It fails before the person has
// written.
func (s *Simulator) HandBack() error { return s.route(s.me, s.graph.HandBack) }

func (s *Simulator) takeOver(psid string) { s.graph.Take(psid, send.PageInbox) }

// route changes who controls a person's thread.
func (s *Simulator) route(p *person, change func(psid string)) error {
	if !s.hasThread(p) {
		return errNoThread
	}
	change(p.psid)
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
	var said envelope
	var item struct {
		Sender wireID `json:"sender"`
	}
	if json.Unmarshal(body, &said) != nil || len(said.Entry) != 1 || len(said.Entry[0].Messaging) != 1 {
		return // the Graph writes one event in each body
	}
	raw, err := json.Marshal(said.Entry[0].Messaging[0])
	if err != nil || json.Unmarshal(raw, &item) != nil {
		return
	}
	s.mu.Lock()
	p := s.people[item.Sender.ID]
	s.mu.Unlock()
	if p == nil {
		return
	}
	s.acting.Lock()
	defer s.acting.Unlock()
	w := webhook{Kind: "handover", Body: string(body)}
	d := delivery{n: s.journal.add(entry{Time: said.Entry[0].Time, Person: p.psid, Webhook: &w}), webhook: w}
	select {
	case p.queue <- d:
	default:
		s.complain(errBusy.Error())
	}
}
