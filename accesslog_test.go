package dewar_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
)

const secretToken = "s3cr3t-t0ken"

// privateApp has routes with a secret in their path, and logs every request.
func privateApp(t *testing.T) (*dewar.App, *record) {
	log := &record{}
	app := dewar.New("test", dewar.RootPath(t.TempDir()), dewar.AccessLog())
	app.Logger = log.logger()
	configure(app, "SECRET_KEY", testKey)
	ok := func(c *dewar.Context) error { return c.Text("ok") }
	app.Get("/reset/{token}", ok, dewar.Private("token"))
	app.Get("/branch/{token}/", ok, dewar.Private("token"))
	app.Get("/lenient/{token}", ok, dewar.Private("token"), dewar.StrictSlashes(false))
	app.Get("/typed/{token:uuid}", ok, dewar.Private("token"))
	app.Get("/two/{user}/{token}", ok, dewar.Private("token"))
	app.Get("/fails/{token}", func(*dewar.Context) error { return fmt.Errorf("oh") }, dewar.Private("token"))
	app.Get("/panics/{token}", func(*dewar.Context) error { panic("oh") }, dewar.Private("token"))
	app.Get("/slow/{token}", func(c *dewar.Context) error { c.Logger().Info("in the view"); return c.Text("ok") }, dewar.Private("token"))
	app.Mount("/mounted", http.NotFoundHandler(), dewar.Private("path"))
	app.Route("/old/{token}", nil, dewar.RedirectRule("/reset/{token}"), dewar.Private("token"))
	app.Route("/elsewhere/{token}", nil, dewar.BuildOnly(), dewar.Endpoint("elsewhere"), dewar.Private("token"))
	app.Get("/open/{token}", ok)
	app.Get("/reset/help", ok)
	bp := dewar.NewBlueprint("bp", dewar.URLPrefix("/bp"), dewar.Private("token", "other"))
	bp.Get("/{token}", ok)
	bp.Get("/plain", ok, dewar.Endpoint("plain"))
	app.RegisterBlueprint(bp)
	return app, log
}

func TestPrivateVariablesStayOutOfTheLog(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, method, path, want string }{
		{"a match", "GET", "/reset/TOKEN", "/reset/{token}"},
		{"with a query", "GET", "/reset/TOKEN?next=TOKEN", "/reset/{token}"},
		{"HEAD", "HEAD", "/reset/TOKEN", "/reset/{token}"},
		{"a branch", "GET", "/branch/TOKEN/", "/branch/{token}/"},
		{"a redirect for the slash", "GET", "/branch/TOKEN", "/branch/{token}"},
		{"a slash too many", "GET", "/reset/TOKEN/", "/reset/{token}/"},
		{"a lenient slash", "GET", "/lenient/TOKEN/", "/lenient/{token}/"},
		{"slashes that are merged", "GET", "/reset//TOKEN", "/reset/{token}"},
		{"slashes at the beginning", "GET", "//reset/TOKEN", "/reset/{token}"},
		{"dots", "GET", "/x/../reset/TOKEN", "/reset/{token}"},
		{"a method that is not allowed", "POST", "/reset/TOKEN", "/reset/{token}"},
		{"OPTIONS", "OPTIONS", "/reset/TOKEN", "/reset/{token}"},
		{"escaped", "GET", "/%72eset/TOKEN", "/reset/{token}"},
		{"refused by the converter", "GET", "/typed/TOKEN", "/typed/{token}"},
		{"beside another variable", "GET", "/two/ann/TOKEN", "/two/ann/{token}"},
		{"an error", "GET", "/fails/TOKEN", "/fails/{token}"},
		{"a panic", "GET", "/panics/TOKEN", "/panics/{token}"},
		{"a line of the view", "GET", "/slow/TOKEN", "/slow/{token}"},
		{"a mount", "GET", "/mounted/a/TOKEN", "/mounted/{path}"},
		{"a RedirectRule", "GET", "/old/TOKEN", "/old/{token}"},
		{"what another server answers", "GET", "/elsewhere/TOKEN", "/elsewhere/{token}"},
		{"a blueprint's", "GET", "/bp/TOKEN", "/bp/{token}"},
		{"a host that is refused", "GET", "/reset/TOKEN", "/reset/{token}"},
		{"a request of another site", "POST", "/reset/TOKEN", "/reset/{token}"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app, log := privateApp(t)
			r := httptest.NewRequest(tt.method, strings.ReplaceAll(tt.path, "TOKEN", secretToken), nil)
			switch tt.name {
			case "a host that is refused":
				configure(app, "TRUSTED_HOSTS", []string{"else.example"})
			case "a request of another site":
				r.Header.Set("Sec-Fetch-Site", "cross-site")
			}
			app.ServeHTTP(httptest.NewRecorder(), r)
			if lines := log.String(); strings.Contains(lines, secretToken) || !strings.Contains(lines, "path="+tt.want+" ") {
				t.Errorf("logged %s, want the path %s", lines, tt.want)
			}
		})
	}
}

func TestOtherVariablesStayInTheLog(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/open/7", "/reset/help", "/bp/plain", "/nothing/here"} {
		app, log := privateApp(t)
		send(app, "GET", path)
		if lines := log.String(); !strings.Contains(lines, "path="+path+" ") {
			t.Errorf("logged %s, want the path %s", lines, path)
		}
	}
}

// A route for every path gets the links whose slash, method or converter is wrong.
func TestPrivateVariablesStayOutOfTheLogOfACatchAll(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ method, path, want string }{
		{"GET", "/reset/TOKEN/", "/reset/{token}/"},
		{"PUT", "/reset/TOKEN", "/reset/{token}"},
		{"GET", "/typed/TOKEN", "/typed/{token}"},
		{"GET", "/reset/TOKEN", "/reset/{token}"},
		{"GET", "/spa/page", "/spa/page"},
		{"GET", "/other/page", "/other/page"},
		{"GET", "/bp/plain", "/bp/plain"},
		{"GET", "/static/none", "/static/none"},
	} {
		app, log := privateApp(t)
		app.Route("/{rest:path}", index, dewar.Methods("GET", "PUT"))
		app.Get("/{site}/{token}/{page}", other, dewar.Private("token"))
		send(app, tt.method, strings.ReplaceAll(tt.path, "TOKEN", secretToken))
		if lines := log.String(); strings.Contains(lines, secretToken) || !strings.Contains(lines, "path="+tt.want+" ") {
			t.Errorf("%s %s: logged %s, want the path %s", tt.method, tt.path, lines, tt.want)
		}
	}
}

func TestPrivateNamesAVariable(t *testing.T) {
	t.Parallel()
	ok := func(c *dewar.Context) error { return nil }
	for cure, register := range map[string]func(app *dewar.App){
		`Private("tokn"): rule "/reset/{token}" has no such variable; name one of ["token"]`: func(app *dewar.App) {
			app.Get("/reset/{token}", ok, dewar.Private("tokn"))
		},
		`Private() without a name; pass the names of variables, as in Private("token")`: func(app *dewar.App) {
			app.Get("/reset/{token}", ok, dewar.Private())
		},
		"Fallback with an option that is about a rule": func(app *dewar.App) { app.Fallback(http.NotFoundHandler(), dewar.Private("token")) },
	} {
		func() {
			defer func() {
				if got := fmt.Sprint(recover()); !strings.Contains(got, cure) {
					t.Errorf("panicked with %q, want %q", got, cure)
				}
			}()
			register(quietApp(t))
		}()
	}
}

func ExamplePrivate() {
	app := dewar.New("example")
	app.Get("/reset/{token}", func(c *dewar.Context) error { return c.Text(c.LogPath()) }, dewar.Private("token"))
	fmt.Println(send(app, "GET", "/reset/k7Jq").Body)
	// Output: /reset/{token}
}

// TestRequestIDIsThatOfATrustedProxyAlone is about what lands in the log: nobody else may write there.
func TestRequestIDIsThatOfATrustedProxyAlone(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, peer, id string
		taken          bool
	}{
		{"a trusted proxy", "10.1.2.3:4711", "abc-123", true},
		{"a trusted proxy, 128 bytes", "10.1.2.3:4711", strings.Repeat("x", 128), true},
		{"a client", "192.0.2.1:4711", "abc-123", false},
		{"a client on this machine", "127.0.0.1:4711", "abc-123", false},
		{"a socket", "@", "abc-123", false},
		{"too long", "10.1.2.3:4711", strings.Repeat("x", 129), false},
		{"a space", "10.1.2.3:4711", "a b", false},
		{"a line break", "10.1.2.3:4711", "a\nb", false},
		{"beyond ASCII", "10.1.2.3:4711", "ä", false},
		{"empty", "10.1.2.3:4711", "", false},
	} {
		app, log := privateApp(t)
		configure(app, "TRUSTED_PROXIES", []string{"10.0.0.0/8"})
		var got string
		app.BeforeRequest(func(c *dewar.Context) error { got = c.RequestID(); return nil })
		r := httptest.NewRequest("GET", "/open/7", nil)
		r.RemoteAddr = tt.peer
		r.Header.Set("X-Request-Id", tt.id)
		app.ServeHTTP(httptest.NewRecorder(), r)
		if taken := got == tt.id; taken != tt.taken || got == "" || !strings.Contains(log.String(), "requestID="+got) {
			t.Errorf("%s: the id is %q, logged %s; want that of the header: %t", tt.name, got, log, tt.taken)
		}
	}
}
