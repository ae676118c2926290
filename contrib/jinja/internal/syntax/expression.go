package syntax

// expression reads any expression but a tuple without parentheses.
func (p *parser) expression() Expr {
	p.deeper()
	e := p.condition()
	p.depth--
	return e
}

// condition reads then if test else other.
func (p *parser) condition() Expr {
	start := p.current
	e := p.or()
	for n := 1; p.skipName("if"); n++ {
		p.bound(p.depth + n)
		c := &Cond{Pos: p.at(start), Then: e, Test: p.or()}
		if p.skipName("else") {
			c.Else = p.expression()
		}
		e = c
	}
	return e
}

// leftToRight reads operands with the operators of one precedence between them.
func (p *parser) leftToRight(operand func() Expr, isOperator func(token) bool) Expr {
	start := p.current
	e := operand()
	for n := 1; isOperator(p.current); n++ {
		p.bound(n)
		op := p.advance().String()
		e = &Binary{Pos: p.at(start), Op: op, Left: e, Right: operand()}
	}
	return e
}

func isOr(t token) bool    { return t.is("or") }
func isAnd(t token) bool   { return t.is("and") }
func isSum(t token) bool   { return t.kind == tokenAdd || t.kind == tokenSub }
func isPower(t token) bool { return t.kind == tokenPow }

func isProduct(t token) bool {
	return t.kind == tokenMul || t.kind == tokenDiv || t.kind == tokenFloorDiv || t.kind == tokenMod
}

func (p *parser) or() Expr  { return p.leftToRight(p.and, isOr) }
func (p *parser) and() Expr { return p.leftToRight(p.not, isAnd) }

func (p *parser) not() Expr {
	if !p.current.is("not") {
		return p.compare()
	}
	p.deeper()
	u := &Unary{Pos: p.at(p.advance()), Op: "not", Expr: p.not()}
	p.depth--
	return u
}

// compare reads a chain of comparisons.
func (p *parser) compare() Expr {
	start := p.current
	e := p.sum()
	op := p.comparison()
	if op == "" {
		return e
	}
	c := &Compare{Pos: p.at(start), Expr: e}
	for ; op != ""; op = p.comparison() {
		c.Ops = append(c.Ops, Operand{Op: op, Expr: p.sum()})
	}
	return c
}

// comparison reads an operator that compares, "" if there is none.
func (p *parser) comparison() string {
	switch p.current.kind {
	case tokenEqual, tokenNotEqual, tokenLess, tokenLessEqual, tokenGreater, tokenGreaterEqual:
		return p.advance().kind.String()
	}
	if p.skipName("in") {
		return "in"
	}
	if p.current.is("not") && p.look().is("in") {
		p.advance()
		p.advance()
		return "not in"
	}
	return ""
}

// The levels below are sum, concatenation, product and power: Jinja's ~ binds more than + and -, and ** goes from left to right.
func (p *parser) sum() Expr { return p.leftToRight(p.concatenation, isSum) }

func (p *parser) concatenation() Expr {
	start := p.current
	e := p.product()
	if p.current.kind != tokenTilde {
		return e
	}
	c := &Concat{Pos: p.at(start), Items: []Expr{e}}
	for p.skip(tokenTilde) {
		c.Items = append(c.Items, p.product())
	}
	return c
}

func (p *parser) product() Expr { return p.leftToRight(p.power, isProduct) }
func (p *parser) power() Expr   { return p.leftToRight(p.unary, isPower) }

// unary reads an operand with its sign, and the filters and tests behind it, which take what the sign made.
func (p *parser) unary() Expr { return p.filters(p.signed()) }

// signed reads an operand with its sign.
func (p *parser) signed() Expr {
	if p.current.kind != tokenSub && p.current.kind != tokenAdd {
		return p.postfix(p.primary())
	}
	p.deeper()
	t := p.advance()
	u := &Unary{Pos: p.at(t), Op: t.kind.String(), Expr: p.signed()}
	p.depth--
	return u
}

// primary reads a name, a literal or what is between brackets.
func (p *parser) primary() Expr {
	t := p.current
	switch t.kind {
	case tokenName:
		p.advance()
		return p.nameOrConstant(t)
	case tokenString:
		return p.strings()
	case tokenInteger, tokenFloat:
		p.advance()
		return &Const{Pos: p.at(t), Value: t.number}
	case tokenLeftParen:
		return p.parentheses()
	case tokenLeftBracket:
		return p.list()
	case tokenLeftBrace:
		return p.dict()
	}
	p.fail(t, "unexpected '%s'", t)
	return nil
}

func (p *parser) nameOrConstant(t token) Expr {
	switch t.text {
	case "true", "True":
		return &Const{Pos: p.at(t), Value: true}
	case "false", "False":
		return &Const{Pos: p.at(t), Value: false}
	case "none", "None":
		return &Const{Pos: p.at(t)}
	default:
		return &Name{Pos: p.at(t), Name: t.text}
	}
}

// strings reads a string, and those directly behind it that belong to it.
func (p *parser) strings() Expr {
	c := &Const{Pos: p.at(p.current)}
	var text []byte
	for p.current.kind == tokenString {
		text = append(text, p.advance().text...)
	}
	c.Value = string(text)
	return c
}

func (p *parser) parentheses() Expr {
	p.advance()
	e := p.tuple(tupleRules{empty: true})
	p.expect(tokenRightParen)
	return e
}

// tupleRules are what differs between the places where a tuple may stand without parentheses.
type tupleRules struct {
	empty  bool        // it may have no items
	single func() Expr // reads one item; an expression is the default
}

// tuple reads an expression, or several with commas between them, which are a tuple.
func (p *parser) tuple(rules tupleRules) Expr {
	if rules.single == nil {
		rules.single = p.expression
	}
	t := &Tuple{Pos: p.at(p.current)}
	for !p.tupleEnds() {
		t.Items = append(t.Items, rules.single())
		if p.current.kind != tokenComma {
			if len(t.Items) == 1 {
				return t.Items[0]
			}
			return t
		}
		p.advance()
	}
	if len(t.Items) == 0 && !rules.empty {
		p.fail(p.current, "Expected an expression, got '%s'", p.current)
	}
	return t
}

// tupleEnds reports whether no item of a tuple can follow.
func (p *parser) tupleEnds() bool {
	switch p.current.kind {
	case tokenVariableEnd, tokenBlockEnd, tokenRightParen:
		return true
	default:
		return false
	}
}

// commas reads what item reads, with commas between, up to a closing bracket.
func (p *parser) commas(end kind, item func()) {
	for first := true; p.current.kind != end; first = false {
		if !first {
			p.expect(tokenComma)
		}
		if p.current.kind == end {
			break
		}
		item()
	}
	p.expect(end)
}

func (p *parser) list() Expr {
	l := &List{Pos: p.at(p.advance())}
	p.commas(tokenRightBracket, func() { l.Items = append(l.Items, p.expression()) })
	return l
}

func (p *parser) dict() Expr {
	d := &Dict{Pos: p.at(p.advance())}
	p.commas(tokenRightBrace, func() {
		key := p.expression()
		p.expect(tokenColon)
		d.Items = append(d.Items, Pair{Key: key, Value: p.expression()})
	})
	return d
}
