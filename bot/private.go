package bot

import (
	"bytes"
	"encoding/json"
	"slices"

	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/webhook"
)

// PrivateReply answers the comment, or the visitor's post, that the event is about, in a message to its
// author: one for each comment or post, within seven days, and on a live video of Instagram only during the
// broadcast. The messaging window opens when the author answers. It returns [ErrNoRecipient] for every other
// event, for what the Page itself wrote, and for what was removed; else its errors are those of
// [Thread.Deliver]. [Thread.To] with [send.Comment] or [send.Post] answers with all that a Thread has.
//
// Source: Meta, Private Replies, 2026.
func (c *Context) PrivateReply(m send.Message) error {
	change, ok := c.event.(*webhook.Change)
	if !ok {
		return ErrNoRecipient
	}
	return c.To(remarked(change)).Send(m)
}

// remarked returns who is answered in private for a change, nobody if it is no comment or visitor's post that
// can be.
func remarked(change *webhook.Change) send.Recipient {
	comment, ok := change.Comment()
	switch {
	case !ok:
		return posted(change)
	case comment.Own, comment.Verb == webhook.VerbRemove:
		return send.Recipient{}
	}
	return send.Comment(comment.ID)
}

// postItems are what the field feed calls the posts of visitors.
//
// Source: Meta, Page webhook field reference, 2 September 2026.
var postItems = []string{"post", "status", "photo", "video", "share", "link", "note", "album"}

// posted returns the recipient for a change that is a visitor's post, else nobody.
func posted(change *webhook.Change) send.Recipient {
	var post struct {
		Item   string `json:"item"`
		Verb   string `json:"verb"`
		PostID string `json:"post_id"`
		From   struct {
			ID json.RawMessage `json:"id"`
		} `json:"from"`
		Sender json.RawMessage `json:"sender_id"` // who it is from, in old webhooks
	}
	isPost := change.Field == webhook.FieldFeed && change.Decode(&post) == nil &&
		slices.Contains(postItems, post.Item)
	own := slices.ContainsFunc([]json.RawMessage{post.From.ID, post.Sender}, func(id json.RawMessage) bool {
		return string(bytes.Trim(id, `"`)) == change.Page // IDs come as strings and as numbers
	})
	if !isPost || own || post.Verb == webhook.VerbRemove {
		return send.Recipient{}
	}
	return send.Post(post.PostID)
}
