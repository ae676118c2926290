package project_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/contrib/cli/internal/project"
)

// TestMakefile calls the targets that end by themselves and need neither a network nor a container.
func TestMakefile(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("make"); err != nil {
		t.Skip("make is not installed")
	}
	p := newProgram(t, project.None)
	if out := p.run("make"); !strings.Contains(out, "make dev ") || !strings.Contains(out, "make image ") {
		t.Errorf("make alone does not list the targets:\n%s", out)
	}
	p.run("make", "check")
	p.run("make", "build")
	if _, err := os.Stat(filepath.Join(p.dir, "bin", "shop")); err != nil {
		t.Error(err)
	}
	if err := os.WriteFile(filepath.Join(p.dir, "ugly.go"), []byte("package  main\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := p.command("make", "check").CombinedOutput(); err == nil || !strings.Contains(string(out), "./ugly.go") {
		t.Errorf("make check takes a file that gofmt would change:\n%s", out)
	} else if !strings.Contains(string(out), "gofmt -w ./ugly.go") {
		t.Errorf("make check does not say what to type:\n%s", out)
	}
}

// proxyHeader is a line of nginx that says what the program is to believe.
var proxyHeader = regexp.MustCompile(`(?m)^ *proxy_set_header .*?;`)

// TestNginxSetsWhatTheGuideSets: with TRUSTED_PROXIES, a header that nginx does not set is the client's to choose.
func TestNginxSetsWhatTheGuideSets(t *testing.T) {
	t.Parallel()
	lines := func(text string) []string {
		all := proxyHeader.FindAllString(text, -1)
		for i := range all {
			all[i] = strings.TrimSpace(all[i])
		}
		return all
	}
	want := lines(read(t, project.Checkout(), "docs", "guide", "11-deployment.md"))
	got := lines(read(t, write(t, project.Options{Name: "shop"}), "README.md"))
	if len(want) < 6 || !slices.Equal(got, want) {
		t.Errorf("README.md has nginx set\n%q, the guide\n%q", got, want)
	}
}

// TestVendoredProgramIsBuiltWithoutTheCheckout does what the README advises until dewar is published: what go mod vendor
// leaves is all that a container or continuous integration needs.
func TestVendoredProgramIsBuiltWithoutTheCheckout(t *testing.T) {
	t.Parallel()
	p := newProgram(t, project.None)
	p.run("go", "mod", "vendor")
	mod := filepath.Join(p.dir, "go.mod")
	if err := os.WriteFile(mod, []byte(strings.ReplaceAll(read(t, mod), filepath.ToSlash(project.Checkout()), "/gone")), 0o600); err != nil {
		t.Fatal(err)
	}
	list := filepath.Join(p.dir, "vendor", "modules.txt")
	if err := os.WriteFile(list, []byte(strings.ReplaceAll(read(t, list), filepath.ToSlash(project.Checkout()), "/gone")), 0o600); err != nil {
		t.Fatal(err)
	}
	p.environment = []string{"GOPROXY=off", "GOMODCACHE=" + t.TempDir()}
	p.run("go", "build", "-o", "bin/", ".")
	if _, err := exec.LookPath("make"); err == nil {
		p.run("make", "check")
		return
	}
	p.run("go", "test", "./...")
}

// TestUnitsAreRight has systemd read the units.
func TestUnitsAreRight(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		t.Skip("*** SKIPPED, NO UNIT WAS READ: systemd-analyze is not installed; Debian has it in the package systemd ***")
	}
	for _, database := range databases {
		t.Run(string(database), func(t *testing.T) {
			t.Parallel()
			p := &program{t: t, dir: write(t, project.Options{Name: "shop", Database: database})}
			unit := filepath.Join(p.dir, "deploy", "shop.service")
			text := strings.ReplaceAll(read(t, unit), "/usr/local/bin/shop", filepath.ToSlash(os.Args[0])) // a program that is there
			if err := os.WriteFile(unit, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			p.environment = []string{"SYSTEMD_UNIT_PATH=" + filepath.Dir(unit) + ":"}
			if out := p.run("systemd-analyze", "verify", "--man=no", unit, filepath.Join(p.dir, "deploy", "shop.socket")); out != "" {
				t.Errorf("systemd says:\n%s", out)
			}
		})
	}
}

// TestTheProgramNeedsNothingAround runs it as its container does: as nobody, with a root in which there is nothing else,
// its key in a file, and no folder that may be written but /data.
func TestTheProgramNeedsNothingAround(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" || os.Getuid() != 0 {
		t.Skip("needs Linux and root")
	}
	for _, database := range []project.Database{project.None, project.SQLite} {
		t.Run(string(database), func(t *testing.T) {
			t.Parallel()
			p := newProgram(t, database)
			root := emptyRoot(t)
			p.run("go", "build", "-o", filepath.Join(root, "shop"), ".")
			p.environment = []string{"FLASK_SECRET_KEY_FILE=/secret_key", "FLASK_DATABASE=/data/shop.sqlite"}
			p.dir, p.jail = "/", root
			site, stop := p.start("/shop", "run")
			defer stop()
			ann := newBrowser(t, site)
			ann.visit("/", nil, "/", "Shop is running.")
			ann.visit("/auth/register?next=/account", form("ann", "correct horse"), "/account", "Welcome, ann.")
			if res, err := ann.client.PostForm(site+"/auth/login", form("demo", "demo")); err != nil || res.StatusCode != 422 {
				t.Errorf("without DEBUG the user demo gets %v, err %v, want a 422", res, err)
			}
		})
	}
}

// emptyRoot returns a folder that nobody may write to, with a key and the folder data, which all may.
func emptyRoot(t *testing.T) string {
	t.Helper()
	root, err := os.MkdirTemp("", "root-*") // below the folders of t.TempDir nobody else may look
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(root) })
	for _, err := range []error{
		os.Chmod(root, 0o755),
		os.WriteFile(filepath.Join(root, "secret_key"), []byte(strings.Repeat("k3y of a test, ", 3)), 0o644),
		os.Mkdir(filepath.Join(root, "data"), 0o755),
		os.Chown(filepath.Join(root, "data"), nobody, nobody),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return root
}
