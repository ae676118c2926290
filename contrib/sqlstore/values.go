package sqlstore

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// object returns values as a JSON object of strings, with null for the keys that have none.
func object(values map[string]string, none ...string) string {
	members := make(map[string]*string, len(values)+len(none))
	for _, key := range none {
		members[escape(key)] = nil
	}
	for key, value := range values {
		value = escape(value)
		members[escape(key)] = &value
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(members) // strings and null can be encoded
	return strings.TrimSuffix(b.String(), "\n")
}

// whole returns the object that a row begins with. MariaDB 10.11 overlooks a part of a patch which removes the first member of
// an object, so that for MySQL one is in front which stays.
func (d Dialect) whole(values map[string]string) string {
	text := object(values)
	switch {
	case d != MySQL:
		return text
	case len(values) == 0:
		return `{"\u001a":""}`
	}
	return `{"\u001a":"",` + text[1:]
}

// expectation returns the patch that changes nothing if the values are as expected.
func expectation(expect map[string]string) string {
	values, none := make(map[string]string, len(expect)), []string(nil)
	for key, value := range expect {
		if value == "" {
			none = append(none, key)
		} else {
			values[key] = value
		}
	}
	return object(values, none...)
}

// readObject returns the values of an object.
func readObject(data []byte) (map[string]string, error) {
	var members map[string]string
	if err := json.Unmarshal(data, &members); err != nil {
		return nil, err
	}
	delete(members, string(mark)) // see Dialect.whole
	values := make(map[string]string, len(members))
	for key, value := range members {
		values[unescape(key)] = unescape(value)
	}
	return values, nil
}

// mark begins an escaped byte: SUBSTITUTE, which JSON text never holds as it is.
const mark = '\x1a'

// escape returns text that every database keeps: valid UTF-8 without NUL. Bytes that it must not have, and the mark
// itself, become the mark and two hexadecimal digits.
func escape(text string) string {
	if utf8.ValidString(text) && strings.IndexByte(text, 0) < 0 && strings.IndexByte(text, mark) < 0 {
		return text
	}
	var b strings.Builder
	for text != "" {
		r, size := utf8.DecodeRuneInString(text)
		if r == 0 || r == mark || r == utf8.RuneError && size == 1 {
			fmt.Fprintf(&b, "%c%02x", mark, text[0])
		} else {
			b.WriteString(text[:size])
		}
		text = text[size:]
	}
	return b.String()
}

// unescape returns the text that escape was given.
func unescape(text string) string {
	plain, rest, found := strings.Cut(text, string(mark))
	if !found {
		return text
	}
	b := []byte(plain)
	for found {
		if n, err := strconv.ParseUint(rest[:min(2, len(rest))], 16, 8); err == nil {
			b, rest = append(b, byte(n)), rest[2:]
		}
		plain, rest, found = strings.Cut(rest, string(mark))
		b = append(b, plain...)
	}
	return string(b)
}
