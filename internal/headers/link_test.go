package headers

import (
	"strings"
	"testing"
)

func TestLink(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, target, rel string
		attrs             []string
		want              string
	}{
		{"a preload", "/static/site.css?v=1", "preload", []string{"as", "style"}, "</static/site.css?v=1>; rel=preload; as=style"},
		{"an attribute alone", "/f.woff2", "preload", []string{"as", "font", "crossorigin", ""}, "</f.woff2>; rel=preload; as=font; crossorigin"},
		{"several relations", "/", "start home", nil, `</>; rel="start home"`},
		{"what ends a target", "/a>; rel=evil, </b", "next", nil, "</a%3E;%20rel=evil,%20%3C/b>; rel=next"},
		{"a host that is not ASCII", "https://bücher.example/é", "preconnect", nil, "<https://xn--bcher-kva.example/%C3%A9>; rel=preconnect"},
		{"quotes", "/", "next", []string{"title", `a "b" \c; d`}, `</>; rel=next; title="a \"b\" \\c; d"`},
		{"letters beyond ASCII", "/", "next", []string{"title", "é\xff"}, "</>; rel=next; title*=UTF-8''%C3%A9%EF%BF%BD"},
		{"a line break in the target", "/a\r\nSet-Cookie: a=b", "next", nil, ""},
		{"a line break in a value", "/", "next", []string{"title", "a\nb"}, ""},
		{"a line break in the relation", "/", "next\r\nX: y", nil, ""},
		{"a name that is none", "/", "next", []string{"a b", "c"}, ""},
		{"a name without a value", "/", "next", []string{"as"}, ""},
	} {
		got, fault := Link(tt.target, tt.rel, tt.attrs)
		if got != tt.want || (fault == "") != (tt.want != "") {
			t.Errorf("%s: got %s, %q, want %s", tt.name, got, fault, tt.want)
		}
	}
}

func FuzzLink(f *testing.F) {
	f.Add("/a", "preload", "as", "style")
	f.Add("/a>\"", "a b", "title", "é\"\\")
	f.Fuzz(func(t *testing.T, target, rel, name, value string) {
		line, fault := Link(target, rel, []string{name, value})
		if fault != "" {
			return
		}
		if !IsValue(line) || strings.Count(line, ">") > 1 && !strings.ContainsAny(rel+value, ">") || !strings.HasPrefix(line, "<") {
			t.Errorf("got %q", line)
		}
	})
}
