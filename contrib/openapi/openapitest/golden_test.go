package openapitest_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/openapi"
	"github.com/dewar-go/dewar/contrib/openapi/openapitest"
)

// A listener is a test that notes what it is told.
type listener struct {
	testing.TB
	said []string
}

func (l *listener) Helper()                      {}
func (l *listener) Error(args ...any)            { l.said = append(l.said, fmt.Sprint(args...)) }
func (l *listener) Errorf(f string, args ...any) { l.said = append(l.said, fmt.Sprintf(f, args...)) }
func (l *listener) Fatalf(f string, args ...any) {
	l.Errorf(f, args...)
	panic("stopped")
}

// golden compares and returns what was said.
func golden(api *openapi.API, file string) string {
	l := &listener{}
	func() {
		defer func() { _ = recover() }()
		openapitest.Golden(l, api, file)
	}()
	return strings.Join(l.said, "\n")
}

func show(c *dewar.Context) error { return nil }

func TestGoldenTellsWhatHasChanged(t *testing.T) {
	file := filepath.Join(t.TempDir(), "new", "openapi.json")
	app := dewar.New("test", dewar.RootPath(t.TempDir()))
	api := openapi.New(app)
	api.Get("/one", show)
	if got := golden(api, file); !strings.Contains(got, "there is no") || !strings.Contains(got, "-openapi.update") {
		t.Errorf("without a file: %q", got)
	}
	update(t, "true")
	if got := golden(api, file); got != "" {
		t.Errorf("written: %q", got)
	}
	update(t, "false")
	if got := golden(api, file); got != "" {
		t.Errorf("compared: %q", got)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(strings.ReplaceAll(string(text), "\n", "\r\n")), 0o644); err != nil {
		t.Fatal(err)
	}
	if got := golden(api, file); got != "" {
		t.Errorf("with line breaks of Windows: %q", got)
	}
	api.Get("/two", show, dewar.Endpoint("two"))
	if got := golden(api, file); !strings.Contains(got, "is now") || !strings.Contains(got, "/two") || !strings.Contains(got, "-openapi.update") {
		t.Errorf("changed: %q", got)
	}
	api.Get("/three", show, dewar.Endpoint("three"), openapi.In[func()]())
	if got := golden(api, file); !strings.Contains(got, "cannot be described") {
		t.Errorf("not to be described: %q", got)
	}
}

func update(t *testing.T, value string) {
	t.Helper()
	if err := flag.Set("openapi.update", value); err != nil {
		t.Fatal(err)
	}
}
