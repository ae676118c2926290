package translate

// maxBranches bounds the elif clauses of an if statement.
const maxBranches = 500

// compound returns how to read the compound statement that is next, nil if it is a simple one.
func (p *parser) compound() func() []Stmt {
	t := p.peek()
	switch {
	case t.kind == indent:
		return func() []Stmt { return p.unexpected("the line is indented more than the one above it") }
	case t.is("@"):
		return p.decorated
	case t.kind == name && p.atMatch():
		return p.match
	case t.kind != keyword:
		return nil
	}
	switch t.word {
	case "if":
		return p.ifStatement
	case "for":
		return p.forStatement
	case "def":
		return func() []Stmt { return p.def(nil) }
	case "class":
		return func() []Stmt { return p.class(nil) }
	case "while":
		return p.whileStatement
	case "try":
		return p.try
	case "with":
		return p.with
	case "async":
		return func() []Stmt { return p.async(nil) }
	case "elif", "else", "except", "finally":
		return func() []Stmt { return p.unexpected("\"" + t.word + "\" belongs to no statement above it") }
	}
	return nil
}

func (p *parser) unexpected(problem string) []Stmt {
	p.fail(p.peek(), "%s", problem)
	return nil
}

// block reads the body of a compound statement.
func (p *parser) block() []Stmt {
	colon := p.expect(":")
	if p.peek().kind != newline {
		return p.filled(p.line(), colon)
	}
	p.advance()
	if t := p.peek(); t.kind != indent {
		p.fail(t, "expected an indented block")
		return nil
	}
	p.advance()
	var stmts []Stmt
	for p.err == nil && p.peek().kind != dedent && p.peek().kind != end {
		stmts = append(stmts, p.statement()...)
	}
	p.advance()
	return p.filled(stmts, colon)
}

// filled puts a pass statement into a block whose lines all vanished.
func (p *parser) filled(stmts []Stmt, t token) []Stmt {
	if len(stmts) > 0 {
		return stmts
	}
	return p.pass(t)
}

// loop reads the body of a loop.
func (p *parser) loop() []Stmt {
	p.scope().loops++
	defer func() { p.scope().loops-- }()
	return p.block()
}

// orElse reads an else block, if there is one.
func (p *parser) orElse() []Stmt {
	if !p.accept("else") {
		return nil
	}
	return p.block()
}

func (p *parser) ifStatement() []Stmt {
	first := p.branchOf(p.advance())
	last := first
	for n := 0; p.at("elif"); n++ {
		t := p.advance()
		if n > maxBranches {
			p.fail(t, "an if statement has more than %d branches; use a dict", maxBranches)
		}
		next := p.branchOf(t)
		last.Else = []Stmt{next}
		last = next
	}
	last.Else = p.orElse()
	return []Stmt{first}
}

// branchOf reads the condition and the body of if or elif.
func (p *parser) branchOf(t token) *If {
	condition := p.expression()
	return &If{Line: Line(t.line), Cond: condition, Then: p.block()}
}

func (p *parser) forStatement() []Stmt {
	t := p.advance()
	target := p.targetList()
	p.target(target, p.bind)
	p.expect("in")
	over := p.expressions()
	body := p.loop()
	return []Stmt{&For{Line(t.line), target, over, body, p.orElse()}}
}

func (p *parser) whileStatement() []Stmt {
	t := p.advance()
	condition := p.expression()
	body := p.loop()
	return []Stmt{&While{Line(t.line), condition, body, p.orElse()}}
}

// try reads a try statement with its clauses.
func (p *parser) try() []Stmt {
	t := p.advance()
	stmt := &Try{Line: Line(t.line), Body: p.block()}
	for p.at("except") {
		if n := len(stmt.Handlers); n > 0 && stmt.Handlers[n-1].Types == nil {
			p.fail(p.peek(), "\"except:\" for all exceptions must be the last one")
		}
		stmt.Handlers = append(stmt.Handlers, p.handler())
	}
	if stmt.Handlers != nil {
		stmt.Else = p.orElse()
	}
	if p.accept("finally") {
		stmt.Finally = p.block()
	}
	if stmt.Handlers == nil && stmt.Finally == nil {
		p.fail(t, "try has neither except nor finally")
	}
	return []Stmt{stmt}
}

// handler reads "except types as name:" with its block.
func (p *parser) handler() Handler {
	t := p.advance()
	h := Handler{Line: Line(t.line)}
	if p.at("*") {
		p.refuse(t, "except*", "use except")
	}
	if !p.at(":") {
		h.Types = p.expression()
		if p.accept("as") {
			h.Name = p.expectName().word
			p.bind(h.Name)
		}
	}
	h.Body = p.block()
	return h
}

// with reads "with x as y, z:", also with parentheses around the items.
func (p *parser) with() []Stmt {
	t := p.advance()
	stmt := &With{Line: Line(t.line)}
	closing := p.at("(") && p.parenthesesHoldItems()
	if closing {
		p.advance()
	}
	for p.err == nil && !(closing && p.at(")")) {
		item := Item{X: p.expression()}
		if p.accept("as") {
			item.Target = p.targetElement()
			p.target(item.Target, p.bind)
		}
		stmt.Items = append(stmt.Items, item)
		if !p.accept(",") {
			break
		}
	}
	if closing {
		p.expect(")")
	}
	stmt.Body = p.block()
	return []Stmt{stmt}
}

// parenthesesHoldItems reports whether "as" stands inside the parentheses of a with statement.
func (p *parser) parenthesesHoldItems() bool {
	depth := 0
	for i := p.pos; i < len(p.tokens); i++ {
		switch t := p.tokens[i]; {
		case t.is("("), t.is("["), t.is("{"):
			depth++
		case t.is(")"), t.is("]"), t.is("}"):
			if depth--; depth == 0 {
				return false
			}
		case t.is("as") && depth == 1:
			return true
		case t.kind == newline || t.kind == end:
			return false
		}
	}
	return false
}

// def reads a function, given its decorators.
func (p *parser) def(decorators []Expr) []Stmt {
	t := p.advance()
	id := p.expectName()
	p.bind(id.word)
	p.expect("(")
	params := p.params(")")
	p.expect(")")
	if p.accept("->") {
		p.expressions()
	}
	s := newFunction()
	p.enter(s)
	declare(s, params)
	f := &Function{Name: id.word, Params: params, Doc: p.blockDoc()}
	f.Body = p.block()
	p.leave()
	f.Locals, f.Globals, f.Nonlocals, f.Generator = s.locals, s.globals, s.nonlocals, s.generator
	return []Stmt{&Define{Line(t.line), f, decorators}}
}

// async reads an async function, which fails when it is called. Other async statements fail where they stand.
func (p *parser) async(decorators []Expr) []Stmt {
	t := p.advance()
	if !p.at("def") {
		p.refuse(t, "async", "write a plain function, or the value")
		return nil
	}
	stmts := p.def(decorators)
	if p.err == nil {
		refused := p.refusal(t, "async", "write a plain function, or the value")
		stmts[0].(*Define).Function.Body = []Stmt{&Evaluate{Line(t.line), refused}}
		stmts[0].(*Define).Function.Generator = false
	}
	return stmts
}

// blockDoc returns the docstring of the block that is next.
func (p *parser) blockDoc() string {
	start := p.pos
	defer func() { p.pos = start }()
	if p.accept(":") && p.peek().kind == newline {
		p.advance()
		p.advance()
	}
	doc, _ := p.docstring()
	return doc
}

// decorated reads a function or class with its decorators.
func (p *parser) decorated() []Stmt {
	var decorators []Expr
	for p.accept("@") {
		decorators = append(decorators, p.expression())
		if p.err == nil && p.peek().kind == newline {
			p.advance()
		}
	}
	switch t := p.peek(); {
	case t.is("def"):
		return p.def(decorators)
	case t.is("class"):
		return p.class(decorators)
	case t.is("async"):
		return p.async(decorators)
	default:
		p.fail(t, "a decorator stands before no function")
	}
	return nil
}

// class reads a class, given its decorators. Its body runs where it stands, and its names become attributes.
func (p *parser) class(decorators []Expr) []Stmt {
	t := p.advance()
	id := p.expectName()
	p.bind(id.word)
	stmt := &Class{Line: Line(t.line), Name: id.word, Decorators: decorators}
	if open := p.peek(); p.accept("(") {
		p.called[p.peek().word] = true
		stmt.Args = p.arguments(open)
	}
	stmt.Doc = p.blockDoc()
	p.enter(&scope{kind: class})
	stmt.Body = p.block()
	p.leave()
	return []Stmt{stmt}
}
