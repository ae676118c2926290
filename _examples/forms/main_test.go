package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/dewartest"
)

func TestJoin(t *testing.T) {
	t.Setenv("FLASK_SECRET_KEY", strings.Repeat("k", 32))
	app, err := newApp()
	if err != nil {
		t.Fatal(err)
	}
	client := dewartest.New(t, app)
	good := []any{"name", "anna", "email", "anna@example.com", "password", "correct horse", "again", "correct horse", "sport", "go", "rules", "y"}
	with := func(name, value string) []any {
		pairs := slices.Clone(good)
		pairs[slices.Index(pairs, any(name))+1] = value
		return pairs
	}
	if page := client.Get("/").Text(); !strings.Contains(page, `<label for="name">Name</label>`) || strings.Contains(page, `class="errors"`) {
		t.Errorf("the empty form: %s", page)
	}
	for _, tt := range []struct{ field, value, want string }{
		{"name", "root", "root is a member already."}, {"name", "An", "between 3 and 20 characters"}, {"name", "Anna1", "A name has small letters alone."},
		{"email", "anna", "Invalid email address."}, {"password", "short", "at least 8 characters"}, {"again", "other", "The passwords differ."},
		{"sport", "golf", "Not a valid choice."}, {"rules", "", "This field is required."},
	} {
		page := client.Post("/", dewartest.Form(with(tt.field, tt.value)...)).Text()
		if !strings.Contains(page, tt.want) || !strings.Contains(page, `value="anna@example.com"`) && tt.field != "email" || strings.Contains(page, "correct horse") {
			t.Errorf("%s %q: got %s, want %q, what was typed, and no password", tt.field, tt.value, page, tt.want)
		}
	}
	page := client.Post("/", dewartest.Form(append(slices.Clone(good), "call[0].name", "Ann", "call[1].phone", "none")...)).Text()
	for _, want := range []string{`name="call[0].name" type="text" value="Ann"`, `name="call[1].phone" pattern="[+0-9 ]+" type="tel" value="none"`, "A number has digits and spaces.", `<optgroup label="On a board">`} {
		if !strings.Contains(page, want) {
			t.Errorf("rows: got %s, want %s in it", page, want)
		}
	}
	answer := client.Post("/", dewartest.Form(good...))
	if answer.StatusCode != 302 {
		t.Fatalf("got %s, want a redirect", answer.Text())
	}
	if page := client.Get("/members").Text(); !strings.Contains(page, "Welcome, anna!") || !strings.Contains(page, "<li>anna</li>") {
		t.Errorf("got %s", page)
	}
	if page := client.Post("/", dewartest.Form(good...)).Text(); !strings.Contains(page, "anna is a member already.") {
		t.Errorf("a second anna: got %s", page)
	}
}
