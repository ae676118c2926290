package engine

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/dewar-go/dewar/contrib/jinja/internal/nearest"
	"github.com/dewar-go/dewar/contrib/jinja/internal/syntax"
	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

// An Error is what went wrong in a template, and where.
type Error struct {
	Template string // "" for a source that was given as a string
	Line     int
	Col      int
	Message  string
	Trail    []Place // what had called, included or extended, innermost first
	Err      error   // the cause, or nil
}

// A Place is a line of a template.
type Place struct {
	Template string
	Line     int
	What     string // "include", "macro input" ...
}

// Error says where and what: "template row.html:12: 'user' is undefined (in include at page.html:3)".
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "template %s:%d: %s", templateName(e.Template), e.Line, e.Message)
	for i, p := range e.Trail {
		if i == 8 {
			fmt.Fprintf(&b, " (and %d more)", len(e.Trail)-i)
			break
		}
		fmt.Fprintf(&b, " (in %s at %s:%d)", p.What, templateName(p.Template), p.Line)
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// templateName names a template in messages as Jinja does.
func templateName(name string) string {
	if name == "" {
		return "<template>"
	}
	return name
}

// A NotFound says that a template does not exist. It is fs.ErrNotExist.
type NotFound struct {
	Names []string
	all   func() []string // the names of all templates, asked when somebody reads the error: most are passed over. Nil: nobody knows
}

// Error names the template, and the nearest one.
func (e *NotFound) Error() string {
	msg := fmt.Sprintf("no template %q", e.Names[0])
	if len(e.Names) > 1 {
		msg = "none of the templates " + strings.Join(e.Names, ", ")
	}
	if e.all == nil {
		return msg
	}
	known := e.all()
	for _, name := range e.Names {
		if near := nearest.DidYouMean(name, known); near != "" {
			return msg + near
		}
	}
	if slices.ContainsFunc(e.Names, func(name string) bool { return strings.HasPrefix(path.Base(name), "_") }) {
		msg += "; if the file exists, note that go:embed passes over names that begin with _ unless the folder is written all:templates"
	}
	return msg
}

// Is makes errors.Is(err, fs.ErrNotExist) true.
func (e *NotFound) Is(target error) bool { return target == fs.ErrNotExist }

// notUTF8 says where a source is no text.
func notUTF8(name, source string) error {
	line := 1
	for rest := source; ; line++ {
		text, after, _ := strings.Cut(rest, "\n")
		if !utf8.ValidString(text) {
			break
		}
		rest = after
	}
	return &Error{Template: name, Line: line, Col: 1, Message: "the file is not UTF-8; save it as UTF-8"}
}

// A site is a place in a template that errors are reported for.
type site struct {
	template *Template
	pos      syntax.Pos
}

// wrap says that err happened at s, unless it says already where it did.
func (s site) wrap(err error) error {
	if err == nil || err == errBreak || err == errContinue {
		return err
	}
	if _, placed := err.(*Error); placed {
		return err
	}
	if several, ok := err.(interface{ Unwrap() []error }); ok && len(several.Unwrap()) > 0 {
		return s.wrap(several.Unwrap()[0]) // of a template that does not compile
	}
	return &Error{Template: s.template.name, Line: s.pos.Line, Col: s.pos.Col, Message: message(err), Err: err}
}

// through notes that err came out of something that was called, included or extended at s.
func (s site) through(err error, what string) error {
	e, placed := err.(*Error)
	if !placed {
		return s.wrap(err)
	}
	if len(e.Trail) < maxTrail {
		e.Trail = append(e.Trail, Place{Template: s.template.name, Line: s.pos.Line, What: what})
	}
	return e
}

// maxTrail is how many places an error remembers: a recursion has hundreds.
const maxTrail = 16

// message is the text of a cause without what names its package.
func message(err error) string {
	var v *value.Error
	if errors.As(err, &v) {
		return v.Message
	}
	return err.Error()
}

// failure makes an error of Python's class kind.
func failure(kind, format string, args ...any) error {
	return &value.Error{Kind: kind, Message: fmt.Sprintf(format, args...)}
}

var (
	errBreak    = errors.New("break outside of a loop")
	errContinue = errors.New("continue outside of a loop")
)
