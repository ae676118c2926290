// Package translate reads the Python of a configuration file and writes it as a Starlark syntax tree.
//
// Every operator, attribute, subscript and display becomes a call of a hook, a function whose name is no
// Python name ("+", ".", "[]"). The machine package has the hooks, so their meaning, their bounds and their
// errors are its own. Starlark keeps names, functions, loops and the count of steps.
//
// Python that is correct but not offered becomes a call of the hook [Refuse] in its place: it is an error
// when it is reached, not when it stands in a function that nobody calls.
package translate

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"go.starlark.net/syntax"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
)

// maxSource bounds the size of a file in bytes.
const maxSource = 256 << 10

// Program is a translated file.
type Program struct {
	File *syntax.File
	// Called has the names that the file calls. An error may show them; other names may be text
	// that lost its quotes.
	Called map[string]bool
}

// File translates a Python source. known reports whether a name is there without being assigned.
// The error is a *[fault.Error].
func File(file string, src []byte, known func(string) bool) (*Program, error) {
	source, err := clean(src)
	if err != nil {
		return nil, err
	}
	tokens, err := scan(source)
	if err != nil {
		return nil, err
	}
	p := &parser{file: &file, tokens: tokens, scopes: []scope{{kind: module}},
		assigned: map[string]bool{}, called: map[string]bool{}}
	stmts := p.module()
	if p.err != nil {
		return nil, p.err
	}
	stmts = append(p.declarations(known), stmts...)
	options := &syntax.FileOptions{Set: true, TopLevelControl: true, GlobalReassign: true}
	return &Program{File: &syntax.File{Path: file, Stmts: stmts, Options: options}, Called: p.called}, nil
}

// clean checks the encoding and makes all line ends alike.
func clean(src []byte) (string, *fault.Error) {
	switch {
	case len(src) > maxSource:
		return "", fault.New("the file is larger than %d KiB; keep data in a file of its own", maxSource>>10)
	case !utf8.Valid(src):
		return "", fault.New("the file is not UTF-8; save it as UTF-8")
	case bytes.IndexByte(src, 0) >= 0:
		return "", fault.New("the file has a NUL byte; save it as UTF-8 text")
	}
	source := strings.TrimPrefix(string(src), "\ufeff")
	if !utf8Declared(source) && strings.ContainsFunc(source, func(r rune) bool { return r >= utf8.RuneSelf }) {
		return "", fault.At(1, "the file declares another encoding than UTF-8; save it as UTF-8 and drop the declaration")
	}
	return strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(source), nil
}

// utf8Declared reports whether the comment "coding: ..." of the first two lines, if there is one, says UTF-8.
func utf8Declared(source string) bool {
	for range 2 {
		line, rest, _ := strings.Cut(source, "\n")
		source = rest
		comment, isComment := strings.CutPrefix(strings.TrimSpace(line), "#")
		_, coding, found := strings.Cut(comment, "coding")
		if !isComment || !found || coding == "" || coding[0] != ':' && coding[0] != '=' {
			continue
		}
		coding = strings.ToLower(strings.TrimSpace(coding[1:]))
		return strings.HasPrefix(coding, "utf-8") || strings.HasPrefix(coding, "utf8") || strings.HasPrefix(coding, "utf_8")
	}
	return true
}

// declarations makes every name that the module assigns a variable of the module from the first line on.
// Starlark would otherwise take a use that stands before the first assignment for an unknown name.
func (p *parser) declarations(known func(string) bool) []syntax.Stmt {
	var stmts []syntax.Stmt
	at := p.position(token{line: 1, col: 1})
	for _, name := range p.names {
		if !known(name) {
			stmts = append(stmts, assign(&syntax.Ident{NamePos: at, Name: name}, none(at), at))
		}
	}
	if stmts == nil {
		return nil
	}
	never := &syntax.Ident{NamePos: at, Name: "False"}
	return []syntax.Stmt{&syntax.IfStmt{If: at, Cond: never, True: stmts}}
}
