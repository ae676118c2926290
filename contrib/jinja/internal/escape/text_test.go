package escape_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/contrib/jinja/internal/escape"
	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

// samples are pages in which much happens, for what must hold wherever a text is cut.
var samples = []string{
	`<!DOCTYPE html><html><head><title>a &amp; b</title><style>p{color:red;background:url("a.png")}</style></head><body class=x id='y' data-a="1" hidden>`,
	`<a href="https://x.org/a?b=c&amp;d=e#f" onclick="f(&quot;x&quot;, 'y', /z/)">x</a><!-- a - b -- c --!><br/>`,
	`<script>var a = "b\"c", d = 'e', f = ` + "`g${h + `i`}j`" + `; if (a) /["']/.test(b); k = l / m / n; // o
/* p */ return /[/"]/</script><p>`,
	`<svg viewBox="0 0 1 1"><title>t</title><style>a{b:c}</style><script><![CDATA[ f("<") ]]></script><foreignObject><title>x</title></foreignObject></svg><p>`,
	`<iframe srcdoc="<p title='a'>b</p><script>c = 'd'</script>"></iframe><textarea></texta</textarea><xmp><b></xmp>`,
	`<script type="text/template"><a href="{{x}}" style='top:1px'></a></script><script type=module>a</script>`,
	`<script><!-- <script> </script> --> </script><meta content="5; url=a"><img srcset="a 1x, b 2x" src=c><p style="color:red;top:calc(1px)">`,
	`<a href="java&#115;cript:f(%22a%22)">x</a><p title="a&b&amp" @click="f('x')" :y="z" xlink:href="q">`,
}

// TestText_CutAnywhere cuts pages at every byte: the State behind is the same.
func TestText_CutAnywhere(t *testing.T) {
	t.Parallel()
	for _, text := range samples {
		whole, err := escape.State{}.Text(text)
		if err != nil {
			t.Fatal(err)
		}
		for i := range text {
			s, err := escape.State{}.Text(text[:i])
			if err == nil {
				s, err = s.Text(text[i:])
			}
			if errors.Is(err, escape.ErrReference) {
				continue
			}
			if s != whole || err != nil {
				t.Errorf("%q + %q: got %+v %v, want %+v", text[:i], text[i:], s, err, whole)
			}
		}
	}
}

// TestString says what every place is.
func TestString(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ page, want, differs string }{
		{`<p>`, "text", ""},
		{`<p title="`, "a quoted attribute", ""},
		{`<p title=`, "an unquoted attribute", "escapes what would end an unquoted attribute"},
		{`<a href='`, "a URL in a quoted attribute", "blocks javascript: URLs"},
		{`<a href='/a/`, "the path of a URL in a quoted attribute", ""},
		{`<a href='/a?b=`, "an argument in the query of a URL in a quoted attribute", "percent-encodes an argument of a URL's query"},
		{`<script>x = `, "a value in a script", "writes a JavaScript value"},
		{`<script>x = '`, "a string in a script", "writes the content of a JavaScript string"},
		{"<script>x = `", "a template literal in a script", "writes the content of a JavaScript template literal"},
		{`<script>x = /`, "a regular expression in a script", "writes what a JavaScript regular expression matches"},
		{`<script>// `, "a comment in a script", "writes nothing in a comment"},
		{`<p onclick="f('`, "a string in a quoted attribute that is an event handler", "writes the content of a JavaScript string"},
		{`<p style="color:`, "a value in a quoted attribute that is a style", "takes only plain CSS values"},
		{`<style>p{background:url(`, "a URL in a style", "writes a URL in CSS, and blocks javascript: URLs"},
		{`<p `, "the name of an attribute", "takes only harmless names of attributes"},
		{`<`, "the name of an element", "takes only harmless names of elements"},
		{`<title>`, "the text of title", ""},
		{`<!-- `, "a comment", "escapes what would end the comment"},
		{`<!DOCTYPE `, "a doctype or declaration", ""},
		{`<iframe srcdoc="<p>`, "text in srcdoc", "escapes twice, for a page in an attribute"},
		{`<script type="text/x-template"><p>`, "text in a script that is a template", ""},
	} {
		s, err := escape.State{}.Text(tt.page)
		if got := s.String(); got != tt.want || err != nil {
			t.Errorf("%s: got %q %v, want %q", tt.page, got, err, tt.want)
		}
		if got := s.Differs(); got != tt.differs {
			t.Errorf("%s differs: got %q, want %q", tt.page, got, tt.differs)
		}
	}
}

// TestText_Fails tells what no State is right for.
func TestText_Fails(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, page, value string
		want              error
	}{
		{"scheme of a value", `<a href="{{}}t:alert(1)">`, `javascrip`, escape.ErrScheme},
		{"reference cut by an output", `<a href="&col{{}}on;">`, ``, escape.ErrReference},
		{"a page in a page in an attribute", `<iframe srcdoc="<script type='text/html'>{{}}`, ``, escape.ErrPages},
		{"literals too deep", "<script>" + strings.Repeat("`${(", 20), ``, escape.ErrNesting},
	} {
		if _, _, err := write(tt.page, tt.value); !errors.Is(err, tt.want) {
			t.Errorf("%s: got %v, want %v", tt.name, err, tt.want)
		}
	}
}

// TestAppendMarkup writes text that was made for one language where another is spoken.
func TestAppendMarkup(t *testing.T) {
	t.Parallel()
	html := func(s string) value.Markup { return value.Markup{Text: s, Language: value.HTML} }
	mixed := func(s string) value.Markup { return value.Markup{Text: s, Language: value.Mixed} }
	js := func(s string) value.Markup { return value.Markup{Text: s, Language: value.JavaScript} }
	attrs := func(s string) value.Markup { return value.Markup{Text: s, Language: value.Attributes} }
	app := func(s string) value.Markup { return value.Markup{Text: s, Language: value.Application} }
	for _, tt := range []struct {
		name, page string
		markup     value.Markup
		want       string
	}{
		{"HTML in text", `<p>{{}}`, html(`<b>a &amp; b</b>`), `<p><b>a &amp; b</b>`},
		{"HTML in an attribute", `<p title="{{}}">`, html(`<b title="x">a &amp; b</b>`), `<p title="&lt;b title=&#34;x&#34;&gt;a &amp; b&lt;/b&gt;">`},
		{"HTML in an unquoted attribute", `<p title={{}}>`, html(`a &amp;b`), `<p title=a&#32;&amp;b>`},
		{"HTML in a URL", `<a href="{{}}">`, html(`/a?b=c&amp;d=e`), `<a href="/a?b=c&amp;d=e">`},
		{"HTML in a URL that runs", `<a href="{{}}">`, html(`java&#115;cript&colon;x`), `<a href="#blocked">`},
		{"HTML in a title", `<title>{{}}</title>`, html(`a <b>b</b> &amp; c</title>`), `<title>a b &amp; c</title>`},
		{"HTML in a script", `<script>x = "{{}}"</script>`, html(`<b>"</b>`), `<script>x = "\u003cb\u003e\u0022\u003c/b\u003e"</script>`},
		{"HTML as a value in a script", `<script>x = {{}}</script>`, html(`<b>`), `<script>x = "\u003cb\u003e"</script>`},
		{"HTML in an event handler", `<p onclick="f('{{}}')">`, html(`a&#39;b`), `<p onclick="f('a\u0026#39;b')">`},
		{"HTML as attributes", `<p {{}}>`, html(`class="a" onclick="x()" hidden href="javascript:x" title='&lt;'`), `<p class="a" hidden href="#blocked" title='&lt;'>`},
		{"HTML in a comment", `<!-- {{}} -->`, html(`<b>a</b>-->`), `<!-- a&#45;&#45;&gt; -->`},
		{"HTML as attributes with a style", `<p {{}}>`, html(`style="color: red" target="_blank" async`), `<p style="color: red" target="_blank">`},
		{"HTML as attributes with a style that loads", `<p {{}}>`, html(`style="background: url(x)" style="a" id="b"`), `<p style="a" id="b">`},
		{"HTML as the name style", `<p {{}}>`, html(`style`), `<p >`},
		{"HTML as the type of a script", `<script {{}}>x = {{}}</script>`, html(`id="a" type="text/html"`), `<script id="a">x = "id=\"a\" type=\"text/html\""</script>`},
		{"attributes with the type of a script", `<script{{}}>x = {{}}</script>`, attrs(` type="text/html"`), `<script type="text/html">x = " type=\"text/html\""</script>`},
		{"attributes in a tag", `<p{{}}>`, attrs(` class="a" data-x="&#34;"`), `<p class="a" data-x="&#34;">`},
		{"attributes with a URL", `<a{{}} title="{{}}">`, attrs(` href="javascript:x"`), `<a href="#blocked" title=" href=&#34;javascript:x&#34;">`},
		{"attributes with an event handler", `<a{{}}>`, attrs(` onclick="f()"`), `<a onclick="&#34;f()&#34;">`},
		{"attributes with an expression", `<a{{}}>`, attrs(` x-on:click="f()" :href="x"`), `<a x-on:click="&#34;f()&#34;" :href="x">`},
		{"attributes with a style", `<a{{}}>`, attrs(` style="color: red" id="x"`), `<a style="color: red" id="x">`},
		{"attributes with a style that runs", `<a{{}}>`, attrs(` style="x: expression(&#39;y&#39;)" id="x"`), `<a style="blocked" id="x">`},
		{"attributes with a page", `<iframe{{}}>{{}}`, attrs(` srcdoc="&lt;script&gt;"`), `<iframe srcdoc="&amp;lt;script&amp;gt;"> srcdoc=&#34;&lt;script&gt;&#34;`},
		{"mixed with a harmless URL", `<p>{{}}`, mixed(`<a href="/a?b&amp;c=d" title='x'>a &amp; b</a>`), `<p><a href="/a?b&amp;c=d" title='x'>a &amp; b</a>`},
		{"mixed with a URL that runs", `<p>{{}}{{}}`, mixed(`<b>x</b><a title="x" href='java&#115;cript:x' id="y">z</a>`), `<p><b>x</b><a title="x" href='#blocked' id="y">z</a><b>x</b><a title="x" href='#blocked' id="y">z</a>`},
		{"mixed with a URL without quotes", `{{}}`, mixed(`<a href=javascript:x>y</a>`), `<a href=#blocked>y</a>`},
		{"mixed with a picture", `{{}}`, mixed(`<img src="data:image/png;base64,AA"><iframe src="data:text/html,x">`), `<img src="data:image/png;base64,AA"><iframe src="#blocked">`},
		{"mixed with nothing to do", `{{}}`, mixed(`<a href="javascript:void(0)" onclick="f()">y</a>`), `<a href="javascript:void(0)" onclick="f()">y</a>`},
		{"mixed with a URL that goes on", `{{}}cript:x">`, mixed(`<a href="/a`), `<a href="/acript:x">`},
		{"mixed with a URL that runs and goes on", `{{}}">`, mixed(`<a href="javascript:x`), `<a href="#blocked">`},
		{"mixed in a page in an attribute", `<iframe srcdoc="{{}}">`, mixed(`<a href="javascript:x">`), `<iframe srcdoc="&lt;a href=&#34;#blocked&#34;&gt;">`},
		{"mixed in a script that is a template", `<script type="text/template">{{}}</script>`, mixed(`<a href="javascript:x">`), `<script type="text/template"><a href="#blocked"></script>`},
		{"mixed in a refresh", `{{}}`, mixed(`<meta http-equiv="refresh" content="0; url=javascript:x">`), `<meta http-equiv="refresh" content="#blocked">`},
		{"mixed in a URL", `<a href="{{}}">`, mixed(`java&#115;cript:x`), `<a href="#blocked">`},
		{"mixed in an attribute", `<p title="{{}}">`, mixed(`<b>a &amp; b`), `<p title="&lt;b&gt;a &amp; b">`},
		{"attributes in text", `<p>{{}}`, attrs(` class="a"`), `<p> class=&#34;a&#34;`},
		{"JSON in a script", `<script>x = {{}}</script>`, js(`{"a": [1, "\u003c"]}`), `<script>x = {"a": [1, "\u003c"]}</script>`},
		{"NaN in a script", `<script>x = {{}}</script>`, js(`[NaN, -Infinity]`), `<script>x = [NaN, -Infinity]</script>`},
		{"part of JSON in a script", `<script>x = {{}}</script>`, js(`a"}; alert(1)`), `<script>x = "a\"}; alert(1)"</script>`},
		{"JSON in text", `<p>{{}}`, js(`{"a": "\u003c"}`), `<p>{"a": "\u003c"}`},
		{"JSON in a quoted attribute", `<p data-x="{{}}">`, js(`{"a": 1}`), `<p data-x="{&#34;a&#34;: 1}">`},
		{"JSON in a single-quoted attribute", `<p data-x='{{}}'>`, js(`{"a": 1}`), `<p data-x='{"a": 1}'>`},
		{"JSON in an event handler", `<p onclick="f({{}})">`, js(`{"a": 1}`), `<p onclick="f({&#34;a&#34;: 1})">`},
		{"JSON in a single-quoted event handler", `<p onclick='f({{}})'>`, js(`{"a": 1}`), `<p onclick='f({"a": 1})'>`},
		{"JSON in a string", `<script>x = JSON.parse('{{}}')</script>`, js(`{"a": "\n"}`), `<script>x = JSON.parse('{\u0022a\u0022: \u0022\u005cn\u0022}')</script>`},
		{"the application's in a script", `<script>{{}}</script>{{}}`, app(`f('&')`), `<script>f('&')</script>f('&')`},
		{"the application's in a URL", `<a href="{{}}">`, app(`javascript:f()`), `<a href="javascript:f()">`},
		{"the application's opens a tag", `{{}}"><p>{{}}`, app(`<p title="`), `<p title=""><p><p title="`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := page(t, tt.page, tt.markup); got != tt.want {
				t.Errorf("got\n%s, want\n%s", got, tt.want)
			}
		})
	}
}

// TestScript tells where a JavaScript value is wanted.
func TestScript(t *testing.T) {
	t.Parallel()
	for page, want := range map[string]bool{
		`<p>`: false, `<script>x = `: true, `<script>x = "`: false, `<p onclick="f(`: true, `<p title="`: false, `<script>// `: false,
		`<script>x = 4 /`: true, `<script>x = /`: false, `<p onclick=`: true, `<script type="text/template">`: false, `<script type="application/json">`: true,
		`<a href="javascript:f(`: true, `<iframe srcdoc="<script>x=`: true, `<style>`: false,
	} {
		s, err := escape.State{}.Text(page)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Script(); got != want {
			t.Errorf("%s: got %v", page, got)
		}
	}
}

// TestAppendLiteral writes text that stands in the template.
func TestAppendLiteral(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ page, text, want string }{
		{`<p>`, `a & b`, `a &amp; b`},
		{`<p `, `class=new`, `class=new`},
		{`<script>x = `, `true && y`, `true &amp;&amp; y`},
		{`<a href="`, `javascript:f()`, `javascript:f()`},
	} {
		s, err := escape.State{}.Text(tt.page)
		if err != nil {
			t.Fatal(err)
		}
		b, after, err := s.AppendLiteral(nil, tt.text)
		want, _ := s.Text(tt.want)
		if string(b) != tt.want || err != nil || after != want {
			t.Errorf("%s: got %q %v, want %q", tt.page, b, err, tt.want)
		}
	}
}

// bigPage is 10 kB of a page as people write them.
func bigPage() string {
	var b strings.Builder
	b.WriteString(samples[0])
	for i := 0; b.Len() < 10_000; i++ {
		fmt.Fprintf(&b, "<tr class=\"row\">\n  <td><a class=\"link\" href=\"/orders/%d?tab=items&amp;page=2\" title=\"Order %d\">Order %d of the shop</a></td>\n  <td style=\"text-align: right\">%d.00</td>\n</tr>\n", i, i, i, i)
	}
	return b.String()
}

func BenchmarkText(b *testing.B) {
	text := bigPage()
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := (escape.State{}).Text(text); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkText_Script(b *testing.B) {
	text := "<script>" + strings.Repeat("function f(x) { if (x > 1) { return 'a' + x / 2; } } // comment\n", 160)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := (escape.State{}).Text(text); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAppend(b *testing.B) {
	for _, bm := range []struct{ name, page string }{
		{"text", `<p>`}, {"attribute", `<p title="`}, {"URL", `<a href="`}, {"script", `<script>x = `}, {"string", `<script>x = "`}, {"style", `<p style="color: `},
	} {
		b.Run(bm.name, func(b *testing.B) {
			s, err := escape.State{}.Text(bm.page)
			if err != nil {
				b.Fatal(err)
			}
			buf := make([]byte, 0, 1024)
			b.ReportAllocs()
			for b.Loop() {
				buf, _, _ = s.Append(buf[:0], "rather a short text")
			}
		})
	}
}

// TestText_AllocatesNothing reads a page without making anything.
func TestText_AllocatesNothing(t *testing.T) {
	text := bigPage()
	if n := testing.AllocsPerRun(10, func() { _, _ = escape.State{}.Text(text) }); n > 0 {
		t.Errorf("got %v allocations for 10 kB", n)
	}
}
