package engine_test

import (
	"runtime"
	"strings"
	"testing"
)

// A small template that asks for large things is refused before they are made. The memory is what one rendering takes with the
// default bounds, whatever is collected meanwhile.
func TestSmallTemplatesMakeNoLargeThings(t *testing.T) {
	const most = 256 << 20
	for _, source := range []string{
		"{% set s='a'*1000000 %}{{ s.join(s)|length }}",
		"{% set l=['A'*1000000]*20000 %}{{ l|sort|length }}",
		"{% set l=['A'*1000000]*20000 %}{{ l|unique|list|length }}",
		"{% set l=['A'*1000000]*20000 %}{{ l|max|length }}",
		"{% set l=['A'*1000000]*20000 %}{{ l|groupby('x')|length }}",
		"{% set l=['A'*1000000]*2000 %}{{ l|join|length }}",
		"{% set l=['A'*1000000]*2000 %}{{ l|map('lower')|list|length }}",
		"{% set l=['A'*1000000]*20000 %}{{ l|map('title')|list|length }}",
		"{% set l=['A'*1000000]*20000 %}{{ l|string|length }}",
		"{% set l=['A'*1000000]*20000 %}{{ l|tojson|length }}",
		"{% set l=['A'*1000000]*20000 %}{{ l|pprint|length }}",
		"{% set s='x'*100000 %}{% for i in range(100000) %}{% set q = s ~ i %}{% endfor %}",
		"{% set s='x'*100000 %}{% for i in range(100000) %}{{ s|upper|length }}{% endfor %}",
		"{% for a in range(1000) %}{% for b in range(1000) %}{% for c in range(1000) %}{% endfor %}{% endfor %}{% endfor %}",
		"{% set s='x'*10000000 %}{% for i in range(10000) %}{{ s == s ~ '' }}{% endfor %}",
		"{{ '{:>1000000000}'.format(1) }}",
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		got, err := page(source).render(t)
		runtime.ReadMemStats(&after)
		if err == nil || !strings.Contains(err.Error(), "page:1: ") {
			t.Errorf("%s: got %.60q and the error %v, want one that names the line", source, got, err)
		}
		if used := after.TotalAlloc - before.TotalAlloc; used > most {
			t.Errorf("%s: took %d MB, want %d at most", source, used>>20, most>>20)
		}
	}
}
