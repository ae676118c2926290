package dewartest_test

import (
	"fmt"
	"testing"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/dewartest"
)

// newShop returns the application of the examples.
func newShop() *dewar.App {
	app := dewar.New("shop")
	app.Config.Set("SECRET_KEY", "a key for tests, and for tests alone")
	app.Get("/", func(c *dewar.Context) error {
		return c.Text("Welcome, " + dewar.ValueOr(c.Session(), "username", "stranger"))
	})
	app.Post("/login", func(c *dewar.Context) error {
		c.Session().Clear()
		c.Session().Set("username", c.Form().String("username"))
		c.Flash("You are in.")
		return c.Redirect("/")
	})
	app.Post("/cart", func(c *dewar.Context) error {
		var item struct{ Name string }
		if err := c.BindJSON(&item); err != nil {
			return err
		}
		return c.Status(201).JSON(dewar.Map{"added": item.Name})
	})
	return app
}

func ExampleNew() {
	t := exampleT() // in a test, the t of the test

	client := dewartest.New(t, newShop())
	res := client.Get("/")
	fmt.Println(res.StatusCode, res.Text())
	// Output: 200 Welcome, stranger
}

func ExampleClient() {
	t := exampleT() // in a test, the t of the test

	client := dewartest.New(t, newShop())
	login := client.Post("/login", dewartest.Form("username", "ann", "password", "secret"))
	fmt.Println(login.StatusCode, login.Location(), login.Flashed[0].Message)

	// The client has kept the cookie of the session.
	fmt.Println(client.Get("/").Text())
	// Output:
	// 302 / You are in.
	// Welcome, ann
}

func ExampleClient_Post() {
	t := exampleT() // in a test, the t of the test

	client := dewartest.New(t, newShop())
	res := client.Post("/login", dewartest.Form("username", "ann"), dewartest.FollowRedirects())
	fmt.Println(res.Text(), "after", len(res.History), "redirect")

	var answer struct{ Added string }
	client.Post("/cart", dewartest.JSON(dewar.Map{"name": "apple"})).Want(201).JSON(&answer)
	fmt.Println(answer.Added)
	// Output:
	// Welcome, ann after 1 redirect
	// apple
}

func ExampleClient_Session() {
	t := exampleT() // in a test, the t of the test

	client := dewartest.New(t, newShop())
	client.Session(func(s *dewar.Session) { s.Set("username", "bob") })
	fmt.Println(client.Get("/").Text())

	client.Session(func(s *dewar.Session) { fmt.Println(s.Keys()) })
	// Output:
	// Welcome, bob
	// [username]
}

func ExampleResponse_Want() {
	t := exampleT() // in a test, the t of the test

	client := dewartest.New(t, newShop())
	client.Get("/").Want(200, "Welcome", "stranger")
	client.Get("/").Want(404)
	// Output:
	// GET /: got status 200, want 404
	// sent:
	//     User-Agent: dewartest
	// got:
	//     Cache-Control: private
	//     Content-Length: 17
	//     Content-Type: text/plain; charset=utf-8
	//     Vary: Cookie
	//     X-Content-Type-Options: nosniff
	//
	//     Welcome, stranger
}

func ExampleCapture() {
	t := exampleT() // in a test, the t of the test

	app := newShop()
	flashes := dewartest.Capture(t, &app.MessageFlashed)
	dewartest.New(t, app).Post("/login", dewartest.Form("username", "ann"))
	for _, event := range flashes.Events() {
		fmt.Println(event.Category, event.Message)
	}
	// Output: message You are in.
}

func ExampleSubdomain() {
	t := exampleT() // in a test, the t of the test

	app := dewar.New("shop")
	app.Config.Set("SERVER_NAME", "shop.example")
	app.Get("/", func(c *dewar.Context) error { return c.Text("Hello from " + c.Host()) }, dewar.Subdomain("api"))
	client := dewartest.New(t, app)
	fmt.Println(client.Get("/", dewartest.Subdomain("api")).Text())
	// Output: Hello from api.shop.example
}

// exampleT stands for the t that an example does not have: it prints what fails.
func exampleT() testing.TB { return printingT{} }

type printingT struct{ testing.TB }

func (printingT) Helper()                           {}
func (printingT) Cleanup(func())                    {}
func (printingT) Logf(format string, args ...any)   { fmt.Printf(format+"\n", args...) }
func (printingT) Errorf(format string, args ...any) { fmt.Printf(format+"\n", args...) }
func (printingT) Fatalf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }
