package headers

import (
	"strings"

	"github.com/dewar-go/dewar/internal/hostname"
)

// What may stand in a part of a URL beside letters, digits and -._~: all that the WHATWG's URL standard leaves alone,
// and the percent sign, so that what is escaped is not escaped again.
const (
	inUser     = "%!$&'()*+,;="
	inPath     = inUser + "/:@"
	inQuery    = inPath + "?"
	inFragment = inQuery + "#"
)

// Location returns a URL as it may stand in a header: what is not allowed in one of its parts is escaped, and a host
// that is not ASCII is written in Punycode. What is escaped stays as it is. ok is false when there is no such host.
func Location(target string) (location string, ok bool) {
	if allowed(target, inFragment) {
		return target, true
	}
	rest, fragment, hasFragment := strings.Cut(target, "#")
	rest, query, hasQuery := strings.Cut(rest, "?")
	front, host, path := cutHost(rest)
	host, ok = asciiHost(host)
	location = front + host + Escape(path, inPath)
	if hasQuery {
		location += "?" + Escape(query, inQuery)
	}
	if hasFragment {
		location += "#" + Escape(fragment, inFragment)
	}
	return location, ok
}

// Path returns a path with what is not allowed in one escaped.
func Path(path string) string { return Escape(path, inPath) }

// cutHost takes a URL without its query apart: scheme and slashes, the host with its port and user, the path.
func cutHost(s string) (front, host, path string) {
	i := strings.Index(s, "//")
	if i < 0 || i > 0 && !isScheme(s[:i]) {
		return "", "", s
	}
	front, s = s[:i+2], s[i+2:]
	if end := strings.IndexByte(s, '/'); end >= 0 {
		return front, s[:end], s[end:]
	}
	return front, s, ""
}

// isScheme reports whether s is the name of a scheme with its colon.
func isScheme(s string) bool {
	name, ok := strings.CutSuffix(s, ":")
	return ok && name != "" && !strings.ContainsFunc(name, func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '+' || r == '-' || r == '.')
	})
}

// asciiHost returns the authority of a URL in ASCII.
func asciiHost(authority string) (string, bool) {
	user, host := "", authority
	if i := strings.LastIndexByte(authority, '@'); i >= 0 {
		user, host = Escape(authority[:i], inUser+":")+"@", authority[i+1:]
	}
	name, port := host, ""
	if i := strings.LastIndexByte(host, ':'); i >= 0 && !strings.HasSuffix(host, "]") {
		name, port = host[:i], host[i:]
	}
	name, ok := hostname.ASCII(name)
	return user + Escape(name+port, inUser+":[]"), ok
}

// Escape writes every byte of s but letters, digits, -._~ and those in safe as %XX.
func Escape(s, safe string) string {
	if allowed(s, safe) {
		return s
	}
	const hex = "0123456789ABCDEF"
	b := make([]byte, 0, len(s)+16)
	for i := range len(s) {
		if c := s[i]; isUnreserved(c) || strings.IndexByte(safe, c) >= 0 {
			b = append(b, c)
		} else {
			b = append(b, '%', hex[c>>4], hex[c&15])
		}
	}
	return string(b)
}

func allowed(s, safe string) bool {
	for i := range len(s) {
		if !isUnreserved(s[i]) && strings.IndexByte(safe, s[i]) < 0 {
			return false
		}
	}
	return true
}

func isUnreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '.' || c == '_' || c == '~'
}
