package jinja_test

import (
	"bytes"
	"log/slog"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/jinja"
)

// exampleRow is a row of the README's table: template, value, what Jinja gives and what comes out here.
var exampleRow = regexp.MustCompile("(?m)^\\| `([^|]*)` \\| `([^|]*)` \\| `([^|]*)` \\| `([^|]*)` \\|$")

// TestTheTableOfDifferencesIsTrue renders every row of the README in both modes, and asks for the report of it.
func TestTheTableOfDifferencesIsTrue(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := exampleRow.FindAllStringSubmatch(string(text), -1)
	if len(rows) < 9 {
		t.Fatalf("the README has %d rows", len(rows))
	}
	for _, row := range rows {
		source, data := row[1], dewar.Map{"x": row[2]}
		wantText(t, &jinja.Renderer{Parity: true}, source, data, row[3])
		wantText(t, &jinja.Renderer{}, source, data, row[4])
		list := differences(t, &jinja.Renderer{}, "page.html", source)
		if len(list) != 1 || list[0].Value != "x" || list[0].Line != 1 || list[0].Place == "" || list[0].Change == "" {
			t.Errorf("the report of %s is %+v", source, list)
		}
		if list := differences(t, &jinja.Renderer{Parity: true}, "page.html", source); len(list) != 0 {
			t.Errorf("the report of %s with parity is %+v", source, list)
		}
	}
}

func differences(t testing.TB, renderer *jinja.Renderer, pairs ...string) []jinja.Difference {
	t.Helper()
	if err := newApp(t, renderer, pairs...).Build(); err != nil {
		t.Fatal(err)
	}
	list, err := renderer.Differences()
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestTheReportFollowsLayoutsIncludesAndBranches(t *testing.T) {
	t.Parallel()
	list := differences(t, &jinja.Renderer{},
		"layout.html", "<a href=\"{% block link %}{% endblock %}\">{{ title }}</a>",
		"page.html", "{% extends 'layout.html' %}\n{% block link %}{% if a %}{{ a.url }}{% else %}{{ b }}{% endif %}{% endblock %}",
		"outer.html", "<script>{% include 'inner.html' %}</script>",
		"inner.html", "{{ x }}",
		"plain.txt", "{{ x }}")
	var got []string
	for _, d := range list {
		got = append(got, d.String())
	}
	all := strings.Join(got, "\n")
	for _, want := range []string{"page.html:2:", "a.url, in ", ": b, in ", "inner.html:1:"} {
		if !strings.Contains(all, want) {
			t.Errorf("the report lacks %s:\n%s", want, all)
		}
	}
	if len(list) != 3 {
		t.Errorf("the report has %d places, want 3:\n%s", len(list), all)
	}
}

func TestDebugTellsHowManyPlacesDiffer(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name           string
		debug, explain bool
		parity         bool
		lines          int
		want           string
	}{
		{"DEBUG", true, false, false, 1, "places=2"},
		{"DEBUG and EXPLAIN_TEMPLATE_LOADING", true, true, false, 3, "page.html:1:"},
		{"parity", true, false, true, 0, ""},
		{"production", false, false, false, 0, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			app := newApp(t, &jinja.Renderer{Parity: tt.parity}, "page.html", `<a href="{{ x }}"><p style="{{ y }}">{{ z }}`)
			app.Logger = slog.New(slog.NewTextHandler(&log, nil))
			if err := app.Config.Update(dewar.Map{"DEBUG": tt.debug, "EXPLAIN_TEMPLATE_LOADING": tt.explain}); err != nil {
				t.Fatal(err)
			}
			if err := app.Build(); err != nil {
				t.Fatal(err)
			}
			if got := strings.Count(log.String(), "jinja: "); got != tt.lines || !strings.Contains(log.String(), tt.want) {
				t.Errorf("the log has %d lines, want %d with %q:\n%s", got, tt.lines, tt.want, &log)
			}
		})
	}
}
