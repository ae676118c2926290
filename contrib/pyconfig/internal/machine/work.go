package machine

import (
	"errors"
	"slices"
	"strings"

	"go.starlark.net/starlark"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
)

const (
	maxWork   = 32 << 20 // bytes copied and elements looked at, about
	maxText   = 1 << 20  // bytes of one text
	maxTuple  = 100_000  // elements of a tuple with those of the tuples in it
	maxBits   = 14_000   // bits of an int
	maxDepth  = 100      // values in one another
	entrySize = 16       // what an element of a list counts
)

func errWork() error { return fault.New("the file makes too much data; compute the value in Go") }

func errDeep() error {
	return fault.New("values are nested more than %d deep; a list or dict may not hold itself", maxDepth)
}

// charge takes n units of work from the account.
func (m *Machine) charge(n int) error {
	if n < 0 || n > m.left {
		m.left = 0
		return errWork()
	}
	m.left -= n
	return nil
}

// chargeText charges for a text of n bytes.
func (m *Machine) chargeText(n int) error {
	if n < 0 || n > maxText {
		return fault.New("a text is longer than 1 MiB; keep data in a file of its own")
	}
	return m.charge(n)
}

// text returns a text after charging for it.
func (m *Machine) text(s string) (starlark.Value, error) {
	if err := m.chargeText(len(s)); err != nil {
		return nil, err
	}
	return starlark.String(s), nil
}

// weigh charges for a value with all the tuples in it. Starlark hashes tuples to the bottom,
// so one that holds another many times would stop it for good.
func (m *Machine) weigh(v starlark.Value) error {
	weight := 0
	if !weighTuple(v, &weight) {
		return fault.New("tuples in one another have more than %d elements; use lists", maxTuple)
	}
	return m.charge(weight * entrySize)
}

func weighTuple(v starlark.Value, weight *int) bool {
	if s, ok := v.(starlark.Tuple); ok {
		for _, elem := range s {
			if !weighTuple(elem, weight) {
				return false
			}
		}
	}
	*weight++
	return *weight <= maxTuple
}

// tuple returns a tuple after charging for it.
func (m *Machine) tuple(elems []starlark.Value) (starlark.Value, error) {
	t := starlark.Tuple(elems)
	return t, m.weigh(t)
}

// size is about what it costs to copy a value, without what is in it.
func size(v starlark.Value) int {
	switch v := v.(type) {
	case starlark.String:
		return len(v)
	case starlark.Bytes:
		return len(v)
	case starlark.Sequence:
		return v.Len() * entrySize
	}
	return 1
}

// native is a function that files can call.
type native func(args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error)

// builtin wraps a function. Errors that are not a fault may hold values, so they are replaced.
func builtin(name string, f native) *starlark.Builtin {
	return starlark.NewBuiltin(name,
		func(_ *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			v, err := f(args, kwargs)
			if err != nil {
				return nil, safe(name, err)
			}
			return v, nil
		})
}

// safe keeps an error that shows no values and replaces any other.
func safe(name string, err error) error {
	var known *fault.Error
	var eval *starlark.EvalError
	if errors.As(err, &known) || errors.As(err, &eval) {
		return err
	}
	return fault.New("%s() does not take these arguments", name)
}

// unpack reads the arguments of a function. The pairs are those of [starlark.UnpackArgs].
func unpack(name string, args starlark.Tuple, kwargs []starlark.Tuple, pairs ...any) error {
	args, kwargs = unmembered(args, kwargs, pairs)
	if err := starlark.UnpackArgs(name, args, kwargs, pairs...); err != nil {
		return safe(name, err)
	}
	return nil
}

// unmembered takes the text or number out of the arguments that must be one.
func unmembered(args starlark.Tuple, kwargs []starlark.Tuple, pairs []any) (starlark.Tuple, []starlark.Tuple) {
	isPlain := func(target any) bool {
		_, any := target.(*starlark.Value)
		return !any
	}
	for i, v := range args {
		if _, ok := v.(*class); ok && 2*i+1 < len(pairs) && isPlain(pairs[2*i+1]) {
			args = append(starlark.Tuple(nil), args...)
			args[i] = unmember(v)
		}
	}
	for i, pair := range kwargs {
		if _, ok := pair[1].(*class); !ok {
			continue
		}
		at := slices.IndexFunc(pairs, func(p any) bool {
			name, ok := p.(string)
			return ok && strings.TrimRight(name, "?") == string(pair[0].(starlark.String))
		})
		if at >= 0 && isPlain(pairs[at+1]) {
			kwargs = slices.Clone(kwargs)
			kwargs[i] = starlark.Tuple{pair[0], unmember(pair[1])}
		}
	}
	return args, kwargs
}
