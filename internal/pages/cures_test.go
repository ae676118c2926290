package pages_test

import (
	"strings"
	"testing"

	"github.com/dewar-go/dewar/internal/pages"
)

func TestWhatTheParserRefusesIsSaidInGo(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ source, want string }{
		{"{{ shout('index') }}", `write {{shout "index"}}`},
		{"{{ shout('show', id=post.id, n=3) }}", `write {{shout "show" "id" .post.id "n" 3}}`},
		{"{{ shout(who, None, True) }}", `write {{shout who nil true}}`},
		{"{{if .a == 1}}x{{end}}", "write {{if eq .a 1}}"},
		{"{{ if a != 'x' }}x{{end}}", `write {{if ne .a "x"}}`},
		{"{{if .a >= .b.c}}x{{end}}", "write {{if ge .a .b.c}}"},
		{"{{if .a < 1 and not .b}}x{{end}}", "write {{if and (lt .a 1) (not .b)}}"},
		{"{{if .a and .b}}x{{end}}", "write {{if and .a .b}}"},
		{"{{.a or .b}}", "write {{or .a .b}}"},
		{"{{if .a}}x{{else if .b or .c}}{{end}}", "write {{else if or .b .c}}"},
		{"{{if .a == 1}}x{{else if .b == 2}}y{{end}}", "write {{if eq .a 1}}"},
		{"{{if .a}}x{{endif}}", "write {{end}}"},
		{"{{range .a}}x{{endfor}}", "write {{end}}"},
		{"{{if .a}}x{{elif b}}y{{end}}", "write {{else if .b}}"},
		{"{{for x in xs}}", "write {{range $x := .xs}}"},
		{"{{for k, v in d.items()}}", "write {{range $k, $v := .d}}"},
		{"{{set x = 'a'}}", `write {{$x := "a"}}`},
		{"{{extends 'base.html'}}", `write {{template "base.html" .}}`},
		{`{{include "part.html"}}`, `write {{template "part.html" .}}`},
		{"{{block content}}{{end}}", `write {{block "content" .}} in the layout and {{define "content"}} in the page`},
		{"{{super()}}", "call that with {{template}}"},
		{"{{ loop.index }}", "write {{range $i, $x := .items}}"},
		{"{{ a['b'] }}", `write {{index .a "b"}}`},
		{"{{ .posts[0] }}", "write {{index .posts 0}}"},
		{"{{ .a ~ 'x' }}", `write {{print .a "x"}}`},
		{"{{.x if .y else 'z'}}", `write {{if .y}}{{.x}}{{else}}{{"z"}}{{end}}`},
		{"{{ .a.b() }}", "write {{.a.b}}"},
		{"{{ .posts.0.title }}", "write {{(index .posts 0).title}}"},
		{"{{ .posts.0 }}", "write {{index .posts 0}}"},
		{"{{ shout 'index' }}", `in double quotes, as in "index"`},
		{"{{ True }}", "write {{true}}"},
		{"{{ request.args.get('q') }}", `write {{request.Query.String "q"}}`},
		{"{{ request.form.get('q', '') }}", `write {{request.Form.String "q"}}`},
		{"{{ request.form['q'] }}", `write {{request.Form.String "q"}}`},
		{"{{if request.args['q'] == 'x'}}{{end}}", `write {{if eq (request.Query.String "q") "x"}}`},
		{"{{ a.get('b') }}", `write {{index .a "b"}}`},
		{"{{ a.get('b', 'c') }}", `write {{or (index .a "b") "c"}}`},
		{"{{ a.get('b', 1) }}", `write {{or (index .a "b") 1}}`},
		{"{{ shout(with_categories=true) }}", "write {{shout}}"},
		{"{{.title|low('x')}}", `write {{.title | low "x"}}`},
		{"{{ low(title) }}", "write {{low .title}}"},
		{"{{ low }}", "low is a function that wants a value, {{.x | low}}; for a value that the view gives write .low"},
		{"{{if and .a low}}{{end}}", "for a value that the view gives write .low"},
		{"{{.title|d('x')}}", `write {{.x | default "otherwise"}}`},
		{"{{.title|e}}", "leave it out, values are escaped"},
		{"{{.day|strftime}}", `write {{.x | date "2006-01-02"}}`},
		{"{{ .a is defined }}", "write {{if .x}}"},
		{"{{ title }}", `function "title" not defined`},
		{"{{ .a + 1 }}", "templates do no sums: compute the value in the view"},
		{"{{ .a }", "an action ends with two braces"},
		{"{{range .x}}", "has no {{end}}"},
		{"x{{end}}", "one {{end}} more"},
		{"{# shown #}", "{# #} is Jinja and would be shown; write {{/* a comment */}}"},
	} {
		t.Run(tt.source, func(t *testing.T) {
			t.Parallel()
			_, err := pages.New(options(files("a.html", "<p>\n"+tt.source)))
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "template a.html:2: ") {
				t.Errorf("got %v, want line 2 and %q", err, tt.want)
			}
		})
	}
}

func TestWhatIsGoAlreadyIsLeftAlone(t *testing.T) {
	t.Parallel()
	for _, source := range []string{
		"a {# b", "#{}", "a{#x}b", `{{"a and b"}}`, "{{and .a .b}}", "{{if and .a .b}}{{end}}", `{{printf "%s and %s" .a .b}}`, "{{eq .a 1}}",
		"{{.a | shout}}", "{{.a | low}}", "{{low .a}}", "{{if low .a}}{{end}}", "{{.low}}", "{{$x := .a}}{{$x}}", "{{with .a}}{{.and}}{{end}}",
	} {
		if _, err := pages.New(options(files("a.txt", source))); err != nil {
			t.Errorf("%s: %v", source, err)
		}
	}
}
