package send

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
)

// PersonProfile is what Meta tells of a person. Every field may be empty: because the person has not said it,
// because it was not asked for, or because the app may not see it.
//
// Sources: Meta, User Profile API, and Instagram User Profile, 2026.
type PersonProfile struct {
	// ID is the person's, "" if Meta tells nothing of them.
	ID PSID `json:"id,omitempty"`
	// Name is the full name.
	Name string `json:"name,omitempty"`
	// FirstName and LastName are its parts. Messenger only.
	FirstName string `json:"first_name,omitempty"`
	LastName  string `json:"last_name,omitempty"`
	// Picture is the URL of the profile picture. It expires.
	Picture string `json:"profile_pic,omitempty"`

	// Locale is such as "en_GB". It needs the permission pages_user_locale. Messenger only.
	Locale string `json:"locale,omitempty"`
	// Timezone is how many hours the person's clock is ahead of GMT, with a fraction in some countries; nil
	// if unknown. It needs the permission pages_user_timezone. Messenger only.
	Timezone *float64 `json:"timezone,omitempty"`
	// Gender is such as "female". It needs the permission pages_user_gender. Messenger only.
	Gender string `json:"gender,omitempty"`

	// Username is the name on Instagram. Instagram only, as are the fields below.
	Username string `json:"username,omitempty"`
	// Followers is how many accounts follow the person.
	Followers int `json:"follower_count,omitempty"`
	// FollowsUs says that the person follows the business, WeFollow that the business follows the person.
	FollowsUs bool `json:"is_user_follow_business,omitempty"`
	WeFollow  bool `json:"is_business_follow_user,omitempty"`
	// Verified says that the account is a verified one.
	Verified bool `json:"is_verified_user,omitempty"`
}

// The fields of a profile that need no permission of their own.
const (
	messengerFields = "id,name,first_name,last_name,profile_pic"
	instagramFields = "name,username,profile_pic,follower_count,is_user_follow_business," +
		"is_business_follow_user,is_verified_user"
)

// PersonProfile asks for the profile of a person. Fields are Meta's names, such as "first_name", "locale",
// "timezone" and "gender"; without any it asks for those that need no permission of their own.
//
// That Meta tells nothing is no error: it answers with an empty object, and so is the profile. A refusal is
// an [*Error]: of the class [ErrUnreachable] if there is no profile of this person (100/2018218), as of
// somebody known by a phone number only; of [ErrPermission] if the app may not see it (10, 2018247), or the
// person has not agreed to it (230), which on Instagram they do by writing or by a tap; of [ErrInvalid] if
// the token does not see the person at all (100/33). Its other errors are those of [Client.Graph].
//
// Sources: Meta, User Profile API, and Instagram User Profile, 2026; Messenger Platform error codes,
// 25 June 2026.
func (c *Client) PersonProfile(ctx context.Context, psid PSID, fields ...string) (PersonProfile, error) {
	if err := wantNode("psid", string(psid)); err != nil {
		return PersonProfile{}, err
	}
	asked := strings.Join(fields, ",")
	switch {
	case asked != "":
	case c.cfg.Channel == Instagram:
		asked = instagramFields
	default:
		asked = messengerFields
	}
	var answer struct {
		PersonProfile
		ID       nodeID          `json:"id"`
		Timezone json.RawMessage `json:"timezone"`
	}
	err := c.Graph(ctx, http.MethodGet, string(psid), map[string]any{"fields": asked}, &answer)
	if err != nil {
		return PersonProfile{}, err
	}
	profile := answer.PersonProfile
	profile.ID = PSID(answer.ID)
	var hours *float64
	if json.Unmarshal([]byte(unquoted(answer.Timezone)), &hours) == nil {
		profile.Timezone = hours
	}
	return profile, nil
}

// nodeID is an ID in an answer: a JSON string or a number.
type nodeID string

// UnmarshalJSON takes a string or a number; anything else is none.
func (id *nodeID) UnmarshalJSON(data []byte) error {
	if first := data[0]; first == '"' || first >= '0' && first <= '9' {
		*id = nodeID(unquoted(data))
	}
	return nil
}

// wantNode reports an ID that cannot be the only name in a path.
func wantNode(field, id string) error {
	switch {
	case id == "":
		return &FieldError{Field: field, Problem: "missing"}
	case strings.Contains(id, "/"):
		return &FieldError{Field: field, Problem: "want an ID, without a slash"}
	}
	return nil
}
