package dewar

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/dewar-go/dewar/internal/pages"
)

// checkURLs finds the calls of url_for in templates whose endpoint is written as text and can never be built:
// there is no such endpoint, or a value is missing. With a [URLBuildErrorHandler] there is nothing to find.
func (app *App) checkURLs(calls []pages.FuncCall) error {
	if len(app.urlErrorHandlers) > 0 {
		return nil
	}
	var problems []error
	for _, call := range calls {
		if err := app.checkURL(call.Args); err != nil {
			problems = append(problems, fmt.Errorf("template %s: url_for: %s", call.Site, strings.TrimPrefix(err.Error(), "dewar: ")))
		}
	}
	return errors.Join(problems...)
}

// checkURL looks at the arguments of one call; those that are not written as text are nil.
func (app *App) checkURL(args []any) error {
	if len(args) == 0 {
		return nil
	}
	endpoint, literal := args[0].(string)
	switch {
	case !literal:
		return nil
	case strings.HasPrefix(endpoint, "."):
		return app.checkRelative(endpoint)
	case len(app.endpoints[endpoint]) == 0:
		return app.unknownEndpoint(endpoint)
	}
	return app.checkValues(endpoint, args[1:])
}

// checkRelative refuses an endpoint such as ".show" that no blueprint has.
func (app *App) checkRelative(endpoint string) error {
	for name := range app.endpoints {
		if name == endpoint[1:] || strings.HasSuffix(name, endpoint) {
			return nil
		}
	}
	return fmt.Errorf("no blueprint has an endpoint %q; known are %s", endpoint[1:], strings.Join(sortedKeys(app.endpoints), ", "))
}

// checkValues refuses pairs that lack a variable of every route of the endpoint, unless a name is computed or
// URLDefaults may add one.
func (app *App) checkValues(endpoint string, pairs []any) error {
	var given []string
	for i := 0; i < len(pairs); i += 2 {
		name, ok := pairs[i].(string)
		if !ok {
			return nil
		}
		given = append(given, name)
	}
	routes := app.endpoints[endpoint]
	if app.hasURLDefaults(routes[0].in) {
		return nil
	}
	var least []string
	for _, r := range routes {
		var missing []string
		for _, name := range r.names {
			if _, fixed := r.defaults[name]; !fixed && !slices.Contains(given, name) {
				missing = append(missing, name)
			}
		}
		if len(missing) == 0 {
			return nil
		}
		if least == nil || len(missing) < len(least) {
			least = missing
		}
	}
	return fmt.Errorf("URL for %q: no value for %s; write \"%s\" and the value", endpoint, strings.Join(least, ", "), least[0])
}

func (app *App) hasURLDefaults(in *instance) bool {
	if len(app.urlDefaults) > 0 {
		return true
	}
	return slices.ContainsFunc(in.lineage(), func(i *instance) bool { return len(i.bp.urlDefaults) > 0 })
}
