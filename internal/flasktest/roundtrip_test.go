package flasktest_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http/httptest"
	"net/url"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/dewar-go/dewar"
)

// A kindOfVariable makes random values of one converter.
type kindOfVariable struct {
	converter string
	value     func(r *rand.Rand) any
}

// runes are what random text is made of: letters, and everything that means something in a URL.
var runes = []rune("abcXYZ019 -._~!$&'()*+,;=:@%?#[]{}|\\^`<>\"é日\u202e\x01\x7f")

// randomText returns a text of one to n characters.
func randomText(r *rand.Rand, n int) string {
	text := make([]rune, 1+r.IntN(n))
	for i := range text {
		text[i] = runes[r.IntN(len(runes))]
	}
	return string(text)
}

// randomSegments returns a path that begins and ends with no slash.
func randomSegments(r *rand.Rand) string {
	parts := make([]string, 1+r.IntN(4))
	for i := range parts {
		parts[i] = "p" + randomText(r, 6)
	}
	return strings.Join(parts, "/")
}

var kindsOfVariable = []kindOfVariable{
	{"", func(r *rand.Rand) any { return randomText(r, 12) }},
	{":string(minlength=2,maxlength=5)", func(r *rand.Rand) any { return "xy" + randomText(r, 3) }},
	{":string(length=3)", func(r *rand.Rand) any { return "ab" + randomText(r, 1) }},
	{":int", func(r *rand.Rand) any { return r.IntN(math.MaxInt) }},
	{":int(signed)", func(r *rand.Rand) any { return r.IntN(2_000_000) - 1_000_000 }},
	{":int(fixed_digits=4)", func(r *rand.Rand) any { return r.IntN(10_000) }},
	{":int(min=1,max=99)", func(r *rand.Rand) any { return 1 + r.IntN(99) }},
	{":float", func(r *rand.Rand) any { return r.Float64() * 1e6 }},
	{":float(signed)", func(r *rand.Rand) any { return r.NormFloat64() }},
	{":uuid", func(r *rand.Rand) any {
		var u dewar.UUID
		for i := range u {
			u[i] = byte(r.IntN(256))
		}
		return u
	}},
	{":any(user,admin)", func(r *rand.Rand) any { return []string{"user", "admin"}[r.IntN(2)] }},
	{":path", func(r *rand.Rand) any { return randomSegments(r) }},
	{":[a-z]+", func(r *rand.Rand) any { return strings.Repeat("q", 1+r.IntN(5)) }},
	{":capitals", func(r *rand.Rand) any { return "word" }},
}

// A roundTrip is a rule with the kinds of its variables a, b, ...
type roundTrip struct {
	endpoint, rule string
	kinds          []kindOfVariable
}

// randomTrips returns n rules, each with a beginning of its own.
func randomTrips(r *rand.Rand, n int) []roundTrip {
	trips := make([]roundTrip, n)
	for i := range trips {
		trip := &trips[i]
		trip.endpoint, trip.rule = fmt.Sprint("e", i), fmt.Sprint("/r", i)
		rest := false
		for name := 'a'; name < 'b'+rune(r.IntN(3)); name++ {
			kind := kindsOfVariable[r.IntN(len(kindsOfVariable))]
			if kind.converter == ":path" {
				if rest {
					continue // two of them in one rule can be cut in several ways
				}
				rest = true
			}
			trip.kinds = append(trip.kinds, kind)
			trip.rule += "/{" + string('a'+rune(len(trip.kinds)-1)) + kind.converter + "}"
			if r.IntN(3) == 0 {
				trip.rule += "/text"
			}
		}
		if r.IntN(4) == 0 {
			trip.rule += "/"
		}
	}
	return trips
}

// A tripFinder tells what its App matched last.
type tripFinder struct {
	app      *dewar.App
	endpoint string
	values   map[string]any
	pairs    []any
	built    string
	err      error
}

// newTripFinder returns an App with the rules. Its views build their own URL again from what they matched.
func newTripFinder(tb testing.TB, trips []roundTrip) *tripFinder {
	tb.Helper()
	f := &tripFinder{app: quietApp(tb)}
	f.app.Converter("capitals", upperConverter{})
	view := func(c *dewar.Context) error {
		f.endpoint, f.values, f.pairs = c.Endpoint(), map[string]any{}, f.pairs[:0]
		for _, key := range c.Params().Keys() {
			f.values[key] = c.Params().Get(key)
			f.pairs = append(f.pairs, key, f.values[key])
		}
		f.built, f.err = c.URLFor(f.endpoint, f.pairs...)
		return c.NoContent()
	}
	for _, trip := range trips {
		f.app.Get(trip.rule, view, dewar.Endpoint(trip.endpoint))
	}
	if err := f.app.Config.Set("SERVER_NAME", "localhost"); err != nil {
		tb.Fatal(err)
	}
	return f
}

// match asks the App for a path, escaped as on the wire.
func (f *tripFinder) match(tb testing.TB, path string) {
	u, err := url.ParseRequestURI(path)
	if err != nil {
		tb.Fatalf("%q is no path of a request: %v", path, err)
	}
	r := *requestForTrips
	r.URL = u
	f.endpoint = ""
	f.app.ServeHTTP(&nullWriter{header: map[string][]string{}}, &r)
}

var requestForTrips = httptest.NewRequest("GET", "http://localhost/", nil)

// TestURLForAndMatchAreInverse builds URLs from random values and matches them, and builds each again from
// what was matched: both ways must give back what went in. A hundred rules, a million values in full rounds.
func TestURLForAndMatchAreInverse(t *testing.T) {
	t.Parallel()
	rules, values := 100, rounds(50_000, 1_000_000)
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	trips := randomTrips(rand.New(rand.NewPCG(seed, 0)), rules)
	workers := runtime.GOMAXPROCS(0)
	var wait sync.WaitGroup
	for w := range workers {
		f := newTripFinder(t, trips)
		random := rand.New(rand.NewPCG(seed, uint64(w)+1))
		wait.Go(func() {
			for n := 0; n < values/workers && !t.Failed(); {
				n += f.goAndReturn(t, random, trips[random.IntN(len(trips))])
			}
		})
	}
	wait.Wait()
}

// hasDots reports whether value is text with a segment of dots, which no browser would ask for.
func hasDots(value any) bool {
	text, _ := value.(string)
	segments := strings.Split(text, "/")
	return slices.Contains(segments, ".") || slices.Contains(segments, "..")
}

// goAndReturn makes one round trip and returns how many values took part.
func (f *tripFinder) goAndReturn(t *testing.T, random *rand.Rand, trip roundTrip) int {
	want, pairs := map[string]any{}, []any{}
	for i, kind := range trip.kinds {
		name := string('a' + rune(i))
		want[name] = kind.value(random)
		pairs = append(pairs, name, want[name])
	}
	built, err := f.app.URLFor(trip.endpoint, pairs...)
	if e, ok := errors.AsType[*dewar.URLError](err); ok && hasDots(want[e.Unfit]) {
		return 1
	}
	if err != nil {
		t.Errorf("rule %q, values %q: %v", trip.rule, want, err)
		return 1
	}
	path := strings.TrimPrefix(built, "http://localhost")
	f.match(t, path)
	if f.endpoint != trip.endpoint || !reflect.DeepEqual(f.values, want) {
		t.Errorf("rule %q: %q built from %#v matches %q with %#v", trip.rule, path, want, f.endpoint, f.values)
	}
	if f.err != nil || f.built != path {
		t.Errorf("rule %q: %q matched and built again is %q, %v", trip.rule, path, f.built, f.err)
	}
	return len(trip.kinds)
}
