package flasksession_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/flasksession"
	"github.com/dewar-go/dewar/internal/servers"
)

// python returns a Python that can import Flask-Session: the one that DEWAR_PYTHON names, or else one of the system's.
var python = sync.OnceValue(func() string {
	candidates := []string{"/usr/bin/python3", "python3"}
	if named := os.Getenv("DEWAR_PYTHON"); named != "" {
		candidates = []string{named}
	}
	for _, name := range candidates {
		const code = "import flask_session, flask_session.redis; assert flask_session.__version__.startswith('0.8.')"
		if exec.Command(name, "-c", code).Run() == nil {
			return name
		}
	}
	return ""
})

// flask starts Flask with Flask-Session and returns its address.
func flask(t *testing.T, redis string, config dewar.Map) string {
	t.Helper()
	if python() == "" {
		t.Skip("NOTHING WAS SHARED WITH A RUNNING FLASK-SESSION, only with its recorded bytes: no Python here can import version 0.8; " +
			"install it (pip install flask flask-session==0.8.0 redis), and name that Python in DEWAR_PYTHON or its packages in PYTHONPATH")
	}
	text, err := json.Marshal(config)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(python(), "testdata/flaskapp.py", redis, string(text))
	var problems bytes.Buffer
	cmd.Stderr = &problems
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
		_ = cmd.Wait()
		t.Fatalf("flaskapp.py did not say its port: %v\n%.2000s", err, problems.String())
	}
	return "http://127.0.0.1:" + strings.TrimSpace(port)
}

// TestOneLoginWithFlaskSession has one browser use a Flask and a dewar application on one Redis.
func TestOneLoginWithFlaskSession(t *testing.T) {
	t.Parallel()
	address := servers.RedisURL(t)
	for _, format := range []string{"msgpack", "json"} {
		for _, signed := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, signed %t", format, signed), func(t *testing.T) {
				t.Parallel()
				prefix := fmt.Sprintf("live:%d:%s:%t:", time.Now().UnixNano(), format, signed)
				config := dewar.Map{"SESSION_KEY_PREFIX": prefix, "SESSION_SERIALIZATION_FORMAT": format, "SESSION_USE_SIGNER": signed, "SECRET_KEY": "dev"}
				here := newSite(t, address, &flasksession.SessionInterface{}, config)
				shareLogin(t, here, flask(t, address, config), format)
			})
		}
	}
}

func shareLogin(t *testing.T, here *site, there string, format string) {
	goSide := here.browser()
	flaskSide := &browser{&site{T: t, url: there, log: here.log}, goSide.client} // cookies know no ports

	flaskSide.get("/login")
	id := goSide.cookie()
	goSide.get("/set?from_go=1")
	if got := flaskSide.get("/repr"); got != "[('_permanent', True), ('from_go', '1'), ('user_id', 42)]" || goSide.cookie() != id {
		t.Errorf("logged in at Flask: it has %s, cookie %q after %q", got, goSide.cookie(), id)
	}
	flaskSide.get("/set?from_flask=h%C3%A9")
	if got := goSide.get("/read"); got != `{"_permanent":true,"from_flask":"h\u00e9","from_go":"1","user_id":42}` {
		t.Errorf("got %s", got)
	}

	goSide.get("/login") // a new id
	if got := flaskSide.get("/repr"); got != "[('_permanent', True), ('user_id', 42)]" || goSide.cookie() == id || len(here.keys()) != 1 {
		t.Errorf("logged in at dewar: Flask has %s, keys %q", got, here.keys())
	}
	flaskSide.get("/renew")
	if got := goSide.get("/read"); got != `{"_permanent":true,"user_id":42}` || len(here.keys()) != 1 {
		t.Errorf("renewed at Flask: got %s, keys %q", got, here.keys())
	}

	flaskSide.get("/flash")
	if got := goSide.get("/read"); !strings.Contains(got, `"_flashes":[["info","h\u00e9 from Python"]]`) {
		t.Errorf("got %s", got)
	}
	if got := flaskSide.get("/flashed"); got != `[["info", "h\u00e9 from Python"]]` {
		t.Errorf("got %s", got)
	}

	flaskSide.get("/odd")
	before := flaskSide.get("/repr")
	goSide.get("/set?beside=1")
	if got, want := flaskSide.get("/repr"), strings.Replace(before, "('big'", "('beside', '1'), ('big'", 1); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if format == "msgpack" {
		want := strings.NewReplacer("{17: 1, 4: 2}", "{17: 9, 4: 2}", "'n': 1", "'n': 2").Replace(flaskSide.get("/repr"))
		goSide.get("/inside")
		if got := flaskSide.get("/repr"); got != want || !strings.Contains(got, "890123") {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}

	for i, side := range []*browser{goSide, flaskSide} {
		other := []*browser{flaskSide, goSide}[i]
		side.get("/login")
		side.get("/clear")
		if keys := here.keys(); len(keys) != 0 || goSide.cookie() != "" {
			t.Errorf("logged out: keys %q, cookie %q", keys, goSide.cookie())
		}
		if got := other.get(map[string]string{here.url: "/read", there: "/repr"}[other.url]); strings.Contains(got, "user_id") {
			t.Errorf("logged out: got %s", got)
		}
	}
}

// TestNewSessionsAreThoseOfFlaskSession compares what both write for a new session, but for the id.
func TestNewSessionsAreThoseOfFlaskSession(t *testing.T) {
	t.Parallel()
	address := servers.RedisURL(t)
	for _, extra := range []dewar.Map{nil, {"SESSION_SERIALIZATION_FORMAT": "json"}, {"SESSION_PERMANENT": false}, {"SESSION_ID_LENGTH": 16}, {"SESSION_USE_SIGNER": true},
		{"SESSION_COOKIE_SECURE": true, "SESSION_COOKIE_SAMESITE": "Lax"}, {"SESSION_COOKIE_PATH": "/a", "SESSION_COOKIE_HTTPONLY": false}} {
		t.Run(fmt.Sprint(extra), func(t *testing.T) {
			t.Parallel()
			config := dewar.Map{"SESSION_KEY_PREFIX": fmt.Sprintf("new:%d:", time.Now().UnixNano()), "SECRET_KEY": "dev"}
			for key, value := range extra {
				config[key] = value
			}
			here := newSite(t, address, &flasksession.SessionInterface{}, config)
			there := flask(t, address, config)
			var made []string
			for _, url := range []string{there, here.url} {
				res, err := here.browser().client.Get(url + "/set?a=1")
				if err != nil {
					t.Fatal(err)
				}
				_ = res.Body.Close()
				keys := here.keys()
				if len(keys) != 1 {
					t.Fatalf("got keys %q", keys)
				}
				ttl := here.redis.TTL(t.Context(), here.prefix+keys[0]).Val()
				made = append(made, fmt.Sprint(attributesOf(res.Header.Get("Set-Cookie")), len(keys[0]), fmt.Sprintf("%q", here.blob(keys[0])), ttl))
				here.redis.Del(t.Context(), here.prefix+keys[0])
			}
			if made[0] != made[1] {
				t.Errorf("Flask-Session %s\ndewar         %s", made[0], made[1])
			}
		})
	}
}

// attributesOf returns the attributes of a cookie, sorted, without its value and the date; dewar's default SameSite, which
// Flask has not, does not count.
func attributesOf(line string) string {
	parts := strings.Split(line, "; ")
	name, value, _ := strings.Cut(parts[0], "=")
	attributes := []string{name, fmt.Sprint(len(value))}
	for _, part := range parts[1:] {
		switch key, _, _ := strings.Cut(part, "="); key {
		case "SameSite":
		case "Expires":
			attributes = append(attributes, key)
		default:
			attributes = append(attributes, part)
		}
	}
	slices.Sort(attributes)
	return strings.Join(attributes, "; ")
}
