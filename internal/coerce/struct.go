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
	fields := Fields(dst.Type(), readField)
	fields = slices.DeleteFunc(fields, func(f Field) bool { return f.Twin != "" })
	keys := match(fields, m)
	for i, f := range fields {
		key, ok := keys[i]
		if !ok {
			continue
		}
		if err := into(FieldAt(dst, f.Index).Addr().Interface(), m[key]); err != nil {
			problems = append(problems, under(f.Name, err)...)
		}
	}
	return together(problems)
}

// readField says what a field is by its json tag: one that goes by its Go name, or an embedded struct that has no name
// by tag and is not read from text as a whole.
func readField(f reflect.StructField) (key string, inside bool) {
	switch {
	case f.Tag.Get("json") == "-":
		return "", false
	case byTag(f) == "" && CanFlatten(f) && !isText(pointee(f.Type)):
		return "", true
	case f.IsExported():
		return f.Name, false
	}
	return "", false
}

// match finds the key of m for each field, by the position of the field. All fields are tried by tag, then by name,
// then in snake case, so that a key goes to the field that asks for it most plainly; none is used twice.
func match(fields []Field, m map[string]any) map[int]string {
	byFold := foldedKeys(m)
	matched := make(map[int]string, len(fields))
	taken := make(map[string]bool, len(fields))
	for _, nameOf := range []func(reflect.StructField) string{byTag, byName, bySnakeCase} {
		for i, f := range fields {
			key, ok := findKey(m, byFold, nameOf(f.StructField))
			if _, done := matched[i]; ok && !done && !taken[key] {
				matched[i] = key
				taken[key] = true
			}
		}
	}
	return matched
}

func byTag(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return name
}

func byName(f reflect.StructField) string      { return f.Name }
func bySnakeCase(f reflect.StructField) string { return SnakeCase(f.Name) }

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
