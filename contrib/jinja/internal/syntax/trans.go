package syntax

import (
	"slices"
	"strings"
)

// trans reads {% trans %}singular{% pluralize %}plural{% endtrans %}.
func (p *parser) trans(pos Pos) Stmt {
	t := &Trans{Pos: pos}
	if p.current.kind == tokenString {
		t.Context, t.HasContext = p.advance().text, true
	}
	trimmed := p.declarations(t)
	p.expect(tokenBlockEnd)
	var names []*Name
	t.Singular, names = p.message(true)
	if end := p.advance(); end.is("pluralize") {
		t.count(names)
		p.pluralize(t, &names)
	}
	t.Referenced = names != nil
	t.declare(names)
	if trimmed {
		t.Singular, t.Plural = trimMessage(t.Singular), trimMessage(t.Plural)
	}
	return t
}

// declarations reads the variables of a trans tag, and reports whether its texts are trimmed.
func (p *parser) declarations(t *Trans) (trimmed bool) {
	trimmed, decided := p.TrimTranslations, false
	known := map[string]bool{}
	for p.current.kind != tokenBlockEnd {
		if t.Variables != nil {
			p.expect(tokenComma)
		}
		if p.skip(tokenColon) {
			break
		}
		name := p.expect(tokenName)
		if known[name.text] {
			p.fail(name, "translatable variable '%s' defined twice", name.text)
		}
		v := Variable{Pos: p.at(name), Name: name.text}
		switch {
		case p.skip(tokenAssign):
			v.Value = p.expression()
		case !decided && (name.text == "trimmed" || name.text == "notrimmed"):
			trimmed, decided = name.text == "trimmed", true
			continue
		default:
			v.Value = &Name{Pos: v.Pos, Name: v.Name}
		}
		known[name.text] = true
		t.Variables = append(t.Variables, v)
	}
	return trimmed
}

// has reports whether t has a variable of that name.
func (t *Trans) has(name string) bool {
	return slices.ContainsFunc(t.Variables, func(v Variable) bool { return v.Name == name })
}

// count makes the first variable the one that decides between singular and plural. Without any it is the first that the singular names.
func (t *Trans) count(names []*Name) {
	switch {
	case len(t.Variables) > 0:
		t.Count = t.Variables[0].Name
	case len(names) > 0:
		t.Count = names[0].Name
	}
}

// declare makes variables of what only the texts name.
func (t *Trans) declare(names []*Name) {
	known := map[string]bool{}
	for _, v := range t.Variables {
		known[v.Name] = true
	}
	for _, n := range names {
		if !known[n.Name] {
			known[n.Name] = true
			t.Variables = append(t.Variables, Variable{Pos: n.Pos, Name: n.Name, Value: n})
		}
	}
}

// pluralize reads the plural behind {% pluralize count %}.
func (p *parser) pluralize(t *Trans, names *[]*Name) {
	t.HasPlural = true
	if p.current.kind != tokenBlockEnd {
		name := p.expect(tokenName)
		if !t.has(name.text) {
			p.fail(name, "unknown variable '%s' for pluralization; declare it at the beginning: {%% trans %s=... %%}", name.text, name.text)
		}
		t.Count = name.text
	}
	p.expect(tokenBlockEnd)
	plural, more := p.message(false)
	p.advance()
	t.Plural, *names = plural, append(*names, more...)
	if t.Count == "" {
		failAt(t.Pos, "pluralize without variables: declare the one that decides: {%% trans count=... %%}")
	}
}

// message reads a text to translate with the variables it names, up to the tag that ends it.
func (p *parser) message(singular bool) (text string, names []*Name) {
	var b strings.Builder
	for {
		switch p.current.kind {
		case tokenData:
			b.WriteString(strings.ReplaceAll(p.advance().text, "%", "%%"))
		case tokenVariableBegin:
			n := p.messageVariable()
			names = append(names, n)
			b.WriteString("%(" + n.Name + ")s")
		case tokenBlockBegin:
			p.advance()
			if p.current.is("endtrans") || singular && p.current.is("pluralize") {
				return b.String(), names
			}
			p.failMessage()
		default:
			p.fail(p.current, "unclosed translation block: the 'trans' of %s is not closed by 'endtrans'", p.at(p.tags[len(p.tags)-1]).place())
		}
	}
}

// messageVariable reads {{ name }} in a text to translate.
func (p *parser) messageVariable() *Name {
	p.advance()
	t := p.expect(tokenName)
	if p.current.kind != tokenVariableEnd {
		p.fail(p.current, "expected token '%s', got '%s': a text to translate names variables only; declare this one at the beginning: {%% trans %s=... %%}",
			tokenVariableEnd, p.current, t.text)
	}
	p.advance()
	return &Name{Pos: p.at(t), Name: t.text}
}

// failMessage ends parsing because of a tag that cannot be in a text to translate.
func (p *parser) failMessage() {
	switch {
	case p.current.is("pluralize"):
		p.fail(p.current, "a translatable section can have only one pluralize section")
	case p.current.is("trans"):
		p.fail(p.current, "trans blocks can't be nested; did you mean 'endtrans'?")
	default:
		p.fail(p.current, "control structures in translatable sections are not allowed, and here is '%s'", p.current)
	}
}

// trimMessage puts the lines of a text together, with a space between them.
func trimMessage(text string) string {
	lines := strings.Split(strings.TrimFunc(text, isSpace), "\n")
	kept := lines[:0]
	for _, line := range lines {
		if line = strings.TrimFunc(line, isSpace); line != "" {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, " ")
}
