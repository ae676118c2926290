// Package syntax reads the template language of Jinja 3.1: its lexer, its parser and the tree they make.
//
// Everything that can be known to be wrong from one source alone is an error of [Parse], with its line and column: what Jinja
// refuses as it parses or compiles, and what Python refuses in the code that Jinja generates, such as an argument that is given twice.
package syntax

import (
	"fmt"
	"strings"
)

// Options are how templates are written. The zero value is Jinja's default, with all extensions.
type Options struct {
	BlockStart, BlockEnd       string // default {% and %}
	VariableStart, VariableEnd string // default {{ and }}
	CommentStart, CommentEnd   string // default {# and #}
	LineStatementPrefix        string
	LineCommentPrefix          string
	TrimBlocks, LstripBlocks   bool
	NewlineSequence            string // default "\n"
	KeepTrailingNewline        bool
	TrimTranslations           bool // the policy ext.i18n.trimmed
	MaxDepth                   int  // of nesting; default 200
}

// withDefaults returns o with what is left out filled in.
func (o Options) withDefaults() Options {
	for _, d := range []struct {
		option *string
		value  string
	}{
		{&o.BlockStart, "{%"}, {&o.BlockEnd, "%}"},
		{&o.VariableStart, "{{"}, {&o.VariableEnd, "}}"},
		{&o.CommentStart, "{#"}, {&o.CommentEnd, "#}"},
		{&o.NewlineSequence, "\n"},
	} {
		if *d.option == "" {
			*d.option = d.value
		}
	}
	if o.MaxDepth == 0 {
		o.MaxDepth = 200
	}
	return o
}

// Check reports what is wrong with the options, nil if nothing is: the three kinds of tags must begin differently, and a newline is
// one of "\n", "\r\n" and "\r".
func (o Options) Check() error {
	o = o.withDefaults()
	if o.BlockStart == o.VariableStart || o.BlockStart == o.CommentStart || o.VariableStart == o.CommentStart {
		return fmt.Errorf("blocks, variables and comments must begin differently, not with %q, %q and %q", o.BlockStart, o.VariableStart, o.CommentStart)
	}
	switch o.NewlineSequence {
	case "\n", "\r\n", "\r":
	default:
		return fmt.Errorf(`the newline sequence %q must be "\n", "\r\n" or "\r"`, o.NewlineSequence)
	}
	return nil
}

// An Error says what is wrong in a template and where.
type Error struct {
	Template string
	Pos
	Message string
}

// Error returns "template:line:column: message", without what is not known.
func (e *Error) Error() string {
	var place strings.Builder
	if e.Template != "" {
		place.WriteString(e.Template + ":")
	}
	if e.Line > 0 {
		fmt.Fprintf(&place, "%d:%d:", e.Line, e.Col)
	}
	if place.Len() == 0 {
		return e.Message
	}
	return place.String() + " " + e.Message
}

// Parse reads the source of the template called name. Its errors are *Error; the first one is returned.
func Parse(name, source string, o Options) (t *Template, err error) {
	if err := o.Check(); err != nil {
		return nil, &Error{Template: name, Message: err.Error()}
	}
	defer caught(name, &err)
	p := newParser(source, o.withDefaults(), inText)
	t = &Template{Name: name, Body: p.body()}
	check(t)
	return t, nil
}

// ParseExpression reads an expression alone, in Jinja's default syntax. Its errors are *Error.
func ParseExpression(source string) (e Expr, err error) {
	defer caught("", &err)
	p := newParser(source, Options{}.withDefaults(), inVariable)
	e = p.expression()
	if p.current.kind != tokenEOF {
		p.fail(p.current, "nothing may follow the expression, but there is %s", quoted(p.current.String()))
	}
	return e, nil
}

// caught makes the error that a lexer or parser panicked with the result.
func caught(name string, err *error) {
	switch r := recover().(type) {
	case nil:
	case *Error:
		r.Template = name
		*err = r
	default:
		panic(r)
	}
}
