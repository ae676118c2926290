package main

import (
	"context"
	"database/sql"
	"errors"
	"strconv"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/itsdangerous"
	"github.com/dewar-go/dewar/contrib/login"
)

// A User is who may write.
type User struct {
	login.UserMixin
	ID       int64
	Username string
	Password string // its hash
	Admin    bool
	Blocked  bool
	Posts    int // how many
}

// auth has the accounts.
func (b *blog) auth() *dewar.Blueprint {
	bp := dewar.NewBlueprint("auth", dewar.URLPrefix("/auth"))
	both := dewar.Methods("GET", "POST")
	bp.Route("/register", b.register, both)
	bp.Route("/login", b.login, both)
	bp.Post("/logout", b.logout, dewar.Before(b.users.Required))
	bp.Get("/account", b.account, dewar.Before(b.users.Required))
	bp.Route("/password", b.password, both, dewar.Before(b.users.FreshRequired))
	return bp
}

// manager knows the users as Flask-Login does.
func (b *blog) manager() *login.Manager[*User] {
	return &login.Manager[*User]{
		Load:            b.loadUser,
		ID:              func(u *User) string { return strconv.FormatInt(u.ID, 10) },
		View:            "auth.login",
		RefreshView:     "auth.login",
		MessageCategory: "error",
		RefreshCategory: "error",
		Localize:        func(c *dewar.Context, message string) string { return b.texts.Gettext(c, message) },
	}
}

// loadUser returns the user with that id, or nil when there is none or it is blocked.
func (b *blog) loadUser(c *dewar.Context, id string) (*User, error) {
	user, err := b.findUser(c, "id", id)
	if err != nil || user == nil || user.Blocked {
		return nil, err
	}
	return user, nil
}

// findUser returns the user with a value in a column, or nil.
func (b *blog) findUser(ctx context.Context, column string, value any) (*User, error) {
	u := new(User)
	err := b.db.QueryRowContext(ctx, "SELECT id, username, password, admin, blocked FROM user WHERE "+column+" = ?", value).
		Scan(&u.ID, &u.Username, &u.Password, &u.Admin, &u.Blocked)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return u, err
}

// tokens signs what programs show the API, as Python does.
func (b *blog) tokens() (*itsdangerous.URLSafeTimedSerializer, error) {
	keys := itsdangerous.Keys(b.config.String("SECRET_KEY"))
	return itsdangerous.NewURLSafeTimedSerializer(keys, itsdangerous.Options{Salt: "api-token"})
}

// apiToken is what a token says.
type apiToken struct {
	User int64 `json:"user"`
}

// loadToken returns the user whose token this is, or nil.
func (b *blog) loadToken(c *dewar.Context, token string) (*User, error) {
	tokens, err := b.tokens()
	if err != nil {
		return nil, err
	}
	var said apiToken
	if tokens.Loads(token, &said, itsdangerous.MaxAge(b.config.Duration("TOKEN_LIFETIME"))) != nil {
		return nil, nil
	}
	return b.loadUser(c, strconv.FormatInt(said.User, 10))
}

var (
	nameField     = []check{required("A name is needed."), atMost(40, "This is too long.")}
	passwordField = []check{required("A password is needed.")}
)

func (b *blog) register(c *dewar.Context) error {
	form, ok := b.form(c, field("username", "Name", nameField...), field("password", "Password", passwordField...))
	if ok {
		name := c.Form().String("username")
		err := b.addUser(c, name, c.Form().String("password"))
		if err == nil {
			b.flash(c, "Welcome, %(name)s. You can log in now.", "name", name)
			return c.RedirectTo("auth.login")
		}
		if !isTaken(err) {
			return err
		}
		b.refuse(c, form["username"], "This name is taken.")
	}
	return c.Render("auth/register.html", dewar.Map{"form": form})
}

// addUser adds a user. The first one is the admin.
func (b *blog) addUser(ctx context.Context, name, plain string) error {
	hash, err := b.passwords.Hash(ctx, plain)
	if err != nil {
		return err
	}
	_, err = b.db.ExecContext(ctx, "INSERT INTO user (username, password, admin) VALUES (?, ?, NOT EXISTS (SELECT * FROM user))", name, hash)
	return err
}

func (b *blog) login(c *dewar.Context) error {
	form, ok := b.form(c, field("username", "Name", nameField...), field("password", "Password", passwordField...),
		field("remember", "Remember me"))
	if ok {
		user, err := b.checkUser(c, c.Form().String("username"), c.Form().String("password"))
		if err != nil {
			return err
		}
		if user != nil {
			return b.welcome(c, user)
		}
		c.Flash(b.texts.Gettext(c, "Name and password do not match."), "error")
	}
	return c.Render("auth/login.html", dewar.Map{"form": form})
}

// checkUser returns the user with that name and password, or nil.
func (b *blog) checkUser(ctx context.Context, name, plain string) (*User, error) {
	user, err := b.findUser(ctx, "username", name)
	if err != nil {
		return nil, err
	}
	var hash string // of nobody, which takes as long
	if user != nil {
		hash = user.Password
	}
	ok, err := b.passwords.Check(ctx, hash, plain)
	if err != nil || !ok || user.Blocked {
		return nil, err
	}
	return user, nil
}

// welcome logs the user in, and goes on to the page that has asked for it.
func (b *blog) welcome(c *dewar.Context, user *User) error {
	var opts []login.Option
	if c.Form().String("remember") != "" {
		opts = append(opts, login.Remember())
	}
	if err := b.users.Login(c, user, opts...); err != nil {
		return err
	}
	b.flash(c, "You are logged in.")
	home, err := c.URLFor("posts.index")
	if err != nil {
		return err
	}
	return c.Redirect(c.SafeNext(c.Query().String("next"), home))
}

func (b *blog) logout(c *dewar.Context) error {
	if err := b.users.Logout(c); err != nil {
		return err
	}
	b.flash(c, "You are logged out.")
	return c.RedirectTo("posts.index")
}

func (b *blog) account(c *dewar.Context) error {
	tokens, err := b.tokens()
	if err != nil {
		return err
	}
	token, err := tokens.Dumps(apiToken{b.users.MustCurrent(c).ID})
	if err != nil {
		return err
	}
	return c.Render("auth/account.html", dewar.Map{"token": token})
}

func (b *blog) password(c *dewar.Context) error {
	form, ok := b.form(c, field("password", "New password", passwordField...))
	if !ok {
		return c.Render("auth/password.html", dewar.Map{"form": form})
	}
	hash, err := b.passwords.Hash(c, c.Form().String("password"))
	if err != nil {
		return err
	}
	_, err = b.db.ExecContext(c, "UPDATE user SET password = ? WHERE id = ?", hash, b.users.MustCurrent(c).ID)
	if err != nil {
		return err
	}
	b.flash(c, "Your password is changed.")
	return c.RedirectTo("auth.account")
}
