// Package fault has the error that a configuration file gets when it cannot be read.
package fault

import "fmt"

// Error says what is wrong in a file and how to mend it. Its text never holds a value of the file.
type Error struct {
	Line int // 0 where no line is to blame
	Text string
	// Unavailable marks Python that is correct but not offered here. It only matters when the code is reached.
	Unavailable bool
}

// Error returns the text without the line.
func (e *Error) Error() string { return e.Text }

// New returns an error without a line.
func New(format string, args ...any) *Error {
	return &Error{Text: fmt.Sprintf(format, args...)}
}

// At returns an error for a line.
func At(line int, format string, args ...any) *Error {
	return &Error{Line: line, Text: fmt.Sprintf(format, args...)}
}
