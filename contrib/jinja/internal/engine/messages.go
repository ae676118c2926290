package engine

import "github.com/dewar-go/dewar/contrib/jinja/internal/syntax"

// A Message is a text that a template has translated. ID is nil where it is computed.
type Message struct {
	Line                int
	Function            string // gettext, ngettext, pgettext or npgettext
	Context, ID, Plural *string
}

// Messages returns the texts that a template has translated, in the order of their places.
func Messages(t *syntax.Template) []Message {
	var all []Message
	walkAll(t.Body, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.Trans:
			all = append(all, messageOfTrans(n))
		case *syntax.Call:
			if f, ok := n.Func.(*syntax.Name); ok {
				all = append(all, messageOfCall(f.Name, n)...)
			}
		}
		return true
	})
	return all
}

func messageOfTrans(n *syntax.Trans) Message {
	m := Message{Line: n.Line, Function: gettextName(n), ID: &n.Singular}
	if n.HasContext {
		m.Context = &n.Context
	}
	if n.HasPlural {
		m.Plural = &n.Plural
	}
	return m
}

// messageOfCall returns the message of a call of one of the functions, none of another.
func messageOfCall(name string, call *syntax.Call) []Message {
	m := Message{Line: call.Line, Function: name}
	var places []**string
	switch name {
	case "_":
		m.Function = "gettext"
		places = []**string{&m.ID}
	case "gettext":
		places = []**string{&m.ID}
	case "ngettext":
		places = []**string{&m.ID, &m.Plural}
	case "pgettext":
		places = []**string{&m.Context, &m.ID}
	case "npgettext":
		places = []**string{&m.Context, &m.ID, &m.Plural}
	default:
		return nil
	}
	for i, place := range places {
		if i >= len(call.Positional) {
			return []Message{{Line: m.Line, Function: m.Function}}
		}
		text, ok := constantName(call.Positional[i])
		if !ok {
			return []Message{{Line: m.Line, Function: m.Function}}
		}
		*place = &text
	}
	return []Message{m}
}
