package openapi

import (
	"net/http"

	"github.com/dewar-go/dewar"
)

// A Scheme is a way in which a client says who it is. The document describes it; who checks it is a hook of the application, such as one of
// contrib/login or contrib/httpauth.
type Scheme struct {
	name    string
	session bool
	fields  *object // nil for the session, whose cookie is named by the configuration
}

// Session is the session cookie, by its name in SESSION_COOKIE_NAME.
func Session() Scheme { return Scheme{name: "session", session: true} }

// Basic is a name and a password in the header Authorization.
func Basic() Scheme { return Scheme{name: "basic", fields: obj("type", "http", "scheme", "basic")} }

// Bearer is a token in the header Authorization. format says what it is, such as "JWT"; it may be "".
func Bearer(format string) Scheme {
	fields := obj("type", "http", "scheme", "bearer")
	fields.setText("bearerFormat", format)
	return Scheme{name: "bearer", fields: fields}
}

// HeaderKey is a key in a header of that name.
func HeaderKey(header string) Scheme {
	return Scheme{name: header, fields: obj("type", "apiKey", "in", "header", "name", header)}
}

// Security says that operations ask for one of the schemes, any of them. Without one it says that they ask for none, where a blueprint or the App
// around them does. The default is that nothing is said. The answers 401 and, for the session, 403 are in the document then.
func Security(schemes ...Scheme) dewar.RoutingOption { return securityMeta.With(schemes) }

const sessionNote = "The session cookie. Browsers send it by themselves, so an unsafe request that another site has made one send, which Sec-Fetch-Site and " +
	"Origin tell, is refused with 403; programs that send neither header pass."

// describe returns the scheme as it stands in the document.
func (s Scheme) describe(app *dewar.App) *object {
	if !s.session {
		return s.fields
	}
	return obj("type", "apiKey", "in", "cookie", "name", app.Config.String("SESSION_COOKIE_NAME"), "description", sessionNote)
}

// isSafe reports whether other sites may send requests of a method.
func isSafe(method string) bool {
	return method == http.MethodGet || method == http.MethodHead || method == http.MethodOptions
}

// security adds what an operation asks for, and the errors of who lacks it.
func (d *describer) security(operation *object, route dewar.Route, method string, fails map[int]string) {
	schemes, said := securityMeta.Of(route)
	if !said {
		return
	}
	asked := []any{}
	for _, s := range schemes {
		d.schemes[s.name] = s.describe(d.api.app)
		asked = append(asked, obj(s.name, []any{}))
		addFail(fails, http.StatusUnauthorized, "Nobody is logged in, or what says who it is is wrong.")
		if s.session && !isSafe(method) {
			addFail(fails, http.StatusForbidden, "This is not allowed, or another site made the browser send the request.")
		}
	}
	operation.set("security", asked)
}

// addFail adds an error that an operation does not name itself.
func addFail(fails map[int]string, status int, text string) {
	if _, named := fails[status]; !named {
		fails[status] = text
	}
}
