package webhook

import "github.com/tidwall/gjson"

// handover decodes what tells of the control of a thread.
func (d *decoder) handover(o *Origin, it *item) Event {
	h := &Handover{Origin: *o, Hops: d.hopsOf(it)}
	switch it.key {
	case passKey:
		h.Action = HandoverPass
	case takeKey:
		h.Action = HandoverTake
	case requestKey:
		h.Action = HandoverRequest
	case metadataKey:
		h.Action = HandoverMetadata
	default:
		h.Action, h.Roles = HandoverRoles, readRoles(it.value)
		return h
	}
	for key, value := range it.value.All() {
		switch key.Str {
		case "previous_owner_app_id":
			h.PreviousOwner = text(value)
		case "new_owner_app_id":
			h.NewOwner = text(value)
		case "requested_owner_app_id":
			h.RequestedOwner = text(value)
		case "caller_app_id":
			h.Caller = text(value)
		case "metadata":
			h.Metadata = text(value)
		}
	}
	return h
}

// readRoles reads the roles of each app: a list, or the only one.
func readRoles(v gjson.Result) map[string][]string {
	roles := make(map[string][]string)
	for app, value := range v.All() {
		var list []string
		if value.IsArray() {
			for _, role := range value.All() {
				list = append(list, text(role))
			}
		} else if role := text(value); role != "" {
			list = []string{role}
		}
		roles[valid(app.Str)] = list
	}
	return roles
}

// hopsOf returns the hops beside an event, else those of its entry.
func (d *decoder) hopsOf(it *item) []Hop {
	if hops := readHops(it.hops); hops != nil {
		return hops
	}
	return d.hops
}

// maxHops is the longest hop context that is read, in bytes. One entry's belongs to each of its items, so
// the product of the two must stay small. Meta's have about 70.
const maxHops = 2 << 10

// readHops reads a hop context: one hop, or a list of them. It returns nil if there is none.
func readHops(v gjson.Result) []Hop {
	if len(v.Raw) > maxHops {
		return nil
	}
	if v.IsObject() {
		return []Hop{readHop(v)}
	}
	return collect(v, readHop)
}

func readHop(v gjson.Result) Hop {
	var h Hop
	for key, value := range v.All() {
		switch key.Str {
		case "app_id":
			h.AppID = text(value)
		case "metadata":
			h.Metadata = text(value)
		}
	}
	return h
}

func readLinking(o *Origin, v gjson.Result) Event {
	a := &AccountLinking{Origin: *o}
	for key, value := range v.All() {
		switch key.Str {
		case "status":
			a.Status = text(value)
		case "authorization_code":
			a.Code = text(value)
		}
	}
	return a
}

func readPolicy(o *Origin, v gjson.Result) Event {
	p := &PolicyEnforcement{Origin: *o}
	for key, value := range v.All() {
		switch key.Str {
		case "action":
			p.Action = text(value)
		case "reason":
			p.Reason = text(value)
		}
	}
	return p
}

func readResponseFeedback(o *Origin, v gjson.Result) Event {
	r := &ResponseFeedback{Origin: *o}
	for key, value := range v.All() {
		switch key.Str {
		case "mid":
			r.Mid = text(value)
		case "feedback":
			r.Feedback = text(value)
		}
	}
	return r
}

func readGamePlay(o *Origin, v gjson.Result) Event {
	g := &GamePlay{Origin: *o}
	for key, value := range v.All() {
		switch key.Str {
		case "game_id":
			g.GameID = text(value)
		case "player_id":
			g.PlayerID = text(value)
		case "locale":
			g.Locale = text(value)
		case "context_type":
			g.ContextType = text(value)
		case "context_id":
			g.ContextID = text(value)
		case "score":
			g.Score = whole(value)
		case "payload":
			g.Payload = text(value)
		}
	}
	return g
}
