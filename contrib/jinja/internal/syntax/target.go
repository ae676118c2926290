package syntax

import "fmt"

// target reads what is assigned to: a name, or several in a tuple.
func (p *parser) target(rules tupleRules) Expr {
	if rules.single == nil {
		rules.single = p.primary
	}
	t := p.current
	e := p.tuple(rules)
	if what := unassignable(e); what != "" {
		p.fail(t, "can't assign to %s", what)
	}
	return e
}

// setTarget reads a name, or an attribute of a namespace.
func (p *parser) setTarget() Expr {
	e := p.primary()
	name, ok := e.(*Name)
	if !ok || !p.skip(tokenDot) {
		return e
	}
	return &NSRef{Pos: name.Pos, Name: name.Name, Attr: p.expect(tokenName).text}
}

// targetName reads a name that is assigned to.
func (p *parser) targetName() *Name {
	t := p.expect(tokenName)
	name, ok := p.nameOrConstant(t).(*Name)
	if !ok {
		p.fail(t, "can't assign to '%s'", t.text)
	}
	return name
}

// unassignable describes the part of a target that nothing can be assigned to, "" if there is none.
func unassignable(e Expr) string {
	switch e := e.(type) {
	case *Name, *NSRef:
		return ""
	case *Tuple:
		for _, item := range e.Items {
			if what := unassignable(item); what != "" {
				return what
			}
		}
		return ""
	case *List:
		return "a list; write the names without brackets, as in a, b"
	case *Dict:
		return "a dict"
	case *Const:
		switch v := e.Value.(type) {
		case nil:
			return "the constant none"
		case string:
			return fmt.Sprintf("the string %q", v)
		default:
			return fmt.Sprintf("the constant %v", v)
		}
	default:
		return "an expression"
	}
}
