package dewar_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

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

// An accessLine is a line of the access log in JSON.
type accessLine struct {
	Time                           time.Time
	Level, Msg                     string
	RequestID, Method, Route, Path string
	Endpoint, Client               string
	Status                         int
	Size, Duration                 *int64
}

// accessLines returns the lines of the access log that log has.
func accessLines(t *testing.T, log string) (lines []accessLine) {
	t.Helper()
	for text := range strings.Lines(log) {
		var line accessLine
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			t.Fatalf("%q is no JSON: %v", text, err)
		}
		if line.Msg == "request" {
			lines = append(lines, line)
		}
	}
	return lines
}

// serveTold serves app and tells of each request that has ended, with its line in the log.
func serveTold(t *testing.T, app *dewar.App) (srv *httptest.Server, ended <-chan struct{}) {
	t.Helper()
	told := make(chan struct{}, 1)
	srv = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() { told <- struct{}{} }()
		app.ServeHTTP(w, r)
	}))
	t.Cleanup(srv.Close)
	return srv, told
}

// TestAccessLogHasTheSizeThatWasSent compares what is logged with what a client gets.
func TestAccessLogHasTheSizeThatWasSent(t *testing.T) {
	t.Parallel()
	large := strings.Repeat("large ", 100_000)
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, "file.txt"), []byte(large), 0o600))
	app := dewar.New("test", dewar.RootPath(dir), dewar.AccessLog())
	log := &record{}
	app.Logger = slog.New(slog.NewJSONHandler(log, nil))
	text := func(s string) dewar.Handler { return func(c *dewar.Context) error { return c.Text(s) } }
	app.Get("/empty", text(""))
	app.Get("/small", text("hello"))
	app.Get("/large", text(large))
	app.Get("/none", func(c *dewar.Context) error { return c.NoContent() })
	app.Get("/bytes", func(c *dewar.Context) error { return c.Blob("text/plain", []byte("bytes")) })
	app.Get("/stream", func(c *dewar.Context) error {
		return c.Stream(func(w io.Writer) error {
			for range 10 {
				_, _ = io.WriteString(w, "part ")
				c.Response.Flush()
			}
			return nil
		})
	})
	app.Get("/file", func(c *dewar.Context) error { return c.SendFile("file.txt") })
	app.Handle("/handler", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "handler") }))
	app.Get("/fails", func(*dewar.Context) error { return errors.New("oh") })
	app.Get("/replaced", func(c *dewar.Context) error { _ = c.Text("a page that is not sent"); return dewar.Abort(403) })
	srv, ended := serveTold(t, app)
	for _, tt := range []struct{ name, method, path string }{
		{"nothing", "GET", "/empty"}, {"text", "GET", "/small"}, {"more than the buffer", "GET", "/large"},
		{"a status without a body", "GET", "/none"}, {"bytes", "GET", "/bytes"}, {"a stream", "GET", "/stream"},
		{"a file", "GET", "/file"}, {"a net/http handler", "GET", "/handler"}, {"an error", "GET", "/fails"},
		{"an answer that an error replaces", "GET", "/replaced"}, {"no route", "GET", "/nowhere"},
		{"HEAD", "HEAD", "/small"}, {"HEAD of what is large", "HEAD", "/large"}, {"HEAD of a handler", "HEAD", "/handler"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before := len(log.String())
			res := ask(t, srv, tt.method, tt.path)
			<-ended
			lines := accessLines(t, log.String()[before:])
			if len(lines) != 1 || lines[0].Size == nil {
				t.Fatalf("logged %+v, want one line with a size", lines)
			}
			if got, want := *lines[0].Size, int64(len(res.body)); got != want || lines[0].Status != res.StatusCode {
				t.Errorf("logged status %d and %d bytes, the client got %d and %d bytes", lines[0].Status, got, res.StatusCode, want)
			}
		})
	}
}

func TestAccessLogInJSON(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		app := dewar.New("test", dewar.RootPath(t.TempDir()), dewar.AccessLog())
		log := &record{}
		app.Logger = slog.New(slog.NewJSONHandler(log, nil))
		var id string
		app.Get("/users/{id:int}", func(c *dewar.Context) error {
			id = c.RequestID()
			time.Sleep(1500 * time.Millisecond)
			return c.Status(201).Text("ok")
		}, dewar.Endpoint("user"))
		send(app, "GET", "/users/7?token=hush")
		lines := accessLines(t, log.String())
		if len(lines) != 1 {
			t.Fatalf("logged %s, want one line", log)
		}
		got := lines[0]
		if got.Duration == nil || *got.Duration != int64(1500*time.Millisecond) || got.Size == nil || *got.Size != 2 {
			t.Errorf("duration and size in %s, want 1.5 s and 2 bytes", log)
		}
		want := accessLine{
			Time: got.Time, Level: "INFO", Msg: "request", RequestID: id, Method: "GET", Route: "/users/{id:int}", Path: "/users/7",
			Endpoint: "user", Client: "192.0.2.1", Status: 201, Size: got.Size, Duration: got.Duration,
		}
		if got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
	})
}

func TestAccessLogOfAConnectionThatIsTakenOver(t *testing.T) {
	t.Parallel()
	app := dewar.New("test", dewar.RootPath(t.TempDir()), dewar.AccessLog())
	log := &record{}
	app.Logger = slog.New(slog.NewJSONHandler(log, nil))
	app.Get("/", func(c *dewar.Context) error {
		conn, _, err := c.Response.Hijack()
		if err != nil {
			return err
		}
		_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
		return conn.Close()
	})
	srv, ended := serveTold(t, app)
	if res := ask(t, srv, "GET", "/"); res.body != "ok" {
		t.Fatalf("got %q %v", res.body, res.err)
	}
	<-ended
	if lines := accessLines(t, log.String()); len(lines) != 1 || lines[0].Size != nil {
		t.Errorf("logged %s, want one line without a size", log)
	}
}
