package main

import (
	"context"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/dewar-go/dewar"
)

// A site is the example as it runs.
type site struct {
	t    *testing.T
	url  string
	stop func()
}

func newSite(t *testing.T, config dewar.Map) *site {
	t.Helper()
	app, err := newApp()
	if err != nil {
		t.Fatal(err)
	}
	for _, values := range []dewar.Map{{"SECRET_KEY": "a key for tests, and for tests alone", "TESTING": true}, config} {
		if err := app.Config.FromMapping(values); err != nil {
			t.Fatal(err)
		}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- app.Serve(ctx, l) }()
	stop := sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
	t.Cleanup(stop)
	return &site{t, "http://" + l.Addr().String(), stop}
}

// login returns a browser of somebody; of nobody when name is "".
func (s *site) login(name string) *http.Client {
	s.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	if name != "" {
		s.post(client, "/login", url.Values{"name": {name}})
	}
	return client
}

func (s *site) post(client *http.Client, path string, form url.Values) {
	s.t.Helper()
	res, err := client.PostForm(s.url+path, form)
	if err != nil {
		s.t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != 200 {
		s.t.Fatalf("%s: got %s, want the page after it", path, res.Status)
	}
}

// dial connects as a page of origin; the header may have more.
func (s *site) dial(client *http.Client, origin string, header http.Header) (*websocket.Conn, *http.Response, error) {
	header = header.Clone()
	if header == nil {
		header = http.Header{}
	}
	header.Set("Origin", origin)
	ctx, cancel := context.WithTimeout(s.t.Context(), 10*time.Second)
	defer cancel()
	return websocket.Dial(ctx, s.url+"/chat", &websocket.DialOptions{HTTPClient: client, HTTPHeader: header})
}

// A talker is somebody in the chat.
type talker struct {
	t    *testing.T
	conn *websocket.Conn
}

func (s *site) enter(client *http.Client) *talker {
	s.t.Helper()
	conn, _, err := s.dial(client, s.url, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { conn.CloseNow() })
	return &talker{s.t, conn}
}

func (p *talker) say(text string) {
	p.t.Helper()
	if err := p.conn.Write(p.t.Context(), websocket.MessageText, []byte(text)); err != nil {
		p.t.Fatal(err)
	}
}

// hear returns the next message, or the error that the connection ended with.
func (p *talker) hear() (string, error) {
	ctx, cancel := context.WithTimeout(p.t.Context(), 10*time.Second)
	defer cancel()
	_, text, err := p.conn.Read(ctx)
	return string(text), err
}

func (p *talker) wantToHear(want string) {
	p.t.Helper()
	if got, err := p.hear(); err != nil || got != want {
		p.t.Fatalf("got %q, %v, want %q", got, err, want)
	}
}

func TestChat(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	ann := s.enter(s.login("Ann"))
	ann.say("hello?") // once she hears it, she is in
	ann.wantToHear("Ann: hello?")
	bob := s.enter(s.login("Bob"))
	bob.say("Hi!")
	for _, p := range []*talker{ann, bob} {
		p.wantToHear("Bob: Hi!")
	}
	bob.conn.Close(websocket.StatusNormalClosure, "")
	ann.say("Bye!")
	ann.wantToHear("Ann: Bye!")
}

func TestChat_WhoMayConnect(t *testing.T) {
	t.Parallel()
	s := newSite(t, dewar.Map{"TRUSTED_PROXIES": []string{"127.0.0.1"}})
	ann, nobody, forger := s.login("Ann"), s.login(""), s.login("")
	home, err := url.Parse(s.url)
	if err != nil {
		t.Fatal(err)
	}
	forger.Jar.SetCookies(home, []*http.Cookie{{Name: "session", Value: "bmFtZQ.Ann.forged"}})
	proxied := http.Header{"X-Forwarded-Host": {"chat.example"}, "X-Forwarded-Proto": {"https"}}
	for _, tt := range []struct {
		name   string
		client *http.Client
		origin string
		header http.Header
		want   int
	}{
		{"the page itself", ann, s.url, nil, 101},
		{"nobody has logged in", nobody, s.url, nil, 401},
		{"a forged session", forger, s.url, nil, 401},
		{"a page of another site, with the cookie", ann, "https://evil.example", nil, 403},
		{"a page of another port", ann, "http://127.0.0.1:1", nil, 403},
		{"a sandboxed page", ann, "null", nil, 403},
		{"the page itself behind a proxy", ann, "https://chat.example", proxied, 101},
		{"another site behind a proxy", ann, "https://evil.example", proxied, 403},
		{"the page without TLS behind a proxy with it", ann, "http://chat.example", proxied, 403},
	} {
		t.Run(tt.name, func(t *testing.T) {
			conn, res, err := s.dial(tt.client, tt.origin, tt.header)
			if err == nil {
				conn.CloseNow()
			}
			if res == nil || res.StatusCode != tt.want || (err == nil) != (tt.want == 101) {
				t.Errorf("got %v, %v, want %d", res, err, tt.want)
			}
		})
	}
	res, err := ann.Get(s.url + "/chat")
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != 426 {
		t.Errorf("without a handshake: got %d, want 426", res.StatusCode)
	}
}

func TestChat_IsToldWhenTheProgramStops(t *testing.T) {
	t.Parallel()
	s := newSite(t, dewar.Map{"SHUTDOWN_TIMEOUT": "20s"})
	ann := s.enter(s.login("Ann"))
	ann.say("anybody?")
	ann.wantToHear("Ann: anybody?")
	stopped := make(chan struct{})
	go func() { defer close(stopped); s.stop() }() // which fails the test unless all views end by themselves
	if text, err := ann.hear(); websocket.CloseStatus(err) != websocket.StatusGoingAway {
		t.Errorf("got %q, %v, want status %v", text, err, websocket.StatusGoingAway)
	}
	<-stopped
}

func TestChat_LogoutEndsTheConnections(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	browser := s.login("Ann")
	first, second, bob := s.enter(browser), s.enter(s.login("Ann")), s.enter(s.login("Bob"))
	for _, p := range []*talker{first, second, bob} {
		p.say("here")
		for heard := ""; heard == ""; { // all are in once the last has heard itself
			heard, _ = p.hear()
		}
	}
	s.post(browser, "/logout", nil)
	for _, p := range []*talker{first, second} {
		var err error
		for err == nil {
			_, err = p.hear()
		}
		if websocket.CloseStatus(err) != websocket.StatusPolicyViolation {
			t.Errorf("got %v, want status %v", err, websocket.StatusPolicyViolation)
		}
	}
	bob.say("still here")
	for text := ""; text != "Bob: still here"; {
		var err error
		if text, err = bob.hear(); err != nil {
			t.Fatal(err)
		}
	}
	if _, res, err := s.dial(browser, s.url, nil); err == nil || res.StatusCode != 401 {
		t.Errorf("after the logout: got %v, want 401", err)
	}
}

func TestChat_EndsMessagesThatAreTooLong(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	ann := s.enter(s.login("Ann"))
	ann.say(strings.Repeat("x", longest+1))
	if _, err := ann.hear(); websocket.CloseStatus(err) != websocket.StatusMessageTooBig {
		t.Errorf("got %v, want status %v", err, websocket.StatusMessageTooBig)
	}
}
