package webhook

import (
	"strings"
	"time"
)

// The values of ReferralDetails.Source. Instagram's samples also print SHORTLINKS.
//
// Source: Meta, messaging_referrals, 2026.
const (
	// SourceShortlink is an m.me or ig.me link.
	SourceShortlink = "SHORTLINK"
	// SourceAds is an ad.
	SourceAds = "ADS"
	// SourceMessengerCode was a code to scan.
	//
	// Deprecated: Meta's page of 2026 names it no more, and no date; [SourceShortlink] replaces it, a link
	// shown as a QR code.
	SourceMessengerCode = "MESSENGER_CODE"
	// SourceDiscoverTab was a list of bots in Messenger.
	//
	// Deprecated: Meta's page of 2026 names it no more, and no date; [SourceShortlink] replaces it.
	SourceDiscoverTab = "DISCOVER_TAB"
	// SourceCustomerChatPlugin was the chat plugin of a website.
	//
	// Deprecated: Meta removed the plugin on 9 May 2024; [SourceShortlink] replaces it.
	SourceCustomerChatPlugin = "CUSTOMER_CHAT_PLUGIN"
)

// The values of ReferralDetails.Type.
//
// Source: Meta, messaging_referrals and lead ads in Messenger, 2026.
const (
	ReferralOpenThread = "OPEN_THREAD"
	// ReferralLeadComplete and ReferralLeadIncomplete end the questions of a lead ad.
	ReferralLeadComplete   = "LEAD_COMPLETE"
	ReferralLeadIncomplete = "LEAD_INCOMPLETE"
)

// Referral tells that a person entered an existing thread by a link, a code or an ad, or has come to the end
// of a lead ad's questions.
//
// Source: Meta, messaging_referrals, 2026.
type Referral struct {
	Origin
	ReferralDetails
	// Lead is what a lead ad asked and the person answered, in order. It is nil for all else.
	Lead []Answer
}

// Answer is one question of a lead ad with the person's answer.
//
// Source: Meta, lead ads in Messenger, 2026.
type Answer struct {
	Question, Answer string
}

// ReferralDetails says how a person came to a thread: as an event of its own ([Referral]), or as part of a
// message or of a postback that began the thread.
//
// Source: Meta, messaging_referrals, 2026.
type ReferralDetails struct {
	// Ref is what the link, the code or the ad carried for the bot.
	Ref string
	// Source is one of the constants, as [SourceShortlink].
	Source string
	// Type is [ReferralOpenThread], or [ReferralLeadComplete] or [ReferralLeadIncomplete] for lead ads.
	Type string
	// AdID is the ad, if it was one.
	AdID string
	// Ad is what the ad showed, nil if Meta did not say.
	Ad *AdContext
	// ProductID is the product whose page the person came from.
	ProductID string
	// RefererURI is the site of the chat plugin.
	//
	// Deprecated: Meta removed the plugin on 9 May 2024; the Ref of an m.me link replaces it.
	RefererURI string
	// Guest is true if the person used the chat plugin without an account.
	//
	// Deprecated: Meta removed the plugin on 9 May 2024; an m.me link, which replaces it, has no guests.
	Guest bool
}

// AdContext is what an ad showed. Fields that Meta left out are empty.
type AdContext struct {
	Title, PhotoURL, VideoURL, PostID, ProductID, FlowID string
}

// FromAd reports whether the person came from an ad. It is false for nil.
func (d *ReferralDetails) FromAd() bool {
	return d != nil && (d.AdID != "" || d.Ad != nil || strings.EqualFold(d.Source, SourceAds))
}

// The values of OptIn.Type; the plugins have none.
//
// Source: Meta, messaging_optins, 2026.
const (
	// OptInOneTime agrees to one message. Meta has taken its page down, though the policy still names it.
	OptInOneTime = "one_time_notif_req"
	// OptInNotification agrees to messages on one topic, or ends that.
	OptInNotification = "notification_messages"
)

// The values of OptIn.Status.
//
// Source: Meta, messaging_optins, 2026.
const (
	NotificationsStopped = "STOP NOTIFICATIONS"
	NotificationsResumed = "RESUME NOTIFICATIONS"
)

// The values of OptIn.TokenStatus.
//
// Source: Meta, messaging_optins, 2026.
const (
	TokenRefreshed    = "REFRESHED"
	TokenNotRefreshed = "NOT_REFRESHED"
)

// OptIn tells that a person agreed to be written to: by a plugin, or to notifications. Which fields are set
// depends on Type. The opt-in of a checkbox has no Person yet, only a UserRef.
//
// Source: Meta, messaging_optins, 2026.
type OptIn struct {
	Origin
	// Type is empty for plugins, [OptInOneTime] or [OptInNotification].
	Type string
	// Ref is what the plugin or the link carried for the bot.
	Ref string
	// UserRef is the checkbox plugin's reference to a person who has not written yet.
	UserRef string
	// Payload and Title are those of the template that asked.
	Payload, Title string
	// Source is how the person came to a notification link.
	Source string
	// OneTimeToken allows one message within a year.
	OneTimeToken string
	// NotificationToken allows messages on one topic.
	NotificationToken string
	// Topic and Timezone describe what the person agreed to.
	Topic, Timezone string
	// Frequency is DAILY, WEEKLY or MONTHLY.
	//
	// Deprecated: Meta removed it with version 16 of the Graph API; nothing but Topic replaces it.
	Frequency string
	// Status is [NotificationsStopped] or [NotificationsResumed], and empty for a first agreement.
	Status string
	// TokenStatus is [TokenRefreshed] or [TokenNotRefreshed].
	TokenStatus string
	// TokenExpiry is when NotificationToken ends, the zero time if Meta did not say.
	TokenExpiry time.Time
}

// Stopped reports whether the person ended the notifications.
func (o *OptIn) Stopped() bool { return o.Status == NotificationsStopped }

// Kind returns "referral".
func (*Referral) Kind() string { return "referral" }

// Kind returns "optin".
func (*OptIn) Kind() string { return "optin" }

func (*Referral) event() {}
func (*OptIn) event()    {}
