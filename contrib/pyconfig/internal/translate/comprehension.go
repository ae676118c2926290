package translate

import "go.starlark.net/syntax"

// maxClauses bounds the clauses of a comprehension.
const maxClauses = 20

func (p *parser) atComprehension() bool { return p.at("for") || p.at("async") }

// comprehension reads the clauses of a comprehension, given its body and where that begins.
// A generator is read as a list.
func (p *parser) comprehension(t token, start int, body syntax.Expr, closing string) syntax.Expr {
	inClass := p.scope().kind == class
	p.enter(scope{kind: function})
	if inClass { // the names of a class are not seen in the body: read it anew
		p.pos = start
		body = p.body()
	}
	var clauses []syntax.Node
	for p.err == nil && !p.at(closing) {
		clauses = append(clauses, p.clause(inClass && len(clauses) == 0))
		if len(clauses) > maxClauses {
			p.fail(t, "a comprehension has more than %d clauses", maxClauses)
		}
	}
	p.leave()
	p.expect(closing)
	if p.err != nil {
		return none(p.position(t))
	}
	_, isEntry := body.(*syntax.DictEntry)
	at := p.position(t)
	return &syntax.Comprehension{Curly: isEntry, Lbrack: at, Body: body, Clauses: clauses, Rbrack: at}
}

// body reads the body of a comprehension, an entry or an expression.
func (p *parser) body() syntax.Expr {
	body := p.expression()
	if colon := p.peek(); p.accept(":") {
		return &syntax.DictEntry{Key: body, Colon: p.position(colon), Value: p.expression()}
	}
	return body
}

// clause reads "for x in y" or "if z". What the first clause loops over is read as part of the class, if it is in one.
func (p *parser) clause(outside bool) syntax.Node {
	t := p.peek()
	at := p.position(t)
	switch {
	case p.accept("for"):
	case p.accept("if"):
		return &syntax.IfClause{If: at, Cond: p.binary(precOr)}
	case t.is("async"):
		p.refuse(t, "async", "write a plain comprehension")
		return nil
	default:
		p.fail(t, "expected the end of the comprehension before %s", t.describe())
		return nil
	}
	vars := p.targets("in")
	in := p.expect("in")
	if outside {
		inner := p.scope()
		p.leave()
		defer p.enter(inner)
	}
	return &syntax.ForClause{For: at, Vars: vars, In: p.position(in), X: p.hook(in, Iterate, p.binary(precOr))}
}
