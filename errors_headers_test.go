package dewar_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/dewar-go/dewar"
)

// TestHeadersOfHooksStayOnEveryAnswer sets headers at each place before the view and looks for them on what ends badly.
func TestHeadersOfHooksStayOnEveryAnswer(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{"static/a.css": {Data: []byte("a{}")}}
	app := dewar.New("test", dewar.RootPath(t.TempDir()), dewar.FS(files))
	must(t, app.Config.Set("SECRET_KEY", testKey))
	must(t, app.Config.Set("MAX_CONTENT_LENGTH", 3))
	app.Logger = textLogger(testWriter{t})
	say := func(key string) dewar.Handler {
		return func(c *dewar.Context) error {
			c.Response.Header().Set(key, "1")
			return c.SetCookie(&http.Cookie{Name: strings.ToLower(key), Value: "1"})
		}
	}
	app.Use(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Outer", "1")
			next.ServeHTTP(w, r)
		})
	})
	app.RequestStarted.Connect(func(c *dewar.Context) { c.Header("X-Signal", "1") })
	app.URLValuePreprocessor(func(c *dewar.Context, values dewar.Map) error {
		if values["id"] == "refused" {
			c.Header("X-Values", "1")
			return dewar.Abort(410)
		}
		return say("X-Values")(c)
	})
	app.BeforeRequest(say("X-App"), func(c *dewar.Context) error {
		switch {
		case c.Query().Has("limited"):
			return errors.Join(say("Retry-After")(c), dewar.Abort(429))
		case c.Query().Has("shaken"):
			c.Header("X-Shaken", "1")
			panic("oh")
		}
		return nil
	})
	app.AfterRequest(say("X-After"))
	view := func(c *dewar.Context, err error) error {
		c.Header("X-View", "1").Header("Cache-Control", "public").Header("Etag", `"1"`)
		_ = c.SetCookie(&http.Cookie{Name: "view", Value: "1"})
		return err
	}
	app.Get("/abort", func(c *dewar.Context) error { return view(c, dewar.Abort(404)) })
	app.Get("/fails", func(c *dewar.Context) error { return view(c, errors.New("oh")) })
	app.Get("/panics", func(c *dewar.Context) error { _ = view(c, nil); panic("oh") })
	app.Get("/late", func(c *dewar.Context) error { _ = view(c, c.Text("x")); return dewar.Abort(409) })
	app.Get("/nothing", func(c *dewar.Context) error { return view(c, nil) })
	app.Get("/handled", func(c *dewar.Context) error { return view(c, dewar.Abort(418)) })
	app.Get("/broken", func(c *dewar.Context) error { return view(c, dewar.Abort(422)) })
	app.Post("/form", func(c *dewar.Context) error { return view(c, c.Text(c.Form().String("a"))) })
	app.Get("/id/{id}", func(c *dewar.Context) error { return view(c, dewar.Abort(404)) })
	app.Get("/branch/", index)
	app.ErrorHandler(418, func(c *dewar.Context, _ error) error { return c.Text("tea") })
	app.ErrorHandler(422, func(*dewar.Context, error) error { return errors.New("broken") })
	bp := dewar.NewBlueprint("bp", dewar.URLPrefix("/bp"))
	bp.BeforeRequest(say("X-Blueprint"))
	bp.Get("/", func(c *dewar.Context) error { return view(c, dewar.Abort(403)) }, dewar.Before(say("X-Route")), dewar.Endpoint("guarded"))
	app.RegisterBlueprint(bp)
	for _, tt := range []struct {
		method, path string
		code         int
		more         string // headers beside those of all
		less         string // headers that are not there
	}{
		{"GET", "/missing", 404, "", ""},
		{"POST", "/abort", 405, "Allow", ""},
		{"OPTIONS", "/abort", 200, "Allow", ""},
		{"GET", "/branch", 308, "Location", ""},
		{"GET", "/static/a.css", 200, "Etag", ""},
		{"GET", "/static/missing.css", 404, "", ""},
		{"GET", "/abort", 404, "", ""},
		{"HEAD", "/abort", 404, "", ""},
		{"GET", "/fails", 500, "", ""},
		{"GET", "/panics", 500, "", ""},
		{"GET", "/late", 409, "", ""},
		{"GET", "/nothing", 500, "", ""},
		{"GET", "/handled", 418, "", ""},
		{"GET", "/broken", 500, "", ""},
		{"POST", "/form", 413, "", ""},
		{"GET", "/abort?limited", 429, "Retry-After", ""},
		{"GET", "/abort?shaken", 500, "", ""},
		{"GET", "/id/refused", 410, "", "X-App"},
		{"GET", "/bp/", 403, "X-Blueprint X-Route", ""},
	} {
		rec := send(app, tt.method, tt.path)
		if tt.method == "POST" && tt.path == "/form" {
			rec = post(app, tt.path, formType, "a=12345")
		}
		if rec.Code != tt.code {
			t.Errorf("%s %s: got %d %q, want %d", tt.method, tt.path, rec.Code, rec.Body, tt.code)
		}
		want := strings.Fields("X-Outer X-Signal X-Values X-App X-After " + tt.more)
		want = slices.DeleteFunc(want, func(key string) bool { return slices.Contains(strings.Fields(tt.less), key) })
		for _, key := range want {
			if rec.Header().Get(key) == "" {
				t.Errorf("%s %s: %s is missing in %v", tt.method, tt.path, key, rec.Header())
			}
		}
		for _, key := range []string{"X-Values", "X-App", "X-After", "X-Blueprint", "X-Route"} {
			cookie := strings.ToLower(key) + "=1; Path=/"
			if slices.Contains(want, key) && tt.path != "/id/refused" && !slices.Contains(rec.Header()["Set-Cookie"], cookie) {
				t.Errorf("%s %s: cookie %s is missing in %v", tt.method, tt.path, cookie, rec.Header())
			}
		}
		if strings.HasPrefix(tt.path, "/static") || rec.Code == 200 {
			continue
		}
		for _, key := range []string{"X-View", "Cache-Control", "Etag"} {
			if rec.Header().Get(key) != "" {
				t.Errorf("%s %s: %s of the view is left in %v", tt.method, tt.path, key, rec.Header())
			}
		}
		if slices.Contains(rec.Header()["Set-Cookie"], "view=1; Path=/") {
			t.Errorf("%s %s: the view's cookie is left", tt.method, tt.path)
		}
	}
}

// TestHeadersOfPreprocessorsStayWithoutAHook has nothing else before the view.
func TestHeadersOfPreprocessorsStayWithoutAHook(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.RequestStarted.Connect(func(c *dewar.Context) { c.Header("X-Signal", "1") })
	app.URLValuePreprocessor(func(c *dewar.Context, _ dewar.Map) error { c.Header("X-Values", "1"); return nil })
	app.Get("/", func(c *dewar.Context) error { c.Header("X-View", "1"); return dewar.Abort(404) })
	for _, path := range []string{"/", "/missing"} {
		header := send(app, "GET", path).Header()
		if header.Get("X-Signal") != "1" || header.Get("X-Values") != "1" || header.Get("X-View") != "" {
			t.Errorf("%s: got %v", path, header)
		}
	}
}

// TestErrorHandlersKeepTheHeadersOfTheError has handlers answer an error that has headers, each in its own way.
func TestErrorHandlersKeepTheHeadersOfTheError(t *testing.T) {
	t.Parallel()
	refused := &dewar.HTTPError{Code: 401, Header: http.Header{
		"Www-Authenticate": {`Basic realm="a"`, `Bearer realm="a"`},
		"Vary":             {"Authorization"},
		"Set-Cookie":       {"tried=1"},
		"Content-Type":     {"application/x-of-the-error"},
		"Content-Length":   {"12345"},
	}}
	challenges, one := refused.Header["Www-Authenticate"], []string{`Digest realm="b"`}
	type answer struct {
		code       int
		body       string
		challenges []string
	}
	for _, tt := range []struct {
		name    string
		handler dewar.ErrorHandler
		want    answer
	}{
		{"its own page", func(c *dewar.Context, _ error) error { return c.HTML("page") }, answer{401, "page", challenges}},
		{"an answer by hand", func(c *dewar.Context, _ error) error { _, err := c.Response.Write([]byte("page")); return err }, answer{401, "page", challenges}},
		{"another status", func(c *dewar.Context, _ error) error { return c.Status(403).Text("page") }, answer{403, "page", challenges}},
		{"a header of its own", func(c *dewar.Context, _ error) error { return c.Header("WWW-Authenticate", one[0]).Text("page") }, answer{401, "page", one}},
		{"without the header", func(c *dewar.Context, _ error) error {
			c.Response.Header().Del("WWW-Authenticate")
			return c.Text("page")
		}, answer{401, "page", nil}},
		{"a second answer", func(c *dewar.Context, _ error) error {
			return errors.Join(c.Header("WWW-Authenticate", one[0]).Text("first"), c.Text("page"))
		}, answer{401, "page", challenges}},
		{"a second answer and a header since", func(c *dewar.Context, _ error) error {
			return errors.Join(c.Text("first"), c.Header("WWW-Authenticate", one[0]).Text("page"))
		}, answer{401, "page", one}},
		{"the error passed on", func(_ *dewar.Context, err error) error { return err }, answer{401, "401 Unauthorized", challenges}},
		{"the error passed on after a header of its own", func(c *dewar.Context, err error) error {
			c.Header("WWW-Authenticate", one[0])
			return err
		}, answer{401, "401 Unauthorized", challenges}},
		{"a failure", func(*dewar.Context, error) error { return errors.New("broken") }, answer{500, "500 Internal", nil}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			app := newApp(t)
			app.Logger = textLogger(testWriter{t})
			app.BeforeRequest(func(c *dewar.Context) error { c.Response.Header().Add("Vary", "X-Hook"); return nil })
			app.ErrorHandler(401, tt.handler)
			app.Get("/", func(*dewar.Context) error { return refused })
			app.Get("/late", func(c *dewar.Context) error { return errors.Join(c.Text("view"), refused) })
			app.Get("/wrapped", func(*dewar.Context) error { return fmt.Errorf("inside: %w", refused) })
			for _, path := range []string{"/", "/wrapped", "/late", "/"} { // the error is shared by requests
				rec := send(app, "GET", path)
				if body := rec.Body.String(); rec.Code != tt.want.code || !strings.HasPrefix(body, tt.want.body) {
					t.Errorf("%s: got %d %q, want %d %q", path, rec.Code, body, tt.want.code, tt.want.body)
				}
				if got := rec.Header()["Www-Authenticate"]; !slices.Equal(got, tt.want.challenges) {
					t.Errorf("%s: challenges: got %q, want %q", path, got, tt.want.challenges)
				}
				if got := rec.Header().Get("Content-Type"); got == "application/x-of-the-error" {
					t.Errorf("%s: the answer has the type of the error", path)
				}
				if got := rec.Header().Get("Content-Length"); got == "12345" {
					t.Errorf("%s: the answer has the length of the error", path)
				}
				vary, cookies := strings.Join(rec.Header()["Vary"], ", "), rec.Header()["Set-Cookie"]
				if kept := tt.want.code != 500; strings.Contains(vary, "Authorization") != kept || slices.Equal(cookies, []string{"tried=1"}) != kept || !strings.Contains(vary, "X-Hook") {
					t.Errorf("%s: got Vary %q and cookies %q", path, vary, cookies)
				}
			}
		})
	}
}

// TestErrorHandlersKeepTheHeadersOfDewar looks at errors that dewar raises by itself.
func TestErrorHandlersKeepTheHeadersOfDewar(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Post("/post", func(c *dewar.Context) error { return c.BindJSON(new(any)) })
	app.Get("/file", func(c *dewar.Context) error { return c.SendBytes("a.txt", []byte("text")) })
	app.Get("/embedded", func(*dewar.Context) error {
		return lockedDoor{&dewar.HTTPError{Code: 423, Header: http.Header{"Retry-After": {"7"}}}}
	})
	app.Get("/around", func(*dewar.Context) error {
		return &dewar.HTTPError{Code: 429, Header: http.Header{"Retry-After": {"9"}}, Err: busy{}}
	})
	dewar.HandleError(app, func(c *dewar.Context, err busy) error { return c.Text(http.StatusText(http.StatusTooManyRequests)) })
	app.Get("/server", func(*dewar.Context) error {
		return &dewar.HTTPError{Code: 500, Header: http.Header{"Retry-After": {"8"}}, Err: errors.New("oh")}
	})
	app.Logger = textLogger(testWriter{t})
	dewar.HandleError(app, func(c *dewar.Context, err *dewar.HTTPError) error { return c.Text(err.Name()) })
	for _, tt := range []struct {
		path, header, value string
		code                int
		with                []string
	}{
		{"/post", "Allow", "OPTIONS, POST", 405, nil},
		{"/file", "Content-Range", "bytes */4", 416, []string{"Range", "bytes=9-"}},
		{"/embedded", "Retry-After", "7", 423, nil},
		{"/around", "Retry-After", "9", 429, nil},
		{"/server", "Retry-After", "8", 500, nil},
	} {
		rec := send(app, "GET", tt.path, tt.with...)
		if got := rec.Header().Get(tt.header); rec.Code != tt.code || got != tt.value || rec.Body.String() != http.StatusText(tt.code) {
			t.Errorf("%s: got %d %q with %s %q, want %d with %q", tt.path, rec.Code, rec.Body, tt.header, got, tt.code, tt.value)
		}
	}
}

// busy is an error without a status.
type busy struct{}

func (busy) Error() string { return "busy" }

// TestErrorHandlersAnswerWithABodyOfTheirOwn has an error carry headers of a body that nobody sends.
func TestErrorHandlersAnswerWithABodyOfTheirOwn(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	dewar.HandleError(app, func(c *dewar.Context, err *dewar.HTTPError) error { return c.Text(err.Name()) })
	header := http.Header{
		"Content-Encoding": {"gzip"}, "Content-Range": {"bytes 0-3/9"}, "ETag": {`"1"`}, "Location": {"/other"}, "Retry-After": {"7"},
	}
	app.Get("/", func(*dewar.Context) error { return &dewar.HTTPError{Code: 429, Header: header} })
	rec := send(app, "GET", "/")
	for key, want := range map[string]string{"Content-Encoding": "", "Content-Range": "", "Etag": "", "Location": "/other", "Retry-After": "7"} {
		if got := rec.Header().Get(key); got != want {
			t.Errorf("%s: got %q, want %q", key, got, want)
		}
	}
	if len(header) != 5 {
		t.Errorf("the error lost headers: %v", header)
	}
}
