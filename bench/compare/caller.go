package main

import (
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/valyala/fasthttp"
)

// A caller asks a server in process. It does as little as it can itself: requests are made once, and answers thrown away.
type caller interface {
	// call asks the i-th question.
	call(i int)
	// answer asks it too, and returns what came.
	answer(i int) answer
}

// newCaller returns a caller for the asks of w, after a visit of /set if they come from a visitor.
func newCaller(w work, s server) (caller, error) {
	if s.fast != nil {
		return newFastCaller(w, s.fast)
	}
	return newStdCaller(w, s.std)
}

// A stdCaller asks a handler of net/http.
type stdCaller struct {
	handler  http.Handler
	writer   writer
	requests []http.Request
	// fresh has each request be a new one, for sessions that keep things in it.
	fresh   bool
	request http.Request
}

func newStdCaller(w work, h http.Handler) (*stdCaller, error) {
	c := &stdCaller{handler: h, writer: writer{header: http.Header{}}, fresh: w.visitor}
	header := http.Header{}
	if w.visitor {
		c.add(http.MethodGet, "/set", header)
		c.writer.keep = true
		c.call(0)
		c.writer.keep = false
		cookies := (&http.Response{Header: c.writer.header}).Cookies()
		if len(cookies) != 1 {
			return nil, fmt.Errorf("/set has set %d cookies, with status %d", len(cookies), c.writer.status)
		}
		header.Set("Cookie", cookies[0].Name+"="+cookies[0].Value)
		c.requests = nil
	}
	for _, a := range w.asks {
		c.add(a.method, a.path, header)
	}
	return c, nil
}

func (c *stdCaller) add(method, path string, header http.Header) {
	r, _ := http.NewRequest(method, "http://127.0.0.1"+path, http.NoBody) // never fails: methods and paths are ours
	r.URL, r.RequestURI, r.Host, r.Header, r.RemoteAddr = &url.URL{Path: path}, path, "127.0.0.1", header, "127.0.0.1:40000"
	c.requests = append(c.requests, *r)
}

func (c *stdCaller) call(i int) {
	clear(c.writer.header)
	r := &c.requests[i]
	if c.fresh {
		c.request = *r
		r = &c.request
	}
	c.handler.ServeHTTP(&c.writer, r)
}

func (c *stdCaller) answer(i int) answer {
	c.writer.keep, c.writer.status, c.writer.body = true, 0, nil
	c.call(i)
	c.writer.keep = false
	header := c.writer.header
	return answer{c.writer.status, media(header.Get("Content-Type")), trimmed(string(c.writer.body), header.Get("Content-Type")), header.Get("Set-Cookie") != ""}
}

// A writer is a ResponseWriter that costs nothing, so that what stands above it is measured. It keeps the answer if it is told to.
type writer struct {
	header http.Header
	status int
	keep   bool
	body   []byte
}

func (w *writer) Header() http.Header { return w.header }

func (w *writer) WriteHeader(status int) { w.status = status }

func (w *writer) Write(p []byte) (int, error) {
	if w.keep {
		w.body = append(w.body, p...)
		w.wrote()
	}
	return len(p), nil
}

func (w *writer) WriteString(s string) (int, error) {
	if w.keep {
		w.body = append(w.body, s...)
		w.wrote()
	}
	return len(s), nil
}

func (w *writer) wrote() {
	if w.status == 0 {
		w.status = http.StatusOK
	}
}

// A fastCaller asks a handler of fasthttp, by the requests that its server would have read.
type fastCaller struct {
	handler  fasthttp.RequestHandler
	contexts []*fasthttp.RequestCtx
}

func newFastCaller(w work, h fasthttp.RequestHandler) (*fastCaller, error) {
	c := &fastCaller{handler: h}
	cookie := ""
	if w.visitor {
		c.add(http.MethodGet, "/set", "")
		c.call(0)
		var set fasthttp.Cookie
		for _, value := range c.contexts[0].Response.Header.Cookies() {
			_ = set.ParseBytes(value)
		}
		if len(set.Value()) == 0 {
			return nil, fmt.Errorf("/set has set no cookie, with status %d", c.contexts[0].Response.StatusCode())
		}
		cookie = string(set.Key()) + "=" + string(set.Value())
		c.contexts = nil
	}
	for _, a := range w.asks {
		c.add(a.method, a.path, cookie)
	}
	return c, nil
}

func (c *fastCaller) add(method, path, cookie string) {
	var r fasthttp.Request
	r.Header.SetMethod(method)
	r.SetRequestURI(path)
	r.Header.SetHost("127.0.0.1")
	if cookie != "" {
		r.Header.Set("Cookie", cookie)
	}
	ctx := &fasthttp.RequestCtx{}
	ctx.Init(&r, nil, nil)
	c.contexts = append(c.contexts, ctx)
}

func (c *fastCaller) call(i int) {
	ctx := c.contexts[i]
	ctx.Response.Reset()
	ctx.ResetUserValues()
	c.handler(ctx)
}

func (c *fastCaller) answer(i int) answer {
	c.call(i)
	r := &c.contexts[i].Response
	cookie := false
	for range r.Header.Cookies() {
		cookie = true
	}
	contentType := string(r.Header.ContentType())
	return answer{r.StatusCode(), media(contentType), trimmed(string(r.Body()), contentType), cookie}
}

// media returns the media type of a header, without what follows it.
func media(contentType string) string {
	name, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		return contentType
	}
	return name
}

// trimmed returns a body without the line break that some end their JSON with.
func trimmed(body, contentType string) string {
	if media(contentType) == "application/json" {
		return strings.TrimSuffix(body, "\n")
	}
	return body
}

// differs says in which way got is not what was wanted, or nil. That the cookie is set again by what only reads is no difference:
// some sessions live on that way.
func (want answer) differs(got answer) error {
	if want.cookie && !got.cookie {
		return fmt.Errorf("no session cookie, with status %d", got.status)
	}
	got.cookie = want.cookie
	if got != want {
		return fmt.Errorf("got %d %s %q, want %d %s %q", got.status, got.media, got.body, want.status, want.media, want.body)
	}
	return nil
}
