package taggedjson

import (
	"fmt"
	"strconv"
	"strings"
)

// An Error says why a value cannot be written or a document cannot be read, and where. Its text never
// holds a part of the value.
type Error struct {
	// Path leads to the place inside the value, as in cart.items[3]. It is empty for the value itself.
	Path string
	// Reason says what is wrong there, and what to do about it where that is not plain.
	Reason string
	// Cause is what a method of the value (MarshalJSON, MarshalText) or a function of a [Tag]
	// returned, or nil. It is not part of the text, because it may quote the value.
	Cause error
}

// Error returns the path and the reason.
func (e *Error) Error() string {
	if e.Path == "" {
		return e.Reason
	}
	return e.Path + ": " + e.Reason
}

// Unwrap returns Cause.
func (e *Error) Unwrap() error { return e.Cause }

// under returns err, which is an *Error, as it looks from the container that holds its value at step.
func under(err error, step string) error {
	e := *err.(*Error)
	switch {
	case e.Path == "":
		e.Path = step
	case e.Path[0] == '[':
		e.Path = step + e.Path
	default:
		e.Path = step + "." + e.Path
	}
	return &e
}

func indexStep(i int) string { return "[" + strconv.Itoa(i) + "]" }

// keyStep shortens a long key and quotes one that is not a plain word.
func keyStep(key string) string {
	const longest = 64
	if len(key) > longest {
		return fmt.Sprintf("[%q...]", key[:longest])
	}
	if key == "" || strings.ContainsFunc(key, func(r rune) bool { return !isWordRune(r) }) {
		return fmt.Sprintf("[%q]", key)
	}
	return key
}

func isWordRune(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '_' || r == '-'
}

func tooDeep() *Error {
	return &Error{Reason: fmt.Sprintf("nested deeper than %d levels", MaxDepth)}
}

func badUTF8() *Error {
	return &Error{Reason: "text that is not valid UTF-8; store it as []byte"}
}

func badTag(key, want string) *Error {
	return &Error{Reason: fmt.Sprintf("tag %q must hold %s", key, want)}
}
