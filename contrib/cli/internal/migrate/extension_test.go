package migrate_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/contrib/cli/internal/migrate"
)

// The table of docs/migrating.md has a row for each extension that the checklist knows, and the checklist knows each row.
func TestExtensionsAreThoseOfTheGuide(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile(filepath.Join("..", "..", "..", "..", "docs", "migrating.md"))
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]bool{}
	for _, row := range regexp.MustCompile(`(?m)^\| (Flask-\w+)(?:: [^|]*)? \|`).FindAllStringSubmatch(string(guide), -1) {
		rows[row[1]] = true
	}
	if len(rows) < 10 {
		t.Fatalf("got the rows %v of the guide", rows)
	}
	packages := map[string]string{"flask_nowhere": "1.0"}
	for name := range rows {
		packages["flask_"+strings.ToLower(strings.TrimPrefix(name, "Flask-"))] = ""
	}
	got := checked(t, migrate.Site{Flask: &migrate.Listing{Extensions: packages}}, nil)
	for name := range rows {
		if !strings.Contains(got, "- [ ] extensions: "+name+": ") {
			t.Errorf("got no %s in\n%s", name, got)
		}
	}
	if !strings.Contains(got, "extensions: flask_nowhere: docs/migrating.md has no row for it") {
		t.Errorf("got no flask_nowhere in\n%s", got)
	}
}

func TestExtensionsThatSourcesImport(t *testing.T) {
	t.Parallel()
	got := checked(t, migrate.Site{}, map[string]string{"app.py": "from flask_login import LoginManager\nimport flask_mail\nfrom flask import Flask\n", "other.py": "import flask_login.utils\n"})
	if strings.Count(got, "extensions: Flask-Login: contrib/login") != 1 || !strings.Contains(got, "extensions: Flask-Mail: go-mail") || strings.Count(got, "extensions: ") != 2 {
		t.Errorf("got\n%s", got)
	}
}

func TestExtensionsOfVersionsThatDiffer(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		pkg, version, want string
		said               bool
	}{
		{"flask_login", "0.6.3", "login.Identifier07", false}, {"flask_login", "0.7.0", "login.Identifier07", true}, {"flask_login", "", "login.Identifier07", false},
		{"flask_session", "0.5.0", "writes pickles", true}, {"flask_session", "0.8.0", "writes pickles", false},
	} {
		got := checked(t, migrate.Site{Flask: &migrate.Listing{Extensions: map[string]string{tt.pkg: tt.version}}}, nil)
		if strings.Contains(got, tt.want) != tt.said {
			t.Errorf("%s %s: want %q: %v in\n%s", tt.pkg, tt.version, tt.want, tt.said, got)
		}
	}
}
