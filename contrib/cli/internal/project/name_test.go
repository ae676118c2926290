package project_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/contrib/cli/internal/project"
)

func TestCheckName(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, cure string }{ // an empty cure: the name is good
		{"shop", ""},
		{"a", ""},
		{"book-shop", ""},
		{"book_shop2", ""},
		{strings.Repeat("a", 63), ""},
		{"", "such as shop"},
		{strings.Repeat("a", 64), "at most 63"},
		{"Shop", "choose shop"},
		{"my shop", "choose my-shop"},
		{"2shop", "choose shop"},
		{"-shop", "choose shop"},
		{"--module", "choose module"},
		{"shop-", "choose shop"},
		{".", "such as shop"},
		{"..", "such as shop"},
		{"../shop", "choose shop"},
		{"/etc/shop", "choose etc-shop"},
		{`c:\shop`, "choose c-shop"},
		{"shop.exe", "choose shop-exe"},
		{".shop", "choose shop"},
		{"_shop", "choose shop"},
		{"shop\n", "choose shop"},
		{"shop\x00", "choose shop"},
		{"$(reboot)", "choose reboot"},
		{"shop;reboot", "choose shop-reboot"},
		{"shop'\"`", "choose shop"},
		{"<% .Name %>", "choose name"},
		{"{{.Name}}", "choose name"},
		{"läden", "choose l-den"},
		{"магазин", "such as shop"},
		{"\xff\xfe", "such as shop"},
		{"%s%d", "choose s-d"},
		{"main", "main-app"},
		{"test", "test-app"},
		{"vendor", "vendor-app"},
		{"internal", "internal-app"},
		{"testdata", "testdata-app"},
		{"all", "all-app"},
		{"con", "con-app"},
		{"lpt1", "lpt1-app"},
		{"NUL", "such as shop"},
	} {
		err := project.CheckName(tt.name)
		switch {
		case tt.cure == "" && err != nil:
			t.Errorf("%q: got %v, want no error", tt.name, err)
		case tt.cure != "" && (err == nil || !strings.Contains(err.Error(), tt.cure)):
			t.Errorf("%q: got %v, want an error with %q", tt.name, err, tt.cure)
		}
	}
}

func TestCheckModule(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		path string
		good bool
	}{
		{"shop", true},
		{"example.com/shop", true},
		{"github.com/Some-One/shop_2/v2", true},
		{"", false},
		{"/shop", false},
		{"shop/", false},
		{"example.com//shop", false},
		{"../shop", false},
		{"example.com/../shop", false},
		{"./shop", false},
		{"C:/shop", false},
		{`a\b`, false},
		{"a b", false},
		{"shop\nreplace x => y", false},
		{"shop // a comment", false},
		{`"shop"`, false},
		{"shop@v1", false},
		{"shop.", false},
		{"<% .Name %>", false},
		{"net", false},
		{"net/http/shop", false},
		{"sort", false},
		{"main", false},
		{"std", false},
		{"con", false},
	} {
		err := project.CheckModule(tt.path)
		if got := err == nil; got != tt.good {
			t.Errorf("%q is taken: got %t (%v), want %t", tt.path, got, err, tt.good)
		}
		if err != nil && !strings.Contains(err.Error(), "--module") {
			t.Errorf("%q: the error does not say what to choose: %v", tt.path, err)
		}
	}
}

// TestTheStandardLibraryIsKnown asks the go command for its packages: a name of one is no module.
func TestTheStandardLibraryIsKnown(t *testing.T) {
	t.Parallel()
	out, err := exec.Command("go", "list", "std").Output()
	if err != nil {
		t.Fatal(err)
	}
	var tops []string
	for _, path := range strings.Fields(string(out)) {
		top, _, _ := strings.Cut(path, "/")
		tops = append(tops, top)
	}
	if tops = slices.Compact(tops); len(tops) < 30 {
		t.Fatalf("go list std has only %q", tops)
	}
	for _, top := range tops {
		if project.CheckModule(top) == nil {
			t.Errorf("%s is taken as a module, and it is a package of the standard library; add it to standard", top)
		}
	}
}
