package dewar

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/dewar-go/dewar/internal/router"
	"github.com/dewar-go/dewar/internal/rule"
)

// Explanation is what one route has to do with a request.
type Explanation struct {
	Route Route
	// Matches tells that the route takes the request, be it to redirect it. Only the first of a list answers.
	Matches bool
	// Reason says in a few words why the route does not match, why another one that matches goes first, or what it does.
	Reason string
}

// Explain says of each route whether it matches a request, and why not. The route that answers is the first, with Matches
// true; those that match as well follow, and then the others, the nearest first. When no route answers, which is a 404 or
// a 405, none matches. A [App.Fallback] that answers is the first, without a rule. The hooks of the request, and what the
// view does, play no part.
//
// target is a path, or a URL for routes of one host; without a host it is SERVER_NAME or localhost. An empty method is
// GET. Explain freezes the App as [App.Build] does, but takes weak keys; it returns an error when the App cannot be
// built, for a target that is none, and for a host that is not one of TRUSTED_HOSTS.
func (app *App) Explain(method, target string) ([]Explanation, error) {
	rt, err := app.prepare(nil)
	if err != nil {
		return nil, err
	}
	r, err := askedRequest(method, target, app.Config.String("SERVER_NAME"))
	if err != nil {
		return nil, err
	}
	c := newContext(rt, &nowhere{header: http.Header{}}, r)
	defer c.response.release()
	c.bare = true
	if err := c.checkHost(); err != nil {
		return nil, fmt.Errorf("dewar: Explain(%q): the host %q is not one of TRUSTED_HOSTS; add it, or give the path alone", target, r.Host)
	}
	c.match()
	c.advance(handling)
	var list []Explanation
	for _, v := range c.explain(c.redirection()) {
		list = append(list, v.Explanation)
	}
	return list, nil
}

// askedRequest makes the request of a method and a target.
func askedRequest(method, target, serverName string) (*http.Request, error) {
	parse := url.Parse
	if strings.HasPrefix(target, "/") {
		parse = url.ParseRequestURI // which takes two slashes for a path
	}
	u, err := parse(target)
	switch {
	case err != nil:
		return nil, fmt.Errorf("dewar: Explain: %w; write a path such as /users/7", err)
	case u.Host == "" && !strings.HasPrefix(u.Path, "/") && u.Path != "*":
		return nil, fmt.Errorf("dewar: Explain(%q): a path begins with a slash; write %q", target, "/"+target)
	}
	if u.Path == "" {
		u.Path = "/"
	}
	host := cmp.Or(u.Host, serverName, "localhost")
	path := &url.URL{Path: u.Path, RawPath: u.RawPath, RawQuery: u.RawQuery}
	return &http.Request{Method: cmp.Or(method, http.MethodGet), URL: path, RequestURI: path.RequestURI(), Host: host,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{}, Body: http.NoBody}, nil
}

// redirection returns where the router sends the request, "" if nowhere.
func (c *Context) redirection() string {
	x := c.lazy.Load()
	if x == nil || c.route != nil {
		return ""
	}
	return x.redirect
}

// A verdict is an Explanation with how far the route is from the request.
type verdict struct {
	Explanation
	distance int
}

// explain says of each route what it has to do with the request, which has been matched. The router sends it to redirect,
// unless that is "".
func (c *Context) explain(redirect string) []verdict {
	found, _ := c.find(c.path(), nil)
	best, _ := found.Data().(*boundRoute)
	if best == nil && redirect != "" {
		found, _ = c.find(router.Clean(c.path()), nil)
		best, _ = found.Data().(*boundRoute)
	}
	refusing := best // a route that could, but does not answer
	if x := c.lazy.Load(); x != nil && x.refused != nil || c.route != nil && !c.hasRule() {
		best = nil
	}
	var verdicts []verdict
	for _, r := range c.App.routes {
		v := c.judge(r)
		switch {
		case r == best && redirect != "":
			v = verdict{Explanation{r.copied(), true, fmt.Sprintf("redirects to %q", redirect)}, -2}
		case r == best:
			v.distance = -2
		case v.Matches && best != nil:
			v.Reason, v.distance = c.lost(r, best), -1
		case v.Matches && refusing != nil:
			v = verdict{Explanation{r.copied(), false, refusing.Rule + " takes the path with single slashes, and its MergeSlashes is off"}, 1}
		}
		verdicts = append(verdicts, v)
	}
	slices.SortStableFunc(verdicts, func(a, b verdict) int { return cmp.Compare(a.distance, b.distance) })
	if c.route != nil && !c.hasRule() {
		fallback := verdict{Explanation{c.route.copied(), true, "the fallback answers what no rule matches"}, -3}
		verdicts = slices.Insert(verdicts, 0, fallback)
	}
	return verdicts
}

// judge asks a router that has no other route.
func (c *Context) judge(r *boundRoute) verdict {
	no := func(distance int, reason string) verdict {
		return verdict{Explanation{r.copied(), false, reason}, distance}
	}
	if r.spec.buildOnly {
		return no(1000, "is there to build URLs, and answers nothing")
	}
	alone, err := router.NewHosts([]router.HostRoute{c.App.hostRoute(r, c.App.serverName())}, c.App.converters)
	if err != nil { // it was made before
		return no(1000, err.Error())
	}
	name, port := c.askedHost()
	path, method := c.path(), c.Request.Method
	result, spans := alone.Match(name, port, method, path, nil)
	if !r.place.Everywhere() && !alone.Has(name, port) {
		why := r.rule.Why(path, r.private)
		return no(why.Distance+20, fmt.Sprintf("answers on another host, %s, not on %q", r.place, name))
	}
	yes := verdict{Explanation{r.copied(), true, ""}, 0}
	switch result.Kind {
	case router.MethodNotAllowed:
		return no(0, fmt.Sprintf("allows %s, not %s", strings.Join(result.Allowed(), ", "), method))
	case router.NotFound:
		why := r.rule.Why(path, r.private)
		return no(why.Distance, why.Reason)
	case router.MergeRedirect:
		if !orDefault(r.mergeSlashes, true) {
			return no(1, "the path has repeated slashes, and MergeSlashes is off")
		}
		yes.Reason = "redirects to the path with single slashes"
	case router.SlashRedirect:
		yes.Reason = "redirects to the path with a slash at its end"
	case router.AutoOptions:
		yes.Reason = "OPTIONS is answered with the methods of the path"
	default:
		if yes.Reason = "answers"; !c.hasFile(r, result, spans) {
			return no(1, "its folder has no such file")
		}
	}
	return yes
}

// hasFile reports whether r does not give way to others: it is no route of static files, or has the one of result.
func (c *Context) hasFile(r *boundRoute, result router.Result, spans []rule.Span) bool {
	return !r.givesWay() || r.spec.static.answers(c, r.filename(result, spans))
}

// lost says why best answers and not r, which matches too.
func (c *Context) lost(r, best *boundRoute) string {
	other := fmt.Sprintf("%s answers: ", best.Rule)
	switch {
	case r.hostShape() != best.hostShape() && r.place.Everywhere():
		return other + "a rule for this host comes before one for every host"
	case r.hostShape() != best.hostShape():
		return other + fmt.Sprintf("%s comes before %s", best.place, r.place)
	case r.givesWay() != best.givesWay() && best.givesWay():
		return other + "its folder has the file"
	}
	if why := rule.Precedence(best.rule, r.rule); why != "" {
		return other + why
	}
	switch {
	case r.rule.Shape() != best.rule.Shape():
		return other + "it has the slash at the end as the path has it"
	case !slices.Contains(r.Methods, c.Request.Method) && slices.Contains(best.Methods, c.Request.Method):
		return other + "it names " + c.Request.Method
	}
	return other + "it was registered first"
}
