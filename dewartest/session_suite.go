package dewartest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
)

// A SessionBackend is what [TestSessionInterface] must know of the SessionInterface that it tests: how to make one, what
// can be done to it from outside, and what it does not claim to do. A function that is nil leaves out what needs it.
type SessionBackend struct {
	// Open returns an interface for a new App, and closes it by t.Cleanup. It is called twice, with t. If the second
	// finds the sessions of the first, as two processes with one database do, requests go to both.
	Open func(t testing.TB) dewar.SessionInterface
	// Sessions returns how many sessions are kept. With it visitors who set nothing must create none. Nobody else may use
	// the database then.
	Sessions func() int
	// Asked returns how often the database was asked so far. With it a cookie that the interface has not made must be
	// refused before that: for interfaces that sign their ids.
	Asked func() int
	// Advance moves the clock of the interface. With it sessions must end PERMANENT_SESSION_LIFETIME after they were used
	// last.
	Advance func(d time.Duration)
	// Absolute says that sessions end SESSION_ABSOLUTE_LIFETIME after they began, too. It needs Advance.
	Absolute bool
	// Damage makes the stored value of key something that cannot be decoded, in the session with that Session.ID. With it
	// the rest of the session must not be lost.
	Damage func(id, key string)
	// Fail has every use of the database fail from now on, or end that. With it a failure must be a 503, and no visitor
	// may lose his session by it.
	Fail func(failing bool)
	// RenewMoves says that Session.Renew moves the session to another ID, where a request that was opened before, and
	// ends the session, does not find it.
	RenewMoves bool
	// KeysOnly says that requests which overlap merge their changes by key and no further: of two that flash or use
	// Session.Change at once the later one counts.
	KeysOnly bool
	// LastWriterWins says that of requests which overlap the last one overwrites what the others have saved.
	LastWriterWins bool
}

// Format prints the type alone, for every verb.
func (b SessionBackend) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "SessionBackend") }

// LogValue returns what Format prints.
func (b SessionBackend) LogValue() slog.Value { return slog.StringValue("SessionBackend") }

// TestSessionInterface checks that a [dewar.SessionInterface] which keeps sessions on a server does what views rely on
// and attackers must not get: values come back with their types; ids that were made up, stolen before a login or ended
// are worth nothing; requests that overlap lose nothing and bring nothing back; sessions end in time. The checks are
// requests to an App with a SECRET_KEY.
//
// A failure says what was asked, what came of it, and the rule that is broken.
func TestSessionInterface(t *testing.T, backend SessionBackend) {
	t.Helper()
	for _, check := range sessionChecks(backend) {
		t.Run(check.name, func(t *testing.T) { check.on(t, backend) })
	}
}

// A sessionCheck is a part of the suite.
type sessionCheck struct {
	name string
	rule string
	run  func(t *sessionTest)
}

func (c sessionCheck) on(t testing.TB, backend SessionBackend) {
	t.Helper()
	test := &sessionTest{TB: t, rule: c.rule, backend: backend}
	test.openApps(nil)
	c.run(test)
}

// sessionChecks returns the checks for what the backend claims to do.
func sessionChecks(b SessionBackend) []sessionCheck {
	checks := slices.Concat(idChecks(b), savingChecks(b), endChecks(b))
	if !b.LastWriterWins {
		checks = append(checks, overlapChecks(b)...)
	}
	return checks
}

// A sessionTest is one check while it runs.
type sessionTest struct {
	testing.TB
	rule    string
	backend SessionBackend
	apps    [2]*dewar.App // which share their sessions, or are the same
	views   sync.Map      // func(c *dewar.Context) error by number
	number  atomic.Int64
	log     logTail
}

// fail fails the check, and may be called by several goroutines.
func (t *sessionTest) fail(format string, args ...any) {
	t.Helper()
	t.Errorf("%s\n\tThe rule: %s", fmt.Sprintf(format, args...), t.rule)
}

// sessionCookie is the name of the cookie in the suite's Apps.
const sessionCookie = "session"

// openApps makes the Apps, with settings beside a SECRET_KEY.
func (t *sessionTest) openApps(settings dewar.Map) {
	t.Helper()
	for i := range t.apps {
		t.apps[i] = t.newApp(settings)
	}
	v := t.visitor()
	v.does(func(s *dewar.Session) { s.Set("shared", true) })
	v.by = 1
	if shared := false; v.reads(func(s *dewar.Session) { shared = s.Has("shared") }) == nil || !shared {
		t.apps[1] = t.apps[0]
	}
}

func (t *sessionTest) newApp(settings dewar.Map) *dewar.App {
	t.Helper()
	app := dewar.New("suite")
	config := dewar.Map{"TESTING": true, "SECRET_KEY": "a key of the suite, for tests alone", "SESSION_COOKIE_NAME": sessionCookie}
	for _, m := range []dewar.Map{config, settings} {
		for key, value := range m {
			if err := app.Config.Set(key, value); err != nil {
				t.Fatalf("dewartest: TestSessionInterface: %v", err)
			}
		}
	}
	app.Logger = slog.New(slog.NewTextHandler(&t.log, nil))
	if app.SessionInterface = t.backend.Open(t); app.SessionInterface == nil {
		t.Fatalf("dewartest: TestSessionInterface: Open returned no SessionInterface; let it return one that is ready, or end the test")
	}
	app.Get("/{view:int}", func(c *dewar.Context) error {
		view, _ := t.views.Load(int64(c.Params().Int("view")))
		return view.(func(c *dewar.Context) error)(c)
	})
	if err := app.Build(); err != nil {
		t.Fatalf("dewartest: TestSessionInterface: %v", err)
	}
	return app
}

// A logTail keeps the end of what the Apps log, which tells why a request failed.
type logTail struct {
	mu   sync.Mutex
	tail []byte
}

// Write keeps the last lines.
func (l *logTail) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tail = append(l.tail, p...)
	l.tail = l.tail[max(0, len(l.tail)-1000):]
	return len(p), nil
}

func (l *logTail) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return string(bytes.TrimSpace(l.tail))
}

// ask has an App answer a request with that Cookie header by a view.
func (t *sessionTest) ask(ctx context.Context, by int, cookies string, view func(c *dewar.Context) error) *http.Response {
	n := t.number.Add(1)
	t.views.Store(n, view)
	defer t.views.Delete(n)
	r := httptest.NewRequestWithContext(ctx, http.MethodGet, "/"+strconv.FormatInt(n, 10), nil)
	r.Host = "localhost"
	if cookies != "" {
		r.Header["Cookie"] = []string{cookies}
	}
	w := httptest.NewRecorder()
	t.apps[by%2].ServeHTTP(w, r)
	return w.Result()
}

// A visitor sends requests, to both Apps in turn, and keeps the session's cookie.
type visitor struct {
	t      *sessionTest
	cookie string // its value
	by     int    // the App that is asked next
	last   *http.Response
}

func (t *sessionTest) visitor() *visitor { return &visitor{t: t} }

// with returns another visitor who has the same cookie: somebody who has stolen it, or a request that is sent beside.
func (v *visitor) with() *visitor { return &visitor{t: v.t, cookie: v.cookie, by: v.by} }

// view has a request answered, keeps the cookie, and returns the answer.
func (v *visitor) view(view func(c *dewar.Context) error) *http.Response {
	header := ""
	if v.cookie != "" {
		header = sessionCookie + "=" + v.cookie
	}
	v.last = v.t.ask(context.Background(), v.by, header, view)
	v.by++
	for _, cookie := range v.last.Cookies() {
		switch {
		case cookie.Name != sessionCookie:
		case deletes(cookie), cookie.Value == "":
			v.cookie = ""
		default:
			v.cookie = cookie.Value
		}
	}
	return v.last
}

// tries has f use the session in a request, and returns the status.
func (v *visitor) tries(f func(s *dewar.Session)) int {
	return v.view(func(c *dewar.Context) error {
		f(c.Session())
		return c.Text("done")
	}).StatusCode
}

// does has f use the session in a request, which must succeed. It returns the answer, or nil.
func (v *visitor) does(f func(s *dewar.Session)) *http.Response {
	v.t.Helper()
	if status := v.tries(f); status != http.StatusOK {
		v.t.fail("a request was answered with status %d, want 200; the log ends with\n\t%s", status, &v.t.log)
		return nil
	}
	return v.last
}

// reads is does, for an f that changes nothing.
func (v *visitor) reads(f func(s *dewar.Session)) *http.Response { v.t.Helper(); return v.does(f) }

// get returns a value of the session, nil for none.
func (v *visitor) get(key string) (value any) {
	v.t.Helper()
	v.reads(func(s *dewar.Session) { value = s.Get(key) })
	return value
}

// set sets a value of the session.
func (v *visitor) set(key string, value any) {
	v.t.Helper()
	v.does(func(s *dewar.Session) { s.Set(key, value) })
}

// wants checks a value of the session.
func (v *visitor) wants(key string, want any, when string) {
	v.t.Helper()
	if got := v.get(key); got != want {
		v.t.fail("%s the session has %v under %q, want %v", when, got, key, want)
	}
}

// isNobody checks that the cookie opens no session.
func (v *visitor) isNobody(when string) {
	v.t.Helper()
	stranger := v.with()
	stranger.reads(func(s *dewar.Session) {
		if s.Len() > 0 || !s.IsNew() {
			v.t.fail("%s the cookie opens a session with the keys %q", when, s.Keys())
		}
	})
}

// setsCookie reports whether the last answer says anything of the session's cookie.
func (v *visitor) setsCookie() bool {
	return v.last != nil && strings.Contains(strings.Join(v.last.Header["Set-Cookie"], "\n"), sessionCookie+"=")
}

// open has f use the session in a request that goes on when finish is called, which returns the status.
func (v *visitor) open(f func(s *dewar.Session)) (finish func() int) {
	return v.openView(func(c *dewar.Context) { f(c.Session()) })
}

// openView is open, for a view that needs the Context.
func (v *visitor) openView(f func(c *dewar.Context)) (finish func() int) {
	opened, goOn, status := make(chan struct{}), make(chan struct{}), make(chan int, 1)
	go func() {
		status <- v.view(func(c *dewar.Context) error {
			_ = c.Session().Keys()
			close(opened)
			<-goOn
			f(c)
			return c.Text("done")
		}).StatusCode
	}()
	select {
	case <-opened:
	case code := <-status: // it could not be opened
		return func() int { return code }
	}
	return func() int { close(goOn); return <-status }
}

// overlap has each function use the session in a request of its own; all are open before the first is saved. It returns
// their statuses.
func (v *visitor) overlap(views ...func(s *dewar.Session)) []int {
	statuses := make([]int, len(views))
	var opened, done sync.WaitGroup
	opened.Add(len(views))
	for i, f := range views {
		other := v.with()
		other.by += i
		done.Go(func() {
			once := sync.OnceFunc(opened.Done)
			defer once() // also if it cannot be opened
			statuses[i] = other.tries(func(s *dewar.Session) {
				_ = s.Keys()
				once()
				opened.Wait()
				f(s)
			})
		})
	}
	done.Wait()
	return statuses
}

// wantStatuses checks that every status is 200.
func (t *sessionTest) wantStatuses(statuses []int) {
	t.Helper()
	if bad := slices.IndexFunc(statuses, func(status int) bool { return status != http.StatusOK }); bad >= 0 {
		t.fail("one of %d requests at once was answered with status %d, want 200; the log ends with\n\t%s", len(statuses), statuses[bad], &t.log)
	}
}
