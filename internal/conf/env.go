package conf

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

	"github.com/dewar-go/dewar/internal/dotenv"
)

const (
	environmentSource = "environment "
	fileSuffix        = "_FILE"
	maxSecretFile     = 1 << 20 // bytes
)

// An Env says how variables are read: by their prefix, without its underscore, and what makes values of their text.
type Env struct {
	Prefix string
	Decode func(text string) (any, error)
}

// A variable is an environment variable, or a line of a .env file that stands for one.
type variable struct{ text, source string }

// FromEnv takes the variables of environ, which is as os.Environ has it.
func (c *Store) FromEnv(env Env, environ []string) error {
	variables := map[string]variable{}
	for _, pair := range environ {
		name, text, ok := strings.Cut(pair, "=")
		if key, has := strings.CutPrefix(name, env.Prefix+"_"); ok && has {
			variables[key] = variable{text, environmentSource + name}
		}
	}
	return c.fromVariables(env, variables)
}

// FromDotenv takes the variables of a .env file, which may be missing if it is optional.
func (c *Store) FromDotenv(env Env, name string, optional bool) error {
	data, err := os.ReadFile(c.path(name))
	if optional && errors.Is(err, fs.ErrNotExist) {
		c.notes.missing(name, c.path(name))
		return nil
	}
	if err != nil {
		return fileError(err)
	}
	lines, err := dotenv.Parse(string(data), os.LookupEnv)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	c.mu.Lock()
	c.dotenv = true
	c.mu.Unlock()
	return c.fromVariables(env, inFile(name, lines, env.Prefix+"_"))
}

// ReadDotenv reports whether FromDotenv has read a file.
func (c *Store) ReadDotenv() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.dotenv
}

// inFile returns the variables with the prefix, from the real environment where that has them.
func inFile(name string, lines []dotenv.Line, prefix string) map[string]variable {
	variables := map[string]variable{}
	for _, l := range lines {
		key, ok := strings.CutPrefix(l.Name, prefix)
		if !ok {
			continue
		}
		variables[key] = variable{l.Value, fmt.Sprintf("%s:%d", name, l.Number)}
		if text, set := os.LookupEnv(l.Name); set {
			variables[key] = variable{text, environmentSource + l.Name}
		}
	}
	return variables
}

// fromVariables loads variables by their names without the prefix.
func (c *Store) fromVariables(env Env, variables map[string]variable) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	var values []assignment
	var problems []error
	for _, name := range slices.Sorted(maps.Keys(variables)) {
		a, err := c.fromVariable(env, variables, name)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		values = append(values, a)
	}
	if len(problems) > 0 {
		return errors.Join(problems...)
	}
	return c.load(values)
}

// fromVariable makes an assignment of a variable: its own text, or the content of the file it names.
func (c *Store) fromVariable(env Env, variables map[string]variable, name string) (assignment, error) {
	v := variables[name]
	parts := strings.Split(name, "__")
	if key, ok := strings.CutSuffix(name, fileSuffix); ok && c.current.secret(key) {
		if twin, both := variables[key]; both {
			return assignment{}, fmt.Errorf("config key %s is set by %s and by %s; remove one of the two", key, twin.source, v.source)
		}
		content, err := readSecret(c.path(v.text))
		if err != nil {
			return assignment{}, fmt.Errorf("config key %s from %s: %w", key, v.source, err)
		}
		parts, v.text = []string{key}, content
		if c.current.entry(key).spec.kind == kindString {
			return assignment{key: key, value: content, source: v.source}, nil
		}
	}
	value, err := env.Decode(v.text)
	if err != nil {
		value = v.text
	}
	return assignment{key: parts[0], path: parts[1:], value: value, words: wordingOf(v.text, value), source: v.source}, nil
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

// DecodeJSON decodes one JSON value. Text that is not valid UTF-8 is none, for decoding would change it.
func DecodeJSON(text string) (any, error) {
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
func (c *Store) loadDebug() {
	text := os.Getenv("FLASK_DEBUG")
	if text == "" {
		return
	}
	if err := c.put([]assignment{{key: "DEBUG", value: text, source: environmentSource + "FLASK_DEBUG"}}); err != nil {
		c.failed["DEBUG"] = err
	}
}
