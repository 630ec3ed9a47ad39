package send

import "slices"

// Explanations returns all errors that Meta documents or that developers recorded, by code and subcode. The
// slice is the caller's. Each error with its class, whether it is worth another try, its scope, its name, and
// what to do:
//
//	1  unknown error: no class, retry soon, request
//	    Leave it to the tries of the client, as it mostly passes; if it stays, look whether Meta is down.
//	1/99  unknown error, perhaps a missing permission: no class, retry once, request
//	    Check the permissions of the token if it stays.
//	1/1357046  invalid reply inside Meta: ErrUnsure, retry unsure, request
//	    Look in the thread, or wait for the echo, before you send again: the message may have arrived.
//	1/2018382  instant form not eligible: ErrInvalid, retry never, request
//	    Correct the ID of the instant form, and check that the form may be used in messages.
//	2  service temporarily unavailable: no class, retry soon, request
//	    Leave it to the tries of the client; if it stays for one person, they may have blocked the Page.
//	2/2018344  terms for labels not accepted: ErrPermission, retry never, Page
//	    Have an administrator of the Page accept Meta's privacy terms for labels.
//	3  capability missing: ErrPermission, retry never, app
//	    Add the capability that the method needs to the app.
//	4  app's request limit reached: ErrRateLimited, retry later, app
//	    Send less: all calls of the app count together.
//	4/2018022  too many sends to phone numbers: ErrRateLimited, retry later, request
//	    Send less to phone numbers; other messages are not concerned.
//	4/2018354  two notifications too close: ErrInvalid, retry never, person
//	    Skip this notification, and heed the least delay between two to the same person.
//	9  too many actions: ErrRateLimited, retry later, request
//	    Do less of what the message names.
//	9/2018352  too many opt-in requests: ErrRateLimited, retry later, person
//	    Ask this person for an opt-in less often.
//	10  permission denied: ErrPermission, retry never, Page
//	    Read the message: the app lacks a permission, a review, or is not live.
//	10/1404170  opt-in requests restricted: ErrBlocked, retry never, request
//	    Stop asking for opt-ins until the restriction is over.
//	10/1893015  person stopped these notifications: ErrUnreachable, retry never, person
//	    Send no more on this topic, until the person resumes it.
//	10/1893063  Page restricted from sending: ErrBlocked, retry never, Page
//	    Stop sending for this Page, and find the reason in what Meta has written to its administrators.
//	10/2018065  outside the messaging window: ErrOutsideWindow, retry never, person
//	    Wait for the person to write, or use a utility template or a message tag.
//	10/2018108  person cannot receive messages now: ErrUnreachable, retry never, person
//	    Send nothing until the person writes again.
//	10/2018278  outside the messaging window: ErrOutsideWindow, retry never, person
//	    Wait for the person to write, or use a utility template or a message tag.
//	10/2018300  another app controls the thread: ErrPermission, retry never, thread
//	    Wait until the thread is passed back, or take it if the app may.
//	10/2018336  thread under rules of the EU or Japan: ErrUnreachable, retry never, person
//	    Leave this kind of message out for people in Europe and Japan.
//	10/2534022  outside the messaging window on Instagram: ErrOutsideWindow, retry never, person
//	    Wait for the person to write, or answer as a human agent within seven days.
//	10/2534077  Instagram link or two-factor problem: ErrPermission, retry never, Page
//	    Have the owner link the Instagram account to the Page again, with two-factor authentication.
//	17  account's request limit reached: ErrRateLimited, retry later, Page
//	    Send less: all calls with tokens of the same account count together.
//	32  Page's request limit reached: ErrRateLimited, retry later, Page
//	    Send less: all calls of the Page count together.
//	100  invalid parameter: ErrInvalid, retry never, request
//	    Correct the parameter that the message names; Message.Validate finds most before a call.
//	100/33  object unknown or not visible: ErrInvalid, retry never, request
//	    Check the ID in the path, and that the token belongs to the Page that owns it.
//	100/1893061  message tag retired: ErrTagRetired, retry never, request
//	    Send a utility template in place of the message tag.
//	100/2018001  no matching person: ErrUnreachable, retry never, person
//	    Check that the PSID belongs to this Page, and that no user_ref was sent as an ID.
//	100/2018008  file at the URL not fetched: no class, retry once, request
//	    Check that the URL is public, has a valid certificate, and answers within ten seconds.
//	100/2018014  message and sender action together: ErrInvalid, retry never, request
//	    Send the message and the sender action in two calls.
//	100/2018015  neither message nor sender action: ErrInvalid, retry never, request
//	    Send a message or a sender action.
//	100/2018034  empty message: ErrInvalid, retry never, request
//	    Give the message a text or an attachment.
//	100/2018035  incomplete element: ErrInvalid, retry never, request
//	    Give the element a picture, a subtitle or buttons beside its title.
//	100/2018040  button without payload: ErrInvalid, retry never, request
//	    Give the postback button a payload.
//	100/2018041  button without URL: ErrInvalid, retry never, request
//	    Give the URL button a URL.
//	100/2018047  attachment of another type: ErrInvalid, retry never, request
//	    Send the file as the type that it has.
//	100/2018053  button without title: ErrInvalid, retry never, request
//	    Give the button a title.
//	100/2018055  invalid amount in the receipt: ErrInvalid, retry never, request
//	    Give the summary positive amounts with the decimal places of their currency.
//	100/2018074  attachment unknown: ErrInvalid, retry never, request
//	    Upload the file again: the ID expired, is not reusable, or belongs to another Page.
//	100/2018098  quick reply without title: ErrInvalid, retry never, request
//	    Give the quick reply a title.
//	100/2018099  quick reply without payload: ErrInvalid, retry never, request
//	    Give the quick reply a payload.
//	100/2018109  attachment too large: ErrInvalid, retry never, request
//	    Send a picture of at most 8 MB, another file of at most 25 MB.
//	100/2018145  menu without Get Started button: ErrInvalid, retry never, request
//	    Set a Get Started button before the persistent menu.
//	100/2018164  wrong app ID: ErrInvalid, retry never, request
//	    Correct the app ID that the call names.
//	100/2018218  no profile of this person: ErrUnreachable, retry never, person
//	    Do without the profile: the person has not agreed, or is gone.
//	100/2018294  video took too long or is broken: no class, retry once, request
//	    Send a smaller video, and check that the file is whole.
//	100/2018320  product unknown: ErrInvalid, retry never, request
//	    Correct the product ID, or add the product to the Page's catalog.
//	100/2018328  API version too old for products: ErrInvalid, retry never, request
//	    Use Graph API v8.0 or later.
//	100/2534013  no Instagram account linked: ErrPermission, retry never, Page
//	    Link the Page to an Instagram professional account.
//	100/2534014  no matching person on Instagram: ErrUnreachable, retry never, person
//	    Check that the ID is one of a person who wrote to this Instagram account.
//	100/2534015  invalid message on Instagram: ErrInvalid, retry never, request
//	    Send a kind of message that Instagram takes.
//	100/2534025  comment takes no private reply: ErrInvalid, retry never, request
//	    Skip the comment: it is too old, gone, or was answered.
//	100/2534029  business blocked on Instagram: ErrBlocked, retry never, Page
//	    Stop sending, and have the owner look at the account's status on Instagram.
//	100/2534037  not the thread's owner: ErrPermission, retry never, thread
//	    Wait until the thread is passed back, or take it if the app may.
//	102  session not valid: ErrUnauthorized, retry never, Page
//	    Get a new Page token.
//	104  access token missing: ErrUnauthorized, retry never, Page
//	    Send a Page token, and check that no proxy takes the Authorization header away.
//	105  too many elements: ErrInvalid, retry never, request
//	    Send fewer elements of the parameter that the message names.
//	190  access token not valid: ErrUnauthorized, retry never, Page
//	    Replace the Page token: it is wrong, expired or revoked.
//	190/458  app not installed: ErrUnauthorized, retry never, Page
//	    Have the Page connect the app again, and take the new token.
//	190/459  account needs a check: ErrUnauthorized, retry never, Page
//	    Have the person who made the token log in to Facebook and pass the check, then make a new one.
//	190/460  password changed: ErrUnauthorized, retry never, Page
//	    Have the person who made the token log in again, and take the new token.
//	190/463  access token expired: ErrUnauthorized, retry never, Page
//	    Replace the Page token by a new one.
//	190/464  account not confirmed: ErrUnauthorized, retry never, Page
//	    Have the person who made the token confirm their account, then make a new one.
//	190/467  access token revoked: ErrUnauthorized, retry never, Page
//	    Replace the Page token by a new one.
//	190/492  role on the Page removed: ErrUnauthorized, retry never, Page
//	    Give the person who made the token a role on the Page again, or take one of somebody who has it.
//	190/493  app not used for 90 days: ErrUnauthorized, retry never, Page
//	    Have the person who made the token log in to the app again, and take the new token.
//	194  required parameter missing: ErrInvalid, retry never, request
//	    Add the parameter, or the elements, that the message names.
//	200  permission missing: ErrPermission, retry never, Page
//	    Read the message: until the app is reviewed and live it reaches only people with a role on it.
//	200/1545041  person not available: ErrUnreachable, retry never, person
//	    Send nothing until the person writes again.
//	200/2018021  phone matching not paid: ErrPermission, retry never, Page
//	    Accept the fee for matching phone numbers.
//	200/2018027  phone matching not reviewed: ErrPermission, retry never, app
//	    Have Meta review pages_messaging_phone_number.
//	200/2018028  messaging not reviewed or app not live: ErrPermission, retry never, app
//	    Have Meta review pages_messaging, and switch the app to live.
//	200/2534041  access to Instagram messages off: ErrPermission, retry never, Page
//	    Have the owner switch on "Allow access to messages" in the Instagram app.
//	230  pages_messaging missing: ErrPermission, retry never, Page
//	    Make a new Page token with the permission that the message names.
//	283  permission to manage the Page missing: ErrPermission, retry never, Page
//	    Make a new Page token with the permission that the message names.
//	341  application limit reached: ErrRateLimited, retry later, app
//	    Send less: all calls of the app count together.
//	368  blocked for abuse: ErrBlocked, retry never, Page
//	    Stop sending for this Page, and find the reason in what Meta has written to its administrators.
//	506  duplicate post: ErrInvalid, retry never, request
//	    Post something else.
//	551  person not available: ErrUnreachable, retry never, person
//	    Send nothing until the person writes again.
//	551/1545041  person not available: ErrUnreachable, retry never, person
//	    Send nothing until the person writes again.
//	613  rate limit exceeded: ErrRateLimited, retry later, Page
//	    Send less: lower Config.Rate.
//	613/1893016  several opt-in requests on one topic: ErrInvalid, retry never, person
//	    Ask this person once for each topic.
//	613/2018338  tagged messages to the person too frequent: ErrRateLimited, retry later, person
//	    Send this person fewer tagged messages, lest Meta restrict the Page.
//	613/2534040  rate limit on Instagram exceeded: ErrRateLimited, retry later, Page
//	    Send less: lower Config.Rate.
//	1200  temporary failure to send: no class, retry soon, request
//	    Leave it to the tries of the client, as it mostly passes.
//	1200/2018024  temporary failure to send: no class, retry soon, request
//	    Leave it to the tries of the client, as it mostly passes.
//	2022  sending disabled for a violation: ErrBlocked, retry never, app
//	    Stop sending, and find the reason in what Meta has written to the app's developers.
//	2500  unknown path or no active token: ErrInvalid, retry never, request
//	    Correct the path or the API version, and check that a token is sent.
//	10303  account linking token not valid: ErrInvalid, retry never, request
//	    Have the person link their account again: the token lives five minutes.
//	10900  activity replied to already: ErrInvalid, retry never, request
//	    Skip it: a comment or post takes one private reply.
//	10901  time to reply has expired: ErrInvalid, retry never, request
//	    Skip it: private replies must follow within seven days.
//	10902  activity takes no reply: ErrInvalid, retry never, request
//	    Skip it: only comments and visitors' posts take private replies.
//	10903  person cannot reply to this activity: ErrInvalid, retry never, request
//	    Skip it: the Page may not reply to this comment or post.
//	24001 to 24002  payment refused: ErrInvalid, retry never, request
//	    Take the payment elsewhere: Meta has ended payments in Messenger.
//	24005  payment refused: ErrInvalid, retry never, request
//	    Take the payment elsewhere: Meta has ended payments in Messenger.
//	36000  image too large: ErrInvalid, retry never, request
//	    Send a picture of at most 8 MB.
//	36103  Instagram account not eligible: ErrPermission, retry never, Page
//	    Check that the account is a professional one; Meta opens the API to it later.
//	80001  use case limit of Pages reached: ErrRateLimited, retry later, Page
//	    Wait for Meta's estimate, and make fewer calls for the Page.
//	80002  use case limit of Instagram reached: ErrRateLimited, retry later, Page
//	    Wait for Meta's estimate, and make fewer calls for the account.
//	80006  use case limit of Messenger reached: ErrRateLimited, retry later, Page
//	    Wait for Meta's estimate, and make fewer calls: 200 a day for each person who can be written to.
//	2018144  game's notifications used up: ErrRateLimited, retry later, person
//	    Send this player at most five notifications in ten days.
//	2018154  Messenger Extensions error: no class, retry never, request
//	    Look at the code in the web page: the SDK gives this error there, no call does.
//	2018163  Messenger Extensions error: no class, retry never, request
//	    Look at the code in the web page: the SDK gives this error there, no call does.
//	2018166  Messenger Extensions error: no class, retry never, request
//	    Look at the code in the web page: the SDK gives this error there, no call does.
//	2018171  only a primary or secondary receiver may: ErrPermission, retry never, thread
//	    Give the app a role in the Page's conversation routing.
//	2018173  no preview of the media URL: ErrInvalid, retry never, request
//	    Use another photo or video of the Page.
//	2018175  no preview: ErrInvalid, retry never, request
//	    Use another photo or video of the Page.
//	2018182  media type not valid: ErrInvalid, retry never, request
//	    Use image or video in a media template.
//	2018183  attachment ID missing: ErrInvalid, retry never, request
//	    Give the media template an attachment ID or a URL.
//	2018184  Facebook URL of this kind not supported: ErrInvalid, retry never, request
//	    Use the URL of a photo or a video of the Page.
//	2018185  URL not one of Facebook: ErrInvalid, retry never, request
//	    Upload the file, and give its attachment ID in place of the URL.
//	2018186  photo or video not readable: ErrInvalid, retry never, request
//	    Use the URL of a photo or video that is public.
//	2018187  URL or attachment ID missing: ErrInvalid, retry never, request
//	    Give the media template an attachment ID or a URL.
//	2018188  external URL not supported: ErrInvalid, retry never, request
//	    Upload the file, and give its attachment ID in place of the URL.
//	2018234  only a secondary receiver may: ErrPermission, retry never, thread
//	    Make the app a secondary receiver that sees the thread.
//	2018247  profile not permitted: ErrPermission, retry never, app
//	    Have Meta review the app for the profile fields that it asks for.
//	2018321  Messenger leads the thread: no class, retry soon, thread
//	    Send again when the automated questions are over; the thread comes back by itself.
//	2018389 to 2018396  calling API error: no class, retry never, request
//	    Look the number up in Meta's pages on calls, which no message gives.
//	2071010 to 2071025  Messenger Extensions error: no class, retry never, request
//	    Look at the code in the web page: the SDK gives this error there, no call does.
//	2300028  pacing not ready: no class, retry soon, request
//	    Send the marketing message again later: Meta has not worked out yet how fast they may go.
//	9000001  message deleted: ErrInvalid, retry never, request
//	    Do without it: it was deleted, or is older than the 20 latest of its conversation.
func Explanations() []Explanation { return slices.Clone(explanations) }
