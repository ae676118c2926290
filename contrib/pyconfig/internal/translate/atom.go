package translate

import (
	"math/big"

	"go.starlark.net/starlark"
)

// atom reads a name, a literal or something in brackets.
func (p *parser) atom() Expr {
	t := p.peek()
	switch t.kind {
	case name:
		p.advance()
		return &Name{Line(t.line), t.word}
	case number:
		return p.number(p.advance())
	case text, octets, formatted:
		return p.strings()
	case unavailable:
		p.advance()
		return p.hook(t, Refuse, p.text(t, t.word))
	case keyword:
		return p.constant(t)
	case operator:
		return p.bracketed(t)
	}
	p.fail(t, "expected a value before %s", t.describe())
	return p.none(t)
}

func (p *parser) number(t token) Expr {
	switch v := t.value.(type) {
	case int64:
		return &Constant{Line(t.line), starlark.MakeInt64(v)}
	case *big.Int:
		return &Constant{Line(t.line), starlark.MakeBigInt(v)}
	}
	return &Constant{Line(t.line), starlark.Float(t.value.(float64))}
}

func (p *parser) constant(t token) Expr {
	switch t.word {
	case "True":
		p.advance()
		return &Constant{Line(t.line), starlark.True}
	case "False":
		p.advance()
		return &Constant{Line(t.line), starlark.False}
	case "None":
		p.advance()
	default:
		p.fail(t, "expected a value before %s", t.describe())
	}
	return p.none(t)
}

func (p *parser) bracketed(t token) Expr {
	switch t.word {
	case "(":
		return p.parenthesized(p.advance())
	case "[":
		return p.listDisplay(p.advance())
	case "{":
		return p.braces(p.advance())
	case "...":
		p.advance()
		return p.hook(t, Ellipsis)
	}
	p.fail(t, "expected a value before %s", t.describe())
	return p.none(t)
}

// strings reads literals that stand beside one another: they are one text.
func (p *parser) strings() Expr {
	first := p.peek()
	var pieces []piece
	template := false
	for t := p.peek(); t.kind == text || t.kind == octets || t.kind == formatted || t.kind == unavailable; t = p.peek() {
		if t.kind == unavailable {
			return p.atomAfter(t)
		}
		if (t.kind == octets) != (first.kind == octets) {
			p.fail(t, "bytes and text stand side by side; put b before all of them or none")
			return p.none(t)
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
	if first.kind == octets {
		return &Constant{Line(first.line), starlark.Bytes(join(pieces))}
	}
	return p.text(first, join(pieces))
}

// atomAfter refuses a text because of one of its literals, and steps over the others.
func (p *parser) atomAfter(t token) Expr {
	for k := t.kind; k == text || k == octets || k == formatted || k == unavailable; k = p.peek().kind {
		p.advance()
	}
	return p.hook(t, Refuse, p.text(t, t.word))
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
func (p *parser) template(t token, pieces []piece) Expr {
	var parts []Expr
	for _, piece := range pieces {
		if piece.expression == nil {
			parts = append(parts, p.text(t, piece.plain))
			continue
		}
		value := p.embedded(piece.expression)
		parts = append(parts, p.hook(t, Format, value, p.text(t, piece.conversion), p.template(t, piece.format)))
	}
	return p.hook(t, Template, parts...)
}

// embedded reads the expression of a pair of braces in an f-string.
func (p *parser) embedded(tokens []token) Expr {
	p.deeper()
	defer p.shallower()
	outer, at := p.tokens, p.pos
	p.tokens, p.pos = tokens, 0
	x := p.expressions()
	switch t := p.peek(); {
	case p.err != nil, t.kind == end:
	case t.is("="):
		x = p.refusal(t, "\"=\" in an f-string", "write the name as text before the braces")
	default:
		p.fail(t, "expected \"}\" in an f-string before %s", t.describe())
	}
	p.tokens, p.pos = outer, at
	return x
}
