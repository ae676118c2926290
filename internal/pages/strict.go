package pages

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"text/template/parse"

	"github.com/dewar-go/dewar/internal/suggest"
)

// requireFunc is the name of the function that strict templates ask before they show a value.
const requireFunc = "_required"

// A wantedValue is what a template writes of a value: names behind the dot, a dollar, or the function of a mapping.
type wantedValue struct {
	from  string // as it is written in an action
	path  string // as the template writes the value
	names []string
}

// strictly returns a copy of a tree that asks for a value before it shows it: whether what has the attribute is there
// and, where values are required, whether the value itself is. What stands in the condition of an if or with, and in a
// range, may be missing, but not what it would be an attribute of, as in Jinja.
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
			nodes = append(nodes, l.questions(tree, n.Pipe, true)...)
		case *parse.TemplateNode:
			nodes = append(nodes, l.questions(tree, n.Pipe, true)...)
		case *parse.IfNode:
			nodes = append(nodes, l.askBranches(tree, &n.BranchNode)...)
		case *parse.WithNode:
			nodes = append(nodes, l.askBranches(tree, &n.BranchNode)...)
		case *parse.RangeNode:
			nodes = append(nodes, l.askBranches(tree, &n.BranchNode)...)
		}
		nodes = append(nodes, node)
	}
	list.Nodes = nodes
}

func (l *Library[T]) askBranches(tree *parse.Tree, n *parse.BranchNode) []parse.Node {
	l.ask(tree, n.List)
	l.ask(tree, n.ElseList)
	return l.questions(tree, n.Pipe, false)
}

// questions returns an action for every value in a pipe that is shown, or that has to have an attribute. It declares a
// variable, so that it writes nothing and is not escaped.
func (l *Library[T]) questions(tree *parse.Tree, pipe *parse.PipeNode, shown bool) (nodes []parse.Node) {
	shown = shown && pipe != nil && len(pipe.Decl) == 0
	for _, n := range arguments(pipe) {
		w, ok := l.wanted(n, shown)
		if !ok {
			continue
		}
		text := fmt.Sprintf("{{$_ := %s %s %q %q %q %v}}", requireFunc, w.from, w.path, strings.Join(w.names, "."), lineOf(tree, n), shown)
		question := parse.New(tree.Name)
		question.Mode = parse.SkipFuncCheck
		if _, err := question.Parse(text, "", "", map[string]*parse.Tree{}); err == nil {
			nodes = append(nodes, question.Root.Nodes...)
			continue
		}
		// A variable of the template is none of the question's, so the node is put in its place.
		if v, ok := n.(*parse.VariableNode); ok {
			nodes = append(nodes, l.questionOf(v, w, lineOf(tree, n), shown)...)
		}
	}
	return nodes
}

// questionOf returns the action of a variable that the template has declared.
func (l *Library[T]) questionOf(v *parse.VariableNode, w wantedValue, site string, shown bool) []parse.Node {
	question := parse.New(v.Ident[0])
	question.Mode = parse.SkipFuncCheck
	text := fmt.Sprintf("{{$_ := %s . %q %q %q %v}}", requireFunc, w.path, strings.Join(w.names, "."), site, shown)
	if _, err := question.Parse(text, "", "", map[string]*parse.Tree{}); err != nil {
		return nil
	}
	from := v.Copy().(*parse.VariableNode)
	from.Ident = from.Ident[:1]
	question.Root.Nodes[0].(*parse.ActionNode).Pipe.Cmds[0].Args[1] = from
	return question.Root.Nodes
}

// wanted says what a node wants to be there, if it has to be asked for: .user.name, $.user.name, $post.user.name, or the
// attribute of a function's mapping; and where it is shown and values are required, .title and $.title too.
func (l *Library[T]) wanted(n parse.Node, shown bool) (w wantedValue, ok bool) {
	required := shown && l.Required != nil
	switch n := n.(type) {
	case *parse.FieldNode:
		return wantedValue{".", n.String(), n.Ident}, required || len(n.Ident) > 1
	case *parse.VariableNode:
		w = wantedValue{n.Ident[0], n.String(), n.Ident[1:]}
		return w, required && n.Ident[0] == "$" && len(n.Ident) > 1 || len(n.Ident) > 2
	case *parse.ChainNode:
		if id, isFunc := n.Node.(*parse.IdentifierNode); isFunc && slices.Contains(l.Mappings, id.Ident) {
			w = wantedValue{id.Ident, n.String(), n.Field}
			return w, required && slices.Contains(l.Required, id.Ident) || len(n.Field) > 1
		}
	}
	return w, false
}

// A missingValue is a name that a strict template wants to show and nobody has given.
type missingValue struct{ text string }

func (e *missingValue) Error() string { return e.text }

// require is what requireFunc does in a set: it follows the names as far as they lead along mappings.
func (b *bound[T]) require(from any, path, names, site string, shown bool) (string, error) {
	v := reflect.ValueOf(from)
	before, list := strings.TrimSuffix(path, names), strings.Split(names, ".")
	for i, name := range list {
		m := solid(v)
		last := i == len(list)-1
		switch {
		case m.Kind() == reflect.Map && m.Type().Key().Kind() == reflect.String:
			next := step(m, name)
			if !next.IsValid() && (!last || i == 0 && shown && b.required(path, m)) {
				return "", missingOf(m, before, list, i, site)
			}
			v = next
		case m.Kind() == reflect.Struct:
			v = step(m, name)
		default:
			return "", nil
		}
		if !last && v.Kind() == reflect.Interface && v.IsNil() {
			return "", &missingValue{fmt.Sprintf("template %s: %s: %s is nil and has no %s; %s", site, path, before+name, list[i+1], mayBeMissing(before+name, list[i+1:]))}
		}
		before += name + "."
	}
	return "", nil
}

// required reports whether a value must be given that a path begins with: one of the page, or of a function that requires
// it.
func (b *bound[T]) required(path string, m reflect.Value) bool {
	switch {
	case b.must == nil:
		return false
	case path[0] == '.' || path[0] == '$':
		return b.isPage(m)
	}
	function, _, _ := strings.Cut(path, ".")
	return slices.Contains(b.must, function)
}

// isPage reports whether m has the values of the page itself, and not those of a template that another one calls.
func (b *bound[T]) isPage(m reflect.Value) bool {
	v := reflect.ValueOf(b.data)
	return v.Kind() == reflect.Map && v.Pointer() == m.Pointer()
}

// missingOf is the error of the name list[i], which a mapping lacks; before is what the template writes before it.
func missingOf(m reflect.Value, before string, list []string, i int, site string) error {
	path := before + list[i]
	whole := path
	if i+1 < len(list) {
		whole += "." + strings.Join(list[i+1:], ".")
	}
	said := absent(whole, path, strings.HasPrefix(path, ".") || strings.HasPrefix(path, "$."))
	return &missingValue{fmt.Sprintf("template %s: %s%s; %s", site, said, nearest(before, list[i], m), mayBeMissing(path, list[i+1:]))}
}

func mayBeMissing(path string, rest []string) string {
	return fmt.Sprintf("for one that may be missing write {{with %s}}{{.%s}}{{end}}", path, strings.Join(rest, "."))
}

func absent(whole, path string, isField bool) string {
	said := path + " is not set"
	if isField {
		said = path + " is not among the values of this page"
	}
	if whole != path {
		said = whole + ": " + said
	}
	return said
}

// nearest says which name was meant, or which there are.
func nearest(prefix, name string, m reflect.Value) string {
	var names []string
	for _, key := range m.MapKeys() {
		names = append(names, key.String())
	}
	slices.Sort(names)
	if near := suggest.Nearest(name, names); near != "" {
		return "; did you mean " + prefix + near + "?"
	}
	if len(names) == 0 || len(names) > 12 {
		return ""
	}
	return ", which are " + prefix + strings.Join(names, ", "+prefix)
}

// shownFunc is the name of the function that text templates show every value by. html/template has its own.
const shownFunc = "_shown"

// shown returns what stands for a value: no text for one that is missing, where text/template would write <no value>.
func shown(value any) any {
	if value == nil {
		return ""
	}
	return value
}

// hideNothing has every value of a template shown by shown.
func hideNothing(list *parse.ListNode) {
	if list == nil {
		return
	}
	for _, node := range list.Nodes {
		switch n := node.(type) {
		case *parse.ActionNode:
			if len(n.Pipe.Decl) == 0 {
				n.Pipe.Cmds = append(n.Pipe.Cmds, showing())
			}
		case *parse.IfNode:
			hideNothing(n.List)
			hideNothing(n.ElseList)
		case *parse.WithNode:
			hideNothing(n.List)
			hideNothing(n.ElseList)
		case *parse.RangeNode:
			hideNothing(n.List)
			hideNothing(n.ElseList)
		}
	}
}

// showing returns the call of shown at the end of a pipe.
func showing() *parse.CommandNode {
	tree := parse.New(shownFunc)
	tree.Mode = parse.SkipFuncCheck
	_, _ = tree.Parse("{{. | "+shownFunc+"}}", "", "", map[string]*parse.Tree{}) // it has no mistake in it
	return tree.Root.Nodes[0].(*parse.ActionNode).Pipe.Cmds[1]
}
