package escape

// Modes of CSS.
const (
	cssCode mode = iota
	cssDouble
	cssSingle
	cssComment
	cssURLStart  // behind url(
	cssURL       // in url( without quotes
	cssURLDouble // in url("
	cssURLSingle
)

// css reads CSS.
func (s *State) css(text string) error {
	for i := range len(text) {
		c := text[i]
		switch s.mode {
		case cssCode:
			s.cssCode(c)
		case cssDouble, cssURLDouble:
			s.cssString(c, '"')
		case cssSingle, cssURLSingle:
			s.cssString(c, '\'')
		case cssComment:
			s.cssComment(c)
		default:
			s.cssURL(c)
		}
	}
	return nil
}

// inIdent reports whether c is part of a name in CSS.
func inIdent(c byte) bool {
	return letter(c) || digit(c) || c == '-' || c == '_' || c >= 0x80 || c == '\\'
}

func (s *State) cssCode(c byte) {
	step, before := s.step, s.last
	s.step = stepNone
	switch {
	case s.has(escaped):
		s.clear(escaped)
		s.word = hashed(s.word, c)
	case step == stepSlash && c == '*':
		s.mode = cssComment
		s.last = before
	case inIdent(c):
		if !inIdent(s.last) {
			s.word = noWord
		}
		s.word, s.last = hashed(s.word, lower(c)), c
		s.put(escaped, c == '\\')
	default:
		s.cssSign(c)
	}
}

// cssSign reads what is no name.
func (s *State) cssSign(c byte) {
	switch {
	case space(c):
		if inIdent(s.last) {
			s.last = ' '
		}
		return
	case c == '(' && inIdent(s.last) && s.word == urlWord:
		s.mode = cssURLStart
		s.url = urlStart
		s.clear(mixed)
	case c == '"':
		s.mode = cssDouble
	case c == '\'':
		s.mode = cssSingle
	case c == '/':
		s.step = stepSlash
	}
	s.last, s.word = c, noWord
}

func (s *State) cssString(c, quote byte) {
	switch {
	case s.has(escaped):
		s.clear(escaped)
	case c == '\\':
		s.set(escaped)
	case c == quote, c == '\n', c == '\r', c == '\f':
		s.mode, s.last, s.word = cssCode, c, noWord
	case s.mode >= cssURLDouble:
		s.cssAddress(c)
	}
}

// cssAddress goes on with a URL in CSS, where no browser runs JavaScript.
func (s *State) cssAddress(c byte) {
	before := *s
	s.addressByte(c)
	if s.url == urlScript {
		*s = before
		s.url = urlPath
	}
}

func (s *State) cssComment(c byte) {
	switch {
	case c == '/' && s.step == stepStar:
		s.mode, s.step = cssCode, stepNone
	case c == '*':
		s.step = stepStar
	default:
		s.step = stepNone
	}
}

// cssURL reads url( up to its end.
func (s *State) cssURL(c byte) {
	switch {
	case s.has(escaped):
		s.clear(escaped)
	case c == ')':
		s.mode, s.last, s.word = cssCode, c, noWord
	case s.mode == cssURLStart && space(c):
	case s.mode == cssURLStart && c == '"':
		s.mode = cssURLDouble
	case s.mode == cssURLStart && c == '\'':
		s.mode = cssURLSingle
	case c == '\\':
		s.mode = cssURL
		s.set(escaped)
	default:
		s.mode = cssURL
		s.cssAddress(c)
	}
}
