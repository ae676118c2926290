package dewar

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"

	"github.com/dewar-go/dewar/internal/callsite"
	"github.com/dewar-go/dewar/internal/coerce"
	"github.com/dewar-go/dewar/internal/forwarded"
	"github.com/dewar-go/dewar/internal/router"
)

// Handle registers a net/http handler for rule and every method, also one that HTTP does not know, unless [Methods]
// names some. OPTIONS is the handler's too. Inside it r.PathValue, r.Pattern and [FromContext] work, see [Wrap].
func (s *scaffold) Handle(rule string, h http.Handler, opts ...RouteOption) {
	s.addWrapped(rule, h, opts)
}

// Mount hands everything below prefix to h, with the prefix taken off the request's path unless [KeepPath] is
// among opts. The prefix itself is redirected to prefix/. An App below it builds its URLs with the prefix in
// front, as Flask does with SCRIPT_NAME; an http.ServeMux does not know of it, and redirects without. It panics
// if prefix does not begin with a slash, or ends with one.
func (s *scaffold) Mount(prefix string, h http.Handler, opts ...RouteOption) {
	if !strings.HasPrefix(prefix, "/") || strings.HasSuffix(prefix, "/") {
		panic(fmt.Sprintf("dewar: %s: Mount(%q): the prefix must begin with a slash and not end with one", callsite.Site(), prefix))
	}
	below := routeOption(func(spec *routeSpec) {
		if len(spec.also) > 0 {
			panic(fmt.Sprintf("dewar: %s: Mount(%q) with AlsoAt; call Mount for each prefix", callsite.Site(), prefix))
		}
		spec.also = []string{prefix + "/{path:path}"}
		if !spec.keepPath {
			spec.handler = Wrap(stripPrefix(h))
		}
	})
	s.addWrapped(prefix+"/", h, append(slices.Clip(opts), below))
}

// KeepPath makes [App.Mount] leave the path of the request as it is, for handlers that expect their prefix in
// it, such as pprof.Index or an http.ServeMux with whole patterns. Other routes keep the path anyway.
func KeepPath() RouteOption {
	return routeOption(func(spec *routeSpec) { spec.keepPath = true })
}

func (s *scaffold) addWrapped(text string, h http.Handler, opts []RouteOption) {
	callsite.NoNil("Handle", h)
	s.addRoute(text, Wrap(h), opts, routeOption(func(spec *routeSpec) {
		spec.wrapped, spec.inner, spec.relays, spec.methods = true, innerName(h), relays(h), nil
		if f, ok := h.(http.HandlerFunc); ok {
			spec.identity = callsite.FunctionOf(f).Identity
		} else if reflect.ValueOf(h).Comparable() {
			spec.identity = h
		}
	}))
}

// relays reports whether h has another application answer.
func relays(h http.Handler) bool {
	r, ok := h.(interface{ Relays() bool })
	return ok && r.Relays()
}

// Fallback serves what matches no route, instead of a 404: for example a reverse proxy to the application that is being
// moved to dewar. The app's hooks run around it. It takes the options [Before], [Methods], [Timeout],
// [JSONErrors], [CrossOriginExempt] and what [Meta.With] returns, and panics on others. Without Methods it serves every method. A path
// with repeated slashes or dots for segments that matches a route without them is redirected there, as h may clean paths.
func (app *App) Fallback(h http.Handler, opts ...RouteOption) {
	app.setup("Fallback")
	callsite.NoNil("Fallback", h)
	spec := &routeSpec{handler: Wrap(h), wrapped: true, inner: innerName(h), site: callsite.Site()}
	for _, opt := range opts {
		opt.applyRoute(spec)
	}
	if spec.needsRule() {
		panic(fmt.Sprintf("dewar: %s: Fallback with an option that is about a rule; pass Before, Methods, Timeout, JSONErrors, CrossOriginExempt or a Meta", spec.site))
	}
	r := &boundRoute{app: app, spec: spec, routing: spec.routing.within(app.options.routing), handler: spec.handler,
		before: spec.before, wrapped: true, exempt: spec.exempt}
	r.Route = Route{Methods: router.Complete(spec.methods), Site: spec.site, meta: r.routing.meta}
	app.fallback = r
}

// needsRule reports whether an option was given that a fallback has no use for.
func (spec *routeSpec) needsRule() bool {
	return spec.endpoint != "" || spec.also != nil || spec.redirect != nil || spec.buildOnly || spec.keepPath ||
		spec.strictSlashes != nil || spec.mergeSlashes != nil || spec.autoOptions != nil || spec.place != nil || spec.defaults != nil || spec.private != nil
}

// Wrap makes a Handler of a net/http handler. h gets c.Response and a copy of c.Request whose context is c,
// so that [FromContext], r.PathValue and r.Pattern work inside. What h writes is buffered, committed and
// saved like any answer, see [Response]; a handler that writes nothing answers with an empty 200, as in net/http. One that
// is a [FallibleHandler] may return an error.
//
// Of the copy the middleware of [App.Use], and the server's own around the App, get back the Pattern and the path values
// that an [http.ServeMux] in h has matched, and a parsed multipart form. What else h does to its request stays inside:
// fields that it sets, and what libraries keep in its context, such as the sessions of gorilla/sessions. Hooks that need
// it keep it on the Context, which h finds by FromContext.
func Wrap(h http.Handler) Handler {
	return func(c *Context) error {
		r := c.innerRequest()
		c.whole = c.whole || c.response.method
		defer c.carryBack(r)
		if f, ok := h.(FallibleHandler); ok {
			if err := f.ServeError(c.Response, r); err != nil {
				return err
			}
		} else {
			h.ServeHTTP(c.Response, r)
		}
		if !c.response.Started() {
			c.response.claim()
		}
		return nil
	}
}

// isForeign reports whether a net/http handler answers, whose GET may have a length that its HEAD does not tell.
func (c *Context) isForeign() bool { return c.route == nil || c.route.wrapped }

// innerRequest returns the request for a net/http handler inside the App.
func (c *Context) innerRequest() *http.Request {
	if c.route != nil {
		for i, name := range c.route.names {
			if text, err := coerce.String(c.value(i)); err == nil {
				c.Request.SetPathValue(name, text)
				c.born.SetPathValue(name, text) // outer middleware has this one
			}
		}
	}
	c.shareForm()
	return c.Request.WithContext(c)
}

// A mountPoint is where an App is on the site.
type mountPoint struct {
	prefix string // what was taken off the paths, escaped and without a slash at its end
	path   string // what was left behind it, decoded
	told   bool   // by an App around this one, which has asked its proxy too
}

// A mountKey is what the mountPoint of a request stands under in its context.
type mountKey struct{}

// mountOf returns the mountPoint of the App that r came to.
func mountOf(r *http.Request) mountPoint {
	at, _ := r.Context().Value(mountKey{}).(mountPoint)
	return at
}

// locate finds what was taken off the path of r on its way to the App, as by [http.StripPrefix], and remembers it.
// What middleware of the App changes comes later and does not count.
func locate(r *http.Request) *http.Request {
	if r.RequestURI == r.URL.Path {
		return r
	}
	asked := askedPath(r.RequestURI)
	if len(asked)-2*strings.Count(asked, "%") == len(r.URL.Path) {
		return r
	}
	at := mountOf(r)
	if at.path != "" {
		asked = (&url.URL{Path: at.path}).EscapedPath()
	}
	whole, err := url.PathUnescape(asked)
	off, ok := strings.CutSuffix(whole, r.URL.Path)
	if err != nil || !ok || off == "" {
		return r
	}
	prefix, ok := forwarded.Prefix(strings.TrimSuffix(asked, dropDecoded(asked, len(off))))
	if !ok || prefix == "" {
		return r
	}
	at.prefix, at.path = at.prefix+prefix, cmp.Or(r.URL.Path, "/")
	return r.WithContext(context.WithValue(r.Context(), mountKey{}, at))
}

// askedPath returns the path of what stands in a request line, "" if it has none.
func askedPath(target string) string {
	target, _, _ = strings.Cut(target, "?")
	if strings.HasPrefix(target, "/") {
		return target
	}
	_, rest, _ := strings.Cut(target, "://")
	return rest[strings.IndexByte(rest+"/", '/'):]
}

// withPath returns r, or a copy of it with the path "/" if it has none, as behind [http.StripPrefix].
func withPath(r *http.Request) *http.Request {
	if r.URL.Path != "" {
		return r
	}
	inner, u := r.WithContext(r.Context()), *r.URL
	u.Path, u.RawPath, inner.URL = "/", "", &u
	return inner
}

// carryBack gives the requests outside what a net/http handler has found out with its copy: the form, and what a mux has
// matched.
func (c *Context) carryBack(inner *http.Request) {
	adoptForm(c.Request, inner)
	if inner.Pattern == "" || inner.Pattern == c.born.Pattern {
		return
	}
	c.Request.Pattern, c.born.Pattern = inner.Pattern, inner.Pattern
	for _, part := range strings.Split(inner.Pattern, "{")[1:] {
		name, _, _ := strings.Cut(part, "}")
		name = strings.TrimSuffix(name, "...")
		if value := inner.PathValue(name); value != "" {
			c.Request.SetPathValue(name, value)
			c.born.SetPathValue(name, value)
		}
	}
}

// stripPrefix takes the part before {path} off the path of the request, decoded and encoded alike, and tells
// an App below about it.
func stripPrefix(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := FromContext(r.Context())
		n := mountedLength(r.URL.Path, c.belowMount())
		mounted := &url.URL{Path: "/" + strings.TrimLeft(r.URL.Path[:n], "/")} // of several slashes one counts
		at := mountPoint{c.prefix() + mounted.EscapedPath(), r.URL.Path[n:], true}
		inner := r.WithContext(context.WithValue(r.Context(), mountKey{}, at))
		inner.URL = new(url.URL)
		*inner.URL = *r.URL
		inner.URL.Path = r.URL.Path[n:]
		inner.URL.RawPath = dropDecoded(r.URL.RawPath, n)
		defer adoptForm(r, inner)
		h.ServeHTTP(w, inner)
	})
}

// mountedLength returns the length of what stands in front of below in path. It counts slashes, because path may be no
// valid text, and below is.
func mountedLength(path, below string) int {
	n := len(path)
	for left := strings.Count(below, "/"); left >= 0 && n >= 0; left-- {
		n = strings.LastIndexByte(path[:n], '/')
	}
	return max(n, 0)
}

// belowMount returns what {path} of a mounted rule has matched. The path values of the request may be those of
// an App around this one.
func (c *Context) belowMount() string {
	last := len(c.route.rule.Variables()) - 1
	if last < 0 || c.route.names[last] != "path" {
		return ""
	}
	rest, _ := c.value(last).(string)
	return rest
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
