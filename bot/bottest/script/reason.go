package script

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/parleybot/parley/send"
)

// reasons are why a message does not go out: the classes of package send in the words of a script, and the
// code and subcode with which Meta refuses for it.
//
// Source: Meta, Messenger Platform error codes, 25 June 2026.
var reasons = []struct {
	word          string
	class         error
	code, subcode int
}{
	{"window closed", send.ErrOutsideWindow, 10, 2018278},
	{"unreachable", send.ErrUnreachable, 551, 1545041},
	{"tag retired", send.ErrTagRetired, 100, 1893061},
	{"rate limited", send.ErrRateLimited, 613, 0},
	{"unauthorized", send.ErrUnauthorized, 190, 0},
	{"blocked", send.ErrBlocked, 368, 0},
	{"not permitted", send.ErrPermission, 200, 0},
	{"invalid", send.ErrInvalid, 100, 0},
	{"unsure", send.ErrUnsure, 1, 1357046},
	{failed, nil, 2, 0},
}

// failed is the reason of everything else: Meta's temporary failures, and errors of a bot's own.
const failed = "failed"

// Reason returns the word of a script for err: why a message did not go out. It asks for the classes of
// package send with errors.Is, so a *[send.Error] with the code, subcode and status of a refusal is enough.
// The words are "window closed", "unreachable", "tag retired", "rate limited", "unauthorized", "blocked",
// "not permitted", "invalid", "unsure" and, for anything else, "failed".
func Reason(err error) string {
	for _, r := range reasons {
		if r.class != nil && errors.Is(err, r.class) {
			return r.word
		}
	}
	return failed
}

func isReason(word string) bool {
	for _, r := range reasons {
		if r.word == word {
			return true
		}
	}
	return false
}

func reasonList() string {
	list := make([]string, len(reasons))
	for i, r := range reasons {
		list[i] = r.word
	}
	return strings.Join(list, ", ")
}

// failure returns Meta's code and subcode for what a script asks for: a reason, or the numbers themselves.
func failure(text string) (code, subcode int, err error) {
	word := strings.ToLower(strings.Join(strings.Fields(text), " "))
	for _, r := range reasons {
		if r.word == word {
			return r.code, r.subcode, nil
		}
	}
	first, second, both := strings.Cut(word, "/")
	code, err = strconv.Atoi(first)
	if err == nil && both {
		subcode, err = strconv.Atoi(second)
	}
	if err != nil || code <= 0 || subcode < 0 {
		return 0, 0, fmt.Errorf("%q is no failure of Meta's: write + (fail) unreachable, another of %s, "+
			"or the code and subcode, as in + (fail) 551/1545041", text, reasonList())
	}
	return code, subcode, nil
}
