package send

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"strings"
)

// subscribedApps is the edge of the apps that get the webhooks of a Page.
const subscribedApps = "me/subscribed_apps"

// Subscription is an app that gets webhooks of the Page, or of the Instagram account.
//
// Source: Meta, Page/subscribed_apps reference, 2026.
type Subscription struct {
	// App is the app's ID; Name, Category and Link are what Meta shows of it.
	App, Name, Category, Link string
	// Fields are the webhook fields that it gets, such as "messages".
	Fields []string
}

// subscriptionNode is a subscription on the wire.
type subscriptionNode struct {
	ID       nodeID   `json:"id"`
	Name     string   `json:"name"`
	Category string   `json:"category"`
	Link     string   `json:"link"`
	Fields   []string `json:"subscribed_fields"`
}

// misspelled are names of webhook fields that Meta's pages print, with those that its API takes.
//
// Source: Meta, Page webhook field reference, 2 September 2026, and Page/subscribed_apps reference, 2026.
var misspelled = map[string]string{
	"messaging_handover":               "messaging_handovers",
	"messaging_referral":               "messaging_referrals",
	"messenger_template_status_update": "message_template_status_update",
}

// misspelledInstagram is misspelled for the accounts of Instagram Login.
//
// Source: Meta, IG User/subscribed_apps reference, 2026.
var misspelledInstagram = map[string]string{
	"messaging_handovers": "messaging_handover",
	"messaging_referrals": "messaging_referral",
}

// Subscribe has the webhooks of the Page sent to the app that the token belongs to: those of the given fields
// and of no others, such as "messages" and "messaging_postbacks". It takes the place of the app's earlier
// subscription. The app itself must have subscribed to the fields too, in Meta's dashboard. An Instagram
// account that is linked to a Page gets its webhooks through the Page's subscription.
//
// Its errors are those of [Client.Graph], and a [*FieldError] for a name that some of Meta's pages misspell;
// Meta judges all other names. After [ErrUnsure] it may be called again. For a Page it needs the permissions
// pages_manage_metadata and pages_messaging, and a token of somebody with the task MODERATE. Meta ends a
// subscription whose webhooks have failed for an hour: subscribe again then.
//
// Source: Meta, Webhooks, and Page/subscribed_apps reference, 2026.
func (c *Client) Subscribe(ctx context.Context, fields ...string) error {
	r := new(report)
	r.count("subscribed_fields", len(fields), 1, len(fields))
	wrong := misspelled
	if c.cfg.InstagramLogin {
		wrong = misspelledInstagram
	}
	for i, field := range fields {
		r.enter("subscribed_fields", i)
		if right, ok := wrong[field]; ok {
			r.add("", "no field of this name: Meta calls it %s", right)
		}
		r.want("", field)
		r.leave()
	}
	if err := errors.Join(r.errs...); err != nil {
		return err
	}
	params := map[string]any{"subscribed_fields": strings.Join(fields, ",")}
	return c.do(ctx, http.MethodPost, subscribedApps, params)
}

// Subscriptions yields the apps that get webhooks of the Page, with their fields; none if there is no app. It
// ends with the first error, which is one of [Client.Graph].
//
// Source: Meta, Page/subscribed_apps reference, 2026.
func (c *Client) Subscriptions(ctx context.Context) iter.Seq2[Subscription, error] {
	return list(ctx, c.get, subscribedApps, nil, func(app *subscriptionNode) Subscription {
		return Subscription{
			App: string(app.ID), Name: app.Name, Category: app.Category, Link: app.Link, Fields: app.Fields,
		}
	})
}

// Unsubscribe ends the webhooks of the Page to the app that the token belongs to. Its errors are those of
// [Client.Graph]; after [ErrUnsure] it may be called again.
//
// Source: Meta, Page/subscribed_apps reference, 2026.
func (c *Client) Unsubscribe(ctx context.Context) error {
	return c.do(ctx, http.MethodDelete, subscribedApps, nil)
}
