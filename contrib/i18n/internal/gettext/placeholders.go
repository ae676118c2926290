package gettext

import (
	"fmt"
	"slices"
	"strings"
)

// checkPlaceholders returns what is wrong with the values that a translation asks for, such as %(name)s: a program that has values for
// the message alone could not show it. A message without any may have no value in its translation either, unless it is not formatted.
func checkPlaceholders(id, plural string, forms []string) error {
	known := append(placeholders(id), placeholders(plural)...)
	if len(known) == 0 {
		return nil
	}
	return CheckFormatted(id, plural, forms...)
}

// CheckFormatted is the check for texts that are formatted whether they have values or not.
func CheckFormatted(id, plural string, forms ...string) error {
	known := append(placeholders(id), placeholders(plural)...)
	if plural != "" {
		known = append(known, "num")
	}
	for _, form := range forms {
		for _, name := range placeholders(form) {
			if !slices.Contains(known, name) {
				return fmt.Errorf("the translation of %q asks for %%(%s)s, which the message does not have%s; the message is shown in its place", id, name, didYouMean(name, known))
			}
		}
		if bad := unformattable(form); bad != "" {
			return fmt.Errorf("the translation of %q has %q in it, which is no placeholder; write %%(name)s, and %%%% for a percent sign; the message is shown in its place", id, bad)
		}
	}
	return nil
}

// placeholders returns the names of the values in a text.
func placeholders(text string) []string {
	var names []string
	for _, piece := range strings.Split(strings.ReplaceAll(text, "%%", ""), "%(")[1:] {
		if name, _, ok := strings.Cut(piece, ")"); ok {
			names = append(names, name)
		}
	}
	return names
}

// unformattable returns a percent sign of text, with what is behind it, that begins no placeholder, or "".
func unformattable(text string) string {
	for _, piece := range strings.Split(strings.ReplaceAll(text, "%%", ""), "%")[1:] {
		_, behind, closed := strings.Cut(piece, ")")
		if !strings.HasPrefix(piece, "(") || !closed || strings.IndexAny(strings.TrimLeft(behind, "-+ #0123456789."), "diouxXeEfFgGcrsa") != 0 {
			return "%" + piece[:min(len(piece), 10)]
		}
	}
	return ""
}

// didYouMean names the known name that differs from name least, if it is not far from it.
func didYouMean(name string, known []string) string {
	best, least := "", max(2, len(name)/3)+1
	for _, candidate := range known {
		if d := changes(name, candidate); d < least {
			best, least = candidate, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %%(%s)s?", best)
}

// changes is the number of letters to insert, delete or change to turn a into b.
func changes(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		corner := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			corner, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, corner+cost)
		}
	}
	return row[len(b)]
}
