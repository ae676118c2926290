package main

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestFormTextsAreThoseOfForms compares the list with the texts in the source of the package.
func TestFormTextsAreThoseOfForms(t *testing.T) {
	t.Parallel()
	file, err := parser.ParseFile(token.NewFileSet(), "../../../forms/message.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	ast.Inspect(file, func(n ast.Node) bool {
		lit, ok := n.(*ast.BasicLit)
		if !ok || lit.Kind != token.STRING {
			return true
		}
		text, err := strconv.Unquote(lit.Value)
		if err == nil && strings.ContainsRune(text, ' ') && text[0] >= 'A' && text[0] <= 'Z' && text != "Not a valid " {
			want = append(want, text)
		}
		return true
	})
	for _, kind := range []string{"date", "month", "time", "week"} { // made of the type of the input
		want = append(want, "Not a valid "+kind+" value.")
	}
	var got []string
	for _, text := range formTexts {
		got = append(got, text.id)
		if text.plural != "" {
			got = append(got, text.plural)
		}
	}
	for _, list := range []*[]string{&got, &want} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestFormTextsAreExtracted(t *testing.T) {
	t.Parallel()
	var without, with, notes bytes.Buffer
	folder := t.TempDir()
	if err := run([]string{folder}, &without, &notes); err != nil {
		t.Fatal(err)
	}
	if err := run([]string{"-forms", folder}, &with, &notes); err != nil {
		t.Fatal(err)
	}
	const text = `msgid "This field is required."`
	if strings.Contains(without.String(), text) || !strings.Contains(with.String(), text) || !strings.Contains(with.String(), `msgid_plural "Field must be at least %(min)d characters long."`) {
		t.Errorf("without: %s\nwith: %s", &without, &with)
	}
}
