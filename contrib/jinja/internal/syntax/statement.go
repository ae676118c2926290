package syntax

import "strings"

// reader returns what reads the statement of a tag behind its name, nil if there is no such tag.
func (p *parser) reader(tag string) func(Pos) []Stmt {
	read := p.singleReader(tag)
	switch {
	case tag == "print":
		return p.print
	case read == nil:
		return nil
	default:
		return func(pos Pos) []Stmt { return []Stmt{read(pos)} }
	}
}

// singleReader is reader for the tags that give one statement each.
func (p *parser) singleReader(tag string) func(Pos) Stmt {
	switch tag {
	case "for":
		return p.forLoop
	case "if":
		return p.ifChain
	case "set":
		return p.set
	case "with":
		return p.with
	case "autoescape":
		return p.autoescape
	case "block":
		return p.blockTag
	case "extends":
		return p.extends
	case "include":
		return p.include
	case "import":
		return p.importTag
	case "from":
		return p.from
	case "macro":
		return p.macro
	case "call":
		return p.callBlock
	case "filter":
		return p.filterBlock
	case "do":
		return p.do
	case "break":
		return p.breakTag
	case "continue":
		return p.continueTag
	case "trans":
		return p.trans
	default:
		return nil
	}
}

// forLoop reads {% for target in iter if test recursive %}.
func (p *parser) forLoop(pos Pos) Stmt {
	f := &For{Pos: pos}
	f.Target = p.target(tupleRules{})
	p.expectName("in")
	f.Iter = p.tuple(tupleRules{single: p.or})
	if p.skipName("if") {
		f.Test = p.expression()
	}
	f.Recursive = p.skipName("recursive")
	var end token
	f.Body, end = p.block("endfor", "else")
	if end.is("else") {
		f.Else, _ = p.block("endfor")
	}
	return f
}

// ifChain reads {% if test %} with elif and else.
func (p *parser) ifChain(pos Pos) Stmt {
	i := &If{Pos: pos}
	for {
		b := Branch{Pos: pos, Test: p.tuple(tupleRules{single: p.or})}
		var end token
		b.Body, end = p.block("elif", "else", "endif")
		i.Branches = append(i.Branches, b)
		switch end.text {
		case "endif":
			return i
		case "else":
			if p.current.is("if") {
				p.fail(p.current, "expected token 'end of statement block', got 'if'; write elif")
			}
			i.Else, _ = p.block("endif")
			return i
		}
		pos = p.at(end)
	}
}

// set reads {% set target = value %}, or a set block.
func (p *parser) set(pos Pos) Stmt {
	target := p.target(tupleRules{single: p.setTarget})
	if p.skip(tokenAssign) {
		return &Assign{Pos: pos, Target: target, Value: p.tuple(tupleRules{})}
	}
	a := &AssignBlock{Pos: pos, Target: target}
	if p.skip(tokenPipe) {
		a.Filter = p.pipes()
	}
	a.Body, _ = p.block("endset")
	return a
}

// with reads {% with a = 1, b = 2 %}.
func (p *parser) with(pos Pos) Stmt {
	w := &With{Pos: pos}
	for p.current.kind != tokenBlockEnd {
		if w.Targets != nil {
			p.expect(tokenComma)
		}
		w.Targets = append(w.Targets, p.target(tupleRules{}))
		p.expect(tokenAssign)
		w.Values = append(w.Values, p.expression())
	}
	w.Body, _ = p.block("endwith")
	return w
}

func (p *parser) autoescape(pos Pos) Stmt {
	a := &Autoescape{Pos: pos, Value: p.expression()}
	a.Body, _ = p.block("endautoescape")
	return a
}

// blockTag reads {% block name scoped required %}, whose end may have its name.
func (p *parser) blockTag(pos Pos) Stmt {
	b := &Block{Pos: pos, Name: p.expect(tokenName).text}
	b.Scoped = p.skipName("scoped")
	b.Required = p.skipName("required")
	if p.current.kind == tokenSub {
		p.fail(p.current, "Block names in Jinja have to be valid Python identifiers and may not contain hyphens, use an underscore instead")
	}
	b.Body, _ = p.block("endblock")
	if b.Required && !blank(b.Body) {
		p.fail(p.current, "Required blocks can only contain comments or whitespace")
	}
	if !p.skipName(b.Name) && p.current.kind == tokenName {
		p.fail(p.current, "endblock names '%s', but the block that ends here is the '%s' of %s", p.current.text, b.Name, pos.place())
	}
	return b
}

// blank reports whether a body is nothing but spaces.
func blank(body []Stmt) bool {
	for _, s := range body {
		if t, ok := s.(*Text); !ok || strings.TrimLeftFunc(t.Data, isSpace) != "" {
			return false
		}
	}
	return true
}

func (p *parser) extends(pos Pos) Stmt {
	return &Extends{Pos: pos, Template: p.expression()}
}

// include reads {% include template ignore missing with context %}.
func (p *parser) include(pos Pos) Stmt {
	i := &Include{Pos: pos, Template: p.expression()}
	if p.current.is("ignore") && p.look().is("missing") {
		p.advance()
		p.advance()
		i.IgnoreMissing = true
	}
	with, given := p.context()
	i.WithContext = with || !given
	return i
}

// context reads with context or without context, if it stands here.
func (p *parser) context() (with, given bool) {
	if !p.current.is("with") && !p.current.is("without") || !p.look().is("context") {
		return false, false
	}
	with = p.advance().text == "with"
	p.advance()
	return with, true
}

func (p *parser) importTag(pos Pos) Stmt {
	i := &Import{Pos: pos, Template: p.expression()}
	p.expectName("as")
	i.Target = p.targetName().Name
	i.WithContext, _ = p.context()
	return i
}

// from reads {% from template import a, b as c with context %}.
func (p *parser) from(pos Pos) Stmt {
	f := &FromImport{Pos: pos, Template: p.expression()}
	p.expectName("import")
	given := false
	for {
		if f.WithContext, given = p.context(); given {
			return f
		}
		f.Names = append(f.Names, p.importedName())
		if f.WithContext, given = p.context(); given || !p.skip(tokenComma) {
			return f
		}
	}
}

// importedName reads name as alias.
func (p *parser) importedName() ImportedName {
	t := p.current
	n := p.targetName()
	if strings.HasPrefix(n.Name, "_") {
		p.fail(t, "names starting with an underline can not be imported, and '%s' does", n.Name)
	}
	imported := ImportedName{Pos: n.Pos, Name: n.Name, Alias: n.Name}
	if p.skipName("as") {
		imported.Alias = p.targetName().Name
	}
	return imported
}

func (p *parser) macro(pos Pos) Stmt {
	m := &Macro{Pos: pos, Name: p.targetName().Name}
	if p.current.kind != tokenLeftParen {
		p.unexpected(tokenLeftParen.String())
	}
	m.Signature = p.signature()
	m.Body, _ = p.block("endmacro")
	return m
}

// signature reads the parameters of a macro or call block between parentheses.
func (p *parser) signature() Signature {
	var s Signature
	known := map[string]bool{}
	p.advance()
	for p.current.kind != tokenRightParen {
		if s.Params != nil {
			p.expect(tokenComma)
		}
		p.parameter(&s, known)
	}
	p.advance()
	return s
}

// parameter reads one parameter with its default. It must not be known already.
func (p *parser) parameter(s *Signature, known map[string]bool) {
	t := p.current
	n := p.targetName()
	if known[n.Name] {
		p.fail(t, "the parameter '%s' is there twice", n.Name)
	}
	known[n.Name] = true
	s.Params = append(s.Params, n)
	if p.skip(tokenAssign) {
		s.Defaults = append(s.Defaults, p.expression())
		return
	}
	if s.Defaults != nil {
		p.fail(p.current, "non-default argument follows default argument: give '%s' a default too, or move it to the front", n.Name)
	}
	if n.Name == "caller" {
		p.fail(t, `the special "caller" argument of macros and call blocks must be omitted or be given a default`)
	}
}

// callBlock reads {% call(params) function(args) %}.
func (p *parser) callBlock(pos Pos) Stmt {
	c := &CallBlock{Pos: pos}
	if p.current.kind == tokenLeftParen {
		c.Signature = p.signature()
	}
	t := p.current
	call, ok := p.expression().(*Call)
	if !ok {
		p.fail(t, "expected call: a call block calls a macro, as in {%% call name() %%}")
	}
	c.Call = call
	c.Body, _ = p.block("endcall")
	return c
}

func (p *parser) filterBlock(pos Pos) Stmt {
	f := &FilterBlock{Pos: pos, Filter: p.pipes()}
	f.Body, _ = p.block("endfilter")
	return f
}

func (p *parser) do(pos Pos) Stmt {
	return &Do{Pos: pos, Expr: p.tuple(tupleRules{})}
}

func (p *parser) breakTag(pos Pos) Stmt    { return &Break{Pos: pos} }
func (p *parser) continueTag(pos Pos) Stmt { return &Continue{Pos: pos} }

// print reads {% print a, b %}.
func (p *parser) print(Pos) []Stmt {
	var outputs []Stmt
	for p.current.kind != tokenBlockEnd {
		if outputs != nil {
			p.expect(tokenComma)
		}
		o := &Output{Pos: p.at(p.current)}
		o.Expr, o.Source = p.written(p.expression)
		outputs = append(outputs, o)
	}
	return outputs
}
