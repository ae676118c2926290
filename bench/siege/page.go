package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// What the figures of docs/siege.md are made of, in bench/, and the files of the documentation that are made.
const (
	measuredFile = "siege/measured.json"
	pageFile     = "siege.md"
	pictureFile  = "siege.svg"
)

// The figures stand between these lines of the page.
const (
	figuresBegin = "<!-- figures of make siege: begin -->\n"
	figuresEnd   = "<!-- figures of make siege: end -->\n"
)

// loadScoreCard reads what saveTo has written.
func loadScoreCard(file string) (*ScoreCard, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	c := &ScoreCard{}
	return c, json.Unmarshal(text, c)
}

// saveTo writes the score card as JSON.
func (c *ScoreCard) saveTo(file string) error {
	text, err := json.MarshalIndent(c, "", "\t")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(text, '\n'), 0o644)
}

// writeDocs writes the figures of the page, the chart, and what they are made of.
func (c *ScoreCard) writeDocs(folder string) error {
	if err := c.saveTo(measuredFile); err != nil {
		return fmt.Errorf("%w; run it in bench/, as make siege does", err)
	}
	return c.document(folder)
}

// document writes the page and the chart.
func (c *ScoreCard) document(folder string) error {
	page, err := os.ReadFile(filepath.Join(folder, pageFile))
	if err != nil {
		return err
	}
	text, err := c.fill(string(page))
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(folder, pageFile), []byte(text), 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, pictureFile), []byte(c.picture().SVG()), 0o644)
}

// fill returns the page with the figures in their place.
func (c *ScoreCard) fill(page string) (string, error) {
	before, rest, begins := strings.Cut(page, figuresBegin)
	_, after, ends := strings.Cut(rest, figuresEnd)
	if !begins || !ends {
		return "", errors.New(pageFile + " has no place for the figures; put the lines " + strings.TrimSpace(figuresBegin) + " and " + strings.TrimSpace(figuresEnd) + " into it")
	}
	return before + figuresBegin + c.figures() + figuresEnd + after, nil
}

// figures are the tables and the chart as Markdown.
func (c *ScoreCard) figures() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s requests over %d connections in %s, while %d attacks were made; %s, %s.\n\n", thousands(c.Sums.Requests), c.Connections, clock(c.Took), len(c.Attacks), c.Go, c.Machine)
	if n := c.Counts[tooBusy]; n > 0 {
		fmt.Fprintf(&b, "The machine could not keep up with its visitors %s times, so the latencies are the machine's.\n\n", thousands(n))
	}
	fmt.Fprintf(&b, "![How long answers took while attacks went on](%s)\n\n", pictureFile)
	c.writeSums(&b)
	c.writeSites(&b)
	c.writePromises(&b)
	return b.String()
}

func (c *ScoreCard) writeSums(b *strings.Builder) {
	b.WriteString("| | | |\n| --- | ---: | --- |\n")
	for _, row := range c.rows() {
		fmt.Fprintf(b, "| %s | %s | %s |\n", row[0], row[1], row[2])
	}
	b.WriteString("\n")
}

func (c *ScoreCard) writeSites(b *strings.Builder) {
	b.WriteString("| first / most / last | memory | goroutines | descriptors | temporary files |\n| --- | --- | --- | --- | --- |\n")
	for _, name := range slices.Sorted(maps.Keys(c.Sites)) {
		fmt.Fprintf(b, "| %s | %s |\n", name, strings.Join(c.Sites[name].columns(), " | "))
	}
	b.WriteString("\n")
}

func (c *ScoreCard) writePromises(b *strings.Builder) {
	b.WriteString("| promise | looked at | broken |\n| --- | ---: | ---: |\n")
	for _, t := range c.Promises {
		fmt.Fprintf(b, "| %s | %s | %s |\n", t.Promise, thousands(t.Checks), thousands(t.Broken))
	}
}
