// Package debugtoolbar shows, on the machine of the developer, what each request did: a waterfall of its hooks, view,
// templates, session, SQL statements, outgoing requests and log lines, what changed in the session, the headers both
// ways, and a way to send the request again or to make a test of it.
//
//	app := dewar.New("shop")
//	debugtoolbar.Register(app)
//
// The pages are below /_debug/toolbar/, and HTML answers get a small bar that leads there and can be folded away. JSON,
// redirects and errors are recorded as well; good answers with static files and the toolbar's own pages are not.
//
// # Who sees it
//
// Requests are recorded while DEBUG is on, in the memory of the process alone. The pages and the bar are there for
// requests of which [dewar.Context.DebugAllowed] says so; for all others it is as if there were none. With DEBUG off a
// registered toolbar allocates nothing.
//
// # Values
//
// A value shows as its type and length, so that a screenshot gives nothing away: of headers, the query, forms, the
// session, flashes, SQL arguments, log attributes and errors. [Show] names those of a panel that may be seen. Literals in
// SQL statements are left out; the text of a log line is shown.
//
// # What it must be told
//
// SQL statements are seen through [Driver] or [Connector], outgoing requests through [Transport]. Both find the request
// by the context that they are given, so pass the [dewar.Context], or a context derived from it, to the database and to
// the client. Lines are seen that are written by [dewar.Context.Logger].
//
// # Own panels
//
// A [Panel] adds its own rows to the page of each request; [Panels] registers it.
package debugtoolbar
