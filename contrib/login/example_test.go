package login_test

import (
	"fmt"
	"log"
	"net/http/httptest"
	"strconv"

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
