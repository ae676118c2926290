// Package dewartest tests applications without a network: a [Client] is a browser without a window that hands
// its requests straight to an App. It keeps cookies, sends forms, files and JSON, follows redirects when asked
// to, and looks into what a browser cannot see: the session, the templates that were rendered, the messages
// that were flashed, the error behind a 500.
//
//	func TestLogin(t *testing.T) {
//		client := dewartest.New(t, newApp())
//		client.Post("/login", dewartest.Form("username", "tester", "password", "secret"),
//			dewartest.FollowRedirects()).Want(200, "Welcome, tester")
//		client.Session(func(s *dewar.Session) {
//			if got := s.String("username"); got != "tester" {
//				t.Errorf("username in the session: got %q, want %q", got, "tester")
//			}
//		})
//	}
//
// # Requests
//
// [Client.Get], [Client.Post] and their like take a path, as the routes have it, and options: [Form], [File],
// [JSON], [Body] and [BodyReader] give the request a body; [Query], [Header], [Host], [Subdomain], [Cookie], [RemoteAddr]
// and [Context] say the rest of it. A whole URL in place of the path picks the scheme and the host too. What
// cannot be sent ends the test and says why.
//
// A request comes from 127.0.0.1 and goes to SERVER_NAME, or localhost, by PREFERRED_URL_SCHEME; [BaseURL]
// sets another origin. APPLICATION_ROOT is taken off and put on as the proxy in front of a real application
// does it: paths are written without it, cookies and redirects have it.
//
// TESTING is on, unless the configuration says otherwise, so that a SECRET_KEY for tests need not be hard to guess.
//
// # What is seen
//
// A [Response] has what a browser gets and what the App did for it: the templates that were rendered with their data, flashed
// messages, the lines of the log, the error that no handler wanted, the Context with what was kept on it. [FollowRedirects]
// keeps the responses on the way in its History. [Capture] collects the events of any [dewar.Signal].
//
// A failure of [Response.Want] shows the request, the response and the log.
//
// # Sessions
//
// [Client.Session] is Flask's session_transaction: it opens the session of the client's cookie through the
// App's own SessionInterface, and keeps what was changed. Changes inside values are noticed.
//
// # Suites for backends
//
// [TestStore] checks a store for package sessionstore, and [TestSessionInterface] any SessionInterface that keeps sessions
// on a server. They find what is easily wrong there: changes that overlap and are lost, sessions that come back after
// a logout, ids that attackers choose.
//
// # Errors
//
// A change to the session that comes too late to be saved fails the test by itself; [AllowLateSession]
// switches that off. An unhandled error is answered as in production, and kept as
// [Response.Err]; with [PropagateErrors] it ends the test. A panic that leaves the App, as every such error
// does with PROPAGATE_EXCEPTIONS, is a panic of the test.
//
// # Time and the wire
//
// A Client opens no socket and starts no goroutine: the handler runs on the goroutine of the test, and may end
// the test. So it works inside a bubble of testing/synctest, where sessions and cookies expire by the bubble's
// clock. The other side of it: deadlines are accepted and never pass, a connection cannot be hijacked, and
// what only a server adds, such as Date, is not there. Rules about the wire are for
// net/http/httptest.NewServer, which takes an App as it is.
package dewartest
