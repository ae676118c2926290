package flaskcookie_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/flaskcookie"
)

const (
	oldKey = "the old key of the tests"
	newKey = "the new key of the tests"
)

// A visitor uses a dewar app and two Flask apps with the same cookies.
type visitor struct {
	t       *testing.T
	client  *http.Client
	flask   string // base URL
	goApp   string
	version string
}

// start serves Flask and a dewar app with the given configuration, and returns a visitor of both.
func start(t *testing.T, config dewar.Map) *visitor {
	t.Helper()
	cmd := exec.Command(python(t), script, "serve")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	port, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("%s did not say its port: %v", script, err)
	}
	server := httptest.NewServer(sharingApp(t, config))
	t.Cleanup(server.Close)
	jar, _ := cookiejar.New(nil)
	v := &visitor{t: t, client: &http.Client{Jar: jar, Timeout: 30 * time.Second}, flask: "http://127.0.0.1:" + strings.TrimSpace(port), goApp: server.URL}
	v.version = v.get(v.flask + "/old/version")
	t.Logf("Python and Flask %s", v.version)
	return v
}

// sharingApp is the Go side: the same routes as the Flask app.
func sharingApp(t *testing.T, config dewar.Map) *dewar.App {
	t.Helper()
	app := dewar.New("sharing")
	app.SessionInterface = &flaskcookie.SessionInterface{}
	if err := app.Config.FromMapping(dewar.Map{"SECRET_KEY": oldKey, "TESTING": true}); err != nil {
		t.Fatal(err)
	}
	if err := app.Config.FromMapping(config); err != nil {
		t.Fatal(err)
	}
	app.Get("/get", func(c *dewar.Context) error {
		payload, err := dewar.Stored(c.Session()).MarshalBinary()
		if err != nil {
			return err
		}
		return c.Text(string(payload))
	})
	app.Post("/set", func(c *dewar.Context) error {
		body, err := io.ReadAll(c.Request.Body)
		if err != nil {
			return err
		}
		s := dewar.NewSession()
		if err := dewar.Stored(s).UnmarshalBinary(body); err != nil {
			return err
		}
		for key, value := range s.All() {
			c.Session().Set(key, value)
		}
		return c.Text("set")
	})
	app.Get("/clear", func(c *dewar.Context) error { c.Session().Clear(); return c.Text("cleared") })
	app.Get("/flash", func(c *dewar.Context) error { c.Flash("hé from Go", "info"); return c.Text("flashed") })
	app.Get("/flashed", func(c *dewar.Context) error {
		list := [][]string{}
		for _, m := range c.FlashedMessages() {
			list = append(list, []string{m.Category, m.Message})
		}
		return c.JSON(list)
	})
	app.Get("/permanent", func(c *dewar.Context) error { c.Session().SetPermanent(true); return c.Text("permanent") })
	return app
}

func (v *visitor) get(url string) string {
	v.t.Helper()
	res, err := v.client.Get(url)
	return v.body(res, err)
}

func (v *visitor) post(url, body string) string {
	v.t.Helper()
	res, err := v.client.Post(url, "text/plain", strings.NewReader(body))
	return v.body(res, err)
}

func (v *visitor) body(res *http.Response, err error) string {
	v.t.Helper()
	if err != nil {
		v.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != 200 {
		v.t.Fatalf("%s: got %d %s, %v", res.Request.URL, res.StatusCode, body, err)
	}
	return string(body)
}

func (v *visitor) cookie() string {
	v.t.Helper()
	u, _ := url.Parse(v.goApp) // both are the host 127.0.0.1, and cookies know no ports
	for _, cookie := range v.client.Jar.Cookies(u) {
		if cookie.Name == "session" {
			return cookie.Value
		}
	}
	return ""
}

func (v *visitor) setCookie(value string) {
	u, _ := url.Parse(v.goApp)
	v.client.Jar.SetCookies(u, []*http.Cookie{{Name: "session", Value: value, Path: "/"}})
}

// want checks that both sides have the session.
func (v *visitor) want(session string) {
	v.t.Helper()
	for _, base := range []string{v.goApp, v.flask + "/old"} {
		if got := v.get(base + "/get"); got != session {
			v.t.Errorf("%s has the session %s, want %s", base, got, session)
		}
	}
}

const everyTag = `{"b":{" b":"AP8="},"big":123456789012345678901234567890,"d":{" d":"Tue, 02 Jan 2024 03:04:05 GMT"},"e":{" di":{" t__":5}},"f":1.0,"n":{"x":{" t":[1]}},"s":"h\u00e9\ud83d\ude00","t":{" t":[1,"two",[3]]},"u":{" u":"12345678123456781234567812345678"},"z":null}`

func TestOneLoginForGoAndPython(t *testing.T) {
	t.Parallel()
	v := start(t, nil)
	sides := map[string][2]string{"from Go to Python": {v.goApp, v.flask + "/old"}, "from Python to Go": {v.flask + "/old", v.goApp}}
	for _, name := range []string{"from Go to Python", "from Python to Go"} {
		from, to := sides[name][0], sides[name][1]
		t.Run(name, func(t *testing.T) {
			v := &visitor{t, v.client, v.flask, v.goApp, v.version}
			v.post(from+"/set", everyTag)
			v.want(everyTag)
			v.post(to+"/set", `{"z":1}`)
			v.want(strings.Replace(everyTag, `"z":null`, `"z":1`, 1))
			v.get(to + "/clear")
			v.want("{}")
			if v.cookie() != "" {
				t.Error("clearing the session left its cookie")
			}

			large := `{"text":"` + strings.Repeat("all work and no play ", 100) + `"}`
			v.post(from+"/set", large)
			if v.cookie()[0] != '.' {
				t.Error("a large session was not compressed")
			}
			v.want(large)
			v.get(from + "/clear")

			v.get(from + "/flash")
			if got := v.get(to + "/flashed"); !strings.Contains(got, `"info"`) || !strings.Contains(got, `from `) {
				t.Errorf("the message that was flashed arrived as %s", got)
			}
			v.want("{}")

			v.get(from + "/permanent")
			v.want(`{"_permanent":true}`)
			v.wantRefreshed(to)
			v.get(to + "/clear")
		})
	}
}

// wantRefreshed checks that reading a permanent session moves its end to Flask's 31 days from now.
func (v *visitor) wantRefreshed(base string) {
	v.t.Helper()
	res, err := v.client.Get(base + "/get")
	v.body(res, err)
	if cookies := res.Cookies(); len(cookies) != 1 || time.Until(cookies[0].Expires) < 30*24*time.Hour {
		v.t.Errorf("%s answered a permanent session with the cookies %v, want one for 31 days", base, cookies)
	}
}

func TestRefusedByGoAndPythonAlike(t *testing.T) {
	t.Parallel()
	const session = `{"user":"ann"}`
	v := start(t, nil)
	encodeWith := func(c *flaskcookie.Codec, age time.Duration) string {
		cookie, err := c.Encode([]byte(session), time.Now().Add(-age))
		if err != nil {
			t.Fatal(err)
		}
		return cookie
	}
	ours := newCodec(t, flaskcookie.Options{}, oldKey)
	makers := map[string]func(age time.Duration) string{
		"made by Go":     func(age time.Duration) string { return encodeWith(ours, age) },
		"made by Python": func(age time.Duration) string { return batch(t, session, "write", fmt.Sprint(age.Seconds()))[0] },
	}
	for name, sign := range makers {
		t.Run(name, func(t *testing.T) {
			v := &visitor{t, v.client, v.flask, v.goApp, v.version}
			good := sign(time.Minute)
			for _, cookie := range []string{good, sign(30 * 24 * time.Hour)} {
				v.setCookie(cookie)
				v.want(session)
			}
			refused := tampered(good)
			refused["expired"], refused["of the future"] = sign(32*24*time.Hour), sign(-time.Hour)
			refused["another key"] = encodeWith(newCodec(t, flaskcookie.Options{}, newKey), 0)
			refused["another salt"] = encodeWith(newCodec(t, flaskcookie.Options{Salt: "other"}, oldKey), 0)
			for name, cookie := range refused {
				v.wantNone(name, cookie, malleable(good, cookie))
			}
		})
	}
}

// tampered returns the changes of a cookie that are tried on both sides.
func tampered(good string) map[string]string {
	changed := map[string]string{
		"empty": "", "cut short": good[:len(good)-2], "no dots": strings.ReplaceAll(good, ".", ""),
		"another payload": encode([]byte(`{"user":"bob"}`)) + good[strings.IndexByte(good, '.'):],
	}
	for i := range len(good) - 1 { // the last letter has spellings that Python takes too
		changed[fmt.Sprint("byte ", i)] = good[:i] + string(good[i]^1) + good[i+1:]
	}
	return changed
}

// wantNone checks that neither side has a session with a cookie. Python may take it if it is malleable.
func (v *visitor) wantNone(name, cookie string, malleable bool) {
	v.t.Helper()
	v.setCookie(cookie)
	for _, base := range []string{v.goApp, v.flask + "/old"} {
		if got := v.get(base + "/get"); got != "{}" && !(malleable && base != v.goApp) {
			v.t.Errorf("%s: %s has the session %s, want none", name, base, got)
		}
	}
}

// malleable reports whether Python takes the changed cookie for the good one: it passes over what is no base64.
func malleable(good, changed string) bool {
	keep := func(r rune) rune {
		if strings.ContainsRune("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.", r) {
			return r
		}
		return -1
	}
	return len(good) != len(strings.Map(keep, changed))
}

func TestGoSignsAnewWhatFlaskSignedWithTheOldKey(t *testing.T) {
	t.Parallel()
	v := start(t, dewar.Map{"SECRET_KEY": newKey, "SECRET_KEY_FALLBACKS": []string{oldKey}})
	v.post(v.flask+"/old/set", `{"user":"ann"}`)
	before := v.cookie()
	if got := v.get(v.goApp + "/get"); got != `{"user":"ann"}` {
		t.Errorf("Go has the session %s under its fallback key", got)
	}
	if v.cookie() == before {
		t.Error("a cookie under a fallback key was not signed anew")
	}
	if got := v.get(v.flask + "/new/get"); got != `{"user":"ann"}` {
		t.Errorf("Flask has the session %s under the new key", got)
	}
	if got := v.get(v.flask + "/old/get"); got != "{}" {
		t.Errorf("Flask with the old key alone has the session %s", got)
	}
}

func TestFlaskSignsAnewWhatGoSignedWithTheOldKey(t *testing.T) {
	t.Parallel()
	v := start(t, nil)
	v.post(v.goApp+"/set", `{"user":"ann"}`)
	before := v.cookie()
	if got := v.get(v.flask + "/new/get"); got != `{"user":"ann"}` || v.cookie() != before {
		t.Errorf("Flask has the session %s under its fallback key and a new cookie %t", got, v.cookie() != before)
	}
	v.post(v.flask+"/new/set", `{"page":1}`)
	if got, want := ask(sharingApp(t, dewar.Map{"SECRET_KEY": newKey}), "/get", v.cookie()).Body.String(), `{"page":1,"user":"ann"}`; got != want {
		t.Errorf("Go with the new key alone has the session %s, want %s", got, want)
	}
	if got := v.get(v.goApp + "/get"); got != "{}" {
		t.Errorf("Go with the old key alone has the session %s", got)
	}
}

// deep returns lists that nest n times.
func deep(n int) any {
	var v any = 1
	for range n {
		v = []any{v}
	}
	return v
}

// edges are values at both sides of what Flask reads, or would not read as the same.
var edges = []struct {
	name  string
	value any
	ok    bool
}{
	{"63 lists, so 64 deep", deep(63), true},
	{"64 lists", deep(64), false},
	{"1,000 lists", deep(1000), false},
	{"an integer of 4,300 digits", json.Number("1" + strings.Repeat("0", 4299)), true},
	{"an integer of 4,301 digits", json.Number("1" + strings.Repeat("0", 4300)), false},
	{"the largest float", math.MaxFloat64, true},
	{"infinity", math.Inf(1), false},
	{"no number", math.NaN(), false},
	{"1e400", json.Number("1e400"), false},
	{"the year 100", inYear(100), true},
	{"the year 99", inYear(99), false},
	{"the last code point", "\U0010ffff", true},
	{"invalid UTF-8", "\xff", false},
	{"256 KiB", strings.Repeat("a", 256<<10-8), true},
	{"a byte more", strings.Repeat("a", 256<<10-7), false},
	{"more than a cookie holds", randomLetters(6000), false},
}

// TestWhatWouldMakeFlaskFailIsNotWritten has Flask read what is just allowed; what is beyond that is never sent.
func TestWhatWouldMakeFlaskFailIsNotWritten(t *testing.T) {
	t.Parallel()
	app := sharingApp(t, nil)
	app.Logger = quiet()
	app.Get("/edges/{i:int}", func(c *dewar.Context) error {
		c.Session().Set("v", edges[c.Params().Int("i")].value)
		return c.Text("")
	})
	written := map[string]string{}
	for i, tt := range edges {
		rec := ask(app, fmt.Sprint("/edges/", i), "")
		cookies := rec.Result().Cookies()
		if rec.Code == 200 != tt.ok || len(cookies) == 1 != tt.ok {
			t.Errorf("%s: got %d with %d cookies, want one %t", tt.name, rec.Code, len(cookies), tt.ok)
			continue
		}
		if tt.ok {
			written[tt.name] = cookies[0].Value
		}
	}
	v := start(t, nil)
	for name, cookie := range written {
		v.setCookie(cookie)
		if got, want := v.get(v.flask+"/old/get"), ask(app, "/get", cookie).Body.String(); got != want || want == "{}" {
			t.Errorf("%s: Flask has the session %.80s, want %.80s", name, got, want)
		}
	}
}

func randomLetters(n int) string {
	random := rand.New(rand.NewPCG(1, 2))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte('!' + random.IntN(90))
	}
	return string(b)
}
