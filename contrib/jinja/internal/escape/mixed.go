package escape

import "html"

// appendMixed appends markup that took in text, in the text of a page. That text was escaped, so no tag is its; but it may be a URL, or begin one.
func (s *State) appendMixed(b []byte, text string) ([]byte, error) {
	for text != "" {
		if s.beginsURL() {
			var n int
			b, n = s.appendMixedURL(b, text)
			text = text[n:]
			continue
		}
		n, err := s.next(text)
		if err != nil {
			return b, err
		}
		b, text = append(b, text[:n]...), text[n:]
	}
	return b, nil
}

// beginsURL reports whether an attribute's value begins in s that is a URL, or has some.
func (s *State) beginsURL() bool {
	return s.outer == noOuter && s.place == inValue && s.language() == inURL && (s.url == urlStart || s.url == metaStart) && s.word == noWord && !s.has(mixed)
}

// appendMixedURL appends the value that text begins with, and returns how much of text that is.
func (s *State) appendMixedURL(b []byte, text string) ([]byte, int) {
	n := valueEnd(text, s.quote)
	if n < 0 {
		return s.appendInValue(b, html.UnescapeString(text)), len(text)
	}
	v := html.UnescapeString(text[:n])
	switch {
	case nothing[v], s.url == urlStart && s.harmlessURL(v), s.url == metaStart && s.harmlessMeta(v):
		b = append(b, text[:n]...)
	default:
		b = append(b, blockedURL...)
	}
	if s.quote != 0 {
		b = append(b, s.quote)
		n++
	}
	s.endValue()
	return b, n
}

// nothing are scripts of links that do nothing.
var nothing = map[string]bool{"javascript:": true, "javascript:;": true, "javascript:void(0)": true, "javascript:void(0);": true}
