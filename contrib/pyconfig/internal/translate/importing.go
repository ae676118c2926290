package translate

import (
	"fmt"
	"strings"

	"go.starlark.net/syntax"
)

// importing reads "import os, datetime as dt".
func (p *parser) importing(t token) []syntax.Stmt {
	var stmts []syntax.Stmt
	for {
		path := p.dotted()
		p.allow(t, path)
		bound := path
		bound.word, _, _ = strings.Cut(path.word, ".")
		value := p.hook(t, Import, p.text(t, bound.word))
		if p.accept("as") {
			bound = p.expectName()
			value = p.hook(t, Import, p.text(t, path.word))
		}
		stmts = append(stmts, assign(p.bind(bound), value, p.position(t)))
		if !p.accept(",") {
			return stmts
		}
	}
}

// importingFrom reads "from os import environ, path as p".
func (p *parser) importingFrom(t token) []syntax.Stmt {
	if p.at(".") || p.at("...") {
		p.refuse(t, "a relative import", "load the other file with a FromFile call of its own before this one")
		return nil
	}
	path := p.dotted()
	p.expect("import")
	p.allow(t, path)
	if p.at("*") {
		p.refuse(t, "import *", "name what you need")
		return nil
	}
	closing := p.accept("(")
	var stmts []syntax.Stmt
	for p.err == nil && !(closing && p.at(")")) {
		what := p.expectName()
		bound := what
		if p.accept("as") {
			bound = p.expectName()
		}
		value := p.hook(t, Import, p.text(t, path.word), p.text(what, what.word))
		if path.word != "__future__" {
			stmts = append(stmts, assign(p.bind(bound), value, p.position(t)))
		}
		if !p.accept(",") {
			break
		}
	}
	if closing {
		p.expect(")")
	}
	return stmts
}

// dotted reads "os.path" as one name.
func (p *parser) dotted() token {
	t := p.expectName()
	for p.accept(".") {
		t.word += "." + p.expectName().word
	}
	return t
}

// allow refuses a module that is not offered.
func (p *parser) allow(t, path token) {
	switch path.word {
	case "os", "os.path", "datetime", "pathlib", "typing", "dotenv", "__future__":
		return
	}
	root, _, _ := strings.Cut(path.word, ".")
	cure := importCure(root)
	p.refuse(t, fmt.Sprintf("import %s", path.word), "only os, datetime and pathlib are. "+cure)
}

func importCure(root string) string {
	switch root {
	case "environs", "decouple":
		return "Take the values from os.environ, and call dewar.LoadDotenv in main of the Go program for a .env file"
	case "secrets", "uuid", "random":
		return "Write the value or take it from os.environ; a value that is new at every start is no configuration"
	case "json", "yaml", "tomllib", "configparser":
		return "Load the data from Go with a FromFile call of its own, or write the value"
	case "logging":
		return "Write the level as text, such as \"INFO\", or move the code to Go"
	}
	return "Move the code that needs it to Go, or write the value"
}
