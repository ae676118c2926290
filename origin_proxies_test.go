package dewar_test

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/tls"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
)

// originApp answers with what its requests are taken for: client, base URL, and a URL of its own.
func originApp(t testing.TB, config dewar.Map) *dewar.App {
	t.Helper()
	app := newApp(t)
	if err := app.Config.FromMapping(config); err != nil {
		t.Fatal(err)
	}
	app.Route("/{rest:path}", func(c *dewar.Context) error {
		client := "-"
		if ip := c.ClientIP(); ip.IsValid() {
			client = ip.String()
		}
		relative, err := c.URLFor("tell", "rest", "y")
		if err != nil {
			return err
		}
		return c.Text(client + " " + c.BaseURL() + " " + relative)
	}, dewar.Endpoint("tell"), dewar.Methods("GET", "POST"))
	return app
}

// The headers are those that the documentation of each proxy shows.
func TestOriginBehindProxies(t *testing.T) {
	t.Parallel()
	const visitor = "203.0.113.5"
	socket := &net.UnixAddr{Name: "/run/app.sock", Net: "unix"}
	for _, tt := range []struct {
		name, peer, host string
		local            net.Addr
		header           []string
		want             string
	}{
		{"nginx", "10.0.0.1:4711", "site.example", nil,
			[]string{"X-Real-IP", visitor, "X-Forwarded-For", visitor, "X-Forwarded-Proto", "https"},
			"203.0.113.5 https://site.example/ /y"},
		{"nginx as Flask's documentation has it", "10.0.0.1:4711", "127.0.0.1:8000", nil,
			[]string{"X-Forwarded-For", visitor, "X-Forwarded-Proto", "https", "X-Forwarded-Host", "site.example", "X-Forwarded-Prefix", "/"},
			"203.0.113.5 https://site.example/ /y"},
		{"nginx below a prefix and on a port of its own", "10.0.0.1:4711", "127.0.0.1:8000", nil,
			[]string{"X-Forwarded-For", "6.6.6.6, " + visitor, "X-Forwarded-Proto", "http", "X-Forwarded-Host", "site.example", "X-Forwarded-Port", "8080", "X-Forwarded-Prefix", "/app"},
			"203.0.113.5 http://site.example:8080/app/ /app/y"},
		{"nginx that was asked over a Unix socket", "@", "site.example", socket,
			[]string{"X-Forwarded-For", visitor + ", unix:", "X-Forwarded-Proto", "http"},
			"203.0.113.5 http://site.example/ /y"},
		{"nginx over a Unix socket", "@", "site.example", socket,
			[]string{"X-Forwarded-For", visitor, "X-Forwarded-Proto", "https"},
			"203.0.113.5 https://site.example/ /y"},
		{"Caddy", "10.0.0.1:4711", "site.example", nil,
			[]string{"X-Forwarded-For", visitor, "X-Forwarded-Proto", "https", "X-Forwarded-Host", "site.example"},
			"203.0.113.5 https://site.example/ /y"},
		{"Caddy on a port of its own", "10.0.0.1:4711", "site.example:8443", nil,
			[]string{"X-Forwarded-For", visitor, "X-Forwarded-Proto", "https", "X-Forwarded-Host", "site.example:8443"},
			"203.0.113.5 https://site.example:8443/ /y"},
		{"HAProxy with forwardfor, which adds a line", "10.0.0.1:4711", "site.example:443", nil,
			[]string{"X-Forwarded-For", "6.6.6.6", "X-Forwarded-For", visitor, "X-Forwarded-Proto", "https", "X-Forwarded-Port", "443"},
			"203.0.113.5 https://site.example/ /y"},
		{"HAProxy for a client of IPv6", "[fd00::1]:4711", "site.example", nil,
			[]string{"X-Forwarded-For", "2001:db8::7", "X-Forwarded-Proto", "http"},
			"2001:db8::7 http://site.example/ /y"},
		{"Traefik with StripPrefix", "10.0.0.1:4711", "site.example", nil,
			[]string{"X-Forwarded-For", visitor, "X-Forwarded-Host", "site.example", "X-Forwarded-Port", "443", "X-Forwarded-Proto", "https",
				"X-Forwarded-Server", "traefik-1", "X-Real-Ip", visitor, "X-Forwarded-Prefix", "/api"},
			"203.0.113.5 https://site.example/api/ /api/y"},
		{"Traefik with a websocket", "10.0.0.1:4711", "site.example", nil,
			[]string{"X-Forwarded-For", visitor, "X-Forwarded-Host", "site.example", "X-Forwarded-Port", "443", "X-Forwarded-Proto", "wss"},
			"203.0.113.5 https://site.example/ /y"},
		{"Traefik on a port of its own", "10.0.0.1:4711", "site.example:8443", nil,
			[]string{"X-Forwarded-For", visitor, "X-Forwarded-Host", "site.example:8443", "X-Forwarded-Port", "8443", "X-Forwarded-Proto", "https"},
			"203.0.113.5 https://site.example:8443/ /y"},
		{"Envoy", "10.0.0.1:4711", "site.example", nil,
			[]string{"X-Forwarded-For", visitor, "X-Forwarded-Proto", "https", "X-Request-Id", "a1", "X-Envoy-Expected-Rq-Timeout-Ms", "15000"},
			"203.0.113.5 https://site.example/ /y"},
		{"Envoy that rewrites the host, with port", "10.0.0.1:4711", "cluster.internal", nil,
			[]string{"X-Forwarded-For", visitor, "X-Forwarded-Proto", "https", "X-Forwarded-Host", "site.example", "X-Forwarded-Port", "443"},
			"203.0.113.5 https://site.example/ /y"},
		{"ALB", "10.0.0.1:4711", "site.example", nil,
			[]string{"X-Forwarded-For", visitor, "X-Forwarded-Proto", "https", "X-Forwarded-Port", "443", "X-Amzn-Trace-Id", "Root=1-67891233-abcdef012345678912345678"},
			"203.0.113.5 https://site.example/ /y"},
		{"ALB that keeps the client's port", "10.0.0.1:4711", "site.example", nil,
			[]string{"X-Forwarded-For", "6.6.6.6, " + visitor + ":38792", "X-Forwarded-Proto", "https", "X-Forwarded-Port", "443"},
			"203.0.113.5 https://site.example/ /y"},
		{"ALB that keeps the client's port, IPv6", "10.0.0.1:4711", "site.example:443", nil,
			[]string{"X-Forwarded-For", "[2001:db8::1]:38792", "X-Forwarded-Proto", "https", "X-Forwarded-Port", "443"},
			"2001:db8::1 https://site.example/ /y"},
		{"an address in brackets without a port", "10.0.0.1:4711", "site.example", nil,
			[]string{"X-Forwarded-For", "[2001:DB8:0::1]"},
			"2001:db8::1 http://site.example/ /y"},
		{"ALB, then nginx", "10.0.0.1:4711", "127.0.0.1:8000", nil,
			[]string{"X-Forwarded-For", "6.6.6.6, " + visitor + ":38792, 10.9.9.9", "X-Forwarded-Proto", "https", "X-Forwarded-Port", "443", "X-Forwarded-Host", "site.example"},
			"203.0.113.5 https://site.example/ /y"},
		{"a host of IPv6 with a port told", "10.0.0.1:4711", "[2001:DB8::1]", nil,
			[]string{"X-Forwarded-Port", "8080"},
			"10.0.0.1 http://[2001:db8::1]:8080/ /y"},
		{"a prefix that would lead off the site", "10.0.0.1:4711", "site.example", nil, []string{"X-Forwarded-Prefix", "//evil.example"}, "10.0.0.1 http://site.example/ /y"},
		{"a prefix that would lead up", "10.0.0.1:4711", "site.example", nil, []string{"X-Forwarded-Prefix", "/a/../.."}, "10.0.0.1 http://site.example/ /y"},
		{"a prefix with a line break", "10.0.0.1:4711", "site.example", nil, []string{"X-Forwarded-Prefix", "/%0d%0ax"}, "10.0.0.1 http://site.example/ /y"},
		{"a prefix with a backslash", "10.0.0.1:4711", "site.example", nil, []string{"X-Forwarded-Prefix", `/\evil.example`}, "10.0.0.1 http://site.example/ /y"},
		{"what is no port", "10.0.0.1:4711", "site.example:81", nil, []string{"X-Forwarded-Port", "https"}, "10.0.0.1 http://site.example:81/ /y"},
		{"nobody who is trusted", "203.0.113.9:1", "site.example", nil,
			[]string{"X-Forwarded-For", visitor, "X-Forwarded-Proto", "https", "X-Forwarded-Host", "evil.example", "X-Forwarded-Port", "1", "X-Forwarded-Prefix", "/evil"},
			"203.0.113.9 http://site.example/ /y"},
		{"an address that claims to be a socket", "203.0.113.9:1", "site.example", socket, []string{"X-Forwarded-For", visitor}, "203.0.113.9 http://site.example/ /y"},
		{"no address and no socket", "@", "site.example", nil, []string{"X-Forwarded-For", visitor}, "- http://site.example/ /y"},
		{"a socket whose client is one of the proxies", "@", "site.example", socket, []string{"X-Forwarded-For", "10.9.9.9"}, "10.9.9.9 http://site.example/ /y"},
		{"a socket and garbage", "@", "site.example", socket, []string{"X-Forwarded-For", visitor + ", unknown"}, "- http://site.example/ /y"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app := originApp(t, dewar.Map{"TRUSTED_PROXIES": []string{"10.0.0.0/8", "fd00::/8", "unix"}})
			r := httptest.NewRequest("GET", "/x", nil)
			r.RemoteAddr, r.Host = tt.peer, tt.host
			if tt.local != nil {
				r = r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, tt.local))
			}
			for i := 0; i < len(tt.header); i += 2 {
				r.Header.Add(tt.header[i], tt.header[i+1])
			}
			rec := httptest.NewRecorder()
			app.ServeHTTP(rec, r)
			if got := rec.Body.String(); got != tt.want {
				t.Errorf("got %d %q, want %q", rec.Code, got, tt.want)
			}
		})
	}
}

// Without "unix" among TRUSTED_PROXIES a socket is like any other connection.
func TestSocketIsNotTrustedUnlessSaid(t *testing.T) {
	t.Parallel()
	app := originApp(t, dewar.Map{"TRUSTED_PROXIES": []string{"10.0.0.1"}})
	r := httptest.NewRequest("GET", "/x", nil)
	r.RemoteAddr, r.Host = "@", "site.example"
	r = r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, net.Addr(&net.UnixAddr{Name: "s", Net: "unix"})))
	r.Header.Set("X-Forwarded-For", "1.2.3.4")
	rec := httptest.NewRecorder()
	app.ServeHTTP(rec, r)
	if got, want := rec.Body.String(), "- http://site.example/ /y"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestTrustedProxiesAreChecked(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"unix", "10.0.0.1", "10.0.0.0/8", "::1", "fd00::/8"} {
		if err := newApp(t).Config.Set("TRUSTED_PROXIES", []string{good}); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	for _, bad := range []string{"Unix", "unix:", "proxy", "*", "10.0.0.1:80", ""} {
		if err := newApp(t).Config.Set("TRUSTED_PROXIES", []string{bad}); err == nil || !strings.Contains(err.Error(), "unix for whoever connects to a Unix socket") {
			t.Errorf("%q: got %v, want an error that says what may stand there", bad, err)
		}
	}
}

// A browser leaves out the port that a scheme has anyway, and writes hosts in lower case; a server or a proxy may not.
func TestOriginsAreNormalisedBeforeTheyAreCompared(t *testing.T) {
	t.Parallel()
	proxied := []string{"X-Forwarded-Proto", "https"}
	for _, tt := range []struct {
		name, host, origin string
		header             []string
		ok                 bool
	}{
		{"the port of http", "x.example:80", "http://x.example", nil, true},
		{"the port of https", "x.example:443", "https://x.example", proxied, true},
		{"the port of https, told as host", "internal", "https://x.example", []string{"X-Forwarded-Proto", "https", "X-Forwarded-Host", "x.example:443"}, true},
		{"the port of https, told by itself", "x.example", "https://x.example", []string{"X-Forwarded-Proto", "https", "X-Forwarded-Port", "443"}, true},
		{"capital letters", "WWW.X.Example", "http://www.x.example", nil, true},
		{"capital letters in the origin", "www.x.example", "http://WWW.X.example:80", nil, true},
		{"another port", "x.example:8080", "http://x.example:8080", nil, true},
		{"IPv6 in another form", "[0:0:0::1]:80", "http://[::1]", nil, true},
		{"TLS that no header tells of", "x.example", "https://x.example", nil, true},
		{"TLS that no header tells of, with its port", "x.example:443", "https://x.example", nil, true},
		{"TLS on a port of its own that no header tells of", "x.example:8443", "https://x.example:8443", nil, true},
		{"a dot at the end", "x.example.", "http://x.example.", nil, true},
		{"a trusted origin, written otherwise", "x.example", "https://partner.example", nil, true},

		{"a dot at the end of one of them", "x.example.", "http://x.example", nil, false},
		{"the wrong port", "x.example:8080", "http://x.example", nil, false},
		{"the port of the other scheme", "x.example", "http://x.example:443", nil, false},
		{"the port of the other scheme behind TLS", "x.example", "https://x.example:80", proxied, false},
		{"http on a site of https", "x.example", "http://x.example", proxied, false},
		{"http on a site of https, same port", "x.example:443", "http://x.example:443", proxied, false},
		{"another name", "x.example", "http://x.example.evil.example", nil, false},
		{"a longer name", "x.example:80", "http://xx.example", nil, false},
		{"a path", "x.example", "http://x.example/", nil, false},
		{"another scheme", "x.example", "ftp://x.example", nil, false},
		{"null", "x.example", "null", nil, false},
		{"empty host", "x.example", "http://", nil, false},
		{"almost a trusted origin", "x.example", "http://partner.example", nil, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app := originApp(t, dewar.Map{"TRUSTED_PROXIES": []string{"192.0.2.1"}, "TRUSTED_ORIGINS": []string{"https://Partner.example:443"}})
			rec := send(app, "POST", "/x", append([]string{"Host", tt.host, "Origin", tt.origin}, tt.header...)...)
			if ok := rec.Code == 200; ok != tt.ok || !ok && rec.Code != 403 {
				t.Errorf("got %d %q, want ok %v", rec.Code, rec.Body, tt.ok)
			}
		})
	}
}

func TestExternalURLsAreNormalised(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Get("/", func(c *dewar.Context) error {
		whole, err := c.URLFor("index", dewar.External())
		secure, serr := c.URLFor("index", dewar.Scheme("https"))
		return c.Text(fmt.Sprint(whole, " ", secure, " ", c.URL(), " ", c.BaseURL(), " ", err, serr))
	}, dewar.Endpoint("index"))
	for host, want := range map[string]string{
		"x.example:80":      "http://x.example/ https://x.example/ http://x.example/ http://x.example/ <nil> <nil>",
		"X.Example":         "http://x.example/ https://x.example/ http://x.example/ http://x.example/ <nil> <nil>",
		"x.example:443":     "http://x.example:443/ https://x.example/ http://x.example:443/ http://x.example:443/ <nil> <nil>",
		"[2001:DB8::1]:080": "http://[2001:db8::1]/ https://[2001:db8::1]/ http://[2001:db8::1]/ http://[2001:db8::1]/ <nil> <nil>",
	} {
		if got := send(app, "GET", "/", "Host", host).Body.String(); got != want {
			t.Errorf("%s: got %q, want %q", host, got, want)
		}
	}
}

// rawAnswer sends text as it is to addr and returns the status and the body.
func rawAnswer(t *testing.T, network, addr, text string) (int, string) {
	t.Helper()
	conn, err := net.Dial(network, addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, _ := io.ReadAll(res.Body)
	return res.StatusCode, string(body)
}

// Health checks of load balancers and monitors come as HTTP/1.0 without a Host.
func TestRequestsWithoutAHost(t *testing.T) {
	t.Parallel()
	const end = "Connection: close\r\n\r\n"
	for _, tt := range []struct {
		name, text string
		config     dewar.Map
		want       string // ADDR stands for the address of the server
	}{
		{"HTTP/1.0 without Host", "GET /x HTTP/1.0\r\n\r\n", nil, "200 http://ADDR/"},
		{"HTTP/1.0 with an empty Host", "GET /x HTTP/1.0\r\nHost:\r\n\r\n", nil, "200 http://ADDR/"},
		{"HTTP/1.1 with an empty Host", "GET /x HTTP/1.1\r\nHost:\r\n" + end, nil, "200 http://ADDR/"},
		{"HTTP/1.0 with SERVER_NAME", "GET /x HTTP/1.0\r\n\r\n", dewar.Map{"SERVER_NAME": "Site.example:80"}, "200 http://site.example/"},
		{"HTTP/1.1 with SERVER_NAME and an empty Host", "GET /x HTTP/1.1\r\nHost: \r\n" + end, dewar.Map{"SERVER_NAME": "site.example"}, "200 http://site.example/"},
		{"with TRUSTED_HOSTS", "GET /x HTTP/1.0\r\n\r\n", dewar.Map{"TRUSTED_HOSTS": []string{"site.example"}, "SERVER_NAME": "site.example"}, "400"},
		{"HTTP/1.1 without Host, which net/http refuses", "GET /x HTTP/1.1\r\n" + end, nil, "400"},
		{"a zone of IPv6", "GET /x HTTP/1.1\r\nHost: [::1%25en0]:80\r\n" + end, nil, "200 http://[::1]/"},
		{"a zone of IPv6 and a port", "GET /x HTTP/1.1\r\nHost: [fe80::1%25eth0.1]:8080\r\n" + end, nil, "200 http://[fe80::1]:8080/"},
		{"a zone of IPv6 with TRUSTED_HOSTS", "GET /x HTTP/1.1\r\nHost: [::1%25en0]:80\r\n" + end, dewar.Map{"TRUSTED_HOSTS": []string{"[::1]"}}, "200 http://[::1]/"},
		{"a zone that is none", "GET /x HTTP/1.1\r\nHost: [::1%25a@b]\r\n" + end, nil, "400"},
		{"a proxy that names the host", "GET /x HTTP/1.0\r\nX-Forwarded-Host: site.example\r\n\r\n", dewar.Map{"TRUSTED_PROXIES": []string{"127.0.0.1"}}, "200 http://site.example/"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			srv := serve(t, originApp(t, tt.config))
			addr := srv.Listener.Addr().String()
			status, body := rawAnswer(t, "tcp", addr, tt.text)
			got := fmt.Sprint(status)
			if status == 200 {
				got += " " + strings.Fields(body)[1]
			}
			if want := strings.ReplaceAll(tt.want, "ADDR", addr); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

// A host that nobody checks may be forged, and a mail with a link to it gives its secret away.
func TestExternalURLsDoNotTakeAForgedHost(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	if err := app.Config.FromMapping(dewar.Map{"SERVER_NAME": "Site.example:8080"}); err != nil {
		t.Fatal(err)
	}
	app.Get("/reset", func(c *dewar.Context) error {
		whole, err := c.URLFor("reset", "token", "s3cret", dewar.External())
		scheme, serr := c.URLFor("reset", dewar.Scheme(""))
		sub, uerr := c.URLFor("sub", dewar.External())
		relative, rerr := c.URLFor("reset")
		return c.Text(fmt.Sprint(whole, " ", scheme, " ", sub, " ", relative, err, serr, uerr, rerr))
	}, dewar.Endpoint("reset"))
	app.Get("/", index, dewar.Subdomain("api"), dewar.Endpoint("sub"))
	want := "http://site.example:8080/reset?token=s3cret //site.example:8080/reset http://api.site.example:8080/ /reset<nil> <nil> <nil> <nil>"
	for _, host := range []string{"evil.example", "site.example:8080", "site.example:9999", "evil.example:8080"} {
		if got := send(app, "GET", "/reset", "Host", host).Body.String(); got != want {
			t.Errorf("host %s: got %q, want %q", host, got, want)
		}
	}
	r := httptest.NewRequest("GET", "https://evil.example/reset", nil)
	r.TLS = &tls.ConnectionState{}
	rec := httptest.NewRecorder()
	app.ServeHTTP(rec, r)
	if got := rec.Body.String(); !strings.HasPrefix(got, "https://site.example:8080/reset?") {
		t.Errorf("got %q, want the scheme of the request", got)
	}
}

// When nothing says which hosts are the App's, External believes the Host header. That is said where others can connect.
func TestStartWarnsWhenAnyHostIsBelieved(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, addr string
		config     dewar.Map
		warned     bool
	}{
		{"a public address", "0.0.0.0:0", nil, true},
		{"this machine alone", "127.0.0.1:0", nil, false},
		{"SERVER_NAME", "0.0.0.0:0", dewar.Map{"SERVER_NAME": "site.example"}, false},
		{"TRUSTED_HOSTS", "0.0.0.0:0", dewar.Map{"TRUSTED_HOSTS": []string{"site.example"}}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app := dewar.New("test")
			var log strings.Builder
			app.Logger = slog.New(slog.NewTextHandler(&log, nil))
			if err := app.Config.FromMapping(dewar.Map{"TESTING": true, "SECRET_KEY": rand.Text() + rand.Text()}); err != nil {
				t.Fatal(err)
			}
			if err := app.Config.FromMapping(tt.config); err != nil {
				t.Fatal(err)
			}
			l, err := net.Listen("tcp", tt.addr)
			if err != nil {
				t.Fatal(err)
			}
			ctx, stop := context.WithCancel(t.Context())
			stop()
			if err := app.Serve(ctx, l); err != nil {
				t.Fatal(err)
			}
			if got := strings.Contains(log.String(), "TRUSTED_HOSTS"); got != tt.warned {
				t.Errorf("warned %v, want %v: %s", got, tt.warned, &log)
			}
		})
	}
}

func TestRefusedCrossOriginRequestsSayWhyInTheLog(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	var log strings.Builder
	app.Logger = slog.New(slog.NewTextHandler(&log, nil))
	app.Post("/", index)
	rec := send(app, "POST", "/", "Origin", "https://app.example", "Host", "api.example")
	if rec.Code != 403 || strings.Contains(rec.Body.String(), "app.example") {
		t.Errorf("got %d %q, want a 403 that repeats nothing", rec.Code, rec.Body)
	}
	for _, part := range []string{"level=WARN", "(CSRF)", "origin=https://app.example", "own=http://api.example", "TRUSTED_ORIGINS", "CrossOriginExempt", "TRUSTED_PROXIES"} {
		if !strings.Contains(log.String(), part) {
			t.Errorf("the log lacks %q: %s", part, &log)
		}
	}
	log.Reset()
	send(app, "POST", "/", "Origin", "https://"+strings.Repeat("a", 1<<20))
	if len(log.String()) > 2000 {
		t.Errorf("a long Origin makes %d bytes of log", len(log.String()))
	}
}
