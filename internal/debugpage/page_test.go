package debugpage

import (
	"fmt"
	"html"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

func sample() *Page {
	return &Page{
		Status: 500, Title: "Internal Server Error", Request: "GET /<b>", Error: "it <broke> with s3cret-value", Cure: "mend & go",
		Causes:   []Cause{{"*a.Error", "outer", 0}, {"*b.Error", "inner s3cret-value", 1}},
		Template: &Excerpt{Name: "a.html", Line: 2, Lines: LinesAround("<p>\n</script><script>alert(1)</script>\n</p>", 2, 5, 5)},
		Stack:    []Frame{{Function: "main.f", File: "/home/me/shop/main.go", Line: 3, Own: true, Lines: LinesAround("a\nb\n\tc(\"s3cret-value\")\nd", 3, 1, 1)}, {Function: "net/http.g", File: "server.go", Line: 1}},
		Rules:    []Rule{{"GET", "/x", "main.go:1", `"<b>" is not "x"`}},
		Sections: []Section{{Name: "Form", Rows: []Row{{Name: "note", Value: "text of 6 characters"}}}, {Name: "Route", Rows: []Row{{Name: "rule", Value: "/x", Plain: true}}}},
	}
}

func TestHTMLEscapesEverything(t *testing.T) {
	t.Parallel()
	text, err := sample().HTML()
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"<broke>", "<script>alert", "GET /<b>", "ZgotmplZ"} {
		if strings.Contains(text, bad) {
			t.Errorf("%q is in the page", bad)
		}
	}
	for _, part := range []struct{ tag, text string }{{"style", pageCSS}, {"script", pageJS}} {
		found := regexp.MustCompile(`(?s)<`+part.tag+`>(.*?)</`+part.tag+`>`).FindAllStringSubmatch(text, -1)
		if len(found) != 1 || found[0][1] != part.text || !strings.Contains(Policy(), hash(found[0][1])) {
			t.Errorf("the policy does not allow the <%s> of the page", part.tag)
		}
	}
	if n := strings.Count(text, "<h1"); n != 1 || strings.Contains(text, "style=") || regexp.MustCompile(`\son[a-z]+=`).MatchString(text) {
		t.Errorf("%d h1, or an attribute that the policy forbids", n)
	}
}

func TestScrubHidesSecretsEverywhere(t *testing.T) {
	t.Parallel()
	p := sample()
	p.Scrub([]string{"s3cret-value", "mend", ""}) // a short text is no secret
	text, err := p.HTML()
	if err != nil {
		t.Fatal(err)
	}
	if all := text + p.Text() + p.Markdown(); strings.Contains(all, "s3cret-value") || !strings.Contains(all, "[redacted]") || !strings.Contains(p.Cure, "mend") {
		t.Errorf("got %s", all)
	}
}

func TestMarkdownHasPlaceholders(t *testing.T) {
	t.Parallel()
	got := sample().Markdown()
	for _, want := range []string{"# 500 Internal Server Error", "- `note`: <value>", "- `rule`: /x", "shop/main.go:3", "  - `*b.Error`: inner", "- `GET /x`: "} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in %s", want, got)
		}
	}
	for _, bad := range []string{"text of 6", "/home/me"} {
		if strings.Contains(got, bad) {
			t.Errorf("%q is in %s", bad, got)
		}
	}
}

func TestFunctionExcerptEndsWithTheFunction(t *testing.T) {
	t.Parallel()
	e := FunctionExcerpt("indexes", "stack_test.go", 22) // which is one line
	if e == nil || len(e.Lines) != 1 || !strings.HasPrefix(e.Lines[0].Text, "func indexes") {
		t.Fatalf("got %+v", e)
	}
	if e := FunctionExcerpt("sample", "page_test.go", 12); e == nil || e.Lines[len(e.Lines)-1].Text != "}" {
		t.Errorf("got %+v", e)
	}
	if e := FunctionExcerpt("x", "page.html", 1); e != nil {
		t.Errorf("a file that is no Go source: got %+v", e)
	}
}

func TestSecretsAreHiddenHoweverTheyAreWritten(t *testing.T) {
	t.Parallel()
	const secret = "pa\"ss\\wd <1> & ü"
	for _, format := range []string{"%s", "%q", "%+q", "%#v"} {
		p := &Page{Error: fmt.Sprintf("the key "+format+" is bad", secret)}
		p.Scrub([]string{secret})
		if strings.Contains(p.Error, "wd") {
			t.Errorf("%s: %s", format, p.Error)
		}
	}
	for _, text := range []string{url.QueryEscape(secret), url.PathEscape(secret), html.EscapeString(secret), `"pa\"ss\\wd \u003c1\u003e \u0026 ü"`} {
		p := &Page{Error: text}
		p.Scrub([]string{secret})
		if strings.Contains(p.Error, "wd") {
			t.Errorf("%s", p.Error)
		}
	}
}
