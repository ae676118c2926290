// Package login remembers who a visitor is, in the formats of Flask-Login: a user who has logged in to a Flask
// application is logged in to the dewar application beside it, and the other way round, with the same session, the same
// "remember me" cookie and the same idea of a fresh login.
//
//	var users = &login.Manager[*User]{
//		Load: loadUser, // func(c *dewar.Context, id string) (*User, error)
//		ID:   func(u *User) string { return strconv.FormatInt(u.ID, 10) },
//		View: "auth.login",
//	}
//
//	users.Init(app)
//	app.Get("/account", account, dewar.Before(users.Required))
//
// # What is kept where
//
// The session holds _user_id, _fresh and _id, and in the request in which somebody logs in or out _remember. A duration of
// [RememberFor] stays in it as _remember_seconds until the logout: a refreshed remember cookie gets it again. The cookie
// remember_token holds an id and its signature with SECRET_KEY. All of it is what Flask-Login 0.6 and 0.7 write and read.
// Both halves of a site need one SECRET_KEY and one format of sessions: flaskcookie, or contrib/flasksession.
//
// # Settings
//
// REMEMBER_COOKIE_NAME, _DURATION, _DOMAIN, _PATH, _SECURE, _HTTPONLY, _SAMESITE and _REFRESH_EACH_REQUEST,
// SESSION_PROTECTION, LOGIN_DISABLED, USE_SESSION_FOR_NEXT and FORCE_HOST_FOR_REDIRECTS are Flask-Login's, with its
// defaults. What SECRET_KEY_FALLBACKS signed is read too.
//
// # An id that can be changed
//
// The id need not be the key of the account. Where it is a random text in the row of the user, a new one ends every
// session and every remember cookie of that user, on all devices and on both halves of the site: write it when the
// password changes. Flask-Login calls it an alternative id. Without one, a remember cookie is good for as long as
// REMEMBER_COOKIE_DURATION, whatever happens to the password.
//
// # When users cannot be loaded
//
// An error of Load is an error of the request, 500 or the status that it picks. Nobody is taken for a visitor because the
// database is away, and no cookie is changed.
package login
