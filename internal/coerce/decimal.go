package coerce

import (
	"strconv"
	"strings"
)

// decimal is a number as it was written, without the rounding of a float: digits times ten to the scale.
type decimal struct {
	neg    bool
	digits string // without leading zeros; empty, or all zeros, for zero
	scale  int
}

// maxExponent bounds the exponent that is told apart; what is beyond is as far out of range as can be.
const maxExponent = 1 << 30

// parseDecimal reads a number such as 12, -0.5, .5 or 1e6. It takes no hexadecimal, no underscores, no NaN, no Inf.
func parseDecimal(s string) (decimal, bool) {
	neg, s := cutSign(s)
	mantissa, exponent, ok := cutExponent(s)
	left, right, _ := strings.Cut(mantissa, ".")
	digits := left + right
	if !ok || !isDigits(digits) {
		return decimal{}, false
	}
	significant := strings.TrimRight(digits, "0")
	return decimal{
		neg:    neg,
		digits: strings.TrimLeft(significant, "0"),
		scale:  exponent - len(right) + len(digits) - len(significant),
	}, true
}

// whole returns d as an integer, or the reason why it is none.
func (d decimal) whole() (whole, string) {
	switch {
	case strings.Trim(d.digits, "0") == "":
		return whole{}, ""
	case d.scale < 0:
		return whole{}, fraction
	case len(d.digits)+d.scale > 20:
		return whole{}, outOfRange
	}
	abs, err := strconv.ParseUint(d.digits+strings.Repeat("0", d.scale), 10, 64)
	if err != nil {
		return whole{}, outOfRange
	}
	return whole{neg: d.neg, abs: abs}, ""
}

// shifted returns d times ten to the n, cut off at the point.
func (d decimal) shifted(n int) decimal {
	d.scale += n
	if d.scale < 0 {
		d.digits = d.digits[:max(0, len(d.digits)+d.scale)]
		d.scale = 0
	}
	return d
}

// cutSign splits s at its sign, if it has one, and reports whether the sign is a minus.
func cutSign(s string) (neg bool, rest string) {
	if s != "" && (s[0] == '-' || s[0] == '+') {
		return s[0] == '-', s[1:]
	}
	return false, s
}

// cutExponent splits s at its exponent, which is 0 when there is none. It reports false for one that is no integer.
func cutExponent(s string) (mantissa string, exponent int, ok bool) {
	i := strings.IndexAny(s, "eE")
	if i < 0 {
		return s, 0, true
	}
	neg, digits := cutSign(s[i+1:])
	if !isDigits(digits) {
		return "", 0, false
	}
	exponent, err := strconv.Atoi(digits)
	if err != nil || exponent > maxExponent {
		exponent = maxExponent
	}
	if neg {
		exponent = -exponent
	}
	return s[:i], exponent, true
}

// isDigits reports whether s is one or more of the digits 0 to 9.
func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
