package value_test

import (
	"context"
	"errors"
	"html/template"
	"net/url"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

// A user is what an application gives its templates.
type user struct {
	base
	*profile
	Name     string
	UserID   int    `json:"uid"`
	HTTPPort uint16 `json:"-"`
	Tags     []string
	Joined   time.Time
	password string
}

type base struct{ Created time.Duration }

type profile struct{ City string }

type level int

func (l level) String() string { return [...]string{"low", "high"}[l] }

func (u *user) FullName() string                           { return u.Name + " A." }
func (u *user) IsAdmin() bool                              { return u.UserID == 1 }
func (u *user) Greet(s string, times int) string           { return strings.Repeat(s+u.Name, times) }
func (u *user) Sum(n ...int64) (sum int64)                 { return n[0] + int64(len(n)) }
func (u *user) Load(ok bool) (string, error)               { return "", errors.New("the store is away") }
func (u *user) Where(ctx context.Context, s string) string { return ctx.Value(hostKey{}).(string) + s }
func (u *user) Lock()                                      { u.Name = "locked" }
func (u *user) Save() error                                { u.Name = "saved"; return nil }
func (u *user) Explode() string                            { panic("boom") }
func (u *user) Reflect() reflect.Value                     { return reflect.ValueOf(u) }

type hostKey struct{}

func newUser() *user {
	return &user{Name: "Ann", UserID: 7, HTTPPort: 80, Tags: []string{"a", "b"}, base: base{Created: time.Hour}, password: "hidden", Joined: time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC)}
}

// shown is repr of a result, or its error.
func shown(rt *value.Runtime, v any, err error) string {
	if err == nil {
		var s string
		if s, err = value.Repr(rt, v); err == nil {
			return s
		}
	}
	return "! " + err.Error()
}

func TestAttrOfGoData(t *testing.T) {
	rt := runtimeOf(value.Default)
	for _, tt := range []struct {
		name string
		v    any
		attr string
		want string
	}{
		{"field by its Go name", newUser(), "Name", "'Ann'"},
		{"field in snake case", newUser(), "user_id", "7"},
		{"initials in snake case", newUser(), "http_port", "80"},
		{"field by json tag", newUser(), "uid", "7"},
		{"field of a struct that is no pointer", *newUser(), "name", "'Ann'"},
		{"promoted field", newUser(), "created", "datetime.timedelta(seconds=3600)"},
		{"promoted field of a nil pointer", newUser(), "city", "Undefined"},
		{"slice", newUser(), "tags", "['a', 'b']"},
		{"time", newUser(), "joined", "datetime.datetime(2024, 1, 2, 3, 4, 5)"},
		{"method read as a property", newUser(), "full_name", "'Ann A.'"},
		{"method read by its Go name", newUser(), "IsAdmin", "False"},
		{"unexported field", newUser(), "password", "Undefined"},
		{"underscore", newUser(), "_name", "Undefined"},
		{"class", newUser(), "__class__", "Undefined"},
		{"method that gives nothing", newUser(), "lock", "Undefined"},
		{"method that gives only an error", newUser(), "save", "Undefined"},
		{"method that panics", newUser(), "explode", "! explode() panicked: boom"},
		{"nil pointer", (*user)(nil), "name", "Undefined"},
		{"map", map[string]int{"a": 1}, "a", "1"},
		{"map with an own key type", map[level]string{1: "x"}, "a", "Undefined"},
		{"dict with a key named as a method", map[string]any{"items": 1}, "items", "<function items>"},
		{"dict with an underscore", map[string]any{"_a": 1}, "_a", "1"},
		{"nothing of reflect", reflect.ValueOf(3), "kind", "Undefined"},
		{"type of reflect", reflect.TypeOf(3), "name", "Undefined"},
		{"text has no Go methods", "abc", "String", "Undefined"},
		{"time has no Go methods", time.Time{}, "unix_nano", "Undefined"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v, err := value.Attr(rt, tt.v, tt.attr)
			if got := shown(rt, v, err); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestCallMethodOfGoData(t *testing.T) {
	rt := runtimeOf(value.Default)
	rt.Context = context.WithValue(context.Background(), hostKey{}, "here ")
	for _, tt := range []struct {
		name   string
		method string
		args   []any
		want   string
	}{
		{"no arguments", "full_name", nil, "'Ann A.'"},
		{"arguments", "greet", []any{"hi ", 2}, "'hi Annhi Ann'"},
		{"variadic", "sum", []any{1, 2, 3}, "4"},
		{"context", "where", []any{"x"}, "'here x'"},
		{"error", "load", []any{true}, "! load(): the store is away"},
		{"wrong type", "greet", []any{"hi", "2"}, "! greet() argument 2: str cannot be used as int"},
		{"too few", "greet", []any{"hi"}, "! greet() takes 2 positional arguments but 1 was given"},
		{"undefined argument", "greet", []any{value.NewUndefined(rt, value.Missing{}, "x"), 1}, "! greet() argument 1: 'x' is undefined; give it x|default('', true), or let the function take a *string, which is nil then"},
		{"what changes the struct", "save", nil, "! 'user object' has no attribute 'save'"},
		{"panic", "explode", nil, "! explode() panicked: boom"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v, err := value.CallMethod(rt, newUser(), tt.method, value.Args{Positional: tt.args})
			if got := shown(rt, v, err); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestGoDataShows(t *testing.T) {
	rt := runtimeOf(value.Default)
	three := 3
	for _, tt := range []struct {
		name string
		v    any
		want string
	}{
		{"struct", newUser(), "<user object>"},
		{"pointer to a number", &three, "3"},
		{"nil pointer", (*int)(nil), "None"},
		{"Stringer", level(1), "high"},
		{"Stringer by its pointer", url.URL{Path: "/a"}, "/a"},
		{"error", errors.New("broken"), "broken"},
		{"nil map", map[string]any(nil), "{}"},
		{"nil slice", []int(nil), "[]"},
		{"map in the order of its keys", map[int]string{10: "b", 9: "a"}, "{9: 'a', 10: 'b'}"},
		{"float32", float32(0.1), "0.1"},
		{"uint64", ^uint64(0), "18446744073709551615"},
		{"HTML", []any{template.HTML("<b>")}, "[Markup('<b>')]"},
		{"nested", map[string]any{"b": []any{true, nil, "it's"}, "a": 1.0}, `{'a': 1.0, 'b': [True, None, "it's"]}`},
		{"duration", 26*time.Hour + time.Millisecond, "1 day, 2:00:00.001000"},
		{"zoned time", time.Date(2024, 1, 2, 3, 4, 5, 0, time.FixedZone("", 3600)), "2024-01-02 03:04:05+01:00"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := value.Str(rt, tt.v)
			if err != nil || got != tt.want {
				t.Errorf("got %q, %v, want %q", got, err, tt.want)
			}
		})
	}
}

func TestMethodsChangeNoGoData(t *testing.T) {
	rt := runtimeOf(value.Default)
	list, dict := []any{3, 1}, map[string]any{"a": 1}
	for _, name := range []string{"append", "extend", "insert", "pop", "remove", "clear", "reverse", "sort", "update", "setdefault", "popitem"} {
		for _, v := range []any{list, dict, []int{1}, map[int]int{1: 2}} {
			_, err := value.CallMethod(rt, v, name, value.Args{Positional: []any{0}})
			if err == nil {
				t.Errorf("%s of %T is no error", name, v)
			}
			if reflect.TypeOf(v).Kind() == reflect.Slice && name == "append" && !strings.Contains(err.Error(), "xs|list") {
				t.Errorf("the message tells no cure: %v", err)
			}
		}
	}
	copied, err := value.CallMethod(rt, list, "copy", value.Args{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := value.CallMethod(rt, copied, "sort", value.Args{}); err != nil {
		t.Fatal(err)
	}
	if list[0] != 3 || len(dict) != 1 {
		t.Errorf("Go data was changed: %v %v", list, dict)
	}
}

func TestShapesAreReadByManyAtOnce(t *testing.T) {
	type fresh struct{ A, B int }
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 200 {
				if v, err := value.Attr(nil, fresh{1, 2}, "b"); v != 2 || err != nil {
					t.Errorf("got %v, %v", v, err)
				}
			}
		})
	}
	all.Wait()
}
