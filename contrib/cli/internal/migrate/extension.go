package migrate

import (
	"maps"
	"slices"
	"strings"
)

// An extension of Flask, with what stands for it.
type extension struct {
	packages []string // of Python
	name     string   // in docs/migrating.md
	instead  string
}

// extensions lists what docs/migrating.md has a row for.
func extensions() []extension {
	return []extension{
		{[]string{"flask_login"}, "Flask-Login", "contrib/login: the same sessions and remember cookies"},
		{[]string{"flask_wtf", "wtforms"}, "Flask-WTF", "contrib/csrf: the same tokens; forms are structs for package forms, under the same templates"},
		{[]string{"flask_babel", "flask_babelex"}, "Flask-Babel", "contrib/i18n: the same catalogs; dates by hand"},
		{[]string{"flask_httpauth"}, "Flask-HTTPAuth", "contrib/httpauth: hooks; no Digest"},
		{[]string{"flask_session"}, "Flask-Session", "contrib/flasksession while both halves run, sessionstore then"},
		{[]string{"flask_sqlalchemy", "flask_sqlalchemy_lite"}, "Flask-SQLAlchemy", "database/sql with sqlc, GORM or Bun"},
		{[]string{"flask_migrate", "flask_alembic"}, "Flask-Migrate", "goose or golang-migrate, when Python is gone; Alembic until then"},
		{[]string{"flask_mail", "flask_mailman"}, "Flask-Mail", "go-mail"},
		{[]string{"flask_moment"}, "Flask-Moment", "a func type with methods in the Renderer's Globals"},
		{[]string{"flask_caching"}, "Flask-Caching", "golang-lru or go-redis, with keys of your own"},
		{[]string{"flask_limiter"}, "Flask-Limiter", "httprate, as a hook"},
		{[]string{"flask_cors"}, "Flask-CORS", "rs/cors, by app.Use"},
		{[]string{"flask_restful", "flask_restx", "flask_restplus"}, "Flask-RESTful", "c.BindJSON, c.JSON and app.View"},
		{[]string{"flask_admin"}, "Flask-Admin", "nothing: leave it to Python to the end, or write pages of your own"},
	}
}

// extensions says what stands for the extensions of an application, whose versions are given.
func (c *checklist) extensions(packages map[string]string) {
	by := map[string]extension{}
	for _, e := range extensions() {
		for _, pkg := range e.packages {
			by[pkg] = e
		}
	}
	said := map[string]bool{}
	for _, pkg := range slices.Sorted(maps.Keys(packages)) {
		switch e, known := by[pkg]; {
		case known && !said[e.name]:
			said[e.name] = true
			c.add(false, "extensions: %s: %s", e.name, e.instead)
		case !known && !strings.HasPrefix(pkg, "_"):
			c.add(false, "extensions: %s: docs/migrating.md has no row for it; find out what it does in this application, and do that by hand", pkg)
		}
	}
	if v := packages["flask_login"]; v != "" && !older(v, 0, 7) {
		c.add(false, "extensions: Flask-Login %s tells browsers apart otherwise than 0.6: set login.Manager.Identifier to login.Identifier07, or logins lose their freshness when they change sides", v)
	}
	if v := packages["flask_session"]; older(v, 0, 7) {
		c.add(false, "extensions: Flask-Session %s writes pickles, which Go never reads: upgrade it to 0.7 or later, and wait until its visitors have come", v)
	}
}
