package pages

import (
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"strconv"
	texttemplate "text/template"
	"text/template/parse"

	"github.com/dewar-go/dewar/internal/lazyregexp"
)

// A file is a template file as it was read.
type file struct {
	name  string
	stamp Stamp
	trees map[string]*parse.Tree // the file itself and what it defines
	calls []call
	err   error // why it cannot be used
}

// A call is a {{template}} in a file.
type call struct {
	name string // of the template that is called
	site string // file:line
	bare bool   // nothing is handed on
}

// readAll reads the files of all layers.
func (l *Library[T]) readAll() (map[string]*file, error) {
	files := map[string]*file{}
	names, err := l.Layers.Names()
	for _, name := range names {
		if f := l.read(name); f != nil {
			files[name] = f
		}
	}
	return files, err
}

// read returns nil when there is no regular file of that name. The stamp is taken before the text, so that a change
// in between is found later.
func (l *Library[T]) read(name string) *file {
	f := &file{name: name, stamp: l.Layers.Stamp(name), trees: map[string]*parse.Tree{}}
	source, err := l.Layers.readAt(f.stamp, name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		f.err = err
		return f
	}
	text := source
	if f.err = refuseJinja(name, source); f.err != nil {
		return f
	}
	if Escaped(name) {
		source = protectDeclarations(source)
	}
	set, err := texttemplate.New(name).Funcs(l.known).Parse(source)
	if err != nil {
		f.err = l.explainSource(err, text)
		return f
	}
	for _, t := range set.Templates() {
		if f.err = l.loneFilter(name, t.Tree); f.err != nil {
			return f
		}
		f.trees[t.Name()] = t.Tree
		f.collectCalls(t.Tree.Root)
	}
	return f
}

func (f *file) collectCalls(list *parse.ListNode) {
	if list == nil {
		return
	}
	for _, node := range list.Nodes {
		switch n := node.(type) {
		case *parse.TemplateNode:
			f.calls = append(f.calls, call{n.Name, fmt.Sprintf("%s:%d", f.name, n.Line), n.Pipe == nil})
		case *parse.IfNode:
			f.collectBranches(&n.BranchNode)
		case *parse.RangeNode:
			f.collectBranches(&n.BranchNode)
		case *parse.WithNode:
			f.collectBranches(&n.BranchNode)
		}
	}
}

func (f *file) collectBranches(n *parse.BranchNode) {
	f.collectCalls(n.List)
	f.collectCalls(n.ElseList)
}

// declarationFunc is the name of the function that writes the declarations of XML.
const declarationFunc = "_xml"

func declaration(text string) template.HTML { return template.HTML(text) }

// declarationPattern finds <?xml version="1.0"?> and <?xml-stylesheet ...?>.
var declarationPattern = lazyregexp.New(`<\?xml[^?{}\n]*\?>`)

// protectDeclarations keeps html/template from escaping the declarations of XML, which it takes for text.
func protectDeclarations(source string) string {
	return declarationPattern.ReplaceAllStringFunc(source, func(d string) string {
		return "{{" + declarationFunc + " " + strconv.Quote(d) + "}}"
	})
}
