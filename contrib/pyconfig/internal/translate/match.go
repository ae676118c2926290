package translate

// match reads a match statement. Its words are no keywords elsewhere.
func (p *parser) match() []Stmt {
	stmt := &Match{Line: Line(p.advance().line), X: p.expressions()}
	p.expect(":")
	p.advance()
	p.advance()
	for p.err == nil && p.peek().kind != dedent && p.peek().kind != end {
		if p.peek().kind != name || p.peek().word != "case" {
			p.fail(p.peek(), "expected \"case\"")
			break
		}
		stmt.Cases = append(stmt.Cases, p.matchCase())
	}
	p.advance()
	return []Stmt{stmt}
}

// atMatch reports whether the line is the head of a match statement.
func (p *parser) atMatch() bool {
	if p.peek().word != "match" {
		return false
	}
	switch next := p.ahead(1); next.kind {
	case operator:
		if !next.is("(") && !next.is("[") && !next.is("{") && !next.is("-") {
			return false
		}
	case newline, end:
		return false
	}
	i := p.pos
	for p.tokens[i].kind != newline && p.tokens[i].kind != end {
		i++
	}
	return p.tokens[i-1].is(":") && p.tokens[min(i+1, len(p.tokens)-1)].kind == indent && p.tokens[min(i+2, len(p.tokens)-1)].word == "case"
}

// matchCase reads "case pattern if guard:" with its block.
func (p *parser) matchCase() Case {
	c := Case{Line: Line(p.advance().line), Pattern: p.patterns()}
	if p.accept("if") {
		c.Guard = p.expression()
	}
	c.Body = p.block()
	return c
}

// patterns reads the pattern of a case, which may be a sequence without brackets.
func (p *parser) patterns() Pattern {
	starred := p.at("*")
	first := p.elementPattern()
	if !starred && !p.at(",") {
		return first
	}
	elems := []Pattern{first}
	for p.accept(",") && !p.at(":") && !p.at("if") {
		elems = append(elems, p.elementPattern())
	}
	return p.sequence(elems)
}

// sequence checks the elements of a sequence pattern.
func (p *parser) sequence(elems []Pattern) Pattern {
	stars := 0
	for _, elem := range elems {
		if _, ok := elem.(*RestPattern); ok {
			stars++
		}
	}
	if stars > 1 {
		p.fail(p.peek(), "a sequence pattern has more than one star")
	}
	return &SequencePattern{elems}
}

// elementPattern reads a pattern, or "*name".
func (p *parser) elementPattern() Pattern {
	if p.accept("*") {
		return &RestPattern{p.captured()}
	}
	return p.pattern()
}

// captured reads the name that a pattern binds, "" for "_".
func (p *parser) captured() string {
	id := p.expectName().word
	if id == "_" {
		return ""
	}
	p.bind(id)
	return id
}

// pattern reads alternatives, with "as name" behind.
func (p *parser) pattern() Pattern {
	p.deeper()
	defer p.shallower()
	x := p.closedPattern()
	if p.at("|") {
		either := &EitherPattern{[]Pattern{x}}
		for p.accept("|") {
			either.Alternatives = append(either.Alternatives, p.closedPattern())
		}
		x = either
	}
	if p.accept("as") {
		x = &NamedPattern{x, p.captured()}
	}
	return x
}

// closedPattern reads a pattern without alternatives.
func (p *parser) closedPattern() Pattern {
	t := p.peek()
	switch {
	case p.err != nil:
		return &NamedPattern{}
	case t.kind == name && !p.ahead(1).is(".") && !p.ahead(1).is("("):
		return &NamedPattern{Name: p.captured()}
	case t.kind == name:
		return p.dottedPattern()
	case t.is("("):
		return p.groupPattern()
	case t.is("["):
		p.advance()
		return p.sequence(p.patternsUntil("]"))
	case t.is("{"):
		return p.mappingPattern()
	}
	return &ValuePattern{p.unary()}
}

// patternsUntil reads patterns up to a closing bracket.
func (p *parser) patternsUntil(closing string) []Pattern {
	var elems []Pattern
	for p.err == nil && !p.at(closing) {
		elems = append(elems, p.elementPattern())
		if !p.accept(",") {
			break
		}
	}
	p.expect(closing)
	return elems
}

// groupPattern reads a pattern in parentheses: a sequence if it has a comma, or nothing in it.
func (p *parser) groupPattern() Pattern {
	p.advance()
	elems := p.patternsUntil(")")
	comma := p.tokens[p.pos-2].is(",")
	if len(elems) == 1 && !comma {
		if _, starred := elems[0].(*RestPattern); !starred {
			return elems[0]
		}
	}
	return p.sequence(elems)
}

// dottedPattern reads a constant such as Color.RED, or a class with patterns of its attributes.
func (p *parser) dottedPattern() Pattern {
	t := p.advance()
	var x Expr = &Name{Line(t.line), t.word}
	for p.accept(".") {
		x = &Attribute{Line(t.line), x, p.expectName().word}
	}
	if !p.accept("(") {
		return &ValuePattern{x}
	}
	c := &ClassPattern{Class: x}
	for p.err == nil && !p.at(")") {
		if p.peek().kind == name && p.ahead(1).is("=") {
			c.Names = append(c.Names, p.advance().word)
			p.advance()
		} else if c.Names != nil {
			p.fail(p.peek(), "a pattern without a name follows one with a name")
		}
		c.Patterns = append(c.Patterns, p.pattern())
		if !p.accept(",") {
			break
		}
	}
	p.expect(")")
	return c
}

// mappingPattern reads "{key: pattern, **rest}".
func (p *parser) mappingPattern() Pattern {
	p.advance()
	m := &MappingPattern{}
	for p.err == nil && !p.at("}") {
		if p.accept("**") {
			m.Rest = p.captured()
		} else {
			m.Keys = append(m.Keys, p.patternKey())
			p.expect(":")
			m.Values = append(m.Values, p.pattern())
		}
		if !p.accept(",") {
			break
		}
	}
	p.expect("}")
	return m
}

// patternKey reads a literal or a dotted name.
func (p *parser) patternKey() Expr {
	v, ok := p.closedPattern().(*ValuePattern)
	if !ok {
		p.fail(p.peek(), "the key of a pattern is neither a literal nor a dotted name")
		return nil
	}
	return v.X
}
