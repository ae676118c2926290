package main

import (
	"fmt"
	"reflect"
	"strings"
	"text/template/parse"
)

// inTemplates are the functions of templates that have a message.
func inTemplates(name string) (shape, bool) {
	s, ok := map[string]shape{
		"_": {-1, 0, -1}, "gettext": {-1, 0, -1}, "ngettext": {-1, 0, 1}, "pgettext": {0, 1, -1}, "npgettext": {0, 1, 2},
	}[name]
	return s, ok
}

// template reads a template, of html/template or of Jinja: the file says by itself which it is.
func (m *messages) template(name, text string) error {
	tree := parse.New(name)
	tree.Mode = parse.SkipFuncCheck
	trees := map[string]*parse.Tree{}
	if _, err := tree.Parse(text, "", "", trees); err != nil || strings.Contains(text, "{%") {
		return m.jinja(name, text)
	}
	var calls []*parse.CommandNode
	for _, t := range trees {
		calls = commands(reflect.ValueOf(t.Root), calls)
	}
	sortByPlace(calls)
	for _, call := range calls {
		function, ok := call.Args[0].(*parse.IdentifierNode)
		if !ok {
			continue
		}
		if s, ok := inTemplates(function.Ident); ok && len(call.Args) > s.id+1 {
			place := fmt.Sprintf("%s:%d", name, 1+strings.Count(text[:call.Position()], "\n"))
			m.arguments(place, function.Ident, s, texts(call.Args[1:]))
		}
	}
	return nil
}
