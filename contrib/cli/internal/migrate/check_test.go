package migrate_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/cli/internal/migrate"
)

func TestCheckFillsTheListIn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "app", "templates"), 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, dir, "config.py", "class Config:\n    SECRET_KEY = 'a-secret-of-this-test'\n    SESSION_COOKIE_SECURE = True\n")
	write(t, filepath.Join(dir, "app"), "settings.py", "import boto3\nA = boto3.client('s3').list()\n")
	write(t, filepath.Join(dir, "app", "templates"), "page.html", "{{ url_for('auth.login') }}{{ url_for('gone') }}")
	routes := []migrate.Route{{Endpoint: "auth.login", Rule: "/login"}, {Endpoint: "tag", Rule: "/t/<list:x>"}, {Endpoint: "hook", Rule: "/hook", Methods: []string{"POST"}, Exempt: true}, {Endpoint: "ping", Rule: "/ping", Methods: []string{"GET"}, Exempt: true}}
	items, err := migrate.Check(migrate.Site{Folders: []string{dir}, Flask: &migrate.Listing{Routes: routes}})
	if err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprint(items)
	for _, want := range []string{
		"- [x] config.py, class Config loads: 2 keys", "- [ ] app/settings.py does not load: settings.py:2: boto3 is not available",
		"- [ ] both halves must have the same SECRET_KEY, SESSION_COOKIE_SECURE", "- [x] routes: 4;", `app.Converter("list"`,
		"- [ ] routes: hook (/hook) takes forms without a CSRF token", `template page.html:1: url_for: no endpoint "gone"`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("got no %q in\n%s", want, strings.ReplaceAll(text, " - [", "\n- ["))
		}
	}
	if strings.Contains(text, "(/ping)") {
		t.Error("a route that only reads is named")
	}
	if strings.Contains(text, "a-secret") {
		t.Error("a value is shown")
	}
	if _, err := migrate.Check(migrate.Site{Folders: []string{filepath.Join(dir, "nothing")}}); err == nil {
		t.Error("got no error for a folder that is not there")
	}
}

func TestFormsOfOtherSites(t *testing.T) {
	t.Parallel()
	routes := []migrate.Route{{Endpoint: "hook", Rule: "/hook", Methods: []string{"OPTIONS", "POST"}}, {Endpoint: "page", Rule: "/page", Methods: []string{"GET", "HEAD", "OPTIONS"}}}
	for _, tt := range []struct {
		name      string
		protected bool
		settings  dewar.Map
		routes    []migrate.Route
		want, not string
	}{
		{"protected", true, nil, routes, "- [x] routes: CSRFProtect refuses", "hook ("},
		{"not protected", false, nil, routes, "has no CSRFProtect, so that Flask takes what other sites post where no FlaskForm looks, and Go refuses it by its Origin: give those of these routes that other sites post to, such as webhooks, dewar.CrossOriginExempt(): hook (/hook)\n", "page ("},
		{"off", true, dewar.Map{"WTF_CSRF_ENABLED": false}, routes, "has CSRFProtect off, by WTF_CSRF_ENABLED", "page ("},
		{"off by default", true, dewar.Map{"WTF_CSRF_CHECK_DEFAULT": false}, routes, "has CSRFProtect off", "[x] routes: CSRFProtect"},
		{"nothing to post to", false, nil, routes[1:], "- [x] routes: 1", "CSRFProtect"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			flask := flaskDefaults(tt.settings)
			flask.Protected, flask.Routes = tt.protected, tt.routes
			if got := checked(t, migrate.Site{Flask: flask}, nil); !strings.Contains(got, tt.want) || strings.Contains(got, tt.not) {
				t.Errorf("want %q and no %q in\n%s", tt.want, tt.not, got)
			}
		})
	}
}

func TestTemplatesWhoseRoutesAreNotKnown(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "templates"), 0o700); err != nil {
		t.Fatal(err)
	}
	page := write(t, filepath.Join(dir, "templates"), "page.html", "<a href=\"{{ url_for('auth.login', next=1) }}\" onclick=\"{{ x }}\">{% if url_for('a') == b %}{% endif %}</a>")
	got := func() string {
		items, err := migrate.Check(migrate.Site{Folders: []string{dir}})
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(items)
	}
	if text := got(); !strings.Contains(text, "- [x] templates: all of templates compile") || !strings.Contains(text, "- [ ] template page.html:1") || strings.Count(text, "- [ ] template") != 1 {
		t.Errorf("got %s", strings.ReplaceAll(text, " - [", "\n- ["))
	}
	if err := os.WriteFile(page, []byte("{{ url_for('a' }}"), 0o600); err != nil {
		t.Fatal(err)
	}
	if text := got(); !strings.Contains(text, "page.html:1") || strings.Contains(text, "compile") {
		t.Errorf("got %s", strings.ReplaceAll(text, " - [", "\n- ["))
	}
}
