package value

import "fmt"

// An Error is what went wrong in an expression. Kind is Python's class: TypeError, ValueError, ZeroDivisionError, UndefinedError,
// SecurityError, OverflowError, FilterArgumentError and so on.
type Error struct {
	Kind    string
	Message string
	Err     error // of a Go function that failed, or of a context that has ended

	Undefined *Undefined // of an UndefinedError
}

// Error returns the message, without the kind.
func (e *Error) Error() string {
	if e.Message == "" && e.Err != nil {
		return e.Err.Error()
	}
	return e.Message
}

// Unwrap returns the cause, nil where there is none.
func (e *Error) Unwrap() error { return e.Err }

func failf(kind, format string, args ...any) error {
	return &Error{Kind: kind, Message: fmt.Sprintf(format, args...)}
}

func typeErrorf(format string, args ...any) error { return failf("TypeError", format, args...) }

func valueErrorf(format string, args ...any) error { return failf("ValueError", format, args...) }
