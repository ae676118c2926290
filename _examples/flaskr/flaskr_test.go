package main

import (
	"database/sql"
	"html"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/dewartest"
)

// cheapMethod makes hashes in no time.
const cheapMethod = "scrypt:16:8:1"

// testData are two users, whose passwords are their names, and a post of the first.
const testData = `
INSERT INTO user (username, password) VALUES
  ('test', 'scrypt:16:8:1$salt-of-test$ab5ea2022d0ff4e8d1424607d35dfddc1474266d7a4ff35129ce8d346941a65d1c1b111ac4aa19543fab2209ccb70f6ef1af7544af7f721356e3157e0ec2f8e5'),
  ('other', 'scrypt:16:8:1$salt-of-other$d91c820aa824f077c0e43dcb1f031e9b7a0ece9e4b27a36b09d74d37e5e0614d3d23b0202b6546cb5487f0f4e835482812c250a5c305a4a90923b5fcbe427953');
INSERT INTO post (title, body, author_id, created) VALUES
  ('test title', 'test' || char(10) || 'body', 1, '2018-01-01 00:00:00');
`

// newBlog returns a blog of its own, with the test data in it.
func newBlog(t *testing.T) (*dewar.App, *sql.DB) {
	t.Helper()
	app, db := newEmptyBlog(t)
	mustExec(t, db, testData)
	return app, db
}

func newEmptyBlog(t *testing.T) (*dewar.App, *sql.DB) {
	t.Helper()
	app, db, err := createApp(dewar.Map{
		"TESTING":         true,
		"DATABASE":        filepath.Join(t.TempDir(), "flaskr.sqlite"),
		"PASSWORD_METHOD": cheapMethod,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return app, db
}

func mustExec(t *testing.T, db *sql.DB, query string, args ...any) {
	t.Helper()
	if _, err := db.Exec(query, args...); err != nil {
		t.Fatal(err)
	}
}

// count returns the one number that query selects.
func count(t *testing.T, db *sql.DB, query string, args ...any) int {
	t.Helper()
	var n int
	if err := db.QueryRow(query, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// visitor returns a client that has not logged in.
func visitor(t *testing.T, app *dewar.App) *dewartest.Client {
	t.Helper()
	return dewartest.New(t, app, dewartest.PropagateErrors())
}

// loggedIn returns the client of a user of the test data.
func loggedIn(t *testing.T, app *dewar.App, username string) *dewartest.Client {
	t.Helper()
	client := visitor(t, app)
	wantRedirect(t, client.Post("/auth/login", dewartest.Form("username", username, "password", username)), "/")
	return client
}

func wantRedirect(t *testing.T, res *dewartest.Response, location string) {
	t.Helper()
	res.Want(302)
	if got := res.Location(); got != location {
		t.Errorf("Location of %s %s: got %q, want %q", res.Request.Method, res.Request.URL, got, location)
	}
}

var titleElement = regexp.MustCompile(`(?s)<title>(.*?)</title>`)

// wantTitle checks the title of a page as a browser shows it.
func wantTitle(t *testing.T, res *dewartest.Response, title string) {
	t.Helper()
	match := titleElement.FindStringSubmatch(res.Text())
	if match == nil {
		t.Fatalf("no title in %s", res.Text())
	}
	if got := html.UnescapeString(match[1]); got != title {
		t.Errorf("title: got %q, want %q", got, title)
	}
}

var flashElement = regexp.MustCompile(`<div class="flash"[^>]*>(.*?)</div>`)

// wantFlash checks the one message that a page shows.
func wantFlash(t *testing.T, res *dewartest.Response, message string) {
	t.Helper()
	res.Want(200)
	matches := flashElement.FindAllStringSubmatch(res.Text(), -1)
	if len(matches) != 1 {
		t.Fatalf("messages: got %d, want 1 in %s", len(matches), res.Text())
	}
	if got := html.UnescapeString(matches[0][1]); got != message {
		t.Errorf("message: got %q, want %q", got, message)
	}
}

func wantNot(t *testing.T, res *dewartest.Response, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if strings.Contains(res.Text(), text) {
			t.Errorf("%s %s: %q should not be in %s", res.Request.Method, res.Request.URL, text, res.Text())
		}
	}
}
