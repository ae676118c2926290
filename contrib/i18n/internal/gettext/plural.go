package gettext

import (
	"fmt"
	"strconv"
	"strings"
)

// A plural tells the number of the form for a number of things.
type plural struct {
	forms int
	expr  operation
}

// An operation computes a part of an expression for n. Ok is false where it divides by zero.
type operation func(n int) (value int, ok bool)

// index returns the number of the form for n. There may be none.
func (p *plural) index(n int) (int, bool) {
	i, ok := p.expr(n)
	return i, ok && 0 <= i && i < p.forms
}

// placeholder is the header of a catalog whose translator has not filled it in.
const placeholder = "nplurals=INTEGER; plural=EXPRESSION"

// parsePluralForms reads a header such as "nplurals=2; plural=n != 1;", which is that of English where it is missing. Without nplurals it is the
// translations of a message that say how many forms there are.
func parsePluralForms(header string) (*plural, error) {
	if header == "" || strings.HasPrefix(header, placeholder) {
		header = "nplurals=2; plural=n != 1"
	}
	fields := map[string]string{}
	for field := range strings.SplitSeq(header, ";") {
		name, value, _ := strings.Cut(field, "=")
		fields[strings.TrimSpace(name)] = strings.TrimSpace(value)
	}
	forms := maxForms
	if number, ok := fields["nplurals"]; ok {
		var err error
		if forms, err = strconv.Atoi(number); err != nil || forms < 1 || forms > maxForms {
			return nil, fmt.Errorf(`the header Plural-Forms needs "nplurals=" with a number from 1 to %d, not %.20q`, maxForms, number)
		}
	}
	expr, err := parsePlural(fields["plural"])
	if err != nil {
		return nil, fmt.Errorf(`the header Plural-Forms needs "plural=" with an expression such as n != 1: %w`, err)
	}
	return &plural{forms: forms, expr: expr}, nil
}

// What expressions and the number of forms may be at most. Those of real languages have 2 levels, 150 bytes and 6 forms.
const (
	maxDepth  = 50
	maxLength = 1000
	maxForms  = 1000
)

// parsePlural reads an expression of C.
func parsePlural(text string) (operation, error) {
	if len(text) > maxLength {
		return nil, fmt.Errorf("it has %d bytes, and %d are the most", len(text), maxLength)
	}
	p := &pluralParser{rest: text}
	p.next()
	e := p.choice()
	if p.err == nil && p.token != "" {
		p.unexpected()
	}
	return e, p.err
}

// A pluralParser reads an expression. It goes on after an error, of which the first counts.
type pluralParser struct {
	token string // "" at the end
	rest  string
	depth int
	err   error
}

// next goes to the next token.
func (p *pluralParser) next() {
	p.rest = strings.TrimLeft(p.rest, " \t")
	size := min(1, len(p.rest))
	for size > 0 && size < len(p.rest) && isDigit(p.rest[0]) && isDigit(p.rest[size]) {
		size++
	}
	for _, operator := range []string{"==", "!=", "<=", ">=", "&&", "||"} {
		if strings.HasPrefix(p.rest, operator) {
			size = 2
		}
	}
	p.token, p.rest = p.rest[:size], p.rest[size:]
}

func isDigit(b byte) bool { return '0' <= b && b <= '9' }

// skip goes on if the token is what, and reports whether it was.
func (p *pluralParser) skip(what string) bool {
	if p.token != what || p.err != nil {
		return false
	}
	p.next()
	return true
}

func (p *pluralParser) unexpected() operation {
	if p.err == nil {
		p.err = fmt.Errorf("unexpected %q", p.token)
		if p.token == "" {
			p.err = fmt.Errorf("it ends too early")
		}
	}
	return func(int) (int, bool) { return 0, false }
}

// choice reads test ? yes : no.
func (p *pluralParser) choice() operation {
	p.depth++
	defer func() { p.depth-- }()
	if p.depth > maxDepth && p.err == nil {
		p.err = fmt.Errorf("it is nested more than %d levels deep", maxDepth)
	}
	test := p.binary(0)
	if !p.skip("?") {
		return test
	}
	yes := p.choice()
	if !p.skip(":") {
		return p.unexpected()
	}
	no := p.choice()
	return func(n int) (int, bool) {
		t, ok := test(n)
		if !ok {
			return 0, false
		}
		if t != 0 {
			return yes(n)
		}
		return no(n)
	}
}

// precedence is the operators with two operands; those that come later bind more.
var precedence = [][]string{{"||"}, {"&&"}, {"==", "!="}, {"<", ">", "<=", ">="}, {"+", "-"}, {"*", "/", "%"}}

// binary reads operands with operators of that precedence between them.
func (p *pluralParser) binary(level int) operation {
	if level == len(precedence) {
		return p.unary()
	}
	left := p.binary(level + 1)
	for {
		op := ""
		for _, operator := range precedence[level] {
			if p.skip(operator) {
				op = operator
			}
		}
		if op == "" {
			return left
		}
		left = operate(op, left, p.binary(level+1))
	}
}

// unary reads a number, n, !operand or what is between parentheses.
func (p *pluralParser) unary() operation {
	token := p.token
	switch {
	case p.skip("!"):
		return p.negated()
	case p.skip("n"):
		return func(n int) (int, bool) { return n, true }
	case p.skip("("):
		e := p.choice()
		if !p.skip(")") {
			return p.unexpected()
		}
		return e
	case token == "" || !isDigit(token[0]):
		return p.unexpected()
	}
	number, err := strconv.Atoi(token)
	if err != nil {
		return p.unexpected()
	}
	p.next()
	return func(int) (int, bool) { return number, true }
}

// negated reads the operand behind !.
func (p *pluralParser) negated() operation {
	p.depth++
	defer func() { p.depth-- }()
	if p.depth > maxDepth {
		return p.unexpected()
	}
	e := p.unary()
	return func(n int) (int, bool) {
		v, ok := e(n)
		return truth(v == 0), ok
	}
}

// operate joins two operations by an operator.
func operate(op string, left, right operation) operation {
	return func(n int) (int, bool) {
		x, ok := left(n)
		if !ok || op == "&&" && x == 0 {
			return 0, ok
		}
		if op == "||" && x != 0 {
			return 1, true
		}
		y, ok := right(n)
		if !ok {
			return 0, false
		}
		return compute(op, x, y)
	}
}

// compute is x op y. A remainder has the sign of y, and a quotient is rounded down.
func compute(op string, x, y int) (int, bool) {
	switch op {
	case "||", "&&":
		return truth(y != 0), true
	case "==":
		return truth(x == y), true
	case "!=":
		return truth(x != y), true
	case "<":
		return truth(x < y), true
	case ">":
		return truth(x > y), true
	case "<=":
		return truth(x <= y), true
	case ">=":
		return truth(x >= y), true
	case "+":
		return x + y, true
	case "-":
		return x - y, true
	case "*":
		return x * y, true
	}
	if y == 0 {
		return 0, false
	}
	quotient, remainder := x/y, x%y
	if remainder != 0 && (remainder < 0) != (y < 0) {
		quotient, remainder = quotient-1, remainder+y
	}
	if op == "/" {
		return quotient, true
	}
	return remainder, true
}

func truth(b bool) int {
	if b {
		return 1
	}
	return 0
}
