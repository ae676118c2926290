package itsdangerous

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// appendJSON returns v as Python's json writes it without white space and with ensure_ascii off.
func appendJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("itsdangerous: a %T cannot be signed: %w", v, err)
	}
	return asPython(bytes.TrimSuffix(b.Bytes(), []byte("\n")))
}

// asPython rewrites compact JSON of package json: escapes that Python does not write, and floats.
func asPython(text []byte) ([]byte, error) {
	out := make([]byte, 0, len(text))
	for len(text) > 0 {
		var n int
		switch c := text[0]; {
		case c == '"':
			n = stringEnd(text)
			if strings.Contains(strings.ReplaceAll(string(text[:n]), `\\`, ""), `\ufffd`) { // what package json makes of it
				return nil, errors.New("itsdangerous: text that is not UTF-8 cannot be signed; encode it, as in base64")
			}
			out = append(out, unescaped(text[:n])...)
		case c == '-' || '0' <= c && c <= '9':
			n = numberEnd(text)
			out = append(out, pythonNumber(string(text[:n]))...)
		default:
			n = 1
			out = append(out, c)
		}
		text = text[n:]
	}
	return out, nil
}

// stringEnd returns where the literal that text begins with ends.
func stringEnd(text []byte) int {
	for i := 1; ; i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
}

func numberEnd(text []byte) int {
	for i, c := range text {
		if (c < '0' || c > '9') && !strings.ContainsRune("+-.eE", rune(c)) {
			return i
		}
	}
	return len(text)
}

// lineSeparators are what package json escapes always and Python does not.
var lineSeparators = strings.NewReplacer(`\\`, `\\`, `\u2028`, "\u2028", `\u2029`, "\u2029")

func unescaped(literal []byte) string { return lineSeparators.Replace(string(literal)) }

// pythonNumber returns a number as Python's repr writes it: 1e-07 and 1e+16, where Go has 1e-7 and 10000000000000000.
func pythonNumber(text string) string {
	if !strings.ContainsAny(text, ".eE") {
		return text
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return text
	}
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(f, 'e', -1, 64), "e")
	if n, _ := strconv.Atoi(exponent); n < -4 || n >= 16 {
		return mantissa + "e" + exponent
	}
	text = strconv.FormatFloat(f, 'f', -1, 64)
	if !strings.Contains(text, ".") {
		text += ".0"
	}
	return text
}
