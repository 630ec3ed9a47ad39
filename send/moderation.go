package send

import (
	"context"
	"errors"
	"net/http"
	"slices"
)

// Moderation is what [Client.Moderate] does with people.
type Moderation string

// The moderations that Meta has. Instagram has BlockPerson, UnblockPerson and MoveToSpam only.
//
// Source: Meta, Page/moderate_conversations reference, 2026.
const (
	// BlockPerson keeps people from writing to the Page.
	BlockPerson Moderation = "BLOCK_USER"
	// UnblockPerson ends BlockPerson.
	UnblockPerson Moderation = "UNBLOCK_USER"
	// BanPerson keeps people from the whole Page.
	BanPerson Moderation = "BAN_USER"
	// UnbanPerson ends BanPerson.
	UnbanPerson Moderation = "UNBAN_USER"
	// MoveToSpam moves the threads of people to the spam folder of the Page's inbox.
	MoveToSpam Moderation = "MOVE_TO_SPAM"
)

// What one call takes.
//
// Source: Meta, Page/moderate_conversations reference, 2026.
const (
	maxModerated   = 10
	maxModerations = 2
)

// Moderate does one or two things with 1 to 10 people: blocks them, say, and moves their threads to spam. Its
// errors are those of [Client.Graph], and [*FieldError]s for too many people or actions and for what
// Instagram does not have. After [ErrUnsure] it may be called again.
//
// Source: Meta, Page/moderate_conversations reference, 2026.
func (c *Client) Moderate(ctx context.Context, people []PSID, actions ...Moderation) error {
	r := new(report)
	r.count("user_ids", len(people), 1, maxModerated)
	r.count("actions", len(actions), 1, maxModerations)
	if c.cfg.Channel == Instagram && slices.ContainsFunc(actions, Moderation.messengerOnly) {
		r.add("actions", "Instagram has BLOCK_USER, MOVE_TO_SPAM and UNBLOCK_USER only")
	}
	ids := make([]map[string]PSID, len(people))
	for i, psid := range people {
		r.enter("user_ids", i)
		r.want("id", string(psid))
		r.leave()
		ids[i] = map[string]PSID{"id": psid}
	}
	if err := errors.Join(r.errs...); err != nil {
		return err
	}
	params := map[string]any{"user_ids": ids, "actions": actions}
	return c.do(ctx, http.MethodPost, "me/moderate_conversations", params)
}

// messengerOnly reports whether Instagram does not have m.
func (m Moderation) messengerOnly() bool { return m == BanPerson || m == UnbanPerson }
