package engine

import (
	"math/rand/v2"

	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

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

// newState makes the state of a rendering, which is used again for others.
func newState(e *Engine) *state {
	st := &state{engine: e, out: &output{}}
	st.Undefined, st.Debug = e.o.Undefined, e.o.Debug
	st.Policies = *e.o.Policies
	st.Random = rand.IntN
	st.Owner = st
	st.Filter = func(name string) (*value.Function, bool) { f, ok := e.filters[name]; return f, ok }
	st.Test = func(name string) (*value.Function, bool) { f, ok := e.tests[name]; return f, ok }
	st.Lookup = st.lookup
	return st
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
