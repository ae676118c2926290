package main

import (
	"flag"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

var update = flag.Bool("update", false, "write the figures of docs/siege.md and its chart of what was measured last")

// TestDocsAreWhatTheSiegeFound holds docs/siege.md and its chart to measured.json; -update writes them.
func TestDocsAreWhatTheSiegeFound(t *testing.T) {
	t.Parallel()
	if runtime.GOARCH != "amd64" {
		t.Skip("SKIPPED: other processors round the chart in other ways; run this on amd64")
	}
	const docs = "../../docs"
	c, err := loadScoreCard(filepath.Base(measuredFile))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.verdict(t.Context()); err != nil {
		t.Errorf("what was measured does not hold: %v", err)
	}
	if len(c.Promises) != len(promises) {
		t.Errorf("%d promises were tried, want all %d: run make siege with all attacks", len(c.Promises), len(promises))
	}
	if *update {
		if err := c.document(docs); err != nil {
			t.Fatal(err)
		}
	}
	page, err := os.ReadFile(filepath.Join(docs, pageFile))
	if err != nil {
		t.Fatal(err)
	}
	picture, err := os.ReadFile(filepath.Join(docs, pictureFile))
	if err != nil {
		t.Fatal(err)
	}
	want, err := c.fill(string(page))
	if err != nil {
		t.Fatal(err)
	}
	if want != string(page) || string(picture) != c.picture().SVG() {
		t.Error("docs/siege.md or its chart is not what was measured; write them anew: cd bench && go test ./siege -run TestDocs -update")
	}
}

func TestPageWithoutAPlaceForTheFigures(t *testing.T) {
	t.Parallel()
	if text, err := (&ScoreCard{}).fill("# The siege\n"); err == nil {
		t.Errorf("got %q, want an error", text)
	}
}
