package value_test

import (
	"testing"

	"github.com/dewar-go/dewar/contrib/jinja/internal/syntax"
	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

// evaluated does an expression with few steps. It must not panic, nor make more than they allow.
func evaluated(t *testing.T, tree syntax.Expr) {
	rt := &value.Runtime{Budget: value.Budget{Steps: 1e5}}
	vars := names()
	vars["user"], vars["l"] = newUser(), &value.List{Items: []any{1, "a", nil}}
	vars["m"] = map[string]any{"a": 1, "f": func(s string, n int8) string { return s[:n] }}
	e := evaluation{rt, vars}
	if v, err := e.eval(tree); err == nil {
		if text, err := value.Str(rt, v); err == nil && len(text) > 2e5 {
			t.Fatalf("%d bytes were made with %d steps", len(text), int(1e5))
		}
	}
}

func FuzzExpressions(f *testing.F) {
	for _, seed := range []string{
		`"%5.2f|%(a)s" % {"a": 1}`, `"{0!r:>{w}}".format(l, w=5)`, `huge ** 3 // -7 % 2.5`, `"a,b".split(",", 1)[::-1]`, `{(1, 2): l}.items()`,
		`moment.strftime("%-d %Y") ~ span`, `safe + "<" * 3`, `user.greet("x", 2)`, `m.f("abc", 9)`, `l.append(l) or l`, `(raw, r[1:9:2]) < (raw, back)`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, source string) {
		tree, err := syntax.ParseExpression(source)
		if err != nil {
			return
		}
		evaluated(t, tree)
	})
}

func FuzzFormats(f *testing.F) {
	for _, seed := range []string{"%5.2f", "%(a)s%%", "{:>{0}}", "{0[a].b!r:08,.3e}", "%-d %H:%M", "%*.*g"} {
		f.Add(seed, 7, 1.5, "x")
	}
	f.Add("0", 7, 0.5, " 0\xd200") // rsplit of what is no UTF-8
	f.Fuzz(func(t *testing.T, format string, n int, x float64, s string) {
		args := value.Tuple{n, x, s}
		for _, do := range []func(rt *value.Runtime) (any, error){
			func(rt *value.Runtime) (any, error) { return value.Binary(rt, "%", format, args) },
			func(rt *value.Runtime) (any, error) { return value.Binary(rt, "%", value.Markup{Text: format}, args) },
			call(format, "format", n, x, s),
			func(rt *value.Runtime) (any, error) { return value.Format(rt, n, format) },
			func(rt *value.Runtime) (any, error) { return value.Format(rt, x, format) },
			func(rt *value.Runtime) (any, error) { return value.Format(rt, s, format) },
			call(names()["moment"], "strftime", format),
			call(s, "replace", format, s), call(s, "split", format), call(s, "rsplit", nil, n), call(s, "expandtabs", n), call(s, "title"),
		} {
			if v, err := do(runtimeOf(value.Default)); err == nil {
				if text, ok := value.AsString(v); ok && len(text) > 2e6 {
					t.Fatalf("%d bytes were made with %d steps", len(text), int(1e6))
				}
			}
		}
	})
}
