package engine

// A function is a part of a template that has a frame of its own: its root, a block, the body of a macro or a call block, a recursive loop.
type function struct {
	outer *function
	size  int  // slots of a frame
	kept  bool // frames outlive the call: something inside refers to them
	body  []exec
}

// newSlot reserves a slot in the frames of the function.
func (fn *function) newSlot() int {
	fn.size++
	return fn.size - 1
}

// hops returns how many frames outward the frames of target are.
func (fn *function) hops(target *function) int {
	n := 0
	for fn != nil && fn != target {
		fn, n = fn.outer, n+1
	}
	return n
}

// A frame is the variables of one call of a function.
type frame struct {
	slots  []any
	outer  *frame
	page   *page
	parent *Template // what the template extends, in the frame of its root
}

// A local is where a variable is found from a frame.
type local struct {
	name       string
	hops, slot int
}

func (f *frame) get(hops, slot int) any {
	for ; hops > 0; hops-- {
		f = f.outer
	}
	return f.slots[slot]
}

func (f *frame) set(hops, slot int, v any) {
	for ; hops > 0; hops-- {
		f = f.outer
	}
	f.slots[slot] = v
}

// root returns the outermost frame of f.
func (f *frame) root() *frame {
	for f.outer != nil {
		f = f.outer
	}
	return f
}

// run runs statements one after the other.
func run(st *state, f *frame, body []exec) error {
	for _, e := range body {
		if err := e(st, f); err != nil {
			return err
		}
	}
	return nil
}
