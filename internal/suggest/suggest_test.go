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

func TestWithin(t *testing.T) {
	t.Parallel()
	known := []string{"SERVER_NAME", "SECRET_KEY"}
	for _, tt := range []struct {
		name  string
		limit int
		in    string
		want  string
	}{
		{"one letter of one", 1, "SERVERNAME", "SERVER_NAME"},
		{"two letters of one", 1, "SENDER_NAME", ""},
		{"two letters of two", 2, "SENDER_NAME", "SERVER_NAME"},
		{"swapped letters are one", 1, "SERCET_KEY", "SECRET_KEY"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := suggest.Within(tt.limit, tt.in, known); got != tt.want {
				t.Errorf("Within(%d, %q) = %q, want %q", tt.limit, tt.in, got, tt.want)
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
