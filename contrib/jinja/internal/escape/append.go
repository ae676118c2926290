package escape

import (
	"unicode/utf8"
)

// Append appends text that must be escaped, as it must be written in s, and returns the State behind it.
// Blocked values become the plain words "#blocked" and "blocked". The error is always nil.
func (s State) Append(b []byte, text string) ([]byte, State, error) {
	if s.Plain() {
		return appendHTML(b, text), s, nil
	}
	b = s.append(b, text)
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
		return s.appendNames(b, text)
	case inBeforeValue, inValue:
		return s.appendValue(b, text)
	case inDeclaration, inBogus:
		s.place = inBogus
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

// appendText appends text of a page, a script or a style inside svg.
func (s *State) appendText(b []byte, text string) []byte {
	switch s.content {
	case ofScript:
		return s.appendJS(b, text)
	case ofStyle:
		return s.appendCSS(b, text)
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

// appendComment appends text of a comment, so that it does not end there.
func (s *State) appendComment(b []byte, text string) []byte {
	for i := range len(text) {
		switch c := text[i]; {
		case c == '-' && !lonely(text, i):
			b = append(b, "&#45;"...)
		case c == '!' && i == 0:
			b = append(b, "&#33;"...)
		default:
			b = appendHTMLByte(b, c)
		}
	}
	if text != "" {
		s.step = commentBody
	}
	return b
}

// lonely reports whether the - at i stands between other bytes.
func lonely(text string, i int) bool {
	return i > 0 && i+1 < len(text) && text[i-1] != '-' && text[i+1] != '-' && text[i+1] != '!'
}

// appendTagOpen appends text behind <: the name of an element, or what is behind a < that stands for itself, such as a number.
func (s *State) appendTagOpen(b []byte, text string) []byte {
	switch {
	case text == "":
		return b
	case digit(text[0]), space(text[0]), text[0] == '-', text[0] == '+', text[0] == '.':
		s.place = inText
		return s.appendText(b, text)
	}
	s.beginTag(0)
	if !letter(text[0]) {
		text = blockedName
	}
	return s.appendTagName(b, text)
}

// blockedName stands for a name that a value must not give.
const blockedName = "blocked"

// appendTagName appends an element's name or a part of it.
func (s *State) appendTagName(b []byte, text string) []byte {
	switch {
	case text == "":
		return b
	case s.place == inTagName && space(text[0]):
		s.nameTag()
		return s.appendNames(append(b, text[0]), text[1:])
	case s.place == inEndTagOpen:
		s.beginTag(endTag)
		if !letter(text[0]) {
			text = blockedName
		}
	}
	h := s.word
	for i := range len(text) {
		if c := text[i]; !letter(c) && !digit(c) && c != '-' && c != '_' && c != ':' && c != '.' {
			text, h = blockedName, s.word
			break
		}
		h = hashed(h, lower(text[i]))
	}
	if !elements[h].harmless() && !s.has(endTag) {
		text = blockedName
	}
	for i := range len(text) {
		s.word = hashed(s.word, lower(text[i]))
	}
	return append(b, text...)
}

// appendNames appends names of attributes.
func (s *State) appendNames(b []byte, text string) []byte {
	if text == "" {
		return b
	}
	after := *s
	if !after.takesNames(text) {
		after, text = *s, blockedName
		if !after.takesNames(text) {
			return b
		}
	}
	*s = after
	return append(b, text...)
}

// takesNames reports whether text is harmless names of attributes, and moves s behind them.
func (s *State) takesNames(text string) bool {
	for i := range len(text) {
		c := text[i]
		if space(c) {
			if s.place == inName && !s.valueMayName() {
				return false
			}
			if s.place == inName {
				s.endName()
			}
			continue
		}
		if s.place != inName {
			s.beginName()
			if !letter(c) && c != '_' {
				return false
			}
		}
		if !letter(c) && !digit(c) && c != '-' && c != '_' && c != '.' {
			return false
		}
		s.name(c)
	}
	return s.place != inName || s.valueMayName()
}

// appendValue appends an attribute's value or a part of it.
func (s *State) appendValue(b []byte, text string) []byte {
	if s.place == inBeforeValue {
		s.beginValue(0)
		return s.appendBare(b, text)
	}
	return s.appendInValue(b, text)
}

// appendBare appends the first of a value without quotes, which needs some if it is empty.
func (s *State) appendBare(b []byte, text string) []byte {
	from := len(b)
	b = s.append(b, text)
	if len(b) > from {
		return b
	}
	if s.outer != noOuter {
		*s = State{place: inTag, element: iframeElement, script: ofScript}
	} else {
		s.endValue()
	}
	return append(b, `""`...)
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

// appendURL appends a URL or a part of one.
func (s *State) appendURL(b []byte, text string) []byte {
	switch {
	case text == "":
		return b
	case s.url == urlData:
		from := len(b)
		b = appendHTML(b, text)
		return percentTail(b, from, endsData)
	case s.url >= metaStart && !s.harmlessMeta(text), s.url == urlStart && !s.harmlessURL(text), s.url < metaStart && s.url > urlStart && !s.harmlessRest(text):
		return s.blockURL(b, text)
	case s.url == urlArgument && !s.furtherArguments(text) && !encoded(text):
		b = appendPercent(b, text, endsArgument)
		s.set(mixed)
		return b
	}
	s.valueAddress(text)
	return append(b, text...)
}

// furtherArguments reports whether a value that stands behind another in an argument of a query goes on with the next: ?page={{ n }}{{ "&q=x" }}.
func (s *State) furtherArguments(text string) bool { return s.has(mixed) && text[0] == '&' }

// harmlessMeta reports whether a value makes no refresh of meta that runs a script.
func (s *State) harmlessMeta(text string) bool {
	t := *s
	t.set(mixed)
	for i := range len(text) {
		switch {
		case t.url >= metaStart:
			t.meta(text[i])
		case t.url == urlStart:
			t.scheme(text[i])
		}
	}
	return !t.has(badURL)
}

// blockURL appends what stands for a URL that may run a script. A path that is called as a scheme is, such as data, stays one.
func (s *State) blockURL(b []byte, text string) []byte {
	if s.word == noWord && s.url == urlStart && isWord(text) {
		s.url = urlPath
		return append(append(b, "./"...), text...)
	}
	s.url = urlFragment
	if s.attr == metaAttr {
		s.url = metaOther
	}
	return append(b, blockedURL...)
}

func isWord(text string) bool {
	for i := range len(text) {
		if !letter(text[i]) {
			return false
		}
	}
	return true
}

// endsData reports whether c must not stand in a data: URL as it is.
func endsData(c byte) bool {
	return c <= ' ' || c >= 0x7f || c == '&' || c == '#' || c == '%' || c == '"' || c == '\'' || c == '<' || c == '>' || c == '`'
}

// percentTail encodes what was appended from there on.
func percentTail(b []byte, from int, must func(byte) bool) []byte {
	n := 0
	for _, c := range b[from:] {
		if must(c) {
			n++
		}
	}
	if n == 0 {
		return b
	}
	return appendPercent(b[:from], string(b[from:]), must)
}

// appendHTML appends text escaped as Jinja does.
func appendHTML(b []byte, text string) []byte {
	from := 0
	for i := range len(text) {
		var ref string
		switch text[i] {
		case '&':
			ref = "&amp;"
		case '<':
			ref = "&lt;"
		case '>':
			ref = "&gt;"
		case '"':
			ref = "&#34;"
		case '\'':
			ref = "&#39;"
		default:
			continue
		}
		b = append(b, text[from:i]...)
		b = append(b, ref...)
		from = i + 1
	}
	return append(b, text[from:]...)
}

func appendHTMLByte(b []byte, c byte) []byte {
	one := [1]byte{c}
	switch c {
	case '&', '<', '>', '"', '\'':
		return appendHTML(b, string(one[:]))
	}
	return append(b, c)
}

// appendNumber appends a character by its number.
func appendNumber(b []byte, r rune) []byte {
	b = append(b, "&#"...)
	b = appendDecimal(b, int(r))
	return append(b, ';')
}

func appendDecimal(b []byte, n int) []byte {
	if n >= 10 {
		b = appendDecimal(b, n/10)
	}
	return append(b, byte('0'+n%10))
}

// escapeAt escapes the character that stands at a place, by its number.
func escapeAt(b []byte, at int) []byte {
	rest := string(b[at:])
	r, n := utf8.DecodeRuneInString(rest)
	b = appendNumber(b[:at], r)
	return append(b, rest[n:]...)
}

// escapeTail escapes what was appended from there on for an attribute with that quote, or with none. open tells that the text before may be
// part of a reference, which must not go on.
func escapeTail(b []byte, from int, quote byte, open bool) []byte {
	clean := true
	for i, c := range b[from:] {
		if endsBare(c) && quote == 0 || needsReference(c) || i == 0 && open && continuesReference(c) {
			clean = false
			break
		}
	}
	if clean {
		return b
	}
	text := string(b[from:])
	b = b[:from]
	for i := range len(text) {
		switch c := text[i]; {
		case needsReference(c):
			b = appendHTMLByte(b, c)
		case quote == 0 && endsBare(c), i == 0 && open && continuesReference(c):
			b = appendNumber(b, rune(c))
		default:
			b = append(b, c)
		}
	}
	return b
}

func needsReference(c byte) bool { return c == '&' || c == '<' || c == '>' || c == '"' || c == '\'' }

// endsBare reports whether c must not stand in a value without quotes as it is.
func endsBare(c byte) bool { return c <= ' ' || c == '=' || c == '`' || c == 0x7f }
