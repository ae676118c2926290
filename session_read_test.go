package dewar_test

import (
	"encoding/json"
	"errors"
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
