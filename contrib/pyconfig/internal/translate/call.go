package translate

import "go.starlark.net/syntax"

func (p *parser) atTrailer() bool { return p.at(".") || p.at("[") || p.at("(") }

// trail reads the attributes, subscripts and calls after x. With a target wanted, it leaves the last one to
// the caller as a function that makes a target of it; that is nil if there is none that can be assigned to.
func (p *parser) trail(x syntax.Expr, wanted bool) (syntax.Expr, func(syntax.Expr) syntax.Expr) {
	root := p.tokens[max(p.pos-1, 0)]
	for n := 0; p.atTrailer(); n++ {
		if p.link(n); p.err != nil {
			break
		}
		t := p.advance()
		read, target := p.trailer(t, root)
		if wanted && !p.atTrailer() {
			return x, target
		}
		x = read(x)
	}
	return x, nil
}

// trailer reads one attribute, subscript or call. It returns how to read it and how to assign to it.
func (p *parser) trailer(t, root token) (read, target func(syntax.Expr) syntax.Expr) {
	at := p.position(t)
	switch t.word {
	case ".":
		attr := p.expectName()
		read = func(x syntax.Expr) syntax.Expr { return p.hook(t, Attr, x, p.text(attr, attr.word)) }
		target = func(x syntax.Expr) syntax.Expr {
			return &syntax.DotExpr{X: x, Dot: at, NamePos: at, Name: &syntax.Ident{NamePos: at, Name: attr.word}}
		}
	case "(":
		if root.kind == name {
			p.called[root.word] = true
		}
		args := p.arguments(t)
		read = func(x syntax.Expr) syntax.Expr {
			return &syntax.CallExpr{Fn: x, Lparen: at, Args: args, Rparen: at}
		}
	case "[":
		return p.subscript(t)
	}
	return read, target
}

// subscript reads the rest of x[key] or x[low:high:step].
func (p *parser) subscript(t token) (read, target func(syntax.Expr) syntax.Expr) {
	at := p.position(t)
	var key syntax.Expr
	if !p.at(":") {
		key = p.expressions()
	}
	if !p.at(":") {
		p.expect("]")
		return func(x syntax.Expr) syntax.Expr { return p.hook(t, Index, x, key) },
			func(x syntax.Expr) syntax.Expr { return &syntax.IndexExpr{X: x, Lbrack: at, Y: key, Rbrack: at} }
	}
	bounds := []syntax.Expr{key, none(at), none(at)}
	if key == nil {
		bounds[0] = none(at)
	}
	for n := 1; n <= 2 && p.accept(":"); n++ {
		if !p.at(":") && !p.at("]") {
			bounds[n] = p.expression()
		}
	}
	p.expect("]")
	return func(x syntax.Expr) syntax.Expr { return p.hook(t, Slice, append([]syntax.Expr{x}, bounds...)...) }, nil
}

// arguments reads the arguments of a call up to the closing parenthesis.
func (p *parser) arguments(t token) []syntax.Expr {
	var positional display
	var named, mappings []syntax.Expr
	start := p.pos
	for p.err == nil && !p.at(")") {
		at := p.peek()
		switch {
		case p.accept("**"):
			mappings = append(mappings, p.expression())
		case at.kind == name && p.ahead(1).is("="):
			named = append(named, p.namedArgument())
		case (named != nil || mappings != nil) && !p.at("*"):
			p.fail(at, "an argument without a name stands after one with a name; put it first")
		default:
			positional.add(p.argument(t, start))
		}
		if !p.accept(",") {
			break
		}
	}
	p.expect(")")
	return p.passed(t, &positional, named, mappings)
}

// argument reads a positional argument. A generator may be the only argument without parentheses.
func (p *parser) argument(t token, start int) (syntax.Expr, bool) {
	mine := p.pos
	x, starred := p.element()
	if starred || !p.atComprehension() {
		return x, starred
	}
	if mine != start {
		p.fail(p.peek(), "put parentheses around the comprehension")
		return x, false
	}
	x = p.comprehension(t, start, x, ")")
	p.pos = max(p.pos-1, 0) // the parenthesis closes the call too
	return x, false
}

func (p *parser) namedArgument() syntax.Expr {
	t := p.advance()
	op := p.advance()
	id := &syntax.Ident{NamePos: p.position(t), Name: t.word}
	return &syntax.BinaryExpr{X: id, OpPos: p.position(op), Op: syntax.EQ, Y: p.expression()}
}

// passed puts the arguments in the order and number that Starlark takes.
func (p *parser) passed(t token, positional *display, named, mappings []syntax.Expr) []syntax.Expr {
	var args []syntax.Expr
	star := positional.count > maxArgs || !positional.plain()
	if !star && positional.count > 0 {
		args = append(args, positional.parts[0].plain...)
	}
	if len(named) > maxArgs {
		mappings = append([]syntax.Expr{p.entries(t, named)}, mappings...)
		named = nil
	}
	var names []syntax.Expr
	for _, x := range named {
		names = append(names, p.text(t, x.(*syntax.BinaryExpr).X.(*syntax.Ident).Name))
	}
	args = append(args, named...)
	if star {
		all := p.hook(t, Spread, positional.list(p, t))
		args = append(args, &syntax.UnaryExpr{OpPos: p.position(t), Op: syntax.STAR, X: all})
	}
	if mappings != nil {
		all := p.hook(t, Merge, p.list(t, mappings...), p.list(t, names...))
		args = append(args, &syntax.UnaryExpr{OpPos: p.position(t), Op: syntax.STARSTAR, X: all})
	}
	return args
}

// entries builds a dict of named arguments.
func (p *parser) entries(t token, named []syntax.Expr) syntax.Expr {
	var pairs []syntax.Expr
	for _, x := range named {
		argument := x.(*syntax.BinaryExpr)
		pairs = append(pairs, p.text(t, argument.X.(*syntax.Ident).Name), argument.Y)
	}
	return p.hook(t, Dict, p.list(t, pairs...))
}
