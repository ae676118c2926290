package dewartest

import (
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/dewar-go/dewar/sessionstore"
)

// A history is what happened to one handle while several goroutines used it. It is right if there is an order of its
// calls, in which one that ended before another began comes before it, such that each call returned what
// [sessionstore.Record.Apply] says.
type history struct {
	clock atomic.Int64
	calls []*storeCall
}

// A storeCall is one call of a store, with what it returned.
type storeCall struct {
	name       string
	call       func(t *storeTest, by int, h sessionstore.Handle) string    // makes it and returns its result
	should     func(r *sessionstore.Record) (*sessionstore.Record, string) // what it does to a record, nil for none, and its result
	begin, end int64                                                       // by the clock of the history
	result     string
}

// resultOf returns what a call returned, as a text that can be compared.
func resultOf(err error) string {
	for _, known := range []error{sessionstore.ErrNotFound, sessionstore.ErrConflict, sessionstore.ErrExists} {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	if err != nil {
		return "an unexpected error: " + err.Error()
	}
	return "no error"
}

// loading returns the call of Load.
func loading() *storeCall {
	return &storeCall{
		name: "Load",
		call: func(t *storeTest, by int, h sessionstore.Handle) string {
			r, err := t.loadBy(by, h)
			if err != nil {
				return resultOf(err)
			}
			return bytesOf(&r)
		},
		should: func(r *sessionstore.Record) (*sessionstore.Record, string) {
			if r == nil {
				return nil, resultOf(sessionstore.ErrNotFound)
			}
			return r, bytesOf(r)
		},
	}
}

func updating(d sessionstore.Delta) *storeCall {
	return &storeCall{
		name: "Update with " + d.String(),
		call: func(t *storeTest, by int, h sessionstore.Handle) string { return resultOf(t.updateBy(by, h, d)) },
		should: func(r *sessionstore.Record) (*sessionstore.Record, string) {
			if r == nil {
				return nil, resultOf(sessionstore.ErrNotFound)
			}
			next := *r
			err := next.Apply(d)
			return &next, resultOf(err)
		},
	}
}

func creating(fresh sessionstore.Record) *storeCall {
	return &storeCall{
		name: "Create",
		call: func(t *storeTest, by int, h sessionstore.Handle) string {
			return resultOf(t.tryCreate(by, h, fresh.Clone()))
		},
		should: func(r *sessionstore.Record) (*sessionstore.Record, string) {
			if r != nil && !r.Expired(fresh.Created) {
				return r, resultOf(sessionstore.ErrExists)
			}
			return &fresh, resultOf(nil)
		},
	}
}

func deleting() *storeCall {
	return &storeCall{
		name:   "Delete",
		call:   func(t *storeTest, by int, h sessionstore.Handle) string { return resultOf(t.tryDelete(by, h)) },
		should: func(*sessionstore.Record) (*sessionstore.Record, string) { return nil, resultOf(nil) },
	}
}

// randomCalls returns calls that would do something if they came in this order.
func randomCalls(n int, random *randomDeltas, r sessionstore.Record) []*storeCall {
	var calls []*storeCall
	for i := range n {
		at := r.Created.Add(time.Duration(i) * time.Millisecond)
		switch random.IntN(16) {
		case 0:
			calls = append(calls, deleting())
		case 1:
			calls = append(calls, creating(random.record(at)))
		case 2, 3, 4, 5:
			calls = append(calls, loading())
		default:
			d := random.delta(r, at)
			_ = r.Apply(d)
			calls = append(calls, updating(d))
		}
	}
	return calls
}

// bytesOf returns a record as a text that can be compared.
func bytesOf(r *sessionstore.Record) string {
	if r == nil {
		return ""
	}
	data, err := r.MarshalBinary()
	if err != nil {
		return err.Error()
	}
	return "record " + string(data)
}

// make makes a call, and notes when, and what it returned.
func (h *history) make(call *storeCall, t *storeTest, by int, handle sessionstore.Handle) {
	call.begin = h.clock.Add(1)
	call.result = call.call(t, by, handle)
	call.end = h.clock.Add(1)
}

// explained reports whether there is an order that explains the history, which began with r.
func (h *history) explained(r *sessionstore.Record) bool {
	return h.search(0, r, map[string]bool{})
}

// search looks for an order of the calls that are not in done. tried are the states from which there is none.
func (h *history) search(done uint64, r *sessionstore.Record, tried map[string]bool) bool {
	if done == 1<<len(h.calls)-1 {
		return true
	}
	state := fmt.Sprint(done, bytesOf(r))
	if tried[state] {
		return false
	}
	tried[state] = true
	for i, call := range h.calls {
		if done>>i&1 == 1 || !h.mayBeNext(done, call) {
			continue
		}
		if next, result := call.should(r); result == call.result && h.search(done|1<<i, next, tried) {
			return true
		}
	}
	return false
}

// mayBeNext reports whether no other call that is not in done ended before this one began.
func (h *history) mayBeNext(done uint64, call *storeCall) bool {
	for i, other := range h.calls {
		if done>>i&1 == 0 && other.end < call.begin {
			return false
		}
	}
	return true
}

// String tells the calls, each with when it began and ended.
func (h *history) String() string {
	var b strings.Builder
	for _, call := range h.calls {
		result := call.result
		if rest, ok := strings.CutPrefix(result, "record "); ok {
			if r, err := sessionstore.ParseRecord(rest); err == nil {
				result = fmt.Sprintf("values %q seen at %s", r.Values, r.Seen.Format("15:04:05.000"))
			}
		}
		fmt.Fprintf(&b, "\n\t%3d to %3d: %s: %s", call.begin, call.end, call.name, result)
	}
	return b.String()
}
