package engine_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"strings"
	"sync"
	"testing"

	"github.com/dewar-go/dewar/contrib/jinja/internal/engine"
	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

// files makes an Engine that escapes, of templates by name.
func files(o engine.Options, templates map[string]string) *engine.Engine {
	o.Load = func(name string) (string, error) {
		if source, ok := templates[name]; ok {
			return source, nil
		}
		return "", fs.ErrNotExist
	}
	o.Names = func() []string {
		var all []string
		for name := range templates {
			all = append(all, name)
		}
		return all
	}
	if o.Autoescape == nil {
		o.Autoescape = func(string) bool { return true }
	}
	return engine.New(o)
}

// written renders the template page with data.
func written(e *engine.Engine, data map[string]any) (string, error) {
	var b strings.Builder
	err := e.Render(engine.Request{Context: context.Background(), Name: "page", Data: data}, &b)
	return b.String(), err
}

func TestManyGoroutinesRenderWithOneEngine(t *testing.T) {
	t.Parallel()
	e := files(engine.Options{Contextual: func(string) bool { return true }, Version: func(string) any { return 1 }}, map[string]string{
		"page": `{% extends "base" %}{% import "lib" as lib %}{% from "counter" import next %}{% block body %}{{ super() }}<a href="{{ url }}">{{ lib.m(name) }}</a>{{ next() }}{{ next() }}` +
			`{% for i in items %}{{ loop.cycle("a", "b") }}{{ loop.nextitem }}{% endfor %}{% endblock %}`,
		"base":    `<title>{{ name|upper }}</title>{% block body %}{% include "part" %}{% endblock %}`,
		"lib":     `{% set greeting = "Hi" %}{% macro m(x) %}{{ greeting }} {{ x }}{% endmacro %}`,
		"counter": `{% set ns = namespace(n=0) %}{% macro next() %}{% set ns.n = ns.n + 1 %}{{ ns.n }}{% endmacro %}`,
		"part":    `<p>{{ name }}</p>`,
	})
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			name := fmt.Sprintf("n%d", i)
			want := "<title>N" + name[1:] + "</title><p>" + name + `</p><a href="/` + name + `">Hi ` + name + "</a>12" + "a2b"
			for range 50 {
				got, err := written(e, map[string]any{"name": name, "url": "/" + name, "items": []int{1, 2}})
				if err != nil || got != want {
					t.Errorf("got %q, %v, want %q", got, err, want)
					return
				}
			}
		})
	}
	group.Wait()
}

func TestWhatOneRenderingDoesNotEscapeOthersStillDo(t *testing.T) {
	t.Parallel()
	e := files(engine.Options{}, map[string]string{
		"page": `{% import "lib" as lib %}{{ lib.raw(x) }}{{ lib.text(x) }}`,
		"lib":  `{% macro raw(x) %}{% autoescape false %}{% for i in range(50) %}{% set y %}{{ x }}{% endset %}{% endfor %}{{ x }}{% endautoescape %}{% endmacro %}{% macro text(x) %}{% set y %}{{ x }}{% endset %}{{ y }}{% endmacro %}`,
	})
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for range 100 {
				if got, err := written(e, map[string]any{"x": "<"}); got != "<&lt;" || err != nil {
					t.Errorf("got %q, %v", got, err)
					return
				}
			}
		})
	}
	group.Wait()
}

func TestRenderingsAreBounded(t *testing.T) {
	t.Parallel()
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	for _, tt := range []struct {
		name, page, want string
		options          engine.Options
		ctx              context.Context
	}{
		{"steps", `{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}`, "MaxSteps", engine.Options{MaxSteps: 10000}, nil},
		{"output", `{% for i in range(1000) %}0123456789{% endfor %}`, "MaxOutput", engine.Options{MaxOutput: 1000}, nil},
		{"output of a block that is kept", `{% set x %}{% for i in range(1000) %}0123456789{% endfor %}{% endset %}`, "MaxOutput", engine.Options{MaxOutput: 1000}, nil},
		{"texts that are kept", `{% set l = [] %}{% set s = "0123456789" * 1000 %}{% for i in range(1000) %}{% set x %}{{ s }}{% endset %}{% do l.append(x) %}{% endfor %}`, "MaxSteps", engine.Options{MaxSteps: 1_000_000}, nil},
		{"texts that are joined", `{% set l = [] %}{% set s = "0123456789" * 1000 %}{% for i in range(1000) %}{% do l.append(s ~ i) %}{% endfor %}`, "MaxSteps", engine.Options{MaxSteps: 1_000_000, Autoescape: func(string) bool { return false }}, nil},
		{"a macro that calls itself", `{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}`, "200", engine.Options{}, nil},
		{"a macro that calls itself in an expression", `{% macro m() %}{{ m() ~ "" }}{% endmacro %}{{ m() }}`, "200", engine.Options{}, nil},
		{"an include of itself", `{% include "page" %}`, "200", engine.Options{}, nil},
		{"an import of itself", `{% import "page" as p %}`, "200", engine.Options{}, nil},
		{"a parent that is the template itself", `{% extends "page" %}`, "200", engine.Options{}, nil},
		{"a block in itself", `{% block a %}{{ self.a() }}{% endblock %}`, "200", engine.Options{}, nil},
		{"a loop in itself", `{% for i in [1] recursive %}{{ loop([1]) }}{% endfor %}`, "200", engine.Options{}, nil},
		{"the end of the context", `{% for i in range(1000000) %}{% endfor %}`, "context canceled", engine.Options{}, ended},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			e := files(tt.options, map[string]string{"page": tt.page})
			var b strings.Builder
			err := e.Render(engine.Request{Context: tt.ctx, Name: "page"}, &b)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want an error with %q", err, tt.want)
			}
			if b.Len() > 0 {
				t.Errorf("%d bytes were written of a page with an error", b.Len())
			}
		})
	}
}

func TestTemplatesAreLoadedAgainWhenTheirVersionChanges(t *testing.T) {
	t.Parallel()
	version, source := 1, "one"
	e := engine.New(engine.Options{
		Load:    func(string) (string, error) { return source, nil },
		Version: func(string) any { return version },
	})
	for _, tt := range []struct {
		version      int
		source, want string
	}{{1, "one", "one"}, {1, "two", "one"}, {2, "two", "two"}} {
		version, source = tt.version, tt.source
		if got, err := written(e, nil); got != tt.want || err != nil {
			t.Errorf("version %d: got %q, %v, want %q", tt.version, got, err, tt.want)
		}
	}
}

func TestRenderingAPageAllocatesLittle(t *testing.T) {
	e, data := benchEngine(true), benchData()
	request := engine.Request{Context: context.Background(), Name: "page.html", Data: data}
	allocs := testing.AllocsPerRun(20, func() {
		if err := e.Render(request, io.Discard); err != nil {
			t.Fatal(err)
		}
	})
	const most = 950
	if allocs > most {
		t.Errorf("%.0f allocations for a page of 20 rows, want %d at most", allocs, most)
	}
}

func TestIteratorsEndWithTheLoopsThatLeaveThem(t *testing.T) {
	t.Parallel()
	e := engine.New(engine.Options{})
	for _, source := range []string{
		`{% for x in seq %}{% break %}{% endfor %}`,
		`{% for x in seq %}{{ x.y.z }}{% endfor %}`,
		`{% for x in seq if x > 2 %}{{ loop.last }}{% break %}{% endfor %}`,
		`{% set a, b = seq %}`,
		`{% for x in seq %}{{ x }}{% endfor %}`,
	} {
		ended := false
		seq := func(yield func(int) bool) {
			defer func() { ended = true }()
			for i := range 9 {
				if !yield(i) {
					return
				}
			}
		}
		err := e.RenderString(engine.Request{Data: map[string]any{"seq": iter.Seq[int](seq)}}, source, io.Discard)
		if !ended {
			t.Errorf("%s: the iterator was left open (%v)", source, err)
		}
	}
}

func TestValuesReachTemplates(t *testing.T) {
	t.Parallel()
	teapot := errors.New("I am a teapot")
	part, err := engine.New(engine.Options{}).Template("x")
	if part != nil || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, %v for a template that is not there", part, err)
	}
	e := files(engine.Options{
		Globals: map[string]any{
			"who":  value.Lazy(func(rt *value.Runtime) (any, error) { return rt.Host, nil }),
			"fail": func() (string, error) { return "", teapot },
			"bad":  value.Lazy(func(*value.Runtime) (any, error) { return nil, teapot }),
		},
		Finalize: func(v any) (any, error) {
			if v == nil {
				return "", nil
			}
			return v, nil
		},
	}, map[string]string{"part": "[{{ who }}]"})
	object, err := e.Template("part")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, source, want string }{
		{"a lazy global", `{{ who }}`, "me"},
		{"a lazy global in a module", `{% import "part" as p %}{{ p }}`, "[me]"},
		{"a template as a value", `{% include t %}{% include [t] %}{{ t.name }}`, "[me][me]part"},
		{"finalize", `{{ none }}{{ 1 }}{{ "a" }}`, "1a"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var b strings.Builder
			err := e.RenderString(engine.Request{Host: "me", Data: map[string]any{"t": object}}, tt.source, &b)
			if got := b.String(); err != nil || got != tt.want {
				t.Errorf("got %q, %v, want %q", got, err, tt.want)
			}
		})
	}
	for _, source := range []string{`{{ fail() }}`, `{{ bad }}`, `{% include "part" %}{% macro m() %}{{ fail() }}{% endmacro %}{{ m() }}`} {
		if err := e.RenderString(engine.Request{}, source, io.Discard); !errors.Is(err, teapot) {
			t.Errorf("%s: got %v, want the error of the function", source, err)
		}
	}
}
