package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A row is a benchmark that both states have, and what was measured of it.
type row struct {
	pkg, name  string
	base, head *program

	times     times // of the rounds that count: the later ones, where it was measured again
	again     bool  // it was measured again
	estimate  estimate
	allocated growth
}

// A survey is which benchmarks there are.
type survey struct {
	rows []*row
	// added and removed are those of one state only, same the packages whose programs are the same in both.
	added, removed, same []string
	// broken says what could not be built or run of base.
	broken []error
}

// A place is where the two states are, and what is made of them. Both are called tree while they are built, so that the programs of
// the same sources are the same.
type place struct{ base, head, tree, programs string }

// newPlace makes one in a folder, with the files of both states.
func newPlace(ctx context.Context, r repository, commit, folder string) (place, error) {
	in := func(name string) string { return filepath.Join(folder, name) }
	at := place{in("base"), in("head"), in("tree"), in("programs")}
	for _, name := range []string{at.base, at.head, at.programs} {
		if err := os.Mkdir(name, 0o755); err != nil {
			return at, err
		}
	}
	return at, errors.Join(r.export(ctx, commit, at.base), r.copyTree(ctx, at.head))
}

// A built is what came of a package in one state.
type built struct {
	program *program // nil where there is none
	err     error
}

// build makes the programs of one of the two states, in the order of the packages.
func (at place) build(ctx context.Context, state string, packages []string, skip string) ([]built, error) {
	if err := os.Rename(state, at.tree); err != nil {
		return nil, err
	}
	var list []built
	for _, pkg := range packages {
		file := fmt.Sprintf("%d-%s.exe", len(list), filepath.Base(state)) // Windows runs nothing else
		p, err := build(ctx, at.tree, pkg, filepath.Join(at.programs, file))
		if errors.Is(err, errNoPackage) {
			err = nil
		}
		if p != nil {
			p.folder, p.skip = filepath.Join(state, filepath.FromSlash(pkg)), skip
		}
		list = append(list, built{p, err})
	}
	return list, os.Rename(at.tree, state)
}

// find builds the packages in both states and lists the benchmarks that match a pattern. An error is one of head: what is broken in
// base alone is told, and nothing is compared with it.
func find(ctx context.Context, at place, packages []string, bench, skip string) (survey, error) {
	var s survey
	base, err := at.build(ctx, at.base, packages, skip)
	if err != nil {
		return s, err
	}
	head, err := at.build(ctx, at.head, packages, skip)
	if err != nil {
		return s, err
	}
	for i, pkg := range packages {
		if head[i].err != nil {
			return s, fmt.Errorf("head: %w", head[i].err)
		}
		if base[i].err != nil {
			s.broken = append(s.broken, base[i].err)
			continue
		}
		if err := s.add(ctx, pkg, base[i].program, head[i].program, bench); err != nil {
			return s, fmt.Errorf("head: %w", err)
		}
	}
	if len(s.rows)+len(s.added)+len(s.removed)+len(s.same)+len(s.broken) == 0 {
		return s, fmt.Errorf("no benchmark of %s matches %q", strings.Join(packages, ", "), bench)
	}
	return s, nil
}

// add looks at one package.
func (s *survey) add(ctx context.Context, pkg string, base, head *program, bench string) error {
	if base != nil && head != nil {
		equal, err := same(base, head)
		if err != nil {
			return err
		}
		if equal {
			s.same = append(s.same, pkg)
			return nil
		}
	}
	now, err := list(ctx, head, bench)
	if err != nil {
		return err
	}
	before, err := list(ctx, base, bench)
	if err != nil {
		s.broken = append(s.broken, err)
		return nil
	}
	for _, name := range now {
		if slices.Contains(before, name) {
			s.rows = append(s.rows, &row{pkg: pkg, name: name, base: base, head: head})
		} else {
			s.added = append(s.added, title(pkg, name))
		}
	}
	for _, name := range before {
		if !slices.Contains(now, name) {
			s.removed = append(s.removed, title(pkg, name))
		}
	}
	return nil
}

// list returns the names of a program's benchmarks, of none if it is nil. Only running them tells which there are below others.
func list(ctx context.Context, p *program, bench string) ([]string, error) {
	if p == nil {
		return nil, nil
	}
	results, err := p.run(ctx, turn{pattern: bench, lasts: "1x", count: 1})
	if err != nil {
		return nil, err
	}
	var names []string
	for _, r := range results {
		if !slices.Contains(names, r.name) {
			names = append(names, r.name)
		}
	}
	return names, nil
}

// programs returns each pair of programs once, with the rows that are of it.
func (s survey) programs() [][]*row {
	var pairs [][]*row
	for _, r := range s.rows {
		i := slices.IndexFunc(pairs, func(p []*row) bool { return p[0].head == r.head })
		if i < 0 {
			i, pairs = len(pairs), append(pairs, nil)
		}
		pairs[i] = append(pairs[i], r)
	}
	return pairs
}
