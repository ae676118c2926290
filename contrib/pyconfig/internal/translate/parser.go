package translate

import (
	"go.starlark.net/starlark"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
)

const (
	maxDepth   = 300  // steps of the parser in one another; a bracket takes three
	shortChain = 8    // operators, calls and attributes in a row that are free
	maxChained = 2000 // those beyond, in a statement
	maxParams  = 200  // parameters of a function
)

// parser reads tokens and builds the tree. After an error every token is the end, so that all loops stop.
type parser struct {
	tokens  []token
	pos     int
	scopes  []*scope
	depth   int
	chained int
	called  map[string]bool
	err     *fault.Error
}

// scopeKind says where a name is looked up.
type scopeKind uint8

const (
	module scopeKind = iota
	function
	class
)

// scope is a body of code with names of its own.
type scope struct {
	kind                       scopeKind
	locals, globals, nonlocals map[string]bool
	generator                  bool
	loops                      int // loops around the statement
}

// newFunction returns the scope of a function.
func newFunction() *scope {
	return &scope{kind: function, locals: map[string]bool{}, globals: map[string]bool{}, nonlocals: map[string]bool{}}
}

// bind notes that a function assigns a name.
func (s *scope) bind(name string) {
	if s.kind == function && !s.globals[name] && !s.nonlocals[name] {
		s.locals[name] = true
	}
}

func (p *parser) scope() *scope { return p.scopes[len(p.scopes)-1] }

func (p *parser) enter(s *scope) { p.scopes = append(p.scopes, s) }

func (p *parser) leave() { p.scopes = p.scopes[:len(p.scopes)-1] }

// deeper counts an expression in another one. It must be paired with shallower.
func (p *parser) deeper() {
	if p.depth++; p.depth > maxDepth {
		p.fail(p.peek(), "expressions are nested too deep; use names for the parts")
	}
}

func (p *parser) shallower() { p.depth-- }

// link counts the n-th operator, call or attribute of a row.
func (p *parser) link(n int) {
	if n < shortChain {
		return
	}
	if p.chained++; p.chained > maxChained {
		p.fail(p.peek(), "an expression has too many parts; write a list, or use names for the parts")
	}
}

func (p *parser) peek() token { return p.ahead(0) }

func (p *parser) ahead(n int) token {
	if p.err != nil || p.pos+n >= len(p.tokens) {
		return p.tokens[len(p.tokens)-1].asEnd()
	}
	return p.tokens[p.pos+n]
}

func (t token) asEnd() token { return token{kind: end, line: t.line, col: t.col} }

func (p *parser) advance() token {
	t := p.peek()
	if p.pos < len(p.tokens)-1 {
		p.pos++
	}
	return t
}

// at reports whether the next token is an operator or keyword.
func (p *parser) at(word string) bool { return p.peek().is(word) }

func (t token) is(word string) bool {
	return t.word == word && (t.kind == operator || t.kind == keyword)
}

// accept steps over an operator or keyword if it is next.
func (p *parser) accept(word string) bool {
	if !p.at(word) {
		return false
	}
	p.advance()
	return true
}

func (p *parser) expect(word string) token {
	t := p.peek()
	if !p.accept(word) {
		p.fail(t, "expected %q before %s", word, t.describe())
	}
	return t
}

func (p *parser) expectName() token {
	t := p.advance()
	if t.kind != name {
		p.fail(t, "expected a name before %s", t.describe())
	}
	return t
}

func (p *parser) fail(t token, format string, args ...any) {
	if p.err == nil {
		p.err = fault.At(int(t.line), format, args...)
	}
}

// refuse gives up the statement. It fails where the file reaches it.
func (p *parser) refuse(t token, construct, cure string) {
	if p.err == nil {
		p.fail(t, "%s is not available; %s", construct, cure)
		p.err.Unavailable = true
	}
}

// refusal is an expression that fails where the file reaches it.
func (p *parser) refusal(t token, construct, cure string) Expr {
	return p.hook(t, Refuse, p.text(t, construct+" is not available; "+cure))
}

// hook is an operation at the place of a token.
func (p *parser) hook(t token, hook string, args ...Expr) *Hook {
	return &Hook{Line(t.line), hook, args}
}

func (p *parser) text(t token, s string) *Constant {
	return &Constant{Line(t.line), starlark.String(s)}
}

func (p *parser) none(t token) *Constant { return &Constant{Line(t.line), starlark.None} }
