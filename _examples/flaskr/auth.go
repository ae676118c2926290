package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"

	sqlite3 "modernc.org/sqlite/lib"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/password"
)

// User is someone who has registered.
type User struct {
	ID       int64
	Username string
}

// currentUser is who is logged in, nil for a visitor. Templates know it as g.user.
var currentUser = dewar.NewKey[*User]("user")

// auth is the part of the blog where users register, log in and log out.
type auth struct {
	db        *sql.DB
	passwords *password.Hasher
}

func authBlueprint(db *sql.DB, passwords *password.Hasher) *dewar.Blueprint {
	a := &auth{db, passwords}
	bp := dewar.NewBlueprint("auth", dewar.URLPrefix("/auth"))
	bp.BeforeAppRequest(a.loadUser)
	bp.Route("/register", a.register, dewar.Methods("GET", "POST"))
	bp.Route("/login", a.login, dewar.Methods("GET", "POST"))
	bp.Get("/logout", a.logout)
	return bp
}

// loadUser finds who is logged in, before each request to any view. A session whose user is gone, because the
// database was emptied, is that of a visitor. Static files are the same for everyone and need no session.
func (a *auth) loadUser(c *dewar.Context) error {
	if c.Endpoint() == "static" || !c.Session().Has("user_id") {
		return nil
	}
	user := &User{ID: c.Session().Int64("user_id")}
	err := a.db.QueryRowContext(c, "SELECT username FROM user WHERE id = ?", user.ID).Scan(&user.Username)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	currentUser.Set(c, user)
	return nil
}

// loginRequired sends visitors to the login page, for dewar.Before.
func loginRequired(c *dewar.Context) error {
	if currentUser.Get(c) == nil {
		return c.RedirectTo("auth.login")
	}
	return nil
}

func (a *auth) register(c *dewar.Context) error {
	if c.Request.Method != http.MethodPost {
		return c.Render("auth/register.html", nil)
	}
	username, plain, err := credentials(c)
	if err != nil {
		return err
	}
	switch {
	case username == "":
		c.Flash("Username is required.")
	case plain == "":
		c.Flash("Password is required.")
	default:
		err = a.addUser(c, username, plain)
		if err == nil {
			return c.RedirectTo("auth.login")
		}
		if !errors.Is(err, errNameTaken) {
			return err
		}
		c.Flash(fmt.Sprintf("User %s is already registered.", username))
	}
	return c.Render("auth/register.html", nil)
}

func (a *auth) login(c *dewar.Context) error {
	if c.Request.Method != http.MethodPost {
		return c.Render("auth/login.html", nil)
	}
	username, plain, err := credentials(c)
	if err != nil {
		return err
	}
	id, err := a.checkUser(c, username, plain)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		c.Flash("Incorrect username.")
	case errors.Is(err, errPassword):
		c.Flash("Incorrect password.")
	case err != nil:
		return err
	default:
		s := c.Session()
		s.Clear()
		s.Set("user_id", id)
		s.Renew()
		return c.RedirectTo("blog.index")
	}
	return c.Render("auth/login.html", nil)
}

func (a *auth) logout(c *dewar.Context) error {
	c.Session().Clear()
	return c.RedirectTo("blog.index")
}

// credentials returns the fields of the two forms. One that is missing altogether is a 400.
func credentials(c *dewar.Context) (username, plain string, err error) {
	username, err = dewar.Require[string](c.Form(), "username")
	if err != nil {
		return "", "", err
	}
	plain, err = dewar.Require[string](c.Form(), "password")
	return username, plain, err
}

var (
	errNameTaken = errors.New("the name is taken")
	errPassword  = errors.New("the password is wrong")
)

// addUser keeps a new user, or returns errNameTaken. The database decides on that: to ask it first would leave
// room for two who want the same name at the same moment.
func (a *auth) addUser(ctx context.Context, username, plain string) error {
	hash, err := a.passwords.Hash(ctx, plain)
	if err != nil {
		return err
	}
	_, err = a.db.ExecContext(ctx, "INSERT INTO user (username, password) VALUES (?, ?)", username, hash)
	if sqliteCode(err, sqlite3.SQLITE_CONSTRAINT_UNIQUE) {
		return errNameTaken
	}
	return err
}

// checkUser returns the id of a user; sql.ErrNoRows when there is none, errPassword when the password is
// wrong. An unknown name is told apart from a wrong password in the answer, so nothing is done to make them
// take the same time.
func (a *auth) checkUser(ctx context.Context, username, plain string) (id int64, err error) {
	var hash string
	err = a.db.QueryRowContext(ctx, "SELECT id, password FROM user WHERE username = ?", username).Scan(&id, &hash)
	if err != nil {
		return 0, err
	}
	ok, err := a.passwords.Check(ctx, hash, plain)
	if err == nil && !ok {
		err = errPassword
	}
	return id, err
}
