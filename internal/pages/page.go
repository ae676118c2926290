package pages

import (
	"fmt"
	"html/template"
	"io"
	"strconv"
	"strings"
	"sync"
	texttemplate "text/template"
	"text/template/parse"

	"github.com/dewar-go/dewar/internal/lazyregexp"
)

// A page is a file together with all that it calls.
type page[T any] struct {
	name  string
	files []*file                // in the order of [orderOf]
	trees map[string]*parse.Tree // shared with the files, never changed
	err   error                  // why it cannot be executed
	sets  sync.Pool              // of *bound[T]
}

// A bound is a set of templates whose functions see current. It serves one execution at a time.
type bound[T any] struct {
	current T
	data    any
	must    []string // the functions whose values must be there, nil when none must
	set     executor
}

type executor interface {
	ExecuteTemplate(w io.Writer, name string, data any) error
}

// take returns a set that nobody else uses.
func (l *Library[T]) take(p *page[T]) (*bound[T], error) {
	if b, ok := p.sets.Get().(*bound[T]); ok {
		return b, nil
	}
	return l.newBound(p)
}

// give takes a set back.
func (p *page[T]) give(b *bound[T]) {
	var none T
	b.current, b.data = none, nil
	p.sets.Put(b)
}

func (l *Library[T]) newBound(p *page[T]) (*bound[T], error) {
	b := &bound[T]{must: l.Required}
	funcs := l.bind(&b.current)
	funcs[requireFunc], funcs[shownFunc] = b.require, shown
	if !Escaped(p.name) {
		set := texttemplate.New(p.name).Funcs(l.known).Funcs(funcs)
		for name, tree := range p.trees {
			tree = l.strictly(tree)
			hideNothing(tree.Root)
			if _, err := set.AddParseTree(name, tree); err != nil {
				return nil, l.explain(err)
			}
		}
		b.set = set
		return b, nil
	}
	set := template.New(p.name).Funcs(l.known).Funcs(funcs)
	for name, tree := range p.trees {
		if _, err := set.AddParseTree(name, l.strictly(tree)); err != nil { // escaping changes the copy
			return nil, l.explain(err)
		}
	}
	b.set = set
	return b, nil
}

// checkName is the name of the template that [Library.check] adds to a page.
const checkName = "\x00check"

// check makes html/template escape a page and so find what it cannot escape. It does that when a template is first
// executed; so one is executed that calls the page in a branch which is not taken.
func (l *Library[T]) check(p *page[T]) error {
	b, err := l.newBound(p)
	if err != nil {
		return err
	}
	set, ok := b.set.(*template.Template)
	if !ok {
		return nil
	}
	call := texttemplate.Must(texttemplate.New(checkName).Parse("{{if .}}{{template " + strconv.Quote(p.name) + " .}}{{end}}"))
	if _, err := set.AddParseTree(checkName, call.Tree); err != nil {
		return l.explain(err)
	}
	if err := set.ExecuteTemplate(io.Discard, checkName, false); err != nil {
		if strings.Contains(err.Error(), checkName) {
			return fmt.Errorf("template %s ends inside a tag, an attribute, a comment or a script; close it", p.name)
		}
		return l.explain(err)
	}
	p.give(b)
	return nil
}

// An explained error tells what the template packages say, in fewer words and with a cure where there is one.
type explained struct {
	text  string
	cause error
}

func (e *explained) Error() string { return e.text }

func (e *explained) Unwrap() error { return e.cause }

// unknownFunc finds what the parser says of a function that it does not know.
var unknownFunc = lazyregexp.New(`: function "(\w+)" not defined$`)

// explainSource is explain for what the parser says of a file.
func (l *Library[T]) explainSource(err error, source string) error {
	text := brief(err)
	place := sourcePlace.FindStringSubmatch(text)
	unknown := ""
	if m := unknownFunc.FindStringSubmatch(text); m != nil {
		unknown = m[1]
	}
	if place != nil && filterCures[unknown] == "" {
		line, _ := strconv.Atoi(place[1])
		if cure := l.cureOf(source, line, unknown); cure != "" {
			return &explained{text + cure, err}
		}
	}
	for _, c := range parserCures {
		if strings.Contains(text, c.part) {
			return &explained{text + c.cure, err}
		}
	}
	return l.explain(err)
}

// sourcePlace finds the line in what the parser says.
var sourcePlace = lazyregexp.New(`^template .*?:(\d+): `)

func (l *Library[T]) explain(err error) error {
	text := brief(err)
	if m := unknownFunc.FindStringSubmatch(text); m != nil {
		text += l.funcCure(m[1])
	}
	return &explained{text, err}
}

// brief returns what the template packages say without their names.
func brief(err error) string {
	text := err.Error()
	for _, prefix := range []string{"html/template:", "template:", " "} {
		text = strings.TrimPrefix(text, prefix)
	}
	return "template " + text
}
