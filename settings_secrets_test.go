package dewar_test

import (
	"bytes"
	"encoding/json"
	"expvar"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"html/template"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	texttemplate "text/template"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/dewartest"
	"github.com/dewar-go/dewar/flaskcookie"
)

// kanarie is in every secret of these tests.
const kanarie = "kanarie"

// TestNoExportedTypeShowsASecret prints a value of every exported type, made in a request that is full of secrets, in
// every way. A new type must be given a sample here.
func TestNoExportedTypeShowsASecret(t *testing.T) {
	t.Parallel()
	samples := samplesOfARequest(t)
	for _, pkg := range []struct{ name, dir string }{{"dewar", "."}, {"flaskcookie", "flaskcookie"}, {"dewartest", "dewartest"}} {
		for _, name := range exportedTypes(t, pkg.dir) {
			key := pkg.name + "." + name
			values, ok := samples[key]
			if !ok {
				t.Errorf("%s has no sample; add one to samplesOfARequest", key)
			}
			for _, v := range values {
				wantUnseen(t, fmt.Sprintf("%s, a %T,", key, v), v)
			}
			delete(samples, key)
		}
	}
	for name := range samples {
		t.Errorf("the sample of %s is of no exported type", name)
	}
}

// exportedTypes returns the types of a package that values can have: no interfaces, functions and aliases.
func exportedTypes(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no Go files in %q: %v", dir, err)
	}
	var names []string
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			if gen, ok := decl.(*ast.GenDecl); ok && gen.Tok == token.TYPE {
				names = append(names, concreteTypes(gen)...)
			}
		}
	}
	if len(names) < 3 {
		t.Fatalf("found the types %q in %q", names, dir)
	}
	return names
}

func concreteTypes(gen *ast.GenDecl) (names []string) {
	for _, s := range gen.Specs {
		spec := s.(*ast.TypeSpec)
		switch spec.Type.(type) {
		case *ast.InterfaceType, *ast.FuncType:
			continue
		}
		if spec.Name.IsExported() && !spec.Assign.IsValid() {
			names = append(names, spec.Name.Name)
		}
	}
	return names
}

// Templates that print a value in every way.
var (
	inHTML = template.Must(template.New("").Parse(`{{.}} {{print .}} {{printf "%v" .}} <a title="{{.}}" href="/?{{.}}">`))
	inText = texttemplate.Must(texttemplate.New("").Parse(`{{.}} {{print .}} {{html .}} {{js .}} {{urlquery .}}`))
)

// wantUnseen prints v in every way and looks for a canary.
func wantUnseen(t *testing.T, what string, v any) {
	t.Helper()
	look := func(how, text string) {
		if strings.Contains(text, kanarie) || strings.Contains(text, fmt.Sprintf("%x", kanarie)) ||
			strings.Contains(text, fmt.Sprintf("%X", kanarie)) || strings.Contains(text, strings.Trim(fmt.Sprint([]byte(kanarie)), "[]")) {
			t.Errorf("%s shows a secret %s: %.600s", what, how, text)
		}
	}
	around := struct {
		V any
		L []any
		M map[string]any
	}{v, []any{v}, map[string]any{"v": v}}
	if reflect.ValueOf(v).Kind() == reflect.Pointer { // fmt asks no method of other values for an address
		look("by %p", fmt.Sprintf("%p", v))
	}
	for _, v := range []any{v, around, &around, []any{v}, map[string]any{"v": v}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x", "%X", "%t", "%T", "%20v", "%-5s"} {
			look("by "+verb, fmt.Sprintf(verb, v))
		}
		look("by Sprint", fmt.Sprint(v)+fmt.Sprintln(v, v))
		look("by expvar", expvar.Func(func() any { return v }).String())
		encoded, err := json.Marshal(v)
		look("in JSON", fmt.Sprintf("%s %v", encoded, err))
		var log bytes.Buffer
		for _, handler := range []slog.Handler{slog.NewTextHandler(&log, nil), slog.NewJSONHandler(&log, nil)} {
			slog.New(handler).With("with", v).WithGroup("group").Info("text", "v", v, slog.Group("g", "v", v))
		}
		look("in a log", log.String())
		look("in a panic", (&dewar.PanicError{Value: v}).Error())
		var page bytes.Buffer
		for _, t := range []interface{ Execute(io.Writer, any) error }{inHTML, inText} {
			look("by the error of a template", fmt.Sprint(t.Execute(&page, v)))
		}
		if _, ok := v.(*dewar.Session); !ok { // which has another String: a page that prints it shows a visitor what is theirs
			look("in a template", page.String())
		}
	}
}

// samplesOfARequest returns values of the exported types by their names, from inside a request.
func samplesOfARequest(t *testing.T) map[string][]any {
	t.Helper()
	app := newApp(t)
	app.Logger = slog.New(slog.DiscardHandler)
	config := dewar.Map{
		"SECRET_KEY_FALLBACKS": []string{"kanarie, the key of last year"}, "DB_PASSWORD": kanarie, "SECRET_KEY": testKey + kanarie,
		"DATABASE_URL": "postgres://ann:" + kanarie + "@h/db", "NESTED": dewar.Map{"list": []any{dewar.Map{"api_key": kanarie}}},
	}
	must(t, app.Config.Update(config))
	must(t, app.Config.Declare("OWN", kanarie, "declared to be secret", dewar.Secret()))
	samples := map[string][]any{}
	add := func(name string, values ...any) { samples[name] = append(samples[name], values...) }
	app.TemplateRendered.Connect(func(r dewar.Rendering) { add("dewar.Rendering", r, &r) })
	app.MessageFlashed.Connect(func(m dewar.FlashMessage) { add("dewar.FlashMessage", m, &m); add("dewar.Flash", m.Flash, &m.Flash) })
	bp := dewar.NewBlueprint("bp", dewar.FS(fstest.MapFS{"templates/a.txt": {Data: []byte(kanarie + "{{.token}}{{keep request}}")}}))
	bp.Record(func(s dewar.SetupState) { add("dewar.SetupState", s, &s) })
	app.TemplateFunc("keep", func(r dewar.TemplateRequest) string { add("dewar.TemplateRequest", r, &r); return "" })
	app.Get("/events/{token}", func(c *dewar.Context) error {
		return c.Events(func(s *dewar.EventStream) error {
			add("dewar.EventStream", s)
			return s.Send(dewar.Event{Data: kanarie})
		})
	})
	templates := templatesWith(t, config)
	add("dewar.Templates", templates)
	add("dewar.TemplateVersion", templates.Version("a.txt"))
	user := dewar.NewKey[string]("user")
	bp.Route("/reset/{token}", func(c *dewar.Context) error {
		user.Set(c, kanarie)
		c.Set("password", kanarie)
		c.Session().Set("token", kanarie)
		c.Session().Set("cart", map[string]string{"a": kanarie})
		c.Flash("shown to the visitor")
		if err := c.Render("a.txt", dewar.Map{"token": kanarie}); err != nil {
			return err
		}
		c.Header("X-Token", kanarie)
		must(t, c.SetCookie(&http.Cookie{Name: "a", Value: kanarie}))
		route, _ := c.Route()
		changes, err := dewar.Stored(c.Session()).Changes()
		must(t, err)
		logged := dewar.LogRecord{Context: c, Record: slog.Record{Message: "reset"}}
		logged.Add("token", kanarie)
		add("dewar.LogRecord", logged, &logged)
		add("dewar.TemplateGlobals", templates.Globals(c))
		add("dewar.App", app)
		add("dewar.Blueprint", bp)
		add("dewar.Config", app.Config)
		add("dewar.Context", c)
		add("dewar.Response", c.Response)
		add("dewar.Session", c.Session())
		add("dewar.StoredSession", dewar.Stored(c.Session()))
		add("dewar.Changes", changes, &changes)
		add("dewar.Values", c.Config(), c.Params(), c.Query(), c.Form(), *c.Config())
		add("dewar.Authorization", c.Authorization(), new(c.Authorization()))
		add("dewar.Conditions", dewar.ConditionsOf(c.Request))
		add("dewar.RequestException", dewar.RequestException{Context: c, Err: http.ErrNoCookie}, &dewar.RequestException{Context: c})
		add("dewar.Route", route, &route)
		why, err := app.Explain("POST", "/reset/"+kanarie)
		must(t, err)
		add("dewar.Explanation", why[0], &why[0], why)
		add("dewar.Routes", dewar.Routes{route}, app.Routes())
		add("dewar.Key", user, *user)
		for s := range app.Config.All() {
			add("dewar.Setting", s, &s)
		}
		inRequest(t, c)
		return nil
	}, dewar.Methods("GET", "POST"))
	app.RegisterBlueprint(bp)
	addPlainSamples(t, app, add)

	client := dewartest.New(t, app)
	client.SetCookie(&http.Cookie{Name: "other", Value: kanarie})
	res := client.Post("/reset/"+kanarie+"?token="+kanarie, dewartest.Header("Authorization", "Bearer "+kanarie),
		dewartest.Form("password", kanarie), dewartest.Cookie("session", "kanarie.kanarie"))
	res.Want(200)
	client.Get("/events/" + kanarie).Want(200)
	add("dewartest.Client", client)
	add("dewartest.Response", res, *res)
	var signal dewar.Signal[string]
	captured := dewartest.Capture(t, &signal)
	signal.Send(kanarie)
	add("dewartest.Captured", captured)
	add("dewartest.SessionBackend", dewartest.SessionBackend{}, &dewartest.SessionBackend{})
	add("dewartest.Informational", dewartest.Informational{StatusCode: 103, Header: http.Header{"Link": {"</a.css>"}}})
	return samples
}

// templatesWith returns what an engine gets of an App with a configuration.
func templatesWith(t *testing.T, config dewar.Map) *dewar.Templates {
	t.Helper()
	app := dollarApp(t, "templates/a.txt", kanarie)
	must(t, app.Config.Update(config))
	must(t, app.Build())
	return app.Renderer.(*dollar).templates
}

// inRequest prints what is still being answered, while it is.
func inRequest(t *testing.T, c *dewar.Context) {
	t.Helper()
	for name, v := range map[string]any{"Context": c, "Response": c.Response, "Session": c.Session(), "Params": c.Params(), "Form": c.Form()} {
		wantUnseen(t, name+" in its request", v)
	}
}

// addPlainSamples adds what needs no request.
func addPlainSamples(t *testing.T, app *dewar.App, add func(name string, values ...any)) {
	t.Helper()
	codec, err := flaskcookie.NewCodec([][]byte{[]byte(kanarie)}, flaskcookie.Options{})
	must(t, err)
	sharing := &flaskcookie.SessionInterface{}
	other := newApp(t)
	must(t, other.Config.Set("SECRET_KEY", kanarie+testKey))
	other.SessionInterface = sharing
	other.Get("/", func(c *dewar.Context) error { c.Session().Set("a", 1); return c.Text("") })
	other.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
	_, urlError := app.URLFor("nowhere", "token", kanarie)
	add("flaskcookie.Codec", codec)
	add("flaskcookie.Options", flaskcookie.Options{}, &flaskcookie.Options{})
	add("flaskcookie.SessionInterface", sharing)
	add("dewar.URLError", urlError)
	add("dewar.HTTPError", dewar.Abortf(404, "nothing here"), &dewar.HTTPError{Code: 500, Err: http.ErrNoCookie})
	add("dewar.FieldError", dewar.FieldError{Field: "password", Detail: "is too short"})
	add("dewar.Rule", dewar.Rule{Name: "maxlength", Limit: "40"})
	add("dewar.BoundField", dewar.BoundField{Name: "Password", Form: "password"})
	add("dewar.Variable", dewar.Variable{Name: "id", Text: "{id:int}", Converter: "int"})
	add("dewar.ByteRange", dewar.ByteRange{First: 1, Last: 2})
	add("dewar.ETags", dewar.ETags{Tags: []string{`"v1"`}})
	add("dewar.IfRange", dewar.IfRange{ETag: `"v1"`})
	add("dewar.Offer", dewar.OfferJSON(app))
	add("dewar.Upload", dewar.Upload{Field: "avatar", File: &multipart.FileHeader{Filename: "me.png"}})
	add("dewar.Pagination", &dewar.Pagination{Page: 1})
	add("dewar.PanicError", &dewar.PanicError{Value: app})
	add("dewar.Event", dewar.Event{ID: "1", Data: "for the page"})
	add("dewar.Limits", dewar.Limits{Body: 1})
	add("dewar.LoadOption", dewar.EnvPrefix("APP"))
	add("dewar.Meta", dewar.NewMeta[string]("role"))
	add("dewar.SecureCookieSessionInterface", app.SessionInterface)
	add("dewar.SessionTag", dewar.SessionTag{Key: " x"})
	add("dewar.Signal", &app.RequestStarted)
	add("dewar.Station", dewar.AtView)
	add("dewar.Tuple", dewar.Tuple{1})
	add("dewar.UUID", dewar.UUID{1})
}

// TestPrintedTypesSayWhatTheyAre: what hides its insides still tells which one it is.
func TestPrintedTypesSayWhatTheyAre(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.Logger = slog.New(slog.DiscardHandler)
	bp := dewar.NewBlueprint("admin")
	var printed []string
	app.Get("/users/{id:int}", func(c *dewar.Context) error {
		printed = append(printed, fmt.Sprint(c), fmt.Sprintf("%+v", c.Response), fmt.Sprint(bp))
		if err := c.Status(201).Text("hello"); err != nil {
			return err
		}
		encoded, err := json.Marshal(dewar.Map{"c": c, "r": c.Response, "bp": bp})
		printed = append(printed, fmt.Sprintf("%#v", c.Response), string(encoded))
		return err
	})
	get(app, "/users/7")
	want := []string{
		`Context("GET /users/{id:int}")`, "Response(200)", `Blueprint("admin")`, "Response(201)",
		`{"bp":"admin","c":"GET /users/{id:int}","r":"201"}`,
	}
	if !slices.Equal(printed, want) {
		t.Errorf("got %q, want %q", printed, want)
	}
	for _, v := range []any{&dewar.Context{}, &dewar.Response{}, &dewar.Blueprint{}, &dewar.Session{}, &dewar.Values{}, &dewar.Config{}, (*dewar.Values)(nil)} {
		if text := fmt.Sprintf("%v %+v", v, v); strings.Contains(text, "PANIC") {
			t.Errorf("the zero %T prints %s", v, text)
		}
	}
}
