package send_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/parleybot/parley/send"
)

// peopleCall is a call of the Graph API as the scripted one below has seen it.
type peopleCall struct{ Method, Path, Params string }

// peopleGraph is a Graph API that answers what a test has written down, one answer for each call.
type peopleGraph struct {
	calls   []peopleCall
	answers []string
}

// scripted returns a client that gets answers in turn, and what it calls; cfg may set the channel.
func scripted(t *testing.T, cfg send.Config, answers ...string) (*send.Client, *peopleGraph) {
	t.Helper()
	graph := &peopleGraph{answers: answers}
	cfg.Token, cfg.Rate, cfg.Wait, cfg.HTTP = vectorToken, -1, noWait, doer(graph.do)
	client, err := send.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return client, graph
}

// do answers one call; "" is no answer.
func (g *peopleGraph) do(r *http.Request) (*http.Response, error) {
	params := r.URL.Query().Encode()
	if r.Body != nil {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		params += string(body)
	}
	g.calls = append(g.calls, peopleCall{r.Method, strings.TrimPrefix(r.URL.Path, "/v25.0/"), params})
	if len(g.answers) == 0 {
		return nil, errors.New("no answer was written down")
	}
	answer := httptest.NewRecorder()
	if strings.HasPrefix(g.answers[0], `{"error"`) {
		answer.Code = http.StatusBadRequest
	}
	_, err := answer.WriteString(g.answers[0])
	if g.answers[0] == "" {
		err = io.ErrUnexpectedEOF
	}
	g.answers = g.answers[1:]
	return answer.Result(), err
}

// want compares the calls.
func (g *peopleGraph) want(t *testing.T, calls ...peopleCall) {
	t.Helper()
	if diff := cmp.Diff(calls, g.calls); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

// wantField reports an error that is not about these fields, and of the class ErrInvalid.
func wantField(t *testing.T, err error, fields ...string) {
	t.Helper()
	var got []string
	list := []error{err}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		list = joined.Unwrap()
	}
	for _, one := range list {
		if field, ok := errors.AsType[*send.FieldError](one); ok && errors.Is(one, send.ErrInvalid) {
			got = append(got, field.Field)
		}
	}
	if !cmp.Equal(got, fields) {
		t.Errorf("error %v about %q, want %q", err, got, fields)
	}
}

// Source: Meta, Personas, 2026.
func TestPersonasOnTheWire(t *testing.T) {
	t.Parallel()
	client, graph := scripted(t, send.Config{},
		`{"id":"2200000000000001"}`,
		`{"name":"Anna","profile_picture_url":"https://cdn.example/anna.png","id":2200000000000001}`,
		`{"success":true}`,
	)
	id, err := client.CreatePersona(t.Context(), "Anna", "https://cdn.example/anna.png")
	if err != nil || id != "2200000000000001" {
		t.Errorf("CreatePersona = %q, %v", id, err)
	}
	persona, err := client.Persona(t.Context(), id)
	want := send.Persona{ID: id, Name: "Anna", Picture: "https://cdn.example/anna.png"}
	if err != nil || persona != want {
		t.Errorf("Persona = %+v, %v; want %+v", persona, err, want)
	}
	if err := client.DeletePersona(t.Context(), id); err != nil {
		t.Error(err)
	}
	graph.want(t,
		peopleCall{"POST", "me/personas", `{"name":"Anna","profile_picture_url":"https://cdn.example/anna.png"}`},
		peopleCall{"GET", id, ""},
		peopleCall{"DELETE", id, ""},
	)
}

const twoPages = `{"data":[{"id":"1","name":"Anna","profile_picture_url":"https://cdn.example/a.png"},
	{"id":"2","name":"Ben"}],"paging":{"cursors":{"before":"b","after":"c"},"next":"https://graph.example/"}}`

const lastPage = `{"data":[{"id":"3","name":"Cara"},{"id":"4","name":"Anna"}],"paging":{"cursors":{"before":"c","after":"d"}}}`

func TestPersonasList(t *testing.T) {
	t.Parallel()
	client, graph := scripted(t, send.Config{}, twoPages, lastPage, twoPages, `{"error":{"message":"x","code":190}}`)
	var names []string
	for persona, err := range client.Personas(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, persona.ID+persona.Name)
	}
	if want := []string{"1Anna", "2Ben", "3Cara", "4Anna"}; !cmp.Equal(names, want) {
		t.Errorf("Personas %q, want %q", names, want)
	}
	graph.want(t, peopleCall{"GET", "me/personas", ""}, peopleCall{"GET", "me/personas", "after=c"})

	count := 0
	for persona, err := range client.Personas(t.Context()) {
		count++
		if failed := err != nil; failed != (count == 3) || failed && (!errors.Is(err, send.ErrUnauthorized) || persona != send.Persona{}) {
			t.Errorf("item %d: %+v, %v; want an error in the place of the second page", count, persona, err)
		}
	}
	if count != 3 {
		t.Errorf("%d items, want the list to end with its error", count)
	}
}

func TestPersonaNamed(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		name  string
		id    string
		calls int
		err   error
	}{
		"the first of a name":    {"Anna", "1", 1, nil},
		"on the second page":     {"Cara", "3", 2, nil},
		"another spelling":       {"anna", "", 2, send.ErrNoPersona},
		"nobody":                 {"", "", 2, send.ErrNoPersona},
		"nobody, and so invalid": {"Zoe", "", 2, send.ErrInvalid},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, graph := scripted(t, send.Config{}, twoPages, lastPage)
			got, err := client.PersonaNamed(t.Context(), test.name)
			if got.ID != test.id || !errors.Is(err, test.err) || len(graph.calls) != test.calls {
				t.Errorf("PersonaNamed = %+v, %v after %d calls; want %q, %v after %d",
					got, err, len(graph.calls), test.id, test.err, test.calls)
			}
		})
	}
	client, _ := scripted(t, send.Config{}, `{"error":{"message":"x","code":200}}`)
	if _, err := client.PersonaNamed(t.Context(), "Anna"); !errors.Is(err, send.ErrPermission) || errors.Is(err, send.ErrNoPersona) {
		t.Errorf("error %v, want Meta's", err)
	}
}

// A name has at most 50 characters, and both are required. Source: Meta, Personas, 2026.
func TestPersonasRefusedBeforeTheCall(t *testing.T) {
	t.Parallel()
	const picture = "https://cdn.example/anna.png"
	tests := map[string]struct {
		name, picture string
		fields        []string
	}{
		"no name":                 {"", picture, []string{"name"}},
		"51 characters":           {strings.Repeat("é", 51), picture, []string{"name"}},
		"no picture":              {"Anna", "", []string{"profile_picture_url"}},
		"no URL":                  {"Anna", "anna.png", []string{"profile_picture_url"}},
		"a host of one's own":     {"Anna", "https://localhost/anna.png", []string{"profile_picture_url"}},
		"neither name nor URL":    {"", "", []string{"name", "profile_picture_url"}},
		"50 characters are right": {strings.Repeat("é", 50), picture, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, graph := scripted(t, send.Config{}, `{"id":"1"}`)
			_, err := client.CreatePersona(t.Context(), test.name, test.picture)
			wantField(t, err, test.fields...)
			if called := len(graph.calls) == 1; called != (test.fields == nil) {
				t.Errorf("%d calls after %v", len(graph.calls), err)
			}
		})
	}
	client, graph := scripted(t, send.Config{})
	for _, id := range []string{"", "me/personas"} {
		_, err := client.Persona(t.Context(), id)
		wantField(t, err, "persona_id")
		wantField(t, client.DeletePersona(t.Context(), id), "persona_id")
	}
	graph.want(t)
}

// After a lost answer the persona may exist.
func TestCreatePersonaUnsure(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]string{"no answer": "", "no id": `{"success":true}`} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, graph := scripted(t, send.Config{}, answer)
			_, err := client.CreatePersona(t.Context(), "Anna", "https://cdn.example/anna.png")
			if !errors.Is(err, send.ErrUnsure) || len(graph.calls) != 1 {
				t.Errorf("error %v after %d calls, want ErrUnsure after 1", err, len(graph.calls))
			}
		})
	}
}

// Source: Meta, Instagram messaging, 2026: there are neither personas nor account linking.
func TestNotOnInstagram(t *testing.T) {
	t.Parallel()
	for _, login := range []bool{false, true} {
		client, graph := scripted(t, send.Config{Channel: send.Instagram, InstagramLogin: login})
		ctx := t.Context()
		_, created := client.CreatePersona(ctx, "Anna", "https://cdn.example/a.png")
		_, read := client.Persona(ctx, "1")
		_, named := client.PersonaNamed(ctx, "Anna")
		var listed error
		for _, err := range client.Personas(ctx) {
			listed = err
		}
		for _, err := range []error{created, read, named, listed, client.DeletePersona(ctx, "1")} {
			wantField(t, err, "persona")
		}
		_, _, linked := client.LinkedPerson(ctx, "t")
		wantField(t, linked, "account linking")
		wantField(t, client.Unlink(ctx, person), "account linking")
		graph.want(t)
	}
}
