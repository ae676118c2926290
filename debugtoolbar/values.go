package debugtoolbar

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"unicode/utf8"
)

// allowed are the names of each panel whose values may be seen, in lower case.
type allowed map[string]map[string]bool

// defaultShown are headers that describe the message and not who sends it.
func defaultShown() allowed {
	a := allowed{}
	a.add("request", "Accept", "Accept-Encoding", "Connection", "Content-Length", "Content-Type",
		"Sec-Fetch-Dest", "Sec-Fetch-Mode", "Sec-Fetch-Site")
	a.add("response", "Allow", "Cache-Control", "Content-Encoding", "Content-Length", "Content-Type", "Referrer-Policy", "Vary",
		"X-Content-Type-Options", "X-Frame-Options")
	return a
}

func (a allowed) add(panel string, names ...string) {
	panel = strings.ToLower(panel)
	if a[panel] == nil {
		a[panel] = map[string]bool{}
	}
	for _, name := range names {
		a[panel][strings.ToLower(name)] = true
	}
}

func (a allowed) has(panel, name string) bool {
	names := a[strings.ToLower(panel)]
	return len(names) > 0 && (names["*"] || names[strings.ToLower(name)])
}

// value returns what may be seen of a value.
func (t *toolbar) value(panel, name string, v any) string {
	if t.shown.has(panel, name) {
		return clip(fmt.Sprint(v), 500)
	}
	return describe(v)
}

// errorText returns what may be seen of an error: the types of it and of what it wraps.
func (t *toolbar) errorText(err error) string {
	var types []string
	for inner := err; inner != nil && len(types) < 8; inner = errors.Unwrap(inner) {
		name := fmt.Sprintf("%T", inner)
		if t.shown.has("errors", name) {
			return clip(err.Error(), 500)
		}
		types = append(types, name)
	}
	return fmt.Sprintf("%s, text, %s", strings.Join(types, " of "), count(utf8.RuneCountInString(err.Error()), "character"))
}

// describe returns the type of a value and, where it has one, its length.
func describe(v any) string {
	switch v := v.(type) {
	case nil:
		return "nothing"
	case string:
		return "text, " + count(utf8.RuneCountInString(v), "character")
	case []byte:
		return count(len(v), "byte")
	}
	rv := reflect.ValueOf(v)
	switch rv.Kind() {
	case reflect.Slice, reflect.Array, reflect.Map:
		return fmt.Sprintf("%T, %s", v, count(rv.Len(), "item"))
	case reflect.String:
		return fmt.Sprintf("%T, %s", v, count(utf8.RuneCountInString(rv.String()), "character"))
	}
	return fmt.Sprintf("%T", v)
}

// count returns a number with its noun.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// short bounds the name of an entry.
func short(s string) string { return clip(s, maxText) }

// clip shortens s to about n bytes.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "…"
}
