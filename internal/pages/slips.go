package pages

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/template/parse"

	"github.com/dewar-go/dewar/internal/suggest"
)

// bareCalls finds calls that hand on nothing, as in {{template "base.html"}}, of templates that show values.
func (p *page[T]) bareCalls() (problems []error) {
	for _, f := range p.files {
		for _, c := range f.calls {
			if !c.bare || p.trees[c.name] == nil {
				continue
			}
			if field, site := p.shown(p.trees[c.name], 0); field != "" {
				problems = append(problems, fmt.Errorf("template %s: {{template %q}} hands on no values, but %s shows %s; write {{template %q .}}",
					c.site, c.name, site, field, c.name))
			}
		}
	}
	return problems
}

// shown returns a field that a template shows of the values it is called with, whatever they are, and where. What
// stands in an if or with may be there for a call without values.
func (p *page[T]) shown(tree *parse.Tree, depth int) (field, site string) {
	if tree == nil || depth > 20 {
		return "", ""
	}
	for _, node := range tree.Root.Nodes {
		var pipe *parse.PipeNode
		switch n := node.(type) {
		case *parse.ActionNode:
			pipe = n.Pipe
		case *parse.RangeNode:
			pipe = n.Pipe
		case *parse.TemplateNode:
			if isDot(n.Pipe) {
				if field, site := p.shown(p.trees[n.Name], depth+1); field != "" {
					return field, site
				}
			}
			pipe = n.Pipe
		}
		if used := firstField(pipe); used != nil {
			return used.String(), lineOf(tree, used)
		}
	}
	return "", ""
}

// isDot reports whether a pipe is the dot or the dollar alone.
func isDot(pipe *parse.PipeNode) bool {
	return pipe != nil && (pipe.String() == "." || pipe.String() == "$")
}

// firstField returns the first field in a pipe that is not there for a value that may be missing.
func firstField(pipe *parse.PipeNode) parse.Node {
	for _, n := range values(pipe) {
		switch n := n.(type) {
		case *parse.FieldNode:
			return n
		case *parse.VariableNode:
			if n.Ident[0] == "$" && len(n.Ident) > 1 {
				return n
			}
		}
	}
	return nil
}

// lenient are functions whose arguments may be missing.
var lenient = []string{"and", "or", "not", "dict", "list", "merge", "default"}

// values returns the arguments of a pipe that are shown or handed on. A pipe with a lenient function has none.
func values(pipe *parse.PipeNode) (nodes []parse.Node) {
	if pipe == nil || len(pipe.Decl) > 0 {
		return nil
	}
	return arguments(pipe)
}

// arguments returns those of a pipe, declaration or not.
func arguments(pipe *parse.PipeNode) (nodes []parse.Node) {
	if pipe == nil {
		return nil
	}
	for _, cmd := range pipe.Cmds {
		if id, ok := cmd.Args[0].(*parse.IdentifierNode); ok && slices.Contains(lenient, id.Ident) {
			return nil
		}
		for _, arg := range cmd.Args {
			if inner, ok := arg.(*parse.PipeNode); ok {
				nodes = append(nodes, arguments(inner)...)
				continue
			}
			nodes = append(nodes, arg)
		}
	}
	return nodes
}

// lineOf returns file and line of a node.
func lineOf(tree *parse.Tree, n parse.Node) string {
	site, _ := tree.ErrorContext(n)
	if i := strings.LastIndexByte(site, ':'); i >= 0 {
		return site[:i]
	}
	return site
}

// unusedBlocks finds what a page that calls a layout defines and nobody calls: under nearly the name of a block it is a
// problem, under another one it may be meant for later.
func (p *page[T]) unusedBlocks(f *file) (problems, doubts []error) {
	if len(p.files) == 1 {
		return nil, nil
	}
	called := map[string]bool{}
	for _, other := range p.files {
		for _, c := range other.calls {
			called[c.name] = true
		}
	}
	blocks := slices.DeleteFunc(slices.Sorted(maps.Keys(called)), func(name string) bool { return f.trees[name] != nil })
	for _, name := range slices.Sorted(maps.Keys(f.trees)) {
		if name == f.name || called[name] {
			continue
		}
		unused := fmt.Sprintf("template %s: {{define %q}} is called by nobody", lineOf(f.trees[name], f.trees[name].Root), name)
		if near := suggest.Nearest(name, blocks); near != "" {
			problems = append(problems, fmt.Errorf("%s; did you mean %q?", unused, near))
			continue
		}
		if names := p.blocks(f); len(names) > 0 {
			unused += "; the blocks of its layout are " + strings.Join(names, ", ")
		}
		doubts = append(doubts, errors.New(unused))
	}
	return problems, doubts
}

// blocks returns the names that the other files of a page call and define, for a page to define again.
func (p *page[T]) blocks(f *file) (names []string) {
	for _, other := range p.files {
		for _, c := range other.calls {
			if other != f && other.trees[c.name] != nil && c.name != other.name {
				names = append(names, c.name)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
