package debugtoolbar

import (
	"bytes"
	"fmt"
	"go/format"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// recipe returns the source of a test that sends the request, with placeholders for all that was a value.
func (rec *recording) recipe() string {
	var b bytes.Buffer
	fmt.Fprintf(&b, "package app_test\n\nimport (\n\"testing\"\n\n\"github.com/dewar-go/dewar/dewartest\"\n)\n\n")
	fmt.Fprintf(&b, "// Replace what is in capital letters. newApp makes the application.\nfunc Test%s(t *testing.T) {\n", rec.testName())
	b.WriteString("client := dewartest.New(t, newApp())\n")
	if rec.session != nil && !rec.session.isNew {
		b.WriteString("// The request came with a session: log in first, or set its values with client.Session.\n")
	}
	fmt.Fprintf(&b, "client.Do(%q, %q", rec.method, rec.path)
	for _, option := range rec.options() {
		b.WriteString(",\n" + option)
	}
	if len(rec.options()) > 0 {
		b.WriteString(",\n")
	}
	fmt.Fprintf(&b, ").Want(%d)\n}\n", rec.status)
	source, err := format.Source(b.Bytes())
	if err != nil {
		return b.String()
	}
	return string(source)
}

// testName returns the method and the words of the path as they stand in the name of a function.
func (rec *recording) testName() string {
	words := strings.FieldsFunc(rec.method+" "+rec.path, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	for i, word := range words {
		letters := []rune(strings.ToLower(word))
		letters[0] = unicode.ToUpper(letters[0])
		words[i] = string(letters)
	}
	return clipName(strings.Join(words, ""))
}

func clipName(name string) string {
	letters := []rune(name)
	return string(letters[:min(len(letters), 60)])
}

// options returns the options of the request.
func (rec *recording) options() []string {
	var options []string
	if pairs := placeholders(query(rec.url.RawQuery)); pairs != "" {
		options = append(options, "dewartest.Query("+pairs+")")
	}
	for _, name := range slices.Sorted(maps.Keys(rec.sent)) {
		if value, ok := placeholderOf(name, rec.sent[name]); ok {
			options = append(options, fmt.Sprintf("dewartest.Header(%q, %q)", name, value))
		}
	}
	return append(options, rec.bodyOptions()...)
}

// placeholderOf returns what stands for a header in a test; ok is false for one that the client or a browser sets.
func placeholderOf(name string, values []string) (value string, ok bool) {
	switch {
	case name == "Accept":
		return values[0], values[0] != "*/*"
	case name == "Authorization" || name == "Range" || name == "If-None-Match" || name == "Idempotency-Key",
		strings.HasPrefix(name, "X-") || strings.HasPrefix(name, "Hx-"):
		return placeholder(name), true
	}
	return "", false
}

// placeholder returns the capital letters that stand for the value of name.
func placeholder(name string) string {
	upper := strings.ToUpper(strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return '_'
	}, name))
	if upper == "" {
		return "VALUE"
	}
	return upper
}

// placeholders returns pairs as arguments of Query and Form.
func placeholders(values map[string][]string) string {
	var args []string
	for _, name := range slices.Sorted(maps.Keys(values)) {
		for range values[name] {
			args = append(args, strconv.Quote(name), strconv.Quote(placeholder(name)))
		}
	}
	return strings.Join(args, ", ")
}

func (rec *recording) bodyOptions() []string {
	if v := rec.json(); v != nil {
		return []string{"dewartest.JSON(" + literalOf("VALUE", v, 0) + ")"}
	}
	fields, files := rec.fields()
	var options []string
	if len(fields) > 0 {
		options = append(options, "dewartest.Form("+placeholders(fields)+")")
	}
	for _, name := range files {
		options = append(options, fmt.Sprintf("dewartest.File(%q, %q, %q)", name, "FILENAME", "CONTENT"))
	}
	if len(options) == 0 && rec.body != nil && rec.body.want != 0 {
		name, _ := rec.mediaType()
		options = append(options, fmt.Sprintf("dewartest.Body(%q, %q)", name, "BODY"))
	}
	return options
}

// literalOf returns a Go value of the shape of v, with placeholders in it.
func literalOf(name string, v any, depth int) string {
	switch v := v.(type) {
	case string:
		return strconv.Quote(placeholder(name))
	case float64:
		return "0"
	case bool:
		return "false"
	case []any:
		if len(v) == 0 || depth > 8 {
			return "[]any{}"
		}
		return "[]any{" + literalOf(name, v[0], depth+1) + "}"
	case map[string]any:
		if len(v) == 0 || depth > 8 {
			return "map[string]any{}"
		}
		var members []string
		for _, key := range slices.Sorted(maps.Keys(v)) {
			members = append(members, strconv.Quote(key)+": "+literalOf(key, v[key], depth+1))
		}
		return "map[string]any{" + strings.Join(members, ", ") + "}"
	}
	return "nil"
}
