package flasktest_test

import (
	"cmp"
	"errors"
	"fmt"
	"html/template"
	"io"
	"math"
	"math/big"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing/fstest"
	"time"

	"github.com/dewar-go/dewar"
)

var labMoment = time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)

// labHTML answers with text as a page, which is what a str is in Flask.
func labHTML(status int, text string, header ...string) dewar.Handler {
	return func(c *dewar.Context) error {
		for i := 0; i < len(header); i += 2 {
			c.Header(header[i], header[i+1])
		}
		return c.Status(status).HTML(text)
	}
}

func labOutputs(app *dewar.App) *dewar.App {
	for rule, view := range map[string]dewar.Handler{
		"/str": labHTML(200, "<p>hello</p>"), "/empty": labHTML(200, ""), "/bytes": labHTML(200, "\xff\xfe"), "/unicode": labHTML(200, "grüße € 😀"),
		"/201": labHTML(201, "made"), "/headers": labHTML(200, "x", "X-A", "1", "X-B", "ü"), "/type": labHTML(200, "x", "Content-Type", "text/csv"),
		"/typeupper": labHTML(200, "x", "Content-Type", "TEXT/Plain"), "/mimetype": labHTML(200, "x", "Content-Type", "text/xml; charset=utf-8"),
		"/204body": labHTML(204, "body"), "/205": labHTML(205, ""), "/304": labHTML(304, ""), "/304body": labHTML(304, "body", "ETag", `"x"`),
		"/299": labHTML(299, "x"), "/400": labHTML(400, "x"), "/500": labHTML(500, "x"), "/599": labHTML(599, "x"), "/head": labHTML(200, "0123456789"),
		"/large": labHTML(200, strings.Repeat("x", 100000)), "/huge": labHTML(200, strings.Repeat("x", 3000000)),
		"/retry": labHTML(503, "later", "Retry-After", "120"), "/auth": labHTML(401, "who", "WWW-Authenticate", `Basic realm="x"`),
		"/cache":  labHTML(200, "x", "Cache-Control", "max-age=60, public", "Vary", "Accept"),
		"/octets": func(c *dewar.Context) error { return c.Blob("application/octet-stream", []byte{0, 1}) },
		"/204":    func(c *dewar.Context) error { return c.NoContent() },
		"/none":   func(*dewar.Context) error { return nil },
		"/headerlist": func(c *dewar.Context) error {
			c.Response.Header().Add("X-A", "1")
			c.Response.Header().Add("X-A", "2")
			return c.HTML("x")
		},
		"/dict":        func(c *dewar.Context) error { return c.JSON(dewar.Map{"b": 1, "a": 2}) },
		"/list":        func(c *dewar.Context) error { return c.JSON([]any{1, "a", nil}) },
		"/dict201":     func(c *dewar.Context) error { return c.Status(201).JSON(dewar.Map{"a": 1}) },
		"/dictheaders": func(c *dewar.Context) error { return c.Header("X-A", "1").JSON(dewar.Map{"a": 1}) },
		"/vary": func(c *dewar.Context) error {
			c.Session().Get("x")
			return c.Header("Vary", "Accept-Encoding").HTML("x")
		},
		"/after": func(c *dewar.Context) error {
			c.AfterThisRequest(func(c *dewar.Context) error { c.Header("X-After", "1"); return nil })
			return c.HTML("x")
		},
		"/etag": func(c *dewar.Context) error {
			tag := `"abc"`
			if c.Query().String("weak") == "1" {
				tag = "W/" + tag
			}
			c.Header("ETag", tag).Header("Content-Type", "text/html; charset=utf-8")
			http.ServeContent(c.Response, c.Request, "", labModified, strings.NewReader("0123456789"))
			return nil
		},
	} {
		app.Get(rule, view)
	}
	for key, value := range labJSON() {
		app.Get("/json/"+key, func(c *dewar.Context) error { return c.JSON(value) })
	}
	labRedirects(app)
	labCookies(app)
	labStreams(app)
	labTemplates(app)
	return app
}

func labJSON() map[string]any {
	return map[string]any{
		"object": dewar.Map{"b": 1, "a": 2, "C": 3}, "nested": dewar.Map{"z": dewar.Map{"y": 1, "x": []any{1, dewar.Map{"b": 0, "a": 0}}}},
		"empty": dewar.Map{}, "list": []any{}, "null": nil, "true": true, "int": 7, "big": bigInt("12345678901234567890123"), "neg": -1, "float": 1.5,
		"whole": 1.0, "exp": 1e30, "small": 1e-7, "third": 1.0 / 3, "max": 9007199254740993, "str": "hello", "quote": "\"\\/\b\f\n\r\t",
		"html": "<script>&'", "unicode": "grüße", "astral": "😀", "control": "\x00\x1f\x7f", "separators": "\u2028\u2029",
		"key": dewar.Map{"ü": 1, "<": 2}, "mixed": []any{1, "a", nil, true, 1.5, dewar.Map{}, []any{}},
		"date": time.Date(2024, 5, 6, 0, 0, 0, 0, time.UTC), "datetime": labMoment, "naive": labMoment, "micro": labMoment.Add(123456 * time.Microsecond),
		"zone": time.Date(2024, 5, 6, 7, 8, 9, 0, time.FixedZone("", 7200)), "uuid": labUUID("12345678-1234-5678-1234-567812345678"),
		"decimal": "1.50", "tuple": dewar.Tuple{1, 2}, "intkeys": map[int]string{2: "b", 10: "a"},
		"deep": []any{[]any{[]any{[]any{[]any{[]any{[]any{[]any{[]any{[]any{}}}}}}}}}}, "emptystr": "", "zero": 0, "negzero": math.Copysign(0, -1),
		"spaces": dewar.Map{"a b": " "},
	}
}

func bigInt(text string) *big.Int {
	n, _ := new(big.Int).SetString(text, 10)
	return n
}

func labUUID(text string) dewar.UUID {
	u, err := dewar.ParseUUID(text)
	if err != nil {
		panic(err)
	}
	return u
}

func labRedirects(app *dewar.App) {
	app.Get("/redirect", func(c *dewar.Context) error {
		return c.Status(dewar.ValueOr(c.Query(), "code", 302)).Redirect(c.Query().String("to"))
	})
	for name, target := range map[string]string{
		"relative": "x", "dot": "./x", "dotdot": "../x", "absolute": "/x", "query": "/x?a=1&b=2", "fragment": "/x#top",
		"external": "https://example.com/a?b=c#d", "scheme": "//example.com/x", "umlaut": "/grüße?q=ü", "space": "/a b", "quote": "/a\"b",
		"angle": "/a<b>", "percent": "/100%25?q=%20", "badpercent": "/100%", "plus": "/a+b?c+d", "idn": "https://bücher.example/x", "emptyquery": "/x?",
		"pipe": "/a|b", "brace": "/{a}", "caret": "/a^b`c", "mailto": "mailto:a@example.com", "javascript": "javascript:alert(1)", "backslash": `/a\b`,
		"empty": "", "port": "http://h:8080/x", "user": "http://u:p@h/x", "ipv6": "http://[::1]:80/x", "semi": "/a;b=c", "encoded": "/%2F%2e",
		"apostrophe": "/a'b", "star": "/a*b", "astral": "/😀", "latin": "/café", "upper": "HTTP://EXAMPLE.com/X", "brackets": "/a[1]", "at": "/@x", "tilde": "/~x",
	} {
		app.Get("/redirect/fixed/"+name, func(c *dewar.Context) error { return c.Redirect(target) })
	}
	app.Get("/autocorrect", func(c *dewar.Context) error { return c.Redirect("/x") })
	app.Get("/setheader", func(c *dewar.Context) error { return c.Header("X-A", c.Query().String("v")).HTML("x") })
}

func labCookies(app *dewar.App) {
	expires := time.Date(2099, 1, 2, 3, 4, 5, 0, time.UTC)
	one := func(change func(*http.Cookie)) []*http.Cookie {
		cookie := &http.Cookie{Name: "a", Value: "1", Path: "/"}
		change(cookie)
		return []*http.Cookie{cookie}
	}
	value := func(v string) []*http.Cookie { return one(func(c *http.Cookie) { c.Value = v }) }
	everything := &http.Cookie{
		Name: "a", Value: "1", Path: "/x", Domain: "example.com", MaxAge: 60, Expires: expires, Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	}
	for name, cookies := range map[string][]*http.Cookie{
		"plain": value("1"), "empty": value(""), "default": value(""), "space": value("x y"), "quote": value(`x"y`), "semi": value("x;y"), "comma": value("x,y"),
		"backslash": value(`x\y`), "umlaut": value("grüße"), "astral": value("😀"), "equals": value("x=y="), "plus": value("x+y/z"), "control": value("x\x01y"),
		"newline": value("x\ny"), "percent": value("%20"), "edges": value(" x "), "json": value(`{"k": [1, "v"]}`), "large": value(strings.Repeat("x", 5000)),
		"maxage": one(func(c *http.Cookie) { c.MaxAge = 60 }), "maxage0": one(func(c *http.Cookie) { c.MaxAge = -1 }),
		"expires": one(func(c *http.Cookie) { c.Expires = expires }), "path": one(func(c *http.Cookie) { c.Path = "/x" }),
		"nopath": one(func(c *http.Cookie) { c.Path = "" }), "domain": one(func(c *http.Cookie) { c.Domain = "example.com" }),
		"dotdomain": one(func(c *http.Cookie) { c.Domain = ".example.com" }), "secure": one(func(c *http.Cookie) { c.Secure = true }),
		"httponly": one(func(c *http.Cookie) { c.HttpOnly = true }), "lax": one(func(c *http.Cookie) { c.SameSite = http.SameSiteLaxMode }),
		"strict": one(func(c *http.Cookie) { c.SameSite = http.SameSiteStrictMode }), "none": one(func(c *http.Cookie) { c.SameSite = http.SameSiteNoneMode }),
		"nonesecure":  one(func(c *http.Cookie) { c.SameSite, c.Secure = http.SameSiteNoneMode, true }),
		"partitioned": one(func(c *http.Cookie) { c.Partitioned = true }), "everything": {everything},
		"two": {value("1")[0], {Name: "b", Value: "2", Path: "/"}}, "same": {value("1")[0], value("2")[0]},
		"samepath": {value("1")[0], {Name: "a", Value: "2", Path: "/x"}}, "host": {{Name: "__Host-a", Value: "1", Path: "/", Secure: true}},
		"dotname": {{Name: "a.b", Value: "1", Path: "/"}},
	} {
		app.Get("/setcookie/"+name, func(c *dewar.Context) error {
			for _, cookie := range cookies {
				if err := c.SetCookie(cookie); err != nil {
					return err
				}
			}
			return c.HTML("x")
		})
	}
	app.Get("/deletecookie/{name}", func(c *dewar.Context) error {
		cookie := &http.Cookie{Name: "a", Path: "/", MaxAge: -1, Expires: time.Unix(0, 0)}
		switch c.Params().String("name") {
		case "path":
			cookie.Path, cookie.Domain = "/x", "example.com"
		case "secure":
			cookie.Secure, cookie.HttpOnly, cookie.SameSite = true, true, http.SameSiteStrictMode
		case "setanddelete":
			if err := c.SetCookie(&http.Cookie{Name: "a", Value: "1", Path: "/"}); err != nil {
				return err
			}
		}
		if err := c.SetCookie(cookie); err != nil {
			return err
		}
		return c.HTML("x")
	})
}

// labStream answers with parts, each of which is written by itself.
func labStream(parts ...string) dewar.Handler {
	return func(c *dewar.Context) error {
		return c.Stream(func(w io.Writer) error {
			for _, part := range parts {
				if _, err := io.WriteString(w, part); err != nil {
					return err
				}
			}
			return nil
		})
	}
}

func labStreams(app *dewar.App) {
	app.Get("/stream", func(c *dewar.Context) error {
		c.Header("Content-Type", "text/plain; charset=utf-8")
		return labStream("a", "b", "c")(c)
	})
	app.Get("/stream/default", labStream("<p>", "b", "</p>"))
	app.Get("/stream/empty", labStream())
	app.Get("/stream/status", func(c *dewar.Context) error {
		c.Status(201).Header("X-A", "1").Header("Content-Type", "text/csv")
		return labStream("a")(c)
	})
	app.Get("/stream/context", func(c *dewar.Context) error {
		return labStream("hello ", cmp.Or(c.Query().String("name"), "nobody"))(c)
	})
	app.Get("/stream/fails", func(c *dewar.Context) error {
		return c.Stream(func(io.Writer) error { return errors.New("before the first") })
	})
}

func labTemplates(app *dewar.App) {
	files := fstest.MapFS{}
	for name, source := range map[string]string{
		"plain": "hello", "escape": "<p>{{ .name }}</p>", "attr": `<p title="{{ .name }}">x</p>`, "safe": "{{ .safe }}", "missing": "[{{ .nothing }}]",
		"loop": "{{range .items}}{{.}},{{end}}", "number": "{{ .n }}", "empty": "[{{ .empty }}]", "if": "{{if eq .n 7}}yes{{else}}no{{end}}",
		"nested": "{{ .nested.k }}", "missingkey": "[{{ .nested.x }}]", "unicode": "grüße {{ .n }} €", "comment": "a{{/* no */}}b",
		"elseloop": "{{range .none}}x{{else}}none{{end}}", "arg": `<p title="{{ .q }}">{{ .q }}</p>`,
	} {
		files["templates/"+name+".html"] = &fstest.MapFile{Data: []byte(source)}
	}
	bp := dewar.NewBlueprint("pages", dewar.FS(files))
	for name := range files {
		name = strings.TrimSuffix(filepath.Base(name), ".html")
		bp.Get("/tpl/"+name, func(c *dewar.Context) error {
			return c.Render(name+".html", dewar.Map{
				"name": `<b>"x" & 'y'</b>`, "items": []string{"a", "<"}, "n": 7, "empty": "", "nested": dewar.Map{"k": "v"}, "safe": template.HTML("<b>"),
			})
		})
	}
	bp.Get("/tplarg", func(c *dewar.Context) error { return c.Render("arg.html", dewar.Map{"q": c.Query().String("q")}) })
	app.RegisterBlueprint(bp)
}

func labHooks(app *dewar.App) *dewar.App {
	parent, child := dewar.NewBlueprint("parent", dewar.URLPrefix("/parent")), dewar.NewBlueprint("child", dewar.URLPrefix("/child"))
	note := func(c *dewar.Context, step string) {
		steps, _ := c.Value("steps").([]string)
		c.Set("steps", append(steps, step))
	}
	steps := func(c *dewar.Context) string {
		all, _ := c.Value("steps").([]string)
		return strings.Join(all, ", ")
	}
	before := func(label string) dewar.Handler {
		return func(c *dewar.Context) error {
			note(c, "before "+label)
			switch label {
			case c.Query().String("stop"):
				return c.Text("stopped by " + label + ": " + steps(c))
			case c.Query().String("abort"):
				return dewar.Abort(403)
			case c.Query().String("fail"):
				return errors.New("fails")
			}
			return nil
		}
	}
	after := func(label string) dewar.Handler {
		return func(c *dewar.Context) error {
			note(c, "after "+label)
			if label == c.Query().String("failafter") {
				return errors.New("fails")
			}
			c.Header("X-Steps", steps(c))
			if label == c.Query().String("replace") {
				c.Response.Reset()
				return c.Status(202).Text("replaced")
			}
			return nil
		}
	}
	app.BeforeRequest(before("app1"), before("app2"))
	app.AfterRequest(after("app1"), after("app2"))
	parent.BeforeRequest(before("parent"))
	parent.AfterRequest(after("parent"))
	child.BeforeRequest(before("child"))
	child.AfterRequest(after("child"))
	parent.BeforeAppRequest(func(c *dewar.Context) error { note(c, "before parent-app"); return nil })
	parent.AfterAppRequest(func(c *dewar.Context) error { note(c, "after parent-app"); return nil })
	app.URLValuePreprocessor(func(c *dewar.Context, values dewar.Map) error {
		note(c, "values app")
		if lang, ok := values["lang"]; ok {
			c.Set("lang", lang)
			delete(values, "lang")
		}
		return nil
	})
	child.URLValuePreprocessor(func(c *dewar.Context, values dewar.Map) error { note(c, "values child"); return nil })
	app.URLDefaults(func(c *dewar.Context, endpoint string, values dewar.Map) {
		if _, ok := values["lang"]; !ok && endpoint == "page" {
			values["lang"] = cmp.Or(fmt.Sprint(c.Value("lang")), "en")
		}
	})
	view := func(c *dewar.Context) error {
		note(c, "view")
		q := c.Query()
		if q.Has("this") {
			c.AfterThisRequest(func(c *dewar.Context) error { note(c, "this"); return nil })
		}
		if q.Has("error") {
			return dewar.Abort(q.Int("error"))
		}
		if q.Has("raise") {
			return errors.New("raised")
		}
		return c.Text(steps(c))
	}
	app.Get("/", view)
	app.Post("/post", view)
	app.Get("/{lang}/page", func(c *dewar.Context) error {
		own, err := c.URLFor("page")
		french, err2 := c.URLFor("page", "lang", "fr")
		if err := errors.Join(err, err2); err != nil {
			return err
		}
		return c.Text(own + " " + french + " " + fmt.Sprint(c.Value("lang")))
	}, dewar.Endpoint("page"))
	parent.Get("/", view)
	child.Get("/", view)
	child.Get("/{n:int}", view)
	parent.RegisterBlueprint(child)
	app.RegisterBlueprint(parent)
	app.ErrorHandler(418, func(c *dewar.Context, err error) error {
		note(c, "handler 418")
		return c.Status(418).Text(steps(c))
	})
	return app
}

func labURLs(app *dewar.App) *dewar.App {
	nothing := func(c *dewar.Context) error { return c.Text("") }
	for _, route := range [][2]string{
		{"index", "/"}, {"int", "/int/{v:int}"}, {"str", "/str/{v}"}, {"path", "/path/{v:path}"}, {"float", "/float/{v:float}"}, {"uuid", "/uuid/{v:uuid}"},
		{"any", "/any/{v:any(a,b)}"}, {"fixed", "/fixed/{v:int(fixed_digits=4)}"}, {"branch", "/branch/"}, {"umlaut", "/grüße/{v}"}, {"page", "/pages/{page:int}"},
	} {
		app.Get(route[1], nothing, dewar.Endpoint(route[0]))
	}
	app.Get("/pages/", nothing, dewar.Endpoint("page"), dewar.Defaults(dewar.Map{"page": 1}))
	app.Post("/post", nothing, dewar.Endpoint("method"))
	app.Get("/get", nothing, dewar.Endpoint("method"))
	bp, inner := dewar.NewBlueprint("bp", dewar.URLPrefix("/bp")), dewar.NewBlueprint("inner", dewar.URLPrefix("/inner"))
	for _, blueprint := range []*dewar.Blueprint{bp, inner} {
		blueprint.Get("/", nothing, dewar.Endpoint("index"))
		blueprint.Get("/here", labLinks([]any{".index"}, []any{"index"}, []any{".here"}), dewar.Endpoint("here"))
	}
	bp.RegisterBlueprint(inner)
	app.RegisterBlueprint(bp)
	for key, args := range labURLArgs() {
		app.Get("/for/"+key, labLinks(args))
	}
	app.Get("/go/{endpoint}", func(c *dewar.Context) error { return c.RedirectTo(c.Params().String("endpoint")) })
	app.Get("/seen", func(c *dewar.Context) error {
		base, err := url.Parse(c.BaseURL())
		if err != nil {
			return err
		}
		root := strings.TrimSuffix(base.Path, "/")
		return c.Text(strings.TrimPrefix(c.Request.URL.Path, root) + " " + root + " " + c.URL() + " " + c.BaseURL())
	})
	app.Get("/session", func(c *dewar.Context) error { c.Session().Set("a", 1); return c.Text("set") })
	return app
}

func labURLArgs() map[string][]any {
	return map[string][]any{
		"index": {"index"}, "int": {"int", "v", 7}, "intneg": {"int", "v", -7}, "inttext": {"int", "v", "7"}, "str": {"str", "v", "a"}, "space": {"str", "v", "a b"},
		"slash": {"str", "v", "a/b"}, "umlaut": {"str", "v", "ü"}, "percent": {"str", "v", "100%"}, "question": {"str", "v", "a?b#c"},
		"reserved": {"str", "v", "!$&'()*+,;=:@-._~"}, "quote": {"str", "v", "\"<>\\^`{|}[]"}, "empty": {"str", "v", ""}, "dots": {"str", "v", ".."},
		"path": {"path", "v", "a/b c/d"}, "pathlead": {"path", "v", "/a"}, "pathdots": {"path", "v", "a/../b"}, "pathdouble": {"path", "v", "a//b"},
		"float": {"float", "v", 1.5}, "floatint": {"float", "v", 2}, "floatbig": {"float", "v", 1e20}, "uuid": {"uuid", "v", labUUID("12345678-1234-5678-1234-567812345678")},
		"any": {"any", "v", "a"}, "anybad": {"any", "v", "c"}, "fixed": {"fixed", "v", 7}, "fixedbig": {"fixed", "v", 12345}, "branch": {"branch"}, "umlautrule": {"umlaut", "v", "x"},
		"query": {"index", "q", "a b"}, "querylist": {"index", "q", []int{1, 2}}, "querynone": {"index", "q", nil}, "queryempty": {"index", "q", ""},
		"queryumlaut": {"index", "q", "ü"}, "queryreserved": {"index", "q", "a&b=c+d/e?f#g%h"}, "querysort": {"index", "b", 1, "a", 2}, "querybool": {"index", "q", true},
		"queryint": {"index", "q", 7}, "queryfloat": {"index", "q", 1.5}, "extra": {"int", "v", 7, "x", 1}, "anchor": {"index", dewar.Anchor("top")},
		"anchorspace": {"index", dewar.Anchor("a b")}, "anchorreserved": {"index", dewar.Anchor("x&y=1?/z#ü")}, "external": {"index", dewar.External()},
		"scheme": {"index", dewar.Scheme("https")}, "schemeexternal": {"index", dewar.Scheme("https"), dewar.External()}, "externalint": {"int", "v", 1, dewar.External()},
		"page": {"page", "page", 2}, "pagedefault": {"page", "page", 1}, "pagenone": {"page"}, "methodpost": {"method", dewar.ForMethod("POST")},
		"methodget": {"method", dewar.ForMethod("GET")}, "method": {"method"}, "bp": {"bp.index"}, "inner": {"bp.inner.index"}, "unknown": {"nothing"}, "missing": {"int"},
		"bad": {"int", "v", "x"}, "querykey": {"index", "a b", "1"}, "both": {"index", "q", "1", dewar.Anchor("x")},
	}
}

func labMounted(root string) *dewar.App {
	outer := labNew(root, nil)
	outer.Get("/", func(c *dewar.Context) error { return c.Text("outer") })
	outer.Mount("/m", labURLs(labNew(root, nil)), dewar.CrossOriginExempt())
	return outer
}

func labProxied(root string) *dewar.App {
	app := labURLs(labNew(root, dewar.Map{"TRUSTED_PROXIES": []string{"127.0.0.1"}}))
	app.Get("/client", func(c *dewar.Context) error {
		return c.Text(fmt.Sprintf("%s %s %s %s", c.ClientIP(), c.Host(), c.Scheme(), c.URL()))
	})
	return app
}

func labSessions(app *dewar.App) *dewar.App {
	does := func(rule, text string, f func(c *dewar.Context, s *dewar.Session)) {
		app.Get(rule, func(c *dewar.Context) error { f(c, c.Session()); return c.Text(text) })
	}
	app.Get("/set", func(c *dewar.Context) error {
		for _, key := range c.Query().Keys() {
			c.Session().Set(key, c.Query().String(key))
		}
		return c.Text("set")
	})
	app.Get("/none", func(c *dewar.Context) error { return c.Text("none") })
	does("/clear", "clear", func(_ *dewar.Context, s *dewar.Session) { s.Clear() })
	does("/permanent", "permanent", func(_ *dewar.Context, s *dewar.Session) { s.SetPermanent(true); s.Set("p", "1") })
	does("/volatile", "volatile", func(_ *dewar.Context, s *dewar.Session) { s.SetPermanent(false) })
	does("/onlypermanent", "only", func(_ *dewar.Context, s *dewar.Session) { s.SetPermanent(true) })
	does("/touch", "touch", func(_ *dewar.Context, s *dewar.Session) { s.MarkModified() })
	does("/same", "same", func(_ *dewar.Context, s *dewar.Session) { s.Set("a", s.Get("a")) })
	does("/nested", "nested", func(_ *dewar.Context, s *dewar.Session) { s.Set("cart", dewar.Map{"items": []int{1, 2}}) })
	does("/types", "types", func(_ *dewar.Context, s *dewar.Session) {
		s.Set("v", dewar.Map{"t": dewar.Tuple{1, 2}, "b": []byte("x"), "d": labMoment, "u": dewar.UUID{15: 1}, "n": nil, "f": 1.0, "i": bigInt("1180591620717411303424")})
	})
	does("/large", "large", func(_ *dewar.Context, s *dewar.Session) {
		text := make([]byte, 2000)
		for i := range text {
			text[i] = byte(33 + i*7919%90)
		}
		s.Set("l", string(text))
	})
	does("/flash/{message}", "flashed", func(c *dewar.Context, _ *dewar.Session) {
		c.Flash(c.Params().String("message"), dewar.ValueOr(c.Query(), "category", "message"))
	})
	does("/flashtwo", "flashed", func(c *dewar.Context, _ *dewar.Session) {
		c.Flash("one", "error")
		c.Flash("two")
		c.Flash("three", "error")
	})
	get := func(c *dewar.Context) error {
		var all []string
		for key := range c.Session().All() {
			if !strings.HasPrefix(key, "_") {
				all = append(all, key+"="+c.Session().String(key))
			}
		}
		return c.Text(strings.Join(all, " "))
	}
	app.Get("/get", get)
	app.Get("/sub/get", get)
	app.Get("/in", func(c *dewar.Context) error { return c.Text(fmt.Sprint(c.Session().Has("a"))) })
	app.Get("/pop/{key}", func(c *dewar.Context) error {
		if v, ok := c.Session().Pop(c.Params().String("key")).(string); ok {
			return c.Text(v)
		}
		return c.Text("nothing")
	})
	app.Get("/nested/read", func(c *dewar.Context) error { return c.JSON(c.Session().Get("cart")) })
	app.Get("/types/read", func(c *dewar.Context) error {
		v := c.Session().Map("v")
		return c.Text(fmt.Sprintf("%d %x %s %s %.1f %v", len(v["t"].(dewar.Tuple)), v["b"], v["d"].(time.Time).Format("2006-01-02T15:04:05-07:00"), v["u"], v["f"], v["i"]))
	})
	app.Get("/setdefault", func(c *dewar.Context) error {
		if !c.Session().Has("a") {
			c.Session().Set("a", "default")
		}
		return c.Text(c.Session().String("a"))
	})
	app.Get("/error", func(c *dewar.Context) error { c.Session().Set("e", "1"); return dewar.Abort(400) })
	app.Get("/crash", func(c *dewar.Context) error { c.Session().Set("e", "1"); return errors.New("crash") })
	app.Get("/vary", func(c *dewar.Context) error { c.Session().Get("a"); return c.Header("Vary", "Accept").HTML("x") })
	app.Get("/redirect", func(c *dewar.Context) error { c.Session().Set("r", "1"); return c.Redirect("/get") })
	app.Get("/flashes", func(c *dewar.Context) error {
		text := ""
		for _, flash := range c.FlashedMessages(c.Query().Strings("only")...) {
			text += flash.Category + ": " + flash.Message + "\n"
		}
		return c.Text(text)
	})
	app.Get("/flashtwice", func(c *dewar.Context) error {
		return c.Text(fmt.Sprint(len(c.FlashedMessages()), len(c.FlashedMessages())))
	})
	app.Get("/flashhere", func(c *dewar.Context) error {
		c.Flash("here")
		text := ""
		for _, flash := range c.FlashedMessages() {
			text += flash.Message
		}
		return c.Text(text)
	})
	return app
}

func labSends(app *dewar.App, root string) *dewar.App {
	folder := os.DirFS(filepath.Join(root, "static"))
	app.Get("/send/{name:path}", func(c *dewar.Context) error { return c.SendFromFS(folder, c.Params().String("name")) })
	sends := func(kind, file string, opts ...dewar.SendOption) {
		app.Get("/file/"+kind, func(c *dewar.Context) error { return c.SendFile(filepath.Join(root, "static", file), opts...) })
	}
	sends("plain", "a.txt")
	sends("attachment", "a.txt", dewar.Attachment(""))
	sends("named", "a.txt", dewar.Attachment("report.txt"))
	sends("inline", "a.txt", dewar.DownloadName("report.csv"))
	sends("umlaut", "a.txt", dewar.Attachment("grüße.txt"))
	sends("quoted", "a.txt", dewar.Attachment(`a "b".txt`))
	sends("spaced", "a.txt", dewar.Attachment("a b.txt"))
	sends("type", "a.txt", dewar.ContentType("application/x-own"))
	sends("texttype", "a.txt", dewar.ContentType("text/x-own; charset=utf-8"))
	sends("maxage", "a.txt", dewar.MaxAge(time.Minute))
	sends("maxage0", "a.txt", dewar.MaxAge(0))
	sends("gz", "table.csv.gz")
	sends("targz", "archive.tar.gz")
	sends("png", "pic.png")
	sends("noextension", "noextension")
	sends("missing", "missing.txt")
	sends("folder", "")
	app.Get("/file/session", func(c *dewar.Context) error {
		c.Session().Set("a", 1)
		return c.SendFile(filepath.Join(root, "static", "a.txt"))
	})
	return app
}
