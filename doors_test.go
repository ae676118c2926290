package dewar_test

import (
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// doors are the packages that may import a dependency; every other package goes through them.
var doors = map[string]string{
	"github.com/go-chi/chi/v5":          "internal/router",
	"github.com/gorilla/securecookie":   "internal/cookiecodec",
	"github.com/spf13/cast":             "internal/coerce",
	"testing":                           "dewartest internal/servers",
	"github.com/dewar-go/dewar":         "dewartest flaskcookie sessionstore debugtoolbar strangler forms",
	"github.com/dewar-go/dewar/contrib": "",
}

// TestEachDependencyHasOneDoor keeps the dependencies behind one package each, testing behind dewartest and internal/servers, and
// internal packages below the root. A type of a dependency cannot show in the API of a package that does not
// import it.
func TestEachDependencyHasOneDoor(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, path := range goFiles(t) {
		slashed := filepath.ToSlash(path)
		if strings.HasSuffix(slashed, "_test.go") || strings.HasPrefix(slashed, "contrib/") || strings.HasPrefix(slashed, "_examples/") || strings.HasPrefix(slashed, "bench/") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, spec := range file.Imports {
			name := strings.Trim(spec.Path.Value, `"`)
			allowed, guarded := doors[name]
			if !guarded {
				continue
			}
			seen[name] = true
			if dir := filepath.ToSlash(filepath.Dir(path)); !strings.Contains(" "+allowed+" ", " "+dir+" ") {
				t.Errorf("%s imports %s, which only %s may", path, name, allowed)
			}
		}
	}
	for _, name := range []string{"github.com/go-chi/chi/v5", "github.com/gorilla/securecookie", "github.com/spf13/cast"} {
		if !seen[name] {
			t.Errorf("nothing imports %s; has its door moved?", name)
		}
	}
}
