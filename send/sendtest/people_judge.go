package sendtest

import (
	"slices"
	"time"
)

// linkingLife is how long an account linking token is good. Source: Meta, Account Linking, 2026.
const linkingLife = 5 * time.Minute

// personFields are the fields of a person, on Messenger and on Instagram, and the permission that a field
// needs.
//
// Source: Meta, User Profile API; Instagram, User Profile API, 2026.
var (
	personFields = map[string]string{
		"name": "", "first_name": "", "last_name": "", "profile_pic": "",
		"locale": "pages_user_locale", "timezone": "pages_user_timezone", "gender": "pages_user_gender",
	}
	personFieldsIG = map[string]string{
		"name": "", "username": "", "profile_pic": "", "follower_count": "", "is_user_follow_business": "",
		"is_business_follow_user": "", "is_verified_user": "",
	}
)

// readPerson is GET of a person. What it answers without the parameter fields is an assumption: all fields
// that need no permission.
func (j *judge) readPerson(c *Call) any {
	c.Recipient = j.node
	d, known := j.data(), personFields
	if d.instagram {
		known = personFieldsIG
	}
	profile, listed := d.state.Profiles[j.node]
	switch p := d.people[j.node]; {
	case d.instagram && (slices.Contains(d.state.NoConsent, j.node) ||
		j.graph.RefuseStrangers && (p == nil || p.opened.IsZero())):
		j.refuse(noConsent)
	case !listed && d.state.Profiles != nil:
		j.refuse(personUnknown)
	}
	if len(profile) == 0 || j.refused != nil {
		return struct{}{} // what Meta answers an app that has no access to profiles
	}
	shown := map[string]any{"id": j.node}
	for _, f := range j.fields("name", "first_name", "last_name", "username", "profile_pic") {
		permission, ok := known[f.name]
		v, there := profile[f.name]
		has := d.state.Permissions
		if ok && there && (permission == "" || has == nil || slices.Contains(has, permission)) {
			shown[f.name] = v
		}
	}
	return shown
}

// readNode is GET of a Page. Where a Graph takes every numeric ID as that of a Page, one is a person's if the
// call asks for fields that only people have.
func (j *judge) readNode(c *Call) any {
	fields := j.fields()
	person := slices.ContainsFunc(fields, func(f field) bool {
		_, messenger := personFields[f.name]
		_, ig := personFieldsIG[f.name]
		return f.name != "name" && (messenger || ig)
	})
	switch {
	case person && j.guessed():
		return j.readPerson(c)
	case named(fields, "recipient"):
		return j.readLinked(c)
	case named(fields, "messaging_feature_status"):
		return j.featureStatus()
	}
	return j.readPage(c)
}

// guessed reports whether the ID in the path was taken for a Page's because the Graph does not know which ID
// its Page has.
func (j *judge) guessed() bool {
	return j.data().anyID && isID(j.node) && j.node != DefaultPage
}

// readLinked is GET /me with the field recipient: the person behind an account linking token.
//
// Source: Meta, Account Linking, 2026; Error Codes, 25 Jun 2026.
func (j *judge) readLinked(c *Call) any {
	j.onMessenger()
	token := value{"", j.params.values}.at("account_linking_token")
	j.require(missingPart, token)
	known, ok := j.data().state.LinkingTokens[token.text()]
	if !ok || !known.Issued.IsZero() && j.now.Sub(known.Issued) > linkingLife {
		j.refuse(linkingInvalid)
	}
	c.Recipient = known.PSID
	return map[string]string{"id": j.page, "recipient": known.PSID}
}

// unlinkAccount is POST to the edge unlink_accounts.
//
// Source: Meta, Account Linking, 2026.
func (j *judge) unlinkAccount(c *Call) any {
	j.onMessenger()
	c.Recipient = j.psid("psid")
	return map[string]string{"result": "unlink account success"}
}

// psid returns the PSID that a parameter holds, and refuses what is none.
func (j *judge) psid(name string) string {
	id := value{"", j.params.values}.at(name)
	j.require(missingPart, id)
	if !id.absent() && !isID(id.text()) {
		j.refuse(wrongKind, id.name, "a valid ID string")
	}
	j.familiar(id.text())
	return id.text()
}

// familiar refuses a person who never wrote to the Page, if the Graph refuses strangers.
func (j *judge) familiar(psid string) {
	switch p := j.data().people[psid]; {
	case !j.graph.RefuseStrangers || p != nil && !p.opened.IsZero():
	case j.data().instagram:
		j.refuse(strangerIG)
	default:
		j.refuse(stranger)
	}
}
