package filters_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

func TestLipsumMakesParagraphsOfSentences(t *testing.T) {
	t.Parallel()
	d := newDice(11)
	rt := newRuntime(true, value.Default)
	rt.Random = d.IntN
	sentences := regexp.MustCompile(`^[A-Z][a-z]*(?:,? [a-z]+)*\.(?: [A-Z][a-z]*(?:,? [a-z]+)*\.)*$`)
	for range 50 {
		v := global(t, rt, "lipsum", value.Args{Positional: []any{3, false, 20, 100}})
		for _, paragraph := range strings.Split(v.(string), "\n\n") {
			if n := len(strings.Fields(paragraph)); n < 20 || n >= 100 {
				t.Errorf("got %d words, want 20 to 99", n)
			}
			if !sentences.MatchString(paragraph) {
				t.Errorf("no sentences: %q", paragraph)
			}
		}
	}
	m := global(t, rt, "lipsum", value.Args{Positional: []any{2}}).(value.Markup)
	if m.Language != value.HTML || strings.Count(m.Text, "<p>") != 2 || strings.Count(m.Text, "</p>") != 2 {
		t.Errorf("got %v", m)
	}
}
