package dewar_test

import (
	"bytes"
	"errors"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
)

// inFolder makes a folder of files the working directory, and has the variables unset again at the end of the test.
func inFolder(t *testing.T, files map[string]string, variables ...string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		writeFile(t, dir, name, content)
	}
	t.Chdir(dir)
	for _, name := range append(variables, "FLASK_SKIP_DOTENV", "FLASK_DEBUG") {
		t.Setenv(name, "") // so that the end of the test restores it
		must(t, os.Unsetenv(name))
	}
	return dir
}

func TestLoadDotenvHasFlasksPrecedence(t *testing.T) {
	dir := inFolder(t, map[string]string{
		".env":      "\ufeffREAL=env\nEMPTY=env\nBOTH=env\nexport ONLY_ENV='a b' # c\nURL=\"http://${REAL}/${ONLY_ENV}\"\nLINES='one\ntwo'\n",
		".flaskenv": "REAL=flaskenv\nBOTH=flaskenv\nONLY_FLASKENV=${BOTH}-x\nURL=\n",
	}, "BOTH", "ONLY_ENV", "ONLY_FLASKENV", "URL", "LINES")
	t.Setenv("REAL", "real")
	t.Setenv("EMPTY", "")
	must(t, dewar.LoadDotenv())
	for name, want := range map[string]string{
		"REAL": "real", "EMPTY": "", "BOTH": "env", "ONLY_ENV": "a b", "ONLY_FLASKENV": "env-x", "URL": "http://real/a b", "LINES": "one\ntwo",
	} {
		if got, set := os.LookupEnv(name); got != want || !set {
			t.Errorf("%s: got %q, %v, want %q", name, got, set, want)
		}
	}
	writeFile(t, dir, "own.env", "BOTH=own\nOWN=1\n")
	t.Setenv("OWN", "")
	must(t, errors.Join(os.Unsetenv("BOTH"), os.Unsetenv("OWN"), dewar.LoadDotenv("own.env", "missing.env", ".env")))
	if os.Getenv("BOTH") != "own" || os.Getenv("OWN") != "1" {
		t.Errorf("got %q and %q, want what the first file says", os.Getenv("BOTH"), os.Getenv("OWN"))
	}
}

// TestLoadDotenvIsSeenByAll is about a project whose secrets stand in .env alone.
func TestLoadDotenvIsSeenByAll(t *testing.T) {
	inFolder(t, map[string]string{
		".env":      "SECRET_KEY=from the file\nFLASK_TITLE=title\nFLASK_DEBUG=1\nFLASK_DB__PIN=1.50\n",
		".flaskenv": "FLASK_RUN_PORT=65536\nFLASK_TITLE=other\n",
	}, "SECRET_KEY", "FLASK_TITLE", "FLASK_RUN_PORT", "FLASK_RUN_HOST", "FLASK_DB__PIN")
	must(t, dewar.LoadDotenv(".env", ".flaskenv"))
	app := dewar.New("test")
	if !app.Config.Bool("DEBUG") || os.Getenv("SECRET_KEY") != "from the file" {
		t.Errorf("got DEBUG %v, SECRET_KEY %q", app.Config.Bool("DEBUG"), os.Getenv("SECRET_KEY"))
	}
	wantError(t, app.Config.FromPrefixedEnv(), "config key RUN_PORT from environment FLASK_RUN_PORT", "from 0 to 65535")
	wantError(t, app.Run(""), `FLASK_RUN_PORT is "65536"`, "from 0 to 65535")
	must(t, errors.Join(os.Unsetenv("FLASK_RUN_PORT"), app.Config.FromPrefixedEnv()))
	wantValue(t, app.Config, "TITLE", "title")
	wantValue(t, app.Config, "DB", dewar.Map{"PIN": 1.5})
}

func TestLoadDotenvReportsFileAndLineAndSetsNothing(t *testing.T) {
	for _, tt := range []struct{ name, file, want string }{
		{"an open quote", "A=1\n\nSECRET_KEY='canary\n", "own.env: line 3: SECRET_KEY: the quote ' is not closed"},
		{"no assignment", "A=1\ncanary\n", "own.env: line 2: want NAME=value"},
		{"twice", "A=1\nA=canary\n", "own.env: line 2: A is set in line 1 already"},
		{"a reference to nothing", "A=${NOBODY_canary}\n", "own.env: line 1: A: refers with ${...} to a variable that is not set"},
		{"not UTF-8", "A=\xff\n", "own.env: is no text in UTF-8"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inFolder(t, map[string]string{"good.env": "GOOD=1\n", "own.env": tt.file}, "A", "GOOD")
			err := dewar.LoadDotenv("good.env", "own.env")
			wantError(t, err, "dewar: "+tt.want)
			if _, set := os.LookupEnv("GOOD"); set || strings.Contains(err.Error(), "canary") {
				t.Errorf("got %q and GOOD set %v, want no value and nothing set", err, set)
			}
		})
	}
}

func TestLoadDotenvPassesOver(t *testing.T) {
	inFolder(t, map[string]string{".env/pyvenv.cfg": "a virtual environment", ".flaskenv": "FROM_FLASKENV=1\n"}, "FROM_FLASKENV")
	for _, word := range []string{"1", "true", "True", "x"} {
		t.Setenv("FLASK_SKIP_DOTENV", word)
		must(t, dewar.LoadDotenv())
		if _, set := os.LookupEnv("FROM_FLASKENV"); set {
			t.Errorf("FLASK_SKIP_DOTENV=%s: the file was loaded", word)
		}
	}
	for _, word := range []string{"", "0", "False", "no"} {
		must(t, os.Unsetenv("FROM_FLASKENV"))
		t.Setenv("FLASK_SKIP_DOTENV", word)
		must(t, dewar.LoadDotenv())
		if os.Getenv("FROM_FLASKENV") != "1" {
			t.Errorf("FLASK_SKIP_DOTENV=%s: the file was not loaded", word)
		}
	}
}

func TestBuildWarnsOfADotenvThatNobodyLoads(t *testing.T) {
	for _, tt := range []struct {
		name, file string
		load       func(c *dewar.Config) error
		want       string
	}{
		{"nobody", "SECRET_KEY=canary\nB=2\n", nil, "the file .env, with SECRET_KEY and others, is loaded by nobody; call dewar.LoadDotenv() first in main"},
		{"LoadDotenv", "SECRET_KEY=canary\n", func(*dewar.Config) error { return dewar.LoadDotenv() }, ""},
		{"FromDotenv", "SECRET_KEY=canary\n", func(c *dewar.Config) error { return c.FromDotenv(".env") }, ""},
		{"the file is empty", "# nothing\n", nil, ""},
		{"the file is broken", "canary\n", nil, ""},
		{"a test", "SECRET_KEY=canary\n", func(c *dewar.Config) error { return c.Set("TESTING", true) }, ""},
		{"Flask is told to skip it", "SECRET_KEY=canary\n", func(*dewar.Config) error { return os.Setenv("FLASK_SKIP_DOTENV", "1") }, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inFolder(t, map[string]string{".env": tt.file}, "SECRET_KEY", "B")
			var log bytes.Buffer
			app := dewar.New("test")
			app.Logger = slog.New(slog.NewTextHandler(&log, nil))
			if tt.load != nil {
				must(t, tt.load(app.Config))
			}
			must(t, app.Build())
			if got := log.String(); tt.want == "" && got != "" || !strings.Contains(got, tt.want) || strings.Contains(got, "canary") {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestRunTakesItsAddressFromEnvironmentAndConfiguration(t *testing.T) {
	for _, tt := range []struct {
		name      string
		variables map[string]string
		load      func(dir string, c *dewar.Config) error
		want      string
	}{
		{"the environment", map[string]string{"FLASK_RUN_HOST": "203.0.113.1", "FLASK_RUN_PORT": "1"}, nil, "203.0.113.1:1 cannot be served"},
		{"FromDotenv", nil, func(dir string, c *dewar.Config) error {
			writeFile(t, dir, ".flaskenv", "FLASK_RUN_HOST=203.0.113.2\nFLASK_RUN_PORT=8080\n")
			return c.FromDotenv(filepath.Join(dir, ".flaskenv"))
		}, "203.0.113.2:8080 cannot be served"},
		{"a mapping", nil, func(_ string, c *dewar.Config) error {
			return c.FromMapping(dewar.Map{"RUN_HOST": "203.0.113.3", "RUN_PORT": 8080})
		}, "203.0.113.3:8080 cannot be served"},
		{"another prefix", map[string]string{"BLOG_RUN_HOST": "203.0.113.4", "BLOG_RUN_PORT": "8081"}, func(_ string, c *dewar.Config) error {
			return c.FromPrefixedEnv(dewar.EnvPrefix("BLOG"))
		}, "203.0.113.4:8081 cannot be served"},
		{"the environment goes before the configuration", map[string]string{"FLASK_RUN_PORT": "8082"}, func(_ string, c *dewar.Config) error {
			return c.FromMapping(dewar.Map{"RUN_HOST": "203.0.113.5", "RUN_PORT": 8080})
		}, "203.0.113.5:8082 cannot be served"},
		{"an IPv6 host", nil, func(_ string, c *dewar.Config) error {
			return c.FromMapping(dewar.Map{"RUN_HOST": "[2001:db8::1]", "RUN_PORT": "0"})
		}, "[2001:db8::1]:0 cannot be served"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := inFolder(t, nil, "FLASK_RUN_HOST", "FLASK_RUN_PORT")
			setenv(t, tt.variables)
			app := dewar.New("test")
			if tt.load != nil {
				must(t, tt.load(dir, app.Config))
			}
			wantError(t, app.Run(""), tt.want)
		})
	}
	c, _ := newConfig(t)
	wantError(t, c.Set("RUN_HOST", "localhost:80"), "config key RUN_HOST", "the port goes to RUN_PORT")
	for _, port := range []any{-1, 65536, "80a", 1.5} {
		wantError(t, c.Set("RUN_PORT", port), "config key RUN_PORT", "want ")
	}
}

func TestSetDotenvKeepsTheFile(t *testing.T) {
	dir := inFolder(t, map[string]string{"real": "# keys\nexport SECRET_KEY='old' # rotate me\nOTHER=1\n"})
	if runtime.GOOS != "windows" {
		must(t, errors.Join(os.Chmod(filepath.Join(dir, "real"), 0o640), os.Symlink("real", ".env")))
	} else {
		must(t, os.Rename("real", ".env"))
	}
	must(t, dewar.SetDotenv(".env", map[string]string{"SECRET_KEY": "new", "LIST": `["a b"]`}))
	data, err := os.ReadFile(".env")
	if want := "# keys\nexport SECRET_KEY=new # rotate me\nOTHER=1\nLIST='[\"a b\"]'\n"; err != nil || string(data) != want {
		t.Errorf("got %q, error %v, want %q", data, err, want)
	}
	values, err := dewar.ReadDotenv(".env")
	if want := map[string]string{"SECRET_KEY": "new", "OTHER": "1", "LIST": `["a b"]`}; err != nil || !maps.Equal(values, want) {
		t.Errorf("got %q, error %v, want %q", values, err, want)
	}
	if runtime.GOOS == "windows" {
		return
	}
	info, err := os.Stat("real")
	link, linkErr := os.Readlink(".env")
	if err != nil || linkErr != nil || info.Mode().Perm() != 0o640 || link != "real" {
		t.Errorf("got mode %v and link %q, want 0640 and the link as it was", info.Mode(), link)
	}
}

func TestSetDotenvMakesAFileForItsOwnerAlone(t *testing.T) {
	inFolder(t, nil)
	must(t, dewar.SetDotenv(".env", map[string]string{"A": "1"}))
	info, err := os.Stat(".env")
	if err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("got %v, error %v, want mode 0600", info, err)
	}
	if files, err := os.ReadDir("."); err != nil || len(files) != 1 {
		t.Errorf("got %v, error %v, want the file alone", files, err)
	}
}

func TestSetDotenvLeavesTheFileAfterAnError(t *testing.T) {
	inFolder(t, map[string]string{".env": "A=1\nnonsense\n"})
	err := dewar.SetDotenv(".env", map[string]string{"A": "secret"})
	if err == nil || !strings.Contains(err.Error(), ".env: line 2") || strings.Contains(err.Error(), "secret") {
		t.Errorf("got error %v, want the file and the line", err)
	}
	if data, err := os.ReadFile(".env"); err != nil || string(data) != "A=1\nnonsense\n" {
		t.Errorf("got %q, error %v, want the file as it was", data, err)
	}
	if _, err := dewar.ReadDotenv("missing"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got error %v, want fs.ErrNotExist", err)
	}
}
