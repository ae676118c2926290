package rule

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// variable is one variable of a rule with its converter.
type variable struct {
	name    string
	conv    Converter
	written string // as it stands in the rule, in braces
	shape   string // the converter with its arguments, in braces
	pattern string
	weight  int
	slashes bool
	groups  int            // the groups in pattern
	plain   bool           // a string without arguments
	whole   *regexp.Regexp // nil if Parse refuses what the pattern does
	late    fitter         // nil if only Parse tells what converts
}

// A fitter is a converter that is built in. Its Parse refuses everything that its Pattern does not match, so that the pattern need
// not be run, and gives equal values for equal texts.
type fitter interface {
	// fits reports whether Parse converts a text, which is not empty, without doing so.
	fits(text string) bool
}

// newVariable returns the variable name converted by conv.
func newVariable(name, shape string, conv Converter) (*variable, error) {
	v := &variable{name: name, conv: conv, shape: shape, pattern: conv.Pattern(), weight: 100}
	if w, ok := conv.(interface{ Weight() int }); ok {
		v.weight = w.Weight()
	}
	if s, ok := conv.(interface{ Slashes() bool }); ok {
		v.slashes = s.Slashes()
	}
	if s, ok := conv.(stringConverter); ok {
		v.plain = s == plainString
	}
	if fitter, ok := conv.(fitter); ok {
		v.late = fitter
		return v, nil
	}
	pattern, err := regexp.Compile(v.pattern)
	if err != nil {
		return nil, fmt.Errorf("variable %q: correct the regular expression: %w", name, err)
	}
	v.groups = pattern.NumSubexp()
	if v.whole, err = regexp.Compile(`\A(?:` + v.pattern + `)\z`); err != nil {
		return nil, fmt.Errorf("variable %q: shorten the regular expression: %w", name, err)
	}
	return v, nil
}

// maxExpressed is how many bytes a value may have that a regular expression is asked about.
const maxExpressed = 64 << 10

// parse converts text, or reports that the variable does not match it.
func (v *variable) parse(text string) (any, bool) {
	if text == "" || v.whole != nil && (len(text) > maxExpressed || !v.whole.MatchString(text)) {
		return nil, false
	}
	value, err := v.conv.Parse(text)
	return value, err == nil
}

// accepts reports whether the converter, which is built in, takes text.
func (v *variable) accepts(text string) bool {
	return text != "" && (v.plain || v.late.fits(text)) // a plain one is a whole segment, or checked with it
}

// ValueError says that the value of a variable does not fit. It never holds the value.
type ValueError struct {
	Variable string
	err      error
}

// Error names the variable and says what to do.
func (e *ValueError) Error() string { return fmt.Sprintf("variable %q%v", e.Variable, e.err) }

// Unwrap returns what the converter said.
func (e *ValueError) Unwrap() error { return errors.Unwrap(e.err) }

// format converts value to text that parse accepts. An error is a *[ValueError].
func (v *variable) format(value any) (string, error) {
	text, err := v.conv.Format(value)
	switch {
	case err != nil:
		return "", v.unfit(": %w", err)
	case text == "":
		return "", v.unfit(" is empty, and no path matches an empty variable; give a value")
	case !v.slashes && strings.Contains(text, "/"):
		return "", v.unfit(" has a slash, which %s does not match; write {%s:path} in the rule", v.shape, v.name)
	}
	if _, ok := v.parse(text); !ok {
		return "", v.unfit(" has a value that %s does not match; give one that it does", v.shape)
	}
	return text, nil
}

func (v *variable) unfit(format string, args ...any) error {
	return &ValueError{v.name, fmt.Errorf(format, args...)}
}
