package dewar

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	environmentSource = "environment "
	fileSuffix        = "_FILE"
	maxSecretFile     = 1 << 20 // bytes
)

// EnvOption is an attribute of a load from the environment, for [Config.FromPrefixedEnv] and
// [Config.FromDotenv].
type EnvOption interface {
	DotenvOption
	env()
}

type envOption func(*loadOptions)

func (o envOption) load(options *loadOptions) { o(options) }
func (envOption) env()                        {}

// Prefix sets the prefix of environment variables, without the underscore that follows it. The default is
// FLASK. An empty prefix leaves the underscore alone.
func Prefix(prefix string) EnvOption { return envOption(func(o *loadOptions) { o.prefix = prefix }) }

// EnvDecoder sets what makes a value of a variable's text; what Flask calls loads. The default decodes JSON.
// Text for which it returns an error is taken as it is.
func EnvDecoder(decode func(text string) (any, error)) EnvOption {
	return envOption(func(o *loadOptions) { o.decode = decode })
}

// FromPrefixedEnv takes every environment variable that begins with FLASK_, or with another [Prefix]. The
// rest of the name is the key, whatever its case. A value that is JSON is decoded, anything else is text. A
// key that is declared as text takes the value as it is, but for a JSON string, which is unquoted. Two
// underscores reach into a nested value: FLASK_DB__HOST sets HOST in DB and leaves the rest of DB. Variables
// are taken in sorted order.
//
// For a key that is declared [Secret], as SECRET_KEY is, FLASK_SECRET_KEY_FILE may name a file instead. Its
// bytes are taken as they are, a line break at the end included, of which Build warns.
//
// If one value is wrong, or two variables contradict each other, nothing is taken and the error names them.
func (c *Config) FromPrefixedEnv(opts ...EnvOption) error {
	o := defaultLoad()
	for _, opt := range opts {
		opt.load(&o)
	}
	return c.fromEnv(o, os.Environ())
}

func defaultLoad() loadOptions { return loadOptions{prefix: "FLASK", decode: decodeJSON} }

// A variable is an environment variable, or a line of a .env file that stands for one.
type variable struct{ text, source string }

func (c *Config) fromEnv(o loadOptions, environ []string) error {
	variables := map[string]variable{}
	for _, pair := range environ {
		name, text, ok := strings.Cut(pair, "=")
		if key, has := strings.CutPrefix(name, o.prefix+"_"); ok && has {
			variables[key] = variable{text, environmentSource + name}
		}
	}
	return c.fromVariables(o, variables)
}

// fromVariables loads variables by their names without the prefix.
func (c *Config) fromVariables(o loadOptions, variables map[string]variable) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	var values []assignment
	var problems []error
	for _, name := range slices.Sorted(maps.Keys(variables)) {
		a, err := c.fromVariable(o, variables, name)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		values = append(values, a)
	}
	if len(problems) > 0 {
		return fmt.Errorf("dewar: %w", errors.Join(problems...))
	}
	return c.storeLoaded(values)
}

// fromVariable makes an assignment of a variable: its own text, or the content of the file it names.
func (c *Config) fromVariable(o loadOptions, variables map[string]variable, name string) (assignment, error) {
	v := variables[name]
	parts := strings.Split(name, "__")
	if key, ok := strings.CutSuffix(name, fileSuffix); ok && c.declared[key] != nil && c.declared[key].secret {
		if twin, both := variables[key]; both {
			return assignment{}, fmt.Errorf("config key %s is set by %s and by %s; remove one of the two", key, twin.source, v.source)
		}
		content, err := readSecret(c.path(v.text))
		if err != nil {
			return assignment{}, fmt.Errorf("config key %s from %s: %w", key, v.source, err)
		}
		parts, v.text = []string{key}, content
		if c.declared[key].kind == kindString {
			return assignment{key: key, value: content, source: v.source}, nil
		}
	}
	value, err := o.decode(v.text)
	if err != nil {
		value = v.text
	}
	return assignment{key: parts[0], path: parts[1:], value: value, text: &v.text, source: v.source}, nil
}

// readSecret returns the content of the file at path. Its errors do not name the file: who puts the secret
// itself into the variable should not find it in a log.
func readSecret(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", unreadable(err)
	}
	defer f.Close()
	content, err := io.ReadAll(io.LimitReader(f, maxSecretFile+1))
	switch {
	case err != nil:
		return "", unreadable(err)
	case len(content) == 0:
		return "", errors.New("the file it names is empty")
	case len(content) > maxSecretFile:
		return "", fmt.Errorf("the file it names has more than %d bytes, which is no secret", maxSecretFile)
	}
	return string(content), nil
}

func unreadable(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		err = e.Err
	}
	return fmt.Errorf("the file it names cannot be read (%w); the variable must hold the path of a file", err)
}

// decodeJSON decodes one JSON value. Text that is not valid UTF-8 is none, for decoding would change it.
func decodeJSON(text string) (any, error) {
	if !utf8.ValidString(text) {
		return nil, errors.New("not valid UTF-8")
	}
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one value")
	}
	return exactNumbers(v), nil
}

// loadDebug takes DEBUG from the environment, as Flask does when an app is made.
func (c *Config) loadDebug() {
	text := os.Getenv("FLASK_DEBUG")
	if text == "" {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.store([]assignment{{key: "DEBUG", value: text, source: environmentSource + "FLASK_DEBUG"}}); err != nil {
		c.failed["DEBUG"] = err
	}
}
