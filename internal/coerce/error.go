package coerce

import (
	"errors"
	"strings"
)

// What is wrong with a value, as Error.Reason says it. The words for its kind ("a list") come from kindOf.
const (
	missing    = "missing"
	empty      = "empty"
	malformed  = "malformed"
	outOfRange = "out of range"
	negative   = "negative"
	fraction   = "not a whole number"
	notANumber = "not a number"
	infinite   = "infinite"
)

// Error says that a value could not be converted. Its text never contains the value or a part of it, because values
// may be secrets; it wraps nothing for the same reason.
type Error struct {
	// Want is what was asked for, in plain words: "an integer", "true or false", "a list".
	Want string
	// Path leads to the bad part of the value: fields by their Go name, list elements by position, as in
	// "Database.Ports[2]". An entry of a map is "[*]", for its key belongs to the value. It is empty when the value
	// itself is meant.
	Path string
	// Reason completes the sentence "the value is ...": "empty", "missing", "out of range", "a list".
	Reason string
}

// Error returns a sentence such as "Database.Port: want an integer, but the value is empty".
func (e *Error) Error() string {
	var b strings.Builder
	if e.Path != "" {
		b.WriteString(e.Path + ": ")
	}
	b.WriteString("want " + e.Want)
	if e.Reason != "" {
		b.WriteString(", but the value is " + e.Reason)
	}
	return b.String()
}

// refuse returns the error for a value that is not what want says.
func refuse(want, reason string) error { return &Error{Want: want, Reason: reason} }

// under returns the errors in err, each with step put in front of its path. The errors must not be shared yet.
func under(step string, err error) []error {
	switch e := err.(type) {
	case *Error:
		e.Path = joinPath(step, e.Path)
		return []error{e}
	case interface{ Unwrap() []error }:
		var all []error
		for _, part := range e.Unwrap() {
			all = append(all, under(step, part)...)
		}
		return all
	default:
		return []error{err}
	}
}

func joinPath(step, rest string) string {
	if rest == "" || strings.HasPrefix(rest, "[") {
		return step + rest
	}
	return step + "." + rest
}

// together returns problems as one error: nil for none, the error itself for one.
func together(problems []error) error {
	if len(problems) == 1 {
		return problems[0]
	}
	return errors.Join(problems...)
}
