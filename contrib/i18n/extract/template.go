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

// template reads a template. One of Jinja is left to pybabel.
func (m *messages) template(name, text string) error {
	if strings.Contains(text, "{%") {
		m.notes = append(m.notes, name+": this is a template of Jinja; pybabel extract reads it")
		return nil
	}
	tree := parse.New(name)
	tree.Mode = parse.SkipFuncCheck
	trees := map[string]*parse.Tree{}
	if _, err := tree.Parse(text, "", "", trees); err != nil {
		m.notes = append(m.notes, fmt.Sprintf("%s: this is no template of html/template and not read: %v", name, err))
		return nil
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
