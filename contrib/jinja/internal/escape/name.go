package escape

// blockedName stands for a name that a value must not give.
const blockedName = "blocked"

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
		h = s.elementName(h, text[i])
	}
	if !elements[h].harmless() && !s.has(endTag) {
		text = blockedName
	}
	for i := range len(text) {
		s.word = s.elementName(s.word, text[i])
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
