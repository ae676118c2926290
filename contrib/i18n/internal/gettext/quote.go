package gettext

import "strings"

// unquote reads a string between quotes, with the escapes of C. Several may stand on a line.
func (f *poFile) unquote(s string) (string, error) {
	var b strings.Builder
	for {
		rest, err := f.quoted(&b, s)
		if err != nil {
			return "", err
		}
		if s = strings.TrimLeft(rest, " \t"); s == "" {
			return b.String(), nil
		}
	}
}

// quoted reads the string that s begins with, and returns what is behind it.
func (f *poFile) quoted(b *strings.Builder, s string) (rest string, err error) {
	if s == "" || s[0] != '"' {
		return "", f.fail(f.line, "expected a string between double quotes, got %.20q", s)
	}
	for s = s[1:]; s != ""; {
		i := strings.IndexAny(s, `"\`)
		if i < 0 {
			break
		}
		b.WriteString(s[:i])
		if s[i] == '"' {
			return s[i+1:], nil
		}
		if s, err = f.escape(b, s[i+1:]); err != nil {
			return "", err
		}
	}
	return "", f.fail(f.line, `the string is not closed by a double quote; a newline in it is \n, and a double quote \"`)
}

// escape writes what the escape stands for whose backslash is before s, and returns what is behind it.
func (f *poFile) escape(b *strings.Builder, s string) (rest string, err error) {
	if s == "" {
		return "", nil
	}
	if i := strings.IndexByte(`abfnrtv\"'?`, s[0]); i >= 0 {
		b.WriteByte("\a\b\f\n\r\t\v\\\"'?"[i])
		return s[1:], nil
	}
	if s[0] == 'x' {
		return f.number(b, s, "0123456789abcdef0123456789ABCDEF", 16, 1, len(s))
	}
	return f.number(b, s, "01234567", 8, 0, 3)
}

// number writes the byte whose number the digits from start on are, at most up to the limit. Of a longer number it is the last byte, as in C.
func (f *poFile) number(b *strings.Builder, s, digits string, base, start, limit int) (rest string, err error) {
	n, end := 0, start
	for ; end < min(len(s), limit); end++ {
		digit := strings.IndexByte(digits, s[end])
		if digit < 0 {
			break
		}
		n = n*base + digit%base
	}
	if end == start {
		return "", f.fail(f.line, "invalid escape \\%.4s in a string; a backslash is written \\\\", s)
	}
	b.WriteByte(byte(n))
	return s[end:], nil
}
