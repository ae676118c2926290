package value

import (
	"encoding/hex"
	"fmt"
	"strings"
	"unicode/utf8"
)

func bytesMethods() methods {
	return newMethods(
		def("decode", "encoding='utf-8', errors='strict'", func(rt *Runtime, self any, a []any) (any, error) {
			if err := spend(rt, len(self.([]byte))); err != nil {
				return nil, err
			}
			return decodeBytes(self.([]byte), a)
		}),
		def("hex", "", func(rt *Runtime, self any, _ []any) (any, error) {
			return hex.EncodeToString(self.([]byte)), spend(rt, len(self.([]byte)))
		}),
	)
}

// codec names an encoding as Python does, "" where it is not known here.
func codec(v any) (string, error) {
	name, err := wantText("encoding", v)
	if err != nil {
		return "", err
	}
	switch strings.NewReplacer("-", "", "_", "").Replace(strings.ToLower(name)) {
	case "utf8", "u8":
		return "utf-8", nil
	case "ascii", "usascii":
		return "ascii", nil
	case "latin1", "iso88591", "l1":
		return "latin-1", nil
	}
	return "", failf("LookupError", "unknown encoding: %s", name)
}

func encodeText(rt *Runtime, s string, a []any) (any, error) {
	name, err := codec(a[0])
	if err != nil {
		return nil, err
	}
	handler, err := wantText("errors", a[1])
	if err != nil {
		return nil, err
	}
	if err := spend(rt, len(s)); err != nil {
		return nil, err
	}
	if name == "utf-8" {
		return []byte(s), nil
	}
	limit := rune(0x80)
	if name == "latin-1" {
		limit = 0x100
	}
	var b []byte
	position := 0
	for _, c := range s {
		if c < limit {
			b = append(b, byte(c))
		} else if b, err = appendUnencodable(b, c, handler, name, position, limit); err != nil {
			return nil, err
		}
		position++
	}
	return b, nil
}

func appendUnencodable(b []byte, c rune, handler, name string, at int, limit rune) ([]byte, error) {
	switch handler {
	case "ignore":
		return b, nil
	case "replace":
		return append(b, '?'), nil
	case "xmlcharrefreplace":
		return fmt.Appendf(b, "&#%d;", c), nil
	case "backslashreplace":
		return appendBackslashed(b, c), nil
	case "strict":
		return b, failf("UnicodeEncodeError", "'%s' codec can't encode character '%s' in position %d: ordinal not in range(%d)",
			name, appendBackslashed(nil, c), at, limit)
	}
	return b, failf("LookupError", "unknown error handler name '%s'", handler)
}

func appendBackslashed(b []byte, c rune) []byte {
	switch {
	case c < 0x100:
		return fmt.Appendf(b, `\x%02x`, c)
	case c < 0x10000:
		return fmt.Appendf(b, `\u%04x`, c)
	}
	return fmt.Appendf(b, `\U%08x`, c)
}

func decodeBytes(data []byte, a []any) (any, error) {
	name, err := codec(a[0])
	if err != nil {
		return nil, err
	}
	handler, err := wantText("errors", a[1])
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	for i := 0; i < len(data); {
		c, size, ok := decodeAt(data[i:], name)
		switch {
		case ok:
			b.WriteRune(c)
		case handler == "replace":
			b.WriteRune(utf8.RuneError)
		case handler == "backslashreplace":
			fmt.Fprintf(&b, `\x%02x`, data[i])
		case handler != "ignore":
			return nil, failf("UnicodeDecodeError", "'%s' codec can't decode byte 0x%02x in position %d: invalid data", name, data[i], i)
		}
		i += size
	}
	return b.String(), nil
}

func decodeAt(data []byte, name string) (c rune, size int, ok bool) {
	if name == "utf-8" {
		c, size = utf8.DecodeRune(data)
		return c, size, c != utf8.RuneError || size > 1
	}
	return rune(data[0]), 1, name == "latin-1" || data[0] < utf8.RuneSelf
}

// appendBytes writes b as Python's repr does.
func appendBytes(b, data []byte) []byte {
	q := quoteFor(data)
	b = append(b, 'b', q)
	for _, c := range data {
		switch {
		case c == q || c == '\\':
			b = append(b, '\\', c)
		case c == '\n':
			b = append(b, `\n`...)
		case c == '\r':
			b = append(b, `\r`...)
		case c == '\t':
			b = append(b, `\t`...)
		case c < ' ' || c >= 0x7f:
			b = fmt.Appendf(b, `\x%02x`, c)
		default:
			b = append(b, c)
		}
	}
	return append(b, q)
}
