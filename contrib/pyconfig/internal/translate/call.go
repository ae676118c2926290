package translate

func (p *parser) atTrailer() bool { return p.at(".") || p.at("[") || p.at("(") }

// trail reads the attributes, subscripts and calls after x.
func (p *parser) trail(x Expr) Expr {
	root := p.tokens[max(p.pos-1, 0)]
	for n := 0; p.atTrailer(); n++ {
		if p.link(n); p.err != nil {
			break
		}
		x = p.trailer(x, p.advance(), root)
	}
	return x
}

// trailer reads one attribute, subscript or call.
func (p *parser) trailer(x Expr, t, root token) Expr {
	switch t.word {
	case ".":
		attr := p.expectName()
		return &Attribute{Line(attr.line), x, attr.word}
	case "(":
		if root.kind == name {
			p.called[root.word] = true
		}
		return &Call{Line(t.line), x, p.arguments(t)}
	}
	return p.subscript(x, t)
}

// subscript reads the rest of x[key] or x[low:high:step].
func (p *parser) subscript(x Expr, t token) Expr {
	var places []Expr
	parts, comma := 0, false
	for p.err == nil && !p.at("]") {
		place := p.place(x, t)
		if _, ok := place.(*Part); ok {
			parts++
		}
		places = append(places, place)
		if comma = p.accept(","); !comma {
			break
		}
	}
	closing := p.expect("]")
	switch {
	case len(places) == 0:
		p.fail(closing, "expected a value before \"]\"")
		return x
	case parts > 0 && (len(places) > 1 || comma):
		return p.refusal(t, "a slice with a comma", "write the value")
	case parts > 0:
		return places[0]
	case len(places) > 1 || comma:
		return &Element{Line(t.line), x, &Several{Line(t.line), "()", places}}
	}
	return &Element{Line(t.line), x, places[0]}
}

// place reads a key, or a part "low:high:step".
func (p *parser) place(x Expr, t token) Expr {
	part := &Part{Line: Line(t.line), X: x}
	if !p.at(":") {
		key := p.element()
		if !p.at(":") {
			return key
		}
		part.Low = key
	}
	p.expect(":")
	if part.High = p.bound(); p.accept(":") {
		part.Step = p.bound()
	}
	return part
}

// bound reads a bound of a slice, nil where it is left out.
func (p *parser) bound() Expr {
	if p.at(":") || p.at("]") || p.at(",") {
		return nil
	}
	return p.expression()
}

// arguments reads the arguments of a call up to the closing parenthesis.
func (p *parser) arguments(t token) []Argument {
	var args []Argument
	named := false
	for p.err == nil && !p.at(")") {
		at := p.peek()
		switch {
		case p.accept("**"):
			named = true
			args = append(args, Argument{Stars: 2, Value: p.expression()})
		case p.accept("*"):
			args = append(args, Argument{Stars: 1, Value: p.expression()})
		case at.kind == name && p.ahead(1).is("="):
			named = true
			p.advance()
			p.advance()
			args = append(args, Argument{Name: at.word, Value: p.expression()})
		case named:
			p.fail(at, "an argument without a name stands after one with a name; put it first")
		default:
			args = append(args, Argument{Value: p.argument(t, len(args) == 0)})
		}
		if !p.accept(",") {
			break
		}
	}
	p.expect(")")
	p.checkNames(t, args)
	return args
}

// argument reads a positional argument. A generator may be the only argument without parentheses.
func (p *parser) argument(t token, first bool) Expr {
	x := p.expression()
	if !p.atComprehension() {
		return x
	}
	generator := p.comprehension(t, "()", nil, x)
	if !first || !p.at(")") {
		p.fail(p.peek(), "put parentheses around the comprehension")
	}
	return generator
}

// checkNames refuses a name that is given twice.
func (p *parser) checkNames(t token, args []Argument) {
	seen := map[string]bool{}
	for _, arg := range args {
		if arg.Name != "" && seen[arg.Name] {
			p.fail(t, "an argument of a call is given twice")
		}
		seen[arg.Name] = true
	}
}
