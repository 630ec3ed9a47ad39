package send_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/send/sendtest"
)

// TestPersonasByGraph makes more personas than a page of the list holds, uses one, and deletes it.
func TestPersonasByGraph(t *testing.T) {
	t.Parallel()
	graph, ctx := new(sendtest.Graph), t.Context()
	client := newClient(t, graph)
	const many = 60
	for i := range many {
		if _, err := client.CreatePersona(ctx, fmt.Sprint("Agent ", i), "https://cdn.example/a.png"); err != nil {
			t.Fatal(err)
		}
	}
	count := 0
	for _, err := range client.Personas(ctx) {
		if err != nil {
			t.Fatal(err)
		}
		count++
	}
	last, err := client.PersonaNamed(ctx, fmt.Sprint("Agent ", many-1))
	if count != many || err != nil {
		t.Fatalf("%d personas, want %d; the last: %v", count, many, err)
	}
	if read, err := client.Persona(ctx, last.ID); err != nil || read != last {
		t.Errorf("Persona = %+v, %v; want %+v", read, err, last)
	}
	request := send.Request{To: send.Person(person), Message: send.Text("Hi"), Type: send.TypeResponse, Persona: last.ID}
	if _, err := client.Send(ctx, request); err != nil {
		t.Error(err)
	}
	if err := client.DeletePersona(ctx, last.ID); err != nil {
		t.Error(err)
	}
	if _, err := client.Send(ctx, request); !errors.Is(err, send.ErrInvalid) {
		t.Errorf("Send as a deleted persona = %v, want ErrInvalid", err)
	}
	wantRule(t, graph, "S17")
	if _, err := client.PersonaNamed(ctx, last.Name); !errors.Is(err, send.ErrNoPersona) {
		t.Errorf("PersonaNamed = %v, want ErrNoPersona", err)
	}
}

// wantRule compares the rule that refused the last call.
func wantRule(t *testing.T, graph *sendtest.Graph, rule string) {
	t.Helper()
	calls := graph.Calls()
	if got := calls[len(calls)-1]; got.Rule != rule {
		t.Errorf("refused by rule %q (%s), want %q", got.Rule, got.Answer, rule)
	}
}

// TestProfilesByGraph has rule E14 in its forms, and fields that need a permission of their own.
func TestProfilesByGraph(t *testing.T) {
	t.Parallel()
	graph, ctx := &sendtest.Graph{PageID: sendtest.DefaultPage}, t.Context()
	client := newClient(t, graph)
	if profile, err := client.PersonProfile(ctx, person); err != nil || profile != (send.PersonProfile{}) {
		t.Errorf("without access: %+v, %v; want nothing", profile, err)
	}
	graph.Change(func(s *sendtest.State) {
		s.Permissions = []string{"pages_messaging", "pages_user_locale"}
		s.Profiles = map[string]map[string]any{
			string(person): {"name": "Ana Li", "first_name": "Ana", "locale": "pt_BR", "gender": "female", "timezone": -3},
		}
	})
	profile, err := client.PersonProfile(ctx, person)
	if want := (send.PersonProfile{ID: person, Name: "Ana Li", FirstName: "Ana"}); err != nil || profile != want {
		t.Errorf("profile %+v, %v; want %+v", profile, err, want)
	}
	profile, err = client.PersonProfile(ctx, person, "locale", "timezone", "gender")
	if want := (send.PersonProfile{ID: person, Locale: "pt_BR"}); err != nil || profile != want {
		t.Errorf("profile %+v, %v; want %+v", profile, err, want)
	}
	if _, err = client.PersonProfile(ctx, "7100000000000002"); !errors.Is(err, send.ErrUnreachable) {
		t.Errorf("somebody without a profile: %v, want ErrUnreachable", err)
	}
	wantRule(t, graph, "E14")

	insta := &sendtest.Graph{Instagram: true, PageID: sendtest.DefaultPage}
	insta.Change(func(s *sendtest.State) {
		s.Profiles = map[string]map[string]any{string(person): {"name": nil, "username": "ana.li", "follower_count": 12}}
		s.NoConsent = []string{"7100000000000002"}
	})
	client = clientOf(t, insta, send.Config{Channel: send.Instagram})
	profile, err = client.PersonProfile(ctx, person)
	if want := (send.PersonProfile{ID: person, Username: "ana.li", Followers: 12}); err != nil || profile != want {
		t.Errorf("profile %+v, %v; want %+v", profile, err, want)
	}
	if _, err = client.PersonProfile(ctx, "7100000000000002"); !errors.Is(err, send.ErrPermission) {
		t.Errorf("without consent: %v, want ErrPermission", err)
	}
}

func TestLabelsByGraph(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	client := newClient(t, &sendtest.Graph{PageID: sendtest.DefaultPage})
	vip, err := client.CreateLabel(ctx, "VIP")
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.CreateLabel(ctx, "Late")
	if err := errors.Join(err, client.Label(ctx, vip, person), client.Label(ctx, vip, person)); err != nil {
		t.Error(err)
	}
	names := func(psid send.PSID) (all []string) {
		list := client.Labels(ctx)
		if psid != "" {
			list = client.LabelsOf(ctx, psid)
		}
		for label, err := range list {
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, label.Name)
		}
		return all
	}
	if got := names(person); !cmp.Equal(got, []string{"VIP"}) {
		t.Errorf("labels of the person %q, want VIP", got)
	}
	if got := names(""); !cmp.Equal(got, []string{"VIP", "Late"}) {
		t.Errorf("labels of the Page %q, want VIP and Late", got)
	}
	if err := client.Unlabel(ctx, vip, person); err != nil || names(person) != nil {
		t.Errorf("Unlabel = %v, and the labels %q", err, names(person))
	}
	if err := client.DeleteLabel(ctx, vip); err != nil || !cmp.Equal(names(""), []string{"Late"}) {
		t.Errorf("DeleteLabel = %v, and the labels %q", err, names(""))
	}
	if err := client.Label(ctx, vip, person); !errors.Is(err, send.ErrInvalid) {
		t.Errorf("Label with a deleted one = %v, want ErrInvalid", err)
	}
}

// TestLinkingByGraph has a token that ends after five minutes.
func TestLinkingByGraph(t *testing.T) {
	t.Parallel()
	now := noon
	graph, ctx := &sendtest.Graph{Now: func() time.Time { return now }}, t.Context()
	graph.Change(func(s *sendtest.State) {
		s.LinkingTokens = map[string]sendtest.LinkingToken{"ARQ": {PSID: string(person), Issued: noon}}
	})
	client := newClient(t, graph)
	for _, at := range []time.Duration{0, 5 * time.Minute} {
		now = noon.Add(at)
		if page, psid, err := client.LinkedPerson(ctx, "ARQ"); err != nil || page != sendtest.DefaultPage || psid != person {
			t.Errorf("after %s: %q, %q, %v", at, page, psid, err)
		}
	}
	now = noon.Add(5*time.Minute + time.Second)
	if _, _, err := client.LinkedPerson(ctx, "ARQ"); !errors.Is(err, send.ErrInvalid) {
		t.Errorf("too late: %v, want ErrInvalid", err)
	}
	wantRule(t, graph, "E29")
	if err := client.Unlink(ctx, person); err != nil {
		t.Error(err)
	}
}

// TestModerationAndSubscriptionsByGraph has what is accepted.
func TestModerationAndSubscriptionsByGraph(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	client := newClient(t, new(sendtest.Graph))
	insta := clientOf(t, &sendtest.Graph{Instagram: true}, send.Config{Channel: send.Instagram})
	for name, err := range map[string]error{
		"moderate":           client.Moderate(ctx, []send.PSID{person}, send.BanPerson, send.MoveToSpam),
		"moderate Instagram": insta.Moderate(ctx, []send.PSID{person}, send.BlockPerson, send.MoveToSpam),
		"subscribe":          client.Subscribe(ctx, "messages", "messaging_handovers"),
	} {
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	read := func() (fields []string) {
		for app, err := range client.Subscriptions(ctx) {
			if err != nil || app.App != sendtest.DefaultApp {
				t.Errorf("app %+v, %v", app, err)
			}
			fields = append(fields, app.Fields...)
		}
		return fields
	}
	if got := read(); !cmp.Equal(got, []string{"messages", "messaging_handovers"}) {
		t.Errorf("fields %q", got)
	}
	if err := client.Unsubscribe(ctx); err != nil || read() != nil {
		t.Errorf("Unsubscribe = %v, and the fields %q", err, read())
	}
}
