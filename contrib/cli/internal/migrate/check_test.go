package migrate_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

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
