package send

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

// How long the Page's templates are taken to be as they were read, how long the question is not repeated
// after a failure that passes by itself, and how many templates are kept. Meta names none of it.
const (
	templatesKept  = time.Hour
	templatesRetry = time.Minute
	templatesMost  = 1000
	templatesPage  = 100
)

// approvals are what a Client has learned of its Page's utility templates.
type approvals struct {
	now    func() time.Time
	last   atomic.Pointer[learned]
	begun  atomic.Int64  // how many times the list was asked for
	asking chan struct{} // held by the one who reads it
}

// learned is the list of templates as it was read.
type learned struct {
	number   int64 // of the reading
	until    time.Time
	readable bool // if it is not, Meta judges alone
	complete bool // if it is not, there are more
	byName   map[string][]PageTemplate
}

// forget drops what was learned, because it changes.
func (a *approvals) forget() { a.last.Store(nil) }

// current returns what was learned, nil if it is outdated.
func (a *approvals) current() *learned {
	l := a.last.Load()
	if l == nil || !a.now().Before(l.until) {
		return nil
	}
	return l
}

// fill reports whether t fits a template of the Page that Meta sends. A message is refused only by a list
// that was asked for after it came: a template may have been approved, or changed, since an earlier one.
func (c *Client) fill(ctx context.Context, t *UtilityTemplate) error {
	a := &c.approved
	begun := a.begun.Load()
	if l := a.current(); l != nil && l.judge(t) == nil {
		return nil
	}
	select {
	case a.asking <- struct{}{}:
		defer func() { <-a.asking }()
	case <-ctx.Done():
		return fmt.Errorf("send: %w", context.Cause(ctx))
	}
	if l := a.current(); l != nil {
		if err := l.judge(t); err == nil || l.number > begun {
			return err
		}
	}
	l, err := c.learn(ctx)
	if err != nil {
		return err
	}
	return l.judge(t)
}

// learn reads the Page's templates. That Meta refuses to show them is learned too; what passes by itself is
// asked for again soon.
func (c *Client) learn(ctx context.Context) (*learned, error) {
	a := &c.approved
	number := a.begun.Add(1)
	l, err := c.readTemplates(ctx)
	if ctx.Err() != nil {
		return nil, fmt.Errorf("send: %w", context.Cause(ctx))
	}
	kept := templatesRetry
	if err == nil || errors.Is(err, ErrPermission) || errors.Is(err, ErrInvalid) {
		kept = templatesKept
	}
	l.number, l.until = number, a.now().Add(kept)
	a.last.Store(l)
	return l, nil
}

// readTemplates reads the list of the Page's templates. It is part of sending a message, which has passed the
// middleware already: they do not see it.
func (c *Client) readTemplates(ctx context.Context) (*learned, error) {
	l := &learned{byName: map[string][]PageTemplate{}}
	params := map[string]any{"fields": templateFields, "limit": templatesPage}
	for read, got := 0, 1; got > 0 && read < templatesMost; read += got {
		var answer listed[wireTemplate]
		if err := c.graph(ctx, &Outgoing{
			Method: http.MethodGet, Path: templatesPath, Params: params, result: &answer,
		}); err != nil {
			return l, err
		}
		for _, w := range answer.Data {
			l.byName[w.Name] = append(l.byName[w.Name], w.template())
		}
		got = len(answer.Data)
		if !answer.next(params) {
			l.readable, l.complete = true, true
			return l, nil
		}
	}
	l.readable = true
	return l, nil
}

// judge reports whether t fits what was learned. It refuses only what Meta surely refuses: a list that could
// not be read, is empty or incomplete knows nothing of a template that it does not have.
func (l *learned) judge(t *UtilityTemplate) error {
	if !l.readable || len(l.byName) == 0 {
		return nil
	}
	const at = "message.template"
	languages := l.byName[t.Name]
	var misfit error
	for i := range languages {
		if !strings.EqualFold(languages[i].Language, t.Language.Code) {
			continue
		}
		r := new(report)
		r.into(at)
		r.approved(t, &languages[i])
		if len(r.errs) == 0 {
			return nil // there may be another, of the same name, that was deleted or rejected
		}
		misfit = cmp.Or(misfit, errors.Join(r.errs...))
	}
	if misfit != nil || !l.complete {
		return misfit
	}
	r := new(report)
	if len(languages) == 0 {
		r.add(at+".name", "the Page has no template of this name: see Client.CreateTemplate")
		return errors.Join(r.errs...)
	}
	var codes []string
	for _, p := range languages {
		codes = append(codes, p.Language)
	}
	r.add(at+".language.code", "the template is not in this language: want %s", strings.Join(codes, " or "))
	return errors.Join(r.errs...)
}

// approved reports what keeps t from being sent as p.
func (r *report) approved(t *UtilityTemplate, p *PageTemplate) {
	switch p.Status {
	case TemplateRejected:
		r.add("name", "Meta has rejected the template (%s)", cmp.Or(p.Rejection, "it gave no reason"))
		return
	case TemplatePending, TemplatePaused, TemplateDisabled, TemplateDeleted:
		r.add("name", "Meta does not send the template as long as its status is %s", p.Status)
		return
	}
	if p.Parts == nil {
		return
	}
	for _, kind := range [...]ComponentType{ComponentHeader, ComponentBody, ComponentButtons} {
		r.filled(t, p, kind)
	}
}

// filled reports values that do not fit one part of a template.
func (r *report) filled(t *UtilityTemplate, p *PageTemplate, kind ComponentType) {
	var part TemplatePart
	if i := slices.IndexFunc(p.Parts, func(q TemplatePart) bool { return q.Type.is(kind) }); i >= 0 {
		part = p.Parts[i]
	}
	var values []Parameter
	field := "components"
	for i := range t.Components {
		if t.Components[i].Type.is(kind) {
			values = append(values, t.Components[i].Parameters...)
			field = fmt.Sprintf("components[%d].parameters", i)
		}
	}
	if kind == ComponentButtons {
		r.filledButtons(field, values, part.Buttons)
		return
	}
	if strings.EqualFold(part.Format, headerImage) {
		return // how a header with a picture is filled in is not documented
	}
	names, _ := placeholders(part.Text)
	named := slices.ContainsFunc(names, func(name string) bool { return !digits(name) })
	if !fits(values, names, named) {
		r.add(field, "%d for the %s, the template wants %s", len(values), kind, wanted(names, named))
	}
}

// filledButtons reports values that do not fit the buttons of a template: a value for each of those with a
// parameter, and at most one for each button.
func (r *report) filledButtons(field string, values []Parameter, buttons []TemplateButton) {
	var open []TemplateButton
	for _, b := range buttons {
		if strings.Contains(b.Payload+b.URL, "{{") {
			open = append(open, b)
		}
	}
	if len(values) < len(open) || len(values) > len(buttons) {
		r.add(field, "%d for the buttons, the template wants %d", len(values), len(open))
		return
	}
	if len(values) != len(open) {
		return
	}
	for i, b := range open {
		if !strings.EqualFold(values[i].Type, b.Type) {
			r.add(field, "value %d is of type %s, the button wants %s", i+1, values[i].Type, b.Type)
		}
	}
}
