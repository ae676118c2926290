package pages

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"text/template/parse"

	"github.com/dewar-go/dewar/internal/lazyregexp"
	"github.com/dewar-go/dewar/internal/suggest"
)

// fieldError finds what is said of a field that is not there: the place, the template, and the type, which is often
// an interface that tells nothing.
var fieldError = lazyregexp.New(`^template (.*?:\d+:\d+): executing "(.+?)" at <(.*)>: can't evaluate field (\w+) in type (.+)$`)

// explainExecution is explain for an error of executing a page with data.
func (l *Library[T]) explainExecution(p *page[T], data any, err error) error {
	if missing, ok := errors.AsType[*missingValue](err); ok {
		return &explained{missing.text, err}
	}
	text := brief(err)
	if strings.Contains(text, " is an unexported field of struct type ") {
		return &explained{text + "; templates see exported fields alone, so write it with a capital letter in Go", err}
	}
	m := fieldError.FindStringSubmatch(text)
	if m == nil {
		return l.explain(err)
	}
	s := search{trees: p.trees, template: m[2], site: m[1], field: m[4], path: strings.TrimSuffix(m[3], "...")}
	s.tree(p.name, reflect.ValueOf(data), 0)
	typ, cure := m[5], ""
	switch {
	case s.found.IsValid():
		typ, cure = s.found.Type().String(), fieldCure(s.found.Type(), s.field)
	case typ == "interface {}":
		return l.explain(err)
	}
	if l.FieldCure != nil {
		before, _, _ := strings.Cut(s.path, "."+s.field)
		if own := l.FieldCure(typ, before, s.field); own != "" {
			cure = "; " + own
		}
	}
	line := m[1][:strings.LastIndexByte(m[1], ':')]
	return &explained{fmt.Sprintf("template %s: %s: a value of type %s has no field or method %s%s", line, s.path, typ, s.field, cure), err}
}

// fieldCure says which field or method was meant, or which there are.
func fieldCure(t reflect.Type, field string) string {
	var names []string
	if s := pointee(t); s.Kind() == reflect.Struct {
		for _, f := range reflect.VisibleFields(s) {
			if f.IsExported() {
				names = append(names, f.Name)
			}
		}
	}
	for i := range t.NumMethod() {
		names = append(names, t.Method(i).Name)
	}
	if near := suggest.Nearest(field, names); near != "" {
		return "; did you mean " + near + "?"
	}
	for _, name := range names {
		if strings.EqualFold(name, field) {
			return "; did you mean " + name + "?"
		}
	}
	if len(names) == 0 || len(names) > 12 {
		return ""
	}
	return "; it has " + strings.Join(names, ", ")
}

func pointee(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t
}

// A search looks for the value that has no such field, by walking along the templates with the values they were
// executed with. It calls nothing, so it may find none.
type search struct {
	trees                 map[string]*parse.Tree
	template, site, field string
	found                 reflect.Value
	path                  string
}

func (s *search) tree(name string, dot reflect.Value, depth int) {
	if tree := s.trees[name]; tree != nil && depth <= 20 && !s.found.IsValid() {
		s.list(tree, tree.Root, scope{dot, dot, depth})
	}
}

// A scope is what the dot and the dollar are.
type scope struct {
	dot, dollar reflect.Value
	depth       int
}

func (s *search) list(tree *parse.Tree, list *parse.ListNode, in scope) {
	if list == nil {
		return
	}
	for _, node := range list.Nodes {
		switch n := node.(type) {
		case *parse.ActionNode:
			s.pipe(tree, n.Pipe, in)
		case *parse.TemplateNode:
			s.pipe(tree, n.Pipe, in)
			s.tree(n.Name, s.value(n.Pipe, in), in.depth+1)
		case *parse.IfNode:
			s.branches(tree, &n.BranchNode, in, []reflect.Value{in.dot})
		case *parse.WithNode:
			s.branches(tree, &n.BranchNode, in, []reflect.Value{s.value(n.Pipe, in)})
		case *parse.RangeNode:
			s.branches(tree, &n.BranchNode, in, elements(s.value(n.Pipe, in)))
		}
	}
}

func (s *search) branches(tree *parse.Tree, n *parse.BranchNode, in scope, dots []reflect.Value) {
	s.pipe(tree, n.Pipe, in)
	for _, dot := range dots {
		s.list(tree, n.List, scope{dot, in.dollar, in.depth})
	}
	s.list(tree, n.ElseList, in)
}

// elements returns the first items of a list or mapping.
func elements(v reflect.Value) (items []reflect.Value) {
	const enough = 100
	switch v = solid(v); v.Kind() {
	case reflect.Slice, reflect.Array:
		for i := range min(v.Len(), enough) {
			items = append(items, v.Index(i))
		}
	case reflect.Map:
		for it := v.MapRange(); it.Next() && len(items) < enough; {
			items = append(items, it.Value())
		}
	}
	return items
}

// pipe looks for the node that failed among the arguments of a pipe.
func (s *search) pipe(tree *parse.Tree, pipe *parse.PipeNode, in scope) {
	if pipe == nil || s.found.IsValid() {
		return
	}
	for _, cmd := range pipe.Cmds {
		for _, arg := range cmd.Args {
			if inner, ok := arg.(*parse.PipeNode); ok {
				s.pipe(tree, inner, in)
				continue
			}
			at := arg
			chain, isChain := arg.(*parse.ChainNode)
			if isChain {
				at = chain.Node
			}
			site, _ := tree.ErrorContext(at)
			switch {
			case site != s.site || tree.Name != s.template:
			case isChain:
				s.path = chain.String()
			default:
				s.chain(arg, in)
			}
		}
	}
}

func (s *search) chain(n parse.Node, in scope) {
	start, names := parts(n, in)
	for _, name := range names {
		next := step(start, name)
		if name == s.field && !next.IsValid() {
			s.path = n.String()
			if v := start; v.IsValid() {
				for v.Kind() == reflect.Interface && !v.IsNil() {
					v = v.Elem()
				}
				s.found = v
			}
			return
		}
		start = next
	}
}

// value returns what a pipe of one name stands for.
func (s *search) value(pipe *parse.PipeNode, in scope) reflect.Value {
	if pipe == nil || len(pipe.Cmds) != 1 || len(pipe.Cmds[0].Args) != 1 {
		return reflect.Value{}
	}
	v, names := parts(pipe.Cmds[0].Args[0], in)
	for _, name := range names {
		v = step(v, name)
	}
	return v
}

// parts returns where a chain of names begins, and the names.
func parts(n parse.Node, in scope) (reflect.Value, []string) {
	switch n := n.(type) {
	case *parse.DotNode:
		return in.dot, nil
	case *parse.FieldNode:
		return in.dot, n.Ident
	case *parse.VariableNode:
		if n.Ident[0] == "$" {
			return in.dollar, n.Ident[1:]
		}
	}
	return reflect.Value{}, nil
}

// solid follows interfaces and pointers.
func solid(v reflect.Value) reflect.Value {
	for v.Kind() == reflect.Interface || v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	return v
}

// step returns the field or entry of that name.
func step(v reflect.Value, name string) reflect.Value {
	switch v = solid(v); v.Kind() {
	case reflect.Map:
		if key := reflect.ValueOf(name); key.Type().ConvertibleTo(v.Type().Key()) {
			return v.MapIndex(key.Convert(v.Type().Key()))
		}
	case reflect.Struct:
		if f, ok := v.Type().FieldByName(name); ok && f.IsExported() {
			if field, err := v.FieldByIndexErr(f.Index); err == nil {
				return field
			}
		}
	}
	return reflect.Value{}
}
