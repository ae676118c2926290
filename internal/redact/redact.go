// Package redact decides what is secret and hides it. A value is secret when its key is declared so or named like
// one; the login in a URL is secret everywhere.
package redact

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"time"
)

// Mark stands where a secret is not shown.
const Mark = "[redacted]"

// Named reports whether a key is named like a secret: SECRET, PASSWORD, TOKEN and the like anywhere, or
// KEY at the end. Case does not count, for it is asked of nested keys too.
func Named(key string) bool {
	key = strings.ToUpper(key)
	for _, word := range [...]string{"SECRET", "PASSWORD", "PASSWD", "PASSPHRASE", "TOKEN", "CREDENTIAL"} {
		if strings.Contains(key, word) {
			return true
		}
	}
	return strings.HasSuffix(key, "KEY") || strings.HasSuffix(key, "KEYS") || strings.HasSuffix(key, "PWD")
}

// Value returns what may be seen of the value of key: basic values, with the user part of URLs redacted, in
// mappings and lists. Of anything else only the type is shown. An empty or missing secret has nothing to hide.
func Value(key string, secret bool, value any) any {
	if value == nil || value == "" {
		return value
	}
	if secret || Named(key) {
		return Mark
	}
	switch v := value.(type) {
	case bool, int, int64, float64, time.Duration, time.Time:
		return v
	case string:
		return Text(v)
	}
	return ofKind(key, reflect.ValueOf(value))
}

func ofKind(key string, v reflect.Value) any {
	switch kind := v.Kind(); {
	case kind == reflect.Map && v.Type().Key().Kind() == reflect.String:
		m := make(map[string]any, v.Len())
		for it := v.MapRange(); it.Next(); {
			m[it.Key().String()] = Value(it.Key().String(), false, it.Value().Interface())
		}
		return m
	case kind == reflect.Slice && v.Type().Elem().Kind() != reflect.Uint8:
		list := make([]any, v.Len())
		for i := range list {
			list[i] = Value(key, false, v.Index(i).Interface())
		}
		return list
	case kind == reflect.String:
		return Text(v.String())
	case kind >= reflect.Bool && kind <= reflect.Float64:
		return v.Interface()
	}
	return fmt.Sprintf("(%s)", v.Type())
}

var (
	login    = regexp.MustCompile(`(?s)\S*:.*@`)
	password = regexp.MustCompile(`(?i)((?:secret|passw|pwd|token|credential|key)\w*\s*[=:]\s*)('(?:[^'\\]|\\.)*'?|"(?:[^"\\]|\\.)*"?|[^\s&;,]+)`)
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
	assignmentLine = regexp.MustCompile(`^[\s"'{,\[]*([A-Za-z_][\w.-]*)["'\]]?\s*[:=]\s*(.*)$`)
	secretToken    = regexp.MustCompile(`[^\s"'\[\]{},;]{3,}`)
	secretWord     = regexp.MustCompile(`[\pL\pN]{4,}`)
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
