package migrate

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// sources is what the sources of both halves tell.
type sources struct {
	extensions map[string]bool // packages of Python
	hashes     []finding       // packages of Python with hashes of their own
	oldHashes  []finding       // methods of Werkzeug's that nobody should write
	werkzeug   bool            // whether Python has Werkzeug's hashes

	files    int       // of Go
	shares   bool      // whether Go's sessions are Flask's
	tags     []finding // keys of dewar.SessionTag, "" for one that is no literal
	goHashes []finding // packages of Go
	stores   []finding
}

// A finding stands in a file. Its path may have a line behind it.
type finding struct{ path, what string }

func sourcesOf(f folder) sources {
	s := sources{extensions: map[string]bool{}, files: len(f.golang)}
	for _, path := range f.python {
		s.readPython(path)
	}
	for _, path := range f.golang {
		s.readGo(path)
	}
	return s
}

var (
	pythonImport = regexp.MustCompile(`^\s*(?:from|import)\s+([A-Za-z_][\w.]*)`)
	oldMethod    = regexp.MustCompile(`generate_password_hash\(.*["'](plain|md5|sha\d+)["']`)
)

func (s *sources) readPython(path string) {
	hashes := map[string]bool{}
	for i, line := range bytes.Split(source(path), []byte("\n")) {
		at := fmt.Sprintf("%s:%d", path, i+1)
		if found := oldMethod.FindSubmatch(line); found != nil {
			s.oldHashes = append(s.oldHashes, finding{at, string(found[1])})
		}
		found := pythonImport.FindSubmatch(line)
		if found == nil {
			continue
		}
		pkg, _, _ := strings.Cut(string(found[1]), ".")
		if strings.HasPrefix(pkg, "flask_") {
			s.extensions[pkg] = true
		}
		if string(found[1]) == "werkzeug.security" {
			s.werkzeug = true
		}
		if slices.Contains([]string{"bcrypt", "argon2", "passlib", "flask_bcrypt", "flask_argon2", "pwdlib"}, pkg) && !hashes[pkg] {
			hashes[pkg] = true
			s.hashes = append(s.hashes, finding{at, pkg})
		}
	}
}

func (s *sources) readGo(path string) {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, path, source(path), parser.SkipObjectResolution)
	if err != nil {
		return // the compiler says it better
	}
	for _, spec := range file.Imports {
		at := fmt.Sprintf("%s:%d", path, set.Position(spec.Pos()).Line)
		switch pkg, _ := strconv.Unquote(spec.Path.Value); pkg {
		case "github.com/dewar-go/dewar/flaskcookie", "github.com/dewar-go/dewar/contrib/flasksession":
			s.shares = true
		case "github.com/dewar-go/dewar/sessionstore":
			s.stores = append(s.stores, finding{at, pkg})
		case "golang.org/x/crypto/bcrypt", "golang.org/x/crypto/argon2":
			s.goHashes = append(s.goHashes, finding{at, pkg})
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if literal, ok := n.(*ast.CompositeLit); ok {
			s.literal(fmt.Sprintf("%s:%d", path, set.Position(literal.Pos()).Line), literal)
		}
		return true
	})
}

// literal notes a dewar.SessionTag, alone or in a list of them.
func (s *sources) literal(at string, literal *ast.CompositeLit) {
	if list, ok := literal.Type.(*ast.ArrayType); ok && isTag(list.Elt) {
		for _, item := range literal.Elts {
			if tag, ok := item.(*ast.CompositeLit); ok && tag.Type == nil {
				s.tags = append(s.tags, finding{at, keyOf(tag)})
			}
		}
	}
	if isTag(literal.Type) {
		s.tags = append(s.tags, finding{at, keyOf(literal)})
	}
}

func isTag(expr ast.Expr) bool {
	name, ok := expr.(*ast.SelectorExpr)
	return ok && name.Sel.Name == "SessionTag"
}

// keyOf returns the key of a tag, "" if it is no literal.
func keyOf(tag *ast.CompositeLit) string {
	for _, item := range tag.Elts {
		pair, ok := item.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		name, _ := pair.Key.(*ast.Ident)
		value, ok := pair.Value.(*ast.BasicLit)
		if ok && name != nil && name.Name == "Key" {
			key, _ := strconv.Unquote(value.Value)
			return key
		}
	}
	return ""
}

// packages returns the extensions that the sources or a program name, with their versions where those are known.
func (s sources) packages(listed map[string]string) map[string]string {
	all := maps.Clone(listed)
	if all == nil {
		all = map[string]string{}
	}
	for name := range s.extensions {
		all[name] = listed[name]
	}
	return all
}

// older reports whether a version is before major.minor; one that cannot be read is not.
func older(version string, major, minor int) bool {
	parts := strings.SplitN(version, ".", 3)
	if len(parts) < 2 {
		return false
	}
	first, err := strconv.Atoi(parts[0])
	second, errToo := strconv.Atoi(parts[1])
	return err == nil && errToo == nil && (first < major || first == major && second < minor)
}
