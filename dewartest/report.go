package dewartest

import (
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/internal/redact"
)

// excerptLength is how much of a text a failure shows.
const excerptLength = 1000

// details returns what helps to see why a response is not the one that was wanted: what was asked, what came back, and what
// the App logged meanwhile.
func (r *Response) details() string {
	var b strings.Builder
	r.reportRequest(&b)
	r.reportResponse(&b)
	r.reportLog(&b)
	return strings.TrimRight(b.String(), "\n")
}

func (r *Response) reportRequest(b *strings.Builder) {
	for _, before := range r.History {
		fmt.Fprintf(b, "\n%s redirected with %d to %s", before.line(), before.StatusCode, before.Location())
	}
	reportHeader(b, "sent", r.Request.Header)
	if r.sent != "" {
		b.WriteString("\n\n" + indented(redact.Message(r.sent)))
	}
}

func (r *Response) reportResponse(b *strings.Builder) {
	reportHeader(b, "got", r.Header)
	if r.Aborted {
		b.WriteString("\nthe connection was aborted")
	}
	if r.Err != nil {
		b.WriteString("\nerror: " + withStack(r.Err))
	}
	if text := shownBody(r.Header.Get("Content-Type"), r.Body); text != "" {
		b.WriteString("\n\n" + indented(text))
	}
}

func (r *Response) reportLog(b *strings.Builder) {
	if len(r.Logged) == 0 {
		return
	}
	b.WriteString("\nlogged:")
	for _, record := range r.Logged {
		b.WriteString("\n" + indented(logLine(record, r.Err != nil)))
	}
}

// reportHeader writes the fields of a header, in their order by name. Of those that say who somebody is it writes the name.
func reportHeader(b *strings.Builder, what string, header http.Header) {
	if len(header) == 0 {
		return
	}
	b.WriteString("\n" + what + ":")
	for _, key := range slices.Sorted(maps.Keys(header)) {
		for _, value := range header[key] {
			b.WriteString("\n    " + key + ": " + shownField(key, value))
		}
	}
}

// shownField returns what a failure shows of a header field.
func shownField(key, value string) string {
	switch {
	case key == "Cookie":
		var names []string
		for _, cookie := range (&http.Request{Header: http.Header{key: {value}}}).Cookies() {
			names = append(names, cookie.Name+"=...")
		}
		return strings.Join(names, "; ")
	case key == "Set-Cookie":
		name, rest, _ := strings.Cut(value, "=")
		_, attributes, found := strings.Cut(rest, ";")
		if found {
			attributes = ";" + attributes
		}
		return name + "=..." + attributes
	case key == "Authorization" || key == "Proxy-Authorization":
		if scheme, _, found := strings.Cut(value, " "); found {
			return scheme + " ..."
		}
		return "..." // which may be a secret without a scheme
	case redact.Named(key):
		return "..."
	}
	return value
}

// shownBody returns the beginning of a body that is text, and how much there is of any other.
func shownBody(contentType string, body []byte) string {
	if !utf8.Valid(body) {
		return fmt.Sprintf("%d bytes of %s", len(body), contentType)
	}
	return excerpt(string(body))
}

// excerpt returns text, or its beginning.
func excerpt(text string) string {
	if len(text) > excerptLength {
		return strings.ToValidUTF8(text[:excerptLength], "") + " ..."
	}
	return text
}

func indented(text string) string {
	return "    " + strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n    ")
}

// logLine returns a record as text. Without the stack when that has been told.
func logLine(record dewar.LogRecord, stackTold bool) string {
	line := record.Level.String() + " " + record.Message
	record.Attrs(func(a slog.Attr) bool {
		if a.Key != "stack" || !stackTold {
			line += " " + a.Key + "=" + excerpt(a.Value.Resolve().String())
		}
		return true
	})
	return line
}

// described returns what a failure shows of the body.
func (q *request) described() string {
	switch {
	case q.stream != nil:
		return "a body of unknown length of " + q.contentType
	case len(q.files) == 0:
		return shownBody(q.contentType, q.data)
	}
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(q.fields)) {
		for _, value := range q.fields[name] {
			lines = append(lines, name+"="+value)
		}
	}
	for _, f := range q.files {
		lines = append(lines, fmt.Sprintf("%s: file %q of %d bytes", f.field, f.name, len(f.content)))
	}
	return excerpt(strings.Join(lines, "\n"))
}
