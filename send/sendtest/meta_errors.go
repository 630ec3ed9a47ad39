package sendtest

import (
	"cmp"
	"fmt"
	"net/http"
)

// metaFault is an error that Meta answers for reasons a fake cannot see: limits, permissions, policy,
// outages.
type metaFault struct {
	code, subcode int
	text          string // preceded by "(#code) " unless bare
	bare          bool
	kind          string
	http          int
	transient     bool
}

// metaFaults are the errors of the Graph API that concern sending, as far as their words are known; a subcode
// that is not listed is answered with the words of its code. Where a HTTP status is not from a real body it
// is 400, and 500 for the codes that Meta calls its own fault.
//
// Source: Meta, Error Codes, 25 Jun 2026; Page/messages reference, error codes; bodies quoted in public
// issues.
var metaFaults = []metaFault{
	{code: 1, text: "An unknown error occurred", http: http.StatusInternalServerError},
	{code: 1, subcode: 99, text: "An unknown error occurred", http: http.StatusInternalServerError},
	{code: 1, subcode: 1357046, text: "Received Invalid JSON reply", http: http.StatusInternalServerError},
	{code: 1, subcode: 2018382, text: formUnknown.text, http: http.StatusInternalServerError},
	{
		code: 2, text: "An unexpected error has occurred. Please retry your request later.", bare: true,
		http: http.StatusInternalServerError, transient: true,
	},
	{
		code: 2, subcode: 2018344, text: "The Page has not accepted the privacy terms of labels.",
		http: http.StatusInternalServerError,
	},
	{code: 3, text: "Application does not have the capability to make this API call."},
	{code: 4, text: "Application request limit reached", transient: true},
	{code: 4, subcode: 2018022, text: "Too many send requests to phone numbers"},
	{code: 4, subcode: 2018354, text: tokenEarly.text},
	{code: 9, subcode: 2018352, text: "User is performing too many actions"},
	{code: 10, text: "Application does not have permission for this action"},
	{code: 10, subcode: 1404170, text: "This Page is temporarily restricted from sending opt-in requests."},
	{code: 10, subcode: 1893015, text: "The person has stopped notification messages for this topic."},
	{code: 10, subcode: 1893063, text: restricted.text},
	{code: 10, subcode: 2018065, text: newsClosed.text},
	{code: 10, subcode: 2018108, text: "They can't receive your messages right now"},
	{code: 10, subcode: 2018278, text: windowClosed.text},
	{code: 10, subcode: 2018300, text: otherOwner.text},
	{code: 10, subcode: 2018321, text: leadFlow.text},
	{code: 10, subcode: 2018336, text: "This thread is impacted by privacy rules in Europe or Japan."},
	{
		code: 10, subcode: 2534022, text: windowClosedIG.text, bare: true, kind: igAPIException,
		http: http.StatusForbidden,
	},
	{code: 10, subcode: 2534077, text: "The link of Page and Instagram account needs attention."},
	{code: 17, text: "User request limit reached"},
	{code: 32, text: "Page request limit reached"},
	{code: 100, text: "Invalid parameter"},
	{
		code: 100, subcode: 33, bare: true, kind: graphMethodException,
		text: "Unsupported post request. Object with ID 'me' does not exist, cannot be loaded due to " +
			"missing permissions, or does not support this operation",
	},
	{code: 100, subcode: 1893061, text: tagRetired.text, bare: true},
	{code: 100, subcode: 2018001, text: stranger.text},
	{code: 100, subcode: 2018008, text: fetchFailed.text},
	{code: 100, subcode: 2018014, text: messageAndAction.text},
	{code: 100, subcode: 2018015, text: nothingSent.text},
	{code: 100, subcode: 2018034, text: messageEmpty.text},
	{code: 100, subcode: 2018035, text: elementTitleOnly.text},
	{code: 100, subcode: 2018040, text: postbackNoData.text},
	{code: 100, subcode: 2018041, text: buttonNoURL.text},
	{code: 100, subcode: 2018047, text: attachmentKind.text},
	{code: 100, subcode: 2018053, text: buttonTitle.text},
	{code: 100, subcode: 2018055, text: receiptTotal.text},
	{code: 100, subcode: 2018074, text: attachmentUnknown.text},
	{code: 100, subcode: 2018098, text: quickReplyTitle.text},
	{code: 100, subcode: 2018099, text: quickReplyPayload.text},
	{code: 100, subcode: 2018109, text: attachmentLarge.text},
	{
		code: 100, subcode: 2018145,
		text: "You must set a Get Started button if you also wish to use persistent menu.",
	},
	{code: 100, subcode: 2018164, text: "Incorrect App ID"},
	{code: 100, subcode: 2018171, text: "Only available for Primary and Secondary Receivers"},
	{code: 100, subcode: 2018173, text: "The preview url failed"},
	{code: 100, subcode: 2018175, text: "The preview failed"},
	{code: 100, subcode: 2018182, text: mediaKind.text},
	{code: 100, subcode: 2018183, text: "The attachment ID is missing"},
	{code: 100, subcode: 2018184, text: mediaUnsupported.text},
	{code: 100, subcode: 2018185, text: mediaForeign.text},
	{code: 100, subcode: 2018186, text: "Cannot read the photo or video from the url"},
	{code: 100, subcode: 2018187, text: mediaOneOf.text},
	{code: 100, subcode: 2018188, text: "The external url is not supported"},
	{code: 100, subcode: 2018218, text: "No profile available for this user."},
	{code: 100, subcode: 2018234, text: "The secondary receiver cannot see this"},
	{code: 100, subcode: 2018247, text: "Insufficient permission for the profile"},
	{code: 100, subcode: 2018294, text: videoSlow.text},
	{code: 100, subcode: 2018320, text: badProduct.text},
	{code: 100, subcode: 2018328, text: productOld.text},
	{code: 100, subcode: 2534013, text: "The Page is not linked to an Instagram account"},
	{code: 100, subcode: 2534014, text: strangerIG.text},
	{code: 100, subcode: 2534015, text: textLongIG.text},
	{code: 100, subcode: 2534025, text: "The comment is invalid for a private reply"},
	{code: 100, subcode: 2534029, text: "The business is blocked from Instagram messaging"},
	{code: 100, subcode: 2534037, text: otherOwnerIG.text},
	{code: 102, text: "Session key invalid or no longer valid"},
	{code: 104, text: noToken.text, bare: true},
	{code: 105, text: "The number of parameters exceeded the maximum for this operation"},
	{code: 190, text: badToken.text, bare: true},
	{code: 190, subcode: 458, text: "The person has not authorized the app.", bare: true},
	{code: 190, subcode: 459, text: "The person has been checkpointed.", bare: true},
	{code: 190, subcode: 460, bare: true, text: tokenRevoked.text},
	{code: 190, subcode: 463, bare: true, text: expired},
	{code: 190, subcode: 464, text: "The person is not a confirmed user.", bare: true},
	{code: 190, subcode: 467, text: "Error validating access token: The token is invalid.", bare: true},
	{code: 190, subcode: 492, text: "Error validating access token: The session is invalid.", bare: true},
	{code: 190, subcode: 493, text: "The person has not engaged the app in longer than 90 days.", bare: true},
	{code: 194, text: "Missing at least one required parameter"},
	{code: 200, text: "Permissions error", http: http.StatusForbidden},
	{code: 200, subcode: 1545041, text: unavailable.text},
	{code: 200, subcode: 2018021, text: "The Page has not accepted the fee for phone number matching."},
	{
		code: 200, subcode: 2018027,
		text: "Cannot message phone numbers until pages_messaging_phone_number is reviewed.",
	},
	{code: 200, subcode: 2018028, text: notTester.text},
	{code: 200, subcode: 2534041, text: "The Instagram account's owner has disabled access to messages."},
	{
		code: 230, text: "Requires pages_messaging permission to manage the object",
		http: http.StatusForbidden,
	},
	{code: 283, text: "Requires manage_pages permission to manage the object"},
	{code: 341, text: "Application limit reached"},
	{code: 368, text: "The action attempted has been deemed abusive or is otherwise disallowed"},
	{code: 506, text: "Duplicate post"},
	{code: 551, text: unavailable.text},
	{code: 551, subcode: 1545041, text: unavailable.text},
	{code: 613, text: "Calls to this api have exceeded the rate limit."},
	{code: 613, subcode: 1893016, text: "Multiple opt-in requests for the same topic."},
	{code: 613, subcode: 2018338, text: "Tagged messages are sent to this person too frequently."},
	{code: 613, subcode: 2534040, text: "Calls to this api have exceeded the rate limit."},
	{
		code: 1200, text: "Temporary send message failure. Please try again later.",
		http: http.StatusInternalServerError, transient: true,
	},
	{
		code: 1200, subcode: 2018024, text: "Temporary send message failure. Please try again later.",
		http: http.StatusInternalServerError, transient: true,
	},
	{code: 2022, text: commerce},
	{code: 2500, text: noTokenMe.text, bare: true},
	{code: 10303, text: "Invalid account_linking_token"},
	{code: 10900, text: "Activity already replied to"},
	{code: 10901, text: "Activity replying time expired"},
	{code: 10902, text: "This is not a Replyable activity"},
	{code: 10903, text: "This user cant reply to this activity"},
	{code: 24001, text: "An error of the payments that Meta has withdrawn"},
	{code: 24002, text: "An error of the payments that Meta has withdrawn"},
	{code: 24005, text: "An error of the payments that Meta has withdrawn"},
	{code: 36000, text: "The image size is too large.", bare: true},
	{code: 36103, text: "The Instagram account is not eligible for the API yet"},
	{code: 80001, text: "There have been too many calls to this Page account."},
	{code: 80002, text: "There have been too many calls to this Instagram account."},
	{code: 80006, text: "There have been too many calls to this messenger account."},
	{code: 2018144, text: "Instant Game: more than 5 notifications in 10 days"},
	{code: 2300028, text: "Pacing information is not ready."},
	{code: 9000001, text: "This Message has been deleted by the person or the business."},
}

const (
	expired  = "Error validating access token: Session has expired on Thursday, 01-Jan-26 00:00:00 PST."
	commerce = "The ability to send commerce messages has been temporarily disabled for this application."
)

// metaError returns what is known of a code and subcode. Meta's own table prints some subcodes as if they
// were codes: such a code has the words of the subcode.
func metaError(code, subcode int) metaFault {
	found := metaFault{code: code, text: "An error occurred"}
	for _, f := range metaFaults {
		switch {
		case f.code == code && f.subcode == subcode:
			return f
		case f.subcode == code && subcode == 0:
			found = f
		case f.code == code && f.subcode == 0:
			found = f
		}
	}
	return found
}

// error returns the error object for exactly this code and subcode.
func (f metaFault) error(code, subcode int) graphError {
	text := f.text
	if !f.bare {
		text = fmt.Sprintf("(#%d) %s", code, f.text)
	}
	return graphError{
		Message: text, Kind: cmp.Or(f.kind, oauthException), Code: code, Subcode: subcode,
		Transient: f.transient,
	}
}
