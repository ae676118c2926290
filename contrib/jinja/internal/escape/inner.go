package escape

import (
	"html"
	"strings"

	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

// srcdoc returns the outer page of a document in an attribute with that quote.
func (s *State) srcdoc(quote byte) outer {
	switch xml := s.xml(); {
	case quote == '"' && xml:
		return xmlDouble
	case quote == '"':
		return srcdocDouble
	case quote == '\'' && xml:
		return xmlSingle
	case quote == '\'':
		return srcdocSingle
	}
	return srcdocBare
}

// document reads srcdoc: a page in an attribute.
func (s *State) document(text string) (int, error) {
	quote := s.outer.quote()
	n := valueEnd(text, quote)
	seg := text
	if n >= 0 {
		seg = text[:n]
	}
	var b strings.Builder // in one piece, since there are references in it
	keep := func(text string) error {
		b.WriteString(text)
		return nil
	}
	if err := s.references(seg, outerRef, keep); err != nil {
		return 0, err
	}
	o, open := s.outer, s.has(outerRef)
	s.outer = noOuter
	if err := s.text(b.String()); err != nil {
		return 0, err
	}
	if n < 0 {
		if s.outer != noOuter {
			return 0, ErrPages
		}
		s.outer = o
		s.put(outerRef, open)
		return len(text), nil
	}
	if quote != 0 {
		n++
	}
	*s = o.behindDocument()
	return n, nil
}

// quote returns the quotes around a srcdoc.
func (o outer) quote() byte {
	switch o {
	case srcdocDouble, xmlDouble:
		return '"'
	case srcdocSingle, xmlSingle:
		return '\''
	}
	return 0
}

// inner reads a script of a template type: a page that ends with </script.
func (s *State) inner(text string) (int, error) {
	end := s.end
	n, next, done := findEnd(text, "script", &end)
	inner := *s
	inner.outer, inner.end = noOuter, 0
	if err := inner.text(text[:n]); err != nil {
		return 0, err
	}
	if done {
		*s = State{place: inTag, flags: endTag}
		return next, nil
	}
	if inner.outer != noOuter {
		return 0, ErrPages
	}
	*s = inner
	s.outer, s.end = scriptOfText, end
	return next, nil
}

// appendInner appends text in a page that stands in srcdoc or in a script of a template type.
func (s *State) appendInner(b []byte, text string) []byte {
	inner, from := s.within(), len(b)
	if s.cutsEnd(inner) {
		return b
	}
	if inner.place == inBeforeValue && inner.attr == srcdocAttr {
		text, inner.attr = "", plainAttr // a page in a page in a page
	}
	b = inner.append(b, text)
	return s.wrap(b, from, inner)
}

// within returns the place in the inner page.
func (s *State) within() State {
	inner := *s
	inner.outer = noOuter
	if s.outer == scriptOfText {
		inner.end = 0
		inner.put(reference, s.end != 0 || s.has(reference))
	}
	return inner
}

// cutsEnd reports whether a value would stand in the name of a tag that may be the end of the script around, where there is room for none.
func (s *State) cutsEnd(inner State) bool {
	return s.outer == scriptOfText && s.end != 0 && (inner.place == inTagOpen || inner.place == inEndTagOpen || inner.place == inTagName)
}

// wrap escapes what was appended to the inner page from there on, as the outer page needs it.
func (s *State) wrap(b []byte, from int, inner State) []byte {
	o, open, end, had := s.outer, s.has(outerRef), s.end, s.has(reference)
	*s = inner
	s.outer = o
	if o == scriptOfText {
		s.end = end
		if len(b) == from {
			s.put(reference, had)
		}
		if end != 0 && from < len(b) {
			if inner.language() == inHTML || inner.language() == inURL {
				b = protect(b, from)
			}
			s.end = 0
		}
		return b
	}
	b = escapeTail(b, from, o.quote(), open)
	if len(b) > from {
		s.clear(outerRef)
	}
	return b
}

// protect keeps what was appended from going on with an end tag that text has begun.
func protect(b []byte, from int) []byte {
	if c := b[from]; letter(c) || c == '/' || c == '>' || space(c) {
		return escapeAt(b, from)
	}
	return b
}

// appendInnerMarkup appends markup in a page that stands in srcdoc or in a script of a template type.
func (s State) appendInnerMarkup(b []byte, m value.Markup) ([]byte, State, error) {
	if s.outer == scriptOfText && endsScriptOfText(m.Text) {
		b = s.append(b, html.UnescapeString(stripTags(m.Text)))
		return b, s, nil
	}
	inner, from := s.within(), len(b)
	if s.cutsEnd(inner) {
		return b, s, nil
	}
	b, inner, err := inner.appendHTMLMarkup(b, m)
	b = s.wrap(b, from, inner)
	return b, s, err
}

// endsScriptOfText reports whether text would end the script it stands in, or keep it from ending.
func endsScriptOfText(text string) bool {
	for {
		i := strings.IndexByte(text, '<')
		if i < 0 {
			return false
		}
		text = text[i+1:]
		name := strings.TrimPrefix(text, "/")
		if strings.HasPrefix(text, "!") || name == "" || len(name) < 6 && strings.EqualFold(name, "script"[:len(name)]) || len(name) >= 6 && strings.EqualFold(name[:6], "script") {
			return true
		}
	}
}
