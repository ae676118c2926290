package engine_test

import (
	"context"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/contrib/jinja/internal/engine"
)

func TestTransWithoutTranslationsIsJinjas(t *testing.T) {
	t.Parallel()
	agree(t,
		site(`{% trans %}Hello, 100%!{% endtrans %}`),
		site(`{% trans word %}Hello, {{ word }} {{ s }}!{% endtrans %}`),
		site(`{% trans who=s %}Hello, <b>{{ who }}</b>!{% endtrans %}`),
		site(`{% trans c=n %}one{% pluralize %}{{ c }} many{% endtrans %}`),
		site(`{% trans num=1 %}{{ num }} one{% pluralize %}{{ num }} many{% endtrans %}`),
		site(`{% trans a=1, c=n %}{{ a }} one{% pluralize c %}{{ c }} many{% endtrans %}`),
		site(`{% trans %}{{ n }} one{% pluralize %}{{ n }} many{% endtrans %}`),
		site(`{% trans "menu" %}Open{% endtrans %}{% trans "menu" c=2 %}one{% pluralize %}{{ c }}{% endtrans %}`),
		site("{% trans trimmed %}\n  a\n  b {{ word }}\n{% endtrans %}"),
		site(`{{ _("Hi %(x)s <b>", x=s) }}{{ gettext("100%%") }}{{ ngettext("%(num)s a", "%(num)s b", 3) }}{{ pgettext("c", "x") }}{{ npgettext("c", "%(num)s a", "%(num)s b", 1) }}`),
		site(`{{ _("100%") }}`), site(`{{ _("%(x)s") }}`), site(`{{ ngettext("a", "b", missing) }}`),
		site(`{% autoescape false %}{% trans x=s %}<b>{{ x }}</b>{% endtrans %}{{ _("<%(x)s>", x=s) }}{% endautoescape %}`),
		site(`{% set gettext = dict %}{{ gettext(a=1) }}`),
	)
}

// german is a language of a few words, which knows in which language the context wants to be spoken to.
type german struct{}

type languageKey struct{}

func (german) Gettext(ctx context.Context, text string) string {
	if ctx.Value(languageKey{}) == "de" {
		return strings.ReplaceAll(text, "Hello", "Hallo")
	}
	return text
}

func (g german) NGettext(ctx context.Context, singular, plural string, n int) string {
	if n == 1 {
		return g.Gettext(ctx, singular)
	}
	return strings.ReplaceAll(plural, "Apples", "Äpfel")
}

func (g german) PGettext(ctx context.Context, where, text string) string {
	return where + ":" + g.Gettext(ctx, text)
}

func (g german) NPGettext(ctx context.Context, where, singular, plural string, n int) string {
	return where + ":" + g.NGettext(ctx, singular, plural, n)
}

func TestTransAsksTheTranslationsInTheLanguageOfTheContext(t *testing.T) {
	t.Parallel()
	e := engine.New(engine.Options{Translations: german{}, Autoescape: func(string) bool { return true }})
	german := context.WithValue(context.Background(), languageKey{}, "de")
	for _, tt := range []struct {
		name, source, want string
		ctx                context.Context
	}{
		{"text", `{% trans x="<" %}Hello <b>{{ x }}</b>{% endtrans %}`, "Hallo <b>&lt;</b>", german},
		{"another language", `{% trans %}Hello{% endtrans %}`, "Hello", context.Background()},
		{"plural", `{% trans n=3 %}{{ n }} Apple{% pluralize %}{{ n }} Apples{% endtrans %}`, "3 Äpfel", german},
		{"context", `{% trans "menu" %}Hello{% endtrans %}`, "menu:Hallo", german},
		{"plural with context", `{% trans "menu" n=2 %}Apple{% pluralize %}Apples{% endtrans %}`, "menu:Äpfel", german},
		{"functions", `{{ _("Hello") }} {{ gettext("Hello %(x)s", x="&") }} {{ ngettext("Apple", "%(num)d Apples", 2) }}`, "Hallo Hallo &amp; 2 Äpfel", german},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var b strings.Builder
			if err := e.RenderString(engine.Request{Context: tt.ctx}, tt.source, &b); err != nil {
				t.Fatal(err)
			}
			if got := b.String(); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// A label is a text with values in it.
type label string

func (l label) String() string { return string(l) }

// What a value prints as may hold what a visitor has sent: the page escapes it, and no % in it is a format.
func TestValuesThatAreTranslatedAreEscaped(t *testing.T) {
	t.Parallel()
	e := engine.New(engine.Options{Translations: german{}, Autoescape: func(string) bool { return true }})
	var b strings.Builder
	data := map[string]any{"label": struct{ label }{"Hi <script> 100%"}, "plain": struct{ label }{"Hello"}, "x": "<"}
	err := e.RenderString(engine.Request{Context: context.WithValue(t.Context(), languageKey{}, "de"), Data: data}, `{{ _(label) }} {{ _(plain) }} {{ pgettext("menu", label) }}`, &b)
	if want := "Hi &lt;script&gt; 100% Hallo menu:Hi &lt;script&gt; 100%"; err != nil || b.String() != want {
		t.Errorf("got %q, %v, want %q", b.String(), err, want)
	}
}

// A later is a message with values.
type later struct {
	context, singular, plural string
	n                         int
	pairs                     []any
}

func (l later) Message() (context, singular, plural string, n int, pairs []any) {
	return l.context, l.singular, l.plural, l.n, l.pairs
}

func (l later) String() string { return "not translated" }

// A message is looked up as it was written; what is put into it may be a visitor's.
func TestMessagesAreTranslatedWithTheirValues(t *testing.T) {
	t.Parallel()
	e := engine.New(engine.Options{Translations: german{}, Autoescape: func(string) bool { return true }})
	for _, tt := range []struct {
		name    string
		message later
		source  string
		want    string
	}{
		{"value", later{singular: "Hello %(x)s", pairs: []any{"x", "<script>50%(y)s"}}, `{{ _(m) }}`, "Hallo &lt;script&gt;50%(y)s"},
		{"value of the template", later{singular: "Hello %(x)s", pairs: []any{"x", "old"}}, `{{ gettext(m, x="<new>") }}`, "Hallo &lt;new&gt;"},
		{"no value", later{singular: "100% <b>"}, `{{ _(m) }}`, "100% &lt;b&gt;"},
		{"plural", later{singular: "Apple", plural: "%(num)d Apples", n: 2, pairs: []any{"num", 2}}, `{{ _(m) }}`, "2 Äpfel"},
		{"context", later{context: "menu", singular: "Hello"}, `{{ _(m) }}`, "menu:Hallo"},
		{"plural with context", later{context: "menu", singular: "Apple", plural: "Apples", n: 2}, `{{ _(m) }}`, "menu:Äpfel"},
		{"in an attribute", later{singular: "Hello %(x)s", pairs: []any{"x", `"><b>`}}, `<a title="{{ _(m) }}">`, `<a title="Hallo &#34;&gt;&lt;b&gt;">`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var b strings.Builder
			request := engine.Request{Context: context.WithValue(t.Context(), languageKey{}, "de"), Data: map[string]any{"m": tt.message}}
			if err := e.RenderString(request, tt.source, &b); err != nil || b.String() != tt.want {
				t.Errorf("got %q, %v, want %q", b.String(), err, tt.want)
			}
		})
	}
}
