package dewar

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/dewar-go/dewar/internal/callsite"
	"github.com/dewar-go/dewar/internal/coerce"
)

// Handle registers a net/http handler for rule and all methods, unless [Methods] names some. Inside it
// r.PathValue, r.Pattern and [FromContext] work.
func (s *scaffold) Handle(rule string, h http.Handler, opts ...RouteOption) {
	s.addWrapped(rule, h, opts)
}

// Mount hands everything below prefix to h, with the prefix taken off the request's path. The prefix itself
// is redirected to prefix/. It panics if prefix does not begin with a slash, or ends with one.
func (s *scaffold) Mount(prefix string, h http.Handler, opts ...RouteOption) {
	if !strings.HasPrefix(prefix, "/") || strings.HasSuffix(prefix, "/") {
		panic(fmt.Sprintf("dewar: %s: Mount(%q): the prefix must begin with a slash and not end with one", callsite.Site(), prefix))
	}
	stripped := stripPrefix(h)
	s.addWrapped(prefix+"/", stripped, opts)
	s.addWrapped(prefix+"/{path:path}", stripped, opts)
}

// anyMethod are the methods of a wrapped handler that names none.
var anyMethod = []string{"DELETE", "GET", "OPTIONS", "PATCH", "POST", "PUT"}

func (s *scaffold) addWrapped(text string, h http.Handler, opts []RouteOption) {
	s.addRoute(text, Wrap(h), opts, Methods(anyMethod...), routeOption(func(spec *routeSpec) { spec.wrapped = true }))
}

// Fallback serves what matches no route, instead of a 404: for example a reverse proxy to the application
// that is being moved to dewar. The app's hooks run around it.
func (app *App) Fallback(h http.Handler) {
	app.setup("Fallback")
	app.fallback = Wrap(h)
}

// Wrap makes a Handler of a net/http handler. h gets c.Response and a copy of c.Request whose context is c,
// so that [FromContext], r.PathValue and r.Pattern work inside. What h writes is buffered, committed and
// saved like any answer; a handler that writes nothing answers with an empty 200, as in net/http.
func Wrap(h http.Handler) Handler {
	return func(c *Context) error {
		r := c.innerRequest()
		defer func() { adoptForm(c.Request, r) }()
		h.ServeHTTP(c.Response, r)
		if !c.response.Started() {
			c.response.wroteHeader = true
		}
		return nil
	}
}

// isForeign reports whether a net/http handler answers, whose GET may have a length that its HEAD does not
// tell.
func (c *Context) isForeign() bool { return c.route == nil || c.route.wrapped }

// innerRequest returns the request for a net/http handler inside the App.
func (c *Context) innerRequest() *http.Request {
	if c.route != nil {
		for i, name := range c.route.names {
			if text, err := coerce.String(c.params.values[i]); err == nil {
				c.Request.SetPathValue(name, text)
				c.born.SetPathValue(name, text) // outer middleware has this one
			}
		}
	}
	return c.Request.WithContext(c)
}

// stripPrefix takes the part before {path} off the path of the request, decoded and encoded alike.
func stripPrefix(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rest := r.PathValue("path")
		u := new(url.URL)
		*u = *r.URL
		n := len(r.URL.Path) - len(rest) - 1
		u.Path = r.URL.Path[n:]
		u.RawPath = dropDecoded(r.URL.RawPath, n)
		inner := new(http.Request)
		*inner = *r
		inner.URL = u
		defer adoptForm(r, inner)
		h.ServeHTTP(w, inner)
	})
}

// adoptForm hands the form that was parsed from a copy of a request to the request itself, so that its
// temporary files are removed.
func adoptForm(r, inner *http.Request) {
	if r.MultipartForm == nil {
		r.MultipartForm = inner.MultipartForm
	}
}

// dropDecoded cuts the first n bytes, counted after decoding, off an escaped path.
func dropDecoded(escaped string, n int) string {
	for ; n > 0 && escaped != ""; n-- {
		if escaped[0] == '%' && len(escaped) >= 3 {
			escaped = escaped[3:]
			continue
		}
		escaped = escaped[1:]
	}
	return escaped
}
