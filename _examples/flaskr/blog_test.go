package main

import (
	"strings"
	"testing"

	"github.com/dewar-go/dewar/dewartest"
)

func TestIndex_Visitor(t *testing.T) {
	t.Parallel()
	app, _ := newBlog(t)
	res := visitor(t, app).Get("/").Want(200, ">Flaskr</a>", ">Log In</a>", ">Register</a>", `href="/auth/login"`, `href="/auth/register"`,
		`<link rel="stylesheet" href="/static/style.css?v=`,
		"<article", "<h1>test title</h1>", `<div class="about">by test on 2018-01-01</div>`, "<p class=\"body\">test\nbody</p>")
	wantTitle(t, res, "Posts - Flaskr")
	wantNot(t, res, ">Log Out</a>", ">New</a>", ">Edit</a>", `class="flash"`)
}

func TestIndex_Author(t *testing.T) {
	t.Parallel()
	app, _ := newBlog(t)
	res := loggedIn(t, app, "test").Get("/").Want(200, ">Log Out</a>", `href="/auth/logout"`, `href="/create">New</a>`, `href="/1/update">Edit</a>`)
	wantNot(t, res, ">Log In</a>", ">Register</a>")
}

func TestIndex_OtherUser(t *testing.T) {
	t.Parallel()
	app, _ := newBlog(t)
	res := loggedIn(t, app, "other").Get("/").Want(200, "test title", `href="/create">New</a>`)
	wantNot(t, res, ">Edit</a>", "/1/update")
}

func TestIndex_NewestFirst(t *testing.T) {
	t.Parallel()
	app, db := newBlog(t)
	mustExec(t, db, `INSERT INTO post (author_id, title, body, created) VALUES
		(1, 'oldest', '', '2001-01-01 00:00:00'),
		(2, 'newer', '', '2024-02-29 12:00:00'), (2, 'newest of the second', '', '2024-02-29 12:00:00')`)
	text := visitor(t, app).Get("/").Want(200, "by other on 2024-02-29").Text()
	last := -1
	for _, title := range []string{"newest of the second", "newer", "test title", "oldest"} {
		at := strings.Index(text, "<h1>"+title+"</h1>")
		if at <= last {
			t.Errorf("%q is at %d, want it after %d", title, at, last)
		}
		last = at
	}
}

func TestIndex_Empty(t *testing.T) {
	t.Parallel()
	app, _ := newEmptyBlog(t)
	res := visitor(t, app).Get("/").Want(200, "No posts yet.")
	wantNot(t, res, "<article")
}

func TestLoginRequired(t *testing.T) {
	t.Parallel()
	app, db := newBlog(t)
	client := visitor(t, app)
	for _, path := range []string{"/create", "/1/update", "/7/update"} {
		wantRedirect(t, client.Get(path), "/auth/login")
	}
	for _, path := range []string{"/create", "/1/update", "/1/delete", "/7/delete"} {
		wantRedirect(t, client.Post(path, dewartest.Form("title", "x", "body", "x")), "/auth/login")
		wantRedirect(t, client.Post(path), "/auth/login")
	}
	if got := count(t, db, "SELECT count(*) FROM post WHERE title = 'test title'"); got != 1 {
		t.Errorf("posts: got %d, want 1", got)
	}
}

func TestAuthorRequired(t *testing.T) {
	t.Parallel()
	app, db := newBlog(t)
	client := loggedIn(t, app, "other")
	client.Get("/1/update").Want(403)
	client.Post("/1/update", dewartest.Form("title", "x", "body", "x")).Want(403)
	client.Post("/1/update").Want(403)
	client.Post("/1/delete").Want(403)
	if got := count(t, db, "SELECT count(*) FROM post WHERE title = 'test title'"); got != 1 {
		t.Errorf("posts: got %d, want 1", got)
	}
}

func TestPostMustExist(t *testing.T) {
	t.Parallel()
	app, _ := newBlog(t)
	client := loggedIn(t, app, "test")
	form := dewartest.Form("title", "x", "body", "x")
	client.Get("/2/update").Want(404, "Post id 2 doesn't exist.")
	client.Post("/2/update", form).Want(404, "Post id 2 doesn't exist.")
	client.Post("/2/delete").Want(404, "Post id 2 doesn't exist.")
	client.Get("/2/update", dewartest.Header("Accept", "text/html")).Want(404, "Post id 2 doesn&#39;t exist.")
	for _, path := range []string{"/x/update", "/1x/update", "/-1/update", "/1.0/update", "/99999999999999999999/update"} {
		res := client.Get(path).Want(404)
		wantNot(t, res, "Post id")
		client.Post(path, form).Want(404)
	}
	client.Post("/x/delete").Want(404)
}

func TestCreate(t *testing.T) {
	t.Parallel()
	app, db := newBlog(t)
	client := loggedIn(t, app, "test")
	res := client.Get("/create").Want(200, `name="title"`, `<textarea name="body"`)
	wantTitle(t, res, "New Post - Flaskr")
	wantRedirect(t, client.Post("/create", dewartest.Form("title", "created", "body", "")), "/")
	if got := count(t, db, "SELECT count(*) FROM post"); got != 2 {
		t.Errorf("posts: got %d, want 2", got)
	}
	client.Get("/").Want(200, "<h1>created</h1>", `href="/2/update"`)
}

func TestUpdate(t *testing.T) {
	t.Parallel()
	app, db := newBlog(t)
	client := loggedIn(t, app, "test")
	res := client.Get("/1/update").Want(200, `value="test title"`, ">\ntest\nbody</textarea>", `action="/1/delete"`)
	wantTitle(t, res, `Edit "test title" - Flaskr`)
	if got := strings.Count(res.Text(), "<form"); got != 2 {
		t.Errorf("forms: got %d, want 2", got)
	}
	wantRedirect(t, client.Post("/1/update", dewartest.Form("title", "updated", "body", "new")), "/")
	if got := count(t, db, "SELECT count(*) FROM post WHERE id = 1 AND title = 'updated' AND body = 'new'"); got != 1 {
		t.Errorf("posts with the new title and body: got %d, want 1", got)
	}
}

func TestCreateUpdate_Validate(t *testing.T) {
	t.Parallel()
	app, db := newBlog(t)
	client := loggedIn(t, app, "test")
	for path, title := range map[string]string{"/create": "New Post - Flaskr", "/1/update": `Edit "test title" - Flaskr`} {
		for _, typed := range []string{"", "  "} {
			res := client.Post(path, dewartest.Form("title", typed, "body", "\n\n<typed> & kept"))
			wantFlash(t, res, "Title is required.")
			wantTitle(t, res, title)
			res.Want(200, `value="`+typed+`"`, ">\n\n\n&lt;typed&gt; &amp; kept</textarea>")
		}
		client.Post(path, dewartest.Form("title", "x")).Want(400, "body")
		client.Post(path, dewartest.Form("body", "x")).Want(400, "title")
		client.Post(path).Want(400)
	}
	wantNot(t, client.Get("/"), `class="flash"`)
	if got := count(t, db, "SELECT count(*) FROM post WHERE title = 'test title'"); got != 1 {
		t.Errorf("posts: got %d, want 1", got)
	}
}

func TestMarkupInPosts(t *testing.T) {
	t.Parallel()
	app, _ := newBlog(t)
	client := loggedIn(t, app, "test")
	wantRedirect(t, client.Post("/create", dewartest.Form("title", `</title><script>"x"`, "body", "</textarea><script>")), "/")
	res := client.Get("/").Want(200, "&lt;script&gt;")
	wantNot(t, res, "<script>")
	res = client.Get("/2/update")
	wantTitle(t, res, `Edit "</title><script>"x"" - Flaskr`)
	wantNot(t, res, "<script>", "</textarea>&lt;")
}

func TestDelete(t *testing.T) {
	t.Parallel()
	app, db := newBlog(t)
	client := loggedIn(t, app, "test")
	if res := client.Get("/1/delete").Want(405); !strings.Contains(res.Header.Get("Allow"), "POST") {
		t.Errorf("Allow: got %q, want POST in it", res.Header.Get("Allow"))
	}
	wantRedirect(t, client.Post("/1/delete"), "/")
	if got := count(t, db, "SELECT count(*) FROM post"); got != 0 {
		t.Errorf("posts: got %d, want 0", got)
	}
	client.Post("/1/delete").Want(404, "Post id 1 doesn't exist.")
}
