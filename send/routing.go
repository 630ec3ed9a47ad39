package send

import (
	"context"
	"iter"
	"net/http"
	"time"
)

// The IDs of Meta's own apps that may own a thread. An inbox owns it while a human answers there.
//
// Source: Meta, Conversation Routing, 24 September 2025, and Instagram Handover, 2026. One of Meta's pages
// prints PageInbox with a digit less.
const (
	PageInbox      = "263902037430900"  // the inbox of a Page
	InstagramInbox = "1217981644879628" // the inbox of an Instagram account
	LeadAds        = "413038776280800"  // the questions of a lead ad
)

// longestExtension is how long an app may keep a thread at most without a word of the person.
//
// Source: Meta, Conversation Routing, 24 September 2025.
const longestExtension = 7 * 24 * time.Hour

// PassThread gives the thread with a person to another app; app is its ID, such as [PageInbox], and "" the
// Page's default app. The app that owns the thread may do so, and any app if nobody owns it. Metadata tells
// the other app why; it may be empty. From then on Meta refuses messages of this app with 10/2018300, on
// Instagram with 100/2534037, and sends it standby copies of what the person does.
//
// Its errors are those of [Client.Graph]. After [ErrUnsure] ask [Client.ThreadOwner] before another try: to
// pass a thread that one has no more is refused.
//
// Source: Meta, Conversation Routing, 24 September 2025.
func (c *Client) PassThread(ctx context.Context, psid PSID, app, metadata string) error {
	params := noted(metadata)
	if app != "" {
		params["target_app_id"] = app
	}
	return c.control(ctx, "pass_thread_control", psid, params)
}

// TakeThread takes the thread with a person from the app that owns it, which hears of it with the metadata.
// It needs that the Page has set a default app, and allows this one to take control. Errors are those of
// [Client.Graph]; after [ErrUnsure] it does no harm to take it again.
//
// Source: Meta, Conversation Routing, 24 September 2025.
func (c *Client) TakeThread(ctx context.Context, psid PSID, metadata string) error {
	return c.control(ctx, "take_thread_control", psid, noted(metadata))
}

// RequestThread asks the app that owns the thread with a person to pass it on; a thread that nobody owns
// comes at once. Either is told by a webhook of the field messaging_handovers, on Instagram
// messaging_handover. Meta takes it only while the Page has no default app, and not from the owner. Errors
// are those of [Client.Graph]; after [ErrUnsure] the owner may be asked twice.
//
// Source: Meta, Conversation Routing, 24 September 2025.
func (c *Client) RequestThread(ctx context.Context, psid PSID, metadata string) error {
	return c.control(ctx, "request_thread_control", psid, noted(metadata))
}

// ReleaseThread gives the thread with a person back to nobody, so that the Page's default app answers again.
// Only the owner may; no webhook tells of it. Errors are those of [Client.Graph]. After [ErrUnsure] ask
// [Client.ThreadOwner] before another try: to release a thread that one has no more is refused.
//
// Source: Meta, Conversation Routing, 24 September 2025.
func (c *Client) ReleaseThread(ctx context.Context, psid PSID) error {
	return c.control(ctx, "release_thread_control", psid, noted(""))
}

// ExtendThread keeps the thread with a person for d, in whole seconds, from one second to seven days; else it
// ends 24 hours after their last message. Only the owner may. Errors are those of [Client.Graph]; after
// [ErrUnsure] it does no harm to extend again.
//
// Source: Meta, Conversation Routing, 24 September 2025.
func (c *Client) ExtendThread(ctx context.Context, psid PSID, d time.Duration) error {
	if d < time.Second || d > longestExtension {
		return &FieldError{
			Field: "duration", Problem: "want from one second to seven days, got " + d.String(),
		}
	}
	return c.control(ctx, "extend_thread_control", psid, map[string]any{"duration": int64(d / time.Second)})
}

// noted returns parameters with metadata, if there is any.
func noted(metadata string) map[string]any {
	params := make(map[string]any)
	if metadata != "" {
		params["metadata"] = metadata
	}
	return params
}

// control changes who owns a thread.
func (c *Client) control(ctx context.Context, edge string, psid PSID, params map[string]any) error {
	if psid == "" {
		return errNoPerson()
	}
	params["recipient"] = Person(psid)
	return c.do(ctx, http.MethodPost, "me/"+edge, params)
}

func errNoPerson() error {
	return &FieldError{Field: "recipient", Problem: "empty: want the PSID of the person"}
}

// ThreadOwner is the app that owns a thread. The zero value is that of a thread that nobody owns.
//
// Source: Meta, Conversation Routing, 24 September 2025.
type ThreadOwner struct {
	// App is the ID of the app. Meta tells it to the owner and to the default app only: to every other app it
	// is empty, and Expires tells that there is an owner.
	App string
	// Expires is when its control ends by itself. It is zero if Meta does not say.
	Expires time.Time
}

// Idle reports whether nobody owns the thread.
func (o ThreadOwner) Idle() bool { return o == ThreadOwner{} }

// ThreadOwner asks who owns the thread with a person. Its errors are those of [Client.Graph], without
// [ErrUnsure].
//
// Source: Meta, Conversation Routing, 24 September 2025. Meta does not say in which form the time comes: it
// is read as seconds or milliseconds since 1970, number or text, or as a date such as Meta writes elsewhere;
// any other form as unknown.
func (c *Client) ThreadOwner(ctx context.Context, psid PSID) (ThreadOwner, error) {
	if psid == "" {
		return ThreadOwner{}, errNoPerson()
	}
	var answer struct {
		Data []struct {
			Owner struct {
				App     nodeID   `json:"app_id"`
				Expires wireTime `json:"expiration"`
			} `json:"thread_owner"`
		} `json:"data"`
	}
	params := map[string]any{"recipient": string(psid)}
	if err := c.Graph(ctx, http.MethodGet, "me/thread_owner", params, &answer); err != nil {
		return ThreadOwner{}, err
	}
	if len(answer.Data) == 0 {
		return ThreadOwner{}, nil
	}
	found := answer.Data[0].Owner
	if found.App == "0" {
		found.App = "" // no app has this ID
	}
	return ThreadOwner{App: string(found.App), Expires: found.Expires.time()}, nil
}

// RoutingStatus says which kinds of conversation routing a Page has, in Meta's words.
//
// Source: Meta, Conversation Routing, 24 September 2025.
type RoutingStatus struct {
	// Messenger and Instagram say whether several apps may share the threads of the channel.
	Messenger bool `json:"msgr_multi_app"`
	Instagram bool `json:"ig_multi_app"`
	// Handover says whether the Page has the second version of the Handover Protocol, which conversation
	// routing has replaced.
	Handover bool `json:"hop_v2"`
}

// RoutingStatus asks which kinds of conversation routing the Page has. Its errors are those of
// [Client.Graph], without [ErrUnsure].
func (c *Client) RoutingStatus(ctx context.Context) (RoutingStatus, error) {
	var answer struct {
		Status RoutingStatus `json:"messaging_feature_status"`
	}
	params := map[string]any{"fields": "messaging_feature_status"}
	err := c.Graph(ctx, http.MethodGet, "me", params, &answer)
	return answer.Status, err
}

// Receiver is an app that a thread can be passed to.
type Receiver struct{ ID, Name string }

// SecondaryReceivers lists the apps that a thread can be passed to. Meta answers the primary receiver alone,
// others with 100/2018171. The errors are those of [Client.Graph], without [ErrUnsure]; the first ends the
// list.
//
// Deprecated: roles are a left-over of the Handover Protocol, from which Meta moved all Pages to conversation
// routing, Instagram's from 23 October 2025 on. [Client.PassThread] needs no list: "" is the default app, and
// [PageInbox] and [InstagramInbox] are the inboxes.
func (c *Client) SecondaryReceivers(ctx context.Context) iter.Seq2[Receiver, error] {
	type receiver struct {
		ID   nodeID `json:"id"`
		Name string `json:"name"`
	}
	params := c.platform(map[string]any{"fields": "id,name"})
	return list(ctx, c.get, "me/secondary_receivers", params, func(r *receiver) Receiver {
		return Receiver{ID: string(r.ID), Name: r.Name}
	})
}
