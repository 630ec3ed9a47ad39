package sendtest

import "time"

// Limits in a span of time. Source: Meta, Rate Limiting, 23 Mar 2026; Messenger Profile reference, 2026.
const (
	profileCalls = 10
	profileSpan  = 10 * time.Minute

	sendRate  = 300 // per second: messages of texts, links, stickers, and reactions
	mediaRate = 10  // per second: messages with audio or video
)

// rate counts a call of the Page or account under a key, unless the span before it has as many as may be:
// then it refuses the call under r and does not count it.
func (j *judge) rate(r rule, key string, most int, span time.Duration) {
	if j.refused != nil {
		return
	}
	d := j.data()
	if d.counted == nil {
		d.counted = map[string][]time.Time{}
	}
	recent := d.counted[key]
	for len(recent) > 0 && j.now.Sub(recent[0]) >= span {
		recent = recent[1:]
	}
	if len(recent) >= most {
		j.refuse(r)
	} else {
		recent = append(recent, j.now)
	}
	d.counted[key] = recent
}

// rateOf is rate for limits in a second, which the Graph heeds only if Graph.Limits says so.
func (j *judge) rateOf(r rule, key string, perSecond int) {
	if j.graph.Limits {
		j.rate(r, key, perSecond, time.Second)
	}
}

func (j *judge) profileRate() { j.rate(profileOften, "profile", profileCalls, profileSpan) }

// countSend counts a message or an action.
func (j *judge) countSend() {
	message := value{"", j.params.values}.at("message")
	switch message.at("attachment").at("type").word() {
	case "audio", "video":
		j.rateOf(sentOften, "media", mediaRate)
	default:
		j.rateOf(sentOften, "send", sendRate)
	}
}
