package translate

import "go.starlark.net/syntax"

// display collects the elements of a list, tuple or set, or the arguments of a call.
// Starlark has no stars in displays, so runs of plain elements and starred ones become parts.
type display struct {
	parts []part
	count int
}

// part is a run of plain elements, or one starred expression.
type part struct {
	plain   []syntax.Expr
	starred syntax.Expr
}

func (d *display) add(x syntax.Expr, starred bool) {
	d.count++
	if starred {
		d.parts = append(d.parts, part{starred: x})
		return
	}
	last := len(d.parts) - 1
	if last < 0 || d.parts[last].starred != nil {
		d.parts = append(d.parts, part{})
		last++
	}
	d.parts[last].plain = append(d.parts[last].plain, x)
}

// plain reports whether no element has a star.
func (d *display) plain() bool {
	return len(d.parts) == 0 || len(d.parts) == 1 && d.parts[0].starred == nil
}

// list builds a list of the elements.
func (d *display) list(p *parser, t token) syntax.Expr {
	if len(d.parts) == 0 {
		return p.list(t)
	}
	if d.plain() {
		return p.list(t, d.parts[0].plain...)
	}
	var lists []syntax.Expr
	for _, part := range d.parts {
		if part.starred != nil {
			lists = append(lists, part.starred)
		} else {
			lists = append(lists, p.list(t, part.plain...))
		}
	}
	return p.hook(t, List, p.list(t, lists...))
}

// rest reads the elements after the first one, and the closing bracket.
func (p *parser) rest(d *display, closing string) {
	for p.accept(",") && !p.at(closing) {
		d.add(p.element())
	}
	p.expect(closing)
}

// parenthesized reads a tuple, a generator or an expression in parentheses.
func (p *parser) parenthesized(t token) syntax.Expr {
	if p.accept(")") {
		return p.hook(t, Tuple, p.list(t))
	}
	start := p.pos
	first, starred := p.element()
	switch {
	case !starred && p.atComprehension():
		return p.comprehension(t, start, first, ")")
	case !starred && p.accept(")"):
		return &syntax.ParenExpr{Lparen: p.position(t), X: first, Rparen: p.position(t)}
	}
	var d display
	d.add(first, starred)
	p.rest(&d, ")")
	return p.hook(t, Tuple, d.list(p, t))
}

func (p *parser) listDisplay(t token) syntax.Expr {
	var d display
	if p.accept("]") {
		return d.list(p, t)
	}
	start := p.pos
	first, starred := p.element()
	if !starred && p.atComprehension() {
		return p.comprehension(t, start, first, "]")
	}
	d.add(first, starred)
	p.rest(&d, "]")
	return d.list(p, t)
}

// braces reads a dict or a set.
func (p *parser) braces(t token) syntax.Expr {
	if p.at("}") || p.at("**") {
		return p.dict(t, nil)
	}
	start := p.pos
	first, starred := p.element()
	if !starred && p.at(":") {
		return p.dictFrom(t, start, first)
	}
	if !starred && p.atComprehension() {
		return p.hook(t, Set, p.comprehension(t, start, first, "}"))
	}
	var d display
	d.add(first, starred)
	p.rest(&d, "}")
	return p.hook(t, Set, d.list(p, t))
}

// dictFrom reads the rest of a dict after its first key.
func (p *parser) dictFrom(t token, start int, key syntax.Expr) syntax.Expr {
	colon := p.expect(":")
	value := p.expression()
	if p.atComprehension() {
		entry := &syntax.DictEntry{Key: key, Colon: p.position(colon), Value: value}
		return p.comprehension(t, start, entry, "}")
	}
	entries := []syntax.Expr{key, value}
	if !p.accept(",") {
		p.expect("}")
		return p.hook(t, Dict, p.list(t, entries...))
	}
	return p.dict(t, entries)
}

// dict reads the entries of a dict up to its closing brace, given the first ones.
func (p *parser) dict(t token, entries []syntax.Expr) syntax.Expr {
	var dicts []syntax.Expr
	for p.err == nil && !p.at("}") {
		if p.accept("**") {
			dicts = append(dicts, p.hook(t, Dict, p.list(t, entries...)), p.binary(precBitOr))
			entries = nil
		} else {
			key := p.expression()
			p.expect(":")
			entries = append(entries, key, p.expression())
		}
		if !p.accept(",") {
			break
		}
	}
	p.expect("}")
	last := p.hook(t, Dict, p.list(t, entries...))
	if dicts == nil {
		return last
	}
	return p.hook(t, Merge, p.list(t, append(dicts, last)...))
}
