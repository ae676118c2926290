package conf

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/dewar-go/dewar/internal/redact"
)

// A Setting is one key of a Snapshot. However it is printed, a secret value shows as [redacted].
type Setting struct {
	Key, Source, Doc string
	Secret           bool // declared so or named like a secret
	Value            *any // a pointer, so that no way of printing gets at it; nil for none
}

// All returns the keys in order, unset ones included.
func (s *Snapshot) All() []Setting {
	settings := make([]Setting, 0, len(s.entries))
	for _, key := range s.sortedKeys() {
		e := s.entries[key]
		setting := Setting{Key: key, Source: e.source, Secret: e.isSecret(key), Value: &e.value}
		if e.spec != nil {
			setting.Doc = e.spec.doc
		}
		settings = append(settings, setting)
	}
	return settings
}

// shown returns what may be seen of the value.
func (s Setting) shown() any {
	if s.Value == nil {
		return nil
	}
	return redact.Value(s.Key, s.Secret, *s.Value)
}

// Text returns what may be seen of the value, on one line.
func (s Setting) Text() string {
	switch v := s.shown().(type) {
	case nil:
		return "(unset)"
	case string:
		return quoteOdd(v)
	case time.Time:
		return v.Format(time.RFC3339Nano)
	case map[string]any, []any:
		var b bytes.Buffer
		encoder := json.NewEncoder(&b)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(v); err != nil {
			return fmt.Sprintf("(%T)", *s.Value)
		}
		return quoteOdd(strings.TrimSuffix(b.String(), "\n"))
	default:
		return fmt.Sprint(v)
	}
}

// quoteOdd quotes text that would not be seen as it is: nothing, spaces at the ends, control characters.
func quoteOdd(s string) string {
	if s == "" || s != strings.TrimSpace(s) || strings.ContainsFunc(s, func(r rune) bool { return !strconv.IsPrint(r) }) {
		return strconv.Quote(s)
	}
	return s
}

// String returns KEY=value (source).
func (s Setting) String() string {
	return fmt.Sprintf("%s=%s (%s)", quoteOdd(s.Key), s.Text(), s.Source)
}

// LogValue returns a group of key, value and source.
func (s Setting) LogValue() slog.Value {
	return slog.GroupValue(slog.String("key", s.Key), slog.String("value", s.Text()), slog.String("source", s.Source))
}

// MarshalJSON returns an object of key, value and source.
func (s Setting) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Key    string `json:"key"`
		Value  any    `json:"value"`
		Source string `json:"source"`
	}{s.Key, encodable(s.shown()), s.Source})
}

// encodable returns v if it can be encoded as JSON, and its text otherwise.
func encodable(v any) any {
	if _, err := json.Marshal(v); err != nil {
		return fmt.Sprint(v)
	}
	return v
}

// WriteTable writes a table of all keys with their values and sources.
func (s *Snapshot) WriteTable(w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "KEY\tVALUE\tSOURCE")
	for _, s := range s.All() {
		fmt.Fprintf(table, "%s\t%s\t%s\n", quoteOdd(s.Key), s.Text(), quoteOdd(s.Source))
	}
	return table.Flush()
}

// String returns the keys with their values, on one line.
func (s *Snapshot) String() string {
	var b strings.Builder
	for _, setting := range s.All() {
		b.WriteString(" " + quoteOdd(setting.Key) + ":" + setting.Text())
	}
	return "{" + strings.TrimPrefix(b.String(), " ") + "}"
}

// Format prints String for every verb.
func (s *Snapshot) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// LogValue returns a group of the keys with their values.
func (s *Snapshot) LogValue() slog.Value {
	var attrs []slog.Attr
	for _, setting := range s.All() {
		attrs = append(attrs, slog.String(setting.Key, setting.Text()))
	}
	return slog.GroupValue(attrs...)
}

// MarshalJSON returns an object of the keys with their values.
func (s *Snapshot) MarshalJSON() ([]byte, error) {
	m := map[string]any{}
	for _, setting := range s.All() {
		m[setting.Key] = encodable(setting.shown())
	}
	return json.Marshal(m)
}
