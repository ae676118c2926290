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
		sources: map[string]bool{at("cmd/shop"): true, dir: true, at("blog"): true, at("image/_c"): true},
		embeds:  []embed{{dir, "templates"}, {at("blog"), "templates"}, {at("blog"), "*.css"}, {dir, "words.json"}, {dir, "all:every"}},
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
		{"blog/templates/new.html", rebuild}, // it would be embedded
		{"blog/templates/_part.html", pages}, // go:embed leaves it out
		{"every/_part", rebuild},
		{"words.json", rebuild},
		{"new/new.go", rebuild},
		{"testdata/a.go", nothing},
		{"blog/testdata/x/a.go", nothing},
		{"_old/a.go", nothing},
		{"image/_c/a.go", rebuild},
		{"blog/fast.c", rebuild},
		{"blog/fast_amd64.s", rebuild},
		{"docs/fast.c", nothing},
		{"vendor/modules.txt", rebuild},
		{"go.work", rebuild},
		{"blog", rebuild},  // the folder has gone
		{"image", rebuild}, // one that was above a package
		{"docs", nothing},
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

func TestKindOfTemplatesThatTheProgramKeeps(t *testing.T) {
	t.Parallel()
	dir, err := filepath.Abs("shop")
	if err != nil {
		t.Fatal(err)
	}
	p := &project{dir: dir, modules: []string{dir}} // DEBUG is off
	for name, want := range map[string]kind{"templates/a.html": restart, "static/a.css": styles} {
		if got := p.kindOf(filepath.Join(dir, filepath.FromSlash(name))); got != want {
			t.Errorf("%s: got %d, want %d", name, got, want)
		}
	}
}
