package rule

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/dewar-go/dewar/internal/suggest"
)

// Converter turns the text of a variable into a value and back. Its methods must be safe for concurrent use.
//
// It may have two more methods. Weight() int says how wide the converter is, 100 unless given: rules with narrower
// converters, which weigh less, are tried first. Slashes() bool says that values may contain slashes; without it the
// variable takes one segment.
type Converter interface {
	// Pattern returns the regular expression that a whole value must match. It is asked once and anchored as a group.
	Pattern() string
	// Parse converts text, which is decoded and never empty. An error means that the rule does not match.
	Parse(text string) (any, error)
	// Format converts a value to text that Parse accepts; the text is percent-encoded later.
	Format(value any) (string, error)
}

// Factory makes a converter from the arguments written in a rule. Its error says what to write instead.
type Factory func(args Args) (Converter, error)

// Set maps the names that may be written after the colon of a variable to what makes the converter. It must have the
// name "string", which variables without a converter use.
type Set map[string]Factory

// Builtin returns a new set with the converters string, int, float, path, uuid and any. A uuid's value is what newUUID
// makes of its 16 bytes.
func Builtin(newUUID func([16]byte) any) Set {
	return Set{
		"string": newString,
		"int":    newInt,
		"float":  newFloat,
		"path":   Fixed(pathConverter{}),
		"uuid":   Fixed(uuidConverter{newUUID}),
		"any":    newAny,
	}
}

// Fixed returns a factory that always gives conv and refuses arguments.
func Fixed(conv Converter) Factory {
	return func(args Args) (Converter, error) {
		if len(args) > 0 {
			return nil, errors.New("takes no arguments; write the name alone")
		}
		return conv, nil
	}
}

// names returns the names of the set in alphabetical order.
func (s Set) names() []string { return slices.Sorted(maps.Keys(s)) }

// converter makes the converter called name. What was written after the colon is spec.
func (s Set) converter(name string, args Args, spec string) (Converter, error) {
	factory, ok := s[name]
	if !ok {
		return nil, s.unknown(name, spec)
	}
	conv, err := factory(args)
	if err != nil {
		return nil, fmt.Errorf("converter %q %w", name, err)
	}
	return conv, nil
}

// unknown returns the error for a name that is not in the set.
func (s Set) unknown(name, spec string) error {
	if near := suggest.Nearest(name, s.names()); near != "" {
		return fmt.Errorf("unknown converter %q; did you mean %q?", name, near)
	}
	return fmt.Errorf("unknown converter %q; write one of %s, or (?:%s) for a regular expression",
		name, strings.Join(s.names(), ", "), spec)
}

// expression is the converter of a variable whose regular expression is written in the rule.
type expression struct{ pattern string }

func (e expression) Pattern() string                  { return e.pattern }
func (e expression) Parse(text string) (any, error)   { return text, nil }
func (e expression) Format(value any) (string, error) { return formatText(value) }
