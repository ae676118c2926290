package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/password"
)

// currentUser is the name of who is logged in, "" for a visitor. Templates know it as g.user.
var currentUser = dewar.NewKey[string]("user")

// maxName is how long a name may be, and a password.
const maxName = 64

// auth is where users register, log in and log out.
type auth struct {
	accounts  accounts
	passwords *password.Hasher
}

func authBlueprint(accounts accounts, passwords *password.Hasher) *dewar.Blueprint {
	a := &auth{accounts, passwords}
	bp := dewar.NewBlueprint("auth", dewar.URLPrefix("/auth"))
	bp.BeforeAppRequest(loadUser)
	bp.Route("/register", a.register, dewar.Methods("GET", "POST"))
	bp.Route("/login", a.login, dewar.Methods("GET", "POST"))
	bp.Post("/logout", logout)
	return bp
}

// loadUser finds out who is logged in, before each request. The session has the name; if it cannot be read the answer is a 503.
func loadUser(c *dewar.Context) error {
	if c.Endpoint() != "static" && c.Endpoint() != "healthz" {
		currentUser.Set(c, c.Session().String("user"))
	}
	return nil
}

// loginRequired sends visitors to the login page, and programs a 401, for dewar.Before.
func loginRequired(c *dewar.Context) error {
	switch {
	case currentUser.Get(c) != "":
		return nil
	case wantsJSON(c):
		return dewar.Abort(http.StatusUnauthorized)
	}
	return c.RedirectTo("auth.login")
}

func wantsJSON(c *dewar.Context) bool {
	return c.Accepts("text/html", "application/json") == "application/json"
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
	case len(username) > maxName || len(plain) > maxName:
		c.Flash(fmt.Sprintf("Username and password may have %d characters.", maxName))
	default:
		err = a.addUser(c, username, plain)
		if err == nil {
			c.Flash("You are registered. Log in now.")
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
	hash, err := a.accounts.hash(c, username)
	if err != nil {
		return err
	}
	ok, err := a.passwords.Check(c, hash, plain) // of no user it takes as long
	if err != nil {
		return err
	}
	if !ok {
		c.Flash("Incorrect username or password.")
		return c.Render("auth/login.html", nil)
	}
	begin(c, username)
	return c.RedirectTo("home.index")
}

// begin has the session be that of a user, with what the list of sessions shows.
func begin(c *dewar.Context, username string) {
	s := c.Session()
	s.Clear()
	s.Renew()
	s.Set("user", username)
	s.Set("device", deviceOf(c.Request.UserAgent()))
	s.Set("address", c.ClientIP().String())
}

// logout ends the session in the store, for all processes at once.
func logout(c *dewar.Context) error {
	c.Session().Destroy()
	return c.RedirectTo("home.index")
}

func (a *auth) addUser(ctx context.Context, username, plain string) error {
	hash, err := a.passwords.Hash(ctx, plain)
	if err != nil {
		return err
	}
	return a.accounts.add(ctx, username, hash)
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
