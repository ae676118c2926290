package value

import (
	"math/big"
	"strconv"
	"strings"
	"unicode"
)

// ParseInt is int(s): decimal digits of any script, a sign, single underscores between digits and white space around. ok is false for all else,
// and for more digits than Python takes.
func ParseInt(s string) (v any, ok bool) {
	digits, ok := asciiDigits(s)
	if !ok || len(digits) > longestInt || strings.Trim(digits, "+-0123456789_") != "" {
		return nil, false
	}
	clean, ok := withoutUnderscores(digits)
	if !ok {
		return nil, false
	}
	n, ok := new(big.Int).SetString(clean, 10)
	if !ok {
		return nil, false
	}
	return shrink(n), true
}

// ParseFloat is float(s). ok is false where Python has an error.
func ParseFloat(s string) (f float64, ok bool) {
	text, ok := asciiDigits(s)
	if !ok || strings.ContainsAny(text, "xXpP") {
		return 0, false
	}
	text, ok = withoutUnderscores(text)
	if !ok {
		return 0, false
	}
	f, err := strconv.ParseFloat(text, 64)
	if e, isNumber := err.(*strconv.NumError); isNumber && e.Err == strconv.ErrRange {
		return f, true
	}
	return f, err == nil
}

// asciiDigits is s without the white space around it, and with digits of any script as 0 to 9.
func asciiDigits(s string) (string, bool) {
	s = strings.TrimFunc(s, isSpace)
	if ascii(s) {
		return s, s != ""
	}
	var b strings.Builder
	for _, c := range s {
		if c < unicode.MaxASCII {
			b.WriteRune(c)
			continue
		}
		if !isDecimal(c) {
			return "", false
		}
		b.WriteByte('0' + digitOf(c))
	}
	return b.String(), true
}

// digitOf is the value of a decimal digit: those of a script stand in a row of ten, from zero up.
func digitOf(c rune) byte {
	for _, r := range unicode.Nd.R16 {
		if c >= rune(r.Lo) && c <= rune(r.Hi) {
			return byte((c - rune(r.Lo)) % 10)
		}
	}
	for _, r := range unicode.Nd.R32 {
		if c >= rune(r.Lo) && c <= rune(r.Hi) {
			return byte((c - rune(r.Lo)) % 10)
		}
	}
	return 0
}

// withoutUnderscores removes underscores, which must stand between digits.
func withoutUnderscores(s string) (string, bool) {
	for i := range len(s) {
		if s[i] != '_' {
			continue
		}
		if i == 0 || i == len(s)-1 || !allDigits(s[i-1:i]) || !allDigits(s[i+1:i+2]) {
			return "", false
		}
	}
	return strings.ReplaceAll(s, "_", ""), true
}
