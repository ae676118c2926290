package syntax

import (
	"math/big"
	"strconv"
	"strings"
	"unicode/utf8"
)

// inTag reads a token inside a tag.
func (l *lexer) inTag() (token, bool) {
	start := l.offset
	if len(l.brackets) == 0 {
		if kind, end, ok := l.tagEnd(); ok {
			l.offset, l.state = end, inText
			return token{kind: kind, offset: start, end: end}, true
		}
	}
	if l.offset = l.skipSpace(start); l.offset > start {
		return token{}, false
	}
	if start == len(l.text) {
		return token{offset: start, end: start}, true
	}
	t := l.operand()
	if t.end == start {
		t = l.operator()
	}
	t.offset, l.offset = start, t.end
	return t, true
}

// tagEnd reads the end of the tag that the lexer is in.
func (l *lexer) tagEnd() (k kind, end int, ok bool) {
	switch l.state {
	case inBlock:
		end, ok = l.blockEnd(l.offset)
		return tokenBlockEnd, end, ok
	case inVariable:
		if l.has(l.offset, "-"+l.VariableEnd) {
			return tokenVariableEnd, l.skipSpace(l.offset + 1 + len(l.VariableEnd)), true
		}
		return tokenVariableEnd, l.offset + len(l.VariableEnd), l.has(l.offset, l.VariableEnd)
	default:
		end, ok = l.lineEnd()
		return tokenBlockEnd, end, ok
	}
}

// lineEnd reads the end of a line statement: its newline and the empty lines behind it.
func (l *lexer) lineEnd() (end int, ok bool) {
	end = l.skipSpace(l.offset)
	if end == len(l.text) {
		return end, true
	}
	newline := strings.LastIndexByte(l.text[l.offset:end], '\n')
	return l.offset + newline + 1, newline >= 0
}

// operand reads a number, a name or a string. The token has no length if there is none.
func (l *lexer) operand() token {
	if end := l.float(); end > l.offset {
		return l.floatToken(end)
	}
	if end := l.integer(); end > l.offset {
		return l.integerToken(end)
	}
	if end := l.name(l.offset); end > l.offset {
		return token{kind: tokenName, text: l.text[l.offset:end], end: end}
	}
	if end := l.quotes(); end > l.offset {
		return token{kind: tokenString, text: l.unescape(l.newlines(l.text[l.offset+1 : end-1])), end: end}
	}
	return token{end: l.offset}
}

// float returns the end of the number with a fraction or an exponent that begins at the offset, and the offset if there is none. What
// follows a dot is an index, as in rows.0.1.
func (l *lexer) float() int {
	end := l.digits(l.offset)
	if end == l.offset || l.offset > 0 && l.text[l.offset-1] == '.' {
		return l.offset
	}
	whole := end
	if l.has(end, ".") && l.digits(end+1) > end+1 {
		end = l.digits(end + 1)
	}
	if l.has(end, "e") || l.has(end, "E") {
		exponent := end + 1
		if _, signed := l.sign(exponent); l.digits(signed) > signed {
			end = l.digits(signed)
		}
	}
	if end == whole {
		return l.offset
	}
	return end
}

// digits returns the end of the digits at offset, which may have single underscores between them.
func (l *lexer) digits(offset int) int {
	return l.digitsOf(offset, "0123456789", false)
}

// digitsOf returns the end of such digits. The first of them may have an underscore before it if led is true.
func (l *lexer) digitsOf(offset int, set string, led bool) int {
	for end := offset; ; led = true {
		next := end
		if led && l.has(next, "_") {
			next++
		}
		if next == len(l.text) || strings.IndexByte(set, l.text[next]) < 0 {
			return end
		}
		end = next + 1
	}
}

// integer returns the end of the integer at the offset, and the offset if there is none.
func (l *lexer) integer() int {
	if l.has(l.offset, "0") && l.offset+1 < len(l.text) {
		if end := l.digitsOf(l.offset+2, digitSet(l.text[l.offset+1]), true); end > l.offset+2 {
			return end
		}
	}
	if l.has(l.offset, "0") {
		return l.digitsOf(l.offset, "0", false)
	}
	return l.digits(l.offset)
}

// digitSet is the digits that may follow 0 and that letter.
func digitSet(letter byte) string {
	switch letter {
	case 'b', 'B':
		return "01"
	case 'o', 'O':
		return "01234567"
	case 'x', 'X':
		return "0123456789abcdefABCDEF"
	default:
		return ""
	}
}

// maxDigits is how long an integer may be, as in Python.
const maxDigits = 4300

func (l *lexer) integerToken(end int) token {
	text := strings.ReplaceAll(l.text[l.offset:end], "_", "")
	if len(text) > maxDigits {
		l.fail(l.offset, "an integer has %d digits at most, not %d", maxDigits, len(text))
	}
	t := token{kind: tokenInteger, end: end}
	if n, err := strconv.ParseInt(text, 0, strconv.IntSize); err == nil {
		t.number = int(n)
	} else {
		t.number, _ = new(big.Int).SetString(text, 0)
	}
	return t
}

// floatToken is the token of a float. One that is too large is infinite, as in Python.
func (l *lexer) floatToken(end int) token {
	number, _ := strconv.ParseFloat(strings.ReplaceAll(l.text[l.offset:end], "_", ""), 64)
	return token{kind: tokenFloat, number: number, end: end}
}

// operator reads an operator. Brackets must be closed as they were opened.
func (l *lexer) operator() token {
	kind, size := operatorAt(l.text[l.offset:])
	if size == 0 {
		l.failChar()
	}
	t := token{kind: kind, offset: l.offset, end: l.offset + size}
	switch kind {
	case tokenLeftBracket, tokenLeftParen, tokenLeftBrace:
		l.brackets = append(l.brackets, t)
	case tokenRightBracket, tokenRightParen, tokenRightBrace:
		l.closeBracket(t)
	}
	return t
}

func (l *lexer) closeBracket(t token) {
	last := len(l.brackets) - 1
	if last < 0 {
		l.fail(t.offset, "unexpected '%s'", t.kind)
	}
	opened := l.brackets[last]
	if expected := opened.kind + 1; expected != t.kind {
		l.fail(t.offset, "unexpected '%s', expected '%s' for the '%s' of %s", t.kind, expected, opened.kind, l.pos(opened.offset).place())
	}
	l.brackets = l.brackets[:last]
}

// failChar ends parsing because no token begins with the character at the offset.
func (l *lexer) failChar() {
	r, size := utf8.DecodeRuneInString(l.text[l.offset:])
	cure := ""
	switch r {
	case '"', '\'':
		l.fail(l.offset, "the string that begins here is not closed by %c", r)
	case '&':
		cure = "; write and"
	case '!':
		cure = "; write not"
	case utf8.RuneError:
		if size == 1 {
			l.fail(l.offset, "unexpected byte 0x%02x: the template is not UTF-8", l.text[l.offset])
		}
	}
	l.fail(l.offset, "unexpected char %q%s", r, cure)
}
