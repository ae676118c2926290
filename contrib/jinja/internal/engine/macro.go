package engine

import (
	"github.com/dewar-go/dewar/contrib/jinja/internal/syntax"
	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

// A macroBody is a compiled macro or call block, without the variables it closes over.
type macroBody struct {
	fn       *function
	name     any // a string, or nil for a call block
	params   []string
	slots    []int
	defaults []eval // nil for a parameter without
	enter    exec
	body     exec
	at       site

	caller, kwargs, varargs int // slots, -1 where the body does not use them
	explicitCaller          bool
}

// A Macro is a macro or caller() as a value.
type Macro struct {
	*macroBody
	outer *frame // where it was made
}

// macroBody compiles a macro or a call block.
func (c *compiler) macroBody(name any, sig syntax.Signature, body []syntax.Stmt, pos syntax.Pos, pl place) *macroBody {
	inner := pl.function()
	inner.guarded = false
	m := &macroBody{fn: inner.fn, name: name, at: c.at(pos), caller: -1, kwargs: -1, varargs: -1}
	special := undeclared(body, "caller", "kwargs", "varargs")
	for _, p := range sig.Params {
		inner.scope.param(p.Name)
		m.params = append(m.params, p.Name)
		delete(special, map[string]string{"kwargs": "kwargs", "varargs": "varargs"}[p.Name])
		m.explicitCaller = m.explicitCaller || p.Name == "caller"
	}
	for _, d := range sig.Defaults {
		inner.scope.visit(d, read)
	}
	inner.scope.visitAll(body)
	c.checkCaller(m, sig, special["caller"], pos)
	hidden := map[string]*variable{}
	for _, name := range []string{"caller", "kwargs", "varargs"} {
		if special[name] && !(name == "caller" && m.explicitCaller) {
			hidden[name] = inner.scope.param(name)
		}
	}
	m.enter = sequence(c.enter(inner.scope))
	for name, v := range hidden {
		*map[string]*int{"caller": &m.caller, "kwargs": &m.kwargs, "varargs": &m.varargs}[name] = v.slot
	}
	m.defaults = make([]eval, len(sig.Params))
	for i, p := range sig.Params {
		m.slots = append(m.slots, inner.scope.names[p.Name].slot)
		if d := i - (len(sig.Params) - len(sig.Defaults)); d >= 0 {
			m.defaults[i] = c.expression(sig.Defaults[d], inner)
		}
	}
	m.body = c.sequence(body, inner)
	return m
}

// checkCaller reports a parameter that is called caller and has no default.
func (c *compiler) checkCaller(m *macroBody, sig syntax.Signature, used bool, pos syntax.Pos) {
	if !used || !m.explicitCaller {
		return
	}
	for i, name := range m.params {
		if name == "caller" && i < len(m.params)-len(sig.Defaults) {
			c.fail(pos, `When defining macros or call blocks the special "caller" argument must be omitted or be given a default.`)
		}
	}
}

func (c *compiler) macro(s *syntax.Macro, pl place) exec {
	body := c.macroBody(s.Name, s.Signature, s.Body, s.Pos, pl)
	store := c.nameTarget(s.Name, pl)
	name, toplevel := s.Name, pl.toplevel
	return func(st *state, f *frame) error {
		m := &Macro{macroBody: body, outer: f}
		if toplevel {
			f.page.set(name, m)
		}
		return store(st, f, m)
	}
}

// callBlock compiles {% call %}: the body becomes caller() of the macro that is called.
func (c *compiler) callBlock(s *syntax.CallBlock, pl place) exec {
	body := c.macroBody(nil, s.Signature, s.Body, s.Pos, pl)
	target, args, at := c.callee(s.Call, pl), c.arguments(s.Call.Args, s.Call.Pos, pl), c.at(s.Call.Pos)
	mode := pl.escape
	return func(st *state, f *frame) error {
		v, err := target.object(st, f)
		if err != nil {
			return err
		}
		values, err := args.eval(st, f)
		if err != nil {
			return err
		}
		for _, n := range values.Named {
			if n.Name == "caller" {
				return at.wrap(failure("TypeError", "got multiple values for keyword argument 'caller'"))
			}
		}
		values.Named = append(values.Named, value.Named{Name: "caller", Value: &Macro{macroBody: body, outer: f}})
		written, err := st.callInPlace(v, target.method, values, at)
		if written || err != nil {
			return err
		}
		if v, err = st.call(v, target.method, values); err != nil {
			return at.wrap(err)
		}
		return at.wrap(st.writeFiltered(v, mode.escapes(f)))
	}
}

// Call runs the macro and returns its text, safe if the place of the call escapes.
func (m *Macro) Call(rt *value.Runtime, args value.Args) (any, error) {
	st := rt.Owner.(*state)
	safe := st.Autoescape
	outer := st.begin()
	if err := m.run(st, args); err != nil {
		st.drop(outer)
		return nil, err
	}
	text, err := st.end(outer)
	return text.value(safe), err
}

// run writes the macro's body to the output.
func (m *Macro) run(st *state, args value.Args) error {
	if err := st.deeper(); err != nil {
		return err
	}
	defer st.shallower()
	f := st.frame(m.fn, m.outer, m.outer.page)
	defer st.leave(m.fn, f)
	if err := m.bind(f, args); err != nil {
		return err
	}
	outer := st.page
	st.page, st.Autoescape = f.page, f.page.escape.on
	defer st.back(outer)
	if err := m.enter(st, f); err != nil {
		return err
	}
	if err := m.fillDefaults(st, f); err != nil {
		return err
	}
	return m.body(st, f)
}

// bind puts arguments into the slots of the parameters.
func (m *Macro) bind(f *frame, args value.Args) error {
	n := min(len(args.Positional), len(m.slots))
	for i, slot := range m.slots {
		if i < n {
			f.slots[slot] = args.Positional[i]
		} else {
			f.slots[slot] = missing{}
		}
	}
	foundCaller := m.explicitCaller
	var caller any
	var rest *value.Dict
	for _, named := range args.Named {
		if i := m.parameter(named.Name); i >= n {
			f.slots[m.slots[i]] = named.Value
			continue
		}
		if named.Name == "caller" && m.caller >= 0 && !foundCaller {
			caller = named.Value
			continue
		}
		if m.kwargs < 0 {
			return m.unexpected(named.Name)
		}
		if rest == nil {
			rest = &value.Dict{}
		}
		rest.Set(named.Name, named.Value)
	}
	return m.bindSpecial(f, args, caller, rest)
}

// bindSpecial fills caller, kwargs and varargs.
func (m *Macro) bindSpecial(f *frame, args value.Args, caller any, rest *value.Dict) error {
	if m.caller >= 0 {
		if caller == nil {
			caller = &value.Undefined{Hint: "No caller defined", Name: "caller", Mode: m.at.template.engine.o.Undefined}
		}
		f.slots[m.caller] = caller
	}
	if m.kwargs >= 0 {
		if rest == nil {
			rest = &value.Dict{}
		}
		f.slots[m.kwargs] = rest
	}
	over := args.Positional[min(len(args.Positional), len(m.slots)):]
	if m.varargs >= 0 {
		f.slots[m.varargs] = value.Tuple(over)
	} else if len(over) > 0 {
		return failure("TypeError", "macro %s takes not more than %d argument(s)", m.quoted(), len(m.params))
	}
	return nil
}

func (m *Macro) parameter(name string) int {
	for i, p := range m.params {
		if p == name {
			return i
		}
	}
	return -1
}

func (m *Macro) unexpected(name string) error {
	if name == "caller" {
		return failure("TypeError", "macro %s was invoked with two values for the special caller argument. This is most likely a bug.", m.quoted())
	}
	return failure("TypeError", "macro %s takes no keyword argument %s", m.quoted(), quote(name))
}

// fillDefaults gives the parameters that had no argument their defaults, in order: one may use those before it.
func (m *Macro) fillDefaults(st *state, f *frame) error {
	for i, slot := range m.slots {
		if _, none := f.slots[slot].(missing); !none {
			continue
		}
		if m.defaults[i] == nil {
			f.slots[slot] = &value.Undefined{Hint: "parameter " + quote(m.params[i]) + " was not provided", Name: m.params[i], Mode: st.Undefined}
			continue
		}
		v, err := m.defaults[i](st, f)
		if err != nil {
			return err
		}
		f.slots[slot] = v
	}
	return nil
}

// what names the macro, or the call block that it is, in the trail of an error.
func (m *Macro) what() string {
	if m.name == nil {
		return "the call block"
	}
	return "macro " + m.quoted()
}

func (m *Macro) quoted() string {
	if name, ok := m.name.(string); ok {
		return quote(name)
	}
	return "None"
}

// Attr returns what Jinja's macros tell of themselves.
func (m *Macro) Attr(_ *value.Runtime, name string) (any, bool) {
	switch name {
	case "name":
		return m.name, true
	case "arguments":
		all := make(value.Tuple, len(m.params))
		for i, p := range m.params {
			all[i] = p
		}
		return all, true
	case "catch_kwargs":
		return m.kwargs >= 0, true
	case "catch_varargs":
		return m.varargs >= 0, true
	case "caller":
		return m.caller >= 0 || m.explicitCaller, true
	case "explicit_caller":
		return m.explicitCaller, true
	}
	return nil, false
}

// String is what Python shows of a macro.
func (m *Macro) String() string {
	if m.name == nil {
		return "<Macro anonymous>"
	}
	return "<Macro " + m.quoted() + ">"
}
