package main

import (
	"fmt"
	"go/ast"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// hasForms reports whether a file imports dewar's forms.
func hasForms(file *ast.File) bool {
	return slices.ContainsFunc(file.Imports, func(i *ast.ImportSpec) bool { return i.Path.Value == `"github.com/dewar-go/dewar/forms"` })
}

// tags adds what the tags of structs in a file show to users: label:"Username".
func (m *messages) tags(set *token.FileSet, name string, file *ast.File) {
	ast.Inspect(file, func(n ast.Node) bool {
		field, ok := n.(*ast.Field)
		if !ok || field.Tag == nil {
			return true
		}
		tag, err := strconv.Unquote(field.Tag.Value)
		if err != nil {
			return true
		}
		for _, text := range shownTexts(tag) {
			m.add(message{id: text}, fmt.Sprintf("%s:%d", name, set.Position(field.Tag.Pos()).Line))
		}
		return true
	})
}

// shownTexts are the texts in a tag that users see.
func shownTexts(tag string) (texts []string) {
	for _, pair := range regexp.MustCompile(`([\w.]+):("(?:[^"\\]|\\.)*")`).FindAllStringSubmatch(tag, -1) {
		key := pair[1]
		text, err := strconv.Unquote(pair[2])
		if err == nil && (slices.Contains([]string{"label", "description", "placeholder", "message"}, key) || strings.HasPrefix(key, "message.")) {
			texts = append(texts, text)
		}
	}
	return texts
}
