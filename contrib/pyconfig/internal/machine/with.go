package machine

import (
	"errors"

	"go.starlark.net/starlark"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
	"github.com/dewar-go/dewar/contrib/pyconfig/internal/translate"
)

// suppressor is what contextlib.suppress returns.
type suppressor struct {
	inert
	kinds starlark.Tuple
}

// String returns a fixed text.
func (*suppressor) String() string { return "suppress" }

// Type returns the name of the type.
func (*suppressor) Type() string { return "suppress" }

// with executes the items of a with statement from n on, then its block.
func (m *Machine) with(f *frame, s *translate.With, n int) (way, error) {
	if n == len(s.Items) {
		return m.block(f, s.Body)
	}
	v, err := m.eval(f, s.Items[n].X)
	if err != nil {
		return onward, err
	}
	if target := s.Items[n].Target; target != nil {
		if err := m.assign(f, target, v); err != nil {
			return onward, err
		}
	}
	switch v := v.(type) {
	case *textFile:
		defer func() { v.closed = true }()
		return m.with(f, s, n+1)
	case lock:
		return m.with(f, s, n+1)
	case *suppressor:
		m.trying++
		to, err := m.with(f, s, n+1)
		m.trying--
		var raised *fault.Error
		if errors.As(err, &raised) && m.suppresses(v, raised) {
			return onward, nil
		}
		return to, err
	case refused:
		return onward, v.err()
	}
	return onward, fault.New("with is available for open() only; write the statements without it")
}

func (m *Machine) suppresses(s *suppressor, raised *fault.Error) bool {
	kind := m.classOf(raised)
	for _, v := range s.kinds {
		if c, ok := v.(*class); ok && kind != nil && kind.is(c) {
			return true
		}
	}
	return false
}
