package dewar

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"strings"

	"github.com/dewar-go/dewar/internal/errtree"
	"github.com/dewar-go/dewar/internal/headers"
	"github.com/dewar-go/dewar/internal/problem"
)

// HTTPError is an error that picks its own HTTP status. [Abort] and [Abortf] make one; Flask calls it HTTPException.
type HTTPError struct {
	// Code is the status, 400 to 599.
	Code int
	// Message is shown to the client below the status text. Empty means the standard description of Code, which
	// [Abort] and the errors of routing also put here; a status without one is shown alone.
	Message string
	// Errors says what is wrong with single fields of the request; [Context.Bind] fills it. Clients are shown
	// it as a list, JSON clients as the member errors.
	Errors []FieldError
	// Header is added to the answer, for example Allow or Retry-After, also to that of an error handler, which may change
	// or delete it there. Content-Type and Content-Length are passed over. It may be nil.
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
	// Rule is the tag that the value does not keep, such as maxlength, and Limit what stands in it. It is type for a value that
	// does not fit the type of its field, unknown for one that has none, and empty where a method Validate found the error.
	Rule  string `json:"-"`
	Limit string `json:"-"`
}

// Error returns the field and what is wrong with it.
func (e FieldError) Error() string { return e.Field + ": " + e.Detail }

// Error returns the status, the message unless it is the standard one, the fields and the cause.
func (e *HTTPError) Error() string {
	if e == nil {
		return "a nil *dewar.HTTPError"
	}
	text := fmt.Sprintf("%d %s", e.Code, http.StatusText(e.Code))
	if e.Message != "" && e.Message != problem.Describe(e.Code) {
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
func (e *HTTPError) Unwrap() error {
	if e == nil {
		return nil
	}
	return e.Err
}

// As lets [errors.As] find the HTTPError inside a type that embeds it, whose Unwrap returns the cause.
func (e *HTTPError) As(target any) bool {
	to, ok := target.(**HTTPError)
	if ok = ok && e != nil; ok {
		*to = e
	}
	return ok
}

// StatusCode returns Code. Any error type with this method picks its own status.
func (e *HTTPError) StatusCode() int {
	if e == nil {
		return 0
	}
	return e.Code
}

// Name returns the standard text of Code, such as "Not Found", and "" for a status that has none. Flask calls it name.
func (e *HTTPError) Name() string {
	if e == nil {
		return ""
	}
	return http.StatusText(e.Code)
}

// Description returns Message, or without one the standard description of Code. Flask calls it description.
func (e *HTTPError) Description() string {
	if e == nil {
		return ""
	}
	return cmp.Or(e.Message, problem.Describe(e.Code))
}

// Abort returns an error that answers the request with code and its standard description. A view or hook must return
// it: called without return it does nothing, and the view goes on, which the analyzer in contrib/vet finds. A code
// below 400 or above 599 gives a 500 that says in the log what to use instead.
func Abort(code int) error { return abort(code, problem.Describe(code)) }

// Abortf is [Abort] with a message for the client, formatted as by [fmt.Sprintf].
func Abortf(code int, format string, args ...any) error {
	return abort(code, fmt.Sprintf(format, args...))
}

func abort(code int, message string) error {
	if code < 400 || code > 599 {
		return &HTTPError{Code: http.StatusInternalServerError, Message: problem.Describe(http.StatusInternalServerError),
			Err: fmt.Errorf("dewar: Abort(%d): not an error status; pass 400 to 599, %s", code, insteadOfAbort(code))}
	}
	return &HTTPError{Code: code, Message: message}
}

// insteadOfAbort says what answers with a status that is no error.
func insteadOfAbort(code int) string {
	switch {
	case code == http.StatusNotModified || code == http.StatusNoContent:
		return fmt.Sprintf("or answer with return c.Status(%d).NoContent()", code)
	case code >= 300 && code <= 399:
		return fmt.Sprintf("or redirect with return c.Status(%d).Redirect(url)", code)
	case code >= 200 && code <= 299:
		return fmt.Sprintf("or answer with return c.Status(%d).Text(...) or another answering method", code)
	}
	return "as in dewar.Abort(404)"
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

// statusOf returns the status that err asks for: that of the outermost error with one in its tree. A panic never does,
// whatever its value.
func statusOf(err error) (int, bool) {
	if _, ok := errors.AsType[*PanicError](err); ok {
		return 0, false
	}
	for e := range errtree.All(err) {
		if coder, ok := oneAs[statusCoder](e); ok {
			if code := coder.StatusCode(); code >= 400 && code <= 599 {
				return code, true
			}
		}
		if _, ok := oneAs[*http.MaxBytesError](e); ok {
			return http.StatusRequestEntityTooLarge, true
		}
	}
	return 0, false
}

// oneAs is errors.As for err alone, without what it wraps.
func oneAs[T error](err error) (found T, ok bool) {
	if found, ok = err.(T); ok { //nolint:errorlint // what it wraps is asked by itself
		return found, true
	}
	other, ok := err.(interface{ As(any) bool })
	return found, ok && other.As(&found)
}

// httpErrorOf returns the outermost *HTTPError in err if it has that code, or nil.
func httpErrorOf(err error, code int) *HTTPError {
	if e, ok := errors.AsType[*HTTPError](err); ok && e.Code == code {
		return e
	}
	return nil
}

// sound returns err, or what is wrong with it if it is a nil pointer or its methods panic.
func sound(err error) (good error) {
	if errtree.IsNil(err) {
		return fmt.Errorf("dewar: the error that was returned is a nil %T; return nil itself, and declare the variable as an error", err)
	}
	defer func() {
		value := recover()
		if value == nil {
			return
		}
		good = fmt.Errorf("dewar: the error is a %T whose own methods panic: %v", err, value)
		if p, ok := err.(*PanicError); ok { //nolint:errorlint // its value is what panics
			good = &PanicError{Value: fmt.Sprintf("a %T whose own methods panic: %v", p.Value, value), Stack: p.Stack}
		}
	}()
	_ = err.Error()
	for e := range errtree.All(err) { // whatever will be asked later
		_, _ = oneAs[statusCoder](e)
	}
	_ = errors.Is(err, errGoexit)
	_, _ = statusOf(err)
	return err
}

// fail answers a request that ended with err through the error handlers. What comes after the header has left cuts the
// connection. While the response is finalized the error handlers have one turn; another error gets dewar's own answer.
func (c *Context) fail(err error) {
	err = sound(err)
	switch {
	case c.outcome == aborted:
		return
	case c.response.replaced:
		c.failReplaced(err)
		return
	case c.phase >= sent:
		c.cutOff(err)
		return
	case c.hasRefused(err):
		c.keepRefusal(err)
		return
	case c.phase == matching:
		c.advance(handling)
	case c.phase == finalizing:
		c.reopen()
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
		c.failAgain(err, sound(herr))
	}
}

// hasRefused reports whether code that does not know of dewar has answered with an error status itself and tells by err
// that it has, as a websocket library does whose handshake failed. An error with a status or a handler of its own, and a
// panic, go before that answer.
func (c *Context) hasRefused(err error) bool {
	r := &c.response
	if c.phase != handling || !r.started || r.method || r.StatusCode() < http.StatusBadRequest {
		return false
	}
	if _, ok := errors.AsType[*PanicError](err); ok {
		return false
	}
	if _, ok := statusOf(err); ok {
		return false
	}
	h, _ := findErrorHandler(c.errorScopes(), err)
	return h == nil
}

// keepRefusal lets the answer stand that came with err. It is an error of the App only if it says so.
func (c *Context) keepRefusal(err error) {
	if c.response.StatusCode() >= http.StatusInternalServerError {
		if c.unhandled(err); !c.settings.propagate {
			c.logFailure(err)
		}
		return
	}
	c.Logger().Debug("request refused", "status", c.response.StatusCode(), "err", err)
}

// failReplaced takes an error that comes when the answer has been replaced by that to another one, as when the
// session could not be saved on the way. Usually it only tells that the view has noticed.
func (c *Context) failReplaced(err error) {
	if !errtree.Has(err, c.rare().finalErr) {
		c.conclude(unhandled, err)
		c.logFailure(err)
	}
}

// failAgain goes on with a request whose error handler failed with second: the handler of 500 gets that, once.
func (c *Context) failAgain(first, second error) {
	c.conclude(unhandled, first)
	c.conclude(unhandled, second)
	switch x := c.rare(); {
	case c.outcome == aborted:
	case c.response.replaced:
		c.failReplaced(second)
	case c.phase >= sent:
		c.cutOff(c.failure())
	case x.crashed:
		c.logFailure(second)
		c.plainError(second)
	default:
		c.response.Reset()
		if err := c.protect(func() error { return c.crash(second, c.errorScopes()) }); err != nil {
			c.failAgain(second, sound(err))
		}
	}
}

// handleError finds the handler for err and calls it, or answers with dewar's own page.
func (c *Context) handleError(err error) error {
	err = c.clientFault(c.timedOut(err))
	gone := c.isGone(err)
	scopes := c.errorScopes()
	code, ok := statusOf(err)
	picked := ok && (gone || !c.traps(code))
	failed := picked && code >= http.StatusInternalServerError && len(errtree.Wrapped(err)) > 0
	if failed {
		c.logFailure(err)
	}
	if h, found := findErrorHandler(scopes, err); h != nil {
		c.rare().crashed = code == http.StatusInternalServerError
		if !ok { // a panic picks none, but what was raised may
			code, _ = statusOf(found)
		}
		if e := httpErrorOf(err, code); e != nil && len(e.Header) > 0 {
			c.response.setErrorHeader(e.Header)
		}
		herr := c.callErrorHandler(h, found, code)
		if !passesOn(herr, found) {
			return herr
		}
		c.response.Reset()
	}
	if gone {
		c.conclude(unhandled, err) // nobody gets the answer, so teardown functions are told
		return c.answerError(err)
	}
	switch {
	case !picked:
		return c.crash(err, scopes)
	case failed:
		return c.answerUnhandled(err)
	}
	return c.answerError(err)
}

// passesOn reports whether an error handler gave back the error that it was called with, or one inside it.
func passesOn(herr, err error) bool {
	return herr != nil && errtree.Has(err, herr)
}

// answerUnhandled answers an error of the server that picks its status and has been logged.
func (c *Context) answerUnhandled(err error) error {
	if c.unhandled(err); c.settings.propagate {
		return nil
	}
	return c.answerError(err)
}

// crash answers an error that no handler wants as an error of the server.
func (c *Context) crash(err error, scopes []*errorTable) error {
	x := c.rare()
	if c.unhandled(err); c.settings.propagate {
		return nil
	}
	c.logFailure(err)
	server := &HTTPError{Code: http.StatusInternalServerError, Message: problem.Describe(http.StatusInternalServerError), Err: err}
	h := findServerErrorHandler(scopes)
	if h == nil || x.crashed || c.showsFaults() {
		return c.answerError(server)
	}
	x.crashed = true
	if herr := c.callErrorHandler(h, server, server.Code); !passesOn(herr, server) {
		return herr
	}
	c.response.Reset()
	return c.answerError(server)
}

// unhandled tells that no handler wants err.
func (c *Context) unhandled(err error) {
	c.conclude(unhandled, err)
	c.guard(func() { c.App.GotRequestException.Send(RequestException{c, err}) })
	if c.settings.propagate {
		c.conclude(propagated, err)
	}
}

// traps reports whether an HTTP error without a handler is treated as an error of the application.
func (c *Context) traps(code int) bool {
	return c.settings.trapHTTP || c.settings.trapBadRequest && code == http.StatusBadRequest
}

// callErrorHandler lets h answer err, with the status code unless h sets one or code is 0.
func (c *Context) callErrorHandler(h ErrorHandler, err error, code int) error {
	if code != 0 {
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
	if c.showsFaults() {
		plain.Err = err
	}
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
	c.guard(func() { c.App.GotRequestException.Send(RequestException{c, err}) })
	c.logFailure(err)
}

// logFailure logs an error once. A client that has gone is no error.
func (c *Context) logFailure(err error) {
	if c.isGone(err) {
		c.Logger().Debug("client gone", "err", err)
		return
	}
	message, attrs := "request failed", []any{"err", err}
	if p, ok := errors.AsType[*PanicError](err); ok {
		attrs = append(attrs, "stack", string(p.Stack))
	}
	switch {
	case c.outside():
		message = "teardown function failed"
	case c.App.tells():
		c.tell(err, attrs)
		return
	}
	c.Logger().Error(message, attrs...)
}

// clientClosed is the status that a request is logged with when its client has gone. No client sees it; nginx has it.
const clientClosed = 499

// clientFault gives a status to what the client has done: it went away, or its body could not be read.
func (c *Context) clientFault(err error) error {
	if fault := c.bodyFault(err); fault != nil {
		return fault
	}
	if _, picked := statusOf(err); !picked && c.isGone(err) {
		return &HTTPError{Code: clientClosed, Err: err}
	}
	return err
}

// isGone reports whether err only says that the client closed the connection.
func (c *Context) isGone(err error) bool {
	if x := c.lazy.Load(); x != nil && x.writeErr != nil && errors.Is(err, x.writeErr) {
		return true
	}
	return c.leftUpload(err) || isClosed(err) && errors.Is(c.born.Context().Err(), context.Canceled)
}

// answerError writes dewar's own answer for a status: an HTML page for browsers, problem+json for JSON
// clients, text for everyone else.
func (c *Context) answerError(err error) error {
	p := problem.Problem{Status: http.StatusInternalServerError}
	if status, ok := statusOf(err); ok {
		p.Status = status
	}
	p.Detail = problem.Describe(p.Status)
	if e := httpErrorOf(err, p.Status); e != nil {
		p.Detail = cmp.Or(e.Message, p.Detail)
		for _, f := range e.Errors {
			p.Errors = append(p.Errors, problem.Field{Field: f.Field, Detail: f.Detail})
		}
		headers.Merge(c.response.answerHeader(), e.Header)
	}
	p.Title = http.StatusText(p.Status)
	if p.Title == "" {
		p.Title = "Error"
	}
	if !c.wantsJSONErrors() {
		headers.AddVary(c.response.w.Header(), []string{"Accept"})
	}
	if c.showsFaults() {
		if c.rare().policy = ""; c.hidesCause(err, p.Status) {
			return c.answerDebug(p, err)
		}
	}
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

// wantsJSONErrors reports whether the route, or without one the blueprint or App that the request belongs to, answers
// errors with JSON alone.
func (c *Context) wantsJSONErrors() bool {
	if c.route != nil {
		return orDefault(c.route.jsonErrors, false)
	}
	return orDefault(c.errorChain().jsonErrors, false)
}

// errorFormat picks the form of an error answer.
func (c *Context) errorFormat() string {
	if c.wantsJSONErrors() {
		return "application/problem+json"
	}
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
