package sendtest

import (
	"cmp"
	"time"
)

// HandBack plays another app, or a human in the inbox, that passes the control of a thread to the Graph's
// app: OnEvent gets pass_thread_control, with the app that had control until now. If the Graph's app has it
// already, nothing happens.
//
// Source: Meta, messaging_handovers; Conversation Routing, 24 Sep 2025.
func (g *Graph) HandBack(psid string) { g.Account("").HandBack(psid) }

// Take plays another app, or a human who answers in the inbox, that takes the control of a thread: messages
// to it are refused from then on (W15). OnEvent gets take_thread_control if the Graph's app had control, and
// nothing if the thread was idle.
//
// Source: Meta, messaging_handovers; Conversation Routing, 24 Sep 2025.
func (g *Graph) Take(psid, app string) { g.Account("").Take(psid, app) }

// Request plays another app that asks for the control of a thread: OnEvent gets request_thread_control if the
// Graph's app has control.
//
// Source: Meta, messaging_handovers; Conversation Routing, 24 Sep 2025.
func (g *Graph) Request(psid, app string) { g.Account("").Request(psid, app) }

// Standby reports whether what a person does now comes to the Graph's app as standby: another app controls
// the thread, or the thread is idle and another app is the default application.
//
// Source: Meta, standby; Conversation Routing, 24 Sep 2025.
func (g *Graph) Standby(psid string) bool { return g.Account("").Standby(psid) }

// HandBack passes the control of a thread to the Graph's app; see [Graph.HandBack].
func (a Account) HandBack(psid string) {
	a.route(psid, func(now time.Time, owner string) []byte {
		if owner == a.data.app {
			return nil
		}
		a.data.setOwner(psid, a.data.app, now)
		return a.data.passed(a.data.pageFor(psid), psid, now, owner, nil)
	})
}

// Take gives the control of a thread to another app; see [Graph.Take].
func (a Account) Take(psid, app string) {
	a.route(psid, func(now time.Time, owner string) []byte {
		a.data.setOwner(psid, app, now)
		if owner != a.data.app || app == owner {
			return nil
		}
		said := map[string]any{"previous_owner_app_id": owner, "new_owner_app_id": digits(app)}
		return a.data.handover(a.data.pageFor(psid), psid, now, "take_thread_control", said)
	})
}

// Request asks the Graph's app for the control of a thread; see [Graph.Request].
func (a Account) Request(psid, app string) {
	a.route(psid, func(now time.Time, owner string) []byte {
		if owner != a.data.app {
			return nil
		}
		said := map[string]any{"requested_owner_app_id": digits(app)}
		return a.data.handover(a.data.pageFor(psid), psid, now, "request_thread_control", said)
	})
}

// Standby reports whether the Graph's app only listens to a person; see [Graph.Standby].
func (a Account) Standby(psid string) bool {
	now := a.graph.now()
	a.graph.mu.Lock()
	defer a.graph.mu.Unlock()
	return a.data.standby(psid, now)
}

// route changes who controls a thread and tells OnEvent of it.
func (a Account) route(psid string, change func(now time.Time, owner string) []byte) {
	now := a.graph.now()
	a.graph.mu.Lock()
	event := change(now, a.data.ownerAt(psid, now))
	if event != nil && a.graph.subscribed(a.data, a.data.handovers()) {
		a.graph.queue([][]byte{event})
	}
	a.graph.mu.Unlock()
	a.graph.report()
}

// handovers is the webhook field that tells of the control of threads.
func (d *pageData) handovers() string {
	if d.instagram {
		return "messaging_handover"
	}
	return "messaging_handovers"
}

// passed tells the app that its own call has given it the control of a thread, which was idle.
func (j *judge) passed(psid string) {
	if d := j.data(); j.graph.subscribed(d, d.handovers()) {
		metadata := j.params.values["metadata"]
		j.events = append(j.events, d.passed(j.page, psid, j.now, "", metadata))
	}
}

// passed returns the event that gives the control of a thread to the app; it comes from nobody if the thread
// was idle.
func (d *pageData) passed(page, psid string, now time.Time, owner string, metadata any) []byte {
	said := map[string]any{"previous_owner_app_id": nil, "new_owner_app_id": d.app}
	if owner != "" {
		said["previous_owner_app_id"] = owner
	}
	if metadata != nil {
		said["metadata"] = metadata
	}
	return d.handover(page, psid, now, "pass_thread_control", said)
}

// pageFor returns the ID of the Page in events about a person: where any ID is the Page's, that of the newest
// message to them.
func (d *pageData) pageFor(psid string) string {
	if p := d.people[psid]; p != nil {
		return cmp.Or(p.page, d.id)
	}
	return d.id
}

// handover returns an event about the control of a thread. By a clock that stands still each is a millisecond
// after the one before: else two of them would be the same event. It needs the lock.
func (d *pageData) handover(page, psid string, now time.Time, key string, said any) []byte {
	if !now.After(d.handed) {
		now = d.handed.Add(time.Millisecond)
	}
	d.handed = now
	return d.event(page, psid, page, now, key, said)
}
