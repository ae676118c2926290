package dewar_test

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"maps"
	"net/http"
	"net/http/httptest"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
)

func TestScalarsAreReadAlikeInEveryWay(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	s := openJar(t, app, sessionJar(t, app, func(s *dewar.Session) {
		s.Set("long", 90*time.Minute)
		s.Set("short", 1500*time.Millisecond)
		s.Set("number", 5)
		s.Set("bytes", []byte("abc"))
		s.Set("null", nil)
	}))
	for _, tt := range []struct {
		name      string
		got, want any
	}{
		{"Duration", s.Duration("long"), 90 * time.Minute},
		{"ValueOr of a duration", dewar.ValueOr(s, "long", time.Duration(0)), 90 * time.Minute},
		{"Duration with a fraction", s.Duration("short"), 1500 * time.Millisecond},
		{"ValueOr of a duration with a fraction", dewar.ValueOr(s, "short", time.Duration(0)), 1500 * time.Millisecond},
		{"Duration of a number", s.Duration("number"), 5 * time.Second},
		{"ValueOr of a number as a duration", dewar.ValueOr(s, "number", time.Duration(0)), 5 * time.Second},
		{"String of bytes", s.String("bytes"), "abc"},
		{"ValueOr of bytes as text", dewar.ValueOr(s, "bytes", ""), "abc"},
		{"Int of null", s.Int("null"), 0},
		{"ValueOr of null as an int", dewar.ValueOr(s, "null", 7), 7},
		{"ValueOr of null as a struct", dewar.ValueOr(s, "null", struct{ N int }{7}), struct{ N int }{7}},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: got %v, want %v", tt.name, tt.got, tt.want)
		}
	}
	if got, err := dewar.Require[int](s, "null"); err == nil || !strings.Contains(err.Error(), `"null"`) {
		t.Errorf("Require of null as an int: got %d, %v, want an error that names the key", got, err)
	}
}

func TestNilMapThatWasSetIsEmpty(t *testing.T) {
	t.Parallel()
	runChanges(t, []sessionChange{
		{"ranged over", `{}`, func(t *testing.T, s *dewar.Session) {
			s.Set("m", map[string]int(nil))
			for key := range s.Map("m") {
				t.Errorf("got member %q, want none", key)
			}
			for key := range dewar.ValueOr(s, "m", map[string]int(nil)) {
				t.Errorf("got member %q, want none", key)
			}
			if got, ok := s.Lookup("m"); got != nil || !ok {
				t.Errorf("got %v, %t, want nothing under a key that is there", got, ok)
			}
		}, `{"m":null}`},
		{"read in the next request", `{"m":null}`, func(t *testing.T, s *dewar.Session) {
			if got := dewar.ValueOr(s, "m", map[string]int{"x": 1}); len(got) != 0 {
				t.Errorf("got %v, want a map without members", got)
			}
		}, unchanged},
	})
}

func TestScalarWithJSONOfItsOwnIsReadByIt(t *testing.T) {
	t.Parallel()
	s := dewar.NewSession()
	s.Set("c", colour(7))
	if got, err := dewar.Require[colour](s, "c"); err != nil || got != 7 {
		t.Errorf("got %d, %v, want 7", got, err)
	}
}

func TestStructThatCanBeReadButNotKeptIsRead(t *testing.T) {
	t.Parallel()
	s := dewar.NewSession()
	s.Set("v", dewar.Map{"items": []string{"x"}})
	var v struct {
		Items []string `json:"items"`
		Hook  func()
	}
	if err := s.Decode("v", &v); err != nil || len(v.Items) != 1 {
		t.Errorf("got %v, %v, want the items", v.Items, err)
	}
}

// A colour is a number with JSON of its own.
type colour int

func (colour) MarshalJSON() ([]byte, error) { return []byte(`"red"`), nil }

func (c *colour) UnmarshalJSON(b []byte) error {
	var s string
	if err := json.Unmarshal(b, &s); err != nil || s != "red" {
		return errors.New("no colour")
	}
	*c = 7
	return nil
}

func TestDecodeIntoWhatIsNoVariable(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	jar := sessionJar(t, app, func(s *dewar.Session) { s.Set("key", dewar.Map{"items": []any{"x"}}) })
	sessions := map[string]*dewar.Session{
		"a value": openJar(t, app, jar), "no value": openJar(t, app, nil), "the zero Session": new(dewar.Session),
	}
	destinations := map[string]any{"a number": 5, "nil": nil, "a struct": cart{}, "a nil pointer": (*cart)(nil), "a map": map[string]int{}}
	for where, s := range sessions {
		for what, dst := range destinations {
			if err := s.Decode("key", dst); err == nil || !strings.Contains(err.Error(), `"key"`) {
				t.Errorf("%s into %s: got error %v, want one that names the key", where, what, err)
			}
		}
	}
}

// refused wants an error when the value of key is decoded into dst, and dst to stay the same.
func refused[T any](t *testing.T, s *dewar.Session, key string, dst, same T) {
	t.Helper()
	if err := s.Decode(key, &dst); err == nil || !reflect.DeepEqual(dst, same) {
		t.Errorf("%q: got %+v and error %v, want %+v and an error", key, dst, err, same)
	}
}

func TestFailedDecodeLeavesItsDestinationAlone(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	s := openJar(t, app, sessionJar(t, app, fromJSON(t, `{"bad":{"count":"none","items":["new"],"n":1},"list":[1,2,"x"],"text":"x"}`)))
	refused(t, s, "bad", cart{Items: []string{"old"}}, cart{Items: []string{"old"}})
	refused(t, s, "bad", &cart{Items: []string{"old"}}, &cart{Items: []string{"old"}})
	refused(t, s, "bad", map[string]int{"a": 1}, map[string]int{"a": 1})
	refused(t, s, "list", []int{7, 8}, []int{7, 8})
	refused(t, s, "text", 7, 7)
	refused(t, s, "text", dewar.Map{"a": 1}, dewar.Map{"a": 1})
	refused(t, s, "missing", cart{Items: []string{"old"}}, cart{Items: []string{"old"}})
	refused(t, s, "missing", any("old"), any("old"))
}

func TestPoppedValueGoesToOneGoroutine(t *testing.T) {
	t.Parallel()
	slow := celsiusTag
	slow.Decode = func(v any) (any, error) { runtime.Gosched(); return celsiusTag.Decode(v) }
	app := newApp(t)
	app.SessionInterface = &dewar.SecureCookieSessionInterface{Tags: []dewar.SessionTag{slow}}
	jar := sessionJar(t, app, func(s *dewar.Session) { s.Set("room", celsius(1)); s.Set("cart", dewar.Map{"x": celsius(1)}) })
	for range 50 {
		s := openJar(t, app, jar)
		for _, key := range []string{"room", "cart"} {
			if n := popTogether(s, key); n != 1 {
				t.Fatalf("%d of 8 goroutines got the %s, want 1", n, key)
			}
		}
	}
}

// popTogether returns how many of eight goroutines get the value of key.
func popTogether(s *dewar.Session, key string) int32 {
	var got atomic.Int32
	var group sync.WaitGroup
	start := make(chan struct{})
	for range 8 {
		group.Go(func() {
			<-start
			if s.Pop(key) != nil {
				got.Add(1)
			}
		})
	}
	close(start)
	group.Wait()
	return got.Load()
}

func TestPopReturnsTheValueAsItWasChanged(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	jar := sessionJar(t, app, func(s *dewar.Session) { s.Set("a", dewar.Map{"x": 1}) })
	for name, change := range map[string]func(s *dewar.Session){
		"in a plain map": func(s *dewar.Session) { s.Map("a")["x"] = int64(2) },
		"in a typed map": func(s *dewar.Session) { counts(s)["x"] = 2 },
		"in both":        func(s *dewar.Session) { s.Map("a")["y"] = 3; counts(s)["x"] = 2; delete(s.Map("a"), "y") },
		"in a map that was set": func(s *dewar.Session) {
			m := map[string]int{"x": 1}
			s.Set("a", m)
			m["x"] = 2
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := openJar(t, app, jar)
			change(s)
			if got, want := s.Pop("a"), (dewar.Map{"x": int64(2)}); !reflect.DeepEqual(got, any(want)) {
				t.Errorf("got %#v, want %#v", got, want)
			}
			if got := sessionJSON(t, s); got != `{}` {
				t.Errorf("got %s in the session afterwards, want nothing", got)
			}
		})
	}
}

func TestHasAndDeleteLookAtNothingThatIsLent(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	s := openJar(t, app, sessionJar(t, app, func(s *dewar.Session) { s.Set("a", dewar.Map{"x": 1}) }))
	m := counts(s)
	var group sync.WaitGroup
	group.Go(func() {
		for i := range 10_000 {
			m["x"] = i // nobody else touches m
		}
	})
	group.Go(func() {
		for range 10_000 {
			s.Has("a")
		}
		s.Delete("a")
	})
	group.Wait()
}

// A tagSet keeps its map to itself.
type tagSet struct{ members map[string]bool }

func (s tagSet) MarshalJSON() ([]byte, error)  { return json.Marshal(s.members) }
func (s *tagSet) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &s.members) }
func (s tagSet) add(tag string)                { s.members[tag] = true }

func TestChangeBehindHiddenFieldsIsSaved(t *testing.T) {
	t.Parallel()
	runChanges(t, []sessionChange{
		{"of a value that was set", `{}`, func(_ *testing.T, s *dewar.Session) {
			set := tagSet{map[string]bool{}}
			s.Set("tags", set)
			set.add("go")
		}, `{"tags":{"go":true}}`},
		{"of a value that was handed out", `{"tags":{"go":true}}`, func(_ *testing.T, s *dewar.Session) {
			dewar.ValueOr(s, "tags", tagSet{}).add("web")
		}, `{"tags":{"go":true,"web":true}}`},
	})
}

func TestTextOfAnotherWriterComesThroughACookie(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	s := openJar(t, app, sessionJar(t, app, fromJSON(t, `{"a":"é","b":"\u003c日\u00e9"}`)))
	if a, b := s.String("a"), s.String("b"); a != "é" || b != "<日é" {
		t.Errorf("got %q and %q", a, b)
	}
}

func TestPopThatComesTooLateReturnsNothing(t *testing.T) {
	t.Parallel()
	var kept *dewar.Session
	app := newApp(t)
	app.Logger = quietApp(t).Logger
	app.Get("/", func(c *dewar.Context) error { kept = c.Session(); kept.Map("m"); return c.Text("ok") })
	visit(t, app, "/", sessionJar(t, app, func(s *dewar.Session) { s.Set("m", dewar.Map{"x": 1}) }))
	if got := kept.Pop("m"); got != nil {
		t.Errorf("got %v, want nil", got)
	}
}

// unchanged is what a request wants to find in the session of the next one when it must not save anything.
const unchanged = ""

// A sessionChange is a request to a session that begins with the values in start.
type sessionChange struct {
	name  string
	start string // JSON
	do    func(t *testing.T, s *dewar.Session)
	want  string // what the next request finds, as JSON
}

func runChanges(t *testing.T, tests []sessionChange) {
	t.Helper()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tt.run(t)
		})
	}
}

func (tt sessionChange) run(t *testing.T) {
	t.Helper()
	app := newApp(t)
	app.Get("/do", func(c *dewar.Context) error { tt.do(t, c.Session()); return c.NoContent() })
	jar := sessionJar(t, app, fromJSON(t, tt.start))
	res := visit(t, app, "/do", jar)
	if saved := len(res.Header["Set-Cookie"]) > 0; res.StatusCode != 204 || saved != (tt.want != unchanged) {
		t.Errorf("got %d with a cookie %t, want 204 with one %t", res.StatusCode, saved, tt.want != unchanged)
	}
	if got, want := sessionJSON(t, openJar(t, app, jar)), cmp.Or(tt.want, tt.start); got != want {
		t.Errorf("the next request got %s\nwant %s", got, want)
	}
}

// fromJSON returns a function that fills a session with the values in text.
func fromJSON(t testing.TB, text string) func(s *dewar.Session) {
	return func(s *dewar.Session) {
		if err := dewar.Stored(s).UnmarshalBinary([]byte(text)); err != nil {
			t.Fatal(err)
		}
		s.MarkModified()
	}
}

func sessionJSON(t testing.TB, s *dewar.Session) string {
	t.Helper()
	data, err := dewar.Stored(s).MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// openJar returns the session that a request with the cookies of jar has.
func openJar(t testing.TB, app *dewar.App, jar map[string]string) *dewar.Session {
	t.Helper()
	r := httptest.NewRequest("GET", "/", nil)
	for name, value := range jar {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	c, _, err := app.NewContext(httptest.NewRecorder(), r)
	if err != nil {
		t.Fatal(err)
	}
	return c.Session()
}

// mustDecode reads the value of key into dst.
func mustDecode(t *testing.T, s *dewar.Session, key string, dst any) {
	t.Helper()
	if err := s.Decode(key, dst); err != nil {
		t.Error(err)
	}
}

// decodeBoth reads the values of a and b into one variable.
func decodeBoth[T any](t *testing.T, s *dewar.Session) {
	t.Helper()
	var v T
	mustDecode(t, s, "a", &v)
	mustDecode(t, s, "b", &v)
}

func TestReadingSeveralKeysIntoOneVariableChangesNone(t *testing.T) {
	t.Parallel()
	const carts = `{"a":{"count":{"x":1},"items":["x"]},"b":{"count":{"y":2},"items":["y"],"owner":"bob"}}`
	runChanges(t, []sessionChange{
		{"a map", `{"a":{"x":1},"b":{"y":2}}`, func(t *testing.T, s *dewar.Session) { decodeBoth[map[string]int](t, s) }, unchanged},
		{"a plain map", `{"a":{"x":1},"b":{"y":2}}`, func(t *testing.T, s *dewar.Session) { decodeBoth[dewar.Map](t, s) }, unchanged},
		{"a slice", `{"a":[1,2],"b":[3]}`, func(t *testing.T, s *dewar.Session) { decodeBoth[[]int](t, s) }, unchanged},
		{"a pointer to a struct", carts, func(t *testing.T, s *dewar.Session) { decodeBoth[*cart](t, s) }, unchanged},
		{"a struct with a map", carts, func(t *testing.T, s *dewar.Session) { decodeBoth[cart](t, s) }, unchanged},
		{"a map in a loop", `{"a":{"x":1},"b":{"y":2}}`, func(t *testing.T, s *dewar.Session) {
			var m map[string]int
			for _, key := range s.Keys() {
				mustDecode(t, s, key, &m)
			}
			if len(m) != 1 || m["y"] != 2 {
				t.Errorf("got %v, want the value of b alone", m)
			}
		}, unchanged},
	})
}

// counts hands out the value of a as a map of numbers.
func counts(s *dewar.Session) map[string]int { return dewar.ValueOr(s, "a", map[string]int(nil)) }

func TestFormsOfOneValueSeeEachOther(t *testing.T) {
	t.Parallel()
	runChanges(t, []sessionChange{
		{"a typed map has the change of a plain one", `{"a":{"x":1}}`, func(t *testing.T, s *dewar.Session) {
			s.Map("a")["x"] = 2
			if m := counts(s); m["x"] != 2 {
				t.Errorf("got %v, want the x of the other", m)
			} else {
				m["y"] = 3
			}
		}, `{"a":{"x":2,"y":3}}`},
		{"a plain map has the change of a typed one", `{"a":{"x":1}}`, func(t *testing.T, s *dewar.Session) {
			counts(s)["x"] = 2
			if m := s.Map("a"); m["x"] != int64(2) {
				t.Errorf("got %v, want the x of the other", m)
			} else {
				m["y"] = "three"
			}
		}, `{"a":{"x":2,"y":"three"}}`},
		{"a map has the change behind a pointer to a struct", `{"a":{"items":["x"]}}`, func(t *testing.T, s *dewar.Session) {
			c := dewar.ValueOr[*cart](s, "a", nil)
			c.Items = append(c.Items, "y")
			m := s.Map("a")
			if got := fmt.Sprint(m["items"]); got != "[x y]" {
				t.Errorf("got items %s, want [x y]", got)
			}
			m["owner"] = "ann"
			if c := dewar.ValueOr[*cart](s, "a", nil); c.Owner == nil || *c.Owner != "ann" {
				t.Errorf("got %+v, want the owner of the map", c)
			}
		}, `{"a":{"items":["x","y"],"owner":"ann"}}`},
		{"a getter has the change behind a pointer that was set", `{}`, func(t *testing.T, s *dewar.Session) {
			n := 1
			s.Set("n", &n)
			n = 2
			if got := s.Int("n"); got != 2 {
				t.Errorf("got %d, want 2", got)
			}
		}, `{"n":2}`},
		{"a map that was set has the change of what was handed out", `{}`, func(_ *testing.T, s *dewar.Session) {
			m := map[string]int{"x": 1}
			s.Set("a", m)
			m["x"] = 2
			s.Map("a")["y"] = 3
			counts(s)["z"] = 4
		}, `{"a":{"x":2,"y":3,"z":4}}`},
		{"a map that was set under two keys", `{}`, func(_ *testing.T, s *dewar.Session) {
			m := map[string]int{}
			s.Set("a", m)
			s.Set("b", m)
			m["x"] = 1
		}, `{"a":{"x":1},"b":{"x":1}}`},
		{"a map that was handed out and set again", `{"a":{"x":1}}`, func(_ *testing.T, s *dewar.Session) {
			m := s.Map("a")
			m["y"] = 2
			s.Set("a", m)
			m["z"] = 3
		}, `{"a":{"x":1,"y":2,"z":3}}`},
	})
}

func TestChangesInSeveralFormsAreMerged(t *testing.T) {
	t.Parallel()
	runChanges(t, []sessionChange{
		{"of different members", `{"a":{"x":1}}`, func(_ *testing.T, s *dewar.Session) {
			plain, typed := s.Map("a"), counts(s)
			typed["t"], plain["p"] = 1, 2
		}, `{"a":{"p":2,"t":1,"x":1}}`},
		{"a removed member stays away", `{"a":{"x":1,"y":2}}`, func(_ *testing.T, s *dewar.Session) {
			plain, typed := s.Map("a"), counts(s)
			delete(plain, "x")
			typed["y"] = 3
		}, `{"a":{"y":3}}`},
		{"of different elements", `{"a":[1,2,3]}`, func(_ *testing.T, s *dewar.Session) {
			plain, typed := s.Get("a").([]any), dewar.ValueOr(s, "a", []int(nil))
			typed[0], plain[2] = 7, 9
		}, `{"a":[7,2,9]}`},
		{"deep inside", `{"a":{"x":{"y":{"m":1,"n":1}}}}`, func(_ *testing.T, s *dewar.Session) {
			plain, typed := s.Map("a"), dewar.ValueOr(s, "a", map[string]map[string]map[string]int(nil))
			plain["x"].(dewar.Map)["y"].(dewar.Map)["m"] = 2
			typed["x"]["y"]["n"] = 3
		}, `{"a":{"x":{"y":{"m":2,"n":3}}}}`},
		{"of one member the typed form, handed out last", `{"a":{"x":1}}`, func(_ *testing.T, s *dewar.Session) {
			plain, typed := s.Map("a"), counts(s)
			typed["x"] = 2
			plain["x"] = 3
		}, `{"a":{"x":2}}`},
		{"of one member the plain form, handed out last", `{"a":{"x":1}}`, func(_ *testing.T, s *dewar.Session) {
			typed, plain := counts(s), s.Map("a")
			plain["x"] = 3
			typed["x"] = 2
		}, `{"a":{"x":3}}`},
	})
}

func TestGoroutinesShareOneValue(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	jar := sessionJar(t, app, func(s *dewar.Session) { s.Set("a", dewar.Map{"x": 1}) })
	for name, add := range map[string]func(s *dewar.Session) func(key string){
		"typed": func(s *dewar.Session) func(string) { m := counts(s); return func(key string) { m[key] = 1 } },
		"plain": func(s *dewar.Session) func(string) { m := s.Map("a"); return func(key string) { m[key] = 1 } },
		"pointer": func(s *dewar.Session) func(string) {
			m := dewar.ValueOr[*map[string]int](s, "a", nil)
			return func(key string) { (*m)[key] = 1 }
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for range 200 {
				s := openJar(t, app, jar)
				changeTogether(s, add)
				if n := len(s.Map("a")); n != 1+4*3 {
					t.Fatalf("got %d members, want 13: some changes were lost", n)
				}
			}
		})
	}
}

// changeTogether has four goroutines ask for a value at the same time, and make three changes each, in turns.
func changeTogether(s *dewar.Session, add func(s *dewar.Session) func(key string)) {
	var mu sync.Mutex
	var group sync.WaitGroup
	start := make(chan struct{})
	for g := range 4 {
		group.Go(func() {
			<-start
			set := add(s)
			for i := range 3 {
				mu.Lock()
				set(fmt.Sprint(g, "-", i))
				mu.Unlock()
			}
		})
	}
	close(start)
	group.Wait()
}

// byValue are the ways to a cart by value.
var byValue = map[string]func(t *testing.T, s *dewar.Session) cart{
	"ValueOr": func(_ *testing.T, s *dewar.Session) cart { return dewar.ValueOr(s, "cart", cart{}) },
	"Decode": func(t *testing.T, s *dewar.Session) (c cart) {
		mustDecode(t, s, "cart", &c)
		return c
	},
	"Require": func(t *testing.T, s *dewar.Session) cart {
		c, err := dewar.Require[cart](s, "cart")
		if err != nil {
			t.Error(err)
		}
		return c
	},
	"Set": func(_ *testing.T, s *dewar.Session) cart {
		owner := "ann"
		c := cart{Items: []string{"x"}, Count: map[string]int{"a": 1}, Owner: &owner}
		s.Set("cart", c)
		return c
	},
}

func TestChangeInsideAStructByValueIsSaved(t *testing.T) {
	t.Parallel()
	const before = `{"cart":{"count":{"a":1},"items":["x"],"owner":"ann"}}`
	for way, get := range byValue {
		for _, tt := range []struct {
			name   string
			change func(c cart)
			want   string
		}{
			{"in a map", func(c cart) { c.Count["z"] = 2 }, `{"cart":{"count":{"a":1,"z":2},"items":["x"],"owner":"ann"}}`},
			{"in a slice", func(c cart) { c.Items[0] = "y" }, `{"cart":{"count":{"a":1},"items":["y"],"owner":"ann"}}`},
			{"behind a pointer", func(c cart) { *c.Owner = "bob" }, `{"cart":{"count":{"a":1},"items":["x"],"owner":"bob"}}`},
			{"the fields of a copy", func(c cart) { c.Count, c.Items, c.Owner = nil, append(c.Items, "y"), nil }, before},
		} {
			if way != "Set" && tt.want == before {
				tt.want = unchanged
			}
			t.Run(way+"/"+tt.name, func(t *testing.T) {
				t.Parallel()
				sessionChange{start: before, do: func(t *testing.T, s *dewar.Session) { tt.change(get(t, s)) }, want: tt.want}.run(t)
			})
		}
	}
}

func TestReadingStructsAndTimesChangesNothing(t *testing.T) {
	t.Parallel()
	type size struct{ Width, Height int }
	type visit struct {
		At   time.Time
		Tags []string
	}
	runChanges(t, []sessionChange{
		{"a time", `{"v":{" d":"Tue, 02 Jan 2024 03:04:05 GMT"}}`, func(_ *testing.T, s *dewar.Session) {
			_, _ = s.Time("v"), dewar.ValueOr(s, "v", time.Time{})
		}, unchanged},
		{"a time from text", `{"v":"2024-01-02T03:04:05.678+02:00"}`, func(_ *testing.T, s *dewar.Session) {
			_, _ = s.Time("v"), dewar.ValueOr(s, "v", time.Time{})
		}, unchanged},
		{"a struct that knows all members", `{"v":{"Height":2,"Width":1}}`, func(_ *testing.T, s *dewar.Session) {
			v := dewar.ValueOr(s, "v", size{})
			v.Width = 5
		}, unchanged},
		{"a pointer to a struct that knows fewer members", `{"v":{"Depth":3,"Height":2}}`, func(_ *testing.T, s *dewar.Session) {
			dewar.ValueOr[*size](s, "v", nil)
		}, unchanged},
		{"a struct with a time from text and a slice", `{"v":{"At":"2024-01-02T03:04:05.678+02:00","Tags":["x"]}}`, func(_ *testing.T, s *dewar.Session) {
			dewar.ValueOr(s, "v", visit{})
		}, unchanged},
		{"floats as a list of whole numbers", `{"v":[1.0,2.0]}`, func(t *testing.T, s *dewar.Session) {
			if got := dewar.ValueOr(s, "v", []int(nil)); len(got) != 2 {
				t.Errorf("got %v, want two numbers", got)
			}
		}, unchanged},
	})
}

// tagged has what a plain type takes for text or a list.
const tagged = `{"rows":[{"b":{" b":"AP8="},"n":1,"p":{" t":[1,2]},"t":{" d":"Tue, 02 Jan 2024 03:04:05 GMT"}},{"n":5}]}`

func TestATypeWritesBackOnlyWhatItChanged(t *testing.T) {
	t.Parallel()
	type row struct {
		N int `json:"n"`
	}
	want := strings.Replace(tagged, `"n":1`, `"n":2`, 1)
	runChanges(t, []sessionChange{
		{"a list of maps", tagged, func(_ *testing.T, s *dewar.Session) {
			dewar.ValueOr(s, "rows", []map[string]any(nil))[0]["n"] = 2
		}, want},
		{"a list of structs with fewer fields", tagged, func(_ *testing.T, s *dewar.Session) {
			dewar.ValueOr(s, "rows", []row(nil))[0].N = 2
		}, want},
		{"a list of pointers", tagged, func(_ *testing.T, s *dewar.Session) {
			dewar.ValueOr(s, "rows", []*row(nil))[0].N = 2
		}, want},
		{"through Decode", tagged, func(t *testing.T, s *dewar.Session) {
			var rows []map[string]any
			mustDecode(t, s, "rows", &rows)
			rows[0]["n"] = 2
		}, want},
		{"a list that the getter returned", tagged, func(_ *testing.T, s *dewar.Session) {
			s.Get("rows").([]any)[0].(dewar.Map)["n"] = 2
		}, want},
		{"an integer of any size", `{"v":{"large":123456789012345678901234567890,"n":1}}`, func(_ *testing.T, s *dewar.Session) {
			dewar.ValueOr(s, "v", map[string]any(nil))["n"] = 2
		}, `{"v":{"large":123456789012345678901234567890,"n":2}}`},
		{"a list in another order", `{"v":[{"id":1,"note":"one"},{"id":2,"note":"two"},{"id":3}]}`, func(_ *testing.T, s *dewar.Session) {
			type row struct {
				ID int `json:"id"`
			}
			rows := dewar.ValueOr(s, "v", []row(nil))
			rows[0], rows[1], rows[2].ID = rows[1], rows[0], 4
		}, `{"v":[{"id":2,"note":"two"},{"id":1,"note":"one"},{"id":4}]}`},
		{"a list that lost its beginning", tagged, func(_ *testing.T, s *dewar.Session) {
			rows := dewar.ValueOr[*[]row](s, "rows", nil)
			*rows = append((*rows)[1:], row{1})
		}, strings.Replace(`{"rows":[{"n":5},X]}`, "X", strings.TrimSuffix(strings.TrimPrefix(tagged, `{"rows":[`), `,{"n":5}]}`), 1)},
		{"fields that the value never had", `{"v":{"items":["x"]}}`, func(_ *testing.T, s *dewar.Session) {
			dewar.ValueOr(s, "v", cart{}).Items[0] = "y"
		}, `{"v":{"items":["y"]}}`},
		{"a list of maps that grew", tagged, func(_ *testing.T, s *dewar.Session) {
			rows := dewar.ValueOr[*[]map[string]any](s, "rows", nil)
			*rows = append(*rows, map[string]any{"n": 9})
		}, strings.Replace(tagged, `{"n":5}`, `{"n":5},{"n":9}`, 1)},
		{"a list of structs that grew", tagged, func(_ *testing.T, s *dewar.Session) {
			rows := dewar.ValueOr[*[]row](s, "rows", nil)
			*rows = append(*rows, row{9})
		}, strings.Replace(tagged, `{"n":5}`, `{"n":5},{"n":9}`, 1)},
		{"a list that lost its end", tagged, func(_ *testing.T, s *dewar.Session) {
			rows := dewar.ValueOr[*[]row](s, "rows", nil)
			*rows = (*rows)[:1]
		}, strings.Replace(tagged, `,{"n":5}`, ``, 1)},
		{"a tuple as a slice", `{"v":{"t":{" t":[1,2]}}}`, func(_ *testing.T, s *dewar.Session) {
			dewar.ValueOr(s, "v", map[string][]int(nil))["t"][0] = 9
		}, `{"v":{"t":{" t":[9,2]}}}`},
		{"a duration behind a pointer", `{"d":"1m30s"}`, func(_ *testing.T, s *dewar.Session) {
			*dewar.ValueOr[*time.Duration](s, "d", nil) = 2 * time.Minute
		}, `{"d":"2m0s"}`},
		{"a pointer to a struct with fewer fields", `{"v":{"n":1,"other":{" b":"AP8="}}}`, func(_ *testing.T, s *dewar.Session) {
			dewar.ValueOr[*row](s, "v", nil).N = 2
		}, `{"v":{"n":2,"other":{" b":"AP8="}}}`},
	})
}

func TestWhatIsCopiedAndWhatIsNot(t *testing.T) {
	t.Parallel()
	const before = `{"b":{" b":"YWJj"},"l":["x"]}`
	runChanges(t, []sessionChange{
		{"Strings is a copy", before, func(t *testing.T, s *dewar.Session) {
			s.Strings("l")[0] = "changed"
			if got := s.Strings("l")[0]; got != "x" {
				t.Errorf("got %q, want x", got)
			}
		}, unchanged},
		{"bytes that are set are copied", `{}`, func(t *testing.T, s *dewar.Session) {
			buf := []byte("abc")
			s.Set("b", buf)
			copy(buf, "xyz")
			if got := s.String("b"); got != "abc" {
				t.Errorf("got %q, want abc", got)
			}
		}, `{"b":{" b":"YWJj"}}`},
		{"bytes from Get are not", before, func(_ *testing.T, s *dewar.Session) { s.Get("b").([]byte)[0] = 'x' }, `{"b":{" b":"eGJj"},"l":["x"]}`},
		{"bytes from ValueOr are not", before, func(_ *testing.T, s *dewar.Session) {
			dewar.ValueOr(s, "b", []byte(nil))[0] = 'x'
		}, `{"b":{" b":"eGJj"},"l":["x"]}`},
	})
}

func TestChangeInWhateverWasHandedOutIsSaved(t *testing.T) {
	t.Parallel()
	type tally map[string]int
	type item struct{ N int }
	runChanges(t, []sessionChange{
		{"an element of a typed slice", `{"v":["a","b"]}`, func(_ *testing.T, s *dewar.Session) {
			dewar.ValueOr(s, "v", []string(nil))[1] = "x"
		}, `{"v":["a","x"]}`},
		{"an element of what Require returned", `{"v":[1,2]}`, func(t *testing.T, s *dewar.Session) {
			list, err := dewar.Require[[]int](s, "v")
			if err != nil {
				t.Fatal(err)
			}
			list[0] = 9
		}, `{"v":[9,2]}`},
		{"a slice that grew behind a pointer", `{"v":["a"]}`, func(_ *testing.T, s *dewar.Session) {
			list := dewar.ValueOr[*[]string](s, "v", nil)
			*list = append(*list, "b")
		}, `{"v":["a","b"]}`},
		{"a number behind a pointer", `{"v":1}`, func(_ *testing.T, s *dewar.Session) { *dewar.ValueOr[*int](s, "v", nil) = 2 }, `{"v":2}`},
		{"a struct in a slice", `{"v":[{"N":1}]}`, func(_ *testing.T, s *dewar.Session) { dewar.ValueOr(s, "v", []item(nil))[0].N = 2 }, `{"v":[{"N":2}]}`},
		{"a struct behind a pointer in a map", `{"v":{"a":{"N":1}}}`, func(_ *testing.T, s *dewar.Session) {
			dewar.ValueOr(s, "v", map[string]*item(nil))["a"].N = 2
		}, `{"v":{"a":{"N":2}}}`},
		{"a map in an array", `{"v":[{"a":1}]}`, func(_ *testing.T, s *dewar.Session) { dewar.ValueOr(s, "v", [1]map[string]int{})[0]["a"] = 2 }, `{"v":[{"a":2}]}`},
		{"a map of a named type", `{"v":{"a":1}}`, func(_ *testing.T, s *dewar.Session) { dewar.ValueOr(s, "v", tally(nil))["a"]++ }, `{"v":{"a":2}}`},
		{"a tuple", `{"v":{" t":[1,"b"]}}`, func(_ *testing.T, s *dewar.Session) { dewar.ValueOr(s, "v", dewar.Tuple(nil))[0] = 2 }, `{"v":{" t":[2,"b"]}}`},
		{"a map in an interface", `{"v":{"a":1}}`, func(t *testing.T, s *dewar.Session) {
			var v any
			mustDecode(t, s, "v", &v)
			v.(dewar.Map)["a"] = 2
		}, `{"v":{"a":2}}`},
		{"a map in a list in a map", `{"v":{"l":[{"a":1}]}}`, func(_ *testing.T, s *dewar.Session) {
			s.Map("v")["l"].([]any)[0].(dewar.Map)["a"] = 2
		}, `{"v":{"l":[{"a":2}]}}`},
		{"what Lookup returned", `{"v":{"a":1}}`, func(_ *testing.T, s *dewar.Session) {
			v, _ := s.Lookup("v")
			v.(dewar.Map)["a"] = 2
		}, `{"v":{"a":2}}`},
		{"what All yielded", `{"n":1,"v":{"a":1},"w":{"a":1}}`, func(_ *testing.T, s *dewar.Session) {
			for _, v := range s.All() {
				if m, ok := v.(dewar.Map); ok {
					m["a"] = 2
				}
			}
		}, `{"n":1,"v":{"a":2},"w":{"a":2}}`},
		{"a value that was replaced counts no more", `{"v":{"a":1}}`, func(_ *testing.T, s *dewar.Session) {
			old := s.Map("v")
			s.Set("v", dewar.Map{"b": 1})
			old["a"] = 2
		}, `{"v":{"b":1}}`},
		{"a value that was removed does not come back", `{"n":1,"v":{"a":1}}`, func(_ *testing.T, s *dewar.Session) {
			old := s.Map("v")
			s.Delete("v")
			old["a"] = 2
		}, `{"n":1}`},
	})
}

// counted returns a tag for celsius that counts how often its functions are called.
func counted() (tag dewar.SessionTag, checked, decoded *atomic.Int32) {
	checked, decoded = new(atomic.Int32), new(atomic.Int32)
	tag = celsiusTag
	tag.Check = func(v any) bool { checked.Add(1); return celsiusTag.Check(v) }
	tag.Decode = func(v any) (any, error) { decoded.Add(1); return celsiusTag.Decode(v) }
	return tag, checked, decoded
}

func TestOnlyWhatCanChangeIsEncodedAgain(t *testing.T) {
	t.Parallel()
	tag, checked, _ := counted()
	app := newApp(t)
	app.SessionInterface = &dewar.SecureCookieSessionInterface{Tags: []dewar.SessionTag{tag}}
	jar := sessionJar(t, app, func(s *dewar.Session) {
		s.Set("bool", true)
		s.Set("float", 1.5)
		s.Set("int", 1)
		s.Set("map", dewar.Map{"a": 1})
		s.Set("text", "x")
		s.Set("time", time.Unix(1e9, 0))
	})
	for _, tt := range []struct {
		name string
		read func(s *dewar.Session)
		want bool
	}{
		{"Get", func(s *dewar.Session) {
			for _, key := range []string{"bool", "float", "int", "text", "time"} {
				s.Get(key)
			}
		}, false},
		{"the typed getters", func(s *dewar.Session) {
			_, _, _, _, _ = s.Bool("bool"), s.Float64("float"), s.Int("int"), s.String("text"), s.Time("time")
		}, false},
		{"ValueOr", func(s *dewar.Session) {
			_, _, _ = dewar.ValueOr(s, "int", int64(0)), dewar.ValueOr(s, "text", ""), dewar.ValueOr(s, "time", time.Time{})
		}, false},
		{"a map", func(s *dewar.Session) { s.Map("map") }, true},
	} {
		s := openJar(t, app, jar)
		checked.Store(0)
		tt.read(s)
		if dewar.Stored(s).ShouldSave() {
			t.Errorf("%s: reading changed the session", tt.name)
		}
		if encoded := checked.Load() > 0; encoded != tt.want {
			t.Errorf("%s: encoded again %t, want %t", tt.name, encoded, tt.want)
		}
	}
}

func TestValuesAreDecodedOnce(t *testing.T) {
	t.Parallel()
	tag, _, decoded := counted()
	app := newApp(t)
	app.SessionInterface = &dewar.SecureCookieSessionInterface{Tags: []dewar.SessionTag{tag}}
	tagged := sessionJar(t, app, func(s *dewar.Session) { s.Set("list", []any{celsius(1)}); s.Set("n", 1) })
	plain := sessionJar(t, app, func(s *dewar.Session) { s.Set("list", []any{1}); s.Set("n", 1) })
	for _, tt := range []struct {
		name string
		jar  map[string]string
		read func(s *dewar.Session)
		want int32
	}{
		{"when the session is opened, if there is a tag in it", tagged, func(s *dewar.Session) { s.Int("n") }, 1},
		{"for all getters", tagged, func(s *dewar.Session) {
			_, _ = s.Get("list"), s.Has("list")
			for range s.All() {
			}
			_, _ = dewar.Require[[]any](s, "list")
			_ = dewar.ValueOr(s, "list", any(nil))
		}, 2},
		{"for each type", tagged, func(s *dewar.Session) {
			_, _ = dewar.ValueOr(s, "list", []celsius(nil)), dewar.ValueOr(s, "list", []celsius(nil))
		}, 2},
		{"never without a tag", plain, func(s *dewar.Session) { s.Get("list") }, 0},
	} {
		decoded.Store(0)
		tt.read(openJar(t, app, tt.jar))
		if got := decoded.Load(); got != tt.want {
			t.Errorf("%s: got %d times, want %d", tt.name, got, tt.want)
		}
	}
}

func TestUnmarshalBinaryKeepsNothingOfItsArgument(t *testing.T) {
	t.Parallel()
	data := []byte(`{"a":"hello"}`)
	s := dewar.NewSession()
	if err := dewar.Stored(s).UnmarshalBinary(data); err != nil {
		t.Fatal(err)
	}
	for i := range data {
		data[i] = '9'
	}
	if got := s.String("a"); got != "hello" {
		t.Errorf("got %q, want hello", got)
	}
}

func TestMarkupIsNeverMadeOfText(t *testing.T) {
	t.Parallel()
	const markup = template.HTML("<b>")
	app := newApp(t)
	app.Get("/", func(c *dewar.Context) error {
		s := c.Session()
		if got := s.Get("html"); got != markup {
			t.Errorf("got %#v, want template.HTML", got)
		}
		if got := dewar.ValueOr(s, "html", template.HTML("x")); got != markup {
			t.Errorf("ValueOr gave %q", got)
		}
		if got := s.String("html"); got != "<b>" {
			t.Errorf("String gave %q, want the text of the markup", got)
		}
		if got := dewar.ValueOr(s, "html", ""); got != "<b>" {
			t.Errorf("ValueOr of text gave %q, want the text of the markup", got)
		}
		for _, key := range []string{"text", "number", "missing"} {
			if got := dewar.ValueOr(s, key, template.HTML("x")); got != "x" {
				t.Errorf("%s: got the markup %q, want none", key, got)
			}
			var dst template.HTML
			if err := s.Decode(key, &dst); err == nil || dst != "" {
				t.Errorf("%s: got %q, %v, want an error", key, dst, err)
			}
		}
		if _, err := dewar.Require[template.HTML](s, "text"); err == nil || !strings.Contains(err.Error(), "shown unescaped") || strings.Contains(err.Error(), "<i>") {
			t.Errorf("got %v, want an error that says what is unsafe, without the value", err)
		}
		var bio struct{ Bio template.HTML }
		if err := s.Decode("struct", &bio); err != nil || bio.Bio != markup {
			t.Errorf("got %+v, %v, want the field", bio, err)
		}
		list := dewar.ValueOr(s, "list", []any(nil))
		if len(list) != 2 || list[0] != markup || list[1] != "<i>" {
			t.Errorf("got the list %#v", list)
		}
		return c.Text("ok")
	})
	jar := sessionJar(t, app, func(s *dewar.Session) {
		s.Set("html", markup)
		s.Set("text", "<i>")
		s.Set("number", 5)
		s.Set("struct", dewar.Map{"bio": markup})
		s.Set("list", []any{markup, "<i>"})
	})
	visit(t, app, "/", jar)
}

// TestSessionAsADictionary has what Python's dict can do beside getting and setting.
func TestSessionAsADictionary(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		do   func(s *dewar.Session) any
		got  any
		want dewar.Map
		save bool
	}{
		{"a default that is missing", func(s *dewar.Session) any { return s.SetDefault("new", "x") }, "x", dewar.Map{"a": int64(1), "new": "x"}, true},
		{"a default that is not needed", func(s *dewar.Session) any { return s.SetDefault("a", "x") }, int64(1), dewar.Map{"a": int64(1)}, false},
		{"a default where None is", func(s *dewar.Session) any { s.Set("none", nil); return s.SetDefault("none", 5) }, nil, dewar.Map{"a": int64(1), "none": nil}, true},
		{"a default that is changed", func(s *dewar.Session) any {
			s.SetDefault("cart", dewar.Map{}).(dewar.Map)["apple"] = 2
			return nil
		}, nil, dewar.Map{"a": int64(1), "cart": dewar.Map{"apple": int64(2)}}, true},
		{"a default that is changed by its own type", func(s *dewar.Session) any {
			cart := map[string]int{}
			s.SetDefault("cart", cart)
			cart["apple"] = 2
			return nil
		}, nil, dewar.Map{"a": int64(1), "cart": dewar.Map{"apple": int64(2)}}, true},
		{"an update", func(s *dewar.Session) any { s.Update(dewar.Map{"a": 2, "b": dewar.Tuple{1}}); return s.Len() }, 2, dewar.Map{"a": int64(2), "b": dewar.Tuple{int64(1)}}, true},
		{"an update with nothing", func(s *dewar.Session) any { s.Update(nil); return s.Modified() }, false, dewar.Map{"a": int64(1)}, false},
		{"a key that is deleted", func(s *dewar.Session) any { return s.Delete("a") }, true, dewar.Map{}, true},
		{"a missing key", func(s *dewar.Session) any { return s.Delete("x") }, false, dewar.Map{"a": int64(1)}, false},
		{"a missing key among others", func(s *dewar.Session) any { return s.Delete("x", "a") }, false, dewar.Map{}, true},
		{"a key that is deleted twice", func(s *dewar.Session) any { first := s.Delete("a"); return first && s.Delete("a") }, false, dewar.Map{}, true},
		{"no key", func(s *dewar.Session) any { return s.Delete() }, true, dewar.Map{"a": int64(1)}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app := newApp(t)
			app.Get("/", func(c *dewar.Context) error {
				if got := tt.do(c.Session()); !reflect.DeepEqual(got, tt.got) {
					t.Errorf("got %#v, want %#v", got, tt.got)
				}
				return c.Text("")
			})
			app.Get("/look", func(c *dewar.Context) error {
				got := maps.Collect(c.Session().All())
				if !reflect.DeepEqual(got, tt.want) {
					t.Errorf("got the session %#v, want %#v", got, tt.want)
				}
				return c.Text("")
			})
			jar := sessionJar(t, app, func(s *dewar.Session) { s.Set("a", 1) })
			if res := visit(t, app, "/", jar); len(res.Cookies()) > 0 != tt.save {
				t.Errorf("got the cookies %v, want some: %t", res.Cookies(), tt.save)
			}
			visit(t, app, "/look", jar)
		})
	}
}

func TestDefaultIsSetOnce(t *testing.T) {
	t.Parallel()
	s := dewar.NewSession()
	var wait sync.WaitGroup
	var got [20]any
	for i := range got {
		wait.Go(func() { got[i] = s.SetDefault("n", i) })
	}
	wait.Wait()
	for _, n := range got {
		if n != s.Get("n") || n == nil {
			t.Errorf("got %v, want the one that was set, %v", n, s.Get("n"))
		}
	}
}

func TestMergeIntoWhatOthersHaveSaved(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		change func(s *dewar.Session)
		stored string // by another request, meanwhile
		want   string // "" for a 409
	}{
		{"nothing", func(*dewar.Session) {}, `{"a":1,"new":2}`, `{"a":1,"new":2}`},
		{"another key", func(s *dewar.Session) { s.Set("b", 2) }, `{"a":5}`, `{"a":5,"b":2}`},
		{"the same key", func(s *dewar.Session) { s.Set("a", 2) }, `{"a":5}`, `{"a":2}`},
		{"a key that is gone", func(s *dewar.Session) { s.Set("b", 2) }, `{}`, `{"b":2}`},
		{"a deleted key", func(s *dewar.Session) { s.Delete("a") }, `{"a":5,"n":1}`, `{"n":1}`},
		{"a key that both deleted", func(s *dewar.Session) { s.Delete("a") }, `{}`, `{}`},
		{"cleared", func(s *dewar.Session) { s.Clear(); s.Set("c", 3) }, `{"a":5}`, `{"c":3}`},
		{"inside a value", func(s *dewar.Session) { s.Map("m")["x"] = 2 }, `{"a":5,"m":{"x":1}}`, `{"a":5,"m":{"x":2}}`},
		{"a key like a tag", func(s *dewar.Session) { s.Clear(); s.Set(" t", 1) }, `{"a":5}`, `{" di":{" t__":1}}`},
		{"typed values", func(s *dewar.Session) { s.Set("u", dewar.Tuple{1}) }, `{"b":{" b":"AA=="}}`, `{"b":{" b":"AA=="},"u":{" t":[1]}}`},
		{"one that has ended", func(s *dewar.Session) { s.Set("b", 2) }, ``, ``},
		{"one that has ended, read alone", func(s *dewar.Session) { s.Get("a") }, ``, `{}`},
		{"one that both ended", func(s *dewar.Session) { s.Destroy() }, ``, `{}`},
		{"one that was begun anew", func(s *dewar.Session) { s.Destroy(); s.Set("b", 2) }, ``, `{"b":2}`},
	} {
		s := dewar.NewSession()
		stored := dewar.Stored(s)
		must(t, stored.UnmarshalBinary([]byte(`{"a":1,"m":{"x":1}}`)))
		stored.SetID("id")
		tt.change(s)
		got, err := stored.MergeInto([]byte(tt.stored))
		var ended *dewar.HTTPError
		if tt.want == "" && !(errors.As(err, &ended) && ended.Code == 409) || tt.want != "" && err != nil || string(got) != tt.want {
			t.Errorf("%s: got %s, %v, want %s", tt.name, got, err, tt.want)
		}
	}
	fresh := dewar.NewSession()
	fresh.Set("a", 1)
	if got, err := dewar.Stored(fresh).MergeInto(nil); err != nil || string(got) != `{"a":1}` {
		t.Errorf("got %s, %v of a new session", got, err)
	}
	if _, err := dewar.Stored(fresh).MergeInto([]byte("{")); err == nil {
		t.Error("got no error of data that is malformed")
	}
}
