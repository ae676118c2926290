package escape

import "strings"

// findEnd returns where the end tag of an element begins whose content is raw, how much of text there is up to the end of the tag's name, and whether there
// is an end tag. end is how much of one the text before has.
func findEnd(text, name string, end *uint8) (n, next int, done bool) {
	i := 0
	if *end > 0 {
		i = matchEnd(text, name, end)
		switch {
		case i == len(text):
			return i, i, false
		case int(*end) == len(name)+2 && endsName(text[i]):
			return 0, i, true
		}
		*end = 0
	}
	for {
		j := strings.IndexByte(text[i:], '<')
		if j < 0 {
			return len(text), len(text), false
		}
		i += j
		*end = 1
		k := i + 1 + matchEnd(text[i+1:], name, end)
		switch {
		case k == len(text):
			return k, k, false
		case int(*end) == len(name)+2 && endsName(text[k]):
			return i, k, true
		}
		*end = 0
		i++
	}
}

// matchEnd goes on with </name as far as text does, and returns how far.
func matchEnd(text, name string, end *uint8) int {
	for i := range len(text) {
		at := int(*end)
		switch {
		case at == len(name)+2:
			return i
		case at == 1 && text[i] != '/', at > 1 && lower(text[i]) != name[at-2]:
			return i
		}
		*end++
	}
	return len(text)
}

// endsName reports whether a tag's name ends before c.
func endsName(c byte) bool { return c == '>' || c == '/' || space(c) }

// readRaw reads title, textarea, style, iframe and their like.
func (s *State) readRaw(text string) (int, error) {
	if s.element == plaintextElement {
		return len(text), nil
	}
	n, next, done := findEnd(text, s.element.name(), &s.end)
	if s.place == inStyle {
		if err := s.css(text[:n]); err != nil {
			return 0, err
		}
	}
	if done {
		s.leaveRaw()
	}
	return next, nil
}

// leaveRaw goes into the end tag of raw content.
func (s *State) leaveRaw() {
	*s = State{place: inTag, foreign: s.foreign, flags: endTag}
}

// readScript reads a script, which ends otherwise behind <!-- and <script.
func (s *State) readScript(text string) (int, error) {
	for i := 0; i < len(text); i++ {
		if s.raw == 0 && s.end == 0 {
			j := strings.IndexByte(text[i:], '<')
			if j < 0 {
				break
			}
			i += j
		}
		if s.endsScript(text[i]) {
			s.leaveRaw()
			return i, nil
		}
	}
	return len(text), s.js(text)
}

// How much of a token of a script's text has been read: of </script and <script its length, of <!-- and -->.
const (
	openScript = 16
	openDash   = 33 // <!
	openDashes = 34 // <!-
	oneDash    = 49
	twoDashes  = 50
)

// endsScript goes on with c in a script's text, and reports whether the end tag's name ends before c.
func (s *State) endsScript(c byte) bool {
	const name = "script"
	at := s.end
	s.end = 0
	switch {
	case at == 1 && c == '/':
		s.end = 2
	case at == 1 && c == '!' && s.raw == 0:
		s.end = openDash
	case at == 1 && lower(c) == 's' && s.raw == 1:
		s.end = openScript + 1
	case at >= 2 && at < 8 && lower(c) == name[at-2]:
		s.end = at + 1
	case at == 8 && endsName(c):
		if s.raw < 2 {
			return true
		}
		s.raw = 1
	case at > openScript && at < openScript+6 && lower(c) == name[at-openScript]:
		s.end = at + 1
	case at == openScript+6 && endsName(c):
		s.raw = 2
	case at == openDash && c == '-':
		s.end = openDashes
	case at == openDashes && c == '-':
		s.raw, s.end = 1, twoDashes
	case (at == oneDash || at == twoDashes) && c == '-':
		s.end = twoDashes
	case at == twoDashes && c == '>':
		s.raw = 0
	case c == '<':
		s.end = 1
	case c == '-' && s.raw > 0:
		s.end = oneDash
	}
	return false
}
