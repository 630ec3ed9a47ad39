package sendtest

// Other edges than messages: the profile of the Page, uploads, subscriptions, limits.
var (
	getStartedFirst = rule{
		id: "E04", conf: "H", source: "pimax/fb-messenger-php#90", code: 100, subcode: 2018145,
		text: getStartedMissing,
	}
	getStartedKept = rule{
		id: "E04", conf: "L", source: "Messenger Profile, 2026", code: 100, subcode: 2018145,
		text: getStartedMissing,
	}
	menuBad      = rule{id: "E05", conf: "M", source: "Persistent Menu, 2026", code: 100, text: "%s"}
	menuLong     = rule{id: "E05", conf: "M", source: "Persistent Menu, 2026", code: 100, text: tooLong}
	menuMany     = rule{id: "E05", conf: "M", source: "Persistent Menu, 2026", code: 100, text: tooMany}
	menuItemType = rule{id: "E05", conf: "M", source: "Persistent Menu, 2026", code: 100, text: notInEnum}
	breakersBad  = rule{id: "E06", conf: "M", source: "Ice Breakers, 2026", code: 100, text: "%s"}
	breakersMany = rule{id: "E06", conf: "M", source: "Ice Breakers, 2026", code: 100, text: tooMany}
	commandsBad  = rule{id: "E07", conf: "M", source: "Commands, 2026", code: 100, text: "%s"}
	commandsMany = rule{id: "E07", conf: "M", source: "Commands, 2026", code: 100, text: tooMany}
	commandsLong = rule{id: "E07", conf: "M", source: "Commands, 2026", code: 100, text: tooLong}
	domainsBad   = rule{
		id: "E08", conf: "M", source: "Whitelisted Domains, 2026", code: 100,
		text: "%s should represent a valid https domain",
	}
	domainsMany = rule{
		id: "E08", conf: "M", source: "Whitelisted Domains, 2026", code: 100, text: tooMany,
	}
	profileOften = rule{
		id: "E09", conf: "M", source: "Rate Limiting, 23 Mar 2026", code: 613, text: tooOften,
	}
	sentOften = rule{
		id: "E16", conf: "M", source: "Rate Limiting, 23 Mar 2026", code: 613, text: tooOften,
	}
	greetingBad  = rule{id: "E20", conf: "M", source: "Greeting, 2026", code: 100, text: "%s"}
	greetingLong = rule{id: "E20", conf: "M", source: "Greeting, 2026", code: 100, text: tooLong}
	linkingHTTPS = rule{id: "E21", conf: "M", source: "Account Linking, 2026", code: 100, text: notHTTPS}
	retiredEntry = rule{
		id: "E22", conf: "L", source: "Messenger Profile, 2026", code: 100,
		text: "Param %s is not supported any more",
	}
	profileEmpty = rule{
		id: "E23", conf: "L", source: "Messenger Profile, 2026", code: 100,
		text: "The profile needs at least one property",
	}
	notLinked = rule{
		id: "E24", conf: "H", source: "Error Codes, 25 Jun 2026", code: 100, subcode: 2534013,
		text: "The Page is not linked to an Instagram account",
	}
	fileNameIG = rule{
		id: "E25", conf: "L", source: "Instagram, Upload an Attachment, 2026", code: 100, subcode: 2018047,
		text: "Upload attachment failure.",
	}
	appTokenOnly = rule{
		id: "E26", conf: "L", source: "Webhooks, 2026", code: 100, bare: true,
		text: "This method must be called with an app access_token.",
	}
	callbackBad = rule{id: "E27", conf: "L", source: "Webhooks, 2026", code: 100, text: notHTTPS}
)

// Texts of the rules above.
const (
	getStartedMissing = "You must set a Get Started button if you also wish to use persistent menu."
	tooOften          = "Calls to this api have exceeded the rate limit."
)
