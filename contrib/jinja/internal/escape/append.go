package escape

import (
	"bytes"
	"strings"
)

// Append appends text that must be escaped, as it must be written in s, and returns the State behind it.
// Blocked values become the plain words "#blocked" and "blocked". The error is always nil.
func (s State) Append(b []byte, text string) ([]byte, State, error) {
	if s.Plain() {
		return appendHTML(b, text), s, nil
	}
	b = s.append(s.reopen(b, text), text)
	return b, s, nil
}

func (s *State) append(b []byte, text string) []byte {
	if s.outer != noOuter {
		return s.appendInner(b, text)
	}
	s.settle()
	switch s.place {
	case inText, inCDATA:
		return s.appendText(b, text)
	case inTagOpen:
		return s.appendTagOpen(b, text)
	case inEndTagOpen, inTagName:
		return s.appendTagName(b, text)
	case inTag, inName, inAfterName:
		if s.step == emptied {
			return b
		}
		return s.appendNames(b, text)
	case inBeforeValue, inValue:
		return s.appendValue(b, text)
	case inDeclaration:
		return s.appendDeclaration(b, text)
	case inBogus:
		return appendHTML(b, text)
	case inComment:
		return s.appendComment(b, text)
	case inScript:
		return s.appendJS(b, text)
	case inStyle:
		return s.appendCSS(b, text)
	}
	return s.appendRaw(b, text)
}

// appendText appends text of a page, a script or a style inside svg.
func (s *State) appendText(b []byte, text string) []byte {
	from := len(b)
	switch s.content {
	case ofScript:
		return s.ampersands(s.appendJS(b, text), from)
	case ofStyle:
		return s.ampersands(s.appendCSS(b, text), from)
	}
	if s.place != inCDATA {
		return appendHTML(b, text)
	}
	for i := range len(text) {
		if text[i] == ']' {
			b = append(b, "&#93;"...)
			continue
		}
		b = appendHTMLByte(b, text[i])
	}
	if text != "" {
		s.end = 0
	}
	return b
}

// ampersands escapes the & of what was appended from there on to a script or style inside svg, where references are read, and keeps it from going
// on with one.
func (s *State) ampersands(b []byte, from int) []byte {
	if s.place != inText || len(b) == from {
		return b
	}
	if bytes.IndexByte(b[from:], '&') >= 0 {
		text := string(b[from:])
		b = append(b[:from], strings.ReplaceAll(text, "&", "&amp;")...)
	}
	if s.has(reference) && continuesReference(b[from]) {
		b = escapeAt(b, from)
	}
	s.clear(reference)
	return b
}

// appendRaw appends text of title, textarea and what has no markup in it.
func (s *State) appendRaw(b []byte, text string) []byte {
	from := len(b)
	b = appendHTML(b, text)
	if s.end != 0 && len(b) > from {
		b = protect(b, from)
		s.end = 0
	}
	return b
}

// appendValue appends an attribute's value or a part of it.
func (s *State) appendValue(b []byte, text string) []byte {
	if s.place == inBeforeValue {
		s.beginValue(0)
		return s.appendBare(b, text)
	}
	return s.appendInValue(b, text)
}

// emptied is the step of a tag behind a value without quotes that was empty and got some.
const emptied = 251

// appendBare appends the first of a value without quotes, which needs some if it is empty.
func (s *State) appendBare(b []byte, text string) []byte {
	from, attr := len(b), s.attr
	b = s.append(b, text)
	if len(b) > from {
		return b
	}
	if s.outer != noOuter {
		*s = s.outer.behindDocument()
		attr = srcdocAttr
	} else {
		s.endValue()
	}
	s.attr, s.step = attr, emptied
	return append(b, `""`...)
}

// reopen takes back the quotes of an empty value that another value stands behind. Within a page in an attribute that value is left out.
func (s *State) reopen(b []byte, text string) []byte {
	if text == "" || s.step != emptied || s.place != inTag || s.outer != noOuter || !bytes.HasSuffix(b, []byte(`""`)) {
		return b
	}
	s.place, s.step = inBeforeValue, 0
	return b[:len(b)-2]
}

// Reopen takes back the quotes of an empty value at the end of b, which text of the template stands behind without a blank: value={{ x }}px.
// Elsewhere it changes nothing.
func (s State) Reopen(b []byte, text string) ([]byte, State) {
	if s.step != emptied || text == "" || space(text[0]) || text[0] == '>' || text[0] == '/' {
		return b, s
	}
	b = s.reopen(b, text)
	return b, s
}

func (s *State) appendInValue(b []byte, text string) []byte {
	from := len(b)
	switch s.language() {
	case inJavaScript:
		b = s.appendJS(b, text)
	case inCSS:
		b = s.appendCSS(b, text)
	case inURL:
		b = s.appendURL(b, text)
	default:
		if s.attr == typeAttr {
			s.set(mixed)
		}
		if s.quote != 0 {
			return appendHTML(b, text)
		}
		b = append(b, text...)
	}
	b = escapeTail(b, from, s.quote, s.has(reference))
	if len(b) > from {
		s.clear(reference)
	}
	return b
}
