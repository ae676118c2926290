package dewar

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/dewar-go/dewar/internal/rule"
	"github.com/dewar-go/dewar/internal/suggest"
)

// URLError is why URLFor cannot build a URL, for errors.As. At most one of Unknown, Missing and Unfit is set;
// none is when no route of the endpoint answers the method of [ForMethod], when the values contradict the
// [Defaults] of its routes, or when no host can be made. Flask has BuildError.
type URLError struct {
	// Endpoint is the endpoint, with the name of its blueprint in front.
	Endpoint string
	// Unknown tells that there is no such endpoint.
	Unknown bool
	// Missing are the variables that have no value.
	Missing []string
	// Unfit is the variable whose value its converter does not take, or "".
	Unfit string

	text string
	err  error
}

// Error names the endpoint and says what to do. It never shows the value.
func (e *URLError) Error() string { return "dewar: " + e.text }

// Unwrap returns what a converter said, or nil.
func (e *URLError) Unwrap() error { return e.err }

// failed tells why no route of the endpoint took the values.
func (u *urlRequest) failed(routes []*boundRoute, missing []string, err error) error {
	e := &URLError{Endpoint: u.endpoint, err: err}
	why := "the values contradict the defaults of its routes"
	switch {
	case err != nil:
		why = err.Error()
		if unfit, ok := errors.AsType[*rule.ValueError](err); ok {
			e.Unfit = unfit.Variable
		}
	case len(missing) > 0:
		e.Missing = missing
		why = fmt.Sprintf("no value for %s; pass \"%s\", value", strings.Join(missing, ", "), missing[0])
	case u.onlyMethod:
		why = fmt.Sprintf("no route of it answers %s, only %s", u.method, strings.Join(allMethods(routes), ", "))
	}
	e.text = fmt.Sprintf("URL for %q: %s", u.endpoint, why)
	return e
}

// unknownEndpoint names the nearest endpoint, or tells how to get one.
func (app *App) unknownEndpoint(name string) error {
	return &URLError{Endpoint: name, Unknown: true, text: app.noEndpoint(name)}
}

func (app *App) noEndpoint(name string) string {
	return fmt.Sprintf("no endpoint %q; %s", name, app.nearEndpoint(name))
}

// nearEndpoint says what to write for an endpoint that there is not.
func (app *App) nearEndpoint(name string) string {
	if strings.Contains(name, "/") {
		return app.endpointOfPath(name)
	}
	bp, last := "", name
	if dot := strings.LastIndexByte(name, '.'); dot >= 0 {
		bp, last = name[:dot], name[dot+1:]
	}
	if bp != "" && !slices.ContainsFunc(app.blueprints, func(in *instance) bool { return in.name == bp }) {
		return app.nearBlueprint(bp, last)
	}
	if name == "static" {
		return `StaticFolder("") leaves static files out; leave that option out or, where another program serves them, ` +
			`write app.Route("/static/{filename:path}", nil, dewar.Endpoint("static"), dewar.BuildOnly())`
	}
	known := app.endpointsOf(bp)
	if near := nearName(name, known); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	for _, r := range app.routes {
		if r.Endpoint == "" && r.Blueprint == bp {
			return fmt.Sprintf("the closure at %s has no name, give it one with dewar.Endpoint(%q)", r.Site, last)
		}
	}
	switch {
	case bp == "":
		return "known are " + strings.Join(known, ", ")
	case len(known) == 0:
		return fmt.Sprintf("blueprint %q has no endpoint of its own", bp)
	}
	return fmt.Sprintf("blueprint %q has %s", bp, strings.Join(known, ", "))
}

// endpointsOf returns the endpoints of a blueprint, those of all when bp is "", sorted.
func (app *App) endpointsOf(bp string) []string {
	var names []string
	for name, routes := range app.endpoints {
		if bp == "" || routes[0].Blueprint == bp {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// nearName returns the known name that name was meant to be: one that differs in few letters, or that has more
// blueprints in front.
func nearName(name string, known []string) string {
	if near := suggest.Within(max(1, len(name)/4), name, known); near != "" {
		return near
	}
	for _, k := range known {
		if strings.HasSuffix(k, "."+name) {
			return k
		}
	}
	return ""
}

// nearBlueprint says that a blueprint is missing, and which endpoint of another one was meant.
func (app *App) nearBlueprint(bp, last string) string {
	var names []string
	for _, in := range app.blueprints {
		if len(app.endpoints[in.name+"."+last]) > 0 {
			names = append(names, in.name)
		}
	}
	missing := fmt.Sprintf("no blueprint %q is registered; ", bp)
	if near := nearName(bp, names); near != "" {
		return missing + fmt.Sprintf("did you mean %q?", near+"."+last)
	}
	return missing + "pass it to RegisterBlueprint"
}

// endpointOfPath says what to write for a path or a URL in place of an endpoint.
func (app *App) endpointOfPath(path string) string {
	for _, r := range app.routes {
		if r.Rule == path && r.Endpoint != "" {
			return fmt.Sprintf("an endpoint is a name, not a path; did you mean %q?", r.Endpoint)
		}
	}
	return fmt.Sprintf("an endpoint is a name, not a path; write c.Redirect(%q), or the path as it is", path)
}
