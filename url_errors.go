package dewar

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/dewar-go/dewar/internal/suggest"
)

// URLBuildErrorHandler may build a URL that URLFor could not: err says why, values are those given, with
// _anchor, _method, _scheme and _external if they were asked for. It returns the URL, or "" for the next
// handler to be asked, or an error that takes the place of err.
type URLBuildErrorHandler func(err error, endpoint string, values Map) (string, error)

// URLBuildErrorHandler adds functions that are asked in turn when URLFor cannot build a URL, for endpoints
// that another program knows. With one, Build does not check the endpoints that templates name.
func (app *App) URLBuildErrorHandler(handlers ...URLBuildErrorHandler) {
	app.setup("URLBuildErrorHandler")
	app.urlErrorHandlers = append(app.urlErrorHandlers, handlers...)
}

// handleBuildError asks the handlers; the last error counts if none has a URL.
func (app *App) handleBuildError(u *urlRequest, err error) (string, error) {
	if len(app.urlErrorHandlers) == 0 {
		return "", err
	}
	values := u.special()
	for _, h := range app.urlErrorHandlers {
		built, herr := h(err, u.endpoint, maps.Clone(values))
		switch {
		case herr != nil:
			err = herr
		case built != "":
			return built, nil
		}
	}
	return "", err
}

// special returns the values with the options among them, named as url_for names them in templates.
func (u *urlRequest) special() Map {
	values := maps.Clone(u.values)
	if u.hasAnchor {
		values["_anchor"] = u.anchor
	}
	if u.onlyMethod {
		values["_method"] = u.method
	}
	if u.hasScheme {
		values["_scheme"] = u.scheme
	}
	if u.external {
		values["_external"] = true
	}
	return values
}

// allMethods returns the methods of all routes, sorted.
func allMethods(routes []*boundRoute) []string {
	var all []string
	for _, r := range routes {
		all = append(all, r.Methods...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// failed tells why no route of the endpoint took the values.
func (u *urlRequest) failed(routes []*boundRoute, missing []string, err error) error {
	switch {
	case err != nil:
		return fmt.Errorf("dewar: URL for %q: %w", u.endpoint, err)
	case len(missing) > 0:
		return fmt.Errorf("dewar: URL for %q: no value for %s; pass \"%s\", value", u.endpoint, strings.Join(missing, ", "), missing[0])
	case u.onlyMethod:
		return fmt.Errorf("dewar: URL for %q: no route of it answers %s, only %s", u.endpoint, u.method, strings.Join(allMethods(routes), ", "))
	}
	return fmt.Errorf("dewar: URL for %q: the values contradict the defaults of its routes", u.endpoint)
}

// unknownEndpoint names the nearest endpoint, or tells how to get one.
func (app *App) unknownEndpoint(name string) error {
	known := sortedKeys(app.endpoints)
	if near := suggest.Nearest(name, known); near != "" {
		return fmt.Errorf("dewar: no endpoint %q; did you mean %q?", name, near)
	}
	last := name[strings.LastIndexByte(name, '.')+1:]
	for _, k := range known {
		if k[strings.LastIndexByte(k, '.')+1:] == last {
			return fmt.Errorf("dewar: no endpoint %q; did you mean %q?", name, k)
		}
	}
	for _, r := range app.routes {
		if r.Endpoint == "" {
			return fmt.Errorf("dewar: no endpoint %q; the closure at %s has no name, give it one with dewar.Endpoint(%q)", name, r.Site, last)
		}
	}
	return fmt.Errorf("dewar: no endpoint %q; known are %s", name, strings.Join(known, ", "))
}
