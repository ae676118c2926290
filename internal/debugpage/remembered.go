package debugpage

import (
	"reflect"
	"runtime"
)

// Remembered returns the calls that err remembers to have been made when it was, nil for one that does not: packages for
// errors have a method StackTrace, Callers or StackFrames, which returns program counters. ours is that of [Stack].
func Remembered(err error, ours func(function, file string) bool) (frames []Frame) {
	var pcs []uintptr
	for _, name := range [...]string{"StackTrace", "Callers", "StackFrames"} {
		if pcs = counters(err, name); len(pcs) > 0 {
			break
		}
	}
	if len(pcs) == 0 {
		return nil
	}
	calls := runtime.CallersFrames(pcs)
	for more := true; more && len(frames) < most; {
		var call runtime.Frame
		if call, more = calls.Next(); call.Function != "" {
			frames = append(frames, Frame{Function: call.Function, File: call.File, Line: call.Line})
		}
	}
	return withSource(frames, ours)
}

// counters returns what a method without arguments returns, if that is a list of program counters. One that panics, which
// would be shown in place of err, returns none.
func counters(err error, method string) (pcs []uintptr) {
	defer func() {
		if recover() != nil {
			pcs = nil
		}
	}()
	v := reflect.ValueOf(err)
	if _, ok := v.Type().MethodByName(method); !ok {
		return nil
	}
	m := v.MethodByName(method)
	t := m.Type()
	if t.NumIn() != 0 || t.NumOut() != 1 || t.Out(0).Kind() != reflect.Slice || t.Out(0).Elem().Kind() != reflect.Uintptr {
		return nil
	}
	list := m.Call(nil)[0]
	for i := range list.Len() {
		pcs = append(pcs, uintptr(list.Index(i).Uint()))
	}
	return pcs
}
