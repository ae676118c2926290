package translate

import (
	"go.starlark.net/starlark"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
)

// module reads a whole file.
func (p *parser) module() []Stmt {
	var stmts []Stmt
	for p.peek().kind != end {
		stmts = append(stmts, p.statement()...)
	}
	return stmts
}

// statement reads a compound statement or a line of simple ones.
func (p *parser) statement() []Stmt {
	if p.err != nil {
		return nil
	}
	p.chained = 0
	read := p.compound()
	if read == nil {
		return p.line()
	}
	start := p.pos
	stmts := read()
	if !p.refused() {
		return stmts
	}
	return p.instead(start, p.skipStatement)
}

// line reads simple statements up to the end of the line.
func (p *parser) line() []Stmt {
	if p.err != nil {
		return nil
	}
	start := p.pos
	var stmts []Stmt
	for {
		stmts = append(stmts, p.simple()...)
		if !p.accept(";") || p.peek().kind == newline {
			break
		}
	}
	if t := p.peek(); p.err == nil && t.kind != newline {
		p.fail(t, "expected the end of the line before %s", t.describe())
	}
	p.advance()
	if !p.refused() {
		return stmts
	}
	return p.instead(start, p.skipLine)
}

// refused reports whether the last statement has something that is not available.
func (p *parser) refused() bool { return p.err != nil && p.err.Unavailable }

// instead steps over a statement and returns one that fails as it did.
func (p *parser) instead(start int, skip func()) []Stmt {
	err := p.err
	p.err, p.pos = nil, start
	skip()
	at := token{line: int32(err.Line), col: 1}
	return []Stmt{p.failure(at, err)}
}

func (p *parser) failure(t token, err *fault.Error) *Evaluate {
	return &Evaluate{Line(t.line), p.hook(t, Refuse, p.text(t, err.Text))}
}

func (p *parser) skipLine() {
	for p.peek().kind != newline && p.peek().kind != end {
		p.advance()
	}
	p.advance()
}

// skipStatement steps over a compound statement with all its clauses.
func (p *parser) skipStatement() {
	decorated := p.at("@")
	for {
		p.skipLine()
		p.skipBlock()
		switch t := p.peek(); {
		case t.is("elif"), t.is("else"), t.is("except"), t.is("finally"):
		case decorated && t.is("@"):
		case decorated && (t.is("def") || t.is("class") || t.is("async")):
			decorated = false
		default:
			return
		}
	}
}

func (p *parser) skipBlock() {
	if p.peek().kind != indent {
		return
	}
	for depth := 0; p.peek().kind != end; {
		switch p.advance().kind {
		case indent:
			depth++
		case dedent:
			depth--
		}
		if depth == 0 {
			return
		}
	}
}

// simple reads one simple statement.
func (p *parser) simple() []Stmt {
	t := p.peek()
	if t.kind != keyword {
		return p.assignment()
	}
	switch t.word {
	case "pass":
		return p.pass(p.advance())
	case "break", "continue":
		return p.branch(p.advance())
	case "return":
		return p.returning(p.advance())
	case "import":
		return p.importing(p.advance())
	case "from":
		return p.importingFrom(p.advance())
	case "raise":
		return p.raising(p.advance())
	case "assert":
		return p.asserting(p.advance())
	case "del":
		return p.deleting(p.advance())
	case "global", "nonlocal":
		return p.declaring(p.advance())
	}
	return p.assignment()
}

func (p *parser) branch(t token) []Stmt {
	if p.scope().loops == 0 {
		p.fail(t, "%q stands outside a loop", t.word)
	}
	return []Stmt{&Leave{Line(t.line), t.word}}
}

func (p *parser) pass(t token) []Stmt { return []Stmt{&Leave{Line(t.line), "pass"}} }

func (p *parser) returning(t token) []Stmt {
	if p.scope().kind != function {
		p.fail(t, "return stands outside a function")
		return nil
	}
	stmt := &Return{Line: Line(t.line), X: p.none(t)}
	if !p.atLineEnd() {
		stmt.X = p.expressions()
	}
	return []Stmt{stmt}
}

func (p *parser) atLineEnd() bool {
	k := p.peek().kind
	return k == newline || k == end || p.at(";")
}

// deleting reads "del a, b[c]".
func (p *parser) deleting(t token) []Stmt {
	x := p.expressions()
	targets := []Expr{x}
	if several, ok := x.(*Several); ok {
		targets = several.Elems
	}
	for _, target := range targets {
		p.target(target, p.bind)
	}
	return []Stmt{&Delete{Line(t.line), targets}}
}

// declaring reads "global a, b" and "nonlocal a".
func (p *parser) declaring(t token) []Stmt {
	s := p.scope()
	for {
		id := p.expectName()
		switch {
		case s.kind == function && s.locals[id.word]:
			p.fail(id, "a name is used before it is declared %s", t.word)
		case s.kind == function && t.word == "global":
			s.globals[id.word] = true
		case s.kind == function:
			s.nonlocals[id.word] = true
		case s.kind == class || t.word == "nonlocal":
			p.refuse(t, t.word+" outside a function", "leave it out")
		}
		if !p.accept(",") {
			return p.pass(t)
		}
	}
}

// raising reads "raise X(...) from Y". The text of the exception shows in errors if it is a plain literal.
func (p *parser) raising(t token) []Stmt {
	stmt := &Raise{Line: Line(t.line), Said: "the file raises an exception"}
	if !p.atLineEnd() {
		stmt.X = p.expression()
		stmt.Said = raised(stmt.X)
		if p.accept("from") {
			p.expression()
		}
	}
	return []Stmt{stmt}
}

func raised(exception Expr) string {
	if id, ok := exception.(*Name); ok {
		return "the file raises " + id.Name
	}
	call, ok := exception.(*Call)
	if !ok {
		return "the file raises an exception"
	}
	id, ok := call.Fn.(*Name)
	if !ok {
		return "the file raises an exception"
	}
	if len(call.Args) > 0 {
		if said, ok := literalText(call.Args[0].Value); ok {
			return "the file raises " + id.Name + ": " + said
		}
	}
	return "the file raises " + id.Name
}

// asserting reads "assert condition, text".
func (p *parser) asserting(t token) []Stmt {
	stmt := &Assert{Line: Line(t.line), Cond: p.expression(), Said: "an assertion of the file does not hold"}
	if p.accept(",") {
		stmt.Text = p.expression()
		if said, ok := literalText(stmt.Text); ok {
			stmt.Said += ": " + said
		}
	}
	return []Stmt{stmt}
}

func literalText(x Expr) (string, bool) {
	if literal, ok := x.(*Constant); ok {
		if s, ok := literal.Value.(starlark.String); ok {
			return string(s), true
		}
	}
	return "", false
}

// docstring returns the text literal that a body begins with. The literal is not stepped over.
func (p *parser) docstring() (string, bool) {
	if p.peek().kind != text {
		return "", false
	}
	n := 0
	doc := ""
	for ; p.ahead(n).kind == text; n++ {
		doc += p.ahead(n).value.(string)
	}
	k := p.ahead(n)
	return doc, k.kind == newline || k.kind == end || k.is(";")
}
