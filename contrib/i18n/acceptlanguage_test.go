package i18n_test

import (
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/i18n"
)

// choose returns what FromAcceptLanguage picks for the lines of a header.
func choose(t testing.TB, offers []string, lines ...string) string {
	t.Helper()
	r := httptest.NewRequest("GET", "/", nil)
	r.Header["Accept-Language"] = lines
	c, end, err := dewar.New("blog").NewContext(httptest.NewRecorder(), r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = end() }()
	return i18n.FromAcceptLanguage(offers...)(c)
}

func TestAcceptLanguagePicksTheLocale(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, header, offers, want string }{
		{"the best", "de;q=0.5, pl", "en de pl", "pl"},
		{"the first of equal ones", "pl, de", "en de pl", "de"},
		{"a kind of an offer", "pt-BR", "en pt", "pt"},
		{"an offer that is a kind of it", "pt", "en pt_BR", "pt_BR"},
		{"another kind, as in Flask", "pt-PT", "en pt_BR", ""},
		{"the kind itself", "pt, pt-BR;q=0.9", "pt_BR pt", "pt"},
		{"case and underscore", "PT_br", "en pt-BR", "pt-BR"},
		{"any", "fr, *;q=0.1", "en de", "en"},
		{"any but one", "en;q=0, *", "en de", "de"},
		{"none", "fr", "en de", ""},
		{"refused", "de;q=0", "de", ""},
		{"empty", "", "en", ""},
		{"a quality that is none", "de;q=x, pl;q=0.1", "de pl", "pl"},
		{"not a number", "de;q=NaN, pl;q=0.1", "de pl", "pl"},
		{"too high a quality", "de;q=7, pl", "pl de", "pl"},
		{"too many", strings.Repeat("fr,", 100) + "de", "de", ""},
	} {
		if got := choose(t, strings.Fields(tt.offers), tt.header); got != tt.want {
			t.Errorf("%s: %q of %s is %q, want %q", tt.name, tt.header, tt.offers, got, tt.want)
		}
	}
	if got := choose(t, []string{"en", "de"}, "fr", "de;q=0.3"); got != "de" {
		t.Errorf("two lines give %q", got)
	}
}

func FuzzAcceptLanguage(f *testing.F) {
	f.Add("de;q=0.5, pl", "en")
	f.Add("*;q=0,-,_", "a_b")
	f.Fuzz(func(t *testing.T, header, offer string) {
		offers := []string{offer, "de", "pt_BR"}
		if got := choose(t, offers, header); got != "" && !slices.Contains(offers, got) {
			t.Errorf("%q is %q, which nobody offers", header, got)
		}
	})
}
