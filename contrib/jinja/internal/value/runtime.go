package value

import "context"

// A Runtime is one rendering, as functions see it. It is used by one goroutine.
type Runtime struct {
	Context    context.Context
	Autoescape bool                                // where the call stands
	Debug      bool                                // what a template asks of a Go type that does not show it is an error
	Undefined  UndefinedMode                       // what missing attributes become
	Lookup     func(name string) any               // a variable of the template's context, for functions that want it; undefined if there is none
	Filter     func(name string) (*Function, bool) // for map, select and their like
	Test       func(name string) (*Function, bool)
	Policies   Policies
	Owner      any // the engine's rendering, for the macros and loops that are called
	Host       any // what Go functions whose first parameter has its type get, such as a *dewar.Context
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
	NewlineSequence         string // of wordwrap; "" is "\n"
}

func (rt *Runtime) mode() UndefinedMode {
	if rt == nil {
		return Default
	}
	return rt.Undefined
}
