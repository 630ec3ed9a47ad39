package send

import "errors"

// advised are the classes of errors with a row of [Explanations] that has advice for all of the class.
var advised = []struct {
	class         error
	code, subcode int
}{
	{ErrOutsideWindow, 10, 2018278},
	{ErrTagRetired, 100, 1893061},
	{ErrUnreachable, 551, 0},
	{ErrRateLimited, 613, 0},
	{ErrUnauthorized, 190, 0},
	{ErrUnsure, 1, 1357046},
}

// Advice returns a sentence that says what a developer should do about an error of this package, whether Meta
// refused the call ([Error.Explain]) or nobody made it. It is empty for nil, and where the error says all
// that is known.
func Advice(err error) string {
	if refused, ok := errors.AsType[*Error](err); ok {
		return refused.Explain().Advice
	}
	for _, known := range advised {
		if errors.Is(err, known.class) {
			found, _ := Explain(known.code, known.subcode)
			return found.Advice
		}
	}
	if errors.Is(err, ErrInvalid) {
		return "Correct the field that the error names: the same call never succeeds."
	}
	return ""
}
