package translate

import "strings"

// importing reads "import os, datetime as dt".
func (p *parser) importing(t token) []Stmt {
	var stmts []Stmt
	for {
		path := p.dotted()
		bound, _, _ := strings.Cut(path.word, ".")
		as := ""
		if p.accept("as") {
			as = p.expectName().word
			bound = as
		}
		p.bind(bound)
		stmts = append(stmts, &Import{Line(t.line), path.word, as})
		if !p.accept(",") {
			return stmts
		}
	}
}

// importingFrom reads "from os import environ, path as p".
func (p *parser) importingFrom(t token) []Stmt {
	stmt := &ImportFrom{Line: Line(t.line)}
	for p.at(".") || p.at("...") {
		stmt.Level += len(p.advance().word)
	}
	if stmt.Level == 0 || !p.at("import") {
		stmt.Path = p.dotted().word
	}
	p.expect("import")
	if p.accept("*") {
		if p.scope().kind != module {
			p.fail(t, "import * stands inside a function or class")
		}
		return []Stmt{stmt}
	}
	closing := p.accept("(")
	for p.err == nil && !(closing && p.at(")") && stmt.Names != nil) {
		what := p.expectName().word
		as := what
		if p.accept("as") {
			as = p.expectName().word
		}
		p.bind(as)
		stmt.Names = append(stmt.Names, Alias{what, as})
		if !p.accept(",") {
			break
		}
	}
	if closing {
		p.expect(")")
	}
	return []Stmt{stmt}
}

// dotted reads "os.path" as one name.
func (p *parser) dotted() token {
	t := p.expectName()
	for p.accept(".") {
		t.word += "." + p.expectName().word
	}
	return t
}
