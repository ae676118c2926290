package translate

import (
	"strings"

	"go.starlark.net/syntax"
)

// assignment reads an assignment of any kind, or an expression for its own sake.
func (p *parser) assignment() []syntax.Stmt {
	t := p.peek()
	if p.accept("...") {
		return p.pass(t)
	}
	switch shape, targets := p.shape(); shape {
	case "=":
		return p.assigning(targets)
	case ":":
		return p.annotated()
	case "":
		return []syntax.Stmt{&syntax.ExprStmt{X: p.expressions()}}
	default:
		return p.augmented()
	}
}

// shape looks ahead for the operator that makes a statement an assignment: "=", ":", "+=" and so on.
// It also counts the targets of "=".
func (p *parser) shape() (string, int) {
	found, targets := "", 0
	for i, depth := p.pos, 0; i < len(p.tokens); i++ {
		t := p.tokens[i]
		if t.kind == newline || t.kind == end {
			break
		}
		if t.kind == keyword && t.word == "lambda" && depth == 0 {
			break
		}
		if t.kind != operator {
			continue
		}
		switch t.word {
		case "(", "[", "{":
			depth++
			continue
		case ")", "]", "}":
			depth--
			continue
		case ";":
			if depth == 0 {
				return found, targets
			}
		}
		if depth == 0 && found == "" && isAssigning(t.word) {
			found = t.word
		}
		if depth == 0 && t.word == "=" {
			targets++
		}
	}
	return found, targets
}

func isAssigning(op string) bool {
	switch op {
	case "=", ":":
		return true
	case "==", "!=", "<=", ">=", ":=":
		return false
	}
	return strings.HasSuffix(op, "=")
}

// assigning reads "a = b = value".
func (p *parser) assigning(n int) []syntax.Stmt {
	t := p.peek()
	var targets []syntax.Expr
	for range n {
		targets = append(targets, p.targets("="))
		p.expect("=")
	}
	value := p.expressions()
	at := p.position(t)
	if len(targets) == 1 {
		return []syntax.Stmt{assign(targets[0], p.takenApart(t, targets[0], value), at)}
	}
	stmts := []syntax.Stmt{assign(p.hidden(t, "value"), value, at)}
	for _, target := range targets {
		stmts = append(stmts, assign(target, p.takenApart(t, target, p.hidden(t, "value")), at))
	}
	return stmts
}

// takenApart lets text be assigned to several names: Starlark does not loop over text.
func (p *parser) takenApart(t token, target, value syntax.Expr) syntax.Expr {
	if _, several := target.(*syntax.TupleExpr); several {
		return p.hook(t, Iterate, value)
	}
	return value
}

// annotated reads "a: int = value". The annotation means nothing, and without a value nothing is assigned.
func (p *parser) annotated() []syntax.Stmt {
	t := p.peek()
	target := p.target()
	p.expect(":")
	p.expression()
	if !p.accept("=") {
		return p.pass(t)
	}
	return []syntax.Stmt{assign(target, p.expressions(), p.position(t))}
}

// augmented reads "a += value".
func (p *parser) augmented() []syntax.Stmt {
	t := p.peek()
	start := p.pos
	target := p.target()
	op := p.advance()
	if !strings.HasSuffix(op.word, "=") || op.kind != operator {
		p.fail(op, "expected an assignment before %s", op.describe())
		return nil
	}
	if op.word == "@=" {
		p.refuse(op, "@=", "write the value")
		return nil
	}
	value := p.expressions()
	at := p.position(op)
	switch target := target.(type) {
	case *syntax.IndexExpr:
		change := p.hook(op, Augment, target.X, target.Y, p.text(op, op.word), value, p.text(op, Index))
		return []syntax.Stmt{&syntax.ExprStmt{X: change}}
	case *syntax.DotExpr:
		if p.tokens[start+1].is(op.word) { // a plain name in a class
			return []syntax.Stmt{assign(target, p.hook(op, op.word, p.lookup(t), value), at)}
		}
		change := p.hook(op, Augment, target.X, p.text(op, target.Name.Name), p.text(op, op.word), value, p.text(op, Attr))
		return []syntax.Stmt{&syntax.ExprStmt{X: change}}
	case *syntax.Ident:
		return []syntax.Stmt{assign(target, p.hook(op, op.word, p.lookup(t), value), at)}
	}
	p.fail(t, "%q changes one name, not several", op.word)
	return nil
}

// targets reads "a, (b, c)" up to an operator or keyword.
func (p *parser) targets(stop string) syntax.Expr {
	t := p.peek()
	first := p.target()
	if !p.at(",") {
		return first
	}
	elems := []syntax.Expr{first}
	for p.accept(",") && !p.at(stop) {
		elems = append(elems, p.target())
	}
	return p.tuple(t, elems)
}

func (p *parser) tuple(t token, elems []syntax.Expr) *syntax.TupleExpr {
	at := p.position(t)
	return &syntax.TupleExpr{Lparen: at, List: elems, Rparen: at}
}

// target reads something that can be assigned to.
func (p *parser) target() syntax.Expr {
	p.deeper()
	defer p.shallower()
	t := p.peek()
	switch {
	case t.is("*"):
		p.refuse(t, "a starred target", "take the parts with slices")
		return none(p.position(t))
	case t.is("("), t.is("["):
		if group := p.group(); group != nil {
			return group
		}
	}
	if next := p.ahead(1); t.kind == name && !next.is(".") && !next.is("[") && !next.is("(") {
		return p.bind(p.advance())
	}
	start := p.pos
	x, last := p.trail(p.atom(), true)
	if last == nil {
		what := "this expression"
		if p.pos == start+1 {
			what = t.describe()
		}
		p.fail(t, "%s cannot be assigned to", what)
		return none(p.position(t))
	}
	return last(x)
}

// group reads targets in brackets. It returns nil, and stays where it is, if something follows the brackets.
func (p *parser) group() syntax.Expr {
	start, t := p.pos, p.advance()
	closing := ")"
	if t.word == "[" {
		closing = "]"
	}
	if p.accept(closing) {
		return p.tuple(t, nil)
	}
	group := p.targets(closing)
	p.expect(closing)
	if p.atTrailer() {
		p.pos = start
		return nil
	}
	return group
}

// bind returns a name as a target.
func (p *parser) bind(t token) syntax.Expr {
	at := p.position(t)
	id := &syntax.Ident{NamePos: at, Name: t.word}
	switch s := p.scope(); s.kind {
	case class:
		space := &syntax.Ident{NamePos: at, Name: s.space}
		return &syntax.DotExpr{X: space, Dot: at, NamePos: at, Name: id}
	case module:
		if !p.assigned[t.word] {
			p.assigned[t.word] = true
			p.names = append(p.names, t.word)
		}
	}
	return id
}
