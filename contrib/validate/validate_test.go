package validate_test

import (
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/go-playground/validator/v10"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/validate"
)

// user is the example of go-playground/validator's own page, with the names that a client knows.
type user struct {
	FirstName string     `json:"first_name" form:"first" validate:"required"`
	LastName  string     `json:"last_name" form:"last" validate:"required"`
	Age       uint8      `json:"age" form:"age" validate:"gte=0,lte=130"`
	Email     string     `json:"email" form:"email" validate:"required,email"`
	Colour    string     `json:"colour" form:"colour" binding:"omitempty,hexcolor|rgb|rgba"`
	Addresses []*address `json:"addresses" validate:"omitempty,dive,required"`
}

type address struct {
	Street string `json:"street" validate:"required"`
	Phone  string `json:"phone" validate:"required"`
}

func ask(t *testing.T, v *validate.Validator, f func(c *dewar.Context) error, contentType, body string) string {
	t.Helper()
	app := dewar.New("validate")
	app.Validator = v
	got := "fine"
	app.Post("/", func(c *dewar.Context) error {
		if err := f(c); err != nil {
			got = err.Error()
			if bad, ok := errors.AsType[*dewar.HTTPError](err); ok {
				got = fmt.Sprintf("%d", bad.Code)
				for _, e := range bad.Errors {
					got += fmt.Sprintf("; %s: %s (%s)", e.Field, e.Detail, e.Rule)
				}
			}
		}
		return c.NoContent()
	})
	r := httptest.NewRequest("POST", "/", strings.NewReader(body))
	r.Header.Set("Content-Type", contentType)
	app.ServeHTTP(httptest.NewRecorder(), r)
	return got
}

func TestValidate(t *testing.T) {
	t.Parallel()
	v := validate.New()
	bind := func(c *dewar.Context) error { return c.Bind(&user{}) }
	for _, tt := range []struct{ name, contentType, body, want string }{
		{"all is right", "application/json", `{"first_name":"Badger","last_name":"Smith","age":35,"email":"Badger.Smith@gmail.com","colour":"#000","addresses":[{"street":"Eavesdown Docks","phone":"none"}]}`, "fine"},
		{"JSON, with its names", "application/json", `{"first_name":"Badger","last_name":"Smith","age":135,"email":"Badger","colour":"#000-","addresses":[{"street":"Eavesdown Docks"}]}`,
			"400; age: must be at most 130 (max); email: must be an email address (format); addresses[0].phone: missing (required); colour: does not keep the rule hexcolor|rgb|rgba (hexcolor|rgb|rgba)"},
		{"a form, with its names", "application/x-www-form-urlencoded", "first=Badger&age=35&email=b@gmail.com", "400; last: missing (required)"},
		{"what Bind finds goes first", "application/x-www-form-urlencoded", "first=Badger&age=old", "400; age: want an integer from 0 to 255, but the value is malformed (type)"},
	} {
		if got := ask(t, v, bind, tt.contentType, tt.body); got != tt.want {
			t.Errorf("%s: got  %s\nwant %s", tt.name, got, tt.want)
		}
	}
}

// TestRules are rules of go-playground's documentation: what each takes and refuses.
func TestRules(t *testing.T) {
	t.Parallel()
	v := validate.New()
	for _, tt := range []struct {
		bind func(c *dewar.Context) error
		good []string
		bad  []string
		says string
	}{
		{into[struct {
			V string `form:"v" validate:"min=3,max=5"`
		}](), []string{"abc", "abcde"}, []string{"ab", "abcdef"}, "must have at "},
		{into[struct {
			V int `form:"v" validate:"gt=3,lt=5"`
		}](), []string{"4"}, []string{"3", "5"}, "must be "},
		{into[struct {
			V string `form:"v" validate:"oneof=red green"`
		}](), []string{"red", "green"}, []string{"blue"}, "must be one of red,green"},
		{into[struct {
			V string `form:"v" validate:"alphanum"`
		}](), []string{"a1"}, []string{"a-1"}, "does not keep the rule alphanum"},
		{into[struct {
			V string `form:"v" validate:"omitempty,url"`
		}](), []string{"", "https://example.com/"}, []string{"example"}, "must be a URL"},
		{into[struct {
			V []string `form:"v" validate:"unique,min=1"`
		}](), []string{"a&v=b"}, []string{"a&v=a"}, "must not have an item twice"},
	} {
		for _, value := range append(tt.good, tt.bad...) {
			got := ask(t, v, tt.bind, "application/x-www-form-urlencoded", "v="+value)
			good := false
			for _, one := range tt.good {
				good = good || one == value
			}
			if (got == "fine") != good || !good && !strings.Contains(got, tt.says) {
				t.Errorf("%q: got %s, want it to be good: %v", value, got, good)
			}
		}
	}
}

func into[T any]() func(c *dewar.Context) error {
	return func(c *dewar.Context) error { return c.Bind(new(T)) }
}

func TestRulesOfYourOwn(t *testing.T) {
	t.Parallel()
	slug := func(v *validator.Validate) error {
		return v.RegisterValidation("slug", func(f validator.FieldLevel) bool { return strings.ToLower(f.Field().String()) == f.Field().String() })
	}
	type post struct {
		Slug string `form:"slug" validate:"slug"`
	}
	if got := ask(t, validate.New(slug), into[post](), "application/x-www-form-urlencoded", "slug=Big"); got != "400; slug: does not keep the rule slug (slug)" {
		t.Errorf("got %s", got)
	}
	if got := ask(t, validate.New(), into[post](), "application/x-www-form-urlencoded", "slug=a"); !strings.Contains(got, "give New those of your own") || strings.HasPrefix(got, "400") {
		t.Errorf("got %s, want an error of the program", got)
	}
}

func ExampleNew() {
	app := dewar.New("example")
	app.Validator = validate.New()
	app.Post("/join", func(c *dewar.Context) error {
		var v struct {
			Name string `form:"name" validate:"required,alphanum"`
			Age  int    `form:"age" validate:"gte=18"`
		}
		if err := c.Bind(&v); err != nil {
			return err
		}
		return c.Text("Welcome, " + v.Name)
	})
	r := httptest.NewRequest("POST", "/join", strings.NewReader("name=Anna&age=9"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	app.ServeHTTP(w, r)
	fmt.Print(w.Body)
	// Output:
	// 400 One field is not right.
	// age: must be at least 18
}
