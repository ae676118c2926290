package dewar

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
)

// Setting is one key of a [Config], as [Config.All] yields it. However it is printed, logged or encoded, a
// secret value shows as [redacted].
type Setting struct {
	// Key is the name.
	Key string
	// Source tells where the value came from, as [Config.Source] does.
	Source string
	// Doc says what the key is for; "" for one that is neither built in nor declared.
	Doc string
	// Secret reports whether the value must not be shown: the key is declared so or named like a secret.
	Secret bool

	value *any // a pointer, so that no way of printing gets at it
}

// Value returns what the key is set to, or nil when it is unset.
func (s Setting) Value() any {
	if s.value == nil {
		return nil
	}
	return detached(*s.value)
}

// All returns the keys in order, unset ones included. It yields one state of the configuration.
func (c *Config) All() iter.Seq[Setting] {
	settings := c.snapshot().all()
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range settings {
		if spec := c.declared[settings[i].Key]; spec != nil {
			settings[i].Doc = spec.doc
		}
	}
	return slices.Values(settings)
}

// all returns the keys in order, without their docs.
func (s *snapshot) all() []Setting {
	settings := make([]Setting, 0, len(s.entries))
	for _, key := range sortedKeys(s.entries) {
		e := s.entries[key]
		settings = append(settings, Setting{Key: key, Source: e.source, Secret: e.secret || namesSecret(key), value: &e.value})
	}
	return settings
}

// shown returns what may be seen of the value.
func (s Setting) shown() any { return shown(s.Key, s.Secret, s.Value()) }

// text returns what may be seen of the value, on one line.
func (s Setting) text() string {
	switch v := s.shown().(type) {
	case nil:
		return "(unset)"
	case string:
		return quoteOdd(v)
	case time.Time:
		return v.Format(time.RFC3339Nano)
	case Map, []any:
		var b bytes.Buffer
		encoder := json.NewEncoder(&b)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(v); err != nil {
			return fmt.Sprintf("(%T)", s.Value())
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

// String returns KEY=value (source), without a secret.
func (s Setting) String() string {
	return fmt.Sprintf("%s=%s (%s)", quoteOdd(s.Key), s.text(), s.Source)
}

// Format prints String for every verb.
func (s Setting) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// LogValue returns a group of value and source, without a secret.
func (s Setting) LogValue() slog.Value {
	return slog.GroupValue(slog.String("key", s.Key), slog.String("value", s.text()), slog.String("source", s.Source))
}

// MarshalJSON returns key, value and source, without a secret.
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

// WriteTable writes a table of all keys with their values and sources to w, secrets redacted.
func (c *Config) WriteTable(w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "KEY\tVALUE\tSOURCE")
	for s := range c.All() {
		fmt.Fprintf(table, "%s\t%s\t%s\n", quoteOdd(s.Key), s.text(), quoteOdd(s.Source))
	}
	return table.Flush()
}

// Format prints the keys with their values, secrets redacted, for every verb.
func (c *Config) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "Config"+c.snapshot().text()) }

// LogValue returns the keys with their values, secrets redacted.
func (c *Config) LogValue() slog.Value { return c.snapshot().logValue() }

// MarshalJSON returns an object of the keys with their values, secrets redacted.
func (c *Config) MarshalJSON() ([]byte, error) {
	m := Map{}
	for _, s := range c.snapshot().all() {
		m[s.Key] = encodable(s.shown())
	}
	return json.Marshal(m)
}

// Format prints the keys that have a value, for every verb, and the values too if they are configuration,
// secrets redacted.
func (v *Values) Format(f fmt.State, _ rune) {
	if s, ok := v.config(); ok {
		_, _ = io.WriteString(f, "Values"+s.text())
		return
	}
	_, _ = fmt.Fprintf(f, "Values%q", v.Keys())
}

// LogValue returns what Format prints.
func (v *Values) LogValue() slog.Value {
	if s, ok := v.config(); ok {
		return s.logValue()
	}
	return slog.AnyValue(v.Keys())
}

// config returns the state of the configuration that v shows, if it does.
func (v *Values) config() (*snapshot, bool) {
	if v == nil {
		return nil, false
	}
	s, ok := v.src.(*snapshot)
	return s, ok
}

// Format prints what Format of a Config prints.
func (s *snapshot) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "snapshot"+s.text()) }

// text returns the keys with their values, on one line.
func (s *snapshot) text() string {
	var b strings.Builder
	for _, setting := range s.all() {
		b.WriteString(" " + quoteOdd(setting.Key) + ":" + setting.text())
	}
	return "{" + strings.TrimPrefix(b.String(), " ") + "}"
}

func (s *snapshot) logValue() slog.Value {
	var attrs []slog.Attr
	for _, setting := range s.all() {
		attrs = append(attrs, slog.String(setting.Key, setting.text()))
	}
	return slog.GroupValue(attrs...)
}
