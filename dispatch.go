package dewar

import (
	"errors"
	"fmt"
	"net/http"
	"time"
)

// serve takes one request through the stations of design: admission, matching, hooks, view, error handlers,
// after-request hooks, session, commit, teardown.
func (rt *runtime) serve(w http.ResponseWriter, r *http.Request) {
	c := newContext(rt, w, r)
	if rt.app.options.accessLog {
		defer c.logAccess(time.Now())
	}
	defer c.end()
	if err := c.protect(c.process); err != nil {
		c.fail(err)
	}
	c.finish()
}

// protect runs f and turns a panic into an error. http.ErrAbortHandler is remembered and raised again when
// the request has been torn down.
func (c *Context) protect(f func() error) (err error) {
	normal := false
	defer func() {
		if normal {
			return
		}
		value := recover()
		if value == nil { // runtime.Goexit: the deferred end of the request still runs
			c.unhandled = errGoexit
			return
		}
		c.panicked = true
		if value == http.ErrAbortHandler {
			c.aborted = true
		}
		err = recovered(value)
	}()
	err = f()
	normal = true
	return err
}

var errGoexit = errors.New("dewar: the handler ended its goroutine with runtime.Goexit")

// process runs everything up to the view and checks that it left an answer behind.
func (c *Context) process() error {
	if err := c.admit(); err != nil {
		return err
	}
	c.limitTime()
	c.App.RequestStarted.send(c)
	if err := c.preprocessValues(); err != nil {
		return err
	}
	if err := c.dispatch(); err != nil {
		return err
	}
	return c.pendingError()
}

// admit refuses requests that no hook may see and matches the route.
func (c *Context) admit() error {
	c.chain = c.rt.appChain
	if err := c.checkHost(); err != nil {
		return err
	}
	c.match()
	return c.checkOrigin()
}

// dispatch runs the before-request hooks until one answers, then raises the routing error or calls the view.
func (c *Context) dispatch() error {
	for _, hook := range c.chain.before {
		if err := hook(c); err != nil || c.response.wroteHeader {
			return err
		}
	}
	if c.routingError != nil {
		return c.routingError
	}
	if c.route != nil && !c.autoOptions {
		for _, hook := range c.route.before {
			if err := hook(c); err != nil || c.response.wroteHeader {
				return err
			}
		}
	}
	if err := c.view(c); err != nil {
		return err
	}
	if !c.response.wroteHeader && c.route != nil && !c.route.wrapped {
		return fmt.Errorf("dewar: the view of %s (%s) returned nil without an answer; end it with return c.Text(...), c.Render(...), c.NoContent() or an error",
			c.route.Rule, c.route.Site)
	}
	return nil
}

// pendingError returns what went wrong during the view without being returned by it: the session could not
// be opened or written, the body could not be read.
func (c *Context) pendingError() error {
	if c.response.failed != nil || c.response.state != buffering {
		return nil // answered already
	}
	if err := c.session.err(); err != nil {
		return err
	}
	if b := c.body; b != nil && b.err != nil && !b.seen {
		b.seen = true
		return b.err
	}
	return nil
}

// fail answers a request that ended with err through the error handlers.
func (c *Context) fail(err error) {
	switch {
	case c.aborted:
		c.unhandled = err
		return
	case c.replaced(err):
		return
	case c.response.state != buffering:
		c.cutOff(err)
		return
	}
	c.response.Reset()
	if herr := c.protect(func() error { return c.handleError(err) }); herr != nil {
		c.failAgain(err, herr)
	}
	if c.session.saved.Load() && c.response.state == buffering {
		c.session.reapply(c)
		c.setDefaultHeaders()
	}
}

// replaced reports whether the answer has been replaced by that to another error, as when the session could
// not be saved on the way. Usually err only tells that the view has noticed.
func (c *Context) replaced(err error) bool {
	if c.response.failed == nil {
		return false
	}
	if !errors.Is(err, c.response.failed) {
		c.unhandled = err
		c.logFailure(err)
	}
	return true
}

// failAgain ends a request whose error handler failed with second.
func (c *Context) failAgain(first, second error) {
	c.unhandled = errors.Join(first, second)
	switch {
	case c.aborted || c.replaced(second):
	case c.response.state != buffering:
		c.cutOff(c.unhandled)
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
	c.unhandled = err
	c.App.GotRequestException.send(RequestException{c, err})
	switch {
	case c.propagates():
		return nil
	case failed:
		return c.answerError(err)
	}
	c.logFailure(err)
	server := &HTTPError{Code: http.StatusInternalServerError, Err: err}
	if h := findServerErrorHandler(scopes); h != nil {
		c.response.status = server.Code // a panic inside picks none
		return c.callErrorHandler(h, server)
	}
	return c.answerError(server)
}

// callErrorHandler lets h answer; the status is that of err unless h sets one.
func (c *Context) callErrorHandler(h ErrorHandler, err error) error {
	if code, ok := statusOf(err); ok {
		c.response.status = code
	}
	if herr := h(c, err); herr != nil {
		return herr
	}
	if !c.response.wroteHeader {
		return fmt.Errorf("dewar: the handler of %T returned nil without an answer; end it with return c.Text(...), c.Render(...) or an error", err)
	}
	return nil
}

// plainError is the last resort when an error handler or a hook on an error response failed.
func (c *Context) plainError(err error) {
	c.response.Reset()
	plain := error(&HTTPError{Code: http.StatusInternalServerError})
	if code, ok := statusOf(err); ok && code == http.StatusServiceUnavailable {
		plain = &HTTPError{Code: code}
	}
	if aerr := c.protect(func() error { return c.answerError(plain) }); aerr != nil {
		c.response.Reset()
		c.response.status, c.response.wroteHeader = http.StatusInternalServerError, true
	}
}

// cutOff ends a response that failed after its header was sent, so that no client takes it for a whole one.
func (c *Context) cutOff(err error) {
	c.unhandled = err
	if c.response.state == hijacked {
		c.logFailure(err)
		return
	}
	c.cut = true
	if c.isGone(err) {
		return
	}
	c.App.GotRequestException.send(RequestException{c, err})
	c.logFailure(err)
}

// finish runs the after-request hooks, saves the session and commits, unless that has happened.
func (c *Context) finish() {
	if c.aborted || c.propagated() {
		return
	}
	if c.response.state == buffering {
		if err := c.response.lengthError(); err != nil {
			c.fail(err)
		}
		_ = c.finalize() // the response has been replaced if it failed
		if err := c.response.lengthError(); err != nil {
			c.fail(err)
		}
		if c.aborted {
			return
		}
		c.response.send(true)
	} else {
		c.session.noticeLate(c)
	}
	if err := c.protect(func() error { c.App.RequestFinished.send(c); return nil }); err != nil {
		c.logFailure(err)
	}
}

// finalize runs what acts on a finished response, once: the after-request hooks, then the session. An error
// replaces the response by the answer of the error handlers and is returned.
func (c *Context) finalize() error {
	if c.finalized {
		return nil
	}
	c.finalized, c.response.finalizing = true, true
	failure := c.runAfterHooks()
	if !c.aborted {
		if err := c.protect(func() error { return c.session.save(c) }); err != nil {
			failure = err
			c.fail(err)
		}
	}
	if c.aborted {
		return http.ErrAbortHandler
	}
	c.setDefaultHeaders()
	c.response.finalizing = false
	return failure
}

// runAfterHooks calls every hook once, also when one of them fails.
func (c *Context) runAfterHooks() (failure error) {
	for i := 0; i < len(c.afterThis); i++ { // a hook may add another
		failure = c.runAfterHook(c.afterThis[i], failure)
	}
	for _, hook := range c.chain.after {
		failure = c.runAfterHook(hook, failure)
	}
	return failure
}

func (c *Context) runAfterHook(hook Handler, failure error) error {
	if c.aborted {
		return failure
	}
	err := c.protect(func() error { return hook(c) })
	if err == nil {
		return failure
	}
	if failure != nil { // the error handlers had their turn
		c.unhandled = errors.Join(c.unhandled, err)
		c.logFailure(err)
		c.plainError(err)
		return failure
	}
	c.fail(err)
	return err
}

// end tears the request down and ends the goroutine's work as it has to: normally, by raising
// http.ErrAbortHandler, or with the error when PROPAGATE_EXCEPTIONS is on.
func (c *Context) end() {
	c.teardown()
	c.session.close()
	if c.limit != nil {
		c.limit.cancel()
	}
	if c.response.state != hijacked {
		c.response.state = closed
	}
	c.response.release()
	if form := c.Request.MultipartForm; form != nil {
		_ = form.RemoveAll()
	}
	if form := c.born.MultipartForm; form != nil {
		_ = form.RemoveAll()
	}
	if c.propagated() {
		panic(c.unhandled)
	}
	if c.aborted || c.cut {
		panic(http.ErrAbortHandler)
	}
}

// teardown calls every teardown function; one that panics does not keep the others from running.
func (c *Context) teardown() {
	for _, f := range c.chain.teardown {
		err := c.protect(func() error { f(c, c.unhandled); return nil })
		if err != nil {
			c.logFailure(err)
		}
	}
	if len(c.chain.teardown) > 0 {
		c.session.noticeLateChange(c)
	}
	if err := c.protect(func() error { c.App.RequestTearingDown.send(c); return nil }); err != nil {
		c.logFailure(err)
	}
}

// traps reports whether an HTTP error that no handler wanted is treated as an error of the application.
func (c *Context) traps(code int) bool {
	return c.settings.trapHTTP || c.settings.trapBadRequest && code == http.StatusBadRequest
}

// propagates reports whether unhandled errors leave the App.
func (c *Context) propagates() bool { return c.settings.propagate }

func (c *Context) propagated() bool {
	return c.unhandled != nil && !c.response.Started() && c.propagates()
}
