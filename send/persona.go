package send

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
)

// ErrNoPersona means that the Page has no persona of the name asked for. It is of the class [ErrInvalid].
var ErrNoPersona = fmt.Errorf("%w: the Page has no persona of that name", ErrInvalid)

// maxPersonaName is how many characters the name of a persona has at most.
//
// Source: Meta, Personas, 2026.
const maxPersonaName = 50

// personasPath is the edge of the Page's personas.
const personasPath = "me/personas"

// Persona is somebody in whose name a Page writes: an agent, or a bot with a face of its own.
//
// Source: Meta, Personas, 2026.
type Persona struct {
	// ID goes into [Request.Persona].
	ID string
	// Name is what people see, 1 to 50 characters. Meta does not say that it belongs to one persona only.
	Name string
	// Picture is the URL of the picture beside the messages.
	Picture string
}

// personaNode is a persona on the wire.
type personaNode struct {
	ID      nodeID `json:"id"`
	Name    string `json:"name"`
	Picture string `json:"profile_picture_url"`
}

func (n personaNode) persona() Persona {
	return Persona{ID: string(n.ID), Name: n.Name, Picture: n.Picture}
}

// CreatePersona creates a persona and returns its ID. The name has 1 to 50 characters; picture is the https
// URL of a picture of at most 8 MB, which Meta fetches. Messenger only.
//
// Its errors are those of [Client.Graph]. After [ErrUnsure] the persona may exist: ask [Client.PersonaNamed]
// before you create it again, since Meta takes the same name twice.
//
// Source: Meta, Personas, 2026.
func (c *Client) CreatePersona(ctx context.Context, name, picture string) (id string, err error) {
	if err := c.messengerOnly("persona"); err != nil {
		return "", err
	}
	r := new(report)
	r.want("name", name)
	r.atMost("name", name, maxPersonaName)
	r.fetched("profile_picture_url", picture)
	if err := errors.Join(r.errs...); err != nil {
		return "", err
	}
	var created personaNode
	params := map[string]any{"name": name, "profile_picture_url": picture}
	if err := c.Graph(ctx, http.MethodPost, personasPath, params, &created); err != nil {
		return "", err
	}
	if created.ID == "" {
		return "", fmt.Errorf("%w: the answer has no id", ErrUnsure)
	}
	return string(created.ID), nil
}

// Personas yields the Page's personas, in Meta's order; those that were deleted are not among them. It ends
// with the first error, which is one of [Client.Graph]. Messenger only.
//
// Source: Meta, Personas, 2026.
func (c *Client) Personas(ctx context.Context) iter.Seq2[Persona, error] {
	if err := c.messengerOnly("persona"); err != nil {
		return failing[Persona](err)
	}
	return list(ctx, c.get, personasPath, nil, (*personaNode).persona)
}

// Persona returns the persona with an ID. Its errors are those of [Client.Graph]. Messenger only.
//
// Source: Meta, Personas, 2026.
func (c *Client) Persona(ctx context.Context, id string) (Persona, error) {
	if err := errors.Join(c.messengerOnly("persona"), wantNode("persona_id", id)); err != nil {
		return Persona{}, err
	}
	var node personaNode
	if err := c.Graph(ctx, http.MethodGet, id, nil, &node); err != nil {
		return Persona{}, err
	}
	return node.persona(), nil
}

// PersonaNamed returns the persona with a name, the first one if there are several. The error is
// [ErrNoPersona] if there is none, else one of [Client.Graph]. It reads the list of personas: keep what it
// returns. Messenger only.
func (c *Client) PersonaNamed(ctx context.Context, name string) (Persona, error) {
	for persona, err := range c.Personas(ctx) {
		if err != nil || persona.Name == name {
			return persona, err
		}
	}
	return Persona{}, ErrNoPersona
}

// DeletePersona deletes the persona with an ID: messages that name it fail from then on, what it has said
// stays. Its errors are those of [Client.Graph]; after [ErrUnsure] it may be called again. Messenger only.
//
// Source: Meta, Personas, 2026.
func (c *Client) DeletePersona(ctx context.Context, id string) error {
	if err := errors.Join(c.messengerOnly("persona"), wantNode("persona_id", id)); err != nil {
		return err
	}
	return c.do(ctx, http.MethodDelete, id, nil)
}
