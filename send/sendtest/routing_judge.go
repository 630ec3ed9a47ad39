package sendtest

import (
	"cmp"
	"strconv"
	"time"
)

// The inboxes as apps. Source: Meta, Conversation Routing, 24 Sep 2025.
const (
	pageInbox      = "263902037430900"
	instagramInbox = "1217981644879628"
)

// extendedMost is how long control may be extended. Source: Meta, Conversation Routing, 24 Sep 2025.
const extendedMost = 7 * day

// control is what is known of who controls a thread besides the app.
type control struct {
	app          string
	since, until time.Time // until is zero unless it was extended
}

// ownerAt returns the app that controls a thread at a time; empty if the thread is idle. Control ends 24
// hours after the person's last message, or when it was extended to. It needs the lock.
//
// Source: Meta, Conversation Routing, 24 Sep 2025.
func (d *pageData) ownerAt(psid string, now time.Time) string {
	owner := d.state.Owners[psid]
	if ends := d.controlEnds(psid); owner != "" && !ends.IsZero() && !now.Before(ends) {
		d.setOwner(psid, "", now)
		return ""
	}
	return owner
}

// controlEnds returns when the control of a thread ends; the zero time if nobody knows since when it lasts.
func (d *pageData) controlEnds(psid string) time.Time {
	known := d.edges.control[psid]
	if known.app != d.state.Owners[psid] {
		known = control{} // a test has written the owner
	}
	since := known.since
	if p := d.people[psid]; p != nil && p.opened.After(since) {
		since = p.opened
	}
	switch {
	case since.IsZero():
		return known.until
	case known.until.After(since.Add(day)):
		return known.until
	}
	return since.Add(day)
}

// setOwner gives a thread to an app; to none if app is empty. It needs the lock.
func (d *pageData) setOwner(psid, app string, now time.Time) {
	if d.state.Owners == nil {
		d.state.Owners = map[string]string{}
	}
	if d.edges.control == nil {
		d.edges.control = map[string]control{}
	}
	if app == "" {
		delete(d.state.Owners, psid)
		delete(d.edges.control, psid)
		return
	}
	d.state.Owners[psid] = app
	d.edges.control[psid] = control{app: app, since: now}
}

// passThread does what the thread_control of an accepted message says. It needs the lock.
func (d *pageData) passThread(control value, psid string, now time.Time) {
	switch target := cmp.Or(control.at("app_id").text(), d.state.DefaultApp); {
	case control.absent() || psid == "" || d.state.Owners == nil:
	case control.at("control_type").word() != "pass":
		d.setOwner(psid, "", now)
	case target != "":
		d.setOwner(psid, target, now)
	}
}

// standby reports whether the app only listens in a thread: another controls it, or it is idle and there is
// another default application. It needs the lock.
func (d *pageData) standby(psid string, now time.Time) bool {
	owner := d.ownerAt(psid, now)
	if owner == "" {
		owner = d.state.DefaultApp
	}
	return owner != "" && owner != d.app
}

// routed judges what all calls about the control of a thread have in common, and returns who it is about and
// which app controls the thread.
func (j *judge) routed() (psid, owner string) {
	call := value{"", j.params.values}
	recipient := call.at("recipient")
	j.recipient(recipient)
	if !recipient.absent() && recipient.at("id").absent() {
		j.refuse(recipientEmpty, recipient.name)
	}
	j.most(metadataLong, call.at("metadata"), metadataLimit)
	psid = recipient.at("id").text()
	j.familiar(psid)
	if j.data().state.RoutingOff {
		j.refuse(routingMissing)
	}
	return psid, j.data().ownerAt(psid, j.now)
}

// passControl is POST to the edge pass_thread_control: for the app that controls the thread, for all while it
// is idle. To the default application where there is none the thread becomes idle, which is an assumption.
//
// Source: Meta, Conversation Routing, 24 Sep 2025.
func (j *judge) passControl(*Call) any {
	psid, owner := j.routed()
	d, target := j.data(), value{"", j.params.values}.at("target_app_id")
	app := d.state.DefaultApp
	if !target.absent() {
		app = target.text()
	}
	switch {
	case !target.absent() && !isID(app):
		j.refuse(wrongKind, target.name, "a numeric string")
	case owner != "" && owner != d.app:
		j.refuseOwner()
	case owner == d.app && app == d.app:
		j.refuse(ownerAlready)
	}
	if j.refused == nil {
		d.setOwner(psid, app, j.now)
		if app == d.app {
			j.passed(psid)
		}
	}
	return succeeded
}

// takeControl is POST to the edge take_thread_control.
func (j *judge) takeControl(*Call) any {
	psid, _ := j.routed()
	d := j.data()
	switch {
	case d.state.DefaultApp == "":
		j.refuse(noDefaultApp)
	case d.state.NoTake:
		j.refuse(mayNotTake)
	}
	if j.refused == nil {
		d.setOwner(psid, d.app, j.now)
	}
	return succeeded
}

// requestControl is POST to the edge request_thread_control. An idle thread is had at once.
func (j *judge) requestControl(*Call) any {
	psid, owner := j.routed()
	d := j.data()
	switch {
	case d.state.DefaultApp != "":
		j.refuse(mayNotRequest)
	case owner == d.app:
		j.refuse(ownerAlready)
	}
	if j.refused == nil && owner == "" {
		d.setOwner(psid, d.app, j.now)
		j.passed(psid)
	}
	return succeeded
}

// releaseControl is POST to the edge release_thread_control.
func (j *judge) releaseControl(*Call) any {
	psid, owner := j.routed()
	j.wantOwner(owner)
	if j.refused == nil {
		j.data().setOwner(psid, "", j.now)
	}
	return succeeded
}

// extendControl is POST to the edge extend_thread_control.
func (j *judge) extendControl(*Call) any {
	psid, owner := j.routed()
	duration := value{"", j.params.values}.at("duration")
	j.require(missingPart, duration)
	seconds, err := strconv.ParseInt(duration.text(), 10, 64)
	if most := int64(extendedMost / time.Second); err != nil || seconds < 1 || seconds > most {
		j.refuse(extendedLong, most)
	}
	j.wantOwner(owner)
	if j.refused == nil {
		d := j.data()
		known := control{app: owner, since: d.edges.control[psid].since}
		known.until = j.now.Add(time.Duration(seconds) * time.Second)
		if d.edges.control == nil {
			d.edges.control = map[string]control{}
		}
		d.edges.control[psid] = known
	}
	return succeeded
}

// wantOwner refuses an app that does not control the thread.
func (j *judge) wantOwner(owner string) {
	if owner != j.data().app {
		j.refuseOwner()
	}
}

func (j *judge) refuseOwner() {
	if j.data().instagram {
		j.refuse(notOwnerIG)
		return
	}
	j.refuse(notOwner)
}

// threadOwner is what the edge thread_owner tells. In which form Meta tells the expiration is not documented:
// here it is a Unix time in seconds.
type threadOwner struct {
	App        string `json:"app_id,omitempty"`
	Expiration int64  `json:"expiration,omitempty"`
}

// readOwner is GET of the edge thread_owner. Which app it is, only that app and the default application see.
//
// Source: Meta, Conversation Routing, 24 Sep 2025.
func (j *judge) readOwner(c *Call) any {
	d, recipient := j.data(), decoded(value{"", j.params.values}.at("recipient"))
	psid := recipient
	if recipient.isObject() {
		psid = recipient.at("id")
	}
	j.require(missingPart, recipient)
	if !recipient.absent() && !isID(psid.text()) {
		j.refuse(recipientNotID)
	}
	c.Recipient = psid.text()
	j.familiar(c.Recipient)
	owner := d.ownerAt(c.Recipient, j.now)
	if owner == "" {
		return listing{Data: []any{}}
	}
	var told threadOwner
	if ends := d.controlEnds(c.Recipient); !ends.IsZero() {
		told.Expiration = ends.Unix()
	}
	if owner == d.app || d.state.DefaultApp == d.app {
		told.App = owner
	}
	return listing{Data: []any{map[string]any{"thread_owner": told}}}
}

// listReceivers is GET of the edge secondary_receivers, a left-over of the Handover Protocol: the default
// application sees the inbox.
//
// Source: Meta, Conversation Routing, 24 Sep 2025; Error Codes, 25 Jun 2026.
func (j *judge) listReceivers(*Call) any {
	d := j.data()
	if d.state.DefaultApp != d.app {
		j.refuse(receiversHidden)
	}
	inbox := map[string]any{"id": pageInbox, "name": "Page Inbox"}
	if d.instagram {
		inbox = map[string]any{"id": instagramInbox, "name": "Instagram Inbox"}
	}
	return j.paged("secondary_receivers", []any{pick(inbox, j.fields("name"))})
}

// featureStatus is GET /me with the field messaging_feature_status.
func (j *judge) featureStatus() any {
	d := j.data()
	return map[string]any{"id": j.page, "messaging_feature_status": map[string]bool{
		"hop_v2": false, "msgr_multi_app": !d.state.RoutingOff && !d.instagram,
		"ig_multi_app": !d.state.RoutingOff && d.instagram,
	}}
}
