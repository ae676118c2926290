// Package redact decides what is secret and hides it. A value is secret when its key is declared so or named like
// one; the login in a URL is secret everywhere.
package redact

import (
	"errors"
	"fmt"
	"net/url"
	"reflect"
	"strings"
	"time"

	"github.com/dewar-go/dewar/internal/lazyregexp"
)

// Mark stands where a secret is not shown.
const Mark = "[redacted]"

// Named reports whether a key is named like a secret: SECRET, PASSWORD, TOKEN and the like anywhere, KEY at the end
// unless it is a public one, or PASS, PIN, SALT and the like as a word. What ends in METHOD, TIMEOUT and the like is about
// a secret and is none. Case does not count, for it is asked of nested keys too.
func Named(key string) bool {
	upper := strings.ToUpper(key)
	if aboutSecret.MatchString(upper) {
		return false
	}
	for _, word := range [...]string{"SECRET", "PASSWORD", "PASSWD", "PASSPHRASE", "PASSCODE", "TOKEN", "CREDENTIAL", "AUTHORIZATION"} {
		if strings.Contains(upper, word) {
			return true
		}
	}
	if publicKey.MatchString(upper) {
		return false
	}
	for _, end := range [...]string{"KEY", "KEYS", "PWD", "PASS"} {
		if strings.HasSuffix(upper, end) {
			return true
		}
	}
	return secretName.MatchString(key)
}

var (
	publicKey   = lazyregexp.New(`(?:^|[_-])(?:PUBLIC|PUBLISHABLE|SITE)[_-]?KEYS?$`)
	aboutSecret = lazyregexp.New(`[_-](?:METHOD|ALGORITHM|LIFETIME|TIMEOUT|TTL|LENGTH)$`)
	secretName  = lazyregexp.New(`(?:^|[_.-])(?i:PASS|PWD|PW|PIN|PAT|SALT|CREDS|BEARER)(?:$|[_.-])|[_.-](?i:PRIVATE)$|(?:(?:^|[_.-])pass|Pass|Pwd|Pw|Pin|Salt|Creds)(?:$|[_.-]|[A-Z])`)
)

// Secret reports whether value is secret by the name of its key. A switch holds none, whatever its name.
func Secret(key string, value any) bool {
	_, isSwitch := value.(bool)
	return Named(key) && !isSwitch
}

// Value returns what may be seen of the value of key: basic values, with the user part of URLs redacted, in
// mappings and lists. Of anything else only the type is shown. An empty or missing secret has nothing to hide.
func Value(key string, secret bool, value any) any {
	w := walk{}
	return w.value(key, secret, value)
}

// Visible returns value itself if it may be seen whole, and what Value returns if not, where a struct of exported fields
// is a mapping.
func Visible(key string, value any) any {
	w := walk{open: true}
	if shown := w.value(key, false, value); w.hidden {
		return shown
	}
	return value
}

// maxDepth is how far down a value is looked at; what contains itself would have no end.
const maxDepth = 32

// A walk goes through one value.
type walk struct {
	open   bool // look into structs
	depth  int
	hidden bool // something was, or may have been
}

func (w *walk) value(key string, secret bool, value any) any {
	if value == nil || value == "" {
		return value
	}
	if secret || Secret(key, value) {
		w.hidden = true
		return Mark
	}
	switch v := value.(type) {
	case bool, int, int64, float64, time.Duration, time.Time:
		return v
	case string:
		return w.text(v)
	case *url.URL:
		return w.url(v)
	case url.URL:
		return w.url(&v)
	}
	if w.depth++; w.depth > maxDepth {
		return w.opaque(reflect.TypeOf(value))
	}
	defer func() { w.depth-- }()
	return w.ofKind(key, reflect.ValueOf(value))
}

func (w *walk) text(s string) string {
	shown := Text(s)
	w.hidden = w.hidden || shown != s
	return shown
}

func (w *walk) url(u *url.URL) any {
	if u == nil {
		return nil
	}
	return w.text(u.String())
}

// opaque stands for a value that cannot be looked into.
func (w *walk) opaque(t reflect.Type) any {
	w.hidden = true
	return fmt.Sprintf("(%s)", t)
}

func (w *walk) ofKind(key string, v reflect.Value) any {
	switch kind := v.Kind(); {
	case kind == reflect.Map && v.Type().Key().Kind() == reflect.String:
		return w.mapping(v)
	case kind == reflect.Slice && v.Type().Elem().Kind() != reflect.Uint8, kind == reflect.Array && v.Type().Elem().Kind() != reflect.Uint8:
		return w.list(key, v)
	case w.open && isOpen(v.Type()):
		return w.fields(v)
	case kind == reflect.Pointer && v.IsNil():
		return nil
	case kind == reflect.Pointer && w.open && isOpen(v.Type().Elem()):
		return w.value(key, false, v.Elem().Interface())
	case kind == reflect.String:
		return w.text(v.String())
	case kind >= reflect.Bool && kind <= reflect.Float64:
		return v.Interface()
	case kind == reflect.Func, kind == reflect.Chan: // shows nothing but its address
		return fmt.Sprintf("(%s)", v.Type())
	}
	return w.opaque(v.Type())
}

// isOpen reports whether t is a struct all of whose fields can be seen.
func isOpen(t reflect.Type) bool {
	if t.Kind() != reflect.Struct || t.NumField() == 0 {
		return false
	}
	for i := range t.NumField() {
		if !t.Field(i).IsExported() {
			return false
		}
	}
	return true
}

func (w *walk) mapping(v reflect.Value) any {
	m := make(map[string]any, v.Len())
	for it := v.MapRange(); it.Next(); {
		m[it.Key().String()] = w.value(it.Key().String(), false, it.Value().Interface())
	}
	return m
}

func (w *walk) list(key string, v reflect.Value) any {
	list := make([]any, v.Len())
	for i := range list {
		list[i] = w.value(key, false, v.Index(i).Interface())
	}
	return list
}

func (w *walk) fields(v reflect.Value) any {
	m := make(map[string]any, v.NumField())
	for i := range v.NumField() {
		name := v.Type().Field(i).Name
		m[name] = w.value(name, false, v.Field(i).Interface())
	}
	return m
}

var (
	login    = lazyregexp.New(`(?s)\S*:.*@`)
	password = lazyregexp.New(`(?i)((?:(?:secret|passw|passphrase|passcode|pwd|token|credential|key)\w*|\bpass)["']?\s*[=:]\s*)('(?:[^'\\]|\\.)*'?|"(?:[^"\\]|\\.)*"?|[^\s&;,]+)`)
)

// Text redacts what stands between the scheme and the @ of a URL or of a data source such as
// user:password@host, and what follows password= and its like. It rather takes too much.
func Text(text string) string {
	text = login.ReplaceAllStringFunc(text, func(found string) string {
		if i := strings.Index(found, "://"); i >= 0 {
			return found[:i+3] + Mark + "@"
		}
		return Mark + "@"
	})
	return password.ReplaceAllString(text, "${1}"+Mark)
}

// Error returns err, the complaint of a parser about a file, without any word of the file's secrets that
// the parser may have quoted. A parser whose errors have a method ShowsNoValues sees to that itself.
func Error(err error, file []byte) error {
	var safe interface{ ShowsNoValues() }
	if errors.As(err, &safe) {
		return err
	}
	text, hidden := err.Error(), false
	for _, word := range secretWords(string(file)) {
		if strings.Contains(text, word) {
			text, hidden = strings.ReplaceAll(text, word, Mark), true
		}
	}
	if hidden {
		return errors.New(text)
	}
	return err
}

var (
	assignmentLine = lazyregexp.New(`^[\s"'{,\[]*([A-Za-z_][\w.-]*)["'\]]?\s*[:=]\s*(.*)$`)
	secretToken    = lazyregexp.New(`[^\s"'\[\]{},;]{3,}`)
	secretWord     = lazyregexp.New(`[\pL\pN]{4,}`)
)

// secretWords returns the words of the values in a file whose keys are named like secrets, or that hold a login.
// A value goes on up to the next line that has a key.
func secretWords(file string) []string {
	var words []string
	secret := false
	for line := range strings.Lines(file) {
		value := strings.TrimSuffix(line, "\n")
		if match := assignmentLine.FindStringSubmatch(value); match != nil {
			secret, value = Named(match[1]), match[2]
		}
		if secret || Text(value) != value {
			words = append(words, secretToken.FindAllString(value, -1)...)
			words = append(words, secretWord.FindAllString(value, -1)...)
		}
	}
	return words
}
