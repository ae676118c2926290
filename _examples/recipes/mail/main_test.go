package main

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	netmail "net/mail"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/itsdangerous"
	"github.com/dewar-go/dewar/dewartest"
)

const key = "a key for tests, and for tests alone"

// A postbox is a mail server. Whoever has slow locked has it wait before it takes a mail.
type postbox struct {
	arrived chan delivery
	port    int
	slow    sync.Mutex
}

type delivery struct {
	from, to string
	mail     *netmail.Message
	text     string
}

func newPostbox(t *testing.T) *postbox {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	box := &postbox{arrived: make(chan delivery, 100), port: l.Addr().(*net.TCPAddr).Port}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &letter{box: box}, nil }))
	go server.Serve(l)
	t.Cleanup(func() { server.Close() })
	return box
}

// A letter is a connection to the postbox.
type letter struct {
	box *postbox
	delivery
}

func (l *letter) Reset()                                      {}
func (l *letter) Logout() error                               { return nil }
func (l *letter) Mail(from string, _ *smtp.MailOptions) error { l.from = from; return nil }
func (l *letter) Rcpt(to string, _ *smtp.RcptOptions) error   { l.to = to; return nil }

func (l *letter) Data(r io.Reader) error {
	l.box.slow.Lock()
	defer l.box.slow.Unlock()
	message, err := netmail.ReadMessage(r)
	if err != nil {
		return err
	}
	text, err := io.ReadAll(message.Body)
	if err != nil {
		return err
	}
	l.mail, l.text = message, string(text)
	l.box.arrived <- l.delivery
	return nil
}

// next returns the next mail.
func (box *postbox) next(t *testing.T) delivery {
	t.Helper()
	select {
	case d := <-box.arrived:
		return d
	case <-time.After(10 * time.Second):
		t.Fatal("no mail has come")
		panic("unreachable")
	}
}

// A running is the example as it runs, with its own mail server.
type running struct {
	t    *testing.T
	url  string
	box  *postbox
	logs *bytes.Buffer // to be read after stop
	stop func() error
}

func run(t *testing.T) *running {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	box, logs := newPostbox(t), &bytes.Buffer{}
	app, err := newApp(dewar.Map{"SECRET_KEY": key, "TESTING": true, "PASSWORD_METHOD": "scrypt:16:8:1", "SERVER_NAME": l.Addr().String(),
		"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": box.port, "MAIL_USE_TLS": false})
	if err != nil {
		t.Fatal(err)
	}
	app.Logger = slog.New(slog.NewTextHandler(logs, nil)) // its handler locks
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- app.Serve(ctx, l) }()
	stop := sync.OnceValue(func() error { cancel(); return <-ended })
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
	return &running{t, "http://" + l.Addr().String(), box, logs, stop}
}

// post sends a form, for a host that may be another one, and returns status and page.
func (s *running) post(address, host string, pairs ...string) (int, string) {
	s.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	r, err := http.NewRequestWithContext(s.t.Context(), "POST", address, strings.NewReader(form.Encode()))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Host = host
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	page, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return res.StatusCode, string(page)
}

// want checks status and page of a form that is sent.
func (s *running) want(status int, text, address string, pairs ...string) {
	s.t.Helper()
	if got, page := s.post(address, "", pairs...); got != status || !strings.Contains(page, text) {
		s.t.Errorf("%s: got %d %s, want %d and %q", address, got, page, status, text)
	}
}

var anyLink = regexp.MustCompile(`http://\S+`)

// link asks for a link and takes it out of the mail.
func (s *running) link() string {
	s.t.Helper()
	s.want(200, "on its way", s.url+"/forgot", "email", "ann@example.com")
	link := anyLink.FindString(strings.ReplaceAll(s.box.next(s.t).text, "=\r\n", "")) // quoted-printable: a long line goes on in the next
	if !strings.HasPrefix(link, s.url+"/reset/") {
		s.t.Fatalf("got the link %q, want one to %s", link, s.url)
	}
	return link
}

func TestReset(t *testing.T) {
	t.Parallel()
	s := run(t)
	link := s.link()
	res, err := http.Get(link)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != 200 || res.Header.Get("Referrer-Policy") == "" {
		t.Errorf("got %d %v, want the form, and that its address goes nowhere", res.StatusCode, res.Header)
	}
	s.want(401, "wrong password", s.url+"/login", "email", "ann@example.com", "password", "")
	s.want(200, "at least 8 characters", link, "password", "short")
	s.want(200, "with your new password", link, "password", "correct horse")
	s.want(200, "Welcome", s.url+"/login", "email", "ann@example.com", "password", "correct horse")
	s.want(400, "was used", link, "password", "battery staple")
	s.want(200, "Welcome", s.url+"/login", "email", "ann@example.com", "password", "correct horse")
}

func TestReset_OneOfTwoLinks(t *testing.T) {
	t.Parallel()
	s := run(t)
	first, second := s.link(), s.link()
	s.want(200, "with your new password", second, "password", "correct horse")
	s.want(400, "was used", first, "password", "battery staple")
}

func TestReset_RefusesLinks(t *testing.T) {
	t.Parallel()
	s := run(t)
	tokens := func(key, salt string) string {
		made, err := itsdangerous.NewURLSafeTimedSerializer([]string{key}, itsdangerous.Options{Salt: salt})
		if err != nil {
			t.Fatal(err)
		}
		token, err := made.Dumps(link{"ann@example.com", fingerprint("")})
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	good := strings.TrimPrefix(s.link(), s.url+"/reset/")
	payload, rest, _ := strings.Cut(good, ".")
	for name, token := range map[string]string{
		"another key": tokens("another key, which is as long as it", "password-reset"), "another purpose": tokens(key, "confirm-address"),
		"no signature": payload, "another payload": payload[1:] + "." + rest, "garbage": "x.y.z",
	} {
		t.Run(name, func(t *testing.T) { s.want(400, "has expired", s.url+"/reset/"+token, "password", "correct horse") })
	}
	s.want(200, "with your new password", s.url+"/reset/"+good, "password", "correct horse")
}

func TestReset_ExpiresAfterAnHour(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		app, err := newApp(dewar.Map{"SECRET_KEY": key, "TESTING": true})
		if err != nil {
			t.Fatal(err)
		}
		links, err := itsdangerous.NewURLSafeTimedSerializer([]string{key}, itsdangerous.Options{Salt: "password-reset"})
		if err != nil {
			t.Fatal(err)
		}
		token, err := links.Dumps(link{"ann@example.com", fingerprint("")})
		if err != nil {
			t.Fatal(err)
		}
		client := dewartest.New(t, app)
		time.Sleep(linkLasts)
		client.Get("/reset/"+token).Want(200, "New password")
		time.Sleep(2 * time.Second)
		client.Get("/reset/"+token).Want(400, "has expired")
	})
}

func TestForgot_TellsNobodyWhoHasAnAccount(t *testing.T) {
	t.Parallel()
	s := run(t)
	_, known := s.post(s.url+"/forgot", "", "email", "ann@example.com")
	_, unknown := s.post(s.url+"/forgot", "", "email", "nobody@example.com")
	if known != unknown {
		t.Errorf("got %s for an account and %s for none", known, unknown)
	}
	if err := s.stop(); err != nil { // it waits for all mails
		t.Fatal(err)
	}
	if got := s.box.next(t).to; got != "ann@example.com" || len(s.box.arrived) != 0 {
		t.Errorf("got a mail to %s and %d more, want one to ann@example.com", got, len(s.box.arrived))
	}
}

func TestForgot_RefusesWhatIsNoAddress(t *testing.T) {
	t.Parallel()
	s := run(t)
	for _, address := range []string{"ann", "", "ann@example.com\r\nBcc: all@example.com", "ann@example.com, all@example.com", "Ann <ann@example.com>"} {
		if _, page := s.post(s.url+"/forgot", "", "email", address); strings.Contains(page, "on its way") {
			t.Errorf("%q: got %s, want an error beside the field", address, page)
		}
	}
	if err := s.stop(); err != nil || len(s.box.arrived) != 0 {
		t.Errorf("got %d mails, %v, want none", len(s.box.arrived), err)
	}
}

// TestForgot_LinksGoToTheSiteItself: whoever asks with a made-up host must not get the owner to open a link there.
func TestForgot_LinksGoToTheSiteItself(t *testing.T) {
	t.Parallel()
	s := run(t)
	if status, _ := s.post(s.url+"/forgot", "evil.example", "email", "ann@example.com"); status != 200 {
		t.Fatalf("got %d", status)
	}
	mail := s.box.next(t)
	if link := anyLink.FindString(mail.text); !strings.HasPrefix(link, s.url+"/reset/") || strings.Contains(mail.text, "evil") {
		t.Errorf("got the link %q, want one to %s", link, s.url)
	}
	if mail.from != "site@example.com" || mail.to != "ann@example.com" || mail.mail.Header.Get("Subject") != "Choose another password" {
		t.Errorf("got a mail from %s to %s: %v", mail.from, mail.to, mail.mail.Header)
	}
}

func TestForgot_NothingIsLostWhenTheProgramStops(t *testing.T) {
	t.Parallel()
	s := run(t)
	s.box.slow.Lock()
	s.want(200, "on its way", s.url+"/forgot", "email", "ann@example.com")
	stopped := make(chan error, 1)
	go func() { stopped <- s.stop() }()
	for { // until it has begun to stop: nobody answers any more
		conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
		if err != nil {
			break
		}
		conn.Close()
	}
	select {
	case err := <-stopped:
		t.Fatalf("it stopped without its mail: %v", err)
	default:
	}
	s.box.slow.Unlock()
	if err := <-stopped; err != nil {
		t.Error(err)
	}
	s.box.next(t)
	if logs := s.logs.String(); strings.Contains(logs, "ERROR") {
		t.Errorf("log: %s", logs)
	}
}

func TestForgot_AFailureIsLoggedWithoutTheToken(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	l.Close() // nobody is there
	app, err := newApp(dewar.Map{"SECRET_KEY": key, "TESTING": true, "MAIL_SERVER": "127.0.0.1", "MAIL_PORT": port})
	if err != nil {
		t.Fatal(err)
	}
	logs := &bytes.Buffer{}
	app.Logger = slog.New(slog.NewTextHandler(logs, nil))
	l, err = net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- app.Serve(ctx, l) }()
	res, err := http.PostForm("http://"+l.Addr().String()+"/forgot", url.Values{"email": {"ann@example.com"}})
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if text := logs.String(); res.StatusCode != 200 || !strings.Contains(text, "send the link") || strings.Contains(text, "/reset/") {
		t.Errorf("got %d and the log %s, want 200 and a line about the mail", res.StatusCode, text)
	}
}
