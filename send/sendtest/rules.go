package sendtest

import (
	"fmt"
	"net/http"
)

// rule is one reason for which Meta refuses a call.
type rule struct {
	// id names the rule: T transport and token, S shape, W tags and windows, P payload, X the rest: what
	// Meta's schema implies, and single refusals that others have met.
	id string
	// conf is H for a real body or Meta's own table, M for a documented code with our words, L for an
	// assumption.
	conf string
	// source is where the code and the words are known from. "REC" are bodies recorded from the live API in
	// 2017 and 2018; a name with # is an issue that quotes a real body; the rest are pages of Meta's.
	source  string
	code    int
	subcode int
	// text is the message, a format; it is preceded by "(#code) " unless bare.
	text string
	bare bool
	kind string // defaults to OAuthException
	http int    // defaults to 400
}

// The types of errors. Source: Meta, Error Codes, 25 Jun 2026.
const (
	oauthException       = "OAuthException"
	graphMethodException = "GraphMethodException"
	graphBatchException  = "GraphBatchException"
	igAPIException       = "IGApiException"
)

const policy = "Learn more about the new policy here: " +
	"https://developers.facebook.com/docs/messenger-platform/policy-overview"

// Texts that several rules share.
const (
	isRequired = "The parameter %s is required"
	tooLong    = "Length of param %s must be less than or equal to %d"
	tooMany    = "param %s has too many elements."
	tooFew     = "param %s has too few elements."
	notEmpty   = "param %s must be non-empty."
	notUTF8    = "Param %s must be a non-empty UTF-8 encoded string"
	notURL     = "%s should represent a valid URL"
	notInEnum  = "Param %s must be one of {%s} - got %q."
	outside    = "This message is sent outside of allowed window."
)

// Transport and token.
var (
	noToken = rule{
		id: "T01", conf: "L", source: "Graph API", code: 104, bare: true,
		text: "An access token is required to request this resource.",
	}
	noTokenMe = rule{
		id: "T01", conf: "L", source: "fbsamples/messenger-platform-samples#125", code: 2500, bare: true,
		text: "An active access token must be used to query information about the current user.",
	}
	badToken = rule{
		id: "T02", conf: "H", source: "emes30/facebook_messenger#2", code: 190, bare: true,
		text: "Invalid OAuth access token - Cannot parse access token",
	}
	tokenExpired = rule{
		id: "T03", conf: "M", source: "Graph API, Handle Errors", code: 190, subcode: 463, bare: true,
		text: "Error validating access token: Session has expired on %s.",
	}
	tokenRevoked = rule{
		id: "T04", conf: "H", source: "microsoft/botframework-sdk#1444", code: 190, subcode: 460, bare: true,
		text: "Error validating access token: The session has been invalidated because the user has " +
			"changed the password.",
	}
	notPermitted = rule{
		id: "T06", conf: "H", source: "jellyfangs#46", code: 230,
		http: http.StatusForbidden, text: "Requires %s permission to manage the object",
	}
	otherPage = rule{
		id: "T05", conf: "L", source: "Error Codes, 25 Jun 2026", code: 100, subcode: 33, bare: true,
		kind: graphMethodException,
		text: "Unsupported %s request. Object with ID '%s' does not exist, cannot be loaded due to missing " +
			"permissions, or does not support this operation",
	}
	badProof = rule{
		id: "T07", conf: "H", source: "facebook-python-business-sdk#528", code: 100, bare: true,
		kind: graphMethodException, text: "Invalid appsecret_proof provided in the API argument",
	}
	noProof = rule{
		id: "T08", conf: "L", source: "Graph API", code: 100, bare: true,
		kind: graphMethodException, text: "API calls from the server require an appsecret_proof argument",
	}
	unreadBody = rule{
		id: "T09", conf: "H", source: "Kong/unirest-nodejs#95", code: 100,
		text: "The parameter recipient is required",
	}
	malformedBody = rule{
		id: "T10", conf: "L", source: "assumed", code: 100, text: "The request body is no valid %s",
	}
	wrongMethod = rule{
		id: "T11", conf: "L", source: "Page/messages reference", code: 100, bare: true,
		kind: graphMethodException, http: http.StatusMethodNotAllowed,
		text: "Unsupported %s request. You can't perform this operation on this endpoint.",
	}
	unknownPath = rule{
		id: "T12", conf: "L", source: "Graph API", code: 2500, text: "Unknown path components: /%s",
	}
	batchMany = rule{
		id: "T13", conf: "H", source: "Graph API, Batch Requests", kind: graphBatchException, bare: true,
		text: "Too many requests in batch message. Maximum batch size is 50",
	}
)

// Shape of a call.
var (
	recipientMissing = rule{
		id: "S01", conf: "H", source: "crisboarna/fb-messenger-bot-api#61", code: 100, text: isRequired,
	}
	recipientEmpty = rule{
		id: "S02", conf: "H", source: "laravel-notification-channels/facebook#25", code: 100, text: notEmpty,
	}
	recipientNotID = rule{
		id: "S03", conf: "H", source: "botpress#559", code: 100,
		text: `Param recipient[id] must be a valid ID string (e.g., "123")`,
	}
	recipientTwice = rule{
		id: "S04", conf: "L", source: "Page/messages reference", code: 100,
		text: "param recipient must have exactly one identifier.",
	}
	unknownKeys = rule{
		id: "S05", conf: "H", source: "restfb#541", code: 100,
		text: `Invalid keys "%s" were found in param "%s".`,
	}
	nothingSent = rule{
		id: "S06", conf: "H", source: "REC", code: 100, subcode: 2018015,
		text: "Must send either message or state",
	}
	messageAndAction = rule{
		id: "S07", conf: "H", source: "Error Codes, 25 Jun 2026", code: 100, subcode: 2018014,
		text: "Cannot send both message and state at the same time.",
	}
	messageEmpty = rule{
		id: "S08", conf: "H", source: "REC; rickydunlop/fbmessenger-node#24", code: 100, subcode: 2018034,
		text: "Message cannot be empty, must provide valid attachment or text",
	}
	messageTwice = rule{
		id: "S09", conf: "L", source: "Send API, v25.0", code: 100,
		text: "param message must have either text or attachment.",
	}
	textLong     = rule{id: "S10", conf: "H", source: "Charca/bootbot#148", code: 100, text: tooLong}
	metadataLong = rule{id: "S11", conf: "M", source: "Send API, v25.0", code: 100, text: tooLong}
	badType      = rule{
		id: "S12", conf: "M", source: "Page/messages reference", code: 100,
		text: notInEnum,
	}
	badPush = rule{
		id: "S14", conf: "M", source: "Page/messages reference", code: 100,
		text: notInEnum,
	}
	badAction = rule{
		id: "S15", conf: "M", source: "Page/messages reference", code: 100,
		text: notInEnum,
	}
	badReaction = rule{id: "S16", conf: "L", source: "Sender Actions, 2026", code: 100, text: isRequired}
	badPersona  = rule{
		id: "S17", conf: "L", source: "Personas, 2026", code: 100,
		text: "Param persona_id is no persona of the Page",
	}
	badReply = rule{
		id: "S18", conf: "L", source: "Send API, v25.0", code: 100,
		text: "Param reply_to[mid] is no message of this conversation",
	}
	routingOff = rule{
		id: "S19", conf: "L", source: "Conversation Routing, 24 Sep 2025", code: 100,
		text: "Param thread_control needs conversation routing",
	}
	noPerson = rule{
		id: "S22", conf: "H", source: "REC", code: 100,
		text: "Parameter error: You cannot send messages to this id",
	}
	attachmentPart = rule{id: "S23", conf: "H", source: "REC", code: 100, text: isRequired}
)

// Tags and windows.
var (
	windowClosed = rule{
		id: "W01", conf: "H", source: "botpress#4890", code: 10, subcode: 2018278,
		text: outside + " " + policy,
	}
	windowClosedIG = rule{
		id: "W02", conf: "H", source: "ComposioHQ/composio#3604", code: 10, subcode: 2534022, bare: true,
		kind: igAPIException, http: http.StatusForbidden, text: outside,
	}
	tagWithoutType = rule{
		id: "W03", conf: "H", source: "ker0x/messenger#106", code: 100,
		text: "Messaging type should be MESSAGE_TAG for tagged messages.",
	}
	typeWithoutTag = rule{id: "W04", conf: "L", source: "Send API, v25.0", code: 100, text: isRequired}
	badTag         = rule{
		id: "W05", conf: "H", source: "Error Codes, 25 Jun 2026", code: 100,
		text: "Invalid tag.",
	}
	tagRetired = rule{
		id: "W06", conf: "H", source: "chatwoot#14669", code: 100, subcode: 1893061, bare: true,
		text: "Invalid parameter",
	}
	agentLate = rule{
		id: "W07", conf: "M", source: "Send API, v25.0", code: 10, subcode: 2018278,
		text: outside + " " + policy,
	}
	agentNotApproved = rule{
		id: "W08", conf: "L", source: "Send API, v25.0", code: 10,
		text: "The tag HUMAN_AGENT needs the approved feature Human Agent.",
	}
	feedbackContent = rule{
		id: "W09", conf: "M", source: "Send API, v25.0", code: 100,
		text: "The tag CUSTOMER_FEEDBACK allows the customer feedback template only.",
	}
	feedbackLate = rule{
		id: "W09", conf: "L", source: "Send API, v25.0", code: 10, subcode: 2018278,
		text: outside + " " + policy,
	}
	tagOnInstagram = rule{
		id: "W10", conf: "L", source: "Page/messages reference", code: 100,
		text: "Only the tag HUMAN_AGENT is available for Instagram Messaging.",
	}
	actionLate = rule{
		id: "W11", conf: "L", source: "assumed", code: 10, subcode: 2018278, text: outside + " " + policy,
	}
	stranger = rule{
		id: "W12", conf: "H", source: "restfb#814", code: 100, subcode: 2018001,
		text: "No matching user found",
	}
	strangerIG = rule{
		id: "W12", conf: "H", source: "Error Codes, 25 Jun 2026", code: 100, subcode: 2534014,
		text: "No matching Instagram user",
	}
	unavailable = rule{
		id: "W13", conf: "H", source: "microsoft/botframework-sdk#4556", code: 551, subcode: 1545041,
		text: "This person isn't available right now.",
	}
	notTester = rule{
		id: "W14", conf: "H", source: "Error Codes, 25 Jun 2026", code: 200, subcode: 2018028,
		text: "Cannot message users who are not admins, developers or testers of the app until " +
			"pages_messaging permission is reviewed and the app is live.",
	}
	otherOwner = rule{
		id: "W15", conf: "H", source: "pymessenger#93", code: 10, subcode: 2018300,
		text: "Message failed to send because another app is controlling this thread now.",
	}
	otherOwnerIG = rule{
		id: "W15", conf: "H", source: "Error Codes, 25 Jun 2026", code: 100, subcode: 2534037,
		text: "The action is invalid since it's not the thread owner",
	}
	leadFlow = rule{
		id: "W16", conf: "M", source: "Error Codes, 25 Jun 2026", code: 10, subcode: 2018321,
		text: "The chat is currently controlled by Messenger",
	}
	restricted = rule{
		id: "W17", conf: "M", source: "Error Codes, 25 Jun 2026", code: 10, subcode: 1893063,
		text: "You are temporarily restricted from sending messages.",
	}
	tokenSpent = rule{
		id: "W18", conf: "M", source: "Error Codes, 25 Jun 2026", code: 100,
		text: "%s is invalid / has expired",
	}
	tokenEarly = rule{
		id: "W19", conf: "M", source: "Error Codes, 25 Jun 2026", code: 4, subcode: 2018354,
		text: "Marketing Messages – There has to be a minimum delay between 2 notifications for the given " +
			"notification",
	}
	utilityWithout = rule{
		id: "W20", conf: "L", source: "Utility Messages, 2026", code: 100,
		text: "The messaging type UTILITY needs an approved message[template].",
	}
	utilityUnknown = rule{
		id: "W20", conf: "L", source: "Utility Messages, 2026", code: 100,
		text: "There is no approved template %s in %s.",
	}
	utilityMisfit = rule{
		id: "W21", conf: "L", source: "Utility Messages, 2026", code: 100,
		text: "The parameters of the %s do not match those of the template.",
	}
)

// message fills the rule's format in and puts its code before it.
func (r rule) message(args ...any) string {
	text := fmt.Sprintf(r.text, args...)
	if r.bare {
		return text
	}
	return fmt.Sprintf("(#%d) %s", r.code, text)
}
