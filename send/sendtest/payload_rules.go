package sendtest

import "net/http"

// Payload: quick replies, attachments, templates and their buttons.
var (
	quickRepliesMany = rule{
		id: "P01", conf: "H", source: "microsoft/botframework-sdk#3331", code: 105, text: tooMany,
	}
	quickReplyType  = rule{id: "P02", conf: "H", source: "REC", code: 100, text: isRequired}
	quickReplyTitle = rule{
		id: "P02", conf: "H", source: "REC", code: 100, subcode: 2018098,
		text: "Title is required for this quick reply content type",
	}
	quickReplyPayload = rule{
		id: "P02", conf: "H", source: "REC", code: 100, subcode: 2018099,
		text: "Payload is required for this quick reply content type",
	}
	quickReplyTitleLong = rule{
		id: "P03", conf: "H", source: "microsoft/botframework-sdk#1335", code: 100, text: tooLong,
	}
	quickReplyPayloadLong = rule{
		id: "P04", conf: "M", source: "Quick Replies, 2026", code: 100,
		text: tooLong,
	}
	quickReplyUnsupported = rule{
		id: "P05", conf: "L", source: "Quick Replies, 2026", code: 100,
		text: notInEnum,
	}
	attachmentType = rule{
		id: "P06", conf: "H", source: "REC", code: 100,
		text: "Param %s is not supported. Please check developer docs for details",
	}
	attachmentReceived = rule{
		id: "P06", conf: "L", source: "Page/messages reference", code: 100,
		text: "Param %s is not supported. Please check developer docs for details",
	}
	templateType = rule{id: "P07", conf: "H", source: "REC", code: 100, text: "Invalid template type"}
	templateDead = rule{
		id: "P07", conf: "M", source: "Templates, 2026", code: 100,
		text: "Invalid template type",
	}
	buttonsMany    = rule{id: "P08", conf: "H", source: "botman#694", code: 105, text: tooMany}
	elementButtons = rule{id: "P09", conf: "H", source: "botkit#1672", code: 105, text: tooMany}
	elementsMany   = rule{
		id: "P10", conf: "M", source: "Generic Template, 2026", code: 105,
		text: tooMany,
	}
	buttonsEmpty   = rule{id: "P11", conf: "H", source: "REC", code: 100, text: notEmpty}
	tooFewElements = rule{id: "P11b", conf: "H", source: "REC", code: 194, text: tooFew}
	templatePart   = rule{id: "P11c", conf: "H", source: "REC", code: 100, text: isRequired}
	buttonTitle    = rule{
		id: "P11d", conf: "H", source: "REC", code: 100, subcode: 2018053,
		text: noButtonTitle,
	}
	titleEmpty     = rule{id: "P11d", conf: "H", source: "REC", code: 100, text: notUTF8}
	buttonTextLong = rule{
		id: "P12", conf: "M", source: "Button Template, 2026", code: 100,
		text: tooLong,
	}
	shownCut = rule{
		id: "P13", conf: "M", source: "microsoft/botframework-sdk#1076", code: 100,
		text: tooLong,
	}
	elementTitleOnly = rule{
		id: "P14", conf: "H", source: "REC", code: 100, subcode: 2018035,
		text: "Incomplete element data: title and at least one other field (image url, subtitle or " +
			"buttons) is required with non-empty value",
	}
	buttonNoURL = rule{
		id: "P15", conf: "H", source: "REC", code: 100, subcode: 2018041,
		text: "Web url cannot be empty for url type button",
	}
	buttonBadURL     = rule{id: "P15", conf: "H", source: "REC", code: 100, text: notURL}
	extensionsDomain = rule{
		id: "P15", conf: "M", source: "Messenger Extensions, 2026", code: 100,
		text: "The domain of %s is not whitelisted",
	}
	extensionsHTTPS = rule{id: "P15", conf: "M", source: "Buttons, 2026", code: 100, text: notHTTPS}
	postbackNoData  = rule{
		id: "P16", conf: "H", source: "REC", code: 100, subcode: 2018040,
		text: noPayload,
	}
	postbackDataLong = rule{id: "P16", conf: "M", source: "Buttons, 2026", code: 100, text: tooLong}
	phoneNumber      = rule{
		id: "P17", conf: "M", source: "Buttons, 2026", code: 100,
		text: "Param %s must be a phone number of the form +16505551234",
	}
	accountLinkHTTPS = rule{id: "P18", conf: "M", source: "Buttons, 2026", code: 100, text: notHTTPS}
	accountLinkTitle = rule{
		id: "P18", conf: "M", source: "Buttons, 2026", code: 100,
		text: "Param %s is not allowed for this button type",
	}
	mediaElements = rule{id: "P19", conf: "M", source: "Media Template, 2026", code: 105, text: tooMany}
	mediaKind     = rule{
		id: "P19", conf: "M", source: "Media Template, 2026", code: 100, subcode: 2018182,
		text: "Media type is invalid",
	}
	mediaForeign = rule{
		id: "P19", conf: "M", source: "Media Template, 2026", code: 100, subcode: 2018185,
		text: "The url is not a Facebook url",
	}
	mediaUnsupported = rule{
		id: "P19", conf: "M", source: "Media Template, 2026", code: 100, subcode: 2018184,
		text: "The Facebook media url is not supported",
	}
	mediaOneOf = rule{
		id: "P19", conf: "M", source: "Media Template, 2026", code: 100, subcode: 2018187,
		text: "Either url or attachment_id is required",
	}
	receiptPart = rule{id: "P20", conf: "H", source: "REC", code: 100, text: isRequired}
	receiptMany = rule{
		id: "P20", conf: "M", source: "Receipt Template, 2026", code: 105,
		text: tooMany,
	}
	receiptCurrency = rule{
		id: "P20", conf: "H", source: "REC", code: 100, text: "The currency code '%s' is not supported",
	}
	receiptTotal = rule{
		id: "P20", conf: "H", source: "REC", code: 100, subcode: 2018055,
		text: "The amount you specified in payment summary is invalid. Please verify that it is a valid " +
			"positive amount and is supported by its currency in terms of decimal places.",
	}
	receiptReused = rule{
		id: "P20", conf: "L", source: "Receipt Template, 2026", code: 100,
		text: "Param %s was used by another receipt",
	}
	couponLong  = rule{id: "P21", conf: "M", source: "Coupon Template, 2026", code: 100, text: tooLong}
	couponBad   = rule{id: "P21", conf: "M", source: "Coupon Template, 2026", code: 100, text: "%s"}
	feedbackBad = rule{
		id: "P22", conf: "M", source: "Customer Feedback Template, 2026", code: 100,
		text: "%s",
	}
	feedbackScale = rule{
		id: "P22", conf: "M", source: "Customer Feedback Template, 2026", code: 100,
		text: notInEnum,
	}
	feedbackLong = rule{
		id: "P22", conf: "M", source: "Customer Feedback Template, 2026", code: 100,
		text: tooLong,
	}
	gridBad = rule{
		id: "P23", conf: "M", source: "Image Grid Template, 30 Jun 2026", code: 100,
		text: "%s",
	}
	gridMany = rule{
		id: "P23", conf: "M", source: "Image Grid Template, 30 Jun 2026", code: 105,
		text: tooMany,
	}
	badProduct = rule{
		id: "P24", conf: "H", source: "Error Codes, 25 Jun 2026", code: 100, subcode: 2018320,
		text: "Invalid product id",
	}
	attachmentUnknown = rule{
		id: "P25", conf: "H", source: "Error Codes, 25 Jun 2026", code: 100, subcode: 2018074,
		text: "Possible invalid ID or you do not own the attachment",
	}
	mediaURL    = rule{id: "P26", conf: "H", source: "REC", code: 100, text: notURL}
	fetchFailed = rule{
		id: "P26", conf: "H", source: "Error Codes, 25 Jun 2026", code: 100, subcode: 2018008,
		text: "Failed to fetch the file from the url",
	}
	attachmentKind = rule{
		id: "P27", conf: "H", source: "Error Codes, 25 Jun 2026", code: 100, subcode: 2018047,
		text: "Upload attachment failure.",
	}
	attachmentLarge = rule{
		id: "P28", conf: "H", source: "Error Codes, 25 Jun 2026", code: 100, subcode: 2018109,
		text: "Attachment size exceeds allowable limit",
	}
	videoSlow = rule{
		id: "P29", conf: "H", source: "Error Codes, 25 Jun 2026", code: 100, subcode: 2018294,
		text: "Video upload timed out or video is corrupted",
	}
	mediaIG = rule{
		id: "P31", conf: "L", source: "Instagram, Send a Message, 2026", code: 100, subcode: 2018047,
		text: "Upload attachment failure.",
	}
	textLongIG = rule{
		id: "P30", conf: "L", source: "Instagram, Send a Message, 2026", code: 100, subcode: 2534015,
		text: "Invalid message data",
	}
	quickRepliesEmpty = rule{id: "P32", conf: "H", source: "REC", code: 194, text: tooFew}
)

// Texts of the rules above.
const (
	noButtonTitle = "Element button title cannot be empty."
	noPayload     = "Payload cannot be empty for postback type button"
	notHTTPS      = "%s should represent a valid https URL"
)

// The rest: what Meta's schema implies, and single refusals that others have met.
var (
	wrongKind = rule{
		id: "X01", conf: "L", source: "Page/messages reference", code: 100,
		text: "Param %s must be %s",
	}
	enumerated = rule{id: "X02", conf: "L", source: "Page/messages reference", code: 100, text: notInEnum}
	fileCount  = rule{
		id: "X03", conf: "H", source: "pimax/fb-messenger-php#142", code: 100,
		text: "Incorrect number of files uploaded. Must upload exactly one file.",
	}
	notOnInstagram = rule{
		id: "X04", conf: "L", source: "Instagram, Send a Message, 2026", code: 100, subcode: 2534015,
		text: "Invalid message data",
	}
	newsClosed = rule{
		id: "X05", conf: "H", source: "microsoft/botframework-sdk#2050", code: 10, subcode: 2018065,
		text: outside + " You need page_messaging_subscriptions permission to be able to do it. " + policy,
	}
	missingPart = rule{
		id: "X06", conf: "L", source: "Page/messages reference", code: 100,
		text: isRequired,
	}
	informationBad = rule{
		id: "X07", conf: "L", source: "Customer Information Template, 2026", code: 100,
		text: "%s",
	}
	attachedMany = rule{
		id: "X08", conf: "L", source: "Instagram, Send a Message, 2026", code: 105,
		text: tooMany,
	}
	formUnknown = rule{
		id: "X09", conf: "H", source: "Error Codes, 25 Jun 2026", code: 1, subcode: 2018382,
		http: http.StatusInternalServerError,
		text: `The given "FORM_ID" field is incorrect, or the form is not inthread eligible.`,
	}
	optInLong = rule{
		id: "X10", conf: "L", source: "One-Time Notification, 2023; Recurring Notifications, 2023", code: 100,
		text: tooLong,
	}
	gameData = rule{
		id: "X11", conf: "L", source: "Buttons, 2026", code: 100,
		text: "Param %s must have either player_id or context_id",
	}
	productOld = rule{
		id: "X12", conf: "H", source: "Error Codes, 25 Jun 2026", code: 100, subcode: 2018328,
		text: "The product template needs version v8.0 or later",
	}
)
