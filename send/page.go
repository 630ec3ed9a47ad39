package send

import (
	"context"
	"errors"
)

// PageID asks Meta for the ID of the Page that the token belongs to, with a token of Instagram Login for
// that of the Instagram professional account: its user_id, which webhooks call it by, or its id if the
// answer has no other. Its errors are those of [Client.Send], without [ErrUnsure].
//
// Source: Meta, Graph API overview, 2026: "me" with a Page token means that Page. For Instagram Login no
// answer is documented for certain: both names are read, alone or in a list called data.
func (c *Client) PageID(ctx context.Context) (string, error) {
	type ids struct {
		ID   nodeID `json:"id"`
		User nodeID `json:"user_id"`
	}
	var page struct {
		ids
		Data []ids `json:"data"`
	}
	asked := &call{request: c.me, nature: reading, timeout: DefaultTimeout, result: &page}
	if err := c.exchange(ctx, asked); err != nil {
		return "", err
	}
	found := page.ids
	if len(page.Data) > 0 && found == (ids{}) {
		found = page.Data[0]
	}
	if c.cfg.InstagramLogin && found.User != "" {
		return string(found.User), nil
	}
	if found.ID == "" {
		return "", errors.New("send: the Graph API answered without the Page's id")
	}
	return string(found.ID), nil
}
