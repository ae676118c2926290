package machine

import (
	"strings"

	"go.starlark.net/starlark"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
	"github.com/dewar-go/dewar/contrib/pyconfig/internal/translate"
)

// literal evaluates a text that is a literal.
func (m *Machine) literal(s string) (starlark.Value, error) {
	p, err := translate.File("text", []byte("(\n"+strings.TrimLeft(s, " \t")+"\n)"))
	if err != nil || strings.TrimSpace(s) == "" {
		return nil, fault.Raise("SyntaxError", "literal_eval() needs text that is a literal; check the variable it comes from")
	}
	if len(p.Body) != 1 || strings.ContainsAny(s, "\\#;\n") {
		return nil, fault.New("this text is not available in literal_eval(); write it on one line, without escapes")
	}
	x, ok := p.Body[0].(*translate.Evaluate)
	if !ok {
		return nil, fault.Raise("SyntaxError", "literal_eval() needs text that is a literal; check the variable it comes from")
	}
	if !isLiteral(x.X) {
		return nil, fault.Raise("ValueError", "literal_eval() needs text that is a literal; check the variable it comes from")
	}
	v, err := m.eval(m.newModule(p, starlark.StringDict{}), x.X)
	if known, ok := err.(*fault.Error); ok {
		known.Line, known.File = 0, ""
	}
	return v, err
}

// isLiteral reports whether an expression is made of literals only.
func isLiteral(x translate.Expr) bool {
	switch x := x.(type) {
	case *translate.Constant:
		return true
	case *translate.Several:
		for _, elem := range x.Elems {
			if !isLiteral(elem) {
				return false
			}
		}
		return true
	case *translate.Dict:
		for i, key := range x.Keys {
			if key == nil || !isLiteral(key) || !isLiteral(x.Values[i]) {
				return false
			}
		}
		return true
	case *translate.Hook:
		if x.Name != translate.Negative && x.Name != translate.Positive {
			return false
		}
		c, ok := x.Args[0].(*translate.Constant)
		return ok && isNumber(c.Value)
	}
	return false
}
