package problem

import (
	"strings"
	"testing"
)

func TestProblem(t *testing.T) {
	p := &Problem{Title: "Bad Request", Status: 400, Detail: "<b>&\nsecond line", Errors: []Field{{"a<b", "is \"wrong\""}}}
	if got, want := p.Text(), "400 <b>&\nsecond line\na<b: is \"wrong\"\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	page := p.HTML()
	for _, want := range []string{"<title>400 Bad Request</title>", "<p>&lt;b&gt;&amp;<br>second line</p>", "<li>a&lt;b: is &#34;wrong&#34;</li>"} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is not in %s", want, page)
		}
	}
	if got, want := (&Problem{Title: "Not Found", Status: 404}).Text(), "404 Not Found\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := (&Problem{Title: "Not Found", Status: 404, Detail: Describe(404)}).Text(), "404 Not Found\n"+Describe(404)+"\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestDescribe(t *testing.T) {
	seen := map[string]int{"": 0}
	for status := 400; status < 600; status++ {
		text := Describe(status)
		if other, ok := seen[text]; ok && text != "" {
			t.Errorf("%d and %d have one description", status, other)
		}
		seen[text] = status
		if text != "" && (!strings.HasSuffix(text, ".") || strings.ContainsAny(text, "<>&\"")) {
			t.Errorf("%d: %q is no sentence that needs no escapes", status, text)
		}
	}
	if len(seen)-1 != 31 || Describe(402) != "" || Describe(200) != "" {
		t.Errorf("%d statuses have a description", len(seen)-1)
	}
}
