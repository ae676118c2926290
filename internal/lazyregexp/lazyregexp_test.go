package lazyregexp_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/dewar-go/dewar/internal/lazyregexp"
)

func TestRegexpIsTheExpressionOfItsText(t *testing.T) {
	t.Parallel()
	const text = `(\w)(\d+)`
	lazy, want := lazyregexp.New(text), regexp.MustCompile(text)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if got := lazy.FindString("a b12 c3"); got != "b12" {
				t.Errorf("got %q, want b12", got)
			}
		})
	}
	wg.Wait()
	if got := lazy.ReplaceAllString("b12", "$2$1"); got != want.ReplaceAllString("b12", "$2$1") {
		t.Errorf("got %q, want 12b", got)
	}
	if got := lazy.String(); got != text {
		t.Errorf("got %q, want %q", got, text)
	}
}

func TestABadExpressionPanicsWhenItIsUsed(t *testing.T) {
	t.Parallel()
	bad := lazyregexp.New(`(`)
	defer func() {
		if recover() == nil {
			t.Error("the expression ( has been used")
		}
	}()
	bad.MatchString("x")
}

// TestExpressionsOfTheLibraryCompile finds those that no test happens to use.
func TestExpressionsOfTheLibraryCompile(t *testing.T) {
	t.Parallel()
	count := 0
	err := fs.WalkDir(os.DirFS("../.."), ".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (strings.HasPrefix(d.Name(), ".") && path != "." || path == "contrib" || path == "bench" || path == "_examples" || path == "internal/lazyregexp"):
			return fs.SkipDir
		case !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, filepath.Join("../..", path), nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch call, name := called(n); name {
			case "regexp.MustCompile":
				t.Errorf("%v: regexp.MustCompile; take lazyregexp.New", set.Position(call.Pos()))
			case "lazyregexp.New":
				count++
				if _, err := regexp.Compile(constant(call.Args[0])); err != nil {
					t.Errorf("%v: %v", set.Position(call.Pos()), err)
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if count < 50 {
		t.Errorf("got %d expressions, want more than 50; has their constructor another name?", count)
	}
}

// called returns the call that n is and the name of the function, with its package.
func called(n ast.Node) (*ast.CallExpr, string) {
	call, ok := n.(*ast.CallExpr)
	if !ok || len(call.Args) != 1 {
		return nil, ""
	}
	if f, ok := call.Fun.(*ast.SelectorExpr); ok {
		if of, ok := f.X.(*ast.Ident); ok {
			return call, of.Name + "." + f.Sel.Name
		}
	}
	return nil, ""
}

// constant returns the text of an expression of literals. Another expression within it stands for one that is checked elsewhere.
func constant(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		text, _ := strconv.Unquote(e.Value)
		return text
	case *ast.BinaryExpr:
		return constant(e.X) + constant(e.Y)
	}
	return "(?:another)"
}
