package translate

import "go.starlark.net/syntax"

// The precedence of the binary operators, the loosest first.
const (
	precOr = iota + 1
	precAnd
	precNot
	precCompare
	precBitOr
	precBitXor
	precBitAnd
	precShift
	precSum
	precProduct
)

func precedence(op string) int {
	switch op {
	case "or":
		return precOr
	case "and":
		return precAnd
	case "<", ">", "<=", ">=", "==", "!=", "in", "not in", "is", "is not":
		return precCompare
	case "|":
		return precBitOr
	case "^":
		return precBitXor
	case "&":
		return precBitAnd
	case "<<", ">>":
		return precShift
	case "+", "-":
		return precSum
	case "*", "/", "//", "%", "@":
		return precProduct
	}
	return 0
}

// expressions reads one expression, or several with commas between them as a tuple.
func (p *parser) expressions() syntax.Expr {
	t := p.peek()
	first, starred := p.element()
	if !p.at(",") {
		if starred {
			p.fail(t, "\"*\" needs a list around it")
		}
		return first
	}
	var d display
	d.add(first, starred)
	for p.accept(",") && !p.atExpressionsEnd() {
		d.add(p.element())
	}
	return p.hook(t, Tuple, d.list(p, t))
}

func (p *parser) atExpressionsEnd() bool {
	t := p.peek()
	return p.atLineEnd() || t.is("=") || t.is(":") || t.is(")") || t.is("]") || t.is("}")
}

// element reads an expression that may have a star.
func (p *parser) element() (x syntax.Expr, starred bool) {
	if p.accept("*") {
		return p.binary(precBitOr), true
	}
	return p.expression(), false
}

// expression reads a whole expression.
func (p *parser) expression() syntax.Expr {
	p.deeper()
	defer p.shallower()
	if p.at("lambda") {
		return p.lambda()
	}
	x := p.binary(precOr)
	switch t := p.peek(); {
	case t.is("if"):
		return p.conditional(x)
	case t.is(":="):
		p.refuse(t, "\":=\"", "assign on a line of its own")
	}
	return x
}

// conditional reads the rest of "x if condition else y".
func (p *parser) conditional(x syntax.Expr) syntax.Expr {
	t := p.advance()
	condition := p.binary(precOr)
	orElse := p.expect("else")
	return &syntax.CondExpr{
		If:      p.position(t),
		Cond:    condition,
		True:    x,
		ElsePos: p.position(orElse),
		False:   p.expression(),
	}
}

// binary reads operators that bind as tightly as least or tighter.
func (p *parser) binary(least int) syntax.Expr {
	p.deeper()
	defer p.shallower()
	x := p.operand(least)
	for n := 0; ; n++ {
		op := p.binaryOperator()
		prec := precedence(op)
		if prec == 0 || prec < least {
			return x
		}
		p.link(n)
		x = p.infix(x, op, prec)
	}
}

// binaryOperator returns the operator that is next, or "".
func (p *parser) binaryOperator() string {
	t, next := p.peek(), p.ahead(1)
	switch {
	case t.is("not") && next.is("in"):
		return "not in"
	case t.is("is") && next.is("not"):
		return "is not"
	case t.kind == operator || t.kind == keyword && t.word != "not":
		return t.word
	}
	return ""
}

// advanceOperator steps over an operator of one or two words.
func (p *parser) advanceOperator(op string) token {
	t := p.advance()
	if op == "not in" || op == "is not" {
		p.advance()
	}
	return t
}

func (p *parser) infix(x syntax.Expr, op string, prec int) syntax.Expr {
	if prec == precCompare {
		return p.comparison(x)
	}
	t := p.advanceOperator(op)
	y := p.binary(prec + 1)
	switch op {
	case "or":
		return &syntax.BinaryExpr{X: x, OpPos: p.position(t), Op: syntax.OR, Y: y}
	case "and":
		return &syntax.BinaryExpr{X: x, OpPos: p.position(t), Op: syntax.AND, Y: y}
	case "@":
		p.refuse(t, "\"@\"", "write the value")
	}
	return p.hook(t, op, x, y)
}

// comparison reads the rest of "a < b < c".
func (p *parser) comparison(x syntax.Expr) syntax.Expr {
	first := p.peek()
	operands := []syntax.Expr{x}
	var operators []syntax.Expr
	var op string
	for precedence(p.binaryOperator()) == precCompare {
		op = p.binaryOperator()
		t := p.advanceOperator(op)
		operators = append(operators, p.text(t, op))
		operands = append(operands, p.binary(precCompare+1))
	}
	if len(operators) == 1 {
		return p.hook(first, op, operands...)
	}
	return p.hook(first, Chain, p.list(first, operators...), p.list(first, operands...))
}

// operand reads what stands before a binary operator: "not x", or anything that binds tighter.
func (p *parser) operand(least int) syntax.Expr {
	t := p.peek()
	if !t.is("not") || least > precNot {
		return p.unary()
	}
	p.advance()
	return &syntax.UnaryExpr{OpPos: p.position(t), Op: syntax.NOT, X: p.binary(precNot)}
}

// unary reads "-x", "+x", "~x" and powers.
func (p *parser) unary() syntax.Expr {
	p.deeper()
	defer p.shallower()
	t := p.peek()
	switch {
	case p.accept("-"):
		return p.hook(t, Negative, p.unary())
	case p.accept("+"):
		return p.hook(t, Positive, p.unary())
	case p.accept("~"):
		return p.hook(t, Invert, p.unary())
	}
	x, _ := p.trail(p.atom(), false)
	if power := p.peek(); p.accept("**") {
		return p.hook(power, "**", x, p.unary())
	}
	return x
}

// lambda reads "lambda a, b: x".
func (p *parser) lambda() syntax.Expr {
	t := p.advance()
	params, rest := p.params(":")
	p.expect(":")
	p.enter(scope{kind: function})
	body := p.expression()
	p.leave()
	if rest != nil {
		body = p.hook(t, WeighThen, rest, body)
	}
	return &syntax.LambdaExpr{Lambda: p.position(t), Params: params, Body: body}
}

// params reads the parameters of a function up to an operator, and returns a use of *args if it is one of them.
func (p *parser) params(stop string) (params []syntax.Expr, rest syntax.Expr) {
	for p.err == nil && !p.at(stop) {
		t := p.peek()
		switch {
		case p.accept("/"): // positional parameters may be named too
		case p.accept("**"):
			params = append(params, &syntax.UnaryExpr{OpPos: p.position(t), Op: syntax.STARSTAR, X: p.param(stop)})
		case p.accept("*"):
			star := &syntax.UnaryExpr{OpPos: p.position(t), Op: syntax.STAR}
			if p.peek().kind == name {
				id := p.param(stop)
				star.X, rest = id, &syntax.Ident{NamePos: id.NamePos, Name: id.Name}
			}
			params = append(params, star)
		default:
			params = append(params, p.optional(p.param(stop)))
		}
		if len(params) > maxArgs {
			p.fail(t, "a function has more than %d parameters", maxArgs)
		}
		if !p.accept(",") {
			break
		}
	}
	return params, rest
}

// param reads a parameter with its annotation. A lambda, which stops at ":", has none.
func (p *parser) param(stop string) *syntax.Ident {
	t := p.expectName()
	if stop != ":" && p.accept(":") {
		p.expression()
	}
	return &syntax.Ident{NamePos: p.position(t), Name: t.word}
}

// optional reads the default of a parameter.
func (p *parser) optional(id *syntax.Ident) syntax.Expr {
	t := p.peek()
	if !p.accept("=") {
		return id
	}
	return &syntax.BinaryExpr{X: id, OpPos: p.position(t), Op: syntax.EQ, Y: p.expression()}
}
