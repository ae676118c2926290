package engine_test

import "testing"

const library = `{% set shared = 1 %}{% set _hidden = 2 %}{% macro m(a) %}<b>{{ a }}{{ word }}{{ _hidden }}</b>{% endmacro %}{% macro wrap() %}({{ caller() }}){% endmacro %}text{{ word }}`

func TestTemplatesImportAndIncludeAsInJinja(t *testing.T) {
	t.Parallel()
	agree(t,
		site(`{% import "lib" as lib %}{{ lib.m(s) }}{{ lib.shared }}{{ lib._hidden }}{{ lib }}`, "lib", library),
		site(`{% import "lib" as lib with context %}{{ lib.m(s) }}{{ lib }}`, "lib", library),
		site(`{% from "lib" import m, wrap as w, nosuch %}{{ m(1) }}{% call w() %}{{ s }}{% endcall %}{{ nosuch }}`, "lib", library),
		site(`{% from "lib" import nosuch %}{{ nosuch() }}`, "lib", library),
		site(`{% from "lib" import m with context %}{% set word = 5 %}{{ m(1) }}`, "lib", library),
		site(`{% set word = 5 %}{% from "lib" import m with context %}{{ m(1) }}`, "lib", library),
		site(`{% for i in list %}{% import "lib" as lib with context %}{{ lib.m(i) }}{% endfor %}`, "lib", `{% macro m(a) %}{{ a }}{{ i }}{% endmacro %}`),
		site(`{% import "lib" as lib %}{% call lib.wrap() %}{{ s }}{% endcall %}`, "lib", library),
		site(`{% import "lib" as lib %}{% block a %}{{ lib.m(1) }}{% endblock %}`, "lib", library),
		site(`{% from "lib" import m %}{% block a %}{{ m(1) }}{% endblock %}{% include "part" %}`, "lib", library, "part", "{{ m(2) }}"),
		site(`{% macro f() %}{% import "lib" as lib %}{{ lib.m(1) }}{% endmacro %}{{ f() }}`, "lib", library),
		site(`{% import "none" as lib %}`), site(`{% import missing as lib %}`),
		site(`{% import "a" as a %}{{ a.f() }}{{ a.b is defined }}`, "a", `{% import "b" as b %}{% macro f() %}{{ b.g() }}{% endmacro %}`, "b", `{% macro g() %}g{% endmacro %}`),
		site(`{% import "lib" as lib %}{{ lib.c() }}{{ lib.c() }}`, "lib", `{% set ns = namespace(n=0) %}{% macro c() %}{% set ns.n = ns.n + 1 %}{{ ns.n }}{% endmacro %}`),
		site(`{% include "part" %}|{% include "part" without context %}|{% include ["none", "part"] %}`, "part", "{{ word }}{{ range(2)|list }}"),
		site(`{% include "none" ignore missing %}{% include ["no", "none"] ignore missing %}x`),
		site(`{% include "none" %}`), site(`{% include ["no", "none"] %}`), site(`{% include [] %}`), site(`{% include missing %}`),
		site(`{% include "pa" ~ "rt" %}{% set p = "part" %}{% include p %}{% include [p, "none"] %}{% set ps = ["none", "part"] %}{% include ps %}`, "part", "({{ word }})"),
		site(`{% include "broken" ignore missing %}`, "broken", `{% include "none" %}`),
		site(`{% for i in range(300) %}{% include "child" %}{% endfor %}`, "child", `{% extends "base" %}`, "base", `{{ i }}`),
		site(`{% set x = 1 %}{% include "part" %}{{ x }}`, "part", `{{ x }}{% set x = 2 %}{{ x }}`),
		site(`{% macro m() %}{% set z = 3 %}{% include "part" %}{% endmacro %}{{ m() }}`, "part", `{{ z }}{{ word }}`),
		site(`{% with z = 3 %}{% include "part" %}{% endwith %}{% include "part" %}`, "part", `[{{ z }}]`),
	)
}
