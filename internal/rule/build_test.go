package rule_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/internal/rule"
)

// from returns a getter of the values in m.
func from(m map[string]any) func(string) (any, bool) {
	return func(name string) (any, bool) {
		v, ok := m[name]
		return v, ok
	}
}

type id int

type color struct{}

func (color) String() string { return "dark red" }

func TestBuild(t *testing.T) {
	t.Parallel()
	const text = "12345678-1234-1234-1234-123456789abc"
	bytes := [16]byte{0x12, 0x34, 0x56, 0x78, 0x12, 0x34, 0x12, 0x34, 0x12, 0x34, 0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc}
	for _, tt := range []struct {
		name, rule string
		value      any
		want       string
	}{
		{"static", "/a/b/", nil, "/a/b/"},
		{"static is escaped", "/é b%?#", nil, "/%C3%A9%20b%25%3F%23"},
		{"string", "/{v}", "ab", "/ab"},
		{"string is escaped", "/{v}", "é b?%\x00", "/%C3%A9%20b%3F%25%00"},
		{"string keeps what may stand in a path", "/{v}", "!$&'()*+,:;=@-._~", "/!$&'()*+,:;=@-._~"},
		{"string of a number", "/{v}", 7, "/7"},
		{"string of a bool", "/{v}", true, "/true"},
		{"string of a Stringer", "/{v}", color{}, "/dark%20red"},
		{"string of its own type", "/{v}", json.Number("1"), "/1"},
		{"int", "/{v:int}", 7, "/7"},
		{"int of its own type", "/{v:int}", id(7), "/7"},
		{"int unsigned type", "/{v:int}", uint8(7), "/7"},
		{"int as text", "/{v:int}", "7", "/7"},
		{"int as a float", "/{v:int}", 7.0, "/7"},
		{"int negative", "/{v:int(signed)}", -7, "/-7"},
		{"int with zeros", "/{v:int(fixed_digits=3)}", 7, "/007"},
		{"int negative with zeros", "/{v:int(fixed_digits=3,signed)}", -7, "/-07"},
		{"float", "/{v:float}", 2.5, "/2.5"},
		{"float whole", "/{v:float}", 2.0, "/2.0"},
		{"float of an int", "/{v:float}", 2, "/2.0"},
		{"float small", "/{v:float}", 1e-7, "/0.0000001"},
		{"float large", "/{v:float}", 1e21, "/1000000000000000000000.0"},
		{"float single", "/{v:float}", float32(0.1), "/0.1"},
		{"float as text", "/{v:float}", "2.5", "/2.5"},
		{"float minus zero", "/{v:float}", math.Copysign(0, -1), "/0.0"},
		{"float negative", "/{v:float(signed)}", -0.5, "/-0.5"},
		{"uuid", "/{v:uuid}", uuid(bytes), "/" + text},
		{"uuid bytes", "/{v:uuid}", bytes, "/" + text},
		{"uuid text", "/{v:uuid}", strings.ToUpper(text), "/" + text},
		{"uuid text without dashes", "/{v:uuid}", strings.ReplaceAll(text, "-", ""), "/" + text},
		{"any", `/{v:any(a,"c d")}`, "c d", "/c%20d"},
		{"path", "/s/{v:path}", "a/b c/", "/s/a/b%20c/"},
		{"path and more", "/{v:path}/edit", "a/b", "/a/b/edit"},
		{"expression", "/{v:[0-9]+}", "007", "/007"},
		{"beside text", "/v{v:int}.html", 3, "/v3.html"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, missing, err := mustParse(t, tt.rule).Build(from(map[string]any{"v": tt.value}))
			if err != nil || missing != nil || got != tt.want {
				t.Errorf("got %q, missing %q, error %v, want %q", got, missing, err, tt.want)
			}
		})
	}
}

func TestBuildRefusesWhatWouldNotMatch(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, rule string
		value      any
		want       string
	}{
		{"empty string", "/{v}", "", "is empty"},
		{"slash in a string", "/{v}", "a/b", "write {v:path}"},
		{"slash in an expression", "/{v:.+}", "a/b", "write {v:path}"},
		{"string too long", "/{v:string(maxlength=2)}", "abc", "{string(maxlength=2)} does not match"},
		{"struct", "/{v}", struct{}{}, "cannot write a struct {} as text"},
		{"bytes", "/{v}", []byte("x"), "as text"},
		{"int negative", "/{v:int}", -5, "out of range; give 0 to"},
		{"int above max", "/{v:int(min=1,max=9)}", 10, "give 1 to 9"},
		{"int with a fraction", "/{v:int}", 1.5, "whole number"},
		{"int of other text", "/{v:int}", "x", "whole number"},
		{"int too large", "/{v:int}", uint64(math.MaxUint64), "whole number"},
		{"int with too many digits", "/{v:int(fixed_digits=2)}", 100, "does not match"},
		{"float negative", "/{v:float}", -0.5, "does not match"},
		{"float above max", "/{v:float(max=1)}", 2, "does not match"},
		{"not a number", "/{v:float}", math.NaN(), "finite"},
		{"infinite", "/{v:float}", math.Inf(1), "finite"},
		{"float of a bool", "/{v:float}", true, "finite"},
		{"no uuid", "/{v:uuid}", "x", "36 characters"},
		{"uuid of a struct", "/{v:uuid}", struct{}{}, "16 bytes"},
		{"not one of any", "/{v:any(x,y)}", "z", `not one of "x", "y"`},
		{"path that begins with a slash", "/s/{v:path}", "/etc", "does not match"},
		{"expression", "/{v:[0-9]+}", "x", "{:[0-9]+} does not match"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, missing, err := mustParse(t, tt.rule).Build(from(map[string]any{"v": tt.value}))
			if err == nil {
				t.Fatalf("got %q, missing %q, want an error", got, missing)
			}
			for _, want := range []string{quoted(tt.rule), `variable "v"`, tt.want} {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("got %q, want %q in it", err, want)
				}
			}
		})
	}
}

func TestBuildErrorKeepsTheValueToItself(t *testing.T) {
	t.Parallel()
	const secret = "hunter2"
	for _, text := range []string{"/{v:int}", "/{v:float}", "/{v:uuid}", "/{v:any(a)}", "/{v:string(length=2)}", "/{v:[0-9]+}"} {
		_, _, err := mustParse(t, text).Build(from(map[string]any{"v": secret}))
		if err == nil || strings.Contains(err.Error(), secret) {
			t.Errorf("%s: got error %v", text, err)
		}
	}
}

func TestBuildNamesAllThatIsMissing(t *testing.T) {
	t.Parallel()
	path, missing, err := mustParse(t, "/{a}/{b}/{c:int}").Build(from(map[string]any{"b": "x", "c": nil}))
	if path != "" || err != nil || !slices.Equal(missing, []string{"a", "c"}) {
		t.Errorf("got %q, missing %q, error %v, want a and c missing", path, missing, err)
	}
}

// buildable are rules whose built paths match with equal values, and what makes such values.
var buildable = []struct {
	rule string
	make func(*rand.Rand) any
}{
	{"/s/{v}", func(r *rand.Rand) any { return randomText(r, 1, 12, "") }},
	{"/s/{v:string(minlength=2,maxlength=4)}/x", func(r *rand.Rand) any { return randomText(r, 2, 4, "") }},
	{"/{v:int}", func(r *rand.Rand) any { return int(r.Uint() >> (1 + r.IntN(strconv.IntSize-1))) }},
	{"/{v:int(signed)}/", func(r *rand.Rand) any { return int(r.Uint()) >> r.IntN(strconv.IntSize) }},
	{"/{v:int(fixed_digits=5)}", func(r *rand.Rand) any { return r.IntN(100_000) }},
	{"/{v:float}", func(r *rand.Rand) any { return math.Abs(randomFloat(r)) }},
	{"/x/{v:float(signed)}", func(r *rand.Rand) any { return randomFloat(r) }},
	{"/{v:uuid}", func(r *rand.Rand) any {
		var u uuid
		for i := range u {
			u[i] = byte(r.Uint32())
		}
		return u
	}},
	{`/{v:any(a,"b c",é)}`, func(r *rand.Rand) any { return []string{"a", "b c", "é"}[r.IntN(3)] }},
	{"/p/{v:path}", func(r *rand.Rand) any { return "x" + randomText(r, 1, 12, "//") }},
	{"/p/{v:path}/edit", func(r *rand.Rand) any { return "x" + randomText(r, 1, 12, "//") }},
	{"/v{v}.html", func(r *rand.Rand) any { return randomText(r, 1, 12, "") }},
	{"/{v:[^/]+}", func(r *rand.Rand) any { return randomText(r, 1, 12, "") }},
}

// randomText returns least to most random characters without line breaks, more of those in often than of others.
func randomText(r *rand.Rand, least, most int, often string) string {
	const bytes = "abc019 %?#&=+;:@,.~-_\x00\t\"\\<>{}|^`[]"
	letters := []rune(bytes + often + often + "éß日本😀")
	text := make([]rune, least+r.IntN(most-least+1))
	for i := range text {
		text[i] = letters[r.IntN(len(letters))]
	}
	return string(text)
}

// randomFloat returns a finite number of any size.
func randomFloat(r *rand.Rand) float64 {
	for {
		if f := math.Float64frombits(r.Uint64()); !math.IsNaN(f) && !math.IsInf(f, 0) {
			return f
		}
	}
}

// hasDots reports whether a segment of text is dots.
func hasDots(text string) bool {
	segments := strings.Split(text, "/")
	return slices.Contains(segments, ".") || slices.Contains(segments, "..")
}

func TestBuiltPathMatchesWithTheSameValue(t *testing.T) {
	t.Parallel()
	random := newRandom(t)
	for _, b := range buildable {
		r := mustParse(t, b.rule)
		for range 3_000 {
			want := b.make(random)
			built, missing, err := r.Build(from(map[string]any{"v": want}))
			if errors.Is(err, rule.ErrAstray) && hasDots(fmt.Sprint(want)) {
				continue
			}
			if err != nil || missing != nil {
				t.Fatalf("%q of %#v: missing %q, error %v", b.rule, want, missing, err)
			}
			u, err := url.Parse(built)
			if err != nil || u.EscapedPath() != built || u.RawQuery != "" || u.Fragment != "" {
				t.Fatalf("%q of %#v: %q is no path: %v", b.rule, want, built, err)
			}
			got, ok := r.Match(u.Path, nil)
			if !ok || !reflect.DeepEqual(got, values{want}) {
				t.Fatalf("%q of %#v: %q gives %#v", b.rule, want, built, got)
			}
		}
	}
}

func TestBuiltinsMatchTheirPatternsExactly(t *testing.T) {
	t.Parallel()
	random, set := newRandom(t), newSet()
	args := map[string][]rule.Args{
		"string": {nil, {{Name: "length", Value: 2}}, {{Name: "minlength", Value: 2}, {Name: "maxlength", Value: 3}}},
		"int":    {nil, {{Text: "signed", Value: "signed"}}, {{Value: 2}}, {{Value: 2}, {Text: "signed", Value: "signed"}}},
		"float":  {nil, {{Text: "signed", Value: "signed"}}},
		"path":   {nil},
		"uuid":   {nil},
		"any":    {{{Text: "a"}, {Text: "a.b"}, {Text: "1"}}},
	}
	for name, lists := range args {
		for _, list := range lists {
			conv, err := set[name](list)
			if err != nil {
				t.Fatal(err)
			}
			whole := regexp.MustCompile(`\A(?:` + conv.Pattern() + `)\z`)
			for range 5_000 {
				text := randomText(random, 0, 4, "///--..11\n\n")
				_, err := conv.Parse(text)
				if got, want := err == nil, whole.MatchString(text); got != want {
					t.Fatalf("%s(%v) on %q: Parse says %v, %q says %v", name, list, text, got, conv.Pattern(), want)
				}
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range append(ordered, "/{a", "/}", "/{n:int(min=1,max=99,fixed_digits=3,signed)}",
		`/{l:any(en,de,"c d")}`, `/{a:[{}]\}}`, "/{int:id}", "/{a:(b}", "/{a:x(\"}\")}", "/<int:id>") {
		f.Add(text, "/a/b")
	}
	f.Fuzz(func(t *testing.T, text, path string) {
		r, err := rule.Parse(text, newSet())
		if err != nil {
			if !strings.HasPrefix(err.Error(), fmt.Sprintf("rule %q: ", text)) {
				t.Errorf("the error does not quote the rule: %v", err)
			}
			return
		}
		if got, ok := r.Match("/"+path, nil); ok && len(got) != len(r.Variables()) {
			t.Errorf("%q on %q: got %d values, want %d", text, path, len(got), len(r.Variables()))
		}
		if same, err := rule.Parse(text, newSet()); err != nil || rule.Compare(r, same) != 0 || r.Shape() != same.Shape() {
			t.Errorf("%q does not equal itself", text)
		}
		for _, slash := range []bool{true, false} {
			if form := r.WithSlash(slash); form != nil && form.Branch() != slash {
				t.Errorf("%q: WithSlash(%v) is %q", text, slash, form)
			}
		}
	})
}

func FuzzMatchBuild(f *testing.F) {
	for i, path := range []string{
		"s/a b", "s/abc/x", "5", "-5/", "00042", "1.50", "x/-0.0", "12345678-1234-1234-1234-123456789abc", "b c",
		"p/a//b/", "p/a/edit", "vx.html", "\xff",
	} {
		f.Add(i, path)
	}
	f.Fuzz(func(t *testing.T, i int, path string) {
		r := mustParse(t, buildable[uint(i)%uint(len(buildable))].rule)
		want, ok := r.Match("/"+path, nil)
		if !ok {
			return
		}
		built, _, err := r.Build(from(map[string]any{"v": want[0]}))
		if err != nil {
			t.Fatalf("%q matches %q, but is not built: %v", r, path, err)
		}
		decoded, err := url.PathUnescape(built)
		if err != nil {
			t.Fatalf("%q: %v", built, err)
		}
		if got, ok := r.Match(decoded, nil); !ok || !reflect.DeepEqual(got, want) {
			t.Errorf("%q: got %#v, want %#v", built, got, want)
		}
	})
}
