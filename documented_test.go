package dewar_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// TestExportedNamesAreDocumented keeps the rule that an exported name carries its contract, in every module of the
// repository. staticcheck judges the comments that exist; this finds the ones that do not.
func TestExportedNamesAreDocumented(t *testing.T) {
	t.Parallel()
	for _, path := range goFiles(t) {
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, path, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Errorf("parse %s: %v", path, err)
			continue
		}
		for _, name := range undocumented(file) {
			t.Errorf("%s: exported %s has no doc comment; write its contract, beginning with %q",
				fset.Position(name.Pos()), name, name.Name+" ")
		}
	}
}

// goFiles returns the Go files of every module, without tests, testdata and hidden folders.
func goFiles(t *testing.T) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata"):
			return filepath.SkipDir
		case !d.IsDir() && strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go"):
			files = append(files, path)
		}
		return nil
	})
	if err != nil || len(files) == 0 {
		t.Fatalf("found %d Go files, err %v", len(files), err)
	}
	return files
}

// undocumented returns the exported names of file that stand without a comment.
func undocumented(file *ast.File) []*ast.Ident {
	var names []*ast.Ident
	for _, decl := range file.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			if decl.Doc == nil && decl.Name.IsExported() && receiverIsExported(decl) {
				names = append(names, decl.Name)
			}
		case *ast.GenDecl:
			for _, spec := range decl.Specs {
				names = append(names, undocumentedSpec(spec, decl.Doc != nil)...)
			}
		}
	}
	return names
}

// undocumentedSpec does the same for one type, constant or variable, which the comment of its group may document.
func undocumentedSpec(spec ast.Spec, grouped bool) []*ast.Ident {
	var names []*ast.Ident
	switch spec := spec.(type) {
	case *ast.TypeSpec:
		if !spec.Name.IsExported() {
			return nil
		}
		if spec.Doc == nil && !grouped {
			names = append(names, spec.Name)
		}
		if api, ok := spec.Type.(*ast.InterfaceType); ok {
			names = append(names, undocumentedMethods(api)...)
		}
	case *ast.ValueSpec:
		for _, name := range spec.Names {
			if name.IsExported() && spec.Doc == nil && spec.Comment == nil && !grouped {
				names = append(names, name)
			}
		}
	}
	return names
}

// undocumentedMethods does the same for the methods of an interface.
func undocumentedMethods(api *ast.InterfaceType) []*ast.Ident {
	var names []*ast.Ident
	for _, method := range api.Methods.List {
		for _, name := range method.Names {
			if name.IsExported() && method.Doc == nil && method.Comment == nil {
				names = append(names, name)
			}
		}
	}
	return names
}

// receiverIsExported tells whether decl is a function, or a method of an exported type.
func receiverIsExported(decl *ast.FuncDecl) bool {
	if decl.Recv == nil {
		return true
	}
	receiver := decl.Recv.List[0].Type
	for {
		switch expr := receiver.(type) {
		case *ast.StarExpr:
			receiver = expr.X
		case *ast.IndexExpr:
			receiver = expr.X
		case *ast.IndexListExpr:
			receiver = expr.X
		case *ast.Ident:
			return expr.IsExported()
		default:
			return false
		}
	}
}
