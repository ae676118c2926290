package guide

import (
	"bytes"
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// imports are the packages that a fragment may use without saying so.
var imports = map[string]string{
	"autocert": "golang.org/x/crypto/acme/autocert", "cli": "github.com/dewar-go/dewar/contrib/cli",
	"clitest": "github.com/dewar-go/dewar/contrib/cli/clitest", "cobra": "github.com/spf13/cobra", "dewar": "github.com/dewar-go/dewar",
	"forms": "github.com/dewar-go/dewar/forms", "dewartest": "github.com/dewar-go/dewar/dewartest", "password": "github.com/dewar-go/dewar/contrib/password",
	"redisstore": "github.com/dewar-go/dewar/contrib/redisstore", "sessionstore": "github.com/dewar-go/dewar/sessionstore",
	"http": "net/http", "httptest": "net/http/httptest", "template": "html/template", "filepath": "path/filepath", "tls": "crypto/tls", "rand": "crypto/rand",
	"hex": "encoding/hex", "json": "encoding/json", "slog": "log/slog", "pprof": "net/http/pprof", "sql": "database/sql",
	"subtle": "crypto/subtle", "url": "net/url", "hmac": "crypto/hmac", "sha256": "crypto/sha256",
	"bytes": "", "cmp": "", "context": "", "embed": "", "errors": "", "expvar": "", "fmt": "", "io": "", "log": "", "maps": "", "net": "", "os": "",
	"slices": "", "strconv": "", "strings": "", "sync": "", "testing": "", "time": "",
}

// generatedMain runs what the steps of a program set up, where the guide shows no main.
const generatedMain = `package main

import (
	"fmt"
	"os"

	"github.com/dewar-go/dewar"
)

func main() {
	app := dewar.New("guide", dewar.AccessLog())
	err := app.Config.FromPrefixedEnv()
	for _, step := range []func(*dewar.App) error{%s} {
		if err == nil {
			err = step(app)
		}
	}
	if err == nil {
		err = app.Run("")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
`

// A program is what a reader has typed so far.
type program struct {
	chapter chapter
	dir     string
	files   map[string]string // what stands in dir, by path
	code    []*source
	built   bool
}

// A source is a Go file of a program: one that the guide names, or one made of a fragment.
type source struct {
	name  string
	text  string
	steps []string // functions made of statements that speak of app alone
}

// addGo takes a block of Go code into the program. What it declares takes the place of what the program had by that name.
func (p *program) addGo(b block) error {
	p.built = false
	added := &source{name: fmt.Sprintf("block_%d.go", b.line), text: b.text}
	switch {
	case b.name == "" && strings.Contains(b.text, "(t *testing.T)"):
		added.name = fmt.Sprintf("block_%d_test.go", b.line)
	case b.name != "":
		added.name = b.name
		p.code = slices.DeleteFunc(p.code, func(s *source) bool { return s.name == b.name })
	}
	if packageClause.MatchString(b.text) {
		added.text = p.lineMark(b.line) + b.text
	} else if err := p.complete(added, b); err != nil {
		return fmt.Errorf("%s:%d: %w", p.chapter.path, b.line, err)
	}
	declared, err := declarations(added.text)
	if err != nil {
		return fmt.Errorf("%s:%d: %w", p.chapter.path, b.line, err)
	}
	for _, s := range p.code {
		if strings.HasSuffix(s.name, "_test.go") == strings.HasSuffix(added.name, "_test.go") {
			s.drop(declared)
		}
	}
	p.code = append(p.code, added)
	return nil
}

var (
	packageClause = regexp.MustCompile(`(?m)^package \w+$`)
	declaration   = regexp.MustCompile(`^(func [\w(]|type |var |const |import )`)
)

// complete makes a file of a fragment: declarations stay what they are, statements become the body of a function.
func (p *program) complete(s *source, b block) error {
	decls, statements := p.split(b)
	function := fmt.Sprintf("step%d", b.line)
	body, usesApp, usesC, err := stepOf(function, statements)
	if err != nil {
		return err
	}
	if usesApp && !usesC {
		s.steps = []string{function}
	}
	s.text = "package main\n\n" + imported(decls+body) + decls + body
	return nil
}

// lineMark tells the compiler where in the guide the next line stands.
func (p *program) lineMark(line int) string {
	return fmt.Sprintf("//line %s:%d\n", path.Join("docs/guide", p.chapter.name+".md"), line)
}

// split parts declarations, which begin at the left edge, from statements.
func (p *program) split(b block) (decls, statements string) {
	end, number := "", b.line-1
	for line := range strings.Lines(b.text) {
		number++
		switch {
		case end != "":
			decls += line
		case declaration.MatchString(line):
			if !strings.HasPrefix(lastLine(decls), "//go:embed ") { // which nothing may part from its variable
				decls += p.lineMark(number)
			}
			decls += line
			end = closing(line)
		case strings.HasPrefix(line, "//go:embed "):
			decls += line
		case strings.TrimSpace(line) == "" || strings.HasPrefix(line, "//"):
		case strings.HasPrefix(line, "\t"), strings.HasPrefix(line, "}"), strings.HasPrefix(line, ")"):
			statements += line
		default:
			statements += p.lineMark(number) + line
		}
		if line == end || end == "\n" {
			end = ""
		}
	}
	return decls, statements
}

// lastLine returns the last line of a text.
func lastLine(text string) string {
	text = strings.TrimSuffix(text, "\n")
	return text[strings.LastIndexByte(text, '\n')+1:]
}

// closing returns the line that ends a declaration which begins with line, or "\n" if it ends there.
func closing(line string) string {
	switch line = strings.TrimRight(line, "\n"); {
	case strings.HasSuffix(line, "{"):
		return "}\n"
	case strings.HasSuffix(line, "("):
		return ")\n"
	}
	return "\n"
}

// stepOf returns a function of that name with the statements for a body, and whether they use app and c.
func stepOf(name, statements string) (text string, usesApp, usesC bool, err error) {
	if strings.TrimSpace(statements) == "" {
		return "", false, false, nil
	}
	const frame = "package main\nfunc _() error {\n"
	file, err := parser.ParseFile(token.NewFileSet(), "", frame+statements+"\n}", 0)
	if err != nil {
		return "", false, false, err
	}
	for _, ident := range file.Unresolved {
		usesApp, usesC = usesApp || ident.Name == "app", usesC || ident.Name == "c"
	}
	body := file.Decls[0].(*ast.FuncDecl).Body.List
	last, returns := body[len(body)-1].(*ast.ReturnStmt)
	cut := len(statements)
	if returns {
		cut = int(last.Pos()) - 1 - len(frame)
	}
	used := ""
	for _, variable := range defined(body) {
		used += "_ = " + variable + "; "
	}
	params := "app *dewar.App"
	if usesC {
		params += ", c *dewar.Context"
	}
	text = "\n//line generated.go:1\nfunc " + name + "(" + params + ") (err error) {\n" + statements[:cut] + used + statements[cut:]
	if !returns {
		text += "\nreturn err"
	}
	return text + "\n}\n", usesApp, usesC, nil
}

// defined returns the variables that statements define for those that follow.
func defined(statements []ast.Stmt) (names []string) {
	for _, statement := range statements {
		assign, ok := statement.(*ast.AssignStmt)
		if !ok || assign.Tok != token.DEFINE {
			continue
		}
		for _, left := range assign.Lhs {
			if name := left.(*ast.Ident).Name; name != "_" {
				names = append(names, name)
			}
		}
	}
	return names
}

// imported returns the import declarations that Go code without any wants.
func imported(code string) string {
	used := selected("package main\n" + code)
	if strings.Contains(code, "func step") {
		used["dewar"] = true
	}
	var text string
	for name := range used {
		if full, known := imports[name]; known {
			text += fmt.Sprintf("import %q\n", cmp.Or(full, name))
		}
	}
	return text
}

// selected returns the names before a dot that are not declared in the file itself.
func selected(code string) map[string]bool {
	used := map[string]bool{}
	file, err := parser.ParseFile(token.NewFileSet(), "", code, 0)
	if err != nil {
		return used // the compiler says it better
	}
	unresolved := map[*ast.Ident]bool{}
	for _, ident := range file.Unresolved {
		unresolved[ident] = true
	}
	ast.Inspect(file, func(node ast.Node) bool {
		if selector, ok := node.(*ast.SelectorExpr); ok {
			if ident, ok := selector.X.(*ast.Ident); ok && unresolved[ident] {
				used[ident.Name] = true
			}
		}
		return true
	})
	return used
}

// declarations returns the names that a file declares: main, User, auth.login.
func declarations(code string) (map[string]bool, error) {
	file, err := parser.ParseFile(token.NewFileSet(), "", code, 0)
	if err != nil {
		return nil, err
	}
	names := map[string]bool{}
	for _, decl := range file.Decls {
		for _, name := range namesOf(decl) {
			names[name] = true
		}
	}
	return names, nil
}

func namesOf(decl ast.Decl) (names []string) {
	switch decl := decl.(type) {
	case *ast.FuncDecl:
		name := decl.Name.Name
		if decl.Recv != nil {
			var receiver bytes.Buffer
			ast.Inspect(decl.Recv.List[0].Type, func(node ast.Node) bool {
				if ident, ok := node.(*ast.Ident); ok {
					receiver.WriteString(ident.Name + ".")
				}
				return true
			})
			name = receiver.String() + name
		}
		names = append(names, name)
	case *ast.GenDecl:
		for _, spec := range decl.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				names = append(names, spec.Name.Name)
			case *ast.ValueSpec:
				for _, ident := range spec.Names {
					names = append(names, ident.Name)
				}
			}
		}
	}
	return slices.DeleteFunc(names, func(name string) bool { return name == "_" })
}

// drop takes out the declarations of which a later block has all names, and the imports that nothing uses any more.
func (s *source) drop(names map[string]bool) {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, "", s.text, parser.ParseComments)
	if err != nil {
		return
	}
	text, dropped := []byte(s.text), false
	for _, decl := range file.Decls {
		mine := namesOf(decl)
		if len(mine) == 0 || slices.ContainsFunc(mine, func(name string) bool { return !names[name] }) {
			continue
		}
		blank(text, int(startOf(decl))-1, int(decl.End())-1)
		dropped = true
	}
	if !dropped {
		return
	}
	used := selected(string(text))
	for _, spec := range file.Imports {
		if spec.Name == nil && !used[path.Base(strings.Trim(spec.Path.Value, `"`))] {
			from, to := int(spec.Pos())-1, int(spec.End())-1
			if single := "import "; from >= len(single) && string(text[from-len(single):from]) == single {
				from -= len(single)
			}
			blank(text, from, to)
		}
	}
	s.text = string(text)
}

// startOf returns where a declaration begins, its comment included.
func startOf(decl ast.Decl) token.Pos {
	var doc *ast.CommentGroup
	switch decl := decl.(type) {
	case *ast.FuncDecl:
		doc = decl.Doc
	case *ast.GenDecl:
		doc = decl.Doc
	}
	if doc != nil {
		return doc.Pos()
	}
	return decl.Pos()
}

// blank overwrites a part of text with spaces and keeps its lines.
func blank(text []byte, from, to int) {
	for i := from; i < to; i++ {
		if text[i] != '\n' {
			text[i] = ' '
		}
	}
}

// write puts the program where it can be compiled.
func (p *program) write() error {
	files := maps.Clone(p.files)
	hasMain, steps := false, []string(nil)
	for _, s := range p.code {
		names, err := declarations(s.text)
		if err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		hasMain = hasMain || names["main"]
		steps = append(steps, s.steps...)
		files[s.name] = s.text
	}
	if len(p.code) > 0 && !hasMain {
		files["generated_main.go"] = fmt.Sprintf(generatedMain, strings.Join(steps, ", "))
	}
	old, err := filepath.Glob(filepath.Join(p.dir, "*.go"))
	if err != nil {
		return err
	}
	for _, name := range old {
		if _, stays := files[filepath.Base(name)]; stays {
			continue
		}
		if err := os.Remove(name); err != nil {
			return err
		}
	}
	for name, text := range files {
		full := filepath.Join(p.dir, name)
		if was, err := os.ReadFile(full); err == nil && string(was) == text {
			continue // dewar dev watches
		}
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// build compiles the program, unless that has been done since it changed. What nobody runs is left to go vet.
func (p *program) build() error {
	if p.built || len(p.code) == 0 {
		return nil
	}
	if err := p.write(); err != nil {
		return err
	}
	if out, err := goTool(p.dir, "build", "-ldflags=-s -w", "-o", binary, ".").CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	p.built = true
	return nil
}

// goTool returns the go command, to be run in a folder of the module that the programs are in.
func goTool(dir string, args ...string) *exec.Cmd {
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "CGO_ENABLED=0")
	return cmd
}

// TestFragmentsBecomePrograms pins rules 1 to 3.
func TestFragmentsBecomePrograms(t *testing.T) {
	t.Parallel()
	p := &program{dir: t.TempDir(), files: map[string]string{}}
	for _, b := range []block{
		{lang: "go", name: "main.go", line: 3, text: "// main.go\npackage main\n\nimport (\n\t\"fmt\"\n\t\"log\"\n)\n\nfunc a() { log.Print() }\n\nfunc b() { fmt.Print() }\n"},
		{lang: "go", line: 20, text: "app.Get(\"/\", index)\n\nfunc index(c *dewar.Context) error { return c.Text(strings.ToUpper(\"x\")) }\n"},
		{lang: "go", line: 30, text: "n := 1\nreturn c.Text(\"x\")\n"},
		{lang: "go", line: 40, text: "func b() {}\n"},
	} {
		if err := p.addGo(b); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.write(); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		file, want string
		has        bool
	}{
		{"main.go", "func a()", true},
		{"main.go", "func b()", false}, // replaced by a later block
		{"main.go", `"fmt"`, false},    // which nothing uses any more
		{"main.go", `"log"`, true},
		{"block_20.go", `import "strings"`, true},
		{"block_20.go", "func step20(app *dewar.App) (err error) {", true},
		{"block_30.go", "_ = n; return", true},
		{"generated_main.go", "{step20}", true}, // step30 speaks of c
	} {
		text, err := os.ReadFile(filepath.Join(p.dir, tt.file))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), tt.want) != tt.has {
			t.Errorf("%s: %q there is not %v:\n%s", tt.file, tt.want, tt.has, text)
		}
	}
}
