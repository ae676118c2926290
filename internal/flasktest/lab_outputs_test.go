package flasktest_test

import (
	"cmp"
	"errors"
	"html/template"
	"io"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing/fstest"
	"time"

	"github.com/dewar-go/dewar"
)

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
		"whole": 1.0, "exp": 1e30, "small": 1e-7, "third": 1.0 / 3, "max": int64(9007199254740993), "str": "hello", "quote": "\"\\/\b\f\n\r\t",
		"html": "<script>&'", "unicode": "grüße", "astral": "😀", "control": "\x00\x1f\x7f", "separators": "\u2028\u2029",
		"key": dewar.Map{"ü": 1, "<": 2}, "mixed": []any{1, "a", nil, true, 1.5, dewar.Map{}, []any{}},
		"date": time.Date(2024, 5, 6, 0, 0, 0, 0, time.UTC), "datetime": labMoment, "naive": labMoment, "micro": labMoment.Add(123456 * time.Microsecond),
		"zone": time.Date(2024, 5, 6, 7, 8, 9, 0, time.FixedZone("", 7200)), "uuid": labUUID("12345678-1234-5678-1234-567812345678"),
		"decimal": "1.50", "tuple": dewar.Tuple{1, 2}, "intkeys": map[int]string{2: "b", 10: "a"},
		"deep": []any{[]any{[]any{[]any{[]any{[]any{[]any{[]any{[]any{[]any{}}}}}}}}}}, "emptystr": "", "zero": 0, "negzero": math.Copysign(0, -1),
		"spaces": dewar.Map{"a b": " "},
	}
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
		cookie := &http.Cookie{Name: "a"}
		switch c.Params().String("name") {
		case "path":
			cookie.Path, cookie.Domain = "/x", "example.com"
		case "secure":
			cookie.Secure, cookie.HttpOnly, cookie.SameSite = true, true, http.SameSiteStrictMode
		case "setanddelete":
			if err := c.SetCookie(&http.Cookie{Name: "a", Value: "1"}); err != nil {
				return err
			}
		}
		if err := c.DeleteCookie(cookie); err != nil {
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
	sends("etag", "a.txt", dewar.ETag("abc"))
	sends("noetag", "a.txt", dewar.ETag(""))
	sends("modified", "a.txt", dewar.LastModified(time.Unix(1600000000, 0)))
	sends("unconditional", "a.txt", dewar.Unconditional())
	sends("missing", "missing.txt")
	sends("folder", "")
	bytes := func(kind, name string, opts ...dewar.SendOption) {
		app.Get("/file/"+kind, func(c *dewar.Context) error {
			return c.SendReader(name, strings.NewReader("0123456789"), opts...)
		})
	}
	plain := dewar.ContentType("text/plain; charset=utf-8")
	bytes("bytes", "", plain)
	bytes("bytesnamed", "b.csv", dewar.Attachment(""))
	bytes("bytesnotype", "")
	bytes("bytesetag", "", plain, dewar.ETag("abc"), dewar.LastModified(time.Unix(1600000000, 0)))
	bp := dewar.NewBlueprint("bp", dewar.URLPrefix("/bp"), dewar.StaticFolder("static"), dewar.StaticURLPath("/files"))
	bp.Get("/link", labLinks([]any{".static", "filename", "a b.txt"}, []any{"static", "filename", "x/y"}))
	app.RegisterBlueprint(bp)
	app.Get("/file/session", func(c *dewar.Context) error {
		c.Session().Set("a", 1)
		return c.SendFile(filepath.Join(root, "static", "a.txt"))
	})
	return app
}
