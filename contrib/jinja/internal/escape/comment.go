package escape

import "strings"

// Steps of a comment.
const (
	commentBody      uint8 = iota
	commentStart           // behind <!--
	commentStartDash       // behind <!---
	commentDash            // behind -
	commentEnd             // behind --
	commentBang            // behind --!
)

// readDeclaration reads what follows <!.
func (s *State) readDeclaration(c byte) int {
	const cdata = "[CDATA["
	switch {
	case s.step == 0 && c == '-':
		s.step = 100
	case s.step == 100 && c == '-':
		s.place, s.step = inComment, commentStart
	case (s.xml() || s.foreign&3 != 0 && s.foreign&3 != island) && int(s.step) < len(cdata) && c == cdata[s.step]:
		s.step++
		if int(s.step) == len(cdata) {
			s.place, s.step = inCDATA, 0
		}
	default:
		s.place = inBogus
		return 0
	}
	return 1
}

// appendDeclaration appends text behind <!, so that it begins neither a comment nor CDATA.
func (s *State) appendDeclaration(b []byte, text string) []byte {
	if text == "" {
		return b
	}
	from := len(b)
	b = appendHTML(b, text)
	if s.step != 0 || text[0] == '-' || text[0] == '[' {
		b = escapeAt(b, from)
	}
	s.place = inBogus
	return b
}

func (s *State) readBogus(text string) int {
	n := strings.IndexByte(text, '>')
	if n < 0 {
		return len(text)
	}
	s.toText()
	return n + 1
}

// toText goes back to text from a comment.
func (s *State) toText() {
	c := s.content
	*s = State{foreign: s.foreign, content: c}
	switch c {
	case ofScript:
		s.beginJS()
	case ofStyle:
		s.word = noWord
	}
}

func (s *State) readComment(text string) int {
	i := 0
	for i < len(text) {
		if s.step == commentBody {
			n := strings.IndexByte(text[i:], '-')
			if n < 0 {
				return len(text)
			}
			i += n
		}
		c := text[i]
		i++
		if c == '>' && s.step != commentDash && s.step != commentBody {
			s.toText()
			return i
		}
		s.step = commentStep(s.step, c)
	}
	return i
}

// commentStep returns the step of a comment behind c.
func commentStep(step uint8, c byte) uint8 {
	switch {
	case c == '!' && step == commentEnd:
		return commentBang
	case c != '-':
		return commentBody
	case step == commentStart:
		return commentStartDash
	case step == commentStartDash, step == commentDash, step == commentEnd:
		return commentEnd
	}
	return commentDash
}

// readCDATA reads up to ]]>.
func (s *State) readCDATA(text string) (int, error) {
	for i := range len(text) {
		switch c := text[i]; {
		case c == '>' && s.end == 2:
			s.place, s.end = inText, 0
			return i + 1, s.plainContent(text[:i])
		case c == ']':
			s.end = min(s.end+1, 2)
		default:
			s.end = 0
		}
	}
	return len(text), s.plainContent(text)
}

// plainContent reads content of a script or style inside svg, without references.
func (s *State) plainContent(text string) error {
	if s.content == noContent {
		return nil
	}
	return s.feed(text)
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
