package accept

import "testing"

func TestBest(t *testing.T) {
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
		{"a quality that is none", []string{"text/plain;q=2, text/html;q=x, application/json;q=0.001"}, "application/json"},
		{"nothing of it", []string{"image/png"}, ""},
		{"capitals", []string{"TEXT/HTML; Q=0.5"}, "text/html"},
		{"an empty line", []string{""}, ""},
	} {
		if got := Best(tt.lines, offers); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

func FuzzBest(f *testing.F) {
	f.Add("text/html;q=0.5, */*")
	f.Fuzz(func(t *testing.T, line string) {
		offers := []string{"text/plain", "text/html"}
		if got := Best([]string{line}, offers); got != "" && got != offers[0] && got != offers[1] {
			t.Errorf("got %q, which was not offered", got)
		}
	})
}
