// Package headers has what can be said of headers without knowing the response that they belong to.
package headers

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

// Same reports whether two headers are the same.
func Same(a, b http.Header) bool {
	return len(a) == len(b) && maps.EqualFunc(a, b, slices.Equal[[]string])
}

// SetDefault sets a header unless it is set, to whatever value.
func SetDefault(header http.Header, key string, value []string) {
	if _, ok := header[key]; !ok {
		header[key] = value
	}
}

// AddVary adds a field name, the only element of line, to Vary, which stays one line without repetitions.
func AddVary(header http.Header, line []string) {
	if lines := header["Vary"]; len(lines) > 0 {
		line = withField(lines, line[0])
	}
	header["Vary"] = line
}

// AddField adds a field name to a header that lists them, such as Trailer, as AddVary does.
func AddField(header http.Header, key, name string) {
	header[key] = withField(header[key], name)
}

// MayTrail reports whether a header may stand behind the body: none that frames the message, routes it, or says what to do
// with it. RFC 9110, section 6.5.1.
func MayTrail(key string) bool {
	switch key {
	case "Age", "Authorization", "Cache-Control", "Connection", "Date", "Expires", "Host", "Keep-Alive", "Location", "Pragma", "Proxy-Authenticate",
		"Retry-After", "Set-Cookie", "Te", "Trailer", "Transfer-Encoding", "Upgrade", "Vary", "Www-Authenticate":
		return false
	}
	return (key == "Content-Digest" || !strings.HasPrefix(key, "Content-")) && !strings.HasPrefix(key, "If-") && !strings.HasPrefix(key, http.TrailerPrefix)
}

// withField returns the fields of a header in one line, with one more unless it is there or everything is.
func withField(lines []string, added string) []string {
	var fields []string
	for field := range strings.SplitSeq(strings.Join(lines, ","), ",") {
		if field = strings.TrimSpace(field); field != "" {
			fields = append(fields, field)
		}
	}
	known := func(field string) bool { return field == "*" || strings.EqualFold(field, added) }
	if !slices.ContainsFunc(fields, known) {
		fields = append(fields, added)
	}
	return []string{strings.Join(fields, ", ")}
}

// Public reports whether Cache-Control lets shared caches hand the answer to anybody.
func Public(header http.Header) bool {
	for directive := range strings.SplitSeq(strings.ToLower(strings.Join(header["Cache-Control"], ",")), ",") {
		name, _, _ := strings.Cut(strings.TrimSpace(directive), "=")
		if name == "public" || name == "s-maxage" {
			return true
		}
	}
	return false
}

// Merge adds the headers of an error, which many requests may share, to those of a response.
func Merge(header, from http.Header) {
	for key, values := range from {
		switch key {
		case "Vary":
			for _, name := range values {
				AddVary(header, []string{name})
			}
		case "Content-Type", "Content-Length": // the answer has its own
		case "Set-Cookie":
			header[key] = append(header[key], values...)
		default:
			header[key] = slices.Clone(values)
		}
	}
}

// Since returns the values of a header without those of before, unless they are in kept. Only lists grow; what is
// written anew is new as a whole.
func Since(key string, values, before, kept []string) []string {
	if key != "Set-Cookie" && key != "Vary" {
		return slices.Clone(values)
	}
	return Without(values, before, kept)
}

// Without returns list without the elements of first that are not in kept.
func Without(list, first, kept []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool {
		return slices.Contains(first, s) && !slices.Contains(kept, s)
	})
}

// DescribesBody reports whether a header is about the body that is lost with its answer.
func DescribesBody(key string) bool {
	switch key {
	case "Content-Type", "Content-Length", "Content-Encoding", "Content-Range", "Content-Language", "Content-Location", "Content-Disposition",
		"Etag", "Last-Modified", "Accept-Ranges", "Location", "Trailer", "Transfer-Encoding":
		return true
	}
	return false
}

// HasTrailers reports whether trailers are announced or set.
func HasTrailers(header http.Header) bool {
	if len(header["Trailer"]) > 0 {
		return true
	}
	for key := range header {
		if strings.HasPrefix(key, http.TrailerPrefix) {
			return true
		}
	}
	return false
}
