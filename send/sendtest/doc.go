// Package sendtest fakes Meta's Graph API as far as messaging goes, so that a bot can be tested without a
// Page, a network or a mock. What a client sends is judged as Meta judges it and answered in Meta's words.
//
//	func TestGreeting(t *testing.T) {
//		graph := new(sendtest.Graph)
//		greet(graph.Client(), "7100000000000001") // the code under test; any host, any token
//
//		for _, call := range graph.Calls() {
//			if call.Rule != "" {
//				t.Errorf("Meta refuses this: %s", call.Answer)
//			}
//		}
//	}
//
// Over a socket the same Graph is an http.Handler: httptest.NewServer(graph). A batch, that is a POST to /
// with the parameter batch, is carried out in order, and each of its requests is a call. The package imports
// nothing of send, so that it cannot share its mistakes.
//
// # What it knows
//
// Everything that can be seen in a call is always judged: its token, its shape, its limits. What cannot be
// seen is not judged until a test says it:
//
//   - Acted says when a person last did something, which their messaging window is judged by, against the
//     clock Graph.Now. A person never mentioned has an open window; RefuseStrangers makes them unknown.
//   - Block makes a person unavailable, AddAttachment and AddProduct make things known.
//   - Change sets all other [State]: an expired token, an app in development, a thread that another app
//     controls, notification tokens, personas, approved utility templates, whitelisted domains, what Meta
//     finds at an address, and how much of the limits is used.
//   - FailNext and FailWith answer what no state explains: limits, outages, half an answer, none at all.
//   - Instagram judges as for an Instagram account, Strict refuses what Meta cuts on display.
//
// # How sure it is
//
// Each refusal names its rule in Call.Rule, and in Call.Conf and Call.Source how sure it is and where it is
// known from: H code and words are those of a real body or of Meta's own table; M the code is documented, the
// words are ours; L the refusal or its code is an assumption. Graph.Assumed gives rules of the last kind
// another code.
//
// T is transport and token, S the shape of a call, W tags and windows, P what a message holds, X the rest:
// what Meta's reference implies, and single refusals that others have met. (state) needs Change, (strict)
// Graph.Strict.
//
//	T01  L    no token                              P01  H    over 13 quick replies
//	T02  H    another token                         P02  H    quick reply incomplete
//	T03  M    token expired (state)                 P03  H    quick reply title over 20 (strict)
//	T04  H    token revoked (state)                 P04  M    quick reply payload over 1,000
//	T05  L    token of another Page                 P05  L    quick reply of another type
//	T06  H    permission missing (state)            P06  H L  attachment of another type
//	T07  H    appsecret_proof wrong                 P07  H M  template of another type, retired
//	T08  L    appsecret_proof missing               P08  H    over 3 buttons
//	T09  H    JSON without its content type         P09  H    over 3 buttons in an element
//	T10  L    malformed body                        P10  M    over 10 elements
//	T11  L    another method                        P11  H    button template without buttons
//	T12  L    unknown path                          P11b H    empty elements, empty buttons
//	T13  H    over 50 requests in a batch           P11c H    a part of a template missing
//	S01  H    recipient missing                     P11d H    a title missing or empty
//	S02  H    recipient empty                       P12  M    button template text over 640
//	S03  H    recipient.id no numeric string        P13  M    titles over their limits (strict)
//	S04  L    two identifiers                       P14  H    element with a title only
//	S05  H    unknown keys                          P15  H M  address missing, bad, not whitelisted (state)
//	S06  H    neither message nor action            P16  H M  postback without payload, over 1,000
//	S07  H    message and action                    P17  M    phone number bad
//	S08  H    message empty                         P18  M    account_link not https, with a title
//	S09  L    two contents                          P19  M    media template
//	S10  H    text over 2,000                       P20  HML  receipt; order number used (state)
//	S11  M    metadata over 1,000                   P21  M    coupon
//	S12  M    messaging_type                        P22  M    customer feedback
//	S13  H    no messaging_type: accepted           P23  M    image grid
//	S14  M    notification_type                     P24  H    product unknown
//	S15  M    sender_action                         P25  H    attachment unknown, expired
//	S16  L    reaction incomplete                   P26  H    address bad, nothing there (state)
//	S17  L    persona unknown (state)               P27  H    file of another type
//	S18  L    reply to an unknown mid (state)       P28  H    file too large
//	S19  L    thread_control, no routing (state)    P29  H    video too slow (state)
//	S20  H    user_ref, phone: no recipient_id      P30  L    Instagram, text over 1,000 bytes
//	S21  H    action: recipient_id only             P31  L    Instagram, file of another format
//	S22  H    recipient.id of nobody                P32  H    quick_replies empty
//	S23  H    attachment without type, payload      X01  L    a value of another kind
//	W01  H    window closed                         X02  L    no value of the enumeration
//	W02  H    window closed, Instagram              X03  H    not exactly one file
//	W03  H    tag without MESSAGE_TAG               X04  L    not on Instagram
//	W04  L    MESSAGE_TAG without tag               X05  H    news outside the window
//	W05  H    unknown tag                           X06  L    a required part missing
//	W06  H    retired tag, since 27 Apr 2026        X07  L    customer information
//	W07  M    HUMAN_AGENT after 7 days              X08  L    over 10 attachments
//	W08  L    HUMAN_AGENT not approved (state)      X09  H    instant form unknown (state)
//	W09  M L  CUSTOMER_FEEDBACK content, 7 days     X10  L    opt-in title over 65
//	W10  L    other tag on Instagram                X11  L    game_metadata
//	W11  L    action outside the window (state)     X12  H    product template before v8.0
//	W12  H    person never wrote
//	W13  H    person unavailable
//	W14  H    no tester of the app (state)
//	W15  H    another app's thread (state)
//	W16  M    lead flow (state)
//	W17  M    Page restricted (state)
//	W18  M    token used or expired (state)
//	W19  M    notification too early (state)
//	W20  L    UTILITY without template (state)
//	W21  L    template parameters (state)
//
// E is other edges than messages; those from E20 on are implied by Meta's pages, without a rule of their own.
//
//	E01  H    comment answered already              E20  M    greeting over 160, no default
//	E02  H    comment older than 7 days (state)     E21  M    account_linking_url not https
//	E03  H    comment that takes no reply (state)   E22  L    retired property of the profile
//	E04  H L  menu without get_started              E23  L    no property of the profile
//	E05  M    persistent menu                       E24  H    platform: no linked Instagram account
//	E06  M    ice breakers                          E25  L    Instagram, file name not ASCII
//	E07  M    commands                              E26  L    token is not the app's
//	E08  M    domains                               E27  L    callback_url not https
//	E09  M    10 calls to a profile in 10 minutes   E28  M    2 calls a second, conversations (Limits)
//	E10  L    take, request; default app (state)    E29  M    account linking token invalid (state)
//	E11  L    not the owner, owner already          E30  M    secondary receivers, not default app
//	E12  L    control extended over 7 days          E31  M L  over 10 people or 2 actions
//	E13  M    persona without name or picture       E32  L    utility template unknown
//	E14  M L  no profile, no consent (state)
//	E15  M    message older than the last 20
//	E16  M    300 sends a second, 10 of media (Limits)
//
// Limits of the app (E17: 4) and of the Page (E18: 32), and what passes by itself (E19: 1200/2018024 or 2),
// no state explains: FailNext answers them.
//
// Of several rules that a call breaks, the first answers in this order, which is assumed of Meta: transport,
// token, rates, shape, limits, person, window, attachments. Edges that this guide does not name are unknown
// paths.
//
// # Profile, uploads, subscriptions
//
// A Page, or an Instagram account, has the edges messenger_profile, custom_user_settings, message_attachments
// and subscribed_apps, an app the edge subscriptions. What was written can be read, by a call or by the test:
//
//	profile := graph.Profile("")                        // what stands of it, as JSON
//	menu := graph.PersonMenu("", "7100000000000001")    // the menu of one person
//
// Only 10 calls to a profile in 10 minutes are accepted, as Meta accepts them, by Graph.Now; the limits of a
// second are heeded with Graph.Limits. What was uploaded can be sent by its ID for 90 days, if it is
// reusable. Files are counted and not kept, so that they may be of any size; State.FileLimit lets large ones
// pass. Once subscribed_apps was written, OnEvent gets the fields that were subscribed to and no others,
// unless Graph.Subscribed says which.
//
// # People and threads
//
// A Page has the edges personas, custom_labels, moderate_conversations, unlink_accounts, conversations,
// message_templates, notification_message_tokens, notification_messages_dev_support, thread_owner,
// secondary_receivers and those of thread control. People, personas, labels, conversations and messages are
// read by their IDs, Meta's library at message_template_library. What is created is known from then on: the
// first persona ends that every persona_id is one, the first template that every utility template is
// approved. What only Meta knows is State: profiles, linking tokens, comments, reviews, the default app.
//
// A test also plays the others who have a part in a thread. Control ends 24 hours after the person's last
// message; [Graph.Standby] says whether what a person does now comes to the app as standby:
//
//	mid := graph.Say("7100000000000001", "Is my parcel here?", now) // stands in the conversation
//	graph.Take("7100000000000001", "263902037430900")               // a human answers in the Page's inbox
//	graph.HandBack("7100000000000001")                              // and passes the thread to the app
//
// Take, HandBack and [Graph.Request] give OnEvent what Meta sends the app then. What Meta does not document
// is taken leniently: a label or a template of a name that is taken, an unknown field, who may be labelled.
//
// # Several Pages
//
// With Graph.Pages, a token says which Page calls, and by which app's secret its proof is judged. Everything
// else belongs to a Page or an Instagram account too, and a test says it of the [Account]:
//
//	graph := &sendtest.Graph{Pages: []sendtest.Page{
//		{ID: "104000000000001", Token: "one", AppSecret: "s1", Instagram: []string{"17841400000000001"}},
//		{ID: "104000000000002", Token: "two", AppSecret: "s2"},
//		{ID: "17841400000000002", Token: "three", InstagramLogin: true},
//	}}
//	graph.Account("104000000000002").Block("7100000000000001")
//
// The Page's token is also that of its linked Instagram accounts. Since nothing in a call to me/messages
// names the account, its people must be announced there, with [Account.Acted]: what is sent to them is judged
// by Instagram's rules. Call.Page says for which Page or account a call was.
//
// # What follows a send
//
// With Graph.OnEvent set, the Graph sends the webhook bodies that follow an accepted message to a person: its
// echo, then its delivery; [Graph.Read] adds that the person has read it. On Instagram the echo has neither
// app_id nor metadata, there are no deliveries, and a read names a mid. Nothing follows a sender action, nor
// a message to a user_ref or a phone number. The bodies are escaped as Meta's are, ASCII only and with \/ for
// a slash; [Sign] makes their headers.
package sendtest
