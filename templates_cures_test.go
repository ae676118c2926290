package dewar_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/dewar-go/dewar"
)

// rendering returns what a page shows, or the error of rendering it or of Build.
func rendering(t *testing.T, debug bool, pages map[string]string, data dewar.Map) (string, error) {
	t.Helper()
	files := fstest.MapFS{}
	for name, text := range pages {
		files["templates/"+name] = &fstest.MapFile{Data: []byte(text)}
	}
	app := dewar.New("test", dewar.FS(files), dewar.RootPath(t.TempDir()))
	app.Logger = slog.New(slog.NewTextHandler(io.Discard, nil))
	must(t, app.Config.FromMapping(dewar.Map{"DEBUG": debug, "TITLE": "from config", "SECRET_KEY": testKey}))
	app.Post("/{id}", func(c *dewar.Context) error { return nil }, dewar.Endpoint("show"))
	if err := app.Build(); err != nil {
		return "", err
	}
	r := httptest.NewRequest(http.MethodPost, "/7?q=1", strings.NewReader("title=x"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	c, end, err := app.NewContext(httptest.NewRecorder(), r)
	must(t, err)
	defer end()
	c.Set("user", dewar.Map{"name": "ann"})
	if data["form"] == "the form" {
		data["form"] = c.Form()
	}
	return c.RenderString("page.html", data)
}

type cureItem struct {
	Title  string
	hidden string
}

func (i cureItem) Summary() string { return i.hidden }

func TestTemplateErrorsAreCures(t *testing.T) {
	t.Parallel()
	data := dewar.Map{
		"title": "t", "item": cureItem{}, "pointer": &cureItem{}, "items": []cureItem{{}}, "list": []any{cureItem{}},
		"names": map[string]cureItem{"a": {}}, "form": "the form",
	}
	for _, tt := range []struct{ name, page, want string }{
		{"a field", "<p>\n{{.item.Titel}}", "template page.html:2: .item.Titel: a value of type dewar_test.cureItem has no field or method Titel; did you mean Title?"},
		{"a method", "{{.item.Sumary}}", "did you mean Summary?"},
		{"in lower case", "{{.item.title}}", "has no field or method title; did you mean Title?"},
		{"a field of a pointer", "{{.pointer.Titel}}", "*dewar_test.cureItem has no field or method Titel; did you mean Title?"},
		{"in a range", "{{range .list}}{{.Titel}}{{end}}", "template page.html:1: .Titel: a value of type dewar_test.cureItem has no field or method Titel; did you mean Title?"},
		{"in a range with a variable", "{{range $x := .items}}{{$x.Titel}}{{end}}", "$x.Titel: a value of type dewar_test.cureItem has no field or method Titel"},
		{"in a mapping", "{{.names.a.Titel}}", ".names.a.Titel: a value of type dewar_test.cureItem has no field or method Titel; did you mean Title?"},
		{"in a with", "{{with .item}}{{if .Titel}}{{end}}{{end}}", ".Titel: a value of type dewar_test.cureItem"},
		{"in a called template", "{{define \"card\"}}{{.Titel}}{{end}}{{template \"card\" .item}}", ".Titel: a value of type dewar_test.cureItem"},
		{"from the dollar", "{{range .items}}{{$.item.Titel}}{{end}}", "$.item.Titel: a value of type dewar_test.cureItem"},
		{"not exported", "{{.item.hidden}}", "templates see exported fields alone, so write it with a capital letter in Go"},
		{"nothing near", "{{.item.Author}}", "it has Title, Summary"},
		{"a value of a form", "{{.form.title}}", `write {{.form.String "title"}}`},
		{"a value of the request's form", "{{request.Form.title}}", `write {{request.Form.String "title"}}`},
		{"Flask's args", "{{request.args}}", `write {{request.Query.String "name"}}`},
		{"Flask's path", "{{request.path}}", "write {{request.Path}}"},
	} {
		for _, debug := range []bool{false, true} {
			t.Run(tt.name, func(t *testing.T) {
				t.Parallel()
				got, err := rendering(t, debug, map[string]string{"page.html": tt.page}, cloned(data))
				if err == nil {
					t.Fatalf("DEBUG %v: got %q, want an error", debug, got)
				}
				wantError(t, err, tt.want)
			})
		}
	}
}

func cloned(m dewar.Map) dewar.Map {
	fresh := dewar.Map{}
	for key, value := range m {
		fresh[key] = value
	}
	return fresh
}

func TestAMissingValueIsAnErrorInDebug(t *testing.T) {
	t.Parallel()
	base := "<title>{{block \"title\" .}}dewar{{end}}</title>{{block \"content\" .}}{{end}}"
	for _, tt := range []struct{ name, page, want string }{
		{"of the page", "<p>\n{{.titel}}", "template page.html:2: .titel is not among the values of this page; did you mean .title?; for one that may be missing write {{with .titel}}{{.}}{{end}}"},
		{"in an attribute", `<a href="{{.titel}}" title='{{.titel}}'>`, "did you mean .title?"},
		{"in a script", `<script>var x = {{.titel}};</script>`, "did you mean .title?"},
		{"from the dollar", "{{range .items}}{{$.titel}}{{end}}", "$.titel is not among the values of this page; did you mean $.title?"},
		{"in a block", `{{template "base.html" .}}{{define "content"}}{{.titel}}{{end}}`, "page.html:1: .titel is not"},
		{"with an attribute", "{{.usr.Name}}", ".usr.Name: .usr is not among the values"},
		{"handed on", `{{define "card"}}{{.}}{{end}}{{template "card" .titel}}`, ".titel is not among the values"},
		{"an argument", `{{printf "%s" .titel}}`, ".titel is not among the values"},
		{"in a pipe", `{{.titel | printf "%s"}}`, ".titel is not among the values"},
		{"in the body of an if", `{{if .title}}{{.titel}}{{end}}`, ".titel is not among the values"},
		{"nothing near", "{{.zebra}}", ".zebra is not among the values of this page, which are .items, .title; for one"},
		{"of g", "{{g.usr}}", "g.usr is not set; did you mean g.user?; for one that may be missing write {{with g.usr}}{{.}}{{end}}"},
		{"of g, with an attribute", "{{g.i18n.T}}", "g.i18n.T: g.i18n is not set, which are g.user; for one that may be missing write {{with g.i18n}}{{.T}}{{end}}"},
		{"of config", "{{config.TITEL}}", "config.TITEL is not set; did you mean config.TITLE?"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			files := map[string]string{"page.html": tt.page, "base.html": base}
			data := dewar.Map{"title": "t", "items": []int{1}}
			_, err := rendering(t, true, files, data)
			wantError(t, err, tt.want)
			got, err := rendering(t, false, files, data)
			if strings.HasSuffix(tt.name, "with an attribute") {
				wantError(t, err, tt.want)
				return
			}
			if err != nil || strings.Contains(got, "no value") {
				t.Errorf("without DEBUG: got %q, %v, want nothing in its place", got, err)
			}
		})
	}
}

func TestWhatMayBeMissingIsNoErrorInDebug(t *testing.T) {
	t.Parallel()
	for page, want := range map[string]string{
		"{{if .user}}{{.user.Name}}{{end}}":            "",
		"{{with .user}}{{.Name}}{{else}}nobody{{end}}": "nobody",
		"{{range .missing}}{{.}}{{else}}none{{end}}":   "none",
		"{{or .missing .title}}":                       "t",
		"{{and .missing .title}}":                      "",
		"{{if not .missing}}x{{end}}":                  "x",
		`{{define "f"}}{{with .error}}{{.}}{{end}}{{end}}{{template "f" dict "error" .missing}}`: "",
		"{{if g.missing}}{{g.missing.Name}}{{end}}":                                              "",
		"{{session.user_id}}":                                         "",
		"{{range .rows}}{{.optional}};{{end}}":                        "1;;",
		"{{$x := .missing}}{{with $x}}{{.}}{{end}}":                   "",
		"{{.nothing}}":                                                "",
		"{{.title}} {{g.user.name}} {{config.TITLE}}":                 "t ann from config",
		`<a title="{{.title}}">{{with .title}}{{$.title}}{{end}}</a>`: `<a title="t">t</a>`,
	} {
		data := dewar.Map{"title": "t", "nothing": nil, "rows": []dewar.Map{{"optional": 1}, {}}}
		for _, debug := range []bool{false, true} {
			if got, err := rendering(t, debug, map[string]string{"page.html": page}, data); err != nil || got != want {
				t.Errorf("%s with DEBUG %v: got %q, %v, want %q", page, debug, got, err, want)
			}
		}
	}
}

func TestBuildFindsSlipsInTemplates(t *testing.T) {
	t.Parallel()
	base := "<title>{{block \"title\" .}}dewar{{end}}</title>\n{{.heading}}{{block \"content\" .}}{{end}}"
	for _, tt := range []struct{ name, page, want string }{
		{"no dot", "\n{{template \"base.html\"}}", `template page.html:2: {{template "base.html"}} hands on no values, but base.html:2 shows .heading; write {{template "base.html" .}}`},
		{"a block that no layout calls", `{{template "base.html" .}}` + "\n{{define \"contnet\"}}x{{end}}", `template page.html:2: {{define "contnet"}} is called by nobody; did you mean "content"?`},
		{"a call in Jinja", "{{ url_for('show', id=7) }}", `write {{url_for "show" "id" 7}}`},
		{"an attribute of Flask's", "{{ url_for('show', id=post.id) }}", `write {{url_for "show" "id" .post.id}}`},
		{"a comparison", "{{if .a == 1}}x{{end}}", "write {{if eq .a 1}}"},
		{"an end", "{{if .a}}x{{endif}}", "write {{end}}"},
		{"a filter with brackets", "{{ title|truncate(20) }}", "write {{.title | truncate 20}}"},
		{"a value with the name of a filter", "<p>\n{{ title }}", "template page.html:2: title is a function that wants a value, {{.x | title}}; for a value that the view gives write .title"},
		{"config in brackets", "{{ config['TITLE'] }}", `write {{index config "TITLE"}}`},
		{"a loop over g", "{{ for x in g.items }}", "write {{range $x := g.items}}"},
		{"a token", "{{ csrf_token() }}", "leave it out, requests from other sites are refused without a token"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := rendering(t, false, map[string]string{"page.html": tt.page, "base.html": base}, nil)
			wantError(t, err, tt.want)
		})
	}
	for _, page := range []string{
		`{{template "part.html"}}`, `{{template "base.html" .}}{{define "content"}}{{end}}{{define "helper"}}{{end}}`,
		`{{define "contnet"}}{{end}}`, `{{template "optional.html"}}`,
	} {
		files := map[string]string{"page.html": page, "base.html": base, "part.html": "no values", "optional.html": "{{if .x}}{{.x}}{{end}}"}
		if _, err := rendering(t, false, files, nil); err != nil {
			t.Errorf("%s: %v", page, err)
		}
	}
}
