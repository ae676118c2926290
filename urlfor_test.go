package dewar_test

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
)

// evenConverter takes even numbers of letters.
type evenConverter struct{ upperConverter }

var errOdd = errors.New("want an even number of letters")

func (evenConverter) Format(v any) (string, error) {
	if s, ok := v.(string); ok && len(s)%2 == 0 {
		return s, nil
	}
	return "", errOdd
}

func ExampleURLError() {
	app := dewar.New("example")
	app.Get("/posts/{id:int}", search, dewar.Endpoint("post"))
	_, err := app.URLFor("post")
	if e, ok := errors.AsType[*dewar.URLError](err); ok {
		fmt.Println(e.Endpoint, "lacks", e.Missing)
	}
	// Output: post lacks [id]
}

func TestURLErrors(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Converter("even", evenConverter{})
	app.Get("/{id:int}/{slug}", index, dewar.Endpoint("show"))
	app.Get("/even/{word:even}", index, dewar.Endpoint("even"), dewar.Defaults(dewar.Map{"lang": "en"}))
	if err := app.Config.FromMapping(dewar.Map{"SERVER_NAME": "example.com"}); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name     string
		endpoint string
		pairs    []any
		want     dewar.URLError
		cause    error
	}{
		{"unknown", "shwo", nil, dewar.URLError{Endpoint: "shwo", Unknown: true}, nil},
		{"missing", "show", nil, dewar.URLError{Endpoint: "show", Missing: []string{"id", "slug"}}, nil},
		{"one missing", "show", []any{"id", 1}, dewar.URLError{Endpoint: "show", Missing: []string{"slug"}}, nil},
		{"unfit", "show", []any{"id", "x", "slug", "a"}, dewar.URLError{Endpoint: "show", Unfit: "id"}, nil},
		{"not to be matched", "show", []any{"id", 1, "slug", "a/b"}, dewar.URLError{Endpoint: "show", Unfit: "slug"}, nil},
		{"refused by a converter", "even", []any{"word", "ABC"}, dewar.URLError{Endpoint: "even", Unfit: "word"}, errOdd},
		{"against the defaults", "even", []any{"word", "AB", "lang", "de"}, dewar.URLError{Endpoint: "even"}, nil},
		{"no such method", "show", []any{"id", 1, "slug", "a", dewar.ForMethod("PUT")}, dewar.URLError{Endpoint: "show"}, nil},
	} {
		_, err := app.URLFor(tt.endpoint, tt.pairs...)
		got, ok := errors.AsType[*dewar.URLError](err)
		if !ok {
			t.Errorf("%s: got %v, want a *URLError", tt.name, err)
			continue
		}
		shown := dewar.URLError{Endpoint: got.Endpoint, Unknown: got.Unknown, Missing: got.Missing, Unfit: got.Unfit}
		if !reflect.DeepEqual(shown, tt.want) {
			t.Errorf("%s: got %+v, want %+v", tt.name, shown, tt.want)
		}
		if tt.cause != nil && !errors.Is(err, tt.cause) {
			t.Errorf("%s: %v does not wrap %v", tt.name, err, tt.cause)
		}
	}
}

func TestEndpointsOfAnotherServerMayHaveDots(t *testing.T) {
	t.Parallel()
	app := dewar.New("shop")
	app.Route("/auth/login", nil, dewar.Endpoint("auth.login"), dewar.BuildOnly())
	if got, err := app.URLFor("auth.login", dewar.Relative()); err != nil || got != "/auth/login" {
		t.Errorf("got %q, %v, want the URL", got, err)
	}
	if routes := app.Routes(); !routes[len(routes)-1].BuildOnly {
		t.Errorf("got %+v, want a route that is BuildOnly", routes[len(routes)-1])
	}
	defer func() {
		if problem := fmt.Sprint(recover()); !strings.Contains(problem, `Endpoint("auth.me"): a name must not be empty or contain a dot`) {
			t.Errorf("got %s, want the panic for a dot", problem)
		}
	}()
	app.Get("/me", func(c *dewar.Context) error { return nil }, dewar.Endpoint("auth.me"))
}
