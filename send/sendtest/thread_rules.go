package sendtest

import "net/http"

// Edges about people, threads, conversations and templates.
var (
	commentAnswered = rule{
		id: "E01", conf: "H", source: "Page/messages reference", code: 10900,
		text: "Activity already replied to",
	}
	commentLate = rule{
		id: "E02", conf: "H", source: "Page/messages reference", code: 10901,
		text: "Activity replying time expired",
	}
	commentOwn = rule{
		id: "E03", conf: "H", source: "Page/messages reference", code: 10903,
		text: "This user cant reply to this activity",
	}
	commentClosed = rule{
		id: "E03", conf: "H", source: "facebookarchive/php-graph-sdk#568", code: 10902,
		text: "This is not a Replyable activity",
	}
	commentClosedIG = rule{
		id: "E03", conf: "H", source: "Error Codes, 25 Jun 2026", code: 100, subcode: 2534025,
		text: "The comment is invalid for a private reply",
	}
	noDefaultApp = rule{
		id: "E10", conf: "L", source: "Conversation Routing, 24 Sep 2025", code: 10,
		text: "Control cannot be taken while the Page has no default application.",
	}
	mayNotTake = rule{
		id: "E10", conf: "L", source: "Conversation Routing, 24 Sep 2025", code: 10,
		text: "The app may not take control.",
	}
	mayNotRequest = rule{
		id: "E10", conf: "L", source: "Conversation Routing, 24 Sep 2025", code: 100,
		text: "Control cannot be requested while the Page has a default application.",
	}
	notOwner = rule{
		id: "E11", conf: "L", source: "Conversation Routing, 24 Sep 2025", code: 100,
		text: "The app does not control this thread.",
	}
	notOwnerIG = rule{
		id: "E11", conf: "L", source: "Error Codes, 25 Jun 2026", code: 100, subcode: 2534037,
		text: "The action is invalid since it's not the thread owner",
	}
	ownerAlready = rule{
		id: "E11", conf: "L", source: "Conversation Routing, 24 Sep 2025", code: 100,
		text: "The app controls this thread already.",
	}
	extendedLong = rule{
		id: "E12", conf: "L", source: "Conversation Routing, 24 Sep 2025", code: 100,
		text: "Param duration must be between 1 and %d seconds",
	}
	personaPart   = rule{id: "E13", conf: "M", source: "Personas, 2026", code: 100, text: isRequired}
	personaLong   = rule{id: "E13", conf: "M", source: "Personas, 2026", code: 100, text: tooLong}
	personaNoURL  = rule{id: "E13", conf: "M", source: "Personas, 2026", code: 100, text: notURL}
	personUnknown = rule{
		id: "E14", conf: "M", source: "Error Codes, 25 Jun 2026; chatwoot#6632", code: 100, subcode: 2018218,
		text: "No profile available for this user.",
	}
	noConsent = rule{
		id: "E14", conf: "L", source: "Instagram, User Profile, 2026", code: 230,
		http: http.StatusForbidden, text: "User consent is required to access user profile",
	}
	messageOld = rule{
		id: "E15", conf: "M", source: "Conversations, 2026; Error Codes, 25 Jun 2026", code: 9000001,
		text: "This Message has been deleted by the person or the business.",
	}
	conversationsOften = rule{
		id: "E28", conf: "M", source: "Rate Limiting, 23 Mar 2026", code: 613, text: tooOften,
	}
	linkingInvalid = rule{
		id: "E29", conf: "M", source: "Error Codes, 25 Jun 2026", code: 10303,
		text: "Invalid account_linking_token",
	}
	receiversHidden = rule{
		id: "E30", conf: "M", source: "Error Codes, 25 Jun 2026", code: 100, subcode: 2018171,
		text: "Only available for Primary and Secondary Receivers",
	}
	moderatedMany = rule{
		id: "E31", conf: "M", source: "Page/moderate_conversations reference, 2026", code: 105, text: tooMany,
	}
	moderatedNone = rule{
		id: "E31", conf: "L", source: "Page/moderate_conversations reference, 2026", code: 194, text: tooFew,
	}
	templateUnknown = rule{
		id: "E32", conf: "L", source: "Utility Messages, 2026", code: 100,
		text: "There is no template %s.",
	}
	routingMissing = rule{
		id: "S19", conf: "L", source: "Conversation Routing, 24 Sep 2025", code: 100,
		text: "The call needs conversation routing",
	}
)
