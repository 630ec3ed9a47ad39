package bottest

import (
	"encoding/json"
	"fmt"

	"github.com/parleybot/parley/send/sendtest"
)

// Comment makes the person comment on a post of the Page: the bot hears of it by a *webhook.Change, and a
// private reply to it is a message to the person. It does not open their messaging window.
//
// Source: Meta, Page webhook field reference, feed, 2 September 2026.
func (c *Chat) Comment(text string) {
	c.t.Helper()
	c.apart("Comment")
	c.note(commentLine(text))
	c.events++
	id := fmt.Sprintf("%s_%d", PageID, c.events)
	c.mu.Lock()
	if c.comments == nil {
		c.comments = make(map[string]string)
	}
	c.comments[id] = c.who.psid
	c.mu.Unlock()
	post := PageID + "_100"
	c.change(map[string]any{"field": "feed", "value": map[string]any{
		"from": map[string]any{"id": c.who.psid, "name": "A person"}, "item": "comment", "verb": "add",
		"comment_id": id, "post_id": post, "parent_id": post, "message": text,
		"created_time": c.clock().Unix(),
	}})
}

// change delivers an element of changes.
func (c *Chat) change(item map[string]any) {
	c.t.Helper()
	body, err := json.Marshal(map[string]any{"object": "page", "entry": []any{map[string]any{
		"id": PageID, "time": c.clock().Unix(), "changes": []any{item},
	}}})
	if err != nil {
		c.t.Fatalf("bottest: the change is not JSON: %v", err)
	}
	c.who.body = body
	c.post(body)
}

// named returns the PSID that a call is for: that of its recipient, also where it names them by a comment.
func (s *stage) named(call sendtest.Call) string {
	if call.Recipient != "" {
		return call.Recipient
	}
	var params struct {
		Recipient struct {
			CommentID string `json:"comment_id"`
		} `json:"recipient"`
	}
	_ = json.Unmarshal(call.Params, &params) // what it is not told, it does not know
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.comments[params.Recipient.CommentID]
}
