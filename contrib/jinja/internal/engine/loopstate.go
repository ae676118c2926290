package engine

import (
	"fmt"

	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

// A loopState is the variable loop.
type loopState struct {
	st      *state
	src     source
	body    *loopBody
	recurse *loopBody // of a recursive loop
	outer   *frame    // of a recursive loop: where it stands

	index0, depth0 int
	total          int // -1 as long as nobody knows
	current        any
	before         any
	after          any // the next item, if ahead
	ahead, ended   bool
	changed        []any // what changed was called with
	failed         error // of looking ahead, where that could not be returned
}

// next goes on to the next item.
func (l *loopState) next() (any, bool, error) {
	v, ok := l.after, l.ahead
	l.after, l.ahead = nil, false
	if !ok {
		var err error
		if v, ok, err = l.pull(); !ok || err != nil {
			return nil, false, err
		}
	}
	l.index0++
	l.before, l.current = l.current, v
	return v, true, nil
}

func (l *loopState) pull() (any, bool, error) {
	if l.ended {
		return nil, false, nil
	}
	v, ok, err := l.src.Next()
	l.ended = !ok
	return v, ok, err
}

// peek looks at the next item and reports whether there is one.
func (l *loopState) peek() (bool, error) {
	if l.ahead {
		return true, nil
	}
	v, ok, err := l.pull()
	l.after, l.ahead = v, ok
	return ok, err
}

// length counts the items. Where only going on tells, all are read now.
func (l *loopState) length() (int, error) {
	if l.total >= 0 {
		return l.total, nil
	}
	var items []any
	for {
		v, ok, err := l.pull()
		if err != nil {
			return 0, err
		}
		if !ok {
			break
		}
		items = append(items, v)
	}
	l.total = l.index0 + 1 + len(items)
	if l.ahead {
		l.total++
	}
	l.src, l.ended = &listSource{items: items}, false
	return l.total, nil
}

// A listSource is items that were read ahead.
type listSource struct{ items []any }

func (s *listSource) Next() (any, bool, error) {
	if len(s.items) == 0 {
		return nil, false, nil
	}
	v := s.items[0]
	s.items = s.items[1:]
	return v, true, nil
}

func (s *listSource) Len() int { return len(s.items) }

// AttrNames returns the names of the attributes of loop.
func (l *loopState) AttrNames() []string {
	return []string{"index", "index0", "revindex", "revindex0", "first", "last", "length", "depth", "depth0", "previtem", "nextitem", "cycle", "changed"}
}

// Attr returns an attribute of loop. An error of looking ahead ends the loop after this round.
func (l *loopState) Attr(_ *value.Runtime, name string) (any, bool) {
	v, ok, err := l.get(name)
	if err != nil {
		l.failed = err
	}
	return v, ok
}

// get returns an attribute of loop, and whether there is one.
func (l *loopState) get(name string) (any, bool, error) {
	switch name {
	case "index":
		return l.index0 + 1, true, nil
	case "index0":
		return l.index0, true, nil
	case "first":
		return l.index0 == 0, true, nil
	case "depth":
		return l.depth0 + 1, true, nil
	case "depth0":
		return l.depth0, true, nil
	case "previtem":
		if l.index0 == 0 {
			return l.none("there is no previous item"), true, nil
		}
		return l.before, true, nil
	case "cycle":
		return cycle(l), true, nil
	case "changed":
		return changed(l), true, nil
	}
	return l.look(name)
}

// look returns an attribute for which the loop must look ahead.
func (l *loopState) look(name string) (any, bool, error) {
	switch name {
	case "last":
		more, err := l.peek()
		return !more, true, err
	case "nextitem":
		more, err := l.peek()
		if !more {
			return l.none("there is no next item"), true, err
		}
		return l.after, true, err
	case "length":
		n, err := l.length()
		return n, true, err
	case "revindex":
		n, err := l.length()
		return n - l.index0, true, err
	case "revindex0":
		n, err := l.length()
		return n - l.index0 - 1, true, err
	}
	return nil, false, nil
}

func (l *loopState) none(hint string) any {
	return &value.Undefined{Hint: hint, Mode: l.st.Undefined}
}

func cycle(l *loopState) *value.Function {
	return &value.Function{Name: "cycle", Rest: true, Call: func(_ *value.Runtime, args []any) (any, error) {
		items := args[0].(value.Tuple)
		if len(items) == 0 {
			return nil, failure("TypeError", "no items for cycling given")
		}
		return items[l.index0%len(items)], nil
	}}
}

func changed(l *loopState) *value.Function {
	return &value.Function{Name: "changed", Rest: true, Call: func(_ *value.Runtime, args []any) (any, error) {
		now := args[0].(value.Tuple)
		same := l.changed != nil && value.Equal(value.Tuple(l.changed), now)
		if l.changed = now; now == nil {
			l.changed = []any{}
		}
		return !same, nil
	}}
}

// Call runs a recursive loop with other items and returns its text.
func (l *loopState) Call(rt *value.Runtime, args value.Args) (any, error) {
	st := rt.Owner.(*state)
	outer := st.begin()
	if err := l.run(st, args); err != nil {
		st.drop(outer)
		return nil, err
	}
	text, err := st.end(outer)
	return text.value(l.body.escape.escapes(l.outer)), err
}

// run writes a recursive loop with other items.
func (l *loopState) run(st *state, args value.Args) error {
	if l.recurse == nil {
		return failure("TypeError", "The loop must have the 'recursive' marker to be called recursively.")
	}
	items, err := l.items(args)
	if err != nil {
		return err
	}
	return l.recurse.again(st, l.outer, items, l.depth0+1)
}

// items is the one argument of loop(items).
func (l *loopState) items(args value.Args) (any, error) {
	if len(args.Positional) == 1 && len(args.Named) == 0 {
		return args.Positional[0], nil
	}
	if len(args.Positional) == 0 && len(args.Named) == 1 && args.Named[0].Name == "iterable" {
		return args.Named[0].Value, nil
	}
	return nil, failure("TypeError", "loop takes one argument, the items, but %d were given", len(args.Positional)+len(args.Named))
}

// Len is the length of loop itself.
func (l *loopState) Len() int {
	n, err := l.length()
	if err != nil {
		l.failed = err
	}
	return n
}

// String is what Python shows of loop.
func (l *loopState) String() string {
	return fmt.Sprintf("<LoopContext %d/%d>", l.index0+1, l.Len())
}
