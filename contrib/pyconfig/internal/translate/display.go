package translate

// rest reads the elements after the first one, and the closing bracket.
func (p *parser) rest(t token, first Expr, closing string) *Several {
	elems := []Expr{first}
	for p.accept(",") && !p.at(closing) {
		elems = append(elems, p.element())
	}
	p.expect(closing)
	return &Several{Line(t.line), "", elems}
}

// parenthesized reads a tuple, a generator or an expression in parentheses.
func (p *parser) parenthesized(t token) Expr {
	if p.accept(")") {
		return &Several{Line(t.line), "()", nil}
	}
	first := p.element()
	_, starred := first.(*Star)
	switch {
	case !starred && p.atComprehension():
		x := p.comprehension(t, "()", nil, first)
		p.expect(")")
		return x
	case !starred && p.accept(")"):
		return first
	}
	tuple := p.rest(t, first, ")")
	tuple.Kind = "()"
	if starred && len(tuple.Elems) == 1 && !p.tokens[max(p.pos-2, 0)].is(",") {
		p.fail(t, "\"*\" needs a list around it")
	}
	return tuple
}

func (p *parser) listDisplay(t token) Expr {
	if p.accept("]") {
		return &Several{Line(t.line), "[]", nil}
	}
	first := p.element()
	if _, starred := first.(*Star); !starred && p.atComprehension() {
		x := p.comprehension(t, "[]", nil, first)
		p.expect("]")
		return x
	}
	list := p.rest(t, first, "]")
	list.Kind = "[]"
	return list
}

// braces reads a dict or a set.
func (p *parser) braces(t token) Expr {
	if p.at("}") || p.at("**") {
		return p.dict(t, &Dict{Line: Line(t.line)})
	}
	first := p.element()
	_, starred := first.(*Star)
	switch {
	case !starred && p.at(":"):
		return p.dictFrom(t, first)
	case !starred && p.atComprehension():
		x := p.comprehension(t, "{}", nil, first)
		p.expect("}")
		return x
	}
	set := p.rest(t, first, "}")
	set.Kind = "{}"
	return set
}

// dictFrom reads the rest of a dict after its first key.
func (p *parser) dictFrom(t token, key Expr) Expr {
	p.expect(":")
	value := p.expression()
	if p.atComprehension() {
		x := p.comprehension(t, "{:}", key, value)
		p.expect("}")
		return x
	}
	d := &Dict{Line(t.line), []Expr{key}, []Expr{value}}
	if !p.accept(",") {
		p.expect("}")
		return d
	}
	return p.dict(t, d)
}

// dict reads the entries of a dict up to its closing brace, after the first ones.
func (p *parser) dict(t token, d *Dict) Expr {
	for p.err == nil && !p.at("}") {
		if p.accept("**") {
			d.Keys, d.Values = append(d.Keys, nil), append(d.Values, p.binary(precBitOr))
		} else {
			d.Keys = append(d.Keys, p.expression())
			p.expect(":")
			d.Values = append(d.Values, p.expression())
		}
		if !p.accept(",") {
			break
		}
	}
	p.expect("}")
	return d
}
