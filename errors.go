package dewar

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"reflect"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"

	"github.com/dewar-go/dewar/internal/headers"
	"github.com/dewar-go/dewar/internal/problem"
)

// ErrorHandler answers a request that failed with err. The status is that of err unless the handler sets one. An error
// that it returns is not handled again: it is logged, and the client gets a plain 500. Returning nil without an answer
// is an error too.
type ErrorHandler func(c *Context, err error) error

// HTTPError is an error that picks its own HTTP status. [Abort] and [Abortf] make one; Flask calls it HTTPException.
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

// FieldError is what is wrong with one field of a request. As an error it is what a [Validator], or a method
// Validate of a struct, returns to have it listed by [Context.Bind].
type FieldError struct {
	// Field is the name as it stands in the request. Parts of a JSON body are written as in "items[2].price".
	Field string `json:"field"`
	// Detail says what is wrong. It never repeats the value.
	Detail string `json:"detail"`
}

// Error returns the field and what is wrong with it.
func (e FieldError) Error() string { return e.Field + ": " + e.Detail }

// Error returns the status, the message, the fields and the cause.
func (e *HTTPError) Error() string {
	text := fmt.Sprintf("%d %s", e.Code, http.StatusText(e.Code))
	if e.Message != "" {
		text += ": " + e.Message
	}
	separator := " "
	for _, f := range e.Errors {
		text += separator + f.Error()
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

// Abortf is [Abort] with a message for the client, formatted as by [fmt.Sprintf].
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

// findServerErrorHandler returns the handler for errors that no other handler handles: that of code 500, or of
// *HTTPError.
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

// fail answers a request that ended with err through the error handlers. What comes after the header has left cuts the
// connection. While the response is finalized the error handlers have one turn; another error gets dewar's own answer.
func (c *Context) fail(err error) {
	if v := reflect.ValueOf(err); v.Kind() == reflect.Pointer && v.IsNil() { // its methods may panic
		err = fmt.Errorf("dewar: the error that was returned is a nil %T; return nil itself, and declare the variable as an error", err)
	}
	switch {
	case c.outcome == aborted:
		return
	case c.response.replaced:
		c.failReplaced(err)
		return
	case c.phase >= sent:
		c.cutOff(err)
		return
	case c.phase == matching:
		c.advance(handling)
	case c.phase == finalizing:
		x := c.rare()
		x.finalErr = cmp.Or(x.finalErr, err)
		c.response.keepHooked()
		if x.again {
			c.conclude(unhandled, err)
			c.logFailure(err)
			c.plainError(err)
			return
		}
		x.again = true
	}
	c.response.Reset()
	if herr := c.protect(func() error { return c.handleError(err) }); herr != nil {
		c.failAgain(err, herr)
	}
}

// failReplaced takes an error that comes when the answer has been replaced by that to another one, as when the
// session could not be saved on the way. Usually it only tells that the view has noticed.
func (c *Context) failReplaced(err error) {
	if !errors.Is(err, c.rare().finalErr) {
		c.conclude(unhandled, err)
		c.logFailure(err)
	}
}

// failAgain ends a request whose error handler failed with second.
func (c *Context) failAgain(first, second error) {
	c.conclude(unhandled, first)
	c.conclude(unhandled, second)
	switch {
	case c.outcome == aborted:
	case c.response.replaced:
		c.failReplaced(second)
	case c.phase >= sent:
		c.cutOff(c.failure())
	default:
		c.logFailure(second)
		c.plainError(second)
	}
}

// handleError finds the handler for err and calls it, or answers with dewar's own page.
func (c *Context) handleError(err error) error {
	err = c.timedOut(err)
	scopes := c.errorScopes()
	code, ok := statusOf(err)
	picked := ok && !c.traps(code)
	failed := picked && code >= http.StatusInternalServerError && errors.Unwrap(err) != nil
	if failed {
		c.logFailure(err)
	}
	if h, found := findErrorHandler(scopes, err); h != nil {
		return c.callErrorHandler(h, found)
	}
	if picked && !failed {
		return c.answerError(err)
	}
	c.conclude(unhandled, err)
	c.App.GotRequestException.send(RequestException{c, err})
	switch {
	case c.settings.propagate:
		c.conclude(propagated, err)
		return nil
	case failed:
		return c.answerError(err)
	}
	c.logFailure(err)
	server := &HTTPError{Code: http.StatusInternalServerError, Err: err}
	if h := findServerErrorHandler(scopes); h != nil {
		c.response.setErrorStatus(http.StatusInternalServerError) // a panic inside picks none
		return c.callErrorHandler(h, server)
	}
	return c.answerError(server)
}

// traps reports whether an HTTP error without a handler is treated as an error of the application.
func (c *Context) traps(code int) bool {
	return c.settings.trapHTTP || c.settings.trapBadRequest && code == http.StatusBadRequest
}

// callErrorHandler lets h answer; the status is that of err unless h sets one.
func (c *Context) callErrorHandler(h ErrorHandler, err error) error {
	if code, ok := statusOf(err); ok {
		c.response.setErrorStatus(code)
	}
	if herr := h(c, err); herr != nil {
		return herr
	}
	if !c.response.started {
		return fmt.Errorf("dewar: the handler of %T returned nil without an answer; end it with return c.Text(...), c.Render(...) or an error", err)
	}
	return nil
}

// plainError is the last resort when an error handler or a hook on an error response failed.
func (c *Context) plainError(err error) {
	c.response.Reset()
	plain := &HTTPError{Code: http.StatusInternalServerError}
	if code, ok := statusOf(err); ok && code == http.StatusServiceUnavailable {
		plain.Code = code
	}
	if aerr := c.protect(func() error { return c.answerError(plain) }); aerr != nil {
		c.response.Reset()
		c.response.WriteHeader(plain.Code)
	}
}

// cutOff ends a response that failed after its header was sent, so that no client takes it for a whole one.
func (c *Context) cutOff(err error) {
	if c.rare().hijacked {
		c.conclude(unhandled, err)
		c.logFailure(err)
		return
	}
	c.conclude(cut, err)
	if c.isGone(err) {
		return
	}
	c.guard(func() { c.App.GotRequestException.send(RequestException{c, err}) })
	c.logFailure(err)
}

// logFailure logs an error once. A client that has gone is no error.
func (c *Context) logFailure(err error) {
	if c.isGone(err) {
		c.Logger().Debug("client gone", "err", err)
		return
	}
	if p, ok := errors.AsType[*PanicError](err); ok {
		c.Logger().Error("request failed", "err", err, "stack", string(p.Stack))
		return
	}
	c.Logger().Error("request failed", "err", err)
}

// isGone reports whether err only says that the client closed the connection.
func (c *Context) isGone(err error) bool {
	if x := c.lazy.Load(); x != nil && x.writeErr != nil && errors.Is(err, x.writeErr) {
		return true
	}
	if !errors.Is(c.born.Context().Err(), context.Canceled) {
		return false
	}
	return errors.Is(err, context.Canceled) || errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, net.ErrClosed)
}

// answerError writes dewar's own answer for a status: an HTML page for browsers, problem+json for JSON
// clients, text for everyone else.
func (c *Context) answerError(err error) error {
	p := problem.Problem{Status: http.StatusInternalServerError}
	if status, ok := statusOf(err); ok {
		p.Status = status
	}
	if e, ok := errors.AsType[*HTTPError](err); ok && e.Code == p.Status {
		p.Detail = e.Message
		for _, f := range e.Errors {
			p.Errors = append(p.Errors, problem.Field(f))
		}
		headers.Merge(c.response.answerHeader(), e.Header)
	}
	p.Title = http.StatusText(p.Status)
	if p.Title == "" {
		p.Title = "Error"
	}
	headers.AddVary(c.response.w.Header(), []string{"Accept"})
	switch c.errorFormat() {
	case "text/html":
		return c.Status(p.Status).HTML(p.HTML())
	case "application/problem+json":
		body, err := c.App.JSON.Marshal(p)
		if err != nil {
			return err
		}
		return c.Status(p.Status).Blob("application/problem+json", body)
	}
	return c.Status(p.Status).Text(p.Text())
}

// errorFormat picks the form of an error answer.
func (c *Context) errorFormat() string {
	switch c.Accepts("text/plain", "text/html", "application/problem+json", "application/json") {
	case "text/html":
		return "text/html"
	case "application/problem+json", "application/json":
		return "application/problem+json"
	}
	if c.IsJSON() && !strings.Contains(c.Request.Header.Get("Accept"), "text/") {
		return "application/problem+json"
	}
	return "text/plain"
}
