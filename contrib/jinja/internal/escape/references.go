package escape

import (
	"html"
	"strings"
)

// decoded reads text of an attribute, or of a script inside svg, in which character references stand.
func (s *State) decoded(text string) error { return s.references(text, reference, s.feed) }

// references gives feed what text means. It notes in open that text ends in what may become a reference.
func (s *State) references(text string, open flags, feed func(string) error) error {
	if text == "" {
		return nil
	}
	if s.has(open) && continuesReference(text[0]) {
		return ErrReference
	}
	s.clear(open)
	for text != "" {
		i := strings.IndexByte(text, '&')
		if i < 0 {
			return feed(text)
		}
		if i > 0 {
			if err := feed(text[:i]); err != nil {
				return err
			}
		}
		text = text[i:]
		meaning, n := meaningOf(text)
		matters := open == outerRef || s.language() != inURL || s.url == urlStart || s.url >= metaStart && s.url < metaOther
		if err := feed(meaning); err != nil {
			return err
		}
		s.put(open, matters && n == len(text) && text[n-1] != ';')
		text = text[n:]
	}
	return nil
}

// continuesReference reports whether c changes what a reference before it means that lacks its semicolon.
func continuesReference(c byte) bool {
	return letter(c) || digit(c) || c == '#' || c == ';' || c == '='
}

// meaningOf returns what the & at the beginning of text means, as in attributes, and how much of text it takes.
func meaningOf(text string) (meaning string, n int) {
	n = 1
	if n < len(text) && text[n] == '#' {
		n++
	}
	for n < len(text) && (letter(text[n]) || digit(text[n])) {
		n++
	}
	if n < len(text) && text[n] == ';' {
		n++
	}
	ref := text[:n]
	switch ref {
	case "&":
		return "&", 1
	case "&amp;":
		return "&", n
	case "&lt;":
		return "<", n
	case "&gt;":
		return ">", n
	case "&quot;", "&#34;":
		return `"`, n
	case "&#39;", "&apos;":
		return "'", n
	}
	if text[1] == '#' {
		n = numeric(text)
		return html.UnescapeString(text[:n]), n
	}
	if ref[n-1] != ';' && n < len(text) && text[n] == '=' {
		return ref, n
	}
	meaning = html.UnescapeString(ref)
	if c := meaning[len(meaning)-1]; letter(c) || digit(c) || c == ';' && meaning != ";" {
		return ref, n // none is called so, but the beginning of the name is
	}
	return meaning, n
}

// numeric returns how much of text the number of a character takes.
func numeric(text string) int {
	n, hex := 2, false
	if n < len(text) && text[n]|0x20 == 'x' {
		n, hex = n+1, true
	}
	for n < len(text) && (digit(text[n]) || hex && 'a' <= text[n]|0x20 && text[n]|0x20 <= 'f') {
		n++
	}
	if n < len(text) && text[n] == ';' {
		n++
	}
	return n
}

// feed reads text of an attribute, script or style, as it means.
func (s *State) feed(text string) error {
	switch s.language() {
	case inJavaScript:
		if s.url == urlScript && s.place == inValue {
			return s.percent(text)
		}
		return s.js(text)
	case inCSS:
		return s.css(text)
	case inURL:
		return s.address(text)
	}
	if s.attr == typeAttr {
		s.scriptTypeText(text)
	}
	return nil
}
