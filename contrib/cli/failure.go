package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// UsageError is the error of a command that was called wrongly, such as with an argument that makes no sense. [Run] reports it
// with a hint at the help text and returns [Misused]. Click has UsageError.
type UsageError struct {
	// Err says what is wrong, and how it is done right.
	Err error
}

// Error returns the text of Err.
func (e UsageError) Error() string { return e.Err.Error() }

// Unwrap returns Err.
func (e UsageError) Unwrap() error { return e.Err }

// misused returns a UsageError.
func misused(format string, args ...any) error { return UsageError{fmt.Errorf(format, args...)} }

// A failure is the error of a command that was called rightly.
type failure struct{ error }

func (f failure) Unwrap() error { return f.error }

// failed marks the error of a command that has begun.
func failed(err error) error {
	if err == nil {
		return nil
	}
	return failure{err}
}

// errFound is the error of a command that has said all there is to say, and means exit code 1.
var errFound = errors.New("cli: something was found")

// report tells on standard error why cmd failed, and returns the exit code.
func report(cmd *cobra.Command, err error) int {
	code := codeOf(err)
	if errors.Is(err, errFound) {
		return code
	}
	w := cmd.ErrOrStderr()
	text := paragraph(err)
	if code == Misused {
		text += fmt.Sprintf("\nTry %q.", cmd.CommandPath()+" --help")
	}
	fmt.Fprintln(w, paintFor(w).red("Error:"), text)
	return code
}

// codeOf returns the exit code for an error.
func codeOf(err error) int {
	var usage UsageError
	var coded interface{ ExitCode() int }
	switch {
	case errors.As(err, &usage):
		return Misused
	case !errors.As(err, new(failure)):
		return Misused // cobra's own: flags and arguments
	case errors.As(err, &coded) && coded.ExitCode() > 0:
		return coded.ExitCode()
	}
	return Failed
}

// paragraph returns what a person is to read of an error. Several errors are a list, below their heading if they have one.
func paragraph(err error) string {
	lines := strings.Split(strings.TrimSpace(err.Error()), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimPrefix(strings.TrimSpace(line), "dewar: ")
	}
	if many := leaves(err); len(many) > 1 && strings.HasPrefix(err.Error(), many[0].Error()) {
		lines = slices.Insert(lines, 0, "several things are wrong:")
	}
	return strings.Join(lines, "\n  - ")
}

// leaves returns the errors that err joins, however deep. The heading above a list is left out.
func leaves(err error) []error {
	switch e := err.(type) {
	case interface{ Unwrap() []error }:
		var texts []string
		for _, part := range e.Unwrap() {
			texts = append(texts, part.Error())
		}
		if err.Error() != strings.Join(texts, "\n") { // no errors.Join
			return []error{err}
		}
		var all []error
		for _, part := range e.Unwrap() {
			all = append(all, leaves(part)...)
		}
		return all
	case interface{ Unwrap() error }:
		if inner := e.Unwrap(); inner != nil && (err.Error() == inner.Error() || strings.HasSuffix(err.Error(), ":\n"+inner.Error())) {
			return leaves(inner)
		}
	}
	return []error{err}
}
