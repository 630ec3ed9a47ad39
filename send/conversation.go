package send

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"iter"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// conversationRate is how many calls of the Conversations API Meta takes per second and Page, or Instagram
// account.
//
// Source: Meta, Rate Limiting, 23 March 2026.
const conversationRate = 2

// codeGone is the code of a message that Meta does not show: it was deleted, or is not among the newest 20 of
// its conversation.
//
// Source: Meta, Messenger Platform error codes, 25 June 2026; Conversations API, 11 February 2026.
const codeGone = 9000001

// Conversation is all that a person and the Page have said to each other, as the Page's inbox shows it.
//
// Source: Meta, Conversations API, 11 February 2026; Meta's machine-readable specification of the Graph API,
// 2026 (UnifiedThread). What Meta leaves out of an answer is the zero value.
type Conversation struct {
	// ID is opaque, such as "t_123…".
	ID string
	// Updated is the time of the newest message, whoever sent it.
	Updated time.Time
	// Participants are the person and the Page.
	Participants []Participant
	// Messages counts all messages, Unread those that nobody has read in the Page's inbox. Messenger only.
	Messages, Unread int
	// CanReply reports whether the Page may answer. Messenger only.
	CanReply bool
	// Snippet is the beginning of the newest message: words of a person, to be kept out of logs. Messenger
	// only.
	Snippet string
}

// Participant is one side of a conversation: a person, or the Page itself.
type Participant struct {
	// ID is the PSID of a person, or the ID of the Page or the Instagram account.
	ID string
	// Name is shown on Messenger, Username on Instagram.
	Name, Username string
}

// ConversationQuery narrows [Client.Conversations]. The zero value is all of them.
type ConversationQuery struct {
	// Person is the one whose conversation is looked for.
	Person PSID
	// Folder is the inbox to look in.
	//
	// Defaults to the one that Meta chooses.
	Folder Folder
}

// PastMessage is a message that was sent or received earlier.
//
// Source: Meta, Conversations API, 11 February 2026.
type PastMessage struct {
	// ID is the mid.
	ID string
	// Time is when it was sent, to the second.
	Time time.Time
	// From is who sent it, To who got it.
	From Participant
	To   []Participant
	// Text is what was said: words of a person, to be kept out of logs.
	Text string
	// Attachments are what came with it.
	Attachments []PastAttachment
	// ReplyTo is the mid of the message that this one answers; empty if it answers none.
	ReplyTo string
	// Gone is set if Meta no longer shows the message, so that only ID and Time are known: somebody deleted
	// it, or it is not among the newest 20 of its conversation.
	Gone bool
}

// PastAttachment is an attachment of a [PastMessage]. Meta documents few of its fields.
type PastAttachment struct {
	// MIMEType is such as "image/jpeg", Name the name of the file, Size its length in bytes.
	MIMEType, Name string
	Size           int64
	// URL is where the medium is, for as long as Meta keeps it there.
	URL string
	// Raw is all that Meta says of it, as JSON.
	Raw json.RawMessage
}

// Conversations yields the Page's conversations, the one with the newest message first. Each page of the list
// is a call, made when the one before is consumed. A feature of both channels.
//
// Like every call of the Conversations API it waits for its turn: Meta takes two of them per second. Messages
// that the Client sends meanwhile do not wait for it. See the section on conversations in the package
// documentation. Its errors are those of [Client.Graph]; the first ends the list.
//
// Source: Meta, Conversations API, 11 February 2026.
func (c *Client) Conversations(ctx context.Context, q ConversationQuery) iter.Seq2[Conversation, error] {
	params := c.conversationQuery(q, c.conversationFields())
	return list(ctx, c.getPast, conversationsPath, params, (*wireConversation).conversation)
}

// Conversation returns one conversation by its ID. Its errors are those of [Client.Graph], and a
// [*FieldError] for an empty ID.
//
// Source: Meta, Conversations API, 11 February 2026.
func (c *Client) Conversation(ctx context.Context, id string) (Conversation, error) {
	var w wireConversation
	if err := c.readNode(ctx, "conversation", id, c.conversationFields(), &w); err != nil {
		return Conversation{}, err
	}
	return w.conversation(), nil
}

// ConversationMessages yields the newest messages of a conversation, the newest first: 20 at most, because
// Meta shows no others. What it lists and does not show is yielded with Gone set, and is no error. It is one
// call, and one more for each message that the first did not show. Its errors are those of
// [Client.Conversation]; the first ends the list.
//
// Source: Meta, Conversations API, 11 February 2026; Graph API, Field Expansion, 2026.
func (c *Client) ConversationMessages(ctx context.Context, id string) iter.Seq2[PastMessage, error] {
	return func(yield func(PastMessage, error) bool) {
		var w wireConversation
		if err := c.readNode(ctx, "conversation", id, newest+"{"+messageFields+"}", &w); err != nil {
			yield(PastMessage{}, err)
			return
		}
		for _, listed := range w.Messages.Data {
			m, err := c.shown(ctx, listed)
			if !yield(m, err) || err != nil {
				return
			}
		}
	}
}

// PastMessage returns one message by its mid. Its errors are those of [Client.Graph], and a [*FieldError] for
// an empty mid; a message that Meta no longer shows is an [*Error] with code 9000001.
//
// Source: Meta, Conversations API, 11 February 2026.
func (c *Client) PastMessage(ctx context.Context, mid string) (PastMessage, error) {
	var w wireMessage
	if err := c.readNode(ctx, "mid", mid, messageFields, &w); err != nil {
		return PastMessage{}, err
	}
	return w.message(), nil
}

// LastInbound returns when the person's newest message came, as far as Meta tells: it looks among the newest
// 20 of the conversation. It is the zero time if none is among them, or if there is no conversation. It is
// one call as a rule, and as slow as all of the Conversations API: ask for a person whose window you have
// lost, not before each message.
//
// A tap or a reaction opens the messaging window as a message does, but is not told here: the window may have
// been opened later than LastInbound says. Its errors are those of [Client.Graph].
//
// Source: Meta, Conversations API, 11 February 2026; Graph API, Field Expansion, 2026.
func (c *Client) LastInbound(ctx context.Context, psid PSID) (time.Time, error) {
	if psid == "" {
		return time.Time{}, &FieldError{Field: "user_id", Problem: "missing"}
	}
	var answer struct {
		Data []wireConversation `json:"data"`
	}
	params := c.conversationQuery(ConversationQuery{Person: psid}, newest+"{id,created_time,from}")
	if err := c.getPast(ctx, conversationsPath, params, &answer); err != nil {
		return time.Time{}, err
	}
	var listed []wireMessage
	for _, w := range answer.Data {
		listed = append(listed, w.Messages.Data...)
	}
	slices.SortStableFunc(listed, func(a, b wireMessage) int {
		return b.Created.time().Compare(a.Created.time())
	})
	for _, w := range listed {
		m, err := c.shown(ctx, w)
		if err != nil {
			return time.Time{}, err
		}
		if m.From.ID == string(psid) {
			return m.Time, nil
		}
	}
	return time.Time{}, nil
}

// shown returns a message of a list. One that the list does not show, because it is too old, deleted, or
// because Meta listed no more than its ID, is asked for by itself.
func (c *Client) shown(ctx context.Context, listed wireMessage) (PastMessage, error) {
	if listed.From.ID != "" {
		return listed.message(), nil
	}
	m, err := c.PastMessage(ctx, string(listed.ID))
	if refused, ok := errors.AsType[*Error](err); ok && refused.Code == codeGone {
		gone := listed.message()
		gone.Gone = true
		return gone, nil
	}
	return m, err
}

// readNode reads fields of what has an ID.
func (c *Client) readNode(ctx context.Context, what, id, fields string, result any) error {
	if err := wantNode(what, id); err != nil {
		return err
	}
	return c.getPast(ctx, id, map[string]any{"fields": fields}, result)
}

// newest asks for as many messages of a conversation as Meta shows; messageFields are the fields of one.
//
// Source: Meta, Conversations API, 11 February 2026; Graph API, Field Expansion, 2026.
const (
	newest        = "messages.limit(20)"
	messageFields = "id,created_time,from,to,message,attachments,reply_to"
)

// conversationFields are the fields of a conversation; Instagram has few of them.
func (c *Client) conversationFields() string {
	const both = "id,updated_time,participants"
	if c.cfg.Channel == Instagram {
		return both
	}
	return both + ",message_count,unread_count,can_reply,snippet"
}

// conversationQuery returns the parameters of the edge conversations.
func (c *Client) conversationQuery(q ConversationQuery, fields string) map[string]any {
	params := map[string]any{"platform": c.cfg.Channel.String(), "fields": fields}
	if q.Person != "" {
		params["user_id"] = string(q.Person)
	}
	if q.Folder != "" {
		params["folder"] = string(q.Folder)
	}
	return params
}

// wireConversation is a conversation on the wire.
type wireConversation struct {
	ID           nodeID                `json:"id"`
	Updated      wireTime              `json:"updated_time"`
	Participants wireList[participant] `json:"participants"`
	MessageCount int                   `json:"message_count"`
	UnreadCount  int                   `json:"unread_count"`
	CanReply     bool                  `json:"can_reply"`
	Snippet      string                `json:"snippet"`
	Messages     wireList[wireMessage] `json:"messages"`
}

// wireMessage is a message on the wire.
type wireMessage struct {
	ID          nodeID                    `json:"id"`
	Created     wireTime                  `json:"created_time"`
	From        participant               `json:"from"`
	To          wireList[participant]     `json:"to"`
	Text        string                    `json:"message"`
	Attachments wireList[json.RawMessage] `json:"attachments"`
	ReplyTo     struct {
		MID nodeID `json:"mid"`
		ID  nodeID `json:"id"`
	} `json:"reply_to"`
}

// wireList is how Graph nests a list.
type wireList[T any] struct {
	Data []T `json:"data"`
}

// participant is a [Participant] on the wire.
type participant struct {
	ID       nodeID `json:"id"`
	Name     string `json:"name"`
	Username string `json:"username"`
}

func (w *wireConversation) conversation() Conversation {
	return Conversation{
		ID: string(w.ID), Updated: w.Updated.time(), Participants: participants(w.Participants),
		Messages: w.MessageCount, Unread: w.UnreadCount, CanReply: w.CanReply, Snippet: w.Snippet,
	}
}

func (w *wireMessage) message() PastMessage {
	m := PastMessage{
		ID: string(w.ID), Time: w.Created.time(), From: w.From.participant(), To: participants(w.To),
		Text: w.Text, ReplyTo: string(cmp.Or(w.ReplyTo.MID, w.ReplyTo.ID)),
	}
	for _, raw := range w.Attachments.Data {
		m.Attachments = append(m.Attachments, pastAttachment(raw))
	}
	return m
}

func (p participant) participant() Participant {
	return Participant{ID: string(p.ID), Name: p.Name, Username: p.Username}
}

func participants(listed wireList[participant]) []Participant {
	var all []Participant
	for _, p := range listed.Data {
		all = append(all, p.participant())
	}
	return all
}

// pastAttachment reads what is known of an attachment.
func pastAttachment(raw json.RawMessage) PastAttachment {
	type medium struct {
		URL string `json:"url"`
	}
	var w struct {
		MIMEType string `json:"mime_type"`
		Name     string `json:"name"`
		Size     int64  `json:"size"`
		FileURL  string `json:"file_url"`
		Image    medium `json:"image_data"`
		Video    medium `json:"video_data"`
	}
	a := PastAttachment{Raw: raw}
	if decode(raw, &w) != nil {
		return a
	}
	a.MIMEType, a.Name, a.Size = w.MIMEType, w.Name, w.Size
	a.URL = cmp.Or(w.Image.URL, w.Video.URL, w.FileURL)
	return a
}

// wireTime is a time that Graph writes as text, or as the seconds or milliseconds since 1970, those as number
// or text.
type wireTime struct{ at time.Time }

// UnmarshalJSON decodes any of them; what is none is left out.
func (t *wireTime) UnmarshalJSON(data []byte) error {
	text := unquoted(data)
	if n, err := strconv.ParseInt(text, 10, 64); err == nil && n > 0 {
		const firstMillisecond = 100_000_000_000 // in seconds, the year 5138
		if n < firstMillisecond {
			n *= 1000
		}
		t.at = time.UnixMilli(n).UTC()
		return nil
	}
	for _, layout := range [...]string{"2006-01-02T15:04:05-0700", time.RFC3339} {
		if at, err := time.Parse(layout, text); err == nil {
			t.at = at.UTC()
			return nil
		}
	}
	return nil
}

func (t wireTime) time() time.Time { return t.at }

// The edge of the conversations, and where it is for the Page.
const (
	conversationsEdge = "conversations"
	conversationsPath = "me/" + conversationsEdge
)

// getPast reads an edge or a node of the Conversations API, whose limit it heeds.
func (c *Client) getPast(ctx context.Context, path string, params map[string]any, result any) error {
	return c.pass(ctx, &Outgoing{
		Method: http.MethodGet, Path: path, Params: params, result: result, past: true,
	})
}
