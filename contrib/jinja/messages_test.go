package jinja_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/dewar-go/dewar/contrib/jinja"
)

func TestMessages(t *testing.T) {
	t.Parallel()
	got, err := new(jinja.Renderer).Messages("page.html", `{{ _("Home") }}{% if x %}
{% trans n=posts|length %}{{ n }} post{% pluralize %}{{ n }} posts{% endtrans %}{% endif %}
{% macro m(a=gettext("default")) %}{{ pgettext("month", "May")|upper }}{% endmacro %}
{% trans "ctx" trimmed %}  a
 b 100%{% endtrans %}{{ npgettext("c", "one", "many", n) }}{{ ngettext("x", "y", 2) }}
{{ _(title) }}{{ ngettext("a") }}{{ other("no") }}{{ x.gettext("no") }}`)
	if err != nil {
		t.Fatal(err)
	}
	want := []jinja.Message{
		{Line: 1, Function: "gettext", ID: "Home"},
		{Line: 2, Function: "ngettext", ID: "%(n)s post", Plural: "%(n)s posts"},
		{Line: 3, Function: "gettext", ID: "default"},
		{Line: 3, Function: "pgettext", Context: "month", ID: "May"},
		{Line: 4, Function: "pgettext", Context: "ctx", ID: "a b 100%%"},
		{Line: 5, Function: "npgettext", Context: "c", ID: "one", Plural: "many"},
		{Line: 5, Function: "ngettext", ID: "x", Plural: "y"},
		{Line: 6, Function: "gettext", Computed: true},
		{Line: 6, Function: "ngettext", Computed: true},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	if _, err := new(jinja.Renderer).Messages("page.html", "\n{% if %}"); err == nil || !strings.HasPrefix(err.Error(), "page.html:2:") {
		t.Errorf("got %v", err)
	}
}

func ExampleRenderer_Messages() {
	found, err := new(jinja.Renderer).Messages("page.html", `{% trans %}Home{% endtrans %}`)
	fmt.Println(found[0].Line, found[0].ID, err)
	// Output: 1 Home <nil>
}
