package send

import "strings"

// codeRateLimit is Meta's number for a limit of one kind of call, unless messages meet it.
const codeRateLimit = 613

// ownLimit reports whether k goes to an edge with a small limit of its own, which says nothing of messages,
// and which lasts longer than a call should wait: those of the Messenger Profile and of people's menus, 10
// calls in 10 minutes.
//
// Source: Meta, Rate Limiting, 23 March 2026.
func (k *call) ownLimit() bool {
	path := k.request.URL.Path
	return strings.HasSuffix(path, "/"+profileEdge) || strings.HasSuffix(path, "/"+personMenuEdge)
}

// explainOwnLimit returns x for a refusal of such an edge.
func explainOwnLimit(x Explanation) Explanation {
	x.Name, x.Scope = "limit of the Messenger Profile reached", ScopeRequest
	x.Advice = "Wait ten minutes: Meta takes 10 of these calls in 10 minutes for each Page, " +
		"of a person's menu for each person. Messages are not concerned."
	return x
}
