package filters

import (
	"math"
	"math/big"

	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

// newRange is range(stop) and range(start, stop, step). It costs nothing by itself: who goes through it pays for each number.
func newRange(_ *value.Runtime, args []any) (any, error) {
	positional, named := variadics(args)
	if named.Len() > 0 {
		return nil, fail("TypeError", "range() takes no keyword arguments")
	}
	switch n := len(positional); {
	case n == 0:
		return nil, fail("TypeError", "range expected at least 1 argument, got 0")
	case n > 3:
		return nil, fail("TypeError", "range expected at most 3 arguments, got %d", n)
	case n == 1:
		positional = value.Tuple{0, positional[0]}
	}
	numbers := [3]int{2: 1}
	for i, v := range positional {
		var err error
		if numbers[i], err = boundedInt(v); err != nil {
			return nil, err
		}
	}
	r := value.Range{Start: numbers[0], Stop: numbers[1], Step: numbers[2]}
	if r.Step == 0 {
		return nil, fail("ValueError", "range() arg 3 must not be zero")
	}
	if r.Start == r.Stop && !value.Equal(positional[0], positional[1]) || rangeLen(r.Start, r.Stop, r.Step) > math.MaxInt32 {
		return nil, fail("OverflowError", "range() has too many numbers")
	}
	return r, nil
}

// boundedInt is asInt, and the nearest int for an integer that is none: a range from it, or to it, has too many numbers or none.
func boundedInt(v any) (int, error) {
	n, ok := v.(*big.Int)
	switch {
	case !ok:
		return asInt(v)
	case n.Sign() < 0:
		return math.MinInt, nil
	}
	return math.MaxInt, nil
}

// rangeLen is how many numbers a range has.
func rangeLen(start, stop, step int) uint64 {
	from, to, by := uint64(start), uint64(stop), uint64(step)
	if step < 0 {
		start, stop, from, to, by = stop, start, to, from, -by
	}
	if start >= stop {
		return 0
	}
	return (to-from-1)/by + 1
}

// variadics are the arguments of a function that takes any.
func variadics(args []any) (value.Tuple, *value.Dict) {
	positional, _ := args[0].(value.Tuple)
	named, _ := args[1].(*value.Dict)
	if named == nil {
		named = new(value.Dict)
	}
	return positional, named
}

// newDict is dict(mapping or pairs, **named).
func newDict(rt *value.Runtime, args []any) (any, error) {
	positional, named := variadics(args)
	d := new(value.Dict)
	if len(positional) > 1 {
		return nil, fail("TypeError", "dict expected at most 1 argument, got %d", len(positional))
	}
	if len(positional) == 1 {
		if err := update(rt, d, positional[0]); err != nil {
			return nil, err
		}
	}
	for name, v := range named.All() {
		if err := d.Set(name, v); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// update puts the pairs of a mapping, or of a list of pairs, in d.
func update(rt *value.Runtime, d *value.Dict, v any) error {
	if u, ok := v.(*value.Undefined); ok {
		return u.Err()
	}
	if value.IsMapping(v) {
		pairs, err := pairsOf(rt, v)
		if err != nil {
			return err
		}
		v = pairs
	}
	it, err := value.Iterate(rt, v)
	if err != nil {
		return err
	}
	for i := 0; ; i++ {
		item, ok, err := it.Next()
		if err != nil || !ok {
			return err
		}
		pair, err := value.Items(rt, item)
		if isTypeError(err) {
			return fail("TypeError", "cannot convert dictionary update sequence element #%d to a sequence", i)
		}
		if err != nil {
			return err
		}
		if len(pair) != 2 {
			return fail("ValueError", "dictionary update sequence element #%d has length %d; 2 is required", i, len(pair))
		}
		if err := d.Set(pair[0], pair[1]); err != nil {
			return err
		}
	}
}

// A Namespace is what namespace() returns: attributes that {% set ns.x = ... %} sets, from inside loops and blocks too.
type Namespace struct{ attributes *value.Dict }

func newNamespace(rt *value.Runtime, args []any) (any, error) {
	d, err := newDict(rt, args)
	if err != nil {
		return nil, err
	}
	return &Namespace{d.(*value.Dict)}, nil
}

// Attr is an attribute that was set.
func (n *Namespace) Attr(_ *value.Runtime, name string) (any, bool) { return n.attributes.Get(name) }

// AttrNames returns the names of those that were set.
func (n *Namespace) AttrNames() []string { return value.AttrNames(n.attributes) }

// Set sets an attribute.
func (n *Namespace) Set(name string, v any) {
	// A str is always a key.
	_ = n.attributes.Set(name, v)
}

// Repr is what the namespace shows as.
func (n *Namespace) Repr(rt *value.Runtime) (string, error) {
	s, err := value.Repr(rt, n.attributes)
	return "<Namespace " + s + ">", err
}

// A Cycler is what cycler() returns: current is an item, next() goes on to the one after it, and reset() to the first.
type Cycler struct {
	items value.Tuple
	at    int
}

func newCycler(_ *value.Runtime, args []any) (any, error) {
	items, named := variadics(args)
	for name := range named.All() {
		return nil, fail("TypeError", "Cycler.__init__() got an unexpected keyword argument '%s'", name)
	}
	if len(items) == 0 {
		return nil, fail("RuntimeError", "at least one item has to be provided")
	}
	return &Cycler{items: items}, nil
}

// Attr is current, items, pos, next or reset.
func (c *Cycler) Attr(_ *value.Runtime, name string) (any, bool) {
	switch name {
	case "current":
		return c.items[c.at], true
	case "items":
		return c.items, true
	case "pos":
		return c.at, true
	case "next":
		return function("next", c.next), true
	case "reset":
		return function("reset", c.reset), true
	}
	return nil, false
}

func (c *Cycler) next(*value.Runtime, []any) (any, error) {
	v := c.items[c.at]
	c.at = (c.at + 1) % len(c.items)
	return v, nil
}

func (c *Cycler) reset(*value.Runtime, []any) (any, error) {
	c.at = 0
	return nil, nil
}

// A Joiner is what joiner() returns: nothing when it is called first, and its separator from then on.
type Joiner struct {
	separator any
	used      bool
}

func newJoiner(_ *value.Runtime, args []any) (any, error) { return &Joiner{separator: args[0]}, nil }

// Call returns the separator, but for the first time.
func (j *Joiner) Call(_ *value.Runtime, args value.Args) (any, error) {
	if len(args.Positional)+len(args.Named) > 0 {
		return nil, fail("TypeError", "Joiner.__call__() takes 1 positional argument but %d were given", 1+len(args.Positional)+len(args.Named))
	}
	if !j.used {
		j.used = true
		return "", nil
	}
	return j.separator, nil
}

// Attr is sep or used.
func (j *Joiner) Attr(_ *value.Runtime, name string) (any, bool) {
	switch name {
	case "sep":
		return j.separator, true
	case "used":
		return j.used, true
	}
	return nil, false
}
