package escape

import "strings"

// simpleTag returns the length of a tag without attributes that text begins with behind <, if text goes on behind it as before. Most tags are such.
func simpleTag(text string) int {
	i, h := 0, noWord
	if text != "" && text[0] == '/' {
		i++
	}
	if i == len(text) || !letter(text[i]) {
		return 0
	}
	for ; i < len(text); i++ {
		c := text[i]
		if c == '>' {
			if e := elements[h]; e == plainElement || e == htmlElement {
				return i + 1
			}
			return 0
		}
		if !letter(c) && !digit(c) {
			return 0
		}
		h = hashed(h, lower(c))
	}
	return 0
}

func (s *State) readTagOpen(c byte) int {
	switch {
	case letter(c):
		s.beginTag(0)
		return 0
	case c == '/':
		s.place = inEndTagOpen
	case c == '!':
		s.place, s.step = inDeclaration, 0
	case c == '?':
		s.place = inBogus
	default:
		s.place = inText
		if s.content == ofScript {
			s.js("<")
		}
		return 0
	}
	return 1
}

func (s *State) readEndTagOpen(c byte) int {
	switch {
	case letter(c):
		s.beginTag(endTag)
		return 0
	case c == '>':
		s.place = inText
		return 1
	}
	s.place = inBogus
	return 0
}

// beginTag begins a tag's name.
func (s *State) beginTag(f flags) {
	*s = State{place: inTagName, word: noWord, foreign: s.foreign, content: s.content, outer: s.outer, script: ofScript, flags: f}
}

func (s *State) readTagName(text string) int {
	h := s.word
	for i := range len(text) {
		c := text[i]
		if c <= ' ' && space(c) || c == '/' || c == '>' {
			s.word = h
			s.nameTag()
			return i
		}
		h = s.elementName(h, c)
	}
	s.word = h
	return len(text)
}

// nameTag ends a tag's name.
func (s *State) nameTag() {
	s.element, s.place = elements[s.word], inTag
}

// readTag reads what stands between attributes.
func (s *State) readTag(text string) int {
	if s.step == emptied {
		s.attr, s.step = plainAttr, 0
	}
	switch c := text[0]; {
	case space(c):
		s.clear(slashed)
		for n := 1; n < len(text); n++ {
			if !space(text[n]) {
				return n
			}
		}
		return len(text)
	case c == '/':
		s.set(slashed)
		s.place = inTag
	case c == '>':
		s.closeTag()
	case c == '=' && s.place == inAfterName:
		s.place = inBeforeValue
	default:
		s.beginName()
		if c == '=' {
			s.name(c)
			return 1
		}
		return 0
	}
	return 1
}

// beginName begins an attribute's name.
func (s *State) beginName() {
	s.place, s.word, s.stack, s.step, s.last, s.attr = inName, noWord, 0, 0, 0, plainAttr
	s.flags &= endTag
}

func (s *State) readName(text string) int {
	if n := s.knownName(text); n > 0 {
		return n
	}
	for i := range len(text) {
		switch c := text[i]; {
		case c == '=', c == '>', c == '/', space(c):
			s.endName()
			return i
		default:
			s.name(c)
		}
	}
	return len(text)
}

// endName ends an attribute's name.
func (s *State) endName() {
	s.attr = s.named()
	s.place, s.word, s.stack, s.step, s.last = inAfterName, 0, 0, 0, 0
	s.flags &= endTag
}

// knownName reads names that are plain wherever they stand, with a value in quotes behind them, and returns how much of text that is.
// Most attributes are such.
func (s *State) knownName(text string) int {
	n := strings.IndexByte(text[:min(len(text), 16)], '=')
	if n < 1 || s.step != 0 || n+2 > len(text) || text[n+1] != '"' && text[n+1] != '\'' {
		return 0
	}
	switch text[:n] {
	case "class", "id", "title", "name", "value", "alt", "width", "height", "for", "placeholder", "role", "lang", "colspan", "rowspan", "aria-label", "aria-hidden", "d":
	default:
		return 0
	}
	m := strings.IndexByte(text[n+2:], text[n+1])
	if m < 0 {
		s.endName()
		return n
	}
	s.endValue()
	return n + 2 + m + 1
}

func (s *State) readBeforeValue(c byte) int {
	switch {
	case space(c):
		return 1
	case c == '"', c == '\'':
		s.beginValue(c)
		return 1
	case c == '>':
		s.closeTag()
		return 1
	}
	s.beginValue(0)
	return 0
}

// beginValue begins an attribute's value.
func (s *State) beginValue(quote byte) {
	s.place, s.quote = inValue, quote
	s.word, s.stack, s.step, s.last, s.mode, s.url = noWord, 0, 0, 0, 0, urlStart
	s.flags &= endTag
	switch s.attr {
	case scriptAttr, exprAttr:
		s.beginJS()
	case metaAttr:
		s.url = metaStart
	case srcdocAttr:
		*s = State{outer: s.srcdoc(quote)}
	}
}

// valueEnd returns where an attribute's value ends.
func valueEnd(text string, quote byte) int {
	if quote != 0 {
		return strings.IndexByte(text, quote)
	}
	for i := range len(text) {
		if c := text[i]; c == '>' || space(c) {
			return i
		}
	}
	return -1
}

func (s *State) readValue(text string) (int, error) {
	n := valueEnd(text, s.quote)
	seg := text
	if n >= 0 {
		seg = text[:n]
	}
	if s.attr != plainAttr && s.attr != linkedAttr {
		if err := s.decoded(seg); err != nil {
			return 0, err
		}
	}
	if n < 0 || s.has(badURL) {
		return len(text), nil
	}
	if s.quote != 0 {
		n++
	}
	s.endValue()
	return n, nil
}

// endValue ends an attribute's value.
func (s *State) endValue() {
	if s.attr == typeAttr && !s.has(mixed) {
		s.script = scriptType(s.word)
	}
	s.place, s.attr, s.quote, s.mode, s.url, s.stack, s.word, s.step, s.last = inTag, plainAttr, 0, 0, 0, 0, 0, 0, 0
	s.flags &= endTag
}

// closeTag ends a tag with >.
func (s *State) closeTag() {
	e, sc, closing, slash := s.element, s.script, s.has(endTag), s.has(slashed)
	*s = State{foreign: s.foreign}
	switch {
	case s.xml():
		s.inXML(e, sc, closing, slash)
	case s.foreign != 0 && s.foreign&3 != island:
		s.inForeign(e, sc, closing, slash)
	case closing:
		s.leave(e)
	default:
		s.enter(e, sc, slash)
	}
}
