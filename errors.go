package dewar

import (
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"runtime/debug"
	"slices"
)

// ErrorHandler answers a request that failed with err. What it returns counts as the answer's own error: it
// is not handled again but becomes a plain 500.
type ErrorHandler func(c *Context, err error) error

// HTTPError is an error that picks its own HTTP status. [Abort] and [Abortf] make one; Flask calls it
// HTTPException.
type HTTPError struct {
	// Code is the status, 400 to 599.
	Code int
	// Message is shown to the client below the status text; empty means the status text alone.
	Message string
	// Errors says what is wrong with single fields of the request; [Context.Bind] fills it. Clients are shown
	// it as a list, JSON clients as the member errors.
	Errors []FieldError
	// Header is added to the answer, for example Allow or Retry-After. It may be nil.
	Header http.Header
	// Err is the cause. It is logged when Code is 500 or more and never shown to the client.
	Err error
}

// FieldError is what is wrong with one field of a request.
type FieldError struct {
	// Field is the name as it stands in the request. Parts of a JSON body are written as in "items[2].price".
	Field string `json:"field"`
	// Detail says what is wrong. It never repeats the value.
	Detail string `json:"detail"`
}

// Error returns the status, the message, the fields and the cause.
func (e *HTTPError) Error() string {
	text := fmt.Sprintf("%d %s", e.Code, http.StatusText(e.Code))
	if e.Message != "" {
		text += ": " + e.Message
	}
	separator := " "
	for _, f := range e.Errors {
		text += separator + f.Field + ": " + f.Detail
		separator = "; "
	}
	if e.Err != nil && e.Message != e.Err.Error() {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap returns the cause.
func (e *HTTPError) Unwrap() error { return e.Err }

// StatusCode returns Code. Any error type with this method picks its own status.
func (e *HTTPError) StatusCode() int { return e.Code }

// Abort returns an error that answers the request with code, for a view or hook to return. A code below 400
// or above 599 gives a 500 that says so in the log.
func Abort(code int) error { return abort(code, "") }

// Abortf is [Abort] with a message for the client.
func Abortf(code int, format string, args ...any) error {
	return abort(code, fmt.Sprintf(format, args...))
}

func abort(code int, message string) error {
	if code < 400 || code > 599 {
		return &HTTPError{Code: http.StatusInternalServerError,
			Err: fmt.Errorf("dewar: Abort(%d): not an error status; pass 400 to 599, or answer with c.Status(%d)", code, code)}
	}
	return &HTTPError{Code: code, Message: message}
}

// PanicError is what error handlers and teardown functions get when a handler panicked.
type PanicError struct {
	// Value is what panic was called with.
	Value any
	// Stack is the stack of the goroutine at the panic.
	Stack []byte
}

// Error returns the value of the panic as text.
func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v", e.Value) }

// Unwrap returns the value of the panic when it was an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// recovered makes an error of what recover returned.
func recovered(value any) error {
	return &PanicError{Value: value, Stack: debug.Stack()}
}

// statusCoder is what an error implements to pick its own status.
type statusCoder interface {
	error
	StatusCode() int
}

// statusOf returns the status that err asks for, if it asks for one. A panic never does, whatever its value.
func statusOf(err error) (int, bool) {
	if _, ok := errors.AsType[*PanicError](err); ok {
		return 0, false
	}
	if e, ok := errors.AsType[statusCoder](err); ok {
		if code := e.StatusCode(); code >= 400 && code <= 599 {
			return code, true
		}
		return 0, false
	}
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return http.StatusRequestEntityTooLarge, true
	}
	return 0, false
}

// An errorTable holds the error handlers of one App or Blueprint.
type errorTable struct {
	byCode     map[int]ErrorHandler
	byType     map[reflect.Type]ErrorHandler
	interfaces []interfaceHandler
}

type interfaceHandler struct {
	typ    reflect.Type
	handle ErrorHandler
}

func (t *errorTable) setCode(code int, h ErrorHandler) {
	if t.byCode == nil {
		t.byCode = map[int]ErrorHandler{}
	}
	t.byCode[code] = h
}

func (t *errorTable) setType(typ reflect.Type, h ErrorHandler) {
	if typ.Kind() == reflect.Interface {
		t.interfaces = slices.DeleteFunc(t.interfaces, func(i interfaceHandler) bool { return i.typ == typ })
		t.interfaces = append(t.interfaces, interfaceHandler{typ, h})
		return
	}
	if t.byType == nil {
		t.byType = map[reflect.Type]ErrorHandler{}
	}
	t.byType[typ] = h
}

// match finds the handler for err by type: the tree is walked from the outside in, and at each error the
// concrete type comes before interfaces.
func (t *errorTable) match(err error) (ErrorHandler, error) {
	if err == nil || t.byType == nil && t.interfaces == nil {
		return nil, nil
	}
	typ := reflect.TypeOf(err)
	if h := t.byType[typ]; h != nil {
		return h, err
	}
	for _, i := range t.interfaces {
		if typ.Implements(i.typ) {
			return i.handle, err
		}
	}
	switch e := err.(type) {
	case interface{ Unwrap() error }:
		return t.match(e.Unwrap())
	case interface{ Unwrap() []error }:
		for _, inner := range e.Unwrap() {
			if h, found := t.match(inner); h != nil {
				return h, found
			}
		}
	}
	return nil, nil
}

// findErrorHandler returns the handler for err and the error to call it with, in Flask's order: by code from
// the innermost blueprint out to the app, then by type likewise.
func findErrorHandler(scopes []*errorTable, err error) (ErrorHandler, error) {
	if code, ok := statusOf(err); ok {
		for _, scope := range scopes {
			if h := scope.byCode[code]; h != nil {
				return h, err
			}
		}
	}
	for _, scope := range scopes {
		if h, found := scope.match(err); h != nil {
			return h, found
		}
	}
	return nil, nil
}

// findServerErrorHandler returns the handler for an error that no other handler wanted: that of code 500,
// or of *HTTPError.
func findServerErrorHandler(scopes []*errorTable) ErrorHandler {
	for _, scope := range scopes {
		if h := scope.byCode[http.StatusInternalServerError]; h != nil {
			return h
		}
	}
	for _, scope := range scopes {
		if h := scope.byType[reflect.TypeFor[*HTTPError]()]; h != nil {
			return h
		}
	}
	return nil
}
