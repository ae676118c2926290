// Package forwarded reads the headers in which proxies tell what their client asked them for: X-Forwarded-For, -Proto,
// -Port and -Prefix. What no proxy writes is not read.
package forwarded

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// Last returns what the nearest proxy said: the last item of the last line.
func Last(lines []string) string {
	if len(lines) == 0 {
		return ""
	}
	last := lines[len(lines)-1]
	return strings.TrimSpace(last[strings.LastIndexByte(last, ',')+1:])
}

// Addr reads an address, which may have a port behind it; one of IPv6 may stand in brackets, and must with a port.
func Addr(entry string) (addr netip.Addr, ok bool) {
	entry = strings.TrimSpace(entry)
	if withPort, err := netip.ParseAddrPort(entry); err == nil {
		return withPort.Addr().Unmap(), true
	}
	if inner, cut := strings.CutPrefix(entry, "["); cut {
		if entry, cut = strings.CutSuffix(inner, "]"); !cut || !strings.Contains(entry, ":") {
			return netip.Addr{}, false
		}
	}
	addr, err := netip.ParseAddr(entry)
	return addr.Unmap(), err == nil
}

// IsSocket reports whether an entry of X-Forwarded-For stands for a client that came over a Unix socket, as nginx
// writes it.
func IsSocket(entry string) bool { return strings.TrimSpace(entry) == "unix:" }

// Scheme returns "http" or "https" for a scheme, also for that of a websocket, and "" for any other text.
func Scheme(text string) string {
	switch strings.ToLower(text) {
	case "http", "ws":
		return "http"
	case "https", "wss":
		return "https"
	}
	return ""
}

// Port returns a port in decimal digits, and "" for any other text.
func Port(text string) string {
	n, err := strconv.ParseUint(text, 10, 16)
	if err != nil || n == 0 || text[0] == '+' {
		return ""
	}
	return strconv.FormatUint(n, 10)
}

// Prefix returns a path as it may stand in a URL in front of others: percent-encoded, and without a slash at its end.
// ok is false for text that would lead elsewhere: without a slash at its beginning, or with an empty segment, one that is
// dots, a backslash, a query or a control character in it.
func Prefix(text string) (prefix string, ok bool) {
	decoded, err := url.PathUnescape(text)
	if err != nil || !strings.HasPrefix(text, "/") || strings.ContainsAny(text, "?#") {
		return "", false
	}
	decoded, text = strings.TrimSuffix(decoded, "/"), strings.TrimSuffix(text, "/")
	if strings.Contains(decoded, "//") || strings.HasSuffix(decoded, "/") || strings.ContainsFunc(decoded, strange) {
		return "", false
	}
	for segment := range strings.SplitSeq(decoded, "/") {
		if segment == "." || segment == ".." {
			return "", false
		}
	}
	return (&url.URL{Path: decoded, RawPath: text}).EscapedPath(), true
}

func strange(r rune) bool { return r < ' ' || r == 0x7f || r == '\\' }
