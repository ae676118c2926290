package router

import (
	"net/http"
	"sync"

	"github.com/go-chi/chi/v5"
)

// tree is the entries that chi can express.
type tree struct {
	mux      *chi.Mux
	entries  map[string]*entry // by chi's pattern
	contexts sync.Pool         // of *chi.Context
}

// newTree makes a tree of those entries, which are in their order, that chi can express. It leaves the others to the
// complex ones of their groups. Every method is GET to chi, which knows but a few names, and for the whole program.
func newTree(entries []*entry) *tree {
	t := &tree{mux: chi.NewMux(), entries: map[string]*entry{}}
	t.contexts.New = func() any { return chi.NewRouteContext() }
	plan(entries)
	for _, e := range entries {
		if e.pattern == "" {
			e.group.complex = append(e.group.complex, e)
			continue
		}
		t.entries[e.pattern] = e
		t.mux.Get(e.pattern, http.NotFound)
	}
	return t
}

// propose returns the first entry of the tree that may match path, nil if none does. It is to be matched again: chi
// takes an empty segment for a value and leaves a variable on its own to its converter.
func (t *tree) propose(path string) *entry {
	ctx := t.contexts.Get().(*chi.Context)
	pattern := t.mux.Find(ctx, http.MethodGet, path)
	ctx.Reset()
	t.contexts.Put(ctx)
	return t.entries[pattern]
}
