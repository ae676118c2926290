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
	from := len(b)
	b = appendHTML(b, text)
	after, err := s.Text(string(b[from:]))
	return b, after, err
}

// AppendMarkup does as Append for safe text: the application's stands as it is everywhere, the others where their language is wanted, and are escaped
// again elsewhere. It fails as [State.Text] does.
func (s State) AppendMarkup(b []byte, m value.Markup) ([]byte, State, error) {
	switch m.Language {
	case value.Application:
		after, err := s.Text(m.Text)
		return append(b, m.Text...), after, err
	case value.JavaScript:
		b = s.appendJavaScript(b, m.Text)
		return b, s, nil
	case value.Attributes:
		return s.appendHTMLMarkup(b, m.Text, true)
	}
	return s.appendHTMLMarkup(b, m.Text, false)
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
	case s.language() == inJavaScript && s.mode == jsCode && isJSON(text):
		return s.appendJSONMarkup(b, text)
	case s.place == inText && s.content == noContent, s.place == inValue && s.quote == '\'' && s.language() == inHTML && s.attr != typeAttr:
		if strings.IndexAny(text, "<>&'") < 0 {
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
	if s.place == inValue && !(s.quote == '\'' && strings.IndexAny(text, "<>&'") < 0) {
		b = escapeTail(b, from, s.quote, s.has(reference))
	}
	s.endOperand()
	s.clear(reference)
	s.end = 0
	return b
}

// appendHTMLMarkup appends markup of HTML, or attributes.
func (s State) appendHTMLMarkup(b []byte, text string, attributes bool) ([]byte, State, error) {
	if s.outer != noOuter {
		return s.appendInnerMarkup(b, text, attributes)
	}
	switch {
	case s.place == inText && s.content == noContent:
		if attributes {
			return normalize(b, text), s, nil
		}
		after, err := s.Text(text)
		return append(b, text...), after, err
	case s.place == inTagName || s.place == inTag || s.place == inName || s.place == inAfterName:
		b = s.appendAttributes(b, text, attributes)
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

// appendInnerMarkup appends markup in a page that stands in srcdoc or in a script of a template type.
func (s State) appendInnerMarkup(b []byte, text string, attributes bool) ([]byte, State, error) {
	if s.outer == scriptOfText && endsScriptOfText(text) {
		b = s.append(b, html.UnescapeString(stripTags(text)))
		return b, s, nil
	}
	inner, from := s.within(), len(b)
	if s.cutsEnd(inner) {
		return b, s, nil
	}
	b, inner, err := inner.appendHTMLMarkup(b, text, attributes)
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

// normalize appends markup in a quoted attribute: its references stay.
func normalize(b []byte, text string) []byte {
	for i := range len(text) {
		if text[i] == '&' {
			b = append(b, '&')
			continue
		}
		b = appendHTMLByte(b, text[i])
	}
	return b
}

// stripTags returns markup without its tags and comments.
func stripTags(text string) string {
	if strings.IndexByte(text, '<') < 0 {
		return text
	}
	var b strings.Builder
	for text != "" {
		i := strings.IndexByte(text, '<')
		if i < 0 {
			break
		}
		b.WriteString(text[:i])
		text = text[i:]
		n := tagLength(text)
		if n == 0 {
			b.WriteByte('<')
			n = 1
		}
		text = text[n:]
	}
	b.WriteString(text)
	return b.String()
}

// tagLength returns how much of text its tag or comment takes, 0 if it begins with none.
func tagLength(text string) int {
	s := State{place: inTagOpen}
	for i := 1; i < len(text); {
		n, err := s.next(text[i:])
		if err != nil {
			return len(text)
		}
		i += n
		switch {
		case s.outer == scriptOfText, s.place == inScript, s.place == inStyle, s.place == inRCDATA, s.place == inRaw:
			return i
		case s.place == inText && s.outer == noOuter:
			if i == 1 {
				return 0
			}
			return i
		}
	}
	return len(text)
}
