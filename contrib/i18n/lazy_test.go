package i18n_test

import (
	"encoding/json"
	"testing"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/i18n"
	"github.com/dewar-go/dewar/contrib/jinja"
)

func TestLazyTextsAreInTheLanguageOfTheirReader(t *testing.T) {
	t.Parallel()
	app, _ := newApp(t, map[string]string{"page.html": `{{range .labels}}{{_ .}}, {{end}}`})
	texts := newTexts(t, app, i18n.Options{Locale: byQuery})
	labels := []any{
		i18n.Lazy("Home"), i18n.Lazy("Hello, %(name)s!", "name", "Ada"), i18n.LazyP("month", "May"), i18n.LazyN("%(num)s post", "%(num)s posts", 2),
		i18n.N_("January"), i18n.Text{},
	}
	app.Get("/", func(c *dewar.Context) error { return c.Render("page.html", dewar.Map{"labels": labels}) })
	app.Get("/go", func(c *dewar.Context) error { return c.Text(texts.Text(c, labels[1].(i18n.Text))) })
	for _, tt := range []struct{ target, want string }{
		{"/?lang=de", "Start, Hallo, Ada!, Mai, 2 Beiträge, Januar, , "}, {"/", "Home, Hello, Ada!, May, 2 posts, January, , "}, {"/go?lang=de", "Hallo, Ada!"},
	} {
		if got := get(app, tt.target).Body.String(); got != tt.want {
			t.Errorf("%s is %q, want %q", tt.target, got, tt.want)
		}
	}
}

func TestLazyTextsAloneAreNotTranslated(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		text i18n.Text
		want string
	}{
		{i18n.Lazy("Home"), "Home"}, {i18n.Lazy("Hi %(n)s", "n", 1), "Hi 1"}, {i18n.LazyP("a", "b"), "b"},
		{i18n.LazyN("%(num)s post", "%(num)s posts", 1), "1 post"}, {i18n.LazyN("%(num)s post", "%(num)s posts", 2), "2 posts"}, {i18n.Text{}, ""},
	} {
		text, err := json.Marshal(tt.text)
		if got := tt.text.String(); got != tt.want || string(text) != `"`+tt.want+`"` || err != nil {
			t.Errorf("got %q and %s, %v; want %q", got, text, err, tt.want)
		}
	}
}

// What a visitor has sent may be a value of a Text: Jinja's template says it in the language of its reader, and escaped.
func TestLazyTextsInJinja(t *testing.T) {
	t.Parallel()
	app, log := newApp(t, map[string]string{"page.html": `{% for label in labels %}{{ _(label) }}, {% endfor %}{{ _(labels[1], name="Bob") }}`})
	texts := newTexts(t, app, i18n.Options{Locale: byQuery})
	app.Renderer = &jinja.Renderer{Translations: texts.Catalogs()}
	labels := []any{
		i18n.Lazy("Home"), i18n.Lazy("Hello, %(name)s!", "name", "<script>100%"), i18n.LazyP("month", "May"), i18n.LazyN("%(num)s post", "%(num)s posts", 2),
		i18n.Lazy("100% <b>"), i18n.Text{},
	}
	app.Get("/", func(c *dewar.Context) error { return c.Render("page.html", dewar.Map{"labels": labels}) })
	for _, tt := range []struct{ target, want string }{
		{"/?lang=de", "Start, Hallo, &lt;script&gt;100%!, Mai, 2 Beiträge, 100% &lt;b&gt;, , Hallo, Bob!"},
		{"/", "Home, Hello, &lt;script&gt;100%!, May, 2 posts, 100% &lt;b&gt;, , Hello, Bob!"},
	} {
		if got := get(app, tt.target).Body.String(); got != tt.want {
			t.Errorf("%s is %q, want %q; %s", tt.target, got, tt.want, log)
		}
	}
}
