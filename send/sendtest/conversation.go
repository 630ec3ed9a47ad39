package sendtest

import (
	"slices"
	"strings"
	"time"
)

// What is kept of a conversation: Meta shows its newest messages only. Source: Meta, Conversations, 2026.
const (
	messagesShown = 20
	messagesKept  = 100 // the older ones by ID and time
)

// conversation is what a person and the Page have said to each other.
type conversation struct {
	id, psid string
	said     []said // oldest first, the newest messagesKept
	count    int    // of all there were
}

// said is one message of a conversation. Of those that Meta no longer shows only mid and at are used.
type said struct {
	mid, from, text, replied string
	at                       time.Time
	attachments              []any
}

// Say says that a person has sent a text at a time, and returns its mid: it stands in the conversation that
// the edge conversations shows, it can be replied to, and it opens the messaging window as Acted does.
// Nothing of it comes to OnEvent: the test sends the webhook itself.
func (g *Graph) Say(psid, text string, at time.Time) string { return g.Account("").Say(psid, text, at) }

// Say says that a person has sent a text; see [Graph.Say].
func (a Account) Say(psid, text string, at time.Time) string {
	a.Acted(psid, at)
	g, d := a.graph, a.data
	g.mu.Lock()
	defer g.mu.Unlock()
	g.mids++
	mid := g.mid(d)
	d.converse(psid, said{mid: mid, from: psid, text: text, at: at})
	if d.state.Mids != nil {
		d.state.Mids[mid] = psid
	}
	return mid
}

// converse adds a message to the conversation with a person. It needs the lock.
func (d *pageData) converse(psid string, m said) {
	if psid == "" {
		return
	}
	if d.edges.conversations == nil {
		d.edges.conversations = map[string]*conversation{}
	}
	c := d.edges.conversations[psid]
	if c == nil {
		c = &conversation{id: "t_" + opaque("conversation", d.id+" "+psid, 0, 40), psid: psid}
		d.edges.conversations[psid] = c
	}
	i := len(c.said)
	for i > 0 && c.said[i-1].at.After(m.at) {
		i--
	}
	c.said = slices.Insert(c.said, i, m)
	c.count++
	if len(c.said) > messagesKept {
		c.said = slices.Delete(c.said, 0, 1)
	}
	if old := len(c.said) - messagesShown - 1; old >= 0 {
		c.said[old] = said{mid: c.said[old].mid, at: c.said[old].at}
	}
}

// remember adds a message that was sent to the conversation with its person. It needs the lock.
func (d *pageData) remember(message value, replied, psid string, c *Call) {
	m := said{mid: c.MessageID, from: d.id, replied: replied, at: c.Time}
	m.text = message.at("text").text() + message.at("dynamic_text").at("text").text()
	for _, a := range append(message.at("attachments").items(), message.at("attachment")) {
		if kind := a.at("type").word(); a.isObject() && kind != "template" {
			m.attachments = append(m.attachments, shownFile(kind, d.echoOf(a, c)))
		}
	}
	d.converse(psid, m)
}

// shownFile returns an attachment as the Conversations API shows it. Meta documents few of its fields: these
// are the ones that other clients read.
func shownFile(kind string, echo any) map[string]any {
	address := value{"", echo}.at("payload").at("url").text()
	switch kind {
	case "image":
		return map[string]any{"mime_type": "image/jpeg", "image_data": map[string]any{"url": address}}
	case "video":
		return map[string]any{"mime_type": "video/mp4", "video_data": map[string]any{"url": address}}
	}
	return map[string]any{"mime_type": "application/octet-stream", "file_url": address}
}

// newest returns the messages, newest first.
func (c *conversation) newest() []said {
	all := slices.Clone(c.said)
	slices.Reverse(all)
	return all
}

// conversationOf returns the conversation of an ID, nil if there is none. It needs the lock.
func (d *pageData) conversationOf(id string) *conversation {
	for _, c := range d.edges.conversations {
		if c.id == id {
			return c
		}
	}
	return nil
}

// messageOf returns the message of a mid, in which conversation it stands, and how many are newer. It needs
// the lock.
func (d *pageData) messageOf(mid string) (*conversation, int) {
	for _, c := range d.edges.conversations {
		for i := range c.said {
			if c.said[i].mid == mid {
				return c, len(c.said) - 1 - i
			}
		}
	}
	return nil, 0
}

// spoken returns what kind of thing of a conversation an ID stands for.
func (d *pageData) spoken(id string) nodeKind {
	if strings.HasPrefix(id, "t_") {
		if d.conversationOf(id) != nil {
			return conversationNodes
		}
		return unknownNode
	}
	if c, _ := d.messageOf(id); c != nil {
		return messageNodes
	}
	return unknownNode
}
