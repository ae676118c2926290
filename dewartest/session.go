package dewartest

import (
	"context"
	"net/http"

	"github.com/dewar-go/dewar"
)

// Session opens the session of the client's cookie through the App's SessionInterface, calls f with it, and
// saves it: the next request finds what f changed, changes inside values included. No hook of the App runs.
// Flask has session_transaction. A session that f only reads is left alone, also when it is a permanent one.
//
// The test ends when sessions are unavailable, as without a SECRET_KEY, and when the session cannot be opened
// or kept.
func (c *Client) Session(f func(s *dewar.Session)) {
	c.t.Helper()
	w := newResponseWriter(http.MethodGet)
	ctx, s := c.openSession(w)
	f(s)
	if _, err := dewar.Stored(s).Changes(); err != nil {
		c.t.Fatalf("dewartest: session: %v", err)
	}
	if err := s.Err(); err != nil {
		c.t.Fatalf("dewartest: session: %v", err)
	}
	if !s.Modified() {
		return
	}
	if err := c.app.SessionInterface.SaveSession(ctx, s); err != nil {
		c.t.Fatalf("dewartest: save session: %v", err)
	}
	ctx.Response.Flush() // the cookie leaves with the header
	c.mustKeep(c.sessionURL(), setCookies(w.Header()))
}

// openSession opens the session as a request with the client's cookies would.
func (c *Client) openSession(w http.ResponseWriter) (*dewar.Context, *dewar.Session) {
	c.t.Helper()
	q, _ := c.newRequest(http.MethodGet, "/", nil) // New has tried this one
	r, _ := q.build(context.Background())
	q.addCookies(r, c.sessionURL())
	ctx, _, err := c.app.NewContext(w, r)
	if err != nil {
		c.t.Fatalf("dewartest: session: %v", err)
	}
	s, err := c.app.SessionInterface.OpenSession(ctx)
	switch {
	case err != nil:
		c.t.Fatalf("dewartest: open session: %v", err)
	case s == nil && c.app.Config.String("SECRET_KEY") == "":
		c.t.Fatalf("dewartest: the App has no sessions because SECRET_KEY is not set; set it, as in app.Config.Set(\"SECRET_KEY\", \"a key for tests\")")
	case s == nil:
		c.t.Fatalf("dewartest: the App's SessionInterface %T has no session for this client", c.app.SessionInterface)
	}
	return ctx, s
}
