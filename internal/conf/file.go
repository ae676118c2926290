package conf

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"

	"github.com/dewar-go/dewar/internal/redact"
)

// An Unmarshal makes a mapping of a file.
type Unmarshal = func(data []byte, v any) error

// FromFile takes the upper-case keys of a file, which may be missing if it is optional.
func (c *Store) FromFile(name string, unmarshal Unmarshal, optional bool) error {
	path := c.path(name)
	data, err := os.ReadFile(path)
	if optional && errors.Is(err, fs.ErrNotExist) {
		c.notes.missing(name, path)
		return nil
	}
	if err != nil {
		return fileError(err)
	}
	doc := document{fileKey: path}
	if err := unmarshal(data, &doc); err != nil {
		return fmt.Errorf("config file %s: %w", path, placed(redact.Error(err, data), err, data))
	}
	return c.take(plainMap(doc), upper, name)
}

// placed adds to what is shown of an error of package encoding/json where in the file it is, and what to type there.
func placed(shown, err error, data []byte) error {
	syntax, ok := errors.AsType[*json.SyntaxError](err)
	if !ok || syntax.Offset > int64(len(data)) {
		return shown
	}
	read := bytes.TrimSuffix(data[:syntax.Offset], []byte("\n"))
	cure := ""
	if n := len(read); n > 0 {
		last, before := read[n-1], bytes.TrimRight(read[:n-1], " \t\r\n")
		switch {
		case (last == '}' || last == ']') && bytes.HasSuffix(before, []byte(",")):
			read, cure = before, "; remove the comma before it"
		case last == '\'':
			cure = "; write text in double quotes"
		case last == '#' || last == '/':
			cure = "; JSON has no comments, remove it"
		case strings.IndexByte("TFN", last) >= 0:
			cure = "; write true, false or null in small letters"
		}
	}
	line := 1 + bytes.Count(read, []byte("\n"))
	column := len(read) - 1 - bytes.LastIndexByte(read, '\n')
	return fmt.Errorf("line %d, column %d: %w%s", line, column, shown, cure)
}

// FromEnvVar is FromFile for the file that an environment variable names.
func (c *Store) FromEnvVar(name string, unmarshal Unmarshal, optional bool) error {
	file := os.Getenv(name)
	switch {
	case file != "":
		return c.FromFile(file, unmarshal, optional)
	case optional:
		return nil
	}
	return fmt.Errorf("the environment variable %s is not set, so no configuration was loaded; set it to the name of a configuration file, or pass dewar.Optional()", name)
}

// fileError says that a file could not be read.
func fileError(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("config file: %w; create it, correct the name, or pass dewar.Optional()", err)
	}
	return fmt.Errorf("config file: %w", err)
}

// path makes a file name absolute.
func (c *Store) path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(c.base, name)
}

// fileKey is where a document tells the unmarshaller its file name, as Python's modules do. It is not
// upper-case, so it never becomes a key.
const fileKey = "__file__"

// A document is the mapping a file is read into.
type document map[string]any

// UnmarshalJSON keeps integers exact.
func (d *document) UnmarshalJSON(data []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		return err
	}
	m, ok := v.(map[string]any)
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
	case map[string]any:
		for key := range v {
			v[key] = exactNumbers(v[key])
		}
	}
	return v
}

// plainMap returns doc as a plain map, and with it the mappings inside it, which some parsers make documents too.
func plainMap(doc document) map[string]any {
	m := make(map[string]any, len(doc))
	for key, value := range doc {
		m[key] = plainValue(value)
	}
	return m
}

func plainValue(v any) any {
	switch v := v.(type) {
	case document:
		return plainMap(v)
	case map[string]any:
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
	plain := make(map[string]any, len(m))
	for key, value := range m {
		text := reflect.ValueOf(key)
		if text.Kind() != reflect.String {
			return m
		}
		plain[text.String()] = plainValue(value)
	}
	return plain
}
