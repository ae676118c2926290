package dewar_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/debugtoolbar"
)

// An entrance leads to the insides of an App in DEBUG that dewar dev runs and that has a toolbar.
type entrance struct {
	method, path, lines, body string
	inside                    string // what only those see who are let in
}

var entrances = []entrance{
	{"GET", "/error", "Accept: text/html\r\n", "", debugMark},
	{"GET", "/error", "Accept: application/json\r\n", "", `"debug":`},
	{"GET", "/panic", "Accept: text/plain\r\n", "", "Cure: the map was"},
	{"GET", "/users/abc", "Accept: text/html\r\n", "", "{id:int} does not take"},
	{"GET", "/page", "", "", "/_dewar/reload.js"},
	{"GET", "/page", "", "", "dewar-toolbar"},
	{"GET", "/_dewar/reload.js", "", "", "EventSource"},
	{"GET", "/_dewar/reload", "", "", "event: start"},
	{"POST", "/_dewar/reload", "Dewar-Reload: token\r\nContent-Length: 3\r\n", "css", " 204 "},
	{"GET", "/_debug/toolbar/", "", "", "Requests of"},
	{"GET", "/_debug/toolbar/toolbar.css", "", "", "text/css"},
	{"GET", "/_debug/toolbar/events", "", "", "text/event-stream"},
}

// fortress is the App with all entrances.
func fortress(t *testing.T, config dewar.Map, middleware func(http.Handler) http.Handler) *dewar.App {
	t.Helper()
	app := debugApp(t)
	if middleware != nil {
		app.Use(middleware)
	}
	debugtoolbar.Register(app)
	app.Get("/page", func(c *dewar.Context) error { return c.HTML("<!doctype html><body>page</body>") })
	must(t, app.Config.Update(dewar.Map{"DEBUG": false}))
	must(t, app.Config.Update(config))
	return app
}

// A costume is a listener whose connections come from and to addresses of its own.
type costume struct {
	net.Listener
	mu          sync.Mutex
	peer, local net.Addr
}

func (l *costume) wear(peer string, local net.Addr) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.peer, l.local = spelledAddr(peer), local
}

func (l *costume) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return dressed{conn, l.peer, l.local}, nil
}

type dressed struct {
	net.Conn
	peer, local net.Addr
}

func (c dressed) RemoteAddr() net.Addr { return c.peer }

func (c dressed) LocalAddr() net.Addr {
	if c.local == nil {
		return c.Conn.LocalAddr()
	}
	return c.local
}

// spelledAddr is an address as it is written.
type spelledAddr string

func (a spelledAddr) Network() string { return "tcp" }
func (a spelledAddr) String() string  { return string(a) }

// A castle is a server of its own with the entrances of an App below a prefix.
type castle struct {
	gate   *costume
	prefix string
}

func build(t *testing.T, h http.Handler, prefix string) *castle {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gate := &costume{Listener: l}
	server := &http.Server{Handler: h, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)}
	go func() { _ = server.Serve(gate) }()
	t.Cleanup(func() { _ = server.Close() })
	return &castle{gate, prefix}
}

// A letter is the head of a raw request.
type letter struct {
	name   string
	line   string // with METHOD and PATH in it
	header string // lines
}

func (v arrival) letter(name string) letter {
	var b strings.Builder
	fmt.Fprintf(&b, "Host: %s\r\n", v.host)
	for key, values := range v.header {
		for _, value := range values {
			fmt.Fprintf(&b, "%s: %s\r\n", key, value)
		}
	}
	return letter{name, "METHOD " + strings.TrimSuffix(v.target, "/") + "PATH " + v.proto, b.String()}
}

// knock asks for what is behind an entrance and returns the answer, of a stream as much as enough wants.
func (c *castle) knock(t *testing.T, m letter, d entrance, enough func(string) bool) string {
	t.Helper()
	conn, err := net.Dial("tcp", c.gate.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetReadDeadline(time.Now().Add(20 * time.Second))
	line := strings.NewReplacer("METHOD", d.method, "PATH", c.prefix+d.path).Replace(m.line)
	_, _ = fmt.Fprintf(conn, "%s\r\n%s%sConnection: close\r\n\r\n%s", line, m.header, d.lines, d.body)
	return hear(conn, enough)
}

func hear(from io.Reader, enough func(string) bool) string {
	var said strings.Builder
	for buf := make([]byte, 4096); ; {
		n, err := from.Read(buf)
		said.Write(buf[:n])
		if err != nil || enough(said.String()) {
			return said.String()
		}
	}
}

func tells(answer string) bool { return insideOf(answer) != "" }

// opened reports whether an answer is what is behind the entrance.
func (d entrance) opened(answer string) bool { return strings.Contains(answer, d.inside) }

// insideOf returns what an answer tells of the insides, "" for nothing.
func insideOf(answer string) string {
	for _, d := range entrances {
		if strings.Contains(answer, d.inside) {
			return d.inside
		}
	}
	for _, word := range []string{"out of stock", "nil map", "_test.go"} {
		if strings.Contains(answer, word) {
			return word
		}
	}
	return ""
}

// letters are requests that net/http or a browser would not write, and that must not open a entrance.
func letters() (all []letter) {
	const host, line = "Host: localhost:5000\r\n", "METHOD PATH HTTP/1.1"
	for _, target := range []string{"http://localhost", "http://localhost:5000", "http://evil.example", "https://127.0.0.1", "HTTP://LOCALHOST", "http://user@localhost",
		"http://localhost@evil.example", "http://[::1]:80", "http://127.1", "ftp://localhost", "http://evil.example#", "dewar://localhost"} {
		for _, host := range []string{host, "Host: evil.example\r\n", ""} {
			all = append(all, letter{"target of " + target + " with " + host, "METHOD " + target + "PATH HTTP/1.1", host})
		}
	}
	for _, proto := range []string{"HTTP/1.0", "HTTP/0.9", "HTTP/1.10", "HTTP/2.0", "HTTP/3", "HTTP/01.1", "http/1.1", "HTTPS/1.1", ""} {
		for _, host := range []string{host, ""} {
			all = append(all, letter{proto + " with " + host, "METHOD PATH " + proto, host})
		}
	}
	for _, hosts := range []string{"", "Host: localhost\r\nHost: evil.example\r\n", "Host: evil.example\r\nHost: localhost\r\n", "Host: localhost\r\nhost: localhost\r\n",
		"Host : localhost\r\n", "Host: localhost\r\n evil.example\r\n", "Host: localhost, evil.example\r\n", "Host: evil.example\r\nX-Host: localhost\r\n", "Host: localhost\tx\r\n",
		"H\xc3\xb6st: localhost\r\n", "Host: \"localhost\"\r\n", "Host: <localhost>\r\n", "Host: localhost\\\r\n", "Host: localhost?\r\n", "Host: xn--localhost\r\n"} {
		all = append(all, letter{"lines " + hosts, line, hosts})
	}
	for _, name := range []string{"Forwarded", "Via", "X-Real-IP", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "CF-Connecting-IP", "X-Client-IP"} {
		for _, key := range []string{name, strings.ToLower(name), strings.ToUpper(name), strings.ReplaceAll(name, "-", "_"), name + " "} {
			for _, value := range []string{"", " ", " 127.0.0.1", "\t::1", " localhost\r\n" + key + ":"} {
				if key != "Via" || value != "" {
					all = append(all, letter{key + ":" + value, line, host + key + ":" + value + "\r\n"})
				}
			}
		}
	}
	return all
}

// TestNobodyFromElsewhereGetsIn tries every entrance in every way, on real connections.
func TestNobodyFromElsewhereGetsIn(t *testing.T) {
	t.Setenv("DEWAR_RELOAD", "token")
	usual := build(t, fortress(t, dewar.Map{"DEBUG": true}, nil), "")
	usual.opens(t, atHome())
	ways := map[string]bool{}
	refuse := func(c *castle, m letter, tries []entrance) {
		ways[m.name] = true
		for _, d := range tries {
			if inside := insideOf(c.knock(t, m, d, tells)); inside != "" {
				t.Errorf("%s: %s %s shows %q", m.name, d.method, d.path, inside)
			}
		}
	}
	for _, tt := range intruders() {
		v := atHome()
		tt.change(&v)
		if h := strings.TrimSpace(v.host); h != v.host && (h == "localhost" || h == "") {
			continue // what stands around a value is no part of it on the wire
		}
		c := usual
		if v.middleware != nil || !reflect.DeepEqual(v.config, atHome().config) {
			c = build(t, fortress(t, v.config, v.middleware), "")
		}
		c.gate.wear(v.peer, v.local)
		refuse(c, v.letter(tt.name), entrances)
	}
	usual.gate.wear(atHome().peer, nil)
	for _, m := range letters() {
		refuse(usual, m, entrances[:9]) // the toolbar's have no other gate
	}
	for name, s := range sieges(t) {
		s.castle.opens(t, atHome())
		s.castle.gate.wear(s.peer, s.local)
		refuse(s.castle, s.letter(name), entrances)
	}
	t.Logf("%d ways to %d entrances", len(ways), len(entrances))
	if len(ways) < 400 {
		t.Errorf("only %d ways", len(ways))
	}
}

// opens holds that each entrance opens for those who may come in.
func (c *castle) opens(t *testing.T, v arrival) {
	t.Helper()
	c.gate.wear(v.peer, v.local)
	for _, d := range entrances {
		if answer := c.knock(t, v.letter(""), d, d.opened); !d.opened(answer) {
			t.Fatalf("%s %s does not show %q to those who may see it:\n%s", d.method, d.path, d.inside, answer)
		}
	}
}

// A siege is somebody before an App that has others around it.
type siege struct {
	arrival
	castle *castle
}

// believing does what ProxyFix does, and hides what it has believed.
func believing(r *http.Request) {
	if from := r.Header.Get("X-Forwarded-For"); from != "" {
		r.RemoteAddr = from + ":1"
	}
	if host := r.Header.Get("X-Forwarded-Host"); host != "" {
		r.Host = host
	}
	r.Header.Del("X-Forwarded-For")
	r.Header.Del("X-Forwarded-Host")
}

func sieges(t *testing.T) map[string]siege {
	t.Helper()
	debug := dewar.Map{"DEBUG": true}
	stranger, forged := atHome(), atHome()
	stranger.peer, stranger.host = "203.0.113.9:1", "evil.example"
	forged.peer, forged.host = "203.0.113.9:1", "evil.example"
	forged.header = http.Header{"X-Forwarded-For": {"127.0.0.1"}, "X-Forwarded-Host": {"localhost"}}
	proxied := forged
	proxied.peer = "127.0.0.1:1"
	served := proxied
	served.local = &net.TCPAddr{IP: net.IPv4(192, 168, 1, 20), Port: 80}

	hooked := fortress(t, debug, nil)
	hooked.BeforeRequest(func(c *dewar.Context) error { believing(c.Request); return nil })
	mount := func(hook func(*http.Request)) *dewar.App {
		outer := dewar.New("outer", dewar.StaticFolder(""))
		must(t, outer.Config.Set("DEBUG", true))
		outer.BeforeRequest(func(c *dewar.Context) error { hook(c.Request); return nil })
		outer.Mount("/in", fortress(t, debug, nil))
		return outer
	}
	around := func(h http.Handler) http.Handler { return rewriting(believing)(h) }
	stripped := http.StripPrefix("/in", fortress(t, debug, nil))
	return map[string]siege{
		"middleware that believes, from elsewhere":          {forged, build(t, fortress(t, debug, rewriting(believing)), "")},
		"middleware that believes a proxy here":             {proxied, build(t, fortress(t, debug, rewriting(believing)), "")},
		"a hook that believes, in place":                    {forged, build(t, hooked, "")},
		"a handler around the App that believes":            {served, build(t, around(fortress(t, debug, nil)), "")},
		"a mounted App, from elsewhere":                     {stranger, build(t, mount(func(*http.Request) {}), "/in")},
		"a mounted App below a hook that believes, by name": {proxied, build(t, mount(believing), "/in")},
		"a mounted App below a hook that believes":          {forged, build(t, mount(believing), "/in")},
		"http.StripPrefix":                                  {stranger, build(t, stripped, "/in")},
		"http.ServeMux":                                     {stranger, build(t, muxed(fortress(t, debug, nil)), "")},
		"TRUSTED_PROXIES":                                   {proxied, build(t, fortress(t, dewar.Map{"DEBUG": true, "TRUSTED_PROXIES": []string{"127.0.0.1", "203.0.113.0/24"}}, nil), "")},
	}
}

func muxed(h http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", h)
	return mux
}

// TestNobodyGetsInOverHTTP2 has each name as the :authority.
func TestNobodyGetsInOverHTTP2(t *testing.T) {
	t.Setenv("DEWAR_RELOAD", "token")
	server := httptest.NewUnstartedServer(fortress(t, dewar.Map{"DEBUG": true}, nil))
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: true} // it has a certificate of its own
	t.Cleanup(transport.CloseIdleConnections)
	ask := func(host string, header http.Header, d entrance, enough func(string) bool) string {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		r, err := http.NewRequestWithContext(ctx, d.method, server.URL+d.path, strings.NewReader(d.body))
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(d.lines) {
			key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
			r.Header.Set(key, value)
		}
		r.Header.Del("Content-Length")
		for key, values := range header {
			r.Header[key] = values
		}
		r.Host = host
		resp, err := transport.RoundTrip(r)
		if err != nil {
			return "" // no such name can be sent
		}
		defer resp.Body.Close()
		if resp.ProtoMajor != 2 {
			t.Fatalf("got %s", resp.Proto)
		}
		head := fmt.Sprint(resp.Proto, " ", resp.Status, " ", resp.Header, "\r\n\r\n")
		return hear(io.MultiReader(strings.NewReader(head), resp.Body), enough)
	}
	for _, d := range entrances {
		if answer := ask("localhost", nil, d, d.opened); !d.opened(answer) {
			t.Fatalf("%s %s does not show %q: %s", d.method, d.path, d.inside, answer)
		}
	}
	tried := 0
	for _, tt := range intruders() {
		v := atHome()
		tt.change(&v)
		if v.peer != atHome().peer || v.local != nil || v.middleware != nil || v.target != "/" || v.proto != "HTTP/1.1" || !reflect.DeepEqual(v.config, atHome().config) ||
			v.host == "" || strings.TrimSpace(v.host) != v.host || slices.Contains([]string{"Proxy-Connection"}, firstKey(v.header)) {
			continue // not a matter of HTTP/2, or nothing that it can carry
		}
		tried++
		for _, d := range entrances {
			if inside := insideOf(ask(v.host, v.header, d, tells)); inside != "" {
				t.Errorf("%s: %s %s shows %q", tt.name, d.method, d.path, inside)
			}
		}
	}
	if t.Logf("%d ways", tried); tried < 100 {
		t.Errorf("only %d ways", tried)
	}
}

func firstKey(h http.Header) string {
	for key := range h {
		return key
	}
	return ""
}

func TestNobodyGetsInByAUnixSocket(t *testing.T) {
	t.Setenv("DEWAR_RELOAD", "token")
	path := t.TempDir() + "/s"
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Skipf("no Unix sockets here: %v", err)
	}
	server := &http.Server{Handler: fortress(t, dewar.Map{"DEBUG": true}, nil)}
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { _ = server.Close() })
	for _, d := range entrances {
		conn, err := net.Dial("unix", path)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = fmt.Fprintf(conn, "%s %s HTTP/1.1\r\nHost: localhost\r\n%sConnection: close\r\n\r\n%s", d.method, d.path, d.lines, d.body)
		if inside := insideOf(hear(conn, tells)); inside != "" {
			t.Errorf("%s %s shows %q", d.method, d.path, inside)
		}
		_ = conn.Close()
	}
}
