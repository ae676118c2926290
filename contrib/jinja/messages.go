package jinja

import (
	"github.com/dewar-go/dewar/contrib/jinja/internal/engine"
	"github.com/dewar-go/dewar/contrib/jinja/internal/syntax"
)

// A Message is a text that a template has translated, by {% trans %} or by _, gettext, ngettext, pgettext or npgettext.
type Message struct {
	Line     int    // of the template, from 1
	Function string // gettext, ngettext, pgettext or npgettext
	Context  string // of pgettext and npgettext
	ID       string // the text, or its singular
	Plural   string // of ngettext and npgettext
	Computed bool   // the text is not constant, and ID is empty
}

// Messages returns the texts that the source of a template has translated, in the order of their places, for catalogs of
// translations. It reads source as the Renderer would, and needs no App; name is what its error calls the template. Includes
// and layouts are not followed.
func (r *Renderer) Messages(name, source string) ([]Message, error) {
	tree, err := syntax.Parse(name, source, r.syntax())
	if err != nil {
		return nil, err
	}
	found := engine.Messages(tree)
	all := make([]Message, len(found))
	for i, m := range found {
		all[i] = Message{m.Line, m.Function, text(m.Context), text(m.ID), text(m.Plural), m.ID == nil}
	}
	return all, nil
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
