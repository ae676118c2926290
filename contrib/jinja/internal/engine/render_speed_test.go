package engine_test

import (
	"bytes"
	"context"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"testing"

	"github.com/dewar-go/dewar/contrib/jinja/internal/engine"
)

// A list of items behind a layout: the page that the speed of template engines is measured with.
var benchTemplates = map[string]string{
	"layout.html": `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{% block title %}Shop{% endblock %}</title>
<link rel="stylesheet" href="{{ url_for("static", filename="style.css") }}">
</head>
<body>
<nav>
{% for href, label in menu %}<a href="{{ href }}"{% if label == active %} class="active"{% endif %}>{{ label }}</a>
{% endfor %}</nav>
{% if user %}<p>Hello, {{ user.name }}!</p>{% else %}<p><a href="{{ url_for("login") }}">Log in</a></p>{% endif %}
<main>
{% block content %}{% endblock %}
</main>
<footer>{{ year }}</footer>
</body>
</html>
`,
	"page.html": `{% extends "layout.html" %}
{% block title %}{{ title }} - {{ super() }}{% endblock %}
{% block content %}
<h1>{{ title }}</h1>
<table>
{% for item in items %}<tr class="{{ "odd" if loop.index is odd else "even" }}">
<td>{{ loop.index }}</td>
<td><a href="{{ url_for("item", id=item.id) }}">{{ item.name }}</a></td>
<td>{{ item.description|truncate(40) }}</td>
<td>{{ "%.2f"|format(item.price) }}</td>
<td>{% if item.stock > 0 %}{{ item.stock }} in stock{% else %}<em>sold out</em>{% endif %}</td>
<td>{{ item.tags|join(", ") }}</td>
</tr>
{% else %}<tr><td>Nothing here.</td></tr>
{% endfor %}</table>
{% endblock %}
`,
}

const benchHTML = `{{define "layout"}}<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{{template "title" .}}</title>
<link rel="stylesheet" href="{{url "static" "style.css"}}">
</head>
<body>
<nav>
{{range .menu}}<a href="{{index . 0}}"{{if eq (index . 1) $.active}} class="active"{{end}}>{{index . 1}}</a>
{{end}}</nav>
{{if .user}}<p>Hello, {{.user.name}}!</p>{{else}}<p><a href="{{url "login" ""}}">Log in</a></p>{{end}}
<main>
{{template "content" .}}
</main>
<footer>{{.year}}</footer>
</body>
</html>
{{end}}{{define "title"}}{{.title}} - Shop{{end}}{{define "content"}}
<h1>{{.title}}</h1>
<table>
{{range $i, $item := .items}}<tr class="{{if odd $i}}odd{{else}}even{{end}}">
<td>{{inc $i}}</td>
<td><a href="{{url "item" $item.id}}">{{$item.name}}</a></td>
<td>{{truncate $item.description 40}}</td>
<td>{{printf "%.2f" $item.price}}</td>
<td>{{if gt $item.stock 0}}{{$item.stock}} in stock{{else}}<em>sold out</em>{{end}}</td>
<td>{{join $item.tags}}</td>
</tr>
{{else}}<tr><td>Nothing here.</td></tr>
{{end}}</table>
{{end}}`

func benchData() map[string]any {
	var items []map[string]any
	for i := range 20 {
		items = append(items, map[string]any{
			"id": i, "name": fmt.Sprintf("Item <%d> & more", i), "price": 3.5 * float64(i), "stock": i % 4,
			"description": fmt.Sprintf("A thing that is useful for %d purposes, and some that are not known yet.", i),
			"tags":        []string{"new", "useful", "small & light"},
		})
	}
	return map[string]any{
		"title": "All items", "active": "Shop", "year": 2026, "items": items, "user": map[string]any{"name": "Ann & Co"},
		"menu": [][]string{{"/", "Home"}, {"/shop", "Shop"}, {"/about", "About us"}, {"/contact", "Contact"}},
	}
}

func benchEngine(contextual bool) *engine.Engine {
	o := engine.Options{
		Load: func(name string) (string, error) {
			if s, ok := benchTemplates[name]; ok {
				return s, nil
			}
			return "", fs.ErrNotExist
		},
		Autoescape: func(string) bool { return true },
		Globals: map[string]any{"url_for": func(endpoint string, args map[string]any) string {
			if id, ok := args["id"].(int); ok {
				return fmt.Sprintf("/%s/%d", endpoint, id)
			}
			return "/" + endpoint
		}},
	}
	if contextual {
		o.Contextual = func(string) bool { return true }
	}
	return engine.New(o)
}

func benchHTMLTemplate(t testing.TB) *template.Template {
	t.Helper()
	h, err := template.New("").Funcs(template.FuncMap{
		"odd": func(i int) bool { return i%2 == 0 },
		"inc": func(i int) int { return i + 1 },
		"url": func(endpoint string, arg any) string {
			if id, ok := arg.(int); ok {
				return fmt.Sprintf("/%s/%d", endpoint, id)
			}
			return "/" + endpoint
		},
		"truncate": func(s string, n int) string {
			if len(s) <= n {
				return s
			}
			return s[:n-3] + "..."
		},
		"join": func(tags []string) string {
			var b bytes.Buffer
			for i, tag := range tags {
				if i > 0 {
					b.WriteString(", ")
				}
				b.WriteString(tag)
			}
			return b.String()
		},
	}).Parse(benchHTML)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func BenchmarkPage(b *testing.B) {
	data := benchData()
	for _, bb := range []struct {
		name       string
		contextual bool
	}{{"default", true}, {"parity", false}} {
		b.Run(bb.name, func(b *testing.B) {
			e := benchEngine(bb.contextual)
			b.ReportAllocs()
			for b.Loop() {
				if err := e.Render(engine.Request{Context: context.Background(), Name: "page.html", Data: data}, io.Discard); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("html/template", func(b *testing.B) {
		h := benchHTMLTemplate(b)
		b.ReportAllocs()
		for b.Loop() {
			if err := h.ExecuteTemplate(io.Discard, "layout", data); err != nil {
				b.Fatal(err)
			}
		}
	})
}
