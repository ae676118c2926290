// Package intake reads what clients send: text in any encoding, queries and forms. Its limits and its leniency hold for
// all of them.
package intake

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Text returns s as valid UTF-8: each longest piece that cannot be part of a character becomes U+FFFD, as browsers
// and Python have it. Valid text is returned as it is.
func Text(s string) string {
	for i := range len(s) { // ASCII, as most text is, costs next to nothing
		if s[i] >= utf8.RuneSelf {
			return mended(s)
		}
	}
	return s
}

func mended(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + utf8.UTFMax)
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		if r == utf8.RuneError && n == 1 {
			n = brokenLength(s)
		}
		b.WriteRune(r)
		s = s[n:]
	}
	return b.String()
}

// Texts returns list with each of its texts valid. It changes nothing in list itself.
func Texts(list []string) []string {
	for i, s := range list {
		if utf8.ValidString(s) {
			continue
		}
		valid := append([]string(nil), list...)
		for ; i < len(valid); i++ {
			valid[i] = Text(valid[i])
		}
		return valid
	}
	return list
}

// brokenLength returns how many bytes at the beginning of s, which is no character, could have begun one.
func brokenLength(s string) int {
	follow, low, high := followers(s[0])
	n := 1
	for ; n <= follow && n < len(s) && low <= s[n] && s[n] <= high; n++ {
		low, high = 0x80, 0xBF
	}
	return n
}

// followers returns how many bytes follow the first byte of a character, and what the next of them can be: table 3-7
// of the Unicode standard.
func followers(first byte) (n int, low, high byte) {
	switch {
	case first < 0xC2 || first > 0xF4:
		return 0, 0, 0
	case first < 0xE0:
		return 1, 0x80, 0xBF
	case first == 0xE0:
		return 2, 0xA0, 0xBF
	case first == 0xED:
		return 2, 0x80, 0x9F
	case first < 0xF0:
		return 2, 0x80, 0xBF
	case first == 0xF0:
		return 3, 0x90, 0xBF
	case first == 0xF4:
		return 3, 0x80, 0x8F
	}
	return 3, 0x80, 0xBF
}

// Escaped returns a part of a URL with what is beyond ASCII in it percent-encoded, byte for byte.
func Escaped(raw string) string {
	beyond := strings.IndexFunc(raw, func(r rune) bool { return r >= utf8.RuneSelf })
	if beyond < 0 {
		return raw
	}
	var b strings.Builder
	for _, c := range []byte(raw) {
		if c < utf8.RuneSelf {
			b.WriteByte(c)
			continue
		}
		fmt.Fprintf(&b, "%%%02X", c)
	}
	return b.String()
}

// latin1 returns b, text in ISO 8859-1, as UTF-8.
func latin1(b []byte) string {
	runes := make([]rune, len(b))
	for i, c := range b {
		runes[i] = rune(c)
	}
	return string(runes)
}
