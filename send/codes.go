package send

// classOf returns the class of Meta's numbers, or nil if they are not known. The subcode says more than the
// code does. Meta's own table prints some subcodes as if they were codes, so a code is looked up among them
// too.
func classOf(code, subcode int) error {
	if class, ok := subcodes[subcode]; ok {
		return class
	}
	if class, ok := codes[code]; ok {
		return class
	}
	return subcodes[code]
}

// codes is what Meta's codes mean to a bot, where no subcode says more.
//
// Sources: Meta, Messenger Platform error codes, 25 June 2026; Page/messages reference, error codes; Graph
// API, Handling Errors and Rate Limits; bodies that developers recorded.
var codes = map[int]error{
	1:    errTransient, // an unknown error
	2:    errTransient, // a service is down
	1200: errTransient, // temporary send message failure

	4:     ErrRateLimited, // the app's limit
	9:     ErrRateLimited, // too many opt-in requests
	17:    ErrRateLimited,
	32:    ErrRateLimited, // the Page's limit
	341:   ErrRateLimited,
	613:   ErrRateLimited,
	80001: ErrRateLimited, // by business use case: Pages, Instagram, Messenger
	80002: ErrRateLimited,
	80006: ErrRateLimited,

	102: ErrUnauthorized,
	104: ErrUnauthorized,
	190: ErrUnauthorized,

	3:     ErrPermission,
	10:    ErrPermission,
	200:   ErrPermission,
	230:   ErrPermission,
	283:   ErrPermission,
	36103: ErrPermission,

	368:  ErrBlocked,
	2022: ErrBlocked,

	551: ErrUnreachable,

	100:     ErrInvalid,
	105:     ErrInvalid, // too many elements
	194:     ErrInvalid, // too few elements
	506:     ErrInvalid,
	2500:    ErrInvalid,
	10303:   ErrInvalid,
	10900:   ErrInvalid, // private replies
	10901:   ErrInvalid,
	10902:   ErrInvalid,
	10903:   ErrInvalid,
	24001:   ErrInvalid,
	24002:   ErrInvalid,
	24005:   ErrInvalid,
	36000:   ErrInvalid,
	9000001: ErrInvalid, // the message was deleted
}

// subcodes is what Meta's subcodes mean to a bot, where that differs from their code. They are unique,
// whatever code they come with.
//
// Sources: those of codes.
var subcodes = map[int]error{
	99:      errOnce,      // with code 1: unknown, perhaps a missing permission
	2018008: errOnce,      // a file could not be fetched
	2018294: errOnce,      // a video took too long, or is broken
	2018321: errTransient, // a lead flow holds the thread
	2300028: errTransient, // pacing of marketing messages not ready
	1357046: ErrUnsure,    // Meta received an invalid reply: the message may have been sent

	2018144: ErrRateLimited, // notifications of an Instant Game

	2018065: ErrOutsideWindow,
	2018278: ErrOutsideWindow,
	2534022: ErrOutsideWindow, // Instagram

	1545041: ErrUnreachable,
	1893015: ErrUnreachable, // stopped notification messages
	2018001: ErrUnreachable, // nobody known by this PSID
	2018108: ErrUnreachable,
	2018218: ErrUnreachable,
	2018336: ErrUnreachable, // rules of the EU or Japan
	2534014: ErrUnreachable, // Instagram

	1404170: ErrBlocked, // no opt-in requests for now
	1893063: ErrBlocked,
	2534029: ErrBlocked, // Instagram

	2018171: ErrPermission, // thread control
	2018234: ErrPermission,
	2018247: ErrPermission,
	2018344: ErrPermission, // privacy terms of labels not accepted
	2534013: ErrPermission, // no Instagram account linked
	2534037: ErrPermission, // not the thread owner

	1893061: ErrTagRetired,

	1893016: ErrInvalid, // several opt-in requests for one topic
	2018173: ErrInvalid, // media template
	2018175: ErrInvalid,
	2018182: ErrInvalid,
	2018183: ErrInvalid,
	2018184: ErrInvalid,
	2018185: ErrInvalid,
	2018186: ErrInvalid,
	2018187: ErrInvalid,
	2018188: ErrInvalid,
	2018354: ErrInvalid, // two notifications too close to each other
	2018382: ErrInvalid, // instant form
}
