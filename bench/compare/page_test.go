package main

import (
	"encoding/xml"
	"flag"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs/performance.md and its charts of what was measured last")

// TestDocsAreWhatWasMeasured holds docs/performance.md and its charts to measured.json, byte for byte; -update writes them.
func TestDocsAreWhatWasMeasured(t *testing.T) {
	t.Parallel()
	if runtime.GOARCH != "amd64" {
		t.Skip("SKIPPED: other processors round the charts in other ways; run this on amd64")
	}
	m, err := loadMeasured()
	if err != nil {
		t.Fatal(err)
	}
	const docs = "../../docs"
	if *update {
		if err := write(m, docs); err != nil {
			t.Fatal(err)
		}
	}
	files, err := documents(m)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join(docs, name))
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != want {
			t.Errorf("docs/%s is not what was measured; write it anew: go run ./compare -print", name)
		}
	}
	if page := files["performance.md"]; strings.Contains(page, "NaN") || strings.Contains(page, "%!") {
		t.Error("docs/performance.md has a number that is none")
	}
}

// TestEverythingWasMeasured has no contender left out of the page, as it would be after a run that was cut short.
func TestEverythingWasMeasured(t *testing.T) {
	t.Parallel()
	m, err := loadMeasured()
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range works() {
		for _, c := range doing(w.name) {
			if r := m.InProcess[w.name][c.name]; (r == nil || len(r.NS) != m.Rounds) && !needsRedis(w) {
				t.Errorf("%s: %s was not measured in every round in process", w.name, c.name)
			}
			if r := m.Socket[w.name][c.name]; w.socket && (r == nil || len(r.Rate) != m.Rounds) {
				t.Errorf("%s: %s was not measured in every round over a socket", w.name, c.name)
			}
		}
	}
}

func TestChartsAreWholeAndShown(t *testing.T) {
	t.Parallel()
	m, err := loadMeasured()
	if err != nil {
		t.Fatal(err)
	}
	files, err := documents(m)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		if !strings.HasSuffix(name, ".svg") {
			continue
		}
		if !strings.Contains(files["performance.md"], "]("+name+")") {
			t.Errorf("docs/performance.md does not show %s", name)
		}
		for d := xml.NewDecoder(strings.NewReader(text)); ; {
			if _, err := d.Token(); err == io.EOF {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		if !strings.Contains(text, "prefers-color-scheme: dark") {
			t.Errorf("%s has no colours for dark pages", name)
		}
	}
}

// TestWhoIsAheadIsNamed leaves nobody out of the list of those that are faster than dewar by more than chance.
func TestWhoIsAheadIsNamed(t *testing.T) {
	t.Parallel()
	p := page{Measured{InProcess: map[string]map[string]*Called{"text": {
		ownName: {NS: []float64{20, 21, 22}}, "net/http": {NS: []float64{10, 10, 10}}, "gin": {NS: []float64{15, 15, 16}},
		"echo": {NS: []float64{19, 22, 23}}, "flamego": {NS: []float64{90, 90, 90}},
	}}}}
	if got, want := p.Ahead(), "| Static text | 2.1 | net/http (1), gin (1.5) |\n"; !strings.HasSuffix(got, "| ---: | --- |\n"+want) {
		t.Errorf("got %q, want it to end in %q", got, want)
	}
}
