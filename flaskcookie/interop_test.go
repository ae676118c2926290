package flaskcookie_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/flaskcookie"
)

const (
	oldKey = "the old key of the tests"
	newKey = "the new key of the tests"
	script = "testdata/flaskapp.py"
)

// python returns a Python that can import flask: the one that DEWAR_PYTHON names, or the system's. Without one the
// test is skipped, and fails where CI says that there must be one.
func python(t *testing.T) string {
	t.Helper()
	candidates := []string{os.Getenv("DEWAR_PYTHON"), "/usr/bin/python3", "python3"}
	for _, name := range candidates {
		if name != "" && exec.Command(name, "-c", "import flask").Run() == nil {
			return name
		}
	}
	const missing = "NOTHING WAS COMPARED WITH FLASK: no Python here can import it; install the package python3-flask, or name a Python in DEWAR_PYTHON"
	if os.Getenv("CI") == "true" {
		t.Fatal(missing)
	}
	t.Skip(missing)
	return ""
}

// batch runs the script and returns its lines.
func batch(t *testing.T, input string, args ...string) []string {
	t.Helper()
	cmd := exec.Command(python(t), append([]string{script}, args...)...)
	cmd.Stdin = strings.NewReader(input)
	var errors bytes.Buffer
	cmd.Stderr = &errors
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %q: %v\n%.2000s", script, args, err, errors.String())
	}
	return strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
}

func randomly(t *testing.T) (*rand.Rand, uint64) {
	t.Helper()
	start := *seed
	if start == 0 {
		start = uint64(time.Now().UnixNano())
	}
	t.Logf("-seed %d", start)
	return rand.New(rand.NewPCG(start, 0)), start
}

const sessions = 10_000

func TestRandomSessionsGoToFlask(t *testing.T) {
	t.Parallel()
	random, _ := randomly(t)
	c := newCodec(t, flaskcookie.Options{}, oldKey)
	var cookies strings.Builder
	var want []string
	plain := 0
	for range sessions {
		s := dewar.NewSession()
		for i := range 1 + random.IntN(5) {
			s.Set(randomText(random)+fmt.Sprint(i), randomValue(random, 0))
		}
		if err := s.Err(); err != nil {
			t.Fatal(err)
		}
		payload, err := s.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		cookie, err := c.Encode(payload, time.Now().Add(-time.Second))
		if err != nil {
			t.Fatal(err)
		}
		if cookie[0] != '.' {
			plain++
		}
		want = append(want, string(payload))
		fmt.Fprintln(&cookies, cookie)
	}
	got := batch(t, cookies.String(), "read")
	if len(got) != len(want) {
		t.Fatalf("Flask read %d sessions of %d", len(got), len(want))
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("Flask read %s of %s", got[i], want[i])
		}
	}
	t.Logf("%d sessions, %d of them uncompressed", len(want), plain)
	if plain == 0 || plain == len(want) {
		t.Error("want compressed and uncompressed sessions")
	}
}

func TestRandomSessionsComeFromFlask(t *testing.T) {
	t.Parallel()
	_, start := randomly(t)
	c := newCodec(t, flaskcookie.Options{}, oldKey)
	lines := batch(t, "", "make", fmt.Sprint(sessions), fmt.Sprint(start))
	if len(lines) != sessions {
		t.Fatalf("Flask made %d sessions, want %d", len(lines), sessions)
	}
	for _, line := range lines {
		cookie, want, _ := strings.Cut(line, " ")
		payload, _, err := c.Decode(cookie, time.Now(), time.Hour)
		if err != nil || string(payload) != want {
			t.Fatalf("got %s, %v of %s", payload, err, want)
		}
		s, again := dewar.NewSession(), dewar.NewSession()
		if err := s.UnmarshalBinary(payload); err != nil {
			t.Fatalf("%s: %v", want, err)
		}
		for key, value := range s.All() {
			again.Set(key, value)
		}
		written, err := again.MarshalBinary()
		if err != nil || again.Err() != nil {
			t.Fatalf("%s: %v, %v", want, err, again.Err())
		}
		if !strings.Contains(want, `" m"`) && string(written) != want { // markup comes back as plain text
			t.Fatalf("value by value\n got %s\nwant %s", written, want)
		}
		signed, err := c.Encode(payload, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		if text, _, _ := strings.Cut(cookie, "."); text != "" && signed[0] != '.' && !strings.HasPrefix(signed, text+".") {
			t.Fatalf("an uncompressed payload is %s, Flask's is %s", signed, cookie)
		}
	}
}

func randomText(random *rand.Rand) string {
	texts := []string{"", "a", "hé", "😀", "\x00\x1f\x7f", "<>&\"'\\/", " t", " di", strings.Repeat("long ", 40), "\u2028\ud7ff\uffff"}
	return texts[random.IntN(len(texts))]
}

func randomValue(random *rand.Rand, depth int) any {
	kinds := 15
	if depth > 3 {
		kinds = 11
	}
	list := func() []any {
		items := make([]any, random.IntN(4))
		for i := range items {
			items[i] = randomValue(random, depth+1)
		}
		return items
	}
	switch random.IntN(kinds) {
	case 0:
		return nil
	case 1:
		return random.IntN(2) == 0
	case 2:
		return json.Number(fmt.Sprintf("%d%d", random.Int64(), random.Uint64()>>1))
	case 3:
		return random.Int64() - random.Int64()
	case 4:
		return []float64{0, 1, 0.1, 1e16, 1e-7, 1e300, random.Float64(), random.NormFloat64() * 1e20}[random.IntN(8)]
	case 5, 6:
		return randomText(random) + randomText(random)
	case 7:
		return []byte(randomText(random))
	case 8:
		var id dewar.UUID
		for i := range id {
			id[i] = byte(random.Uint32())
		}
		return id
	case 9:
		return time.Unix(random.Int64N(1<<37)-1<<35, 0).UTC()
	case 10:
		return int64(1<<53 + 1)
	case 11:
		return dewar.Tuple(list())
	case 12:
		return list()
	case 13:
		return dewar.Map{[]string{" t", " di", " d", " t__", " x"}[random.IntN(5)]: randomValue(random, depth+1)}
	}
	m := dewar.Map{}
	for i := range random.IntN(4) {
		m[randomText(random)+fmt.Sprint(i)] = randomValue(random, depth+1)
	}
	return m
}

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
	if err := app.Config.FromMapping(dewar.Map{"SECRET_KEY": oldKey}); err != nil {
		t.Fatal(err)
	}
	if err := app.Config.FromMapping(config); err != nil {
		t.Fatal(err)
	}
	app.Get("/get", func(c *dewar.Context) error {
		payload, err := c.Session().MarshalBinary()
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
		if err := s.UnmarshalBinary(body); err != nil {
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
			if res, err := v.client.Get(to + "/get"); err != nil || len(res.Cookies()) != 1 || res.Cookies()[0].Expires.Before(time.Now().Add(30*24*time.Hour)) {
				t.Errorf("a permanent session was not refreshed by the other side: %v, %v", res, err)
			}
			v.get(to + "/clear")
		})
	}
}

func TestRefusedByGoAndPythonAlike(t *testing.T) {
	t.Parallel()
	v := start(t, nil)
	c := newCodec(t, flaskcookie.Options{}, oldKey)
	sign := func(c *flaskcookie.Codec, age time.Duration) string {
		cookie, err := c.Encode([]byte(`{"user":"ann"}`), time.Now().Add(-age))
		if err != nil {
			t.Fatal(err)
		}
		return cookie
	}
	good := sign(c, time.Minute)
	v.setCookie(good)
	v.want(`{"user":"ann"}`)
	refused := map[string]string{
		"expired": sign(c, 32*24*time.Hour), "of the future": sign(c, -time.Hour), "another key": sign(newCodec(t, flaskcookie.Options{}, newKey), 0),
		"another salt": sign(newCodec(t, flaskcookie.Options{Salt: "other"}, oldKey), 0), "empty": "", "cut short": good[:len(good)-2],
		"another payload": encode([]byte(`{"user":"bob"}`)) + good[strings.IndexByte(good, '.'):], "no dots": strings.ReplaceAll(good, ".", ""),
	}
	for i := range len(good) - 1 { // the last letter has spellings that Python takes too
		refused[fmt.Sprint("byte ", i)] = good[:i] + string(good[i]^1) + good[i+1:]
	}
	for name, cookie := range refused {
		v.setCookie(cookie)
		for _, base := range []string{v.goApp, v.flask + "/old"} {
			if got := v.get(base + "/get"); got != "{}" && !(strings.HasPrefix(base, v.flask) && malleable(good, cookie)) {
				t.Errorf("%s: %s has the session %s, want none", name, base, got)
			}
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

func TestKeysAreRotatedTogether(t *testing.T) {
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

// TestFlaskReadsWhateverIsWritten keeps dewar from writing what makes Flask fail.
func TestWhatWouldMakeFlaskFailIsNotWritten(t *testing.T) {
	t.Parallel()
	deep := func(n int) any {
		var v any = 1
		for range n {
			v = []any{v}
		}
		return v
	}
	app := sharingApp(t, nil)
	app.Logger = quiet()
	app.Get("/deep/{n:int}", func(c *dewar.Context) error { c.Session().Set("v", deep(c.Params().Int("n"))); return c.Text("") })
	app.Get("/large", func(c *dewar.Context) error {
		c.Session().Set("v", slices.Repeat([]int{1, 22, 333}, 2000))
		c.Session().Set("noise", randomLetters(4000))
		return c.Text("")
	})
	for path, status := range map[string]int{"/deep/63": 200, "/deep/64": 500, "/deep/1000": 500, "/large": 500} {
		rec := httptest.NewRecorder()
		app.ServeHTTP(rec, httptest.NewRequest("GET", path, nil))
		if rec.Code != status || len(rec.Result().Cookies()) > 0 != (status == 200) {
			t.Errorf("%s: got %d with cookies %v, want %d", path, rec.Code, rec.Result().Cookies(), status)
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
