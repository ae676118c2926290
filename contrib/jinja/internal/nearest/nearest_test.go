package nearest_test

import (
	"strings"
	"testing"

	"github.com/dewar-go/dewar/contrib/jinja/internal/nearest"
)

func TestName(t *testing.T) {
	t.Parallel()
	names := []string{"for", "filter", "upper", "username", "title", "in", "base.html", "layout.html", "partials/footer.html"}
	for _, tt := range []struct{ name, want string }{
		{"fro", "for"},
		{"fliter", "filter"},
		{"Upper", "upper"},
		{"uper", "upper"},
		{"user_name", "username"},
		{"titel", "title"},
		{"form", "for"},
		{"mine", ""},
		{"x", ""},
		{"nope.html", ""},
		{"bse.html", "base.html"},
		{"layuot.html", "layout.html"},
		{"forms.html", ""},
		{"nothing", ""},
		{"", ""},
		{strings.Repeat("username", 20), ""},
	} {
		if got := nearest.Name(tt.name, names); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.name, got, tt.want)
		}
	}
	if got := nearest.Name("for", []string{"for", "fora"}); got != "fora" {
		t.Errorf("got %q for a name that is known, want the nearest other", got)
	}
}

func TestDidYouMean(t *testing.T) {
	t.Parallel()
	if got := nearest.DidYouMean("uper", []string{"upper"}); got != `; did you mean "upper"?` {
		t.Errorf("got %q", got)
	}
	if got := nearest.DidYouMean("x", []string{"upper"}); got != "" {
		t.Errorf("got %q for a name that is near to none", got)
	}
}
