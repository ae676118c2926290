package httpauth_test

import (
	"fmt"
	"net/http/httptest"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/httpauth"
)

func ExampleBasic() {
	app := dewar.New("admin")
	app.Get("/", func(c *dewar.Context) error {
		name, _ := httpauth.User[string](c)
		return c.Text("Hello, " + name)
	}, dewar.Before(httpauth.Basic(func(c *dewar.Context, name, password string) (bool, error) {
		return httpauth.Equal(name, "ann") && httpauth.Equal(password, c.Config().String("ADMIN_PASSWORD")), nil
	}, httpauth.Realm("admin"))))
	if err := app.Config.Set("ADMIN_PASSWORD", "tiger"); err != nil {
		fmt.Println(err)
	}

	for _, password := range []string{"lion", "tiger"} {
		r := httptest.NewRequest("GET", "/", nil)
		r.SetBasicAuth("ann", password)
		w := httptest.NewRecorder()
		app.ServeHTTP(w, r)
		fmt.Println(w.Code, w.Header().Get("WWW-Authenticate"))
	}
	// Output:
	// 401 Basic realm="admin", charset="UTF-8"
	// 200
}

func ExampleBearer() {
	type client struct{ Name string }
	clients := map[string]*client{"s3cret": {"reports"}}

	api := dewar.NewBlueprint("api", dewar.URLPrefix("/api"))
	api.BeforeRequest(httpauth.Bearer(func(_ *dewar.Context, token string) (*client, error) {
		return clients[token], nil // nil: refused
	}))
	api.Get("/whoami", func(c *dewar.Context) error {
		who, _ := httpauth.User[*client](c)
		return c.Text(who.Name)
	})
	app := dewar.New("api")
	app.RegisterBlueprint(api)

	r := httptest.NewRequest("GET", "/api/whoami", nil)
	r.Header.Set("Authorization", "Bearer s3cret")
	w := httptest.NewRecorder()
	app.ServeHTTP(w, r)
	fmt.Println(w.Code, w.Body)
	// Output: 200 reports
}

// A page that greets who sends a name and a password, and shows itself to everybody.
func ExampleOption() {
	verify := func(_ *dewar.Context, name, password string) (bool, error) {
		return httpauth.Equal(password, "tiger"), nil
	}
	app := dewar.New("tools")
	app.Get("/", func(c *dewar.Context) error {
		name, ok := httpauth.User[string](c)
		return c.Text(fmt.Sprint(name, " ", ok))
	}, dewar.Before(httpauth.Basic(verify, httpauth.Realm("tools"), httpauth.Optional())))

	w := httptest.NewRecorder()
	app.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	fmt.Println(w.Code, w.Body)
	// Output: 200  false
}

func ExampleAny() {
	verify := func(_ *dewar.Context, name, password string) (bool, error) {
		return httpauth.Equal(password, "tiger"), nil
	}
	verifyToken := func(_ *dewar.Context, token string) (bool, error) { return httpauth.Equal(token, "s3cret"), nil }
	app := dewar.New("api")
	app.Get("/", func(c *dewar.Context) error { return c.Text("through") },
		dewar.Before(httpauth.Any(httpauth.Basic(verify), httpauth.Bearer(verifyToken))))

	w := httptest.NewRecorder()
	app.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	for _, challenge := range w.Header()["Www-Authenticate"] {
		fmt.Println(challenge)
	}
	// Output:
	// Basic realm="Authentication Required", charset="UTF-8"
	// Bearer realm="Authentication Required"
}
