package csrf_test

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing/fstest"

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

func ExampleExempt() {
	app := dewar.New("shop")
	_ = app.Config.Update(dewar.Map{"SECRET_KEY": "dev", "TESTING": true})
	csrf.Protect(app)
	app.Post("/hook", func(c *dewar.Context) error { return c.Text("heard") }, csrf.Exempt(), dewar.Endpoint("hook"))

	w := httptest.NewRecorder()
	app.ServeHTTP(w, httptest.NewRequest("POST", "/hook", nil))
	fmt.Println(w.Code, w.Body)
	// Output: 200 heard
}

func ExampleForm() {
	app := dewar.New("shop", dewar.FS(fstest.MapFS{"templates/order.html": {Data: []byte(
		`<form method="post">{{.form.HiddenTag}}<input name="title" value="{{.form.Title}}"></form>`)}})) // in Jinja {{ form.hidden_tag() }}
	_ = app.Config.Update(dewar.Map{"SECRET_KEY": "dev", "TESTING": true})
	csrf.Protect(app)
	type orderForm struct {
		csrf.Form
		Title string
	}
	app.Get("/order", func(c *dewar.Context) error {
		return c.Render("order.html", dewar.Map{"form": orderForm{Form: csrf.NewForm(c), Title: "Tea"}})
	}, dewar.Endpoint("order"))

	w := httptest.NewRecorder()
	app.ServeHTTP(w, httptest.NewRequest("GET", "/order", nil))
	before, rest, _ := strings.Cut(w.Body.String(), `value="`)
	_, after, _ := strings.Cut(rest, `">`)
	fmt.Println(strings.TrimSpace(before))
	fmt.Println(after)
	// Output:
	// <form method="post"><input id="csrf_token" name="csrf_token" type="hidden"
	// <input name="title" value="Tea"></form>
}

func ExampleMetaTag() {
	app := dewar.New("shop", dewar.FS(fstest.MapFS{"templates/page.html": {Data: []byte(`<head>{{csrf_meta_tag}}</head>`)}}))
	_ = app.Config.Update(dewar.Map{"SECRET_KEY": "dev", "TESTING": true})
	csrf.Protect(app)
	app.Get("/", func(c *dewar.Context) error { return c.Render("page.html", nil) }, dewar.Endpoint("page"))

	w := httptest.NewRecorder()
	app.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	fmt.Println(strings.HasPrefix(w.Body.String(), `<head><meta name="csrf-token" content="`))
	// Output: true
}
