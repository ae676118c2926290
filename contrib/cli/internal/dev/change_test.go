package dev

import (
	"path/filepath"
	"testing"
)

func TestKindOf(t *testing.T) {
	t.Parallel()
	dir, err := filepath.Abs("shop")
	if err != nil {
		t.Fatal(err)
	}
	at := func(name string) string { return filepath.Join(dir, filepath.FromSlash(name)) }
	p := &project{
		dir: at("cmd/shop"), modules: []string{dir}, live: []string{at("templates"), at("static")},
		embedded: map[string]bool{at("templates/a.html"): true, at("blog/templates/a.html"): true, at("blog/a.css"): true, at("words.json"): true},
	}
	for _, tt := range []struct {
		name string
		want kind
	}{
		{"main.go", rebuild},
		{"go.mod", rebuild},
		{"go.sum", rebuild},
		{"main_test.go", nothing},
		{"main.go~", nothing},
		{".#main.go", nothing},
		{".main.go.swp", nothing},
		{"4913", nothing},
		{"templates/a.html", pages}, // it is read from the disk, though it is embedded
		{"templates/mail/a.txt", pages},
		{"templates/data.json", nothing},
		{"templates-old/a.html", pages},
		{"static/a.css", styles},
		{"static/A.CSS", styles},
		{"static/a.js", pages},
		{"blog/templates/a.html", rebuild},
		{"blog/a.css", rebuild},
		{"words.json", rebuild},
		{".env", restart},
		{".env.local", restart},
		{"cmd/shop/.flaskenv", restart},
		{"blog/.env", nothing},
		{"config.toml", restart},
		{"instance/config.py", restart},
		{"config/shop.yaml", restart},
		{"config.json", restart},
		{"package.json", nothing},
		{"instance/data.json", nothing},
		{"blog/a.toml", nothing},
		{"shop.sqlite", nothing},
		{"README.md", pages},
	} {
		if got := p.kindOf(at(tt.name)); got != tt.want {
			t.Errorf("%s: got %d, want %d", tt.name, got, tt.want)
		}
	}
	names := []string{at("static/a.css"), at("main.go"), at("templates/a.html")}
	if what, name := p.most(names); what != rebuild || name != at("main.go") {
		t.Errorf("the most of %v is %d for %s", names, what, name)
	}
}
