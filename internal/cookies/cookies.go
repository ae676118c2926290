// Package cookies reads and writes the text of cookies as Python does: what a value may not have as it is stands in
// double quotes, with a backslash and three octal digits for each byte.
package cookies

import (
	"errors"
	"iter"
	"net/http"
	"net/textproto"
	"strings"
)

// All yields the names and values of the Cookie lines of a request in their order, the values unquoted.
func All(lines []string) iter.Seq2[string, string] {
	return func(yield func(name, value string) bool) {
		for _, line := range lines {
			for line != "" {
				var name, value string
				name, value, line = next(line)
				if name != "" && !yield(name, Unquote(value)) {
					return
				}
			}
		}
	}
}

// Find returns the value of the first cookie of that name, unquoted, or "".
func Find(lines []string, name string) string {
	for _, line := range lines {
		for line != "" {
			var key, value string
			if key, value, line = next(line); key == name && key != "" {
				return Unquote(value)
			}
		}
	}
	return ""
}

// next takes the first cookie off a line.
func next(line string) (name, value, rest string) {
	end := strings.IndexAny(line, "=;")
	if end < 0 {
		return textproto.TrimString(line), "", ""
	}
	name, rest = textproto.TrimString(line[:end]), line[end+1:]
	if line[end] == ';' {
		return name, "", rest
	}
	rest = strings.TrimLeft(rest, " \t")
	if n := quotedLen(rest); n > 0 {
		_, after, _ := strings.Cut(rest[n:], ";")
		return name, rest[:n], after
	}
	value, rest, _ = strings.Cut(rest, ";")
	return name, textproto.TrimString(value), rest
}

// quotedLen returns how long the quoted text is that s begins with, 0 when it begins with none or anything but the end
// of the cookie follows it. A semicolon may stand in the quotes.
func quotedLen(s string) int {
	if s == "" || s[0] != '"' {
		return 0
	}
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			after := strings.TrimLeft(s[i+1:], " \t")
			if after == "" || after[0] == ';' {
				return i + 1
			}
			return 0
		}
	}
	return 0
}

// Unquote returns the text that a value stands for. What is no UTF-8 becomes U+FFFD.
func Unquote(value string) string {
	if len(value) >= 2 && value[0] == '"' && value[len(value)-1] == '"' {
		value = unescape(value[1 : len(value)-1])
	}
	return strings.ToValidUTF8(value, "\ufffd")
}

func unescape(value string) string {
	if strings.IndexByte(value, '\\') < 0 {
		return value
	}
	b := make([]byte, 0, len(value))
	for i := 0; i < len(value); i++ {
		switch {
		case value[i] != '\\' || i+1 == len(value):
			b = append(b, value[i])
		case isOctal(value[i+1:]):
			b = append(b, (value[i+1]-'0')<<6|(value[i+2]-'0')<<3|(value[i+3]-'0'))
			i += 3
		default:
			i++
			b = append(b, value[i])
		}
	}
	return string(b)
}

// isOctal reports whether s begins with the three digits of a byte.
func isOctal(s string) bool {
	return len(s) >= 3 && '0' <= s[0] && s[0] <= '3' && '0' <= s[1] && s[1] <= '7' && '0' <= s[2] && s[2] <= '7'
}

// Quote returns value as it may stand in a header: as it is, or in quotes.
func Quote(value string) string {
	for i := range len(value) {
		if !plain(value[i]) {
			return quote(value)
		}
	}
	return value
}

func quote(value string) string {
	b := make([]byte, 0, len(value)+16)
	b = append(b, '"')
	for i := range len(value) {
		switch c := value[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c < ' ' || c >= 0x7f || c == ',' || c == ';':
			b = append(b, '\\', '0'+c>>6, '0'+c>>3&7, '0'+c&7)
		default:
			b = append(b, c)
		}
	}
	return string(append(b, '"'))
}

// plain reports whether a value needs no quotes for c.
func plain(c byte) bool {
	return ' ' < c && c < 0x7f && c != '"' && c != '\\' && c != ',' && c != ';'
}

// Set returns the Set-Cookie line of a cookie with any value; its Path is escaped. The error says what else about the
// cookie is wrong.
func Set(cookie *http.Cookie) (string, error) {
	bare := *cookie
	bare.Value, bare.Quoted = "", false
	if strings.ContainsAny(cookie.Value, "\r\n") {
		return "", errors.New("its value has a line break in it")
	}
	if err := bare.Valid(); err != nil {
		return "", errors.New("its name, path, domain or expiry has something in it that is not allowed there")
	}
	attributes := strings.TrimPrefix(bare.String(), bare.Name+"=")
	return bare.Name + "=" + Quote(cookie.Value) + attributes, nil
}

// Parse reads a Set-Cookie line. The value of the cookie is what stands there, in quotes or not; nil is no cookie.
func Parse(line string) *http.Cookie {
	name, value, rest := next(line)
	cookie, err := http.ParseSetCookie(name + "=;" + rest)
	if err != nil {
		return nil
	}
	cookie.Value, cookie.Raw = value, line
	return cookie
}
