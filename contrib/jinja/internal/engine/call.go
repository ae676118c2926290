package engine

import (
	"github.com/dewar-go/dewar/contrib/jinja/internal/syntax"
	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

// arguments are the compiled arguments of a call.
type arguments struct {
	positional     []eval
	names          []string
	named          []eval
	star, starStar eval
	at             site
}

func (c *compiler) arguments(a syntax.Args, pos syntax.Pos, pl place) *arguments {
	all := &arguments{positional: c.expressions(a.Positional, pl), at: c.at(pos)}
	for _, k := range a.Named {
		all.names = append(all.names, k.Name)
		all.named = append(all.named, c.expression(k.Value, pl))
	}
	if a.Star != nil {
		all.star = c.expression(a.Star, pl)
	}
	if a.StarStar != nil {
		all.starStar = c.expression(a.StarStar, pl)
	}
	return all
}

// eval computes the arguments.
func (a *arguments) eval(st *state, f *frame) (args value.Args, err error) {
	if args.Positional, err = evalAll(st, f, a.positional); err != nil {
		return args, err
	}
	if len(a.named) > 0 {
		args.Named = make([]value.Named, len(a.named))
		for i, named := range a.named {
			v, err := named(st, f)
			if err != nil {
				return args, err
			}
			args.Named[i] = value.Named{Name: a.names[i], Value: v}
		}
	}
	if a.star != nil {
		if err := a.evalStar(st, f, &args); err != nil {
			return args, err
		}
	}
	if a.starStar != nil {
		return args, a.evalStarStar(st, f, &args)
	}
	return args, nil
}

func (a *arguments) evalStar(st *state, f *frame, args *value.Args) error {
	v, err := a.star(st, f)
	if err != nil {
		return err
	}
	items, err := value.Items(&st.Runtime, v)
	if err != nil {
		return a.at.wrap(err)
	}
	args.Positional = append(args.Positional, items...)
	return nil
}

func (a *arguments) evalStarStar(st *state, f *frame, args *value.Args) error {
	v, err := a.starStar(st, f)
	if err != nil {
		return err
	}
	pairs, err := value.Pairs(&st.Runtime, v)
	if err != nil {
		if _, undefined := v.(*value.Undefined); !undefined {
			err = failure("TypeError", "argument after ** must be a mapping, not %s", value.TypeName(v))
		}
		return a.at.wrap(err)
	}
	for k, v := range pairs {
		name, ok := value.AsString(k)
		if !ok {
			return a.at.wrap(failure("TypeError", "keywords must be strings"))
		}
		for _, n := range args.Named {
			if n.Name == name {
				return a.at.wrap(failure("TypeError", "got multiple values for keyword argument %s", quote(name)))
			}
		}
		args.Named = append(args.Named, value.Named{Name: name, Value: v})
	}
	return nil
}

// A callee is what a call calls: a value, or a method of one.
type callee struct {
	object eval
	method string // "" where object itself is called
}

func (c *compiler) callee(e *syntax.Call, pl place) callee {
	if attr, ok := e.Func.(*syntax.Getattr); ok {
		return callee{object: c.expression(attr.Value, pl), method: attr.Name}
	}
	return callee{object: c.expression(e.Func, pl)}
}

// call compiles a call inside an expression.
func (c *compiler) call(e *syntax.Call, pl place) eval {
	target, args, at := c.callee(e, pl), c.arguments(e.Args, e.Pos, pl), c.at(e.Pos)
	return func(st *state, f *frame) (any, error) {
		v, err := target.object(st, f)
		if err != nil {
			return nil, err
		}
		values, err := args.eval(st, f)
		if err != nil {
			return nil, err
		}
		if v, err = st.call(v, target.method, values); err != nil {
			return nil, at.wrap(err)
		}
		return v, nil
	}
}

// call calls v, or its method if that is not "".
func (st *state) call(v any, method string, args value.Args) (any, error) {
	if err := st.Spend(1); err != nil {
		return nil, err
	}
	if method == "" {
		return value.Call(&st.Runtime, v, args)
	}
	return value.CallMethod(&st.Runtime, v, method, args)
}
