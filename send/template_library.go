package send

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"strings"
)

// TemplateDefinition is a utility template to be created with [Client.CreateTemplate]: one of the Page's own,
// with Parts, or a copy of one of Meta's library, with Library.
//
// Source: Meta, Utility Messages, 13 March 2026; Page/message_templates reference, 2026.
type TemplateDefinition struct {
	// Name is the template's: what [UtilityMessage] is given. Required.
	Name string
	// Language is the language of the texts, such as "en" or "en_US". Required.
	Language string
	// Named says that the parameters have names, as {{order_id}}, and are filled in with [NamedValue].
	//
	// Defaults to numbers, as {{1}} and {{2}}, which are filled in with [Value] in their order.
	Named bool
	// Parts are what the template shows: a body, and perhaps a header above and buttons below it. Build them
	// with [TextHeader], [ImageHeader], [BodyText] and [TemplateButtons].
	Parts []TemplatePart

	// Library is the name of the template of Meta's library that this one is a copy of; see
	// [Client.TemplateLibrary].
	Library string
	// LibraryBody and LibraryButtons are the Page's own values in such a copy, as Meta documents them by
	// example only: {"type": "URL", "text": "Your order", "url": {"base_url": "https://shop.example/"}}.
	LibraryBody, LibraryButtons []map[string]any
}

// PageTemplate is a utility template of the Page, as Meta keeps it.
//
// Source: Meta, Messenger Business Template reference, 2026.
type PageTemplate struct {
	// ID is Meta's, of this language of the template.
	ID string
	// Name and Language are those of the definition.
	Name, Language string
	// Status says whether it may be sent: see [TemplateApproved] and its like.
	Status TemplateStatus
	// Rejection is why Meta rejected it, such as "INCORRECT_PARAMS", "PARAMS_TO_WORD_RATIO_EXCEED_LIMIT" or
	// "TAG_SHOULD_BE_MARKETING"; empty if it did not.
	Rejection string
	// Category is "UTILITY".
	Category string
	// Named says that the parameters have names.
	Named bool
	// Parts are what the template shows; nil if Meta did not say.
	Parts []TemplatePart
	// Library is the template of Meta's library that it is a copy of; empty if it is none.
	Library string
}

// TemplateStatus says whether a utility template may be sent.
type TemplateStatus string

// The states of a utility template. Only an approved one may be sent. Meta decides within seconds.
//
// Source: Meta's machine-readable specification of the Graph API, 2026; Utility Messages, 13 March 2026.
const (
	TemplateApproved        TemplateStatus = "APPROVED"
	TemplateArchived        TemplateStatus = "ARCHIVED"
	TemplateDeleted         TemplateStatus = "DELETED"
	TemplateDisabled        TemplateStatus = "DISABLED"
	TemplateInAppeal        TemplateStatus = "IN_APPEAL"
	TemplateLimitExceeded   TemplateStatus = "LIMIT_EXCEEDED"
	TemplatePaused          TemplateStatus = "PAUSED"
	TemplatePending         TemplateStatus = "PENDING"
	TemplatePendingDeletion TemplateStatus = "PENDING_DELETION"
	TemplateRejected        TemplateStatus = "REJECTED"
)

// TemplateQuery narrows [Client.Templates]. The zero value is all of them.
type TemplateQuery struct {
	// Name and Content are parts of the name and of the text; Anywhere is a part of either.
	Name, Content, Anywhere string
	// Languages are those looked for, such as "en".
	Languages []string
	// Statuses are those looked for.
	Statuses []TemplateStatus
}

// CreateTemplate submits a utility template to Meta, and returns it with the ID and the status that it got:
// approved or rejected, or pending for some seconds, after which [Client.FindTemplate] tells. Messenger only;
// it needs the permission pages_utility_messaging.
//
// Its errors are those of [TemplateDefinition.Validate] before a call, and those of [Client.Graph]. After
// [ErrUnsure] the template may have been created: look with [Client.FindTemplate] before you try again.
//
// Source: Meta, Utility Messages, 13 March 2026.
func (c *Client) CreateTemplate(ctx context.Context, d TemplateDefinition) (PageTemplate, error) {
	if err := c.messengerOnly(templatesEdge); err != nil {
		return PageTemplate{}, err
	}
	if err := d.Validate(); err != nil {
		return PageTemplate{}, err
	}
	var w wireTemplate
	err := c.Graph(ctx, http.MethodPost, templatesPath, d.params(), &w)
	c.approved.forget()
	if err != nil {
		return PageTemplate{}, err
	}
	if w.ID == "" {
		return PageTemplate{}, fmt.Errorf("%w: the answer has no id", ErrUnsure)
	}
	t := w.template()
	t.Name, t.Language, t.Named, t.Parts, t.Library = d.Name, d.Language, d.Named, d.Parts, d.Library
	return t, nil
}

// params returns the parameters that create d.
func (d *TemplateDefinition) params() map[string]any {
	params := map[string]any{"name": d.Name, "language": d.Language, "category": "UTILITY"}
	if len(d.Parts) > 0 {
		params["components"] = d.Parts
	}
	if d.Named {
		params["parameter_format"] = namedFormat
	}
	if d.Library != "" {
		params["library_template_name"] = d.Library
	}
	if len(d.LibraryBody) > 0 {
		params["library_template_body_inputs"] = d.LibraryBody
	}
	if len(d.LibraryButtons) > 0 {
		params["library_template_button_inputs"] = d.LibraryButtons
	}
	return params
}

// Templates yields the Page's utility templates, one for each language of each name. Each page of the list is
// a call, made when the one before is consumed. Messenger only. Its errors are those of [Client.Graph]; the
// first ends the list.
//
// Source: Meta, Page/message_templates reference, 2026.
func (c *Client) Templates(ctx context.Context, q TemplateQuery) iter.Seq2[PageTemplate, error] {
	if err := c.messengerOnly(templatesEdge); err != nil {
		return failing[PageTemplate](err)
	}
	return list(ctx, c.get, templatesPath, q.params(), (*wireTemplate).template)
}

// params returns the parameters that ask for q.
func (q *TemplateQuery) params() map[string]any {
	params := map[string]any{"fields": templateFields}
	for name, text := range map[string]string{
		"name": q.Name, "content": q.Content, "name_or_content": q.Anywhere,
	} {
		if text != "" {
			params[name] = text
		}
	}
	if len(q.Languages) > 0 {
		params["language"] = q.Languages
	}
	if len(q.Statuses) > 0 {
		params["status"] = q.Statuses
	}
	return params
}

// ErrNoTemplate says that the Page has no utility template of the name and language asked for. It is of the
// class [ErrInvalid].
var ErrNoTemplate = fmt.Errorf("%w: the Page has no template of that name and language", ErrInvalid)

// FindTemplate returns the template of exactly this name and language, with its status. The error is
// [ErrNoTemplate] if there is none, or one of [Client.Templates].
//
// Source: Meta, Page/message_templates reference, 2026.
func (c *Client) FindTemplate(ctx context.Context, name, language string) (PageTemplate, error) {
	for t, err := range c.Templates(ctx, TemplateQuery{Name: name}) {
		if err != nil {
			return PageTemplate{}, err
		}
		if t.Name == name && strings.EqualFold(t.Language, language) {
			return t, nil
		}
	}
	return PageTemplate{}, ErrNoTemplate
}

// DeleteTemplate deletes the template name: the language that id names, or all of them if id is empty.
// Messenger only. Its errors are those of [Client.Graph]; after [ErrUnsure] it may be called again: Meta then
// refuses what is gone.
//
// Source: Meta, Page/message_templates reference, 2026.
func (c *Client) DeleteTemplate(ctx context.Context, name, id string) error {
	if err := c.messengerOnly(templatesEdge); err != nil {
		return err
	}
	if name == "" {
		return &FieldError{Field: "name", Problem: "missing"}
	}
	params := map[string]any{"name": name}
	if id != "" {
		params["template_id"] = id
	}
	defer c.approved.forget()
	return c.do(ctx, http.MethodDelete, templatesPath, params)
}

// LibraryTemplate is a template of Meta's library, which a Page may copy: see [TemplateDefinition].
//
// Source: Meta, Utility Messages, 13 March 2026, by example.
type LibraryTemplate struct {
	// ID is Meta's; Name is what [TemplateDefinition].Library is set to.
	ID, Name string
	// Language is such as "en", Category "UTILITY".
	Language, Category string
	// Topic and UseCase are such as "ORDER_MANAGEMENT" and "DELIVERY_CONFIRMATION".
	Topic, UseCase string
	// Header and Body are its texts, with their parameters as {{1}}; BodyExamples are values for those of the
	// body.
	Header, Body string
	BodyExamples []string
	// Buttons are those below it.
	Buttons []TemplateButton
}

// LibraryQuery narrows [Client.TemplateLibrary]. The zero value is all of it.
type LibraryQuery struct {
	// Anywhere is a part of the name or of the text.
	Anywhere string
	// Language is such as "en".
	Language string
}

// TemplateLibrary yields the templates of Meta's library. Each page of the list is a call, made when the one
// before is consumed. Messenger only. Its errors are those of [Client.Graph]; the first ends the list.
//
// Source: Meta, Utility Messages, 13 March 2026.
func (c *Client) TemplateLibrary(ctx context.Context, q LibraryQuery) iter.Seq2[LibraryTemplate, error] {
	params := map[string]any{}
	if q.Anywhere != "" {
		params["name_or_content"] = q.Anywhere
	}
	if q.Language != "" {
		params["language"] = q.Language
	}
	if err := c.messengerOnly("message_template_library"); err != nil {
		return failing[LibraryTemplate](err)
	}
	return list(ctx, c.get, "message_template_library", params, (*wireLibrary).template)
}

// The edge of the Page's templates, and where it is for the Page.
const (
	templatesEdge = "message_templates"
	templatesPath = "me/" + templatesEdge
)

// templateFields are the fields of a template that a [PageTemplate] shows.
const templateFields = "id,name,language,status,category,components,parameter_format,rejected_reason," +
	"library_template_name"

// namedFormat is the parameter_format of a template whose parameters have names.
const namedFormat = "NAMED"

// wireTemplate is a template on the wire. One sample of Meta's has its text in body in place of components.
type wireTemplate struct {
	ID         nodeID         `json:"id"`
	Name       string         `json:"name"`
	Language   string         `json:"language"`
	Status     TemplateStatus `json:"status"`
	Category   string         `json:"category"`
	Format     string         `json:"parameter_format"`
	Rejection  string         `json:"rejected_reason"`
	Library    string         `json:"library_template_name"`
	Components []TemplatePart `json:"components"`
}

func (w *wireTemplate) template() PageTemplate {
	t := PageTemplate{
		ID: string(w.ID), Name: w.Name, Language: w.Language, Status: w.Status, Category: w.Category,
		Named: strings.EqualFold(w.Format, namedFormat), Parts: w.Components, Library: w.Library,
	}
	if !strings.EqualFold(w.Rejection, "NONE") {
		t.Rejection = w.Rejection
	}
	return t
}

// wireLibrary is a template of the library on the wire.
type wireLibrary struct {
	ID         nodeID           `json:"id"`
	Name       string           `json:"name"`
	Language   string           `json:"language"`
	Category   string           `json:"category"`
	Topic      string           `json:"topic"`
	UseCase    string           `json:"usecase"`
	Header     string           `json:"header"`
	Body       string           `json:"body"`
	BodyParams []string         `json:"body_params"`
	Buttons    []TemplateButton `json:"buttons"`
}

func (w *wireLibrary) template() LibraryTemplate {
	return LibraryTemplate{
		ID: string(w.ID), Name: w.Name, Language: w.Language, Category: w.Category, Topic: w.Topic,
		UseCase: w.UseCase, Header: w.Header, Body: w.Body, BodyExamples: w.BodyParams,
		Buttons: w.Buttons,
	}
}
