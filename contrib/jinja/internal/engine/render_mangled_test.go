package engine_test

import (
	"math"
	"math/rand/v2"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/dewar-go/dewar/contrib/jinja/internal/engine"
	"github.com/dewar-go/dewar/contrib/jinja/internal/syntax"
)

// Templates that are mangled piece by piece are lexed, parsed, checked and rendered without a panic, in bounded time and memory. A
// failure names its number, which MANGLED=number repeats alone; MANGLED=from-to takes others than the first ones.
func TestMangledTemplatesAreBounded(t *testing.T) {
	t.Parallel()
	first, last := numbers("MANGLED", 3_000, 100_000)
	var next, pages atomic.Int64
	next.Store(int64(first))
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for number := next.Add(1) - 1; number < int64(last) && !t.Failed(); number = next.Add(1) - 1 {
				if renderMangled(t, number) {
					pages.Add(1)
				}
			}
		})
	}
	workers.Wait()
	t.Logf("%d of %d templates gave a page", pages.Load(), last-first)
	if rendered := pages.Load(); rendered < int64(last-first)/10 && !t.Failed() {
		t.Errorf("%d of %d templates gave a page: too few to try the renderer", rendered, last-first)
	}
}

// renderMangled reports whether the templates of that number gave a page.
func renderMangled(t *testing.T, number int64) bool {
	g := &mangler{author{Rand: rand.New(rand.NewPCG(uint64(number), 2))}}
	templates := g.templates()
	o := engine.Options{Syntax: syntax.Options{TrimBlocks: g.chance(50), LstripBlocks: g.chance(50)}, MaxSteps: fuzzSteps / 10, MaxOutput: fuzzOutput, MaxDepth: 50}
	if g.chance(50) {
		o.Contextual = func(string) bool { return true }
	}
	defer func() {
		if reason := recover(); reason != nil {
			t.Errorf("panic: %v\n%s", reason, stack())
		}
		if t.Failed() {
			t.Logf("number %d: %q", number, templates)
		}
	}()
	e := files(o, templates)
	if g.chance(5) {
		_ = e.Check()
		_, _ = e.Differences()
	}
	return fuzzed(t, e, g.data())
}

func stack() []byte {
	buffer := make([]byte, 8<<10)
	return buffer[:runtime.Stack(buffer, false)]
}

// A mangler writes templates that are mostly wrong.
type mangler struct{ author }

// Tags, words, numbers, blanks, and single characters.
var pieces = regexp.MustCompile(`\{[%{#][-+]?|[-+]?[%}#]\}|\w+|\s+|.`)

// templates writes some, one of them mangled: most often a short page alone, because that is fast.
func (g *mangler) templates() map[string]string {
	templates := map[string]string{"page": g.body(1), "part": "[{{ n }}]", "lib": "{% macro m(a, b) %}{{ a }}{{ b }}{% endmacro %}{% macro wrap() %}{{ caller(s) }}{% endmacro %}"}
	switch n := g.IntN(100); {
	case n < 5:
		templates = g.job().Templates
	case n < 20:
		templates = map[string]string{"page": fuzzSources[g.IntN(len(fuzzSources))], "base": fuzzSources[g.IntN(len(fuzzSources))]}
	}
	name := "page"
	if _, ok := templates["base"]; ok && g.chance(30) {
		name = "base"
	}
	templates[name] = g.mangled(templates[name])
	return templates
}

// data is what the pages of an author show, and what those of fuzzSources do.
func (g *mangler) data() map[string]any {
	data := fuzzData(g.pick("", "<a&\"'>", "javascript:alert(1)", "é\x00\xff", "%s{0}"), g.hostile(), 1.5)
	for _, entry := range sample() {
		data[entry.Key] = toGo(entry.Value)
	}
	return data
}

func (g *mangler) mangled(source string) string {
	if g.chance(5) { // bytes in the middle of a piece
		cut := g.IntN(len(source) + 1)
		return source[:cut] + string([]byte{byte(g.IntN(256)), byte(g.IntN(256))}) + source[cut:]
	}
	tokens := pieces.FindAllString(source, -1)
	for range g.IntN(4) {
		tokens = g.mangle(tokens)
	}
	return strings.Join(tokens, "")
}

// mangle leaves out, doubles, replaces or moves a piece, or puts another one in.
func (g *mangler) mangle(tokens []string) []string {
	if len(tokens) == 0 {
		return []string{g.piece()}
	}
	at, to := g.IntN(len(tokens)), g.IntN(len(tokens))
	before, after := tokens[:at:at], tokens[at+1:]
	switch g.IntN(6) {
	case 0:
		return append(before, after...)
	case 1:
		return append(append(before, tokens[at], tokens[at]), after...)
	case 2:
		return append(append(before, g.piece()), after...)
	case 3:
		moved := append([]string(nil), tokens...)
		moved[at], moved[to] = moved[to], moved[at]
		return moved
	case 4:
		return append(append(before, tokens[at], g.piece()), after...)
	}
	return append(append(before, tokens[min(at, to):max(at, to)]...), tokens[at:]...)
}

func (g *mangler) piece() string {
	switch g.IntN(4) {
	case 0:
		return strconv.Itoa(g.hostile())
	case 1:
		return g.expr(1)
	case 2:
		return g.statement(1)
	}
	return g.pick("{%", "%}", "{{", "}}", "{#", "#}", "-", "|", ".", ",", "(", ")", "[", "]", "{", "}", ":", "**", "*", "%", "~", "'", "\"", "\\", "\n", " ", "=", "==", "<", ">", "<script>", "</script>", "<a href=", "<style>", "<!--",
		" in ", " is ", " not ", " and ", " if ", " else ", " recursive ", " endfor ", " endblock ", " endmacro ", " super() ", " caller() ", " self ", " loop ", " varargs ", " kwargs ",
		"|sort", "|join", "|batch", "|indent", "|tojson", "|pprint", "|list", "|replace", "|format", "|center", "|groupby", "|xmlattr", "|urlize", "|wordwrap", ".join", ".format", ".zfill", ".split", ".replace", ".append", ".__class__")
}

func (g *mangler) hostile() int {
	return []int{0, 1, -1, 3, 255, 65_536, 1_000_000_000, math.MaxInt, math.MinInt}[g.IntN(9)]
}
