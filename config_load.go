package dewar

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// FromMapping takes the keys of m that are upper-case; others are for the mapping's own use and left alone.
// If one value is wrong nothing is taken, and the error names them all.
func (c *Config) FromMapping(m Map) error {
	return c.fromMapping(m, site())
}

func (c *Config) fromMapping(m Map, source string) error {
	var values []assignment
	for _, key := range sortedKeys(m) {
		if upper(key) {
			values = append(values, assignment{key: key, value: m[key], source: source})
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.storeLoaded(values)
}

// storeLoaded is store for the loaders: what they set well takes away an earlier complaint of Set.
func (c *Config) storeLoaded(values []assignment) error {
	if err := c.store(values); err != nil {
		return fmt.Errorf("dewar: %w", err)
	}
	for _, a := range values {
		delete(c.failed, a.key)
	}
	return nil
}

// FileOption is an attribute of a configuration file for [Config.FromFile].
type FileOption func(*fileOptions)

type fileOptions struct{ optional bool }

// Optional makes a missing file no error, what Flask calls silent=True. Anything else that is wrong with it
// still is.
func Optional() FileOption { return func(o *fileOptions) { o.optional = true } }

// FromFile reads a file and takes its upper-case keys, as [Config.FromMapping] does. The name is relative to
// the App's root, or to its instance folder with [InstanceRelativeConfig]. unmarshal makes a mapping of the
// content: json.Unmarshal, toml.Unmarshal and yaml.Unmarshal fit as they are. Integers from JSON keep 64
// bits.
func (c *Config) FromFile(name string, unmarshal func(data []byte, v any) error, opts ...FileOption) error {
	var o fileOptions
	for _, opt := range opts {
		opt(&o)
	}
	path := name
	if !filepath.IsAbs(path) {
		path = filepath.Join(c.base, path)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		if o.optional && errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return fmt.Errorf("dewar: config file: %w", err)
	}
	doc := document{fileKey: path}
	if err := unmarshal(data, &doc); err != nil {
		return fmt.Errorf("dewar: config file %s: %w", path, err)
	}
	return c.fromMapping(Map(doc), name)
}

// fileKey is where a document tells the unmarshaller its file name, as Python's modules do. It is not
// upper-case, so it never becomes a key.
const fileKey = "__file__"

// A document is the mapping a file is read into.
type document Map

// UnmarshalJSON keeps integers exact.
func (d *document) UnmarshalJSON(data []byte) error {
	var m Map
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	if err := decoder.Decode(&m); err != nil {
		return err
	}
	for key, value := range m {
		(*d)[key] = exactNumbers(value)
	}
	return nil
}

// exactNumbers turns the numbers of a decoded JSON value into int64 where they fit, json.Number where an
// integer does not, and float64.
func exactNumbers(v any) any {
	switch v := v.(type) {
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n
		}
		if strings.ContainsAny(v.String(), ".eE") {
			if f, err := v.Float64(); err == nil {
				return f
			}
		}
		return v
	case []any:
		for i := range v {
			v[i] = exactNumbers(v[i])
		}
	case Map:
		for key := range v {
			v[key] = exactNumbers(v[key])
		}
	}
	return v
}

// EnvOption is an attribute of a load from the environment.
type EnvOption func(*envOptions)

type envOptions struct{ prefix string }

// Prefix sets the prefix of environment variables, without the underscore that follows it. The default is
// FLASK.
func Prefix(prefix string) EnvOption { return func(o *envOptions) { o.prefix = prefix } }

// FromPrefixedEnv takes every environment variable that begins with FLASK_, or with another [Prefix]. The
// rest of the name is the key. A value that is JSON is decoded, anything else is text; a key that is
// declared as text takes the value as it is, but for a JSON string, which is unquoted. Two underscores reach
// into a nested value: FLASK_DB__HOST sets HOST in DB. Variables are taken in sorted order.
//
// If one value is wrong, or two variables contradict each other, nothing is taken and the error names them.
func (c *Config) FromPrefixedEnv(opts ...EnvOption) error {
	o := envOptions{prefix: "FLASK"}
	for _, opt := range opts {
		opt(&o)
	}
	return c.fromEnv(o.prefix+"_", os.Environ())
}

func (c *Config) fromEnv(prefix string, environ []string) error {
	variables := map[string]string{}
	for _, pair := range environ {
		name, value, ok := strings.Cut(pair, "=")
		if key, has := strings.CutPrefix(name, prefix); ok && has {
			variables[key] = value
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	var values []assignment
	for _, key := range slices.Sorted(maps.Keys(variables)) {
		parts := strings.Split(key, "__")
		a := assignment{key: parts[0], path: parts[1:], source: "environment " + prefix + key}
		a.value = c.envValue(parts, variables[key])
		values = append(values, a)
	}
	return c.storeLoaded(values)
}

// envValue decodes the text of an environment variable.
func (c *Config) envValue(parts []string, text string) any {
	value, isJSON := decodeJSON(text)
	if !isJSON {
		return text
	}
	if spec := c.declared[parts[0]]; spec != nil && spec.kind == kindString && len(parts) == 1 {
		if s, ok := value.(string); ok {
			return s
		}
		if value == nil && spec.optional && !spec.secret {
			return nil
		}
		return text
	}
	return value
}

func decodeJSON(text string) (any, bool) {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var v any
	if decoder.Decode(&v) != nil || decoder.More() {
		return nil, false
	}
	if _, err := decoder.Token(); err == nil {
		return nil, false
	}
	return exactNumbers(v), true
}

// loadDebug takes DEBUG from the environment, as Flask does when an app is made.
func (c *Config) loadDebug() {
	text := os.Getenv("FLASK_DEBUG")
	if text == "" {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.store([]assignment{{key: "DEBUG", value: text, source: "environment FLASK_DEBUG"}}); err != nil {
		c.failed["DEBUG"] = err
	}
}
