package pages

import (
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"regexp"
	"strconv"
	"strings"
	texttemplate "text/template"
	"text/template/parse"
)

// A file is a template file as it was read.
type file struct {
	name  string
	stamp stamp
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

// A stamp says where a file is and as of when.
type stamp struct {
	layer int // -1 when there is no such file
	time  int64
	size  int64
}

func (l *Library[T]) stampOf(name string) stamp {
	for i, layer := range l.Layers {
		info, err := fs.Stat(layer, name)
		if err == nil && info.Mode().IsRegular() {
			return stamp{i, info.ModTime().UnixNano(), info.Size()}
		}
	}
	return stamp{layer: -1}
}

// readAll reads the files of all layers.
func (l *Library[T]) readAll() (map[string]*file, error) {
	files := map[string]*file{}
	var problems []error
	for _, layer := range l.Layers {
		err := fs.WalkDir(layer, ".", func(name string, entry fs.DirEntry, err error) error {
			switch {
			case errors.Is(err, fs.ErrNotExist): // gone since its folder was listed
				return nil
			case err != nil:
				return err
			case ignored(entry.Name()) && entry.IsDir():
				return fs.SkipDir
			case ignored(entry.Name()) || entry.IsDir() || files[name] != nil:
				return nil
			}
			if f := l.read(name); f != nil {
				files[name] = f
			}
			return nil
		})
		if err != nil {
			problems = append(problems, fmt.Errorf("templates cannot be read: %w", err))
		}
	}
	return files, errors.Join(problems...)
}

// ignored reports whether a file belongs to an editor or to the operating system.
func ignored(base string) bool {
	return base != "." && strings.HasPrefix(base, ".") || strings.HasSuffix(base, "~")
}

// read returns nil when there is no regular file of that name. The stamp is taken before the text, so that a change
// in between is found later.
func (l *Library[T]) read(name string) *file {
	f := &file{name: name, stamp: l.stampOf(name), trees: map[string]*parse.Tree{}}
	if f.stamp.layer < 0 {
		return nil
	}
	text, err := fs.ReadFile(l.Layers[f.stamp.layer], name)
	if err != nil {
		f.err = fmt.Errorf("template %s cannot be read: %w", name, err)
		return f
	}
	source := string(text)
	if f.err = refuseJinja(name, source); f.err != nil {
		return f
	}
	if Escaped(name) {
		source = protectDeclarations(source)
	}
	set, err := texttemplate.New(name).Funcs(l.known).Parse(source)
	if err != nil {
		f.err = l.explainSource(err, string(text))
		return f
	}
	for _, t := range set.Templates() {
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
var declarationPattern = regexp.MustCompile(`<\?xml[^?{}\n]*\?>`)

// protectDeclarations keeps html/template from escaping the declarations of XML, which it takes for text.
func protectDeclarations(source string) string {
	return declarationPattern.ReplaceAllStringFunc(source, func(d string) string {
		return "{{" + declarationFunc + " " + strconv.Quote(d) + "}}"
	})
}
