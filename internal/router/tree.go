package router

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/go-chi/chi/v5"

	"github.com/dewar-go/dewar/internal/rule"
)

// manyTexts is how many segments of a rule, on average, are texts beside others, where chi's tree goes first. There it costs about
// what forks cost, each text being a fork; with fewer the forks alone are clearly faster.
const manyTexts = 8

// treePays reports whether a tree of entries, which are those of root, goes first.
func treePays(entries []*entry, root *fork) bool {
	texts := 0
	for _, e := range entries {
		f, segments := root, e.rule.Segments()
		for i := range segments {
			if f.hides(&segments[i]) {
				break
			}
			if segments[i].Kind == rule.Text && !f.only() {
				texts++
			}
			f = f.next(&segments[i])
		}
	}
	return len(entries) > 0 && texts >= manyTexts*len(entries)
}

// hides reports whether chi cannot tell segment from others that come next.
func (f *fork) hides(segment *rule.Segment) bool {
	return !f.plain && (segment.Kind != rule.Text || special(segment.Shape))
}

// tree is a chi tree of the entries of one method. Where it cannot tell them apart it leads to their fork. Of a place it knows the
// texts and one variable, which takes any text, so that there is one order to try them in, which is that of the rules.
type tree struct {
	mux      *chi.Mux
	leaves   []leaf
	rests    map[string]*leaf // those without a named variable, by chi's pattern
	contexts sync.Pool        // of *chi.Context
}

// leaf is what chi finds.
type leaf struct {
	entry *entry // nil where a fork says what follows
	fork  *fork
	vars  []*rule.Segment // before the fork, which chi has not asked the converters of
	gaps  []int           // how much text is before each of the values that chi finds, which for a fork are one more: all that is left
	final bool            // nothing comes into question after it
	plain bool            // every text that is not empty is a value for it
}

// newTree makes a tree of entries, which are those of root. Every method is GET to chi, which knows but a few names, and for the
// whole program.
func newTree(entries []*entry, root *fork) *tree {
	t := &tree{mux: chi.NewMux(), rests: map[string]*leaf{}}
	t.contexts.New = func() any { return chi.NewRouteContext() }
	planted := map[*fork]bool{}
	for _, e := range entries {
		t.plant(root, e, planted)
	}
	return t
}

// plant adds the leaf of e, unless it is that of a fork which is planted.
func (t *tree) plant(f *fork, e *entry, planted map[*fork]bool) {
	var pattern strings.Builder
	l, gap, named := &leaf{final: true}, 0, false
	segments := e.rule.Segments()
	for i := range segments {
		segment := &segments[i]
		pattern.WriteByte('/')
		gap++
		if f.hides(segment) {
			if planted[f] {
				return
			}
			planted[f] = true
			pattern.WriteByte('*')
			l.fork, l.gaps = f, append(l.gaps, gap)
			break
		}
		switch segment.Kind {
		case rule.Text:
			pattern.WriteString(segment.Shape)
			gap += len(segment.Shape)
			l.final = l.final && len(f.ways) == 0
		case rule.Rest:
			pattern.WriteByte('*')
			l.gaps = append(l.gaps, gap)
		case rule.Single:
			pattern.WriteString("{" + t.key(len(l.gaps)) + "}")
			l.gaps, gap, named = append(l.gaps, gap), 0, true
			l.vars = append(l.vars, segment)
		}
		f = f.next(segment)
	}
	if l.fork == nil {
		l.entry, l.plain = e, e.rule.Plain()
	}
	if !named {
		t.rests[pattern.String()] = l
	}
	t.leaves = append(t.leaves, *l)
	t.mux.Get(pattern.String(), http.NotFound)
}

// key returns chi's name for the i-th variable of the next leaf. That of the first one tells the leaf, which chi then need not be
// looked up by its pattern.
func (t *tree) key(i int) string {
	if i == 0 {
		return strconv.Itoa(len(t.leaves))
	}
	return "_" + strconv.Itoa(i)
}

// find returns the leaf for path, nil if there is none, and how many variables chi has found. Where they are is in room.
func (t *tree) find(path string, room []rule.Span) (*leaf, int) {
	ctx := t.contexts.Get().(*chi.Context)
	l, n := t.leaf(t.mux.Find(ctx, http.MethodGet, path), ctx.URLParams.Keys), 0
	if l != nil {
		n = l.locate(ctx.URLParams.Values, room)
	}
	ctx.Reset()
	t.contexts.Put(ctx)
	return l, n
}

// locate notes in room where the values are, and returns how many they are.
func (l *leaf) locate(values []string, room []rule.Span) int {
	end := 0
	for i, gap := range l.gaps {
		start := end + gap
		end = start + len(values[i])
		room[i] = rule.Span{Start: start, End: end}
	}
	return len(l.gaps)
}

// begins reports whether the converters that are built in take the values before a fork.
func (l *leaf) begins(path string, room []rule.Span) bool {
	for i, segment := range l.vars {
		if _, ok := segment.Match(path, room[i], room[i:i]); !ok {
			return false
		}
	}
	return true
}

// leaf returns the leaf of a pattern, whose variables have these names.
func (t *tree) leaf(pattern string, keys []string) *leaf {
	switch {
	case pattern == "":
		return nil
	case keys[0] == "*":
		return t.rests[pattern]
	}
	i := 0
	for _, digit := range []byte(keys[0]) {
		i = 10*i + int(digit-'0')
	}
	return &t.leaves[i]
}

// accepts reports whether the entry of l answers, whose built-in converters are yet to be asked.
func (s *search) accepts(l *leaf, spans []rule.Span) bool {
	if l.plain {
		return !slices.ContainsFunc(spans, rule.Span.Empty) && s.takes(l.entry, spans)
	}
	return l.entry.rule.Accepts(s.path, spans) && s.takes(l.entry, spans)
}
