package debugpage

import (
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"
)

func nobody(string, string) bool { return false }

func stackOf(f func()) (stack []byte) {
	defer func() {
		if recover() != nil {
			stack = debug.Stack()
		}
	}()
	f()
	return nil
}

func indexes(list []int) int { return list[len(list)] }

func TestStackBeginsWhereThePanicWasRaised(t *testing.T) {
	t.Parallel()
	var m map[string]int
	var p *Page
	for name, f := range map[string]func(){
		"panic":                  func() { panic("x") },
		"index out of range":     func() { indexes([]int{1}) },
		"nil map":                func() { m["a"] = 1 },
		"nil pointer":            func() { p.Status++ },
		"a deferred call panics": func() { defer func() { panic("second") }(); panic("first") },
	} {
		frames := Stack(stackOf(f), nobody)
		if len(frames) == 0 || !frames[0].Own || filepath.Base(frames[0].File) != "stack_test.go" {
			t.Errorf("%s: got %+v", name, frames)
			continue
		}
		if i := hereIn(frames[0].Lines); i < 0 || frames[0].Lines[i].Number != frames[0].Line {
			t.Errorf("%s: no line of source is marked: %+v", name, frames[0])
		}
	}
}

func TestStackReadsFramesOfEveryKind(t *testing.T) {
	t.Parallel()
	const text = `goroutine 7 [running]:
runtime/debug.Stack()
	/go/src/runtime/debug/stack.go:26 +0x5e
panic({0x6f1e40?, 0x7a8d10?})
	/go/src/runtime/panic.go:787 +0x132
runtime.mapassign_faststr(0xc000012345, {0x1, 0x2})
	/go/src/internal/runtime/maps/x.go:1 +0x1
shop.example/app/orders.(*Cart[...]).Add(0x0, {0xc00001, 0x5})
	shop.example/app/orders/cart.go:15 +0x1d
main.main.func1(0xc000012345)
	C:/Users/a b/shop/main.go:42
github.com/other/thing.Do(...)
	/go/pkg/mod/github.com/other/thing@v1.2.3/do.go:9
net/http.HandlerFunc.ServeHTTP(0x0?, {0x1?, 0x2?}, 0x3?)
	net/http/server.go:2294 +0x29
created by net/http.(*Server).Serve in goroutine 1
	net/http/server.go:3454 +0x485
`
	want := []struct {
		function, file string
		line           int
		own            bool
	}{
		{"shop.example/app/orders.(*Cart[...]).Add", "shop.example/app/orders/cart.go", 15, true},
		{"main.main.func1", "C:/Users/a b/shop/main.go", 42, true},
		{"github.com/other/thing.Do", "/go/pkg/mod/github.com/other/thing@v1.2.3/do.go", 9, false},
	}
	frames := Stack([]byte(text), nobody)
	if len(frames) != 5 {
		t.Fatalf("got %+v", frames)
	}
	for i, w := range want {
		if f := frames[i]; f.Function != w.function || f.File != w.file || f.Line != w.line || f.Own != w.own {
			t.Errorf("got %+v, want %+v", f, w)
		}
	}
	if frames[4].Function != "net/http.(*Server).Serve" {
		t.Errorf("got %+v", frames[4])
	}
}

func TestSplitFindsCures(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ text, what, cure string }{
		{"dewar: the view of / returned nil; end it with return c.Text(...)", "the view of / returned nil", "end it with return c.Text(...)"},
		{"template a.html:3: .Prize is unknown; did you mean Price?", "template a.html:3: .Prize is unknown", "did you mean Price?"},
		{"mine: a; b", "mine: a; b", ""},
		{"panic: runtime error: index out of range [1] with length 1", "panic: runtime error: index out of range [1] with length 1", "compare the index"},
		{"load user: sql: no rows in result set", "load user: sql: no rows in result set", "return dewar.Abort(404)"},
	} {
		what, cure := Split(tt.text)
		if what != tt.what || !strings.HasPrefix(cure, tt.cure) || tt.cure == "" && cure != "" {
			t.Errorf("%q: got %q and %q", tt.text, what, cure)
		}
	}
}
