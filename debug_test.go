package dewar_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
)

// An arrival is a request as it reaches the App.
type arrival struct {
	peer, host string
	target     string // of the request line
	proto      string
	header     http.Header
	local      net.Addr // where the connection came to; nil for none
	config     dewar.Map
	middleware func(http.Handler) http.Handler
}

// atHome is one from a browser on this machine to an App in DEBUG.
func atHome() arrival {
	return arrival{peer: "127.0.0.1:40000", host: "localhost:5000", target: "/", proto: "HTTP/1.1", header: http.Header{}, config: dewar.Map{"DEBUG": true}}
}

// mayDebug reports whether the visitor may see the insides of the App.
func (v arrival) mayDebug(t *testing.T) (allowed bool) {
	t.Helper()
	app := dewar.New("gate")
	app.Config.Update(v.config)
	if v.middleware != nil {
		app.Use(v.middleware)
	}
	app.Get("/", func(c *dewar.Context) error {
		allowed = c.DebugAllowed()
		return c.NoContent()
	})
	r := httptest.NewRequest("GET", v.target, nil)
	r.RemoteAddr, r.Host, r.Header = v.peer, v.host, v.header
	r.Proto = v.proto
	r.ProtoMajor, r.ProtoMinor, _ = http.ParseHTTPVersion(v.proto)
	if v.local != nil {
		r = r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, v.local))
	}
	w := httptest.NewRecorder()
	if app.ServeHTTP(w, r); w.Code != http.StatusNoContent && w.Code != http.StatusBadRequest {
		t.Fatalf("status %d", w.Code)
	}
	return allowed
}

// A try is one way to come to an App.
type try struct {
	name   string
	change func(v *arrival)
}

func peers(addrs ...string) (tries []try) {
	for _, addr := range addrs {
		tries = append(tries, try{"peer " + addr, func(v *arrival) { v.peer = addr }})
	}
	return tries
}

func hostTries(names ...string) (tries []try) {
	for _, name := range names {
		tries = append(tries, try{"host " + name, func(v *arrival) { v.host = name }})
	}
	return tries
}

// spelled is a header in the letters in which others than net/http may hand it over.
func spelled(name string) (tries []try) {
	for _, key := range []string{strings.ToLower(name), strings.ToUpper(name), strings.ReplaceAll(name, "-", "_"), strings.ToLower(strings.ReplaceAll(name, "-", "_"))} {
		for _, value := range []string{"", "127.0.0.1"} {
			tries = append(tries, try{"as it is: " + key + ": " + value, func(v *arrival) { v.header[key] = []string{value} }})
		}
	}
	return tries
}

func headers(names, values []string) (tries []try) {
	for _, name := range names {
		for _, value := range values {
			tries = append(tries, try{name + ": " + value, func(v *arrival) { v.header.Set(name, value) }})
		}
	}
	return tries
}

// fetches is what a browser says of why it asks.
func fetches(site, mode, dest string) []try {
	return []try{{"Sec-Fetch " + site + " " + mode + " " + dest, func(v *arrival) {
		v.header.Set("Sec-Fetch-Site", site)
		v.header.Set("Sec-Fetch-Mode", mode)
		v.header.Set("Sec-Fetch-Dest", dest)
	}}}
}

func addresses(addrs ...net.Addr) (tries []try) {
	for _, addr := range addrs {
		tries = append(tries, try{"to " + addr.String(), func(v *arrival) { v.local = addr }})
	}
	return tries
}

func configs(settings ...dewar.Map) (tries []try) {
	for _, m := range settings {
		tries = append(tries, try{fmt.Sprintf("config %v", m), func(v *arrival) { v.config = m }})
	}
	return tries
}

// welcome are those who come from this machine.
func welcome() []try {
	return slices.Concat(
		[]try{{"a browser on this machine", func(*arrival) {}}},
		peers("127.0.0.1:1", "127.0.0.1", "127.8.9.10:1", "[::1]:40000", "[::ffff:127.0.0.1]:40000"),
		hostTries("localhost", "127.0.0.1", "127.0.0.1:5000", "[::1]", "[::1]:5000", "localhost:80"),
		addresses(&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 5000}, &net.TCPAddr{IP: net.IPv6loopback, Port: 5000}),
		headers([]string{"Origin"}, []string{"http://localhost:5000", "http://127.0.0.1:3000", "https://[::1]", "http://localhost"}),
		headers([]string{"User-Agent", "X-Requested-With", "X-Request-Id", "Referer", "Cookie"}, []string{"127.0.0.1"}),
		fetches("same-origin", "cors", "empty"), fetches("same-site", "cors", "empty"), fetches("none", "navigate", "document"),
		fetches("cross-site", "navigate", "document"), // a link, or the way back from a login elsewhere
		configs(dewar.Map{"DEBUG": true, "TESTING": true}, dewar.Map{"DEBUG": true, "TRUSTED_PROXIES": []string{"127.0.0.1"}}),
	)
}

// intruders are those who must not get in.
func intruders() []try {
	return slices.Concat(
		configs(dewar.Map{}, dewar.Map{"DEBUG": false}, dewar.Map{"TESTING": true}, dewar.Map{"TESTING": true, "DEBUG": false},
			dewar.Map{"PROPAGATE_EXCEPTIONS": false}, dewar.Map{"ENV": "development"}),
		peers("10.0.0.1:1", "192.168.1.20:5000", "172.17.0.1:5000", "203.0.113.9:1", "8.8.8.8:53", "0.0.0.0:1", "128.0.0.1:1", "126.255.255.255:1",
			"169.254.1.1:1", "100.64.0.1:1", "255.255.255.255:1", "224.0.0.1:1", "[::]:1", "[::2]:1", "[fe80::1]:1", "[fe80::1%eth0]:1", "[fc00::1]:1",
			"[2001:db8::1]:1", "[::ffff:10.0.0.1]:1", "[::ffff:192.168.1.20]:1", "[ff02::1]:1", "[64:ff9b::7f00:1]:1", "[::127.0.0.1]:1", "[2002:7f00:1::]:1",
			"", "@", "localhost:1", "localhost", "unix:", "/run/app.sock", "pipe", "127.1:1", "2130706433:1", "0x7f.0.0.1:1", "127.0.0.1:1:1", " 127.0.0.1:1",
			"127.0.0.1, 10.0.0.1", "198.51.100.7:443", "[2001:db8:85a3::8a2e:370:7334]:1", "127.0.0.1%lo:1", "loopback:1", "[127.0.0.1]x:1"),
		hostTries("", "example.com", "example.com:5000", "localhost.", "localhost.:5000", "127.0.0.1.", "127.0.0.1.:80", "LOCALHOST", "Localhost:5000", "app.localhost",
			"a.localhost:5000", "localhost.localdomain", "localhost.evil.example", "127.0.0.1.nip.io", "127.0.0.1.nip.io:5000", "localtest.me", "lvh.me:5000",
			"rebind.evil.example", "7f000001.c0a80001.rbndr.us", "make-127-0-0-1-rr.1u.ms", "127.0.0.2", "127.0.0.2:5000", "127.1", "127.0.1", "127.0.0.01",
			"0177.0.0.1", "0x7f.0.0.1", "0x7f000001", "2130706433", "0.0.0.0", "0.0.0.0:5000", "0", "[::]", "[::]:5000", "[::ffff:127.0.0.1]", "[0:0:0:0:0:0:0:1]",
			"[::0001]", "[::1%25lo]", "[::1%lo]:5000", "::1", "::1:5000", "192.168.1.20", "10.0.0.1:5000", "user@localhost", "user:pass@localhost:5000",
			"localhost@evil.example", "localhost:", "localhost:x", "localhost:0", "localhost:99999", "localhost:5000:5000", "localhost,evil.example",
			"localhost evil.example", " localhost", "localhost ", "localhost/", "localhost#", "localhost%00", "localhost\x00", "ⓛocalhost", "localhost。",
			"host.docker.internal", "kubernetes.docker.internal", "ip6-localhost", "loopback", "mymachine.local", "_", "*", "localhost_", "xlocalhost", "local", "localhost6", "[::1].", "[::1]x", "[127.0.0.1]", "127.0.0.1.evil.example"),
		headers([]string{"Forwarded"}, []string{"for=127.0.0.1", "for=10.0.0.1;host=localhost", "", "for=_hidden"}),
		headers([]string{"Via"}, []string{"1.1 proxy", "1.1 localhost", ""}),
		headers([]string{"X-Real-IP", "x-real-ip", "X-Client-IP", "True-Client-IP", "CF-Connecting-IP", "X-Cluster-Client-IP", "Fastly-Client-IP", "Client-IP"},
			[]string{"127.0.0.1", "203.0.113.9"}),
		headers([]string{"X-Forwarded-For", "x-forwarded-for", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Port", "X-Forwarded-Prefix",
			"X-Forwarded-Server", "X-Forwarded-By", "X-Forwarded-Ssl", "X-Forwarded-Scheme", "X-Forwarded-Anything", "X-Forwarded"}, []string{"127.0.0.1", ""}),
		headers([]string{"X-Forwarded-For"}, []string{"localhost", "127.0.0.1, 127.0.0.1", "::1", "unix:", "10.0.0.1, 127.0.0.1", "unknown"}),
		headers([]string{"X-Original-Host", "X-Original-URL", "X-Original-Forwarded-For", "X-ProxyUser-Ip"}, []string{"localhost"}),
		headers([]string{"Origin"}, []string{"https://evil.example", "null", "", "http://evil.example:5000", "http://localhost.evil.example", "http://localhost.:5000",
			"http://localhost/", "localhost", "http://user@localhost", "http://127.0.0.1.nip.io"}),
		fetches("cross-site", "no-cors", "image"), fetches("cross-site", "no-cors", "script"), fetches("cross-site", "cors", "empty"),
		fetches("cross-site", "navigate", "iframe"), fetches("cross-site", "navigate", "embed"), fetches("cross-site", "no-cors", "document"),
		fetches("cross-site", "", ""), fetches("Cross-Site", "no-cors", "image"), fetches("", "no-cors", "image"), fetches("same-origin, cross-site", "", ""),
		addresses(&net.TCPAddr{IP: net.IPv4(192, 168, 1, 20), Port: 5000}, &net.TCPAddr{IP: net.IPv4(10, 0, 0, 5), Port: 80},
			&net.TCPAddr{IP: net.ParseIP("2001:db8::5"), Port: 80}, &net.TCPAddr{IP: net.IPv4zero, Port: 80}, &net.TCPAddr{Port: 80},
			&net.UnixAddr{Name: "/run/app.sock", Net: "unix"}, &net.UnixAddr{Name: "@", Net: "unix"}),
		slices.Concat(spelled("X-Forwarded-For"), spelled("X-Forwarded-Host"), spelled("X-Real-IP"), spelled("Forwarded"), spelled("Via")),
		headers([]string{"Forwarded-For", "X-Envoy-External-Address", "Proxy-Connection", "Proxy-Authorization"}, []string{"", "127.0.0.1"}),
		[]try{
			{"HTTP/1.0, as nginx asks", func(v *arrival) { v.proto = "HTTP/1.0" }},
			{"HTTP/0.9", func(v *arrival) { v.proto = "HTTP/0.9" }},
			{"two origins", func(v *arrival) { v.header["Origin"] = []string{"http://localhost:5000", "https://evil.example"} }},
			{"two origins, the first foreign", func(v *arrival) { v.header["Origin"] = []string{"https://evil.example", "http://localhost:5000"} }},
			{"two reasons to fetch", func(v *arrival) { v.header["Sec-Fetch-Site"] = []string{"same-origin", "cross-site"} }},
			{"a target with a host", func(v *arrival) { v.target = "http://localhost:5000/" }},
			{"a target with another host", func(v *arrival) { v.target = "http://evil.example/" }},
			{"trusted proxy for a local client", func(v *arrival) {
				v.peer, v.config["TRUSTED_PROXIES"] = "10.0.0.1:1", []string{"10.0.0.1"}
				v.header.Set("X-Forwarded-For", "127.0.0.1")
			}},
			{"middleware that believes an address", func(v *arrival) {
				v.peer, v.middleware = "203.0.113.9:1", rewriting(func(r *http.Request) { r.RemoteAddr = "127.0.0.1:1" })
			}},
			{"middleware that believes a host", func(v *arrival) {
				v.host, v.middleware = "evil.example", rewriting(func(r *http.Request) { r.Host = "localhost" })
			}},
			{"middleware that clears up headers", func(v *arrival) {
				v.header.Set("X-Forwarded-For", "203.0.113.9")
				v.middleware = rewriting(func(r *http.Request) { r.Header.Del("X-Forwarded-For") })
			}},
			{"middleware that makes a new request", func(v *arrival) {
				v.peer = "203.0.113.9:1"
				v.middleware = func(next http.Handler) http.Handler {
					return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
						r = r.Clone(r.Context())
						r.RemoteAddr = "127.0.0.1:1"
						next.ServeHTTP(w, r)
					})
				}
			}},
		},
	)
}

// TestDebugAllowed has two hundred tries to get in from where one must not, and those from this machine.
func TestDebugAllowed(t *testing.T) {
	t.Parallel()
	if n := len(intruders()); n < 200 {
		t.Errorf("only %d tries to get in", n)
	}
	for want, tries := range map[bool][]try{true: welcome(), false: intruders()} {
		for _, tt := range tries {
			v := atHome()
			tt.change(&v)
			if got := v.mayDebug(t); got != want {
				t.Errorf("%s: got %t, want %t", tt.name, got, want)
			}
		}
	}
}

func rewriting(change func(*http.Request)) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			change(r)
			next.ServeHTTP(w, r)
		})
	}
}

// gateApp answers with what DebugAllowed says.
func gateApp(t *testing.T) *dewar.App {
	t.Helper()
	app := dewar.New("gate")
	app.Config.Set("DEBUG", true)
	app.Get("/", func(c *dewar.Context) error { return c.Text(fmt.Sprint(c.DebugAllowed())) })
	return app
}

// TestDebugAllowedOnTheWire asks a real server, directly and through proxies.
func TestDebugAllowedOnTheWire(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(gateApp(t))
	t.Cleanup(server.Close)
	target, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	telling := &httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) { p.SetURL(target); p.SetXForwarded() }}
	keepsHost := &httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) { p.SetURL(target); p.Out.Host = "localhost"; p.SetXForwarded() }}
	proxy, second := httptest.NewServer(telling), httptest.NewServer(keepsHost)
	t.Cleanup(proxy.Close)
	t.Cleanup(second.Close)
	for _, tt := range []struct{ name, url, host, want string }{
		{"directly", server.URL, "", "true"},
		{"by name", strings.Replace(server.URL, "127.0.0.1", "localhost", 1), "", "true"},
		{"forged host", server.URL, "evil.example", "false"},
		{"through a proxy", proxy.URL, "", "false"},
		{"through a proxy that says localhost", second.URL, "", "false"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, err := http.NewRequest("GET", tt.url, nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Host = tt.host
			if got := fetch(t, r); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestDebugAllowedIsFalseOnAUnixSocket(t *testing.T) {
	t.Parallel()
	path := t.TempDir() + "/s"
	listener, err := net.Listen("unix", path)
	if err != nil {
		t.Skipf("no Unix sockets here: %v", err)
	}
	server := &http.Server{Handler: gateApp(t)}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	client := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", path)
	}}}
	t.Cleanup(client.CloseIdleConnections)
	resp, err := client.Get("http://localhost/")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var got string
	if _, err := fmt.Fscan(resp.Body, &got); err != nil || got != "false" {
		t.Errorf("got %q, %v; want false", got, err)
	}
}

func fetch(t *testing.T, r *http.Request) (body string) {
	t.Helper()
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if _, err := fmt.Fscan(resp.Body, &body); err != nil {
		t.Fatal(err)
	}
	return body
}

func TestDebugAllowedInAMountedAppAsksTheOuterOne(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, peer, want string
		debug            bool
		hook             func(c *dewar.Context)
	}{
		{"from here", "127.0.0.1:1", "true", true, func(*dewar.Context) {}},
		{"with DEBUG off", "127.0.0.1:1", "false", false, func(*dewar.Context) {}},
		{"from elsewhere", "203.0.113.9:1", "false", true, func(*dewar.Context) {}},
		{"from elsewhere, as a hook hides", "203.0.113.9:1", "false", true, func(c *dewar.Context) {
			c.Request = c.Request.Clone(c.Request.Context())
			c.Request.RemoteAddr = "127.0.0.1:1"
		}},
		{"from elsewhere, as a hook hides in place", "203.0.113.9:1", "false", true, func(c *dewar.Context) { c.Request.RemoteAddr = "127.0.0.1:1" }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			outer := dewar.New("outer")
			must(t, outer.Config.Set("DEBUG", tt.debug))
			outer.BeforeRequest(func(c *dewar.Context) error { tt.hook(c); return nil })
			outer.Mount("/in", gateApp(t))
			r := httptest.NewRequest("GET", "/in/", nil)
			r.RemoteAddr, r.Host = tt.peer, "localhost"
			w := httptest.NewRecorder()
			if outer.ServeHTTP(w, r); w.Body.String() != tt.want {
				t.Errorf("got %q, want %q", w.Body, tt.want)
			}
		})
	}
}

// TestMiddlewareOutsideSeesThePatternInDebug holds that the gate takes nothing away from what is around the App.
func TestMiddlewareOutsideSeesThePatternInDebug(t *testing.T) {
	t.Parallel()
	app := gateApp(t)
	app.Use(rewriting(func(*http.Request) {}))
	r := httptest.NewRequest("GET", "/", nil)
	if app.ServeHTTP(httptest.NewRecorder(), r); r.Pattern != "/" {
		t.Errorf("got %q, want the rule", r.Pattern)
	}
}

func TestDebugAllowedCostsNothingWhenDebugIsOff(t *testing.T) {
	app := dewar.New("gate")
	c, end, err := app.NewContext(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = end() })
	if n := testing.AllocsPerRun(100, func() { _ = c.DebugAllowed() }); n != 0 {
		t.Errorf("%v allocations, want none", n)
	}
}

func ExampleContext_DebugAllowed() {
	app := dewar.New("shop")
	app.Config.Set("DEBUG", true)
	app.Get("/_queries", func(c *dewar.Context) error {
		if !c.DebugAllowed() {
			return dewar.Abort(http.StatusNotFound)
		}
		return c.Text("what only the developer may see")
	})
	r := httptest.NewRequest("GET", "/_queries", nil)
	r.RemoteAddr, r.Host = "127.0.0.1:40000", "localhost:5000"
	w := httptest.NewRecorder()
	app.ServeHTTP(w, r)
	fmt.Println(w.Body)

	r.Header.Set("X-Forwarded-For", "127.0.0.1")
	w = httptest.NewRecorder()
	app.ServeHTTP(w, r)
	fmt.Println(w.Code)
	// Output:
	// what only the developer may see
	// 404
}
