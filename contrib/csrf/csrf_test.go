package csrf_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/csrf"
	"github.com/dewar-go/dewar/contrib/jinja"
	"github.com/dewar-go/dewar/dewartest"
)

// ok is a view that answers.
func ok(c *dewar.Context) error { return c.Text("accepted") }

func TestSettings(t *testing.T) {
	for _, tt := range []struct {
		name   string
		config dewar.Map
		method string
		field  string
		header string
		want   int
	}{
		{name: "defaults refuse", want: 400},
		{name: "disabled", config: dewar.Map{"WTF_CSRF_ENABLED": false}, want: 200},
		{name: "no check by default", config: dewar.Map{"WTF_CSRF_CHECK_DEFAULT": false}, want: 200},
		{name: "method that is not listed", config: dewar.Map{"WTF_CSRF_METHODS": []string{"PUT"}}, want: 200},
		{name: "method that is listed", config: dewar.Map{"WTF_CSRF_METHODS": []string{"PUT"}}, method: "PUT", want: 400},
		{name: "field name", config: dewar.Map{"WTF_CSRF_FIELD_NAME": "ticket"}, field: "ticket", want: 200},
		{name: "default field under another name", config: dewar.Map{"WTF_CSRF_FIELD_NAME": "ticket"}, field: "csrf_token", want: 400},
		{name: "headers", config: dewar.Map{"WTF_CSRF_HEADERS": []string{"X-Ticket"}}, header: "X-Ticket", want: 200},
		{name: "default header where others are set", config: dewar.Map{"WTF_CSRF_HEADERS": []string{"X-Ticket"}}, header: "X-CSRFToken", want: 400},
		{name: "own key", config: dewar.Map{"WTF_CSRF_SECRET_KEY": "another"}, field: "csrf_token", want: 200},
	} {
		t.Run(tt.name, func(t *testing.T) {
			client := dewartest.New(t, newSite(t, tt.config))
			token := client.Get("/token").Text()
			method := "POST"
			if tt.method != "" {
				method = tt.method
			}
			opts := []dewartest.RequestOption{dewartest.Form()}
			if tt.field != "" {
				opts[0] = dewartest.Form(tt.field, token)
			}
			if tt.header != "" {
				opts = append(opts, dewartest.Header(tt.header, token))
			}
			if got := client.Do(method, "/post", opts...).StatusCode; got != tt.want {
				t.Errorf("got %d, want %d", got, tt.want)
			}
		})
	}
}

func TestTimeLimit(t *testing.T) {
	for _, tt := range []struct {
		name   string
		config dewar.Map
		age    time.Duration
		want   int
	}{
		{"an hour by default", nil, time.Hour, 200},
		{"no longer by default", nil, time.Hour + time.Second, 400},
		{"seconds", dewar.Map{"WTF_CSRF_TIME_LIMIT": 60}, 61 * time.Second, 400},
		{"Python's None", dewar.Map{"WTF_CSRF_TIME_LIMIT": nil}, 20 * 24 * time.Hour, 200},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client := dewartest.New(t, newSite(t, tt.config))
				token := client.Get("/token").Text()
				time.Sleep(tt.age)
				got := client.Post("/post", dewartest.Form("csrf_token", token))
				if got.StatusCode != tt.want {
					t.Errorf("got %d %s, want %d", got.StatusCode, got.Text(), tt.want)
				}
			})
		})
	}
}

// A list that cannot be read turns no check off.
func TestMethodsThatCannotBeRead(t *testing.T) {
	for name, methods := range map[string]any{"a map": dewar.Map{"POST": true}, "none": []string{}} {
		client := dewartest.New(t, newSite(t, dewar.Map{"WTF_CSRF_METHODS": methods}))
		if got := client.Post("/post", dewartest.Form("a", "b")); got.StatusCode != 400 {
			t.Errorf("%s: got %d, want a refusal", name, got.StatusCode)
		}
	}
}

func TestTokensOfFallbackKeysAreValid(t *testing.T) {
	old := dewartest.New(t, newSite(t, nil))
	token := old.Get("/token").Text()
	renewed := dewartest.New(t, newSite(t, dewar.Map{"SECRET_KEY": "new", "SECRET_KEY_FALLBACKS": []string{"dev"}}))
	renewed.SetCookie(old.Cookie("session"))
	if got := renewed.Post("/post", dewartest.Form("csrf_token", token)); got.StatusCode != 200 {
		t.Errorf("got %d %s", got.StatusCode, got.Text())
	}
}

func TestExempt(t *testing.T) {
	app := newSite(t, nil)
	app.Post("/hook", ok, dewar.Endpoint("hook"), csrf.Exempt())
	api := dewar.NewBlueprint("api", dewar.URLPrefix("/api"), csrf.Exempt())
	api.Post("/items", ok, dewar.Endpoint("items"))
	app.RegisterBlueprint(api)
	app.Fallback(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }))
	client := dewartest.New(t, app)
	for path, want := range map[string]int{"/hook": 200, "/api/items": 200, "/post": 400, "/python": http.StatusTeapot} {
		if got := client.Post(path, dewartest.Form()); got.StatusCode != want {
			t.Errorf("%s: got %d, want %d", path, got.StatusCode, want)
		}
	}
}

func TestOriginIsCheckedAsWell(t *testing.T) {
	client := dewartest.New(t, newSite(t, nil))
	token := client.Get("/token").Text()
	if got := client.Post("/post", dewartest.Header("X-CSRFToken", token), dewartest.Header("Origin", "https://evil.example")); got.StatusCode != http.StatusForbidden {
		t.Errorf("got %d %s, want 403", got.StatusCode, got.Text())
	}
}

func TestTheFormMayBeReadAgainByTheView(t *testing.T) {
	app := newSite(t, nil)
	app.Post("/echo", func(c *dewar.Context) error { return c.Text(c.Form().String("title")) }, dewar.Endpoint("echo"))
	client := dewartest.New(t, app)
	token := client.Get("/token").Text()
	if got := client.Post("/echo", dewartest.Form("csrf_token", token, "title", "Hello")).Text(); got != "Hello" {
		t.Errorf("got %q", got)
	}
}

func TestTemplates(t *testing.T) {
	for _, tt := range []struct {
		name, page string
		renderer   dewar.Renderer
		fields     int
	}{
		{"html/template", `{{csrf_field}}<meta content="{{csrf_token}}">`, nil, 1},
		{"Jinja", `{{ csrf_field() }}<meta content="{{ csrf_token() }}">`, &jinja.Renderer{}, 1},
		{"a FlaskForm in Jinja", `{{ form.hidden_tag() }}{{ form.csrf_token }}{{ form.csrf_token() }}<meta content="{{ csrf_token() }}">`, &jinja.Renderer{}, 3},
	} {
		t.Run(tt.name, func(t *testing.T) {
			app := newSite(t, nil, dewar.FS(fstest.MapFS{"templates/page.html": {Data: []byte(tt.page)}}))
			if tt.renderer != nil {
				app.Renderer = tt.renderer
			}
			app.Get("/page", func(c *dewar.Context) error {
				type postForm struct {
					csrf.Form
					Title string
				}
				return c.Render("page.html", dewar.Map{"form": postForm{Form: csrf.NewForm(c)}})
			}, dewar.Endpoint("page"))
			client := dewartest.New(t, app)
			page := client.Get("/page").Text()
			head, token, _ := strings.Cut(strings.TrimSuffix(page, `">`), `<meta content="`)
			if want := strings.Repeat(`<input id="csrf_token" name="csrf_token" type="hidden" value="`+token+`">`, tt.fields); head != want || token == "" {
				t.Fatalf("got %s, want %s", head, want)
			}
			if got := client.Post("/post", dewartest.Form("csrf_token", token)); got.StatusCode != 200 {
				t.Errorf("got %d %s", got.StatusCode, got.Text())
			}
		})
	}
}

func TestWithoutASecretKeyATokenIsAnErrorWithACure(t *testing.T) {
	app := newSite(t, dewar.Map{"SECRET_KEY": ""})
	app.Get("/why", func(c *dewar.Context) error {
		_, err := csrf.Token(c)
		return c.Text(err.Error())
	}, dewar.Endpoint("why"))
	if got := dewartest.New(t, app).Get("/why").Text(); !strings.Contains(got, "set SECRET_KEY") {
		t.Errorf("got %q", got)
	}
}
