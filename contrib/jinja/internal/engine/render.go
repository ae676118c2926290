package engine

import (
	"context"
	"io"

	"github.com/dewar-go/dewar/contrib/jinja/internal/escape"
	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

// A Request is one rendering.
type Request struct {
	Context context.Context // its end ends the rendering; nil never ends
	Host    any             // what Go functions get whose first parameter has its type
	Name    string          // of the template
	Data    map[string]any  // the variables; they are not changed
}

// Render writes the template r.Name to w, all of it or nothing. Errors are *Error.
func (e *Engine) Render(r Request, w io.Writer) error {
	t, err := e.Template(r.Name)
	if err != nil {
		return placed(r.Name, err)
	}
	return e.render(t, r, w)
}

// RenderString writes what source renders as to w, which has the name r.Name if it has one. A source that comes again is compiled once.
func (e *Engine) RenderString(r Request, source string, w io.Writer) error {
	t, err := e.compileString(r.Name, source)
	if err != nil {
		return placed(r.Name, err)
	}
	return e.render(t, r, w)
}

func (e *Engine) render(t *Template, r Request, w io.Writer) error {
	st := e.states.Get().(*state)
	defer st.release()
	st.Context = background(r.Context)
	st.Host = r.Host
	st.Budget = value.Budget{Steps: e.o.MaxSteps, Ctx: st.Context}
	st.out.limit = int(e.o.MaxOutput)
	st.out.contextual = e.o.Contextual != nil && e.o.Contextual(t.name)
	if st.out.contextual {
		st.out.start = escape.Page(t.name)
		st.out.place = st.out.start
	}
	p := newPage(t, &layer{vars: r.Data, below: e.globals})
	if err := t.run(st, p); err != nil {
		return placed(t.name, err)
	}
	_, err := w.Write(st.out.b)
	return err
}

// run renders the template on page p, and then what it extends.
func (t *Template) run(st *state, p *page) error {
	outer, depth := st.page, st.depth
	st.page, st.Autoescape = p, p.escape.on
	defer func() {
		st.depth = depth // extends goes deeper
		st.back(outer)
	}()
	for {
		f := st.frame(t.root, nil, p)
		err := run(st, f, t.root.body)
		parent := f.parent
		st.leave(t.root, f)
		if err != nil || parent == nil {
			return err
		}
		t = parent
	}
}

// placed makes sure that err is an *Error.
func placed(name string, err error) error {
	return site{template: &Template{name: name}}.wrap(err)
}

// background is ctx, or one that never ends.
func background(ctx context.Context) context.Context {
	if ctx == nil {
		return context.Background()
	}
	return ctx
}
