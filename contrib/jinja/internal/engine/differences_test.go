package engine_test

import (
	"strings"
	"testing"

	"github.com/dewar-go/dewar/contrib/jinja/internal/engine"
)

func TestDifferencesFindsOutputsThatTheirPlaceChanges(t *testing.T) {
	t.Parallel()
	html := func(name string) bool { return !strings.HasSuffix(name, ".txt") }
	templates := map[string]string{
		"layout":   "<body>\n{% block body %}{% endblock %}<script>var u = {{ user }};</script>",
		"page":     "{% extends 'layout' %}{% from 'lib' import link %}{% block body %}{{ title }}\n<a href=\"{{ url }}\">{{ text }}</a>{{ link(url) }}{% endblock %}",
		"lib":      "{% macro link(to) %}<a href=\"{{ to }}\">{{ to }}</a>{% endmacro %}",
		"part":     "{{ part }}",
		"holder":   "{% if x %}<a href=\"{% else %}<p title=\"{% endif %}{% include 'part' %}\">",
		"mail.txt": "<a href=\"{{ url }}\">",
		"raw":      "{% autoescape false %}<a href=\"{{ url }}\">{% endautoescape %}",
	}
	all, err := files(engine.Options{Contextual: html}, templates).Differences()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, d := range all {
		got = append(got, d.Template+" "+d.Source)
		if d.Line < 1 || d.Place == "" || d.What == "" {
			t.Errorf("something is missing in %+v", d)
		}
	}
	want := "layout user,lib to,page url,part part"
	if s := strings.Join(got, ","); s != want {
		t.Errorf("got %s, want %s", s, want)
	}
	tangled := map[string]string{"page": `{% macro m() %}<a href="{{ u }}">{{ m() }}{{ m() }}{% for i in x %}{{ m() }}{% endfor %}{% endmacro %}{{ m() }}{% include "page" %}{% include "other" %}`, "other": `{% include "page" %}{% include "page" %}`, "root": `{% include "page" %}`}
	if all, err := files(engine.Options{Contextual: html}, tangled).Differences(); err != nil || len(all) != 1 {
		t.Errorf("got %v, %v for templates that call themselves, want one difference", all, err)
	}
	if all, _ := files(engine.Options{}, templates).Differences(); len(all) > 0 {
		t.Errorf("got %d differences of pages that are not escaped by place", len(all))
	}
}

func TestDifferencesLeavesOutWhatCannotDiffer(t *testing.T) {
	t.Parallel()
	always := func(string) bool { return true }
	for source, want := range map[string]bool{
		`<a href="{{ url_for('a', next=x) }}">`:                                                 false,
		`<script>go({{ x|tojson }})</script>`:                                                   false,
		`<a href="{{ '/a' if x else '/b' }}">`:                                                  false,
		`<a title={{ 7 }}>`:                                                                     false,
		`<a href="{{ other('a') }}">`:                                                           true,
		`<a href={{ url_for('a') }}>`:                                                           true,
		`<a href="{{ x|tojson }}">`:                                                             true,
		`<a href="{{ 'javascript:x' if x else '/b' }}">`:                                        true,
		`<script>var u = '{{ url_for('a') }}';</script>`:                                        true,
		`{% macro m(url_for) %}<a href="{{ url_for('a') }}">{% endmacro %}`:                     true,
		`<title>{{ x }} {{ x.y|upper }} {{ f(x) }} {{ x|safe }}</title>`:                        false,
		`{% set x %}<b>a</b>{% endset %}<title>{{ x }}</title>`:                                 true,
		`{% set x %}<b>a</b>{% endset %}<p>{{ x }}</p>`:                                         false,
		`{% set x %}<b>a</b>{% endset %}<p title="{{ 'a' ~ x }}">`:                              true,
		`{% set x %}<b>a</b>{% endset %}<title>{{ x|striptags }}{{ x|safe }}</title>`:           false,
		`{% macro m() %}<b>{% endmacro %}{% set y = m() %}<textarea>{{ y|trim }}</textarea>`:    true,
		`{% macro m() %}<b>{% endmacro %}<textarea>{{ m() }}</textarea>`:                        false,
		`{% macro m(t) %}<title>{{ t }}</title>{% endmacro %}{{ m('a') }}`:                      false,
		`{% macro m(t) %}<title>{{ t }}</title>{% endmacro %}{% set x %}{% endset %}{{ m(x) }}`: true,
		`<title>{{ x|urlize }}</title>`:                                                         true,
	} {
		found, err := files(engine.Options{Contextual: always, Links: []string{"url_for"}}, map[string]string{"page": source}).Differences()
		if err != nil || (len(found) > 0) != want {
			t.Errorf("%s: got %v, %v, want a difference: %v", source, found, err, want)
		}
	}
}
