// Package openapi describes an App as an OpenAPI 3.1 document, from what the App knows of itself: rules and their converters, the tags that
// [dewar.Context.Bind] reads, and the types that views return. What the document says and what the App does have one source.
//
//	api := openapi.New(app, openapi.Title("Blog"), openapi.Version("1.0"))
//	api.Get("/posts/{id:int}", showPost)
//	api.Post("/posts", addPost, openapi.Fails(409))
//
//	type Show struct {
//		ID int `path:"id"`
//	}
//
//	func showPost(c *dewar.Context, in *Show) (*Post, error) { ... }
//
// The document is served at /openapi.json. Package swaggerui, in this module, serves a page of it; package openapitest compares it with a file.
//
// # Typed handlers
//
// A typed handler is one of
//
//	func(c *dewar.Context, in *In) (Out, error)
//	func(c *dewar.Context, in *In) error
//	func(c *dewar.Context) (Out, error)
//
// In is a struct that Bind fills; Out is what is sent as JSON, mostly a pointer to a struct, or a list. c is there for all else: the session,
// cookies, headers, the logger. The endpoint is the function's own name, as with app.Get. The status is 201 for POST and otherwise 200, unless
// [Status] or c.Status says something else; an Out that is nil, or none at all, is a 204. A list or map that is nil is sent empty. A handler that
// has answered by itself, as c.Redirect does, returns nil and its result.
//
// Errors are problem details in JSON (RFC 9457), also for browsers, by [dewar.JSONErrors]; those of Bind list the fields. Error handlers of
// the App make pages of other errors and are passed over, but for those of error types of the program.
//
// # Plain handlers
//
// A func(c *dewar.Context) error can be registered too, by api.Get or by app.Get. It is in the document if it is given [In], [Out], [Answers] or
// [Summary], or if an API registered it:
//
//	app.Get("/report.csv", report, openapi.Summary("All sales"), openapi.In[Period](), openapi.Answers(200, "text/csv"))
//
// # Tags
//
// The tags of Bind say what is taken: path, query, header, cookie, form and json, required, default, and its rules. Two more are read here:
//
//	doc:"..."      what the field means, in CommonMark; without one it is the tag description of package forms
//	example:"..."  a value that fits it: text, or JSON for what is made of several
//
// A blank field says what a struct means: _ struct{} `doc:"A post of the blog."`. A type that says itself what its JSON is has a method
// OpenAPISchema() string; see [Describer].
//
// Of what a view returns encoding/json decides: its tags json with omitempty, omitzero and string, embedded structs, and methods MarshalText and
// MarshalJSON. Fields of Go that may be nil without omitempty are null in the document too, for so they are sent.
//
// # What cannot be described
//
// Build reports it: a function in a type, a path tag that no variable of the rule has and a variable that no field takes, a tag that is misspelt,
// two operations of one name or of rules that differ in the names of variables alone. [Hidden] leaves a route out.
package openapi
