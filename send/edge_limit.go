package send

import "strings"

// codeRateLimit is Meta's number for a limit of one kind of call, unless messages meet it.
const codeRateLimit = 613

// edgeLimit is a limit that an edge has of its own, which says nothing of messages.
type edgeLimit uint8

const (
	noEdgeLimit edgeLimit = iota
	// profileLimit is 10 calls in 10 minutes, of the Messenger Profile for each Page and of menus for each
	// person: it lasts longer than a call should wait.
	profileLimit
	// pastLimit is 2 calls per second and Page, of the Conversations API.
	pastLimit
)

// limit returns the limit that k has of its own.
//
// Source: Meta, Rate Limiting, 23 March 2026.
func (k *call) limit() edgeLimit {
	path := k.request.URL.Path
	switch {
	case k.past:
		return pastLimit
	case strings.HasSuffix(path, "/"+profileEdge), strings.HasSuffix(path, "/"+personMenuEdge):
		return profileLimit
	}
	return noEdgeLimit
}

// explain returns x for a refusal by such a limit.
func (l edgeLimit) explain(x Explanation) Explanation {
	x.Scope = ScopeRequest
	if l == pastLimit {
		x.Name = "limit of the Conversations API reached"
		x.Advice = "Ask for less: Meta takes 2 of these calls per second and Page, those of other programs " +
			"among them. Messages are not concerned."
		return x
	}
	x.Name = "limit of the Messenger Profile reached"
	x.Advice = "Wait ten minutes: Meta takes 10 of these calls in 10 minutes for each Page, " +
		"of a person's menu for each person. Messages are not concerned."
	return x
}
