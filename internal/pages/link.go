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

// link makes a page of every file.
func (l *Library[T]) link(files map[string]*file) *collection[T] {
	c := &collection[T]{pages: map[string]*page[T]{}}
	called := map[string]bool{}
	for name, f := range files {
		for _, to := range f.calls {
			if to.name != name {
				called[to.name] = true
			}
		}
	}
	seen := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		p, problems := l.newPage(files, files[name], !called[name])
		c.pages[name] = p
		for _, err := range problems {
			if !seen[err.Error()] {
				seen[err.Error()] = true
				c.problems = append(c.problems, err)
			}
		}
	}
	return c
}

// newPage makes the page of one file and tells what is wrong with it. What a file that others call lacks may be in
// the files that call it, so then it is no problem, only the error of executing it by itself.
func (l *Library[T]) newPage(files map[string]*file, f *file, top bool) (*page[T], []error) {
	p := &page[T]{name: f.name, files: []*file{f}}
	order, err := orderOf(files, f)
	if err != nil {
		p.err = err
		return p, []error{err}
	}
	p.files = order
	problems := p.merge(files)
	problems = append(problems, p.missing(files)...)
	problems = append(problems, p.bareCalls()...)
	slips, doubts := p.unusedBlocks(f)
	problems = append(problems, slips...)
	if top {
		l.warn(doubts)
	}
	if len(problems) == 0 && top {
		if err := l.check(p); err != nil {
			problems = []error{err}
		}
	}
	if len(problems) > 0 {
		p.err = Problems(problems)
	}
	if !top {
		problems = nil
	}
	return p, problems
}

// merge puts together the definitions of all files. Of those with one name the one in the file that calls the others
// counts; when there is none it is a problem.
func (p *page[T]) merge(files map[string]*file) (problems []error) {
	p.trees = map[string]*parse.Tree{}
	owners := map[string][]*file{}
	for _, f := range p.files {
		for name, tree := range f.trees {
			p.trees[name] = tree
			owners[name] = append(owners[name], f)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(owners)) {
		list := owners[name]
		last := list[len(list)-1]
		reached, _ := orderOf(files, last)
		for _, other := range list[:len(list)-1] {
			if !slices.Contains(reached, other) {
				problems = append(problems, fmt.Errorf("template %s: %q is defined in %s and in %s, and neither calls the other; rename one of them",
					p.name, name, other.name, last.name))
			}
		}
	}
	return problems
}

// missing finds calls of templates that are nowhere.
func (p *page[T]) missing(files map[string]*file) (problems []error) {
	for _, f := range p.files {
		for _, c := range f.calls {
			if p.trees[c.name] == nil {
				problems = append(problems, fmt.Errorf("template %s: no template %q%s", c.site, c.name, p.cure(files, c.name)))
			}
		}
	}
	return problems
}

// cure says how to get a template that is missing.
func (p *page[T]) cure(files map[string]*file, name string) string {
	names := slices.Sorted(maps.Keys(files))
	candidates := append(slices.Sorted(maps.Keys(p.trees)), names...)
	if near := suggest.DidYouMean(name, candidates); near != "" {
		return near
	}
	for _, other := range names {
		if files[other].trees[name] != nil {
			return fmt.Sprintf("; it is defined in %s, call that first: {{template %q}}", other, other)
		}
	}
	if note := passedOver(name); note != "" {
		return note
	}
	return fmt.Sprintf("; define it, or where it is optional write {{block %q .}}{{end}}", name)
}

// orderOf returns f and every file that it calls, each behind those that it calls itself. A file that cannot be used
// and files that call each other in a circle are errors. A file may call itself.
func orderOf(files map[string]*file, f *file) ([]*file, error) {
	w := walk{files: files}
	err := w.visit(f)
	return w.done, err
}

// A walk goes along the calls of files. trail[i] calls trail[i+1] at sites[i].
type walk struct {
	files map[string]*file
	done  []*file
	trail []*file
	sites []call
}

func (w *walk) visit(f *file) error {
	if f.err != nil {
		return f.err
	}
	if slices.Contains(w.done, f) {
		return nil
	}
	w.trail = append(w.trail, f)
	for _, c := range f.calls {
		next := w.files[c.name]
		if next == nil || next == f {
			continue
		}
		w.sites = append(w.sites, c)
		if i := slices.Index(w.trail, next); i >= 0 {
			return circleError(w.sites[i:])
		}
		if err := w.visit(next); err != nil {
			return err
		}
		w.sites = w.sites[:len(w.sites)-1]
	}
	w.trail = w.trail[:len(w.trail)-1]
	w.done = append(w.done, f)
	return nil
}

// circleError describes a circle in the same way wherever it was entered.
func circleError(calls []call) error {
	first := 0
	for i := range calls {
		if calls[i].site < calls[first].site {
			first = i
		}
	}
	var parts []string
	for i := range calls {
		c := calls[(first+i)%len(calls)]
		parts = append(parts, c.site+" calls "+c.name)
	}
	return errors.New("template " + strings.Join(parts, ", ") + ": files must not call each other in a circle; move what they share into another file")
}
