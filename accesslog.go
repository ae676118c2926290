package dewar

import (
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"github.com/dewar-go/dewar/internal/callsite"
	"github.com/dewar-go/dewar/internal/intake"
	"github.com/dewar-go/dewar/internal/router"
	"github.com/dewar-go/dewar/internal/rule"
)

// maxLoggedPath is the most bytes of a path that stand in the access log.
const maxLoggedPath = 2 << 10

// AccessLog makes the App log a line at level Info, "request", for every request that reaches it, by [Context.Logger]: after
// the requestID, method, route and endpoint that this has come
//
//   - path, without the query, which may hold secrets, and without the variables that are [Private];
//   - status;
//   - size, the bytes of the body that were sent, as middleware around the App and the server got them: 0 for HEAD, and none
//     for a connection that was taken over;
//   - duration, from when the request reached the App until its teardown;
//   - client, the address;
//   - cut, true if the connection was cut off.
//
// The form of the line is that of the App's Logger: with [slog.NewJSONHandler] it is JSON, with [slog.NewTextHandler] text.
// Requests that middleware answers by itself are not logged. By default no request is.
func AccessLog() Option {
	return appOption(func(app *App) { app.options.accessLog = true })
}

// Private keeps the values of variables out of logs: the token of a link that resets a password, for example. Where they
// stand in the path, [Context.LogPath] and with it the access log have the name in braces, also when the request is
// redirected, is refused, or because of its method, a slash or a converter matches nothing or a route that takes whole
// paths, such as /{path:path}. The names hold for a route, or for all rules of a [Blueprint] or an [App] that have such
// variables. It panics without a name, and Route panics if none of its variables has the name.
//
//	app.Get("/reset/{token}", reset, dewar.Private("token")) // path=/reset/{token}
//
// Servers in front of the App, middleware and an App around this one log by themselves.
func Private(names ...string) RoutingOption {
	if len(names) == 0 {
		panic(fmt.Sprintf("dewar: %s: Private() without a name; pass the names of variables, as in Private(\"token\")", callsite.Site()))
	}
	return routingOption(func(r *routing) { r.private = slices.Concat(r.private, names) })
}

// checkPrivate refuses the name of a variable that is not there.
func (r *boundRoute) checkPrivate() error {
	for _, name := range r.spec.private {
		if len(r.spec.also) == 0 && !slices.Contains(r.names, name) {
			return fmt.Errorf("Private(%q): rule %q has no such variable; name one of %q", name, r.Rule, r.names)
		}
	}
	return nil
}

// hides reports whether the route has a variable that is Private.
func (r *boundRoute) hides() bool { return len(r.forms) > 0 }

// formsToMask returns the rule with and without its slash if it has a variable that is Private.
func (r *boundRoute) formsToMask() (forms []*rule.Rule) {
	if !slices.ContainsFunc(r.rule.Variables(), func(name string) bool { return slices.Contains(r.private, name) }) {
		return nil
	}
	for _, slash := range []bool{r.rule.Branch(), !r.rule.Branch()} {
		if form := r.rule.WithSlash(slash); form != nil {
			forms = append(forms, form)
		}
	}
	return forms
}

// mask hides what is Private in path, if that has the form of the rule.
func (r *boundRoute) mask(path string) (masked string, ok bool) {
	for _, form := range r.forms {
		if masked, ok = form.Mask(path, r.private); ok {
			return masked, true
		}
	}
	return "", false
}

// LogPath returns the path of the request as it may stand in a log: without its query and without the values of variables
// that are [Private].
func (c *Context) LogPath() string {
	path, private := intake.Text(c.born.URL.Path), c.runtime().router.private
	switch {
	case len(private) == 0 || c.hasRule() && !c.route.hides() && !c.route.greedy:
		return path
	case c.hasRule() && c.route.hides():
		private = []*boundRoute{c.route}
	}
	for _, form := range []string{path, router.Clean(path)} {
		for _, r := range private {
			if c.hasRule() && rule.Compare(r.rule, c.route.rule) > 0 {
				continue // c.route is not what is left when r refuses
			}
			if masked, ok := r.mask(form); ok {
				return masked
			}
		}
	}
	return path
}

// logAccess writes the line of a request that is over.
func (c *Context) logAccess(began time.Time) {
	path := c.LogPath()
	status := c.response.StatusCode()
	if c.outcome == propagated {
		status = http.StatusInternalServerError
	}
	attrs := []slog.Attr{
		slog.String("path", intake.Text(path[:min(len(path), maxLoggedPath)])),
		slog.Int("status", status),
	}
	if !c.rare().hijacked {
		attrs = append(attrs, slog.Int64("size", c.sentSize()))
	}
	attrs = append(attrs, slog.Duration("duration", time.Since(began)))
	if client := c.ClientIP(); client.IsValid() {
		attrs = append(attrs, slog.String("client", client.String()))
	}
	if c.outcome == aborted || c.outcome == cut {
		attrs = append(attrs, slog.Bool("cut", true))
	}
	c.Logger().LogAttrs(c, slog.LevelInfo, "request", attrs...)
}

// sentSize returns how much of a body the client was sent.
func (c *Context) sentSize() int64 {
	if c.born.Method == http.MethodHead {
		return 0 // net/http drops it
	}
	return c.rare().sent
}
