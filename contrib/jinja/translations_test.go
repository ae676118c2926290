package jinja_test

import (
	"testing"

	"github.com/dewar-go/dewar"
	"github.com/dewar-go/dewar/contrib/jinja"
)

// spy says what it was asked.
type spy struct{}

func (spy) Gettext(c *dewar.Context, message string) string {
	return "[" + c.App.Name() + ": " + message + "]"
}

func (spy) NGettext(_ *dewar.Context, singular, plural string, n int) string {
	if n == 1 {
		return "[" + singular + "]"
	}
	return "[" + plural + "]"
}

func (spy) PGettext(_ *dewar.Context, context, message string) string {
	return "[" + context + "|" + message + "]"
}

func (spy) NPGettext(_ *dewar.Context, context, _, plural string, _ int) string {
	return "[" + context + "|" + plural + "]"
}

func TestTranslations(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ source, want string }{
		{`{{ _("Home") }} {{ gettext("Home") }}`, "[test: Home] [test: Home]"},
		{`{% trans %}Home{% endtrans %}`, "[test: Home]"},
		{`{{ gettext("Hi %(name)s", name="<b>") }}`, "[test: Hi &lt;b&gt;]"},
		{`{% trans name="<b>" %}Hi {{ name }}{% endtrans %}`, "[test: Hi &lt;b&gt;]"},
		{`{{ ngettext("%(num)s day", "%(num)s days", 1) }} {{ ngettext("%(num)s day", "%(num)s days", 3) }}`, "[1 day] [3 days]"},
		{`{% trans n=2 %}one{% pluralize %}{{ n }} many{% endtrans %}`, "[2 many]"},
		{`{{ pgettext("month", "May") }} {{ npgettext("month", "May", "Mays", 2) }}`, "[month|May] [month|Mays]"},
		{`{% trans "month" %}May{% endtrans %}`, "[month|May]"},
	} {
		wantText(t, &jinja.Renderer{Translations: spy{}}, tt.source, nil, tt.want)
	}
	wantText(t, &jinja.Renderer{}, `{{ _("Hi %(name)s", name="<b>") }} {% trans n=2 %}one{% pluralize %}{{ n }} many{% endtrans %}`, nil, "Hi &lt;b&gt; 2 many")
}

func TestTranslationsGoBeforeFunctionsOfTheApp(t *testing.T) {
	t.Parallel()
	r := &jinja.Renderer{Translations: spy{}}
	app := newApp(t, r, "page.html", `{{ _("Hi %(name)s", name="<b>") }} {{ ngettext("%(num)s day", "%(num)s days", 3) }}`)
	for _, name := range []string{"_", "gettext", "ngettext", "pgettext", "npgettext"} {
		app.TemplateFunc(name, func(texts ...any) string { return "wrong" })
	}
	if got, want := get(app, "/page.html").Body.String(), "[test: Hi &lt;b&gt;] [3 days]"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
