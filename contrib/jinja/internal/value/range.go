package value

// A Range is what range() returns.
type Range struct{ Start, Stop, Step int }

// Len is how many numbers r has. A Step of 0 has none.
func (r Range) Len() int {
	switch {
	case r.Step > 0 && r.Start < r.Stop:
		return int((uint64(r.Stop)-uint64(r.Start)-1)/uint64(r.Step)) + 1
	case r.Step < 0 && r.Start > r.Stop:
		return int((uint64(r.Start)-uint64(r.Stop)-1)/(-uint64(r.Step))) + 1
	}
	return 0
}

// At is the number at i, which must be below Len.
func (r Range) At(i int) int { return r.Start + i*r.Step }

// index is where n stands in r, -1 if it does not.
func (r Range) index(n int) int {
	if r.Step == 0 || floorMod(n-r.Start, r.Step) != 0 {
		return -1
	}
	i := (n - r.Start) / r.Step
	if i < 0 || i >= r.Len() {
		return -1
	}
	return i
}

// slice is r[start:stop:step].
func (r Range) slice(start, stop, step int) Range {
	return Range{r.Start + start*r.Step, r.Start + stop*r.Step, r.Step * step}
}

func (r Range) contains(v any) bool {
	if f, ok := v.(float64); ok && f == float64(int(f)) {
		v = int(f)
	}
	n, ok := smallInt(v)
	return ok && r.index(n) >= 0
}

func rangeMethods() methods {
	return newMethods(
		def("index", "value", func(_ *Runtime, self any, a []any) (any, error) {
			n, ok := AsInt(a[0])
			i := self.(Range).index(n)
			if !ok || i < 0 {
				return nil, valueErrorf("%v is not in range", a[0])
			}
			return i, nil
		}),
		def("count", "value", func(_ *Runtime, self any, a []any) (any, error) {
			return fromBool(self.(Range).contains(canon(a[0]))), nil
		}),
	)
}
