package flasktest_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
)

// TestErrorsAreNamedAndDescribedWhereWerkzeugsAre compares names, and for which statuses there is a description. Each is said in words of its own.
func TestErrorsAreNamedAndDescribedWhereWerkzeugsAre(t *testing.T) {
	t.Parallel()
	type described struct{ Name, Description string }
	var flask map[int]described
	werkzeug(t, `from werkzeug.exceptions import default_exceptions
result = {code: {"Name": e().name, "Description": e().description} for code, e in default_exceptions.items()}`, nil, &flask)
	if len(flask) < 30 {
		t.Fatalf("got %d statuses of Werkzeug", len(flask))
	}
	for code := 400; code < 600; code++ {
		e := dewar.Abort(code).(*dewar.HTTPError) //nolint:errorlint // it is one
		theirs, ok := flask[code]
		if ok && e.Name() != theirs.Name {
			t.Errorf("%d: name: got %q, want %q", code, e.Name(), theirs.Name)
		}
		if has := e.Description() != ""; ok != has && code != 421 { // which old versions do not have
			t.Errorf("%d: dewar has a description: %t, Werkzeug: %t", code, has, ok)
		}
		if theirs.Description == "" && ok {
			t.Errorf("%d: Werkzeug has no description", code)
		}
	}
}

// TestJSONInASCIIIsPythons compares texts of all sorts with what Flask makes of them.
func TestJSONInASCIIIsPythons(t *testing.T) {
	t.Parallel()
	var texts []string
	for c := rune(1); c < 0x3000; c += 7 {
		texts = append(texts, fmt.Sprintf("%c%c-%c", c, c+0x1D000, c+0x10000))
	}
	for c := rune(0); c < 0xA0; c++ {
		if !strings.ContainsRune("<>&", c) { // which Go escapes, for scripts
			texts = append(texts, string(c))
		}
	}
	values := map[string]string{}
	for i, text := range texts {
		values[fmt.Sprintf("%04d%s", i, text)] = text
	}
	var want []string
	werkzeug(t, `from flask import Flask
app = Flask("a")
with app.app_context():
    result = [app.json.response({key: data[key]}).get_data(as_text=True) for key in sorted(data)]`, values, &want)
	app := dewar.New("test", dewar.RootPath(t.TempDir()))
	app.JSON = dewar.ASCIIJSON(app.JSON)
	app.Post("/", func(c *dewar.Context) error {
		var v any
		if err := c.BindJSON(&v); err != nil {
			return err
		}
		return c.JSON(v)
	})
	for i, key := range slices.Sorted(maps.Keys(values)) {
		body, _ := json.Marshal(map[string]string{key: values[key]})
		r := httptest.NewRequest("POST", "/", strings.NewReader(string(body)))
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		if app.ServeHTTP(w, r); w.Body.String() != want[i] {
			t.Errorf("got %s, want %s", w.Body, want[i])
		}
	}
}
