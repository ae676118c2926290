package engine_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/contrib/jinja/internal/engine"
)

func TestRenderStringOfManySources(t *testing.T) {
	t.Parallel()
	e := engine.New(engine.Options{Autoescape: func(name string) bool { return name == "" }})
	for round := range 3 {
		for i := range 200 {
			var page, mail strings.Builder
			source, data := fmt.Sprintf("%d {{ x }}", i), map[string]any{"x": fmt.Sprint("<", round)}
			if err := e.RenderString(engine.Request{Data: data}, source, &page); err != nil {
				t.Fatal(err)
			}
			if err := e.RenderString(engine.Request{Name: "mail.txt", Data: data}, source, &mail); err != nil {
				t.Fatal(err)
			}
			if want := fmt.Sprintf("%d &lt;%d|%d <%d", i, round, i, round); page.String()+"|"+mail.String() != want {
				t.Fatalf("got %s|%s, want %s", &page, &mail, want)
			}
		}
	}
}

func TestRenderStringCompilesASourceOnce(t *testing.T) {
	source := strings.Repeat("{% if 0 %}{{ x.y|upper }}{% endif %}", 50)
	e := engine.New(engine.Options{})
	render := func() {
		if err := e.RenderString(engine.Request{}, source, &strings.Builder{}); err != nil {
			t.Error(err)
		}
	}
	if n := testing.AllocsPerRun(100, render); n > 20 {
		t.Errorf("a source that comes again takes %.0f allocations, as if it were compiled", n)
	}
}
