package dewartest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"

	"github.com/dewar-go/dewar"
)

// An exchange is one request on its way through the App, with what its signals told.
type exchange struct {
	client *Client
	body   *requestBody
	cancel context.CancelFunc
	w      *responseWriter

	mu   sync.Mutex // signals may come from goroutines of the handler
	res  *Response
	done bool
	late sync.Once
}

type exchangeKey struct{}

func newExchange(c *Client, q *request) *exchange {
	ex := &exchange{client: c, w: newResponseWriter(q.method)}
	ctx := context.WithValue(q.ctx, exchangeKey{}, ex)
	ctx = context.WithValue(ctx, http.ServerContextKey, &http.Server{Handler: c.app})
	ctx = context.WithValue(ctx, http.LocalAddrContextKey, net.Addr(&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 80}))
	ctx, ex.cancel = context.WithCancel(ctx)
	r, body := q.build(ctx)
	q.addCookies(r, q.browserURL())
	ex.body = body
	ex.res = &Response{Request: r, t: c.t, app: c.app, sent: q.described()}
	return ex
}

// serve lets the App answer. http.ErrAbortHandler cuts the response off, as in a server; any other panic is
// the test's.
func (ex *exchange) serve() {
	defer ex.end()
	defer func() {
		switch value := recover(); value {
		case nil:
		case http.ErrAbortHandler:
			ex.res.Aborted = true
		default:
			panic(value)
		}
	}()
	ex.client.app.ServeHTTP(ex.w, ex.res.Request)
}

// end does what a server does when its handler has returned.
func (ex *exchange) end() {
	ex.cancel()
	_ = ex.body.Close()
	if form := ex.res.Request.MultipartForm; form != nil {
		_ = form.RemoveAll()
	}
}

// finish returns the response. Signals that come later no longer change it.
func (ex *exchange) finish() *Response {
	ex.mu.Lock()
	defer ex.mu.Unlock()
	ex.done = true
	ex.w.finish(ex.res)
	return ex.res
}

// note changes the response, unless it is complete.
func (ex *exchange) note(f func(res *Response)) {
	ex.mu.Lock()
	defer ex.mu.Unlock()
	if !ex.done {
		f(ex.res)
	}
}

// watch connects the client to the signals of the App until the test is over.
func (c *Client) watch() {
	c.t.Cleanup(c.app.GotRequestException.Connect(c.onException))
	c.t.Cleanup(c.app.RequestTearingDown.Connect(func(ctx *dewar.Context) {
		c.note(ctx, func(res *Response) { res.Context = ctx })
	}))
	c.t.Cleanup(c.app.TemplateRendered.Connect(func(r dewar.Rendering) {
		c.note(r.Context, func(res *Response) { res.Rendered = append(res.Rendered, r) })
	}))
	c.t.Cleanup(c.app.MessageFlashed.Connect(func(m dewar.FlashMessage) {
		c.note(m.Context, func(res *Response) { res.Flashed = append(res.Flashed, m.Flash) })
	}))
	c.t.Cleanup(c.app.RequestLogged.Connect(func(l dewar.LogRecord) {
		c.note(l.Context, func(res *Response) { res.Logged = append(res.Logged, l) })
	}))
}

// note changes the response that ctx is the Context of, if the request is one of this client.
func (c *Client) note(ctx *dewar.Context, f func(res *Response)) {
	if ex := c.exchange(ctx); ex != nil {
		ex.note(f)
	}
}

// exchange returns the exchange that ctx is the Context of, or nil when another client made the request.
func (c *Client) exchange(ctx *dewar.Context) *exchange {
	ex, _ := ctx.Value(exchangeKey{}).(*exchange)
	if ex == nil || ex.client != c {
		return nil
	}
	return ex
}

// onException keeps an unhandled error, and fails the test for a session that was changed
// too late, which nothing else would show.
func (c *Client) onException(e dewar.RequestException) {
	ex := c.exchange(e.Context)
	if ex == nil {
		return
	}
	ex.note(func(res *Response) { res.Err = e.Err })
	if isLate(e.Err) && !c.allowLate {
		ex.late.Do(func() {
			c.t.Errorf("dewartest: %s %s (%s): %v", e.Context.Request.Method, e.Context.Request.URL, handlerOf(e.Context), e.Err)
		})
	}
}

// handlerOf names what answers a request: its endpoint, or the rule of a route without one.
func handlerOf(ctx *dewar.Context) string {
	if endpoint := ctx.Endpoint(); endpoint != "" {
		return fmt.Sprintf("endpoint %q", endpoint)
	}
	route, _ := ctx.Route()
	return fmt.Sprintf("route %q", route.Rule)
}

func isLate(err error) bool { return errors.Is(err, dewar.ErrSessionCommitted) }

// withStack returns what err says, and the stack when it is a panic.
func withStack(err error) string {
	if p, ok := errors.AsType[*dewar.PanicError](err); ok {
		return fmt.Sprintf("%v\n%s", err, p.Stack)
	}
	return err.Error()
}
