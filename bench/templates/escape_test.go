package templates

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	parser "golang.org/x/net/html"

	"github.com/dewar-go/dewar"
)

// payloads are values that attack a page.
var payloads = []string{
	`<script>alert(1)</script>`, `</script><script>alert(1)</script>`, `</style><img src=x onerror=alert(1)>`, `--><img src=x onerror=alert(1)>`, `]]><img src=x onerror=alert(1)>`,
	`"><img src=x onerror=alert(1)>`, `'><img src=x onerror=alert(1)>`, `" onclick="alert(1)`, `' onmouseover='alert(1)`, ` onfocus=alert(1) autofocus`,
	`x onclick=alert(1)`, "`onclick=alert(1)", `javascript:alert(1)`, `JaVaScRiPt:alert(1)`, " \t\n\x01javascript:alert(1)",
	"java\tscr\nipt\r:alert(1)", `javascript&colon;alert(1)`, `&#106;avascript:alert(1)`, `vbscript:alert(1)`, `data:text/html,<script>alert(1)</script>`,
	`0;url=javascript:alert(1)`, `a.png 1x, javascript:alert(1) 2x`, `";alert(1);//`, `\';alert(1);//`, "`-alert(1)-`${alert(1)}",
	"\u2028alert(1)//", `*/alert(1)/*`, `expression(alert(1))`, `}</style><script>alert(1)</script>`, `url(javascript:alert(1))`,
	"\x00<script>alert(1)</script>", "\xff\"><script>alert(1)</script>", `<!--<script>`, `http://x"onmouseover=alert(1)//.com`, `me@x.com"onclick=alert(1)`, `http://a.com/<b onclick=alert(1)>`, `\`, `{{.}}`,
}

// contexts are places of a page.
var contexts = []struct{ name, page string }{
	{"text", `<p>VALUE</p>`},
	{"an attribute in double quotes", `<p title="VALUE">x</p>`},
	{"an attribute in single quotes", `<p title='VALUE'>x</p>`},
	{"an attribute without quotes", `<p title=VALUE class=y>x</p>`},
	{"an address", `<a href="VALUE">x</a>`},
	{"an address without quotes", `<a href=VALUE>x</a>`},
	{"a source", `<img src="VALUE">`},
	{"a set of sources", `<img srcset="VALUE">`},
	{"the query of an address", `<a href="/find?q=VALUE&page=2">x</a>`},
	{"the action of a form", `<form action="VALUE"></form>`},
	{"an attribute of style", `<p style="color: VALUE">x</p>`},
	{"a style sheet", `<style>p { color: VALUE }</style>`},
	{"an attribute of an event", `<a onclick="f(VALUE)">x</a>`},
	{"a script", `<script>var a = VALUE;</script>`},
	{"a text in a script", `<script>var a = "VALUE";</script>`},
	{"a template in a script", "<script>var a = `VALUE`;</script>"},
	{"JSON in a page", `<script type="application/json">{"a": VALUE}</script>`},
	{"a comment", `<p><!-- VALUE -->x</p>`},
	{"a refresh", `<meta http-equiv="refresh" content="0;url=VALUE">`},
	{"a title", `<title>VALUE</title>`},
	{"a text area", `<textarea>VALUE</textarea>`},
}

// calls are the ways to show a value; those that make HTML of it have elements of their own in a text.
var calls = []string{
	`.x`, `.x | default "y"`, `.x | trim`, `.x | truncate 200`, `.x | string`, `.list | join ", "`, `.list | first`, `.x | tojson`, `.map | tojson`, `.x | replace "zz" "y"`,
	`.x | urlencode`, `.x | indent 2`, `.x | capitalize`, `.x | nl2br`, `.x | urlize`, `.x | striptags`, `url_for "show" "name" .x "q" .x`, `(dict "a" .x).a`, `.x | upper`,
}

// makesHTML are the calls whose elements and attributes depend on the value in a text.
func makesHTML(call string) bool {
	return strings.Contains(call, "nl2br") || strings.Contains(call, "urlize")
}

// TestValuesDoNotChangeThePage has a parser of HTML read pages with every payload in every place, by every way of
// showing it: elements and attributes are those of a harmless value, and no address runs a script.
func TestValuesDoNotChangeThePage(t *testing.T) {
	pages := fstest.MapFS{}
	name := func(context, call int) string { return fmt.Sprintf("c%d-%d.html", context, call) }
	for i, context := range contexts {
		for j, call := range calls {
			text := "<!doctype html><body>" + strings.Replace(context.page, "VALUE", "{{"+call+"}}", 1) + "<i>end</i>"
			pages["templates/"+name(i, j)] = &fstest.MapFile{Data: []byte(text)}
		}
	}
	app := dewar.New("escape", dewar.FS(pages))
	app.Get("/show/{name:path}", dewar.Alive, dewar.Endpoint("show"))
	if err := app.Config.Set("SERVER_NAME", "example.com"); err != nil {
		t.Fatal(err)
	}
	render := func(page, x string) ([]byte, error) {
		text, err := app.RenderString(t.Context(), page, dewar.Map{"x": x, "list": []string{x, x}, "map": map[string]any{x: x}})
		return []byte(text), err
	}
	if err := app.Build(); err != nil {
		t.Fatal(err)
	}
	rendered := 0
	for i, context := range contexts {
		for j, call := range calls {
			harmless, err := render(name(i, j), "harmless")
			if err != nil {
				t.Fatalf("%s, {{%s}}: %v", context.name, call, err)
			}
			want := shape(t, harmless, makesHTML(call))
			for _, payload := range payloads {
				got, err := render(name(i, j), payload)
				if err != nil {
					if !strings.HasPrefix(call, "url_for") { // some are no path
						t.Errorf("%s, {{%s}}, %q: %v", context.name, call, payload, err)
					}
					continue
				}
				rendered++
				if shape := shape(t, got, makesHTML(call)); shape != want {
					t.Errorf("%s, {{%s}}, %q: the page\n%s\nhas %s, want %s", context.name, call, payload, got, shape, want)
				}
			}
		}
	}
	t.Logf("%d pages: %d payloads in %d places by %d calls", rendered, len(payloads), len(contexts), len(calls))
	if rendered < 10_000 {
		t.Errorf("%d pages were rendered, too few", rendered)
	}
}

// TestShapeSeesAttacks covers the tests themselves: a value that is called safe does change the page.
func TestShapeSeesAttacks(t *testing.T) {
	for page, call := range map[string]string{`<p>VALUE</p>`: ".x | safe", `<textarea>VALUE</textarea>`: "(safe .x)"} {
		app := dewar.New("escape", dewar.FS(fstest.MapFS{"templates/page.html": {Data: []byte(strings.Replace(page, "VALUE", "{{"+call+"}}", 1))}}))
		seen := map[string]bool{}
		for _, x := range []string{"harmless", `</textarea><img src=x onerror=alert(1)>`} {
			text, err := app.RenderString(t.Context(), "page.html", dewar.Map{"x": x})
			if err != nil {
				t.Fatal(err)
			}
			seen[shape(t, []byte(text), false)] = true
		}
		if page == `<p>VALUE</p>` && len(seen) != 2 {
			t.Errorf("%s: a script that is called safe makes the page %v", page, seen)
		}
		if page != `<p>VALUE</p>` && len(seen) != 1 { // html/template escapes it even so
			t.Errorf("%s: a text that is called safe ends its element: %v", page, seen)
		}
	}
}

// shape returns the elements and attributes of a page, in order, and tells of addresses that run scripts. Without links
// those of our own filters are left out: br, and a with href and rel alone.
func shape(t *testing.T, page []byte, withoutLinks bool) string {
	t.Helper()
	root, err := parser.Parse(bytes.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for n := range root.Descendants() {
		if n.Type == parser.CommentNode {
			b.WriteString("comment ")
		}
		if n.Type != parser.ElementNode {
			continue
		}
		var attributes []string
		for _, a := range n.Attr {
			attributes = append(attributes, a.Key)
			for _, address := range addresses(a.Key, a.Val) {
				if runs(address) {
					t.Errorf("the page\n%s\nhas the address %q", page, address)
				}
			}
		}
		list := strings.Join(attributes, " ")
		if withoutLinks && (n.Data == "br" || n.Data == "a" && (list == "href rel" || list == "href" && strings.HasPrefix(n.Attr[0].Val, "mailto:"))) {
			continue
		}
		fmt.Fprintf(&b, "%s(%s) ", n.Data, list)
	}
	return b.String()
}

// addresses returns those in an attribute.
func addresses(key, value string) []string {
	switch key {
	case "href", "src", "action":
		return []string{value}
	case "content":
		_, address, _ := strings.Cut(value, "url=")
		return []string{address}
	case "srcset":
		var all []string
		for part := range strings.SplitSeq(value, ",") {
			all = append(all, part)
		}
		return all
	}
	return nil
}

var ignored = regexp.MustCompile(`[\x00-\x20]`)

// runs reports whether a browser would run the address, of whose scheme it passes over control characters.
func runs(address string) bool {
	address = strings.ToLower(ignored.ReplaceAllString(address, ""))
	return strings.HasPrefix(address, "javascript:") || strings.HasPrefix(address, "vbscript:") || strings.HasPrefix(address, "data:text")
}
