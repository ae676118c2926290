package flasktest_test

import (
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
)

// The applications of testdata/lab/app.py, written for dewar: what they share.

const labKey = "a key for the laboratory, long enough"

var labModified = time.Unix(1700000000, 0)

var everyMethod = dewar.Methods("GET", "POST", "PUT", "PATCH", "DELETE")

// labTwins starts the applications and returns their addresses.
func labTwins(t *testing.T) map[string]string {
	t.Helper()
	root := t.TempDir()
	labFiles(t, root)
	addrs := map[string]string{}
	for name, handler := range map[string]http.Handler{
		"routing":     labRouting(labNew(root, nil)),
		"methods":     labMethods(labNew(root, nil)),
		"nooptions":   labMethods(labNew(root, dewar.Map{"PROVIDE_AUTOMATIC_OPTIONS": false})),
		"hosts":       labHosts(labNew(root, nil)),
		"subdomains":  labSubdomains(labNew(root, dewar.Map{"SERVER_NAME": "example.com"})),
		"subport":     labSubdomains(labNew(root, dewar.Map{"SERVER_NAME": "example.com:8080"})),
		"inputs":      labInputs(labNew(root, nil)),
		"limits":      labInputs(labNew(root, dewar.Map{"MAX_CONTENT_LENGTH": 1000, "MAX_FORM_MEMORY_SIZE": 500, "MAX_FORM_PARTS": 3})),
		"trusted":     labInputs(labNew(root, dewar.Map{"TRUSTED_HOSTS": []string{"example.com", ".example.org"}})),
		"outputs":     labOutputs(labNew(root, nil)),
		"errors":      labErrors(labNew(root, nil), true),
		"bare":        labErrors(labNew(root, nil), false),
		"generic":     labGeneric(labNew(root, nil)),
		"hooks":       labHooks(labNew(root, nil)),
		"urls":        labURLs(labNew(root, nil)),
		"rooted":      labURLs(labNew(root, dewar.Map{"APPLICATION_ROOT": "/root"})),
		"named":       labURLs(labNew(root, dewar.Map{"SERVER_NAME": "example.com"})),
		"https":       labURLs(labNew(root, dewar.Map{"PREFERRED_URL_SCHEME": "https"})),
		"mounted":     labMounted(root),
		"proxied":     labProxied(root),
		"sessions":    labSessions(labNew(root, nil)),
		"unrefreshed": labSessions(labNew(root, dewar.Map{"SESSION_REFRESH_EACH_REQUEST": false})),
		"nokey":       labSessions(labNew(root, dewar.Map{"SECRET_KEY": nil})),
		"strict": labSessions(labNew(root, dewar.Map{
			"SESSION_COOKIE_NAME": "own", "SESSION_COOKIE_DOMAIN": "example.com", "SESSION_COOKIE_PATH": "/sub",
			"SESSION_COOKIE_SECURE": true, "SESSION_COOKIE_HTTPONLY": false, "SESSION_COOKIE_SAMESITE": "Strict", "SESSION_COOKIE_PARTITIONED": true,
		})),
		"files":      labSends(labNew(root, nil, dewar.StaticFolder("static")), root),
		"aged":       labSends(labNew(root, dewar.Map{"SEND_FILE_MAX_AGE_DEFAULT": 3600}, dewar.StaticFolder("static")), root),
		"rootstatic": labSends(labNew(root, nil, dewar.StaticFolder("static"), dewar.StaticURLPath("/")), root),
		"sendfile":   labSends(labNew(root, dewar.Map{"USE_X_SENDFILE": true}, dewar.StaticFolder("static")), root),
		"assets":     labSends(labNew(root, nil, dewar.StaticFolder("static"), dewar.StaticURLPath("/assets")), root),
	} {
		server := httptest.NewUnstartedServer(handler)
		server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
		server.Start()
		t.Cleanup(server.Close)
		addrs[name] = server.Listener.Addr().String()
	}
	return addrs
}

// labNew returns an app without static files that logs nothing and, as Flask does, sends its session cookie without
// SameSite.
func labNew(root string, config dewar.Map, opts ...dewar.Option) *dewar.App {
	app := dewar.New("lab", append([]dewar.Option{dewar.RootPath(root), dewar.StaticFolder("")}, opts...)...)
	app.Logger = slog.New(slog.DiscardHandler)
	settings := dewar.Map{"SECRET_KEY": labKey, "SESSION_COOKIE_SAMESITE": nil}
	maps.Copy(settings, config)
	if err := app.Config.FromMapping(settings); err != nil {
		panic(err)
	}
	return app
}

func labFiles(t *testing.T, root string) {
	t.Helper()
	for name, data := range map[string]string{
		"static/a.txt": "0123456789", "static/page.html": "<p>page</p>\n", "static/style.css": "p { color: red }\n", "static/app.js": "let a = 1\n",
		"static/data.json": "{}\n", "static/pic.svg": "<svg/>", "static/pic.png": "\x89PNG\r\n", "static/archive.tar.gz": "\x1f\x8b",
		"static/table.csv.gz": "\x1f\x8b", "static/unknown.qqq": "q", "static/noextension": "n", "static/empty.txt": "", "static/grüße.txt": "hello",
		"static/with space.txt": "space", "static/sub/index.html": "index", "static/.hidden": "hidden", "static/.well-known/a.txt": "known",
		"static/UPPER.TXT": "upper", "outside.txt": "outside",
	} {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(data), 0o644), os.Chtimes(path, labModified, labModified)); err != nil {
			t.Fatal(err)
		}
	}
}

// labShow answers with the endpoint and the values of the route.
func labShow(c *dewar.Context) error {
	text := c.Endpoint()
	for _, key := range c.Params().Keys() {
		text += " " + key + "=" + c.Params().String(key)
	}
	return c.Text(text)
}

// labPairs returns the pairs of a query or form, sorted by key.
func labPairs(values *dewar.Values) string {
	var b strings.Builder
	for _, key := range slices.Sorted(slices.Values(values.Keys())) {
		for _, value := range values.Strings(key) {
			fmt.Fprintf(&b, "%s=%s\n", key, value)
		}
	}
	return b.String()
}

var labMoment = time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)

// labHTML answers with text as a page, which is what a str is in Flask.
func labHTML(status int, text string, header ...string) dewar.Handler {
	return func(c *dewar.Context) error {
		for i := 0; i < len(header); i += 2 {
			c.Header(header[i], header[i+1])
		}
		return c.Status(status).HTML(text)
	}
}

// labLinks answers with URLs, which are given as endpoint and pairs.
func labLinks(urls ...[]any) dewar.Handler {
	return func(c *dewar.Context) error {
		var all []string
		for _, u := range urls {
			built, err := c.URLFor(u[0].(string), u[1:]...)
			if err != nil {
				return err
			}
			all = append(all, built)
		}
		return c.Text(strings.Join(all, " "))
	}
}

func bigInt(text string) *big.Int {
	n, _ := new(big.Int).SetString(text, 10)
	return n
}

func labUUID(text string) dewar.UUID {
	u, err := dewar.ParseUUID(text)
	if err != nil {
		panic(err)
	}
	return u
}
