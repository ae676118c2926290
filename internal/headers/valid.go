package headers

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

// Fault says what is wrong with a header, "" when nothing is: a name must be a token, and a value must have no control
// character but the tab in it. net/http leaves a header with a wrong name out, makes spaces of line breaks in a value
// and sends all else as it is.
func Fault(name string, values ...string) string {
	if !isToken(strings.TrimPrefix(name, http.TrailerPrefix)) {
		return "its name is none: a name has letters, digits and dashes"
	}
	for _, value := range values {
		if !IsValue(value) {
			return "its value has a control character in it, such as a line break"
		}
	}
	return ""
}

// FirstFault returns the name of the first header, by the alphabet, that something is wrong with, and what.
func FirstFault(header http.Header) (name, fault string) {
	for name, values := range header {
		if Fault(name, values...) == "" {
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(header)) {
			if fault := Fault(name, header[name]...); fault != "" {
				return name, fault
			}
		}
	}
	return "", ""
}

// IsValue reports whether s may be the value of a header. Bytes above 0x7f may stand in one.
func IsValue(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return true
}

// isToken reports whether s is a token, RFC 9110, section 5.6.2.
func isToken(s string) bool {
	for i := range len(s) {
		c := s[i]
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
		if !letter && strings.IndexByte("!#$%&'*+-.^_`|~", c) < 0 {
			return false
		}
	}
	return s != ""
}
