package syntax

import (
	"cmp"
	"slices"
	"strings"
)

// A state is what a lexer is in.
type state uint8

const (
	inText state = iota
	inBlock
	inVariable
	inLineStatement
	inComment
	inLineComment
	inRaw
)

// A lexer cuts a source into tokens, one for each call of next.
type lexer struct {
	*source
	Options
	openings []*opening
	state    state
	offset   int     // of what is next
	tag      int     // where the tag, comment or raw block begins
	begin    *token  // the beginning of a tag, which comes behind the text before it
	brackets []token // that are open in the tag
}

func newLexer(text string, o Options, s state) *lexer {
	l := &lexer{source: newSource(text, o.KeepTrailingNewline), Options: o, state: s}
	l.openings = l.rules()
	return l
}

// next returns the next token, again and again tokenEOF behind the last.
func (l *lexer) next() token {
	for {
		t, ok := l.step()
		if ok {
			return t
		}
	}
}

// step goes on by one rule. It reports whether a token came of it.
func (l *lexer) step() (token, bool) {
	if l.begin != nil {
		t := *l.begin
		l.begin = nil
		return t, true
	}
	switch l.state {
	case inText:
		return l.data()
	case inComment:
		l.skipComment()
		return token{}, false
	case inLineComment:
		l.offset, l.state = l.find(l.offset, "\n"), inText
		return token{}, false
	case inRaw:
		return l.raw()
	default:
		return l.inTag()
	}
}

// An opening is a rule for what begins something else than text.
type opening struct {
	prefix string
	state  state
	order  string // decides between prefixes of the same length, as Jinja does
	next   int    // where it is found next, from the last offset on that was asked for
}

// rules returns the openings in the order in which they are tried where several fit.
func (l *lexer) rules() []*opening {
	all := []*opening{
		{prefix: l.CommentStart, state: inComment, order: "comment"},
		{prefix: l.BlockStart, state: inBlock, order: "block"},
		{prefix: l.VariableStart, state: inVariable, order: "variable"},
	}
	if l.LineStatementPrefix != "" {
		all = append(all, &opening{prefix: l.LineStatementPrefix, state: inLineStatement, order: "linestatement"})
	}
	if l.LineCommentPrefix != "" {
		all = append(all, &opening{prefix: l.LineCommentPrefix, state: inLineComment, order: "linecomment"})
	}
	for _, o := range all {
		o.next = -1
	}
	slices.SortFunc(all, func(a, b *opening) int {
		return cmp.Or(cmp.Compare(len(b.prefix), len(a.prefix)), cmp.Compare(b.order, a.order))
	})
	return all
}

// nextOpening returns the first opening from the offset on, nil if there is none.
func (l *lexer) nextOpening() *opening {
	var first *opening
	for _, o := range l.openings {
		if o.next < l.offset {
			o.next = l.search(o)
		}
		if o.next < len(l.text) && (first == nil || o.next < first.next) {
			first = o
		}
	}
	return first
}

// search returns where an opening is found from the offset on. What begins a line begins with the spaces before it.
func (l *lexer) search(o *opening) int {
	if o.state != inLineStatement && o.state != inLineComment {
		return l.find(l.offset, o.prefix)
	}
	for at := l.find(l.offset, o.prefix); at < len(l.text); at = l.find(at+1, o.prefix) {
		if start := l.offset + len(trimIndent(l.text[l.offset:at], o.state)); l.startsLine(start) ||
			o.state == inLineComment && !isSpace(lastRune(l.text[:start])) {
			return start
		}
	}
	return len(l.text)
}

// trimIndent cuts off the spaces behind text that belong to what begins there: a line comment takes all kinds.
func trimIndent(text string, s state) string {
	if s == inLineStatement {
		return strings.TrimRight(text, " \t\v")
	}
	return strings.TrimRightFunc(text, func(r rune) bool { return isSpace(r) && r != '\n' })
}

// data reads text up to the next opening, and enters what begins there.
func (l *lexer) data() (token, bool) {
	start := l.offset
	if start == len(l.text) {
		return token{offset: start, end: start}, true
	}
	o := l.nextOpening()
	if o == nil {
		l.offset = len(l.text)
		return l.dataToken(start, l.text[start:])
	}
	text := l.text[start:o.next]
	sign := l.enter(o)
	return l.dataToken(start, l.strip(start, text, sign, l.state == inVariable))
}

// enter goes into what begins at an opening. It returns the sign - or + behind the opening, 0 if there is none.
func (l *lexer) enter(o *opening) (sign byte) {
	l.tag = o.next
	if l.has(o.next, l.BlockStart) {
		if end, ok := l.rawBegin(o.next + len(l.BlockStart)); ok {
			sign, _ = l.sign(o.next + len(l.BlockStart))
			l.state, l.offset = inRaw, end
			return sign
		}
	}
	l.state = o.state
	l.tag = l.find(o.next, o.prefix)
	sign, l.offset = l.sign(l.tag + len(o.prefix))
	switch l.state {
	case inBlock, inLineStatement:
		l.begin = &token{kind: tokenBlockBegin, offset: l.tag, end: l.offset}
	case inVariable:
		l.begin = &token{kind: tokenVariableBegin, offset: l.tag, end: l.offset}
	}
	return sign
}

// sign reads the sign at offset, if there is one.
func (l *lexer) sign(offset int) (sign byte, end int) {
	if l.has(offset, "-") || l.has(offset, "+") {
		return l.text[offset], offset + 1
	}
	return 0, offset
}

// strip takes spaces off the end of text that begins at start, as the sign of the tag behind it or LstripBlocks asks for.
func (l *lexer) strip(start int, text string, sign byte, variable bool) string {
	if sign == '-' {
		return strings.TrimRightFunc(text, isSpace)
	}
	if sign == '+' || !l.LstripBlocks || variable {
		return text
	}
	line := strings.LastIndexByte(text, '\n') + 1
	if (line > 0 || l.startsLine(start)) && strings.TrimLeftFunc(text[line:], isSpace) == "" {
		return text[:line]
	}
	return text
}

// dataToken is a token of text, none if the text is empty.
func (l *lexer) dataToken(start int, text string) (token, bool) {
	return token{kind: tokenData, text: l.newlines(text), offset: start, end: start + len(text)}, text != ""
}

// newlines makes the newlines of text what the options want.
func (l *lexer) newlines(text string) string {
	if l.NewlineSequence == "\n" {
		return text
	}
	return strings.ReplaceAll(text, "\n", l.NewlineSequence)
}

// skipComment goes behind a comment.
func (l *lexer) skipComment() {
	end := l.find(l.offset, l.CommentEnd)
	if end == len(l.text) {
		l.fail(l.tag, "Missing end of comment tag: the comment that begins here is not closed by %s", l.CommentEnd)
	}
	sign := byte(0)
	if end > l.offset {
		sign = l.text[end-1]
	}
	l.offset, l.state = l.behind(end+len(l.CommentEnd), sign), inText
}

// behind returns where text goes on behind the end of a tag: a - before the end takes all spaces, TrimBlocks a newline if there is no +.
func (l *lexer) behind(end int, sign byte) int {
	if sign == '-' {
		return l.skipSpace(end)
	}
	if sign != '+' && l.TrimBlocks && l.has(end, "\n") {
		return end + 1
	}
	return end
}

// rawBegin reads the rest of {% raw %} behind its beginning.
func (l *lexer) rawBegin(offset int) (end int, ok bool) {
	_, offset = l.sign(offset)
	offset, ok = l.word(offset, "raw")
	if !ok {
		return 0, false
	}
	if l.has(offset, "-"+l.BlockEnd) {
		return l.skipSpace(offset + 1 + len(l.BlockEnd)), true
	}
	return offset + len(l.BlockEnd), l.has(offset, l.BlockEnd)
}

// word reads a word with the spaces around it.
func (l *lexer) word(offset int, word string) (end int, ok bool) {
	offset = l.skipSpace(offset)
	if !l.has(offset, word) {
		return 0, false
	}
	return l.skipSpace(offset + len(word)), true
}

// raw reads the text of a raw block, and goes behind its end.
func (l *lexer) raw() (token, bool) {
	start := l.offset
	for at := l.find(start, l.BlockStart); at < len(l.text); at = l.find(at+1, l.BlockStart) {
		sign, inside := l.sign(at + len(l.BlockStart))
		if end, ok := l.word(inside, "endraw"); ok {
			if end, ok = l.blockEnd(end); ok {
				l.offset, l.state = end, inText
				return l.dataToken(start, l.strip(start, l.text[start:at], sign, false))
			}
		}
	}
	l.fail(l.tag, "Missing end of raw directive: the raw block that begins here is not closed by %s endraw %s", l.BlockStart, l.BlockEnd)
	return token{}, false
}

// blockEnd returns where text goes on behind the end of a block tag, if one stands at offset.
func (l *lexer) blockEnd(offset int) (end int, ok bool) {
	sign, at := l.sign(offset)
	if !l.has(at, l.BlockEnd) {
		at, sign = offset, 0
	}
	if !l.has(at, l.BlockEnd) {
		return 0, false
	}
	return l.behind(at+len(l.BlockEnd), sign), true
}
