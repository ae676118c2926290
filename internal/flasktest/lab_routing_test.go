package flasktest_test

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/dewar-go/dewar"
)

// labList is a converter of words with plus signs between them.
type labList struct{}

func (labList) Pattern() string { return `[a-z]+(?:\+[a-z]+)*` }

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
