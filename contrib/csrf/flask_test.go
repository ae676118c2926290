package csrf_test

import (
	"bufio"
	"html"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/csrf"
	"github.com/dewar-go/dewar/flaskcookie"
)

// startFlask starts testdata/wtf.py and returns its address. Without Flask-WTF the test is skipped, and fails in CI.
func startFlask(t *testing.T) string {
	t.Helper()
	candidates := []string{"/usr/bin/python3", "python3"}
	if named := os.Getenv("DEWAR_PYTHON"); named != "" {
		candidates = []string{named}
	}
	for _, python := range candidates {
		if exec.Command(python, "-c", "import flask_wtf").Run() == nil {
			return serve(t, python)
		}
	}
	missing := "NOTHING WAS COMPARED WITH FLASK-WTF: no Python here can import it; install the package python3-flaskext.wtf, or name a Python in DEWAR_PYTHON"
	if os.Getenv("CI") == "true" {
		t.Fatal(missing)
	}
	t.Skip(missing)
	return ""
}

func serve(t *testing.T, python string) string {
	t.Helper()
	cmd := exec.Command(python, "testdata/wtf.py")
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = stdin.Close(); _ = cmd.Wait() })
	port, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatalf("testdata/wtf.py has not started: %v", err)
	}
	return "http://127.0.0.1:" + strings.TrimSpace(port)
}

// newSite is the Go half: what testdata/wtf.py is in Python.
func newSite(t *testing.T, config dewar.Map, opts ...dewar.Option) *dewar.App {
	t.Helper()
	app := dewar.New("csrf", opts...)
	app.SessionInterface = &flaskcookie.SessionInterface{}
	if err := app.Config.FromMapping(dewar.Map{"SECRET_KEY": "dev", "TESTING": true, "TRUSTED_PROXIES": []string{"127.0.0.1"}}); err != nil {
		t.Fatal(err)
	}
	if err := app.Config.Update(config); err != nil {
		t.Fatal(err)
	}
	csrf.Protect(app)
	dewar.HandleError(app, func(c *dewar.Context, err *csrf.Error) error {
		return c.Status(err.StatusCode()).Text(err.Description())
	})
	answer := func(f func(c *dewar.Context) (string, error)) dewar.Handler {
		return func(c *dewar.Context) error {
			text, err := f(c)
			if err != nil {
				return err
			}
			return c.Text(text)
		}
	}
	app.Get("/token", answer(csrf.Token), dewar.Endpoint("token"))
	app.Get("/field", answer(func(c *dewar.Context) (string, error) {
		field, err := csrf.Field(c)
		return string(field), err
	}), dewar.Endpoint("field"))
	app.Route("/post", func(c *dewar.Context) error { return c.Text("accepted") }, dewar.Endpoint("post"), dewar.Methods("POST", "PUT", "PATCH", "DELETE"))
	app.Get("/login", func(c *dewar.Context) error {
		c.Session().Clear()
		c.Session().Set("user_id", 7)
		return c.Text("")
	}, dewar.Endpoint("login"))
	app.Get("/logout", func(c *dewar.Context) error {
		c.Session().Clear()
		return c.Text("")
	}, dewar.Endpoint("logout"))
	return app
}

// A browser keeps the cookies of 127.0.0.1, whatever the port.
type browser struct {
	t    *testing.T
	http *http.Client
}

func newBrowser(t *testing.T) browser {
	jar, _ := cookiejar.New(nil)
	return browser{t, &http.Client{Jar: jar}}
}

func (b browser) get(url string) string {
	b.t.Helper()
	r, _ := http.NewRequest(http.MethodGet, url, nil)
	status, text := b.do(r)
	if status != 200 {
		b.t.Fatalf("GET %s: %d %s", url, status, text)
	}
	return text
}

func (b browser) post(address string, form url.Values) (int, string) {
	b.t.Helper()
	r, _ := http.NewRequest(http.MethodPost, address+"/post", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(r)
}

func (b browser) do(r *http.Request) (int, string) {
	b.t.Helper()
	res, err := b.http.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return res.StatusCode, string(text)
}

var valueOf = regexp.MustCompile(`value="([^"]*)"`)

func TestFormsGoToPythonAndBack(t *testing.T) {
	flask := startFlask(t)
	server := httptest.NewServer(newSite(t, nil))
	defer server.Close()
	halves := []string{flask, server.URL}
	const seed = 7
	random := rand.New(rand.NewPCG(seed, seed))
	half := func() string { return halves[random.IntN(2)] }
	b := newBrowser(t)
	var tabs []string // open since the last login
	for step := range 1000 {
		switch random.IntN(8) {
		case 0:
			b.get(half() + "/login")
			tabs = nil
		case 1, 2, 3:
			tabs = append(tabs, b.get(half()+"/token"))
		case 4:
			tabs = append(tabs, html.UnescapeString(valueOf.FindStringSubmatch(b.get(half() + "/field"))[1]))
		default:
			if len(tabs) == 0 {
				continue
			}
			to := half()
			if status, text := b.post(to, url.Values{"csrf_token": {tabs[random.IntN(len(tabs))]}}); status != 200 {
				t.Fatalf("seed %d, step %d: %s refused a token: %d %s", seed, step, to, status, text)
			}
		}
	}
}

func TestRefusedAsFlaskWTFRefuses(t *testing.T) {
	flask := startFlask(t)
	server := httptest.NewServer(newSite(t, nil))
	defer server.Close()
	halves := []string{flask, server.URL}
	type sending struct {
		form   url.Values
		header map[string]string
		method string
		body   string // instead of a form
	}
	in := func(name string) func(token string) sending {
		return func(token string) sending { return sending{form: url.Values{name: {token}}} }
	}
	head := func(name string) func(token string) sending {
		return func(token string) sending { return sending{header: map[string]string{name: token}} }
	}
	field := in("csrf_token")
	for _, tt := range []struct {
		name, token string // token is a path, or = and the token itself
		send        func(token string) sending
		status      int
		answer      string
	}{
		{"field", "/token", field, 200, "accepted"},
		{"prefixed field", "/token", in("login-csrf_token"), 200, "accepted"},
		{"field that only begins so", "/token", in("csrf_token2"), 400, "The CSRF token is missing."},
		{"header X-CSRFToken", "/token", head("X-CSRFToken"), 200, "accepted"},
		{"header X-CSRF-Token", "/token", head("X-CSRF-Token"), 200, "accepted"},
		{"header of another name", "/token", head("X-XSRF-Token"), 400, "The CSRF token is missing."},
		{"field before header", "/token", func(token string) sending {
			return sending{form: url.Values{"csrf_token": {"x"}}, header: map[string]string{"X-CSRFToken": token}}
		}, 400, "The CSRF token is invalid."},
		{"PUT without", "/token", func(string) sending { return sending{method: "PUT"} }, 400, "The CSRF token is missing."},
		{"DELETE without", "/token", func(string) sending { return sending{method: "DELETE"} }, 400, "The CSRF token is missing."},
		{"JSON does not carry it", "/token", func(token string) sending {
			return sending{body: `{"csrf_token":"` + token + `"}`, header: map[string]string{"Content-Type": "application/json"}}
		}, 400, "The CSRF token is missing."},
		{"empty", "=", field, 400, "The CSRF token is missing."},
		{"garbage", "=x.y.z", field, 400, "The CSRF token is invalid."},
		{"old", "/forge?age=3605", field, 400, "The CSRF token has expired."},
		{"nearly old", "/forge?age=3590", field, 200, "accepted"},
		{"of the future", "/forge?age=-60", field, 400, "The CSRF token has expired."},
		{"another key", "/forge?key=other", field, 400, "The CSRF token is invalid."},
		{"another salt", "/forge?salt=cookie-session", field, 400, "The CSRF token is invalid."},
		{"another session", "/forge?secret=" + strings.Repeat("a", 40), field, 400, "The CSRF tokens do not match."},
		{"https", "/token", func(token string) sending {
			return sending{form: url.Values{"csrf_token": {token}}, header: map[string]string{"X-Forwarded-Proto": "https", "Host": "shop.example", "Referer": "https://shop.example/form"}}
		}, 200, "accepted"},
		{"https, host in capitals", "/token", func(token string) sending {
			return sending{form: url.Values{"csrf_token": {token}}, header: map[string]string{"X-Forwarded-Proto": "https", "Host": "shop.example", "Referer": "https://SHOP.example"}}
		}, 200, "accepted"},
		{"https without referrer", "/token", func(token string) sending {
			return sending{form: url.Values{"csrf_token": {token}}, header: map[string]string{"X-Forwarded-Proto": "https", "Host": "shop.example"}}
		}, 400, "The referrer header is missing."},
		{"https, referrer of http", "/token", func(token string) sending {
			return sending{form: url.Values{"csrf_token": {token}}, header: map[string]string{"X-Forwarded-Proto": "https", "Host": "shop.example", "Referer": "http://shop.example/"}}
		}, 400, "The referrer does not match the host."},
		{"https, referrer of another port", "/token", func(token string) sending {
			return sending{form: url.Values{"csrf_token": {token}}, header: map[string]string{"X-Forwarded-Proto": "https", "Host": "shop.example", "Referer": "https://shop.example:8443/"}}
		}, 400, "The referrer does not match the host."},
		{"https, referrer of another host", "/token", func(token string) sending {
			return sending{form: url.Values{"csrf_token": {token}}, header: map[string]string{"X-Forwarded-Proto": "https", "Host": "shop.example", "Referer": "https://evil.example/https://shop.example/"}}
		}, 400, "The referrer does not match the host."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for i, to := range halves {
				b := newBrowser(t)
				b.get(halves[1-i] + "/token") // the session is the other half's
				token, literal := strings.CutPrefix(tt.token, "=")
				if !literal {
					token = b.get(map[bool]string{true: flask, false: halves[1-i]}[strings.HasPrefix(tt.token, "/forge")] + tt.token)
				}
				s := tt.send(token)
				r, _ := http.NewRequest(map[bool]string{true: "POST", false: s.method}[s.method == ""], to+"/post", strings.NewReader(s.form.Encode()+s.body))
				r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				for name, value := range s.header {
					r.Header.Set(name, value)
				}
				for _, cookie := range b.http.Jar.Cookies(r.URL) {
					r.AddCookie(cookie)
				}
				r.Host = r.Header.Get("Host")
				r.Header.Del("Host")
				status, answer := browser{t, http.DefaultClient}.do(r)
				if status != tt.status || answer != tt.answer {
					t.Errorf("%s: got %d %q, want %d %q", [...]string{"Flask-WTF", "Go"}[i], status, answer, tt.status, tt.answer)
				}
			}
		})
	}
}

func TestTokensEndWithTheirSession(t *testing.T) {
	flask := startFlask(t)
	server := httptest.NewServer(newSite(t, nil))
	defer server.Close()
	halves := []string{flask, server.URL}
	for _, from := range halves {
		for _, out := range halves {
			for _, to := range halves {
				b := newBrowser(t)
				token := b.get(from + "/token")
				b.get(out + "/logout")
				b.wants(to, token, "The CSRF session token is missing.")
				b.get(out + "/login")
				fresh := b.get(from + "/token")
				b.wants(to, token, "The CSRF tokens do not match.")
				b.wants(to, fresh, "accepted")
			}
		}
	}
}

func (b browser) wants(to, token, want string) {
	b.t.Helper()
	if status, got := b.post(to, url.Values{"csrf_token": {token}}); got != want {
		b.t.Errorf("%s: got %d %q, want %q", to, status, got, want)
	}
}

func TestFieldIsThatOfWTForms(t *testing.T) {
	flask := startFlask(t)
	server := httptest.NewServer(newSite(t, nil))
	defer server.Close()
	b := newBrowser(t)
	plain := func(address string) string { return valueOf.ReplaceAllString(b.get(address+"/field"), "value") }
	if got, want := plain(server.URL), plain(flask); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
