package engine

import (
	"github.com/dewar-go/dewar/contrib/jinja/internal/escape"
	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

// A capture is a part of a page that became a value: of a set block, a macro, a filter block.
type capture struct{ text, tag string }

// value is what was captured as a value, safe text if the page escapes.
func (c capture) value(safe bool) any {
	if !safe {
		return c.text
	}
	return value.Markup{Text: c.text, Language: value.HTML, Tag: c.tag}
}

// maxNoted is how many values of a capture are remembered. One with more is nobody's list of attributes.
const maxNoted = 32

// note remembers that v was written to a capture from there on. What the application vouches for is as text of the template.
func (o *output) note(v any, from int) {
	if len(o.noted) > maxNoted {
		return
	}
	if m, safe := markup(v); safe && m.Language == value.Application {
		return
	}
	o.noted = append(o.noted, escape.Span{From: from, To: len(o.b)})
}

// captured returns what was written, and how it stands in a tag.
func (o *output) captured() capture {
	c := capture{text: string(o.b)}
	if o.contextual && len(o.noted) <= maxNoted {
		c.tag = escape.Attributes(c.text, o.noted)
	}
	return c
}
