package rule_test

import (
	"cmp"
	"errors"
	"flag"
	"math"
	"math/rand/v2"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/internal/rule"
)

func quoted(s string) string { return strconv.Quote(s) }

var seedFlag = flag.Uint64("seed", 0, "seed of the random tests, 0 for a new one")

// newRandom returns a source of numbers whose seed is logged.
func newRandom(t testing.TB) *rand.Rand {
	t.Helper()
	seed := cmp.Or(*seedFlag, rand.Uint64())
	t.Logf("seed %d", seed)
	return rand.New(rand.NewPCG(seed, 0))
}

type values = []any

func TestMatch(t *testing.T) {
	t.Parallel()
	id := uuid{0x12, 0x34, 0x56, 0x78, 0x12, 0x34, 0x12, 0x34, 0x12, 0x34, 0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc}
	for _, tt := range []struct {
		name, rule, path string
		want             values // nil: no match
	}{
		{"root", "/", "/", values{}},
		{"root is not everything", "/", "/a", nil},
		{"static", "/a/b", "/a/b", values{}},
		{"static is exact", "/a/b", "/a/bc", nil},
		{"static is not a prefix", "/a/b", "/a/b/c", nil},
		{"static has case", "/a", "/A", nil},
		{"static with a line break", "/a", "/a\n", nil},
		{"leaf without its slash only", "/a", "/a/", nil},
		{"branch with its slash only", "/a/", "/a", nil},
		{"no path", "/a", "", nil},
		{"star is text", "/a*", "/ab", nil},
		{"star", "/a*", "/a*", values{}},
		{"expression characters are text", "/a.b+(c)", "/a.b+(c)", values{}},
		{"dot is text", "/a.b", "/axb", nil},

		{"string", "/{s}", "/ab", values{"ab"}},
		{"string decoded", "/{s}", "/a b%", values{"a b%"}},
		{"string is not empty", "/{s}", "/", nil},
		{"string in the middle is not empty", "/{s}/x", "//x", nil},
		{"string is one segment", "/{s}", "/a/b", nil},
		{"string may hold a line break, as in Flask", "/{s}", "/a\n", values{"a\n"}},
		{"string may hold any byte", "/{s}", "/\x00\xff", values{"\x00\xff"}},
		{"length in characters", "/{s:string(length=2)}", "/éé", values{"éé"}},
		{"too short", "/{s:string(length=2)}", "/a", nil},
		{"too long", "/{s:string(length=2)}", "/abc", nil},
		{"minlength", "/{s:string(minlength=2)}", "/abc", values{"abc"}},
		{"below minlength", "/{s:string(minlength=2)}", "/a", nil},
		{"by position", "/{s:string(2,3)}", "/abc", values{"abc"}},
		{"above maxlength", "/{s:string(minlength=1,maxlength=2)}", "/abc", nil},
		{"longer than an expression counts", "/{s:string(length=1001)}", "/" + strings.Repeat("a", 1001),
			values{strings.Repeat("a", 1001)}},
		{"and one more", "/{s:string(length=1001)}", "/" + strings.Repeat("a", 1002), nil},

		{"int", "/{n:int}", "/7", values{7}},
		{"int with zeros", "/{n:int}", "/007", values{7}},
		{"int with many zeros", "/{n:int}", "/" + strings.Repeat("0", 99) + "5", values{5}},
		{"int with plus", "/{n:int}", "/+1", nil},
		{"int with minus", "/{n:int}", "/-1", nil},
		{"int minus zero", "/{n:int}", "/-0", nil},
		{"int with space", "/{n:int}", "/ 1", nil},
		{"int with underscore", "/{n:int}", "/1_0", nil},
		{"int with an Arabic digit", "/{n:int}", "/\u0661", nil},
		{"int with a line break", "/{n:int}", "/1\n", nil},
		{"int in hexadecimals", "/{n:int}", "/0x1", nil},
		{"int largest", "/{n:int}", "/" + strconv.Itoa(math.MaxInt), values{math.MaxInt}},
		{"int a digit shorter", "/{n:int}", "/" + strconv.Itoa(math.MaxInt/10), values{math.MaxInt / 10}},
		{"int with a letter at its end", "/{n:int}", "/" + strconv.Itoa(math.MaxInt/100) + "a", nil},
		{"int too large", "/{n:int}", "/" + strconv.FormatUint(math.MaxInt+1, 10), nil},
		{"int far too large", "/{n:int}", "/18446744073709551616", nil},
		{"int not one", "/{n:int}", "/a", nil},
		{"int at min", "/{n:int(min=1,max=99)}", "/1", values{1}},
		{"int below min", "/{n:int(min=1,max=99)}", "/0", nil},
		{"int above max", "/{n:int(min=1,max=99)}", "/100", nil},
		{"signed", "/{n:int(signed)}", "/-5", values{-5}},
		{"signed in Python's words", "/{n:int(signed=True)}", "/-5", values{-5}},
		{"signed twice", "/{n:int(signed)}", "/--5", nil},
		{"only a sign", "/{n:int(signed)}", "/-", nil},
		{"signed and unsigned", "/{n:int(signed)}", "/5", values{5}},
		{"signed=false", "/{n:int(signed=false)}", "/-5", nil},
		{"smallest", "/{n:int(signed)}", "/" + strconv.Itoa(math.MinInt), values{math.MinInt}},
		{"digits", "/{n:int(fixed_digits=3)}", "/007", values{7}},
		{"digits by position", "/{n:int(3)}", "/007", values{7}},
		{"too few digits", "/{n:int(fixed_digits=3)}", "/07", nil},
		{"too many digits", "/{n:int(fixed_digits=3)}", "/0007", nil},
		{"a sign counts as a digit", "/{n:int(fixed_digits=3,signed)}", "/-07", values{-7}},
		{"all arguments", "/{n:int(min=1,max=99,fixed_digits=3,signed)}", "/099", values{99}},

		{"float", "/{x:float}", "/2.50", values{2.5}},
		{"float needs a point", "/{x:float}", "/1", nil},
		{"float needs digits before the point", "/{x:float}", "/.5", nil},
		{"float needs digits after the point", "/{x:float}", "/1.", nil},
		{"float with an exponent", "/{x:float}", "/1.0e5", nil},
		{"float with two points", "/{x:float}", "/1.0.0", nil},
		{"float with minus", "/{x:float}", "/-1.0", nil},
		{"float signed", "/{x:float(signed)}", "/-1.5", values{-1.5}},
		{"float at max", "/{x:float(max=1)}", "/1.0", values{1.0}},
		{"float above max", "/{x:float(max=1)}", "/1.1", nil},
		{"float below min", "/{x:float(min=0.5)}", "/0.4", nil},
		{"float too large", "/{x:float}", "/" + strings.Repeat("9", 400) + ".0", nil},
		{"not a number", "/{x:float}", "/NaN", nil},
		{"infinity", "/{x:float(signed)}", "/-Inf", nil},

		{"uuid", "/{u:uuid}", "/12345678-1234-1234-1234-123456789abc", values{id}},
		{"uuid in capitals", "/{u:uuid}", "/12345678-1234-1234-1234-123456789ABC", values{id}},
		{"uuid without dashes", "/{u:uuid}", "/12345678123412341234123456789abc", nil},
		{"uuid with other letters", "/{u:uuid}", "/12345678-1234-1234-1234-123456789abg", nil},
		{"uuid with misplaced dashes", "/{u:uuid}", "/1234567-81234-1234-1234-123456789abc", nil},
		{"uuid with a line break", "/{u:uuid}", "/12345678-1234-1234-1234-123456789abc\n", nil},

		{"any", `/{l:any(en,de,"c d")}`, "/c d", values{"c d"}},
		{"any is whole", "/{l:any(en,de)}", "/end", nil},
		{"any in numbers", "/{v:any(1,2.0)}", "/2.0", values{"2.0"}},
		{"any with a dash", "/{v:any(en-GB,de)}", "/en-GB", values{"en-GB"}},
		{"any quotes expressions", `/{v:any("a.b",c)}`, "/axb", nil},
		{"any with a line break", `/{v:any(a,b)}`, "/a\n", nil},

		{"path", "/s/{p:path}", "/s/a/b", values{"a/b"}},
		{"path of one segment", "/s/{p:path}", "/s/a", values{"a"}},
		{"path keeps its last slash", "/s/{p:path}", "/s/a/", values{"a/"}},
		{"path is not empty", "/s/{p:path}", "/s/", nil},
		{"path does not begin with a slash", "/s/{p:path}", "/s//a", nil},
		{"path with slashes and dots inside", "/s/{p:path}", "/s/a//../b", values{"a//../b"}},
		{"path with a line break", "/s/{p:path}", "/s/a\n", nil},
		{"path and more", "/{p:path}/edit", "/a/b/edit", values{"a/b"}},
		{"path takes the first of two ends only at the end", "/{p:path}/edit", "/a/edit/edit", values{"a/edit"}},
		{"path and more, nothing before", "/{p:path}/edit", "/edit", nil},
		{"path and more, other end", "/{p:path}/edit", "/a/edit/", nil},
		{"path takes little", "/{a:path}/x/{b:path}", "/1/x/2/x/3", values{"1", "2/x/3"}},
		{"path and int", "/{a:path}/{n:int}", "/1/2/3", values{"1/2", 3}},
		{"path branch", "/{p:path}/", "/a/b/", values{"a/b"}},
		{"path branch without its slash", "/{p:path}/", "/a/b", nil},
		{"path branch with two slashes", "/{p:path}/", "/a//", nil},
		{"path after text in a segment", "/x{p:path}", "/xa/b", values{"a/b"}},

		{"two in a segment", "/{a}-{b}", "/x-y", values{"x", "y"}},
		{"the first takes much", "/{a}-{b}", "/x-y-z", values{"x-y", "z"}},
		{"none is empty", "/{a}-{b}", "/-y", nil},
		{"two in a segment stay in it", "/{a}-{b}", "/x-y/z", nil},
		{"text before", "/v{n:int}", "/v12", values{12}},
		{"text after", "/{n:int}.html", "/12.html", values{12}},
		{"digits side by side", "/{y:int(4)}{m:int(2)}", "/202405", values{2024, 5}},
		{"mixed in the middle", "/a/{x}-{y}/b", "/a/1-2/b", values{"1", "2"}},
		{"mixed branch", "/{x}-{y}/", "/1-2/", values{"1", "2"}},
		{"mixed refused by its converter", "/{n:int(max=5)}-x", "/6-x", nil},

		{"expression", "/{n:[0-9]+}", "/007", values{"007"}},
		{"expression is whole", "/{n:[0-9]+}", "/7a", nil},
		{"expression with a line break", "/{n:[0-9]+}", "/7\n", nil},
		{"alternatives are whole", "/{r:user|admin}", "/user", values{"user"}},
		{"alternatives with more at the end", "/{r:user|admin}", "/userEVIL", nil},
		{"alternatives with more before", "/{r:user|admin}", "/EVILadmin", nil},
		{"anchors of its own", "/{n:^[0-9]+$}", "/7", values{"7"}},
		{"anchors of its own beside text", "/v{n:^[0-9]+$}", "/v7", values{"7"}},
		{"escaped dollar", `/{n:[0-9]+\$}`, "/7$", values{"7$"}},
		{"groups of its own", "/{a:(x)(y)?}-{b}", "/xy-z", values{"xy", "z"}},
		{"expression is one segment", "/{n:.+}", "/a/b", nil},
		{"expression beside text is one segment", "/a{n:.+}/b", "/ax/y/b", nil},
		{"expression before a path takes one segment", "/a{n:.+}/{p:path}", "/ab/c/d", values{"b", "c/d"}},
		{"expression after a path takes one segment", "/{p:path}-{n:.+}", "/a/b-c", values{"a/b", "c"}},
		{"expression after a path takes no slash", "/{p:path}-{n:.+}", "/a-b/c", nil},
		{"expression is not empty", "/{n:[0-9]*}", "/", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := mustParse(t, tt.rule)
			got, ok := r.Match(tt.path, values{})
			if ok != (tt.want != nil) {
				t.Fatalf("%q on %q: got %v %v, want %v", tt.rule, tt.path, ok, got, tt.want)
			}
			if ok && !reflect.DeepEqual(got, tt.want) {
				t.Errorf("%q on %q: got %#v, want %#v", tt.rule, tt.path, got, tt.want)
			}
			if late, ok := locate(r, tt.path); r.Late() && (ok != (tt.want != nil) || ok && !reflect.DeepEqual(late, tt.want)) {
				t.Errorf("%q on %q: got %#v when values are converted late, want %#v", tt.rule, tt.path, late, tt.want)
			}
		})
	}
}

// locate is Match in two steps, for rules that allow that.
func locate(r *rule.Rule, path string) (values, bool) {
	if !r.Late() {
		return nil, false
	}
	before := []rule.Span{{Start: 1, End: 2}}
	spans, ok := r.Locate(path, before)
	if !ok || spans[0] != before[0] {
		return nil, false
	}
	all := values{}
	for i, at := range spans[1:] {
		all = append(all, r.Value(i, path[at.Start:at.End]))
	}
	return all, true
}

func TestMatchAppends(t *testing.T) {
	t.Parallel()
	r := mustParse(t, "/{a:int}/{b:int(max=5)}")
	room := make(values, 1, 8)
	room[0] = "before"
	if got, _ := r.Match("/1/2", room); !reflect.DeepEqual(got, values{"before", 1, 2}) {
		t.Errorf("got %v, want the values after what was there", got)
	}
	if got, _ := r.Match("/1/6", room); !reflect.DeepEqual(got, values{"before"}) {
		t.Errorf("no match: got %v, want what was there", got)
	}
}

func TestMatchTakesManyVariables(t *testing.T) {
	t.Parallel()
	var text, path strings.Builder
	for i := range 200 {
		text.WriteString("/{v" + strconv.Itoa(i) + "}")
		path.WriteString("/" + strconv.Itoa(i))
	}
	got, ok := mustParse(t, text.String()).Match(path.String(), nil)
	if !ok || len(got) != 200 || got[199] != "199" {
		t.Errorf("got %d values, want 200", len(got))
	}
}

// list is a custom converter: words separated by commas.
type list struct{ weight int }

func (list) Pattern() string                { return `[a-z]+(,[a-z]+)*` }
func (l list) Weight() int                  { return l.weight }
func (list) Parse(text string) (any, error) { return strings.Split(text, ","), nil }
func (list) Format(value any) (string, error) {
	words, ok := value.([]string)
	if !ok {
		return "", errors.New("give a []string")
	}
	return strings.Join(words, ","), nil
}

// version is a custom converter that refuses what its pattern matches, takes slashes and counts how often it is asked.
type version struct{ asked *int }

func (version) Pattern() string { return `.+` }
func (version) Slashes() bool   { return true }
func (v version) Parse(text string) (any, error) {
	*v.asked++
	if !strings.HasPrefix(text, "v") {
		return nil, errors.New("no version")
	}
	return text, nil
}
func (version) Format(value any) (string, error) { return value.(string), nil }

func TestCustomConverters(t *testing.T) {
	t.Parallel()
	set, asked := newSet(), 0
	set["list"] = rule.Fixed(list{weight: 10})
	set["version"] = rule.Fixed(version{&asked})
	match := func(text, path string) (values, bool) {
		r, err := rule.Parse(text, set)
		if err != nil {
			t.Fatal(err)
		}
		return r.Match(path, nil)
	}
	if got, _ := match("/{l:list}", "/a,b"); !reflect.DeepEqual(got, values{[]string{"a", "b"}}) {
		t.Errorf("list: got %v", got)
	}
	if _, ok := match("/{l:list}", "/a,1"); ok {
		t.Error("list: the pattern was not asked")
	}
	if got, _ := match("/x/{v:version}", "/x/v1/2"); !reflect.DeepEqual(got, values{"v1/2"}) {
		t.Errorf("version: got %v", got)
	}
	asked = 0
	if _, ok := match("/{v:version}/edit", "/v1/exit"); ok || asked != 0 {
		t.Errorf("version was asked %d times about a path of another form", asked)
	}
	if _, ok := match("/{v:version}/edit", "/w1/edit"); ok || asked != 1 {
		t.Errorf("version: got %v after %d questions, want a refusal after 1", ok, asked)
	}
	weighed, _ := rule.Parse("/{l:list}", set)
	if rule.Compare(weighed, mustParse(t, "/{n:int}")) >= 0 {
		t.Error("a converter that weighs 10 goes after int")
	}
	rest, _ := rule.Parse("/{v:version}", set)
	if rule.Compare(rest, mustParse(t, "/{x}")) <= 0 || rule.Compare(rest, mustParse(t, "/{p:path}")) >= 0 {
		t.Error("a converter of weight 100 that takes slashes does not go between a string and a path")
	}
	if _, err := rule.Parse("/{l:list(1)}", set); err == nil || !strings.Contains(err.Error(), "takes no arguments") {
		t.Errorf("arguments of a fixed converter: got %v", err)
	}
}

func TestLocateAllocatesNothing(t *testing.T) {
	for _, tt := range []struct {
		rule, path string
		want       bool
	}{
		{"/users/{id:int}", "/users/4200", true},
		{"/users/{id:int}", "/users/foo", false},
		{"/u/{a}/{b:float}/{c:any(x,y)}/{d:uuid}", "/u/ann/1.5/x/12345678-1234-5678-1234-567812345678", true},
		{"/u/{a}/{b:float}/{c:any(x,y)}/{d:uuid}", "/u/ann/1.5/x/12345678-1234-5678-1234-56781234567g", false},
		{"/static/{file:path}", "/static/css/main.css", true},
		{"/{a:string(minlength=2)}.html", "/ann.html", true},
	} {
		r, room, ok := mustParse(t, tt.rule), make([]rule.Span, 0, 4), false
		if got := testing.AllocsPerRun(100, func() { _, ok = r.Locate(tt.path, room) }); got > 0 || ok != tt.want {
			t.Errorf("%q on %q: got %v with %v allocations, want %v with none", tt.rule, tt.path, ok, got, tt.want)
		}
	}
}

func TestMatchAllocatesOnlyValues(t *testing.T) {
	for _, tt := range []struct {
		rule, path string
		want       float64
	}{
		{"/users/all", "/users/all", 0},
		{"/users/{id:int}", "/users/42", 0}, // small numbers are not allocated
		{"/users/{id:int}", "/users/foo", 0},
		{"/users/{name}/posts", "/users/ann/posts", 1}, // a string in an any
		{"/users/{name}/posts", "/users/ann/likes", 0},
		{"/static/{file:path}", "/static/css/main.css", 1},
	} {
		r, room := mustParse(t, tt.rule), make(values, 0, 4)
		got := testing.AllocsPerRun(100, func() { r.Match(tt.path, room) })
		if got > tt.want {
			t.Errorf("%q on %q: got %v allocations, want %v at most", tt.rule, tt.path, got, tt.want)
		}
	}
}

func TestMatchTimeGrowsWithThePathOnly(t *testing.T) {
	t.Parallel()
	path := "/" + strings.Repeat("a", 8<<10) + "!"
	for _, text := range []string{"/{x:(a+)+}", "/{p:path}/edit", "/{a}-{b}-{c}-{d}", "/{a:path}x{b:path}x{c:path}"} {
		if _, ok := mustParse(t, text).Match(path, nil); ok {
			t.Errorf("%q matches", text)
		}
	}
}

func BenchmarkMatch(b *testing.B) {
	for _, bb := range []struct{ name, rule, path string }{
		{"static", "/users/all", "/users/all"},
		{"int", "/users/{id:int}/posts", "/users/42/posts"},
		{"refused", "/users/{id:int}/posts", "/users/foo/posts"},
		{"string", "/users/{name}/posts", "/users/ann/posts"},
		{"mixed", "/{a}-{b}", "/ann-bob"},
		{"path and more", "/{p:path}/edit", "/wiki/page/edit"},
	} {
		b.Run(bb.name, func(b *testing.B) {
			r, room := mustParse(b, bb.rule), make(values, 0, 4)
			b.ReportAllocs()
			for b.Loop() {
				r.Match(bb.path, room)
			}
		})
	}
}
