package escape_test

import (
	"testing"

	"github.com/dewar-go/dewar/contrib/jinja/internal/escape"
	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

// TestPage has pages that are XML, in which the rules of HTML for elements do not hold.
func TestPage(t *testing.T) {
	t.Parallel()
	const link = `<a href="{{}}" onclick="f('{{}}')">{{}}</a>`
	const escaped = `<a href="#blocked" onclick="f('javascript:\u0027\u003c')">javascript:&#39;&lt;</a>`
	for _, tt := range []struct{ name, file, page, value, want string }{
		{"title without content", "a.xhtml", `<title/>` + link, `javascript:'<`, `<title/>` + escaped},
		{"script without content", "a.xhtml", `<script src='a.js'/>` + link, `javascript:'<`, `<script src='a.js'/>` + escaped},
		{"style without content", "a.svg", `<style />` + link, `javascript:'<`, `<style />` + escaped},
		{"textarea without content", "A.XHTML", `<textarea/>` + link, `javascript:'<`, `<textarea/>` + escaped},
		{"iframe with content", "a.xml", `<iframe>` + link + `</iframe>`, `javascript:'<`, `<iframe>` + escaped + `</iframe>`},
		{"title of HTML", "a.html", `<title/>` + link, `javascript:'<`, `<title/><a href="javascript:&#39;&lt;" onclick="f('javascript:&#39;&lt;')">javascript:&#39;&lt;</a>`},
		{"script", "a.xhtml", `<script>f('{{}}', {{}})</script>{{}}`, `'<`, `<script>f('\u0027\u003c', "\u0027\u003c")</script>&#39;&lt;`},
		{"script with references", "a.xhtml", `<script>f(&quot;{{}}&quot;)</script>`, `"&`, `<script>f(&quot;\u0022\u0026&quot;)</script>`},
		{"script with a prefix", "a.svg", `<s:script>f('{{}}')</s:script>{{}}`, `'`, `<s:script>f('\u0027')</s:script>&#39;`},
		{"style with a prefix", "a.svg", `<s:style>a { b: {{}} }</s:style>{{}}`, `}x`, `<s:style>a { b: blocked }</s:style>}x`},
		{"section of a script", "a.xhtml", `<script><![CDATA[ if (a < b) f('{{}}') ]]></script>{{}}`, `]]>'`, `<script><![CDATA[ if (a < b) f('\u005d\u005d\u003e\u0027') ]]></script>]]&gt;&#39;`},
		{"section of text", "a.xml", `<p><![CDATA[<title>{{}}]]></p>` + `<a href="{{}}"/>`, `javascript:x]`, `<p><![CDATA[<title>javascript:x&#93;]]></p><a href="#blocked"/>`},
		{"element of a value", "a.xhtml", `<{{}}>`, `s:script`, `<blocked>`},
		{"element with a prefix of a value", "a.xhtml", `<s:{{}}>`, `script`, `<s:blocked>`},
		{"page in an attribute", "a.xhtml", `<iframe srcdoc="<title>{{}}</title>"/><title/>` + link, `javascript:'<`,
			`<iframe srcdoc="<title>javascript:&amp;#39;&amp;lt;</title>"/><title/>` + escaped},
		{"declaration and doctype", "a.xhtml", `<?xml version="1.0"?><!DOCTYPE html><title>{{}}</title><p>{{}}</p>`, `<`, `<?xml version="1.0"?><!DOCTYPE html><title>&lt;</title><p>&lt;</p>`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b, _, err := writeFrom(escape.Page(tt.file), tt.page, tt.value)
			if err != nil || string(b) != tt.want {
				t.Errorf("got\n%s, %v, want\n%s", b, err, tt.want)
			}
		})
	}
}

// TestPage_Markup has markup in a page that is XML.
func TestPage_Markup(t *testing.T) {
	t.Parallel()
	b, _, err := writeFrom(escape.Page("a.xhtml"), `{{}}<a href="{{}}">`, value.Markup{Text: `<title/>`}, `javascript:x`)
	if want := `<title/><a href="#blocked">`; err != nil || string(b) != want {
		t.Errorf("got %s, %v, want %s", b, err, want)
	}
}
