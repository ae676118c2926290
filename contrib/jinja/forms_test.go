package jinja_test

import (
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/jinja"
	"github.com/dewar-go/dewar/forms"
)

type loginForm struct {
	forms.Form
	Username string       `form:"username" label:"User <name>" description:"As on the card" required:"true" maxlength:"64"`
	Password string       `form:"password" input:"password" required:"true"`
	About    string       `form:"about_me" input:"textarea"`
	Remember bool         `form:"remember_me"`
	Colour   string       `form:"colour" input:"radio" enum:"red,green"`
	Lang     string       `form:"language"`
	Next     string       `form:"next" input:"hidden"`
	Submit   forms.Button `form:"submit" label:"Sign In"`
}

// TestFormsInsideForms renders what templates of WTForms write of FormField and FieldList.
func TestFormsInsideForms(t *testing.T) {
	t.Parallel()
	type place struct {
		Street string `form:"street"`
	}
	app := dewar.New("forms", dewar.FS(fstest.MapFS{"templates/page.html": {Data: []byte(
		`{{ form.to.street }}|{{ form.to.form.street.errors|length }}|{{ form.stops.entries|length }}|` +
			`{% for stop in form.stops %}{{ stop.street(class="s") }}{{ stop.street.label }}{% endfor %}|{{ form.to.type }} {{ form.stops.type }} {{ form.stops.label.text }}`)}}))
	app.Renderer = &jinja.Renderer{}
	app.Get("/", func(c *dewar.Context) error {
		f := struct {
			forms.Form
			To    place   `form:"to"`
			Stops []place `form:"stops"`
		}{To: place{"a"}, Stops: []place{{"b"}, {"c"}}}
		if err := forms.Show(c, &f); err != nil {
			return err
		}
		return c.Render("page.html", dewar.Map{"form": &f})
	})
	w := httptest.NewRecorder()
	app.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	want := `<input id="to-street" name="to.street" type="text" value="a">|0|2|` +
		`<input class="s" id="stops-0-street" name="stops[0].street" type="text" value="b"><label for="stops-0-street">Street</label>` +
		`<input class="s" id="stops-1-street" name="stops[1].street" type="text" value="c"><label for="stops-1-street">Street</label>|FormField FieldList Stops`
	if got := w.Body.String(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// What is typed into a field is in its HTML, which is safe in the text of a page alone.
func TestFieldsAreEscapedAgainWhereTheyLandElsewhere(t *testing.T) {
	t.Parallel()
	const typed = `\x22\x3e\x3cimg src=x onerror=alert(1)\x3e${alert(1)}`
	for _, field := range []string{
		"form.username", "form.username(class='x')", "form.username.group()", "form.hidden_tag()", "form.quick_form()", "form.quick_form(class='f')",
		"form.username.label(class='l')", "(form.username ~ '')", "fields",
	} {
		for source, broken := range map[string]string{ // the places, and what would end them
			"<script>x.innerHTML='{{ " + field + " }}'</script>": `\\x22|<input|<label`,
			"<script>x = `{{ " + field + " }}`</script>":         `[^\\]\$\{|[^\\]\\x22|<input|<label`,
			"<script>x = {{ " + field + " }}</script>":           `[^\\]\\x22|<input|<label`,
			`<p title="{{ ` + field + ` }}">`:                    `<input|<label`,
			`<p onclick="f('{{ ` + field + ` }}')">`:             `\\x22|<input|<label`,
		} {
			page := "{% set make = form.quick_form %}{% set fields = make(class='f') %}" + source
			app := dewar.New("forms", dewar.FS(fstest.MapFS{"templates/page.html": {Data: []byte(page)}}))
			app.Renderer = &jinja.Renderer{}
			app.Post("/", func(c *dewar.Context) error {
				var f loginForm
				f.SetLabel("username", typed)
				if _, err := forms.ValidateOnSubmit(c, &f); err != nil {
					return err
				}
				return c.Render("page.html", dewar.Map{"form": &f})
			})
			body := url.Values{"username": {typed}, "next": {typed}}.Encode()
			r := httptest.NewRequest("POST", "/", strings.NewReader(body))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			w := httptest.NewRecorder()
			app.ServeHTTP(w, r)
			got := w.Body.String()
			if w.Code != 200 || regexp.MustCompile(broken).MatchString(got) {
				t.Errorf("%s gives %d %s", source, w.Code, got)
			}
		}
	}
}

// TestTemplatesOfWTForms renders what templates of Flask-WTF's users write.
func TestTemplatesOfWTForms(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, source, body, want string }{
		{"a field", `{{ form.username }}`, "", `<input id="username" maxlength="64" name="username" required type="text" value="">`},
		{"with attributes", `{{ form.username(size=32, class="wide", class_="x", data_x="<", autofocus=true, required=false) }}`, "",
			`<input autofocus class="x" data-x="&lt;" id="username" maxlength="64" name="username" size="32" type="text" value="">`},
		{"by key", `{{ form['username'](class='a') }}`, "", `<input class="a" id="username" maxlength="64" name="username" required type="text" value="">`},
		{"the label", `{{ form.username.label }}{{ form.username.label(class="l") }}{{ form.username.label.text }}`, "",
			`<label for="username">User &lt;name&gt;</label><label class="l" for="username">User &lt;name&gt;</label>User &lt;name&gt;`},
		{"what it has", `{{ form.username.name }} {{ form.username.id }} {{ form.username.type }} {{ form.username.description }} {{ form.username.flags.required }} {{ form.username.widget.input_type }}`, "",
			`username username StringField As on the card True text`},
		{"no errors", `{% if form.username.errors %}bad{% endif %}{% if form.errors %}bad{% endif %}fine`, "", "fine"},
		{"errors", `{% for error in form.username.errors %}[{{ error }}]{% endfor %}{{ form.errors.password[0] }}`, "username=", "[This field is required.]This field is required."},
		{"what was typed", `{{ form.username }}{{ form.password }}{{ form.about_me }}{{ form.remember_me }}`, "username=%22%3Cb%3E&password=secret&about_me=%3C%2Ftextarea%3E&remember_me=y",
			`<input id="username" maxlength="64" name="username" required type="text" value="&#34;&lt;b&gt;"><input id="password" name="password" required type="password" value="">` +
				"<textarea id=\"about_me\" name=\"about_me\">\r\n&lt;/textarea&gt;</textarea>" + `<input checked id="remember_me" name="remember_me" type="checkbox" value="y">`},
		{"the value", `{{ form.username.data }} {{ form.remember_me.data }}`, "username=ann&password=x", "ann False"},
		{"a select", `{{ form.language(class="s") }}`, "language=de",
			`<select class="s" id="language" name="language"><option value="en">English</option><option selected value="de">Deutsch</option></select>`},
		{"radio buttons", `{% for option in form.colour %}{{ option }}{{ option.label }}{% endfor %}`, "colour=green",
			`<input id="colour-0" name="colour" type="radio" value="red"><label for="colour-0">red</label><input checked id="colour-1" name="colour" type="radio" value="green"><label for="colour-1">green</label>`},
		{"the button", `{{ form.submit(class="btn") }}`, "", `<input class="btn" id="submit" name="submit" type="submit" value="Sign In">`},
		{"hidden fields", `{{ form.hidden_tag() }}{{ form.csrf_token }}`, "next=/a", `<input id="next" name="next" type="hidden" value="/a">`},
		{"a loop", `{% for field in form if field.widget.input_type != 'hidden' %}{{ field.name }} {% endfor %}`, "", "username password about_me remember_me colour language submit "},
		{"a macro", `{% macro render(f) %}{{ f.label }}{{ f(**kwargs) }}{% endmacro %}{{ render(form.submit, class="x") }}`, "",
			`<label for="submit">Sign In</label><input class="x" id="submit" name="submit" type="submit" value="Sign In">`},
		{"a field that is not there", `{{ form.nobody is defined }}`, "", "False"},
		{"whole", `{{ form.quick_form(action="/login", class="f") }}`, "", "<form action=\"/login\" class=\"f\" method=\"post\"><input id=\"next\" name=\"next\" type=\"hidden\" value=\"\">\n<div class=\"field\"><label for=\"username\">"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app := dewar.New("forms", dewar.FS(fstest.MapFS{"templates/page.html": {Data: []byte(tt.source)}}))
			app.Renderer = &jinja.Renderer{}
			app.Route("/", func(c *dewar.Context) error {
				var f loginForm
				f.SetChoices("language", forms.Choice{Value: "en", Label: "English"}, forms.Choice{Value: "de", Label: "Deutsch"})
				if _, err := forms.ValidateOnSubmit(c, &f); err != nil {
					return err
				}
				return c.Render("page.html", dewar.Map{"form": &f})
			}, dewar.Methods("GET", "POST"))
			method := "GET"
			if tt.body != "" {
				method = "POST"
			}
			r := httptest.NewRequest(method, "/", strings.NewReader(tt.body))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			w := httptest.NewRecorder()
			app.ServeHTTP(w, r)
			if got := w.Body.String(); w.Code != 200 || !strings.HasPrefix(got, tt.want) || tt.name != "whole" && got != tt.want {
				t.Errorf("got %d\n%s\nwant\n%s", w.Code, got, tt.want)
			}
		})
	}
}
