package dewar

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"time"

	"github.com/dewar-go/dewar/internal/errtree"
	"github.com/dewar-go/dewar/internal/headers"
)

// A phase is how far a request has come. It only moves forward:
//
//	matching ──> handling ──> finalizing ──> sent ──> over
//	    └────────────┴──────────────┴──────────────────┘
//
//	matching    the host is checked and the route is looked for; nobody can answer yet
//	handling    hooks, the view and the error handlers fill the response
//	finalizing  after-request hooks run and the session is saved; what they write is held back without a bound
//	sent        the header has left, or the connection was hijacked
//	over        all that may write has run; signals and teardown functions are told
//
// A request that is flushed or outgrows the buffer is finalized and sent while its view still runs. One that is
// aborted, or whose error leaves the App, goes from where it is straight to over.
type phase uint8

const (
	matching phase = iota
	handling
	finalizing
	sent
	over
)

func (p phase) String() string {
	return [...]string{"matching", "handling", "finalizing", "sent", "over"}[p]
}

// leadsTo reports whether a request may go from p to next.
func (p phase) leadsTo(next phase) bool {
	return next == p+1 || next == over && p < over
}

// advance moves the request on. Being there already is no move.
func (c *Context) advance(next phase) {
	if c.phase != next && !c.phase.leadsTo(next) {
		panic(wrongMove{c.phase, next})
	}
	c.phase = next
}

// A wrongMove is a bug of dewar.
type wrongMove struct{ from, to phase }

func (m wrongMove) Error() string {
	return fmt.Sprintf("dewar: a request cannot go from %v to %v; please report this as a bug of dewar", m.from, m.to)
}

// An outcome is what became of a request, the worst that happened. The end of the request reads it once.
type outcome uint8

const (
	answered   outcome = iota // also by an error handler
	unhandled                 // no handler for its status or type handled it, or one failed
	propagated                // the error leaves the App: PROPAGATE_EXCEPTIONS
	cut                       // it failed after the header had left: the connection must not look whole
	aborted                   // http.ErrAbortHandler was raised
)

// conclude remembers that the request ends with err, and in no better way than o.
func (c *Context) conclude(o outcome, err error) {
	c.outcome = max(c.outcome, o)
	if x := c.rare(); !errtree.Has(x.err, err) {
		x.err = join(x.err, err)
	}
}

// join is errors.Join, but leaves a single error alone.
func join(first, second error) error {
	if first == nil {
		return second
	}
	return errors.Join(first, second)
}

// ended reports whether the request gets no answer any more.
func (c *Context) ended() bool { return c.outcome == aborted || c.outcome == propagated }

// failure returns the error that the request ends with, which teardown functions are told.
func (c *Context) failure() error {
	if x := c.lazy.Load(); x != nil {
		return x.err
	}
	return nil
}

// serve takes one request through its stations: handle, finish, and at its end the teardown. Each station is marked as
// passed before it runs, so that the rest can still run after a panic.
func (rt *runtime) serve(w http.ResponseWriter, r *http.Request) {
	c := newContext(rt, w, r)
	defer c.end()
	if rt.app.options.accessLog {
		c.rare().began = time.Now()
	}
	if err := c.handle(); err != nil {
		c.fail(err)
	}
	c.finish()
	c.ran = true
}

// shielded answers for a panic of the middleware around the App, which net/http would answer with silence.
func (rt *runtime) shielded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			switch value := recover(); {
			case value == nil: // all is well, or runtime.Goexit
			case value == http.ErrAbortHandler || rt.app.Config.settings().propagate:
				panic(value)
			default:
				rt.answerPanic(w, r, recovered(value))
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// answerPanic answers a request whose middleware panicked, on a Context of its own: that of the request may have ended.
func (rt *runtime) answerPanic(w http.ResponseWriter, r *http.Request, err error) {
	unsent := isUnsent(w)
	maps.DeleteFunc(w.Header(), func(key string, _ []string) bool { return headers.DescribesBody(key) })
	c := newContext(rt, w, r)
	c.bare = true
	if !unsent {
		c.logFailure(sound(err))
		panic(http.ErrAbortHandler)
	}
	defer c.end()
	c.fail(err)
	c.finish()
	c.ran = true
}

// isUnsent reports whether w has sent no header yet. A writer refuses a status that is none only while it waits for one,
// net/http's own among them; one that refuses nothing counts as sent.
func isUnsent(w http.ResponseWriter) (unsent bool) {
	defer func() { unsent = recover() != nil }()
	w.WriteHeader(0)
	return false
}

// handle runs everything up to the view and checks that it left an answer behind.
func (c *Context) handle() error {
	if err := c.admit(); err != nil {
		return err
	}
	c.advance(handling)
	c.limitTime()
	if c.App.RequestStarted.connected() {
		c.App.RequestStarted.Send(c)
		c.keepTouched()
	}
	if len(c.chain().preprocessors) > 0 {
		if err := c.preprocessValues(); err != nil {
			return err
		}
	}
	if err := c.dispatch(); err != nil {
		return c.causeOf(err)
	}
	return c.pendingError()
}

// admit refuses requests that no hook may see and matches the route.
func (c *Context) admit() error {
	if err := c.checkHost(); err != nil {
		return err
	}
	c.match()
	return c.checkOrigin()
}

// chain returns what runs around the view of the request.
func (c *Context) chain() *chain {
	if c.route != nil {
		return c.route.chain
	}
	return c.runtime().appChain
}

// dispatch runs the before-request hooks until one answers, then raises the routing error or calls the view.
func (c *Context) dispatch() error {
	if err := c.runBefore(c.chain().before); err != nil || c.response.started {
		return err
	}
	x := c.lazy.Load()
	if x != nil && x.refused != nil {
		return x.refused
	}
	if x != nil && x.answer != nil {
		return c.call(AtView, x.answer)
	}
	if err := c.runBefore(c.route.before); err != nil || c.response.started {
		return err
	}
	if err := c.callView(c.route); err != nil {
		return err
	}
	if !c.response.started && !c.route.wrapped {
		return fmt.Errorf("dewar: the view of %s (%s) returned nil without an answer; end it with return c.Text(...), c.Render(...), c.NoContent() or an error",
			c.route.Rule, c.route.Site)
	}
	return nil
}

// runBefore runs hooks until one of them answers or fails. What they set in the header, without an answer, stays.
func (c *Context) runBefore(hooks []Handler) error {
	for _, hook := range hooks {
		err := c.call(AtHook, hook)
		if c.response.started {
			return err
		}
		c.keepTouched()
		if err != nil {
			return err
		}
	}
	return nil
}

// keepTouched lets what was set in the header before the view stay on every answer.
func (c *Context) keepTouched() {
	if c.response.touched {
		c.response.keepHeader()
	}
}

// pendingError returns what went wrong during the view without being returned by it: a header cannot be sent, the
// session could not be opened or written, the body could not be read.
func (c *Context) pendingError() error {
	x := c.lazy.Load()
	if c.phase >= sent || x != nil && x.finalErr != nil {
		return nil // it has been answered
	}
	if err := c.headerError(); err != nil {
		return err
	}
	if rs := c.sessionSoFar(); rs != nil {
		if err := rs.err(); err != nil {
			return err
		}
	}
	if x == nil {
		return nil
	}
	return x.intakeError()
}

// finish runs the after-request hooks, saves the session and commits, unless that has happened.
func (c *Context) finish() {
	if c.ended() {
		return
	}
	if c.phase >= sent {
		c.checkTrailers()
		c.response.renewDeadline() // for what the server still holds back
		if rs := c.sessionSoFar(); rs != nil {
			rs.noticeLate(c)
		}
	} else {
		c.finishAnswer()
		if c.ended() {
			return
		}
	}
	c.advance(over)
	if !c.bare && c.App.RequestFinished.connected() {
		c.guard(func() { c.App.RequestFinished.Send(c) })
	}
}

// finishAnswer finalizes and sends the answer. An error handler may do so on the way.
func (c *Context) finishAnswer() {
	c.checkLength()
	if c.phase < sent && !c.ended() {
		c.finalize()
		c.checkLength()
		c.checkHeader()
	}
	if c.phase < sent && !c.ended() {
		c.response.send(true)
	}
}

// checkLength fails a response whose Content-Length contradicts its body.
func (c *Context) checkLength() {
	if !c.response.touched || c.phase >= sent {
		return
	}
	if err := c.response.lengthError(); err != nil && !c.ended() {
		c.fail(err)
	}
}

// checkHeader fails a response with a header that cannot be sent, and sees to it that the answer to that has none.
func (c *Context) checkHeader() {
	if c.phase >= sent {
		return
	}
	if err := c.headerError(); err != nil && !c.ended() {
		c.fail(err)
		if err := c.headerError(); err != nil {
			c.logFailure(err)
		}
	}
}

// checkTrailers drops trailers that cannot be sent. All else has left by now.
func (c *Context) checkTrailers() {
	if c.response.touched {
		if err := c.dropFaults(); err != nil {
			c.logFailure(err)
		}
	}
}

// finalize runs what acts on a finished response, once: the after-request hooks, then the session. An error
// replaces the response by the answer of the error handlers. When it is called again, after a panic or a hijack that
// failed, it goes on behind the hook that ran last.
func (c *Context) finalize() {
	c.advance(finalizing)
	c.reopen()
	c.returnLent()
	if !c.bare {
		c.runAfter()
	}
	c.setPolicy()
	if c.outcome == aborted {
		return
	}
	if rs := c.closeSession(); rs != nil {
		if err := rs.save(c); err != nil {
			c.fail(err)
		}
	}
}

// finalizeEarly is finalize while the view still runs: no panic goes through the view. An error means that the
// response has been replaced by the answer to that error, and that what the view still writes is lost.
func (c *Context) finalizeEarly() error {
	for err := c.attempt(c.finalize); err != nil; err = c.attempt(c.finalize) {
		c.fail(err)
	}
	c.checkHeader()
	x := c.rare()
	x.finalized = true
	if c.outcome == aborted {
		x.finalErr = cmp.Or[error](x.finalErr, http.ErrAbortHandler)
	}
	c.response.replaced = x.finalErr != nil
	return x.finalErr
}

// inHooks reports whether what acts on a finished response is running. What it writes is held back.
func (c *Context) inHooks() bool {
	if c.phase != finalizing {
		return false
	}
	x := c.lazy.Load()
	return x == nil || !x.finalized
}

// reopen makes inHooks true again: after a hijack that failed, something else acts on the finished response.
func (c *Context) reopen() {
	if x := c.lazy.Load(); x != nil {
		x.finalized = false
	}
}

// runAfter calls every after-request hook once, also when one of them fails.
func (c *Context) runAfter() {
	if x := c.lazy.Load(); x != nil {
		for x.thisHook < len(x.afterThis) { // a hook may add another
			hook := x.afterThis[x.thisHook]
			x.thisHook++
			c.runAfterHook(hook)
		}
	}
	for hooks := c.chain().after; int(c.hook) < len(hooks); {
		hook := hooks[c.hook]
		c.hook++
		c.runAfterHook(hook)
	}
}

func (c *Context) runAfterHook(hook Handler) {
	if c.outcome == aborted {
		return
	}
	if err := c.call(AtHook, hook); err != nil {
		c.fail(err)
	}
}

// end tears the request down and ends the goroutine's work as it has to: normally, by raising
// http.ErrAbortHandler, or with the error when PROPAGATE_EXCEPTIONS is on.
func (c *Context) end() {
	if c.ran && !c.hasTeardown() {
		c.close()
		return
	}
	value := recover()
	defer c.close() // each step runs also if runtime.Goexit ends the one before it
	defer c.teardownFrom(0)
	if !c.ran {
		c.rescue(value)
	}
}

// hasTeardown reports whether anybody waits for the end of the request.
func (c *Context) hasTeardown() bool {
	return len(c.chain().teardown) > 0 || c.App.RequestTearingDown.connected() || c.App.RequestFinished.connected()
}

// close lets go of everything that the request held.
func (c *Context) close() {
	c.dropSession()
	c.advance(over)
	c.response.release()
	c.removeForms()
	if x := c.lazy.Load(); x != nil {
		c.endRare(x)
	}
	switch c.outcome {
	case propagated:
		panic(c.failure())
	case cut, aborted:
		panic(http.ErrAbortHandler)
	}
}

// dropSession ends what can be done with the session, if that has not been saved.
func (c *Context) dropSession() {
	if c.session.Load() == &unopened {
		return
	}
	if rs := c.closeSession(); rs != nil {
		rs.drop()
	}
}

// removeForms removes the files of forms that handlers of net/http have parsed.
func (c *Context) removeForms() {
	if form := c.Request.MultipartForm; form != nil {
		_ = form.RemoveAll()
	}
	if form := c.born.MultipartForm; form != nil {
		_ = form.RemoveAll()
	}
}

// endRare ends what few requests began.
func (c *Context) endRare(x *rare) {
	if x.limit != nil {
		x.limit.cancel()
	}
	if t := x.taken.Load(); t != nil {
		t.end()
	}
	if x.body.form != nil {
		_ = x.body.form.RemoveAll()
	}
	if !x.began.IsZero() {
		c.logAccess(x.began)
	}
}

// endBare ends a Context of NewContext.
func (c *Context) endBare() (err error) {
	defer func() {
		if value := recover(); value != nil && err == nil {
			err = recovered(value)
		}
	}()
	defer c.end()
	if err := c.pendingError(); err != nil {
		c.conclude(unhandled, err)
		c.fail(err)
	}
	c.finish()
	c.ran = true
	return c.failure()
}

// rescue goes the rest of the way after a panic. Nil stands for runtime.Goexit: then nothing more can be sent.
func (c *Context) rescue(value any) {
	if value == nil {
		c.conclude(unhandled, errGoexit)
		return
	}
	for err := c.caught(value); err != nil; err = c.attempt(c.finish) {
		c.fail(err)
	}
}

var errGoexit = errors.New("dewar: the handler ended its goroutine with runtime.Goexit")

// caught makes an error of a panic. http.ErrAbortHandler is raised again when the request has been torn down.
func (c *Context) caught(value any) error {
	err := sound(recovered(value))
	c.rare().panicked = true
	if value == http.ErrAbortHandler {
		c.conclude(aborted, err)
	}
	return err
}

// hasPanicked reports whether something on the request's way has panicked.
func (c *Context) hasPanicked() bool {
	x := c.lazy.Load()
	return x != nil && x.panicked
}

// protect runs f and turns a panic into an error.
func (c *Context) protect(f func() error) (err error) {
	normal := false
	defer func() {
		if normal {
			return
		}
		value := recover()
		if value == nil { // runtime.Goexit: what is deferred still runs
			c.conclude(unhandled, errGoexit)
			return
		}
		err = c.caught(value)
	}()
	err = f()
	normal = true
	return err
}

// attempt runs f and returns a panic as an error.
func (c *Context) attempt(f func()) error {
	return c.protect(func() error { f(); return nil })
}

// guard runs f and logs a panic.
func (c *Context) guard(f func()) {
	if err := c.attempt(f); err != nil {
		c.logFailure(err)
	}
}

// teardownFrom calls the teardown functions from the i-th on. One that panics, or ends its goroutine, does not keep the
// others from running.
func (c *Context) teardownFrom(i int) {
	c.advance(over)
	funcs := c.chain().teardown
	switch {
	case c.bare:
	case i < len(funcs):
		defer c.teardownFrom(i + 1)
		c.guard(func() { funcs[i](c, c.failure()) })
	default:
		if c.App.RequestTearingDown.connected() {
			c.guard(func() { c.App.RequestTearingDown.Send(c) })
		}
		if rs := c.sessionSoFar(); rs != nil {
			rs.noticeLateChange(c)
		}
	}
}
