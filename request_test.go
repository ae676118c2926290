package dewar_test

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
)

func post(app http.Handler, path, contentType, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("POST", path, strings.NewReader(body))
	r.Header.Set("Content-Type", contentType)
	rec := httptest.NewRecorder()
	app.ServeHTTP(rec, r)
	return rec
}

const urlencoded = "application/x-www-form-urlencoded"

func TestQueryLosesNothing(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Get("/", func(c *dewar.Context) error {
		return c.Text(fmt.Sprintf("%q %d %q", c.Query().String("s"), c.Query().Int("n"), c.Query().Strings("l")))
	})
	for _, tt := range []struct{ query, want string }{
		{"s=a+b&n=7&l=1&l=2", `"a b" 7 ["1" "2"]`},
		{"s=%zz&n=x", `"%zz" 0 []`},
		{"s=a;b&n=5", `"a;b" 5 []`},
		{"", `"" 0 []`},
		{"s", `"" 0 []`},
	} {
		if got := send(app, "GET", "/?"+tt.query).Body.String(); got != tt.want {
			t.Errorf("%q gave %s, want %s", tt.query, got, tt.want)
		}
	}
}

func TestForms(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	if err := app.Config.FromMapping(dewar.Map{"MAX_CONTENT_LENGTH": 2000, "MAX_FORM_MEMORY_SIZE": 1000}); err != nil {
		t.Fatal(err)
	}
	app.Post("/form", func(c *dewar.Context) error { return c.Text("name=" + c.Form().String("name")) })
	app.Post("/require", func(c *dewar.Context) error {
		name, err := dewar.Require[string](c.Form(), "name")
		if err != nil {
			return err
		}
		return c.Text("name=" + name)
	})
	app.Post("/handled", func(c *dewar.Context) error {
		c.Form()
		if err := c.BodyError(); err != nil {
			return c.Status(422).Text("handled")
		}
		return c.Text("fine")
	})
	app.Post("/ignored", func(c *dewar.Context) error { return c.Text("never read") })
	app.Post("/larger", func(c *dewar.Context) error {
		c.Limit(dewar.Limits{Body: 10_000})
		body, err := io.ReadAll(c.Request.Body)
		if err != nil {
			return err
		}
		return c.Text(fmt.Sprint(len(body)))
	})
	app.Post("/read", func(c *dewar.Context) error {
		_, err := io.ReadAll(c.Request.Body)
		return err
	})
	for _, tt := range []struct {
		name, path, kind, body string
		status                 int
		want                   string
	}{
		{"a form", "/form", urlencoded, "name=ann", 200, "name=ann"},
		{"an empty field is there", "/require", urlencoded, "name=", 200, "name="},
		{"a missing field is a 400", "/require", urlencoded, "x=1", 400, `form field "name" is missing`},
		{"no body", "/form", urlencoded, "", 200, "name="},
		{"another content type", "/form", "text/plain", "name=ann", 200, "name="},
		{"a bad escape", "/form", urlencoded, "name=100%", 200, "name=100%"},
		{"malformed", "/form", "multipart/form-data; boundary=b", "--b\r\nrubbish", 400, "400"},
		{"a malformed form that the view handles", "/handled", "multipart/form-data", "--b\r\nrubbish", 422, "handled"},
		{"too large for a form", "/form", urlencoded, "name=" + strings.Repeat("x", 1000), 413, "413"},
		{"too large but never read", "/ignored", urlencoded, strings.Repeat("x", 5000), 200, "never read"},
		{"too large when read", "/read", "text/plain", strings.Repeat("x", 2001), 413, "413"},
		{"a limit of its own", "/larger", "text/plain", strings.Repeat("x", 5000), 200, "5000"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			rec := post(app, tt.path, tt.kind, tt.body)
			if rec.Code != tt.status || !strings.Contains(rec.Body.String(), tt.want) {
				t.Errorf("got %d %q, want %d %q", rec.Code, rec.Body, tt.status, tt.want)
			}
		})
	}
}

// multipartBody returns a form with one field and n files of the given size.
func multipartBody(t *testing.T, n, size int) (body, contentType string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	if err := w.WriteField("name", "ann"); err != nil {
		t.Fatal(err)
	}
	for i := range n {
		part, err := w.CreateFormFile("upload", fmt.Sprintf("f%d.txt", i))
		if err == nil {
			_, err = part.Write(bytes.Repeat([]byte("x"), size))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	w.Close()
	return b.String(), w.FormDataContentType()
}

func TestUploads(t *testing.T) {
	app := newApp(t)
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	t.Setenv("TMP", dir)
	if err := app.Config.FromMapping(dewar.Map{"MAX_FORM_MEMORY_SIZE": 1000, "MAX_FORM_PARTS": 5}); err != nil {
		t.Fatal(err)
	}
	inner := func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseMultipartForm(1000); err != nil {
			http.Error(w, err.Error(), 400)
			return
		}
		fmt.Fprint(w, "inner ", r.FormValue("name"))
	}
	app.Post("/upload", func(c *dewar.Context) error {
		file, err := c.File("upload")
		if err != nil {
			return err
		}
		files, err := c.Files("upload")
		return errors.Join(err, c.Text(fmt.Sprint(file.Filename, " ", file.Size, " ", len(files), " ", c.Form().String("name"))))
	})
	app.Post("/panic", func(c *dewar.Context) error { c.Form(); panic("oh") })
	app.Handle("/wrapped", http.HandlerFunc(inner))
	app.Mount("/mounted", http.HandlerFunc(inner))
	app.Handle("/wrapped-panic", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { inner(w, r); panic("oh") }))
	big, bigType := multipartBody(t, 2, 12<<20/4)
	many, manyType := multipartBody(t, 6, 10)
	for _, tt := range []struct {
		name, path, body, kind string
		status                 int
		want                   string
	}{
		{"files", "/upload", big, bigType, 200, "f0.txt 3145728 2 ann"},
		{"too many parts", "/upload", many, manyType, 413, "413"},
		{"a panic", "/panic", big, bigType, 500, "500"},
		{"a wrapped handler that parses", "/wrapped", big, bigType, 200, "inner ann"},
		{"a mounted handler that parses", "/mounted/x", big, bigType, 200, "inner ann"},
		{"a wrapped handler that panics", "/wrapped-panic", big, bigType, 500, "500"},
		{"no file", "/upload", "a=b", urlencoded, 400, `"upload"`},
		{"cut off in the middle", "/upload", big[:len(big)/2], bigType, 400, "400"},
		{"no boundary", "/upload", big, "multipart/form-data", 400, "400"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rec := post(app, tt.path, tt.kind, tt.body)
			if rec.Code != tt.status || !strings.Contains(rec.Body.String(), tt.want) {
				t.Errorf("got %d %.100q, want %d %q", rec.Code, rec.Body, tt.status, tt.want)
			}
			left, err := os.ReadDir(dir)
			if err != nil || len(left) > 0 {
				t.Errorf("%d temporary files are left, %v", len(left), err)
			}
		})
	}
}

func TestJSONBodies(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	if err := app.Config.Set("MAX_JSON_SIZE", 100); err != nil {
		t.Fatal(err)
	}
	app.Post("/", func(c *dewar.Context) error {
		var v struct {
			N int `json:"n"`
		}
		if err := c.BindJSON(&v); err != nil {
			return err
		}
		return c.Status(201).JSON(dewar.Map{"n": v.N})
	})
	for _, tt := range []struct {
		name, kind, body string
		status           int
		want             string
	}{
		{"good", "application/json", `{"n":7}`, 201, "{\"n\":7}\n"},
		{"another JSON type", "application/vnd.api+json; charset=utf-8", `{"n":7}`, 201, "{\"n\":7}\n"},
		{"not declared as JSON", "text/plain", `{"n":7}`, 415, "application/json"},
		{"malformed", "application/json", `{"n":`, 400, "not valid JSON"},
		{"the wrong type", "application/json", `{"n":"seven"}`, 400, `\"n\" has the wrong type`},
		{"trailing data", "application/json", `{"n":7}{}`, 400, "not valid JSON"},
		{"too large", "application/json", `{"x":"` + strings.Repeat("x", 100) + `"}`, 413, "413"},
		{"empty", "application/json", "", 400, "not valid JSON"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			rec := post(app, "/", tt.kind, tt.body)
			if rec.Code != tt.status || !strings.Contains(rec.Body.String(), tt.want) {
				t.Errorf("got %d %q, want %d %q", rec.Code, rec.Body, tt.status, tt.want)
			}
		})
	}
}

func TestContextIsAContext(t *testing.T) {
	t.Parallel()
	type key struct{}
	user := dewar.NewKey[string]("user")
	app := newApp(t)
	app.Get("/", func(c *dewar.Context) error {
		user.Set(c, "ann")
		c.Set("theme", "dark")
		if c.Value("user") != "ann" || c.Value("theme") != "dark" || c.Value("nothing") != nil {
			t.Errorf("values %v %v %v", c.Value("user"), c.Value("theme"), c.Value("nothing"))
		}
		if got, ok := user.Lookup(c); !ok || got != "ann" {
			t.Errorf("Lookup gave %q, %v", got, ok)
		}
		if got := dewar.NewKey[string]("user").Get(c); got != "" {
			t.Errorf("another key of the same name gave %q", got)
		}
		if dewar.FromContext(c) != c || dewar.FromContext(c.Request.Context()) != nil {
			t.Error("FromContext does not find the context where it is, or finds it where it is not")
		}
		// A context derived from c and put into c.Request must not make c its own ancestor.
		c.Request = c.Request.WithContext(contextWith(c, key{}, "inner"))
		_, hasDeadline := c.Deadline()
		if c.Value(key{}) != nil || c.Err() != nil || hasDeadline {
			t.Error("the context sees a value of its own descendant")
		}
		c.Request = c.Request.WithContext(contextWith(t.Context(), key{}, "outer"))
		if c.Value(key{}) != "outer" {
			t.Error("the context does not see the values of its request's context")
		}
		return c.NoContent()
	})
	if rec := send(app, "GET", "/"); rec.Code != 204 {
		t.Errorf("got %d", rec.Code)
	}
}

func TestFormThatMiddlewareHasParsed(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Use(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_ = r.ParseForm()
			next.ServeHTTP(w, r)
		})
	})
	app.Post("/", func(c *dewar.Context) error { return c.Text(c.Form().String("a")) })
	if rec := post(app, "/", urlencoded, "a=kept"); rec.Body.String() != "kept" {
		t.Errorf("got %d %q, want kept", rec.Code, rec.Body)
	}
}

// withheldApp answers every status of the test without reading the body, except /read, which tries to.
func withheldApp(t *testing.T) *dewar.App {
	t.Helper()
	app := dewar.New("withheld")
	must(t, app.Config.Update(dewar.Map{"MAX_CONTENT_LENGTH": 100 << 20}))
	app.BeforeRequest(func(c *dewar.Context) error {
		switch c.Request.URL.Path {
		case "/hook":
			return dewar.Abort(http.StatusUnauthorized)
		case "/limit":
			c.Limit(dewar.Limits{Body: 1 << 10})
		}
		return nil
	})
	app.Post("/", func(c *dewar.Context) error { return c.Text("hello") })
	app.Post("/slash/", func(c *dewar.Context) error { return c.Text("hello") })
	app.Post("/login", func(c *dewar.Context) error { return dewar.Abort(http.StatusUnauthorized) })
	app.Post("/forbidden", func(c *dewar.Context) error { return dewar.Abort(http.StatusForbidden) })
	app.Post("/refused", func(c *dewar.Context) error { return dewar.Abort(http.StatusRequestEntityTooLarge) })
	app.Get("/get", func(c *dewar.Context) error { return c.Text("hello") })
	app.Post("/hook", func(c *dewar.Context) error { return c.Text("hello") })
	app.Post("/limit", readBody)
	app.Post("/read", readBody)
	app.Post("/form", func(c *dewar.Context) error { return c.Text(c.Form().String("a")) })
	app.Handle("/wrapped", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "hello") }))
	return app
}

func readBody(c *dewar.Context) error {
	if _, err := io.ReadAll(c.Request.Body); err != nil {
		if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return dewar.Abort(http.StatusRequestEntityTooLarge)
		}
		return err
	}
	return c.Text("read")
}

// withheldCases are the roads by which a request is answered while its body has not come.
var withheldCases = []struct {
	name, path string
	length     int64
	want       int
}{
	{"a view that does not read", "/", 10 << 20, 200},
	{"a net/http handler that does not read", "/wrapped", 10 << 20, 200},
	{"a redirect to the slash", "/slash", 10 << 20, 308},
	{"an error of the view", "/login", 10 << 20, 401},
	{"an error of a hook", "/hook", 10 << 20, 401},
	{"forbidden", "/forbidden", 10 << 20, 403},
	{"no route", "/missing", 10 << 20, 404},
	{"another method", "/get", 10 << 20, 405},
	{"refused by the view", "/refused", 10 << 20, 413},
	{"longer than MAX_CONTENT_LENGTH, and read", "/read", 200 << 20, 413},
	{"longer than Limit, and read", "/limit", 10 << 20, 413},
	{"longer than MAX_CONTENT_LENGTH, a form", "/form", 200 << 20, 413},
}

// withheldPatience is how long an answer may take while net/http's own limits are an hour.
const withheldPatience = time.Minute

func TestAnswerComesWhileTheBodyIsWithheld(t *testing.T) {
	srv := httptest.NewUnstartedServer(withheldApp(t))
	srv.Config.ReadTimeout = time.Hour
	var conns census
	conns.watch(srv.Config)
	srv.Start()
	defer srv.Close()
	for _, tt := range withheldCases {
		for _, expect := range []string{"", "Expect: 100-continue\r\n"} {
			t.Run(fmt.Sprintf("%s, expect %t", tt.name, expect != ""), func(t *testing.T) {
				conn, err := net.Dial("tcp", srv.Listener.Addr().String())
				must(t, err)
				defer conn.Close()
				must(t, conn.SetDeadline(time.Now().Add(withheldPatience)))
				fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n%s\r\n",
					tt.path, tt.length, expect)
				reader := bufio.NewReader(conn)
				res, err := http.ReadResponse(reader, nil)
				if err != nil {
					t.Fatalf("no answer while the body is withheld: %v", err)
				}
				_, _ = io.Copy(io.Discard, res.Body)
				if res.StatusCode != tt.want || !res.Close {
					t.Errorf("got status %d, close %t, want %d and true", res.StatusCode, res.Close, tt.want)
				}
				if _, err := reader.ReadByte(); err == nil {
					t.Error("the connection goes on, with a body that nobody will read")
				}
			})
		}
	}
	conns.wantNone(t)
}

func TestAnswerComesWhileTheBodyIsWithheldOverHTTP2(t *testing.T) {
	srv := httptest.NewUnstartedServer(withheldApp(t))
	srv.Config.ReadTimeout = time.Hour
	var conns census
	conns.watch(srv.Config)
	var transports []*http.Transport
	srv.EnableHTTP2 = true
	srv.StartTLS()
	defer srv.Close()
	for _, tt := range withheldCases {
		for _, expect := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, expect %t", tt.name, expect), func(t *testing.T) {
				transport := &http.Transport{ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}
				transports = append(transports, transport)
				body, hold := io.Pipe()
				defer hold.Close()
				r, err := http.NewRequest("POST", srv.URL+tt.path, body)
				must(t, err)
				r.ContentLength = tt.length
				r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				if expect {
					r.Header.Set("Expect", "100-continue")
				}
				client := &http.Client{Transport: transport, Timeout: withheldPatience,
					CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
				res, err := client.Do(r)
				if err != nil {
					t.Fatalf("no answer while the body is withheld: %v", err)
				}
				defer res.Body.Close()
				if res.ProtoMajor != 2 || res.StatusCode != tt.want {
					t.Errorf("got HTTP/%d status %d, want 2 and %d", res.ProtoMajor, res.StatusCode, tt.want)
				}
			})
		}
	}
	conns.wantNone(t, transports...)
}

// A census counts the connections of a server, each of which is a goroutine.
type census struct {
	open, all atomic.Int64
}

func (n *census) watch(server *http.Server) {
	server.ConnState = func(_ net.Conn, state http.ConnState) {
		switch state {
		case http.StateNew:
			n.all.Add(1)
			n.open.Add(1)
		case http.StateClosed:
			n.open.Add(-1)
		}
	}
}

// wantNone waits until all connections have ended, those of the transports as soon as their streams have.
func (n *census) wantNone(t *testing.T, transports ...*http.Transport) {
	t.Helper()
	for end := time.Now().Add(withheldPatience); n.open.Load() > 0 && time.Now().Before(end); {
		for _, transport := range transports {
			transport.CloseIdleConnections()
		}
		time.Sleep(10 * time.Millisecond)
	}
	if n.open.Load() != 0 || n.all.Load() == 0 {
		t.Errorf("%d of %d connections are left", n.open.Load(), n.all.Load())
	}
}

func TestRequestThatCameInKeepsItsBody(t *testing.T) {
	app := dewar.New("kept")
	app.Post("/{id}", func(c *dewar.Context) error { return c.Text(c.Form().String("a")) })
	r := httptest.NewRequest("POST", "/7", strings.NewReader("a=b"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	body := r.Body
	w := httptest.NewRecorder()
	app.ServeHTTP(w, r)
	if w.Body.String() != "b" {
		t.Fatalf("got %d %q", w.Code, w.Body)
	}
	if r.Body != body || r.PostForm != nil || r.Form != nil || r.MultipartForm != nil {
		t.Error("the request that came in was changed")
	}
	if r.Pattern != "/{id}" {
		t.Errorf("outer middleware sees the pattern %q", r.Pattern)
	}
}

// A form that is built in a page, such as a list of steps, is read in the order of its fields.
func TestValuesAndFilesKeepTheOrderTheyCameIn(t *testing.T) {
	t.Parallel()
	app := quietApp(t)
	show := func(values *dewar.Values) string {
		var b strings.Builder
		for key, value := range dewar.Pairs(values) {
			b.WriteString(key + "=" + value + " ")
		}
		return fmt.Sprint(b.String(), values.Keys())
	}
	app.Get("/q/{b}/{a:int}", func(c *dewar.Context) error {
		return c.Text(show(c.Query()) + " " + show(c.Cookies()) + " " + show(c.Params()))
	})
	app.Post("/f", func(c *dewar.Context) error {
		uploads, err := c.Uploads()
		if err != nil {
			return err
		}
		text := show(c.Form())
		for _, u := range uploads {
			text += " " + u.Field + ":" + u.File.Filename
		}
		return c.Text(text)
	})
	if got, want := get(app, "/q/x/7?z=1&a=2&z=%33&&m", "Cookie", "s=1; b=2; s=3").Body.String(),
		"z=1 a=2 z=3 m= [z a m] s=1 b=2 s=3 [s b] a=7 b=x [a b]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	for _, tt := range []struct{ name, contentType, body, want string }{
		{"urlencoded", urlencoded, "z=1&a=2&z=3&%ff=4", "z=1 a=2 z=3 \ufffd=4 [z a \ufffd]"},
		{"no form", "text/plain", "z=1", "[]"},
		{"multipart", inParts, parts(`name="z"`, "1", `name="pic"; filename="b.png"`, "x", `name="a"`, "2", `name="doc"; filename="c.txt"`, "y",
			`name="pic"; filename="a.png"`, "x", `name="z"`, "3", `name="empty"; filename=""`, ""),
			"z=1 a=2 z=3 [z a] pic:b.png doc:c.txt pic:a.png"},
		{"cut off", inParts, strings.TrimSuffix(parts(`name="pic"; filename="b.png"`, "x"), "--b--\r\n"), ""},
	} {
		w := post(app, "/f", tt.contentType, tt.body)
		if got := w.Body.String(); w.Code == 200 && got != tt.want || w.Code != 200 && tt.want != "" {
			t.Errorf("%s: got %d %s, want %s", tt.name, w.Code, got, tt.want)
		}
	}
	for key := range dewar.Pairs(nil) {
		t.Errorf("no values have %q", key)
	}
}

// What middleware has parsed has no order any more; nothing of it is lost.
func TestFormThatMiddlewareParsedIsSorted(t *testing.T) {
	t.Parallel()
	app := quietApp(t)
	app.Use(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			must(t, r.ParseMultipartForm(1<<20))
			next.ServeHTTP(w, r)
		})
	})
	app.Post("/", func(c *dewar.Context) error {
		uploads, err := c.Uploads()
		must(t, err)
		text := fmt.Sprint(c.Form().Keys()) + " " + fmt.Sprint(len(uploads))
		for _, u := range uploads {
			text += " " + u.Field + ":" + u.File.Filename
		}
		return c.Text(text)
	})
	body := parts(`name="z"`, "1", `name="y"; filename="b"`, "x", `name="a"`, "2", `name="x"; filename="a"`, "y")
	if got, want := post(app, "/", inParts, body).Body.String(), "[a z] 2 x:a y:b"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestMethodAndPath(t *testing.T) {
	t.Parallel()
	app := quietApp(t)
	app.Route("/a/{p:path}", func(c *dewar.Context) error { return c.Text(c.Method() + " " + c.Path()) }, dewar.Methods("GET", "PUT"))
	outer := http.StripPrefix("/shop", app)
	for _, tt := range []struct{ method, target, want string }{
		{"GET", "/shop/a/b%20c?q=1", "GET /a/b c"},
		{"PUT", "/shop/a/%C3%A9", "PUT /a/é"},
		{"GET", "/shop/a/%FF", "GET /a/\ufffd"},
	} {
		w := httptest.NewRecorder()
		outer.ServeHTTP(w, httptest.NewRequest(tt.method, tt.target, nil))
		if got := w.Body.String(); got != tt.want {
			t.Errorf("%s %s: got %d %q, want %q", tt.method, tt.target, w.Code, got, tt.want)
		}
	}
}

func TestPairsAreThoseOfNow(t *testing.T) {
	t.Parallel()
	app := quietApp(t)
	app.Post("/", func(c *dewar.Context) error {
		c.Form()
		c.Request.PostForm.Del("token") // as a hook may
		c.Request.PostForm.Set("b", "changed")
		c.Request.PostForm.Add("b", "more")
		c.Request.PostForm.Set("added", "1")
		var b strings.Builder
		for key, value := range dewar.Pairs(c.Form()) {
			b.WriteString(key + "=" + value + " ")
		}
		return c.Text(fmt.Sprint(b.String(), c.Form().Keys()))
	})
	const want = "b=changed a=1 added=1 b=more [b a added]"
	multipart := "--x\r\nContent-Disposition: form-data; name=token\r\n\r\n1\r\n--x\r\nContent-Disposition: form-data; name=b\r\n\r\n1\r\n" +
		"--x\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--x--\r\n"
	for contentType, body := range map[string]string{"application/x-www-form-urlencoded": "token=1&b=1&a=1", "multipart/form-data; boundary=x": multipart} {
		r := httptest.NewRequest("POST", "/", strings.NewReader(body))
		r.Header.Set("Content-Type", contentType)
		w := httptest.NewRecorder()
		app.ServeHTTP(w, r)
		if got := w.Body.String(); w.Code != 200 || got != want {
			t.Errorf("%s: got %d %s, want %s", contentType, w.Code, got, want)
		}
	}
}
