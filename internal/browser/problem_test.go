package browser_test

import "testing"

// TestPlainErrorPages looks at what visitors get of a program in production.
func TestPlainErrorPages(t *testing.T) {
	t.Parallel()
	p := runShop(t, "FLASK_DEBUG=0", "FLASK_MAX_CONTENT_LENGTH=60")
	for _, c := range []struct{ path, sees string }{
		{"/nothing", "404"},
		{"/orders/import", "405"},
		{"/orders/7", "500"},
		{"/orders/search?page=first", "400"},
	} {
		p.visit(c.path)
		p.sees(c.sees)
		p.lacks("no such table")
		p.lacks("nearest rules")
		p.looks("plain page of " + c.sees)
	}
	p.visit("/auth/register")
	p.enter("Name", "a name that is longer than this", "and a password of some length")
	p.sees("413")
	p.looks("plain page of 413")
}
