package main

import (
	"bytes"
	"cmp"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

var program = map[string]string{
	"blog/views.go": `package blog

func index(c *Context) {
	texts.Gettext(c, "Home" + " page")
	texts.NGettext(c, "%(num)s post", "%(num)s posts", n, "a", 1)
	texts.PGettext(c, "month", "May")
	texts.NPGettext(c, "file", "sheet", "sheets", n)
	texts.Gettext(c, title)
}

var label = i18n.Lazy(` + "`a \"b\"\\\n\tc`" + `)
var other = i18n.N_("Home page")
`,
	"blog/views_test.go":  "package blog\nvar x = i18n.N_(\"test\")\n",
	"_old/x.go":           "package x\nvar x = i18n.N_(\"old\")\n",
	"templates/page.html": "<h1>{{_ \"Home page\"}}</h1>\n{{if .X}}\n{{ngettext \"day\" \"days\" .N}}{{else}}{{pgettext \"a\" \"b\" | printf \"%s\"}}{{end}}\n{{range .L}}{{npgettext \"c\" \"d\" \"e\" (len (_ \"inner\"))}}{{end}}{{define \"x\"}}{{gettext \"defined\"}}{{end}}{{_ .Label}}",
	"templates/a.html":    "{% trans n=3 %}{{ n }} apple{% pluralize %}{{ n }} apples{% endtrans %}\n{{ _('Home page') }}{{ _(title) }}",
	"templates/b.html":    `{{ pgettext("a", "b") }}`,
	"templates/bad.html":  `{% if %}`,
	"README.md":           `{{_ "no"}}`,
}

const want = `#: blog/views.go:4
#: blog/views.go:13
#: templates/a.html:2
#: templates/page.html:1
msgid "Home page"
msgstr ""

#: blog/views.go:5
#, python-format
msgid "%(num)s post"
msgid_plural "%(num)s posts"
msgstr[0] ""
msgstr[1] ""

#: blog/views.go:6
msgctxt "month"
msgid "May"
msgstr ""

#: blog/views.go:7
msgctxt "file"
msgid "sheet"
msgid_plural "sheets"
msgstr[0] ""
msgstr[1] ""

#: blog/views.go:11
msgid "a \"b\"\\\n\tc"
msgstr ""

#: templates/a.html:1
#, python-format
msgid "%(n)s apple"
msgid_plural "%(n)s apples"
msgstr[0] ""
msgstr[1] ""

#: templates/b.html:1
#: templates/page.html:3
msgctxt "a"
msgid "b"
msgstr ""

#: templates/page.html:3
msgid "day"
msgid_plural "days"
msgstr[0] ""
msgstr[1] ""

#: templates/page.html:4
msgctxt "c"
msgid "d"
msgid_plural "e"
msgstr[0] ""
msgstr[1] ""

#: templates/page.html:4
msgid "inner"
msgstr ""

#: templates/page.html:4
msgid "defined"
msgstr ""
`

func TestMessagesOfGoAndOfTemplates(t *testing.T) {
	dir := t.TempDir()
	for name, text := range program {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	var notes bytes.Buffer
	if err := run([]string{"-o", "messages.pot", "."}, nil, &notes); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("messages.pot")
	if err != nil {
		t.Fatal(err)
	}
	if _, got, _ := strings.Cut(string(text), header+"\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for _, note := range []string{"blog/views.go:8: the text of Gettext is computed", "templates/page.html:4: the text of _ is computed", "templates/a.html:2: the text of gettext is computed", "templates/bad.html:1:"} {
		if strings.Count(notes.String(), note) != 1 {
			t.Errorf("%q is not said once: %s", note, &notes)
		}
	}
	readByGettext(t)
}

// readByGettext has gettext and pybabel make a catalog of the file, bring it up to date and compile it.
func readByGettext(t *testing.T) {
	t.Helper()
	python := cmp.Or(os.Getenv("DEWAR_PYTHON"), "/usr/bin/python3")
	for _, command := range [][]string{
		{"msginit", "--no-translator", "--locale=de", "--input=messages.pot", "--output=de.po"},
		{"msgmerge", "--quiet", "--output=merged.po", "de.po", "messages.pot"},
		{"msgfmt", "--check", "--output-file=de.mo", "merged.po"},
		{python, "-m", "babel.messages.frontend", "init", "-i", "messages.pot", "-d", ".", "-l", "de"},
		{python, "-m", "babel.messages.frontend", "update", "-i", "messages.pot", "-d", ".", "-l", "de"},
		{python, "-m", "babel.messages.frontend", "compile", "-d", ".", "-l", "de"},
	} {
		_, err := exec.LookPath(command[0])
		if err == nil && command[0] == python {
			err = exec.Command(python, "-c", "import babel").Run()
		}
		if err != nil {
			const missing = "NOTHING WAS COMPARED WITH GETTEXT: apt-get install gettext python3-babel"
			if os.Getenv("CI") == "true" {
				t.Fatal(missing)
			}
			t.Skip(missing)
		}
		if out, err := exec.Command(command[0], command[1:]...).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", command[0], err, out)
		}
	}
}

func TestWhatCannotBeReadIsAnError(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.go"), []byte("package"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{dir}, {filepath.Join(dir, "none")}, {"-x"}} {
		if err := run(args, &bytes.Buffer{}, &bytes.Buffer{}); err == nil {
			t.Errorf("%q is no error", args)
		}
	}
}
