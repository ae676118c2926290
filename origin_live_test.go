//go:build linux

package dewar_test

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/dewar-go/dewar"
)

// visitorAddr is where requests of the live test come from: an address of this machine that is none of TRUSTED_PROXIES.
const visitorAddr = "127.0.0.2"

// A liveSite is an App on a TCP port and another one on a Unix socket, for real proxies to be put in front.
type liveSite struct {
	dir, tcp, socket string
	probed           chan string // the protocol of requests for /healthz
}

func startLiveSite(t *testing.T) *liveSite {
	t.Helper()
	dir, err := os.MkdirTemp("", "dewar") // the path of a socket must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	site := &liveSite{dir: dir, socket: filepath.Join(dir, "app.sock"), probed: make(chan string, 1)}
	site.tcp = site.serve(t, "tcp", "127.0.0.1:0", "127.0.0.1")
	site.serve(t, "unix", site.socket, "unix", "127.0.0.1")
	return site
}

// serve starts an App and returns its address.
func (s *liveSite) serve(t *testing.T, network, addr string, proxies ...string) string {
	t.Helper()
	app := originApp(t, dewar.Map{"TRUSTED_PROXIES": proxies, "DRAIN_DELAY": 0, "SECRET_KEY": rand.Text() + rand.Text()})
	app.Route("/healthz", func(c *dewar.Context) error {
		select {
		case s.probed <- c.Request.Proto + " " + c.Request.Method:
		default:
		}
		return dewar.Alive(c)
	}, dewar.Methods("GET", "OPTIONS"), dewar.Endpoint("healthz"))
	l, err := net.Listen(network, addr)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- app.Serve(ctx, l) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("the App on %s ended with %v", network, err)
		}
	})
	return l.Addr().String()
}

// write puts a file into the folder of the site, with NAME in its text replaced, and returns its path.
func (s *liveSite) write(t *testing.T, name, text string, replace ...string) string {
	t.Helper()
	path := filepath.Join(s.dir, name)
	text = strings.NewReplacer(append(replace, "DIR", s.dir, "TCP", s.tcp, "SOCKET", s.socket)...).Replace(text)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// proxy starts a program that inherits the listeners as its files from 3 on, and ends it with the test.
func (s *liveSite) proxy(t *testing.T, env string, listeners []*net.TCPListener, name string, args ...string) {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), env)
	var output strings.Builder
	cmd.Stdout, cmd.Stderr = &output, &output
	for _, l := range listeners {
		f, err := l.File()
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		cmd.ExtraFiles = append(cmd.ExtraFiles, f)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM) // nginx ends its worker
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("%s said:\n%s", name, &output)
		}
	})
}

// listenLive returns a listener for a proxy, and its port. The program has it before it runs, so nobody need wait.
func listenLive(t *testing.T) (*net.TCPListener, string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return l.(*net.TCPListener), port
}

// needProgram skips the test, which `.ci/run` installs the programs for, when one is missing.
func needProgram(t *testing.T, name string) string {
	t.Helper()
	for _, dir := range append(filepath.SplitList(os.Getenv("PATH")), "/usr/sbin") {
		if path := filepath.Join(dir, name); exec.Command(path, "-v").Run() == nil {
			return path
		}
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is not installed; install it, as .ci/run does", name)
	}
	t.Skipf("SKIPPED: %s is not installed, so nothing is tested behind a real proxy; install it, as .ci/run does", name)
	return ""
}

// visitAs sends a request through a proxy and returns the status and the body.
func visitAs(t *testing.T, method, url, host string, header ...string) (int, string) {
	t.Helper()
	dialer := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(visitorAddr)}}
	transport := &http.Transport{DialContext: dialer.DialContext, DisableKeepAlives: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}
	r, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Host = host
	for i := 0; i < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	res, err := transport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, _ := io.ReadAll(res.Body)
	return res.StatusCode, string(body)
}

// nginxConfig has the lines that nginx's documentation gives for a proxy, in the foreground and below a folder.
const nginxConfig = `
daemon off; worker_processes 1; USER pid DIR/nginx.pid; error_log stderr;
events { worker_connections 64; }
http {
	access_log off;
	client_body_temp_path DIR/1; proxy_temp_path DIR/2; fastcgi_temp_path DIR/3; uwsgi_temp_path DIR/4; scgi_temp_path DIR/5;
	proxy_set_header Host $http_host;
	proxy_set_header X-Real-IP $remote_addr;
	proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
	proxy_set_header X-Forwarded-Proto $scheme;
	proxy_set_header X-Forwarded-Host $http_host;
	proxy_set_header X-Forwarded-Port $server_port;
	server {
		listen 127.0.0.1:PLAIN; listen 127.0.0.1:SECURE ssl;
		ssl_certificate DIR/cert.pem; ssl_certificate_key DIR/key.pem;
		location / { proxy_set_header X-Forwarded-Prefix ""; proxy_pass http://TCP; INHERIT }
		location /tcp/ { proxy_set_header X-Forwarded-Prefix /tcp; INHERIT proxy_pass http://TCP/; }
		location /unix/ { proxy_set_header X-Forwarded-Prefix /unix; INHERIT proxy_pass http://unix:SOCKET:/; }
		location /chain/ { proxy_set_header X-Forwarded-Prefix /chain; INHERIT proxy_pass http://127.0.0.1:HAPROXY/; }
	}
}
`

// inheritHeaders repeats what a location with proxy_set_header of its own does not inherit.
const inheritHeaders = `proxy_set_header Host $http_host; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
	proxy_set_header X-Forwarded-Proto $scheme; proxy_set_header X-Forwarded-Host $http_host; proxy_set_header X-Forwarded-Port $server_port;`

// haproxyConfig checks the health of the servers as HAProxy does by default: HTTP/1.0 without a Host.
const haproxyConfig = `
global
	maxconn 64
defaults
	mode http
	timeout connect 10s
	timeout client 10s
	timeout server 10s
	option forwardfor
	option httpchk OPTIONS /healthz
frontend site
	bind fd@3
	acl from_nginx src 127.0.0.1
	http-request set-header X-Forwarded-Proto http unless from_nginx
	http-request set-header X-Forwarded-Host %[req.hdr(Host)] unless from_nginx
	http-request set-header X-Forwarded-Port %[dst_port] unless from_nginx
	http-request del-header X-Forwarded-Prefix unless from_nginx
	use_backend socket if { path_beg /unix/ }
	default_backend tcp
backend tcp
	server app TCP check inter 50ms
backend socket
	http-request replace-path /unix(/.*) \1
	http-request set-header X-Forwarded-Prefix /unix
	server app unix@SOCKET
`

// The App behind real proxies sees the visitor, scheme, host, port and prefix that the visitor sees, over TCP and over a
// Unix socket, behind one proxy and behind two. What a visitor forges counts for nothing.
func TestOriginBehindLiveProxies(t *testing.T) {
	nginx, haproxy := needProgram(t, "nginx"), needProgram(t, "haproxy")
	site := startLiveSite(t)
	plain, plainPort := listenLive(t)
	secure, securePort := listenLive(t)
	front, frontPort := listenLive(t)
	writeCertificate(t, site)
	config := site.write(t, "haproxy.cfg", haproxyConfig)
	site.proxy(t, "", []*net.TCPListener{front}, haproxy, "-db", "-f", config)
	user := ""
	if os.Getuid() == 0 {
		user = "user root;" // or its worker may not enter the folder
	}
	config = site.write(t, "nginx.conf", strings.ReplaceAll(nginxConfig, "INHERIT", inheritHeaders), "PLAIN", plainPort, "SECURE", securePort, "HAPROXY", frontPort, "USER", user)
	site.proxy(t, "NGINX=3;4;", []*net.TCPListener{plain, secure}, nginx, "-e", "stderr", "-c", config)

	if got := <-site.probed; got != "HTTP/1.0 OPTIONS" {
		t.Errorf("HAProxy's health check came as %q, want one of HTTP/1.0", got)
	}
	forged := []string{"X-Forwarded-For", "6.6.6.6", "X-Forwarded-Proto", "ftp", "X-Forwarded-Host", "evil.example", "X-Forwarded-Port", "1", "X-Forwarded-Prefix", "/evil",
		"Forwarded", "for=6.6.6.6;host=evil.example", "X-Real-Ip", "6.6.6.6"}
	for _, tt := range []struct{ name, scheme, port, path string }{
		{"nginx over TCP", "http", plainPort, "/"},
		{"nginx over TCP, below a prefix", "http", plainPort, "/tcp/"},
		{"nginx over a Unix socket", "http", plainPort, "/unix/"},
		{"nginx with TLS over TCP", "https", securePort, "/tcp/"},
		{"nginx with TLS over a Unix socket", "https", securePort, "/unix/"},
		{"haproxy over TCP", "http", frontPort, "/"},
		{"haproxy over a Unix socket", "http", frontPort, "/unix/"},
		{"nginx before haproxy over TCP", "http", plainPort, "/chain/"},
		{"nginx with TLS before haproxy over TCP", "https", securePort, "/chain/"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			url, host := tt.scheme+"://127.0.0.1:"+tt.port+tt.path+"x", "Site.Example:"+tt.port
			own := tt.scheme + "://site.example:" + tt.port
			want := visitorAddr + " " + own + tt.path + " " + tt.path + "y"
			for name, header := range map[string][]string{"honest": nil, "forged": forged} {
				if status, body := visitAs(t, "GET", url, host, header...); status != 200 || body != want {
					t.Errorf("%s: got %d %q, want %q", name, status, body, want)
				}
			}
			for origin, want := range map[string]int{own: 200, tt.scheme + "://site.example": 403, "http://evil.example": 403, "http://SITE.example:" + tt.port: map[string]int{"http": 200, "https": 403}[tt.scheme]} {
				if status, body := visitAs(t, "POST", url, host, "Origin", origin); status != want {
					t.Errorf("POST from %s: got %d %q, want %d", origin, status, body, want)
				}
			}
		})
	}
}

// writeCertificate writes the certificate that httptest has, with its key.
func writeCertificate(t *testing.T, site *liveSite) {
	t.Helper()
	srv := httptest.NewTLSServer(http.NotFoundHandler())
	defer srv.Close()
	pair := srv.TLS.Certificates[0]
	key, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{
		"cert.pem": {Type: "CERTIFICATE", Bytes: pair.Certificate[0]}, "key.pem": {Type: "PRIVATE KEY", Bytes: key},
	} {
		if err := os.WriteFile(filepath.Join(site.dir, name), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
