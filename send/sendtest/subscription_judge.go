package sendtest

import (
	"maps"
	"slices"
	"strings"
)

// pageFields and accountFields are the webhook fields of a Page and of an Instagram account.
//
// Source: Meta, Page/subscribed_apps and Instagram Account/subscribed_apps references, 2026.
var (
	pageFields = strings.Fields(`
affiliation attire awards bio birthday business_integrity call_permission_reply call_settings_update calls
category checkins comment_poll_response company_overview conversations culinary_team current_location
description email feature_access_list feed follow founded general_info general_manager group_feed hometown
hours inbox_labels invalid_topic_placeholder invoice_access_bank_slip_events invoice_access_invoice_change
invoice_access_invoice_draft_change invoice_access_onboarding_status_active leadgen leadgen_fat
leadgen_update live_videos local_delivery location marketing_message_clicks marketing_message_deliveries
marketing_message_delivery_failed marketing_message_echoes marketing_message_reads
marketing_messages_subscriber_upload_status mcom_invoice_change members mention merchant_review
message_context message_deliveries message_echoes message_edits message_mention message_reactions
message_reads message_template_status_update messages messaging_account_linking messaging_appointments
messaging_checkout_updates messaging_customer_information messaging_direct_sends
messaging_fblogin_account_linking messaging_feedback messaging_game_plays messaging_handovers
messaging_in_thread_lead_form_submit messaging_integrity messaging_optins messaging_optouts
messaging_payments messaging_policy_enforcement messaging_postbacks messaging_pre_checkouts
messaging_referrals mission name page_about_story page_change_proposal page_upcoming_change parking
payment_options payment_request_update personal_info personal_interests phone picture price_range
product_review products public_transit publisher_subscriptions ratings registration response_feedback
send_cart standby story_poll_response story_share user_action video_text_question_responses videos website`)

	accountFields = strings.Fields(`
comment_poll_response comments creator_marketplace_invited_creator_onboarding creator_marketplace_projects
delta follow live_comments mentions message_edit message_reactions messages messaging_handover
messaging_optins messaging_postbacks messaging_referral messaging_seen onboarding_welcome_message_series
share_to_story standby story_insights story_poll_response story_reactions`)
)

// subscribe is POST to the edge subscribed_apps: the Page installs the app, with these webhook fields and no
// others.
func (j *judge) subscribe(*Call) any {
	fields := value{"", j.params.values}.at("subscribed_fields")
	j.permission("pages_manage_metadata")
	names := j.webhookFields(fields, j.data().instagram)
	if j.refused != nil {
		return nil
	}
	d := j.data()
	d.subscribed, d.installed = names, true
	return map[string]string{"success": "true"} // a string, as in Meta's own sample
}

// webhookFields judges a list of webhook fields and returns their names.
func (j *judge) webhookFields(fields value, ofInstagram bool) []string {
	known := pageFields
	if ofInstagram {
		known = accountFields
	}
	j.require(missingPart, fields)
	names := []string{}
	for _, field := range fields.texts() {
		j.oneOf(enumerated, field, known...)
		names = append(names, field.text())
	}
	if len(names) == 0 {
		j.refuse(missingPart, fields.name)
	}
	return names
}

// listSubscriptions is GET of the edge subscribed_apps.
func (j *judge) listSubscriptions(*Call) any {
	j.permission("pages_manage_metadata")
	d := j.data()
	if d.subscribed == nil {
		return listOf()
	}
	return listOf(map[string]any{
		"category": "Business", "link": "https://app.example/", "name": "App " + d.app, "id": d.app,
		"subscribed_fields": d.subscribed,
	})
}

// unsubscribe is DELETE of the edge subscribed_apps.
func (j *judge) unsubscribe(*Call) any {
	j.permission("pages_manage_metadata")
	if j.refused == nil {
		j.data().subscribed, j.data().installed = nil, true
	}
	return succeeded
}

// callback is what an app has subscribed to for all Pages: one for each object.
type callback struct {
	Object string   `json:"object"`
	URL    string   `json:"callback_url"`
	Active bool     `json:"active"`
	Fields []string `json:"fields"`
}

// appOnly refuses a token that is not the app's own.
func (j *judge) appOnly() {
	if _, _, own := strings.Cut(j.params.token, "|"); !own && !j.caller.anyToken {
		j.refuse(appTokenOnly)
	}
}

// setCallback is POST to the edge subscriptions of an app. Nobody asks the address whether it agrees.
//
// Source: Meta, Webhooks, 2026; Application/subscriptions reference.
func (j *judge) setCallback(*Call) any {
	j.appOnly()
	call := value{"", j.params.values}
	object, address := call.at("object"), call.at("callback_url")
	j.require(missingPart, object, address, call.at("verify_token"))
	if !isHTTPS(address.text()) {
		j.refuse(callbackBad, address.name)
	}
	var names []string
	switch object.text() {
	case "page", instagram:
		names = j.webhookFields(call.at("fields"), object.text() == instagram)
	default: // objects that have nothing to do with messages
		for _, field := range call.at("fields").texts() {
			names = append(names, field.text())
		}
	}
	if j.refused != nil {
		return nil
	}
	if j.graph.callbacks == nil {
		j.graph.callbacks = map[string]map[string]callback{}
	}
	if j.graph.callbacks[j.node] == nil {
		j.graph.callbacks[j.node] = map[string]callback{}
	}
	j.graph.callbacks[j.node][object.text()] = callback{object.text(), address.text(), true, names}
	return succeeded
}

// listCallbacks is GET of the edge subscriptions of an app.
func (j *judge) listCallbacks(*Call) any {
	j.appOnly()
	var items []any
	known := j.graph.callbacks[j.node]
	for _, object := range slices.Sorted(maps.Keys(known)) {
		items = append(items, known[object])
	}
	return listOf(items...)
}

// deleteCallback is DELETE of the edge subscriptions of an app: of one object, or of all.
func (j *judge) deleteCallback(*Call) any {
	j.appOnly()
	object := value{"", j.params.values}.at("object")
	switch {
	case j.refused != nil:
	case object.absent():
		delete(j.graph.callbacks, j.node)
	default:
		delete(j.graph.callbacks[j.node], object.text())
	}
	return succeeded
}
