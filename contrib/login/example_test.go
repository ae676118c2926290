package login_test

import (
	"fmt"
	"log"
	"net/http/httptest"
	"strconv"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/login"
)

type Account struct {
	login.UserMixin
	ID   int64
	Name string
}

var accounts = map[string]*Account{"7": {ID: 7, Name: "ann"}}

func Example() {
	users := &login.Manager[*Account]{
		Load: func(_ *dewar.Context, id string) (*Account, error) { return accounts[id], nil }, // nil: nobody
		ID:   func(a *Account) string { return strconv.FormatInt(a.ID, 10) },
		View: "login",
	}

	app := dewar.New("members")
	if err := app.Config.Set("SECRET_KEY", "an example needs a key that is long enough, too"); err != nil {
		log.Fatal(err)
	}
	users.Init(app)
	app.Get("/login", func(c *dewar.Context) error { return c.Text("Who are you?") }, dewar.Endpoint("login"))
	app.Post("/login", func(c *dewar.Context) error {
		if err := users.Login(c, accounts["7"], login.Remember()); err != nil { // the password has been checked by now
			return err
		}
		return c.Redirect(c.SafeNext(c.Query().String("next"), "/"))
	}, dewar.Endpoint("login_post"))
	app.Get("/account", func(c *dewar.Context) error {
		return c.Text("Hello, " + users.MustCurrent(c).Name)
	}, dewar.Endpoint("account"), dewar.Before(users.Required))

	w := httptest.NewRecorder()
	app.ServeHTTP(w, httptest.NewRequest("GET", "/account", nil))
	fmt.Println(w.Code, w.Header().Get("Location"))

	w = httptest.NewRecorder()
	app.ServeHTTP(w, httptest.NewRequest("POST", "/login?next=/account", nil))
	fmt.Println(w.Code, w.Header().Get("Location"))

	r := httptest.NewRequest("GET", "/account", nil)
	for _, cookie := range w.Result().Cookies() {
		r.AddCookie(cookie)
	}
	w = httptest.NewRecorder()
	app.ServeHTTP(w, r)
	fmt.Println(w.Code, w.Body)
	// Output:
	// 302 /login?next=%2Faccount
	// 302 /account
	// 200 Hello, ann
}

func ExampleEncodeCookie() {
	cookie, err := login.EncodeCookie("7", "dev")
	if err != nil {
		log.Fatal(err)
	}
	id, ok := login.DecodeCookie(cookie, "a newer key", "dev")
	fmt.Println(id, ok)
	// Output: 7 true
}

func ExampleAnonymousUser() {
	type visitor struct {
		login.AnonymousUser
		Name string
	}
	users := &login.Manager[*Account]{Anonymous: visitor{Name: "whoever you are"}} // and the rest
	fmt.Println(users.Anonymous.IsAuthenticated())
	// Output: false
}

// An account that can be locked: a locked one is logged in nowhere, and not by a remember cookie either.
type lockable struct {
	login.UserMixin
	locked bool
}

func (l *lockable) IsActive() bool { return !l.locked }

func ExampleUserMixin() {
	var user login.User = &lockable{locked: true}
	fmt.Println(user.IsAuthenticated(), user.IsActive(), user.IsAnonymous())
	// Output: true false false
}

func ExampleUser() {
	greet := func(user login.User) string {
		if user.IsAnonymous() {
			return "Who are you?"
		}
		return "Welcome back!"
	}
	fmt.Println(greet(login.AnonymousUser{}), greet(&lockable{}))
	// Output: Who are you? Welcome back!
}

func ExampleManager() {
	users := &login.Manager[*Account]{
		Load: func(_ *dewar.Context, id string) (*Account, error) { return accounts[id], nil },
		ID:   func(a *Account) string { return strconv.FormatInt(a.ID, 10) },
	}
	app := dewar.New("members")
	if err := app.Config.Set("SECRET_KEY", "an example needs a key that is long enough, too"); err != nil {
		log.Fatal(err)
	}
	users.Init(app)
	app.Post("/", func(c *dewar.Context) error {
		before, err := users.Current(c) // nil, nil: nobody is logged in
		if err != nil {
			return err
		}
		if err := users.Login(c, accounts["7"], login.Remember()); err != nil {
			return err
		}
		after, err := users.Current(c)
		if err != nil {
			return err
		}
		if err := users.Logout(c); err != nil {
			return err
		}
		return c.Text(fmt.Sprint(before == nil, " ", after.Name))
	}, dewar.Endpoint("home"))

	w := httptest.NewRecorder()
	app.ServeHTTP(w, httptest.NewRequest("POST", "/", nil))
	fmt.Println(w.Body)
	// Output: true ann
}

func ExampleOption() {
	var users *login.Manager[*Account] // that of the program
	short := []login.Option{login.RememberFor(14 * 24 * time.Hour), login.NotFresh()}
	_ = func(c *dewar.Context, a *Account) error { return users.Login(c, a, short...) }
	fmt.Println(len(short))
	// Output: 2
}

func ExampleEvent() {
	users := &login.Manager[*Account]{} // and the rest
	users.UserLoggedIn.Connect(func(e login.Event[*Account]) {
		e.Context.Logger().Info("login", "name", e.User.Name)
	})
}
