package router

import (
	"strings"

	"github.com/dewar-go/dewar/internal/rule"
)

// A fork is where rules part that begin alike. It is asked in the order of the rules: what is text goes before what is a variable,
// and one that refuses leaves the path to the next.
type fork struct {
	run   string   // the text that comes first whatever follows, of whole segments with their slashes
	end   *entry   // of the rule that ends here, nil if none does
	texts texts    // that the next segment may be
	ways  []way    // in their order
	many  *affixes // of ways, nil if they are few
	last  int      // the highest rank of what is here and behind
	plain bool     // chi can tell apart what comes next
}

// A way is a segment with variables, and what is behind it.
type way struct {
	segment *rule.Segment
	to      *fork
}

// newFork returns the fork of all entries, which are in their order.
func newFork(entries []*entry) *fork {
	root := &fork{plain: true}
	for _, e := range entries {
		f, segments := root, e.rule.Segments()
		for i := range segments {
			f.last = e.rank
			f = f.next(&segments[i])
		}
		f.last, f.end = e.rank, e
	}
	return root
}

// finish puts texts that follow each other in one, and makes the affixes, which need all ways.
func (f *fork) finish() {
	var run strings.Builder
	last := f
	for f.only() {
		next := f.texts.list[0]
		run.WriteString("/" + next.text)
		*f, last = *next.to, next.to
	}
	f.run = run.String()
	f.many = newAffixes(f.ways)
	last.many = f.many // the leaves of a tree lead to the fork that f has taken the place of
	for _, w := range f.ways {
		w.to.finish()
	}
	for _, next := range f.texts.list {
		next.to.finish()
	}
}

// only reports whether nothing but one text comes next.
func (f *fork) only() bool {
	return f.plain && f.end == nil && len(f.ways) == 0 && len(f.texts.list) == 1
}

// next returns the fork behind segment. Entries of the same segment follow each other.
func (f *fork) next(segment *rule.Segment) *fork {
	if segment.Kind == rule.Text {
		return f.nextText(segment.Shape)
	}
	if n := len(f.ways) - 1; n >= 0 && f.ways[n].segment.Shape == segment.Shape {
		return f.ways[n].to
	}
	to := &fork{plain: true}
	f.ways = append(f.ways, way{segment, to})
	f.plain = f.plain && len(f.ways) == 1 && segment.Kind != rule.Mixed
	return to
}

func (f *fork) nextText(text string) *fork {
	if to := f.texts.find(text); to != nil {
		return to
	}
	to := &fork{plain: true}
	f.texts.add(text, to)
	f.plain = f.plain && !special(text)
	return to
}

// special reports whether text has a character that means something to chi.
func special(text string) bool { return strings.ContainsAny(text, "{}*") }

// search is the question that is asked of entries, and what is found out.
type search struct {
	path      string
	after     int              // the rank that those to try come after
	redirects bool             // entries that redirect are not passed over
	repeated  bool             // several tables are asked, and values do not count
	values    []any            // of the entry, if its rule is not late
	known     map[verdict]bool // about rules that are not late
	finds     int              // how often a tree was asked
	steps     int              // how many forks and entries were looked at
}

// verdict is what entries share that match the same paths.
type verdict struct {
	path, shape string
	other       bool
}

// behind returns the first entry behind f that takes the path, which is a match for what is before f up to pos, and how many
// variables it has. Where they are is in room, n of them before f.
//
// The room is no part of the search, nor is it returned: what is in it would move to the heap.
func (s *search) behind(f *fork, pos int, room []rule.Span, n int) (*entry, int) {
	for f.last > s.after {
		s.steps++
		end, ok := f.runs(s.path, pos)
		if !ok {
			return nil, 0
		}
		if end == len(s.path) {
			return s.ends(f.end, room, n)
		}
		at := s.segment(end + 1)
		if to := f.texts.find(s.path[at.Start:at.End]); to != nil {
			if len(f.ways) == 0 { // nothing to come back to
				f, pos = to, at.End
				continue
			}
			if e, n := s.behind(to, at.End, room, n); e != nil {
				return e, n
			}
		}
		if len(f.ways) != 1 {
			return s.along(f, at, room, n)
		}
		w := &f.ways[0]
		if pos, n, ok = s.goes(w, at, room, n); !ok {
			return nil, 0
		}
		f = w.to
	}
	return nil, 0
}

// runs returns where the path goes on after the text that comes first.
func (f *fork) runs(path string, pos int) (int, bool) {
	if f.run == "" {
		return pos, true
	}
	end := pos + len(f.run)
	return end, strings.HasPrefix(path[pos:], f.run) && (end == len(path) || path[end] == '/')
}

// ends returns e if it takes the path, which ends where its rule does.
func (s *search) ends(e *entry, room []rule.Span, n int) (*entry, int) {
	if e != nil && e.rank > s.after && s.takes(e, room[:n]) {
		return e, n
	}
	return nil, 0
}

// within is behind for what chi cannot tell apart at f, where it has led to. The rest of the path begins at start.
func (s *search) within(f *fork, start int, room []rule.Span, n int) (*entry, int) {
	at := s.segment(start)
	segment := s.path[at.Start:at.End]
	if to := f.texts.find(segment); to != nil && special(segment) {
		if e, n := s.behind(to, at.End, room, n); e != nil {
			return e, n
		}
	}
	return s.along(f, at, room, n)
}

// segment returns where the segment is that begins at start.
func (s *search) segment(start int) rule.Span {
	if i := strings.IndexByte(s.path[start:], '/'); i >= 0 {
		return rule.Span{Start: start, End: start + i}
	}
	return rule.Span{Start: start, End: len(s.path)}
}

// along is behind for the ways of a fork. The next segment of the path is at.
func (s *search) along(f *fork, at rule.Span, room []rule.Span, n int) (*entry, int) {
	if f.many != nil {
		return s.alongMany(f, at, room, n)
	}
	for i := range f.ways {
		if e, n := s.way(&f.ways[i], at, room, n); e != nil {
			return e, n
		}
	}
	return nil, 0
}

// alongMany is along for those ways that come into question.
func (s *search) alongMany(f *fork, at rule.Span, room []rule.Span, n int) (*entry, int) {
	for i := f.many.next(-1, s.path, at); i >= 0; i = f.many.next(i, s.path, at) {
		if e, n := s.way(&f.ways[i], at, room, n); e != nil {
			return e, n
		}
	}
	return nil, 0
}

// way is along for one of the ways.
func (s *search) way(w *way, at rule.Span, room []rule.Span, n int) (*entry, int) {
	if end, n, ok := s.goes(w, at, room, n); ok {
		return s.behind(w.to, end, room, n)
	}
	return nil, 0
}

// goes reports whether the segment at is one of w, and returns where it ends and how many variables there are with it.
func (s *search) goes(w *way, at rule.Span, room []rule.Span, n int) (int, int, bool) {
	if w.to.last <= s.after {
		return 0, 0, false
	}
	if w.segment.Slashes() {
		at.End = len(s.path)
	}
	s.steps++
	spans, ok := w.segment.Match(s.path, at, room[:n])
	return at.End, len(spans), ok
}

// takes reports whether e answers, whose form and built-in converters fit.
func (s *search) takes(e *entry, spans []rule.Span) bool {
	if e.redirect && !s.redirects || e.refuses(s.path) {
		return false
	}
	return e.rule.Late() || s.converts(e, spans)
}

// converts asks converters that are not built in, once for all tables.
func (s *search) converts(e *entry, spans []rule.Span) bool {
	ok, known := s.known[verdict{s.path, e.rule.Shape(), e.other}]
	if known {
		return ok
	}
	s.steps++
	s.values, ok = e.rule.Convert(s.path, spans)
	if !ok || s.repeated {
		s.note(e, ok)
	}
	return ok
}

// note keeps for other tables whether e takes the path.
func (s *search) note(e *entry, ok bool) {
	if s.known == nil {
		s.known = map[verdict]bool{}
	}
	s.known[verdict{s.path, e.rule.Shape(), e.other}] = ok
}
