package coerce

import (
	"reflect"
	"slices"
	"strings"
	"unicode"
)

// intoStruct sets the fields of dst from the entries of v, and reports all bad ones together.
func intoStruct(dst reflect.Value, v any) error {
	m, err := Map(v)
	if err != nil {
		return err
	}
	var problems []error
	fields := fieldsOf(dst.Type())
	keys := match(fields, m)
	for i, f := range fields {
		key, ok := keys[i]
		if !ok {
			continue
		}
		if err := into(fieldAt(dst, f.index).Addr().Interface(), m[key]); err != nil {
			problems = append(problems, under(f.name, err)...)
		}
	}
	return together(problems)
}

// field is a field of a struct that can be set, possibly one of a struct embedded in it.
type field struct {
	name  string // its Go name
	tag   string // the name in its json tag, if there is one
	index []int  // the way to it, as in reflect.StructField
}

// fieldWalk collects fields level by level.
type fieldWalk struct {
	fields []field
	names  map[string]bool
	queue  []embedding
	types  map[reflect.Type]bool
}

// embedding is a struct type whose fields count as those of the outer struct, and the way to it.
type embedding struct {
	t     reflect.Type
	index []int
}

// fieldsOf returns the fields of t: its own, then those of the structs embedded in it. A field that has the name of
// an earlier one is hidden by it, as in Go.
func fieldsOf(t reflect.Type) []field {
	w := &fieldWalk{names: map[string]bool{}, types: map[reflect.Type]bool{}}
	w.enter(embedding{t: t})
	for len(w.queue) > 0 {
		next := w.queue[0]
		w.queue = w.queue[1:]
		for i := range next.t.NumField() {
			w.visit(next.t.Field(i), append(slices.Clone(next.index), i))
		}
	}
	return w.fields
}

// enter queues the fields of a struct type. A type is entered once, for it may embed a pointer to itself.
func (w *fieldWalk) enter(e embedding) {
	if !w.types[e.t] {
		w.types[e.t] = true
		w.queue = append(w.queue, e)
	}
}

func (w *fieldWalk) visit(f reflect.StructField, index []int) {
	tag := f.Tag.Get("json")
	name, _, _ := strings.Cut(tag, ",")
	switch {
	case tag == "-":
	case isFlattened(f, name):
		w.enter(embedding{t: pointee(f.Type), index: index})
	case f.IsExported() && !w.names[f.Name]:
		w.names[f.Name] = true
		w.fields = append(w.fields, field{name: f.Name, tag: name, index: index})
	}
}

// isFlattened reports whether f is an embedded struct whose fields belong to the outer one: it has no name of its own
// by tag, is not read from text as a whole, and can be allocated if it is a pointer.
func isFlattened(f reflect.StructField, tag string) bool {
	t := pointee(f.Type)
	return f.Anonymous && tag == "" &&
		t.Kind() == reflect.Struct && !isText(t) &&
		(f.IsExported() || f.Type.Kind() != reflect.Pointer)
}

func pointee(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.Pointer {
		return t.Elem()
	}
	return t
}

// fieldAt returns the field of v at index, allocating embedded pointers on the way.
func fieldAt(v reflect.Value, index []int) reflect.Value {
	for _, i := range index {
		if v.Kind() == reflect.Pointer {
			if v.IsNil() {
				v.Set(reflect.New(v.Type().Elem()))
			}
			v = v.Elem()
		}
		v = v.Field(i)
	}
	return v
}

// match finds the key of m for each field, by the position of the field. All fields are tried by tag, then by name,
// then in snake case, so that a key goes to the field that asks for it most plainly; none is used twice.
func match(fields []field, m map[string]any) map[int]string {
	byFold := foldedKeys(m)
	matched := make(map[int]string, len(fields))
	taken := make(map[string]bool, len(fields))
	for _, nameOf := range []func(field) string{byTag, byName, bySnakeCase} {
		for i, f := range fields {
			key, ok := findKey(m, byFold, nameOf(f))
			if _, done := matched[i]; ok && !done && !taken[key] {
				matched[i] = key
				taken[key] = true
			}
		}
	}
	return matched
}

func byTag(f field) string       { return f.tag }
func byName(f field) string      { return f.name }
func bySnakeCase(f field) string { return SnakeCase(f.name) }

// findKey returns the key that is name, or else the one that is name in another letter case.
func findKey(m map[string]any, byFold map[string]string, name string) (string, bool) {
	if name == "" {
		return "", false
	}
	if _, ok := m[name]; ok {
		return name, true
	}
	key, ok := byFold[strings.ToLower(name)]
	return key, ok
}

// foldedKeys indexes the keys of m in lower case; of keys that differ in case only, the first in order is found.
func foldedKeys(m map[string]any) map[string]string {
	folded := make(map[string]string, len(m))
	for key := range m {
		lower := strings.ToLower(key)
		if first, ok := folded[lower]; !ok || key < first {
			folded[lower] = key
		}
	}
	return folded
}

// SnakeCase returns the name of a Go field in snake case: SecretKey is secret_key, HTTPPort is http_port, UserID is
// user_id, Sha256Sum is sha256_sum. Names that are one word in spite of their capitals stay one: OAuth2ClientID is
// oauth2_client_id, IPv6Only is ipv6_only, MySQLHost is mysql_host. In upper case it is the configuration key that
// fills the field.
func SnakeCase(name string) string {
	var b strings.Builder
	runes := []rune(oneWord.Replace(name))
	for i, r := range runes {
		if i > 0 && startsWord(runes, i) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// oneWord makes one word of names that look like two.
var oneWord = strings.NewReplacer("OAuth", "Oauth", "IPv4", "Ipv4", "IPv6", "Ipv6", "MySQL", "Mysql",
	"PostgreSQL", "Postgresql", "SQLite", "Sqlite", "GraphQL", "Graphql", "GitHub", "Github", "GitLab", "Gitlab")

// startsWord reports whether a word begins at position i, which is not the first: at a capital letter that follows a
// small one or a digit, or that is followed by a small one and so ends an abbreviation.
func startsWord(runes []rune, i int) bool {
	before := runes[i-1]
	if !unicode.IsUpper(runes[i]) || before == '_' {
		return false
	}
	if !unicode.IsUpper(before) {
		return true
	}
	return i+1 < len(runes) && unicode.IsLower(runes[i+1])
}
