package send_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/parleybot/parley/send"
)

// Sources: Meta, User Profile API, and Instagram User Profile, 2026.
func TestPersonProfile(t *testing.T) {
	t.Parallel()
	hours := 5.5
	tests := map[string]struct {
		cfg    send.Config
		fields []string
		answer string
		asked  string
		want   send.PersonProfile
	}{
		"Messenger": {
			answer: `{"id":"7100000000000001","name":"Ana Li","first_name":"Ana","last_name":"Li","profile_pic":"https://cdn.example/p"}`,
			asked:  "id,name,first_name,last_name,profile_pic",
			want: send.PersonProfile{
				ID: person, Name: "Ana Li", FirstName: "Ana", LastName: "Li", Picture: "https://cdn.example/p",
			},
		},
		"with permissions": {
			fields: []string{"locale", "timezone", "gender"},
			answer: `{"locale":"en_GB","timezone":5.5,"gender":"female","id":"7100000000000001"}`,
			asked:  "locale,timezone,gender",
			want:   send.PersonProfile{ID: person, Locale: "en_GB", Timezone: &hours, Gender: "female"},
		},
		"a time zone that is text": {
			fields: []string{"timezone"},
			answer: `{"timezone":"5.5","id":"7100000000000001"}`,
			asked:  "timezone",
			want:   send.PersonProfile{ID: person, Timezone: &hours},
		},
		"Instagram": {
			cfg: send.Config{Channel: send.Instagram},
			answer: `{"name":"Ana","username":"ana.li","profile_pic":"https://cdn.example/p","follower_count":12,
				"is_user_follow_business":true,"is_business_follow_user":true,"is_verified_user":true,"id":7100000000000001}`,
			asked: "name,username,profile_pic,follower_count,is_user_follow_business,is_business_follow_user,is_verified_user",
			want: send.PersonProfile{
				ID: person, Name: "Ana", Username: "ana.li", Picture: "https://cdn.example/p", Followers: 12,
				FollowsUs: true, WeFollow: true, Verified: true,
			},
		},
		"Instagram Login, with null": {
			cfg:    send.Config{InstagramLogin: true},
			answer: `{"name":null,"username":"ana.li","profile_pic":null,"is_user_follow_business":true}`,
			asked:  "name,username,profile_pic,follower_count,is_user_follow_business,is_business_follow_user,is_verified_user",
			want:   send.PersonProfile{Username: "ana.li", FollowsUs: true},
		},
		"nothing": {
			answer: `{}`,
			asked:  "id,name,first_name,last_name,profile_pic",
		},
		"no ID": {
			answer: `{"id":null,"first_name":"Ana","timezone":"GMT","last_name":"Li"}`,
			asked:  "id,name,first_name,last_name,profile_pic",
			want:   send.PersonProfile{FirstName: "Ana", LastName: "Li"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, graph := scripted(t, test.cfg, test.answer)
			got, err := client.PersonProfile(t.Context(), person, test.fields...)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got, cmp.Comparer(func(a, b *float64) bool { return a == b || a != nil && b != nil && *a == *b })); diff != "" {
				t.Errorf("profile (-want +got):\n%s", diff)
			}
			asked := "fields=" + strings.ReplaceAll(test.asked, ",", "%2C")
			graph.want(t, peopleCall{"GET", string(person), asked})
		})
	}
}

// Sources: Meta, User Profile API, 2026; chatwoot#6632 for the body of 100/2018218.
func TestPersonProfileRefused(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		answer string
		class  error
	}{
		"no profile":       {`{"error":{"message":"(#100) No profile available for this user.","type":"OAuthException","code":100,"error_subcode":2018218}}`, send.ErrUnreachable},
		"no permission":    {`{"error":{"message":"x","code":10,"error_subcode":2018247}}`, send.ErrPermission},
		"a code by itself": {`{"error":{"message":"x","code":2018247}}`, send.ErrPermission},
		"Instant Games":    {`{"error":{"message":"x","code":10}}`, send.ErrPermission},
		"no consent":       {`{"error":{"message":"User consent is required to access user profile","code":230}}`, send.ErrPermission},
		"not visible":      {`{"error":{"message":"Object with ID '7100000000000001' does not exist","code":100,"error_subcode":33}}`, send.ErrInvalid},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, graph := scripted(t, send.Config{}, test.answer)
			profile, err := client.PersonProfile(t.Context(), person)
			if _, ok := errors.AsType[*send.Error](err); !ok || !errors.Is(err, test.class) || profile != (send.PersonProfile{}) {
				t.Errorf("PersonProfile = %+v, %v; want an *Error of %v", profile, err, test.class)
			}
			if err != nil && strings.Contains(err.Error(), string(person)) {
				t.Errorf("error %v names the person", err)
			}
			if len(graph.calls) != 1 {
				t.Errorf("%d calls, want 1", len(graph.calls))
			}
		})
	}
	client, graph := scripted(t, send.Config{})
	for _, psid := range []send.PSID{"", "me/personas"} {
		_, err := client.PersonProfile(t.Context(), psid)
		wantField(t, err, "psid")
	}
	graph.want(t)
}
