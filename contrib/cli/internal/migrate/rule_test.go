package migrate_test

import (
	"go/parser"
	"go/token"
	"regexp"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/contrib/cli/internal/migrate"
)

func TestRulesOfBothSides(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ flask, dewar, back string }{
		{"/a/<b>", "/a/{b}", "/a/<b>"},
		{"/<string:b>", "/{b}", "/<b>"},
		{"/<int:b>-<float(min=1.5):c>", "/{b:int}-{c:float(min=1.5)}", "/<int:b>-<float(min=1.5):c>"},
		{"/<int(3, signed=True):b>", "/{b:int(fixed_digits=3,signed=true)}", "/<int(fixed_digits=3,signed=True):b>"},
		{"/<any(x,'>:'):b>/<path:c>", "/{b:any(x,'>:')}/{c:path}", "/<any(x,'>:'):b>/<path:c>"},
		{"/<float(signed=True,min=-2.5):b>", "/{b:float(signed=true,min=-2.5)}", "/<float(signed=True):b>"},
		{"/<list:b>/", "/{b:list}/", "/<list:b>/"},
	} {
		got, _, err := migrate.GoRule(tt.flask)
		if err != nil || got != tt.dewar {
			t.Errorf("%s: got %s, %v, want %s", tt.flask, got, err, tt.dewar)
		}
		got, _, err = migrate.PythonRule(tt.dewar)
		if err != nil || got != tt.back {
			t.Errorf("%s: got %s, %v, want %s", tt.dewar, got, err, tt.back)
		}
	}
}

func TestRulesThatOneSideCannotHave(t *testing.T) {
	t.Parallel()
	for rule, want := range map[string]string{
		"/<a": "begins no variable", "/a{b}/<x>": `a '{', which begins or ends a variable in dewar`, "/a}": "build this URL by hand", "/<int:>": "begins no variable",
	} {
		if got, _, err := migrate.GoRule(rule); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %q, %v, want %s", rule, got, err, want)
		}
	}
	for rule, want := range map[string]string{
		"/{a": "without its end", "/a<b>/{x}": "outside of its variables", "/{größe}": "no name that Flask can read", "/{a:any(x>y):z}": "",
	} {
		if got, _, err := migrate.PythonRule(rule); want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: got %q, %v, want %s", rule, got, err, want)
		}
	}
}

func TestRegularExpressionsInRules(t *testing.T) {
	t.Parallel()
	for rule, want := range map[string]string{`/{n:[0-9]{3}}/x`: "/<n>/x", `/{n:\}+}/x`: "/<n>/x", `/{n:[a-z']+}/x`: "/<n>/x", `/{n:any("}",a)}`: `/<any("}",a):n>`} {
		if got, _, err := migrate.PythonRule(rule); err != nil || got != want {
			t.Errorf("%s: got %q, %v, want %s", rule, got, err, want)
		}
	}
}

// Whatever Flask may have as a rule, what is written for dewar is a rule of dewar, or it is an error.
func FuzzGoRule(f *testing.F) {
	for _, seed := range []string{"/a/<b>", "/<int(min=1):id>", "/<any(x,'>:'):b>/<path:c>", "/<list(';'):t>", "/a{b}/<x>", "/<", "/<float(signed=True):x>.html"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, rule string) {
		strict := true
		source, notes, err := migrate.Go("shop", []migrate.Route{{Endpoint: "a", Rule: rule, Strict: &strict}})
		if err != nil {
			t.Fatalf("%q: %v", rule, err)
		}
		if _, err := parser.ParseFile(token.NewFileSet(), "", source, 0); err != nil {
			t.Fatalf("%q: %v\n%s", rule, err, source)
		}
		text, custom, err := migrate.GoRule(rule)
		if err != nil || len(custom) > 0 || len(notes) > 0 {
			return
		}
		back, _, err := migrate.PythonRule(text)
		if err != nil {
			t.Fatalf("%q is %q in Go: %v", rule, text, err)
		}
		if again, _, err := migrate.GoRule(back); err != nil || again != text && !strings.Contains(text, "=-") {
			t.Fatalf("%q is %q in Go, %q in Python again, and that is %q, %v", rule, text, back, again, err)
		}
	})
}

// Whatever dewar has as a rule, what is written for Flask has nothing but literals and variables that Werkzeug reads.
func FuzzPythonRule(f *testing.F) {
	for _, seed := range []string{"/a/{b}", "/{id:int(min=1)}", `/{n:[0-9]{3}}/x`, `/{n:any("}",a)}`, "/{a", "/a<b>", `/{n:\}+}`, "/{größe}"} {
		f.Add(seed)
	}
	werkzeug := regexp.MustCompile(`^(?:[^<]|<(?:[a-zA-Z_][a-zA-Z0-9_]*(?:\(.*?\))?:)?[a-zA-Z_][a-zA-Z0-9_]*>)*$`)
	f.Fuzz(func(t *testing.T, rule string) {
		text, _, err := migrate.PythonRule(rule)
		if err == nil && !werkzeug.MatchString(strings.ReplaceAll(text, "\n", " ")) {
			t.Fatalf("%q is %q in Python", rule, text)
		}
	})
}
