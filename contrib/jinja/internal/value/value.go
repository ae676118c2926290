// Package value is Python's values as templates see them: operators, attributes, methods and texts of any Go value.
//
// A value is an any. What templates make is canonical: nil (None), bool, int, *big.Int (only where int is too small), float64, string,
// Markup, *List, Tuple, *Dict, Range, *Undefined, *Function, time.Time, time.Duration (timedelta), []byte and *Generator. Every function
// of this package takes any Go value besides: all number kinds, named types, pointers, structs, maps, slices, arrays, iter.Seq and
// iter.Seq2, funcs, template.HTML, and what implements Object. A nil pointer, map, slice or interface is None only if it is a nil pointer or
// interface; a nil map or slice is empty.
package value

import (
	"context"
	"html/template"
	"iter"
)

// A Language is what a safe text was made for.
type Language uint8

const (
	Application Language = iota // the application vouches for it wherever it lands: template.HTML, |safe
	HTML                        // text of an HTML page: macros, caller(), set blocks, urlize, escape, Markup mixed with escaped text
	Attributes                  // attributes inside a tag: xmlattr
	JavaScript                  // a JavaScript value, safe in HTML text and single-quoted attributes too: tojson
)

// Markup is text that is not escaped again where its language is wanted: Jinja's Markup. Operators and methods keep it as markupsafe
// does: what is added is escaped, and the result is HTML unless both had the same language and nothing had to be escaped.
type Markup struct {
	Text     string
	Language Language
}

// A List is Python's list, which templates can change.
type List struct{ Items []any }

// A Tuple is Python's tuple.
type Tuple []any

// A Dict is Python's dict, in the order of insertion. Methods: Get, Set, Delete, Len, All (iter.Seq2[any, any]), Keys.
type Dict struct{ /* of the implementation */ }

// A Range is what range() returns.
type Range struct{ Start, Stop, Step int }

// A Generator is an iterator that can be used up, as map and select return.
type Generator struct{ Next func() (v any, ok bool, err error) }

// An Object has attributes and items of its own making: loop, namespace, modules, and what the application gives.
type Object interface {
	// Attr returns an attribute, and whether there is one. 
	Attr(rt *Runtime, name string) (any, bool)
}

// An UndefinedMode is how a missing value behaves.
type UndefinedMode uint8

const (
	Default   UndefinedMode = iota // shows as nothing, is false and empty; anything else is an error
	Strict                         // anything but "is defined" and default() is an error
	Chainable                      // as Default, and its attributes are undefined too
	Debug                          // as Default, and shows what is missing
)

// An Undefined is a value that is missing. Its message is Jinja's: "'x' is undefined", "'dict object' has no attribute 'y'".
type Undefined struct {
	Hint   string // replaces the message
	Object any    // what has no such attribute, or missing
	Name   any
	Mode   UndefinedMode
}

// A Function is a filter, a test, a global or a method that is written in Go.
type Function struct {
	Name   string
	Params []Param // in order; those without a default are required
	Rest   bool    // more positional arguments come as a Tuple behind the parameters
	Named  bool    // more named arguments come as a *Dict behind that
	// Call gets as many args as Params, and the Tuple and Dict where Rest and Named ask for them.
	Call func(rt *Runtime, args []any) (any, error)
}

// A Param is a parameter of a Function.
type Param struct {
	Name     string
	Default  any
	Required bool
}

// A Callable is what can be called beside Functions and Go funcs: macros, caller(), loop of a recursive loop.
type Callable interface {
	Call(rt *Runtime, args Args) (any, error)
}

// Args are the arguments of one call. Named ones keep their order.
type Args struct {
	Positional []any
	Named      []Named
}

// Named is a named argument.
type Named struct {
	Name  string
	Value any
}

// A Runtime is one rendering, as functions see it. It is used by one goroutine.
type Runtime struct {
	Context    context.Context
	Autoescape bool          // where the call stands
	Undefined  UndefinedMode // what missing attributes become
	Lookup     func(name string) any       // a variable of the template's context, for functions that want it; undefined if there is none
	Filter     func(name string) (*Function, bool) // for map, select and their like
	Test       func(name string) (*Function, bool)
	Policies   Policies
	Host       any           // what Go functions whose first parameter has its type get, such as a *dewar.Context
	Random     func(n int) int
	Budget
}

// Policies are Jinja's settings for filters.
type Policies struct {
	URLizeRel, URLizeTarget string
	URLizeExtraSchemes      []string
	TruncateLeeway          int
	JSONSortKeys            bool // default true
	CompareKeys             bool
}

// A Budget bounds a rendering. Spend is called with the bytes or elements that are about to be made or looked at; it returns an error when the
// rendering has used up its steps, or its context has ended.
type Budget struct{ Steps int64 }

func (b *Budget) Spend(n int) error { panic("not written yet") }

// Errors are *Error: Kind is Python's class (TypeError, ValueError, ZeroDivisionError, UndefinedError, SecurityError, OverflowError, FilterArgumentError ...).
type Error struct {
	Kind    string
	Message string
	Err     error // of a Go function that failed
}

func (e *Error) Error() string { panic("not written yet") }

// Text and truth.
func Str(rt *Runtime, v any) (string, error)              { panic("") } // str(v); of Markup its text
func Repr(rt *Runtime, v any) (string, error)             { panic("") }
func Escape(rt *Runtime, v any) (Markup, error)           { panic("") } // markupsafe.escape: Markup stays, all else HTML
func AppendEscaped(b []byte, s string) []byte             { panic("") } // & < > " ' as &amp; &lt; &gt; &#34; &#39;
func AsMarkup(v any) (Markup, bool)                       { panic("") } // Markup or template.HTML
func Truth(v any) (bool, error)                           { panic("") } // an error for a strict Undefined
func TypeName(v any) string                               { panic("") } // Python's: str, int, dict, list, "User object" for structs ...

// Operators, as Python has them. op as in package syntax.
func Binary(rt *Runtime, op string, x, y any) (any, error)  { panic("") } // + - * / // % **
func Unary(rt *Runtime, op string, x any) (any, error)      { panic("") } // - +
func Concat(rt *Runtime, items []any) (any, error)          { panic("") } // ~: Markup if autoescape or any is Markup, as markup_join
func Compare(rt *Runtime, op string, x, y any) (bool, error) { panic("") } // == != < <= > >= in "not in"
func Equal(x, y any) bool                                   { panic("") }

// Attributes and items, as environment.getattr and getitem: a missing one is Undefined, no error. Names that begin with _ are missing.
func Attr(rt *Runtime, v any, name string) (any, error)  { panic("") } // attribute first, then item
func Item(rt *Runtime, v any, key any) (any, error)      { panic("") } // item first, then attribute
func OnlyAttr(rt *Runtime, v any, name string) (any, error) { panic("") } // the filter attr: no items
func Slice(rt *Runtime, v, start, stop, step any) (any, error) { panic("") } // nil where left out

// Calls.
func Call(rt *Runtime, f any, args Args) (any, error)                       { panic("") } // Function, Callable or a Go func
func CallMethod(rt *Runtime, v any, name string, args Args) (any, error)    { panic("") } // v.name(args), without making the bound method
func (f *Function) Bind(args Args) ([]any, error)                           { panic("") } // checks and orders arguments, with Python's messages
func (f *Function) Check(positional int, named []string) error              { panic("") } // the same at Build, from what is known there

// Sequences.
func Len(rt *Runtime, v any) (int, error)                 { panic("") } // len(v)
func Iterate(rt *Runtime, v any) (*Iterator, error)       { panic("") } // a dict gives keys, a map its keys in order, a str its characters
func Items(rt *Runtime, v any) ([]any, error)             { panic("") } // list(v), spends
func Pairs(rt *Runtime, v any) (iter.Seq2[any, any], error) { panic("") } // of a mapping; an error for anything else
func IsMapping(v any) bool                                { panic("") }
func IsSequence(v any) bool                               { panic("") } // as Jinja's test: has a length and items
func IsCallable(v any) bool                               { panic("") }
func IsNone(v any) bool                                   { panic("") }

// Numbers.
func AsInt(v any) (int, bool)     { panic("") } // of any Go integer or bool; not of float or text
func AsFloat(v any) (float64, bool) { panic("") }
func AsString(v any) (string, bool) { panic("") } // of string kinds and Markup; not of numbers

// An Iterator goes through a value once. Fast for []any, []map[string]any, []string, *List and maps.
type Iterator struct{ /* of the implementation */ }

func (i *Iterator) Next() (v any, ok bool, err error) { panic("") }
func (i *Iterator) Len() int                          { panic("") } // what is left, -1 where only going on tells

func NewUndefined(rt *Runtime, object, name any) *Undefined { panic("") }
func (u *Undefined) Err() error                             { panic("") } // the UndefinedError

var _ = template.HTML("")
