package dewar_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/dewartest"
)

func TestTextIsMadeValidWhereItEnters(t *testing.T) {
	t.Parallel()
	type fields struct {
		Path   string   `path:"name"`
		Query  string   `query:"v"`
		Header []string `header:"X-V"`
		Form   string   `form:"v"`
	}
	bind := func(c *dewar.Context) (v fields) { _ = c.Bind(&v); return v }
	texts := map[string]func(c *dewar.Context) string{
		"query":     func(c *dewar.Context) string { return c.Query().String("v") },
		"queries":   func(c *dewar.Context) string { return c.Query().Strings("v")[0] },
		"query key": func(c *dewar.Context) string { return c.Query().Keys()[0] },
		"form":      func(c *dewar.Context) string { return c.Form().String("v") },
		"form key":  func(c *dewar.Context) string { return c.Form().Keys()[0] },
		"path":      func(c *dewar.Context) string { return c.Params().String("name") },
		"path any":  func(c *dewar.Context) string { return c.Params().Get("name").(string) },
		"file":      func(c *dewar.Context) string { f, _ := c.File("f"); return f.Filename },
		"bind path": func(c *dewar.Context) string { return bind(c).Path },
		"bind":      func(c *dewar.Context) string { return bind(c).Query + bind(c).Form },
		"header":    func(c *dewar.Context) string { return bind(c).Header[0] },
		"required":  func(c *dewar.Context) string { v, _ := dewar.Require[string](c.Query(), "v"); return v },
	}
	app, log := loggedApp(t)
	app.Route("/{name}", func(c *dewar.Context) error {
		text := texts[c.Request.Header.Get("X-Text")](c)
		c.Session().Set("v", text)
		c.Session().Set("list", []string{text})
		c.Flash("seen " + text)
		return c.Text(text)
	}, dewar.Methods("GET", "POST"))
	const latin1 = "caf\xe9"
	for _, tt := range []struct{ text, path, kind, body, want string }{
		{"query", "/x?v=caf%E9", "", "", "caf\ufffd"},
		{"query", "/x?v=caf\xe9", "", "", "caf\ufffd"},
		{"query", "/x?v=%f0%9f%98", "", "", "\ufffd"},
		{"query", "/x?v=%ED%A0%80", "", "", "\ufffd\ufffd\ufffd"},
		{"queries", "/x?v=%FFa", "", "", "\ufffda"},
		{"required", "/x?v=%FFa", "", "", "\ufffda"},
		{"query key", "/x?%FFa", "", "", "\ufffda"},
		{"bind", "/x?v=%FFa", "", "", "\ufffda"},
		{"path", "/caf%E9", "", "", "caf\ufffd"},
		{"path any", "/caf%e2%82", "", "", "caf\ufffd"},
		{"bind path", "/caf%E9", "", "", "caf\ufffd"},
		{"form", "/x", urlencoded, "v=caf%E9", "caf\ufffd"},
		{"form", "/x", urlencoded, "v=" + latin1, "caf\ufffd"},
		{"form key", "/x", urlencoded, "%E9", "\ufffd"},
		{"bind", "/x", urlencoded, "v=caf%E9", "caf\ufffd"},
		{"form", "/x", inParts, parts(`name="v"`, latin1), "caf\ufffd"},
		{"form", "/x", inParts, parts("name=\"v\"\r\nContent-Type: text/plain; charset=ISO-8859-1", latin1), "café"},
		{"form key", "/x", inParts, parts("name=\"\xe9\"", ""), "\ufffd"},
		{"file", "/x", inParts, parts("name=\"f\"; filename=\""+latin1+"\"", "x"), "caf\ufffd"},
		{"file", "/x", inParts, parts("name=\"f\"; filename*=UTF-8''caf%E9", "x"), "caf\ufffd"},
		{"header", "/x", "", "", "caf\ufffd"},
	} {
		r := httptest.NewRequest("POST", "/x", strings.NewReader(tt.body))
		path, query, _ := strings.Cut(tt.path, "?")
		decoded, err := url.PathUnescape(path)
		must(t, err)
		r.URL.Path, r.URL.RawPath, r.URL.RawQuery = decoded, path, query
		r.Header.Set("X-Text", tt.text)
		r.Header.Set("X-V", latin1)
		if tt.kind != "" {
			r.Header.Set("Content-Type", tt.kind)
		}
		w := httptest.NewRecorder()
		app.ServeHTTP(w, r)
		if w.Code != 200 || w.Body.String() != tt.want || len(w.Result().Cookies()) != 1 {
			t.Errorf("%s of %q %q: got %d %q, want %q in a session", tt.text, tt.path, tt.body, w.Code, w.Body, tt.want)
		}
		log.mu.Lock()
		if strings.Contains(log.text.String(), "level=ERROR") {
			t.Errorf("%s of %q: logged %s", tt.text, tt.path, log.text.String())
		}
		log.mu.Unlock()
	}
}

func TestRawTextStaysAsItCame(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Mount("/files", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		fmt.Fprintf(w, "%q %q %q %q", r.URL.Path, r.URL.RawQuery, r.Header.Get("Referer"), body)
	}))
	srv := httptest.NewServer(app)
	defer srv.Close()
	got := talk(t, srv.Listener.Addr().String(), "POST /files/a%E9/%FF%FE/b?q=\xe9 HTTP/1.1\r\nHost: x\r\nReferer: \xe9\r\nContent-Length: 1\r\n\r\n\xe9")
	if want := `200 "/a\xe9/\xff\xfe/b" "q=\xe9" "\xe9" "\xe9"`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestURLIsTextForAnyRequest(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Get("/{x}/", func(c *dewar.Context) error { c.Session().Set("next", c.URL()); return c.Text(c.URL()) })
	srv := httptest.NewServer(app)
	defer srv.Close()
	got := talk(t, srv.Listener.Addr().String(), "GET /\xe9/?q=\xe9&r=ü HTTP/1.1\r\nHost: x\r\n\r\n")
	if want := "200 http://x/%E9/?q=%E9&r=%C3%BC"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	w := sendQuery(app, "/a", "q=\xe9")
	if got := w.Header().Get("Location"); w.Code != 308 || got != "/a/?q=%E9" {
		t.Errorf("the redirect to the slash: got %d %q", w.Code, got)
	}
}

func sendQuery(app http.Handler, path, query string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", path, nil)
	r.URL.RawQuery = query
	w := httptest.NewRecorder()
	app.ServeHTTP(w, r)
	return w
}

func TestQueryAndFormsAreReadAlike(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Route("/", func(c *dewar.Context) error {
		values := c.Query()
		if c.Request.Header.Get("Content-Type") == urlencoded {
			values = c.Form()
		}
		if c.Form(); c.BodyError() != nil {
			return c.BodyError()
		}
		var b strings.Builder
		for _, key := range values.Keys() {
			fmt.Fprintf(&b, "%q%q", key, values.Strings(key))
		}
		return c.Text(b.String())
	}, dewar.Methods("GET", "POST"))
	for _, tt := range []struct{ raw, want string }{
		{"note=a;b", `"note"["a;b"]`},
		{"note=100%", `"note"["100%"]`},
		{"note=100%&x=%41", `"note"["100%"]"x"["A"]`},
		{"note=%zz%41", `"note"["%zzA"]`},
		{"note=%4", `"note"["%4"]`},
		{"note=%", `"note"["%"]`},
		{"note=%E2%82%AC%", `"note"["€%"]`},
		{"a+b=c+d%2B", `"a b"["c d+"]`},
		{"a=1&a=2&b", `"a"["1" "2"]"b"[""]`},
		{"&&a=1&&", `"a"["1"]`},
		{"=v&a==b=", `""["v"]"a"["=b="]`},
		{"%61=1;b=2", `"a"["1;b=2"]`},
		{"a=%00%0d%0a", `"a"["\x00\r\n"]`},
		{"", ""},
	} {
		multipart := httptest.NewRequest("POST", "/", strings.NewReader(parts(`name="x"`, "y")))
		multipart.URL.RawQuery = tt.raw
		multipart.Header.Set("Content-Type", inParts)
		w := httptest.NewRecorder()
		app.ServeHTTP(w, multipart)
		for road, got := range map[string]string{
			"a query":              sendQuery(app, "/", tt.raw).Body.String(),
			"a form":               post(app, "/", urlencoded, tt.raw).Body.String(),
			"a query beside parts": w.Body.String(),
		} {
			if got != tt.want {
				t.Errorf("%q in %s: got %s, want %s", tt.raw, road, got, tt.want)
			}
		}
	}
}

func TestValuesHaveALimitOnEveryRoad(t *testing.T) {
	t.Parallel()
	app, log := loggedApp(t)
	app.Route("/", func(c *dewar.Context) error { return c.Text(fmt.Sprint(c.Query().Has("a"), c.Form().Has("a"))) }, dewar.Methods("GET", "POST"))
	app.Get("/handled", func(c *dewar.Context) error {
		if _, err := dewar.Require[string](c.Query(), "a"); err != nil {
			return err
		}
		return c.Text("ok")
	})
	app.Get("/unread", func(c *dewar.Context) error { return c.Text("ok") })
	most, more := strings.Repeat("a&", 9999)+"a", strings.Repeat("a&", 10_000)+"a"
	for _, tt := range []struct {
		name string
		w    *httptest.ResponseRecorder
		want int
	}{
		{"most of a query", sendQuery(app, "/", most), 200},
		{"more of a query", sendQuery(app, "/", more), 400},
		{"more of a query, required", sendQuery(app, "/handled", more), 400},
		{"more of a query that nobody reads", sendQuery(app, "/unread", more), 200},
		{"most of a form", post(app, "/", urlencoded, most), 200},
		{"more of a form", post(app, "/", urlencoded, more), 413},
		{"separators alone", post(app, "/", urlencoded, strings.Repeat("&", 20_000)), 413},
	} {
		if tt.w.Code != tt.want {
			t.Errorf("%s: got %d %.60q, want %d", tt.name, tt.w.Code, tt.w.Body, tt.want)
		}
	}
	if strings.Contains(log.String(), "level=ERROR") {
		t.Errorf("logged %s", log)
	}
}

// What browsers, curl and Python send in multipart forms, and what Flask makes of it, unless the comment says otherwise.
func TestPartsOfForms(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Post("/", func(c *dewar.Context) error {
		var b strings.Builder
		for _, key := range c.Form().Keys() {
			fmt.Fprintf(&b, "%q%q", key, c.Form().Strings(key))
		}
		for _, name := range []string{"f", `f"`, "ü"} {
			files, err := c.Files(name)
			must(t, err)
			for _, f := range files {
				fmt.Fprintf(&b, "<%s:%q %d %s>", name, f.Filename, f.Size, f.Header.Get("Content-Type"))
			}
		}
		return c.Text(b.String())
	})
	for _, tt := range []struct{ name, body, want string }{
		{"values", parts(`name="a"`, "1", `name="b"`, "", `name="a"`, "2"), `"a"["1" "2"]"b"[""]`},
		{"a name without quotes", parts(`name=a`, "1"), `"a"["1"]`},
		{"quotes of browsers in a name", parts(`name="a%22b"`, "1"), `"a\"b"["1"]`},
		{"quotes of curl in a name", parts(`name="a\"b"`, "1"), `"a\"b"["1"]`},
		{"another disposition", strings.Replace(parts(`name="a"`, "1"), "form-data", "attachment", 1), `"a"["1"]`},
		{"lines in a value", parts(`name="a"`, "x\r\n--c\r\n\r\n"), `"a"["x\r\n--c\r\n\r\n"]`},
		{"a transfer encoding", parts("name=\"a\"\r\nContent-Transfer-Encoding: quoted-printable", "x=3Dy"), `"a"["x=3Dy"]`},
		{"a file", parts("name=\"f\"; filename=\"a.txt\"\r\nContent-Type: text/plain", "abc"), `<f:"a.txt" 3 text/plain>`},
		{"a file with a boundary of its own", parts(`name="f"; filename="a"`, "x\r\n--bb\r\n--c--\n--b\n"), `<f:"a" 19 >`},
		{"two files", parts(`name="f"; filename="a"`, "1", `name="f"; filename="b"`, "22"), `<f:"a" 1 ><f:"b" 2 >`},
		{"an empty file", parts(`name="f"; filename="a.txt"`, ""), `<f:"a.txt" 0 >`},
		{"an input left empty, which Flask keeps", parts(`name="f"; filename=""`, "", `name="a"`, "1"), `"a"["1"]`},
		{"a file without a name", parts(`name="f"; filename=""`, "x"), `<f:"" 1 >`},
		{"folders in a name, which Flask keeps", parts(`name="f"; filename="../../etc/passwd"`, "x"), `<f:"passwd" 1 >`},
		{"letters in a name", parts(`name="ü"; filename="grüße €.txt"`, "x"), `<ü:"grüße €.txt" 1 >`},
		{"an encoded name", parts(`name="f"; filename="x"; filename*=UTF-8''gr%C3%BC%C3%9Fe.txt`, "x"), `<f:"grüße.txt" 1 >`},
		{"quotes in a file name", parts(`name="f%22"; filename="a%22b.txt"`, "x"), `<f":"a\"b.txt" 1 >`},
		{"a part without a name", parts("x=y", "1", `name="a"`, "2"), `"a"["2"]`},
		{"a preamble and an epilogue", "preamble\r\n" + parts(`name="a"`, "1") + "epilogue\r\n", `"a"["1"]`},
		{"lines of one byte", strings.ReplaceAll(parts(`name="a"`, "1"), "\r\n", "\n"), `"a"["1"]`},
	} {
		if w := post(app, "/", inParts, tt.body); w.Code != 200 || w.Body.String() != tt.want {
			t.Errorf("%s: got %d %s, want %s", tt.name, w.Code, w.Body, tt.want)
		}
	}
}

func TestJSONIsLookedOverBeforeItIsDecoded(t *testing.T) {
	t.Parallel()
	app, log := loggedApp(t)
	var bound struct {
		A any            `json:"a"`
		M map[string]int `json:"m"`
		N int            `json:"n"`
	}
	app.Post("/json", func(c *dewar.Context) error {
		var v any
		if err := c.BindJSON(&v); err != nil {
			return err
		}
		c.Session().Set("v", v)
		return c.Text("good")
	})
	app.Post("/bind", func(c *dewar.Context) error {
		if err := c.Bind(&bound); err != nil {
			return err
		}
		c.Session().Set("v", bound.A)
		return c.Text("good")
	})
	nested := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	for _, tt := range []struct{ name, body, want string }{
		{"good", `{"a":1}`, "good"},
		{"a byte order mark", "\ufeff" + `{"a":1}`, "good"},
		{"two byte order marks", "\ufeff\ufeff{}", "not valid JSON"},
		{"not UTF-8", `{"a":"` + "\xff" + `"}`, "not in UTF-8"},
		{"a name that is not UTF-8", `{"` + "\xff" + `":1}`, "not in UTF-8"},
		{"Latin-1", `{"a":"caf` + "\xe9" + `"}`, "not in UTF-8"},
		{"half a surrogate, which is text by its rules", `{"a":"\ud800"}`, "good"},
		{"nested", `{"a":` + nested(20) + `}`, "good"},
		{"nested too deep", `{"a":` + nested(512) + `}`, "nested deeper than 512 levels"},
		{"nested much too deep", `{"a":` + nested(9_999) + `}`, "nested deeper than 512 levels"},
		{"nested in names", strings.Repeat(`{"a":`, 600) + "1" + strings.Repeat("}", 600), "nested deeper than 512 levels"},
		{"twice", `{"a":1,"a":2}`, "twice|more than once"},
		{"twice, written differently", `{"a":1,"\u0061":2}`, "twice|more than once"},
		{"twice inside", `{"a":[{"b":{"c":1,"d":1,"c":1}}]}`, "twice"},
		{"twice in a map", `{"m":{"c":1,"c":2}}`, "twice|more than once"},
		{"twice among many", `{"a":{"x":1` + strings.Repeat(`,"y":1`, 1) + manyNames(100) + `,"n50":1}}`, "twice"},
		{"the same name in two objects", `{"a":[{"c":1},{"c":1,"d":{"c":1}}]}`, "good"},
		{"a number that nothing holds", `{"a":1e400}`, "not the JSON that is expected|not valid|range"},
		{"a large integer", `{"a":123456789012345678901234567890}`, "good"},
		{"a letter behind", `{"a":1}x`, "not valid JSON"},
		{"NaN", `{"a":NaN}`, "not valid JSON"},
		{"a comma too many", `{"a":1,}`, "not valid JSON"},
	} {
		for _, path := range []string{"/json", "/bind"} {
			w := post(app, path, "application/json", tt.body)
			found, status := false, 400
			for want := range strings.SplitSeq(tt.want, "|") {
				found = found || strings.Contains(w.Body.String(), want)
			}
			if tt.want == "good" {
				status = 200
			}
			if w.Code != status || !found {
				t.Errorf("%s at %s: got %d %q, want %d %q", tt.name, path, w.Code, w.Body, status, tt.want)
			}
		}
	}
	if strings.Contains(log.String(), "level=ERROR") {
		t.Errorf("logged %s", log)
	}
}

func manyNames(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `,"n%d":1`, i)
	}
	return b.String()
}

func TestIntegersOfJSONStayIntegers(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	const body = `{"user":7,"big":9007199254740993,"huge":12345678901234567890,"half":1.5,"exp":1e3,"list":[1,[2]],"in":{"n":3},"neg":-0}`
	const want = `{"big":9007199254740993,"exp":1000.0,"half":1.5,"huge":12345678901234567890,"in":{"n":3},"list":[1,[2]],"neg":0,"user":7}`
	type open struct {
		User, Big, Huge, Half, Exp, In, Neg any
		List                                []any
	}
	app.Post("/any", func(c *dewar.Context) error {
		var v any
		return cmpSession(c, c.BindJSON(&v), &v)
	})
	app.Post("/map", func(c *dewar.Context) error {
		var v map[string]any
		err := c.BindJSON(&v)
		return cmpSession(c, err, v)
	})
	app.Post("/struct", func(c *dewar.Context) error {
		var v open
		err := c.BindJSON(&v)
		return cmpSession(c, err, dewar.Map{"user": v.User, "big": v.Big, "huge": v.Huge, "half": v.Half, "exp": v.Exp, "in": v.In, "neg": v.Neg, "list": v.List})
	})
	app.Post("/bind", func(c *dewar.Context) error {
		var v struct {
			User any            `json:"user"`
			Big  any            `json:"big"`
			Huge any            `json:"huge"`
			Half any            `json:"half"`
			Exp  any            `json:"exp"`
			In   map[string]any `json:"in"`
			Neg  any            `json:"neg"`
			List []any          `json:"list"`
		}
		err := c.Bind(&v)
		return cmpSession(c, err, dewar.Map{"user": v.User, "big": v.Big, "huge": v.Huge, "half": v.Half, "exp": v.Exp, "in": v.In, "neg": v.Neg, "list": v.List})
	})
	client := dewartest.New(t, app)
	for _, path := range []string{"/any", "/map", "/struct", "/bind"} {
		res := client.Post(path, dewartest.Body("application/json", body))
		if got := res.Text(); got != want {
			t.Errorf("%s: the session has %s, want %s", path, got, want)
		}
	}
}

// cmpSession keeps v in the session and answers with its bytes there.
func cmpSession(c *dewar.Context, err error, v any) error {
	if err != nil {
		return err
	}
	c.Session().Set("v", v)
	data, err := dewar.Stored(c.Session()).MarshalBinary()
	if err != nil {
		return err
	}
	_, text, _ := strings.Cut(string(data), `"v":`)
	return c.Text(strings.TrimSuffix(text, "}"))
}
