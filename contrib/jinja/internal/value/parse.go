package value

import (
	"math"
	"math/big"
	"strconv"
	"strings"
	"unicode"
)

// ParseInt is int(s, base): digits of any script, a sign, single underscores between digits, white space around, and the prefix of the base. The
// base 0 is that of the prefix. ok is false for all else, for bases that there are not, and for more digits than Python takes.
func ParseInt(s string, base int) (v any, ok bool) {
	text, ok := asciiDigits(s)
	if !ok || base != 0 && (base < 2 || base > 36) {
		return nil, false
	}
	digits, negative := strings.CutPrefix(text, "-")
	if !negative {
		digits = strings.TrimPrefix(digits, "+")
	}
	digits, base, ok = cutBase(digits, base)
	if !ok || len(digits) > longestNumeral || base&(base-1) != 0 && len(digits) > longestInt {
		return nil, false
	}
	n, ok := new(big.Int).SetString(digits, base)
	if !ok {
		return nil, false
	}
	if negative {
		n.Neg(n)
	}
	return shrink(n), true
}

// longestNumeral is how many digits a number may have to a base of which Python takes any number of them.
const longestNumeral = 64 * longestInt

// cutBase cuts the prefix of a base from digits, and the underscores between them. Without a prefix the base 0 is 10, and zeros stand alone.
func cutBase(digits string, base int) (string, int, bool) {
	bare := base == 0
	if len(digits) > 1 && digits[0] == '0' {
		if b := prefixBase(digits[1]); b != 0 && (base == 0 || base == b) {
			digits, base, bare = strings.TrimPrefix(digits[2:], "_"), b, false
		}
	}
	if base == 0 {
		base = 10
	}
	if digits == "" || strings.HasPrefix(digits, "_") || strings.HasSuffix(digits, "_") || strings.Contains(digits, "__") || strings.ContainsAny(digits, "+-") {
		return "", 0, false
	}
	digits = strings.ReplaceAll(digits, "_", "")
	return digits, base, !bare || digits[0] != '0' || strings.Trim(digits, "0") == ""
}

// prefixBase is the base of the letter behind a 0, 0 for all others.
func prefixBase(letter byte) int {
	switch letter | 0x20 {
	case 'b':
		return 2
	case 'o':
		return 8
	case 'x':
		return 16
	}
	return 0
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
	if strings.EqualFold(strings.TrimLeft(text, "+-"), "nan") && len(text) <= len("+nan") {
		return math.NaN(), true
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
