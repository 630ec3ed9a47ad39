package send

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
)

// labelsEdge is where the labels of a Page and those of a person are.
const labelsEdge = "custom_labels"

// Label is a label that a Page puts on people, to find them again in its inbox.
//
// Source: Meta, Custom Labels, 2026.
type Label struct {
	// ID is what [Client.Label] puts on a person.
	ID string
	// Name is what the people who work for the Page see. It never reaches those who are labelled.
	Name string
}

// labelNode is a label on the wire.
type labelNode struct {
	ID   nodeID `json:"id"`
	Name string `json:"page_label_name"`
}

// CreateLabel creates a label and returns its ID. Its errors are those of [Client.Graph]: [ErrPermission]
// with 2/2018344 if nobody has accepted Meta's terms for labels. After [ErrUnsure] the label may exist: look
// in [Client.Labels] before you create it again. For labels on Instagram Meta judges, as it documents
// nothing.
//
// Source: Meta, Custom Labels, 2026.
func (c *Client) CreateLabel(ctx context.Context, name string) (id string, err error) {
	if name == "" {
		return "", &FieldError{Field: "page_label_name", Problem: "missing"}
	}
	var created labelNode
	params := map[string]any{"page_label_name": name}
	if err := c.Graph(ctx, http.MethodPost, "me/"+labelsEdge, params, &created); err != nil {
		return "", err
	}
	if created.ID == "" {
		return "", fmt.Errorf("%w: the answer has no id", ErrUnsure)
	}
	return string(created.ID), nil
}

// Labels yields the Page's labels, in Meta's order. It ends with the first error, which is one of
// [Client.Graph].
//
// Source: Meta, Custom Labels, 2026.
func (c *Client) Labels(ctx context.Context) iter.Seq2[Label, error] { return c.labels(ctx, "me") }

// LabelsOf yields the labels that are on a person. It ends with the first error, which is one of
// [Client.Graph].
//
// Source: Meta, Custom Labels, 2026.
func (c *Client) LabelsOf(ctx context.Context, psid PSID) iter.Seq2[Label, error] {
	if err := wantNode("psid", string(psid)); err != nil {
		return failing[Label](err)
	}
	return c.labels(ctx, string(psid))
}

// labels yields the labels of a Page or a person.
func (c *Client) labels(ctx context.Context, node string) iter.Seq2[Label, error] {
	fields := map[string]any{"fields": "id,page_label_name"}
	return list(ctx, c.get, node+"/"+labelsEdge, fields, func(n *labelNode) Label {
		return Label{ID: string(n.ID), Name: n.Name}
	})
}

// DeleteLabel deletes the label with an ID, and so takes it off everybody. Its errors are those of
// [Client.Graph]; after [ErrUnsure] it may be called again.
//
// Source: Meta, Custom Labels, 2026.
func (c *Client) DeleteLabel(ctx context.Context, id string) error {
	if err := wantNode("label_id", id); err != nil {
		return err
	}
	return c.do(ctx, http.MethodDelete, id, nil)
}

// Label puts the label with an ID on a person. Its errors are those of [Client.Graph]; after [ErrUnsure] it
// may be called again.
//
// Source: Meta, Custom Labels, 2026.
func (c *Client) Label(ctx context.Context, id string, psid PSID) error {
	return c.setLabel(ctx, http.MethodPost, id, psid)
}

// Unlabel takes the label with an ID off a person. Its errors are those of [Client.Graph]; after [ErrUnsure]
// it may be called again.
//
// Source: Meta, Custom Labels, 2026.
func (c *Client) Unlabel(ctx context.Context, id string, psid PSID) error {
	return c.setLabel(ctx, http.MethodDelete, id, psid)
}

func (c *Client) setLabel(ctx context.Context, method, id string, psid PSID) error {
	if err := errors.Join(wantNode("label_id", id), wantNode("user", string(psid))); err != nil {
		return err
	}
	return c.do(ctx, method, id+"/label", map[string]any{"user": psid})
}
