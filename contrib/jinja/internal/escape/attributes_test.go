package escape_test

import (
	"testing"

	"github.com/dewar-go/dewar/contrib/jinja/internal/escape"
	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

func TestAttributesWithoutQuotesOfASetBlockStandInATag(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, before, value, behind, want string }{
		{"the template's alone", "id=x", "", "", `<input id=x>`},
		{"the template's with others", " id=x checked class='a b' ", "", "", `<input  id=x checked class='a b'>`},
		{"a plain value", "id=", "x", " checked", `<input id=x checked>`},
		{"a value with a blank", "id=", "a b", " checked", `<input id="a b" checked>`},
		{"a value that is empty", "id=", "", " checked", `<input id="" checked>`},
		{"a value that would be an attribute", "id=x title=", "y onclick=alert(1)", "", `<input id=x title="y onclick=alert(1)">`},
		{"a part of a value", "id=x", "a b", "y", `<input id="xa by">`},
		{"a value with quotes that are escaped", "id=", "a&#34; b", "", `<input id="a&#34; b">`},
		{"a value with quotes that are not", "id=", `a" b`, "", `<input b>`},
		{"a value in quotes beside one without", "id=x title='", "a=b c", "'", `<input id=x title='a=b c'>`},
		{"a value that ends its quotes", "id=x title='", "a' b=c '", "'", `<input title='a'>`},
		{"a value in a name", "data-", "x", "=y", `<input >`},
		{"a URL that may stand", "href=", "/x?a=b", "", `<input href="/x?a=b">`},
		{"a URL that is blocked", "href=", "javascript:alert(1)", "", `<input href="#blocked">`},
		{"a script", "onclick=", "x", " id=y", `<input id=y>`},
		{"no attributes", "<b id=x>", "", "", `<input >`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			text := tt.before + tt.value + tt.behind
			var spans []escape.Span
			if tt.value != "" || tt.behind != "" {
				spans = []escape.Span{{From: len(tt.before), To: len(tt.before) + len(tt.value)}}
			}
			m := value.Markup{Text: text, Language: value.HTML, Tag: escape.Attributes(text, spans)}
			if got := page(t, `<input {{}}>`, m); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

// What stands behind an attribute without quotes goes on with its value, for the browser and so for the escaping.
func TestAValueBehindAnAttributeWithoutQuotesIsAPartOfIt(t *testing.T) {
	t.Parallel()
	m := value.Markup{Text: "href=/x", Language: value.HTML, Tag: escape.Attributes("href=/x a=b", nil)}
	if got, want := page(t, `<a {{}}{{}}>`, m, "y onclick=alert(1)"), `<a href=/x a=by&#32;onclick&#61;alert(1)>`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
