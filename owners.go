package dewar

import (
	"slices"
	"strings"

	"github.com/dewar-go/dewar/internal/router"
	"github.com/dewar-go/dewar/internal/rule"
)

// An owner is a blueprint that owns a prefix, a host or both, for the errors of requests that no route answers.
type owner struct {
	prefix string
	host   *router.Host // nil for every host
	below  []*rule.Rule // what is below a prefix with variables; nil for one without
	chain  *chain
}

// owners returns the blueprints with a prefix or a host, the narrowest first: those with a host, then those
// with the longer prefix.
func (app *App) owners(chains map[*instance]*chain, serverName string) []owner {
	var list []owner
	for _, in := range app.blueprints {
		o := owner{prefix: strings.TrimRight(in.prefix, "/"), chain: chains[in]}
		if p := in.routing.place; !p.Everywhere() {
			o.host, _ = router.NewHost(p.Pattern(serverName), app.converters) // checked when its routes were added
		}
		if o.prefix == "" && o.host == nil {
			continue
		}
		if strings.Contains(o.prefix, "{") {
			o.below = app.belowPrefix(o.prefix)
		}
		list = append(list, o)
	}
	slices.SortStableFunc(list, func(a, b owner) int {
		if (a.host == nil) != (b.host == nil) {
			if b.host == nil {
				return -1
			}
			return 1
		}
		return strings.Count(b.prefix, "/") - strings.Count(a.prefix, "/")
	})
	return list
}

// belowPrefix returns rules that match what is at and below a prefix with variables.
func (app *App) belowPrefix(prefix string) []*rule.Rule {
	var rules []*rule.Rule
	for _, end := range []string{"", "/", "/{below_:path}"} {
		if r, err := rule.Parse(prefix+end, app.converters); err == nil {
			rules = append(rules, r)
		}
	}
	return rules
}

// owns reports whether a request for host and path belongs to o.
func (o *owner) owns(name, port, path string) bool {
	if o.host != nil {
		if _, ok := o.host.Match(name, port); !ok {
			return false
		}
	}
	if o.below != nil {
		return slices.ContainsFunc(o.below, func(r *rule.Rule) bool { _, ok := r.Match(path, nil); return ok })
	}
	rest, ok := strings.CutPrefix(path, o.prefix)
	return ok && (rest == "" || rest[0] == '/')
}

// errorScopes returns the error handlers to ask, innermost first. A request that no route answers belongs to
// the blueprint that owns its prefix or host.
func (c *Context) errorScopes() []*errorTable {
	if c.route != nil || len(c.rt.router.owners) == 0 {
		return c.chain().scopes
	}
	name, port := c.askedHost()
	for i := range c.rt.router.owners {
		if o := &c.rt.router.owners[i]; o.owns(name, port, c.Request.URL.Path) {
			return o.chain.scopes
		}
	}
	return c.chain().scopes
}
