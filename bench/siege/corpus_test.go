package main

import (
	"slices"
	"strings"
	"testing"
)

func TestCorpusCanBeReadAndSaysWhatIsAllowed(t *testing.T) {
	t.Parallel()
	cases, err := corpus()
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, c := range cases {
		where := c.promise + ": " + c.name
		if names[where] {
			t.Errorf("%s stands there twice", where)
		}
		names[where] = true
		if len(c.want) == 0 || c.text == "" || !slices.Contains(promises, c.promise) {
			t.Errorf("%s: wants %q of %d bytes for %q", where, c.want, len(c.text), c.promise)
		}
	}
	if len(cases) < 90 {
		t.Errorf("the corpus has %d requests, want 90 at least", len(cases))
	}
}

func TestParseSpecimens(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, text, want, problem string
	}{
		{"lines with and without an end", "== a\n> GET / HTTP/1.1\n>\n| x", "GET / HTTP/1.1\r\n\r\nx", ""},
		{"escapes", `== a` + "\n" + `| \x00\r\n\t\\é`, "\x00\r\n\t\\é", ""},
		{"a byte that is no text", `== a` + "\n" + `| \xff`, "\xff", ""},
		{"repeated", "== a\n| {3*ab}c{0*d}", "abababc", ""},
		{"the host", "== a\n> Host: {host}", "Host: siege.example:80\r\n", ""},
		{"comments and empty lines", "# one\n\n== a\n# two\n| x", "x", ""},
		{"nothing to begin with", "| x", "", "line 1 stands before the first case"},
		{"an unknown word", "== a\nwish 200", "", `line 2: "wish" is none of`},
		{"an escape that is none", "== a\n| \\q", "", "begins with no escape"},
		{"no number", "== a\nanswers many", "", "line 2"},
	} {
		cases, err := parseSpecimens(tt.text)
		if tt.problem != "" {
			if err == nil || !strings.Contains(err.Error(), tt.problem) {
				t.Errorf("%s: got %v, want %q", tt.name, err, tt.problem)
			}
			continue
		}
		if err != nil || len(cases) != 1 {
			t.Errorf("%s: got %d cases, %v", tt.name, len(cases), err)
			continue
		}
		if got := cases[0].at("siege.example:80"); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestSpecimenAllowsWhatItWants(t *testing.T) {
	t.Parallel()
	cases, err := parseSpecimens("promise p\n== a\nwant 400 closed\nanswers 2\nforbid a b\n| x\n== b\nwant 200")
	if err != nil {
		t.Fatal(err)
	}
	a, b := cases[0], cases[1]
	if !a.allows("400") || !a.allows("closed") || a.allows("200") || a.allows("silence") || a.answers != 2 || a.forbidden[0] != "a b" || a.promise != "p" {
		t.Errorf("got %+v", a)
	}
	if !b.allows("200") || b.allows("400") || b.answers != 1 || b.promise != "p" {
		t.Errorf("got %+v", b)
	}
}
