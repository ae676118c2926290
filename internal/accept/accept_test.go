package accept

import (
	"slices"
	"strings"
	"testing"
)

func TestMedia(t *testing.T) {
	t.Parallel()
	offers := []string{"text/plain", "text/html", "application/json"}
	for _, tt := range []struct {
		name  string
		lines []string
		want  string
	}{
		{"no header", nil, "text/plain"},
		{"everything", []string{"*/*"}, "text/plain"},
		{"a browser's", []string{"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}, "text/html"},
		{"a kind", []string{"application/*"}, "application/json"},
		{"in two lines", []string{"text/*;q=0.1", "application/json;q=0.2"}, "application/json"},
		{"the narrowest range counts", []string{"text/*, text/plain;q=0"}, "text/html"},
		{"named goes before any", []string{"*/*;q=0.5, text/html;q=0.5"}, "text/html"},
		{"the order of the header does not count", []string{"application/json, text/html"}, "text/html"},
		{"a quality that is none", []string{"text/plain;q=2, text/html;q=x, application/json;q=0.001"}, "application/json"},
		{"no number at all", []string{"text/plain;q=nan, text/html;q=-0.1, application/json;q=1e-3"}, "application/json"},
		{"spaces around the quality", []string{"text/plain; q = 0.1, text/html ;q=0.9"}, "text/html"},
		{"nothing of it", []string{"image/png"}, ""},
		{"nothing at all", []string{"*/*;q=0"}, ""},
		{"capitals", []string{"TEXT/HTML; Q=0.5"}, "text/html"},
		{"an empty line", []string{""}, ""},
	} {
		if got := Media(tt.lines, offers); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
	if got := Media([]string{"text/html"}, []string{"Text/HTML; charset=utf-8"}); got != "Text/HTML; charset=utf-8" {
		t.Errorf("an offer with capitals and parameters: got %q", got)
	}
}

// What Werkzeug's LanguageAccept answers, and contrib/i18n.
func TestLanguage(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ line, offers, want string }{
		{"da, en-gb;q=0.8, en;q=0.7", "en en-US", "en"},
		{"en-US,en;q=0.5", "en", "en"},
		{"en", "en-US de", "en-US"},
		{"de;q=0, *", "de fr", "fr"},
		{"*;q=0.5, fr", "de fr", "fr"},
		{"zh-Hant-TW", "zh zh-Hant", "zh"},
		{"en-GB", "en-US", ""},
		{"EN_us", "en-us", "en-us"},
		{"fr;q=0, fr-CA", "fr", "fr"},
		{"", "de", ""},
		{"de;q=0.5,en;q=0.5", "en de", "en"},
		{"de-AT, en", "en de", "en"},
		{"de-AT;q=0.3, en;q=0.2", "en de", "en"},
		{"pt-BR, pt;q=0.5", "pt_BR pt", "pt_BR"},
		{"de;q=x, pl;q=0.1", "de pl", "pl"},
	} {
		if got := Language([]string{tt.line}, strings.Fields(tt.offers)); got != tt.want {
			t.Errorf("%q of %s: got %q, want %q", tt.line, tt.offers, got, tt.want)
		}
	}
	if got := Language(nil, []string{"de", "en"}); got != "de" {
		t.Errorf("without a header: got %q, want the first", got)
	}
}

func TestEncoding(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ line, offers, want string }{
		{"gzip, br;q=0.9", "br gzip identity", "gzip"},
		{"gzip, br", "br gzip", "br"},
		{"*", "br identity", "br"},
		{"deflate", "gzip identity", "identity"},
		{"deflate", "gzip", ""},
		{"*;q=0", "gzip identity", ""},
		{"identity;q=0", "identity", ""},
		{"identity;q=0, *", "identity gzip", "gzip"},
		{"identity;q=0.5, *;q=0", "gzip identity", "identity"},
		{"x-GZIP", "gzip", "gzip"},
		{"", "gzip identity", "identity"},
	} {
		if got := Encoding([]string{tt.line}, strings.Fields(tt.offers)); got != tt.want {
			t.Errorf("%q of %s: got %q, want %q", tt.line, tt.offers, got, tt.want)
		}
	}
	if got := Encoding(nil, []string{"gzip", "identity"}); got != "identity" {
		t.Errorf("without a header: got %q, want identity", got)
	}
	if got := Encoding(nil, []string{"gzip"}); got != "" {
		t.Errorf("without a header and identity: got %q, want none", got)
	}
}

func TestCharset(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ line, offers, want string }{
		{"utf8", "utf-8", "utf-8"},
		{"latin1;q=0.5, UTF8", "iso-8859-1 utf-8", "utf-8"},
		{"*", "x", "x"},
		{"iso-8859-5, unicode-1-1;q=0.8", "utf-8", ""},
		{"utf-8;q=0,*", "utf-8 ascii", "ascii"},
	} {
		if got := Charset([]string{tt.line}, strings.Fields(tt.offers)); got != tt.want {
			t.Errorf("%q of %s: got %q, want %q", tt.line, tt.offers, got, tt.want)
		}
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]bool{
		"text/html,*/*;q=0.8": true, "Text/HTML; q=0.1": true, "application/json, text/html;level=1": true,
		"*/*": false, "text/*": false, "text/html;q=0, */*": false, "text/html-sandboxed": false, "": false,
	} {
		if got := Names([]string{line}, "text/html"); got != want {
			t.Errorf("%q: got %v, want %v", line, got, want)
		}
	}
}

func FuzzAccept(f *testing.F) {
	f.Add("text/html;q=0.5, */*")
	f.Add("de-AT;q=0.3, en;q=nan,*;q=0")
	f.Fuzz(func(t *testing.T, line string) {
		offers := []string{"text/plain", "text/html", "en-GB", "gzip", "utf-8"}
		for _, choose := range []func(lines, offers []string) string{Media, Language, Encoding, Charset} {
			if got := choose([]string{line}, offers); got != "" && !slices.Contains(offers, got) {
				t.Errorf("%q: got %q, which was not offered", line, got)
			}
		}
	})
}
