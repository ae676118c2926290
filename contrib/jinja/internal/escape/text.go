package escape

import (
	"errors"
	"strings"
)

// ErrReference is what Text returns where a character reference is cut in two.
var ErrReference = errors.New(`a character reference of an attribute is cut in two; write &amp; for an & that stands alone`)

// ErrScheme is what Text returns where it makes a URL that runs as script of a value.
var ErrScheme = errors.New("the text behind a value makes it a URL that runs as script; give the scheme in the template")

// ErrNesting is what Text returns for template literals of JavaScript in brackets that lie too deep.
var ErrNesting = errors.New("brackets and template literals of a script are nested more than 32 deep; move the script to a file of its own")

// ErrPages is what Text returns within a page in srcdoc, or in a script of a template type, that stands in another such page.
var ErrPages = errors.New("srcdoc, or a script that is a template, lies within another one; put what is inside into a variable with set")

// Text returns the State behind text of the template that begins in s. It takes time in proportion to the text, and callers keep what it returned.
// It fails where no State is right: [ErrReference], [ErrScheme], [ErrNesting], [ErrPages].
func (s State) Text(text string) (State, error) {
	if err := s.text(text); err != nil {
		return s, err
	}
	return s, nil
}

func (s *State) text(text string) error {
	for text != "" {
		n, err := s.next(text)
		if err != nil {
			return err
		}
		if s.has(badURL) {
			return ErrScheme
		}
		text = text[n:]
	}
	return nil
}

// next reads the beginning of text, and returns how much. It reads nothing only where it moves to another place that will.
func (s *State) next(text string) (int, error) {
	switch s.outer {
	case noOuter:
	case scriptOfText:
		return s.inner(text)
	default:
		return s.document(text)
	}
	switch s.place {
	case inText:
		return s.readText(text)
	case inTagOpen:
		return s.readTagOpen(text[0]), nil
	case inEndTagOpen:
		return s.readEndTagOpen(text[0]), nil
	case inTagName:
		return s.readTagName(text), nil
	case inTag, inAfterName:
		return s.readTag(text), nil
	case inName:
		return s.readName(text), nil
	case inBeforeValue:
		return s.readBeforeValue(text[0]), nil
	case inValue:
		return s.readValue(text)
	case inDeclaration:
		return s.readDeclaration(text[0]), nil
	case inBogus:
		return s.readBogus(text), nil
	case inComment:
		return s.readComment(text), nil
	case inCDATA:
		return s.readCDATA(text)
	case inScript:
		return s.readScript(text)
	}
	return s.readRaw(text)
}

// readText reads up to a tag.
func (s *State) readText(text string) (int, error) {
	n, place := strings.IndexByte(text, '<'), inTagOpen
	if n < 0 {
		n, place = len(text), inText
	}
	if s.content != noContent {
		if err := s.decoded(text[:n]); err != nil {
			return 0, err
		}
	}
	if place == inText {
		return n, nil
	}
	if s.content == noContent && s.foreign == 0 {
		if m := simpleTag(text[n+1:]); m > 0 {
			return n + 1 + m, nil
		}
	}
	s.place = inTagOpen
	return n + 1, nil
}

func letter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
func digit(c byte) bool  { return '0' <= c && c <= '9' }
func space(c byte) bool  { return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f' }
