package migrate

import (
	"slices"
	"strings"
)

// session says what reads the sessions of a Flask application in Go.
func (c *checklist) session(s Session) {
	switch {
	case s.Interface == "":
	case s.Cookie:
		c.cookie(s)
	case strings.HasPrefix(s.Interface, "flask_session.") && strings.Contains(s.Interface, "Redis"):
		c.add(false, "sessions: Flask-Session has them in Redis: app.SessionInterface = &flasksession.SessionInterface{Client: client}, of contrib/flasksession")
	case strings.HasPrefix(s.Interface, "flask_session."):
		c.add(false, "sessions: Flask-Session has them by %s, which nothing in Go reads: move them to Redis in Python first, or back into Flask's cookies, which logs everybody out once", s.Interface)
	default:
		c.add(false, "sessions: the application keeps them itself, by %s: write a dewar.SessionInterface that reads and writes the same", s.Interface)
	}
	for _, tag := range s.Tags {
		c.add(false, "sessions: values of the type %q are the application's own: give flaskcookie.SessionInterface.Tags a dewar.SessionTag of this key, or sessions that hold one are none in Go", tag)
	}
}

// cookie says how flaskcookie reads the cookie.
func (c *checklist) cookie(s Session) {
	var fields []string
	for _, field := range []struct{ name, value, usual string }{
		{"Salt", s.Salt, "cookie-session"}, {"KeyDerivation", s.KeyDerivation, "hmac"}, {"Digest", s.Digest, "sha1"},
	} {
		if field.value != field.usual {
			fields = append(fields, field.name+" ("+field.value+")")
		}
	}
	if fields == nil {
		c.add(true, "sessions: Flask's cookies, which &flaskcookie.SessionInterface{} reads and writes")
		return
	}
	c.add(false, "sessions: cookies by %s: give flaskcookie.SessionInterface the same %s", s.Interface, strings.Join(fields, ", "))
}

// passwords says what of the hashes one half can read.
func (c *checklist) passwords(found sources, werkzeug string) {
	for _, f := range found.hashes {
		c.add(false, "passwords: %s: %s has hashes that contrib/password does not read; check them in Go by %s for as long as accounts have one, and write Werkzeug's in both halves", c.name(f.path), f.what, readerOf(f.what))
	}
	for _, f := range found.oldHashes {
		c.add(false, "passwords: %s: hashes by %q are refused by contrib/password; have Python write others and let its users log in once before the login moves", c.name(f.path), f.what)
	}
	switch {
	case !found.werkzeug:
	case older(werkzeug, 2, 3):
		c.add(false, `passwords: Werkzeug %s fails on scrypt, which contrib/password writes by default: set password.Hasher.Method to "pbkdf2:sha256" until Python is gone`, werkzeug)
	default:
		c.add(true, "passwords: Werkzeug's hashes, which contrib/password reads and writes")
	}
}

// readerOf returns what reads the hashes of a package of Python.
func readerOf(pkg string) string {
	switch {
	case strings.Contains(pkg, "bcrypt"):
		return "golang.org/x/crypto/bcrypt"
	case strings.Contains(pkg, "argon2"):
		return "golang.org/x/crypto/argon2"
	}
	return "what golang.org/x/crypto has for their kind"
}

// wayBack says what Go has that bars the way back to Python.
func (c *checklist) wayBack(found sources, tags []string) {
	if found.files == 0 {
		c.add(false, "way back: no source of Go was looked at; give the folder of the Go program too, to have what would bar the way back named")
		return
	}
	before := len(c.items)
	if !found.shares {
		c.add(false, "way back: nothing in Go imports flaskcookie or contrib/flasksession, so that its sessions are not Flask's: app.SessionInterface = &flaskcookie.SessionInterface{}")
	}
	for _, f := range found.tags {
		if !slices.Contains(tags, f.what) || f.what == "" {
			c.add(false, "way back: %s: the dewar.SessionTag %q has no twin in Python: sessions that hold such a value are none there; register a JSONTag of this key, or keep such values out of the session", c.name(f.path), f.what)
		}
	}
	for _, f := range found.goHashes {
		c.add(false, "way back: %s: it imports %s, whose hashes Werkzeug cannot check; write those of contrib/password until Python is gone", c.name(f.path), f.what)
	}
	for _, f := range found.stores {
		c.add(false, "way back: %s: sessions in a store are none in Python; before it gets them back, sessionstore.MovingBack moves them into cookies", c.name(f.path))
	}
	if len(c.items) == before {
		c.add(true, "way back: nothing in the %d files of Go bars it", found.files)
	}
}
