package translate

import (
	"math/big"
	"strconv"
	"strings"

	"github.com/dewar-go/dewar/contrib/pyconfig/internal/fault"
)

// maxDigits bounds the digits of a number, as Python does.
const maxDigits = 4300

// number reads an int or a float.
func (s *scanner) number() {
	start, at := s.off, s.col()
	if s.src[s.off] == '0' && strings.IndexByte("xXoObB", s.peek(1)) >= 0 && s.peek(1) != 0 {
		s.off += 2
		s.skip(isAlphanumeric)
	} else {
		s.decimal()
	}
	if c := s.peek(0); c|0x20 == 'j' {
		s.off++
		s.push(token{kind: unavailable, word: "complex numbers are not available; write the value another way", line: s.line, col: at})
		return
	}
	if c := s.peek(0); c == '_' || isLetter(c) {
		s.fail("a number runs into a name; put text in quotes")
		return
	}
	value, err := parseNumber(s.src[start:s.off])
	if err != nil {
		s.fail("%s", err.Text)
		return
	}
	s.push(token{kind: number, value: value, line: s.line, col: at})
}

// decimal steps over digits, fraction and exponent.
func (s *scanner) decimal() {
	s.skip(isDigitOrUnderscore)
	if s.peek(0) == '.' {
		s.off++
		s.skip(isDigitOrUnderscore)
	}
	if s.peek(0)|0x20 != 'e' {
		return
	}
	sign := 0
	if c := s.peek(1); c == '+' || c == '-' {
		sign = 1
	}
	if isDigit(s.peek(1 + sign)) {
		s.off += 1 + sign
		s.skip(isDigitOrUnderscore)
	}
}

func (s *scanner) skip(accept func(byte) bool) {
	for s.off < len(s.src) && accept(s.src[s.off]) {
		s.off++
	}
}

func isAlphanumeric(c byte) bool { return isDigitOrUnderscore(c) || isLetter(c) }

func isDigitOrUnderscore(c byte) bool { return c == '_' || isDigit(c) }

// parseNumber returns an int64, a *big.Int or a float64.
func parseNumber(word string) (any, *fault.Error) {
	digits, ok := withoutUnderscores(word)
	if !ok {
		return nil, fault.New("an underscore in a number must stand between two digits")
	}
	if len(digits) > maxDigits {
		return nil, fault.New("a number has more than %d digits", maxDigits)
	}
	hex := len(digits) > 1 && digits[0] == '0' && isLetter(digits[1]) && digits[1]|0x20 != 'e'
	if !hex && strings.ContainsAny(digits, ".eE") {
		value, err := strconv.ParseFloat(digits, 64)
		if err != nil && value == 0 {
			return nil, fault.New("a number is malformed")
		}
		return value, nil // too large is infinity, as in Python
	}
	if !hex && digits[0] == '0' && strings.Trim(digits, "0") != "" {
		return nil, fault.New("a number begins with 0; write 0o for octal, or drop the 0")
	}
	value, ok := new(big.Int).SetString(digits, base(hex))
	if !ok {
		return nil, fault.New("a number is malformed")
	}
	if value.IsInt64() {
		return value.Int64(), nil
	}
	return value, nil
}

func base(prefixed bool) int {
	if prefixed {
		return 0
	}
	return 10
}

// withoutUnderscores drops the underscores and reports whether each stood between two digits.
func withoutUnderscores(word string) (string, bool) {
	for i := range len(word) {
		if word[i] != '_' {
			continue
		}
		if i == 0 || i == len(word)-1 || !isAlphanumeric(word[i+1]) || word[i+1] == '_' || !isAlphanumeric(word[i-1]) {
			return "", false
		}
	}
	return strings.ReplaceAll(word, "_", ""), true
}
