// Package dewar is a mini web framework in the manner of Flask: configuration and signed sessions, routes with
// converters, blueprints, hooks, error handlers, templates and static files, on top of net/http.
//
// # A first application
//
// An [App] is an [net/http.Handler]. A view is a func(c *dewar.Context) error that answers through the [Context] or
// returns an error:
//
//	app := dewar.New("hello")
//	app.Get("/", func(c *dewar.Context) error { return c.Text("Hello, World!") })
//	if err := app.Run("127.0.0.1:5000"); err != nil {
//		log.Fatal(err)
//	}
//
// Everything is registered first. A mistake that can be seen at once panics at the line that makes it and says what to
// type. [App.Build] reports all others together. The first request freezes the App.
//
// # Routes and URLs
//
// A rule is written /users/{id:int}. The converters are string (the default), int, float, path, uuid and any, and
// [App.Converter] adds others. The order of registration plays no part: static text goes before variables, and a rule
// that does not take a value leaves it to the next. [Context.Params] has the converted values. HEAD comes with GET,
// OPTIONS is answered, and a rule that ends with a slash redirects the path without it.
//
// The name of a view function is its endpoint, by which [Context.URLFor] builds URLs and [Context.RedirectTo]
// redirects. A [Blueprint] puts its own name and prefix before those of its routes, and may be registered twice, or
// inside another. [Meta] attaches typed data to routes for other packages to read.
//
// # The way of a request
//
// The host is checked and the route matched. The before-request hooks run, those of the app first and those of the
// innermost blueprint last; one that answers or fails ends the list. The view follows, then the hooks of
// [Context.AfterThisRequest] and the after-request hooks from the inside out. Then the session is saved, and only then
// does the response leave. Teardown functions run at the end, whatever happened. An [Observer] may watch.
//
// A [Response] is held back until the request ends, up to RESPONSE_BUFFER_SIZE bytes. So an error never leaves half a
// page behind, and a session that is set after the body was written is in the cookie. A response that is flushed,
// hijacked or outgrows the bound is committed then, with hooks and session before its header.
//
// A header belongs to who set it. Those of outer middleware and before-request hooks stay whatever happens; those of
// the view go with the answer that an error or a second answer replaces.
//
// # Errors
//
// A view returns [Abort](404), or any error. One with a method StatusCode() int picks its own status; others are a 500,
// logged once and bland outside. [App.ErrorHandler] answers a status and [HandleError] a Go type, on an App or a
// Blueprint; the nearest type wins. The handler of 500 gets what no other handles, and what a handler fails on. Without
// a handler browsers get a page, JSON clients problem+json, others text, with the standard description of the status.
//
// # Requests
//
// [Context.Query] and [Context.Form] have Flask's args and form. [Context.Bind] fills a struct and reports every bad
// field; [App.Validator] adds rules of your own. Bodies are limited by the configuration, or for one request by
// [Context.Limit].
//
// # Templates and static files
//
// Templates are in the folder templates, static files in static, of [FS] or below the root, unless [TemplateFolder] and
// [StaticFolder] name others. [Context.Render] answers with a template, [Context.RenderString] returns it as text.
//
// # Sessions
//
// [Context.Session] opens the session when it is first asked for; a request that does not ask costs nothing. It is
// saved if it changed, also inside a map or slice it handed out. [SecureCookieSessionInterface] keeps it in a signed
// cookie and needs a SECRET_KEY. Set App.SessionInterface to keep it elsewhere: package sessionstore keeps it on the server,
// in memory, Redis or a database, and package flaskcookie shares it with a Flask application. [Stored] has what a backend
// needs of a session and a view does not.
//
// # Configuration
//
// [Config] has Flask's keys and loaders. Built-in keys have a type: a wrong value is an error that names key and source
// when it is loaded, never later. [Config.FromPrefixedEnv] reads FLASK_SECRET_KEY, FLASK_DEBUG and their like.
//
// # Development
//
// With DEBUG on, whoever sits at this machine sees what went wrong, the source and the cure, in place of a bland 500;
// [Context.DebugAllowed] says who that is, and package debugtoolbar shows what each request did. [App.Explain] tells why a
// rule does not match. Commands and jobs get a [Context] of their own by [App.AppContext]. The module contrib/cli makes a
// program with commands, and its tool dewar runs one while it is edited: [App.Run] takes the socket that was opened for
// it, as it does from systemd.
//
// # Testing
//
// Package dewartest has a client with a cookie jar that calls the App in process and can read and write the session.
package dewar
