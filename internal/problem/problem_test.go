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
}
