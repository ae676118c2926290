package engine

import (
	"github.com/dewar-go/dewar/contrib/jinja/internal/filters"
	"github.com/dewar-go/dewar/contrib/jinja/internal/syntax"
	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

// A store gives a value to a target.
type store func(st *state, f *frame, v any) error

// target compiles what assigns to a name, an attribute of a namespace or a tuple of them.
func (c *compiler) target(target syntax.Expr, pl place) store {
	switch t := target.(type) {
	case *syntax.Name:
		return c.nameTarget(t.Name, pl)
	case *syntax.NSRef:
		return c.attributeTarget(t, pl)
	case *syntax.Tuple:
		return c.tupleTarget(t.Pos, t.Items, pl)
	case *syntax.List:
		return c.tupleTarget(t.Pos, t.Items, pl)
	}
	c.fail(target.Position(), "can't assign to %T", target)
	return func(*state, *frame, any) error { return nil }
}

func (c *compiler) nameTarget(name string, pl place) store {
	v := pl.scope.find(name)
	hops, slot := pl.fn.hops(v.owner), v.slot
	if hops == 0 {
		return func(_ *state, f *frame, v any) error { f.slots[slot] = v; return nil }
	}
	return func(_ *state, f *frame, v any) error { f.set(hops, slot, v); return nil }
}

func (c *compiler) attributeTarget(t *syntax.NSRef, pl place) store {
	namespace := c.variable(t.Name, pl)
	attr, at := t.Attr, c.at(t.Pos)
	return func(st *state, f *frame, v any) error {
		ns, err := namespace(st, f)
		if err != nil {
			return err
		}
		n, ok := ns.(*filters.Namespace)
		if !ok {
			return at.wrap(failure("TemplateRuntimeError", "cannot assign attribute on non-namespace object"))
		}
		n.Set(attr, v)
		return nil
	}
}

func (c *compiler) tupleTarget(pos syntax.Pos, items []syntax.Expr, pl place) store {
	parts := make([]store, len(items))
	for i, item := range items {
		parts[i] = c.target(item, pl)
	}
	at := c.at(pos)
	return func(st *state, f *frame, v any) error {
		values, err := unpack(st, v, len(parts))
		if err != nil {
			return at.wrap(err)
		}
		for i, part := range parts {
			if err := part(st, f, values[i]); err != nil {
				return err
			}
		}
		return nil
	}
}

// unpack returns the n items of v.
func unpack(st *state, v any, n int) ([]any, error) {
	var items []any
	switch v := v.(type) {
	case value.Tuple:
		items = v
	case []any:
		items = v
	case *value.List:
		items = v.Items
	default:
		it, err := value.Iterate(&st.Runtime, v)
		if err != nil {
			if _, undefined := v.(*value.Undefined); undefined {
				return nil, err
			}
			return nil, failure("TypeError", "cannot unpack non-iterable %s object", value.TypeName(v))
		}
		defer it.Close()
		for len(items) <= n {
			item, ok, err := it.Next()
			if err != nil {
				return nil, err
			}
			if !ok {
				break
			}
			items = append(items, item)
		}
	}
	if len(items) > n {
		return nil, failure("ValueError", "too many values to unpack (expected %d)", n)
	}
	if len(items) < n {
		return nil, failure("ValueError", "not enough values to unpack (expected %d, got %d)", n, len(items))
	}
	return items, nil
}

// publish makes what was assigned to target a variable of the page, at the top level.
func (c *compiler) publish(target syntax.Expr, pl place) exec {
	if !pl.toplevel {
		return nil
	}
	var names []local
	targets(target, func(t syntax.Expr) {
		if name, ok := t.(*syntax.Name); ok {
			v := pl.scope.find(name.Name)
			names = append(names, local{name: name.Name, hops: pl.fn.hops(v.owner), slot: v.slot})
		}
	})
	if len(names) == 0 {
		return nil
	}
	return func(_ *state, f *frame) error {
		for _, n := range names {
			f.page.set(n.name, f.get(n.hops, n.slot))
		}
		return nil
	}
}

func (c *compiler) assign(s *syntax.Assign, pl place) exec {
	value, store := c.expression(s.Value, pl), c.target(s.Target, pl)
	publish := c.publish(s.Target, pl)
	check := c.namespaces(s.Target, pl)
	return func(st *state, f *frame) error {
		if check != nil {
			if err := check(st, f); err != nil {
				return err
			}
		}
		v, err := value(st, f)
		if err != nil {
			return err
		}
		if err := store(st, f, v); err != nil || publish == nil {
			return err
		}
		return publish(st, f)
	}
}

// namespaces returns what checks that attributes are only set on namespaces, before the value is computed.
func (c *compiler) namespaces(target syntax.Expr, pl place) exec {
	var check []exec
	targets(target, func(t syntax.Expr) {
		ref, ok := t.(*syntax.NSRef)
		if !ok {
			return
		}
		namespace, at := c.variable(ref.Name, pl), c.at(ref.Pos)
		check = append(check, func(st *state, f *frame) error {
			ns, err := namespace(st, f)
			if err != nil {
				return err
			}
			if _, ok := ns.(*filters.Namespace); !ok {
				return at.wrap(failure("TemplateRuntimeError", "cannot assign attribute on non-namespace object"))
			}
			return nil
		})
	})
	if check == nil {
		return nil
	}
	return sequence(check)
}

func (c *compiler) assignBlock(s *syntax.AssignBlock, pl place) exec {
	inner := pl.inner()
	inner.guarded = false
	inner.scope.visitAll(s.Body)
	if s.Filter != nil {
		inner.scope.visit(s.Filter, read)
	}
	enter := sequence(c.enter(inner.scope))
	body := c.sequence(s.Body, inner)
	var filter func(*state, *frame, any) (any, error)
	if s.Filter != nil {
		filter = c.filtered(s.Filter, inner)
	}
	store, publish := c.target(s.Target, pl), c.publish(s.Target, pl)
	mode, at := inner.escape, c.at(s.Pos)
	return func(st *state, f *frame) error {
		if err := enter(st, f); err != nil {
			return err
		}
		text, err := st.capture(f, body)
		if err != nil {
			return at.wrap(err)
		}
		v := text.value(f.page.escape.on)
		if filter != nil {
			if v, err = filter(st, f, text.value(mode.escapes(f))); err != nil {
				return err
			}
			if v, err = st.captured(v, f.page.escape.on); err != nil {
				return at.wrap(err)
			}
		}
		if err := store(st, f, v); err != nil || publish == nil {
			return err
		}
		return publish(st, f)
	}
}

// captured is what a filter made of captured text: safe text if the page escapes.
func (st *state) captured(v any, safe bool) (any, error) {
	if m, ok := value.AsMarkup(v); ok || !safe {
		if ok {
			return m, nil
		}
		return v, nil
	}
	s, err := value.Str(&st.Runtime, v)
	return value.Markup{Text: s, Language: value.HTML}, err
}

// writeFiltered writes what a filter made of captured text.
func (st *state) writeFiltered(v any, safe bool) error {
	v, err := st.captured(v, safe)
	if err != nil {
		return err
	}
	return st.write(v, safe)
}
