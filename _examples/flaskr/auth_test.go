package main

import (
	"errors"
	"strings"
	"testing"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/password"
	"github.com/dewar-go/dewar/dewartest"
)

func TestRegister(t *testing.T) {
	t.Parallel()
	app, db := newBlog(t)
	client := visitor(t, app)
	res := client.Get("/auth/register").Want(200, `name="username"`, `name="password"`, `type="password"`)
	wantTitle(t, res, "Register - Flaskr")
	wantRedirect(t, client.Post("/auth/register", dewartest.Form("username", "a", "password", "b")), "/auth/login")
	if got := count(t, db, "SELECT count(*) FROM user WHERE username = 'a' AND password LIKE 'scrypt:%$%$%'"); got != 1 {
		t.Errorf("users called a with a hashed password: got %d, want 1", got)
	}
	wantRedirect(t, client.Post("/auth/login", dewartest.Form("username", "a", "password", "b")), "/")
}

func TestRegister_Refused(t *testing.T) {
	t.Parallel()
	app, db := newBlog(t)
	for _, tt := range []struct{ name, username, password, message, kept string }{
		{"no username", "", "secret", "Username is required.", `value=""`},
		{"nothing at all", "", "", "Username is required.", `value=""`},
		{"no password", "ann", "", "Password is required.", `value="ann"`},
		{"name taken", "test", "secret", "User test is already registered.", `value="test"`},
		{"markup", `<b>"&`, "", "Password is required.", `value="&lt;b&gt;&#34;&amp;"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			res := visitor(t, app).Post("/auth/register", dewartest.Form("username", tt.username, "password", tt.password))
			wantFlash(t, res, tt.message)
			wantTitle(t, res, "Register - Flaskr")
			res.Want(200, tt.kept)
			wantNot(t, res, "secret")
		})
	}
	if got := count(t, db, "SELECT count(*) FROM user"); got != 2 {
		t.Errorf("users: got %d, want 2", got)
	}
}

func TestRegister_MarkupInTakenName(t *testing.T) {
	t.Parallel()
	app, _ := newBlog(t)
	client := visitor(t, app)
	form := dewartest.Form("username", "<script>", "password", "x")
	wantRedirect(t, client.Post("/auth/register", form), "/auth/login")
	res := client.Post("/auth/register", form)
	wantFlash(t, res, "User <script> is already registered.")
	wantNot(t, res, "<script>")
}

func TestRegister_TwoAtOnce(t *testing.T) {
	t.Parallel()
	_, db := newBlog(t)
	a := &auth{db, &password.Hasher{Method: cheapMethod}}
	results := make(chan error)
	for range 2 {
		go func() { results <- a.addUser(t.Context(), "ann", "secret") }()
	}
	taken := 0
	for range 2 {
		switch err := <-results; {
		case errors.Is(err, errNameTaken):
			taken++
		case err != nil:
			t.Error(err)
		}
	}
	if taken != 1 {
		t.Errorf("refused: got %d, want 1", taken)
	}
}

func TestLogin(t *testing.T) {
	t.Parallel()
	app, _ := newBlog(t)
	client := visitor(t, app)
	res := client.Get("/auth/login").Want(200, `name="username"`, `name="password"`)
	wantTitle(t, res, "Log In - Flaskr")
	client.Session(func(s *dewar.Session) { s.Set("cart", "of a visitor") })
	res = client.Post("/auth/login", dewartest.Form("username", "test", "password", "test"))
	wantRedirect(t, res, "/")
	if cookie := res.Cookie("session"); cookie == nil || !cookie.HttpOnly {
		t.Errorf("cookie: got %v, want one that is HttpOnly", cookie)
	}
	if !dewar.Stored(res.Context.Session()).Renewed() {
		t.Error("the session keeps its id through the login")
	}
	client.Session(func(s *dewar.Session) {
		if got := s.Int("user_id"); got != 1 || s.Has("cart") {
			t.Errorf("session: got user_id %d and the keys %q, want 1 and nothing from before", got, s.Keys())
		}
	})
	res = client.Get("/")
	if user := currentUser.Get(res.Context); user == nil || user.Username != "test" {
		t.Errorf("current user: got %v, want test", user)
	}
}

func TestLogin_Refused(t *testing.T) {
	t.Parallel()
	app, _ := newBlog(t)
	for _, tt := range []struct{ name, username, password, message string }{
		{"unknown name", "a", "test", "Incorrect username."},
		{"empty name", "", "test", "Incorrect username."},
		{"name in other case", "Test", "test", "Incorrect username."},
		{"wrong password", "test", "a", "Incorrect password."},
		{"empty password", "test", "", "Incorrect password."},
		{"an injection", "test' --", "x", "Incorrect username."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			client := visitor(t, app)
			res := client.Post("/auth/login", dewartest.Form("username", tt.username, "password", tt.password))
			wantFlash(t, res, tt.message)
			wantTitle(t, res, "Log In - Flaskr")
			if tt.username == "test" {
				res.Want(200, `value="test"`)
			}
			wantNot(t, client.Get("/"), "Log Out", `class="flash"`)
		})
	}
}

func TestAuth_MissingField(t *testing.T) {
	t.Parallel()
	app, _ := newBlog(t)
	client := visitor(t, app)
	for _, path := range []string{"/auth/register", "/auth/login"} {
		client.Post(path).Want(400)
		client.Post(path, dewartest.Form("username", "test")).Want(400, "password")
		client.Post(path, dewartest.Form("password", "test")).Want(400, "username")
		client.Post(path, dewartest.JSON(dewar.Map{"username": "test", "password": "test"})).Want(400)
	}
}

func TestLogout(t *testing.T) {
	t.Parallel()
	app, _ := newBlog(t)
	client := loggedIn(t, app, "test")
	client.Get("/").Want(200, "Log Out")
	wantRedirect(t, client.Get("/auth/logout"), "/")
	if cookie := client.Cookie("session"); cookie != nil {
		t.Errorf("cookie after the logout: got %v, want none", cookie)
	}
	wantNot(t, client.Get("/"), "Log Out")
}

func TestSession_TamperedOrStale(t *testing.T) {
	t.Parallel()
	app, db := newBlog(t)
	client := loggedIn(t, app, "test")
	value := client.Cookie("session").Value
	visitor(t, app).Get("/", dewartest.Cookie("session", value)).Want(200, "Log Out")
	forged := strings.ToUpper(value[:8]) + value[8:]
	wantNot(t, visitor(t, app).Get("/", dewartest.Cookie("session", forged)), "Log Out")
	mustExec(t, db, "DELETE FROM post")
	mustExec(t, db, "DELETE FROM user")
	wantNot(t, client.Get("/"), "Log Out")
	wantRedirect(t, client.Get("/create"), "/auth/login")
}

func TestCrossSitePostIsRefused(t *testing.T) {
	t.Parallel()
	app, db := newBlog(t)
	client := loggedIn(t, app, "test")
	for _, path := range []string{"/auth/login", "/auth/register", "/create", "/1/update", "/1/delete"} {
		client.Post(path, dewartest.Form("title", "x", "body", "x", "username", "x", "password", "x"),
			dewartest.Header("Sec-Fetch-Site", "cross-site")).Want(403)
	}
	if got := count(t, db, "SELECT count(*) FROM post WHERE title = 'test title'"); got != 1 {
		t.Errorf("posts: got %d, want 1", got)
	}
}
