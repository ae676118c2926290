package forms_test

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"html/template"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/forms"
)

const formType = "application/x-www-form-urlencoded"

// submit has a view read the form f from a request, and returns what ValidateOnSubmit says. after, if it is not nil, runs in the view.
func submit(t testing.TB, method, target, contentType, body string, f forms.Struct, after func(c *dewar.Context)) (ok bool, err error) {
	t.Helper()
	app := dewar.New("forms")
	app.Logger = slog.New(slog.DiscardHandler)
	app.Route("/", func(c *dewar.Context) error {
		ok, err = forms.ValidateOnSubmit(c, f)
		if after != nil {
			after(c)
		}
		return c.NoContent()
	}, dewar.Methods("GET", "POST"))
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	app.ServeHTTP(httptest.NewRecorder(), r)
	return ok, err
}

func sent(t testing.TB, f forms.Struct, body string) bool {
	t.Helper()
	ok, err := submit(t, "POST", "/", formType, body, f, nil)
	if err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	return ok
}

type profile struct {
	forms.Form
	Name   string    `form:"name" label:"Name" required:"true" minlength:"3" maxlength:"8"`
	Email  string    `form:"email" format:"email"`
	Age    int       `form:"age" min:"18"`
	Born   time.Time `form:"born" input:"date"`
	News   bool      `form:"news"`
	Langs  []string  `form:"lang" input:"checkboxes" enum:"go,python,c"`
	Again  string    `form:"again" eqfield:"name"`
	Submit forms.Button
}

func (p *profile) Validate(c *dewar.Context) error {
	switch p.Name {
	case "taken":
		p.Fail("name", "%(name)s is taken, use another %(name)s.", "name", p.Name)
	case "whole":
		p.Fail("", "The form is not right.")
	case "broken":
		return errors.New("the database is down")
	case "field":
		return dewar.FieldError{Field: "name", Detail: "is refused"}
	}
	return nil
}

func TestValidateOnSubmit(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, body string
		want       map[string][]string
	}{
		{"all is right", "name=anna&again=anna&age=20&email=a@example.com&born=2000-01-31&news=y&lang=go&lang=c", nil},
		{"nothing was typed", "name=&age=&born=&email=&again=", map[string][]string{"name": {"This field is required."}}},
		{"a name of spaces", "name=++++&again=++++", map[string][]string{"name": {"This field is required."}}},
		{"all that is wrong at once", "name=an&again=b&age=old&email=x&born=now&lang=go&lang=java", map[string][]string{
			"name": {"Field must be between 3 and 8 characters long."}, "email": {"Invalid email address."}, "age": {"Not a valid integer value."},
			"born": {"Not a valid date value."}, "lang": {"Not a valid choice."}}},
		{"two that must be alike", "name=anna&again=anne&age=17", map[string][]string{"again": {"Field must be equal to name."}, "age": {"Number must be at least 18."}}},
		{"a check of its own", "name=taken&again=taken", map[string][]string{"name": {"taken is taken, use another taken."}}},
		{"a check of the whole", "name=whole&again=whole", map[string][]string{"": {"The form is not right."}}},
		{"a check that returns what is wrong", "name=field&again=field", map[string][]string{"name": {"is refused"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var p profile
			if ok := sent(t, &p, tt.body); ok != (tt.want == nil) {
				t.Errorf("got %v, want %v", ok, tt.want == nil)
			}
			if got := p.Errors(); len(got) != len(tt.want) || tt.want != nil && !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if !p.IsSubmitted() {
				t.Error("it is not submitted")
			}
		})
	}
}

func TestValidateOnSubmitSetsTheFields(t *testing.T) {
	t.Parallel()
	p := profile{Name: "before", Age: 70, News: true, Langs: []string{"c"}, Email: "b@example.com", Born: time.Now()}
	if !sent(t, &p, "name=anna&again=anna&age=&born=&email=") {
		t.Errorf("got %q, want no errors", p.Errors())
	}
	if p.Name != "anna" || p.Age != 0 || p.News || p.Langs != nil || p.Email != "" || !p.Born.IsZero() {
		t.Errorf("got %q %d %v %q %q %v, want what was typed: all but the name is empty", p.Name, p.Age, p.News, p.Langs, p.Email, p.Born)
	}
}

func TestValidateOnSubmitShowsAForm(t *testing.T) {
	t.Parallel()
	p := profile{Name: "anna", Age: 20}
	ok, err := submit(t, "GET", "/?name=x", "", "", &p, nil)
	if ok || err != nil || p.Name != "anna" || p.IsSubmitted() || len(p.Errors()) > 0 {
		t.Errorf("got %v, %v, %q, %q, want the form as it was", ok, err, p.Name, p.Errors())
	}
	if field, _ := p.Field("age"); field.Value() != "20" {
		t.Errorf("got %q, want 20", field.Value())
	}
}

func TestValidateOnSubmitFails(t *testing.T) {
	t.Parallel()
	_, err := submit(t, "POST", "/", formType, "name=broken&again=broken", &profile{}, nil)
	if err == nil || !strings.Contains(err.Error(), "the database is down") {
		t.Errorf("got %v, want the application's own error", err)
	}
	var status interface{ StatusCode() int }
	if _, err = submit(t, "POST", "/", "application/json", `{}`, &profile{}, nil); !errors.As(err, &status) || status.StatusCode() != 415 {
		t.Errorf("JSON: got %v, want 415", err)
	}
	if _, err = submit(t, "POST", "/", "multipart/form-data; boundary=b", "--b\r\nrubbish", &profile{}, nil); !errors.As(err, &status) || status.StatusCode() != 400 {
		t.Errorf("half a form: got %v, want 400", err)
	}
	for name, f := range map[string]forms.Struct{
		"forms: *forms_test.profile is nil": (*profile)(nil),
		`has the tag input:"textaera", which is none; did you mean "textarea"?`: &struct {
			forms.Form
			A string `form:"a" input:"textaera"`
		}{},
		`field Role of struct { forms.Form; Role string "form:\"role\" json:\"role\"" } is read from several places`: &struct {
			forms.Form
			Role string `form:"role" json:"role"`
		}{},
		`leave it one tag, form:"role" or query:"role"`: &struct {
			forms.Form
			Role string `query:"role" form:"role"`
		}{},
		`field Role of struct { forms.Form; Role string "json:\"role\"" } has the tag json, which no page sends; write form:"role"`: &struct {
			forms.Form
			Role string `json:"role"`
		}{},
		"has no field with a tag, so nothing could be set": &struct {
			forms.Form
			Role string
		}{},
		`has the tag min:"1"`: &struct {
			forms.Form
			A string `form:"a" min:"1"`
		}{},
	} {
		if _, err := submit(t, "GET", "/", "", "", f, nil); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("got %v, want %q", err, name)
		}
	}
	var f profile
	f.SetChoices("lagn", forms.Choice{Value: "a"})
	if _, err := submit(t, "GET", "/", "", "", &f, nil); err == nil || err.Error() != `forms: no field "lagn"; did you mean "lang"?` {
		t.Errorf("got %v", err)
	}
}

type search struct {
	forms.Form
	Q    string `query:"q" required:"true"`
	Page int    `query:"page" default:"1"`
}

func TestValidateReadsAQuery(t *testing.T) {
	t.Parallel()
	app := dewar.New("forms")
	app.Get("/", func(c *dewar.Context) error {
		var s search
		ok, err := forms.Validate(c, &s)
		if err != nil {
			return err
		}
		html, err := s.QuickForm()
		return cmp.Or(err, c.Text(fmt.Sprint(ok, " ", s.Q, " ", s.Page, " ", s.Errors(), "\n", html)))
	})
	for target, want := range map[string]string{
		"/?q=a+b": "true a b 1 map[]", "/?q=": "false  1 map[q:[This field is required.]]", "/?q=a&page=x": "false a 0 map[page:[Not a valid integer value.]]",
		"/?q=%3Cb": `value="&lt;b"`, "/": `<form method="get">`,
	} {
		w := httptest.NewRecorder()
		app.ServeHTTP(w, httptest.NewRequest("GET", target, nil))
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: got %s, want %s", target, w.Body, want)
		}
	}
}

func TestValidateReadsNoFormOfAGet(t *testing.T) {
	t.Parallel()
	app := dewar.New("forms")
	app.Route("/", func(c *dewar.Context) error {
		var f struct {
			forms.Form
			Q    string `query:"q"`
			Name string `form:"name" required:"true"`
		}
		ok, err := forms.Validate(c, &f)
		if err != nil {
			return err
		}
		name, err := f.Field("name")
		return cmp.Or(err, c.Text(fmt.Sprintf("%v %q %q %q %v", ok, f.Q, f.Name, name.Value(), f.Errors())))
	}, dewar.Methods("GET", "POST"))
	for method, want := range map[string]string{
		"GET":  `false "a" "" "" map[name:[This field is required.]]`,
		"POST": `true "a" "anna" "anna" map[]`,
	} {
		r := httptest.NewRequest(method, "/?q=a", strings.NewReader("name=anna"))
		r.Header.Set("Content-Type", formType)
		w := httptest.NewRecorder()
		app.ServeHTTP(w, r)
		if w.Body.String() != want {
			t.Errorf("%s: got %s, want %s", method, w.Body, want)
		}
	}
}

func TestChoicesOfAFormThatIsNil(t *testing.T) {
	t.Parallel()
	var f struct {
		*forms.Form
		A string `form:"a"`
	}
	f.SetChoices("a", forms.Choice{Value: "1"})
	f.SetLabel("a", "A")
	if _, err := submit(t, "GET", "/", "", "", &f, nil); err == nil || !strings.Contains(err.Error(), "embed forms.Form itself") {
		t.Errorf("got %v, want an error that says to embed the Form itself", err)
	}
}

func TestUnsentTextKeepsWhatStood(t *testing.T) {
	t.Parallel()
	var f struct {
		forms.Form
		A string `form:"a"`
		B bool   `form:"b" default:"true"`
	}
	f.A = "kept"
	if !sent(t, &f, "x=1") || f.A != "kept" || f.B {
		t.Errorf("got %q, %v, want the text that was not in the form, and a box that is not checked", f.A, f.B)
	}
	field, err := f.Field("a")
	if err != nil || field.Value() != "kept" {
		t.Errorf("got %q, %v", field.Value(), err)
	}
}

func TestChoicesFromTheProgram(t *testing.T) {
	t.Parallel()
	type pick struct {
		forms.Form
		One  int      `form:"one"`
		Some []string `form:"some"`
	}
	for body, want := range map[string]string{
		"one=1": "map[]", "one=3": "map[one:[Not a valid choice.]]", "one=x": "map[one:[Not a valid choice.]]", "one=": "map[]",
		"one=2&some=a&some=b": "map[]", "some=a&some=c": "map[some:[Not a valid choice.]]",
	} {
		var f pick
		f.SetChoices("one", forms.Choice{Value: "1", Label: "Uno"}, forms.Choice{Value: "2"})
		f.SetChoices("some", forms.Choice{Value: "a"}, forms.Choice{Value: "b"})
		sent(t, &f, body)
		if got := fmt.Sprint(f.Errors()); got != want {
			t.Errorf("%s: got %s, want %s", body, got, want)
		}
	}
	var none pick
	none.SetChoices("one", []forms.Choice{}...)
	if sent(t, &none, "one=1"); len(none.Errors()) == 0 {
		t.Error("a value was taken where nothing can be chosen")
	}
}

func TestFiles(t *testing.T) {
	t.Parallel()
	type upload struct {
		forms.Form
		Photo *multipart.FileHeader `form:"photo" required:"true" accept:".png,.jpg" maxsize:"1KB"`
	}
	for name, want := range map[string]string{
		"cat.png": "map[]", "cat.exe": "map[photo:[File does not have an approved extension: .png, .jpg]]", "": "map[photo:[This field is required.]]",
		"large.png": "map[photo:[File must not be larger than 1KB.]]",
	} {
		var body bytes.Buffer
		parts := multipart.NewWriter(&body)
		part, err := parts.CreateFormFile("photo", name)
		if err != nil {
			t.Fatal(err)
		}
		if name != "" {
			_, _ = io.WriteString(part, strings.Repeat("x", map[bool]int{true: 2000, false: 10}[name == "large.png"]))
		}
		_ = parts.Close()
		var f upload
		if _, err := submit(t, "POST", "/", parts.FormDataContentType(), body.String(), &f, nil); err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(f.Errors()); got != want {
			t.Errorf("%q: got %s, want %s", name, got, want)
		}
		if html, err := f.QuickForm(); err != nil || !strings.Contains(string(html), `enctype="multipart/form-data"`) || !strings.Contains(string(html), `<input accept=".png,.jpg"`) {
			t.Errorf("got %s, %v", html, err)
		}
	}
}

func TestSecretsStayInside(t *testing.T) {
	t.Parallel()
	var f struct {
		forms.Form
		Password string `form:"password" input:"password"`
	}
	sent(t, &f, "password=hunter2")
	field, err := f.Field("password")
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "form", f.Form, "field", field)
	html, err := f.QuickForm()
	for _, shown := range []string{fmt.Sprint(&f), fmt.Sprintf("%+v %#v", f, f), fmt.Sprintf("%+v", field), log.String(), string(html)} {
		if strings.Contains(shown, "hunter2") || err != nil {
			t.Errorf("it shows the password: %s", shown)
		}
	}
	if f.Password != "hunter2" {
		t.Errorf("got %q", f.Password)
	}
}

func TestCheckHasBuildReportMistakes(t *testing.T) {
	t.Parallel()
	app := dewar.New("forms", dewar.RootPath(t.TempDir()))
	forms.Check(app, &profile{}, &struct {
		forms.Form
		Seats int `form:"seats" required:"true" default:"1"`
	}{}, &struct {
		forms.Form
		About string `form:"about" input:"textarae"`
	}{})
	err := app.Build()
	for _, want := range []string{"is required and has a default", `did you mean "textarea"?`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	right := dewar.New("forms", dewar.RootPath(t.TempDir()))
	forms.Check(right, &profile{})
	if err := right.Build(); err != nil {
		t.Error(err)
	}
}

// A template that loops over all fields behind the hidden ones has each field once.
func TestHiddenFieldsStandOnceInAPage(t *testing.T) {
	t.Parallel()
	f := struct {
		forms.Form
		ID   int    `form:"id" input:"hidden"`
		Name string `form:"name"`
	}{ID: 7}
	var page template.HTML
	_, err := submit(t, "GET", "/", "", "", &f, func(*dewar.Context) {
		hidden, err := f.HiddenTag()
		if err != nil {
			t.Error(err)
		}
		page = hidden
		for _, field := range f.Fields() {
			group, err := field.Group()
			if err != nil {
				t.Error(err)
			}
			page += group
		}
	})
	if got := strings.Count(string(page), `name="id"`); err != nil || got != 1 {
		t.Errorf("the field is there %d times, %v, in %s", got, err, page)
	}
	if quick, err := f.QuickForm(); err != nil || strings.Count(string(quick), `name="id"`) != 1 {
		t.Errorf("got %s, %v", quick, err)
	}
}

func TestFormThatIsNotReady(t *testing.T) {
	t.Parallel()
	var f profile
	if _, err := f.Field("name"); err == nil || !strings.Contains(err.Error(), "call forms.ValidateOnSubmit(c, &form), or forms.Show(c, &form)") {
		t.Errorf("got %v", err)
	}
	if _, err := f.HiddenTag(); err == nil {
		t.Error("HiddenTag gave no error")
	}
	defer func() {
		if r := recover(); r == nil || !strings.Contains(fmt.Sprint(r), "call forms.ValidateOnSubmit") {
			t.Errorf("Fail: got %v", r)
		}
	}()
	f.Fail("name", "x")
}

func TestFailNamesTheField(t *testing.T) {
	t.Parallel()
	var f profile
	sent(t, &f, "name=anna")
	defer func() {
		if r := recover(); fmt.Sprint(r) != `forms: no field "nmae"; did you mean "name"?` {
			t.Errorf("got %v", r)
		}
	}()
	f.Fail("nmae", "x")
}

// upper translates into capitals.
type upper struct{}

func (upper) Gettext(_ *dewar.Context, message string, pairs ...any) string {
	for i := 0; i < len(pairs); i += 2 {
		message = strings.NewReplacer(fmt.Sprintf("%%(%s)s", pairs[i]), fmt.Sprint(pairs[i+1]), fmt.Sprintf("%%(%s)d", pairs[i]), fmt.Sprint(pairs[i+1])).Replace(message)
	}
	return strings.ToUpper(message)
}

func (u upper) NGettext(c *dewar.Context, singular, plural string, n int, pairs ...any) string {
	if n == 1 {
		return u.Gettext(c, singular, pairs...)
	}
	return u.Gettext(c, plural, pairs...)
}

func TestTextsAreTranslated(t *testing.T) {
	t.Parallel()
	app := dewar.New("forms")
	app.Translator = upper{}
	app.Post("/", func(c *dewar.Context) error {
		var f struct {
			forms.Form
			Name string `form:"name" label:"Your name" description:"As on the card" placeholder:"Ann" maxlength:"1"`
			Kind string `form:"kind" required:"true"`
		}
		f.SetChoices("kind", forms.Choice{Value: "a", Label: "An a"})
		if _, err := forms.ValidateOnSubmit(c, &f); err != nil {
			return err
		}
		f.Fail("", "not so")
		html, err := f.QuickForm()
		return cmp.Or(err, c.Text(string(html)))
	})
	w := httptest.NewRecorder()
	r := httptest.NewRequest("POST", "/", strings.NewReader(url.Values{"name": {"ann"}}.Encode()))
	r.Header.Set("Content-Type", formType)
	app.ServeHTTP(w, r)
	for _, want := range []string{"YOUR NAME", "AS ON THE CARD", `placeholder="ANN"`, "FIELD CANNOT BE LONGER THAN 1 CHARACTER.", "AN A", "THIS FIELD IS REQUIRED.", "NOT SO"} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("got %d %s, want %s in it", w.Code, w.Body, want)
		}
	}
}

func TestBadAttributes(t *testing.T) {
	t.Parallel()
	var f profile
	sent(t, &f, "name=a")
	field, err := f.Field("name")
	if err != nil {
		t.Fatal(err)
	}
	for _, attrs := range [][]any{{"class"}, {"a b", "x"}, {"a>", "x"}, {`a"`, "x"}, {"", "x"}, {7, "x"}, {"ä", "x"}, {"a/b", "x"}, {"a=b", "x"}} {
		if html, err := field.Input(attrs...); err == nil {
			t.Errorf("%q: got %s, want an error", attrs, html)
		}
	}
	if html, err := field.Input("class", `"><script>`); err != nil || strings.Contains(string(html), "<script>") {
		t.Errorf("got %s, %v", html, err)
	}
}

func ExampleValidateOnSubmit() {
	type Signup struct {
		forms.Form
		Name   string       `form:"name" label:"Your name" required:"true" maxlength:"20"`
		Age    int          `form:"age" min:"18"`
		Submit forms.Button `form:"submit" label:"Join"`
	}
	app := dewar.New("example")
	app.Route("/join", func(c *dewar.Context) error {
		var f Signup
		ok, err := forms.ValidateOnSubmit(c, &f)
		if err != nil {
			return err
		}
		if ok {
			return c.Text("Welcome, " + f.Name + "\n")
		}
		name, err := f.Field("name")
		if err != nil {
			return err
		}
		return c.Text(fmt.Sprintln(name.HTML(), name.Errors))
	}, dewar.Methods("GET", "POST"))
	for _, body := range []string{"name=&age=20", "name=Anna&age=20"} {
		r := httptest.NewRequest(http.MethodPost, "/join", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		app.ServeHTTP(w, r)
		fmt.Print(w.Body)
	}
	// Output:
	// <input id="name" maxlength="20" name="name" required type="text" value=""> [This field is required.]
	// Welcome, Anna
}
