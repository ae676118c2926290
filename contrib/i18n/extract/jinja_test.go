package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// randomTemplate returns a template of Jinja with messages in many places.
func randomTemplate(r *rand.Rand) string {
	pick := func(choices ...string) string { return choices[r.IntN(len(choices))] }
	word := func() string { return pick("Home", "über", "a b", "it's", `say "x"`, "tab") + fmt.Sprint(r.IntN(20)) }
	quoted := func() string { return `"` + strings.ReplaceAll(word(), `"`, `\"`) + `"` }
	var b strings.Builder
	for range 1 + r.IntN(8) {
		message := pick(
			`{{ _(`+quoted()+`) }}`,
			`{{ gettext(`+quoted()+`, n=1)|upper }}`,
			`{{ ngettext(`+quoted()+`, `+quoted()+`, n) }}`,
			`{{ pgettext(`+quoted()+`, `+quoted()+`) }}`,
			`{{ npgettext(`+quoted()+`, `+quoted()+`, `+quoted()+`, n) }}`,
			`{% trans %}`+word()+` {{ user }}{% endtrans %}`,
			`{% trans n=posts|length %}`+word()+` {{ n }}{% pluralize %}`+word()+` {{ n }}{% endtrans %}`,
			"{% trans trimmed %}\n  "+word()+"\n  "+word()+"\n{% endtrans %}",
			`{# {{ _("comment") }} #}`, `<p>`+word()+`</p>`,
		)
		b.WriteString(pick(message, message, `{% if x %}`+message+`{% endif %}`, `{% block b`+fmt.Sprint(b.Len())+` %}`+message+`{% endblock %}`, `{% set x = _(`+quoted()+`) %}`, `{% for x in [gettext(`+quoted()+`)] %}{{ x }}{% endfor %}`) + "\n")
	}
	return b.String() + "{% if true %}{% endif %}"
}

// The messages of Jinja's templates are those that pybabel extracts.
func TestMessagesOfJinjaAreThoseOfPybabel(t *testing.T) {
	python := cmp.Or(os.Getenv("DEWAR_PYTHON"), "/usr/bin/python3")
	if exec.Command(python, "-c", "import babel, jinja2").Run() != nil {
		const missing = "NOTHING WAS COMPARED WITH PYBABEL: apt-get install python3-babel python3-jinja2"
		if os.Getenv("CI") == "true" {
			t.Fatal(missing)
		}
		t.Skip(missing)
	}
	dir, r := t.TempDir(), rand.New(rand.NewPCG(14, 2))
	for i := range 150 {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d.html", i)), []byte(randomTemplate(r)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(python, "-W", "ignore", filepath.Join("testdata", "list.py"), dir)
	cmd.Stderr = os.Stderr
	output, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var theirs [][3]string
	if err := json.NewDecoder(bytes.NewReader(output)).Decode(&theirs); err != nil {
		t.Fatal(err)
	}
	var found messages
	if err := found.folder(dir); err != nil || len(found.notes) > 0 {
		t.Fatal(err, found.notes)
	}
	known := map[[2]string]bool{}
	for _, m := range found.all {
		known[[2]string{m.context, m.id}] = true
	}
	want := map[[2]string]bool{}
	for _, m := range theirs {
		want[[2]string{m[0], m[1]}] = true
		i := slices.IndexFunc(found.all, func(x *message) bool { return x.context == m[0] && x.id == m[1] })
		if i < 0 {
			t.Errorf("pybabel has %q, it is missing", m)
		} else if m[2] != "" && found.all[i].plural == "" {
			t.Errorf("pybabel has the plural %q of %q, it is missing", m[2], m[1])
		}
	}
	for m := range known {
		if !want[m] {
			t.Errorf("%q is not extracted by pybabel", m)
		}
	}
	if len(want) < 200 {
		t.Errorf("%d messages were compared, want 200 at least", len(want))
	}
}
