package taggedjson

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
)

// appendFloat appends f as Python's repr writes it: the shortest digits that give f back, always
// recognisable as a float, with an exponent below 1e-04 and from 1e+16 on.
func appendFloat(dst []byte, f float64, bits int) []byte {
	var buf [32]byte
	text := strconv.AppendFloat(buf[:0], f, 'e', -1, bits)
	if e := exponent(text); e < -4 || e >= 16 {
		return append(dst, text...)
	}
	start := len(dst)
	dst = strconv.AppendFloat(dst, f, 'f', -1, bits)
	for _, c := range dst[start:] {
		if c == '.' {
			return dst
		}
	}
	return append(dst, ".0"...)
}

// exponent returns the decimal exponent of a float in format 'e'.
func exponent(text []byte) int {
	i := len(text) - 1
	for text[i] != 'e' {
		i--
	}
	e, _ := strconv.Atoi(string(text[i+1:])) // digits that strconv wrote
	return e
}

func isFinite(f float64) bool { return !math.IsNaN(f) && !math.IsInf(f, 0) }

// A number is a scanned JSON number.
type number struct {
	text    string
	integer bool // neither a fraction nor an exponent
}

// value returns n as int64, as json.Number if it is an integer out of range, or else as float64.
func (n number) value() (any, error) {
	if !n.integer {
		return n.float()
	}
	if i, err := strconv.ParseInt(n.text, 10, 64); err == nil {
		return i, nil
	}
	if tooLong(n.text) {
		return nil, tooManyDigits()
	}
	return json.Number(n.text), nil
}

func (n number) float() (float64, error) {
	f, err := strconv.ParseFloat(n.text, 64)
	if err != nil {
		return 0, &Error{Reason: "a number beyond the range of float64"}
	}
	return f, nil
}

// exactFloat is float for a caller who wants no digit of an integer lost.
func (n number) exactFloat() (float64, error) {
	f, err := n.float()
	if err == nil && n.integer && strconv.FormatFloat(f, 'f', 0, 64) != n.text && f != 0 {
		return 0, &Error{Reason: "an integer that float64 cannot hold exactly"}
	}
	return f, err
}

// int returns n if it is whole and fits in so many bits.
func (n number) int(bits int) (int64, error) {
	if i, err := strconv.ParseInt(n.text, 10, bits); err == nil {
		return i, nil
	}
	if n.integer {
		return 0, &Error{Reason: "an integer beyond the range of int" + strconv.Itoa(bits)}
	}
	const exact = 1 << 53
	if f, err := n.float(); err == nil && math.Trunc(f) == f && math.Abs(f) <= exact {
		return int64(f), nil
	}
	return 0, &Error{Reason: "a float is not an integer"}
}

// tooLong reports whether an integer has more digits than Python reads.
func tooLong(text string) bool { return len(strings.TrimPrefix(text, "-")) > maxDigits }

func tooManyDigits() *Error {
	return &Error{Reason: "an integer of more than " + strconv.Itoa(maxDigits) + " digits"}
}

// appendNumber appends a number that comes as text.
func appendNumber(dst []byte, text string) ([]byte, error) {
	if text == "" { // the zero json.Number, as in encoding/json
		return append(dst, '0'), nil
	}
	s := scanner{data: text}
	n, err := s.number()
	if err != nil || s.pos != len(text) {
		return dst, &Error{Reason: "a json.Number that is not a number"}
	}
	if !n.integer {
		f, err := n.float()
		if err != nil {
			return dst, err
		}
		return appendFloat(dst, f, 64), nil
	}
	if tooLong(text) {
		return dst, tooManyDigits()
	}
	if text == "-0" {
		text = "0"
	}
	return append(dst, text...), nil
}
