package dewar_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dewar-go/dewar"
)

const (
	lostChange = `msg="session change lost"`
	openedLate = `msg="session opened late"`
)

// logged returns an app and what it logs.
func logged(t testing.TB) (*dewar.App, *strings.Builder) {
	t.Helper()
	var log strings.Builder
	app := newApp(t)
	app.Logger = textLogger(&log)
	return app, &log
}

// wantLogged wants a message so many times in the log, each time as an error with the endpoint.
func wantLogged(t *testing.T, log, message string, times int) {
	t.Helper()
	n := 0
	for line := range strings.Lines(log) {
		if !strings.Contains(line, message) {
			continue
		}
		n++
		if !strings.Contains(line, "level=ERROR") || !strings.Contains(line, "endpoint=view") {
			t.Errorf("got %q, want an error with the endpoint", line)
		}
	}
	if n != times {
		t.Errorf("got %s %d times, want %d, in the log\n%s", message, n, times, log)
	}
}

// hijackable is a recorder whose connection can be taken over.
type hijackable struct{ *httptest.ResponseRecorder }

func (hijackable) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, client := net.Pipe()
	return conn, bufio.NewReadWriter(bufio.NewReader(conn), bufio.NewWriter(conn)), client.Close()
}

// visitHijackable is visit with a connection that can be taken over. It returns what a panic leaves the App with.
func visitHijackable(app *dewar.App, jar map[string]string) (header http.Header, left any) {
	r := httptest.NewRequest("GET", "/", nil)
	for name, value := range jar {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	rec := hijackable{httptest.NewRecorder()}
	defer func() { header, left = rec.Header(), recover() }()
	app.ServeHTTP(rec, r)
	return
}

// commits are the ways in which a response begins before the view has returned.
var commits = map[string]func(c *dewar.Context) error{
	"flush": func(c *dewar.Context) error { return c.Response.FlushError() },
	"overflow": func(c *dewar.Context) error {
		_, err := c.Response.Write(make([]byte, 2<<20))
		return err
	},
	"hijack": func(c *dewar.Context) error {
		conn, _, err := c.Response.Hijack()
		if err != nil {
			return err
		}
		return conn.Close()
	},
}

func TestChangeInsideAValueAfterTheResponseHasBegunIsLogged(t *testing.T) {
	t.Parallel()
	nothing := func(*dewar.Session) {}
	hand := func(s *dewar.Session) { s.Map("a") }
	set := func(member string) func(s *dewar.Session) { return func(s *dewar.Session) { s.Map("a")[member] = 1 } }
	for way, commit := range commits {
		for _, tt := range []struct {
			name          string
			before, after func(s *dewar.Session)
			saved         bool
			lost          int
		}{
			{"nothing changed", hand, nothing, false, 0},
			{"before", set("y"), nothing, true, 0},
			{"before, and read after it", set("y"), func(s *dewar.Session) { counts(s) }, true, 0},
			{"after", hand, func(s *dewar.Session) { set("y")(s); set("z")(s) }, false, 1},
			{"after, handed out only then", nothing, set("y"), false, 1},
			{"after, in another form", hand, func(s *dewar.Session) { counts(s)["z"] = 1 }, false, 1},
			{"before and after", set("y"), set("z"), true, 1},
		} {
			t.Run(way+"/"+tt.name, func(t *testing.T) {
				t.Parallel()
				app, log := logged(t)
				app.Get("/", func(c *dewar.Context) error {
					tt.before(c.Session())
					err := commit(c)
					tt.after(c.Session())
					return err
				}, dewar.Endpoint("view"))
				header, _ := visitHijackable(app, sessionJar(t, app, func(s *dewar.Session) { s.Set("a", dewar.Map{"x": 1}) }))
				wantLogged(t, log.String(), lostChange, tt.lost)
				if saved := len(header["Set-Cookie"]) > 0; saved != tt.saved {
					t.Errorf("saved %t, want %t", saved, tt.saved)
				}
			})
		}
	}
}

// savingStore changes the session when it has been saved.
type savingStore struct {
	dewar.SecureCookieSessionInterface
	after func(s *dewar.Session)
}

func (i *savingStore) SaveSession(c *dewar.Context, s *dewar.Session) error {
	err := i.SecureCookieSessionInterface.SaveSession(c, s)
	i.after(s)
	return err
}

func TestChangeWhileTheSessionIsSavedIsLate(t *testing.T) {
	t.Parallel()
	for name, after := range map[string]func(s *dewar.Session){
		"by the SessionInterface": func(s *dewar.Session) { s.Set("late", 1) },
		"by a goroutine": func(s *dewar.Session) {
			var group sync.WaitGroup
			group.Go(func() { s.Set("late", 1) })
			group.Wait()
		},
		"of everything":   func(s *dewar.Session) { s.Clear() },
		"by MarkModified": func(s *dewar.Session) { s.MarkModified() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app, log := logged(t)
			app.SessionInterface = &savingStore{after: after}
			var kept *dewar.Session
			app.Get("/", func(c *dewar.Context) error {
				kept = c.Session()
				kept.Set("early", 1)
				return c.Text("ok")
			}, dewar.Endpoint("view"))
			jar := map[string]string{}
			if res := visit(t, app, "/", jar); res.StatusCode != 200 || !errors.Is(kept.Err(), dewar.ErrSessionCommitted) {
				t.Errorf("got %d and the session's error %v, want 200 and ErrSessionCommitted", res.StatusCode, kept.Err())
			}
			wantLogged(t, log.String(), lostChange, 1)
			if got := sessionJSON(t, openJar(t, app, jar)); got != `{"early":1}` {
				t.Errorf("the next request got %s, want what was set early", got)
			}
		})
	}
}

// hangingStore takes long to open a session.
type hangingStore struct {
	dewar.SecureCookieSessionInterface
}

func (i *hangingStore) OpenSession(c *dewar.Context) (*dewar.Session, error) {
	time.Sleep(6 * time.Second)
	return i.SecureCookieSessionInterface.OpenSession(c)
}

func TestWriteToASessionThatOpensTooLateIsNotLostInSilence(t *testing.T) {
	t.Parallel()
	use := func(c *dewar.Context) { c.Session().Set("n", 1) }
	for name, view := range map[string]func(c *dewar.Context, group *sync.WaitGroup){
		"the view opens it": func(c *dewar.Context, group *sync.WaitGroup) {
			group.Go(func() { time.Sleep(time.Millisecond); use(c) })
			use(c)
		},
		"the view waits for it": func(c *dewar.Context, group *sync.WaitGroup) {
			group.Go(func() { use(c) })
			time.Sleep(time.Millisecond)
			use(c)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				app, log := logged(t)
				app.SessionInterface = &hangingStore{}
				app.Get("/", func(c *dewar.Context) error {
					var group sync.WaitGroup
					view(c, &group)
					group.Wait()
					return c.Text("ok")
				})
				if rec := send(app, "GET", "/"); rec.Code != 503 || !strings.Contains(log.String(), "took too long") {
					t.Errorf("got %d and the log %q, want 503 and the reason", rec.Code, log)
				}
			})
		})
	}
}

// A touchy value panics when it is encoded, from some time on.
type touchy struct{ spoilt bool }

func (v *touchy) MarshalJSON() ([]byte, error) {
	if v.spoilt {
		panic("touchy")
	}
	return []byte(`{}`), nil
}

func TestPanicOfAValueAfterTheResponseHasBegunIsLogged(t *testing.T) {
	t.Parallel()
	app, log := logged(t)
	var steps []string
	app.RequestFinished.Connect(func(*dewar.Context) { steps = append(steps, "finished") })
	app.TeardownRequest(func(*dewar.Context, error) { steps = append(steps, "teardown") })
	app.Get("/", func(c *dewar.Context) error {
		v := &touchy{}
		c.Session().Set("v", v)
		c.Response.Flush()
		v.spoilt = true
		return nil
	})
	if _, left := visitHijackable(app, nil); left != nil {
		t.Errorf("the panic %v left the App", left)
	}
	if want := []string{"finished", "teardown"}; !slices.Equal(steps, want) || !strings.Contains(log.String(), "touchy") {
		t.Errorf("got %q and the log %q, want %q and the panic in the log", steps, log, want)
	}
}

func TestKeptSessionOfARequestThatFailedRefusesChanges(t *testing.T) {
	t.Parallel()
	for name, view := range map[string]dewar.Handler{
		"http.ErrAbortHandler":      func(*dewar.Context) error { panic(http.ErrAbortHandler) },
		"an error that propagates":  func(*dewar.Context) error { return errors.New("boom") },
		"a panic that propagates":   func(*dewar.Context) error { panic("boom") },
		"a panic behind the answer": func(c *dewar.Context) error { c.Response.Flush(); panic("boom") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app, log := logged(t)
			if err := app.Config.Set("PROPAGATE_EXCEPTIONS", true); err != nil {
				t.Fatal(err)
			}
			var kept *dewar.Session
			app.Get("/", func(c *dewar.Context) error { kept = c.Session(); return view(c) }, dewar.Endpoint("view"))
			if _, left := visitHijackable(app, nil); left == nil || kept.Err() != nil {
				t.Fatalf("got panic %v and error %v, want the panic alone", left, kept.Err())
			}
			kept.Set("a", 1)
			if err := kept.Err(); !errors.Is(err, dewar.ErrSessionCommitted) || kept.Len() != 0 {
				t.Errorf("got error %v and %d values, want ErrSessionCommitted and none", err, kept.Len())
			}
			wantLogged(t, log.String(), lostChange, 1)
		})
	}
}

func TestSessionOpenedAfterTheResponseHasBegunIsLogged(t *testing.T) {
	t.Parallel()
	read := func(c *dewar.Context) { c.Session().Get("a") }
	for _, tt := range []struct {
		name  string
		setup func(app *dewar.App)
		view  dewar.Handler
		want  int
	}{
		{"in a stream", nil, func(c *dewar.Context) error {
			return c.Stream(func(w io.Writer) error { _, err := w.Write([]byte("x")); read(c); read(c); return err })
		}, 1},
		{"in a stream before it writes", nil, func(c *dewar.Context) error {
			return c.Stream(func(w io.Writer) error { read(c); _, err := w.Write([]byte("x")); return err })
		}, 0},
		{"after a flush", nil, func(c *dewar.Context) error { c.Response.Flush(); read(c); return nil }, 1},
		{"after an overflow", nil, func(c *dewar.Context) error { err := commits["overflow"](c); read(c); return err }, 1},
		{"before a flush", nil, func(c *dewar.Context) error { read(c); c.Response.Flush(); read(c); return nil }, 0},
		{"in an after-request hook of a flush", func(app *dewar.App) {
			app.AfterRequest(func(c *dewar.Context) error { read(c); return nil })
		}, func(c *dewar.Context) error { c.Response.Flush(); return nil }, 0},
		{"in teardown", func(app *dewar.App) {
			app.TeardownRequest(func(c *dewar.Context, _ error) { read(c) })
		}, func(c *dewar.Context) error { c.Response.Flush(); return nil }, 0},
		{"in teardown of an answer that was held back", func(app *dewar.App) {
			app.TeardownRequest(func(c *dewar.Context, _ error) { read(c) })
		}, func(c *dewar.Context) error { return c.Text("ok") }, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app, log := logged(t)
			if tt.setup != nil {
				tt.setup(app)
			}
			app.Get("/", tt.view, dewar.Endpoint("view"))
			visit(t, app, "/", nil)
			wantLogged(t, log.String(), openedLate, tt.want)
		})
	}
}

func TestReceiverThatChangesTheSessionAgainIsCalledOnce(t *testing.T) {
	t.Parallel()
	app, log := logged(t)
	calls := 0
	app.GotRequestException.Connect(func(e dewar.RequestException) {
		calls++
		if !errors.Is(e.Err, dewar.ErrSessionCommitted) {
			t.Errorf("got %v, want ErrSessionCommitted", e.Err)
		}
		e.Context.Session().Set("again", 1)
	})
	app.Get("/", func(c *dewar.Context) error {
		s := c.Session()
		c.Response.Flush()
		s.Set("a", 1)
		s.Delete("b")
		s.Set("c", 1)
		return nil
	}, dewar.Endpoint("view"))
	visit(t, app, "/", sessionJar(t, app, func(s *dewar.Session) { s.Set("b", 1) }))
	if calls != 1 {
		t.Errorf("the receiver was called %d times, want once", calls)
	}
	wantLogged(t, log.String(), lostChange, 4)
}

func TestAfterRequestHookCannotHijack(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	var hijacked error
	app.AfterRequest(func(c *dewar.Context) error {
		conn, _, err := c.Response.Hijack()
		if hijacked = err; err == nil {
			return conn.Close()
		}
		return nil
	})
	app.Get("/", func(c *dewar.Context) error { c.Session().Set("a", 1); return c.Text("ok") })
	res := ask(t, serve(t, app), "GET", "/")
	if hijacked == nil || !strings.Contains(hijacked.Error(), "do it in the view") {
		t.Errorf("got error %v, want one with the cure", hijacked)
	}
	if res.err != nil || res.body != "ok" || len(res.Header["Set-Cookie"]) != 1 {
		t.Errorf("got %v %q, want the page and the session's cookie", res.err, res.body)
	}
}

// badCookieStore sends a cookie that cannot be.
type badCookieStore struct {
	dewar.SecureCookieSessionInterface
}

func (*badCookieStore) SaveSession(c *dewar.Context, s *dewar.Session) error {
	return dewar.SetSessionCookie(c, s, "a\nb")
}

func TestSessionCookieWithAForbiddenValueIsAnError(t *testing.T) {
	t.Parallel()
	app, log := logged(t)
	app.SessionInterface = &badCookieStore{}
	app.Get("/", func(c *dewar.Context) error { c.Session().Set("a", 1); return c.Text("ok") })
	rec := send(app, "GET", "/")
	if rec.Code != 500 || len(rec.Header()["Set-Cookie"]) > 0 {
		t.Errorf("got %d with cookies %q, want 500 and none", rec.Code, rec.Header()["Set-Cookie"])
	}
	if !strings.Contains(log.String(), "has a character that is not allowed") {
		t.Errorf("got log %q, want the reason", log)
	}
}

// pickyStore refuses its configuration.
type pickyStore struct {
	dewar.SecureCookieSessionInterface
}

func (*pickyStore) CheckConfig(config *dewar.Values) error {
	return fmt.Errorf("PICKY_URL is %q; set it to the address of the store", config.String("PICKY_URL"))
}

func TestBuildAsksTheSessionInterfaceForMistakes(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.SessionInterface = &pickyStore{}
	if err := app.Build(); err == nil || !strings.Contains(err.Error(), `PICKY_URL is ""; set it to the address of the store`) {
		t.Errorf("got %v, want the mistake that CheckConfig has found", err)
	}
}

func TestErrorHandlersRunOnceWhenOpenSessionPanics(t *testing.T) {
	t.Parallel()
	store := &panickingStore{}
	app := newApp(t)
	app.SessionInterface = store
	handled := 0
	app.ErrorHandler(500, func(c *dewar.Context, _ error) error {
		handled++
		c.Session().Get("x")
		return c.Text("sorry")
	})
	app.Get("/", func(c *dewar.Context) error { c.Session(); return c.Text("page") })
	rec := send(app, "GET", "/")
	if rec.Code != 500 || rec.Body.String() != "sorry" || handled != 1 || store.calls != 1 {
		t.Errorf("got %d %q, %d calls of the handler and %d of OpenSession, want 500, sorry and one of each", rec.Code, rec.Body, handled, store.calls)
	}
}

func TestUnmarshalBinaryOfBadDataChangesNothing(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	jar := sessionJar(t, app, func(s *dewar.Session) { s.Set("a", dewar.Map{"x": 1}); s.Set("b", 1); s.Set("c", 1) })
	for name, data := range map[string]string{
		"nothing": "", "a list": "[1]", "cut short": `{"d":1`, "a bad tag": `{"d":1,"e":{" t":5}}`, "a tagged document": `{" t":[]}`,
		"two documents": `{"d":1}{"e":1}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := openJar(t, app, jar)
			m := s.Map("a")
			s.Set("b", 2)
			s.Delete("c")
			if err := dewar.Stored(s).UnmarshalBinary([]byte(data)); err == nil {
				t.Error("got no error")
			}
			m["y"] = 2
			changes, err := dewar.Stored(s).Changes()
			want := dewar.Changes{Set: map[string][]byte{"a": []byte(`{"x":1,"y":2}`), "b": []byte("2")}, Deleted: []string{"c"}}
			if err != nil || !reflect.DeepEqual(changes, want) || !s.Modified() || s.IsNew() {
				t.Errorf("got changes %v %v, modified %t, new %t, want %v in a modified session", changes, err, s.Modified(), s.IsNew(), want)
			}
			if got := sessionJSON(t, s); got != `{"a":{"x":1,"y":2},"b":2}` {
				t.Errorf("got %s, want the values of before", got)
			}
		})
	}
}

func TestChangeInsideASessionOpenedLateIsLogged(t *testing.T) {
	t.Parallel()
	app, log := logged(t)
	app.Get("/", func(c *dewar.Context) error {
		c.Response.Flush()
		c.Session().Map("a")["y"] = 1
		return nil
	}, dewar.Endpoint("view"))
	visit(t, app, "/", sessionJar(t, app, func(s *dewar.Session) { s.Set("a", dewar.Map{"x": 1}) }))
	wantLogged(t, log.String(), lostChange, 1)
}

func TestChangeInsideAValueInTeardownIsLogged(t *testing.T) {
	t.Parallel()
	app, log := logged(t)
	app.TeardownRequest(func(c *dewar.Context, _ error) { c.Session().Map("a")["y"] = 1 })
	app.Get("/", func(c *dewar.Context) error { c.Session().Map("a"); return c.Text("ok") }, dewar.Endpoint("view"))
	visit(t, app, "/", sessionJar(t, app, func(s *dewar.Session) { s.Set("a", dewar.Map{"x": 1}) }))
	wantLogged(t, log.String(), lostChange, 1)
}

func TestLateChangeInsideAValueIsLoggedOnceWithATeardownFunction(t *testing.T) {
	t.Parallel()
	app, log := logged(t)
	app.TeardownRequest(func(*dewar.Context, error) {})
	app.Get("/", func(c *dewar.Context) error {
		m := c.Session().Map("a")
		c.Response.Flush()
		m["y"] = 1
		return nil
	}, dewar.Endpoint("view"))
	visit(t, app, "/", sessionJar(t, app, func(s *dewar.Session) { s.Set("a", dewar.Map{"x": 1}) }))
	wantLogged(t, log.String(), lostChange, 1)
}

// A brokenValue cannot be encoded once it is broken.
type brokenValue struct{ broken *bool }

func (v brokenValue) MarshalJSON() ([]byte, error) {
	if *v.broken {
		panic("broken")
	}
	return []byte(`{}`), nil
}

func TestChangeAfterASaveThatPanickedIsLate(t *testing.T) {
	t.Parallel()
	var late error
	broken := false
	app := newApp(t)
	app.Logger = quietApp(t).Logger
	app.ErrorHandler(500, func(c *dewar.Context, _ error) error {
		c.Session().Set("late", 1)
		late = c.Session().Err()
		return c.Text("sorry")
	})
	app.Get("/", func(c *dewar.Context) error {
		c.Session().Set("v", &brokenValue{&broken})
		broken = true
		return c.Text("page")
	})
	if res := visit(t, app, "/", nil); res.StatusCode != 500 || !errors.Is(late, dewar.ErrSessionCommitted) {
		t.Errorf("got %d and error %v, want 500 and ErrSessionCommitted", res.StatusCode, late)
	}
}

func TestSessionThatNeverOpensEndsTheRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		app := newApp(t)
		app.Logger = quietApp(t).Logger
		app.SessionInterface = slowStore{time.Hour}
		app.Get("/", func(c *dewar.Context) error {
			go c.Session()
			synctest.Wait()
			c.Session().Get("a")
			return c.Text("for nobody")
		})
		res := visit(t, app, "/", nil)
		if res.StatusCode != 503 || !strings.Contains(res.Header.Get("Vary"), "Cookie") {
			t.Errorf("got %d with Vary %q, want 503 with Cookie", res.StatusCode, res.Header.Get("Vary"))
		}
		time.Sleep(time.Hour)
	})
}

type slowStore struct{ delay time.Duration }

func (s slowStore) OpenSession(*dewar.Context) (*dewar.Session, error) {
	time.Sleep(s.delay)
	return dewar.NewSession(), nil
}
func (slowStore) SaveSession(*dewar.Context, *dewar.Session) error { return nil }

func TestPanicOfOpenSessionThatTheViewRecoversEndsTheRequest(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Logger = quietApp(t).Logger
	app.SessionInterface = &panickingStore{}
	app.Get("/", func(c *dewar.Context) error {
		func() {
			defer func() { _ = recover() }()
			c.Session()
		}()
		return c.Text("for nobody")
	})
	if res := visit(t, app, "/", nil); res.StatusCode != 500 {
		t.Errorf("got %d, want 500", res.StatusCode)
	}
}

func TestBackendThatReplacesTheCookies(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.SessionInterface = replacingStore{}
	app.Get("/", func(c *dewar.Context) error {
		for _, name := range []string{"a", "b"} {
			if err := c.SetCookie(&http.Cookie{Name: name, Value: "1"}); err != nil {
				return err
			}
		}
		c.Session().Set("n", 1)
		return c.Text("ok")
	})
	res := visit(t, app, "/", nil)
	if got := res.Header["Set-Cookie"]; res.StatusCode != 200 || len(got) != 1 || res.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("got %d with %q and %q", res.StatusCode, got, res.Header.Get("Cache-Control"))
	}
}

type replacingStore struct{}

func (replacingStore) OpenSession(*dewar.Context) (*dewar.Session, error) {
	return dewar.NewSession(), nil
}
func (replacingStore) SaveSession(c *dewar.Context, _ *dewar.Session) error {
	c.Response.Header().Set("Set-Cookie", "session=x")
	return nil
}

func TestGoroutineThatWaitsForTheSessionIsWokenAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const delay = 1234567 * time.Nanosecond
		app := newApp(t)
		app.SessionInterface = slowStore{delay}
		app.Get("/", func(c *dewar.Context) error {
			start := time.Now()
			var group sync.WaitGroup
			sessions := make([]*dewar.Session, 8)
			for i := range sessions {
				group.Go(func() { sessions[i] = c.Session() })
			}
			group.Wait()
			if took := time.Since(start); took != delay {
				t.Errorf("the last got the session after %s, want %s", took, delay)
			}
			for _, s := range sessions {
				if s == nil || s != sessions[0] {
					t.Errorf("got sessions %p and %p, want one", s, sessions[0])
				}
			}
			return c.Text("ok")
		})
		if res := visit(t, app, "/", nil); res.StatusCode != 200 {
			t.Errorf("got %d, want 200", res.StatusCode)
		}
	})
}

// A cookieStore sets the cookies of its function.
type cookieStore func(c *dewar.Context, s *dewar.Session) error

func (cookieStore) OpenSession(*dewar.Context) (*dewar.Session, error) {
	return dewar.NewSession(), nil
}
func (f cookieStore) SaveSession(c *dewar.Context, s *dewar.Session) error { return f(c, s) }

func TestCookiesOfSaveSessionLeaveOnceWithWhateverAnswer(t *testing.T) {
	t.Parallel()
	rename := func(cookie *http.Cookie) { cookie.Name = "other" }
	for _, tt := range []struct {
		name string
		save cookieStore
		want []string
	}{
		{"none", func(*dewar.Context, *dewar.Session) error { return nil }, nil},
		{"one", func(c *dewar.Context, s *dewar.Session) error { return dewar.SetSessionCookie(c, s, "1") }, []string{"session=1"}},
		{"set twice", func(c *dewar.Context, s *dewar.Session) error {
			return errors.Join(dewar.SetSessionCookie(c, s, "1"), dewar.SetSessionCookie(c, s, "2"))
		}, []string{"session=2"}},
		{"under two names", func(c *dewar.Context, s *dewar.Session) error {
			return errors.Join(dewar.SetSessionCookie(c, s, "1"), dewar.SetSessionCookie(c, s, "2", rename))
		}, []string{"session=1", "other=2"}},
		{"by hand", func(c *dewar.Context, _ *dewar.Session) error {
			http.SetCookie(c.Response, &http.Cookie{Name: "hand", Value: "1"})
			return nil
		}, []string{"hand=1"}},
		{"both ways", func(c *dewar.Context, s *dewar.Session) error {
			http.SetCookie(c.Response, &http.Cookie{Name: "hand", Value: "1"})
			return dewar.SetSessionCookie(c, s, "2")
		}, []string{"session=2", "hand=1"}},
		{"and an error", func(c *dewar.Context, s *dewar.Session) error {
			return errors.Join(dewar.SetSessionCookie(c, s, "1"), errors.New("no"))
		}, nil},
		{"and a panic", func(c *dewar.Context, s *dewar.Session) error {
			_ = dewar.SetSessionCookie(c, s, "1")
			panic("no")
		}, nil},
	} {
		for _, broken := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/replaced %t", tt.name, broken), func(t *testing.T) {
				t.Parallel()
				app, _ := logged(t)
				app.SessionInterface = tt.save
				app.Get("/", func(c *dewar.Context) error {
					c.Session().Set("n", 1)
					if broken { // found out when the session has been saved
						c.Response.Header().Set("Content-Length", "3")
						c.AfterThisRequest(func(c *dewar.Context) error { c.Response.Header().Set("Content-Length", "3"); return nil })
					}
					return c.Text("hello")
				}, dewar.Endpoint("view"))
				var got []string
				for _, cookie := range visit(t, app, "/", nil).Cookies() {
					got = append(got, cookie.Name+"="+cookie.Value)
				}
				if !slices.Equal(got, tt.want) {
					t.Errorf("got cookies %q, want %q", got, tt.want)
				}
			})
		}
	}
}

func TestSessionWithALifetimeOfItsOwn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for _, tt := range []struct {
			lifetime  time.Duration
			permanent bool
			want      time.Duration // 0 for no Expires
		}{
			{time.Hour, true, time.Hour},
			{time.Hour, false, 0},
			{0, true, 31 * 24 * time.Hour},
			{90*time.Second + time.Millisecond, true, 90 * time.Second},
		} {
			app := newApp(t)
			app.SessionInterface = cookieStore(func(c *dewar.Context, s *dewar.Session) error {
				dewar.Stored(s).SetLifetime(tt.lifetime)
				if end := s.ExpiresAt(); tt.lifetime > 0 && !end.Equal(time.Now().Add(tt.lifetime).Truncate(time.Second)) {
					t.Errorf("%+v: ExpiresAt gives %s", tt, end)
				}
				return dewar.SetSessionCookie(c, s, "1")
			})
			app.Get("/", func(c *dewar.Context) error { c.Session().SetPermanent(tt.permanent); return c.Text("ok") })
			got := visit(t, app, "/", nil).Cookies()[0].Expires
			if want := time.Now().Add(tt.want).Truncate(time.Second); tt.want == 0 != got.IsZero() || tt.want > 0 && !got.Equal(want) {
				t.Errorf("%+v: got Expires %s", tt, got)
			}
		}
	})
}

type panickingStore struct{ calls int }

func (s *panickingStore) OpenSession(*dewar.Context) (*dewar.Session, error) {
	s.calls++
	panic("oh")
}

func (*panickingStore) SaveSession(*dewar.Context, *dewar.Session) error { return nil }

func TestOpenSessionThatPanicsIsCalledOnce(t *testing.T) {
	t.Parallel()
	store := &panickingStore{}
	app := newApp(t)
	app.SessionInterface = store
	app.ErrorHandler(500, func(c *dewar.Context, _ error) error { c.Session().Get("x"); return c.Text("sorry") })
	app.Get("/", func(c *dewar.Context) error { c.Session(); return c.Text("page") })
	if rec := send(app, "GET", "/"); rec.Code < 500 || store.calls != 1 {
		t.Errorf("got %d after %d calls, want a 5xx after 1", rec.Code, store.calls)
	}
}

// reentrantStore asks for the session while it opens it.
type reentrantStore struct {
	dewar.SecureCookieSessionInterface
}

func (*reentrantStore) OpenSession(c *dewar.Context) (*dewar.Session, error) {
	return dewar.NewSession(), c.Session().Err()
}

func TestSessionInterfaceThatAsksForTheSessionDoesNotHang(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log strings.Builder
		app := newApp(t)
		app.Logger = textLogger(&log)
		app.SessionInterface = &reentrantStore{}
		app.Get("/", func(c *dewar.Context) error { c.Session().Get("a"); return c.Text("ok") })
		if rec := send(app, "GET", "/"); rec.Code != 503 || !strings.Contains(log.String(), "use the *Session at hand") {
			t.Errorf("got %d and the log %q, want 503 and the cure", rec.Code, log.String())
		}
	})
}

func TestSessionThatIsOpenedLateAsksForNoSave(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Get("/login", func(c *dewar.Context) error {
		c.Session().SetPermanent(true)
		c.Session().Set("a", 1)
		return c.NoContent()
	})
	app.Get("/in-time", func(c *dewar.Context) error { return c.JSON(dewar.Stored(c.Session()).ShouldSave()) })
	app.Get("/late", func(c *dewar.Context) error {
		c.Response.Flush()
		_, err := fmt.Fprint(c.Response, dewar.Stored(c.Session()).ShouldSave())
		return err
	})
	jar := map[string]string{}
	visit(t, app, "/login", jar)
	if got := visitBody(t, app, "/in-time", jar); strings.TrimSpace(got) != "true" {
		t.Errorf("in time: got %s, want that it is sent again, being permanent", got)
	}
	if got := visitBody(t, app, "/late", jar); got != "false" {
		t.Errorf("late: got %s, want no save that cannot be", got)
	}
}
