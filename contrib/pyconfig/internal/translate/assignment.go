package translate

import "strings"

// assignment reads an assignment of any kind, or an expression for its own sake.
func (p *parser) assignment() []Stmt {
	t := p.peek()
	if p.at("...") && (p.ahead(1).kind == newline || p.ahead(1).is(";")) {
		p.advance()
		return p.pass(t)
	}
	bare := t.kind == name // an annotated name in parentheses is no variable of the function
	first := p.expressions()
	switch op := p.peek(); {
	case op.is("="):
		return p.assigning(t, first)
	case op.is(":"):
		return p.annotated(t, first, bare)
	case op.kind == operator && isAugmenting(op.word):
		return p.augmented(first)
	}
	return []Stmt{&Evaluate{Line(t.line), first}}
}

func isAugmenting(op string) bool {
	switch op {
	case "==", "!=", "<=", ">=", ":=", "=":
		return false
	}
	return strings.HasSuffix(op, "=")
}

// assigning reads the rest of "a = b = value".
func (p *parser) assigning(t token, first Expr) []Stmt {
	stmt := &Assign{Line: Line(t.line)}
	value := first
	for p.accept("=") {
		p.target(value, p.bind)
		stmt.Targets = append(stmt.Targets, value)
		value = p.expressions()
	}
	stmt.Value = value
	return []Stmt{stmt}
}

// annotated reads the rest of "a: int = value". The annotation is not evaluated, and without a value nothing is assigned.
func (p *parser) annotated(t token, target Expr, bare bool) []Stmt {
	if _, several := target.(*Several); several {
		p.fail(t, "only one name can have an annotation")
	}
	if bare {
		p.target(target, p.bind)
	}
	p.advance()
	hint := p.element()
	if p.accept("=") {
		p.target(target, p.bind)
		return []Stmt{&Annotate{Line(t.line), target, hint, p.expressions()}}
	}
	return []Stmt{&Annotate{Line(t.line), target, hint, nil}}
}

// augmented reads the rest of "a += value".
func (p *parser) augmented(target Expr) []Stmt {
	op := p.advance()
	switch target.(type) {
	case *Name, *Attribute, *Element, *Part:
	case *Several:
		p.fail(op, "%q changes one name, not several", op.word)
	}
	p.target(target, p.bind)
	value := p.expressions()
	if op.word == "@=" {
		value = p.refusal(op, "@=", "write the value")
	}
	return []Stmt{&Augment{Line(op.line), target, strings.TrimSuffix(op.word, "="), value}}
}

// target checks that an expression can be assigned to, and notes the names it binds.
func (p *parser) target(x Expr, bind func(string)) {
	switch x := x.(type) {
	case *Name:
		bind(x.Name)
	case *Attribute, *Element, *Part:
	case *Star:
		p.target(x.X, bind)
	case *Several:
		p.targetsOf(x, bind)
	default:
		if h, ok := x.(*Hook); ok && h.Name == Refuse {
			return
		}
		p.failLine(x, "%s cannot be assigned to", kindOf(x))
	}
}

func (p *parser) targetsOf(x *Several, bind func(string)) {
	stars := 0
	for _, elem := range x.Elems {
		if _, ok := elem.(*Star); ok {
			stars++
		}
		p.target(elem, bind)
	}
	if stars > 1 || x.Kind == "{}" {
		p.failLine(x, "this expression cannot be assigned to")
	}
}

// kindOf names an expression in an error without showing it.
func kindOf(x Expr) string {
	if c, ok := x.(*Constant); ok {
		switch c.Value.Type() {
		case "string", "bytes":
			return "text in quotes"
		case "int", "float":
			return "a number"
		case "bool":
			return "\"" + c.Value.String() + "\""
		case "NoneType":
			return "\"None\""
		}
	}
	return "this expression"
}

// targetList reads "a, (b, c)" up to "in".
func (p *parser) targetList() Expr {
	t := p.peek()
	first := p.targetElement()
	if !p.at(",") {
		return first
	}
	elems := []Expr{first}
	for p.accept(",") && !p.at("in") {
		elems = append(elems, p.targetElement())
	}
	return &Several{Line(t.line), "()", elems}
}

func (p *parser) targetElement() Expr {
	t := p.peek()
	if p.accept("*") {
		return &Star{Line(t.line), p.binary(precBitOr)}
	}
	return p.binary(precBitOr)
}
