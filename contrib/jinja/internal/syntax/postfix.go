package syntax

// postfix reads the attributes, items and calls behind an operand.
func (p *parser) postfix(e Expr) Expr {
	for n := 1; ; n++ {
		p.bound(n)
		switch p.current.kind {
		case tokenDot:
			e = p.attribute(e)
		case tokenLeftBracket:
			e = p.item(e)
		case tokenLeftParen:
			e = p.call(e)
		default:
			return e
		}
	}
}

// filters reads the filters, tests and calls behind an operand.
func (p *parser) filters(e Expr) Expr {
	for n := 1; ; n++ {
		p.bound(n)
		switch {
		case p.skip(tokenPipe):
			e = p.filter(e)
		case p.skipName("is"):
			e = p.test(e)
		case p.current.kind == tokenLeftParen:
			e = p.call(e)
		default:
			return e
		}
	}
}

// attribute reads .name, or .0, which is an item.
func (p *parser) attribute(value Expr) Expr {
	p.advance()
	t := p.current
	switch t.kind {
	case tokenName:
		p.advance()
		return &Getattr{Pos: p.at(t), Value: value, Name: t.text}
	case tokenInteger:
		p.advance()
		return &Getitem{Pos: p.at(t), Value: value, Key: &Const{Pos: p.at(t), Value: t.number}}
	}
	p.fail(t, "expected name or number behind the dot, got '%s'", t)
	return nil
}

// item reads [key], [start:stop:step], or several keys with commas between, which are a tuple.
func (p *parser) item(value Expr) Expr {
	begin := p.advance()
	var keys []Expr
	for p.current.kind != tokenRightBracket {
		if keys != nil {
			p.expect(tokenComma)
		}
		keys = append(keys, p.subscript())
	}
	p.advance()
	g := &Getitem{Pos: p.at(begin), Value: value}
	if len(keys) == 1 {
		g.Key = keys[0]
		return g
	}
	for _, k := range keys {
		if s, ok := k.(*Slice); ok {
			failAt(s.Pos, "a slice must stand alone between its brackets")
		}
	}
	g.Key = &Tuple{Pos: g.Pos, Items: keys}
	return g
}

// subscript reads a key or a slice.
func (p *parser) subscript() Expr {
	s := &Slice{Pos: p.at(p.current)}
	if p.current.kind != tokenColon {
		e := p.expression()
		if p.current.kind != tokenColon {
			return e
		}
		s.Start = e
	}
	p.expect(tokenColon)
	s.Stop = p.part()
	if p.skip(tokenColon) {
		s.Step = p.part()
	}
	return s
}

// part reads a bound or the step of a slice, nil if it is left out.
func (p *parser) part() Expr {
	switch p.current.kind {
	case tokenColon, tokenRightBracket, tokenComma:
		return nil
	default:
		return p.expression()
	}
}

func (p *parser) call(function Expr) *Call {
	return &Call{Pos: function.Position(), Func: function, Args: p.arguments()}
}

// filter reads the name and arguments of a filter behind |.
func (p *parser) filter(value Expr) *Filter {
	f := &Filter{Pos: p.at(p.current), Value: value, Name: p.dotted()}
	if p.current.kind == tokenLeftParen {
		f.Args = p.arguments()
	}
	return f
}

// pipes reads the filters of a set block behind its first |, or of a filter block.
func (p *parser) pipes() *Filter {
	f := p.filter(nil)
	for n := 1; p.skip(tokenPipe); n++ {
		p.bound(n)
		f = p.filter(f)
	}
	return f
}

// dotted reads a name of a filter or test, which may have dots.
func (p *parser) dotted() string {
	name := p.expect(tokenName).text
	for p.skip(tokenDot) {
		name += "." + p.expect(tokenName).text
	}
	return name
}

// test reads a test behind is.
func (p *parser) test(value Expr) Expr {
	begin := p.current
	negated := p.skipName("not")
	t := &Test{Pos: p.at(p.current), Value: value, Name: p.dotted()}
	switch p.current.kind {
	case tokenLeftParen:
		t.Args = p.arguments()
	case tokenName:
		if !p.current.is("else") && !p.current.is("or") && !p.current.is("and") {
			t.Positional = []Expr{p.testArgument()}
		}
	case tokenString, tokenInteger, tokenFloat, tokenLeftBracket, tokenLeftBrace:
		t.Positional = []Expr{p.testArgument()}
	}
	if negated {
		return &Unary{Pos: p.at(begin), Op: "not", Expr: t}
	}
	return t
}

// testArgument reads the one argument that a test may have without parentheses.
func (p *parser) testArgument() Expr {
	if p.current.is("is") {
		p.fail(p.current, "You cannot chain multiple tests with is; put the first one between parentheses, or join them with and")
	}
	return p.postfix(p.primary())
}

// arguments reads what is between the parentheses of a call.
func (p *parser) arguments() Args {
	begin := p.advance()
	var a Args
	p.commas(tokenRightParen, func() { p.argument(&a, begin) })
	known := map[string]bool{}
	for _, k := range a.Named {
		if known[k.Name] {
			failAt(k.Pos, "the argument '%s' is given twice", k.Name)
		}
		known[k.Name] = true
	}
	return a
}

// argument reads one argument of a call that begins there.
func (p *parser) argument(a *Args, begin token) {
	t := p.current
	switch {
	case p.skip(tokenMul):
		p.order(begin, a.Star == nil && a.StarStar == nil)
		a.Star = p.expression()
	case p.skip(tokenPow):
		p.order(begin, a.StarStar == nil)
		a.StarStar = p.expression()
	case t.kind == tokenName && p.look().kind == tokenAssign:
		p.order(begin, a.StarStar == nil)
		p.keyword(a)
	default:
		p.order(begin, a.Star == nil && a.StarStar == nil && a.Named == nil)
		a.Positional = append(a.Positional, p.expression())
	}
}

// keyword reads name=value.
func (p *parser) keyword(a *Args) {
	t := p.advance()
	p.advance()
	a.Named = append(a.Named, Keyword{Pos: p.at(t), Name: t.text, Value: p.expression()})
}

// order ends parsing where an argument stands behind one that must come later.
func (p *parser) order(begin token, ok bool) {
	if !ok {
		p.fail(begin, "invalid syntax for function call expression: positional arguments come first, then *args and name=value, then **kwargs")
	}
}
