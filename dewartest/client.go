package dewartest

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"sync/atomic"
	"testing"

	"github.com/dewar-go/dewar"
)

// Client sends requests to an App and keeps the cookies it gets. Make one with [New]; an App may have any
// number of them, each a visitor of its own.
//
// A Client reports to the t it was made with, so a subtest makes its own. It may be used by several
// goroutines, but the methods that end the test when something is wrong do so only on the test's own.
type Client struct {
	t        testing.TB
	app      *dewar.App
	base     *url.URL // nil for what the configuration says
	defaults []RequestOption
	jar      atomic.Pointer[jar]

	allowLate, propagate bool
}

// New builds app and returns a client for it. TESTING is switched on if the configuration does not say otherwise: a
// SECRET_KEY need not be hard to guess then, and a view that answers twice is reported. New ends the test with the whole
// report when app cannot be built, and when an option is wrong.
func New(t testing.TB, app *dewar.App, opts ...Option) *Client {
	t.Helper()
	c := &Client{t: t, app: app}
	for _, opt := range opts {
		opt.applyClient(c)
	}
	if app.Config.Source("TESTING") == "default" {
		if err := app.Config.Set("TESTING", true); err != nil {
			t.Fatalf("dewartest: %v", err)
		}
	}
	if err := app.Build(); err != nil {
		t.Fatalf("dewartest: %v", err)
	}
	if _, err := c.newRequest(http.MethodGet, "/", nil); err != nil {
		t.Fatalf("dewartest: %v", err)
	}
	c.ClearCookies()
	c.watch()
	return c
}

// Format prints the App's name, for every verb.
func (c *Client) Format(f fmt.State, _ rune) { _, _ = fmt.Fprintf(f, "Client(%q)", c.app.Name()) }

// String returns what Format prints, for templates, which look for it.
func (c *Client) String() string { return fmt.Sprint(c) }

// LogValue returns the App's name.
func (c *Client) LogValue() slog.Value { return slog.StringValue(c.app.Name()) }

// Get sends a GET request. See [Client.Do].
func (c *Client) Get(path string, opts ...RequestOption) *Response {
	c.t.Helper()
	return c.Do(http.MethodGet, path, opts...)
}

// Head sends a HEAD request. See [Client.Do].
func (c *Client) Head(path string, opts ...RequestOption) *Response {
	c.t.Helper()
	return c.Do(http.MethodHead, path, opts...)
}

// Post sends a POST request. See [Client.Do].
func (c *Client) Post(path string, opts ...RequestOption) *Response {
	c.t.Helper()
	return c.Do(http.MethodPost, path, opts...)
}

// Put sends a PUT request. See [Client.Do].
func (c *Client) Put(path string, opts ...RequestOption) *Response {
	c.t.Helper()
	return c.Do(http.MethodPut, path, opts...)
}

// Patch sends a PATCH request. See [Client.Do].
func (c *Client) Patch(path string, opts ...RequestOption) *Response {
	c.t.Helper()
	return c.Do(http.MethodPatch, path, opts...)
}

// Delete sends a DELETE request. See [Client.Do].
func (c *Client) Delete(path string, opts ...RequestOption) *Response {
	c.t.Helper()
	return c.Do(http.MethodDelete, path, opts...)
}

// Do sends a request with any method and returns the response when the handler is done. The path begins with
// a slash, is escaped where a URL must be and may have a query; a whole URL sets scheme and host as well. The
// client's cookies are sent with it, and those of the response are kept.
//
// A request that cannot be sent ends the test, as does, with [PropagateErrors], an error that no handler
// wanted.
func (c *Client) Do(method, path string, opts ...RequestOption) *Response {
	c.t.Helper()
	q, err := c.newRequest(method, path, opts)
	if err != nil {
		c.t.Fatalf("dewartest: %s %s: %v", method, path, err)
	}
	res := c.send(q)
	if q.follow {
		return c.follow(q, res)
	}
	return res
}

// send takes one request to the App and back.
func (c *Client) send(q *request) *Response {
	c.t.Helper()
	ex := newExchange(c, q)
	ex.serve()
	res := ex.finish()
	c.noteRefused(c.jar.Load().keep(q.browserURL(), setCookies(res.Header)))
	if res.Err != nil && c.propagate && !isLate(res.Err) {
		c.t.Fatalf("dewartest: %s: no error handler wanted this error: %s", res.line(), withStack(res.Err))
	}
	return res
}
