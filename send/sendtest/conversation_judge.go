package sendtest

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"time"
)

// conversationRate is how many calls of the Conversations API there may be per second. Source: Meta, Rate
// Limiting, 23 Mar 2026.
const conversationRate = 2

// isoTime is how the Conversations API writes a time. Source: Meta, Conversations, 2026.
const isoTime = "2006-01-02T15:04:05-0700"

// inbox is the folder that all conversations are in. Source: Meta, Conversations, 2026.
const inbox = "inbox"

// talks counts a call of the Conversations API.
func (j *judge) talks() { j.rateOf(conversationsOften, "conversations", conversationRate) }

// listConversations is GET of the edge conversations: the one with the newest message comes first.
//
// Source: Meta, Conversations, 2026.
func (j *judge) listConversations(c *Call) any {
	j.talks()
	call, d := value{"", j.params.values}, j.data()
	who, folder := call.at("user_id"), call.at("folder")
	if !who.absent() && !isID(who.text()) {
		j.refuse(wrongKind, who.name, "a valid ID string")
	}
	c.Recipient = who.text()
	var found []*conversation
	for psid, talk := range d.edges.conversations {
		if (who.absent() || psid == who.text()) && (folder.absent() || folder.word() == inbox) {
			found = append(found, talk)
		}
	}
	slices.SortFunc(found, func(a, b *conversation) int {
		return cmp.Or(b.updated().Compare(a.updated()), cmp.Compare(a.id, b.id))
	})
	var items []any
	for _, talk := range found {
		items = append(items, j.shownConversation(talk))
	}
	return j.paged("conversations", items)
}

// updated returns when the newest message came.
func (c *conversation) updated() time.Time { return c.said[len(c.said)-1].at }

// readConversation is GET of a conversation.
func (j *judge) readConversation(c *Call) any {
	j.talks()
	talk := j.data().conversationOf(j.node)
	c.Recipient = talk.psid
	return j.shownConversation(talk)
}

// listMessages is GET of the edge messages of a conversation: the further pages of its field messages.
func (j *judge) listMessages(c *Call) any {
	j.talks()
	talk := j.data().conversationOf(j.node)
	c.Recipient = talk.psid
	return j.paged("messages", j.shownMessages(talk, j.fields("created_time")))
}

// readMessage is GET of a message.
func (j *judge) readMessage(c *Call) any {
	j.talks()
	talk, newer := j.data().messageOf(j.node)
	c.Recipient = talk.psid
	if newer >= messagesShown {
		j.refuse(messageOld)
		return nil
	}
	return pick(j.shownMessage(talk, talk.newest()[newer]), j.fields("created_time"))
}

// shownConversation returns the fields of a conversation that the call asks for.
func (j *judge) shownConversation(talk *conversation) map[string]any {
	fields, newest := j.fields("updated_time"), talk.newest()
	page, opened := party{j.data().id}, time.Time{}
	if p := j.data().people[talk.psid]; p != nil {
		opened = p.opened
	}
	snippet := []rune(newest[0].text)
	shown := map[string]any{
		"id": talk.id, "updated_time": newest[0].at.UTC().Format(isoTime), "folder": inbox,
		"message_count": talk.count, "unread_count": 0, "snippet": string(snippet[:min(len(snippet), 100)]),
		"can_reply":    j.now.Sub(opened) <= standard,
		"participants": map[string]any{"data": []party{{talk.psid}, page}},
		"senders":      map[string]any{"data": []party{{talk.psid}, page}},
	}
	for _, f := range fields {
		if f.name == "messages" {
			items, query := j.shownMessages(talk, fieldsOf(f.inner)), url.Values{}
			if f.inner != "" {
				query.Set("fields", f.inner)
			}
			length := cmp.Or(f.limit, pageLength)
			query.Set("limit", strconv.Itoa(length))
			shown["messages"] = j.slice(talk.id+"/messages", query, items, 0, min(length, len(items)))
		}
	}
	return pick(shown, fields)
}

// shownMessages returns the messages of a conversation, newest first, with the fields asked for. Of those
// that Meta no longer shows there are only the ID and the time.
func (j *judge) shownMessages(talk *conversation, fields []field) []any {
	if len(fields) == 0 {
		fields = []field{{name: "created_time"}}
	}
	var items []any
	for i, m := range talk.newest() {
		shown := j.shownMessage(talk, m)
		if i >= messagesShown {
			shown = map[string]any{"id": m.mid, "created_time": shown["created_time"]}
		}
		items = append(items, pick(shown, fields))
	}
	return items
}

// shownMessage returns all fields of a message.
func (j *judge) shownMessage(talk *conversation, m said) map[string]any {
	to := talk.psid
	if m.from == talk.psid {
		to = j.data().id
	}
	shown := map[string]any{
		"id": m.mid, "created_time": m.at.UTC().Format(isoTime), "message": m.text,
		"from": party{m.from}, "to": map[string]any{"data": []party{{to}}},
	}
	if len(m.attachments) > 0 {
		shown["attachments"] = map[string]any{"data": m.attachments}
	}
	if m.replied != "" {
		shown["reply_to"] = map[string]string{"mid": m.replied}
	}
	return shown
}

// comment judges a private reply: a comment or a post has one, within seven days, and only if it can be
// replied to at all.
//
// Source: Meta, Private Replies, 2026; Page/messages reference.
func (j *judge) comment(recipient value) {
	id := cmp.Or(recipient.at("comment_id").text(), recipient.at("post_id").text())
	if id == "" {
		return
	}
	d := j.data()
	known, listed := d.state.Comments[id]
	switch {
	case d.edges.answered[id]:
		j.refuse(commentAnswered)
	case !listed:
	case (known.Own || known.Closed) && d.instagram:
		j.refuse(commentClosedIG)
	case known.Own:
		j.refuse(commentOwn)
	case known.Closed:
		j.refuse(commentClosed)
	case !known.Made.IsZero() && j.now.Sub(known.Made) > privateReplies:
		j.refuse(commentLate)
	}
}

// privateReplies is how long after a comment it may be replied to. Source: Meta, Private Replies, 2026.
const privateReplies = 7 * day

// answer remembers that a comment or a post has its private reply. It needs the lock.
func (d *pageData) answer(recipient value) {
	id := cmp.Or(recipient.at("comment_id").text(), recipient.at("post_id").text())
	if id == "" {
		return
	}
	if d.edges.answered == nil {
		d.edges.answered = map[string]bool{}
	}
	d.edges.answered[id] = true
}
