package escape_test

import (
	"strings"
	"testing"

	"github.com/dewar-go/dewar/contrib/jinja/internal/escape"
	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

// page writes a skeleton in which each {{}} is an output. Values are taken in turn, the last again and again.
func page(t testing.TB, skeleton string, values ...any) string {
	t.Helper()
	b, _, err := write(skeleton, values...)
	if err != nil {
		t.Fatalf("%s: %v", skeleton, err)
	}
	return string(b)
}

func write(skeleton string, values ...any) ([]byte, escape.State, error) {
	return writeFrom(escape.State{}, skeleton, values...)
}

func writeFrom(s escape.State, skeleton string, values ...any) (b []byte, _ escape.State, err error) {
	for i, text := range strings.Split(skeleton, "{{}}") {
		if i > 0 {
			v := values[min(i, len(values))-1]
			switch v := v.(type) {
			case string:
				b, s, err = s.Append(b, v)
			case value.Markup:
				b, s, err = s.AppendMarkup(b, v)
			}
			if err != nil {
				return b, s, err
			}
		}
		b, s = s.Reopen(b, text)
		if s, err = s.Text(text); err != nil {
			return b, s, err
		}
		b = append(b, text...)
	}
	return b, s, nil
}

// TestAppend_Named has values whose attribute's name is a value.
func TestAppend_Named(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, value, want string }{
		{"class", `a "b"`, `<a class="a &#34;b&#34;">`},
		{"target", `_blank`, `<a target="_blank">`},
		{"rel", `noopener`, `<a rel="noopener">`},
		{"href", `/x?a=b&c`, `<a href="/x?a=b&amp;c">`},
		{"href", `javascript:x`, `<a href="#blocked">`},
		{"hx-get", `javascript:x`, `<a hx-get="#blocked">`},
		{"style", `color: red`, `<a style="color: red">`},
		{"style", `x: expression(y)`, `<a style="blocked">`},
		{"onclick", `alert(1)`, `<a blocked="alert(1)">`},
		{"hx-on--click", `alert(1)`, `<a blocked="alert(1)">`},
		{"x-on:click", `alert(1)`, `<a blocked="alert(1)">`},
		{"http-equiv", `refresh`, `<a blocked="refresh">`},
		{"a onclick", `x`, `<a blocked="x">`},
		{"a=b", `x`, `<a blocked="x">`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := page(t, `<a {{}}="{{}}">`, tt.name, tt.value); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

// TestAppend_SideBySide has two values with nothing between them.
func TestAppend_SideBySide(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, page, first, second, want string }{
		{"behind nothing", `<input value={{}}{{}} name=x>`, ``, `a b`, `<input value=a&#32;b name=x>`},
		{"behind something", `<input value={{}}{{}} name=x>`, `a`, `onclick`, `<input value=aonclick name=x>`},
		{"apart", `<input value={{}} {{}}>`, ``, `checked`, `<input value="" checked>`},
		{"in a URL", `<a href={{}}{{}}>`, ``, `javascript:x`, `<a href=#blocked>`},
		{"in a page in an attribute", `<iframe srcdoc="<p title={{}}{{}}>">`, ``, `onclick`, `<iframe srcdoc="<p title=&#34;&#34;>">`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := page(t, tt.page, tt.first, tt.second); got != tt.want {
				t.Errorf("got\n%q, want\n%q", got, tt.want)
			}
		})
	}
}

func TestAppend(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, page, value, want string }{
		{"text", `<p>{{}}</p>`, `<b>"x" & 'y'`, `<p>&lt;b&gt;&#34;x&#34; &amp; &#39;y&#39;</p>`},
		{"quoted attribute", `<p title="{{}}">`, `"><script>`, `<p title="&#34;&gt;&lt;script&gt;">`},
		{"unquoted attribute", `<p title={{}}>`, `a b=c>`, `<p title=a&#32;b&#61;c&gt;>`},
		{"empty unquoted attribute", `<input value={{}} name=x>`, ``, `<input value="" name=x>`},
		{"harmless URL", `<a href="{{}}">`, `https://x.org/?a=1&b=ü c`, `<a href="https://x.org/?a=1&amp;b=ü c">`},
		{"path", `<a href="{{}}">`, `/a/b?x=y#z`, `<a href="/a/b?x=y#z">`},
		{"javascript: URL", `<a href="{{}}">`, `JaVa	Script:alert(1)`, `<a href="#blocked">`},
		{"javascript: behind a prefix", `<a href="java{{}}">`, `script:alert(1)`, `<a href="java#blocked">`},
		{"data: URL", `<iframe src="{{}}">`, `data:text/html,<script>`, `<iframe src="#blocked">`},
		{"picture in a data: URL", `<img src="{{}}">`, `data:image/png;base64,iVBOR/+=`, `<img src="data:image/png;base64,iVBOR/+=">`},
		{"picture that is loaded later", `<img data-src="{{}}">`, `data:image/png;base64,iVBOR/+=`, `<img data-src="data:image/png;base64,iVBOR/+=">`},
		{"script that is loaded later", `<img data-src="{{}}">`, `data:image/svg+xml;base64,iVBOR`, `<img data-src="#blocked">`},
		{"path called data", `<a href="{{}}">`, `data`, `<a href="./data">`},
		{"argument", `<a href="/?q={{}}">`, `a b&c=d`, `<a href="/?q=a%20b%26c=d">`},
		{"encoded argument", `<a href="/?q={{}}">`, `a%20b%26c`, `<a href="/?q=a%20b%26c">`},
		{"path in an argument", `<a href="/?next={{}}">`, `/a/b`, `<a href="/?next=/a/b">`},
		{"JavaScript value", `<script>var x = {{}};</script>`, `a"</script>é`, `<script>var x = "a\"\u003c/script\u003e\u00e9";</script>`},
		{"number", `<script>var x = {{}};</script>`, `-5.5`, `<script>var x = -5.5;</script>`},
		{"JavaScript string", `<script>var x = "{{}}";</script>`, `a"b\</script>`, `<script>var x = "a\u0022b\u005c\u003c/script\u003e";</script>`},
		{"template literal", "<script>f(`${a + `{{}}`} {{}}`)</script>", "`${x}", "<script>f(`${a + `\\u0060\\u0024\\u007bx}`} \\u0060\\u0024\\u007bx}`)</script>"},
		{"regular expression", `<script>x = /{{}}/.test(y)</script>`, `a.*/`, `<script>x = /a\u002e\u002a\u002f/.test(y)</script>`},
		{"empty regular expression", `<script>x = /{{}}/.test(y)</script>`, ``, `<script>x = /(?:)/.test(y)</script>`},
		{"division", `<script>x = 6/{{}}/2</script>`, `a`, `<script>x = 6/"a"/2</script>`},
		{"division behind brackets", `<script>x = (1)/{{}}/2</script>`, `a`, `<script>x = (1)/"a"/2</script>`},
		{"regular expression behind a condition", `<script>if (x) /{{}}/.test(y)</script>`, `a`, `<script>if (x) /a/.test(y)</script>`},
		{"comment of a script", `<script>// {{}}
x = {{}}</script>`, `a
b`, `<script>// 
x = "a\nb"</script>`},
		{"name", `<script>chart_{{}}()</script>`, `sales2`, `<script>chart_sales2()</script>`},
		{"event handler", `<a onclick="f('{{}}', {{}})">`, `it's`, `<a onclick="f('it\u0027s', &#34;it\u0027s&#34;)">`},
		{"event handler with references", `<a onclick="f(&quot;{{}}&quot;)">`, `");x`, `<a onclick="f(&quot;\u0022);x&quot;)">`},
		{"javascript: of the template", `<a href="javascript:f('{{}}')">`, `%27'`, `<a href="javascript:f('\u002527\u0027')">`},
		{"style", `<p style="color: {{}}">`, `red`, `<p style="color: red">`},
		{"colour", `<p style="color: {{}}">`, `rgb(1, 2, 3)`, `<p style="color: rgb(1, 2, 3)">`},
		{"declarations", `<p style="{{}}">`, `color: red; top: 1px`, `<p style="color: red; top: 1px">`},
		{"declarations in a value", `<p style="color: {{}}">`, `red; top: 1px`, `<p style="color: blocked">`},
		{"expression()", `<p style="width: {{}}">`, `expression(alert(1))`, `<p style="width: blocked">`},
		{"url() in CSS", `<p style="background: url({{}})">`, `a.png?x=(1)`, `<p style="background: url(a.png?x=%281%29)">`},
		{"javascript: in CSS", `<p style="background: url('{{}}')">`, `javascript:x`, `<p style="background: url('#blocked')">`},
		{"string in CSS", `<style>a { content: "{{}}" }</style>`, `"</style>`, `<style>a { content: "\22 \3c /style\3e " }</style>`},
		{"name of an attribute", `<input {{}}>`, `checked`, `<input checked>`},
		{"names of attributes", `<input{{}}>`, ` checked disabled`, `<input checked disabled>`},
		{"event handler as a name", `<input {{}}>`, `onclick`, `<input blocked>`},
		{"name of what decides about others", `<iframe {{}}>`, `sandbox`, `<iframe blocked>`},
		{"name of where a script comes from", `<script {{}}="x">`, `src`, `<script blocked="x">`},
		{"data- name", `<p data-{{}}="1">`, `user-id`, `<p data-user-id="1">`},
		{"heading", `<h{{}}>`, `2`, `<h2>`},
		{"script as a name", `<{{}}>`, `script`, `<blocked>`},
		{"comment", `<!-- {{}} -->`, `2024-01-02 --><b>`, `<!-- 2024-01-02 &#45;&#45;&gt;&lt;b&gt; -->`},
		{"title", `<title>{{}}</title>`, `</title><b>`, `<title>&lt;/title&gt;&lt;b&gt;</title>`},
		{"textarea cut in its end", `<textarea></texta{{}}`, `rea >`, `<textarea></texta&#114;ea &gt;`},
		{"script of a template", `<script type="text/template"><a href="{{}}"></script>{{}}`, `javascript:'<`, `<script type="text/template"><a href="#blocked"></script>javascript:&#39;&lt;`},
		{"JSON", `<script type="application/ld+json">{"a": {{}}}</script>`, `x`, `<script type="application/ld+json">{"a": "x"}</script>`},
		{"srcdoc", `<iframe srcdoc="<p>{{}}</p>"></iframe>{{}}`, `<b>`, `<iframe srcdoc="<p>&amp;lt;b&amp;gt;</p>"></iframe>&lt;b&gt;`},
		{"attribute in srcdoc", `<iframe srcdoc="<a href='{{}}'>"></iframe>`, `javascript:x`, `<iframe srcdoc="<a href='#blocked'>"></iframe>`},
		{"bound attribute", `<p :title="'{{}}'" x-on:click="f('{{}}')">`, `'`, `<p :title="'\u0027'" x-on:click="f('\u0027')">`},
		{"empty values side by side", `<input value={{}}{{}} name=x>`, ``, `<input value="" name=x>`},
		{"declaration", `<!{{}} x><p>{{}}</p>`, `--`, `<!&#45;- x><p>--</p>`},
		{"rest of a comment's beginning", `<!-{{}} x><p>{{}}</p>`, `-`, `<!-&#45; x><p>-</p>`},
		{"doctype of a value", `<!{{}}><p>`, `DOCTYPE html`, `<!DOCTYPE html><p>`},
		{"section in svg", `<svg><![{{}} x><p>{{}}`, `CDATA[`, `<svg><![&#67;DATA[ x><p>CDATA[`},
		{"name in two parts", `<script>chart_{{}}{{}}()</script>`, `a-b`, `<script>chart_blockedblocked()</script>`},
		{"srcset", `<img srcset="{{}} 1x, {{}} 2x">`, `a.png`, `<img srcset="a.png 1x, a.png 2x">`},
		{"meta refresh", `<meta http-equiv="refresh" content="0; url={{}}">`, `javascript:x`, `<meta http-equiv="refresh" content="0; url=#blocked">`},
		{"meta refresh of a value", `<meta http-equiv="refresh" content="{{}}">`, `0;url='javascript:x'`, `<meta http-equiv="refresh" content="#blocked">`},
		{"description", `<meta name="description" content="{{}}">`, `Note: a & b`, `<meta name="description" content="Note: a &amp; b">`},
		{"style in svg", `<svg><style>a{b:{{}}}</style><title>{{}}</title></svg><title>{{}}</title>`, `x`, `<svg><style>a{b:x}</style><title>x</title></svg><title>x</title>`},
		{"url() in svg", `<svg><style>a{b:url({{}})}</style>`, `a?b&#41;c`, `<svg><style>a{b:url(a?b&amp;#41;c)}</style>`},
		{"script in svg", `<svg><script>f(&quot;{{}}&quot;)</script></svg>`, `"+x`, `<svg><script>f(&quot;\u0022+x&quot;)</script></svg>`},
		{"CDATA in svg", `<svg><script><![CDATA[ if (a < b) f({{}}) ]]></script>{{}}</svg>`, `]]><`, `<svg><script><![CDATA[ if (a < b) f("]]\u003e\u003c") ]]></script>]]&gt;&lt;</svg>`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := page(t, tt.page, tt.value); got != tt.want {
				t.Errorf("got\n%q, want\n%q", got, tt.want)
			}
		})
	}
}
