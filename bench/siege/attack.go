package main

import "context"

// An attack does harm to the sites while visitors use them, and looks at what comes back.
type attack struct {
	// name is what -attacks and the score card call it.
	name string
	// promise is the one that it tries most of all: a constant of promise.go.
	promise string
	// run attacks until ctx ends, or less. A broken promise is told to f; an error means that the attack itself could not be made.
	run func(ctx context.Context, f *field) error
	// refuses says that visitors may be answered 503 meanwhile.
	refuses bool
}

// attacks are all that there are, in the order in which they are made.
var attacks = []attack{
	{name: "hand-over", promise: nothingDropped, run: handOvers},
}
