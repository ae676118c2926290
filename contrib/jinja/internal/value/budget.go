package value

import "context"

// A Budget bounds a rendering. Spend is called with the bytes or elements that are about to be made or looked at.
type Budget struct {
	Steps int64           // what is left
	Ctx   context.Context // its end ends the rendering; nil: nothing does

	used, next int64
}

// lookEvery is how many steps pass between two looks at the context.
const lookEvery = 1024

// Spend takes n steps, at least one. It returns an error when the steps are used up, or the context has ended.
func (b *Budget) Spend(n int) error {
	n = max(n, 1)
	b.Steps -= int64(n)
	if b.Steps < 0 {
		b.Steps = -1
		return &Error{Kind: "BudgetError", Message: "the rendering takes more steps than it may; raise MaxSteps if the template is right"}
	}
	b.used += int64(n)
	if b.used < b.next || b.Ctx == nil {
		return nil
	}
	b.next = b.used + lookEvery
	return b.ended()
}

// ended is the error of a rendering whose context has ended.
func (b *Budget) ended() error {
	if b.Ctx == nil {
		return nil
	}
	if err := b.Ctx.Err(); err != nil {
		return &Error{Kind: "BudgetError", Message: "the rendering was ended: " + err.Error(), Err: err}
	}
	return nil
}

// spend is Spend for callers that may have no Runtime.
func spend(rt *Runtime, n int) error {
	if rt == nil {
		if n > boundless {
			return failf("MemoryError", "a value of %d elements is too large", n)
		}
		return nil
	}
	return rt.Spend(n)
}

// boundless is the largest value that is made without a Runtime.
const boundless = 1 << 20
