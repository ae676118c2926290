package router_test

import (
	"slices"
	"testing"

	"github.com/dewar-go/dewar/internal/router"
	"github.com/dewar-go/dewar/internal/rule"
)

func TestArea(t *testing.T) {
	t.Parallel()
	set := rule.Builtin(func(b [16]byte) any { return b })
	for _, tt := range []struct {
		prefix, host, name, path string
		want                     bool
	}{
		{"/a", "", "x", "/a", true}, {"/a/", "", "x", "/a/b", true}, {"/a", "", "x", "/ab", false},
		{"/{n:int}", "", "x", "/7/b", true}, {"/{n:int}", "", "x", "/x/b", false},
		{"/a", "{u}.example.com", "ann.example.com", "/a/", true}, {"", "{u}.example.com", "example.org", "/", false},
		{"", "", "x", "/", true},
	} {
		if got := router.NewArea(tt.prefix, tt.host, false, set).Has(tt.name, "", tt.path); got != tt.want {
			t.Errorf("%q on %q has %s%s: %v, want %v", tt.prefix, tt.host, tt.name, tt.path, got, tt.want)
		}
	}
	wide, deep, hosted := router.NewArea("/a", "", false, set), router.NewArea("/a/b", "", false, set), router.NewArea("", "h", false, set)
	list := []router.Area{wide, deep, hosted}
	slices.SortFunc(list, router.CompareAreas)
	if !list[0].Has("h", "", "/") || list[1].Has("h", "", "/a") {
		t.Error("the narrower area does not come first")
	}
	if wide.Everything() || hosted.Everything() || !router.NewArea("/", "", false, set).Everything() {
		t.Error("the whole site is not told from a part")
	}
}

func TestClean(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{"/": "/", "/a/b": "/a/b", "//a///b/": "/a/b/", "/a/./b": "/a/b", "/a/../b": "/b", "/../..": "/", "/.well-known/x": "/.well-known/x"} {
		if got := router.Clean(path); got != want {
			t.Errorf("%q: got %q, want %q", path, got, want)
		}
	}
}
