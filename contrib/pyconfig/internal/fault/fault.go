// Package fault has the error that a configuration file gets when it cannot be read.
package fault

import "fmt"

// Error says what is wrong in a file and how to mend it. Its text never holds a value of the file.
type Error struct {
	File string // the file that Line counts in; "" for the one that is read
	Line int    // 0 where no line is to blame
	Text string
	// Unavailable marks Python that is correct but not offered here. It only matters when the code is reached.
	Unavailable bool
	// Kind is the class of the exception that Python raises at this place, such as "KeyError". The file may
	// catch it. What has none is a limit of this package: the file cannot catch it.
	Kind string
	// Value is the exception that the file itself raised, nil for others.
	Value any
}

// Error returns the text without the line.
func (e *Error) Error() string { return e.Text }

// New returns an error without a line, which a file cannot catch.
func New(format string, args ...any) *Error {
	return &Error{Text: fmt.Sprintf(format, args...)}
}

// Raise returns an error without a line, which Python has too, as an exception of that class.
func Raise(kind, format string, args ...any) *Error {
	return &Error{Kind: kind, Text: fmt.Sprintf(format, args...)}
}

// At returns an error for a line.
func At(line int, format string, args ...any) *Error {
	return &Error{Line: line, Text: fmt.Sprintf(format, args...)}
}
