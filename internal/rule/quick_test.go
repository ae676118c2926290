package rule_test

import (
	"testing"

	"github.com/dewar-go/dewar/internal/rule"
)

type upperText string

// BuildPairs is what Build is, or says nothing.
func TestBuildPairsIsBuild(t *testing.T) {
	t.Parallel()
	values := []any{
		0, 7, -7, 1234567, int64(7), uint8(7), "7", "a", "", "a/b", "a b", "ü", "\xff", ".", "..", "%2f", "a?b#c", nil, 1.5, true, upperText("x"),
		[]int{1}, map[string]any{}, "6ba7b810-9dad-11d1-80b4-00c04fd430c8", "x", "long text that is longer than the room that there is for a path on the stack, which is 128 bytes, so that it has to grow beyond that, by a few more",
	}
	built := 0
	for _, text := range []string{
		"/{a}", "/{a:int}", "/x/{a:int(signed)}/y", "/{a:int(min=5,max=9)}", "/{a:int(fixed_digits=4)}", "/{a:float}", "/{a:path}", "/{a:uuid}",
		"/{a:any(x,y)}", "/{a:string(minlength=2)}", "/{a:[a-z]+}", "/p-{a}.html", "/{a}/{b:int}", "/{a:path}/{b}",
	} {
		r, err := rule.Parse(text, newSet())
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range values {
			for _, b := range values {
				pairs := []any{"a", a}
				if len(r.Variables()) == 2 {
					pairs = []any{"b", b, "a", a}
				}
				want, missing, err := r.Build(func(name string) (any, bool) {
					if name == "a" {
						return a, true
					}
					return b, true
				})
				got, ok := r.BuildPairs(pairs)
				if ok != (err == nil && missing == nil) || ok && got != want {
					t.Errorf("%s with %v: got %q, %v, want %q, %v, %v", text, pairs, got, ok, want, missing, err)
				}
				if ok {
					built++
				}
				if len(r.Variables()) == 1 {
					break
				}
			}
		}
		for _, pairs := range [][]any{{}, {"a"}, {"c", 1}, {"a", 1, "c", 1, "d", 2}, {1, "a"}, {[]int{}, 1}} {
			if got, ok := r.BuildPairs(pairs); ok {
				t.Errorf("%s with %v: got %q, want that Build is asked", text, pairs, got)
			}
		}
	}
	if built < 100 {
		t.Errorf("%d paths were built, too few to tell", built)
	}
}

func TestBuildPairsAllocatesThePath(t *testing.T) {
	r, err := rule.Parse("/posts/{id:int}/{slug}", newSet())
	if err != nil {
		t.Fatal(err)
	}
	pairs := []any{"id", 123456, "slug", "a-post"}
	if got := testing.AllocsPerRun(100, func() { r.BuildPairs(pairs) }); got > 1 {
		t.Errorf("got %.0f allocations, want 1", got)
	}
}
