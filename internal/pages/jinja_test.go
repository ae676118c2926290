package pages_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/dewar-go/dewar/internal/pages"
)

func TestJinjaIsRefusedWithACure(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, source, want string }{
		{"extends", "{% extends 'base.html' %}", `template a.html:1: {% extends %} is Jinja; write {{template "base.html" .}}, or render Jinja: app.Renderer = &jinja.Renderer{}, of contrib/jinja`},
		{"a loop", "<p>\n{%- for x in y %}", "template a.html:2: {% for %} is Jinja; write {{range .items}}, or render Jinja: "},
		{"another statement", "{% macro m() %}", "is Jinja; write the statements of package text/template"},
		{"a percent sign in braces", "{%} {% x", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			o := options()
			o.Layers = append(o.Layers, fstest.MapFS{"a.html": {Data: []byte(tt.source)}})
			_, err := pages.New(o)
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}
