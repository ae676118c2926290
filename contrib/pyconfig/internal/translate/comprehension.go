package translate

// maxClauses bounds the clauses of a comprehension.
const maxClauses = 20

func (p *parser) atComprehension() bool { return p.at("for") || p.at("async") }

// comprehension reads the clauses of a comprehension, given what it makes, up to its closing bracket.
func (p *parser) comprehension(t token, kind string, key, value Expr) Expr {
	c := &Comprehension{Line: Line(t.line), Kind: kind, Key: key, Value: value, Locals: map[string]bool{}}
	for p.err == nil && !p.at(")") && !p.at("]") && !p.at("}") {
		c.Clauses = append(c.Clauses, p.clause(c.Locals))
		if len(c.Clauses) > maxClauses {
			p.fail(t, "a comprehension has more than %d clauses", maxClauses)
		}
	}
	return c
}

// clause reads "for x in y" or "if z".
func (p *parser) clause(locals map[string]bool) Clause {
	t := p.peek()
	switch {
	case p.accept("for"):
	case p.accept("if"):
		return Clause{Cond: p.clauseCondition()}
	case p.accept("async"):
		p.expect("for")
		c := p.clauseOver(locals)
		c.Over = p.refusal(t, "async", "write a plain comprehension")
		return c
	default:
		p.fail(t, "expected the end of the comprehension before %s", t.describe())
		return Clause{}
	}
	return p.clauseOver(locals)
}

// clauseCondition reads what stands after if.
func (p *parser) clauseCondition() Expr {
	t := p.peek()
	x := p.binary(precOr)
	if p.at(":=") {
		return p.walrus(t, x)
	}
	return x
}

// clauseOver reads the rest of "for x in y".
func (p *parser) clauseOver(locals map[string]bool) Clause {
	target := p.targetList()
	p.target(target, func(name string) { locals[name] = true })
	p.expect("in")
	return Clause{Target: target, Over: p.binary(precOr)}
}
