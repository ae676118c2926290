package dewar

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"reflect"
	"strings"

	"github.com/dewar-go/dewar/internal/callsite"
)

// FromMapping takes the keys of m that are upper-case; others are for the mapping's own use and left alone.
// If one value is wrong nothing is taken, and the error names them all. Nil unsets a key.
func (c *Config) FromMapping(m Map) error {
	return c.fromMapping(m, upper, callsite.Site())
}

// Update takes every key of m, whatever its case, as [Config.Set] does; what Flask's config.update is.
// If one value is wrong nothing is taken.
func (c *Config) Update(m Map) error {
	return c.fromMapping(m, func(string) bool { return true }, callsite.Site())
}

func (c *Config) fromMapping(m Map, take func(key string) bool, source string) error {
	var values []assignment
	for _, key := range sortedKeys(m) {
		if take(key) {
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

type loadOptions struct {
	optional bool
	prefix   string
	decode   func(text string) (any, error)
}

// FileOption is an attribute of a configuration file, for [Config.FromFile] and [Config.FromEnvVar].
type FileOption interface {
	DotenvOption
	file()
}

type fileOption func(*loadOptions)

func (o fileOption) load(options *loadOptions) { o(options) }
func (fileOption) file()                       {}

// Optional makes a missing file no error, what Flask calls silent=True. Anything else that is wrong with it
// still is: that it cannot be read, is a folder or does not parse.
func Optional() FileOption { return fileOption(func(o *loadOptions) { o.optional = true }) }

// FromFile reads a file and takes its upper-case keys, as [Config.FromMapping] does. The name is relative to
// the App's root, or to its instance folder with [InstanceRelativeConfig].
//
// unmarshal makes a mapping of the content: json.Unmarshal, toml.Unmarshal and yaml.Unmarshal fit as they are.
// What it gets as v is a pointer to a map with text keys that holds the file's name under __file__. Integers
// from JSON keep 64 bits; larger ones are json.Number.
func (c *Config) FromFile(name string, unmarshal func(data []byte, v any) error, opts ...FileOption) error {
	var o loadOptions
	for _, opt := range opts {
		opt.load(&o)
	}
	return c.fromFile(name, unmarshal, o)
}

func (c *Config) fromFile(name string, unmarshal func(data []byte, v any) error, o loadOptions) error {
	path := c.path(name)
	data, err := os.ReadFile(path)
	if o.optional && errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fileError(err)
	}
	doc := document{fileKey: path}
	if err := unmarshal(data, &doc); err != nil {
		return fmt.Errorf("dewar: config file %s: %w", path, withoutSecrets(err, data))
	}
	return c.fromMapping(plainMap(doc), upper, name)
}

// fileError says that a file could not be read.
func fileError(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("dewar: config file: %w; create it, correct the name, or pass dewar.Optional()", err)
	}
	return fmt.Errorf("dewar: config file: %w", err)
}

// FromEnvVar reads the file that the environment variable name names, as [Config.FromFile] does. A variable
// that is unset or empty is an error, unless [Optional] is given.
func (c *Config) FromEnvVar(name string, unmarshal func(data []byte, v any) error, opts ...FileOption) error {
	var o loadOptions
	for _, opt := range opts {
		opt.load(&o)
	}
	file := os.Getenv(name)
	if file == "" && o.optional {
		return nil
	}
	if file == "" {
		return fmt.Errorf("dewar: the environment variable %s is not set, so no configuration was loaded; set it to the name of a configuration file, or pass dewar.Optional()", name)
	}
	return c.fromFile(file, unmarshal, o)
}

// fileKey is where a document tells the unmarshaller its file name, as Python's modules do. It is not
// upper-case, so it never becomes a key.
const fileKey = "__file__"

// A document is the mapping a file is read into.
type document Map

// UnmarshalJSON keeps integers exact.
func (d *document) UnmarshalJSON(data []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		return err
	}
	m, ok := v.(Map)
	if !ok {
		return errors.New(`want a JSON object at the top, as in {"DEBUG": true}`)
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

// plainMap returns doc as a Map, and with it the mappings inside it, which some parsers make documents too.
func plainMap(doc document) Map {
	m := make(Map, len(doc))
	for key, value := range doc {
		m[key] = plainValue(value)
	}
	return m
}

func plainValue(v any) any {
	switch v := v.(type) {
	case document:
		return plainMap(v)
	case Map:
		return plainMap(document(v))
	case []any:
		for i := range v {
			v[i] = plainValue(v[i])
		}
		return v
	case map[any]any:
		return plainKeys(v)
	}
	return v
}

// plainKeys returns m with text keys if it has no others.
func plainKeys(m map[any]any) any {
	plain := make(Map, len(m))
	for key, value := range m {
		text := reflect.ValueOf(key)
		if text.Kind() != reflect.String {
			return m
		}
		plain[text.String()] = plainValue(value)
	}
	return plain
}
