package value

// A Generator is an iterator that can be used up, as map and select return. It is used by one goroutine.
type Generator struct {
	// Next returns the next value. ok is false where there is none, then and ever after.
	Next func() (v any, ok bool, err error)
	// Depth is how many other generators the values come through.
	Depth int
}
