package escape

import "strings"

// blockedCSS stands for what must not stand in CSS.
const blockedCSS = "blocked"

// functions are those of CSS that a value may call: they load nothing.
var functions = hashSet("rgb", "rgba", "hsl", "hsla", "hwb", "lab", "lch", "oklab", "oklch", "color", "color-mix", "light-dark", "calc", "min", "max", "clamp", "round", "var",
	"translate", "translatex", "translatey", "translatez", "translate3d", "rotate", "rotatex", "rotatey", "rotatez", "rotate3d", "scale", "scalex", "scaley", "scalez",
	"scale3d", "skew", "skewx", "skewy", "matrix", "matrix3d", "perspective", "linear-gradient", "radial-gradient", "conic-gradient", "repeating-linear-gradient",
	"repeating-radial-gradient", "repeating-conic-gradient", "cubic-bezier", "steps", "linear", "repeat", "minmax", "fit-content", "blur", "brightness", "contrast",
	"drop-shadow", "grayscale", "hue-rotate", "invert", "opacity", "saturate", "sepia", "circle", "ellipse", "inset", "polygon")

// scary are words that run scripts or load things in browsers of old.
var scary = []string{"expression", "binding", "behavior", "behaviour", "javascript", "vbscript"}

// harmlessCSS reports whether a value may stand in CSS as it is.
func (s *State) harmlessCSS(text string) bool {
	word, depth, before := noWord, 0, s.last
	joined := inIdent(s.last)
	for i := range len(text) {
		c := text[i]
		next := byte(0)
		if i+1 < len(text) {
			next = text[i+1]
		}
		switch {
		case c == '(':
			if joined || !functions[word] && !(word == noWord && depth > 0) {
				return false
			}
			depth++
		case c == ')':
			depth--
			if depth < 0 {
				return false
			}
		case c == '-' && before == '-' && !customProperty(text, i):
			return false
		case c == ';':
			if !s.declares() || depth > 0 {
				return false
			}
		case c == '/':
			if next == 0 || next == '*' || next == '/' || i == 0 {
				return false
			}
		case c == '*':
			if depth == 0 || before == '/' {
				return false
			}
		case !inIdent(c) && !plainCSS(c), c == '\\':
			return false
		}
		if inIdent(c) {
			word = hashed(word, lower(c))
		} else {
			word, joined = noWord, false
		}
		before = c
	}
	return depth == 0 && !frightens(text)
}

// customProperty reports whether the second - of text at i begins the name of a custom property.
func customProperty(text string, i int) bool { return i >= 2 && text[i-2] == '(' }

// declares reports whether s is where a style attribute's declaration begins, so that a value may be several.
func (s *State) declares() bool {
	return s.place == inValue && (s.last == 0 || s.last == ';')
}

// plainCSS reports whether c means nothing but itself between the names of a value.
func plainCSS(c byte) bool {
	switch c {
	case ' ', '#', '%', ',', '.', '+', '!', ':', '?', '=', '$', '~', '^', '|', '\t', '\n', '\r':
		return true
	}
	return false
}

// frightens reports whether text has a scary word.
func frightens(text string) bool {
	for i := range len(text) {
		switch lower(text[i]) {
		case 'e', 'b', 'j', 'v':
			for _, word := range scary {
				if len(text)-i >= len(word) && strings.EqualFold(text[i:i+len(word)], word) {
					return true
				}
			}
		}
	}
	return false
}

// appendCSS appends a value in CSS.
func (s *State) appendCSS(b []byte, text string) []byte {
	switch s.mode {
	case cssComment:
		return b
	case cssDouble, cssSingle:
		return s.appendCSSString(b, text)
	case cssURLStart, cssURL, cssURLDouble, cssURLSingle:
		return s.appendCSSURL(b, text)
	}
	if text == "" {
		return b
	}
	if s.step == stepSlash && text[0] == '*' || s.waits() || !s.harmlessCSS(text) {
		text = blockedCSS
	}
	s.css(text)
	return append(b, text...)
}

// appendCSSString appends what stands in a string.
func (s *State) appendCSSString(b []byte, text string) []byte {
	for i := range len(text) {
		c := text[i]
		if c < ' ' || c == 0x7f || strings.IndexByte("\"'\\<>&`", c) >= 0 || i == 0 && c < 0x80 && s.waits() {
			b = appendCSSHex(b, c)
			continue
		}
		b = append(b, c)
	}
	if text != "" {
		s.clear(escaped)
	}
	return b
}

// waits reports whether the first byte of a value would be taken for the end of what text has begun.
func (s *State) waits() bool { return s.end != 0 || s.has(escaped|reference) }

// appendCSSHex appends c by its number. The space ends the number.
func appendCSSHex(b []byte, c byte) []byte {
	if c == 0 {
		return append(b, `\fffd `...)
	}
	const hex = "0123456789abcdef"
	return append(b, '\\', hex[c>>4], hex[c&15], ' ')
}

// appendCSSURL appends a URL in CSS, or a part of one.
func (s *State) appendCSSURL(b []byte, text string) []byte {
	if s.mode == cssURLStart {
		s.mode = cssURL
	}
	if s.url == urlStart && !s.harmlessURL(text) || s.waits() {
		s.url = urlFragment
		s.clear(escaped)
		return append(b, blockedURL...)
	}
	must := endsCSSURL
	if s.url == urlArgument && !encoded(text) {
		must = endsArgument
	}
	b = appendPercent(b, text, must)
	s.valueAddress(text)
	return b
}

// endsCSSURL reports whether c must not stand in url( as it is.
func endsCSSURL(c byte) bool {
	return c <= ' ' || c == 0x7f || strings.IndexByte("()\"'\\<>`*", c) >= 0
}
