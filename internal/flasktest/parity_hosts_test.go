package flasktest_test

import (
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
)

func TestHostMatching(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Get("/", shows, dewar.Endpoint("any"))
	app.Get("/", shows, dewar.Endpoint("api"), dewar.Host("API.example.com"))
	app.Get("/", shows, dewar.Endpoint("port"), dewar.Host("api.example.com:8080"))
	app.Get("/", shows, dewar.Endpoint("user"), dewar.Host("{user}.example.com"))
	app.Get("/", shows, dewar.Endpoint("node"), dewar.Host("n{id:int}.example.com"))
	app.Get("/{page:int}", shows, dewar.Endpoint("page"), dewar.Host("{user}.example.com"))
	app.Post("/only", shows, dewar.Endpoint("post"), dewar.Host("{user}.example.com"))
	app.Get("/only", shows, dewar.Endpoint("get"))
	app.Get("/branch/", shows, dewar.Endpoint("branch"), dewar.Host("api.example.com"))
	app.Get("/ported", shows, dewar.Endpoint("ported"), dewar.Host("{h}.example.org:9000"))
	app.Get("/", shows, dewar.Endpoint("wide"), dewar.Host("{x}.example.org"))
	app.Get("/", shows, dewar.Endpoint("narrow"), dewar.Host("{x}.zone.example.org"))
	wants(t, app, [][2]string{
		{"GET / a.zone.example.org", "200 narrow x=a"},
		{"GET / a.other.example.org", "200 wide x=a.other"},
		{"GET / localhost", "200 any"},
		{"GET / api.example.com", "200 api"},
		{"GET / API.EXAMPLE.COM:80", "200 api"},
		{"GET / api.example.com.", "200 api"},
		{"GET / api.example.com:5000", "200 api"},
		{"GET / api.example.com:8080", "200 port"},
		{"GET / ann.example.com:5000", "200 user user=ann"},
		{"GET / a.b.example.com", "200 user user=a.b"},
		{"GET / n7.example.com", "200 node id=7"},
		{"GET / nx.example.com", "200 user user=nx"},
		{"GET / example.com", "200 any"},
		{"GET /3 ann.example.com", "200 page page=3 user=ann"},
		{"GET /3 localhost", "404"},
		{"GET /only ann.example.com", "200 get"},
		{"POST /only ann.example.com", "200 post user=ann"},
		{"POST /only localhost", "405 GET, HEAD, OPTIONS"},
		{"PUT /only ann.example.com", "405 GET, HEAD, OPTIONS, POST"},
		{"OPTIONS /only ann.example.com", "200 GET, HEAD, OPTIONS, POST"},
		{"GET /branch api.example.com", "308 /branch/"},
		{"GET //branch// api.example.com", "308 /branch/"},
		{"GET /branch localhost", "404"},
		{"GET /ported x.example.org:9000", "200 ported h=x"},
		{"GET /ported x.example.org", "404"},
		{"GET /static/none.css ann.example.com", "404"},
	})
}

func TestSubdomainMatching(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	configure(app, "SERVER_NAME", "localhost.localdomain:3000")
	app.Get("/", shows, dewar.Endpoint("normal"))
	app.Get("/", shows, dewar.Endpoint("test"), dewar.Subdomain("test"))
	app.Get("/", shows, dewar.Endpoint("user"), dewar.Subdomain("{user}"))
	app.Get("/bare", shows, dewar.Endpoint("bare"), dewar.Subdomain(""))
	wants(t, app, [][2]string{
		{"GET / localhost.localdomain:3000", "200 normal"},
		{"GET / test.localhost.localdomain:3000", "200 test"},
		{"GET / mitsuhiko.localhost.localdomain:3000", "200 user user=mitsuhiko"},
		{"GET / xtest.localhost.localdomain:3000", "200 user user=xtest"},
		{"GET / 127.0.0.1:3000", "200 normal"},
		{"GET /bare localhost.localdomain:3000", "200 bare"},
		{"GET /bare test.localhost.localdomain:3000", "404"},
		{"GET /bare 127.0.0.1:3000", "404"},
	})
}

func TestSubdomainNeedsServerName(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Get("/", index, dewar.Subdomain("api"))
	err := app.Build()
	if err == nil || !strings.Contains(err.Error(), "SERVER_NAME") || !strings.Contains(err.Error(), "dewar.Host") || !strings.Contains(err.Error(), "parity_hosts_test.go:") {
		t.Errorf("Build says %v, want the place, SERVER_NAME and dewar.Host", err)
	}
	configure(app, "SERVER_NAME", "example.com")
	wants(t, app, [][2]string{{"GET / api.example.com", "200 index"}, {"GET / example.com", "404"}})
}

func TestSubdomainsOfNestedBlueprintsAreJoined(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	configure(app, "SERVER_NAME", "example.test")
	parent := dewar.NewBlueprint("parent", dewar.Subdomain("api"))
	child := dewar.NewBlueprint("child", dewar.Subdomain("v1"), dewar.URLPrefix("/c"))
	plain := dewar.NewBlueprint("plain", dewar.URLPrefix("/p"))
	child.Get("/", shows, dewar.Endpoint("index"))
	plain.Get("/", shows, dewar.Endpoint("index"))
	plain.Get("/own", shows, dewar.Endpoint("own"), dewar.Subdomain("own"))
	parent.Get("/", shows, dewar.Endpoint("index"))
	parent.RegisterBlueprint(child)
	parent.RegisterBlueprint(plain)
	app.RegisterBlueprint(parent)
	app.RegisterBlueprint(parent, dewar.Name("second"), dewar.Subdomain("api2"), dewar.URLPrefix("/2"))
	wants(t, app, [][2]string{
		{"GET / api.example.test", "200 parent.index"},
		{"GET /c/ v1.api.example.test", "200 parent.child.index"},
		{"GET /p/ api.example.test", "200 parent.plain.index"},
		{"GET /p/own own.example.test", "200 parent.plain.own"},
		{"GET /c/ api.example.test", "404"},
		{"GET / example.test", "404"},
		{"GET /2/ api2.example.test", "200 second.index"},
		{"GET /2/c/ v1.api2.example.test", "200 second.child.index"},
	})
}

func TestBlueprintOwnsTheErrorsOfItsHostAndOfAPrefixWithVariables(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	say := func(who string) dewar.ErrorHandler {
		return func(c *dewar.Context, err error) error { return c.Text(who) }
	}
	at := func(name string, opts ...dewar.BlueprintOption) *dewar.Blueprint {
		bp := dewar.NewBlueprint(name, opts...)
		bp.Post("/x", index)
		bp.ErrorHandler(404, say(name))
		bp.ErrorHandler(405, say(name))
		return bp
	}
	lang := at("lang", dewar.URLPrefix("/{lang:any(en,de)}/blog"))
	lang.RegisterBlueprint(at("deep", dewar.URLPrefix("/deep")))
	app.RegisterBlueprint(lang)
	app.RegisterBlueprint(at("api", dewar.Host("api.example.com")))
	app.ErrorHandler(404, say("app"))
	for _, tt := range []struct{ method, host, path, want string }{
		{"GET", "localhost", "/en/blog/nothing", "lang"},
		{"GET", "localhost", "/de/blog", "lang"},
		{"GET", "localhost", "/de/blog/deep/none", "deep"},
		{"GET", "localhost", "/de/blog/deeper", "lang"},
		{"GET", "localhost", "/fr/blog/nothing", "app"},
		{"GET", "localhost", "/en/blogs", "app"},
		{"GET", "localhost", "/de/blog/x", "lang"}, // 405
		{"GET", "api.example.com:99", "/nothing", "api"},
		{"GET", "api.example.com", "/x", "api"}, // 405
		{"GET", "localhost", "/nothing", "app"},
	} {
		if got := send(app, tt.method, tt.path, "Host", tt.host).Body.String(); got != tt.want {
			t.Errorf("%s %s%s: got %q, want %q", tt.method, tt.host, tt.path, got, tt.want)
		}
	}
}

func TestHostMistakes(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		do   func(app *dewar.App)
		want string
	}{
		{"a URL for a host", func(app *dewar.App) { app.Get("/", index, dewar.Host("http://example.com")) }, "a host has no slash"},
		{"an unknown converter", func(app *dewar.App) { app.Get("/", index, dewar.Host("{u:itn}.example.com")) }, `did you mean "int"`},
		{"one name in host and path", func(app *dewar.App) { app.Get("/{u}", index, dewar.Host("{u}.example.com")) }, `both have a variable "u"`},
		{"the same rule on the same host", func(app *dewar.App) {
			app.Get("/", index, dewar.Host("{a}.example.com"))
			app.Get("/", index, dewar.Host("{b}.example.com"))
		}, "parity_hosts_test.go:"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if text := panicText(func() { tt.do(newApp(t)) }); !strings.Contains(text, tt.want) {
				t.Errorf("panic %q does not say %q", text, tt.want)
			}
		})
	}
}

func TestURLForOtherHosts(t *testing.T) {
	t.Parallel()
	var pairs []any
	var endpoint string
	app := newApp(t)
	configure(app, "SERVER_NAME", "example.com")
	app.Get("/plain", index, dewar.Endpoint("plain"))
	app.Get("/u/{id:int}", index, dewar.Endpoint("user"), dewar.Subdomain("{name}"))
	app.Get("/bare", index, dewar.Endpoint("bare"), dewar.Subdomain(""))
	app.Get("/cdn", index, dewar.Endpoint("cdn"), dewar.Host("cdn.example.net:444"))
	app.Get("/a", index, dewar.Endpoint("both"), dewar.Host("a.example.com"))
	app.Get("/b", index, dewar.Endpoint("both"), dewar.Host("b.example.com"))
	app.Get("/url", func(c *dewar.Context) error {
		u, err := c.URLFor(endpoint, pairs...)
		if err != nil {
			return c.Text(err.Error())
		}
		return c.Text(u)
	})
	for _, tt := range []struct {
		host, endpoint string
		pairs          []any
		want           string
	}{
		{"example.com", "plain", nil, "/plain"},
		{"example.com", "user", []any{"id", 7, "name", "ann"}, "http://ann.example.com/u/7"},
		{"ann.example.com", "user", []any{"id", 7, "name", "ann", "q", 1}, "/u/7?q=1"},
		{"Ann.example.com", "user", []any{"id", 7, "name", "ANN"}, "/u/7"},
		{"bob.example.com", "user", []any{"id", 7, "name", "ann", dewar.Scheme("https")}, "https://ann.example.com/u/7"},
		{"example.com:5000", "user", []any{"id", 7, "name", "ann"}, "http://ann.example.com:5000/u/7"},
		{"example.com", "user", []any{"id", 7}, `no value for name`},
		{"example.com", "user", []any{"id", 7, "name", "evil.com:80@x"}, "make no host"},
		{"example.com", "user", []any{"id", 7, "name", "evil.com/x"}, "slash"},
		{"example.com", "user", []any{"id", 7, "name", "evil.com?x#"}, "make no host"},
		{"example.com", "bare", nil, "/bare"},
		{"ann.example.com", "bare", nil, "http://example.com/bare"},
		{"example.com:5000", "cdn", nil, "http://cdn.example.net:444/cdn"},
		{"a.example.com", "both", nil, "/a"},
		{"b.example.com", "both", nil, "/b"},
		{"c.example.com", "both", nil, "http://a.example.com/a"},
	} {
		endpoint, pairs = tt.endpoint, tt.pairs
		if got := send(app, "GET", "/url", "Host", tt.host).Body.String(); got != tt.want && !(strings.HasPrefix(got, "dewar: ") && strings.Contains(got, tt.want)) {
			t.Errorf("from %s to %s %v: got %q, want %q", tt.host, tt.endpoint, tt.pairs, got, tt.want)
		}
	}
	for name, want := range map[string]string{"plain": "http://example.com/plain", "cdn": "http://cdn.example.net:444/cdn", "bare": "http://example.com/bare"} {
		if got, err := app.URLFor(name); err != nil || got != want {
			t.Errorf("outside a request %s: got %q, %v, want %q", name, got, err, want)
		}
	}
}

func FuzzHostsAndRedirects(f *testing.F) {
	for _, pattern := range []string{"{user}.example.com", "api.example.com:80", "{a:int}{b}", "{x:[a-z]{2}}.com", "}{", "{", "", "[::1]:5000", "{p:path}", "https://x/{a}", "/a?{b}", "//x"} {
		f.Add(pattern, "a.example.com")
	}
	f.Fuzz(func(t *testing.T, pattern, host string) {
		app := quietApp(t)
		for name, register := range map[string]func(){
			"host":     func() { app.Get("/", index, dewar.Host(pattern), dewar.Endpoint("host")) },
			"redirect": func() { app.Route("/r/{a}", nil, dewar.RedirectRule(pattern)) },
		} {
			if text := panicText(register); text != "" && !strings.HasPrefix(text, "dewar: ") {
				t.Errorf("%s %q panics with %q", name, pattern, text)
			}
		}
		if err := app.Build(); err != nil {
			t.Fatalf("%q: %v", pattern, err)
		}
		send(app, "GET", "/", "Host", host)
		send(app, "GET", "/r/%5cx", "Host", host)
	})
}
