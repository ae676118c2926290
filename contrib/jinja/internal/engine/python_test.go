package engine_test

import (
	"context"
	"encoding/json"
	"io/fs"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/contrib/jinja/internal/engine"
	"github.com/dewar-go/dewar/contrib/jinja/internal/jinjatest"
	"github.com/dewar-go/dewar/contrib/jinja/internal/syntax"
	"github.com/dewar-go/dewar/contrib/jinja/internal/value"
)

// A job is a set of templates, of which the one called page is rendered, by Jinja and by the engine.
type job struct {
	Templates  map[string]string `json:"templates"`
	Data       pyDict            `json:"data"`
	Autoescape bool              `json:"autoescape"`
	Undefined  string            `json:"undefined"`
	Trim       bool              `json:"trim"`
}

// An outcome is what came of a job: a text, or the error.
type outcome struct {
	Output *string
	Error  string
}

func page(source string) job {
	return job{Templates: map[string]string{"page": source}, Data: sample(), Autoescape: true, Undefined: "Undefined"}
}

// render renders the job with the engine.
func (j job) render(t testing.TB) (string, error) {
	t.Helper()
	e := engine.New(engine.Options{
		Syntax: syntax.Options{TrimBlocks: j.Trim, LstripBlocks: j.Trim},
		Load: func(name string) (string, error) {
			if source, ok := j.Templates[name]; ok {
				return source, nil
			}
			return "", fs.ErrNotExist
		},
		Autoescape: func(string) bool { return j.Autoescape },
		Undefined: map[string]value.UndefinedMode{"Undefined": value.Default, "StrictUndefined": value.Strict,
			"ChainableUndefined": value.Chainable, "DebugUndefined": value.Debug}[j.Undefined],
	})
	data := map[string]any{}
	for _, entry := range j.Data {
		data[entry.Key] = toGo(entry.Value)
	}
	var page strings.Builder
	err := e.Render(engine.Request{Context: context.Background(), Name: "page", Data: data}, &page)
	return page.String(), err
}

// compare checks that the engine writes what Jinja writes, and fails where that fails. What shows an address of Python's memory is left out.
func compare(t *testing.T, jobs []job) (same int) {
	t.Helper()
	for i, want := range jinjatest.Ask[outcome](t, "render.py", jobs) {
		got, err := jobs[i].render(t)
		switch source := jobs[i].Templates; {
		case want.Output == nil && err == nil:
			t.Errorf("%q: got %q, Jinja has %s", source, got, want.Error)
		case want.Output == nil, strings.Contains(*want.Output, " at 0x"):
		case err != nil:
			t.Errorf("%q: got the error %v, Jinja writes %q", source, err, *want.Output)
		case got != *want.Output:
			t.Errorf("%q: got\n%q, Jinja writes\n%q", source, got, *want.Output)
		default:
			same++
		}
	}
	return same
}

// A pyDict is a dict whose order Python must see too.
type pyDict []pyEntry

type pyEntry struct {
	Key   string
	Value any
}

// A pyTuple is a tuple, and pyMarkup a Markup.
type (
	pyTuple  []any
	pyMarkup string
)

func (d pyDict) MarshalJSON() ([]byte, error) {
	entries := [][2]any{}
	for _, entry := range d {
		entries = append(entries, [2]any{entry.Key, entry.Value})
	}
	return json.Marshal(map[string]any{"dict": entries})
}

func (t pyTuple) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]any{"tuple": []any(t)})
}

func (m pyMarkup) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]any{"markup": string(m)})
}

// toGo returns the value that the engine gets.
func toGo(v any) any {
	switch v := v.(type) {
	case pyDict:
		dict := &value.Dict{}
		for _, entry := range v {
			_ = dict.Set(entry.Key, toGo(entry.Value))
		}
		return dict
	case pyTuple:
		return value.Tuple(toGo([]any(v)).(*value.List).Items)
	case pyMarkup:
		return value.Markup{Text: string(v)}
	case []any:
		list := &value.List{}
		for _, item := range v {
			list.Items = append(list.Items, toGo(item))
		}
		return list
	}
	return v
}

// sample is the data of the templates.
func sample() pyDict {
	return pyDict{
		{"n", 3}, {"zero", 0}, {"f", 2.5}, {"neg", -7}, {"yes", true}, {"no", false}, {"none", nil},
		{"s", "hello <world> & 'all'"}, {"word", "Word"}, {"empty", ""}, {"num", "42"}, {"uni", "straße é"},
		{"safe", pyMarkup("<b>bold</b> &amp;")},
		{"list", []any{3, 1, 2}}, {"words", []any{"pear", "Apple", "fig", "<i>"}}, {"nested", []any{[]any{1, "a"}, []any{2, "b"}}},
		{"tuple", pyTuple{1, "two"}}, {"nothing", []any{}},
		{"d", pyDict{{"a", 1}, {"b", "<x>"}, {"items_", []any{1}}}},
		{"users", []any{
			pyDict{{"name", "ann"}, {"age", 31}, {"city", "Ulm"}, {"on", true}},
			pyDict{{"name", "Bob"}, {"age", 25}, {"city", "Bonn"}, {"on", false}},
			pyDict{{"name", "cy"}, {"age", 31}, {"city", "ulm"}, {"on", true}},
		}},
		{"tree", []any{pyDict{{"v", 1}, {"kids", []any{pyDict{{"v", 2}, {"kids", []any{}}}, pyDict{{"v", 3}, {"kids", []any{pyDict{{"v", 4}, {"kids", []any{}}}}}}}}}}},
	}
}
