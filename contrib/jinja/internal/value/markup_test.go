package value_test

import (
	"testing"

	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

func TestMarkupKeepsItsLanguage(t *testing.T) {
	rt := runtimeOf(value.Default)
	rt.Autoescape = true
	app := value.Markup{Text: "<b>"}
	html := value.Markup{Text: "<i>", Language: value.HTML}
	js := value.Markup{Text: `"x"`, Language: value.JavaScript}
	add := func(x, y any) (any, error) { return value.Binary(rt, "+", x, y) }
	call := func(v any, name string, args ...any) (any, error) {
		return value.CallMethod(rt, v, name, value.Args{Positional: args})
	}
	for _, tt := range []struct {
		name string
		make func() (any, error)
		want value.Markup
	}{
		{"text behind a tag is mixed in", func() (any, error) { return add(app, "<") }, value.Markup{Text: "<b>&lt;", Language: value.Mixed}},
		{"text before a tag is mixed in", func() (any, error) { return add("<", app) }, value.Markup{Text: "&lt;<b>", Language: value.Mixed}},
		{"without a tag it is HTML", func() (any, error) { return add(value.Markup{Text: "&amp;"}, "<") }, value.Markup{Text: "&amp;&lt;", Language: value.HTML}},
		{"HTML takes in text too", func() (any, error) { return add(html, "x") }, value.Markup{Text: "<i>x", Language: value.Mixed}},
		{"Mixed stays so", func() (any, error) { return add(value.Markup{Text: "x", Language: value.Mixed}, "y") }, value.Markup{Text: "xy", Language: value.Mixed}},
		{"a part of Mixed", func() (any, error) {
			return value.Slice(rt, value.Markup{Text: "<a x", Language: value.Mixed}, 1, nil, nil)
		}, value.Markup{Text: "a x", Language: value.Mixed}},
		{"attributes stay so among themselves", func() (any, error) {
			return add(value.Markup{Text: "a", Language: value.Attributes}, value.Markup{Text: "b", Language: value.Attributes})
		}, value.Markup{Text: "ab", Language: value.Attributes}},
		{"translate escapes", func() (any, error) { return call(app, "translate", map[int]string{'b': "<"}) }, value.Markup{Text: "<&lt;>", Language: value.Mixed}},
		{"translate by a number escapes", func() (any, error) { return call(value.Markup{Text: "b"}, "translate", map[int]int{'b': '<'}) }, value.Markup{Text: "&lt;", Language: value.HTML}},
		{"two of the application", func() (any, error) { return add(app, app) }, value.Markup{Text: "<b><b>"}},
		{"two languages are HTML", func() (any, error) { return add(app, js) }, value.Markup{Text: `<b>"x"`, Language: value.Mixed}},
		{"an empty text has none", func() (any, error) { return add(app, "") }, value.Markup{Text: "<b>"}},
		{"~ escapes", func() (any, error) { return value.Concat(rt, []any{app, "<", 1}) }, value.Markup{Text: "<b>&lt;1", Language: value.Mixed}},
		{"% escapes", func() (any, error) { return value.Binary(rt, "%", value.Markup{Text: "<b>%s"}, "<") }, value.Markup{Text: "<b>&lt;", Language: value.Mixed}},
		{"% of a number", func() (any, error) { return value.Binary(rt, "%", value.Markup{Text: "%d"}, 3) }, value.Markup{Text: "3"}},
		{"format takes in a URL", func() (any, error) { return call(value.Markup{Text: `<a href="{}">`}, "format", "u") }, value.Markup{Text: `<a href="u">`, Language: value.Mixed}},
		{"format escapes", func() (any, error) { return call(value.Markup{Text: "{}"}, "format", "<") }, value.Markup{Text: "&lt;", Language: value.HTML}},
		{"join escapes", func() (any, error) { return call(app, "join", value.Tuple{"<", html}) }, value.Markup{Text: "&lt;<b><i>", Language: value.Mixed}},
		{"replace escapes what is put in", func() (any, error) { return call(app, "replace", "b", "<") }, value.Markup{Text: "<&lt;>", Language: value.Mixed}},
		{"upper", func() (any, error) { return call(app, "upper") }, value.Markup{Text: "<B>"}},
		{"a part of JavaScript is HTML", func() (any, error) { return value.Slice(rt, js, 1, nil, nil) }, value.Markup{Text: `x"`, Language: value.HTML}},
		{"* repeats", func() (any, error) { return value.Binary(rt, "*", html, 2) }, value.Markup{Text: "<i><i>", Language: value.HTML}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := tt.make()
			if err != nil || got != tt.want {
				t.Errorf("got %#v, %v, want %#v", got, err, tt.want)
			}
		})
	}
}

func TestEscapeIsMarkupSafes(t *testing.T) {
	const want = "&amp;&lt;&gt;&#34;&#39; x"
	if got := string(value.AppendEscaped([]byte("a"), `&<>"' x`)); got != "a"+want {
		t.Errorf("AppendEscaped: %q", got)
	}
	m, err := value.Escape(nil, `&<>"' x`)
	if err != nil || m.Text != want || m.Language != value.HTML {
		t.Errorf("Escape: %#v, %v", m, err)
	}
}
