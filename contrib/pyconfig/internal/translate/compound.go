package translate

import "go.starlark.net/syntax"

// maxBranches bounds the elif clauses of an if statement.
const maxBranches = 500

// compound returns how to read the compound statement that is next, nil if it is a simple one.
func (p *parser) compound() func() []syntax.Stmt {
	t := p.peek()
	switch {
	case t.kind == indent:
		return func() []syntax.Stmt { return p.unexpected("the line is indented more than the one above it") }
	case t.is("@"):
		return p.decorated
	case t.kind == name && p.atMatch():
		return func() []syntax.Stmt { return p.unavailable(t, "match", "use if and elif") }
	case t.kind != keyword:
		return nil
	}
	switch t.word {
	case "if":
		return p.ifStatement
	case "for":
		return p.forStatement
	case "def":
		return func() []syntax.Stmt { return p.def("") }
	case "class":
		return p.class
	case "while":
		return func() []syntax.Stmt { return p.unavailable(t, "while", "use for with range") }
	case "try":
		return func() []syntax.Stmt {
			return p.unavailable(t, "try", "use os.environ.get with a default, or load a second file from Go with dewar.Optional()")
		}
	case "with":
		return func() []syntax.Stmt { return p.unavailable(t, "with", "read the file in Go and set the key there") }
	case "async":
		return func() []syntax.Stmt { return p.unavailable(t, "async", "write a plain function, or the value") }
	case "elif", "else", "except", "finally":
		return func() []syntax.Stmt { return p.unexpected("\"" + t.word + "\" belongs to no statement above it") }
	}
	return nil
}

func (p *parser) unavailable(t token, construct, cure string) []syntax.Stmt {
	p.refuse(t, construct, cure)
	return nil
}

func (p *parser) unexpected(problem string) []syntax.Stmt {
	p.fail(p.peek(), "%s", problem)
	return nil
}

// atMatch reports whether the line is the head of a match statement.
func (p *parser) atMatch() bool {
	if p.peek().word != "match" {
		return false
	}
	switch next := p.ahead(1); next.kind {
	case operator:
		if !next.is("(") && !next.is("[") && !next.is("{") && !next.is("-") {
			return false
		}
	case newline, end:
		return false
	}
	i := p.pos
	for p.tokens[i].kind != newline && p.tokens[i].kind != end {
		i++
	}
	return p.tokens[i-1].is(":") && p.tokens[min(i+1, len(p.tokens)-1)].kind == indent
}

// block reads the body of a compound statement.
func (p *parser) block() []syntax.Stmt {
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
	var stmts []syntax.Stmt
	for p.err == nil && p.peek().kind != dedent && p.peek().kind != end {
		stmts = append(stmts, p.statement()...)
	}
	p.advance()
	return p.filled(stmts, colon)
}

// filled puts a pass statement into a block whose lines all vanished.
func (p *parser) filled(stmts []syntax.Stmt, t token) []syntax.Stmt {
	if len(stmts) > 0 {
		return stmts
	}
	return p.pass(t)
}

func (p *parser) ifStatement() []syntax.Stmt {
	first := p.branchOf(p.advance())
	last := first
	for n := 0; p.at("elif"); n++ {
		t := p.advance()
		if n > maxBranches {
			p.fail(t, "an if statement has more than %d branches; use a dict", maxBranches)
		}
		next := p.branchOf(t)
		last.ElsePos = next.If
		last.False = []syntax.Stmt{next}
		last = next
	}
	if t := p.peek(); p.accept("else") {
		last.ElsePos = p.position(t)
		last.False = p.block()
	}
	return []syntax.Stmt{first}
}

// branchOf reads the condition and the body of if or elif.
func (p *parser) branchOf(t token) *syntax.IfStmt {
	condition := p.expression()
	return &syntax.IfStmt{If: p.position(t), Cond: condition, True: p.block()}
}

func (p *parser) forStatement() []syntax.Stmt {
	t := p.advance()
	vars := p.targets("in")
	in := p.expect("in")
	over := p.hook(in, Iterate, p.expressions())
	loop := &syntax.ForStmt{For: p.position(t), Vars: vars, X: over, Body: p.block()}
	if p.at("else") {
		p.refuse(p.peek(), "else after for", "set a name in the loop and test it afterwards")
	}
	return []syntax.Stmt{loop}
}

// def reads a function. In a class it becomes a method, with its decorator if it has one.
func (p *parser) def(decorator string) []syntax.Stmt {
	t := p.advance()
	id := p.expectName()
	p.expect("(")
	params, rest := p.params(")")
	p.expect(")")
	if p.accept("->") {
		p.expression()
	}
	p.enter(scope{kind: function})
	body := p.block()
	p.leave()
	if rest != nil {
		body = append([]syntax.Stmt{&syntax.ExprStmt{X: p.hook(t, Weigh, rest)}}, body...)
	}
	at := p.position(t)
	variable := p.hidden(id, "def "+id.word)
	stmts := []syntax.Stmt{&syntax.DefStmt{Def: at, Name: variable, Lparen: at, Params: params, Rparen: at, Body: body}}
	value := syntax.Expr(p.hidden(id, "def "+id.word))
	if p.scope().kind == class {
		value = p.hook(t, Method, value, p.text(t, decorator))
	}
	return append(stmts, assign(p.bind(id), value, at))
}

// decorated reads a function with decorators. Only methods may have them: staticmethod or classmethod.
func (p *parser) decorated() []syntax.Stmt {
	t := p.advance()
	what := p.peek()
	p.expression()
	if p.err == nil && p.peek().kind == newline {
		p.advance()
	}
	static := what.kind == name && (what.word == "staticmethod" || what.word == "classmethod")
	switch {
	case p.err != nil:
	case what.kind == name && what.word == "property":
		p.refuse(t, "the decorator @property", "assign the value in the class, Flask does not call properties of a class either")
	case !static || p.scope().kind != class || !p.at("def"):
		p.refuse(t, "a decorator", "only @staticmethod and @classmethod before a method are; move the function to Go")
	default:
		return p.def(what.word)
	}
	return nil
}

// class reads a class. Its body runs where it stands, and its names become attributes.
func (p *parser) class() []syntax.Stmt {
	t := p.advance()
	id := p.expectName()
	bases := p.bases()
	at := p.position(t)
	space := p.hidden(id, "class "+id.word)
	made := p.hook(t, Class, p.text(id, id.word), p.list(t, bases...))
	stmts := []syntax.Stmt{assign(space, made, at)}
	p.enter(scope{kind: class, space: space.Name})
	stmts = append(stmts, p.block()...)
	p.leave()
	return append(stmts, assign(p.bind(id), p.hidden(id, "class "+id.word), at))
}

func (p *parser) bases() []syntax.Expr {
	var bases []syntax.Expr
	if !p.accept("(") {
		return nil
	}
	for p.err == nil && !p.at(")") {
		if t := p.peek(); t.is("*") || t.is("**") || p.ahead(1).is("=") {
			p.refuse(t, "this argument of a class", "only base classes are; write the attributes out")
		}
		if t := p.peek(); t.kind == name {
			p.called[t.word] = true
		}
		bases = append(bases, p.expression())
		if !p.accept(",") {
			break
		}
	}
	p.expect(")")
	return bases
}
