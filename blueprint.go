package dewar

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dewar-go/dewar/internal/callsite"
)

// Blueprint is a part of an application that is registered as one: routes with their own name space for
// endpoints, hooks, error handlers, templates and static files. Make one with [NewBlueprint] and register
// it, as often as needed, with RegisterBlueprint. What is added to a Blueprint after that panics.
type Blueprint struct {
	scaffold
	routing
	prefix   string
	children []registration
	recorded []func(SetupState)

	appBefore, appAfter []Handler
	appTeardowns        []TeardownFunc
	appErrors           errorTable
}

// A registration is one RegisterBlueprint call.
type registration struct {
	bp      *Blueprint
	routing routing
	name    string
	prefix  string
	site    string
}

// An instance is a blueprint as it stands in an App, under its full name and prefix.
type instance struct {
	bp      *Blueprint
	routing routing
	name    string
	prefix  string
	parent  *instance
	site    string
}

// rule returns a rule of the blueprint with the prefix in front. The rule "" is the prefix itself.
func (in *instance) rule(text string) string {
	if in.prefix == "" {
		return text
	}
	return joinPrefix(in.prefix, text)
}

// BlueprintOption is an attribute of a Blueprint, for [NewBlueprint] or RegisterBlueprint.
type BlueprintOption interface{ applyBlueprint(*Blueprint) }

type blueprintOption func(*Blueprint)

func (o blueprintOption) applyBlueprint(bp *Blueprint) { o(bp) }

// URLPrefix sets the path put before every rule of a blueprint. The default is none. A prefix given to
// RegisterBlueprint replaces one given to NewBlueprint. It panics if path does not begin with a slash.
func URLPrefix(path string) BlueprintOption {
	if !strings.HasPrefix(path, "/") {
		panic(fmt.Sprintf("dewar: %s: URLPrefix(%q): the prefix must begin with a slash", callsite.Site(), path))
	}
	return blueprintOption(func(bp *Blueprint) { bp.prefix = path })
}

// Name registers a blueprint under another name than its own, so that it can be registered twice.
func Name(name string) BlueprintOption {
	checkBlueprintName(name)
	return blueprintOption(func(bp *Blueprint) { bp.scaffold.name = name })
}

// NewBlueprint returns an empty blueprint. Its name is put before the names of its endpoints, blog.show. It
// panics if name is empty or contains a dot.
func NewBlueprint(name string, opts ...BlueprintOption) *Blueprint {
	checkBlueprintName(name)
	bp := &Blueprint{scaffold: scaffold{name: name}}
	for _, opt := range opts {
		opt.applyBlueprint(bp)
	}
	return bp
}

func checkBlueprintName(name string) {
	if name == "" || strings.Contains(name, ".") {
		panic(fmt.Sprintf("dewar: %s: blueprint name %q must not be empty or contain a dot; nested blueprints get their dots by themselves", callsite.Site(), name))
	}
}

// Name returns the name given to [NewBlueprint].
func (bp *Blueprint) Name() string { return bp.scaffold.name }

// BeforeAppRequest adds hooks that run before each request to the app, not only to the blueprint's views.
func (bp *Blueprint) BeforeAppRequest(hooks ...Handler) {
	bp.setup("BeforeAppRequest")
	noNil("BeforeAppRequest", hooks)
	bp.appBefore = append(bp.appBefore, hooks...)
}

// AfterAppRequest adds hooks that run after each request to the app.
func (bp *Blueprint) AfterAppRequest(hooks ...Handler) {
	bp.setup("AfterAppRequest")
	noNil("AfterAppRequest", hooks)
	bp.appAfter = append(bp.appAfter, hooks...)
}

// TeardownAppRequest adds functions that run at the end of each request to the app.
func (bp *Blueprint) TeardownAppRequest(funcs ...TeardownFunc) {
	bp.setup("TeardownAppRequest")
	noNil("TeardownAppRequest", funcs)
	bp.appTeardowns = append(bp.appTeardowns, funcs...)
}

// AppErrorHandler lets h answer errors of the status code for the whole app. See [App.ErrorHandler].
func (bp *Blueprint) AppErrorHandler(code int, h ErrorHandler) {
	bp.setup("AppErrorHandler")
	if code < 400 || code > 599 {
		panic(fmt.Sprintf("dewar: %s: AppErrorHandler(%d): no error status; pass 400 to 599", callsite.Site(), code))
	}
	bp.appErrors.setCode(code, h)
}

// RegisterBlueprint nests child: its prefix and its name are put behind those of bp. It panics on a name
// that is taken and on a blueprint inside itself.
func (bp *Blueprint) RegisterBlueprint(child *Blueprint, opts ...BlueprintOption) {
	bp.setup("RegisterBlueprint")
	if child == bp {
		panic(fmt.Sprintf("dewar: %s: blueprint %q cannot be registered on itself", callsite.Site(), bp.Name()))
	}
	reg := newRegistration(child, opts)
	for _, other := range bp.children {
		if other.name == reg.name {
			panicNameTaken(reg.name, other.site, reg.site)
		}
	}
	bp.children = append(bp.children, reg)
	child.frozen.Store(true)
}

// RegisterBlueprint adds everything in bp to the app. Options replace what was given to [NewBlueprint], except
// that [Defaults] are put together and a nested blueprint's prefix and subdomain are joined to its parent's. It
// panics on a name that is taken, naming both places, and on what [App.Route] panics on.
func (app *App) RegisterBlueprint(bp *Blueprint, opts ...BlueprintOption) {
	app.setup("RegisterBlueprint")
	app.register(newRegistration(bp, opts), nil)
}

// newRegistration applies the options of a RegisterBlueprint call to a copy of what the blueprint says.
func newRegistration(bp *Blueprint, opts []BlueprintOption) registration {
	said := &Blueprint{scaffold: scaffold{name: bp.Name()}, routing: bp.routing, prefix: bp.prefix}
	for _, opt := range opts {
		opt.applyBlueprint(said)
	}
	if said.folders.given {
		panic(fmt.Sprintf("dewar: %s: RegisterBlueprint(%q): where a blueprint has its files is told to dewar.NewBlueprint", callsite.Site(), bp.Name()))
	}
	return registration{bp: bp, routing: said.routing, name: said.Name(), prefix: said.prefix, site: callsite.Site()}
}

func panicNameTaken(name, first, second string) {
	panic(fmt.Sprintf("dewar: blueprint name %q is registered at %s and %s; pass dewar.Name to one of them", name, first, second))
}

// register adds one blueprint and its children to the app.
func (app *App) register(reg registration, parent *instance) {
	in := &instance{bp: reg.bp, name: reg.name, prefix: joinPrefix("", reg.prefix), parent: parent, site: reg.site}
	in.routing = reg.routing.within(app.options.routing)
	if parent != nil {
		in.name = parent.name + "." + reg.name
		in.prefix = joinPrefix(parent.prefix, reg.prefix)
		in.routing = reg.routing.nested(parent.routing)
	}
	for p := parent; p != nil; p = p.parent {
		if p.bp == reg.bp {
			panic(fmt.Sprintf("dewar: blueprint %q is nested inside itself, registered at %s", reg.name, reg.site))
		}
	}
	if i := slices.IndexFunc(app.blueprints, func(other *instance) bool { return other.name == in.name }); i >= 0 {
		panicNameTaken(in.name, app.blueprints[i].site, in.site)
	}
	app.runRecorded(in)
	app.blueprints = append(app.blueprints, in)
	reg.bp.frozen.Store(true)
	for _, spec := range reg.bp.rules {
		app.bind(spec, in)
	}
	app.addBlueprintStatic(in)
	for _, child := range reg.bp.children {
		app.register(child, in)
	}
}

// joinPrefix puts two parts of a path together with one slash between them.
func joinPrefix(prefix, rest string) string {
	if rest == "" {
		return prefix
	}
	return strings.TrimRight(prefix, "/") + "/" + strings.TrimLeft(rest, "/")
}
