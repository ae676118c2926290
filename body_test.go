package dewar_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
)

// parts returns a multipart form with the boundary b: pairs of a header and a content.
func parts(pairs ...string) string {
	var b strings.Builder
	for i := 0; i < len(pairs); i += 2 {
		b.WriteString("--b\r\nContent-Disposition: form-data; " + pairs[i] + "\r\n\r\n" + pairs[i+1] + "\r\n")
	}
	return b.String() + "--b--\r\n"
}

const inParts = "multipart/form-data; boundary=b"

func TestBodyIsReadRawAndParsedInAnyOrder(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	must(t, app.Config.Update(dewar.Map{"MAX_FORM_MEMORY_SIZE": 1000, "MAX_JSON_SIZE": 1000}))
	var form struct {
		A string `form:"a" json:"a"`
	}
	var raw string
	steps := map[string]func(c *dewar.Context) error{
		"raw": func(c *dewar.Context) error {
			b, err := io.ReadAll(c.Request.Body)
			raw = string(b)
			return err
		},
		"some": func(c *dewar.Context) error {
			_, err := io.ReadFull(c.Request.Body, make([]byte, 3))
			return err
		},
		"form": func(c *dewar.Context) error { form.A = c.Form().String("a"); return c.BodyError() },
		"bind": func(c *dewar.Context) error { return c.Bind(&form) },
		"json": func(c *dewar.Context) error { return c.BindJSON(&form) },
	}
	app.Post("/", func(c *dewar.Context) error {
		for step := range strings.SplitSeq(c.Query().String("steps"), " ") {
			if err := steps[step](c); err != nil {
				return err
			}
		}
		return c.Text(form.A)
	})
	for _, kind := range []struct{ name, contentType, body, orders string }{
		{"urlencoded", urlencoded, "a=v&b=%zz", "raw form,form raw,bind raw,raw bind,some form raw,raw form raw form"},
		{"multipart", inParts, parts(`name="a"`, "v", `name="f"; filename="f"`, "content"), "raw form,form raw,bind raw,raw bind,some form raw,raw form raw form"},
		{"JSON", "application/json", `{"a":"v"}`, "raw json,json raw,json json raw,some json raw,raw bind raw,bind raw json"},
	} {
		for order := range strings.SplitSeq(kind.orders, ",") {
			form.A, raw = "", ""
			w := post(app, "/?steps="+strings.ReplaceAll(order, " ", "+"), kind.contentType, kind.body)
			if w.Code != 200 || w.Body.String() != "v" || strings.Contains(order, "raw") && raw != kind.body {
				t.Errorf("%s, %s: got %d %q and the raw body %q, want v and %q", kind.name, order, w.Code, w.Body, raw, kind.body)
			}
		}
	}
	large := parts(`name="a"`, "v", `name="f"; filename="f"`, strings.Repeat("x", 1000))
	for order, want := range map[string]int{"form": 200, "raw": 200, "raw form": 413, "form raw": 413} {
		w := post(app, "/?steps="+strings.ReplaceAll(order, " ", "+"), inParts, large)
		if w.Code != want || want == 413 && !strings.Contains(w.Body.String(), "1000 bytes") {
			t.Errorf("a form larger than may be kept, %s: got %d %q, want %d and the limit", order, w.Code, w.Body, want)
		}
	}
}

func TestBodyThatAHookReplacesIsReadTwiceAndBounded(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	must(t, app.Config.Update(dewar.Map{"MAX_CONTENT_LENGTH": 100}))
	app.BeforeRequest(func(c *dewar.Context) error {
		unzipped, err := gzip.NewReader(c.Request.Body)
		if err != nil {
			return err
		}
		c.Request.Body, c.Request.ContentLength = io.NopCloser(unzipped), -1
		c.Request.Header.Del("Content-Encoding")
		return nil
	})
	app.Post("/", func(c *dewar.Context) error {
		a := c.Form().String("a")
		raw, err := io.ReadAll(c.Request.Body)
		if err != nil {
			return err
		}
		return c.Text(a + " " + string(raw))
	})
	for _, tt := range []struct {
		body, want string
		status     int
	}{
		{"a=v", "v a=v", 200},
		{"a=" + strings.Repeat("v", 100), "the limit of 100 bytes", 413},
	} {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		io.WriteString(z, tt.body)
		must(t, z.Close())
		r := httptest.NewRequest("POST", "/", &b)
		r.Header.Set("Content-Type", urlencoded)
		r.Header.Set("Content-Encoding", "gzip")
		w := httptest.NewRecorder()
		app.ServeHTTP(w, r)
		if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.want) {
			t.Errorf("got %d %q, want %d %q", w.Code, w.Body, tt.status, tt.want)
		}
	}
}

func TestCompressedBodyIsA415(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	var v struct {
		A string `form:"a" json:"a"`
	}
	app.Post("/form", func(c *dewar.Context) error { return c.Text(c.Form().String("a")) })
	app.Post("/bind", func(c *dewar.Context) error { return cmpText(c, c.Bind(&v), "bound") })
	app.Post("/json", func(c *dewar.Context) error { return cmpText(c, c.BindJSON(&v), "bound") })
	app.Post("/raw", readBody)
	for _, tt := range []struct {
		path, kind, encoding string
		want                 int
	}{
		{"/form", urlencoded, "gzip", 415}, {"/form", inParts, "br", 415}, {"/bind", urlencoded, "gzip", 415}, {"/bind", "application/json", "gzip", 415},
		{"/json", "application/json", "deflate", 415}, {"/json", "application/json", "Identity", 200}, {"/raw", "application/json", "gzip", 200},
		{"/raw", urlencoded, "gzip", 200},
	} {
		r := httptest.NewRequest("POST", tt.path, strings.NewReader("{}"))
		r.Header.Set("Content-Type", tt.kind)
		r.Header.Set("Content-Encoding", tt.encoding)
		w := httptest.NewRecorder()
		app.ServeHTTP(w, r)
		if w.Code != tt.want || tt.want == 415 && w.Header().Get("Accept-Encoding") != "identity" {
			t.Errorf("%s as %s with %s: got %d %q, want %d", tt.path, tt.kind, tt.encoding, w.Code, w.Body, tt.want)
		}
	}
}

// cmpText answers with err, or else with text.
func cmpText(c *dewar.Context, err error, text string) error {
	if err != nil {
		return err
	}
	return c.Text(text)
}

func TestNoBodyIsNoBody(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	var v struct {
		A string `form:"a" json:"a"`
	}
	app.Post("/bind", func(c *dewar.Context) error { return cmpText(c, c.Bind(&v), "bound") })
	app.Post("/form", func(c *dewar.Context) error { return c.Text(fmt.Sprint("form ", c.Form().Keys())) })
	srv := httptest.NewServer(app)
	defer srv.Close()
	for _, tt := range []struct {
		name, path, kind, body, want string
	}{
		{"nothing", "/bind", "", "", "200 bound"},
		{"nothing of a type", "/bind", "text/plain", "", "200 bound"},
		{"an empty form", "/bind", urlencoded, "", "200 bound"},
		{"empty JSON", "/bind", "application/json", "", "200 bound"},
		{"empty parts", "/bind", inParts, "", "200 bound"},
		{"empty parts read as a form", "/form", inParts, "", "200 form []"},
		{"parts without a boundary, and empty", "/form", "multipart/form-data", "", "200 form []"},
		{"one byte", "/bind", "", "x", "415"},
		{"a form", "/form", urlencoded, "a=1", "200 form [a]"},
		{"parts", "/form", inParts, parts(`name="a"`, "1"), "200 form [a]"},
	} {
		for _, length := range []string{"Transfer-Encoding: chunked", fmt.Sprint("Content-Length: ", len(tt.body))} {
			body := tt.body
			if strings.HasPrefix(length, "T") {
				body = "0\r\n\r\n"
				if tt.body != "" {
					body = fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(tt.body), tt.body)
				}
			}
			kind := ""
			if tt.kind != "" {
				kind = "Content-Type: " + tt.kind + "\r\n"
			}
			got := talk(t, srv.Listener.Addr().String(), "POST "+tt.path+" HTTP/1.1\r\nHost: x\r\n"+kind+length+"\r\n\r\n"+body)
			if !strings.HasPrefix(got, tt.want) {
				t.Errorf("%s, %s: got %q, want %q", tt.name, length, got, tt.want)
			}
		}
	}
}

// talk sends raw bytes and returns the status and the body of the answer.
func talk(t *testing.T, addr, request string) string {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	must(t, err)
	defer conn.Close()
	must(t, conn.SetDeadline(time.Now().Add(time.Minute)))
	_, err = io.WriteString(conn, request)
	must(t, err)
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	must(t, err)
	body, err := io.ReadAll(res.Body)
	must(t, err)
	return fmt.Sprint(res.StatusCode, " ", string(body))
}

// A client that sends too much must not fill the memory with it, whether it says beforehand how much comes or not.
func TestWhatIsTooLargeIsNotReadOn(t *testing.T) {
	t.Parallel()
	const sent = 8 << 20
	flood := strings.Repeat("x", sent)
	for _, tt := range []struct {
		name, kind, body string
		declared         bool
		most             int64
	}{
		{"JSON", "application/json", `"` + flood + `"`, false, 64 << 10},
		{"JSON of a declared length", "application/json", `"` + flood + `"`, true, 0},
		{"urlencoded", urlencoded, "a=" + flood, false, 64 << 10},
		{"urlencoded of a declared length", urlencoded, "a=" + flood, true, 0},
		{"the value of a part", inParts, parts(`name="a"`, flood), false, 64 << 10},
		{"the header of a part", inParts, parts(`name="`+flood+`"`, ""), false, 256 << 10},
	} {
		app := newApp(t)
		if err := app.Config.FromMapping(dewar.Map{"MAX_FORM_MEMORY_SIZE": 1000, "MAX_JSON_SIZE": 1000}); err != nil {
			t.Fatal(err)
		}
		app.Post("/", func(c *dewar.Context) error {
			if c.IsJSON() {
				return c.BindJSON(new(any))
			}
			return c.BodyError()
		})
		body := &countedReader{Reader: strings.NewReader(tt.body)}
		r := httptest.NewRequest("POST", "/", body)
		r.Header.Set("Content-Type", tt.kind)
		if r.ContentLength = -1; tt.declared {
			r.ContentLength = int64(len(tt.body))
		}
		w := httptest.NewRecorder()
		app.ServeHTTP(w, r)
		if w.Code != 413 || body.n > tt.most {
			t.Errorf("%s: got %d after %d bytes, want 413 after %d at most", tt.name, w.Code, body.n, tt.most)
		}
	}
}

type countedReader struct {
	io.Reader
	n int64
}

func (r *countedReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	r.n += int64(n)
	return n, err
}

func TestLimitsOfForms(t *testing.T) {
	t.Parallel()
	field := func(n int) string { return parts(`name="a"`, strings.Repeat("x", n)) }
	many := func(n int) string {
		pairs := make([]string, 0, 2*n)
		for i := range n {
			pairs = append(pairs, `name="a"`, strconv.Itoa(i))
		}
		return parts(pairs...)
	}
	limits := map[string]dewar.Limits{
		"memory up": {FormMemory: 2000}, "memory down": {FormMemory: 100}, "memory off": {FormMemory: -1},
		"parts up": {FormParts: 1500}, "parts down": {FormParts: 5}, "parts off": {FormParts: -1},
		"json up": {JSON: 2000}, "json down": {JSON: 5}, "json off": {JSON: -1},
		"body down": {Body: 50}, "body off": {Body: -1},
	}
	for _, tt := range []struct {
		name          string
		memory, parts any
		limit         string
		kind, body    string
		want          string
	}{
		{"fields as large as they may be", 1000, nil, "", inParts, field(1000), "200"},
		{"fields too large", 1000, nil, "", inParts, field(1001), "413 The fields of the form are larger than the limit of 1000 bytes."},
		{"several fields too large together", 1000, nil, "", inParts, parts(`name="a"`, strings.Repeat("x", 600), `name="b"`, strings.Repeat("x", 401)), "413"},
		{"files do not count", 1000, nil, "", inParts, parts(`name="f"; filename="f"`, strings.Repeat("x", 5000)), "200"},
		{"fields behind a file count", 1000, nil, "", inParts, parts(`name="f"; filename="f"`, strings.Repeat("x", 5000), `name="a"`, strings.Repeat("x", 1001)), "413"},
		{"no limit of memory", nil, nil, "", inParts, field(11 << 20), "200"},
		{"no limit of memory, as 0", 0, nil, "", inParts, field(11 << 20), "200"},
		{"urlencoded too large", 1000, nil, "", urlencoded, "a=" + strings.Repeat("x", 1000), "413 The body is larger than the limit of 1000 bytes."},
		{"as many parts as there may be", nil, 1500, "", inParts, many(1500), "200"},
		{"too many parts", nil, 1500, "", inParts, many(1501), "413 The form has more than 1500 parts."},
		{"parts beyond net/http's limit", nil, nil, "", inParts, many(3000), "200"},
		{"parts beyond net/http's limit, as 0", nil, 0, "", inParts, many(3000), "200"},
		{"parts without a name count", nil, 2, "", inParts, parts("x=y", "", "x=y", "", "x=y", ""), "413"},
		{"more headers than net/http takes", nil, nil, "", inParts, strings.Replace(many(3000), "\r\n\r\n", "\r\nX-A: 1\r\nX-B: 2\r\nX-C: 3\r\n\r\n", -1), "200"},
		{"a huge header of a part", nil, nil, "", inParts, parts(`name="`+strings.Repeat("x", 70<<10)+`"`, ""), "413 The header of a part of the form is too large."},
		{"raised for a request", 1000, nil, "memory up", inParts, field(2000), "200"},
		{"raised for a request, and too large", 1000, nil, "memory up", inParts, field(2001), "413 The fields of the form are larger than the limit of 2000 bytes."},
		{"raised for a request, urlencoded", 1000, nil, "memory up", urlencoded, "a=" + strings.Repeat("x", 1500), "200"},
		{"lowered for a request", 1000, nil, "memory down", inParts, field(101), "413"},
		{"lifted for a request", 1000, nil, "memory off", inParts, field(5000), "200"},
		{"parts raised for a request", nil, 10, "parts up", inParts, many(1500), "200"},
		{"parts lowered for a request", nil, 10, "parts down", inParts, many(6), "413 The form has more than 5 parts."},
		{"parts lifted for a request", nil, 10, "parts off", inParts, many(2000), "200"},
		{"JSON too large", nil, nil, "", "application/json", `"` + strings.Repeat("x", 1001) + `"`, "413 The body is larger than the limit of 1000 bytes."},
		{"JSON raised for a request", nil, nil, "json up", "application/json", `"` + strings.Repeat("x", 1001) + `"`, "200"},
		{"JSON lowered for a request", nil, nil, "json down", "application/json", `"xxxx"`, "413"},
		{"JSON lifted for a request", nil, nil, "json off", "application/json", `"` + strings.Repeat("x", 10_000) + `"`, "200"},
		{"body lowered for a request, JSON", nil, nil, "body down", "application/json", `"` + strings.Repeat("x", 51) + `"`, "413 The body is larger than the limit of 50 bytes."},
		{"body lowered for a request, parts", nil, nil, "body down", inParts, field(50), "413 The body is larger than the limit of 50 bytes."},
		{"body lowered for a request, raw", nil, nil, "body down", "text/plain", strings.Repeat("x", 51), "413 The body is larger than the limit of 50 bytes."},
		{"body lifted for a request", nil, nil, "body off", "text/plain", strings.Repeat("x", 20<<20), "200"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app := quietApp(t)
			must(t, app.Config.Update(dewar.Map{"MAX_FORM_MEMORY_SIZE": tt.memory, "MAX_FORM_PARTS": tt.parts, "MAX_JSON_SIZE": 1000}))
			app.BeforeRequest(func(c *dewar.Context) error { c.Limit(limits[tt.limit]); return nil })
			app.Post("/", func(c *dewar.Context) error {
				if c.IsJSON() {
					var v any
					return cmpText(c, c.BindJSON(&v), "")
				}
				if c.Form().Keys(); c.BodyError() != nil {
					return c.BodyError()
				}
				if c.Request.MultipartForm != nil {
					return c.Text("")
				}
				_, err := io.Copy(io.Discard, c.Request.Body)
				return cmpText(c, err, "")
			})
			for _, chunked := range []bool{false, true} {
				r := httptest.NewRequest("POST", "/", strings.NewReader(tt.body))
				if chunked {
					r.ContentLength = -1
				}
				r.Header.Set("Content-Type", tt.kind)
				w := httptest.NewRecorder()
				app.ServeHTTP(w, r)
				status, message, _ := strings.Cut(tt.want, " ")
				if strconv.Itoa(w.Code) != status || !strings.Contains(w.Body.String(), message) {
					t.Errorf("chunked %t: got %d %q, want %q", chunked, w.Code, w.Body, tt.want)
				}
			}
		})
	}
}

func TestLimitAfterTheBodyWasReadIsReported(t *testing.T) {
	t.Parallel()
	for name, read := range map[string]func(c *dewar.Context){
		"a form":  func(c *dewar.Context) { c.Form() },
		"raw":     func(c *dewar.Context) { _, _ = io.ReadAll(c.Request.Body) },
		"in part": func(c *dewar.Context) { _, _ = c.Request.Body.Read(make([]byte, 1)) },
		"compared": func(c *dewar.Context) {
			var v struct {
				A string `form:"a"`
			}
			_ = c.Bind(&v)
		},
	} {
		app, log := loggedApp(t)
		app.Post("/", func(c *dewar.Context) error {
			read(c)
			c.Limit(dewar.Limits{FormParts: 1})
			return c.Text("limited, it seems")
		})
		if w := post(app, "/", urlencoded, "a=v"); w.Code != 500 || !strings.Contains(log.String(), "body_test.go:") || !strings.Contains(log.String(), "hook given to dewar.Before") {
			t.Errorf("%s: got %d %q and the log %s", name, w.Code, w.Body, log)
		}
	}
}

func TestFormsAreSharedWithHandlersInside(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	app := newApp(t)
	must(t, app.Config.Update(dewar.Map{"MAX_FORM_MEMORY_SIZE": 10}))
	app.BeforeRequest(func(c *dewar.Context) error { c.Form(); return nil })
	app.Handle("/", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		must(t, r.ParseForm())
		if r.MultipartForm != nil {
			must(t, r.ParseMultipartForm(1<<20))
			f, header, err := r.FormFile("f")
			must(t, err)
			content, err := io.ReadAll(f)
			must(t, errors.Join(err, f.Close()))
			fmt.Fprint(w, header.Filename, " ", string(content), " ")
		}
		fmt.Fprint(w, r.FormValue("a"), " ", r.FormValue("q"), " ", r.PostFormValue("q"))
	}))
	file := strings.Repeat("x", 100)
	for _, tt := range []struct{ kind, body, want string }{
		{urlencoded, "a=100%", "100% x;y "},
		{inParts, parts(`name="a"`, "v", `name="f"; filename="f.txt"`, file), "f.txt " + file + " v x;y "},
	} {
		if w := post(app, "/?q=x;y", tt.kind, tt.body); w.Code != 200 || w.Body.String() != tt.want {
			t.Errorf("got %d %q, want %q", w.Code, w.Body, tt.want)
		}
	}
	left, err := os.ReadDir(os.TempDir())
	if err != nil || len(left) > 0 {
		t.Errorf("%d temporary files are left, %v", len(left), err)
	}
}

func TestTemporaryFilesGoWithTheRequest(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	app := quietApp(t)
	must(t, app.Config.Update(dewar.Map{"MAX_FORM_MEMORY_SIZE": 10, "MAX_FORM_PARTS": 3}))
	seen := 0
	app.Post("/", func(c *dewar.Context) error {
		c.Form()
		files, _ := os.ReadDir(os.TempDir())
		seen += len(files)
		c.Request = c.Request.Clone(c)
		c.Request.MultipartForm = nil
		if c.Query().Has("panic") {
			panic("oh")
		}
		return c.Text("done")
	})
	file := []string{`name="f"; filename="f.txt"`, strings.Repeat("x", 100)}
	for _, tt := range []struct {
		name, path, body string
		status           int
	}{
		{"files", "/", parts(append(file, file...)...), 200},
		{"a panic", "/?panic=1", parts(file...), 500},
		{"a field too large behind a file", "/", parts(append(file, `name="a"`, strings.Repeat("x", 11))...), 413},
		{"too many parts", "/", parts(append(file, file[0], file[1], file[0], file[1], file[0], file[1])...), 413},
		{"cut off", "/", strings.TrimSuffix(parts(append(file, file...)...), "xxx\r\n--b--\r\n"), 400},
	} {
		seen = 0
		w := post(app, tt.path, inParts, tt.body)
		if w.Code != tt.status || tt.status == 200 && seen != 2 {
			t.Errorf("%s: got %d %q with %d files", tt.name, w.Code, w.Body, seen)
		}
		if left, err := os.ReadDir(os.TempDir()); err != nil || len(left) > 0 {
			t.Errorf("%s: %d temporary files are left, %v", tt.name, len(left), err)
		}
	}
}

func TestUploadThatCannotBeKeptIsA503(t *testing.T) {
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "missing"))
	t.Setenv("TMP", os.Getenv("TMPDIR"))
	body := parts(`name="f"; filename="f.txt"`, strings.Repeat("x", 1000))
	var v struct {
		F *multipart.FileHeader `form:"f"`
	}
	for name, view := range map[string]dewar.Handler{
		"form": func(c *dewar.Context) error { return c.Text("got " + c.Form().String("a")) },
		"file": func(c *dewar.Context) error { _, err := c.File("f"); return err },
		"bind": func(c *dewar.Context) error { return c.Bind(&v) },
	} {
		app, log := loggedApp(t)
		must(t, app.Config.Update(dewar.Map{"MAX_FORM_MEMORY_SIZE": 10}))
		app.Post("/", view)
		w := post(app, "/", inParts, body)
		if w.Code != 503 || strings.Contains(w.Body.String(), os.TempDir()) {
			t.Errorf("%s: got %d %q, want a bland 503", name, w.Code, w.Body)
		}
		if text := log.String(); strings.Count(text, "level=ERROR") != 1 || !strings.Contains(text, os.TempDir()) || !strings.Contains(text, "TMPDIR") {
			t.Errorf("%s: logged %s", name, text)
		}
	}
}

// A watchedApp tells what an error does: what was logged as one, signals, and what teardown functions got.
type watchedApp struct {
	*dewar.App
	log        *record
	exceptions atomic.Int32
	torn       chan error
}

func newWatchedApp(t *testing.T) *watchedApp {
	app, log := loggedApp(t)
	w := &watchedApp{App: app, log: log, torn: make(chan error, 10)}
	app.GotRequestException.Connect(func(dewar.RequestException) { w.exceptions.Add(1) })
	app.TeardownRequest(func(c *dewar.Context, err error) { w.torn <- err })
	return w
}

// wantQuiet waits for the end of a request whose client has gone, and fails if it counts as an error.
func (w *watchedApp) wantQuiet(t *testing.T) {
	t.Helper()
	select {
	case err := <-w.torn:
		if err == nil {
			t.Error("teardown functions were told that all is well")
		}
	case <-time.After(time.Minute):
		t.Fatal("the request does not end")
	}
	if text := w.log.String(); strings.Contains(text, "level=ERROR") || strings.Contains(text, "level=WARN") || w.exceptions.Load() > 0 {
		t.Errorf("%d exceptions, and the log %s", w.exceptions.Load(), text)
	}
}

func TestClientThatLeavesDuringAnUploadIsNoError(t *testing.T) {
	t.Parallel()
	var v struct {
		A string `form:"a" json:"a"`
	}
	for name, view := range map[string]dewar.Handler{
		"raw": func(c *dewar.Context) error { _, err := io.ReadAll(c.Request.Body); return err },
		"wrap": func(c *dewar.Context) error {
			_, err := io.ReadAll(c.Request.Body)
			return fmt.Errorf("upload: %w", err)
		},
		"form": func(c *dewar.Context) error { return c.Text(c.Form().String("a")) },
		"bind": func(c *dewar.Context) error { return c.Bind(&v) },
		"sent": func(c *dewar.Context) error {
			io.WriteString(c.Response, "begun")
			if err := errors.Join(http.NewResponseController(c.Response).EnableFullDuplex(), c.Response.FlushError()); err != nil {
				return err
			}
			_, err := io.ReadAll(c.Request.Body)
			return err
		},
	} {
		for _, kind := range []string{urlencoded, inParts, "application/json"} {
			for _, length := range []string{"Content-Length: 1000\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n100\r\n"} {
				t.Run(name+" "+kind+" "+length[:7], func(t *testing.T) {
					t.Parallel()
					app := newWatchedApp(t)
					must(t, app.Config.Update(dewar.Map{"TRAP_BAD_REQUEST_ERRORS": true, "PROPAGATE_EXCEPTIONS": true}))
					app.Post("/", view)
					srv := httptest.NewServer(app)
					defer srv.Close()
					conn, err := net.Dial("tcp", srv.Listener.Addr().String())
					must(t, err)
					fmt.Fprintf(conn, "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: %s\r\n%s--b\r\n{\"a\":\"half", kind, length)
					must(t, conn.Close())
					if name == "form" && kind == "application/json" { // is not read
						<-app.torn
						return
					}
					app.wantQuiet(t)
				})
			}
		}
	}
}

func TestClientThatLeavesWhileTheViewWaitsIsNoError(t *testing.T) {
	t.Parallel()
	for name, view := range map[string]dewar.Handler{
		"its context's error": func(c *dewar.Context) error { <-c.Done(); return c.Err() },
		"wrapped":             func(c *dewar.Context) error { <-c.Done(); return fmt.Errorf("query: %w", c.Err()) },
		"joined":              func(c *dewar.Context) error { <-c.Done(); return errors.Join(errors.New("rollback"), c.Err()) },
		"with a body":         func(c *dewar.Context) error { c.Form(); <-c.Done(); return context.Canceled },
		"after the commit": func(c *dewar.Context) error {
			io.WriteString(c.Response, "begun")
			c.Response.Flush()
			<-c.Done()
			return c.Err()
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := newWatchedApp(t)
			must(t, app.Config.Update(dewar.Map{"PROPAGATE_EXCEPTIONS": true}))
			ready := make(chan bool)
			app.Post("/", func(c *dewar.Context) error { close(ready); return view(c) })
			srv := httptest.NewServer(app)
			defer srv.Close()
			conn, err := net.Dial("tcp", srv.Listener.Addr().String())
			must(t, err)
			body := ""
			if name == "with a body" {
				body = "a=b"
			}
			fmt.Fprintf(conn, "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s", urlencoded, len(body), body)
			<-ready
			must(t, conn.Close())
			app.wantQuiet(t)
		})
	}
}

func TestErrorOfTheApplicationStaysOneWithAClientThere(t *testing.T) {
	t.Parallel()
	app := newWatchedApp(t)
	app.Post("/canceled", func(c *dewar.Context) error { return context.Canceled })
	app.Post("/eof", func(c *dewar.Context) error { c.Form(); return io.ErrUnexpectedEOF })
	app.Post("/late", func(c *dewar.Context) error { c.Form(); return os.ErrDeadlineExceeded })
	for n, path := range []string{"/canceled", "/eof", "/late"} {
		if w := post(app, path, urlencoded, "a=b"); w.Code != 500 || <-app.torn == nil || app.exceptions.Load() != int32(n+1) {
			t.Errorf("%s: got %d and %d exceptions, want 500", path, w.Code, app.exceptions.Load())
		}
	}
}

func TestSlowUploadIsA408(t *testing.T) {
	t.Parallel()
	app := newWatchedApp(t)
	var v struct {
		A string `form:"a" json:"a"`
	}
	app.Post("/raw", func(c *dewar.Context) error {
		_, err := io.ReadAll(c.Request.Body)
		return fmt.Errorf("upload: %w", err)
	})
	app.Post("/form", func(c *dewar.Context) error { return c.Text(c.Form().String("a")) })
	app.Post("/bind", func(c *dewar.Context) error { return c.Bind(&v) })
	app.Post("/longer", func(c *dewar.Context) error {
		must(t, http.NewResponseController(c.Response).SetReadDeadline(time.Now().Add(time.Minute)))
		return c.Text(c.Form().String("a"))
	})
	srv := httptest.NewUnstartedServer(app)
	srv.Config.ReadTimeout = 300 * time.Millisecond
	srv.Start()
	defer srv.Close()
	for _, path := range []string{"/raw", "/form", "/bind"} {
		for _, kind := range []string{urlencoded, inParts, "application/json"} {
			if path == "/form" && kind == "application/json" {
				continue
			}
			request := fmt.Sprintf("POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: %s\r\nContent-Length: 1000\r\n\r\n--b\r\n{\"a\":\"half", path, kind)
			if got := talk(t, srv.Listener.Addr().String(), request); !strings.HasPrefix(got, "408 ") {
				t.Errorf("%s as %s: got %q, want 408", path, kind, got)
			}
			<-app.torn
		}
	}
	if text := app.log.String(); strings.Contains(text, "level=ERROR") || app.exceptions.Load() > 0 {
		t.Errorf("%d exceptions, and the log %s", app.exceptions.Load(), text)
	}
	conn, err := net.Dial("tcp", srv.Listener.Addr().String())
	must(t, err)
	defer conn.Close()
	fmt.Fprintf(conn, "POST /longer HTTP/1.1\r\nHost: x\r\nContent-Type: %s\r\nContent-Length: 5\r\n\r\na=", urlencoded)
	time.Sleep(3 * srv.Config.ReadTimeout)
	io.WriteString(conn, "end")
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	must(t, err)
	if body, err := io.ReadAll(res.Body); err != nil || string(body) != "end" {
		t.Errorf("a view with a deadline of its own: got %d %q, %v", res.StatusCode, body, err)
	}
}

func TestMalformedChunksAreA400(t *testing.T) {
	t.Parallel()
	app := newWatchedApp(t)
	app.Post("/raw", func(c *dewar.Context) error { _, err := io.ReadAll(c.Request.Body); return err })
	app.Post("/form", func(c *dewar.Context) error { return c.Text(c.Form().String("a")) })
	srv := httptest.NewServer(app)
	defer srv.Close()
	for _, path := range []string{"/raw", "/form"} {
		got := talk(t, srv.Listener.Addr().String(), "POST "+path+" HTTP/1.1\r\nHost: x\r\nContent-Type: "+urlencoded+"\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")
		if <-app.torn; !strings.HasPrefix(got, "400 ") || app.exceptions.Load() > 0 {
			t.Errorf("%s: got %q", path, got)
		}
	}
}

func TestFileThatCameAsTextNamesTheCure(t *testing.T) {
	t.Parallel()
	for _, debug := range []bool{false, true} {
		app, log := loggedApp(t)
		must(t, app.Config.Update(dewar.Map{"DEBUG": debug}))
		app.Post("/", func(c *dewar.Context) error { _, err := c.File("photo"); return err })
		var v struct {
			Photo *multipart.FileHeader `form:"photo" required:"true"`
		}
		app.Post("/bind", func(c *dewar.Context) error { return c.Bind(&v) })
		const cure = `enctype="multipart/form-data"`
		w := post(app, "/", urlencoded, "photo=a.png")
		if got := strings.Contains(w.Body.String(), cure); w.Code != 400 || !strings.Contains(w.Body.String(), `form file "photo" is missing`) || got != debug {
			t.Errorf("debug %t: got %d %q", debug, w.Code, w.Body)
		}
		if text := strings.ReplaceAll(log.String(), `\"`, `"`); !strings.Contains(text, cure) || !strings.Contains(text, "field=photo") {
			t.Errorf("debug %t: logged %s", debug, text)
		}
		before := len(log.String())
		if post(app, "/bind", urlencoded, "photo=a.png"); !strings.Contains(log.String()[before:], "enctype") {
			t.Errorf("debug %t: Bind logged %s", debug, log.String()[before:])
		}
		before = len(log.String())
		post(app, "/", urlencoded, "other=a.png")
		post(app, "/", inParts, parts(`name="photo"`, "a.png"))
		if strings.Contains(log.String()[before:], "enctype") {
			t.Errorf("debug %t: a file that nobody sent is blamed on the form: %s", debug, log.String()[before:])
		}
	}
}

// The values of a type that leads back to itself are looked at once, however deep they are.
func TestDeepJSONCostsWhatFlatJSONDoes(t *testing.T) {
	type tree struct {
		Name     string `json:"name"`
		Children []tree `json:"children"`
	}
	type forest struct {
		Trees []tree `json:"trees"`
	}
	leaf := strings.Repeat(`{"name":"x"},`, 20_000) + `{"name":"x"}`
	cost := func(depth int) uint64 {
		body := `{"trees":[` + strings.Repeat(`{"children":[`, depth) + leaf + strings.Repeat(`]}`, depth) + `]}`
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		must(t, bind(t, jsonBody(body), new(forest)))
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	if flat, deep := cost(1), cost(14); deep > flat*3/2 {
		t.Errorf("deep JSON allocates %d bytes, flat JSON %d", deep, flat)
	}
}

func TestErrorOfTheBodyGoesBeforeWhatItLeads(t *testing.T) {
	t.Parallel()
	app, log := loggedApp(t)
	must(t, app.Config.Update(dewar.Map{"MAX_CONTENT_LENGTH": 1000}))
	for path, view := range map[string]dewar.Handler{
		"/require": func(c *dewar.Context) error { _, err := dewar.Require[string](c.Form(), "a"); return err },
		"/file":    func(c *dewar.Context) error { _, err := c.File("f"); return err },
		"/plain":   func(c *dewar.Context) error { _, err := strconv.Atoi(c.Form().String("n")); return err },
		"/abort":   func(c *dewar.Context) error { c.Form(); return dewar.Abort(http.StatusConflict) },
		"/known": func(c *dewar.Context) error {
			if c.BodyError() != nil {
				return dewar.Abort(http.StatusConflict)
			}
			return c.Text("fine")
		},
	} {
		app.Post(path, view)
	}
	for path, want := range map[string]int{"/require": 413, "/file": 413, "/plain": 413, "/abort": 413, "/known": 409} {
		for _, kind := range []string{urlencoded, inParts} {
			if w := post(app, path, kind, strings.Repeat("x", 1001)); w.Code != want {
				t.Errorf("%s as %s: got %d %q, want %d", path, kind, w.Code, w.Body, want)
			}
		}
	}
	if w := post(app, "/require", urlencoded, "b=1"); w.Code != 400 {
		t.Errorf("a field that nobody sent: got %d", w.Code)
	}
	if strings.Contains(log.String(), "level=ERROR") {
		t.Errorf("logged %s", log)
	}
}

func TestUploadsThatEndEarlyOverHTTP2(t *testing.T) {
	t.Parallel()
	app := newWatchedApp(t)
	began := make(chan bool, 1)
	app.BeforeRequest(func(c *dewar.Context) error { began <- true; return nil })
	app.Post("/raw", func(c *dewar.Context) error { _, err := io.ReadAll(c.Request.Body); return err })
	app.Post("/form", func(c *dewar.Context) error { return c.Text(c.Form().String("a")) })
	srv := httptest.NewUnstartedServer(app)
	srv.EnableHTTP2 = true
	srv.StartTLS()
	defer srv.Close()
	upload := func(url, path string) (*http.Response, error) {
		body, feed := io.Pipe()
		ctx, leave := context.WithCancel(t.Context())
		defer leave()
		r, err := http.NewRequestWithContext(ctx, "POST", url+path, body)
		must(t, err)
		r.Header.Set("Content-Type", inParts)
		go func() {
			_, _ = io.WriteString(feed, "--b\r\nContent-Disposition: form-data; name=a\r\n\r\nhalf")
			if <-began; url == srv.URL {
				leave()
			}
		}()
		client := srv.Client()
		if url != srv.URL {
			client = &http.Client{Transport: &http.Transport{ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
		}
		return client.Do(r)
	}
	for _, path := range []string{"/raw", "/form"} {
		if res, err := upload(srv.URL, path); err == nil {
			t.Errorf("%s: got %d from a request that was given up", path, res.StatusCode)
		}
		app.wantQuiet(t)
	}
	slow := httptest.NewUnstartedServer(app)
	slow.EnableHTTP2 = true
	slow.Config.ReadTimeout = 3 * time.Second // the handshake counts too
	slow.StartTLS()
	defer slow.Close()
	for _, path := range []string{"/raw", "/form"} {
		res, err := upload(slow.URL, path)
		if err != nil || res.StatusCode != 408 || res.ProtoMajor != 2 {
			t.Fatalf("%s: got %v, %v, want 408", path, res, err)
		}
		<-app.torn
	}
}
