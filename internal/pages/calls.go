package pages

import (
	"fmt"
	"maps"
	"slices"
	"text/template/parse"
)

// A FuncCall is a call of a function in a template.
type FuncCall struct {
	// Site is the file and line.
	Site string
	// Args are the arguments that are written as text, in their places; all others are nil. A value that is piped
	// into the call is the last one.
	Args []any
}

// FuncCalls returns the calls of the function called name, in all files in the order of their names. Of a library
// that reloads they are those of the files as they were when it was made or last reloaded.
func (l *Library[T]) FuncCalls(name string) []FuncCall {
	var f finder
	seen := map[*parse.Tree]bool{}
	current := l.current.Load()
	for _, page := range slices.Sorted(maps.Keys(current.pages)) {
		for _, file := range current.pages[page].files {
			for _, tree := range slices.Sorted(maps.Keys(file.trees)) {
				if t := file.trees[tree]; !seen[t] {
					seen[t] = true
					f.name, f.file = name, file.name
					f.list(t.Root)
				}
			}
		}
	}
	return f.calls
}

// A finder looks for the calls of one function in the nodes of a file, and for names that are called without arguments.
type finder struct {
	name, file string
	calls      []FuncCall
	lone       func(name string, line int)
}

// loneFilter is the error of a filter that stands without a value, which is meant to be a value of the page: {{title}}.
func (l *Library[T]) loneFilter(file string, tree *parse.Tree) (err error) {
	f := finder{lone: func(name string, line int) {
		if err == nil && l.isFilter(name) {
			err = fmt.Errorf("template %s:%d: %s is a function that wants a value, {{.x | %s}}; for a value that the view gives write .%s", file, line, name, name, name)
		}
	}}
	f.list(tree.Root)
	return err
}

func (f *finder) list(list *parse.ListNode) {
	if list == nil {
		return
	}
	for _, node := range list.Nodes {
		switch n := node.(type) {
		case *parse.ActionNode:
			f.pipe(n.Pipe)
		case *parse.TemplateNode:
			f.pipe(n.Pipe)
		case *parse.IfNode:
			f.branch(&n.BranchNode)
		case *parse.RangeNode:
			f.branch(&n.BranchNode)
		case *parse.WithNode:
			f.branch(&n.BranchNode)
		}
	}
}

func (f *finder) branch(n *parse.BranchNode) {
	f.pipe(n.Pipe)
	f.list(n.List)
	f.list(n.ElseList)
}

func (f *finder) pipe(p *parse.PipeNode) {
	if p == nil {
		return
	}
	for i, cmd := range p.Cmds {
		if id, ok := cmd.Args[0].(*parse.IdentifierNode); ok && id.Ident == f.name {
			f.call(cmd, p.Line, i > 0)
		}
		for j, arg := range cmd.Args {
			if id, ok := arg.(*parse.IdentifierNode); ok && f.lone != nil && (j > 0 || i == 0 && len(cmd.Args) == 1) {
				f.lone(id.Ident, p.Line)
			}
			f.argument(arg)
		}
	}
}

// argument looks into an argument in parentheses.
func (f *finder) argument(node parse.Node) {
	switch n := node.(type) {
	case *parse.PipeNode:
		f.pipe(n)
	case *parse.ChainNode:
		f.argument(n.Node)
	}
}

func (f *finder) call(cmd *parse.CommandNode, line int, piped bool) {
	c := FuncCall{Site: fmt.Sprintf("%s:%d", f.file, line)}
	for _, arg := range cmd.Args[1:] {
		if text, ok := arg.(*parse.StringNode); ok {
			c.Args = append(c.Args, text.Text)
			continue
		}
		c.Args = append(c.Args, nil)
	}
	if piped {
		c.Args = append(c.Args, nil)
	}
	f.calls = append(f.calls, c)
}
