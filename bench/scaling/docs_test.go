package scaling_test

import (
	"encoding/json"
	"flag"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/bench/scaling"
)

// update is shared by the tests that keep something.
var update = flag.Bool("update", false, "write what was measured and simulated, and the charts and tables of the documentation")

// docs is where the documentation is.
const docs = "../../docs"

// place is where a table stands: between a comment with its name and one that ends it.
var place = regexp.MustCompile(`(?s)<!-- table: ([a-z-]+) -->\n.*?<!-- end -->`)

// TestDocsAreWhatTheModelSays holds the tables and charts of docs/scaling.md to the model; -update writes them.
func TestDocsAreWhatTheModelSays(t *testing.T) {
	if runtime.GOARCH != "amd64" {
		t.Skip("SKIPPED: other processors round the charts in other ways; run this on amd64")
	}
	m, s := load(t)
	for name, chart := range scaling.Charts(m, s) {
		holds(t, name, chart.SVG())
	}
	tables := scaling.Tables(m, s)
	doc := read(t, "scaling.md")
	want := place.ReplaceAllStringFunc(doc, func(found string) string {
		name := place.FindStringSubmatch(found)[1]
		table, ok := tables[name]
		if !ok {
			t.Errorf("docs/scaling.md has a place for a table %q, which does not exist", name)
			return found
		}
		delete(tables, name)
		return "<!-- table: " + name + " -->\n" + table + "<!-- end -->"
	})
	for name := range tables {
		t.Errorf("docs/scaling.md has no place for the table %q", name)
	}
	holds(t, "scaling.md", want)
}

func load(t *testing.T) (scaling.Measured, scaling.Simulated) {
	t.Helper()
	m, err := scaling.LoadMeasured()
	if err != nil {
		t.Fatal(err)
	}
	s, err := scaling.LoadSimulated()
	if err != nil {
		t.Fatal(err)
	}
	return m, s
}

func read(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(docs, name))
	if err != nil && !*update {
		t.Fatal(err)
	}
	return string(content)
}

func holds(t *testing.T, name, want string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(filepath.Join(docs, name), []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if read(t, name) != want {
		t.Errorf("docs/%s is not what the model says; write it anew: go test -run Docs ./scaling -update", name)
	}
}

func write(t *testing.T, file string, v any) {
	t.Helper()
	data, err := json.MarshalIndent(v, "", "\t")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, append(data, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestChartsAreShownAndWhole(t *testing.T) {
	m, s := load(t)
	doc := read(t, "scaling.md")
	for name, chart := range scaling.Charts(m, s) {
		if !strings.Contains(doc, "]("+name+")") {
			t.Errorf("docs/scaling.md does not show %s", name)
		}
		for _, l := range chart.Lines {
			for _, p := range l.Points {
				if math.IsNaN(p.Y) || p.X < chart.X.Min || p.X > chart.X.Max*1.01 || p.Y < chart.Y.Min || p.Y > chart.Y.Max*1.01 {
					t.Fatalf("%s: %s has a point at %v, outside of the axes", name, l.Name, p)
				}
			}
		}
	}
}

func TestFormats(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		v           float64
		count, size string
	}{
		{0, "0", "0 B"}, {0.123, "0.12", "0.12 B"}, {7, "7", "7 B"}, {96.4, "96", "96 B"}, {112, "112", "112 B"}, {999.7, "1k", "1 kB"}, {1234, "1.2k", "1.2 kB"},
		{25e9, "25G", "25 GB"}, {3.7e12, "3.7T", "3.7 TB"},
	} {
		if got := scaling.Count(tt.v); got != tt.count {
			t.Errorf("Count(%v) = %q, want %q", tt.v, got, tt.count)
		}
		if got := scaling.Bytes(tt.v); got != tt.size {
			t.Errorf("Bytes(%v) = %q, want %q", tt.v, got, tt.size)
		}
	}
}
