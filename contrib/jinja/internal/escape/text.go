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

func letter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
func digit(c byte) bool  { return '0' <= c && c <= '9' }
func space(c byte) bool  { return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f' }

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
		h = hashed(h, lower(c))
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
		s.endTag()
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
		s.endTag()
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
		*s = State{outer: srcdocOf(quote)}
	}
}

// srcdocOf returns the outer page of a document in an attribute with that quote.
func srcdocOf(quote byte) outer {
	switch quote {
	case '"':
		return srcdocDouble
	case '\'':
		return srcdocSingle
	}
	return srcdocBare
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

// document reads srcdoc: a page in an attribute.
func (s *State) document(text string) (int, error) {
	quote := s.outer.quote()
	n := valueEnd(text, quote)
	seg := text
	if n >= 0 {
		seg = text[:n]
	}
	var b strings.Builder // in one piece, since there are references in it
	keep := func(text string) error {
		b.WriteString(text)
		return nil
	}
	if err := s.references(seg, outerRef, keep); err != nil {
		return 0, err
	}
	o, open := s.outer, s.has(outerRef)
	s.outer = noOuter
	if err := s.text(b.String()); err != nil {
		return 0, err
	}
	if n < 0 {
		if s.outer != noOuter {
			return 0, ErrPages
		}
		s.outer = o
		s.put(outerRef, open)
		return len(text), nil
	}
	if quote != 0 {
		n++
	}
	*s = State{place: inTag, element: iframeElement, script: ofScript}
	return n, nil
}

// quote returns the quotes around a srcdoc.
func (o outer) quote() byte {
	switch o {
	case srcdocDouble:
		return '"'
	case srcdocSingle:
		return '\''
	}
	return 0
}

// inner reads a script of a template type: a page that ends with </script.
func (s *State) inner(text string) (int, error) {
	end := s.end
	n, next, done := findEnd(text, "script", &end)
	inner := *s
	inner.outer, inner.end = noOuter, 0
	if err := inner.text(text[:n]); err != nil {
		return 0, err
	}
	if done {
		*s = State{place: inTag, flags: endTag}
		return next, nil
	}
	if inner.outer != noOuter {
		return 0, ErrPages
	}
	*s = inner
	s.outer, s.end = scriptOfText, end
	return next, nil
}

// endTag ends a tag with >.
func (s *State) endTag() {
	e, sc, closing, slash := s.element, s.script, s.has(endTag), s.has(slashed)
	*s = State{foreign: s.foreign}
	switch {
	case s.foreign != 0 && s.foreign&3 != island:
		s.inForeign(e, sc, closing, slash)
	case closing:
		s.leave(e)
	default:
		s.enter(e, sc, slash)
	}
}

// enter goes into an element of HTML.
func (s *State) enter(e element, script content, slash bool) {
	switch e {
	case scriptElement:
		s.beginScript(script)
	case styleElement:
		s.place, s.element, s.mode = inStyle, e, cssCode
		s.word = noWord
	case titleElement, textareaElement:
		s.place, s.element = inRCDATA, e
	case iframeElement, xmpElement, noembedElement, noframesElement, plaintextElement:
		s.place, s.element = inRaw, e
	case svgElement, mathElement:
		if !slash {
			s.foreign = s.foreign<<2 | namespace(e)
		}
	}
}

// beginScript goes into a script.
func (s *State) beginScript(script content) {
	if script == ofText {
		s.outer = scriptOfText
		return
	}
	s.place, s.element = inScript, scriptElement
	s.beginJS()
}

// Namespaces of foreign, innermost in the last two bits.
const (
	svg    uint16 = 1
	math   uint16 = 2
	island uint16 = 3
)

func namespace(e element) uint16 {
	if e == svgElement {
		return svg
	}
	return math
}

// inForeign goes into or out of an element of svg or math.
func (s *State) inForeign(e element, script content, closing, slash bool) {
	switch {
	case closing:
		if e == svgElement || e == mathElement {
			s.foreign >>= 2
		}
	case e == htmlElement:
		for s.foreign != 0 && s.foreign&3 != island {
			s.foreign >>= 2
		}
	case slash:
	case e == svgElement, e == mathElement:
		s.foreign = s.foreign<<2 | namespace(e)
	case e == islandElement, e == titleElement && s.foreign&3 == svg:
		s.foreign = s.foreign<<2 | island
	case e == scriptElement && script != ofText:
		s.content = ofScript
		s.beginJS()
	case e == styleElement:
		s.content, s.word = ofStyle, noWord
	}
}

// leave goes out of an element of HTML that lies in svg or math.
func (s *State) leave(e element) {
	switch {
	case s.foreign == 0:
	case e == islandElement, e == titleElement:
		s.foreign >>= 2
	case e == svgElement, e == mathElement:
		s.foreign >>= 4
	}
}

// readDeclaration reads what follows <!.
func (s *State) readDeclaration(c byte) int {
	const cdata = "[CDATA["
	switch {
	case s.step == 0 && c == '-':
		s.step = 100
	case s.step == 100 && c == '-':
		s.place, s.step = inComment, commentStart
	case s.foreign&3 != 0 && s.foreign&3 != island && int(s.step) < len(cdata) && c == cdata[s.step]:
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
	*s = State{foreign: s.foreign, content: c, word: noWord}
	if c == ofScript {
		s.beginJS()
	}
}

// Steps of a comment.
const (
	commentBody      uint8 = iota
	commentStart           // behind <!--
	commentStartDash       // behind <!---
	commentDash            // behind -
	commentEnd             // behind --
	commentBang            // behind --!
)

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
