package engine

import (
	"github.com/dewar-go/dewar/contrib/jinja/internal/syntax"
	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

// A call that is an output of its own writes where it stands: what it makes begins in the place of the page where the output stands, and
// needs no buffer.

// outputCall returns the call that an output consists of: {{ m() }} or {{ m()|safe }}.
func outputCall(e syntax.Expr) (call *syntax.Call, safe bool) {
	if f, ok := e.(*syntax.Filter); ok && f.Name == "safe" && len(f.Positional)+len(f.Named) == 0 && f.Star == nil && f.StarStar == nil {
		e, safe = f.Value, true
	}
	call, _ = e.(*syntax.Call)
	return call, safe
}

// callInPlace calls v, or its method, if that writes: a macro, caller(), super(), self.block() or a recursive loop. It reports whether it did.
func (st *state) callInPlace(v any, method string, args value.Args, at site) (bool, error) {
	target := v
	if method != "" {
		switch v.(type) {
		case *Module, *selfReference, *blockReference, *loopState:
			target, _ = v.(value.Object).Attr(&st.Runtime, method)
		default:
			return false, nil
		}
	}
	switch w := target.(type) {
	case *Macro:
		return true, at.through(w.run(st, args), w.what())
	case *blockReference:
		return true, at.through(w.run(st, args), "block "+quote(w.name))
	case *loopState:
		if w.recurse == nil {
			return false, nil
		}
		return true, at.through(w.run(st, args), "recursive loop")
	}
	return false, nil
}

// outputOfCall compiles {{ call }}. Only where its text would be written as it is it may write itself.
func (c *compiler) outputOfCall(call *syntax.Call, safe bool, pl place) exec {
	target, args, at := c.callee(call, pl), c.arguments(call.Args, call.Pos, pl), c.at(call.Pos)
	mode := pl.escape
	var vouched apply
	if safe {
		vouched = c.apply("filter", c.engine.filters, "safe", syntax.Args{}, call.Pos, pl)
	}
	return func(st *state, f *frame) error {
		v, err := target.object(st, f)
		if err != nil {
			return err
		}
		values, err := args.eval(st, f)
		if err != nil {
			return err
		}
		escapes := mode.escapes(f)
		if safe || st.Autoescape || !escapes {
			if done, err := st.callInPlace(v, target.method, values, at); done || err != nil {
				return err
			}
		}
		if v, err = st.call(v, target.method, values); err != nil {
			return at.wrap(err)
		}
		if vouched != nil {
			if v, err = vouched(st, f, v); err != nil {
				return err
			}
		}
		return at.wrap(st.write(v, escapes))
	}
}
