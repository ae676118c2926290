package translate

import "go.starlark.net/syntax"

// atom reads a name, a literal or something in brackets.
func (p *parser) atom() syntax.Expr {
	t := p.peek()
	switch t.kind {
	case name:
		return p.lookup(p.advance())
	case number:
		return p.number(p.advance())
	case text, octets, formatted:
		return p.strings()
	case keyword:
		return p.constant(t)
	case operator:
		return p.bracketed(t)
	}
	p.fail(t, "expected a value before %s", t.describe())
	return none(p.position(t))
}

// lookup reads the value of a name. In the body of a class the attributes of the class come first.
func (p *parser) lookup(t token) syntax.Expr {
	at := p.position(t)
	id := &syntax.Ident{NamePos: at, Name: t.word}
	s := p.scope()
	if s.kind != class {
		return id
	}
	outside := &syntax.LambdaExpr{Lambda: at, Body: id}
	return p.hook(t, Name, &syntax.Ident{NamePos: at, Name: s.space}, p.text(t, t.word), outside)
}

func (p *parser) number(t token) syntax.Expr {
	literal := &syntax.Literal{Token: syntax.INT, TokenPos: p.position(t), Value: t.value}
	if _, ok := t.value.(float64); ok {
		literal.Token = syntax.FLOAT
	}
	return literal
}

func (p *parser) constant(t token) syntax.Expr {
	at := p.position(t)
	switch t.word {
	case "True", "False", "None":
		p.advance()
		return &syntax.Ident{NamePos: at, Name: t.word}
	case "yield", "await", "async":
		p.refuse(t, t.word, "write a plain function, or the value")
	default:
		p.fail(t, "expected a value before %s", t.describe())
	}
	return none(at)
}

func (p *parser) bracketed(t token) syntax.Expr {
	switch t.word {
	case "(":
		return p.parenthesized(p.advance())
	case "[":
		return p.listDisplay(p.advance())
	case "{":
		return p.braces(p.advance())
	case "...":
		p.refuse(t, "\"...\"", "write the value")
	default:
		p.fail(t, "expected a value before %s", t.describe())
	}
	return none(p.position(t))
}

// strings reads literals that stand beside one another: they are one text.
func (p *parser) strings() syntax.Expr {
	first := p.peek()
	var pieces []piece
	template := false
	for t := p.peek(); t.kind == text || t.kind == octets || t.kind == formatted; t = p.peek() {
		if (t.kind == octets) != (first.kind == octets) {
			p.fail(t, "bytes and text stand side by side; put b before all of them or none")
			return none(p.position(t))
		}
		if t.kind == formatted {
			template = true
			pieces = append(pieces, t.value.([]piece)...)
		} else {
			pieces = append(pieces, piece{plain: t.value.(string)})
		}
		p.advance()
	}
	if template {
		return p.template(first, pieces)
	}
	joined := p.text(first, join(pieces))
	if first.kind == octets {
		joined.Token = syntax.BYTES
	}
	return joined
}

func join(pieces []piece) string {
	size := 0
	for _, piece := range pieces {
		size += len(piece.plain)
	}
	joined := make([]byte, 0, size)
	for _, piece := range pieces {
		joined = append(joined, piece.plain...)
	}
	return string(joined)
}

// template builds the text of an f-string from its pieces.
func (p *parser) template(t token, pieces []piece) syntax.Expr {
	var parts []syntax.Expr
	for _, piece := range pieces {
		if piece.expression == nil {
			parts = append(parts, p.text(t, piece.plain))
			continue
		}
		value := p.embedded(piece.expression)
		parts = append(parts, p.hook(t, Format, value, p.text(t, piece.conversion), p.template(t, piece.format)))
	}
	return p.hook(t, Template, p.list(t, parts...))
}

// embedded reads the expression of a pair of braces in an f-string.
func (p *parser) embedded(tokens []token) syntax.Expr {
	p.deeper()
	defer p.shallower()
	outer, at := p.tokens, p.pos
	p.tokens, p.pos = tokens, 0
	x := p.expressions()
	switch t := p.peek(); {
	case p.err != nil, t.kind == end:
	case t.is("="):
		p.refuse(t, "\"=\" in an f-string", "write the name as text before the braces")
	default:
		p.fail(t, "expected \"}\" in an f-string before %s", t.describe())
	}
	p.tokens, p.pos = outer, at
	return x
}
