package openapi

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/dewar-go/dewar"
)

// An API is what a document describes: routes of one App. Make it with [New]. Its methods that register routes are those of a [Group] of the
// whole App. Like the App it must not be changed once that serves.
type API struct {
	Group

	app            *dewar.App
	title, version string
	about          string
	servers        []string
	path, below    string
	route          []dewar.RouteOption       // of the document
	typed          map[uintptr]*typedHandler // by the code of plain functions

	building sync.Mutex
	document []byte // once the App is built
}

// An Option is an attribute of an [API].
type Option func(*API)

// Title sets the title of the document. The default is the name of the App.
func Title(title string) Option { return func(api *API) { api.title = title } }

// Version sets the version of the API. The default is "1".
func Version(version string) Option { return func(api *API) { api.version = version } }

// About sets the description of the API, in CommonMark. The default is none.
func About(text string) Option { return func(api *API) { api.about = text } }

// Server adds a URL that the API is served at: https://api.example.com, or a path such as /v1 where something in front of the App takes one
// away. The default is the host that serves the document.
func Server(url string) Option {
	return func(api *API) { api.servers = append(api.servers, strings.TrimSuffix(url, "/")) }
}

// At sets the path that the document is served at, and options of its route: dewar.Before(login.Required) shows it to users alone. The default is
// /openapi.json; with "" it is not served. [New] panics if it is no path.
func At(path string, opts ...dewar.RouteOption) Option {
	return func(api *API) { api.path, api.route = path, opts }
}

// Below has the document describe only routes whose rules begin with prefix: for an App with several APIs. The default is all.
func Below(prefix string) Option { return func(api *API) { api.below = prefix } }

// New returns the API of an App and registers the route of its document, whose endpoint is openapi; of a second API it has no endpoint. What
// cannot be described is an error of [dewar.App.Build]. It panics once the App is built.
func New(app *dewar.App, opts ...Option) *API {
	api := &API{app: app, path: "/openapi.json", title: app.Name(), version: "1", typed: map[uintptr]*typedHandler{}}
	api.Group = Group{api, app}
	for _, opt := range opts {
		opt(api)
	}
	app.OnBuild(api.build)
	if api.path == "" {
		return api
	}
	route := append(slices.Clip(api.route), Hidden())
	if !slices.ContainsFunc(app.Routes(), func(r dewar.Route) bool { return r.Endpoint == "openapi" }) {
		route = append(route, dewar.Endpoint("openapi"))
	}
	app.Get(api.path, func(c *dewar.Context) error { return api.serve(c) }, route...)
	return api
}

// App returns the App.
func (api *API) App() *dewar.App { return api.app }

// Path returns the path that the document is served at, or "".
func (api *API) Path() string { return api.path }

// Title returns the title of the document.
func (api *API) Title() string { return api.title }

// Document returns the document: indented JSON with a line break at its end, the same bytes each time for the same routes. The error is what
// cannot be described. Before the App is built it describes the routes that there are so far. It may be called by several goroutines once
// all is registered.
func (api *API) Document() ([]byte, error) {
	api.building.Lock()
	defer api.building.Unlock()
	if api.document != nil {
		return slices.Clone(api.document), nil
	}
	return describe(api)
}

// build keeps the document of an App that is built.
func (api *API) build() (err error) {
	api.building.Lock()
	defer api.building.Unlock()
	api.document, err = describe(api)
	return err
}

func (api *API) serve(c *dewar.Context) error {
	return c.SendBytes("", api.document, dewar.ContentType("application/json"))
}

// A Group registers operations of an [API] on its App, or on a blueprint. An operation is a typed handler, as the package comment says, or a
// plain one; what can be no handler is a panic that says what can. Options are those of dewar and of this package.
type Group struct {
	api *API
	on  registrar
}

// A registrar is an App or a blueprint.
type registrar interface {
	Get(rule string, h dewar.Handler, opts ...dewar.RouteOption)
	Post(rule string, h dewar.Handler, opts ...dewar.RouteOption)
	Put(rule string, h dewar.Handler, opts ...dewar.RouteOption)
	Patch(rule string, h dewar.Handler, opts ...dewar.RouteOption)
	Delete(rule string, h dewar.Handler, opts ...dewar.RouteOption)
	Route(rule string, h dewar.Handler, opts ...dewar.RouteOption)
}

// On returns what registers operations of the API on a blueprint: api.On(posts).Get("/{id:int}", showPost). The blueprint is registered with
// the App as any, afterwards. Operations without [Tags] have its name as their tag.
func (api *API) On(bp *dewar.Blueprint) *Group { return &Group{api, bp} }

// Get registers an operation for GET.
func (g *Group) Get(rule string, handler any, opts ...dewar.RouteOption) {
	g.add("Get", g.on.Get, rule, handler, opts)
}

// Post registers an operation for POST, whose answer has the status 201 unless [Status] says another.
func (g *Group) Post(rule string, handler any, opts ...dewar.RouteOption) {
	g.add("Post", g.on.Post, rule, handler, opts)
}

// Put registers an operation for PUT.
func (g *Group) Put(rule string, handler any, opts ...dewar.RouteOption) {
	g.add("Put", g.on.Put, rule, handler, opts)
}

// Patch registers an operation for PATCH.
func (g *Group) Patch(rule string, handler any, opts ...dewar.RouteOption) {
	g.add("Patch", g.on.Patch, rule, handler, opts)
}

// Delete registers an operation for DELETE.
func (g *Group) Delete(rule string, handler any, opts ...dewar.RouteOption) {
	g.add("Delete", g.on.Delete, rule, handler, opts)
}

// Route registers an operation for the methods of [dewar.Methods], or for GET.
func (g *Group) Route(rule string, handler any, opts ...dewar.RouteOption) {
	g.add("Route", g.on.Route, rule, handler, opts)
}

func (g *Group) add(method string, add func(string, dewar.Handler, ...dewar.RouteOption), rule string, handler any, opts []dewar.RouteOption) {
	typed, err := g.api.handler(handler)
	if err != nil {
		panic(fmt.Sprintf("openapi: api.%s(%q): %v", method, rule, err))
	}
	implied := []dewar.RouteOption{dewar.JSONErrors(true), typedMeta.With(typed)}
	if typed.name != "" {
		implied = append(implied, dewar.Endpoint(typed.name))
	}
	add(rule, typed.handler, append(implied, opts...)...)
}

// has reports whether a route is in the document of the API.
func (api *API) has(route dewar.Route) bool {
	typed, isTyped := typedMeta.Of(route)
	switch {
	case hiddenMeta.has(route), route.BuildOnly, !strings.HasPrefix(route.Rule, api.below):
		return false
	case isTyped:
		return typed.api == api
	}
	return inMeta.has(route) || summaryMeta.has(route) || len(answersOf(route)) > 0
}

// routes returns the routes of the document, by rule and then by method, however they were registered.
func (api *API) routes() []dewar.Route {
	routes := slices.DeleteFunc(api.app.Routes(), func(r dewar.Route) bool { return !api.has(r) })
	slices.SortStableFunc(routes, func(a, b dewar.Route) int {
		return cmp.Or(cmp.Compare(a.Rule, b.Rule), cmp.Compare(rank(a), rank(b)), slices.Compare(a.Methods, b.Methods), cmp.Compare(a.Host, b.Host))
	})
	return routes
}

// rank returns where the first method of a route stands in methodOrder.
func rank(route dewar.Route) int {
	return slices.IndexFunc(methodOrder, func(method string) bool { return slices.Contains(route.Methods, method) })
}
