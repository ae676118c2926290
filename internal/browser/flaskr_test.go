package browser_test

import (
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// runFlaskr runs the blog with an empty database of its own.
func runFlaskr(t *testing.T) *tab {
	t.Helper()
	start(t)
	dir := t.TempDir()
	settings := []string{"FLASK_DATABASE=" + filepath.Join(dir, "blog.sqlite"), "FLASK_SECRET_KEY=" + once("a long text of the browser's test "), "FLASK_DRAIN_DELAY=0"}
	return open(t, run(t, dir, settings, must(t)(flaskr())).site)
}

// enter fills in the form for a name and a password, and sends it with Enter.
func (p *tab) enter(nameField, name, password string) {
	p.t.Helper()
	p.fill(nameField, name)
	p.fill("Password", password)
	p.press(kb.Enter)
}

func TestFlaskr(t *testing.T) {
	t.Parallel()
	p := runFlaskr(t)
	p.visit("/")
	p.sees("No posts yet.")
	p.looks("flaskr first page")

	p.push("Register")
	p.comesTo("/auth/register")
	p.looks("flaskr register")
	p.enter("Username", "ann", "correct horse")
	p.comesTo("/auth/login")
	p.enter("Username", "ann", "wrong")
	p.sees("Incorrect password.")
	p.looks("flaskr login with an error")
	p.enter("Username", "ann", "correct horse")
	p.sees("Log Out")

	p.push("New")
	p.comesTo("/create")
	p.looks("flaskr new post")
	p.fill("Title", " ")
	p.push("Save")
	p.sees("Title is required.")
	p.fill("Title", "A first post with a title of some length, and_a_word_that_has_no_end_and_no_space_in_it_anywhere")
	p.fill("Body", "Two lines\nof text.")
	p.push("Save")
	p.comesTo("/")
	p.sees("Two lines")
	p.looks("flaskr posts")
}

func TestFlaskr_EditAndDelete(t *testing.T) {
	t.Parallel()
	p := runFlaskr(t)
	p.visit("/auth/register")
	p.enter("Username", "ann", "correct horse")
	p.comesTo("/auth/login")
	p.visit("/auth/register")
	p.enter("Username", "ann", "correct horse")
	p.sees("User ann is already registered.")
	p.visit("/auth/login")
	p.enter("Username", "nobody", "correct horse")
	p.sees("Incorrect username.")
	p.enter("Username", "ann", "correct horse")
	p.sees("Log Out")
	p.push("New")
	p.comesTo("/create")
	p.fill("Title", "Frist")
	p.push("Save")
	p.comesTo("/")

	p.push("Edit")
	p.comesTo("/1/update")
	p.looks("flaskr edit")
	p.fill("Title", "First")
	p.push("Save")
	p.comesTo("/")
	p.sees("First")
	p.lacks("Frist")

	p.push("Edit")
	p.comesTo("/1/update")
	p.pushAndAnswer("Delete", false)
	p.comesTo("/1/update")
	p.pushAndAnswer("Delete", true)
	p.sees("No posts yet.")
	p.push("Log Out")
	p.sees("Log In")
	p.lacks("Log Out")

	p.visit("/7/update")
	p.comesTo("/auth/login")
	p.visit("/nothing")
	p.sees("Not Found")
	p.looks("flaskr not found")
}
