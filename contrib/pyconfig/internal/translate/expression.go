package translate

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
func (p *parser) expressions() Expr {
	t := p.peek()
	first := p.element()
	if !p.at(",") {
		if star, ok := first.(*Star); ok && !p.at("=") && !p.at("in") {
			p.failLine(star, "\"*\" needs a list around it")
		}
		return first
	}
	elems := []Expr{first}
	for p.accept(",") && !p.atExpressionsEnd() {
		elems = append(elems, p.element())
	}
	return &Several{Line(t.line), "()", elems}
}

func (p *parser) failLine(x Expr, format string, args ...any) {
	p.fail(token{line: int32(x.At())}, format, args...)
}

func (p *parser) atExpressionsEnd() bool {
	t := p.peek()
	return p.atLineEnd() || t.is("=") || t.is(":") || t.is(")") || t.is("]") || t.is("}")
}

// element reads an expression that may have a star.
func (p *parser) element() Expr {
	t := p.peek()
	if p.accept("*") {
		return &Star{Line(t.line), p.binary(precBitOr)}
	}
	return p.expression()
}

// expression reads a whole expression, also "name := value" and yield.
func (p *parser) expression() Expr {
	p.deeper()
	defer p.shallower()
	if p.at("lambda") {
		return p.lambda()
	}
	if p.at("yield") {
		return p.yield()
	}
	t := p.peek()
	x := p.binary(precOr)
	switch next := p.peek(); {
	case next.is("if"):
		return p.conditional(x)
	case next.is(":="):
		return p.walrus(t, x)
	}
	return x
}

// walrus reads the rest of "name := value".
func (p *parser) walrus(t token, x Expr) Expr {
	op := p.advance()
	id, ok := x.(*Name)
	if !ok {
		p.fail(op, "\":=\" assigns to a name only")
		return x
	}
	p.bind(id.Name)
	return &Walrus{Line(t.line), id.Name, p.expression()}
}

// bind notes that the function around, not a comprehension, assigns a name.
func (p *parser) bind(name string) { p.scope().bind(name) }

// yield reads "yield x" and "yield from x".
func (p *parser) yield() Expr {
	t := p.advance()
	if p.scope().kind != function {
		p.fail(t, "yield stands outside a function")
	}
	p.scope().generator = true
	if p.accept("from") {
		return &Yield{Line(t.line), p.expression(), true}
	}
	if p.atExpressionsEnd() {
		return &Yield{Line(t.line), p.none(t), false}
	}
	return &Yield{Line(t.line), p.expressions(), false}
}

// conditional reads the rest of "x if condition else y".
func (p *parser) conditional(x Expr) Expr {
	t := p.advance()
	condition := p.binary(precOr)
	p.expect("else")
	return &Condition{Line(t.line), condition, x, p.expression()}
}

// binary reads operators that bind as tightly as least or tighter.
func (p *parser) binary(least int) Expr {
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

func (p *parser) infix(x Expr, op string, prec int) Expr {
	if prec == precCompare {
		return p.comparison(x)
	}
	t := p.advanceOperator(op)
	y := p.binary(prec + 1)
	switch op {
	case "or", "and":
		return &Logic{Line(t.line), op == "and", x, y}
	case "@":
		return p.refusal(t, "\"@\"", "write the value")
	}
	return p.hook(t, op, x, y)
}

// comparison reads the rest of "a < b < c".
func (p *parser) comparison(x Expr) Expr {
	c := &Comparison{Line: Line(p.peek().line), Operands: []Expr{x}}
	for precedence(p.binaryOperator()) == precCompare {
		op := p.binaryOperator()
		p.advanceOperator(op)
		c.Operators = append(c.Operators, op)
		c.Operands = append(c.Operands, p.binary(precCompare+1))
	}
	return c
}

// operand reads what stands before a binary operator: "not x", or anything that binds tighter.
func (p *parser) operand(least int) Expr {
	t := p.peek()
	if !t.is("not") || least > precNot {
		return p.unary()
	}
	p.advance()
	return &Not{Line(t.line), p.binary(precNot)}
}

// unary reads "-x", "+x", "~x" and powers.
func (p *parser) unary() Expr {
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
	case p.accept("await"):
		p.unary()
		return p.refusal(t, "await", "write a plain function, or the value")
	}
	x := p.trail(p.atom())
	if power := p.peek(); p.accept("**") {
		return p.hook(power, "**", x, p.unary())
	}
	return x
}

// lambda reads "lambda a, b: x".
func (p *parser) lambda() Expr {
	t := p.advance()
	params := p.params(":")
	p.expect(":")
	s := newFunction()
	p.enter(s)
	declare(s, params)
	result := p.expression()
	p.leave()
	return &Lambda{Line(t.line), &Function{Name: "lambda", Params: params, Result: result, Locals: s.locals, Generator: s.generator}}
}

func declare(s *scope, params []Param) {
	for _, param := range params {
		s.locals[param.Name] = true
	}
}

// params reads the parameters of a function up to an operator.
func (p *parser) params(stop string) []Param {
	var params []Param
	named := false
	for p.err == nil && !p.at(stop) {
		t := p.peek()
		switch {
		case p.accept("/"): // positional parameters may be named too
		case p.accept("**"):
			params = append(params, Param{Name: p.param(stop), Stars: 2})
		case p.accept("*"):
			named = true
			if p.peek().kind == name {
				params = append(params, Param{Name: p.param(stop), Stars: 1})
			}
		default:
			params = append(params, Param{Name: p.param(stop), Default: p.optional(), Named: named})
		}
		if len(params) > maxParams {
			p.fail(t, "a function has more than %d parameters", maxParams)
		}
		if !p.accept(",") {
			break
		}
	}
	if n := len(params); named && (n == 0 || !params[n-1].Named && params[n-1].Stars != 1 && !(params[n-1].Stars == 2 && n > 1 && (params[n-2].Named || params[n-2].Stars == 1))) {
		p.fail(p.peek(), "a parameter must stand after \"*\"")
	}
	p.checkParams(params)
	return params
}

// checkParams refuses a name that comes twice, and a parameter without a default after one with a default.
func (p *parser) checkParams(params []Param) {
	seen := map[string]bool{}
	defaults := false
	for _, param := range params {
		if seen[param.Name] {
			p.fail(p.peek(), "a function has two parameters of one name")
		}
		seen[param.Name] = true
		if param.Stars == 0 && !param.Named {
			if defaults && param.Default == nil {
				p.fail(p.peek(), "a parameter without a default stands after one with a default; put it first")
			}
			defaults = defaults || param.Default != nil
		}
	}
}

// param reads the name of a parameter with its annotation. A lambda, which stops at ":", has none.
func (p *parser) param(stop string) string {
	t := p.expectName()
	if stop != ":" && p.accept(":") {
		p.element()
	}
	return t.word
}

// optional reads the default of a parameter, nil if there is none.
func (p *parser) optional() Expr {
	if !p.accept("=") {
		return nil
	}
	return p.expression()
}
