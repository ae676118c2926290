package csrf_test

import (
	"fmt"
	"net/http/httptest"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/csrf"
)

func ExampleProtect() {
	app := dewar.New("shop")
	_ = app.Config.Update(dewar.Map{"SECRET_KEY": "dev", "TESTING": true})
	csrf.Protect(app)
	app.Post("/order", func(c *dewar.Context) error { return c.Text("ordered") }, dewar.Endpoint("order"))

	w := httptest.NewRecorder()
	app.ServeHTTP(w, httptest.NewRequest("POST", "/order", nil))
	fmt.Println(w.Code)
	// Output: 400
}

func ExampleError() {
	app := dewar.New("shop")
	_ = app.Config.Update(dewar.Map{"SECRET_KEY": "dev", "TESTING": true})
	csrf.Protect(app)
	dewar.HandleError(app, func(c *dewar.Context, err *csrf.Error) error {
		return c.Status(err.StatusCode()).Text(err.Description())
	})
	app.Post("/order", func(c *dewar.Context) error { return c.Text("ordered") }, dewar.Endpoint("order"))

	w := httptest.NewRecorder()
	app.ServeHTTP(w, httptest.NewRequest("POST", "/order", nil))
	fmt.Println(w.Body)
	// Output: The CSRF token is missing.
}

func ExampleNewForm() {
	app := dewar.New("shop")
	_ = app.Config.Update(dewar.Map{"SECRET_KEY": "dev", "TESTING": true})
	csrf.Protect(app)
	type orderForm struct {
		csrf.Form
		Title string
	}
	app.Get("/order", func(c *dewar.Context) error {
		return c.Render("order.html", dewar.Map{"form": orderForm{Form: csrf.NewForm(c)}}) // {{ form.hidden_tag() }}
	}, dewar.Endpoint("order"))
}
