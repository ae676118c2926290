package engine_test

import (
	"context"
	"html/template"
	"math"
	"runtime/metrics"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar/contrib/jinja/internal/engine"
	"github.com/dewar-go/dewar/contrib/jinja/internal/syntax"
)

// What a rendering of FuzzRender may take. The time is far more than it needs on a loaded machine, and far less than without bounds.
const (
	fuzzSteps  = 50_000
	fuzzOutput = 100_000
	fuzzBytes  = 200 << 20
	fuzzTime   = 8 * time.Second
)

// What FuzzRender and TestMangledTemplatesAreBounded begin with.
var fuzzSources = []string{
	benchTemplates["page.html"], benchTemplates["layout.html"],
	`{% extends "base" %}{% block a scoped %}{{ super() }}{{ self.b() }}{% endblock %}{% block b required %}{% endblock %}`,
	`{% from "base" import m, n as o with context %}{% import "base" as i %}{{ m(s, x=n) }}{% call(y) i.m(*l, **d) %}{{ y }}{% endcall %}`,
	`{% macro m(a, b=1) %}{{ caller(a) if caller else varargs ~ kwargs }}{{ m(b) }}{% endmacro %}{{ m(s) }}{{ m.name }}`,
	`{% for k, v in d.items() if v recursive %}{{ loop.index0 }}{{ loop(v) }}{% else %}{% break %}{% endfor %}`,
	`{% for i in range(n) %}{% set l = l + l %}{{ l|sort|unique|join(s) }}{% continue %}{% endfor %}`,
	`{% set s %}{{ s * n }}{% endset %}{{ s.join(l) ~ s|replace("", s)|center(n) }}{{ "%*d" % (n, n) }}{{ "{:>{}}".format(s, n) }}`,
	`{% set ns = namespace(a=l) %}{% set ns.a = cycler(*l) %}{% do l.append(l) %}{{ l }}{{ l|pprint }}{{ ns.a.next() }}{{ 9 ** n }}`,
	`{% trans u=s, n=n %}<a href="{{ u }}">one{% pluralize n %}{{ n }}{% endtrans %}{{ _(s) % d }}{{ ngettext("a", "%(num)s", n) }}`,
	`<a href="{{ s }}" onclick="f('{{ s }}')" style="{{ s }}" {{ s }}={{ s }}><script>var x = {{ d|tojson }}, y = "{{ s }}";</script><!-- {{ s }} -->`,
	`{% autoescape false %}{{ s }}{% endautoescape %}{% filter upper|indent(n) %}{{ h }}{% endfilter %}{% include ["none", "base"] ignore missing %}`,
	`{{ d|dictsort|map("first")|groupby(0)|batch(n, s)|list }}{{ l|slice(n)|list }}{{ s|wordwrap(n)|urlize(n)|truncate(n) }}{{ lipsum(n) }}`,
	`{% include "page" %}`, `{% extends "base" %}`, `{% raw %}{{ x }}{% endraw %}{#- a -#}{{- s -}}{% with a = s, b = a %}{{ b[1:n:-1] }}{% endwith %}`,
}

// FuzzRender renders pages of any text with any values, behind a layout of any text: no panic, and no more work, memory and output than
// the bounds allow.
func FuzzRender(f *testing.F) {
	for _, source := range fuzzSources {
		f.Add(source, "{% macro m(a) %}{{ a }}{{ caller(a) }}{% endmacro %}{% set n = s %}<p>{% block a %}{{ s }}{% endblock %}{% block b %}{% endblock %}", "<a&\"'>", 3, 1.5)
		f.Add(source, `{% extends "page" %}`, "javascript:alert(1)", 1_000_000_000, math.Copysign(0, -1))
	}
	f.Fuzz(func(t *testing.T, source, layout, s string, n int, x float64) {
		for _, contextual := range []bool{true, false} {
			o := engine.Options{Syntax: syntax.Options{TrimBlocks: n%2 == 0}, MaxSteps: fuzzSteps, MaxOutput: fuzzOutput, MaxDepth: 50}
			if contextual {
				o.Contextual = func(string) bool { return true }
			}
			e := files(o, map[string]string{"page": source, "base": layout})
			_ = e.Check()
			_, _ = e.Differences()
			fuzzed(t, e, fuzzData(s, n, x))
		}
	})
}

func fuzzData(s string, n int, x float64) map[string]any {
	return map[string]any{
		"s": s, "n": n, "x": x, "l": []any{s, n, x, nil, true, []string{s}}, "h": template.HTML(s), "d": map[string]any{"k": s, s: n, "items": x},
	}
}

// fuzzed renders the page and reports whether there was one.
func fuzzed(t *testing.T, e *engine.Engine, data map[string]any) bool {
	t.Helper()
	began, before := time.Now(), allocated()
	var page strings.Builder
	err := e.Render(engine.Request{Context: context.Background(), Name: "page", Data: data}, &page)
	if page.Len() > fuzzOutput {
		t.Errorf("%d bytes were written, and %d are allowed", page.Len(), fuzzOutput)
	}
	if took := allocated() - before; took > fuzzBytes {
		t.Errorf("%d MB were allocated with %d steps", took>>20, fuzzSteps)
	}
	if took := time.Since(began); took > fuzzTime {
		t.Errorf("%d steps took %v", fuzzSteps, took)
	}
	return err == nil
}

// allocated returns how many bytes the process has ever asked for.
func allocated() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
