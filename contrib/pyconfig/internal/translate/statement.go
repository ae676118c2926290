package translate

import (
	"fmt"
	"strings"

	"go.starlark.net/syntax"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
)

// module reads a whole file.
func (p *parser) module() []syntax.Stmt {
	var stmts []syntax.Stmt
	for p.peek().kind != end {
		stmts = append(stmts, p.statement()...)
	}
	return stmts
}

// statement reads a compound statement or a line of simple ones.
func (p *parser) statement() []syntax.Stmt {
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
func (p *parser) line() []syntax.Stmt {
	if p.err != nil {
		return nil
	}
	start := p.pos
	var stmts []syntax.Stmt
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
func (p *parser) instead(start int, skip func()) []syntax.Stmt {
	err := p.err
	p.err, p.pos = nil, start
	skip()
	at := token{line: int32(err.Line), col: 1}
	return []syntax.Stmt{p.failure(at, err)}
}

func (p *parser) failure(t token, err *fault.Error) *syntax.ExprStmt {
	return &syntax.ExprStmt{X: p.hook(t, Refuse, p.text(t, err.Text))}
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
func (p *parser) simple() []syntax.Stmt {
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
		p.refuse(t, "del", "leave the name out; names with a lower-case letter are not loaded")
	case "global", "nonlocal":
		p.refuse(t, t.word, "return the value from the function and assign it outside")
	default:
		return p.assignment()
	}
	return nil
}

func (p *parser) branch(t token) []syntax.Stmt {
	stmt := &syntax.BranchStmt{Token: syntax.BREAK, TokenPos: p.position(t)}
	if t.word == "continue" {
		stmt.Token = syntax.CONTINUE
	}
	return []syntax.Stmt{stmt}
}

func (p *parser) pass(t token) []syntax.Stmt {
	return []syntax.Stmt{&syntax.BranchStmt{Token: syntax.PASS, TokenPos: p.position(t)}}
}

func (p *parser) returning(t token) []syntax.Stmt {
	if p.scope().kind != function {
		p.fail(t, "return stands outside a function")
		return nil
	}
	stmt := &syntax.ReturnStmt{Return: p.position(t)}
	if !p.atLineEnd() {
		stmt.Result = p.expressions()
	}
	return []syntax.Stmt{stmt}
}

func (p *parser) atLineEnd() bool {
	k := p.peek().kind
	return k == newline || k == end || p.at(";")
}

// raising reads "raise X(...) from Y". The exception is not made; its text shows if it is a plain literal.
func (p *parser) raising(t token) []syntax.Stmt {
	said := "the file raises an exception"
	if !p.atLineEnd() {
		said = raised(p.expression())
		if p.accept("from") {
			p.expression()
		}
	}
	return []syntax.Stmt{p.failure(t, fault.New("%s", said))}
}

func raised(exception syntax.Expr) string {
	call, ok := exception.(*syntax.CallExpr)
	if !ok {
		return "the file raises an exception"
	}
	id, ok := call.Fn.(*syntax.Ident)
	if !ok || !isPlainName(id.Name) {
		return "the file raises an exception"
	}
	if len(call.Args) > 0 {
		if said, ok := literalText(call.Args[0]); ok {
			return fmt.Sprintf("the file raises %s: %s", id.Name, said)
		}
	}
	return "the file raises " + id.Name
}

// asserting reads "assert condition, text".
func (p *parser) asserting(t token) []syntax.Stmt {
	condition := p.expression()
	failed := "an assertion of the file does not hold"
	if p.accept(",") {
		if said, ok := literalText(p.expression()); ok {
			failed += ": " + said
		}
	}
	at := p.position(t)
	return []syntax.Stmt{&syntax.IfStmt{
		If:   at,
		Cond: &syntax.UnaryExpr{OpPos: at, Op: syntax.NOT, X: condition},
		True: []syntax.Stmt{p.failure(t, fault.New("%s", failed))},
	}}
}

func literalText(x syntax.Expr) (string, bool) {
	if literal, ok := x.(*syntax.Literal); ok && literal.Token == syntax.STRING {
		return literal.Value.(string), true
	}
	return "", false
}

// isPlainName reports whether a variable is one of the file and not a hook.
func isPlainName(name string) bool {
	return name != "" && !strings.ContainsAny(name, " .,:+-*/%<>=!&|^~[](){}\"@")
}
