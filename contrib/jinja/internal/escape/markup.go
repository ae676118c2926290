package escape

import (
	"html"
	"strings"

	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

// AppendLiteral appends text that the template itself holds, such as {{ 'class="new"' if new }}: escaped as Jinja does, and read as text of the
// template. It fails as [State.Text] does.
func (s State) AppendLiteral(b []byte, text string) ([]byte, State, error) {
	if s.Plain() {
		return appendHTML(b, text), s, nil
	}
	b = s.reopen(b, text)
	from := len(b)
	b = appendHTML(b, text)
	after, err := s.Text(string(b[from:]))
	return b, after, err
}

// AppendMarkup does as Append for safe text: the application's stands as it is everywhere, the others where their language is wanted, and are escaped
// again elsewhere. Of markup that took in text the URLs are looked at, wherever it has them; attributes are escaped for what their names mean. It fails as [State.Text] does.
func (s State) AppendMarkup(b []byte, m value.Markup) ([]byte, State, error) {
	b = s.reopen(b, m.Text)
	switch m.Language {
	case value.Application:
		after, err := s.Text(m.Text)
		return append(b, m.Text...), after, err
	case value.JavaScript:
		b = s.appendJavaScript(b, m.Text)
		return b, s, nil
	}
	return s.appendHTMLMarkup(b, m)
}

// appendJavaScript appends a JavaScript value that tojson has made.
func (s *State) appendJavaScript(b []byte, text string) []byte {
	if s.outer != noOuter {
		inner, from := s.within(), len(b)
		if s.cutsEnd(inner) {
			return b
		}
		b = inner.appendJavaScript(b, text)
		return s.wrap(b, from, inner)
	}
	s.settle()
	switch {
	case s.language() == inJavaScript && s.mode == jsCode && !s.goesOn() && isJSON(text):
		return s.appendJSONMarkup(b, text)
	case s.place == inText && s.content == noContent, s.place == inValue && s.quote == '\'' && s.language() == inHTML && s.attr != typeAttr:
		if !strings.ContainsAny(text, "<>&'") {
			return append(b, text...)
		}
	}
	return s.append(b, text)
}

// appendJSONMarkup appends JSON in JavaScript as it is, but for what the attribute around it needs.
func (s *State) appendJSONMarkup(b []byte, text string) []byte {
	if s.place == inBeforeValue {
		s.beginValue(0)
	}
	if text[0] == '-' && (s.last == '-' || s.step != stepNone) {
		b = append(b, ' ')
	}
	from := len(b)
	if s.url == urlScript && s.place == inValue {
		b = appendPercent(b, strings.ReplaceAll(text, "%", `\u0025`), func(c byte) bool { return c <= ' ' || c == '"' || c == '#' || c >= 0x7f })
	} else {
		b = append(b, text...)
	}
	if s.place == inValue && !(s.quote == '\'' && !strings.ContainsAny(text, "<>&'")) {
		b = escapeTail(b, from, s.quote, s.has(reference))
	}
	if s.content == ofScript {
		b = s.ampersands(b, from)
	}
	s.endOperand()
	s.clear(reference)
	s.end = 0
	return b
}

// appendHTMLMarkup appends markup of HTML, alone or with text that was mixed in, or attributes.
func (s State) appendHTMLMarkup(b []byte, m value.Markup) ([]byte, State, error) {
	if s.outer != noOuter {
		return s.appendInnerMarkup(b, m)
	}
	text, of := m.Text, m.Language
	switch {
	case s.place == inText && s.content == noContent:
		switch of {
		case value.Attributes:
			return normalize(b, text), s, nil
		case value.Mixed:
			b, err := s.appendMixed(b, text)
			return b, s, err
		}
		after, err := s.Text(text)
		return append(b, text...), after, err
	case s.place == inTagName || s.place == inTag || s.place == inName || s.place == inAfterName:
		if s.step == emptied {
			return b, s, nil
		}
		b = s.appendAttributes(b, m)
		return b, s, nil
	case s.place == inValue && s.quote != 0 && s.language() == inHTML && s.attr != typeAttr:
		return normalize(b, text), s, nil
	case s.language() == inJavaScript:
		b = s.append(b, text)
		return b, s, nil
	case s.place == inRCDATA || s.place == inRaw || s.place == inComment || s.place == inBogus || s.place == inDeclaration || s.place == inCDATA:
		text = stripTags(text)
	}
	b = s.append(b, html.UnescapeString(text))
	return b, s, nil
}
