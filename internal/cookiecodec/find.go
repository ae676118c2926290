package cookiecodec

import (
	"net/textproto"
	"strings"
)

// Find returns the value of the first cookie of that name in the Cookie lines of a request, without quotes around it,
// or "". It finds what net/http finds, without making all the others as well.
func Find(lines []string, name string) string {
	for _, line := range lines {
		if isFirst(line, name) {
			part, _, _ := strings.Cut(line, ";")
			return unquoted(textproto.TrimString(part)[len(name)+1:])
		}
		for part := ""; line != ""; {
			part, line, _ = strings.Cut(line, ";")
			key, value, _ := strings.Cut(textproto.TrimString(part), "=")
			if textproto.TrimString(key) == name {
				return unquoted(value)
			}
		}
	}
	return ""
}

// isFirst reports whether a line begins with the cookie of that name, which most do.
func isFirst(line, name string) bool {
	return len(line) > len(name) && line[len(name)] == '=' && line[:len(name)] == name
}

func unquoted(value string) string {
	if len(value) > 1 && value[0] == '"' && value[len(value)-1] == '"' {
		return value[1 : len(value)-1]
	}
	return value
}

// Allowed reports whether the value of a cookie may have all the characters of value.
func Allowed(value string) bool {
	for i := range len(value) {
		if b := value[i]; b < 0x20 || b >= 0x7f || b == '"' || b == '\\' || b == ';' {
			return false
		}
	}
	return true
}
