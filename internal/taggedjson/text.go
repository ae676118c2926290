package taggedjson

import (
	"unicode/utf16"
	"unicode/utf8"
)

const hexDigits = "0123456789abcdef"

// appendText appends s, which should be valid UTF-8, as a JSON string in ASCII, escaped as Python
// escapes it.
func appendText(dst []byte, s string) []byte {
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); {
		if plain[s[i]] {
			i++
			continue
		}
		dst = append(dst, s[start:i]...)
		r, n := utf8.DecodeRuneInString(s[i:])
		dst = appendEscape(dst, r)
		i += n
		start = i
	}
	dst = append(dst, s[start:]...)
	return append(dst, '"')
}

// plain says which bytes stand for themselves in a canonical string.
var plain = func() (is [256]bool) {
	for c := ' '; c <= '~'; c++ {
		is[c] = c != '"' && c != '\\'
	}
	return is
}()

// isPlain reports whether all bytes of s stand for themselves in a canonical string.
func isPlain(s string) bool {
	for i := range len(s) {
		if !plain[s[i]] {
			return false
		}
	}
	return true
}

// allPlain reports whether the first eight bytes of text are plain, or DEL, which a string may hold too. Of bytes below 0x80
// a subtraction from each leaves the highest bit of one that was smaller.
func allPlain(text string) bool {
	const each, high = 0x0101010101010101, 0x8080808080808080
	_ = text[7]
	w := uint64(text[0]) | uint64(text[1])<<8 | uint64(text[2])<<16 | uint64(text[3])<<24 |
		uint64(text[4])<<32 | uint64(text[5])<<40 | uint64(text[6])<<48 | uint64(text[7])<<56
	quote, backslash := w^each*'"', w^each*'\\'
	return (w|(w-each*' ')|(quote-each)|(backslash-each))&high == 0
}

func appendEscape(dst []byte, r rune) []byte {
	switch r {
	case '"', '\\':
		return append(dst, '\\', byte(r))
	case '\b':
		return append(dst, `\b`...)
	case '\t':
		return append(dst, `\t`...)
	case '\n':
		return append(dst, `\n`...)
	case '\f':
		return append(dst, `\f`...)
	case '\r':
		return append(dst, `\r`...)
	}
	if r > 0xffff {
		high, low := utf16.EncodeRune(r)
		return appendHex(appendHex(dst, high), low)
	}
	return appendHex(dst, r)
}

func appendHex(dst []byte, r rune) []byte {
	return append(dst, '\\', 'u', hexDigits[r>>12&15], hexDigits[r>>8&15], hexDigits[r>>4&15], hexDigits[r&15])
}

// readEscape reads the escape at the beginning of b and returns its rune and length. The length is 0
// if it is none, or half of a surrogate pair.
func readEscape(b string) (rune, int) {
	if len(b) < 2 {
		return 0, 0
	}
	switch c := b[1]; c {
	case '"', '\\', '/':
		return rune(c), 2
	case 'b':
		return '\b', 2
	case 't':
		return '\t', 2
	case 'n':
		return '\n', 2
	case 'f':
		return '\f', 2
	case 'r':
		return '\r', 2
	}
	r, ok := readHex(b)
	if !ok {
		return 0, 0
	}
	if !utf16.IsSurrogate(r) {
		return r, 6
	}
	low, _ := readHex(b[6:])
	if r = utf16.DecodeRune(r, low); r == utf8.RuneError {
		return 0, 0
	}
	return r, 12
}

// hexEscape is the length of \uXXXX.
const hexEscape = 6

// isSurrogate reports whether b begins with the escape of half of a surrogate pair.
func isSurrogate(b string) bool {
	r, ok := readHex(b)
	return ok && utf16.IsSurrogate(r)
}

// readHex reads \uXXXX at the beginning of b.
func readHex(b string) (r rune, ok bool) {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
		return 0, false
	}
	for i := range 4 {
		c := b[2+i]
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

// unescape returns the text of b, the inside of a scanned string.
func unescape(b string) string {
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); {
		if b[i] != '\\' {
			out = append(out, b[i])
			i++
			continue
		}
		r, n := readEscape(b[i:])
		if n == 0 { // half of a surrogate pair
			r, n = utf8.RuneError, hexEscape
		}
		out = utf8.AppendRune(out, r)
		i += n
	}
	return string(out)
}

// del is the first character that canonical documents escape only to stay in printable ASCII.
const del = 0x7f

// Unescape returns the canonical document doc, shorter: with text as it is, but for what JSON has to escape.
func Unescape(doc []byte) []byte {
	text := string(doc)
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRuneInString(text[i:])
		if r == '\\' {
			r, n = readEscape(text[i:])
		}
		if n == 0 { // half of a surrogate pair
			r, n = utf8.RuneError, hexEscape
		}
		if r < del {
			out = append(out, text[i:i+n]...)
		} else {
			out = utf8.AppendRune(out, r)
		}
		i += n
	}
	return out
}

// Escape returns what Unescape was given. Text that is not valid UTF-8 stays as it is.
func Escape(doc string) string {
	out := make([]byte, 0, 2*len(doc))
	for i := 0; i < len(doc); {
		r, n := utf8.DecodeRuneInString(doc[i:])
		if r < del || r == utf8.RuneError && n == 1 {
			out = append(out, doc[i:i+n]...)
		} else {
			out = appendEscape(out, r)
		}
		i += n
	}
	return string(out)
}
