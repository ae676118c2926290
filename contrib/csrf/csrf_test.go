package csrf_test

import (
	"context"
	"net"
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

// With a list that is empty every form would pass: the check stays, and the start of the server fails.
func TestAnEmptyListOfMethodsTurnsNoCheckOff(t *testing.T) {
	client := dewartest.New(t, newSite(t, dewar.Map{"WTF_CSRF_METHODS": []string{}}))
	if got := client.Post("/post", dewartest.Form("a", "b")); got.StatusCode != 400 {
		t.Errorf("got %d, want a refusal", got.StatusCode)
	}
}

func TestSettingsOfAnotherTypeAreErrorsWhereTheyAreSet(t *testing.T) {
	app := newSite(t, nil)
	for key, value := range map[string]any{
		"WTF_CSRF_ENABLED": "perhaps", "WTF_CSRF_CHECK_DEFAULT": []int{1}, "WTF_CSRF_METHODS": dewar.Map{"POST": true}, "WTF_CSRF_HEADERS": 7,
		"WTF_CSRF_FIELD_NAME": dewar.Map{}, "WTF_CSRF_SSL_STRICT": "perhaps", "WTF_CSRF_META_NAME": []int{1},
	} {
		if err := app.Config.Set(key, value); err == nil || !strings.Contains(err.Error(), key) {
			t.Errorf("%s: %v is set, %v", key, value, err)
		}
	}
	defer func() {
		if text, _ := recover().(string); !strings.Contains(text, "WTF_CSRF_ENABLED") || !strings.Contains(text, "load the configuration with values that fit") {
			t.Errorf("panic %q, want the key and a cure", text)
		}
	}()
	newSite(t, dewar.Map{"WTF_CSRF_ENABLED": "perhaps"})
}

func TestWrongSettingsEndTheStart(t *testing.T) {
	for _, tt := range []struct {
		settings dewar.Map
		want     string
	}{
		{dewar.Map{"WTF_CSRF_METHODS": []string{}}, "set WTF_CSRF_ENABLED to false"},
		{dewar.Map{"WTF_CSRF_METHODS": []string{"post"}}, "write POST, PUT, PATCH, DELETE"},
		{dewar.Map{"WTF_CSRF_METHODS": []string{"POST PUT"}}, "write POST, PUT, PATCH, DELETE"},
		{dewar.Map{"WTF_CSRF_HEADERS": []string{"X CSRF"}}, "write X-CSRFToken, X-CSRF-Token"},
		{dewar.Map{"WTF_CSRF_TIME_LIMIT": false}, "None"},
		{dewar.Map{"WTF_CSRF_TIME_LIMIT": "none"}, "None"},
		{dewar.Map{"WTF_CSRF_TIME_LIMIT": -1}, "None"},
		{dewar.Map{"WTF_CSRF_SECRET_KEY": []string{""}}, "long random text"},
	} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		if err := newSite(t, tt.settings).Serve(ctx, l); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%v: got %v, want %q", tt.settings, err, tt.want)
		}
	}
}

// A list rotates keys, as itsdangerous does: the last one signs, all of them verify.
func TestOwnKeysRotate(t *testing.T) {
	old := dewartest.New(t, newSite(t, dewar.Map{"WTF_CSRF_SECRET_KEY": "one, key"}))
	token := old.Get("/token").Text()
	for _, tt := range []struct {
		keys any
		want int
	}{
		{[]string{"one, key", "new"}, 200}, {[]any{"one, key"}, 200}, {[]string{"new"}, 400}, {"one, key", 200}, {"one", 400}, {nil, 400},
	} {
		client := dewartest.New(t, newSite(t, dewar.Map{"WTF_CSRF_SECRET_KEY": tt.keys}))
		client.SetCookie(old.Cookie("session"))
		if got := client.Post("/post", dewartest.Form("csrf_token", token)); got.StatusCode != tt.want {
			t.Errorf("%v: got %d %s, want %d", tt.keys, got.StatusCode, got.Text(), tt.want)
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
		{"a meta tag", `{{csrf_meta_tag}}`, nil, 0},
		{"a meta tag in Jinja", `{{ csrf_meta_tag() }}`, &jinja.Renderer{}, 0},
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
			head, token, _ := strings.Cut(strings.TrimSuffix(strings.Replace(page, `name="csrf-token" `, "", 1), `">`), `<meta content="`)
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
