package engine

import (
	"context"
	"io"

	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

// A Request is one rendering.
type Request struct {
	Context context.Context // its end ends the rendering; nil never ends
	Host    any             // what Go functions get whose first parameter has its type
	Name    string          // of the template
	Data    map[string]any  // the variables; they are not changed
}

// A state is one rendering. It is used by one goroutine at a time.
type state struct {
	value.Runtime
	engine  *Engine
	out     *output
	page    *page
	depth   int
	modules map[*Template]*Module // imported without context
	spare   []*output
	slots   []any // where frames that nobody keeps have their slots
	args    []any // where filters and tests have their arguments
	lent    int   // how many generators hold arguments
}

// Render writes the template r.Name to w, all of it or nothing. Errors are *Error.
func (e *Engine) Render(r Request, w io.Writer) error {
	t, err := e.Template(r.Name)
	if err != nil {
		return placed(r.Name, err)
	}
	return e.render(t, r, w)
}

// RenderString writes what source renders as to w, which has the name r.Name if it has one.
func (e *Engine) RenderString(r Request, source string, w io.Writer) error {
	t, err := e.compile(r.Name, source)
	if err != nil {
		return err
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
	p := newPage(t, &layer{vars: r.Data, below: e.globals})
	if err := t.run(st, p); err != nil {
		return placed(t.name, err)
	}
	_, err := w.Write(st.out.b)
	return err
}

// release gives the state back for another rendering.
func (st *state) release() {
	if cap(st.out.b) > maxSpare {
		st.out.b = nil
	}
	*st.out = output{b: st.out.b[:0]}
	clear(st.slots[:cap(st.slots)])
	clear(st.args[:cap(st.args)])
	if st.args = st.args[:0]; st.lent > 0 {
		st.args, st.lent = nil, 0
	}
	st.slots = st.slots[:0]
	st.Context, st.Host, st.page, st.modules, st.depth = nil, nil, nil, nil, 0
	st.engine.states.Put(st)
}

// run renders the template on page p, and then what it extends.
func (t *Template) run(st *state, p *page) error {
	outer := st.page
	st.page, st.Autoescape = p, p.escape.on
	defer st.back(outer)
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

// back makes outer the page that functions and filters see again.
func (st *state) back(outer *page) {
	st.page = outer
	if outer != nil {
		st.Autoescape = outer.escape.on
	}
}

// deeper counts a call, an include or a recursion, and says if they are too many. shallower must follow if it returns nil.
func (st *state) deeper() error {
	if st.depth++; st.depth > st.engine.o.MaxDepth {
		st.depth--
		return failure("RecursionError", "more than %d calls, includes or imports inside each other", st.engine.o.MaxDepth)
	}
	return st.Spend(1)
}

func (st *state) shallower() { st.depth-- }

// frame makes a frame for a call of fn. leave must follow.
func (st *state) frame(fn *function, outer *frame, p *page) *frame {
	if fn.kept {
		return &frame{slots: make([]any, fn.size), outer: outer, page: p}
	}
	n := len(st.slots)
	if n+fn.size > cap(st.slots) {
		st.slots = make([]any, 0, max(2*cap(st.slots), fn.size, 64))
		n = 0
	}
	st.slots = st.slots[:n+fn.size]
	return &frame{slots: st.slots[n : n+fn.size : n+fn.size], outer: outer, page: p}
}

// leave gives the slots of a frame back.
func (st *state) leave(fn *function, f *frame) {
	if fn.kept {
		return
	}
	clear(f.slots)
	if n := len(st.slots) - fn.size; n >= 0 {
		st.slots = st.slots[:n]
	}
}

// lookup is a variable of the page, for functions that ask for it by name.
func (st *state) lookup(name string) any {
	if st.page != nil {
		v, err := st.page.lookup(st, name)
		if _, none := v.(missing); err == nil && !none {
			return v
		}
	}
	return undefinedName(name, st.Undefined)
}

// placed makes sure that err is an *Error.
func placed(name string, err error) error {
	return site{template: &Template{name: name}}.wrap(err)
}
