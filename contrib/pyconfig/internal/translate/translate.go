// Package translate reads the Python of a configuration file and makes a tree of it, which the machine package runs.
//
// Annotations are read and thrown away. Python that is correct but not offered becomes the hook [Refuse] in its
// place: it is an error when it is reached, not when it stands in a function that nobody calls.
package translate

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
)

// maxSource bounds the size of a file in bytes.
const maxSource = 256 << 10

// Program is a translated file.
type Program struct {
	File string // its name, for errors
	Doc  string // its docstring
	// HasDoc tells an empty docstring from none.
	HasDoc bool
	Body   []Stmt
	// Called has the names that the file calls. An error may show them; other names may be text
	// that lost its quotes.
	Called map[string]bool
}

// File translates a Python source. The error is a *[fault.Error].
func File(file string, src []byte) (*Program, error) {
	source, err := clean(src)
	if err != nil {
		return nil, err
	}
	tokens, err := scan(source)
	if err != nil {
		return nil, err
	}
	p := &parser{tokens: tokens, scopes: []*scope{{kind: module}}, called: map[string]bool{}}
	program := &Program{File: file, Called: p.called}
	program.Doc, program.HasDoc = p.docstring()
	program.Body = p.module()
	if p.err != nil {
		return nil, p.err
	}
	return program, nil
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
