package escape_test

import (
	"html/template"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"text/template/parse"

	"github.com/dewar-go/dewar/contrib/jinja/internal/escape"
)

// pieces are parts of random pages: what may stand in text, and within it the places of values.
var pieces = []string{
	`<p>{{}}</p>`, `<p title="{{}}">`, `<p title='a{{}}b' class={{}}>`, `<a href="{{}}">x</a>`, `<a href='/a/{{}}?b={{}}&amp;c={{}}#{{}}'>`, `<img src={{}} alt=x>`,
	`<script>var a = {{}}, b = "{{}}", c = '{{}}'; // d` + "\n" + `f({{}});</script>`, `<script>/* a */ x = y / 2 / {{}}; z = /{{}}/g</script>`,
	"<script>a = \"`\" + '//' + {{}} + \"{{}}\"</script>", `<style>p { color: {{}}; content: "{{}}"; background: url("{{}}") }</style>`, `<style>/* a */ a{b:url({{}})}</style>`,
	`<p onclick="f({{}}, '{{}}')">`, `<p onclick='f("{{}}")' style='top: {{}}px'>`, `<title>{{}}</title>`, `<textarea>{{}}</textarea>`, `<p {{}}>`, `<!-- a --><p>`,
	`<script type="text/template"><b title="{{}}">{{}}</b></script>`, `<script type="application/json">{"a": {{}}}</script>`, `<br/>`, `text &amp; {{}} &lt;`,
	`<form action="{{}}" method=post><input name=a value="{{}}" checked></form>`, `<a data-href="{{}}" onmouseover="g({{}})">`, `<svg><path d="{{}}"/></svg>`,
	"<script>a = `b ${c({{}})} {{}}`</script>", `<a href="mailto:{{}}">`, `<img srcset="{{}}">`, `<p class="a &quot; b">`,
	`<p onclick="a = &quot;{{}}&quot;">`, `<!doctype html>`, `<pre>{{}}</pre>`, `<option value="{{}}" selected>`, `<script>if (a) { b = [1, /c/] }</script>`,
	`<script>a = {b: 1, "c": {{}}}; a.b /= 2; d = "</" + "script>"</script>`, `<link rel=icon href="{{}}">`,
}

// theirPlace returns the place that html/template's escapers are for.
func theirPlace(escapers string) string {
	if strings.Contains(escapers, "cssescaper") {
		return "string of a style" // also where it filters schemes, for browsers that ran them there
	}
	for _, p := range []struct{ escaper, place string }{
		{"jsvalescaper", "value of a script"}, {"jsstrescaper", "string of a script"}, {"jstmpllitescaper", "template literal"}, {"jsregexpescaper", "regular expression"},
		{"commentescaper", "comment"}, {"cssvaluefilter", "value of a style"}, {"urlfilter", "URL"}, {"srcsetescaper", "URL"}, {"urlnormalizer", "URL"}, {"urlescaper", "URL"},
		{"htmlnamefilter", "name"}, {"nospaceescaper", "unquoted attribute"}, {"rcdataescaper", "text"},
		{"attrescaper", "attribute"}, {"htmlescaper", "text"},
	} {
		if strings.Contains(escapers, p.escaper) {
			return p.place
		}
	}
	return escapers
}

// ourPlace returns the same of a State.
func ourPlace(s escape.State) string {
	what := s.String()
	for _, p := range []struct{ words, place string }{
		{"template literal in", "template literal"}, {"regular expression in", "regular expression"}, {"comment in", "comment"}, {"URL in", "URL"},
		{"a value in a style", "value of a style"}, {"a string in a style", "string of a style"}, {"that is a style", "style"},
		{"a value in", "value of a script"}, {"a string in", "string of a script"}, {"the name of an attribute", "name"}, {"unquoted attribute", "unquoted attribute"},
		{"quoted attribute", "attribute"}, {"text", "text"},
	} {
		if !strings.Contains(what, p.words) {
			continue
		}
		if p.place == "style" {
			return strings.TrimPrefix(what[:strings.Index(what, " in ")], "a ") + " of a style"
		}
		return p.place
	}
	return what
}

// theirPlaces has html/template analyse a page.
func theirPlaces(skeleton string) ([]string, error) {
	parts := strings.Split(skeleton, "{{}}")
	tmpl, err := template.New("page").Funcs(template.FuncMap{"e": func() string { return "x" }}).Parse(strings.Join(parts, "{{e}}"))
	if err != nil {
		return nil, err
	}
	if err := tmpl.Execute(io.Discard, nil); err != nil {
		return nil, err
	}
	var places []string
	for _, n := range tmpl.Tree.Root.Nodes {
		if n, ok := n.(*parse.ActionNode); ok {
			places = append(places, theirPlace(n.String()))
		}
	}
	return places, nil
}

// TestAsHTMLTemplate compares the places in random pages with what html/template takes them for.
func TestAsHTMLTemplate(t *testing.T) {
	t.Parallel()
	rounds := 3000
	if testing.Short() {
		rounds = 300
	}
	random := rand.New(rand.NewPCG(1, 2))
	compared := 0
	for range rounds {
		var b strings.Builder
		for range 1 + random.IntN(6) {
			b.WriteString(pieces[random.IntN(len(pieces))])
		}
		skeleton := b.String()
		theirs, err := theirPlaces(skeleton)
		if err != nil {
			t.Fatalf("%s: %v", skeleton, err)
		}
		var s escape.State
		for i, text := range strings.Split(skeleton, "{{}}") {
			if i > 0 {
				if got, want := ourPlace(s), theirs[i-1]; got != want {
					t.Errorf("%s\noutput %d is %s, a place in %q: want %q", skeleton, i-1, s, got, want)
				}
				compared++
				_, s, _ = s.Append(nil, "x")
			}
			if s, err = s.Text(text); err != nil {
				t.Fatal(err)
			}
		}
		if t.Failed() {
			return
		}
	}
	t.Logf("%d outputs compared", compared)
}
