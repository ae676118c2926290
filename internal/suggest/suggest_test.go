package suggest_test

import (
	"testing"

	"github.com/dewar-go/dewar/internal/suggest"
)

func TestNearest(t *testing.T) {
	t.Parallel()
	known := []string{"index", "blog.show", "blog.create", "static", "SESSION_COOKIE_NAME"}
	for _, tt := range []struct{ name, in, want string }{
		{"a letter missing", "indx", "index"},
		{"two letters swapped", "idnex", "index"},
		{"another case", "session_cookie_name", "SESSION_COOKIE_NAME"},
		{"a letter too much", "blog.shows", "blog.show"},
		{"nothing close", "completely.different", ""},
		{"the name itself is no suggestion", "static", ""},
		{"empty", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := suggest.Nearest(tt.in, known); got != tt.want {
				t.Errorf("Nearest(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

func TestDidYouMean(t *testing.T) {
	t.Parallel()
	if got, want := suggest.DidYouMean("indx", []string{"index"}), `; did you mean "index"?`; got != want {
		t.Errorf("DidYouMean = %q, want %q", got, want)
	}
	if got := suggest.DidYouMean("zzz", []string{"index"}); got != "" {
		t.Errorf("DidYouMean = %q, want nothing", got)
	}
}
