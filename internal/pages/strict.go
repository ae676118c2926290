package pages

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"text/template/parse"

	"github.com/dewar-go/dewar/internal/suggest"
)

// requireFunc is the name of the function that strict templates ask before they show a value.
const requireFunc = "_required"

// A wantedValue is a name that a template shows: of the values it is executed with, or of a function's mapping.
type wantedValue struct {
	from string // as it is written in an action: a dot, a dollar, or the function
	path string // as the template writes the value
	name string
}

// strictly returns a copy of a tree that asks for every value before it shows it. What stands in the condition of an if
// or with, and in a range, may be missing, as in Jinja.
func (l *Library[T]) strictly(tree *parse.Tree) *parse.Tree {
	strict := tree.Copy()
	l.ask(strict, strict.Root)
	return strict
}

func (l *Library[T]) ask(tree *parse.Tree, list *parse.ListNode) {
	if list == nil {
		return
	}
	var nodes []parse.Node
	for _, node := range list.Nodes {
		switch n := node.(type) {
		case *parse.ActionNode:
			nodes = append(nodes, l.questions(tree, n.Pipe)...)
		case *parse.TemplateNode:
			nodes = append(nodes, l.questions(tree, n.Pipe)...)
		case *parse.IfNode:
			l.askBranches(tree, &n.BranchNode)
		case *parse.RangeNode:
			l.askBranches(tree, &n.BranchNode)
		case *parse.WithNode:
			l.askBranches(tree, &n.BranchNode)
		}
		nodes = append(nodes, node)
	}
	list.Nodes = nodes
}

func (l *Library[T]) askBranches(tree *parse.Tree, n *parse.BranchNode) {
	l.ask(tree, n.List)
	l.ask(tree, n.ElseList)
}

// questions returns an action for every value in a pipe. It declares a variable, so that it writes nothing and is not
// escaped.
func (l *Library[T]) questions(tree *parse.Tree, pipe *parse.PipeNode) (nodes []parse.Node) {
	for _, n := range values(pipe) {
		w, ok := l.wanted(n)
		if !ok {
			continue
		}
		text := fmt.Sprintf("{{$_ := %s %s %q %q %q}}", requireFunc, w.from, w.path, w.name, lineOf(tree, n))
		question := parse.New(tree.Name)
		question.Mode = parse.SkipFuncCheck
		if _, err := question.Parse(text, "", "", map[string]*parse.Tree{}); err == nil {
			nodes = append(nodes, question.Root.Nodes...)
		}
	}
	return nodes
}

// wanted says what a node wants to be there: .title, $.title, or the attribute of a function in Required.
func (l *Library[T]) wanted(n parse.Node) (w wantedValue, ok bool) {
	switch n := n.(type) {
	case *parse.FieldNode:
		return wantedValue{from: ".", path: n.String(), name: n.Ident[0]}, true
	case *parse.VariableNode:
		if n.Ident[0] == "$" && len(n.Ident) > 1 {
			return wantedValue{from: "$", path: n.String(), name: n.Ident[1]}, true
		}
	case *parse.ChainNode:
		if id, isFunc := n.Node.(*parse.IdentifierNode); isFunc && slices.Contains(l.Required, id.Ident) {
			return wantedValue{from: id.Ident, path: n.String(), name: n.Field[0]}, true
		}
	}
	return w, false
}

// A missingValue is a name that a strict template wants to show and nobody has given.
type missingValue struct{ text string }

func (e *missingValue) Error() string { return e.text }

// require is what requireFunc does in a set. Of mappings that are no values of the page it says nothing.
func (b *bound[T]) require(from any, path, name, site string) (string, error) {
	m, ok := from.(map[string]any)
	isField := strings.HasPrefix(path, ".") || strings.HasPrefix(path, "$")
	if !ok || isField && !sameMap(m, b.data) {
		return "", nil
	}
	if _, given := m[name]; given {
		return "", nil
	}
	prefix := path[:strings.Index(path, "."+name)+1]
	return "", &missingValue{fmt.Sprintf("template %s: %s%s; for one that may be missing write {{with %s}}{{.}}{{end}}", site, absent(path, isField), nearest(prefix, name, m), prefix+name)}
}

func absent(path string, isField bool) string {
	if isField {
		return path + " is not among the values of this page"
	}
	return path + " is not set"
}

// nearest says which name was meant, or which there are.
func nearest(prefix, name string, m map[string]any) string {
	names := slices.Sorted(maps.Keys(m))
	if near := suggest.Nearest(name, names); near != "" {
		return "; did you mean " + prefix + near + "?"
	}
	if len(names) == 0 || len(names) > 12 {
		return ""
	}
	return ", which are " + prefix + strings.Join(names, ", "+prefix)
}

func sameMap(m map[string]any, data any) bool {
	v := reflect.ValueOf(data)
	return v.Kind() == reflect.Map && v.Pointer() == reflect.ValueOf(m).Pointer()
}
