package main

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestPromisesAreThoseOfSecurity(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../SECURITY.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "\n## What dewar promises\n")
	section, _, _ := strings.Cut(rest, "\n## ")
	var written []string
	for _, found := range regexp.MustCompile(`(?ms)^- \*\*(.*?)\*\*`).FindAllStringSubmatch(section, -1) {
		written = append(written, strings.TrimSuffix(strings.Join(strings.Fields(found[1]), " "), "."))
	}
	if !slices.Equal(written, promises) {
		t.Errorf("SECURITY.md promises\n%q, the siege tries\n%q", written, promises)
	}
}
