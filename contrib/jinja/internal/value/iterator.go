package value

import (
	"errors"
	"iter"
	"net/http"
	"reflect"
	"runtime"
	"runtime/debug"
	"unicode/utf8"

	"github.com/dewar-go/dewar"
)

// An Iterator goes through a value once. It is made by [Iterate] or, without an allocation, by [Iterator.Reset]. Fast for []any,
// []map[string]any, []string, *List, Tuple, Range and dicts.
type Iterator struct {
	kind  iteration
	pos   int
	size  int
	items []any
	maps  []map[string]any
	texts []string
	text  string
	span  Range
	list  *List
	dict  *Dict
	slice reflect.Value
	next  func() (any, bool, error)
	pull  *pull
}

type iteration uint8

const (
	overNothing iteration = iota
	overItems
	overMaps
	overTexts
	overList
	overDict
	overRange
	overRunes
	overSlice
	overNext
)

// Iterate goes through v as a for loop does: a dict gives keys, a Go map its keys in order, a str its characters. Where the loop may end
// early, Close should be called.
func Iterate(rt *Runtime, v any) (*Iterator, error) {
	it := &Iterator{}
	return it, it.Reset(rt, v)
}

// Reset makes i go through v from its beginning.
func (i *Iterator) Reset(rt *Runtime, v any) error {
	i.Close()
	*i = Iterator{}
	switch v := v.(type) {
	case []any:
		i.kind, i.items, i.size = overItems, v, len(v)
	case []map[string]any:
		i.kind, i.maps, i.size = overMaps, v, len(v)
	case []string:
		i.kind, i.texts, i.size = overTexts, v, len(v)
	case Tuple:
		i.kind, i.items, i.size = overItems, v, len(v)
	case Range:
		i.kind, i.span, i.size = overRange, v, v.Len()
	default:
		return i.reset(rt, canon(v), v)
	}
	return nil
}

// reset is Reset for what is less common.
func (i *Iterator) reset(rt *Runtime, c, v any) error {
	switch c := c.(type) {
	case nil, bool, int, float64:
	case *List:
		i.kind, i.list = overList, c
		return nil
	case *Dict:
		i.kind, i.dict, i.size = overDict, c, c.Len()
		return nil
	case []any:
		return i.Reset(rt, c)
	case Tuple:
		return i.Reset(rt, c)
	case NamedTuple:
		return i.Reset(rt, c.Tuple)
	case Range:
		return i.Reset(rt, c)
	case string:
		i.kind, i.text, i.size = overRunes, c, -1
		return nil
	case Markup: // its characters are no Markup
		i.kind, i.text, i.size = overRunes, c.Text, -1
		return nil
	case []byte:
		i.kind, i.items, i.size = overItems, make([]any, len(c)), len(c)
		for n, b := range c {
			i.items[n] = int(b)
		}
		return spend(rt, len(c))
	case map[string]any:
		i.kind, i.texts, i.size = overTexts, sortedStrings(c), len(c)
		return spend(rt, len(c))
	case *Undefined:
		return c.strict()
	case *Generator:
		i.kind, i.next, i.size = overNext, c.Next, -1
		return nil
	case Iterable:
		it, err := c.Iterate(rt)
		if err == nil {
			*i = *it
		}
		return err
	case Mapping:
		return i.Reset(rt, c.Keys())
	default:
		return i.resetGo(rt, reflect.ValueOf(c))
	}
	return typeErrorf("'%s' object is not iterable", TypeName(v))
}

// resetGo goes through Go data of any type.
func (i *Iterator) resetGo(rt *Runtime, v reflect.Value) error {
	switch v.Kind() {
	case reflect.Slice, reflect.Array:
		i.kind, i.slice, i.size = overSlice, v, v.Len()
		return nil
	case reflect.Map:
		keys := sortedKeys(v)
		i.kind, i.items, i.size = overItems, make([]any, len(keys)), len(keys)
		for n, k := range keys {
			i.items[n] = k.Interface()
		}
		return spend(rt, len(keys))
	case reflect.Func:
		if seq := seqOf(v); seq != nil {
			i.kind, i.size, i.pull = overNext, -1, newPull(rt, seq)
			i.next = i.pull.Next
			return nil
		}
	default:
		if seq := seqOfAll(v.Interface()); seq != nil {
			i.kind, i.size, i.pull = overNext, -1, newPull(rt, seq)
			i.next = i.pull.Next
			return nil
		}
	}
	return typeErrorf("'%s' object is not iterable", TypeName(v.Interface()))
}

// Next returns the next value; ok is false where there is none.
func (i *Iterator) Next() (v any, ok bool, err error) {
	switch i.kind {
	case overList:
		if i.pos >= len(i.list.Items) {
			return nil, false, nil
		}
		i.pos++
		return i.list.Items[i.pos-1], true, nil
	case overRunes:
		return i.nextRune()
	case overNext:
		return i.next()
	}
	if i.kind == overDict && i.size != i.dict.Len() {
		return nil, false, failf("RuntimeError", "dictionary changed size during iteration")
	}
	if i.pos >= i.size {
		return nil, false, nil
	}
	n := i.pos
	i.pos++
	switch i.kind {
	case overItems:
		return i.items[n], true, nil
	case overMaps:
		return i.maps[n], true, nil
	case overTexts:
		return i.texts[n], true, nil
	case overDict:
		return i.dict.entries[n].key, true, nil
	case overRange:
		return i.span.At(n), true, nil
	}
	return exported(i.slice.Index(n))
}

func (i *Iterator) nextRune() (any, bool, error) {
	if i.pos >= len(i.text) {
		return nil, false, nil
	}
	_, size := utf8.DecodeRuneInString(i.text[i.pos:])
	c := i.text[i.pos : i.pos+size]
	i.pos += size
	return c, true, nil
}

// Len is how many values are left, -1 where only going on tells.
func (i *Iterator) Len() int {
	switch i.kind {
	case overList:
		return max(len(i.list.Items)-i.pos, 0)
	case overRunes:
		return utf8.RuneCountInString(i.text[i.pos:])
	case overNext:
		return -1
	}
	return i.size - i.pos
}

// Close ends an iteration that may not have come to its end. It may be called more than once, and also when it has.
func (i *Iterator) Close() {
	if i.pull != nil {
		i.pull.Close()
	}
}

// A pull draws values from an iter.Seq. One that is forgotten is ended by the garbage collector.
type pull struct {
	rt    *Runtime
	next  func() (any, bool)
	stop  func()
	drawn int
	end   *seqEnd
}

// A seqEnd is how a Seq has ended: with an error where it panicked.
type seqEnd struct{ err error }

// newPull begins to draw from seq, whose panic is recovered where its stack is seen.
func newPull(rt *Runtime, seq iter.Seq[any]) *pull {
	end := &seqEnd{}
	next, stop := iter.Pull(func(yield func(any) bool) {
		defer func() {
			if r := recover(); r != nil {
				end.err = panicked("an iterator", r)
			}
		}()
		seq(yield)
	})
	p := &pull{rt: rt, next: next, stop: stop, end: end}
	runtime.AddCleanup(p, func(stop func()) { go stop() }, stop)
	return p
}

// Next draws a value. It asks for the context each time, as the application may take long for one; values are dear behind many, as a Seq
// may have no end.
func (p *pull) Next() (any, bool, error) {
	if err := p.pay(); err != nil {
		return nil, false, err
	}
	v, ok := p.next()
	return v, ok, p.end.err
}

func (p *pull) pay() error {
	if p.rt == nil {
		return nil
	}
	p.drawn++
	if err := p.rt.ended(); err != nil || p.drawn < manyItems {
		return err
	}
	return p.rt.Spend(dearItem)
}

func (p *pull) Close() {
	defer func() { _ = recover() }()
	p.stop()
}

// panicked makes an error of a panic of the application, which is a [dewar.PanicError]: it has the stack, and dewar's log and debug page
// show that. It is called where the panic is recovered. http.ErrAbortHandler goes on.
func panicked(where string, r any) error {
	err, _ := r.(error)
	if err != nil && errors.Is(err, http.ErrAbortHandler) {
		panic(r)
	}
	return &Error{Kind: "RuntimeError", Message: where + " panicked: " + showPanic(r), Err: &dewar.PanicError{Value: r, Stack: debug.Stack()}}
}

func showPanic(r any) string {
	s, err := Str(nil, r)
	if err != nil {
		return "?"
	}
	return s
}

// isSeq reports whether t is an iter.Seq or an iter.Seq2.
func isSeq(t reflect.Type) bool {
	if t.Kind() != reflect.Func || t.NumIn() != 1 || t.NumOut() != 0 || t.IsVariadic() {
		return false
	}
	yield := t.In(0)
	return yield.Kind() == reflect.Func && yield.NumOut() == 1 && yield.Out(0).Kind() == reflect.Bool && yield.NumIn() >= 1 && yield.NumIn() <= 2
}

// seqOf is a func as an iterator, nil if it is none. Two values become a Tuple.
func seqOf(f reflect.Value) iter.Seq[any] {
	if !isSeq(f.Type()) || f.IsNil() {
		return nil
	}
	return func(yield func(any) bool) {
		f.Call([]reflect.Value{reflect.MakeFunc(f.Type().In(0), func(args []reflect.Value) []reflect.Value {
			v := args[0].Interface()
			if len(args) == 2 {
				v = Tuple{v, args[1].Interface()}
			}
			return []reflect.Value{reflect.ValueOf(yield(v)).Convert(f.Type().In(0).Out(0))}
		})})
	}
}
