package syntax

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// quotes returns the end of the string at the offset, and the offset if there is none or it is not closed.
func (l *lexer) quotes() int {
	quote := l.text[l.offset]
	if quote != '\'' && quote != '"' {
		return l.offset
	}
	for i := l.offset + 1; i < len(l.text); i++ {
		switch l.text[i] {
		case quote:
			return i + 1
		case '\\':
			i++
		}
	}
	return l.offset
}

// unescape replaces the escapes of Python's strings. What is none keeps its backslash.
func (l *lexer) unescape(text string) string {
	if !strings.Contains(text, `\`) {
		return text
	}
	var b strings.Builder
	for {
		before, after, found := strings.Cut(text, `\`)
		b.WriteString(before)
		if !found {
			return b.String()
		}
		text = l.escape(&b, after)
	}
}

// escape writes what the escape stands for whose backslash is before text, and returns the text behind it.
func (l *lexer) escape(b *strings.Builder, text string) string {
	r, size := utf8.DecodeRuneInString(text)
	rest := text[size:]
	switch r {
	case '\n':
		return rest
	case 'x':
		return l.hex(b, rest, 2, `\xXX`)
	case 'u':
		return l.hex(b, rest, 4, `\uXXXX`)
	case 'U':
		return l.hex(b, rest, 8, `\UXXXXXXXX`)
	case 'N':
		l.fail(l.offset, `\N{...} is not supported in a string; write \uXXXX with the number of the character`)
	}
	if i := strings.IndexRune(`abfnrtv\'"`, r); i >= 0 {
		b.WriteByte("\a\b\f\n\r\t\v\\'\""[i])
		return rest
	}
	if digits := octal(text); digits > 0 {
		n, _ := strconv.ParseUint(text[:digits], 8, 16)
		b.WriteRune(rune(n))
		return text[digits:]
	}
	b.WriteString(`\` + foreign(r, text[:size]))
	return rest
}

// foreign is what Jinja makes of a character behind a backslash that is no escape: those beyond ASCII become the number that escapes them.
func foreign(r rune, text string) string {
	switch {
	case r < utf8.RuneSelf || r == utf8.RuneError && len(text) < 2:
		return text
	case r < 0x100:
		return "x" + padded(r, 2)
	case r < 0x10000:
		return "u" + padded(r, 4)
	default:
		return "U" + padded(r, 8)
	}
}

// padded is the number of r in hexadecimal digits.
func padded(r rune, digits int) string {
	s := strconv.FormatInt(int64(r), 16)
	return strings.Repeat("0", digits-len(s)) + s
}

// octal counts the octal digits that text begins with, up to three.
func octal(text string) int {
	n := 0
	for n < 3 && n < len(text) && '0' <= text[n] && text[n] <= '7' {
		n++
	}
	return n
}

// hex writes the character whose number the next digits are.
func (l *lexer) hex(b *strings.Builder, text string, digits int, form string) string {
	if len(text) < digits {
		l.fail(l.offset, "truncated %s escape in a string", form)
	}
	n, err := strconv.ParseUint(text[:digits], 16, 32)
	switch {
	case err != nil:
		l.fail(l.offset, "truncated %s escape in a string", form)
	case n > utf8.MaxRune:
		l.fail(l.offset, `illegal Unicode character \U%s in a string`, text[:digits])
	case !utf8.ValidRune(rune(n)):
		l.fail(l.offset, `\u%s in a string is half of a character; write all of it as \UXXXXXXXX`, text[:digits])
	}
	b.WriteRune(rune(n))
	return text[digits:]
}
