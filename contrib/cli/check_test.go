package cli_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/cli"
	"github.com/dewar-go/dewar/contrib/cli/clitest"
)

// strong is a key that nobody can guess.
const strong = "b1946ac92492d2347c6235b4d2611184e2f8bd0d1f3a4c8a9f1c2d3e4f5a6b7c"

func TestCheckFindsWhatIsWrong(t *testing.T) {
	t.Parallel()
	set := func(values dewar.Map) func(*testing.T, *dewar.App) {
		return func(t *testing.T, app *dewar.App) {
			if err := app.Config.Update(values); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, tt := range []struct {
		name, args string
		change     func(t *testing.T, app *dewar.App)
		code       int
		want       string
	}{
		{"nothing", "", set(dewar.Map{"SECRET_KEY": strong}), cli.OK, "ok: 0 problems, 0 warnings\n"},
		{"a weak key", "", set(dewar.Map{"SECRET_KEY": "dev"}), cli.Failed, "problem: SECRET_KEY from cli/check_test.go:"},
		{"a short key", "", set(dewar.Map{"SECRET_KEY": "a1b2c3d4e5f6a7b8c9"}), cli.OK, "warning: SECRET_KEY from cli/check_test.go:"},
		{"a short key, strictly", "--strict", set(dewar.Map{"SECRET_KEY": "a1b2c3d4e5f6a7b8c9"}), cli.Failed, "not ok: 0 problems, 1 warning\n"},
		{"a weak key in DEBUG", "", set(dewar.Map{"SECRET_KEY": "dev", "DEBUG": true}), cli.OK, "warning: SECRET_KEY from"},
		{"a template", "", brokenTemplate, cli.Failed, "problem: template"},
		{"a cookie that browsers drop", "", set(dewar.Map{"SESSION_COOKIE_SAMESITE": "None"}), cli.OK, "warning: SESSION_COOKIE_SAMESITE None needs SESSION_COOKIE_SECURE"},
		{"DEBUG, to be deployed", "--deploy", set(dewar.Map{"DEBUG": true}), cli.OK, "warning: DEBUG is on (cli/check_test.go:"},
		{"no key, to be deployed", "--deploy --strict", set(nil), cli.Failed, "warning: SECRET_KEY is not set"},
		{"hosts, to be deployed", "--deploy", set(nil), cli.OK, "warning: neither TRUSTED_HOSTS nor SERVER_NAME is set"},
		{"all well, to be deployed", "--deploy --strict", set(dewar.Map{"SECRET_KEY": strong, "SERVER_NAME": "example.com", "SESSION_COOKIE_SECURE": true}), cli.OK, "ok: 0"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app := newShop()
			tt.change(t, app)
			r := clitest.Run(t, cli.New(app), append([]string{"check"}, strings.Fields(tt.args)...)...).Want(tt.code, tt.want)
			if r.Stderr != "" {
				t.Errorf("got %q on standard error, want the findings on the other alone", r.Stderr)
			}
		})
	}
}

// brokenTemplate gives the app one, and another problem.
func brokenTemplate(t *testing.T, app *dewar.App) {
	t.Helper()
	bp := dewar.NewBlueprint("broken", dewar.FS(os.DirFS(t.TempDir())), dewar.TemplateFolder("."))
	bp2 := t.TempDir()
	if err := os.WriteFile(filepath.Join(bp2, "page.html"), []byte("{{if}}"), 0o600); err != nil {
		t.Fatal(err)
	}
	app.RegisterBlueprint(bp)
	app.RegisterBlueprint(dewar.NewBlueprint("pages", dewar.FS(os.DirFS(bp2)), dewar.TemplateFolder(".")))
}

func TestCheckListsEachProblemApart(t *testing.T) {
	t.Parallel()
	app := newShop()
	brokenTemplate(t, app)
	if err := app.Config.Update(dewar.Map{"SECRET_KEY": "dev", "SECRET_KEY_FALLBACKS": []string{"dev"}}); err != nil {
		t.Fatal(err)
	}
	var got struct {
		OK                 bool
		Problems, Warnings []string
	}
	r := clitest.Run(t, cli.New(app), "check", "--json").Want(cli.Failed)
	if err := json.Unmarshal([]byte(r.Output), &got); err != nil {
		t.Fatal(err)
	}
	if got.OK || len(got.Problems) != 4 || got.Warnings == nil {
		t.Errorf("got %+v, want the template, two weak keys and one key twice", got)
	}
	if strings.Contains(r.Output, `\u003c`) {
		t.Errorf("got %s, want text that can be read", r.Output)
	}
}
