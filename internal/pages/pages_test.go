package pages_test

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/dewar-go/dewar/internal/pages"
)

// files makes a file system of pairs of a name and a text.
func files(pairs ...string) fs.FS {
	m := fstest.MapFS{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = &fstest.MapFile{Data: []byte(pairs[i+1])}
	}
	return m
}

// A visitor is the value of an execution.
type visitor string

// options has one function that shows the value of the execution and one that fails with it.
func options(layers ...fs.FS) pages.Options[visitor] {
	return pages.Options[visitor]{
		Layers: layers,
		Folder: "templates",
		Funcs: map[string]any{
			"shout": strings.ToUpper,
			"greet": func(who visitor, greeting string) string { return fmt.Sprint(greeting, " ", who) },
			"_":     func(who visitor, words ...string) string { return fmt.Sprint(who, words) },
			"me":    func(who visitor) (visitor, error) { return who, nil },
		},
		Filters: map[string]any{"low": strings.ToLower, "shout": strings.ToLower},
		Bind: func(current *visitor) map[string]any {
			return map[string]any{
				"who":  func() string { return string(*current) },
				"fail": func() (string, error) { return "", fmt.Errorf("%s: %w", *current, errFailed) },
			}
		},
	}
}

var errFailed = errors.New("on purpose")

func execute(t *testing.T, l *pages.Library[visitor], name string, data any) string {
	t.Helper()
	var b strings.Builder
	if err := l.Execute(&b, name, data, "ann"); err != nil {
		t.Fatalf("Execute(%q): %v", name, err)
	}
	return b.String()
}

func TestExecute(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		files []string
		page  string
		data  any
		want  string
	}{
		{"a file", []string{"a.html", "<p>{{.}}</p>"}, "a.html", "x", "<p>x</p>"},
		{"a file in a folder", []string{"blog/a.html", "x"}, "blog/a.html", nil, "x"},
		{"an empty file", []string{"a.html", ""}, "a.html", nil, ""},
		{"html is escaped", []string{"a.html", "{{.}}"}, "a.html", "<b>", "&lt;b&gt;"},
		{"by its place", []string{"a.html", `<a href="{{.}}">`}, "a.html", "javascript:x", `<a href="#ZgotmplZ">`},
		{"capital extension too", []string{"a.HTML", "{{.}}"}, "a.HTML", "<b>", "&lt;b&gt;"},
		{"xml is escaped", []string{"a.xml", "<x>{{.}}</x>"}, "a.xml", "<b>", "<x>&lt;b&gt;</x>"},
		{"svg is escaped", []string{"a.svg", "<svg>{{.}}</svg>"}, "a.svg", "<b>", "<svg>&lt;b&gt;</svg>"},
		{"no extension is escaped", []string{"a", "{{.}}"}, "a", "<b>", "&lt;b&gt;"},
		{"tmpl says nothing", []string{"a.tmpl", "{{.}}"}, "a.tmpl", "<b>", "&lt;b&gt;"},
		{"gohtml is html", []string{"a.gohtml", "{{.}}"}, "a.gohtml", "<b>", "&lt;b&gt;"},
		{"text is not escaped", []string{"a.txt", "{{.}}"}, "a.txt", "<b>", "<b>"},
		{"text with tmpl", []string{"a.txt.tmpl", "{{.}}"}, "a.txt.tmpl", "<b>", "<b>"},
		{"declaration of xml", []string{"a.xml", `<?xml version="1.0"?><x/>`}, "a.xml", nil, `<?xml version="1.0"?><x/>`},
		{"functions", []string{"a.html", `{{shout "x"}} {{who}}`}, "a.html", nil, "X ann"},
		{"the value is filled in", []string{"a.html", `{{greet "hi"}}, {{"hi" | greet}}, {{me}} {{print me}} {{len (greet "x")}} {{range $x, $_ := .}}{{_ $x}}{{end}}`}, "a.html", map[string]int{"k": 1}, "hi ann, hi ann, ann ann 5 ann[k]"},
		{"in text too", []string{"a.txt", `{{_}} {{_ "x" "y"}}`}, "a.txt", nil, "ann[] ann[x y]"},
		{"functions in text", []string{"a.txt", `{{shout "x"}} {{who}}`}, "a.txt", nil, "X ann"},
		{"block of a layout", []string{
			"base.html", `[{{block "title" .}}base{{end}}]`,
			"a.html", `{{template "base.html" .}}`,
		}, "a.html", nil, "[base]"},
		{"a page overrides a block", []string{
			"base.html", `[{{block "title" .}}base{{end}}]`,
			"a.html", `{{template "base.html" .}}{{define "title"}}{{.}}{{end}}`,
		}, "a.html", "x", "[x]"},
		{"before the call", []string{
			"base.html", `[{{block "title" .}}base{{end}}]`,
			"a.html", `{{define "title"}}{{.}}{{end}}{{template "base.html" .}}`,
		}, "a.html", "x", "[x]"},
		{"whatever the names sort to", []string{
			"z.html", `[{{block "title" .}}base{{end}}]`,
			"a.html", `{{define "title"}}{{.}}{{end}}{{template "z.html" .}}`,
		}, "a.html", "x", "[x]"},
		{"by nothing", []string{
			"base.html", `[{{block "title" .}}base{{end}}]`,
			"a.html", `{{template "base.html" .}}{{define "title"}}{{end}}`,
		}, "a.html", nil, "[]"},
		{"another page keeps the block", []string{
			"base.html", `[{{block "title" .}}base{{end}}]`,
			"a.html", `{{template "base.html" .}}{{define "title"}}a{{end}}`,
			"b.html", `{{template "base.html" .}}`,
		}, "b.html", nil, "[base]"},
		{"a layout on a layout", []string{
			"base.html", `[{{block "title" .}}base{{end}} {{block "main" .}}{{end}}]`,
			"blog/base.html", `{{template "base.html" .}}{{define "title"}}blog{{end}}{{define "main"}}({{block "post" .}}{{end}}){{end}}`,
			"a.html", `{{template "blog/base.html" .}}{{define "post"}}p{{end}}`,
		}, "a.html", nil, "[blog (p)]"},
		{"a layout needs its page", []string{
			"base.html", `[{{template "main" .}}]`,
			"a.html", `{{template "base.html" .}}{{define "main"}}a{{end}}`,
		}, "a.html", nil, "[a]"},
		{"a library of definitions", []string{
			"fields.html", `{{define "field"}}<input name="{{.}}">{{end}}`,
			"a.html", `{{template "fields.html"}}{{template "field" .}}`,
		}, "a.html", "x", `<input name="x">`},
		{"a file that calls itself", []string{
			"tree.html", `({{range .}}{{template "tree.html" .}}{{end}})`,
		}, "tree.html", []any{[]any{}, []any{}}, "(()())"},
		{"a file in a script", []string{
			"value.html", `{{.}}`,
			"a.html", `<script>x = {{template "value.html" .}}</script>`,
		}, "a.html", "y", `<script>x = "y"</script>`},
		{"the same file in a text and in a script", []string{
			"value.html", `{{.}}`,
			"a.html", `{{template "value.html" .}}`,
			"b.html", `<script>x = {{template "value.html" .}}</script>`,
		}, "b.html", "<", `<script>x = "\u003c"</script>`},
		{"calls in branches", []string{
			"base.html", `x`,
			"a.html", `{{range .}}{{if .}}{{with .}}{{template "base.html"}}{{end}}{{end}}{{end}}`,
		}, "a.html", []int{1, 2}, "xx"},
		{"hidden files are none", []string{"a.html", "x", ".a.html.swp", "{{", ".git/x", "{{", "a.html~", "{{"}, "a.html", nil, "x"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			l, err := pages.New(options(files(tt.files...)))
			if err != nil {
				t.Fatal(err)
			}
			for range 2 { // the second time from the pool
				if got := execute(t, l, tt.page, tt.data); got != tt.want {
					t.Errorf("%s gives %q, want %q", tt.page, got, tt.want)
				}
			}
		})
	}
}

func TestLayers(t *testing.T) {
	t.Parallel()
	l, err := pages.New(options(files("a.html", "first"), files("a.html", "second", "b.html", "b of second")))
	if err != nil {
		t.Fatal(err)
	}
	for page, want := range map[string]string{"a.html": "first", "b.html": "b of second"} {
		if got := execute(t, l, page, nil); got != want {
			t.Errorf("%s gives %q, want %q", page, got, want)
		}
	}
}

func TestNewReportsEveryProblem(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		files []string
		want  []string
	}{
		{"syntax", []string{"a.html", "x\n{{if}}"}, []string{`template a.html:2: missing value for if`}},
		{"all files", []string{"a.html", "{{", "b.html", "{{end}}", "c.html", "fine"}, []string{
			`template a.html:1: unclosed action`, `template b.html:1: unexpected {{end}}`}},
		{"broken layout once", []string{"base.html", "{{", "a.html", `{{template "base.html"}}`, "b.html", `{{template "base.html"}}`}, []string{
			`template base.html:1: unclosed action`}},
		{"unknown function", []string{"a.html", `{{shuot "x"}}`}, []string{`template a.html:1: function "shuot" not defined; did you mean "shout"?`}},
		{"unknown filter", []string{"a.html", `{{.x | shuot "a"}}`}, []string{`template a.html:1: function "shuot" not defined; did you mean "shout"?`}},
		{"builtin function", []string{"a.html", `{{urlqeury "x"}}`}, []string{`template a.html:1: function "urlqeury" not defined; did you mean "urlquery"?`}},
		{"missing layout", []string{"base.html", "", "a.html", "\n\n" + `{{template "bsae.html" .}}`}, []string{
			`template a.html:3: no template "bsae.html"; did you mean "base.html"?`}},
		{"missing definition", []string{"a.html", `{{template "sidebar" .}}`}, []string{
			`template a.html:1: no template "sidebar"; define it, or where it is optional write {{block "sidebar" .}}{{end}}`}},
		{"definition elsewhere", []string{"fields.html", `{{define "sidebar"}}{{end}}`, "a.html", `{{template "sidebar" .}}`}, []string{
			`template a.html:1: no template "sidebar"; it is defined in fields.html, call that first: {{template "fields.html"}}`}},
		{"underscore", []string{"a.html", `{{template "_fields.html" .}}`}, []string{
			`template a.html:1: no template "_fields.html"; if the file exists, note that go:embed passes over names that begin with _ unless the folder is written all:templates`}},
		{"circle", []string{"a.html", `{{template "b.html"}}`, "b.html", "\n" + `{{template "a.html"}}`, "c.html", `{{template "b.html"}}`}, []string{
			`template a.html:1 calls b.html, b.html:2 calls a.html: files must not call each other in a circle; move what they share into another file`}},
		{"two definitions", []string{
			"x.html", `{{define "row"}}x{{end}}`, "y.html", `{{define "row"}}y{{end}}`,
			"a.html", `{{template "x.html"}}{{template "y.html"}}{{template "row"}}`}, []string{
			`template a.html: "row" is defined in x.html and in y.html, and neither calls the other; rename one of them`}},
		{"cannot be escaped", []string{"a.html", `<script>{{if .}}"{{end}}`}, []string{
			`template a.html:1:13: {{if}} branches end in different contexts`}},
		{"ends inside a tag", []string{"a.html", `<a href="`}, []string{
			`template a.html ends inside a tag, an attribute, a comment or a script; close it`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := pages.New(options(files(tt.files...)))
			var got []string
			if err != nil {
				got = strings.Split(err.Error(), "\n")
			}
			if len(got) != len(tt.want) {
				t.Fatalf("problems %q, want %q", got, tt.want)
			}
			for i := range got {
				if !strings.HasPrefix(got[i], tt.want[i]) {
					t.Errorf("problem %q, want %q", got[i], tt.want[i])
				}
			}
		})
	}
}

func TestRefuseFunc(t *testing.T) {
	t.Parallel()
	ok := func(string) (string, error) { return "", nil }
	for _, tt := range []struct {
		name string
		fn   any
		want string // its beginning
	}{
		{"_", ok, ""}, {"_n", ok, ""}, {"t2", ok, ""}, {"é", ok, ""},
		{"", ok, "a name is made of"}, {"2t", ok, "a name is made of"}, {"a-b", ok, "a name is made of"},
		{"if", ok, "the name is taken"}, {"len", ok, "the name is taken"}, {"_xml", ok, "the name is taken"},
		{"_html_template_htmlescaper", ok, "the name is taken"}, {"_eval_args_", ok, "the name is taken"},
		{"f", nil, "a value of type <nil>"}, {"f", 3, "a value of type int"}, {"f", (func() int)(nil), "a value of type func() int"},
		{"f", func() {}, "a func() cannot"}, {"f", func() (int, int) { return 0, 0 }, "a func() (int, int) cannot"},
	} {
		if got := pages.RefuseFunc(tt.name, tt.fn); (got == "") != (tt.want == "") || !strings.HasPrefix(got, tt.want) {
			t.Errorf("RefuseFunc(%q, %T) = %q, want %q", tt.name, tt.fn, got, tt.want)
		}
	}
}

// What a library or a layout does not define may come from the page that calls it.
func TestCalledFilesMayBeIncomplete(t *testing.T) {
	t.Parallel()
	l, err := pages.New(options(files(
		"base.html", `[{{template "main" .}}]`,
		"a.html", `{{template "base.html" .}}{{define "main"}}{{end}}`,
	)))
	if err != nil {
		t.Fatal(err)
	}
	err = l.Execute(io.Discard, "base.html", nil, "")
	if want := `template base.html:1: no template "main"`; err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("executing the layout by itself: %v, want %s...", err, want)
	}
}

func TestExecuteErrors(t *testing.T) {
	t.Parallel()
	l, err := pages.New(options(files("index.html", "", "fail.html", "\n x {{fail}}", "user.html", "{{.Nmae}}", "greet.html", "{{greet}}", "type.html", "{{greet 3}}")))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, page, want string }{
		{"unknown", "indx.html", `no template "indx.html" in templates; did you mean "index.html"?`},
		{"nothing near", "../../etc/passwd", `no template "../../etc/passwd" in templates`},
		{"template for a name", "{{.}}", `no template "{{.}}" in templates`},
		{"failing function", "fail.html", `template fail.html:2:5: executing "fail.html" at <fail>: error calling fail: ann: on purpose`},
		{"too few arguments", "greet.html", `template greet.html:1:2: executing "greet.html" at <greet>: wrong number of args for greet: want 1 got 0`},
		{"argument of another type", "type.html", `template type.html:1:8: executing "type.html" at <3>: expected string; found 3`},
		{"unknown field", "user.html", "template user.html:1: .Nmae: a value of type struct { Name string } has no field or method Nmae; did you mean Name?"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := l.Execute(io.Discard, tt.page, struct{ Name string }{}, "ann")
			if err == nil || err.Error() != tt.want {
				t.Errorf("Execute(%q) = %v, want %s", tt.page, err, tt.want)
			}
		})
	}
	if err := l.Execute(io.Discard, "fail.html", nil, ""); !errors.Is(err, errFailed) {
		t.Errorf("error %v does not wrap that of the function", err)
	}
	empty, err := pages.New(options())
	if err != nil {
		t.Fatal(err)
	}
	if got, want := fmt.Sprint(empty.Execute(io.Discard, "a.html", nil, "")), `no template "a.html": there are no templates at all; they are looked for in the folder templates`; got != want {
		t.Errorf("without templates: %s, want %s", got, want)
	}
}

// Each execution must see its own value, however many there are.
func TestConcurrentExecutions(t *testing.T) {
	t.Parallel()
	l, err := pages.New(options(files(
		"base.html", `{{block "main" .}}{{end}} of {{who}}`,
		"a.html", `{{template "base.html" .}}{{define "main"}}{{who}}{{.}}{{end}}`,
	)))
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			for j := range 100 {
				value := fmt.Sprint("w", i, "-", j)
				var b strings.Builder
				if err := l.Execute(&b, "a.html", j, visitor(value)); err != nil {
					t.Error(err)
				}
				if want := fmt.Sprint(value, j, " of ", value); b.String() != want {
					t.Errorf("got %q, want %q", b.String(), want)
				}
			}
		})
	}
	group.Wait()
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	file := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestReload(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "base.html", `[{{block "main" .}}{{end}}]`)
	write(t, dir, "a.html", `{{template "base.html" .}}{{define "main"}}1{{end}}`)
	write(t, dir, "b.html", `b`)
	o := options(os.DirFS(dir), files("a.html", "below", "c.html", "below"))
	o.Reload = true
	l, err := pages.New(o)
	if err != nil {
		t.Fatal(err)
	}
	steps := []struct {
		name   string
		change func()
		page   string
		want   string // or the beginning of the error
	}{
		{"as it was", func() {}, "a.html", "[1]"},
		{"the page changes", func() { write(t, dir, "a.html", `{{template "base.html" .}}{{define "main"}}two{{end}}`) }, "a.html", "[two]"},
		{"its layout changes", func() { write(t, dir, "base.html", `({{block "main" .}}{{end}}) new`) }, "a.html", "(two) new"},
		{"the layout breaks", func() { write(t, dir, "base.html", `({{block "main" .}}`) }, "a.html", "template base.html:1: unexpected EOF"},
		{"other pages do not care", func() {}, "b.html", "b"},
		{"the layout is mended", func() { write(t, dir, "base.html", `/{{block "main" .}}{{end}}/!`) }, "a.html", "/two/!"},
		{"a page is missing", func() {}, "new.html", `no template "new.html"`},
		{"a page is added", func() { write(t, dir, "new.html", `{{template "part.html"}}`) }, "new.html", `template new.html:1: no template "part.html"`},
		{"and what it calls", func() { write(t, dir, "part.html", `part`) }, "new.html", "part"},
		{"a file comes before another layer's", func() { write(t, dir, "c.html", `above`) }, "c.html", "above"},
		{"a file goes", func() { os.Remove(filepath.Join(dir, "a.html")) }, "a.html", "below"},
	}
	for _, step := range steps {
		step.change()
		var b strings.Builder
		got := ""
		if err := l.Execute(&b, step.page, nil, ""); err != nil {
			got = err.Error()
		} else {
			got = b.String()
		}
		if !strings.HasPrefix(got, step.want) {
			t.Errorf("%s: %q, want %q", step.name, got, step.want)
		}
	}
}

func TestConcurrentReload(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "a.html", "x")
	o := options(os.DirFS(dir))
	o.Reload = true
	l, err := pages.New(o)
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for range 50 {
				var b strings.Builder
				if err := l.Execute(&b, "a.html", nil, ""); err != nil || strings.Trim(b.String(), "x") != "" {
					t.Errorf("got %q, %v", b.String(), err)
				}
			}
		})
	}
	for n := range 20 {
		write(t, dir, "tmp", strings.Repeat("x", n+2))
		if err := os.Rename(filepath.Join(dir, "tmp"), filepath.Join(dir, "a.html")); err != nil {
			t.Error(err)
		}
	}
	group.Wait()
	if got, want := execute(t, l, "a.html", nil), strings.Repeat("x", 21); got != want {
		t.Errorf("in the end %q, want %q", got, want)
	}
}

// Without Reload the files are read once.
func TestNoReload(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "a.html", "old")
	l, err := pages.New(options(os.DirFS(dir)))
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, "a.html", "changed")
	if got := execute(t, l, "a.html", nil); got != "old" {
		t.Errorf("got %q, want the text as it was", got)
	}
}

func TestExecuteAllocations(t *testing.T) {
	l, err := pages.New(options(files("base.html", `<p>{{block "main" .}}{{end}}`, "a.html", `{{template "base.html" .}}{{define "main"}}x{{end}}`)))
	if err != nil {
		t.Fatal(err)
	}
	got := testing.AllocsPerRun(200, func() {
		if err := l.Execute(io.Discard, "a.html", nil, "ann"); err != nil {
			t.Fatal(err)
		}
	})
	if got > 60 { // a set made anew takes a hundred; under the race detector the pool forgets some
		t.Errorf("an execution takes %v allocations; is the pool used?", got)
	}
}
