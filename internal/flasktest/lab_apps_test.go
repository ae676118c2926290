package flasktest_test

import (
	"cmp"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
)

// The applications of testdata/lab/app.py, written for dewar.

const labKey = "a key for the laboratory, long enough"

var labModified = time.Unix(1700000000, 0)

var everyMethod = dewar.Methods("GET", "POST", "PUT", "PATCH", "DELETE")

// labTwins starts the applications and returns their addresses.
func labTwins(t *testing.T) map[string]string {
	t.Helper()
	root := t.TempDir()
	labFiles(t, root)
	addrs := map[string]string{}
	for name, handler := range map[string]http.Handler{
		"routing":     labRouting(labNew(root, nil)),
		"methods":     labMethods(labNew(root, nil)),
		"nooptions":   labMethods(labNew(root, dewar.Map{"PROVIDE_AUTOMATIC_OPTIONS": false})),
		"hosts":       labHosts(labNew(root, nil)),
		"subdomains":  labSubdomains(labNew(root, dewar.Map{"SERVER_NAME": "example.com"})),
		"subport":     labSubdomains(labNew(root, dewar.Map{"SERVER_NAME": "example.com:8080"})),
		"inputs":      labInputs(labNew(root, nil)),
		"limits":      labInputs(labNew(root, dewar.Map{"MAX_CONTENT_LENGTH": 1000, "MAX_FORM_MEMORY_SIZE": 500, "MAX_FORM_PARTS": 3})),
		"trusted":     labInputs(labNew(root, dewar.Map{"TRUSTED_HOSTS": []string{"example.com", ".example.org"}})),
		"outputs":     labOutputs(labNew(root, nil)),
		"errors":      labErrors(labNew(root, nil), true),
		"bare":        labErrors(labNew(root, nil), false),
		"generic":     labGeneric(labNew(root, nil)),
		"hooks":       labHooks(labNew(root, nil)),
		"urls":        labURLs(labNew(root, nil)),
		"rooted":      labURLs(labNew(root, dewar.Map{"APPLICATION_ROOT": "/root"})),
		"named":       labURLs(labNew(root, dewar.Map{"SERVER_NAME": "example.com"})),
		"https":       labURLs(labNew(root, dewar.Map{"PREFERRED_URL_SCHEME": "https"})),
		"mounted":     labMounted(root),
		"proxied":     labProxied(root),
		"sessions":    labSessions(labNew(root, nil)),
		"unrefreshed": labSessions(labNew(root, dewar.Map{"SESSION_REFRESH_EACH_REQUEST": false})),
		"nokey":       labSessions(labNew(root, dewar.Map{"SECRET_KEY": nil})),
		"strict": labSessions(labNew(root, dewar.Map{
			"SESSION_COOKIE_NAME": "own", "SESSION_COOKIE_DOMAIN": "example.com", "SESSION_COOKIE_PATH": "/sub",
			"SESSION_COOKIE_SECURE": true, "SESSION_COOKIE_HTTPONLY": false, "SESSION_COOKIE_SAMESITE": "Strict", "SESSION_COOKIE_PARTITIONED": true,
		})),
		"files":      labSends(labNew(root, nil, dewar.StaticFolder("static")), root),
		"aged":       labSends(labNew(root, dewar.Map{"SEND_FILE_MAX_AGE_DEFAULT": 3600}, dewar.StaticFolder("static")), root),
		"rootstatic": labSends(labNew(root, nil, dewar.StaticFolder("static"), dewar.StaticURLPath("/")), root),
		"sendfile":   labSends(labNew(root, dewar.Map{"USE_X_SENDFILE": true}, dewar.StaticFolder("static")), root),
		"assets":     labSends(labNew(root, nil, dewar.StaticFolder("static"), dewar.StaticURLPath("/assets")), root),
	} {
		server := httptest.NewUnstartedServer(handler)
		server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
		server.Start()
		t.Cleanup(server.Close)
		addrs[name] = server.Listener.Addr().String()
	}
	return addrs
}

// labNew returns an app without static files that logs nothing and, as Flask does, sends its session cookie without
// SameSite.
func labNew(root string, config dewar.Map, opts ...dewar.Option) *dewar.App {
	app := dewar.New("lab", append([]dewar.Option{dewar.RootPath(root), dewar.StaticFolder("")}, opts...)...)
	app.Logger = slog.New(slog.DiscardHandler)
	settings := dewar.Map{"SECRET_KEY": labKey, "SESSION_COOKIE_SAMESITE": nil}
	maps.Copy(settings, config)
	if err := app.Config.FromMapping(settings); err != nil {
		panic(err)
	}
	return app
}

func labFiles(t *testing.T, root string) {
	t.Helper()
	for name, data := range map[string]string{
		"static/a.txt": "0123456789", "static/page.html": "<p>page</p>\n", "static/style.css": "p { color: red }\n", "static/app.js": "let a = 1\n",
		"static/data.json": "{}\n", "static/pic.svg": "<svg/>", "static/pic.png": "\x89PNG\r\n", "static/archive.tar.gz": "\x1f\x8b",
		"static/table.csv.gz": "\x1f\x8b", "static/unknown.qqq": "q", "static/noextension": "n", "static/empty.txt": "", "static/grüße.txt": "hello",
		"static/with space.txt": "space", "static/sub/index.html": "index", "static/.hidden": "hidden", "static/.well-known/a.txt": "known",
		"static/UPPER.TXT": "upper", "outside.txt": "outside",
	} {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(data), 0o644), os.Chtimes(path, labModified, labModified)); err != nil {
			t.Fatal(err)
		}
	}
}

// labPairs returns the pairs of a query or form, sorted by key.
func labPairs(values *dewar.Values) string {
	var b strings.Builder
	for _, key := range values.Keys() {
		for _, value := range values.Strings(key) {
			fmt.Fprintf(&b, "%s=%s\n", key, value)
		}
	}
	return b.String()
}

// labShow answers with the endpoint and the values of the route.
func labShow(c *dewar.Context) error {
	text := c.Endpoint()
	for _, key := range c.Params().Keys() {
		text += " " + key + "=" + c.Params().String(key)
	}
	return c.Text(text)
}

// labList is a converter of words with plus signs between them.
type labList struct{}

func (labList) Pattern() string                { return `[a-z]+(?:\+[a-z]+)*` }
func (labList) Parse(text string) (any, error) { return strings.ReplaceAll(text, "+", "|"), nil }
func (labList) Format(value any) (string, error) {
	return strings.ReplaceAll(fmt.Sprint(value), "|", "+"), nil
}

// labEven is a converter that refuses odd numbers.
type labEven struct{}

func (labEven) Pattern() string { return `[^/]+` }
func (labEven) Parse(text string) (any, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n%2 != 0 {
		return nil, errors.New("want an even number")
	}
	return n, nil
}
func (labEven) Format(value any) (string, error) { return fmt.Sprint(value), nil }

func labRouting(app *dewar.App) *dewar.App {
	app.Converter("list", labList{})
	app.Converter("even", labEven{})
	for _, route := range [][2]string{
		{"index", "/"}, {"int", "/int/{v:int}"}, {"signed", "/signed/{v:int(signed=True)}"}, {"fixed", "/fixed/{v:int(fixed_digits=3)}"},
		{"range", "/range/{v:int(min=2, max=20)}"}, {"str", "/str/{v}"}, {"len", "/len/{v:string(length=2)}"},
		{"minmax", "/minmax/{v:string(minlength=2,maxlength=4)}"}, {"path", "/path/{v:path}"}, {"edit", "/mid/{v:path}/edit"},
		{"revision", "/mid/{v:path}/rev/{n:int}"}, {"uuid", "/uuid/{v:uuid}"}, {"any", "/any/{v:any(red,green,'light blue')}"},
		{"anydot", "/anydot/{v:any('a.b','c+d')}"}, {"two", "/two/{a}-{b}"}, {"dotted", "/ext/{name}.{ext}"}, {"version", "/v{n:int}/x"},
		{"at", "/@{user}"}, {"branch", "/branch/"}, {"leaf", "/leaf"}, {"deep", "/branch/deep/leaf"}, {"namebranch", "/names/{v}/"},
		{"pathbranch", "/paths/{v:path}/"}, {"intbranch", "/ints/{v:int}/"}, {"umlaut", "/grüße"}, {"umlautname", "/grüße/{v}"},
		{"case", "/Case/Sensitive"}, {"prioname", "/prio/{v}"}, {"priostatic", "/prio/static"}, {"prioint", "/prio/{v:int}"},
		{"priopath", "/prio/{v:path}"}, {"priotwo", "/prio/{a}/{b}"}, {"priotwostatic", "/prio/{a}/edit"}, {"priostatictwo", "/prio/static/{b}"},
		{"space", "/with space"}, {"plus", "/a+b"}, {"percent", "/100%"}, {"semi", "/semi;colon"}, {"tilde", "/~home"},
		{"list", "/list/{v:list}"}, {"even", "/even/{v:even}"}, {"catch", "/catch/{v:path}"}, {"catchroot", "/catch/"}, {"dotfile", "/.dot/{v}"},
		{"colon", "/a:b/{v}"}, {"comma", "/a,b"}, {"dollar", "/$x"}, {"paren", "/p(x)"}, {"threes", "/three/{a}/{b}/{c}"},
		{"mixedint", "/mixed/{a:int}x{b:int}"}, {"email", "/mail/{user}@{host}"},
	} {
		app.Route(route[1], labShow, dewar.Endpoint(route[0]))
	}
	app.Get("/loose", labShow, dewar.Endpoint("loose"), dewar.StrictSlashes(false))
	app.Get("/loosebranch/", labShow, dewar.Endpoint("loosebranch"), dewar.StrictSlashes(false))
	app.Get("/unmerged/{v:path}", labShow, dewar.Endpoint("unmerged"), dewar.MergeSlashes(false))
	app.Get("/pages/", labShow, dewar.Endpoint("page"), dewar.Defaults(dewar.Map{"page": 1}))
	app.Get("/pages/{page:int}", labShow, dewar.Endpoint("page"))
	app.Get("/both", labShow, dewar.Endpoint("both"), dewar.Defaults(dewar.Map{"v": "x"}))
	app.Get("/both/{v}", labShow, dewar.Endpoint("both"))
	float := func(c *dewar.Context) error {
		return c.Text(fmt.Sprintf("%s v=%.6f", c.Endpoint(), c.Params().Float64("v")))
	}
	app.Get("/float/{v:float}", float, dewar.Endpoint("float"))
	app.Get("/sfloat/{v:float(signed=True)}", float, dewar.Endpoint("sfloat"))
	app.Get("/rfloat/{v:float(min=0.5,max=2.5)}", float, dewar.Endpoint("rfloat"))
	app.Get("/old/{v:int}", nil, dewar.RedirectRule("/int/{v}"))
	app.Get("/olds/{v}", nil, dewar.RedirectRule("/str/{v}"))
	app.Get("/oldpath/{v:path}", nil, dewar.RedirectRule("/path/{v:path}"))
	app.Get("/oldout/{v}", nil, dewar.RedirectRule("https://example.org/{v}"))
	return app
}

type labThings struct{}

func (labThings) Get(c *dewar.Context) error {
	return c.Text("things get " + cmp.Or(c.Params().String("n"), "None"))
}

func (labThings) Post(c *dewar.Context) error {
	return c.Status(201).Text("things post " + cmp.Or(c.Params().String("n"), "None"))
}

func (labThings) Delete(c *dewar.Context) error { return c.NoContent() }

type labHeads struct{}

func (labHeads) Get(c *dewar.Context) error     { return c.Text("get") }
func (labHeads) Head(c *dewar.Context) error    { return c.Header("X-Head", "yes").HTML("") }
func (labHeads) Options(c *dewar.Context) error { return c.Header("X-Options", "yes").HTML("") }

func labMethods(app *dewar.App) *dewar.App {
	answer := func(c *dewar.Context) error {
		return c.Header("X-Method", c.Request.Method).Text(c.Endpoint() + " " + c.Request.Method)
	}
	for _, route := range [][]string{
		{"get", "/get", "GET"}, {"post", "/post", "POST"}, {"both", "/both", "GET", "POST"}, {"put", "/put", "PUT"}, {"patch", "/patch", "PATCH"},
		{"delete", "/delete", "DELETE"}, {"all", "/all", "GET", "POST", "PUT", "PATCH", "DELETE"}, {"head", "/head", "HEAD"},
		{"propfind", "/dav", "PROPFIND"}, {"mkcol", "/dav", "MKCOL"}, {"options", "/options", "GET", "OPTIONS"}, {"splitget", "/split", "GET"},
		{"splitpost", "/split", "POST"}, {"lower", "/lower", "post", "put"}, {"item", "/items/{n:int}", "GET"}, {"itemdelete", "/items/{n:int}", "DELETE"},
		{"itemname", "/items/{name}", "POST"}, {"trace", "/trace", "TRACE"}, {"branch", "/branch/", "GET", "POST"}, {"branchpost", "/postbranch/", "POST"},
		{"mixed1", "/mixed/{name}", "GET"}, {"mixed2", "/mixed/new", "POST"}, {"link", "/link", "LINK"}, {"query", "/query", "QUERY"},
	} {
		app.Route(route[1], answer, dewar.Endpoint(route[0]), dewar.Methods(route[2:]...))
	}
	app.Get("/noopts", answer, dewar.Endpoint("noopts"), dewar.AutomaticOptions(false))
	app.View("/things", labThings{}, dewar.Endpoint("things"), dewar.Methods("GET", "POST"))
	app.View("/things/{n:int}", labThings{}, dewar.Endpoint("things"), dewar.Methods("GET", "DELETE"))
	app.View("/heads", labHeads{}, dewar.Endpoint("heads"))
	app.Route("/plain", func(c *dewar.Context) error { return c.Text("plain " + c.Request.Method) }, dewar.Endpoint("plain"), dewar.Methods("GET", "PUT"))
	app.ErrorHandler(405, func(c *dewar.Context, err error) error {
		if strings.HasPrefix(c.Request.URL.Path, "/post") {
			return c.Status(405).Text("own 405")
		}
		return err
	})
	app.Use(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			method := strings.ToUpper(r.Header.Get("X-HTTP-Method-Override"))
			if slices.Contains([]string{"GET", "POST", "PUT", "PATCH", "DELETE"}, method) {
				r.Method = method
			}
			next.ServeHTTP(w, r)
		})
	})
	return app
}

// labLinks answers with URLs, which are given as endpoint and pairs.
func labLinks(urls ...[]any) dewar.Handler {
	return func(c *dewar.Context) error {
		var all []string
		for _, u := range urls {
			built, err := c.URLFor(u[0].(string), u[1:]...)
			if err != nil {
				return err
			}
			all = append(all, built)
		}
		return c.Text(strings.Join(all, " "))
	}
}

func labHosts(app *dewar.App) *dewar.App {
	example := dewar.Host("example.com")
	app.Get("/", labShow, dewar.Endpoint("main"), example)
	app.Get("/", labShow, dewar.Endpoint("www"), dewar.Host("www.example.com"))
	app.Get("/", labShow, dewar.Endpoint("user"), dewar.Host("{user}.example.org"))
	app.Get("/", labShow, dewar.Endpoint("port"), dewar.Host("example.net:8080"))
	app.Get("/only", labShow, dewar.Endpoint("only"), example)
	app.Get("/branch/", labShow, dewar.Endpoint("branch"), example)
	app.Post("/post", labShow, dewar.Endpoint("post"), example)
	app.Get("/links", labLinks([]any{"main"}, []any{"www"}, []any{"user", "user", "ann"}, []any{"only"}, []any{"main", dewar.External()}), example)
	return app
}

func labSubdomains(app *dewar.App) *dewar.App {
	top := dewar.Subdomain("")
	app.Get("/", labShow, dewar.Endpoint("main"), top)
	app.Get("/", labShow, dewar.Endpoint("api"), dewar.Subdomain("api"))
	app.Get("/", labShow, dewar.Endpoint("user"), dewar.Subdomain("{user}"))
	app.Get("/only", labShow, dewar.Endpoint("only"), dewar.Subdomain("api"))
	app.Get("/branch/", labShow, dewar.Endpoint("branch"), dewar.Subdomain("api"))
	app.Get("/links", labLinks([]any{"main"}, []any{"api"}, []any{"user", "user", "ann"}, []any{"only"}, []any{"main", dewar.External()}), top)
	bp := dewar.NewBlueprint("bp", dewar.Subdomain("bp"))
	bp.Get("/", labShow, dewar.Endpoint("index"))
	bp.Get("/x/{n:int}", labShow, dewar.Endpoint("x"))
	app.RegisterBlueprint(bp)
	return app
}

func labInputs(app *dewar.App) *dewar.App {
	app.Get("/query", func(c *dewar.Context) error { return c.Text(labPairs(c.Query())) })
	app.Get("/typed", func(c *dewar.Context) error {
		return c.Text(fmt.Sprintf("n=%d f=%.3f", dewar.ValueOr(c.Query(), "n", 5), dewar.ValueOr(c.Query(), "f", 0.5)))
	})
	app.Get("/need", func(c *dewar.Context) error {
		q, err := dewar.Require[string](c.Query(), "q")
		if err != nil {
			return err
		}
		return c.Text(q)
	})
	app.Get("/has", func(c *dewar.Context) error {
		return c.Text(fmt.Sprint(c.Query().Has("q"), " ", strings.Join(c.Query().Strings("q"), ",")))
	})
	app.Get("/first", func(c *dewar.Context) error { return c.Text(dewar.ValueOr(c.Query(), "q", "none")) })
	app.Route("/form", func(c *dewar.Context) error { return labForm(c) }, everyMethod)
	app.Route("/form/need", func(c *dewar.Context) error {
		q, err := dewar.Require[string](c.Form(), "q")
		if err != nil {
			return err
		}
		return c.Text(q)
	}, everyMethod)
	app.Route("/form/file", func(c *dewar.Context) error {
		file, err := c.File("file")
		if err != nil {
			return err
		}
		return c.Text(file.Filename)
	}, everyMethod)
	app.Route("/both", func(c *dewar.Context) error {
		return c.Text("query " + labPairs(c.Query()) + "form " + labPairs(c.Form()))
	}, everyMethod)
	app.Route("/values", func(c *dewar.Context) error {
		return c.Text(dewar.ValueOr(c.Query(), "q", dewar.ValueOr(c.Form(), "q", "None")))
	}, everyMethod)
	app.Route("/raw", func(c *dewar.Context) error {
		data, err := io.ReadAll(c.Request.Body)
		if err != nil {
			return err
		}
		text := hex.EncodeToString(data)
		return c.Text(fmt.Sprint(len(data), " ", text[:min(80, len(text))]))
	}, everyMethod)
	app.Route("/rawform", func(c *dewar.Context) error {
		data, err := io.ReadAll(c.Request.Body)
		if err != nil {
			return err
		}
		return c.Text(fmt.Sprint(len(data), " ", labPairs(c.Form())))
	}, everyMethod)
	app.Route("/isjson", func(c *dewar.Context) error { return c.Text(fmt.Sprint(c.IsJSON())) }, everyMethod)
	app.Get("/cookie", func(c *dewar.Context) error {
		text := ""
		for _, name := range []string{"a", "b", "c", "d e", "ü"} {
			if value := c.Cookie(name); value != "" || labHasCookie(c, name) {
				text += name + "=" + value + "\n"
			}
		}
		return c.Text(text)
	})
	app.Get("/header", func(c *dewar.Context) error {
		values, ok := c.Request.Header["X-A"]
		if !ok {
			return c.Text("[none]")
		}
		return c.Text("[" + strings.Join(values, ",") + "]")
	})
	app.Get("/accept", func(c *dewar.Context) error {
		return c.Text(cmp.Or(c.Accepts("text/html", "application/json", "text/plain"), "none"))
	})
	seen := func(c *dewar.Context) error {
		return c.Text(fmt.Sprintf("path=%s\nquery=%s\nurl=%s\nbase=%s\nhost=%s\nscheme=%s\nv=%s\n", strings.ToValidUTF8(c.Request.URL.Path, "\uFFFD"),
			c.Request.URL.RawQuery, c.URL(), c.BaseURL(), c.Host(), c.Scheme(), c.Params().String("v")))
	}
	app.Route("/seen/{v:path}", seen, everyMethod)
	app.Route("/seen/", seen, everyMethod)
	app.Get("/session/query", func(c *dewar.Context) error {
		c.Session().Set("q", c.Query().String("q"))
		c.Flash(c.Query().String("q"))
		return c.Text(c.Session().String("q"))
	})
	labJSONInputs(app)
	return app
}

func labHasCookie(c *dewar.Context, name string) bool {
	_, err := c.Request.Cookie(name)
	return err == nil
}

func labForm(c *dewar.Context) error {
	text := labPairs(c.Form())
	if form := c.Request.MultipartForm; form != nil {
		for _, name := range slices.Sorted(maps.Keys(form.File)) {
			files, err := c.Files(name)
			if err != nil {
				return err
			}
			for _, file := range files {
				f, err := file.Open()
				if err != nil {
					return err
				}
				data, err := io.ReadAll(f)
				if err := errors.Join(err, f.Close()); err != nil {
					return err
				}
				kind, _, _ := strings.Cut(strings.ToLower(file.Header.Get("Content-Type")), ";")
				text += fmt.Sprintf("%s: %s %s %x\n", name, file.Filename, kind, data)
			}
		}
	}
	return c.Text(text)
}

func labJSONInputs(app *dewar.App) {
	app.Route("/json", func(c *dewar.Context) error {
		var v any
		if err := c.BindJSON(&v); err != nil {
			return err
		}
		return c.JSON(v)
	}, everyMethod)
	app.Route("/json/silent", func(c *dewar.Context) error {
		var v any
		if c.BindJSON(&v) != nil {
			v = nil
		}
		return c.JSON(v)
	}, everyMethod)
	app.Route("/json/force", func(c *dewar.Context) error {
		c.Request.Header.Set("Content-Type", "application/json")
		var v any
		if err := c.BindJSON(&v); err != nil {
			return err
		}
		return c.JSON(v)
	}, everyMethod)
	app.Route("/json/name", func(c *dewar.Context) error {
		var in struct {
			Name string `json:"name" required:"true"`
		}
		if err := c.Bind(&in); err != nil {
			return err
		}
		return c.Text(in.Name)
	}, everyMethod)
	app.Route("/json/session", func(c *dewar.Context) error {
		var v any
		if err := c.BindJSON(&v); err != nil {
			return err
		}
		c.Session().Set("v", v)
		return c.JSON(c.Session().Get("v"))
	}, everyMethod)
}

type labOwn struct{ text string }

func (e *labOwn) Error() string { return e.text }

type labOwnChild struct{ *labOwn }

func (e *labOwnChild) Unwrap() error { return e.labOwn }

type labTeapot struct{ *dewar.HTTPError }

type labUnhandled struct{}

func (labUnhandled) Error() string { return "message" }

type labBroken struct{}

func (labBroken) Error() string { return "message" }

func labBlueprint(name, prefix string) *dewar.Blueprint {
	bp := dewar.NewBlueprint(name, dewar.URLPrefix(prefix))
	bp.Get("/own", func(*dewar.Context) error { return &labOwn{"message"} })
	bp.Get("/child", func(*dewar.Context) error { return &labOwnChild{&labOwn{"message"}} })
	bp.Get("/abort/{code:int}", func(c *dewar.Context) error { return dewar.Abort(c.Params().Int("code")) })
	bp.Get("/unhandled", func(*dewar.Context) error { return labUnhandled{} })
	return bp
}

// labName is the name of an error's type, as Python would print it.
func labName(err error) string {
	for _, kind := range []struct {
		is   func(error) bool
		name string
	}{
		{func(err error) bool { var e *labOwnChild; return errors.As(err, &e) }, "OwnChild"},
		{func(err error) bool { var e *labOwn; return errors.As(err, &e) }, "Own"},
		{func(err error) bool { var e labUnhandled; return errors.As(err, &e) }, "Unhandled"},
		{func(err error) bool { var e labBroken; return errors.As(err, &e) }, "Broken"},
		{func(err error) bool { return strings.Contains(err.Error(), "404") }, "NotFound"},
		{func(err error) bool { return strings.Contains(err.Error(), "key") }, "KeyError"},
		{func(err error) bool { return strings.Contains(err.Error(), "value") }, "ValueError"},
		{func(err error) bool { return strings.Contains(err.Error(), "zero") }, "ZeroDivisionError"},
		{func(err error) bool {
			return strings.Contains(err.Error(), "wrapped") || strings.Contains(err.Error(), "fails")
		}, "RuntimeError"},
		{func(err error) bool { var e *dewar.HTTPError; return errors.As(err, &e) && e.Err == nil }, "InternalServerError"},
	} {
		if kind.is(err) {
			return kind.name
		}
	}
	return fmt.Sprintf("%T", err)
}

func labErrors(app *dewar.App, handlers bool) *dewar.App {
	app.Route("/abort/{code:int}", func(c *dewar.Context) error { return dewar.Abort(c.Params().Int("code")) }, everyMethod)
	app.Get("/abort/{code:int}/{message}", func(c *dewar.Context) error {
		return dewar.Abortf(c.Params().Int("code"), "%s", c.Params().String("message"))
	})
	app.Get("/abort/response", func(c *dewar.Context) error { return c.Status(409).Header("X-Own", "1").HTML("own") })
	app.Get("/abort/html", func(*dewar.Context) error { return dewar.Abortf(400, "<b>&") })
	app.Get("/abort/retry", func(*dewar.Context) error {
		return &dewar.HTTPError{Code: 503, Header: http.Header{"Retry-After": {"30"}}}
	})
	app.Get("/abort/auth", func(*dewar.Context) error {
		return &dewar.HTTPError{Code: 401, Header: http.Header{"Www-Authenticate": {"Basic realm=x"}}}
	})
	app.Get("/abort/allow", func(*dewar.Context) error {
		return &dewar.HTTPError{Code: 405, Header: http.Header{"Allow": {"GET, PUT"}}}
	})
	app.Get("/abort/range", func(*dewar.Context) error {
		return &dewar.HTTPError{Code: 416, Header: http.Header{"Content-Range": {"bytes */10"}}}
	})
	for kind, err := range map[string]error{
		"own": &labOwn{"message"}, "child": &labOwnChild{&labOwn{"message"}}, "unhandled": labUnhandled{}, "teapot": labTeapot{&dewar.HTTPError{Code: 418, Message: "short and stout"}}, "broken": labBroken{},
		"key": errors.New("key"), "value": errors.New("value"), "zero": errors.New("zero"),
	} {
		app.Get("/raise/"+kind, func(*dewar.Context) error { return err })
	}
	app.Get("/partial", func(c *dewar.Context) error {
		c.AfterThisRequest(func(c *dewar.Context) error { c.Header("X-After", "1"); return nil })
		c.Session().Set("x", 1)
		return dewar.Abort(409)
	})
	app.Get("/wrapped", func(*dewar.Context) error { return errors.New("wrapped") })
	app.Get("/only/get", func(c *dewar.Context) error { return c.Text("get") })
	bp, plain, inner := labBlueprint("bp", "/bp"), labBlueprint("plain", "/plain"), labBlueprint("inner", "/inner")
	if handlers {
		app.ErrorHandler(404, func(c *dewar.Context, err error) error { return c.Status(404).Text("app 404 Not Found") })
		app.ErrorHandler(409, func(c *dewar.Context, err error) error { return c.Status(200).Text("app 409 without a status") })
		app.ErrorHandler(410, func(c *dewar.Context, err error) error { return c.Redirect("/moved") })
		app.ErrorHandler(413, func(c *dewar.Context, err error) error { return c.Status(413).JSON(dewar.Map{"error": 413}) })
		dewar.HandleError(app, func(c *dewar.Context, err *labOwn) error { return c.Status(400).Text("app Own Own") })
		dewar.HandleError(app, func(c *dewar.Context, err *labOwnChild) error { return c.Status(400).Text("app Own OwnChild") })
		dewar.HandleError(app, func(c *dewar.Context, err labBroken) error { return errors.New("the handler fails") })
		app.ErrorHandler(422, func(c *dewar.Context, err error) error { return dewar.Abort(404) })
		app.ErrorHandler(500, func(c *dewar.Context, err error) error { return c.Status(500).Text("app 500 " + labName(err)) })
		bp.ErrorHandler(404, func(c *dewar.Context, err error) error { return c.Status(404).Text("bp 404") })
		dewar.HandleError(bp, func(c *dewar.Context, err *labOwnChild) error { return c.Status(400).Text("bp OwnChild") })
		bp.AppErrorHandler(451, func(c *dewar.Context, err error) error { return c.Status(451).Text("bp app 451") })
		inner.ErrorHandler(403, func(c *dewar.Context, err error) error { return c.Status(403).Text("inner 403") })
	}
	bp.RegisterBlueprint(inner)
	app.RegisterBlueprint(bp)
	app.RegisterBlueprint(plain)
	return app
}

func labGeneric(app *dewar.App) *dewar.App {
	dewar.HandleError(app, func(c *dewar.Context, err *dewar.HTTPError) error {
		return c.Status(err.Code).Text(fmt.Sprintf("http %d %s", err.Code, http.StatusText(err.Code)))
	})
	dewar.HandleError(app, func(c *dewar.Context, err error) error { return c.Status(500).Text("every " + labName(err)) })
	return labErrors(app, false)
}
