package main

import (
	"fmt"

	"github.com/dewar-go/dewar/contrib/jinja"
)

// jinja reads a template of Jinja. One that cannot be read is said, and left out.
func (m *messages) jinja(name, text string) error {
	found, err := new(jinja.Renderer).Messages(name, text)
	if err != nil {
		m.notes = append(m.notes, fmt.Sprintf("%v; the file is left out", err))
		return nil
	}
	for _, x := range found {
		place := fmt.Sprintf("%s:%d", name, x.Line)
		if x.Computed {
			m.computed(place, x.Function)
			continue
		}
		m.add(message{context: x.Context, id: x.ID, plural: x.Plural, inContext: x.Function == "pgettext" || x.Function == "npgettext"}, place)
	}
	return nil
}
