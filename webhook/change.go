package webhook

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/tidwall/gjson"

	"github.com/parleybot/parley/send"
)

// Values of Change.Field, of the more than a hundred that there are.
//
// Source: Meta, Page and Instagram webhook field references, 2 September 2026.
const (
	// FieldFeed is what happens on the Page's wall: posts, comments, reactions. FieldGroupFeed is the same in
	// a group.
	FieldFeed      = "feed"
	FieldGroupFeed = "group_feed"
	// FieldMention is a post or comment that mentions the Page, FieldMentions one that mentions the
	// Instagram account.
	FieldMention  = "mention"
	FieldMentions = "mentions"
	// FieldComments and FieldLiveComments are comments on Instagram, the latter during a broadcast, which is
	// the only time to answer them privately.
	FieldComments      = "comments"
	FieldLiveComments  = "live_comments"
	FieldStoryInsights = "story_insights"
	FieldInboxLabels   = "inbox_labels"
	FieldLeadgen       = "leadgen"
	// FieldTemplateStatus is what became of a utility template in review. One of Meta's pages calls it
	// FieldMessengerTemplateStatus.
	FieldTemplateStatus          = "message_template_status_update"
	FieldMessengerTemplateStatus = "messenger_template_status_update"
	// FieldBusinessIntegrity and FieldMessagingIntegrity are violations of Meta's policies and what follows.
	FieldBusinessIntegrity  = "business_integrity"
	FieldMessagingIntegrity = "messaging_integrity"
	FieldMessageContext     = "message_context"
	// FieldMarketingEchoes and the next five are what became of marketing messages.
	FieldMarketingEchoes         = "marketing_message_echoes"
	FieldMarketingDeliveries     = "marketing_message_deliveries"
	FieldMarketingReads          = "marketing_message_reads"
	FieldMarketingClicks         = "marketing_message_clicks"
	FieldMarketingDeliveryFailed = "marketing_message_delivery_failed"
	FieldMarketingUploadStatus   = "marketing_messages_subscriber_upload_status"
	// FieldCalls and the next two are the Calling API's.
	FieldCalls               = "calls"
	FieldCallPermissionReply = "call_permission_reply"
	FieldCallSettingsUpdate  = "call_settings_update"
)

// Change tells that something of the Page changed that is no messaging: a post or a comment, the status of a
// template, what became of a marketing message. Comments are read by Comment, all else by Decode. It names
// no person that could be written to, so Person is empty; a comment is answered by a private reply to its
// ID.
//
// Source: Meta, Page and Instagram webhook field references, 2 September 2026.
type Change struct {
	Origin
	// Object is the topic of the webhook: page, instagram, or another that the app has subscribed to, as
	// user, in which case Page is no Page's ID. It is empty if the body named none.
	Object string
	// Field says what changed; one of the constants, as [FieldFeed], or another that Meta has.
	Field string
	// Value is what it has changed to, byte for byte: an object for most fields, nil if there is none. For
	// the events of marketing messages, which have no value, it is the object around. It must not be
	// changed.
	Value json.RawMessage
}

// Decode stores Value in the value that into points to, as [json.Unmarshal] does. It fails if there is no
// value, or if it does not fit.
func (c *Change) Decode(into any) error {
	if len(c.Value) == 0 {
		return fmt.Errorf("webhook: decode change of %q: %w", c.Field, errNoValue)
	}
	if err := json.Unmarshal(c.Value, into); err != nil {
		return fmt.Errorf("webhook: decode change of %q: %w", c.Field, err)
	}
	return nil
}

var errNoValue = errors.New("it has no value")

// Values of Comment.Verb, of those that Meta names for [FieldFeed].
//
// Source: Meta, Page webhook field reference, 2 September 2026.
const (
	VerbAdd    = "add"
	VerbEdited = "edited"
	VerbRemove = "remove"
	VerbHide   = "hide"
	VerbUnhide = "unhide"
)

// Comment is a comment on a post of the Page or on media of the Instagram account. Fields that Meta left out
// are empty.
//
// Source: Meta, Page and Instagram webhook field references, 2 September 2026; Instagram private replies,
// 2026.
type Comment struct {
	// ID is the comment, for a private reply: one message, within seven days.
	ID string
	// PostID is the post of the Page, MediaID the media on Instagram that the comment is on.
	PostID, MediaID string
	// ParentID is what the comment answers: another comment, or on a Page the post itself.
	ParentID string
	// MediaType is AD, FEED, STORY or REELS. Instagram only.
	MediaType string
	// AdID and AdTitle are the ad that shows the media, and OriginalMediaID the media that the ad was made
	// of. Instagram only.
	AdID, AdTitle, OriginalMediaID string
	// Text is what was written.
	Text string
	// FromID and FromName are who wrote it. The ID is not the one that messages go to.
	FromID, FromName string
	// Own is true if the Page or the account wrote it itself: answering it would never end.
	Own bool
	// Verb is what happened to the comment; one of the constants, as [VerbAdd], or another that Meta has. It
	// is empty on Instagram, where only new comments are told.
	Verb string
	// Time is when the comment was written, in UTC, else the event's own time.
	Time time.Time
}

// Comment returns the comment that c tells of, and whether it tells of one: a comment in the feed of a Page
// or a group, or one that mentions the Page; on Instagram one of [FieldComments] or [FieldLiveComments]. A
// comment that was edited, hidden or removed is one too; see Comment.Verb. For a comment on an ad Meta may
// send two events.
func (c *Change) Comment() (Comment, bool) {
	if !knownObject(c.Object) {
		return Comment{}, false
	}
	value := gjson.Parse(inPlace(c.Value))
	if !value.IsObject() {
		return Comment{}, false
	}
	comment := Comment{Time: c.Time}
	if c.Channel == send.Instagram {
		if !instagramComment(c.Field) {
			return Comment{}, false
		}
		comment.readInstagram(value)
	} else if item := comment.readPage(value); item != "comment" {
		return Comment{}, false
	}
	comment.Own = comment.FromID != "" && comment.FromID == c.Page
	return comment, true
}

// Kind returns "change".
func (*Change) Kind() string { return "change" }

func (*Change) event() {}
