package send

import "net/http"

// Retry says whether the same call is worth another try.
type Retry string

// The kinds of [Retry]. [Client.Send] follows them by itself; [Retryable] is true for the first three.
const (
	RetrySoon   Retry = "soon"   // within seconds: the failure passes by itself
	RetryOnce   Retry = "once"   // one more try; then the call itself is wrong
	RetryLater  Retry = "later"  // after a minute, growing, or after Meta's estimate: a limit is reached
	RetryNever  Retry = "never"  // not before something has changed
	RetryUnsure Retry = "unsure" // not by a program: the message may have been delivered
)

// Scope says what else fails with the same error.
type Scope string

// The scopes, from narrow to wide.
const (
	ScopeRequest Scope = "request" // this call, and others like it
	ScopePerson  Scope = "person"  // what goes to this person
	ScopeThread  Scope = "thread"  // what goes to this thread, until another app gives it back
	ScopePage    Scope = "Page"    // all calls of the Page
	ScopeApp     Scope = "app"     // all calls of the app, for all its Pages
)

// Explanation says what an error of Meta's means and what to do.
type Explanation struct {
	// Code and Subcode are Meta's numbers. Some subcodes stand in Meta's tables as if they were codes; they
	// stand in Code here too.
	Code, Subcode int
	// Name says in a few words what is wrong.
	Name string
	// Class is the class of the error, such as [ErrUnreachable]; nil if it has none, as a failure that passes
	// by itself.
	Class error
	// Retry says whether the same call is worth another try.
	Retry Retry
	// Scope says what else fails with the same error.
	Scope Scope
	// Advice is a sentence that says what a developer should do.
	Advice string
}

// Explain returns what Meta's numbers mean; subcode 0 is none. A subcode that is not known is explained by
// its code. It reports false if the code is not known either.
func Explain(code, subcode int) (Explanation, bool) {
	i, ok := explained.find(code, subcode)
	if !ok {
		return Explanation{}, false
	}
	return explanations[i], true
}

// Explain returns what e means. For numbers that nobody has documented it says what can be known without
// them: whether Meta calls the failure transient, and what the HTTP status means if there is no code.
//
// Source: Meta, Graph API, Handling Errors.
func (e *Error) Explain() Explanation {
	x, known := Explain(e.Code, e.Subcode)
	switch {
	case !known:
		x = e.guess()
		x.Code, x.Subcode = e.Code, e.Subcode
	case e.limit != noEdgeLimit:
		x = e.limit.explain(x)
	case e.wrongProof():
		x.Name, x.Scope = "appsecret_proof refused", ScopeApp
		x.Advice = "Check the app secret: it must be that of the app whose Page token this is."
	}
	if e.Transient && x.Retry == RetryNever {
		x.Retry = RetrySoon
	}
	return x
}

// wrongProof reports whether Meta refused the appsecret_proof, whose code says nothing, but whose type does.
//
// Source: facebook-python-business-sdk#528.
func (e *Error) wrongProof() bool {
	return e.Code == 100 && e.Subcode == 0 && e.Type == "GraphMethodException"
}

// guess returns what is known of an error that is in no table.
func (e *Error) guess() Explanation {
	switch {
	case e.usedUp():
		return Explanation{
			Name: "usage limit reached", Class: ErrRateLimited, Retry: RetryLater, Scope: ScopePage,
			Advice: "Wait for RetryAfter, and send less: Meta's usage headers say that the limit is reached.",
		}
	case e.Code != 0:
		return Explanation{
			Name: "unknown code", Retry: RetryNever, Scope: ScopeRequest,
			Advice: "Read the message, and look the code up in Meta's pages: nobody knew it here.",
		}
	case e.Status == http.StatusTooManyRequests:
		return Explanation{
			Name: "too many requests", Class: ErrRateLimited, Retry: RetryLater, Scope: ScopePage,
			Advice: "Wait, and send less: a gateway before the Graph API refuses calls.",
		}
	case e.Status >= http.StatusInternalServerError:
		return Explanation{
			Name: "no answer of the Graph API", Retry: RetrySoon, Scope: ScopeRequest,
			Advice: "Try again: a gateway before the Graph API failed.",
		}
	}
	return Explanation{
		Name: "no answer of the Graph API", Retry: RetryNever, Scope: ScopeRequest,
		Advice: "Check Config.BaseURL and what stands between here and Meta: the answer was not Meta's.",
	}
}

// firstSubcode is the least of the numbers that mean the same whatever code they come with; smaller subcodes
// belong to one code.
const firstSubcode = 1_000_000

// index finds rows of explanations.
type index struct {
	pairs    map[[2]int]int // code and subcode
	subcodes map[int]int    // the long ones, with any code
}

// explained is the index of explanations.
var explained = newIndex(explanations)

func newIndex(rows []Explanation) index {
	x := index{pairs: make(map[[2]int]int, len(rows)), subcodes: make(map[int]int, len(rows))}
	for i, row := range rows {
		x.pairs[[2]int{row.Code, row.Subcode}] = i
		for _, n := range []int{row.Code, row.Subcode} {
			if _, taken := x.subcodes[n]; !taken && n >= firstSubcode {
				x.subcodes[n] = i
			}
		}
	}
	return x
}

// find returns the row for Meta's numbers. A subcode says more than its code does. Meta's own table prints
// some subcodes as if they were codes, so a code is looked up among them too.
func (x index) find(code, subcode int) (int, bool) {
	if i, ok := x.pairs[[2]int{code, subcode}]; ok {
		return i, true
	}
	if i, ok := x.subcodes[subcode]; ok {
		return i, true
	}
	if i, ok := x.pairs[[2]int{code, 0}]; ok {
		return i, true
	}
	i, ok := x.subcodes[code]
	return i, ok
}
